/* fields.c - the table of message.h: of which fields each message is made. */
#include "emu/sccp/message.h"

#define MEMBER(m) (((struct sccp_msg *)0)->m)
#define ROW(name_, kind_, m, size_)                                                                \
    .name = (name_), .kind = SCCP_##kind_, .offset = offsetof(struct sccp_msg, m), .size = (size_)
/* A text of so many bytes, for which the member has room. */
#define FITS(m, n) ((n) + 0 * sizeof(char[sizeof MEMBER(m) > (n) ? 1 : -1]))

#define FIELD(kind, m) {ROW(#m, kind, m, sizeof MEMBER(m))}
#define TEXT(m, n)     {ROW(#m, TEXT, m, FITS(m, n))}
/* The next `count_` fields as often as the array has members: of each of them in turn. */
#define TIMES(count_, array)                                                                       \
    {.kind = SCCP_TIMES, .count = (count_), .size = sizeof *MEMBER(array),                         \
     .times = sizeof MEMBER(array) / sizeof *MEMBER(array)}
#define OF(array, kind, m)   {ROW(#m, kind, array[0].m, sizeof MEMBER(array[0].m))}
#define OF_TEXT(array, m, n) {ROW(#m, TEXT, array[0].m, FITS(array[0].m, n))}
#define OF_SINCE(array, version, kind, m)                                                          \
    {ROW(#m, kind, array[0].m, sizeof MEMBER(array[0].m)), .since = (version)}

#define FIELDS(message) static const struct sccp_field message##_fields[]
#define NOTHING(message) FIELDS(message) = {}

/* ---- what phones say ----------------------------------------------------------------- */

NOTHING(KEEP_ALIVE_REQ);
FIELDS(REGISTER_REQ) = {
    TEXT(name, 16),
    FIELD(U32, user),
    FIELD(U32, instance),
    FIELD(IP, ip),
    FIELD(U32, type),
    FIELD(U32, streams_max),
    FIELD(U32, streams),
    FIELD(U8, protocol),
    FIELD(U8, unknown),
    FIELD(U16, features),
    FIELD(U32, conferences_max),
    FIELD(U32, conferences),
    FIELD(BYTES, mac),
    FIELD(U32, ip_scope),
    FIELD(U32, lines_max),
    FIELD(BYTES, ipv6),
    FIELD(U32, ipv6_scope),
    TEXT(load, 32),
    FIELD(BYTES, stamp),
};
FIELDS(IP_PORT) = {FIELD(U32, value)};
FIELDS(FORWARD_STAT_REQ) = {FIELD(U32, index)};
FIELDS(SPEED_DIAL_STAT_REQ) = {FIELD(U32, index)};
FIELDS(LINE_STAT_REQ) = {FIELD(U32, index)};
NOTHING(CONFIG_STAT_REQ);
NOTHING(TIME_DATE_REQ);
NOTHING(BUTTON_TEMPLATE_REQ);
NOTHING(VERSION_REQ);
#define CODECS                                                                                     \
    TIMES(3, codecs), OF(codecs, U32, codec), OF(codecs, U32, milliseconds),                       \
        OF(codecs, BYTES, parameters)
FIELDS(CAPABILITIES_RES) = {FIELD(U32, count), CODECS};
NOTHING(SERVER_REQ);
FIELDS(ALARM) = {
    FIELD(U32, severity),
    TEXT(text, 80),
    FIELD(U32, parameter1),
    FIELD(U32, parameter2),
};
NOTHING(SOFT_KEY_SET_REQ);
FIELDS(SOFT_KEY_EVENT) = {FIELD(U32, value), FIELD(U32, index), FIELD(U32, call)};
FIELDS(UNREGISTER_REQ) = {FIELD(U32, value)};
NOTHING(SOFT_KEY_TEMPLATE_REQ);
FIELDS(REGISTER_TOKEN_REQ) = {
    TEXT(name, 16),
    FIELD(U32, user),
    FIELD(U32, instance),
    FIELD(IP, ip),
    FIELD(U32, type),
    FIELD(U32, ip_scope), /* 0: what follows is no address of IPv6 */
    FIELD(BYTES, ipv6),
};
FIELDS(HEADSET_STATUS) = {FIELD(U32, value)};
FIELDS(REGISTER_AVAILABLE_LINES) = {FIELD(U32, lines)};
FIELDS(UPDATE_CAPABILITIES) = {
    FIELD(U32, count),
    FIELD(U32, video_count),
    FIELD(U32, data_count),
    FIELD(U32, format),
    FIELD(BYTES, before),
    CODECS,
    FIELD(BYTES, after),
};
FIELDS(SERVICE_URL_STAT_REQ) = {FIELD(U32, index)};
FIELDS(FEATURE_STAT_REQ) = {FIELD(U32, index), FIELD(U32, value)};

/* ---- what call managers say ---------------------------------------------------------- */

FIELDS(REGISTER_ACK) = {
    FIELD(U32, seconds),
    TEXT(date_template, 6),
    {ROW("pad", BYTES, pad, 2)},
    FIELD(U32, seconds_secondary),
    FIELD(U8, protocol),
    FIELD(U8, unknown),
    FIELD(U16, features),
};
FIELDS(SET_RINGER) = {
    FIELD(U32, value),
    FIELD(U32, duration),
    FIELD(U32, index),
    FIELD(U32, call),
};
FIELDS(SET_LAMP) = {FIELD(U32, mask), FIELD(U32, index), FIELD(U32, value)};
FIELDS(SET_SPEAKER_MODE) = {FIELD(U32, value)};
FIELDS(FORWARD_STAT_RES) = {
    FIELD(U32, forwards),
    FIELD(U32, index),
    TIMES(3, forward),
    OF(forward, U32, active),
    OF_TEXT(forward, number, 24),
    OF_SINCE(forward, 18, BYTES, more),
};
FIELDS(SPEED_DIAL_STAT_RES) = {FIELD(U32, index), TEXT(number, 24), TEXT(full_name, 40)};
FIELDS(LINE_STAT_RES) = {
    FIELD(U32, index),
    TEXT(number, 24),
    TEXT(full_name, 40),
    TEXT(label, 40),
    FIELD(U32, options),
};
FIELDS(CONFIG_STAT_RES) = {
    TEXT(name, 16),
    FIELD(U32, user),
    FIELD(U32, instance),
    TEXT(user_name, 40),
    TEXT(server_name, 40),
    FIELD(U32, lines),
    FIELD(U32, speed_dials),
};
FIELDS(TIME_DATE_RES) = {
    FIELD(U32, year),
    FIELD(U32, month),
    FIELD(U32, weekday),
    FIELD(U32, day),
    FIELD(U32, hour),
    FIELD(U32, minute),
    FIELD(U32, second),
    FIELD(U32, millisecond),
    FIELD(U32, unix_time),
};
#define TEMPLATE FIELD(U32, offset), FIELD(U32, count), FIELD(U32, total)
FIELDS(BUTTON_TEMPLATE_RES) = {
    TEMPLATE,
    TIMES(2, buttons),
    OF(buttons, U8, instance),
    OF(buttons, U8, kind),
};
FIELDS(VERSION_RES) = {TEXT(load, 16)};
NOTHING(CAPABILITIES_REQ);
FIELDS(REGISTER_REJECT) = {TEXT(text, 32)};
FIELDS(SERVER_RES) = {
    TIMES(1, servers), OF_TEXT(servers, name, 48),
    TIMES(1, servers), OF(servers, U32, port),
    TIMES(1, servers), OF(servers, IP, ip),
};
FIELDS(RESET) = {FIELD(U32, value)};
NOTHING(KEEP_ALIVE_ACK);
FIELDS(SOFT_KEY_TEMPLATE_RES) = {
    TEMPLATE,
    TIMES(2, keys),
    OF_TEXT(keys, label, 16),
    OF(keys, U32, event),
};
FIELDS(SOFT_KEY_SET_RES) = {
    TEMPLATE,
    TIMES(2, sets),
    OF(sets, BYTES, key),
    OF(sets, U16, info),
};
FIELDS(SELECT_SOFT_KEYS) = {
    FIELD(U32, index),
    FIELD(U32, call),
    FIELD(U32, value),
    FIELD(U32, mask),
};
FIELDS(DISPLAY_PROMPT_STATUS) = {
    FIELD(U32, duration),
    TEXT(text, 32),
    FIELD(U32, index),
    FIELD(U32, call),
};
FIELDS(UNREGISTER_ACK) = {FIELD(U32, value)};
NOTHING(REGISTER_TOKEN_ACK);
FIELDS(REGISTER_TOKEN_REJECT) = {FIELD(U32, seconds)};
FIELDS(FEATURE_STAT_RES) = {
    FIELD(U32, index),
    FIELD(U32, type),
    TEXT(label, 40),
    FIELD(U32, value),
};
FIELDS(SERVICE_URL_STAT_RES) = {FIELD(U32, index), TEXT(number, 256), TEXT(label, 40)};
FIELDS(FEATURE_STAT_V2_RES) = {
    FIELD(U32, index),
    FIELD(U32, type),
    FIELD(U32, value),
    FIELD(FREE, label),
};
FIELDS(LINE_STAT_V2_RES) = {
    FIELD(U32, index),
    FIELD(U32, options),
    FIELD(FREE, number),
    FIELD(FREE, full_name),
    FIELD(FREE, label),
};
FIELDS(SPEED_DIAL_STAT_V2_RES) = {FIELD(U32, index), FIELD(FREE, number), FIELD(FREE, label)};

/* ---- all of them --------------------------------------------------------------------- */

#define UP   true
#define DOWN false
const struct sccp_format sccp_formats[] = {
#define M(id, name, word, way, text)                                                               \
    {id, #word, way, text, name##_fields, sizeof name##_fields / sizeof *name##_fields},
    SCCP_MESSAGES(M)
#undef M
};
const size_t sccp_format_count = sizeof sccp_formats / sizeof *sccp_formats;

const struct sccp_format *sccp_format_of(uint32_t id)
{
    for (size_t i = 0; i < sccp_format_count; i++)
        if (sccp_formats[i].id == id)
            return &sccp_formats[i];
    return NULL;
}

const char *sccp_name(uint32_t id)
{
    const struct sccp_format *format = sccp_format_of(id);
    return format ? format->name : "unknown";
}

const char *sccp_reset_word(uint32_t value)
{
    static const char *const words[] = {
#define R(order, name, word) [order] = word,
        SCCP_RESETS(R)
#undef R
    };
    return value < sizeof words / sizeof *words ? words[value] : NULL;
}
