/* predict.c - fleet-sim: one fleet in virtual time, described on standard input, foretold on
 * standard output. The launcher's verb `plan` is its user (netns/foretell/predict.h); it shares no
 * code with the launcher, only this:
 *
 *   in    lines "KEY VALUE...", in any order, the groups in the order of their phones; empty ones
 *         do not count
 *           phones N             all of them
 *           seed N
 *           firmware DIR         the TFTP root, absolute
 *           key FILE             PEM of the key that signs it; absent: its structure is checked
 *           first A.B.C.D        address of the first phone; the others follow
 *           wan DELAY RATE QUEUE LOSS    us one way, bits a second (0: any), bytes, 0 to 1
 *           dhcp LEASE POOL      seconds; addresses, 0: enough; absent: addresses by hand
 *           boot RATE            phones a second; absent: all at once
 *           clock K              emulated seconds in one of the server's; absent: 1
 *           transfers N          that the server takes at one time; absent: any number
 *           limit SECONDS        emulated, at most; absent: LIMIT
 *           group MODEL COUNT RUNNING LOAD SUBNET QUIRKS RESET LEN
 *                                RUNNING - for none; SUBNET a number; QUIRKS bits of enum quirk;
 *                                RESET 1 for phones with nothing on their flash; then, after the
 *                                newline, LEN bytes: what their configuration files hold
 *   out   one JSON object on one line
 *   exit  0; 2 for a description that is none, with a message
 */
#include "emu/sim/sim.h"

#include "emu/core/loads.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GROUPS 1000
#define LIMIT  (60 * 86400ull) /* seconds: phones give up long before */

struct request {
    struct sim_options o;
    struct sim_group groups[GROUPS];
    uint64_t limit_s;
};

/* ---- the description ----------------------------------------------------------------- */

static char *keep(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        err(3, "fleet-sim");
    return copy;
}

static bool take_phones(struct request *r, const char *value)
{
    return sscanf(value, "%zu", &r->o.phones) == 1 && r->o.phones > 0;
}

static bool take_seed(struct request *r, const char *value)
{
    return sscanf(value, "%lu", &r->o.seed) == 1;
}

static bool take_firmware(struct request *r, const char *value)
{
    r->o.firmware = keep(value);
    return true;
}

static bool take_key(struct request *r, const char *value)
{
    r->o.key = keep(value);
    return true;
}

static bool take_first(struct request *r, const char *value)
{
    struct in_addr in;
    bool good = inet_pton(AF_INET, value, &in) == 1;
    r->o.first_ip = good ? ntohl(in.s_addr) : 0;
    return good;
}

static bool take_wan(struct request *r, const char *value)
{
    return sscanf(value, "%lu %lu %lu %lf", &r->o.wan_delay, &r->o.wan_bps, &r->o.wan_queue,
                  &r->o.wan_loss) == 4;
}

static bool take_dhcp(struct request *r, const char *value)
{
    struct sim_dhcp *d = &r->o.dhcp;
    d->on = sscanf(value, "%u %zu", &d->lease_s, &d->pool) == 2 && d->lease_s > 0;
    return d->on;
}

static bool take_boot(struct request *r, const char *value)
{
    return sscanf(value, "%lf", &r->o.boot_rate) == 1 && r->o.boot_rate > 0;
}

static bool take_clock(struct request *r, const char *value)
{
    return sscanf(value, "%u", &r->o.server_clock) == 1 && r->o.server_clock > 0;
}

static bool take_transfers(struct request *r, const char *value)
{
    return sscanf(value, "%zu", &r->o.server_transfers) == 1;
}

static bool take_limit(struct request *r, const char *value)
{
    return sscanf(value, "%lu", &r->limit_s) == 1;
}

static bool take_group(struct request *r, const char *value)
{
    char model[NAME_MAX_LEN], running[NAME_MAX_LEN], load[NAME_MAX_LEN];
    struct sim_group *g = &r->groups[r->o.group_count];
    size_t len;
    int factory_reset;
    if (r->o.group_count == GROUPS ||
        sscanf(value, "%63s %zu %63s %63s %u %u %d %zu", model, &g->count, running, load,
               &g->subnet, &g->quirks, &factory_reset, &len) != 8 ||
        !phone_model_find(model) || len > 65536)
        return false;
    char *config = calloc(1, len + 1);
    if (!config || fread(config, 1, len, stdin) != len)
        return false;
    g->model = keep(model);
    g->running = keep(strcmp(running, "-") == 0 ? "" : running);
    g->load = keep(load);
    g->factory_reset = factory_reset;
    g->config = config;
    r->o.group_count++;
    return true;
}

