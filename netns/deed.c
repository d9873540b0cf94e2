/* deed.c - see deed.h. */
#include "netns/deed.h"
#include "netns/say.h"
#include "netns/tftproot.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef const char *deed(struct faults *f, const struct stroke *s);

static const char *power_off(struct faults *f, const struct stroke *s)
{
    return phones_power_off(f->reach.phones, s->phone) ? NULL : "it is off";
}

static const char *power_on(struct faults *f, const struct stroke *s)
{
    agenda_drop_lift(&f->agenda, FAULT_KILL, s->phone);
    return phones_power_on(f->reach.phones, s->phone) ? NULL : "it is on";
}

static const char *restart(struct faults *f, const struct stroke *s)
{
    agenda_drop_lift(&f->agenda, FAULT_KILL, s->phone);
    agenda_drop_lift(&f->agenda, FAULT_FREEZE, s->phone);
    phones_restart(f->reach.phones, s->phone);
    return NULL;
}

static const char *freeze(struct faults *f, const struct stroke *s)
{
    return phones_freeze(f->reach.phones, s->phone, true) ? NULL : "it is off";
}

static const char *thaw(struct faults *f, const struct stroke *s)
{
    return phones_freeze(f->reach.phones, s->phone, false) ? NULL : "it is off";
}

static const char *plug(struct faults *f, uint32_t phone, bool in)
{
    if (world_plug(f->reach.world, phone, in) != 0)
        return "the kernel refused";
    phones_unplugged(f->reach.phones, phone, !in);
    return NULL;
}

static const char *plug_out(struct faults *f, const struct stroke *s)
{
    return plug(f, s->phone, false);
}

static const char *plug_in(struct faults *f, const struct stroke *s)
{
    return plug(f, s->phone, true);
}

static const char *limit(struct faults *f, uint32_t phone, uint64_t rate_bps)
{
    uint64_t speed = f->reach.job->plan->fleet->speed;
    return world_limit(f->reach.world, phone, rate_bps * speed) == 0 ? NULL : "the kernel refused";
}

static const char *slow(struct faults *f, const struct stroke *s)
{
    return limit(f, s->phone, s->fault.rate_bps);
}

static const char *unslow(struct faults *f, const struct stroke *s)
{
    return limit(f, s->phone, 0);
}

static const char *corrupt(struct faults *f, const struct stroke *s)
{
    phones_corrupt(f->reach.phones, s->phone);
    return NULL;
}

static const char *mend(struct faults *f, const struct stroke *s)
{
    static const enum fault_do kinds[] = {FAULT_FREEZE, FAULT_UNPLUG, FAULT_SLOW};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        agenda_drop_lift(&f->agenda, kinds[i], s->phone);
    phones_freeze(f->reach.phones, s->phone, false);
    const char *slowed = unslow(f, s), *out = plug_in(f, s);
    return out ? out : slowed;
}

/* As the call manager does: the file changes now, the phone reads it at its next reset. */
static const char *set(struct faults *f, const struct stroke *s)
{
    struct plan_phone *phone = &f->reach.job->plan->phones[s->phone];
    char root[4096];
    const char *why = fault_set_misses(phone);
    if (why)
        return why;
    snprintf(root, sizeof root, "%s/tftproot", f->reach.job->options->out_dir);
    fault_set(&s->fault, f->reach.job->plan->fleet, phone);
    return tftproot_rewrite(phone, root) == 0 ? NULL : "its file was not written";
}

static const char *reset(struct faults *f, const struct stroke *s)
{
    return phones_reset(f->reach.phones, s->phone) ? NULL : "it is off";
}

static const char *server_off(struct faults *f, const struct stroke *s)
{
    (void)s;
    if (!f->reach.server)
        return "the server is not ours";
    return server_kill(f->reach.server) ? NULL : "it is off";
}

static const char *server_anew(struct faults *f, const struct stroke *s)
{
    if (!f->reach.server)
        return "the server is not ours";
    agenda_drop_lift(&f->agenda, FAULT_SERVER_KILL, s->phone);
    server_kill(f->reach.server);
    return server_revive(f->reach.server) == 0 ? NULL : "the TFTP server did not start";
}

/* The WAN's present terms but for what this fault is about: that as from says. */
static const char *wan_take(struct faults *f, enum fault_do what, const struct wan_terms *from)
{
    struct wan_terms *now = &f->terms;
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
    return wan_change(f->reach.wan, f->reach.job->plan->fleet, now) == 0 ? NULL
                                                                       : "the relay is gone";
}

static const char *wan_worsen(struct faults *f, const struct stroke *s)
{
    const struct wan_terms said = {.cut = true, .loss = s->fault.loss,
                                   .delay_us = s->fault.delay_us, .rate_bps = s->fault.rate_bps};
    return wan_take(f, s->fault.what, &said);
}

static const char *wan_mend(struct faults *f, const struct stroke *s)
{
    const struct wan_terms file = wan_terms_of(f->reach.job->plan->fleet);
    for (enum fault_do i = 0; s->fault.what == FAULT_WAN_RESTORE && i < FAULT_COUNT; i++)
        if (!fault_rules[i].phones && i != FAULT_SERVER_KILL)
            agenda_drop_lift(&f->agenda, i, s->phone);
    return wan_take(f, s->fault.what, &file);
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
static const char *carry_out(deed *d, struct faults *f, const struct stroke *s)
{
    say_keep(f->why, sizeof f->why);
    const char *why = d(f, s);
    say_keep(NULL, 0);
    return why && *f->why ? f->why : why;
}

const char *deed_strike(struct faults *f, const struct stroke *s)
{
    return carry_out(deeds[s->fault.what].strike, f, s);
}

const char *deed_lift(struct faults *f, const struct stroke *s)
{
    return carry_out(deeds[s->fault.what].lift, f, s);
}
