/* judge_bench.h - the run of eight phones (fleet8.h), judged by whatever wishes. */
#ifndef JUDGE_BENCH_H
#define JUDGE_BENCH_H

#include "netns/judge/judge.h"
#include "tests/unit/netns/fleet8.h"

#include <sys/stat.h>

#define P(n) "SEP02760A6A001" #n

/* ---- an output directory with the run's witnesses, and two phones' logs and pages ---- */

static char dir[] = "/tmp/judge.XXXXXX";

static inline void put(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    if (!out || fputs(text, out) < 0 || fclose(out) != 0)
        abort();
}

static inline int setup(void **state)
{
    static const char *const names[] = {"events.jsonl", "tftp.log", "tftproot"};
    (void)state;
    char here[4096], path[128], target[8192];
    if (!mkdtemp(dir) || !getcwd(here, sizeof here))
        return -1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        snprintf(target, sizeof target, "%s/" FLEET8_DIR "/%s", here, names[i]);
        if (symlink(target, path) != 0)
            return -1;
    }
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, i ? "pages" : "logs");
        if (mkdir(path, 0755) != 0)
            return -1;
    }
    put("logs/" P(0) ".log", "ClaimRoot(tent)\nUT:Confirmed root\nUT:Confirmed root\n");
    put("logs/" P(1) ".log", "UT:Confirmed root");
    put("pages/" P(0) ".xml", "<PeerFirmwareSharing>Yes</PeerFirmwareSharing>\n");
    return 0;
}

static inline int teardown(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

/* ---- the bench ---------------------------------------------------------------------- */

static inline struct results *judged(struct fleet8 *f, const char *wishes)
{
    assert_int_equal(fleet8_expect(f, wishes), 0);
    struct results *r = judge_run(&f->plan, &f->facts, dir);
    assert_non_null(r);
    return r;
}

static inline const struct expectation *find(const struct results *r, const char *name)
{
    for (size_t i = 0; i < r->expectation_count; i++)
        if (strcmp(r->expectations[i].name, name) == 0)
            return &r->expectations[i];
    return NULL;
}

static inline void check(const struct results *r, const char *name, bool passed, const char *detail)
{
    const struct expectation *e = find(r, name);
    assert_non_null(e);
    assert_string_equal(e->detail, detail);
    assert_int_equal(e->passed, passed);
}

/* One wish, the name of its expectation, and what becomes of it. */
struct row {
    const char *name, *wish;
    bool passed;
    const char *detail;
};

static inline void check_rows(struct fleet8 *f, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char wishes[256];
        snprintf(wishes, sizeof wishes, "%s: %s", rows[i].name, rows[i].wish);
        struct results *r = judged(f, wishes);
        check(r, rows[i].name, rows[i].passed, rows[i].detail);
        assert_int_equal(r->passed, rows[i].passed);
        results_free(r);
    }
}

#define CHECK_ROWS(f, rows) check_rows(f, rows, sizeof(rows) / sizeof *(rows))

#endif
