/* main.c - runs one simulated fleet and says what happened, or many and checks them.
 * `sim --help` lists the options.
 */
#include "tests/sim/check.h"

#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct sim_options options;
static unsigned kill_root; /* seconds between kills of a root; 0: none */
static unsigned kills = 1;
static uint64_t seeds, first_seed = 1, replay;
static const char *kind;
static unsigned jobs;
static bool check, grid, twice, stop;

static const struct argp_option table[] = {
    {"phones", 'n', "N", 0, "how many phones", 0},
    {"seed", 's', "SEED", 0, "decides everything", 0},
    {"traditional", 't', NULL, 0, "PFS off", 0},
    {"dhcp", 'd', "SECONDS", 0, "addresses by DHCP, of leases that last so long", 0},
    {"firmware", 'f', "DIR", 0, "the TFTP root", 0},
    {"rate", 'r', "BPS", 0, "of the WAN", 0},
    {"loss", 'l', "P", 0, "share of datagrams lost on the LAN, 0 to 1", 0},
    {"spread", 'b', "SECONDS", 0, "power-on times are random within this", 0},
    {"kill-root", 'k', "SECONDS", 0, "kill a root with children every so often", 0},
    {"kills", 'K', "N", 0, "how many times", 0},
    {"verbose", 'v', NULL, 0, "console lines of all phones", 0},
    {"check", 'c', NULL, 0, "instead: the set of fleets that make check runs, as TAP", 1},
    {"grid", 'g', NULL, 0, "instead: loads of real size over a grid of lines, as a table", 1},
    {"sweep", 'S', "N", 0, "instead: N seeds with random fleets and faults", 1},
    {"first", 'F', "SEED", 0, "the first of them", 1},
    {"jobs", 'j', "N", 0, "so many processes; default: one per processor", 1},
    {"replay", 'R', "SEED", 0, "instead: one of them; with -v all console lines", 1},
    {"kind", 'i', "NAME", 0, "of those two: this kind of fault only, or this fleet of --check", 1},
    {"stop", 'x', NULL, 0, "at the first of them that fails", 1},
    {"twice", 'T', NULL, 0, "each seed twice, to compare the traces", 1},
    {0},
};

#define NUMBER_MAX 1000000000000000000ull /* two of them have a sum */

/* A whole number from 1 on; ends the program where it is none. */
static unsigned long long number(const char *arg, struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(arg, &end, 10);
    if (n == 0 || n > NUMBER_MAX || errno || *end || !isdigit((unsigned char)*arg))
        argp_error(state, "'%s' is no whole number from 1 to %llu", arg, NUMBER_MAX);
    return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'n': options.phones = number(arg, state); break;
    case 's': options.seed = number(arg, state); break;
    case 't': options.pfs = false; break;
    case 'd': options.dhcp = (struct sim_dhcp){.on = true,
                                               .lease_s = (unsigned)number(arg, state)}; break;
    case 'f': options.firmware = arg; break;
    case 'r': options.wan_bps = number(arg, state); break;
    case 'l': options.damage.udp_loss = strtod(arg, NULL); break;
    case 'b': options.boot_spread = number(arg, state) * USEC_SEC; break;
    case 'k': kill_root = (unsigned)number(arg, state); break;
    case 'K': kills = (unsigned)number(arg, state); break;
    case 'v': options.trace = true; break;
    case 'c': check = true; break;
    case 'g': grid = true; break;
    case 'S': seeds = number(arg, state); break;
    case 'F': first_seed = number(arg, state); break;
    case 'i': kind = arg; break;
    case 'j': jobs = (unsigned)number(arg, state); break;
    case 'x': stop = true; break;
    case 'T': twice = true; break;
    case 'R': replay = number(arg, state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void print(const struct sim *s, double cpu_s)
{
    size_t count;
    struct sim_census n = sim_census(s);
    struct sim_counts c = sim_counts(s);
    const struct sim_file *files = sim_files(s, &count);
    printf("phones=%zu seed=%llu upgraded=%zu failed=%zu dead=%zu emulated_s=%.1f cpu_s=%.2f\n",
           options.phones, (unsigned long long)options.seed, n.upgraded, n.failed, n.dead,
           (double)sim_now(s) / 1e6, cpu_s);
    printf("broadcasts=%llu unicasts=%llu connects=%llu tcp_bytes=%llu max_children=%u "
           "trace=%016llx\n",
           (unsigned long long)c.broadcasts, (unsigned long long)c.unicasts,
           (unsigned long long)c.tcp_connects, (unsigned long long)c.tcp_bytes, c.max_children,
           (unsigned long long)c.trace);
    for (size_t i = 0; i < count; i++)
        if (files[i].fetches && !strstr(files[i].name, ".cnf.xml"))
            printf("fetched %s %u\n", files[i].name, files[i].fetches);
}

static int run_one(void)
{
    struct sim *s = sim_new(&options);
    clock_t start = clock();
    usec bound = 24 * 3600 * USEC_SEC, next_kill = kill_root * USEC_SEC;
    while (sim_census(s).busy && sim_now(s) < bound) {
        sim_run(s, sim_now(s) + USEC_SEC);
        long root = kill_root && kills && sim_now(s) >= next_kill ? sim_find_root(s) : -1;
        if (root >= 0) {
            printf("killed root %ld at %.1f s\n", root, (double)sim_now(s) / 1e6);
            sim_kill(s, (size_t)root, false);
            kills--;
            next_kill = sim_now(s) + kill_root * USEC_SEC;
        }
    }
    print(s, (double)(clock() - start) / CLOCKS_PER_SEC);
    struct sim_census n = sim_census(s);
    bool good = n.upgraded + n.dead == options.phones && sim_counts(s).max_children <= 2;
    sim_free(s);
    return good ? 0 : 1;
}

static int run_sweep(const struct plan *p)
{
    struct sweep_result r = sweep(p, first_seed, seeds, jobs, stop);
    sweep_report(p, &r, stdout);
    sweep_summary(&r, first_seed, stdout);
    return r.failed != 0;
}

static int run_replay(const struct plan *p)
{
    struct outcome out = run_seed(p, replay, stdout, options.trace);
    if (out.good)
        printf("seed %llu: no invariant broken; %zu phones, %.1f s emulated\n",
               (unsigned long long)replay, out.phones, (double)out.ended / 1e6);
    return !out.good;
}

int main(int argc, char **argv)
{
    const struct argp argp = {table, parse, NULL, "Fleets of phones in virtual time.", 0, 0, 0};
    struct plan plan;
    options = sim_defaults;
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (!check_plan(kind, &plan)) {
        fprintf(stderr, "sim: no fleet or fault is called %s; there are: ", kind);
        check_names(stderr);
        return 2;
    }
    plan.twice = twice;
    if (check)
        return check_tap();
    if (grid)
        return grid_print(stdout);
    if (seeds)
        return run_sweep(&plan);
    return replay ? run_replay(&plan) : run_one();
}
