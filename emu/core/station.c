/* station.c - see station.h. */
#include "emu/core/station-private.h"

#include "emu/core/state.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const station_state_names[] = {"off",    "waiting",    "connecting", "registering",
                                           "asking", "registered", "leaving"};
static_assert(sizeof station_state_names / sizeof *station_state_names == STATION_STATE_COUNT,
              "one name per state");

static const uint32_t may_follow[STATION_STATE_COUNT] = {
#define TO(state) STATE_TO(STATION_##state)
    [STATION_OFF] = TO(WAITING),
    [STATION_WAITING] = TO(WAITING) | TO(CONNECTING) | TO(OFF),
    [STATION_CONNECTING] = TO(REGISTERING) | TO(WAITING) | TO(OFF),
    [STATION_REGISTERING] = TO(ASKING) | TO(WAITING) | TO(LEAVING) | TO(OFF),
    [STATION_ASKING] = TO(REGISTERED) | TO(WAITING) | TO(LEAVING) | TO(OFF),
    [STATION_REGISTERED] = TO(WAITING) | TO(LEAVING) | TO(OFF),
    [STATION_LEAVING] = TO(REGISTERING) | TO(WAITING) | TO(OFF),
#undef TO
};

/* What the screen of an idle phone says of it. */
static void show(struct station *s, const char *title)
{
    if (s->status->state != PHONE_IDLE)
        return;
    memset(s->status->screen.title, 0, sizeof s->status->screen.title);
    snprintf(s->status->screen.title, sizeof s->status->screen.title, "%s", title);
}

void station_set_state(struct station *s, enum station_state to)
{
    STATE_ASSERT(may_follow, s->state, to);
    kit_log(s->kit, LOG_DBG, "SCCP: %s -> %s", station_state_names[s->state],
            station_state_names[to]);
    s->state = to;
    s->status->registered = to == STATION_REGISTERED;
    s->status->manager_ip = s->status->registered ? station_mine(s)->to.ip : 0;
    show(s, to == STATION_OFF || to == STATION_REGISTERED ? "" : "Registering");
}

void station_init(struct station *s, struct kit *kit, struct phone_status *status)
{
    *s = (struct station){.kit = kit, .status = status, .reason = ALARM_INITIALIZED, .at = NEVER,
                          .better_at = NEVER};
    s->link[0].conn = CONN_MANAGER0;
    s->link[1].conn = CONN_MANAGER1;
}

/* ---- to a manager -------------------------------------------------------------------- */

static void call(struct station *s)
{
    struct event_line e;
    const struct cnf_manager *m = &s->managers[s->current];
    station_set_state(s, STATION_CONNECTING);
    s->at = s->kit->now + STATION_PATIENCE;
    kit_event_begin(s->kit, &e, EVENT_REGISTERING);
    event_ip(&e, "manager", m->ip);
    event_str(&e, "load", s->status->running);
    kit_event_end(s->kit, &e);
    managerlink_connect(s->kit, station_mine(s), (struct addr){m->ip, m->port});
}

void station_try(struct station *s, usec later)
{
    station_set_state(s, STATION_WAITING);
    s->at = s->kit->now + later;
    s->better_at = NEVER;
    if (!later)
        call(s);
}

static void introduce(struct station *s)
{
    station_set_state(s, STATION_REGISTERING);
    s->at = s->kit->now + STATION_PATIENCE;
    say_hello(s);
}

void station_ask_lines(struct station *s, unsigned lines)
{
    s->asked_lines = true;
    s->at = s->kit->now + STATION_PATIENCE;
    say_lines(s, lines);
}