static const struct key {
    const char *name;
    bool (*take)(struct request *r, const char *value);
} keys[] = {
    {"phones", take_phones}, {"seed", take_seed},   {"firmware", take_firmware},
    {"key", take_key},       {"first", take_first}, {"wan", take_wan},
    {"boot", take_boot},     {"clock", take_clock}, {"limit", take_limit},
    {"group", take_group},   {"transfers", take_transfers},
    {"dhcp", take_dhcp},
};

static bool take_line(struct request *r, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *value = strchr(line, ' ');
    if (!value)
        return false;
    *value++ = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(line, keys[i].name) == 0)
            return keys[i].take(r, value);
    return false;
}

static void read_request(struct request *r)
{
    char *line = NULL;
    size_t room = 0;
    *r = (struct request){.o = sim_defaults, .limit_s = LIMIT};
    r->o.key = NULL;
    r->o.groups = r->groups;
    r->o.group_count = 0;
    while (getline(&line, &room, stdin) > 0)
        if (*line != '\n' && !take_line(r, line))
            errx(2, "cannot understand \"%s\"", line);
    free(line);
    if (!r->o.group_count)
        errx(2, "the description names no phones");
}

/* ---- the answer ---------------------------------------------------------------------- */

static void print_fetches(const struct sim *s)
{
    size_t count;
    const struct sim_file *files = sim_files(s, &count);
    const char *comma = "";
    printf(",\"fetches\":{");
    for (size_t i = 0; i < count; i++) {
        if (files[i].firmware && files[i].fetches) {
            printf("%s\"%s\":%u", comma, files[i].name, files[i].fetches);
            comma = ",";
        }
    }
    printf("}");
}

/* Bytes of the load's index and all that it lists. */
static size_t load_bytes(const struct sim *s, const char *load)
{
    struct loads list = {0};
    char index[NAME_MAX_LEN];
    size_t count, bytes = 0;
    const struct sim_file *files = sim_files(s, &count);
    snprintf(index, sizeof index, "%.57s.loads", load);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, index) == 0 && !loads_parse(files[i].data, files[i].len, &list))
            bytes = files[i].len;
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < list.count; n++)
            if (strcmp(files[i].name, list.file[n]) == 0)
                bytes += files[i].len;
    return bytes;
}

/* Each once. */
static void print_loads(const struct request *r, const struct sim *s)
{
    const char *comma = "";
    printf(",\"loads\":{");
    for (size_t i = 0; i < r->o.group_count; i++) {
        size_t first = 0;
        while (strcmp(r->groups[first].load, r->groups[i].load) != 0)
            first++;
        if (first != i)
            continue;
        printf("%s\"%s\":%zu", comma, r->groups[i].load, load_bytes(s, r->groups[i].load));
        comma = ",";
    }
    printf("}");
}

static void print(const struct request *r, const struct sim *s, usec ended, double cpu_s)
{
    struct sim_census n = sim_census(s);
    struct sim_counts c = sim_counts(s);
    printf("{\"phones\":%zu,\"upgraded\":%zu,\"failed\":%zu,\"finished\":%s,\"emulated_s\":%.6f",
           r->o.phones, n.upgraded, n.failed, ended == NEVER ? "false" : "true",
           (double)(ended == NEVER ? sim_now(s) : ended) / 1e6);
    printf(",\"wan_bytes_down\":%lu,\"wan_bytes_up\":%lu,\"wan_frames_dropped\":%lu",
           c.wan_bytes[1], c.wan_bytes[0], c.wan_dropped);
    printf(",\"broadcasts\":%lu,\"tree_depth\":%u,\"max_children\":%u,\"events\":%lu",
           c.broadcasts, c.tree_depth, c.max_children, c.events);
    print_fetches(s);
    print_loads(r, s);
    printf(",\"cpu_s\":%.2f}\n", cpu_s);
}

int main(void)
{
    static struct request r;
    read_request(&r);
    struct sim *s = sim_new(&r.o);
    usec ended = sim_run_to_end(s, r.limit_s * USEC_SEC);
    print(&r, s, ended, (double)clock() / CLOCKS_PER_SEC);
    /* Not freed: the process ends, and a hundred thousand phones take a while. */
    return fflush(stdout) == 0 ? 0 : 3;
}
