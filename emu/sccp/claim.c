/* claim.c - who comes, who is taken, and who goes. */
#include "emu/sccp/registrar-private.h"

#include "emu/sccp/alarm.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Of a payload: from the first that tells a device type to the longest known [sccp-rs]. */
#define REGISTER_LEAST (32 + 4)
#define REGISTER_MOST  (172 + 4)

/* ---- the list ------------------------------------------------------------------------ */

/* Those that may follow each state of a device. */
static const uint8_t may_follow[DEVICE_STATE_COUNT] = {
#define TO(state) (1u << DEVICE_##state)
    [DEVICE_UNKNOWN] = TO(REGISTERING) | TO(REJECTED),
    [DEVICE_REGISTERING] = TO(REGISTERING) | TO(REGISTERED) | TO(UNREGISTERED),
    [DEVICE_REGISTERED] = TO(REGISTERING) | TO(UNREGISTERED),
    [DEVICE_UNREGISTERED] = TO(REGISTERING) | TO(REJECTED),
    [DEVICE_REJECTED] = TO(REGISTERING) | TO(REJECTED),
#undef TO
};

static void set_state(struct registrar_device *d, enum device_state to)
{
    assert(may_follow[d->state] & 1u << to);
    d->state = to;
}

static struct registrar_device *named(struct registrar_device *d, const char *name)
{
    *d = (struct registrar_device){.session = NO_SESSION};
    registrar_clean(d->name, sizeof d->name, name);
    return d;
}

/* Its place; a new one, or that of somebody who was never taken; NULL: the list is full. */
static struct registrar_device *place_of(struct registrar *r, const char *name)
{
    long known = registrar_find(r, name);
    if (known >= 0)
        return &r->devices[known];
    if (r->device_count < r->setup.devices)
        return named(&r->devices[r->device_count++], name);
    for (uint32_t i = 0; i < r->device_count; i++)
        if (r->devices[i].state == DEVICE_REJECTED && r->devices[i].registrations == 0 &&
            !r->devices[i].order)
            return named(&r->devices[i], name);
    return NULL;
}

/* The device as the message describes it. False: it has no name that could be one. */
static bool describe(const struct sccp_msg *msg, struct registrar_device *d)
{
    *d = (struct registrar_device){.session = NO_SESSION, .type = msg->type, .ip = msg->ip};
    registrar_clean(d->name, sizeof d->name, msg->name);
    registrar_clean(d->load, sizeof d->load, msg->load);
    return cursor_is_file_name(msg->name);
}

/* ---- comings ------------------------------------------------------------------------- */

static void note_alarm(struct registrar_device *d, const char *text)
{
    struct alarm a = alarm_parse(text);
    memcpy(d->alarm, text, sizeof d->alarm);
    memcpy(d->last_reset, a.last, sizeof d->last_reset);
    d->alarms++;
}

void claim_alarm(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    registrar_clean(s->alarm, sizeof s->alarm, msg->text);
    if (s->device)
        note_alarm(s->device, s->alarm);
    registrar_tell(r, TOLD_ALARM, s, s->device, s->alarm, msg->severity);
}

static void reject(struct registrar *r, struct session *s, const struct registrar_device *asks,
                   const char *text, enum registrar_reason reason)
{
    struct sccp_msg msg = {.id = SCCP_REGISTER_REJECT};
    snprintf(msg.text, 33, "%s", text);
    registrar_tell(r, TOLD_REJECTED, s, asks, text, reason);
    session_say(r, s, &msg);
    session_end(r, s, reason);
}

/* Who is kept out for what he is stands in the list as such, where there is room; unless he was in
 * already, and is put out. */
static void refuse(struct registrar *r, struct session *s, const struct registrar_device *asks,
                   const char *text, enum registrar_reason reason)
{
    struct registrar_device *d = s->device ? NULL : place_of(r, asks->name);
    if (d) {
        set_state(d, DEVICE_REJECTED);
        d->type = asks->type;
        d->ip = asks->ip;
        d->reason = reason;
        d->rejections++;
        d->heard_at = r->now;
    }
    reject(r, s, d ? d : asks, text, reason);
}

/* Which the phone runs: its last word before this one was another, if it has upgraded. */
static void note_load(struct registrar_device *d, const char *load)
{
    if (d->load[0] && strcmp(d->load, load) != 0)
        memcpy(d->previous, d->load, sizeof d->previous);
    memmove(d->load, load, strlen(load) + 1);
}

static void acknowledge(struct registrar *r, struct session *s)
{
    struct sccp_msg ack = {.id = SCCP_REGISTER_ACK,
                           .seconds = r->setup.keepalive,
                           .seconds_secondary = r->setup.keepalive,
                           .date_template = "M/D/Y",
                           .protocol = s->version};
    if (s->version >= 5) { /* these bytes [chan-sccp] */
        ack.unknown = 0x20;
        ack.features = s->version >= 11 ? 0xfff1 : 0xfef1;
    }
    session_say(r, s, &ack);
    session_say(r, s, &(struct sccp_msg){.id = SCCP_CAPABILITIES_REQ,
                                         .version = session_header(s)});
}

