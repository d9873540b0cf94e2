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

/* Seconds that a root may cost which never has the file: until it is found out, and all have (60);
 * another election, another wait for the tree (15). For what it shows, it is held against the
 * server after each 600 s, within 45 s of that; if that is enough, until 8 MiB would have come at
 * 2,048 bytes/s, after 600 + 4,096 s. */
#define AFTER   (60 + 15)
#define STALLS  (300 + AFTER)
#define DRIPS   (600 + 45 + AFTER)
#define LARGEST (8 * 600 + 45 + AFTER)

static const struct fleet fleets[] = {
    {"alone", "one phone alone", 1, .fetches = 1, .broadcasts = 40, .seeds = 5},
    {"two", "two phones", 2, .fetches = 1, .broadcasts = 80, .seeds = 5},
    {"together", "a fleet reset together", 48, .fetches = 1, .broadcasts = 100, .seeds = 5},
    {"thousand", "a thousand phones reset together", 1000, .fetches = 1, .broadcasts = 400,
     .seeds = 1},
    {"ten-thousand", "ten thousand phones reset together", 10000, .fetches = 1,
     .broadcasts = 2000, .seeds = 1},
    {"traditional", "traditional: every phone asks the server", 48, .traditional = true,
     .fetches = 48, .seeds = 5},
    {"staggered", "a staggered start", 100, .spread_s = 120, .fetches = 1, .broadcasts = 700,
     .seeds = 5},
    {"lossy", "datagrams lost", 100, .loss = 0.1, .fetches = 3, .broadcasts = 400, .seeds = 5},
    {"lossy-staggered", "datagrams lost, a staggered start", 48, .loss = 0.2, .spread_s = 60,
     .fetches = 4, .broadcasts = 400, .seeds = 5},
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
    {"returners", "two children that leave and come again", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_RETURNER, .foes = 2},
    {"returners-200", "two children that leave and come again, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 5, .foe = SIM_RETURNER, .foes = 2},
    {"spoofed-2", "spoofed joins, two a second", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_SPOOFER, .foes = 2},
    {"spoofed-10", "spoofed joins, ten a second", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_SPOOFER, .foes = 10},
    {"spoofed-50", "spoofed joins, fifty a second", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_SPOOFER, .foes = 50},
    {"spoofed-200", "spoofed joins, fifty a second, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 5, .foe = SIM_SPOOFER, .foes = 50},
    /* A root that shows less than the server gives: ten minutes, and until all have found out. */
    {"stalls", "a root that does nothing", 8, .fetches = 2, .broadcasts = 400, .seeds = 20,
     .foe = SIM_DRIPPER, .foes = 1, .drip = 0, .delay_s = STALLS},
    {"stalls-200", "a root that does nothing, among many", 200, .fetches = 2, .broadcasts = 2000,
     .seeds = 3, .foe = SIM_DRIPPER, .foes = 1, .drip = 0, .delay_s = STALLS},
    {"drips-129", "a root that drips 129 bytes a second", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_DRIPPER, .foes = 1, .drip = 129, .delay_s = DRIPS},
    {"drips-129-200", "a root that drips 129 bytes a second, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 3, .foe = SIM_DRIPPER, .foes = 1, .drip = 129,
     .delay_s = DRIPS},
    {"drips-500", "a root that drips 500 bytes a second", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_DRIPPER, .foes = 1, .drip = 500, .delay_s = DRIPS},
    /* Who shows as much as the server might give is believed for as long as it might take. */
    {"drips-600", "a root that drips 600 bytes a second", 8, .fetches = 2, .broadcasts = 400,
     .seeds = 20, .foe = SIM_DRIPPER, .foes = 1, .drip = 600, .delay_s = LARGEST},
    {"drips-600-200", "a root that drips 600 bytes a second, among many", 200, .fetches = 2,
     .broadcasts = 2000, .seeds = 3, .foe = SIM_DRIPPER, .foes = 1, .drip = 600,
     .delay_s = LARGEST},
    {"drips-20000", "a root that drips 20,000 bytes a second", 8, .fetches = 2,
     .broadcasts = 400, .seeds = 20, .foe = SIM_DRIPPER, .foes = 1, .drip = 20000,
     .delay_s = LARGEST},
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
