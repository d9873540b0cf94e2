/* say.c - what a phone says to its call manager. */
#include "emu/core/station-private.h"

#include "emu/loadname.h"

#include <stdio.h>
#include <string.h>

/* The version of the protocol that loads speak, from one of their versions on. Known of three
 * [frames of live phones, sccp-rs]; that those between speak as the one before is inference. */
static const struct {
    unsigned major, minor;
    uint8_t version;
} versions[] = {{9, 4, 22}, {9, 0, 19}, {8, 5, 17}, {0, 0, 11}};

static uint8_t version_of(const char *load)
{
    unsigned major = 0, minor = 0;
    const char *dot = strchr(load, '.');
    size_t i = 0;
    if (!dot || sscanf(dot + 1, "%2u-%2u", &major, &minor) != 2)
        return 17; /* that of a factory, which says nothing */
    while (major < versions[i].major || (major == versions[i].major && minor < versions[i].minor))
        i++;
    return versions[i].version;
}

/* How many lines a model has [its data sheet]; those not named here have two. */
static unsigned lines_of(const struct phone_model *model)
{
    static const struct {
        uint32_t type;
        unsigned lines;
    } known[] = {{30018, 6}, {308, 6}, {404, 6}, {436, 6}, {7, 6}, {30006, 8}, {119, 8}, {437, 8}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].type == model->type)
            return known[i].lines;
    return 2;
}

static void say_msg(struct station *s, struct sccp_msg *msg)
{
    msg->version = s->version < 10 ? 0 : s->version;
    if (!managerlink_send(s->kit, station_mine(s), msg))
        kit_log(s->kit, LOG_WRN, "SCCP: no room to say %s", sccp_name(msg->id));
}

void say(struct station *s, uint32_t id, uint32_t value)
{
    say_msg(s, &(struct sccp_msg){.id = id, .value = value, .index = value, .lines = value});
}

/* ---- who it is ----------------------------------------------------------------------- */

static uint8_t hex_digit(char c)
{
    return (uint8_t)(c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void put_name(struct sccp_msg *msg, const struct phone_identity *id)
{
    snprintf(msg->name, sizeof msg->name, "%s", id->name);
    for (size_t i = 0; i < 6 && strlen(id->name) == 15; i++)
        msg->mac[i] = (uint8_t)(hex_digit(id->name[3 + 2 * i]) << 4 |
                                hex_digit(id->name[4 + 2 * i]));
    msg->ip = id->ip;
    msg->type = id->model->type;
}

/* Parameters as of a phone that has never been asked: the second one is its address [inference].
 */
static void say_alarm(struct station *s)
{
    struct sccp_msg msg = {.id = SCCP_ALARM, .severity = 2, .parameter2 = s->kit->id->ip};
    alarm_compose(s->reason, s->kit->id->name, s->status->running, msg.text);
    kit_log(s->kit, LOG_INF, "%s", msg.text);
    say_msg(s, &msg);
}

void say_hello(struct station *s)
{
    s->version = 0;
    say_alarm(s);
    struct sccp_msg msg = {.id = SCCP_REGISTER_REQ, .streams_max = 5, .conferences_max = 1,
                           .protocol = version_of(s->status->running),
                           .features = SCCP_FEATURES_7961, .ip_scope = 3,
                           .lines_max = lines_of(s->kit->id->model),
                           .length = 128}; /* without a stamp of its configuration */
    put_name(&msg, s->kit->id);
    snprintf(msg.load, sizeof msg.load, "%.32s", s->status->running);
    say_msg(s, &msg);
}

void say_token(struct station *s)
{
    struct sccp_msg msg = {.id = SCCP_REGISTER_TOKEN_REQ};
    put_name(&msg, s->kit->id);
    managerlink_send(s->kit, station_other(s), &msg);
}

/* ---- what it asks, and what it can do ------------------------------------------------ */

void say_questions(struct station *s)
{
    say(s, SCCP_HEADSET_STATUS, 2); /* off */
    say(s, SCCP_BUTTON_TEMPLATE_REQ, 0);
    say(s, SCCP_SOFT_KEY_TEMPLATE_REQ, 0);
    say(s, SCCP_SOFT_KEY_SET_REQ, 0);
    say(s, SCCP_CONFIG_STAT_REQ, 0);
}

/* As a live CP-7961G said it [sccp-rs]. */
static void say_codecs(struct station *s)
{
    static const uint16_t codecs[][2] = {{25, 40}, {4, 40},  {2, 40},  {15, 60},
                                         {16, 60}, {11, 60}, {12, 60}, {257, 1}};
    struct sccp_msg msg = {.id = SCCP_UPDATE_CAPABILITIES,
                           .count = sizeof codecs / sizeof *codecs};
    for (size_t i = 0; i < msg.count; i++) {
        msg.codecs[i].codec = codecs[i][0];
        msg.codecs[i].milliseconds = codecs[i][1];
    }
    say_msg(s, &msg);
}

void say_lines(struct station *s, unsigned lines)
{
    for (unsigned i = 1; i <= lines && i <= STATION_LINES; i++) {
        say(s, SCCP_LINE_STAT_REQ, i);
        say(s, SCCP_FORWARD_STAT_REQ, i);
    }
    say(s, SCCP_REGISTER_AVAILABLE_LINES, lines_of(s->kit->id->model));
    say_codecs(s);
    say(s, SCCP_TIME_DATE_REQ, 0);
}
