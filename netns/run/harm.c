/* harm.c - see harm.h. The agenda says when, deed.c does it, here it is told. */
#include "netns/run/harm.h"
#include "emu/random.h"
#include "netns/plan/meant.h"
#include "netns/run/deed.h"
#include "netns/run/loss.h"
#include "netns/text/json.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEK_AGAIN_US 100000 /* emulated: root and parents come and go no faster */
#define EVENT_LINE    8192   /* the longest reason (see deed.h), each byte of it escaped */

/* ---- what is told ------------------------------------------------------------------- */

static uint64_t emulated(const struct harm *h)
{
    return fleettime_now(&h->reach.job->time);
}

/* One line of events.jsonl, by one write(); format: the further keys. */
static void event(const struct harm *h, const char *name, const struct stroke *s,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
static void event(const struct harm *h, const char *name, const struct stroke *s,
                  const char *format, ...)
{
    const struct job *job = h->reach.job;
    bool of_phone = fault_rules[s->fault.what].phones && s->kind != STROKE_SEEK;
    char line[EVENT_LINE];
    uint64_t t = emulated(h);
    int len = snprintf(line, sizeof line, "{\"t\":%" PRIu64 ".%06" PRIu64 ",", t / 1000000,
                       t % 1000000);
    if (of_phone)
        len += snprintf(line + len, sizeof line - (size_t)len, "\"phone\":\"%s\",",
                        job->plan->phones[s->phone].name);
    len += snprintf(line + len, sizeof line - (size_t)len, "\"event\":\"%s\",\"do\":\"%s\"", name,
                    fault_rules[s->fault.what].word);
    va_list args;
    va_start(args, format);
    len += vsnprintf(line + len, sizeof line - (size_t)len, format, args);
    va_end(args);
    len += snprintf(line + len, sizeof line - (size_t)len, "}\n");
    ssize_t written = write(job->out.events, line, (size_t)len);
    if (written != len)
        loss_note(job, JOB_EVENTS, written < 0 ? -errno : -ENOSPC);
}

static void tell_done(const struct harm *h, const struct stroke *s)
{
    const struct fault *fault = &s->fault;
    char more[256] = "";
    size_t len = 0;
    if (fault->for_us != FAULT_UNSET)
        len += (size_t)snprintf(more, sizeof more, ",\"for\":%.6f", (double)fault->for_us / 1e6);
    if (fault->rate_bps != FAULT_UNSET)
        len += (size_t)snprintf(more + len, sizeof more - len, ",\"rate\":%" PRIu64,
                                fault->rate_bps);
    if (fault->loss >= 0)
        len += (size_t)snprintf(more + len, sizeof more - len, ",\"loss\":%g", fault->loss);
    if (*fault->load)
        len += (size_t)snprintf(more + len, sizeof more - len, ",\"load\":\"%s\"", fault->load);
    if (fault->pfs != TRI_UNSET)
        len += (size_t)snprintf(more + len, sizeof more - len, ",\"peerFirmwareSharing\":%s",
                                fault->pfs == TRI_ON ? "true" : "false");
    if (fault->load_server)
        len += (size_t)snprintf(more + len, sizeof more - len, ",\"loadServer\":\"%s\"",
                                inet_ntoa((struct in_addr){.s_addr = fault->load_server}));
    if (fault->delay_us != FAULT_UNSET)
        snprintf(more + len, sizeof more - len, ",\"delay\":%.6f", (double)fault->delay_us / 1e6);
    event(h, "fault", s, "%s", more);
}

/* As a string of JSON, to be freed: a reason may hold a path, and a path anything. */
static char *quote(const char *text)
{
    json_t *string = json_text(text);
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    json_decref(string);
    return quoted;
}

static void tell_missed(const struct harm *h, const struct stroke *s, const char *why)
{
    const struct fault *fault = &s->fault;
    bool one = fault_rules[fault->what].phones && s->kind != STROKE_SEEK;
    const char *whom = one ? h->reach.job->plan->phones[s->phone].name : fault->phone.text;
    char *quoted = quote(why);
    event(h, "fault-missed", s, ",\"selector\":\"%s\",\"why\":%s", fault->phone.text,
          quoted ? quoted : "\"\"");
    free(quoted);
    say("warning: %s%s%s at %.1f s: not done, %s", fault_rules[fault->what].word,
        *whom ? " " : "", whom, (double)emulated(h) / 1e6, why);
}

/* ---- strokes ------------------------------------------------------------------------ */

static void add(struct harm *h, const struct stroke *s)
{
    if (!agenda_add(&h->agenda, s))
        tell_missed(h, s, "no memory");
}

/* NULL, or why it was not done. */
static const char *strike(struct harm *h, const struct stroke *s)
{
    const struct fault *fault = &s->fault;
    const char *why = deed_strike(h, s);
    if (why) {
        tell_missed(h, s, why);
        agenda_drop_reset(&h->agenda, s);
        return why;
    }
    tell_done(h, s);
    agenda_drop_lift(&h->agenda, fault->what, s->phone);
    if (fault->for_us != FAULT_UNSET) {
        struct stroke end = *s;
        end.kind = STROKE_LIFT;
        end.due_us = emulated(h) + fault->for_us;
        add(h, &end);
    }
    return NULL;
}

static void lift(struct harm *h, const struct stroke *s)
{
    const char *why = deed_lift(h, s);
    if (why)
        tell_missed(h, s, why);
    else
        event(h, "fault-lifted", s, "%s", "");
}

/* Whom the fault means now, into h->found. By chance, those that are on, or may join. */
static size_t find(struct harm *h, struct stroke *s)
{
    const struct harm_reach *r = &h->reach;
    job_snapshot(r->job, h->status);
    for (size_t i = 0; i < r->job->plan->count; i++)
        h->barred[i] = phones_held(r->phones, i) || r->job->fate[i] == PHONE_KILLED;
    return meant_resolve(&s->fault.phone, r->job->plan, h->status, h->barred, &s->random,
                         h->found);
}

static void seek(struct harm *h, struct stroke *s)
{
    size_t count = find(h, s);
    uint64_t now = emulated(h);
    if (count > 0) {
        if (!agenda_spread(&h->agenda, s, now, h->found, count))
            tell_missed(h, s, "no memory");
    } else if (now < s->patience_us) {
        s->due_us = now + SEEK_AGAIN_US;
        add(h, s);
    } else {
        tell_missed(h, s, selector_is_momentary(&s->fault.phone) ? "nobody was found in 60 s"
                                                                 : "nobody is meant");
    }
}

uint64_t harm_do_due(struct harm *h)
{
    struct stroke s;
    while (agenda_take(&h->agenda, emulated(h), &s))
        if (s.kind == STROKE_SEEK)
            seek(h, &s);
        else if (s.kind == STROKE_LIFT)
            lift(h, &s);
        else
            strike(h, &s);
    uint64_t next = agenda_next(&h->agenda);
    return next >= FAULT_SETTLED ? CLOCK_NEVER : next;
}

/* ---- begin, order, end -------------------------------------------------------------- */

/* Until when a fault of that moment waits for its phones. */
static uint64_t patience(const struct fault *fault, uint64_t at_us)
{
    return at_us + (selector_is_momentary(&fault->phone) ? HARM_PATIENCE : 0);
}

static struct stroke stroke_of(struct harm *h, const struct fault *fault, uint64_t at_us)
{
    return (struct stroke){.kind = fault_rules[fault->what].phones ? STROKE_SEEK : STROKE_STRIKE,
                           .due_us = at_us,
                           .patience_us = at_us == FAULT_SETTLED ? 0 : patience(fault, at_us),
                           .random = random_next(&h->seeds),
                           .fault = *fault};
}

/* Who joins later is chosen and held at once; when, is still the agenda's. */
static void hold(struct harm *h, struct stroke *s)
{
    size_t count = find(h, s);
    for (size_t i = 0; i < count; i++)
        phones_hold(h->reach.phones, h->found[i]);
    if (count == 0 || !agenda_spread(&h->agenda, s, s->due_us, h->found, count))
        tell_missed(h, s, "nobody is left to be held");
}

/* What the fleet file has for later. */
static void plan_ahead(struct harm *h, const struct fault *fault)
{
    struct stroke s = stroke_of(h, fault, fault->at_us);
    if (fault->what == FAULT_JOIN)
        hold(h, &s);
    else
        add(h, &s);
}

struct harm *harm_begin(const struct harm_reach *reach)
{
    const struct plan *plan = reach->job->plan;
    const struct fleet *fleet = plan->fleet;
    struct harm *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    *h = (struct harm){.reach = *reach,
                         .agenda.resets = reach->manager ? FAULT_CM_RESET : FAULT_RESET,
                         .terms = wan_terms_of(fleet),
                         .seeds = fleet->seed,
                         .status = calloc(plan->count, sizeof *h->status),
                         .barred = calloc(plan->count, sizeof *h->barred),
                         .found = calloc(plan->count, sizeof *h->found)};
    if (!h->status || !h->barred || !h->found) {
        say_errno(ENOMEM, "cannot prepare the faults");
        harm_free(h);
        return NULL;
    }
    for (size_t i = 0; i < fleet->fault_count; i++)
        plan_ahead(h, &fleet->faults[i]);
    for (size_t i = 0; i < fleet->set_count; i++)
        if (fleet->set[i].at_us != FAULT_UNSET)
            plan_ahead(h, &fleet->set[i]);
    return h;
}

bool harm_at_rest(struct harm *h)
{
    struct stroke s;
    bool rest = phones_settled(h->reach.phones) && !agenda_holds_run(&h->agenda);
    h->settled = rest ? h->settled + 1 : 0;
    if (h->settled < 2)
        return false;
    if (!agenda_take_waiting(&h->agenda, &s))
        return true;
    h->settled = 0;
    s.due_us = emulated(h);
    s.patience_us = patience(&s.fault, s.due_us);
    add(h, &s);
    return false;
}

bool harm_wait(const struct harm *h)
{
    return agenda_waits(&h->agenda);
}

/* What became of an order to phones. */
struct outcome {
    size_t done, missed; /* those done are the first of h->found */
    char first[32];      /* of the missed: its name, and why */
    char why[sizeof ((struct harm *)NULL)->why];
};

/* Strikes those that were found, at once, and resets who was struck, where that is to follow. */
static void strike_all(struct harm *h, struct stroke *s, size_t count, struct outcome *o)
{
    s->kind = STROKE_STRIKE;
    for (size_t i = 0; i < count; i++) {
        s->phone = h->found[i];
        const char *why = strike(h, s);
        if (!why) {
            h->found[o->done++] = s->phone;
        } else if (o->missed++ == 0) {
            snprintf(o->first, sizeof o->first, "%s", h->reach.job->plan->phones[s->phone].name);
            snprintf(o->why, sizeof o->why, "%s", why);
        }
    }
    if (!agenda_resets(&h->agenda, s, emulated(h), h->found, o->done))
        tell_missed(h, s, "no memory");
}

/* "set: SEP1 SEP2; not done to SEP3: it is off"; more phones than there is room for are counted. */
static void put_outcome(const struct harm *h, const struct stroke *s, const struct outcome *o,
                        char *answer, size_t size)
{
    const char *word = fault_rules[s->fault.what].word;
    size_t room = size / 2, len = (size_t)snprintf(answer, room, "%s:", word);
    for (size_t i = 0; i < o->done && len < room; i++)
        len += (size_t)snprintf(answer + len, room - len, " %s",
                                h->reach.job->plan->phones[h->found[i]].name);
    if (o->done == 0)
        len = (size_t)snprintf(answer, size, "%s %s: not done, %s", word, s->fault.phone.text,
                               o->why);
    else if (len >= room)
        len = (size_t)snprintf(answer, size, "%s: %zu phones", word, o->done);
    if (o->done > 0 && o->missed > 1)
        snprintf(answer + len, size - len, "; not done to %zu others, the first %s: %s", o->missed,
                 o->first, o->why);
    else if (o->done > 0 && o->missed == 1)
        snprintf(answer + len, size - len, "; not done to %s: %s", o->first, o->why);
}

/* Strikes the phones at once, or, with `within` or `every`, in time; names them in answer. */
static int order_phones(struct harm *h, struct stroke *s, char *answer, size_t size)
{
    struct outcome o = {.why = "nobody is meant right now"};
    size_t count = find(h, s);
    bool later = s->fault.within_us != FAULT_UNSET || s->fault.every_us != FAULT_UNSET;
    if (count == 0)
        tell_missed(h, s, o.why);
    else if (!later)
        strike_all(h, s, count, &o);
    else if (agenda_spread(&h->agenda, s, emulated(h), h->found, count))
        o.done = count;
    else
        snprintf(o.why, sizeof o.why, "no memory");
    put_outcome(h, s, &o, answer, size);
    return o.done > 0 ? 0 : -ENOENT;
}

/* Reads an order, in words for its user where it is none, or none for this lab. */
static bool read_order(const struct fleet *fleet, const char *text, struct fault *fault,
                       char *answer, size_t size)
{
    say_keep(answer, size);
    bool good = fault_read(text, "order", true, fault);
    say_keep(NULL, 0);
    if (good && fault_is_of_wan(fault->what) && !fleet->has_wan) {
        snprintf(answer, size, "%s: this lab has no WAN: its fleet file has no `wan`",
                 fault_rules[fault->what].word);
        return false;
    }
    return good;
}

int harm_order(struct harm *h, const char *text, char *answer, size_t size)
{
    const struct plan *plan = h->reach.job->plan;
    struct fault fault;
    const char *why;
    if (!read_order(plan->fleet, text, &fault, answer, size))
        return -EINVAL;
    if (fault_rules[fault.what].phones && (why = meant_misfit(&fault.phone, plan))) {
        snprintf(answer, size, "%s", why);
        return -ENOENT;
    }
    struct stroke s = stroke_of(h, &fault, emulated(h));
    if (fault_rules[fault.what].phones)
        return order_phones(h, &s, answer, size);
    why = strike(h, &s);
    snprintf(answer, size, "%s%s%s", fault_rules[fault.what].word, why ? ": not done, " : "",
             why ? why : "");
    return why ? -EIO : 0;
}

void harm_end(struct harm *h)
{
    for (size_t i = 0; i < h->agenda.count; i++) {
        const struct stroke *s = &h->agenda.strokes[i];
        if (s->kind == STROKE_LIFT && fault_rules[s->fault.what].phones)
            h->reach.job->fate[s->phone] = 0;
    }
}

void harm_free(struct harm *h)
{
    if (!h)
        return;
    agenda_free(&h->agenda);
    free(h->status);
    free(h->barred);
    free(h->found);
    free(h);
}
