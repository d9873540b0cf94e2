/* change.c - what takes a phone from its call manager: a better one, an order, another
 * configuration. See station.h.
 */
#include "emu/core/station-private.h"

#include <string.h>

/* ---- a better one -------------------------------------------------------------------- */

void station_ask_better(struct station *s)
{
    const struct cnf_manager *m = &s->managers[s->better];
    s->better_at = s->kit->now + STATION_PATIENCE / 2;
    managerlink_connect(s->kit, station_other(s), (struct addr){m->ip, m->port});
}

void station_token(struct station *s, bool granted, usec later)
{
    if (granted && s->state == STATION_REGISTERED) {
        station_leave(s, STATION_BETTER, ALARM_FALL_BACK);
        return;
    }
    managerlink_close(s->kit, station_other(s));
    s->better = 0;
    s->better_at = s->current ? s->kit->now + later : NEVER;
}

/* Neither yes nor no: the next better one, if there is one. */
void station_better_fails(struct station *s)
{
    managerlink_close(s->kit, station_other(s));
    if (s->state != STATION_REGISTERED)
        s->better_at = NEVER;
    else if (++s->better < s->current)
        station_ask_better(s);
    else
        station_token(s, false, STATION_FALL_BACK);
}

/* ---- what it is told, and how it is configured --------------------------------------- */

void station_told(struct station *s, uint32_t order)
{
    bool busy = s->status->state == PHONE_CONFIG || s->status->state == PHONE_UPGRADE;
    const char *word = sccp_reset_word(order);
    struct event_line e;
    if (!word || s->state == STATION_LEAVING || s->due || (busy && order != SCCP_DO_RESET))
        return;
    kit_log(s->kit, LOG_NOT, "Reset from call manager: %s", word);
    kit_event_begin(s->kit, &e, EVENT_RESET);
    event_str(&e, "how", word);
    kit_event_end(s->kit, &e);
    s->ordered = (uint8_t)order;
    if (order == SCCP_DO_APPLY_CONFIG)
        s->due = true;
    else
        station_leave(s, STATION_ORDER, order == SCCP_DO_RESET ? ALARM_RESET : ALARM_RESTART);
}

uint32_t station_order(struct station *s)
{
    uint32_t order = s->due ? s->ordered : 0;
    s->due = false;
    return order;
}

static bool same(const struct cnf_manager *m, struct addr to)
{
    return m->ip == to.ip && m->port == to.port;
}

/* Registered, or about to be: goes on with whom it is with, where that still counts. */
static void reconsider(struct station *s)
{
    uint8_t i = 0;
    while (i < s->count && !same(&s->managers[i], station_mine(s)->to))
        i++;
    if (s->state == STATION_REGISTERED && i < s->count) {
        s->current = i;
        station_token(s, false, STATION_FALL_BACK);
        return;
    }
    s->current = 0;
    if (s->state == STATION_LEAVING && s->next == STATION_BETTER)
        s->next = STATION_AGAIN;
    else if (s->state >= STATION_REGISTERING)
        station_leave(s, STATION_AGAIN, ALARM_RESTART);
    else
        station_start_over(s);
}

void station_begin(struct station *s, const struct cnf *cnf)
{
    memcpy(s->managers, cnf->managers, sizeof s->managers);
    s->count = cnf->manager_count;
    if (s->count && s->state != STATION_OFF) {
        reconsider(s);
    } else if (s->count) {
        s->retry = 0;
        station_start_over(s);
    } else if (s->state != STATION_OFF) {
        station_close(s, ALARM_RESTART);
    }
}
