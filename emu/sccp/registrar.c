/* registrar.c - sessions, time, and what is read off connections. See registrar.h. */
#include "emu/sccp/registrar-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const device_state_words[] = {
#define X(id, word) word,
    DEVICE_STATES(X)
#undef X
};
static_assert(sizeof device_state_words / sizeof *device_state_words == DEVICE_STATE_COUNT,
              "one word per state");

const char *const registrar_note_words[] = {
#define X(id, word) word,
    REGISTRAR_NOTES(X)
#undef X
};
static_assert(sizeof registrar_note_words / sizeof *registrar_note_words == TOLD_COUNT,
              "one word per note");

const char *registrar_reason_word(enum registrar_reason reason)
{
    switch (reason) {
#define R(code, name, word)                                                                        \
    case CCM_##name:                                                                               \
        return word;
        REGISTRAR_REASONS(R)
#undef R
    }
    return "unknown";
}

struct registrar *registrar_new(const struct registrar_setup *setup,
                                const struct registrar_ops *ops, void *ctx)
{
    struct registrar *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    *r = (struct registrar){.setup = *setup, .ops = ops, .ctx = ctx};
    r->setup.keepalive = setup->keepalive ? setup->keepalive : REGISTRAR_KEEPALIVE;
    r->sessions = calloc(setup->sessions, sizeof *r->sessions);
    r->devices = calloc(setup->devices, sizeof *r->devices);
    r->queue = calloc(setup->devices, sizeof *r->queue);
    if (r->sessions && r->devices && r->queue)
        return r;
    registrar_free(r);
    return NULL;
}

void registrar_free(struct registrar *r)
{
    if (!r)
        return;
    free(r->sessions);
    free(r->devices);
    free(r->queue);
    free(r);
}

/* ---- what is told -------------------------------------------------------------------- */

uint32_t session_number(const struct registrar *r, const struct session *s)
{
    return (uint32_t)(s - r->sessions);
}

void registrar_tell(struct registrar *r, enum registrar_note note, const struct session *s,
                    const struct registrar_device *device, const char *text, uint32_t value)
{
    struct registrar_told told = {.note = note, .at = r->now, .device = device, .text = text,
                                  .value = value, .session = NO_SESSION};
    if (s) {
        told.session = session_number(r, s);
        told.ip = s->ip;
    }
    if (r->ops->told)
        r->ops->told(r->ctx, &told);
}

void registrar_clean(char *out, size_t size, const char *text)
{
    size_t i = 0;
    for (; text[i] && i + 1 < size; i++)
        out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    memset(out + i, 0, size - i);
}

/* ---- sessions ------------------------------------------------------------------------ */

/* Anew each time, so that a thousand phones that were lost together are not missed together. */
static uint64_t silence(const struct registrar *r)
{
    uint64_t interval = r->setup.keepalive * 1000000ull;
    return interval * 21 / 20 + (interval * 3 / 20 * r->ops->random(r->ctx) >> 32);
}

static void heard(struct registrar *r, struct session *s)
{
    if (s->state == SESSION_COMPLETE)
        s->deadline = r->now + silence(r);
    if (s->device)
        s->device->heard_at = r->now;
}

void session_end(struct registrar *r, struct session *s, enum registrar_reason reason)
{
    if (s->state == SESSION_FREE)
        return;
    r->ops->close(r->ctx, session_number(r, s));
    claim_lost(r, s, reason);
}

void session_say(struct registrar *r, struct session *s, struct sccp_msg *msg)
{
    uint8_t frame[SCCP_FRAME_MAX];
    if (s->state == SESSION_FREE)
        return;
    size_t len = sccp_encode(msg, frame);
    assert(len);
    if (r->ops->send(r->ctx, session_number(r, s), frame, len) != 0)
        session_end(r, s, CCM_NO_RESPONSE);
}

uint32_t registrar_accepted(struct registrar *r, uint32_t ip, uint64_t now)
{
    r->now = now;
    for (uint32_t i = 0; i < r->setup.sessions; i++) {
        struct session *s = &r->sessions[i];
        if (s->state != SESSION_FREE)
            continue;
        *s = (struct session){.state = SESSION_EMPTY, .ip = ip, .flood_since = now,
                              .deadline = now + REGISTRAR_PATIENCE};
        return i;
    }
    return NO_SESSION;
}

