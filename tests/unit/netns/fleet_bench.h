/* fleet_bench.h - fleet files as strings, and what is said about them. */
#ifndef FLEET_BENCH_H
#define FLEET_BENCH_H

#include "netns/fleet/fleetread.h"
#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

static char bench_dir[] = "/tmp/fleet-test-XXXXXX";
static char bench_said[8192]; /* standard error of the last call */

/* A project root of its own, with a firmware directory that holds empty .loads files. */
static inline int bench_setup(void **state)
{
    static const char *const files[] = {
        "firmware-samples/small/SCCP41.9-4-2SR1-1S.loads",
        "firmware-samples/small/SCCP41.9-4-2SR3-1S.loads",
        "firmware-samples/small/SCCP41.9-10-1-1S.loads",
        "firmware-samples/small/SCCP70.9-4-2SR3-1S.loads",
        "firmware-samples/small/P00308010200.loads",
        "firmware-samples/small/P00308000500.loads",
        "firmware-samples/test-key.pub.pem",
    };
    (void)state;
    if (!mkdtemp(bench_dir) || chdir(bench_dir) || mkdir("firmware-samples", 0755) ||
        mkdir("firmware-samples/small", 0755) || mkdir("empty", 0755))
        return -1;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *out = fopen(files[i], "w");
        if (!out)
            return -1;
        fclose(out);
    }
    return 0;
}

static inline int bench_teardown(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", bench_dir);
    return chdir("/") || system(command);
}

static inline int bench_divert(void)
{
    fflush(stderr);
    int kept = dup(2);
    if (!freopen("said", "w", stderr))
        abort();
    return kept;
}

static inline void bench_restore(int kept)
{
    fflush(stderr);
    dup2(kept, 2);
    close(kept);
    FILE *in = fopen("said", "r");
    size_t len = in ? fread(bench_said, 1, sizeof bench_said - 1, in) : 0;
    bench_said[len] = '\0';
    if (in)
        fclose(in);
}

/* Every text that is read, without overrides, into the directory FLEET_BENCH_KEEP: for
 * tests/docs/schema.bats. */
static inline void bench_keep(const char *text, size_t len)
{
    static unsigned kept;
    char path[512];
    const char *dir = getenv("FLEET_BENCH_KEEP");
    if (!dir)
        return;
    snprintf(path, sizeof path, "%s/%d-%03u.fleet.yml", dir, (int)getpid(), kept++);
    FILE *out = fopen(path, "w");
    if (!out || fwrite(text, 1, len, out) != len || fclose(out) != 0)
        abort();
}

/* Reads len bytes as the file t.fleet.yml, with overrides. */
static inline struct fleet *bench_read_bytes(const char *text, size_t len,
                                             const struct fleet_overrides *o)
{
    FILE *out = fopen("t.fleet.yml", "w");
    if (!out || fwrite(text, 1, len, out) != len || fclose(out) != 0)
        abort();
    if (!o)
        bench_keep(text, len);
    int kept = bench_divert();
    struct fleet *f = fleet_read("t.fleet.yml", bench_dir, o);
    bench_restore(kept);
    return f;
}

static inline struct fleet *bench_read(const char *text)
{
    return bench_read_bytes(text, strlen(text), NULL);
}

#endif
