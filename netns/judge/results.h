/* results.h - what a run was, from what was witnessed of it to the verdict.
 *
 *   tftp.log ------ serverlog.c --+  (fetches.c counts)
 *   dhcp.log ------ leases.c -----+
 *   events.jsonl -- eventlog.c ---+-- results_make -- judge.c --+-- write.c -- summary.json
 *                   hierarchy.c --+                             |              junit.xml
 *   counters, status (run_facts) -+                             |              report.html
 *                                                               +-- print.c    the terminal
 *
 * The witnesses are independent of the phones: the TFTP server's log (fetches and their bytes),
 * the kernel's interface counters (WAN), a capture on the site's bridge (LAN). The phones' own
 * events serve for what only they know: who was whose parent.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include "netns/fleet/speed.h"
#include "netns/judge/eventlog.h"
#include "netns/judge/fetches.h"
#include "netns/judge/fidelity.h"
#include "netns/judge/hierarchy.h"
#include "netns/judge/leases.h"
#include "netns/run/outcome.h"
#include "netns/world/facts.h"
#include "netns/world/managerlist.h"

struct expectation {
    char name[64];
    bool passed;
    bool doubts;                 /* where it is not met, nothing else of the run is certain */
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
    struct fetches fetches;
    struct leases leases;
    struct eventlog *events;
    struct hierarchy *hierarchies;
    size_t hierarchy_count;
    unsigned widest;             /* most children that any phone had at one time */
    struct fidelity clock;
    struct expectation *expectations;
    size_t expectation_count;
    bool passed;                 /* no phone failed, every expectation met, faithful */
    bool inconclusive;           /* not faithful, though it should have been */
};

/* What a run ends as. Of several the gravest counts, which is the last here.
 *   INCONCLUSIVE  the clock was not faithful: what failed, or did not, may be the host's doing */
enum verdict { VERDICT_PASSED, VERDICT_INCONCLUSIVE, VERDICT_FAILED, VERDICT_TIMED_OUT,
               VERDICT_COUNT };
extern const struct verdict_row {
    const char *word;            /* "timed out" */
    const char *told;            /* in a line for people: "not passed (timed out)" */
    int exit;                    /* the exit code */
} verdicts[VERDICT_COUNT];

/* Reads out_dir/events.jsonl and out_dir/tftp.log (dnsmasq's own log of this run); what it all
 * means is judge.h's to say. The sizes of what was served are those of the files in
 * out_dir/tftproot, which must still stand. facts->status and out_dir must outlive the results.
 * NULL with a message on standard error when a file cannot be read. */
struct results *results_make(const struct plan *plan, const struct run_facts *facts,
                             const char *out_dir);
void results_free(struct results *r);

/* A phone's address at the end; 0: it has none. */
uint32_t results_ip(const struct results *r, size_t phone);

/* The server's transfers of a hierarchy's file to its kin; NULL: none. */
const struct fetch_count *results_fetches(const struct results *r, const struct hierarchy *h);

/* Whether the phone has booted the load that the plan has for it, see outcome.h. */
bool results_upgraded(const struct results *r, size_t phone);
/* How many are OUT. */
unsigned results_out(const struct results *r);
/* "runs SCCP41.8-5-4S, not SCCP41.9-4-2SR3-1S": out, or NULL when it runs what is planned. */
const char *results_astray(const struct results *r, size_t phone, char out[OUTCOME_TEXT]);
/* How a phone ended of whom the fleet's wishes expect nothing better; out, or NULL. */
const char *results_expected_end(const struct results *r, size_t phone, char out[OUTCOME_TEXT]);

enum verdict results_verdict(const struct results *r);
/* The graver of two exit codes: the higher one, but that an inconclusive run comes before all that
 * failed. */
int results_graver(int code, int other);

#endif