void registrar_closed(struct registrar *r, uint32_t session, uint64_t now)
{
    r->now = now;
    struct session *s = &r->sessions[session];
    if (s->state != SESSION_FREE)
        claim_lost(r, s, CCM_CONNECTIVITY);
}

/* ---- what it says -------------------------------------------------------------------- */

static const struct {
    uint32_t id;
    void (*take)(struct registrar *r, struct session *s, const struct sccp_msg *msg);
} takers[] = {
    {SCCP_KEEP_ALIVE_REQ, claim_keep_alive},     {SCCP_ALARM, claim_alarm},
    {SCCP_REGISTER_REQ, claim_register},         {SCCP_UNREGISTER_REQ, claim_unregister},
    {SCCP_REGISTER_TOKEN_REQ, claim_token},
};

static void bad(struct registrar *r, struct session *s, enum registrar_reason reason,
                const char *why)
{
    registrar_tell(r, TOLD_BAD, s, s->device, why, reason);
    session_end(r, s, reason);
}

/* What we do not know is not held against it; to ask before it has registered is. */
static void take(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    const struct sccp_format *format = sccp_format_of(msg->id);
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (takers[i].id == msg->id) {
            takers[i].take(r, s, msg);
            return;
        }
    if (!format || !format->up)
        registrar_tell(r, TOLD_UNKNOWN, s, s->device, sccp_name(msg->id), msg->id);
    else if (s->state == SESSION_EMPTY)
        bad(r, s, CCM_SEQUENCE, "asks before it has registered");
    else
        answer(r, s, msg);
}

static bool floods(struct registrar *r, struct session *s)
{
    if (r->now - s->flood_since > REGISTRAR_FLOOD_TIME) {
        s->flood_since = r->now;
        s->flood_events = 0;
    }
    return ++s->flood_events > REGISTRAR_FLOOD_EVENTS;
}

void registrar_data(struct registrar *r, uint32_t session, const void *data, size_t len,
                    uint64_t now)
{
    struct session *s = &r->sessions[session];
    struct cursor c = cursor(data, len);
    struct sccp_msg msg;
    const char *why;
    enum sccp_read read;
    r->now = now;
    while (s->state != SESSION_FREE &&
           (read = sccp_next(&s->stream, &c, &msg, &why)) != SCCP_MORE) {
        if (read == SCCP_BAD) {
            bad(r, s, CCM_SEQUENCE, why);
        } else if (floods(r, s)) {
            bad(r, s, CCM_THROTTLED, "says too much");
        } else {
            heard(r, s);
            take(r, s, &msg);
        }
    }
}

/* ---- time ---------------------------------------------------------------------------- */

uint64_t registrar_deadline(const struct registrar *r)
{
    uint64_t at = r->queue_len ? r->queue_next : UINT64_MAX;
    for (uint32_t i = 0; i < r->setup.sessions; i++)
        if (r->sessions[i].state != SESSION_FREE && r->sessions[i].deadline < at)
            at = r->sessions[i].deadline;
    return at;
}

void registrar_run_timers(struct registrar *r, uint64_t now)
{
    r->now = now;
    orders_run(r);
    for (uint32_t i = 0; i < r->setup.sessions; i++) {
        struct session *s = &r->sessions[i];
        if (s->state != SESSION_FREE && s->deadline <= now)
            session_end(r, s, s->state == SESSION_COMPLETE ? CCM_KEEP_ALIVE : CCM_NO_RESPONSE);
    }
}

/* ---- the list ------------------------------------------------------------------------ */

size_t registrar_devices(const struct registrar *r)
{
    return r->device_count;
}

const struct registrar_device *registrar_device(const struct registrar *r, size_t i)
{
    return i < r->device_count ? &r->devices[i] : NULL;
}

long registrar_find(const struct registrar *r, const char *name)
{
    for (uint32_t i = 0; i < r->device_count; i++)
        if (strcmp(r->devices[i].name, name) == 0)
            return i;
    return -1;
}

size_t registrar_count(const struct registrar *r, enum device_state state)
{
    size_t count = 0;
    for (uint32_t i = 0; i < r->device_count; i++)
        count += r->devices[i].state == state;
    return count;
}