static void take_in(struct registrar *r, struct session *s, const struct sccp_msg *msg,
                    struct registrar_device *d, const struct registrar_device *asks)
{
    struct alarm a = alarm_parse(s->alarm);
    set_state(d, DEVICE_REGISTERING);
    s->device = d;
    s->state = SESSION_CLAIMED;
    s->deadline = r->now + REGISTRAR_PATIENCE;
    s->version = sccp_agreed_version(msg->protocol);
    s->dynamic = s->version >= 11 && (msg->features & SCCP_FEATURE_DYNAMIC);
    d->session = session_number(r, s);
    d->type = asks->type;
    d->ip = asks->ip;
    d->version = s->version;
    d->ordered = 0;
    d->heard_at = r->now;
    note_load(d, asks->load[0] ? asks->load : a.load);
    if (s->alarm[0])
        note_alarm(d, s->alarm);
    acknowledge(r, s);
}

void claim_register(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    struct registrar_device asks;
    if (!describe(msg, &asks) || msg->length < REGISTER_LEAST || msg->length > REGISTER_MOST ||
        (s->device && strcmp(s->device->name, asks.name) != 0)) {
        reject(r, s, &asks, "Device Unknown", CCM_SEQUENCE);
        return;
    }
    long known = registrar_find(r, asks.name);
    if (known >= 0 && r->devices[known].session != NO_SESSION &&
        r->devices[known].session != session_number(r, s)) {
        r->devices[known].crossovers++;
        reject(r, s, &r->devices[known], "Crossover session", CCM_DUPLICATE);
        return;
    }
    const char *why = r->ops->refuses ? r->ops->refuses(r->ctx, &asks) : NULL;
    if (why) {
        refuse(r, s, &asks, why, CCM_NO_ENTRY);
        return;
    }
    struct registrar_device *d = place_of(r, asks.name);
    if (d)
        take_in(r, s, msg, d, &asks);
    else
        reject(r, s, &asks, "Max Phones Exceeded", CCM_MAX_DEVICES);
}

void claim_complete(struct registrar *r, struct session *s)
{
    struct registrar_device *d = s->device;
    if (s->state != SESSION_CLAIMED)
        return;
    s->state = SESSION_COMPLETE;
    s->deadline = r->now + r->setup.keepalive * 1200000ull; /* until it is heard of again */
    set_state(d, DEVICE_REGISTERED);
    d->reason = CCM_NONE;
    d->registered_at = r->now;
    d->registrations++;
    registrar_tell(r, TOLD_REGISTERED, s, d, d->load, d->version);
}

void claim_token(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    struct registrar_device asks;
    if (!describe(msg, &asks)) {
        session_end(r, s, CCM_SEQUENCE);
        return;
    }
    uint32_t wait = r->ops->token_wait ? r->ops->token_wait(r->ctx, &asks) : 0;
    struct sccp_msg out = {.id = wait ? SCCP_REGISTER_TOKEN_REJECT : SCCP_REGISTER_TOKEN_ACK,
                           .seconds = wait};
    registrar_tell(r, TOLD_TOKEN, s, &asks, wait ? "rejected" : "granted", wait);
    session_say(r, s, &out);
}

void claim_keep_alive(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    (void)msg;
    if (s->state == SESSION_EMPTY) /* a phone that has another manager, and keeps this one warm */
        s->deadline = r->now + r->setup.keepalive * 1200000ull;
    if (s->device)
        s->device->keep_alives++;
    session_say(r, s, &(struct sccp_msg){.id = SCCP_KEEP_ALIVE_ACK});
}

/* ---- goings -------------------------------------------------------------------------- */

/* Why it went, where it was told to. */
static enum registrar_reason ordered(const struct registrar_device *d,
                                     enum registrar_reason otherwise)
{
    static const enum registrar_reason reasons[] = {
        [SCCP_DO_RESET] = CCM_RESET,
        [SCCP_DO_RESTART] = CCM_RESTART,
        [SCCP_DO_APPLY_CONFIG] = CCM_APPLY_CONFIG,
    };
    return d->ordered ? reasons[d->ordered] : otherwise;
}

void claim_unregister(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    (void)msg;
    session_say(r, s, &(struct sccp_msg){.id = SCCP_UNREGISTER_ACK});
    session_end(r, s, CCM_UNREGISTERED);
}

void claim_lost(struct registrar *r, struct session *s, enum registrar_reason reason)
{
    struct registrar_device *d = s->device;
    if (d) {
        bool went = reason == CCM_UNREGISTERED || reason == CCM_CONNECTIVITY;
        d->reason = went ? ordered(d, reason) : reason;
        d->session = NO_SESSION;
        d->unregistered_at = r->now;
        set_state(d, DEVICE_UNREGISTERED);
        registrar_tell(r, TOLD_UNREGISTERED, s, d, registrar_reason_word(d->reason), d->reason);
    }
    s->state = SESSION_FREE;
    s->device = NULL;
}
