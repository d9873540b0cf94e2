/* main.c - runs one simulated fleet and says what happened. `sim --help` lists the options. */
#include "tests/sim/sim.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct sim_options options = {
    .phones = 48, .seed = 1, .firmware = "firmware-samples/small", .model = "CP-7961G",
    .running = "SCCP41.9-4-2SR1-1S", .load = "SCCP41.9-4-2SR3-1S", .pfs = true,
    .wan_delay = 75 * USEC_MS, .wan_bps = 1536000, .port_bps = 100000000,
};
static unsigned kill_root; /* seconds between kills of a root; 0: none */
static unsigned kills = 1;

static const struct argp_option table[] = {
    {"phones", 'n', "N", 0, "how many phones", 0},
    {"seed", 's', "SEED", 0, "decides everything", 0},
    {"traditional", 't', NULL, 0, "PFS off", 0},
    {"firmware", 'f', "DIR", 0, "the TFTP root", 0},
    {"rate", 'r', "BPS", 0, "of the WAN", 0},
    {"loss", 'l', "P", 0, "share of datagrams lost on the LAN, 0 to 1", 0},
    {"spread", 'b', "SECONDS", 0, "power-on times are random within this", 0},
    {"kill-root", 'k', "SECONDS", 0, "kill a root with children every so often", 0},
    {"kills", 'K', "N", 0, "how many times", 0},
    {"verbose", 'v', NULL, 0, "console lines of all phones", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case 'n': options.phones = strtoul(arg, NULL, 10); break;
    case 's': options.seed = strtoull(arg, NULL, 10); break;
    case 't': options.pfs = false; break;
    case 'f': options.firmware = arg; break;
    case 'r': options.wan_bps = strtoull(arg, NULL, 10); break;
    case 'l': options.udp_loss = strtod(arg, NULL); break;
    case 'b': options.boot_spread = strtoull(arg, NULL, 10) * USEC_SEC; break;
    case 'k': kill_root = (unsigned)strtoul(arg, NULL, 10); break;
    case 'K': kills = (unsigned)strtoul(arg, NULL, 10); break;
    case 'v': options.trace = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* All living phones have ended, well or badly. */
static bool settled(const struct sim *s, size_t *upgraded, size_t *failed, size_t *dead)
{
    *upgraded = *failed = *dead = 0;
    for (size_t i = 0; i < options.phones; i++) {
        const struct phone_status *st = sim_status(s, i);
        if (!sim_alive(s, i))
            ++*dead;
        else if (st->state == PHONE_FAILED)
            ++*failed;
        else if (st->state == PHONE_IDLE && st->upgraded)
            ++*upgraded;
    }
    return *upgraded + *failed + *dead == options.phones;
}

int main(int argc, char **argv)
{
    const struct argp argp = {table, parse, NULL, "One fleet in virtual time.", 0, 0, 0};
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    struct sim *s = sim_new(&options);
    size_t upgraded, failed, dead, file_count;
    clock_t start = clock();
    usec bound = 24 * 3600 * USEC_SEC, next_kill = kill_root * USEC_SEC;
    while (!settled(s, &upgraded, &failed, &dead) && sim_now(s) < bound) {
        sim_run(s, sim_now(s) + USEC_SEC);
        long root = kill_root && kills && sim_now(s) >= next_kill ? sim_find_root(s) : -1;
        if (root >= 0) {
            printf("killed root %ld at %.1f s\n", root, (double)sim_now(s) / 1e6);
            sim_kill(s, (size_t)root);
            kills--;
            next_kill = sim_now(s) + kill_root * USEC_SEC;
        }
    }
    struct sim_counts c = sim_counts(s);
    const struct sim_file *files = sim_files(s, &file_count);
    printf("phones=%zu seed=%llu upgraded=%zu failed=%zu dead=%zu emulated_s=%.1f cpu_s=%.2f\n",
           options.phones, (unsigned long long)options.seed, upgraded, failed, dead,
           (double)sim_now(s) / 1e6, (double)(clock() - start) / CLOCKS_PER_SEC);
    printf("broadcasts=%llu unicasts=%llu connects=%llu tcp_bytes=%llu max_children=%u trace=%016llx\n",
           (unsigned long long)c.broadcasts, (unsigned long long)c.unicasts,
           (unsigned long long)c.tcp_connects, (unsigned long long)c.tcp_bytes, c.max_children,
           (unsigned long long)c.trace);
    for (size_t i = 0; i < file_count; i++)
        if (files[i].fetches && !strstr(files[i].name, ".cnf.xml"))
            printf("fetched %s %u\n", files[i].name, files[i].fetches);
    bool good = upgraded + dead == options.phones && c.max_children <= 2;
    sim_free(s);
    return good ? 0 : 1;
}
