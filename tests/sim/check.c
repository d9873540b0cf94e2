/* check.c - the set: fleets without blows that are bounded sharply, loads of real size over a grid
 * of lines and over what seeds draw, every kind of fault by itself, mixed faults of fixed seeds and
 * of fresh ones, the same seeds twice. See check.h.
 */
#include "tests/sim/check.h"

#include "tests/sim/faults.h"
#include "tests/sim/lines.h"

#include <string.h>
#include <sys/random.h>

#define LINES_SEEDS 80
#define FRESH_LINES 30
#define KIND_SEEDS  40
#define SWEEP_SEEDS 1500
#define FRESH_SEEDS 500
#define TWICE_SEEDS 40

static const struct fleet fleets[] = {
    {"alone", "one phone alone", 1, false, 0, 0, 1, 40, 5, SIM_NO_FOE, 0},
    {"two", "two phones", 2, false, 0, 0, 1, 80, 5, SIM_NO_FOE, 0},
    {"together", "a fleet reset together", 48, false, 0, 0, 1, 100, 5, SIM_NO_FOE, 0},
    {"thousand", "a thousand phones reset together", 1000, false, 0, 0, 1, 400, 1, SIM_NO_FOE, 0},
    {"ten-thousand", "ten thousand phones reset together", 10000, false, 0, 0, 1, 2000, 1,
     SIM_NO_FOE, 0},
    {"traditional", "traditional: every phone asks the server", 48, true, 0, 0, 48, 0, 5,
     SIM_NO_FOE, 0},
    {"staggered", "a staggered start", 100, false, 0, 120, 1, 700, 5, SIM_NO_FOE, 0},
    {"lossy", "datagrams lost", 100, false, 0.1, 0, 3, 400, 5, SIM_NO_FOE, 0},
    {"lossy-staggered", "datagrams lost, a staggered start", 48, false, 0.2, 60, 4, 400, 5,
     SIM_NO_FOE, 0},
    {"holder", "one child that is never done", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_HOLDER, .foes = 1},
    {"holders", "two children that are never done", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_HOLDER, .foes = 2},
    {"holders-200", "two children that are never done, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 5, .foe = SIM_HOLDER, .foes = 2},
    {"shut", "two children whose window is shut", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_READS_NOTHING, .foes = 2},
    {"shut-200", "two children whose window is shut, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 5, .foe = SIM_READS_NOTHING, .foes = 2},
    {"spoofed-2", "spoofed joins, two a second", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_SPOOFER, .foes = 2},
    {"spoofed-10", "spoofed joins, ten a second", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_SPOOFER, .foes = 10},
    {"spoofed-50", "spoofed joins, fifty a second", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_SPOOFER, .foes = 50},
    {"spoofed-200", "spoofed joins, fifty a second, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 5, .foe = SIM_SPOOFER, .foes = 50},
    {0},
};

bool check_plan(const char *name, struct plan *p)
{
    *p = (struct plan){.kind = name};
    if (name && (strcmp(name, "lines") == 0 || strcmp(name, "grid") == 0)) {
        *p = (struct plan){.lines = *name == 'l', .grid = *name == 'g'};
        return true;
    }
    for (const struct fleet *f = fleets; name && f->name; f++)
        if (strcmp(f->name, name) == 0)
            *p = (struct plan){.fleet = f};
    const char *const *kind = faults_kinds();
    while (name && !p->fleet && *kind && strcmp(*kind, name) != 0)
        kind++;
    return !name || p->fleet || *kind;
}

void check_names(FILE *to)
{
    for (const struct fleet *f = fleets; f->name; f++)
        fprintf(to, "%s ", f->name);
    for (const char *const *kind = faults_kinds(); *kind; kind++)
        fprintf(to, "%s ", *kind);
    fprintf(to, "lines grid\n");
}

/* ---- TAP ----------------------------------------------------------------------------- */

struct tap {
    unsigned count, failed;
};

static void test(struct tap *t, const char *text, const struct plan *p, uint64_t first,
                 uint64_t count)
{
    struct sweep_result r = sweep(p, first, count, 0, false);
    printf("%s %u - %s\n# ", r.failed ? "not ok" : "ok", ++t->count, text);
    sweep_summary(&r, first, stdout);
    sweep_report(p, &r, stdout);
    t->failed += r.failed != 0;
    fflush(stdout);
}

/* Another set of seeds each time: what they find is told by their numbers. */
static uint64_t fresh_seed(void)
{
    uint32_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = 0;
    return 1000000 + number;
}

static unsigned count_tests(void)
{
    unsigned count = 6;
    for (const struct fleet *f = fleets; f->name; f++)
        count++;
    for (const char *const *kind = faults_kinds(); *kind; kind++)
        count++;
    return count;
}

int check_tap(void)
{
    struct tap t = {0};
    printf("1..%u\n", count_tests());
    for (const struct fleet *f = fleets; f->name; f++)
        test(&t, f->text, &(struct plan){.fleet = f}, 1, f->seeds);
    test(&t, "real loads over a grid of lines", &(struct plan){.grid = true}, 1, lines_cells());
    test(&t, "real loads over any line", &(struct plan){.lines = true}, 1, LINES_SEEDS);
    test(&t, "real loads over any line, fresh seeds", &(struct plan){.lines = true}, fresh_seed(),
         FRESH_LINES);
    for (const char *const *kind = faults_kinds(); *kind; kind++)
        test(&t, *kind, &(struct plan){.kind = *kind}, 1, KIND_SEEDS);
    test(&t, "mixed faults", &(struct plan){0}, 1, SWEEP_SEEDS);
    test(&t, "mixed faults, fresh seeds", &(struct plan){0}, fresh_seed(), FRESH_SEEDS);
    test(&t, "the same seed, the same run", &(struct plan){.twice = true}, 1, TWICE_SEEDS);
    return t.failed != 0;
}
