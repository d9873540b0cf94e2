/* results.c - gathers the witnesses into one record, has it judged, and has its files written.
 *
 *   tftp.log ------ serverlog.c --+
 *   events.jsonl -- eventlog.c ---+-- results_make -- judge.c --+-- summary.c  summary.json
 *                   hierarchy.c --+                             +-- junit.c    junit.xml
 *   counters, status (run_facts) -+                             +-- report.c   report.html
 *                                                               +-- print.c    the terminal
 */
#include "netns/results.h"
#include "netns/judge.h"
#include "netns/output.h"
#include "netns/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FAITHFUL_US 25000 /* a tenth of the protocol's 250 ms tick */

static void count_phones(struct results *r)
{
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct phone_status *s = &r->facts.status[i];
        r->upgraded += judge_upgraded(r, i);
        r->failed += judge_phone(s) == OUTCOME_FAILED;
        /* The user's own configuration files win over the plan: the phone knows better. */
        r->sharing[i] = s->pfs || r->plan->phones[i].pfs == TRI_ON;
    }
}

/* The least bucket bound that 99 of 100 timers kept, over the whole fleet. */
static void measure_lateness(struct results *r)
{
    uint64_t merged[LATENESS_BUCKETS] = {0}, total = 0, below = 0;
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct phone_status *s = &r->facts.status[i];
        if (s->lateness_max_us > r->lateness_max_us)
            r->lateness_max_us = s->lateness_max_us;
        for (unsigned b = 0; b < LATENESS_BUCKETS; b++) {
            merged[b] += s->lateness[b];
            total += s->lateness[b];
        }
    }
    unsigned bucket = 0;
    for (below = merged[0]; below * 100 < total * 99; below += merged[bucket])
        bucket++;
    uint64_t bound = lateness_bound(bucket);
    bool past = bucket == LATENESS_BUCKETS - 1 || bound > r->lateness_max_us;
    r->lateness_p99_us = total == 0 ? 0 : past ? r->lateness_max_us : bound;
    r->faithful = r->lateness_p99_us <= FAITHFUL_US;
}

static uint64_t served_size(const char *out_dir, const char *file)
{
    char path[4096];
    struct stat st;
    int len = snprintf(path, sizeof path, "%s/tftproot/%s", out_dir, file);
    return len < (int)sizeof path && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* NULL: there is none yet. */
static struct fetch_count *find_fetch(const struct results *r, const struct phone_model *model,
                                      unsigned subnet, const char *file)
{
    for (size_t i = 0; i < r->fetch_count; i++)
        if (r->fetches[i].model == model && r->fetches[i].subnet == subnet &&
            strcmp(r->fetches[i].file, file) == 0)
            return &r->fetches[i];
    return NULL;
}

const struct fetch_count *results_fetches(const struct results *r, const struct hierarchy *h)
{
    return find_fetch(r, h->model, h->subnet, h->file);
}

static struct fetch_count *fetch_of(struct results *r, const struct phone_model *model,
                                    unsigned subnet, const char *file)
{
    struct fetch_count *known = find_fetch(r, model, subnet, file);
    if (known)
        return known;
    struct fetch_count *more = reallocarray(r->fetches, r->fetch_count + 1, sizeof *more);
    if (!more)
        return NULL;
    r->fetches = more;
    struct fetch_count *f = &more[r->fetch_count++];
    *f = (struct fetch_count){.model = model, .subnet = subnet,
                              .firmware = serverlog_is_firmware(file)};
    snprintf(f->file, sizeof f->file, "%s", file);
    return f;
}

static int count_fetches(struct results *r, const char *out_dir)
{
    struct roster *roster = roster_new(r->plan);
    int err = roster ? 0 : -ENOMEM;
    for (size_t i = 0; !err && i < r->server->count; i++) {
        const struct transfer *t = &r->server->transfers[i];
        r->failed_transfers += t->end == TRANSFER_FAILED;
        if (t->end != TRANSFER_SENT)
            continue;
        long phone = roster_by_ip(roster, t->client);
        const struct plan_phone *taker = phone < 0 ? NULL : &r->plan->phones[phone];
        struct fetch_count *f = fetch_of(r, taker ? taker->model : NULL,
                                         taker ? taker->subnet : 0, t->file);
        if (!f) {
            err = -ENOMEM;
            break;
        }
        uint64_t size = t->bytes ? t->bytes : served_size(out_dir, t->file);
        f->count++;
        f->sharing += phone >= 0 && r->sharing[phone];
        f->bytes += size;
        r->server_bytes += size;
    }
    roster_free(roster);
    return err;
}

static int find_hierarchies(struct results *r)
{
    unsigned *peaks = calloc(r->plan->count + 1, sizeof *peaks);
    int err = peaks ? hierarchy_peaks(r->plan, r->events, peaks) : -ENOMEM;
    if (!err)
        err = hierarchy_make(r->plan, r->events, r->sharing, peaks, &r->hierarchies,
                             &r->hierarchy_count);
    for (size_t i = 0; !err && i < r->plan->count; i++)
        r->widest = peaks[i] > r->widest ? peaks[i] : r->widest;
    free(peaks);
    return err;
}

static int read_witnesses(struct results *r, const char *out_dir)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tftp.log", out_dir);
    r->server = serverlog_read(path);
    snprintf(path, sizeof path, "%s/events.jsonl", out_dir);
    r->events = r->server ? eventlog_read(path, r->plan) : NULL;
    return r->events ? 0 : -EIO;
}

