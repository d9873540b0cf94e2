/* findingsay.c - see findingsay.h.
 *
 * A mistake in a template is a mistake in hundreds of files. Up to FEW findings of a row are told
 * each; of more the first is, as an example, and how many more there are.
 */
#include "netns/text/findingsay.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <stdio.h>

#define FEW 3

struct teller {
    const struct findings *found;
    size_t count[FINDING_COUNT]; /* of each row */
    bool told[FINDING_COUNT];    /* its example */
};

static struct teller teller(const struct findings *found)
{
    struct teller t = {.found = found};
    for (size_t i = 0; i < found->count; i++)
        t.count[found->items[i].kind]++;
    return t;
}

/* Whether this one is to be told; *more: how many there are of which it is the example. */
static bool next(struct teller *t, const struct finding *f, size_t *more)
{
    bool many = t->count[f->kind] > FEW, again = many && t->told[f->kind];
    *more = many && !again ? t->count[f->kind] - 1 : 0;
    t->told[f->kind] = true;
    return !again;
}

void findings_print(const struct findings *found)
{
    struct teller t = teller(found);
    size_t more;
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->items[i];
        const struct finding_rule *rule = &finding_rules[f->kind];
        if (!next(&t, f, &more))
            continue;
        text_line(stdout, "%s: %s: %s [%s]", f->place,
                  rule->severity == SEVERITY_WARNING ? "warning" : "error", f->text, rule->name);
        text_line(stdout, "    remedy: %s", f->remedy);
        if (more)
            printf("    ... and %zu more like it: all with --json\n", more);
    }
    printf("%zu errors, %zu warnings\n", found->errors, found->count - found->errors);
}

void findings_say(const struct findings *found)
{
    struct teller t = teller(found);
    size_t more;
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->items[i];
        bool refuses = finding_rules[f->kind].severity == SEVERITY_REFUSAL;
        if ((found->refusals > 0 && !refuses) || !next(&t, f, &more))
            continue;
        say_at(f->place, "%s%s", refuses ? "" : "warning: ", f->text);
        if (more)
            fprintf(stderr, "    ... and %zu more like it: all with lint --json\n", more);
    }
}
