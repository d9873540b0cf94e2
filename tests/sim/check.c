/* check.c - whole fleets with faults, and what must be true of them in the end.
 *
 * A seed of the sweep decides the fleet, its power-on times and its faults; so a number is all that
 * a replay takes.
 */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUND (3600 * USEC_SEC) /* emulated; a fleet with these faults ends well before it */

enum fault { KILL_ROOT, KILL, UNPLUG, RESTART, FREEZE, CUT, FAULT_KINDS };
static const char *const fault_names[] = {"kill root", "kill",   "unplug",
                                          "restart",   "freeze", "cut"};

struct faults {
    unsigned count;
    usec from, spread; /* each comes so long after the one before, and up to so much more */
    bool roots_only;
};

struct outcome {
    struct sim_census census;
    struct sim_counts counts;
    unsigned most_fetches; /* of any file of the load */
    usec ended;
};

/* ---- one run ------------------------------------------------------------------------- */

static void inflict(struct sim *s, const struct sim_options *o, const struct faults *f)
{
    enum fault fault = f->roots_only ? KILL_ROOT : (enum fault)sim_random(s, FAULT_KINDS);
    long root = sim_find_root(s);
    size_t i = fault == KILL_ROOT && root >= 0 ? (size_t)root
                                               : sim_random(s, (uint32_t)o->phones);
    if (!sim_alive(s, i) || (fault < RESTART && sim_census(s).dead + 2 > o->phones))
        return;
    if (o->trace)
        printf("%4zu ---- %s at %.6f s\n", i, fault_names[fault], (double)sim_now(s) / 1e6);
    switch (fault) {
    case KILL_ROOT:
    case KILL:
        sim_kill(s, i, false);
        break;
    case UNPLUG:
        sim_kill(s, i, true);
        break;
    case RESTART:
        sim_restart(s, i);
        break;
    case FREEZE:
        sim_freeze(s, i, USEC_SEC + sim_random(s, 60 * USEC_SEC));
        break;
    case CUT:
        sim_cut(s, i);
        break;
    case FAULT_KINDS:
        break;
    }
}

static unsigned most_fetches(const struct sim *s)
{
    size_t count;
    unsigned most = 0;
    const struct sim_file *files = sim_files(s, &count);
    for (size_t i = 0; i < count; i++)
        if (!strstr(files[i].name, ".cnf.xml") && files[i].fetches > most)
            most = files[i].fetches;
    return most;
}

static struct outcome play(const struct sim_options *o, const struct faults *f)
{
    struct sim *s = sim_new(o);
    unsigned left = f->count;
    usec next = f->from;
    while (left && sim_now(s) < BOUND) {
        sim_run(s, next);
        if (f->roots_only && sim_find_root(s) < 0 && sim_census(s).busy) {
            next = sim_now(s) + USEC_SEC; /* nobody to hit yet */
            continue;
        }
        inflict(s, o, f);
        left--;
        next = sim_now(s) + f->from + sim_random(s, (uint32_t)f->spread + 1);
    }
    while (sim_census(s).busy && sim_now(s) < BOUND)
        sim_run(s, sim_now(s) + USEC_SEC);
    struct outcome out = {sim_census(s), sim_counts(s), most_fetches(s), sim_now(s)};
    sim_free(s);
    return out;
}

static bool healthy(const struct sim_options *o, const struct outcome *out)
{
    return out->census.upgraded + out->census.dead == o->phones && out->counts.max_children <= 2;
}

static void print(const char *verdict, const struct sim_options *o, const struct outcome *out)
{
    printf("%s phones=%zu seed=%llu upgraded=%zu failed=%zu busy=%zu dead=%zu fetches=%u "
           "children=%u broadcasts=%llu emulated_s=%.1f\n",
           verdict, o->phones, (unsigned long long)o->seed, out->census.upgraded,
           out->census.failed, out->census.busy, out->census.dead, out->most_fetches,
           out->counts.max_children, (unsigned long long)out->counts.broadcasts,
           (double)out->ended / 1e6);
}

/* ---- the fixed set ------------------------------------------------------------------- */

