/* run.c - one fleet, its faults, its invariants, and the report of what went wrong. See run.h. */
#include "tests/sim/run.h"

#include "tests/sim/faults.h"
#include "tests/sim/lines.h"
#include "tests/sim/timeline.h"

#include <stdlib.h>
#include <string.h>

#define DAY (86400 * USEC_SEC) /* no schedule of faults is longer */

struct run {
    struct sim_options o;
    struct faults *faults;    /* NULL: a fleet of its own */
    struct sim *sim;
    struct invariants *invariants;
    struct timeline *timeline; /* NULL: nobody will read it */
    struct sim_watch watch;
    bool *involved;           /* in the breach, by phone */
};

/* ---- whom a breach concerns ---------------------------------------------------------- */

static void involve(struct run *r, long phone)
{
    if (phone >= 0)
        r->involved[phone] = true;
}

static bool is_root_of(const struct pfs *p, uint32_t h)
{
    for (int i = 0; i < p->file_count; i++)
        if (p->files[i].h == h && p->files[i].rooted)
            return true;
    return false;
}

/* A phone's neighbours: its parent, its children, whoever calls it their parent, the roots of its
 * file. */
static void involve_around(struct run *r, size_t phone)
{
    const struct pfs *p = sim_pfs(r->sim, phone);
    uint32_t h = p->current >= 0 ? p->files[p->current].h : 0;
    involve(r, (long)phone);
    involve(r, sim_node_of(r->sim, p->parent.link.ip));
    for (int k = 0; k < 2; k++)
        involve(r, p->below.slots[k].state ? sim_node_of(r->sim, p->below.slots[k].ip) : -1);
    for (size_t i = 0; i < r->o.phones; i++) {
        const struct pfs *other = sim_pfs(r->sim, i);
        if (sim_node_of(r->sim, other->parent.link.ip) == (long)phone ||
            (h && is_root_of(other, h)))
            involve(r, (long)i);
    }
}

/* At the moment of the breach: later the tree has changed. */
static void freeze_breach(struct run *r)
{
    const struct breach *b = invariants_breach(r->invariants);
    if (!b->invariant || r->involved)
        return;
    r->involved = calloc(r->o.phones, sizeof *r->involved);
    if (!r->involved)
        abort();
    for (size_t i = 0; i < b->count; i++)
        involve_around(r, (size_t)b->phones[i]);
    if (r->timeline) {
        timeline_add_hit(r->timeline, r->involved);
        timeline_stop(r->timeline);
    }
}

/* ---- watching ------------------------------------------------------------------------ */

static void on_step(void *ctx, struct sim *s, size_t phone)
{
    struct run *r = ctx;
    invariants_step(r->invariants, s, phone);
    freeze_breach(r);
}

static void on_note(void *ctx, usec at, long phone, enum sim_note kind, const char *text)
{
    struct run *r = ctx;
    if (kind == SIM_BLOW)
        invariants_blow(r->invariants, at);
    if (r->timeline)
        timeline_note(r->timeline, at, phone, kind, text);
}

static void on_broken(void *ctx, size_t phone, const char *invariant, const char *text)
{
    struct run *r = ctx;
    invariants_report(r->invariants, sim_now(r->sim), (long)phone, invariant, text);
    freeze_breach(r);
}

/* ---- running ------------------------------------------------------------------------- */

static struct limits limits_of(const struct run *r, const struct plan *p)
{
    if (p->fleet)
        return (struct limits){.fetches = p->fleet->fetches,
                               .exact = p->fleet->fetches == 1,
                               .broadcasts = p->fleet->broadcasts};
    if (!r->faults)
        return (struct limits){.exact = true,
                               .broadcasts = invariants_broadcasts(r->o.phones, 0)};
    unsigned explained = faults_explain(r->faults, &r->o);
    return (struct limits){.fetches = 1 + explained,
                           .broadcasts = invariants_broadcasts(r->o.phones, explained),
                           .excused = faults_excuse(r->faults)};
}

static void fleet_options(const struct fleet *f, uint64_t seed, struct sim_options *o)
{
    o->phones = f->phones;
    o->seed = seed;
    o->pfs = !f->traditional;
    o->wan_bps = f->traditional ? 10 * o->wan_bps : o->wan_bps;
    o->damage.udp_loss = f->loss;
    o->boot_spread = f->spread_s * USEC_SEC;
    o->foe = f->foe;
    o->foes = f->foes;
    o->drip = f->drip;
}

static void begin(struct run *r, const struct plan *p, uint64_t seed, bool keep, bool console)
{
    *r = (struct run){.o = sim_defaults};
    if (p->fleet)
        fleet_options(p->fleet, seed, &r->o);
    else if (p->lines)
        lines_of_seed(seed, &r->o);
    else if (p->grid)
        lines_of_cell(seed, &r->o);
    else
        r->faults = p->kind ? faults_of_kind(p->kind, seed, &r->o) : faults_of_seed(seed, &r->o);
    const struct limits limits = limits_of(r, p);
    r->invariants = invariants_new(r->o.phones, &limits);
    r->timeline = keep ? timeline_new(r->o.phones) : NULL;
    r->watch = (struct sim_watch){r, on_step, on_note, on_broken};
    r->o.watch = &r->watch;
    r->o.trace = console;
    r->sim = sim_new(&r->o);
}