void station_registered(struct station *s)
{
    struct event_line e;
    char ip[IP_TEXT];
    station_set_state(s, STATION_REGISTERED);
    s->missed = 0;
    s->at = s->kit->now + s->keepalive * USEC_SEC;
    station_token(s, false, STATION_FALL_BACK);
    kit_event_begin(s->kit, &e, EVENT_REGISTERED);
    event_ip(&e, "manager", s->status->manager_ip);
    event_str(&e, "load", s->status->running);
    event_num(&e, "version", s->version);
    kit_event_end(s->kit, &e);
    kit_log(s->kit, LOG_INF, "%s registered with load %s, call manager %s", s->kit->id->name,
            s->status->running, kit_ip_text(s->status->manager_ip, ip));
}

/* ---- away from it -------------------------------------------------------------------- */

static void tell_end(struct station *s, const char *why)
{
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_UNREGISTERED);
    event_ip(&e, "manager", station_mine(s)->to.ip);
    event_str(&e, "why", why);
    kit_event_end(s->kit, &e);
}

void station_close_all(struct station *s)
{
    managerlink_close(s->kit, &s->link[0]);
    managerlink_close(s->kit, &s->link[1]);
    s->at = s->better_at = NEVER;
}

void station_start_over(struct station *s)
{
    station_close_all(s);
    s->current = s->tried = 0;
    station_try(s, 0);
}

/* The next one now; after the last one, later and later. */
static void next_manager(struct station *s)
{
    s->current = (uint8_t)((s->current + 1) % s->count);
    if (++s->tried < s->count) {
        station_try(s, 0);
        return;
    }
    s->tried = 0;
    s->current = 0;
    s->retry = s->retry ? 2 * s->retry : STATION_RETRY;
    s->retry = s->retry < STATION_RETRY_MAX ? s->retry : STATION_RETRY_MAX;
    station_try(s, s->retry + kit_random(s->kit, (uint32_t)(s->retry / 2)));
}

/* Why it comes is still why it came, as long as it was not taken. */
void station_fail(struct station *s, enum alarm_reason reason, const char *why)
{
    bool rejected = reason == ALARM_REJECTED;
    char ip[IP_TEXT];
    kit_log(s->kit, LOG_WRN, "%s: call manager %s: %s: %s",
            rejected ? "Registration Rejected" : alarm_word(reason),
            kit_ip_text(s->managers[s->current].ip, ip), station_state_names[s->state], why);
    if (s->state == STATION_REGISTERED || rejected) {
        tell_end(s, rejected ? why : alarm_word(reason));
        s->reason = reason;
    }
    station_close_all(s);
    next_manager(s);
    if (rejected)
        show(s, "Registration Rejected");
}

void station_leave(struct station *s, enum station_next next, enum alarm_reason reason)
{
    if (s->state < STATION_REGISTERING || s->state == STATION_LEAVING)
        return;
    if (s->state == STATION_REGISTERED)
        tell_end(s, alarm_word(reason));
    s->next = next;
    s->reason = reason;
    say(s, SCCP_UNREGISTER_REQ, 0);
    station_set_state(s, STATION_LEAVING);
    s->at = s->kit->now + STATION_LEAVE;
}

static void turn_off(struct station *s)
{
    station_close_all(s);
    if (s->state != STATION_OFF)
        station_set_state(s, STATION_OFF);
}

/* Over the connection on which the token was granted, if it still stands. */
static void go_to_better(struct station *s)
{
    s->current = s->better;
    s->tried = 0;
    s->mine = 1 - s->mine;
    s->better_at = NEVER;
    if (station_mine(s)->state == MANAGERLINK_OPEN)
        introduce(s);
    else
        station_try(s, 0);
}

void station_left(struct station *s)
{
    managerlink_close(s->kit, station_mine(s));
    switch (s->next) {
    case STATION_BETTER:
        go_to_better(s);
        break;
    case STATION_AGAIN:
        station_start_over(s);
        break;
    case STATION_ORDER:
        s->due = true;
        turn_off(s);
        break;
    }
}

void station_power_on(struct station *s)
{
    managerlink_gone(&s->link[0]);
    managerlink_gone(&s->link[1]);
    station_close(s, ALARM_INITIALIZED);
}

