/* results.c - gathers the witnesses into one record; see results.h. */
#include "netns/judge/results.h"
#include "netns/fleet/dhcpkeys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void count_phones(struct results *r)
{
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct phone_status *s = &r->facts.status[i];
        r->upgraded += results_upgraded(r, i);
        r->failed += outcome_of(s) == OUTCOME_FAILED;
        /* The user's own configuration files win over the plan: the phone knows better. */
        r->sharing[i] = s->pfs || r->plan->phones[i].pfs == TRI_ON;
    }
}

const struct fetch_count *results_fetches(const struct results *r, const struct hierarchy *h)
{
    return fetches_find(&r->fetches, h->model, h->subnet, h->file);
}

static int count_fetches(struct results *r, const char *out_dir)
{
    char root[4096];
    snprintf(root, sizeof root, "%s/tftproot", out_dir);
    return fetches_count(&r->fetches, &(struct fetches_wish){.plan = r->plan, .log = r->server,
                                                             .root = root});
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
    snprintf(path, sizeof path, "%s/dhcp.log", out_dir);
    bool log = dhcp_is_ours(r->plan->fleet);
    return r->events ? leases_read(&r->leases, r->plan, r->facts.status, log ? path : NULL) : -EIO;
}

/* 0, -EIO after a message, or -ENOMEM. */
static int gather(struct results *r, const char *out_dir)
{
    count_phones(r);
    r->clock = fidelity_of(&r->facts, r->plan->count);
    int err = read_witnesses(r, out_dir);
    err = err ? err : count_fetches(r, out_dir);
    return err ? err : find_hierarchies(r);
}

struct results *results_make(const struct plan *plan, const struct run_facts *facts,
                             const char *out_dir)
{
    struct results *r = calloc(1, sizeof *r);
    int err = r ? 0 : -ENOMEM;
    if (r) {
        *r = (struct results){.plan = plan, .facts = *facts, .out_dir = out_dir,
                              .sharing = calloc(plan->count + 1, sizeof *r->sharing),
                              .excused = calloc(plan->count + 1, sizeof *r->excused),
                              .bound = calloc(plan->count + 1, sizeof *r->bound)};
        err = r->sharing && r->excused && r->bound ? gather(r, out_dir) : -ENOMEM;
    }
    if (!err)
        return r;
    if (err == -ENOMEM)
        fputs("out of memory while judging the run\n", stderr);
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
    leases_free(&r->leases);
    free(r->expectations);
    fetches_free(&r->fetches);
    free(r->sharing);
    free(r->excused);
    free(r->bound);
    free(r);
}

const struct verdict_row verdicts[VERDICT_COUNT] = {
    [VERDICT_PASSED] = {"passed", "passed", 0},
    [VERDICT_INCONCLUSIVE] = {"inconclusive", "inconclusive (the clock was not faithful)", 5},
    [VERDICT_FAILED] = {"failed", "not passed (failed)", 1},
    [VERDICT_TIMED_OUT] = {"timed out", "not passed (timed out)", 4},
};

enum verdict results_verdict(const struct results *r)
{
    return r->facts.timed_out  ? VERDICT_TIMED_OUT
           : r->inconclusive   ? VERDICT_INCONCLUSIVE
           : r->passed         ? VERDICT_PASSED
                               : VERDICT_FAILED;
}

static int gravity(int code)
{
    return code == verdicts[VERDICT_INCONCLUSIVE].exit ? 1 : 2 * code;
}

int results_graver(int code, int other)
{
    return gravity(code) > gravity(other) ? code : other;
}

bool results_upgraded(const struct results *r, size_t phone)
{
    return outcome_is_upgraded(&r->plan->phones[phone], &r->facts.status[phone]);
}

uint32_t results_ip(const struct results *r, size_t phone)
{
    const struct plan_phone *p = &r->plan->phones[phone];
    return p->dhcp ? r->facts.status[phone].ip : p->ip;
}

unsigned results_out(const struct results *r)
{
    unsigned out = 0;
    for (size_t i = 0; i < r->plan->count; i++)
        out += outcome_of(&r->facts.status[i]) == OUTCOME_OUT;
    return out;
}

const char *results_astray(const struct results *r, size_t phone, char out[OUTCOME_TEXT])
{
    const char *runs = r->facts.status[phone].running, *planned = r->plan->phones[phone].load;
    if (!*planned || strcmp(runs, planned) == 0) /* a configuration may name no load */
        return NULL;
    snprintf(out, OUTCOME_TEXT, "runs %s, not %s", runs[0] ? runs : "nothing", planned);
    return out;
}

const char *results_expected_end(const struct results *r, size_t phone, char out[OUTCOME_TEXT])
{
    const struct phone_status *s = &r->facts.status[phone];
    char text[OUTCOME_TEXT];
    if (!r->excused[phone])
        return NULL;
    bool failed = outcome_of(s) == OUTCOME_FAILED;
    snprintf(out, OUTCOME_TEXT, "%.*s", OUTCOME_TEXT - 1,
             failed ? outcome_said(s, text) : outcome_doing(s, text));
    return out;
}