static void say_no_memory(void)
{
    fputs("out of memory while judging the run\n", stderr);
}

struct results *results_make(const struct plan *plan, const struct run_facts *facts,
                             const char *out_dir)
{
    struct results *r = calloc(1, sizeof *r);
    if (!r) {
        say_no_memory();
        return NULL;
    }
    *r = (struct results){.plan = plan, .facts = *facts, .out_dir = out_dir,
                          .sharing = calloc(plan->count + 1, sizeof *r->sharing),
                          .excused = calloc(plan->count + 1, sizeof *r->excused),
                          .bound = calloc(plan->count + 1, sizeof *r->bound)};
    if (!r->sharing || !r->excused || !r->bound) {
        results_free(r);
        say_no_memory();
        return NULL;
    }
    count_phones(r);
    measure_lateness(r);
    int err = read_witnesses(r, out_dir);
    if (!err) {
        err = count_fetches(r, out_dir);
        err = err ? err : find_hierarchies(r);
        err = err ? err : judge(r);
        if (err)
            say_no_memory();
    }
    r->out_dir = NULL;
    if (!err)
        return r;
    results_free(r);
    return NULL;
}

void results_free(struct results *r)
{
    if (!r)
        return;
    hierarchy_free(r->hierarchies, r->hierarchy_count);
    eventlog_free(r->events);
    serverlog_free(r->server);
    free(r->expectations);
    free(r->fetches);
    free(r->sharing);
    free(r->excused);
    free(r->bound);
    free(r);
}

const char *results_verdict(const struct results *r)
{
    return r->passed ? "passed" : r->facts.timed_out ? "timed out" : "failed";
}

int results_exit(const struct results *r)
{
    return r->facts.timed_out ? 4 : r->passed ? 0 : 1;
}

/* All files of one directory, or none: what there is of a verdict is not half of one. */
int compare_write(const struct run_set *set, const char *out_dir, const char *junit_path)
{
    bool one = set->count == 1;
    const struct {
        const char *dir, *name;
        output_body *body;
    } files[] = {
        {out_dir, one ? "summary.json" : "compare.json", one ? summary_body : compare_body},
        {out_dir, "report.html", report_body},
        {junit_path ? NULL : out_dir, junit_path ? junit_path : "junit.xml", junit_body},
    };
    int err = 0;
    size_t written = 0;
    for (; !err && written < sizeof files / sizeof *files; written++)
        err = output_file(files[written].dir, files[written].name, files[written].body, set);
    while (err && written--)
        output_remove(files[written].dir, files[written].name);
    return err;
}

int results_write(const struct results *r, const char *out_dir, const char *junit_path)
{
    return compare_write(&(struct run_set){{r}, 1}, out_dir, junit_path);
}