static const struct fixed {
    const char *text;
    size_t phones;
    bool traditional;
    double loss;
    unsigned spread_s;
    struct faults faults;
    unsigned fetches;    /* at most, of any file */
    unsigned broadcasts; /* at most */
} fixed[] = {
    {"one phone alone", 1, false, 0, 0, {0}, 1, 40},
    {"two phones", 2, false, 0, 0, {0}, 1, 80},
    {"a fleet reset together", 48, false, 0, 0, {0}, 1, 100},
    {"a thousand phones reset together", 1000, false, 0, 0, {0}, 1, 400},
    {"traditional: every phone asks the server", 48, true, 0, 0, {0}, 48, 0},
    {"a staggered start", 100, false, 0, 120, {0}, 1, 700},
    {"datagrams lost", 100, false, 0.1, 0, {0}, 3, 400},
    {"datagrams lost, a staggered start", 48, false, 0.2, 60, {0}, 4, 400},
    {"three roots killed", 48, false, 0, 0, {3, 12 * USEC_SEC, 9 * USEC_SEC, true}, 4, 2000},
    {"roots killed, datagrams lost", 100, false, 0.05, 30,
     {4, 12 * USEC_SEC, 20 * USEC_SEC, true}, 6, 2000},
    {"all kinds of faults", 48, false, 0.1, 30, {8, 8 * USEC_SEC, 12 * USEC_SEC, false}, 10, 2000},
};
#define SEEDS_EACH  5
#define BIG         500 /* phones: one seed is enough */
#define SWEEP_SEEDS 1000

static struct sim_options options_of(const struct fixed *f, uint64_t seed)
{
    struct sim_options o = sim_defaults;
    o.phones = f->phones;
    o.seed = seed;
    o.pfs = !f->traditional;
    o.wan_bps = f->traditional ? 10 * o.wan_bps : o.wan_bps;
    o.damage.udp_loss = f->loss;
    o.boot_spread = f->spread_s * USEC_SEC;
    return o;
}

/* Runs a seed of it twice. */
static bool holds(const struct fixed *f, uint64_t seed)
{
    struct sim_options o = options_of(f, seed);
    struct outcome out = play(&o, &f->faults), again = play(&o, &f->faults);
    bool good = healthy(&o, &out) && out.counts.trace == again.counts.trace &&
                out.most_fetches <= f->fetches && out.counts.broadcasts <= f->broadcasts &&
                (!f->traditional || out.most_fetches == f->phones);
    if (!good)
        print(out.counts.trace == again.counts.trace ? "#" : "# two traces:", &o, &out);
    return good;
}

int check_fixed(void)
{
    size_t count = sizeof fixed / sizeof *fixed;
    int failed = 0;
    printf("1..%zu\n", count + 1);
    for (size_t i = 0; i < count; i++) {
        bool good = true;
        for (uint64_t seed = 1; seed <= (fixed[i].phones > BIG ? 1 : SEEDS_EACH); seed++)
            good &= holds(&fixed[i], seed);
        printf("%s %zu - %s\n", good ? "ok" : "not ok", i + 1, fixed[i].text);
        fflush(stdout);
        failed += !good;
    }
    bool swept = check_sweep(1, SWEEP_SEEDS) == 0;
    printf("%s %zu - random fleets with random faults\n", swept ? "ok" : "not ok", count + 1);
    return failed || !swept ? 1 : 0;
}

/* ---- the sweep ----------------------------------------------------------------------- */

static struct outcome play_seed(uint64_t seed, bool trace, struct sim_options *o)
{
    *o = sim_defaults;
    o->trace = trace;
    o->seed = seed;
    o->phones = 2 + seed % 14;
    o->damage.udp_loss = seed % 3 ? 0.1 : 0.01 * (double)(seed % 30);
    o->boot_spread = seed / 5 % 7 * 10 * USEC_SEC;
    const struct faults f = {.count = (unsigned)(seed / 3 % 6),
                             .from = (1 + seed / 11 % 13) * USEC_SEC,
                             .spread = seed / 7 % 17 * USEC_SEC + seed % USEC_SEC,
                             .roots_only = seed % 4 == 0};
    return play(o, &f);
}

int check_sweep(uint64_t first, uint64_t count)
{
    uint64_t failed = 0, fetches = 0;
    usec longest = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct sim_options o;
        struct outcome out = play_seed(seed, false, &o);
        fetches += out.most_fetches;
        longest = out.ended > longest ? out.ended : longest;
        if (healthy(&o, &out))
            continue;
        print("# failed:", &o, &out);
        printf("# replay: sim --replay %llu\n", (unsigned long long)seed);
        failed++;
    }
    printf("# %llu seeds from %llu on, %llu failed; longest %.1f s emulated; the most fetched file "
           "%.2f times on average\n",
           (unsigned long long)count, (unsigned long long)first, (unsigned long long)failed,
           (double)longest / 1e6, (double)fetches / (double)(count ? count : 1));
    return failed ? 1 : 0;
}

int check_replay(uint64_t seed)
{
    struct sim_options o;
    struct outcome out = play_seed(seed, true, &o);
    print(healthy(&o, &out) ? "passed:" : "failed:", &o, &out);
    return healthy(&o, &out) ? 0 : 1;
}
