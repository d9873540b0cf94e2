/* grid.c - a fleet in each cell of the grid of lines, and what came of it, as a table. */
#include "tests/sim/check.h"
#include "tests/sim/lines.h"

int grid_print(FILE *to)
{
    const struct plan grid = {.grid = true};
    size_t bad = 0;
    fprintf(to, "%6s %6s %8s %6s %9s %8s %5s\n", "phones", "ms", "kbit/s", "loss", "minutes",
            "fetches", "lost");
    for (uint64_t cell = 1; cell <= lines_cells(); cell++) {
        struct sim_options o = sim_defaults;
        lines_of_cell(cell, &o);
        struct outcome out = run_seed(&grid, cell, NULL, false);
        bad += !out.good;
        fprintf(to, "%6zu %6llu %8llu %4g %% %9.1f %8u %5zu %s\n", o.phones,
                o.wan_delay / USEC_MS, (unsigned long long)o.wan_bps / 1000, o.wan_loss * 100,
                (double)out.ended / USEC_SEC / 60, out.all_fetches, o.phones - out.upgraded,
                out.invariant);
        fflush(to);
    }
    return bad != 0;
}
