/* hear.c - what a phone hears from its call manager. */
#include "emu/core/station-private.h"

#include <stdio.h>
#include <string.h>

static uint32_t clamp(uint32_t value, uint32_t least, uint32_t most)
{
    return value < least ? least : value > most ? most : value;
}

static void register_ack(struct station *s, const struct sccp_msg *msg)
{
    if (s->state != STATION_REGISTERING)
        return;
    s->version = sccp_agreed_version(msg->protocol);
    s->keepalive = clamp(msg->seconds, STATION_KEEPALIVE_MIN, STATION_KEEPALIVE_MAX);
    station_set_state(s, STATION_ASKING);
    s->at = s->kit->now + STATION_ANSWER;
    s->asked_lines = false;
    say_questions(s);
}

/* Its lines are those that have a button. */
static void buttons(struct station *s, const struct sccp_msg *msg)
{
    unsigned lines = 0;
    if (s->state != STATION_ASKING || s->asked_lines)
        return;
    for (uint32_t i = 0; i < msg->count && i < SCCP_BUTTONS; i++)
        lines += msg->buttons[i].kind == SCCP_BUTTON_LINE;
    station_ask_lines(s, lines);
}

static void time_is(struct station *s, const struct sccp_msg *msg)
{
    (void)msg;
    if (s->state == STATION_ASKING && s->asked_lines)
        station_registered(s);
}

/* In the manager's own words, as far as they can be printed. */
static void reject(struct station *s, const struct sccp_msg *msg)
{
    char why[33] = "";
    for (size_t i = 0; i < sizeof why - 1 && msg->text[i]; i++)
        why[i] = msg->text[i] >= ' ' && msg->text[i] <= '~' ? msg->text[i] : '?';
    if (s->state != STATION_LEAVING)
        station_fail(s, ALARM_REJECTED, *why ? why : "no reason given");
}

static void keep_alive_ack(struct station *s, const struct sccp_msg *msg)
{
    (void)msg;
    if (s->state != STATION_REGISTERED)
        return;
    s->missed = s->tried = 0;
    s->retry = 0;
}

static void unregister_ack(struct station *s, const struct sccp_msg *msg)
{
    (void)msg;
    if (s->state == STATION_LEAVING)
        station_left(s);
}

static void reset(struct station *s, const struct sccp_msg *msg)
{
    station_told(s, msg->value);
}

static const struct {
    uint32_t id;
    void (*hear)(struct station *s, const struct sccp_msg *msg);
} ears[] = {
    {SCCP_REGISTER_ACK, register_ack},     {SCCP_REGISTER_REJECT, reject},
    {SCCP_BUTTON_TEMPLATE_RES, buttons},   {SCCP_TIME_DATE_RES, time_is},
    {SCCP_KEEP_ALIVE_ACK, keep_alive_ack}, {SCCP_UNREGISTER_ACK, unregister_ack},
    {SCCP_RESET, reset},
};

/* Ids that managers use, most of which are about calls and of no concern here [Wireshark]; which
 * codecs there are it says unasked. */
static bool is_managers(uint32_t id)
{
    return (id >= 0x81 && id <= 0x9f) || (id >= 0x100 && id <= 0x160);
}

void hear(struct station *s, const struct sccp_msg *msg)
{
    for (size_t i = 0; i < sizeof ears / sizeof *ears; i++)
        if (ears[i].id == msg->id) {
            ears[i].hear(s, msg);
            return;
        }
    if (is_managers(msg->id) || s->state == STATION_LEAVING)
        return;
    kit_log(s->kit, LOG_WRN, "Invalid SCCP message! : ID :%x", msg->id); /* [chan-sccp #424] */
    station_told(s, SCCP_DO_RESET);
}

void hear_other(struct station *s, const struct sccp_msg *msg)
{
    if (msg->id == SCCP_REGISTER_TOKEN_ACK)
        station_token(s, true, 0);
    else if (msg->id == SCCP_REGISTER_TOKEN_REJECT) /* within what sccp-rs sends */
        station_token(s, false, clamp(msg->seconds, 30, 86400) * USEC_SEC);
}
