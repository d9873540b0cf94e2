/* predict.c - which sizes a prediction is about, and the fleet at each of them. See predict.h. */
#include "netns/foretell/predict.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/scale.h"
#include "netns/fleet/speed.h"
#include "netns/plan/planner.h"
#include "netns/text/say.h"
#include "netns/text/units.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the command line ---------------------------------------------------------------- */

static bool wrong_phones(const char *text, const char *why)
{
    say("--phones %s: %s; give a range such as 10..100000, a number, or a list such as 8,48,200",
        text, why);
    return false;
}

static void add_point(struct predict_wish *w, uint64_t phones)
{
    size_t at = w->count;
    while (at > 0 && w->phones[at - 1] > phones)
        at--;
    if (at > 0 && w->phones[at - 1] == phones)
        return;
    memmove(&w->phones[at + 1], &w->phones[at], (w->count - at) * sizeof *w->phones);
    w->phones[at] = phones;
    w->count++;
}

/* Evenly on a logarithmic scale, both ends included; a short range has fewer than points. */
static bool take_range(struct predict_wish *w, const char *text, const char *dots, uint64_t points)
{
    char from[32];
    uint64_t least, most;
    snprintf(from, sizeof from, "%.*s", (int)(dots - text), text);
    if (!units_count(from, 1, PREDICT_MOST, &least) ||
        !units_count(dots + 2, 1, PREDICT_MOST, &most))
        return wrong_phones(text, "both ends of a range are numbers from 1 to 100000");
    if (least >= most)
        return wrong_phones(text, "a range goes upwards");
    double ratio = (double)most / (double)least;
    for (uint64_t i = 0; i < points; i++)
        add_point(w, (uint64_t)llround((double)least *
                                       pow(ratio, (double)i / (double)(points - 1))));
    return true;
}

static bool take_list(struct predict_wish *w, const char *text)
{
    char *copy = strdup(text), *rest = copy;
    bool good = copy != NULL;
    uint64_t phones;
    for (char *one; good && (one = strsep(&rest, ","));) {
        if (!units_count(one, 1, PREDICT_MOST, &phones))
            good = wrong_phones(text, "a number of phones is from 1 to 100000");
        else if (w->count == PREDICT_POINTS)
            good = wrong_phones(text, "that is more than 64 sizes");
        else
            add_point(w, phones);
    }
    free(copy);
    return good;
}

static void forget(struct fleet_overrides *o, size_t i)
{
    memmove(&o->items[i], &o->items[i + 1], (--o->count - i) * sizeof *o->items);
}

bool predict_take(struct predict_wish *w, struct fleet_overrides *o, const char *points)
{
    const char *sizes = NULL;
    uint64_t count = PREDICT_DEFAULT;
    *w = (struct predict_wish){.mode = {true, true}};
    for (size_t i = 0; i < o->count; i++) {
        const struct override *item = &o->items[i];
        bool mode = strcmp(item->path, "mode") == 0;
        w->timed |= strcmp(item->path, "timeout") == 0;
        w->sped |= strcmp(item->path, "speed") == 0;
        if (mode)
            for (int m = 0; m < 2; m++)
                w->mode[m] = strcmp(item->value, m == MODE_PFS ? "traditional" : "pfs") != 0;
        if (strcmp(item->path, "phones") == 0 && !strpbrk(item->value, "={["))
            sizes = item->value;
        else if (!mode || strcmp(item->value, "both") != 0)
            continue;
        forget(o, i--);
    }
    sizes = sizes ? sizes : "10..100000";
    const char *dots = strstr(sizes, "..");
    if (points && (!dots || !units_count(points, 2, PREDICT_POINTS, &count))) {
        say("--points %s: it takes a number from 2 to 64, for a range of --phones", points);
        return false;
    }
    return dots ? take_range(w, sizes, dots, count) : take_list(w, sizes);
}

/* ---- the fleet at another size ------------------------------------------------------- */

