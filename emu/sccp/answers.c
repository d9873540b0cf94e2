/* answers.c - what a registered phone asks, and is answered. A device has one line, with a number
 * that follows from its place in the list, and no speed dials, features or services. Its soft keys
 * are those that let an idle phone look like one: which of them a real manager sends is a matter of
 * templates, and no phone insists on any.
 */
#include "emu/sccp/registrar-private.h"

#include <stdio.h>
#include <string.h>

/* The answer to a message: its id, and what it holds. */
struct question {
    uint32_t id, answer;
    void (*fill)(const struct registrar *r, const struct session *s, struct sccp_msg *msg);
};

/* The number of its line; of others, none. */
static void number_of(const struct registrar *r, const struct session *s, uint32_t line,
                      char *out, size_t size)
{
    if (line == 1)
        snprintf(out, size, "%u", r->setup.first_number + (uint32_t)(s->device - r->devices));
}

static void config(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    memcpy(msg->name, s->device->name, sizeof msg->name);
    snprintf(msg->server_name, sizeof msg->server_name, "%s", r->setup.name);
    msg->lines = 1;
}

static void buttons(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    (void)r, (void)s;
    msg->count = msg->total = 1;
    memset(msg->buttons, SCCP_BUTTON_NONE, sizeof msg->buttons);
    msg->buttons[0].instance = 1;
    msg->buttons[0].kind = SCCP_BUTTON_LINE;
}

/* By the phone's own words, as Wireshark names them. */
enum { KEY_REDIAL = 1, KEY_NEW_CALL, KEY_HOLD, KEY_TRANSFER, KEY_FORWARD_ALL, KEY_COUNT = 5 };

static void keys(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    (void)r, (void)s;
    msg->count = msg->total = KEY_COUNT;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        msg->keys[i].label[0] = (char)0x80; /* what follows is no text but the word's number */
        msg->keys[i].label[1] = (char)(i + 1);
        msg->keys[i].event = i + 1;
    }
}

/* Those of an idle phone: the first set. */
static void key_sets(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    static const uint8_t idle[] = {KEY_REDIAL, KEY_NEW_CALL, KEY_FORWARD_ALL};
    (void)r, (void)s;
    msg->count = msg->total = 1;
    for (unsigned i = 0; i < sizeof idle; i++) {
        msg->sets[0].key[i] = idle[i];
        msg->sets[0].info[i] = 300 + idle[i];
    }
}

static void line(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    number_of(r, s, msg->index, msg->number, sizeof msg->number);
    number_of(r, s, msg->index, msg->full_name, sizeof msg->full_name);
    number_of(r, s, msg->index, msg->label, sizeof msg->label);
    msg->options = 0x0f;
}

static void version(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    (void)r;
    memcpy(msg->load, s->device->load, sizeof msg->load);
}

static void servers(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    (void)s;
    snprintf(msg->servers[0].name, sizeof msg->servers[0].name, "%s", r->setup.name);
    msg->servers[0].port = SCCP_PORT;
    msg->servers[0].ip = r->setup.ip;
}

/* The civil date of a day since 1970, by Howard Hinnant's rule for years that begin in March. */
static void set_date(struct sccp_msg *msg, uint32_t days)
{
    uint32_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;
    msg->day = of_year - (153 * month + 2) / 5 + 1;
    msg->month = month < 10 ? month + 3 : month - 9;
    msg->year = era * 400 + year + (msg->month <= 2);
    msg->weekday = (days + 4) % 7;
}

static void date(const struct registrar *r, const struct session *s, struct sccp_msg *msg)
{
    (void)s;
    uint32_t unix_time = (uint32_t)(r->setup.unix_time + r->now / 1000000);
    uint32_t of_day = unix_time % 86400;
    set_date(msg, unix_time / 86400);
    msg->hour = of_day / 3600;
    msg->minute = of_day / 60 % 60;
    msg->second = of_day % 60;
    msg->millisecond = (uint32_t)(r->now / 1000 % 1000);
    msg->unix_time = unix_time;
}

static const struct question questions[] = {
    {SCCP_CONFIG_STAT_REQ, SCCP_CONFIG_STAT_RES, config},
    {SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE_RES, buttons},
    {SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES, keys},
    {SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES, key_sets},
    {SCCP_LINE_STAT_REQ, SCCP_LINE_STAT_RES, line},
    {SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT_RES, NULL},
    {SCCP_SPEED_DIAL_STAT_REQ, SCCP_SPEED_DIAL_STAT_RES, NULL},
    {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT_RES, NULL},
    {SCCP_SERVICE_URL_STAT_REQ, SCCP_SERVICE_URL_STAT_RES, NULL},
    {SCCP_VERSION_REQ, SCCP_VERSION_RES, version},
    {SCCP_SERVER_REQ, SCCP_SERVER_RES, servers},
    {SCCP_TIME_DATE_REQ, SCCP_TIME_DATE_RES, date},
};

/* The same with texts of free length, for those who take them. */
static uint32_t in_form(const struct session *s, uint32_t id)
{
    static const struct {
        uint32_t fixed, free;
    } forms[] = {
        {SCCP_LINE_STAT_RES, SCCP_LINE_STAT_V2_RES},
        {SCCP_SPEED_DIAL_STAT_RES, SCCP_SPEED_DIAL_STAT_V2_RES},
        {SCCP_FEATURE_STAT_RES, SCCP_FEATURE_STAT_V2_RES},
    };
    for (size_t i = 0; s->dynamic && i < sizeof forms / sizeof *forms; i++)
        if (forms[i].fixed == id)
            return forms[i].free;
    return id;
}

/* What an idle phone is to show. */
static void show(struct registrar *r, struct session *s)
{
    uint32_t header = session_header(s);
    session_say(r, s, &(struct sccp_msg){.id = SCCP_SELECT_SOFT_KEYS, .version = header,
                                         .mask = UINT32_MAX});
    session_say(r, s, &(struct sccp_msg){.id = SCCP_DISPLAY_PROMPT_STATUS, .version = header,
                                         .text = "\x80\x13"}); /* "Your current options" */
}

void answer(struct registrar *r, struct session *s, const struct sccp_msg *msg)
{
    const struct question *q = questions, *end = q + sizeof questions / sizeof *questions;
    while (q < end && q->id != msg->id)
        q++;
    if (q == end)
        return; /* what it says of itself: codecs, headset, lines */
    struct sccp_msg out = {.id = in_form(s, q->answer), .version = session_header(s),
                           .index = msg->index};
    if (q->fill)
        q->fill(r, s, &out);
    session_say(r, s, &out);
    if (msg->id != SCCP_TIME_DATE_REQ)
        return;
    claim_complete(r, s);
    show(r, s);
}
