/* timeline.c - rings of lines, and from JSON to words. See timeline.h. */
#include "tests/sim/timeline.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define RING 48 /* lines of a phone */

struct line {
    usec at;
    uint64_t order;
    bool blow;
    char text[216];
};

struct ring {
    struct line *lines;  /* RING of them, once there is one */
    uint64_t said;
    bool hit;
};

struct timeline {
    struct ring *rings;  /* one per phone, and the last for who is none */
    size_t phones;
    uint64_t order;
    bool stopped;
};

struct timeline *timeline_new(size_t phones)
{
    struct timeline *t = calloc(1, sizeof *t);
    if (!t || !(t->rings = calloc(phones + 1, sizeof *t->rings)))
        abort();
    t->phones = phones;
    return t;
}

void timeline_free(struct timeline *t)
{
    for (size_t i = 0; i <= t->phones; i++)
        free(t->rings[i].lines);
    free(t->rings);
    free(t);
}

void timeline_note(struct timeline *t, usec at, long phone, enum sim_note kind, const char *text)
{
    if (t->stopped || kind == SIM_CONSOLE || strstr(text, "\"event\":\"screen\""))
        return;
    struct ring *r = &t->rings[phone < 0 ? t->phones : (size_t)phone];
    if (!r->lines && !(r->lines = calloc(RING, sizeof *r->lines)))
        abort();
    struct line *l = &r->lines[r->said++ % RING];
    *l = (struct line){.at = at, .order = t->order++, .blow = kind == SIM_BLOW};
    memccpy(l->text, text, 0, sizeof l->text - 1);
    r->hit |= l->blow;
}

void timeline_stop(struct timeline *t)
{
    t->stopped = true;
}

void timeline_add_hit(const struct timeline *t, bool *whom)
{
    for (size_t i = 0; i < t->phones; i++)
        whom[i] |= t->rings[i].hit;
}

/* ---- words --------------------------------------------------------------------------- */

static void print_value(const struct sim *s, const char *value, size_t len, FILE *to)
{
    char text[64];
    struct in_addr ip;
    snprintf(text, sizeof text, "%.*s", (int)len, value);
    long phone = inet_pton(AF_INET, text, &ip) == 1 ? sim_node_of(s, ip.s_addr) : -1;
    if (phone >= 0)
        fprintf(to, "phone %ld", phone);
    else
        fprintf(to, "%.*s", (int)len, value);
}

/* The event's name, then its other keys but those that stand elsewhere in the line, or tell people
 * nothing. The ring may have cut the end off. */
static void print_event(const struct sim *s, const char *json, FILE *to)
{
    static const char *const silent[] = {"t", "phone", "event", "h", "sha256", "strength"};
    for (const char *key = strchr(json, '"'); key; key = strchr(key, '"')) {
        size_t len = strcspn(++key, "\"");
        const char *value = key + len + (key[len] == '"');
        value += *value == ':';
        bool quoted = *value == '"';
        value += quoted;
        size_t value_len = strcspn(value, quoted ? "\"" : ",}");
        bool show = true;
        for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
            show &= strncmp(key, silent[i], len) != 0 || silent[i][len];
        if (show)
            fprintf(to, " %.*s ", (int)len, key);
        if (show || strncmp(key, "event\"", 6) == 0)
            print_value(s, value, value_len, to);
        key = value + value_len + (quoted && value[value_len] == '"');
    }
}

/* ---- in order ------------------------------------------------------------------------ */

struct pick {
    const struct line *line;
    size_t phone;
};

static int by_order(const void *a, const void *b)
{
    uint64_t x = ((const struct pick *)a)->line->order, y = ((const struct pick *)b)->line->order;
    return x < y ? -1 : x > y;
}

static size_t pick_lines(const struct timeline *t, const bool *whom, struct pick *out)
{
    size_t count = 0;
    for (size_t i = 0; i <= t->phones; i++) {
        const struct ring *r = &t->rings[i];
        size_t held = r->said < RING ? r->said : RING;
        for (size_t k = 0; k < held && (i == t->phones || whom[i]); k++)
            out[count++] = (struct pick){&r->lines[k], i};
    }
    return count;
}

void timeline_print(const struct timeline *t, const struct sim *s, const bool *whom, FILE *to)
{
    struct pick *all = calloc((t->phones + 1) * RING, sizeof *all);
    if (!all)
        abort();
    size_t count = pick_lines(t, whom, all);
    qsort(all, count, sizeof *all, by_order);
    for (size_t i = count > TIMELINE_LINES ? count - TIMELINE_LINES : 0; i < count; i++) {
        const struct line *l = all[i].line;
        fprintf(to, "%12.6f  ", (double)l->at / USEC_SEC);
        if (all[i].phone < t->phones)
            fprintf(to, "phone %-4zu", all[i].phone);
        else
            fprintf(to, "%-10s", "network");
        if (l->blow)
            fprintf(to, "  **** %s", l->text);
        else
            print_event(s, l->text, to);
        fputc('\n', to);
    }
    free(all);
}
