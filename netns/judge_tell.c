/* judge_tell.c - the words that several judges use. */
#include "netns/judges.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void judge_say(struct expectation *e, const char *format, ...)
{
    size_t len = strlen(e->detail);
    va_list args;
    va_start(args, format);
    vsnprintf(e->detail + len, sizeof e->detail - len, format, args);
    va_end(args);
}

void judge_say_expected(const struct wish *w, struct expectation *e, size_t all)
{
    const struct compare *c = &w->x->count;
    if (c->op == COMPARE_ALL)
        judge_say(e, ", expected all %zu", all);
    else
        judge_say(e, ", expected %s", c->text);
}

void judge_range_take(struct range *range, unsigned long count)
{
    if (range->counts == 0 || count < range->least)
        range->least = count;
    if (range->counts == 0 || count > range->most)
        range->most = count;
    range->counts++;
}

void judge_say_range(struct expectation *e, const struct range *range)
{
    judge_say(e, "%lu", range->least);
    if (range->least < range->most)
        judge_say(e, " to %lu", range->most);
}

size_t judge_there(const struct wish *w)
{
    size_t there = 0;
    for (size_t i = 0; i < w->count; i++)
        there += judge_phone(&w->r->facts.status[w->phones[i]]) != OUTCOME_OUT;
    return there;
}

void judge_say_out(const struct wish *w, struct expectation *e)
{
    size_t out = w->count - judge_there(w);
    if (out > 0)
        judge_say(e, "; %zu killed, frozen or unplugged on purpose", out);
}

bool judge_fits(const char *pattern, const char *text)
{
    return !pattern || fnmatch(pattern, text, 0) == 0;
}

bool judge_shares(const struct wish *w, struct expectation *e)
{
    if (w->r->plan->fleet->mode == MODE_PFS)
        return true;
    e->passed = true;
    judge_say(e, "not judged: in traditional mode nobody shares");
    return false;
}

const char *judge_said(const struct phone_status *s, char out[JUDGE_TEXT])
{
    bool file = s->status_text[0] && s->status_file[0];
    bool server = s->status_text[0] && s->status_server[0];
    snprintf(out, JUDGE_TEXT, "%.*s%s%s%s%s", NAME_MAX_LEN - 1, s->status_text, file ? ": " : "",
             file ? s->status_file : "", server ? ", server: " : "",
             server ? s->status_server : "");
    if (!out[0] && judge_phone(s) == OUTCOME_FAILED)
        snprintf(out, JUDGE_TEXT, "no status text");
    return out;
}

/* Whom a phone that upgrades waits for. */
static void from_whom(const struct phone_status *s, char *out, size_t size)
{
    char address[INET_ADDRSTRLEN];
    if (s->parent_ip != 0 && inet_ntop(AF_INET, &s->parent_ip, address, sizeof address))
        snprintf(out, size, " from %s", address);
    else
        snprintf(out, size, "%s", s->pfs && !s->root ? ", no parent" : " from the server");
}

const char *judge_doing(const struct phone_status *s, char out[JUDGE_TEXT])
{
    static const char *const waits[PHONE_STATE_COUNT] = {
        [PHONE_OFF] = ": its process has not reported",
        [PHONE_READY] = ": waits for power",
        [PHONE_BOOT] = ": waits for the network",
        [PHONE_CONFIG] = ": waits for configuration from the server",
    };
    bool known = s->state < PHONE_STATE_COUNT;
    char said[JUDGE_TEXT], whom[64] = "";
    if (s->state == PHONE_UPGRADE)
        from_whom(s, whom, sizeof whom);
    int len = snprintf(out, JUDGE_TEXT, "%s%s", known ? phone_state_names[s->state] : "unknown",
                       known && waits[s->state] ? waits[s->state] : "");
    if (s->screen.component[0])
        len += snprintf(out + len, (size_t)(JUDGE_TEXT - len), ", %s %u KB %u %%%s",
                        s->screen.component, s->screen.kb, s->screen.percent, whom);
    if (judge_said(s, said)[0])
        snprintf(out + len, (size_t)(JUDGE_TEXT - len), ", \"%s\"", said);
    return out;
}
