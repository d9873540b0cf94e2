/* results.h - from what was witnessed to a verdict and the files of the output directory.
 *
 * The witnesses are independent of the phones: the TFTP server's log (fetches and their bytes),
 * the kernel's interface counters (WAN), a capture on the site's bridge (LAN). The phones' own
 * events serve for what only they know: who was whose parent.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include "netns/eventlog.h"
#include "netns/facts.h"
#include "netns/hierarchy.h"
#include "netns/serverlog.h"

#include <stdio.h>

struct fetch_count {
    const struct phone_model *model; /* NULL: clients that are no phones of the plan */
    unsigned subnet;             /* in plan->subnets; of no meaning without a model */
    char file[128];              /* as asked for, without the root's path */
    bool firmware;
    unsigned count;              /* complete transfers in the server's log */
    unsigned sharing;            /* of these, by phones with peer firmware sharing on */
    uint64_t bytes;
};

struct expectation {
    char name[64];
    bool passed;
    char detail[1024];           /* what was seen, and where to look */
};

struct results {
    const struct plan *plan;
    const char *variant;         /* its name among several runs, or NULL */
    struct run_facts facts;
    unsigned upgraded, failed;   /* to the plan's load; the rest are neither */
    const char *out_dir;         /* while the run is judged: where its files lie */
    bool *sharing;               /* per phone: peer firmware sharing was on */
    bool *excused;               /* per phone: failed or restless, as a wish has it */
    bool *bound;                 /* per phone: a wish has it upgrade */
    struct serverlog *server;
    struct fetch_count *fetches; /* in the order of their first transfers */
    size_t fetch_count;
    unsigned failed_transfers;   /* begun and given up */
    uint64_t server_bytes;       /* file bytes of all complete transfers */
    struct eventlog *events;
    struct hierarchy *hierarchies;
    size_t hierarchy_count;
    unsigned widest;             /* most children that any phone had at one time */
    uint64_t lateness_p99_us, lateness_max_us;
    bool faithful;               /* p99 at most a tenth of the 250 ms tick */
    struct expectation *expectations;
    size_t expectation_count;
    bool passed;                 /* no phone failed, every expectation met, faithful */
};

/* The server's transfers of a hierarchy's file to its kin; NULL: none. */
const struct fetch_count *results_fetches(const struct results *r, const struct hierarchy *h);

/* Reads out_dir/events.jsonl and out_dir/tftp.log (dnsmasq's own log of this run) and judges. The
 * sizes of what was served are those of the files in out_dir/tftproot, which must still stand.
 * facts->status must outlive the results. NULL with a message on standard error when a file
 * cannot be read. */
struct results *results_make(const struct plan *plan, const struct run_facts *facts,
                             const char *out_dir);
void results_free(struct results *r);

/* "passed", "failed" or "timed out". */
const char *results_verdict(const struct results *r);

/* Writes summary.json (schema 1 of the contract), junit.xml (or junit_path when not NULL) and
 * report.html into out_dir. 0 or a negative errno, after a message. */
int results_write(const struct results *r, const char *out_dir, const char *junit_path);

/* The human-readable outcome of one run, for standard output; with GITHUB_ACTIONS=true also the
 * annotations of failed expectations and the step's summary. */
void results_print(const struct results *r, const char *out_dir);

/* When the time was up: every phone that had not come to an end, one a line, with what it was
 * waiting for; the run's name goes in front where it is not NULL. */
void results_print_unfinished(FILE *out, const struct results *r, const char *name);
/* What was not met, a line each on standard error, with the fleet's name and the run's, if any. */
void results_tell_failed(const struct results *r, const char *name);

/* The same for several runs: compare.json, report.html and junit.xml in out_dir; the figures and
 * the evidence side by side on standard output. */
struct run_set;
int compare_write(const struct run_set *set, const char *out_dir, const char *junit_path);
void compare_print(const struct run_set *set, const char *out_dir);

/* One exit code for a run: 0 passed, 1 not, 4 timed out (design: exit codes). */
int results_exit(const struct results *r);

#endif
