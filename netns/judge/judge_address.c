/* judge_address.c - whether phones that ask for their addresses have them, and from whom. */
#include "netns/judge/wish.h"

#include <arpa/inet.h>

/* "; by 150: 24, by 66: 1" */
static void say_by(const struct leases *l, struct expectation *e)
{
    for (int by = 0; by < TFTP_SOURCE_COUNT; by++)
        if (l->by[by])
            judge_say(e, "; TFTP server %s%s: %zu", by == TFTP_BY_NONE ? "unknown" : "by ",
                      tftp_source_words[by], l->by[by]);
}

static void say_astray(const struct results *r, size_t i, struct expectation *e)
{
    char ip[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &r->facts.status[i].ip, ip, sizeof ip);
    judge_say(e, "%s has %s", r->plan->phones[i].name, ip);
}

/* "; a second DHCP server, 10.0.0.9, made offers to 12 phones": whose were not taken. */
static void say_second(const struct results *r, struct expectation *e)
{
    const struct phone_status *status = r->facts.status;
    char ip[INET_ADDRSTRLEN];
    size_t count = 0, last = 0;
    for (size_t i = 0; i < r->plan->count; i++)
        if (r->plan->phones[i].dhcp && status[i].dhcp_other) {
            last = i;
            count++;
        }
    if (count > 0)
        judge_say(e, "; a second DHCP server, %s, made offers to %zu of them",
                  inet_ntop(AF_INET, &status[last].dhcp_other, ip, sizeof ip), count);
}

/* Whether a phone should have an address by now, and has none. */
static bool lacks(const struct results *r, size_t i)
{
    const struct phone_status *s = &r->facts.status[i];
    return r->plan->phones[i].dhcp && s->ip == 0 && outcome_of(s) != OUTCOME_OUT && !r->excused[i];
}

void judge_addresses(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    const struct leases *l = &r->leases;
    unsigned none = 0, astray = 0;
    char said[OUTCOME_TEXT];
    judge_say(e, "%zu of %zu phones that ask have an address", l->held, l->asking);
    for (size_t i = 0; i < r->plan->count; i++)
        if (lacks(r, i) && judge_name(e, &none, "; none: ", ", "))
            judge_say(e, "%s: %s", r->plan->phones[i].name,
                      outcome_said(&r->facts.status[i], said)[0] ? said : "says nothing");
    judge_name_rest(e, none, "");
    for (size_t i = 0; i < r->plan->count; i++)
        if (!leases_agree(l, r->facts.status, i) &&
            judge_name(e, &astray, "; not by dhcp.log: ", ", "))
            say_astray(r, i, e);
    judge_name_rest(e, astray, "");
    say_by(l, e);
    say_second(r, e);
    if (none && l->refusals)
        judge_say(e, "; the server had none for them %u times, see dhcp.log and dhcp.pool",
                  l->refusals);
    e->passed = none == 0 && astray == 0;
}
