/* lines.c - see lines.h. */
#include "tests/sim/lines.h"
#include "emu/random.h"

#include <string.h>

#define REAL  "firmware-samples/real"
#define KBIT  1000ull
#define BLOCKS 15000  /* of 512 bytes, of the smallest load */
#define QUEUE 192000 /* bytes; a slow line's buffers hold no less than a quick one's */

/* ---- who ------------------------------------------------------------------------------ */

/* Models that share a load, that do not, and subnets of one model: hierarchies of their own. */
static const struct sim_group one[] = {
    {.model = "CP-7961G", .running = "SCCP41.9-4-2SR1-1S", .load = "SCCP41.9-4-2SR3-1S",
     .pfs = true},
};
static const struct sim_group shared_load[] = {
    {.model = "CP-7941G", .running = "SCCP41.9-4-2SR1-1S", .load = "SCCP41.9-4-2SR2-2S",
     .pfs = true, .count = 3},
    {.model = "CP-7961G", .running = "SCCP41.9-4-2SR1-1S", .load = "SCCP41.9-4-2SR2-2S",
     .pfs = true},
};
static const struct sim_group two_loads[] = {
    {.model = "CP-7961G", .running = "SCCP41.9-4-2SR3-1S", .load = "SCCP41.9-4-2SR1-1S",
     .pfs = true, .count = 4},
    {.model = "CP-7970G", .running = "SCCP70.9-4-2SR1-1S", .load = "SCCP70.9-4-2SR3-1S",
     .pfs = true},
};
static const struct sim_group two_subnets[] = {
    {.model = "CP-7970G", .running = "SCCP70.9-4-2SR3-1S", .load = "SCCP70.9-4-2SR1-1S",
     .pfs = true, .count = 3},
    {.model = "CP-7970G", .running = "SCCP70.9-4-2SR3-1S", .load = "SCCP70.9-4-2SR1-1S",
     .pfs = true, .subnet = 1},
};
static const struct {
    const struct sim_group *groups;
    size_t count;
} sites[] = {{one, 1}, {one, 1}, {shared_load, 2}, {two_loads, 2}, {two_subnets, 2}};

/* ---- over what ------------------------------------------------------------------------ */

void lines_draw(uint64_t *draws, struct sim_options *o)
{
    static const uint64_t bps[] = {64 * KBIT, 128 * KBIT, 256 * KBIT, 512 * KBIT, 1536 * KBIT,
                                   2048 * KBIT, 10000 * KBIT};
    o->firmware = REAL;
    o->wan_bps = bps[random_below(draws, sizeof bps / sizeof *bps)];
    /* Half of them on one continent, the others anywhere, up to two satellites. */
    o->wan_delay = USEC_MS * (1 + random_below(draws, random_below(draws, 2) ? 600 : 100));
    o->wan_queue = QUEUE;
    o->wan_loss = random_below(draws, 2) ? 0.01 : 0;
}

void lines_of_seed(uint64_t seed, struct sim_options *o)
{
    static const uint64_t port_bps[] = {100000 * KBIT, 10000 * KBIT, 1000 * KBIT};
    uint64_t draws = seed * 0x9e3779b97f4a7c15ull + 2;
    size_t site = random_below(&draws, sizeof sites / sizeof *sites);
    o->seed = seed;
    o->groups = sites[site].groups;
    o->group_count = sites[site].count;
    o->phones = 6 + random_below(&draws, random_below(&draws, 4) ? 12 : 60);
    o->port_bps = port_bps[random_below(&draws, 3)];
    lines_draw(&draws, o);
    /* Together, or one after another while the load comes: who comes after it has gone round and
     * all have booted finds nobody to take it from. */
    if (random_below(&draws, 2))
        o->boot_spread = BLOCKS * o->wan_delay;
}

/* ---- the grid ------------------------------------------------------------------------- */

static const unsigned phones[] = {8, 48}, delay_ms[] = {5, 75, 150, 300, 500, 600};
static const unsigned kbit[] = {64, 256, 1536, 10000}, loss_percent[] = {0, 1};
#define COUNT(a) (sizeof(a) / sizeof *(a))

size_t lines_cells(void)
{
    return COUNT(phones) * COUNT(loss_percent) * COUNT(delay_ms) * COUNT(kbit);
}

/* The next digit of a number with digits of different sizes. */
static size_t digit(uint64_t *number, size_t base)
{
    size_t d = *number % base;
    *number /= base;
    return d;
}

void lines_of_cell(uint64_t cell, struct sim_options *o)
{
    uint64_t rest = cell - 1;
    o->seed = cell;
    o->firmware = REAL;
    o->wan_queue = QUEUE;
    o->wan_bps = kbit[digit(&rest, COUNT(kbit))] * KBIT;
    o->wan_delay = delay_ms[digit(&rest, COUNT(delay_ms))] * USEC_MS;
    o->wan_loss = loss_percent[digit(&rest, COUNT(loss_percent))] / 100.0;
    o->phones = phones[digit(&rest, COUNT(phones))];
}

void lines_print(const struct sim_options *o, FILE *to)
{
    fprintf(to, "%zu phones", o->phones);
    for (size_t i = 0; i < o->group_count; i++)
        fprintf(to, "%s %s", i ? "," : "", o->groups[i].model);
    fprintf(to, "; %s, %llu ms one way, %llu kbit/s, loss %g %%\n", o->firmware,
            o->wan_delay / USEC_MS, (unsigned long long)(o->wan_bps / KBIT), o->wan_loss * 100);
}
