/* deed.c - see deed.h. */
#include "netns/run/deed.h"
#include "netns/fleet/speed.h"
#include "netns/plan/bulk.h"
#include "netns/text/say.h"
#include "netns/world/tftproot.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef const char *deed(struct harm *h, const struct stroke *s);

/* A phone without power has no link. Where phones register that is to be so, since a call manager
 * knows of no phone that it has gone: a kernel would tell it, for a process that has ended. */
static void show_power(struct harm *h, uint32_t phone, bool on)
{
    bool registers = h->reach.job->plan->fleet->manager.engine >= MANAGER_OWN;
    if (registers && !phones_is_unplugged(h->reach.phones, phone))
        world_plug(h->reach.world, phone, on);
}

static const char *power_off(struct harm *h, const struct stroke *s)
{
    show_power(h, s->phone, false);
    return phones_power_off(h->reach.phones, s->phone) ? NULL : "it is off";
}

static const char *power_on(struct harm *h, const struct stroke *s)
{
    agenda_drop_lift(&h->agenda, FAULT_KILL, s->phone);
    show_power(h, s->phone, true);
    return phones_power_on(h->reach.phones, s->phone) ? NULL : "it is on";
}

static const char *restart(struct harm *h, const struct stroke *s)
{
    agenda_drop_lift(&h->agenda, FAULT_KILL, s->phone);
    agenda_drop_lift(&h->agenda, FAULT_FREEZE, s->phone);
    show_power(h, s->phone, true);
    phones_restart(h->reach.phones, s->phone);
    return NULL;
}

static const char *freeze(struct harm *h, const struct stroke *s)
{
    return phones_freeze(h->reach.phones, s->phone, true) ? NULL : "it is off";
}

static const char *thaw(struct harm *h, const struct stroke *s)
{
    return phones_freeze(h->reach.phones, s->phone, false) ? NULL : "it is off";
}

static const char *plug(struct harm *h, uint32_t phone, bool in)
{
    if (world_plug(h->reach.world, phone, in) != 0)
        return "the kernel refused";
    phones_unplugged(h->reach.phones, phone, !in);
    return NULL;
}

static const char *plug_out(struct harm *h, const struct stroke *s)
{
    return plug(h, s->phone, false);
}

static const char *plug_in(struct harm *h, const struct stroke *s)
{
    return plug(h, s->phone, true);
}

static const char *limit(struct harm *h, uint32_t phone, uint64_t rate_bps)
{
    uint64_t speed = fleet_ceiling(h->reach.job->plan->fleet);
    return world_limit(h->reach.world, phone, rate_bps * speed) == 0 ? NULL : "the kernel refused";
}

static const char *slow(struct harm *h, const struct stroke *s)
{
    return limit(h, s->phone, s->fault.rate_bps);
}

static const char *unslow(struct harm *h, const struct stroke *s)
{
    return limit(h, s->phone, 0);
}

static const char *corrupt(struct harm *h, const struct stroke *s)
{
    phones_corrupt(h->reach.phones, s->phone);
    return NULL;
}

static const char *mend(struct harm *h, const struct stroke *s)
{
    static const enum fault_do kinds[] = {FAULT_FREEZE, FAULT_UNPLUG, FAULT_SLOW};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        agenda_drop_lift(&h->agenda, kinds[i], s->phone);
    phones_freeze(h->reach.phones, s->phone, false);
    const char *slowed = unslow(h, s), *out = plug_in(h, s);
    return out ? out : slowed;
}

/* As the call manager does: the file changes now, the phone reads it at its next reset. */
static const char *set(struct harm *h, const struct stroke *s)
{
    struct plan_phone *phone = &h->reach.job->plan->phones[s->phone];
    char root[PATH_MAX];
    const char *why = bulk_misses(phone);
    if (why)
        return why;
    bulk_set(&s->fault, h->reach.job->plan->fleet, phone);
    job_path(h->reach.job, "tftproot", root);
    return tftproot_rewrite(h->reach.job->plan, phone, root) == 0 ? NULL
                                                                  : "its file was not written";
}

static const char *reset(struct harm *h, const struct stroke *s)
{
    return phones_reset(h->reach.phones, s->phone) ? NULL : "it is off";
}

/* The call manager tells a phone that has registered with it. */
static const char *order(struct harm *h, const struct stroke *s, enum sccp_reset what)
{
    if (!h->reach.manager)
        return "the call manager is not ours";
    const char *name = h->reach.job->plan->phones[s->phone].name;
    const char *why = callmanager_order(h->reach.manager, name, what);
    if (!why && what != SCCP_DO_APPLY_CONFIG)
        phones_told_to_reset(h->reach.phones, s->phone);
    return why;
}

static const char *cm_reset(struct harm *h, const struct stroke *s)
{
    return order(h, s, SCCP_DO_RESET);
}

static const char *cm_restart(struct harm *h, const struct stroke *s)
{
    return order(h, s, SCCP_DO_RESTART);
}

static const char *cm_apply(struct harm *h, const struct stroke *s)
{
    return order(h, s, SCCP_DO_APPLY_CONFIG);
}