static void end(struct run *r)
{
    sim_free(r->sim);
    invariants_free(r->invariants);
    if (r->timeline)
        timeline_free(r->timeline);
    if (r->faults)
        faults_free(r->faults);
    free(r->involved);
}

/* Until all have ended, or might have. */
static void settle(struct run *r, usec calm)
{
    while (invariants_busy(r->sim) && !invariants_breach(r->invariants)->invariant &&
           sim_now(r->sim) < calm + invariants_patience(r->sim))
        sim_run(r->sim, sim_now(r->sim) + USEC_SEC);
}

/* A second more than anybody needs, so that what is on its way when the last phone ends arrives;
 * and where the last ACK may be lost, until the server has taken it for given. What a call manager
 * has said before may yet come, and be news to a phone. */
static void play(struct run *r, const struct fleet *f)
{
    usec calm = r->faults ? faults_play(r->faults, r->sim, DAY) : f ? f->delay_s * USEC_SEC : 0;
    settle(r, calm);
    if (r->o.managers.count) {
        sim_run(r->sim, sim_now(r->sim) + invariants_news(r->sim));
        settle(r, calm);
    }
    sim_run(r->sim, sim_now(r->sim) + (r->o.wan_loss > 0 ? 40 : 1) * USEC_SEC);
    invariants_end(r->invariants, r->sim);
    freeze_breach(r);
}

static void count_fetches(const struct sim *s, struct outcome *out)
{
    size_t count;
    const struct sim_file *files = sim_files(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (!files[i].firmware)
            continue;
        out->all_fetches += files[i].fetches;
        if (files[i].fetches > out->fetches)
            out->fetches = files[i].fetches;
    }
}

/* The digest of a run of its own. */
static uint64_t trace_of(const struct plan *p, uint64_t seed)
{
    struct run r;
    begin(&r, p, seed, false, false);
    play(&r, p->fleet);
    uint64_t trace = sim_counts(r.sim).trace;
    end(&r);
    return trace;
}

/* Whether those that mean harm have cost no more time than the upgrade itself, or than they may. */
static void compare_times(struct run *r, unsigned delay_s)
{
    struct sim_options peace = r->o;
    peace.foe = SIM_NO_FOE;
    peace.watch = NULL;
    struct sim *s = sim_new(&peace);
    usec without = sim_run_to_end(s, DAY), with = sim_run_to_end(r->sim, sim_now(r->sim));
    sim_free(s);
    char text[80];
    snprintf(text, sizeof text, "it took %.1f s, in peace %.1f s", (double)with / USEC_SEC,
             (double)without / USEC_SEC);
    if (with > without + (delay_s ? delay_s * USEC_SEC : without))
        invariants_report(r->invariants, sim_now(r->sim), -1, "soon", text);
    freeze_breach(r);
}

static void compare_traces(struct run *r, const struct plan *p, uint64_t seed)
{
    char text[80];
    uint64_t one = sim_counts(r->sim).trace, two = trace_of(p, seed);
    snprintf(text, sizeof text, "two runs, two traces: %016llx and %016llx",
             (unsigned long long)one, (unsigned long long)two);
    if (one != two)
        invariants_report(r->invariants, sim_now(r->sim), -1, "trace", text);
    freeze_breach(r);
}

/* ---- the report ---------------------------------------------------------------------- */

static void print_replay(const struct plan *p, uint64_t seed, FILE *to)
{
    const char *kind = p->fleet ? p->fleet->name
                       : p->lines ? "lines"
                       : p->grid  ? "grid"
                                  : p->kind;
    fprintf(to, "replay: make sim REPLAY=%llu%s%s%s\n", (unsigned long long)seed,
            kind ? " KIND=" : "", kind ? kind : "", p->twice ? " TWICE=1" : "");
}

static void print_report(const struct run *r, const struct plan *p, uint64_t seed, FILE *to)
{
    const struct breach *b = invariants_breach(r->invariants);
    fprintf(to, "seed %llu breaks \"%s\" (%s)\n", (unsigned long long)seed, b->invariant,
            b->promise);
    fprintf(to, "at %.6f s: %s\n", (double)b->at / USEC_SEC, b->text);
    print_replay(p, seed, to);
    lines_print(&r->o, to);
    fprintf(to, "ports of %llu bit/s, power-on within %.0f s; faults:\n",
            (unsigned long long)r->o.port_bps, (double)r->o.boot_spread / USEC_SEC);
    if (r->faults)
        faults_print(r->faults, to);
    fprintf(to, "the last %d lines of the phones involved:\n", TIMELINE_LINES);
    timeline_print(r->timeline, r->sim, r->involved, to);
}

struct outcome run_seed(const struct plan *p, uint64_t seed, FILE *report, bool console)
{
    struct run r;
    begin(&r, p, seed, report != NULL, console);
    play(&r, p->fleet);
    if (r.o.foe)
        compare_times(&r, p->fleet->delay_s);
    if (p->twice)
        compare_traces(&r, p, seed);
    const struct breach *b = invariants_breach(r.invariants);
    struct outcome out = {.good = !b->invariant, .ended = sim_now(r.sim), .phones = r.o.phones,
                          .upgraded = sim_census(r.sim).upgraded,
                          .broadcasts = sim_counts(r.sim).broadcasts};
    count_fetches(r.sim, &out);
    if (b->invariant)
        memccpy(out.invariant, b->invariant, 0, sizeof out.invariant - 1);
    if (report && b->invariant)
        print_report(&r, p, seed, report);
    end(&r);
    return out;
}