void predict_scale(const struct fleet *fleet, size_t phones, size_t *out)
{
    size_t *have = calloc(fleet->group_count, sizeof *have);
    if (!have)
        err(3, "plan");
    for (size_t i = 0; i < fleet->group_count; i++)
        have[i] = fleet->groups[i].count;
    scale(have, fleet->group_count, phones, out);
    free(have);
}

/* A larger network around it where it holds too few. */
static void widen(struct fleet_subnet *s, size_t phones)
{
    while (s->prefix_len > 8 && (UINT32_MAX >> s->prefix_len) < phones + 16)
        s->prefix_len--;
    s->net &= ~(UINT32_MAX >> s->prefix_len);
}

/* The speed at which a run would have the server's timers go, which no clock holds. That of an
 * automatic one shows only when it runs, and is none in particular: reality's stands for it. */
static unsigned at_server(const struct fleet *fleet)
{
    return fleet->speed == SPEED_AUTO ? 1 : fleet_ceiling(fleet);
}

/* One phone of each group, with addresses for so many. */
static bool sample_make(struct predict_sample *s, const struct fleet *fleet,
                        const struct predict_wish *wish, enum fleet_mode mode)
{
    size_t phones = wish->phones[wish->count - 1];
    s->fleet = *fleet;
    s->fleet.mode = mode;
    s->fleet.speed = wish->sped ? at_server(fleet) : 1;
    s->fleet.groups = calloc(fleet->group_count, sizeof *fleet->groups);
    for (size_t i = 0; s->fleet.groups && i < fleet->group_count; i++) {
        s->fleet.groups[i] = fleet->groups[i];
        s->fleet.groups[i].count = 1;
    }
    s->fleet.fault_count = s->fleet.set_count = 0;
    widen(&s->fleet.lan, phones);
    s->plan = s->fleet.groups ? plan_make(&s->fleet) : NULL;
    return s->plan != NULL;
}

static void add_rows(struct predict *p, const struct predict_wish *w)
{
    static const enum fleet_mode order[] = {MODE_TRADITIONAL, MODE_PFS};
    for (size_t i = 0; i < w->count; i++)
        for (int m = 0; m < 2; m++)
            if (w->mode[order[m]])
                p->rows[p->count++] = (struct prediction){.phones = w->phones[i], .mode = order[m]};
}

bool predict_asks(const struct fleet *fleet)
{
    bool all = dhcp_is_ours(fleet) && fleet->dhcp.at == DHCP_AT_SITE;
    for (size_t i = 0; i < fleet->group_count; i++)
        all = all && dhcp_asked_by(fleet, &fleet->groups[i]);
    return all;
}

int predict_make(struct predict *p, const struct fleet *fleet, const struct predict_wish *wish)
{
    *p = (struct predict){.fleet = fleet, .wish = wish};
    if (!fleet->has_wan) {
        fleet_complain(fleet, "wan", "wan: the fleet has none; a plan is about what crosses it: "
                                     "add one, or give --wan delay=75ms,rate=1536kbit");
        return 2;
    }
    if (fleet->fault_count > 0)
        fleet_complain(fleet, "faults", "warning: a plan takes no account of faults");
    if (dhcp_asked(fleet) && !predict_asks(fleet))
        fleet_complain(fleet, "addresses",
                       "warning: a plan takes account of DHCP only where all phones ask a server "
                       "of ours at the site: here all have their addresses from the start");
    if (fleet->set_count > 0)
        fleet_complain(fleet, "set", "warning: a plan takes no account of set");
    for (int m = 0; m < 2; m++)
        if (wish->mode[m] && !sample_make(&p->samples[m], fleet, wish, (enum fleet_mode)m))
            return 2;
    p->rows = calloc(2 * wish->count, sizeof *p->rows);
    if (!p->rows)
        err(3, "plan");
    add_rows(p, wish);
    return 0;
}

void predict_free(struct predict *p)
{
    for (int m = 0; m < 2; m++) {
        plan_free(p->samples[m].plan);
        free(p->samples[m].fleet.groups);
    }
    for (size_t i = 0; i < p->count; i++)
        free(p->rows[i].said);
    free(p->rows);
    free(p->loads);
}