static const char *cm_off(struct harm *h, const struct stroke *s)
{
    (void)s;
    if (!h->reach.manager)
        return "the call manager is not ours";
    return callmanager_kill(h->reach.manager) ? NULL : "it is off";
}

static const char *cm_on(struct harm *h, const struct stroke *s)
{
    if (!h->reach.manager)
        return "the call manager is not ours";
    agenda_drop_lift(&h->agenda, FAULT_CM_KILL, s->phone);
    callmanager_kill(h->reach.manager);
    return callmanager_revive(h->reach.manager) == 0 ? NULL : "the call manager did not start";
}

static const char *server_off(struct harm *h, const struct stroke *s)
{
    (void)s;
    if (!h->reach.server)
        return "the server is not ours";
    if (h->reach.http)
        httpserver_kill(h->reach.http);
    return server_kill(h->reach.server) ? NULL : "it is off";
}

static const char *server_anew(struct harm *h, const struct stroke *s)
{
    if (!h->reach.server)
        return "the server is not ours";
    agenda_drop_lift(&h->agenda, FAULT_SERVER_KILL, s->phone);
    server_kill(h->reach.server);
    if (server_revive(h->reach.server) != 0)
        return "the TFTP server did not start";
    if (!h->reach.http)
        return NULL;
    httpserver_kill(h->reach.http);
    return httpserver_revive(h->reach.http) == 0 ? NULL : "the HTTP server did not start";
}

/* The WAN's present terms but for what this fault is about: that as from says. */
static const char *wan_take(struct harm *h, enum fault_do what, const struct wan_terms *from)
{
    struct wan_terms *now = &h->terms;
    if (what == FAULT_WAN_CUT)
        now->cut = from->cut;
    else if (what == FAULT_WAN_LOSS)
        now->loss = from->loss;
    else if (what == FAULT_WAN_DELAY)
        now->delay_us = from->delay_us;
    else if (what == FAULT_WAN_RATE)
        now->rate_bps = from->rate_bps;
    else
        *now = *from;
    return wan_change(h->reach.wan, h->reach.job->plan->fleet, now) == 0 ? NULL
                                                                       : "the relay is gone";
}

static const char *wan_worsen(struct harm *h, const struct stroke *s)
{
    const struct wan_terms said = {.cut = true, .loss = s->fault.loss,
                                   .delay_us = s->fault.delay_us, .rate_bps = s->fault.rate_bps};
    return wan_take(h, s->fault.what, &said);
}

static const char *wan_mend(struct harm *h, const struct stroke *s)
{
    const struct wan_terms file = wan_terms_of(h->reach.job->plan->fleet);
    for (enum fault_do i = 0; s->fault.what == FAULT_WAN_RESTORE && i < FAULT_COUNT; i++)
        if (fault_is_of_wan(i))
            agenda_drop_lift(&h->agenda, i, s->phone);
    return wan_take(h, s->fault.what, &file);
}

static const struct {
    deed *strike, *lift;
} deeds[] = {
    [FAULT_KILL] = {power_off, power_on},
    [FAULT_FREEZE] = {freeze, thaw},
    [FAULT_RESTART] = {restart, NULL},
    [FAULT_UNPLUG] = {plug_out, plug_in},
    [FAULT_SLOW] = {slow, unslow},
    [FAULT_CORRUPT] = {corrupt, NULL},
    [FAULT_JOIN] = {power_on, NULL},
    [FAULT_MEND] = {mend, NULL},
    [FAULT_SET] = {set, NULL},
    [FAULT_RESET] = {reset, NULL},
    [FAULT_CM_RESET] = {cm_reset, NULL},
    [FAULT_CM_RESTART] = {cm_restart, NULL},
    [FAULT_CM_APPLY] = {cm_apply, NULL},
    [FAULT_CM_KILL] = {cm_off, cm_on},
    [FAULT_CM_START] = {cm_on, NULL},
    [FAULT_SERVER_KILL] = {server_off, server_anew},
    [FAULT_SERVER_RESTART] = {server_anew, NULL},
    [FAULT_WAN_CUT] = {wan_worsen, wan_mend},
    [FAULT_WAN_LOSS] = {wan_worsen, wan_mend},
    [FAULT_WAN_DELAY] = {wan_worsen, wan_mend},
    [FAULT_WAN_RATE] = {wan_worsen, wan_mend},
    [FAULT_WAN_RESTORE] = {wan_mend, NULL},
};
static_assert(sizeof deeds / sizeof *deeds == FAULT_COUNT, "one row per fault");

/* What was said meanwhile, in the log of a lab, is the cause; the deed's own word is that of who
 * has seen none. */
static const char *carry_out(deed *d, struct harm *h, const struct stroke *s)
{
    say_keep(h->why, sizeof h->why);
    const char *why = d(h, s);
    say_keep(NULL, 0);
    return why && *h->why ? h->why : why;
}

const char *deed_strike(struct harm *h, const struct stroke *s)
{
    return carry_out(deeds[s->fault.what].strike, h, s);
}

const char *deed_lift(struct harm *h, const struct stroke *s)
{
    return carry_out(deeds[s->fault.what].lift, h, s);
}