void station_close(struct station *s, enum alarm_reason reason)
{
    if (s->state == STATION_REGISTERED) {
        tell_end(s, alarm_word(reason));
        say(s, SCCP_UNREGISTER_REQ, 0);
    }
    s->due = false;
    s->ordered = 0;
    s->reason = reason;
    turn_off(s);
}

/* ---- time ---------------------------------------------------------------------------- */

usec station_deadline(const struct station *s)
{
    return s->at < s->better_at ? s->at : s->better_at;
}

static void keep_alive(struct station *s)
{
    if (s->missed == STATION_MISSED) {
        station_fail(s, ALARM_KEEP_ALIVE, "no answer to keep-alives");
        return;
    }
    s->missed++;
    s->at = s->kit->now + s->keepalive * USEC_SEC;
    say(s, SCCP_KEEP_ALIVE_REQ, 0);
}

static void state_lasts(struct station *s)
{
    switch (s->state) {
    case STATION_WAITING:
        call(s);
        break;
    case STATION_CONNECTING:
    case STATION_REGISTERING:
        station_fail(s, ALARM_TCP_TIMEOUT, "no answer");
        break;
    case STATION_ASKING:
        if (s->asked_lines)
            station_fail(s, ALARM_TCP_TIMEOUT, "no answer");
        else
            station_ask_lines(s, 1);
        break;
    case STATION_REGISTERED:
        keep_alive(s);
        break;
    case STATION_LEAVING:
        station_left(s);
        break;
    case STATION_OFF:
    case STATION_STATE_COUNT:
        break;
    }
}

void station_timers(struct station *s)
{
    if (s->at <= s->kit->now)
        state_lasts(s);
    if (s->better_at > s->kit->now)
        return;
    if (station_other(s)->state == MANAGERLINK_CLOSED)
        station_ask_better(s);
    else
        station_better_fails(s);
}

/* ---- connections --------------------------------------------------------------------- */

void station_connected(struct station *s, int conn)
{
    managerlink_connected(&s->link[conn - CONN_MANAGER0]);
    if (conn == station_mine(s)->conn)
        introduce(s);
    else
        say_token(s);
}

void station_data(struct station *s, int conn, const void *data, size_t len)
{
    struct managerlink *l = &s->link[conn - CONN_MANAGER0];
    struct cursor c = cursor(data, len);
    struct sccp_msg msg;
    const char *why;
    enum sccp_read read = SCCP_MORE;
    while (l->state == MANAGERLINK_OPEN &&
           (read = sccp_next(&l->in, &c, &msg, &why)) == SCCP_MESSAGE) {
        if (l == station_mine(s))
            hear(s, &msg);
        else
            hear_other(s, &msg);
    }
    if (l->state != MANAGERLINK_OPEN || read != SCCP_BAD)
        return;
    kit_log(s->kit, LOG_WRN, "Invalid SCCP message! : %s", why);
    if (l != station_mine(s))
        station_better_fails(s);
    else if (s->state == STATION_LEAVING)
        station_left(s);
    else
        station_fail(s, ALARM_TCP_ABORTED, why);
}

void station_sent(struct station *s, int conn)
{
    managerlink_sent(s->kit, &s->link[conn - CONN_MANAGER0]);
}

void station_closed(struct station *s, int conn, int error)
{
    struct managerlink *l = &s->link[conn - CONN_MANAGER0];
    managerlink_gone(l);
    if (l != station_mine(s))
        station_better_fails(s);
    else if (s->state == STATION_LEAVING)
        station_left(s);
    else if (s->state == STATION_CONNECTING)
        station_fail(s, ALARM_TCP_TIMEOUT, error ? strerror(-error) : "refused");
    else if (s->state != STATION_OFF)
        station_fail(s, error == -ECONNRESET ? ALARM_TCP_RESET : ALARM_TCP_CLOSED, "closed");
}
