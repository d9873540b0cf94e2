/* junit.c - junit.xml in the common schema: one suite per run, one case per phone and one per
 * expectation, in the plan's order. A phone that gave up is a failure, and so is one on another
 * load than planned where it is expected to upgrade; one that had not come to an end is an error.
 * An expectation that is not met is a failure; that of a faithful clock is an error, as it says
 * nothing of the fleet.
 * A phone that is expected to fail, or never to rest, passes with what it said.
 * Times are emulated seconds.
 */
#include "netns/report/junit.h"
#include "netns/judge/figures.h"

/* What became of a phone's case. */
enum fate { GOOD, EXPECTED, FAILED, ASTRAY, UNFINISHED, OUT };

/* With the finding, where there is one, in text. */
static enum fate judge_case(const struct results *r, size_t i, char text[OUTCOME_TEXT])
{
    const struct phone_status *s = &r->facts.status[i];
    enum phone_outcome outcome = outcome_of(s);
    if (results_expected_end(r, i, text))
        return EXPECTED;
    switch (outcome) {
    case OUTCOME_IDLE:
        return r->bound[i] && results_astray(r, i, text) ? ASTRAY : GOOD;
    case OUTCOME_FAILED:
        outcome_said(s, text);
        return FAILED;
    case OUTCOME_UNFINISHED:
        outcome_doing(s, text);
        return UNFINISHED;
    case OUTCOME_OUT:
        return OUT;
    }
    return GOOD;
}

static unsigned count_phones(const struct results *r, enum fate fate)
{
    unsigned n = 0;
    char text[OUTCOME_TEXT];
    for (size_t i = 0; i < r->plan->count; i++)
        n += judge_case(r, i, text) == fate;
    return n;
}

/* Expectations that are not met, those that leave all in doubt or the others. */
static unsigned count_unmet(const struct results *r, bool doubts)
{
    unsigned n = 0;
    for (size_t i = 0; i < r->expectation_count; i++)
        n += !r->expectations[i].passed && r->expectations[i].doubts == doubts;
    return n;
}

static unsigned count_failures(const struct results *r)
{
    return count_phones(r, FAILED) + count_phones(r, ASTRAY) + count_unmet(r, false);
}

static unsigned count_errors(const struct results *r)
{
    return count_phones(r, UNFINISHED) + count_unmet(r, true);
}

static size_t count_cases(const struct results *r)
{
    return r->plan->count + r->expectation_count;
}

static void attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    outfile_escaped(out, value);
    fputc('"', out);
}

static void open_case(FILE *out, const char *class_name, const char *name, uint64_t emulated_us)
{
    fputs("    <testcase", out);
    attribute(out, "classname", class_name);
    attribute(out, "name", name);
    fprintf(out, " time=\"%.6f\"", (double)emulated_us / 1e6);
}

/* Closes a case that went wrong, with its one finding. */
static void close_wrong(FILE *out, const char *element, const char *type, const char *message)
{
    fprintf(out, ">\n      <%s", element);
    attribute(out, "type", type);
    attribute(out, "message", message);
    fputs("/>\n    </testcase>\n", out);
}

static void phone_case(FILE *out, const struct results *r, size_t i, const char *class_name)
{
    const struct plan_phone *p = &r->plan->phones[i];
    const struct phone_status *s = &r->facts.status[i];
    char name[64], message[OUTCOME_TEXT + 64], text[OUTCOME_TEXT] = "";
    snprintf(name, sizeof name, "%s %s", p->name, p->model->name);
    open_case(out, class_name, name, s->changed_us);
    enum fate fate = judge_case(r, i, text);
    snprintf(message, sizeof message, "%s; see logs/%s.log", text, p->name);
    switch (fate) {
    case GOOD:
        fputs("/>\n", out);
        break;
    case EXPECTED:
        fputs(">\n      <system-out>as expected: ", out);
        outfile_escaped(out, message);
        fputs("</system-out>\n    </testcase>\n", out);
        break;
    case ASTRAY:
        close_wrong(out, "failure", "another load", text);
        break;
    case FAILED:
        close_wrong(out, "failure", "phone failed", message);
        break;
    case UNFINISHED:
        close_wrong(out, "error", "not at an end", message);
        break;
    case OUT:
        fprintf(out, ">\n      <skipped message=\"%s on purpose\"/>\n    </testcase>\n",
                phone_state_names[s->state]);
        break;
    }
}

static void suite(FILE *out, const struct results *r, const char *name)
{
    char class_name[128];
    fputs("  <testsuite", out);
    attribute(out, "name", name);
    fprintf(out, " tests=\"%zu\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%.6f\">\n",
            count_cases(r), count_failures(r), count_errors(r), results_out(r),
            (double)r->facts.emulated_us / 1e6);
    snprintf(class_name, sizeof class_name, "%s.phones", name);
    for (size_t i = 0; i < r->plan->count; i++)
        phone_case(out, r, i, class_name);
    snprintf(class_name, sizeof class_name, "%s.expectations", name);
    for (size_t i = 0; i < r->expectation_count; i++) {
        const struct expectation *e = &r->expectations[i];
        open_case(out, class_name, e->name, 0);
        if (e->passed)
            fputs("/>\n", out);
        else if (e->doubts)
            close_wrong(out, "error", "inconclusive", e->detail);
        else
            close_wrong(out, "failure", "expectation not met", e->detail);
    }
    fputs("  </testsuite>\n", out);
}

int junit_body(FILE *out, const void *of)
{
    const struct run_set *set = of;
    size_t tests = 0;
    unsigned failures = 0, errors = 0;
    for (size_t i = 0; i < set->count; i++) {
        tests += count_cases(set->run[i]);
        failures += count_failures(set->run[i]);
        errors += count_errors(set->run[i]);
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
    attribute(out, "name", set->run[0]->plan->fleet->name);
    fprintf(out, " tests=\"%zu\" failures=\"%u\" errors=\"%u\">\n", tests, failures, errors);
    for (size_t i = 0; i < set->count; i++)
        suite(out, set->run[i], run_label(set->run[i]));
    fputs("</testsuites>\n", out);
    return 0;
}
