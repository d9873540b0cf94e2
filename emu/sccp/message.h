/* message.h - the messages of SCCP ("Skinny") by which phones and call managers speak.
 *
 * One table, SCCP_MESSAGES with the field lists of message.c, is what encodes, decodes and
 * documents: `fleet-phone --sccp-table` prints it, and a test holds SCCP.md against that. Sources:
 * Wireshark's dissector (names, ids, layouts), chan-sccp, and frames of a live CP-7961G that the
 * project sccp-rs published. A frame, by TCP, little-endian but for IPv4 addresses:
 *
 *   length u32 | version u32 | id u32 | payload
 *
 * length counts id and payload. version is 0 until a phone is registered, and in what a manager
 * says of that and of keep-alives; then the version that both have agreed on.
 *
 * Whoever sends a message leaves out what his version does not have, so that length says how many
 * fields there are; what is not there is zero [chan-sccp]. What is behind the last field that we
 * know is kept as it is. So every frame that is decoded encodes again byte for byte, whatever its
 * version.
 */
#ifndef SCCP_MESSAGE_H
#define SCCP_MESSAGE_H

#include "emu/contract.h"

#include <stdio.h>

#define SCCP_PORT       2000
#define SCCP_HEADER     12
#define SCCP_BEFORE     8    /* bytes of a frame that its length does not count */
#define SCCP_FRAME_MAX  2560 /* of ours, header and all; what is longer is no frame. The longest of
                              * a phone's is UpdateCapabilities with 1,852 */
#define SCCP_VERSION_MAX 22

/* id, enum, Wireshark's name, who sends it (UP: phones), what it is for */
#define SCCP_MESSAGES(M)                                                                           \
    M(0x0000, KEEP_ALIVE_REQ, KeepAliveReq, UP, "still here")                                      \
    M(0x0001, REGISTER_REQ, RegisterReq, UP, "I am this device, and run this load")                \
    M(0x0002, IP_PORT, IpPort, UP, "my port for voice; phones of old")                             \
    M(0x0009, FORWARD_STAT_REQ, ForwardStatReq, UP, "where does this line forward to?")            \
    M(0x000a, SPEED_DIAL_STAT_REQ, SpeedDialStatReq, UP, "what does this speed dial call?")        \
    M(0x000b, LINE_STAT_REQ, LineStatReq, UP, "which number has this line?")                       \
    M(0x000c, CONFIG_STAT_REQ, ConfigStatReq, UP, "whose phone am I, with how many lines?")        \
    M(0x000d, TIME_DATE_REQ, TimeDateReq, UP, "what is the time? With this, registration is over") \
    M(0x000e, BUTTON_TEMPLATE_REQ, ButtonTemplateReq, UP, "what are my buttons?")                  \
    M(0x000f, VERSION_REQ, VersionReq, UP, "which load should I run?")                             \
    M(0x0010, CAPABILITIES_RES, CapabilitiesRes, UP, "these codecs")                               \
    M(0x0012, SERVER_REQ, ServerReq, UP, "which managers are there?")                              \
    M(0x0020, ALARM, Alarm, UP, "why I registered anew, or something else to be told")             \
    M(0x0025, SOFT_KEY_SET_REQ, SoftKeySetReq, UP, "which soft keys belong together?")             \
    M(0x0026, SOFT_KEY_EVENT, SoftKeyEvent, UP, "a soft key was pressed")                          \
    M(0x0027, UNREGISTER_REQ, UnregisterReq, UP, "I leave")                                        \
    M(0x0028, SOFT_KEY_TEMPLATE_REQ, SoftKeyTemplateReq, UP, "what are my soft keys?")             \
    M(0x0029, REGISTER_TOKEN_REQ, RegisterTokenReq, UP, "may I come back to you?")                 \
    M(0x002b, HEADSET_STATUS, HeadsetStatus, UP, "a headset, or none")                             \
    M(0x002d, REGISTER_AVAILABLE_LINES, RegisterAvailableLines, UP, "so many lines")               \
    M(0x0030, UPDATE_CAPABILITIES, UpdateCapabilities, UP, "these codecs, and much else")          \
    M(0x0033, SERVICE_URL_STAT_REQ, ServiceURLStatReq, UP, "what is behind this service button?")  \
    M(0x0034, FEATURE_STAT_REQ, FeatureStatReq, UP, "what is behind this feature button?")         \
    M(0x0081, REGISTER_ACK, RegisterAck, DOWN, "you are taken; say so each so many seconds")       \
    M(0x0085, SET_RINGER, SetRinger, DOWN, "ring so")                                              \
    M(0x0086, SET_LAMP, SetLamp, DOWN, "light so")                                                 \
    M(0x0088, SET_SPEAKER_MODE, SetSpeakerMode, DOWN, "speaker on or off")                         \
    M(0x0090, FORWARD_STAT_RES, ForwardStatRes, DOWN, "it forwards there")                         \
    M(0x0091, SPEED_DIAL_STAT_RES, SpeedDialStatRes, DOWN, "it calls that")                        \
    M(0x0092, LINE_STAT_RES, LineStatRes, DOWN, "it has that number")                              \
    M(0x0093, CONFIG_STAT_RES, ConfigStatRes, DOWN, "so you are, with so many lines")              \
    M(0x0094, TIME_DATE_RES, TimeDateRes, DOWN, "that is the time")                                \
    M(0x0097, BUTTON_TEMPLATE_RES, ButtonTemplateRes, DOWN, "those are your buttons")              \
    M(0x0098, VERSION_RES, VersionRes, DOWN, "that load")                                          \
    M(0x009b, CAPABILITIES_REQ, CapabilitiesReq, DOWN, "which codecs?")                            \
    M(0x009d, REGISTER_REJECT, RegisterReject, DOWN, "you are not taken, for this reason")         \
    M(0x009e, SERVER_RES, ServerRes, DOWN, "those managers")                                       \
    M(0x009f, RESET, Reset, DOWN, "1 reset, 2 restart, 3 apply your configuration")                \
    M(0x0100, KEEP_ALIVE_ACK, KeepAliveAck, DOWN, "so am I")                                       \
    M(0x0108, SOFT_KEY_TEMPLATE_RES, SoftKeyTemplateRes, DOWN, "those are your soft keys")         \
    M(0x0109, SOFT_KEY_SET_RES, SoftKeySetRes, DOWN, "those of them together")                     \
    M(0x0110, SELECT_SOFT_KEYS, SelectSoftKeys, DOWN, "show this set")                             \
    M(0x0112, DISPLAY_PROMPT_STATUS, DisplayPromptStatus, DOWN, "show this on the prompt line")    \
    M(0x0118, UNREGISTER_ACK, UnregisterAck, DOWN, "0 go, 1 error, 2 not during a call")           \
    M(0x011a, REGISTER_TOKEN_ACK, RegisterTokenAck, DOWN, "come back")                             \
    M(0x011b, REGISTER_TOKEN_REJECT, RegisterTokenReject, DOWN, "ask again in so many seconds")    \
    M(0x011f, FEATURE_STAT_RES, FeatureStatRes, DOWN, "that is behind it")                         \
    M(0x012f, SERVICE_URL_STAT_RES, ServiceURLStatRes, DOWN, "that is behind it")                  \
    M(0x0146, FEATURE_STAT_V2_RES, FeatureStatV2Res, DOWN, "likewise, with dynamic messages")      \
    M(0x0147, LINE_STAT_V2_RES, LineStatV2Res, DOWN, "it has that number, likewise")               \
    M(0x0149, SPEED_DIAL_STAT_V2_RES, SpeedDialStatV2Res, DOWN, "it calls that, likewise")

enum sccp_id {
#define M(id, name, ...) SCCP_##name = (id),
    SCCP_MESSAGES(M)
#undef M
};

/* What an order to reset asks for: value, enum, word. */
#define SCCP_RESETS(R)                                                                             \
    R(1, RESET, "reset")                                                                           \
    R(2, RESTART, "restart")                                                                       \
    R(3, APPLY_CONFIG, "apply-config")
enum sccp_reset {
#define R(value, name, word) SCCP_DO_##name = (value),
    SCCP_RESETS(R)
#undef R
};
/* Its word; NULL: there is no such order. */
const char *sccp_reset_word(uint32_t value);

/* Bits of a phone's feature word, after sccp-rs. */
#define SCCP_FEATURE_DYNAMIC 0x0100 /* answer with messages of free length */
#define SCCP_FEATURES_7961   0x8572 /* what a live CP-7961G sends */

#define SCCP_BUTTONS   42
#define SCCP_KEYS      32
#define SCCP_KEY_SETS  16
#define SCCP_CODECS    18
#define SCCP_SERVERS   5
#define SCCP_BUTTON_LINE  9
#define SCCP_BUTTON_SPEED 2
#define SCCP_BUTTON_NONE  0xff

/* A decoded message: header, then the fields of its type; the rest is zero. Texts end in NUL here,
 * whatever the sender did; they may hold any other byte. */
struct sccp_msg {
    uint32_t version;
    uint32_t id;     /* also one that is not in the table: then all of its payload is rest */
    uint32_t length; /* as the header says; to encode: 0, as its fields need */
    const uint8_t *rest; /* what is behind the fields, in place */
    size_t rest_len;

    /* RegisterReq, RegisterTokenReq, ConfigStatRes */
    char name[17]; /* of the device: "SEP" and its MAC */
    uint32_t user, instance;
    uint32_t ip; /* network order */
    uint32_t type;
    uint32_t streams_max, streams;
    uint8_t protocol; /* RegisterAck too: the highest version that the sender knows */
    uint8_t unknown;
    uint16_t features;
    uint32_t conferences_max, conferences;
    uint8_t mac[12]; /* six of them, and zeros */
    uint32_t ip_scope;
    uint32_t lines_max;
    uint8_t ipv6[16];
    uint32_t ipv6_scope;
    char load[33]; /* VersionRes too */
    uint8_t stamp[48]; /* of its configuration */

    /* What a message of one number is about: a line, a button, an order, a reason. */
    uint32_t index, value;
    uint32_t call, mask, duration;

    uint32_t seconds; /* RegisterAck: between keep-alives; RegisterTokenReject: to wait */
    uint32_t seconds_secondary;
    char date_template[7];
    uint8_t pad[3];

    /* Alarm; RegisterReject, DisplayPromptStatus */
    uint32_t severity, parameter1, parameter2;
    char text[81];

    /* LineStatRes and its like */
    uint32_t options;
    char number[257], full_name[257], label[257];
    uint32_t forwards; /* any of these: all calls, those to a busy line, those without answer */
    struct {
        uint32_t active;
        char number[25];
        uint8_t more[1];
    } forward[3];

    /* ConfigStatRes, RegisterAvailableLines */
    char user_name[41], server_name[41];
    uint32_t lines, speed_dials;

    /* TimeDateRes */
    uint32_t year, month, weekday, day, hour, minute, second, millisecond, unix_time;

    /* Templates and codecs: of so many in all, count from offset on. */
    uint32_t offset, count, total;
    uint32_t video_count, data_count, format;
    union {
        struct {
            uint8_t instance, kind;
        } buttons[SCCP_BUTTONS];
        struct {
            char label[17];
            uint32_t event;
        } keys[SCCP_KEYS];
        struct {
            uint8_t key[16];
            uint16_t info[16];
        } sets[SCCP_KEY_SETS];
        struct {
            char name[49];
            uint32_t port, ip;
        } servers[SCCP_SERVERS];
        /* UpdateCapabilities has them among much that is not taken apart. */
        struct {
            struct {
                uint32_t codec, milliseconds;
                uint8_t parameters[8];
            } codecs[SCCP_CODECS];
            uint8_t before[296], after[1240];
        };
    };
};

/* How a payload is made of fields, each in the member of struct sccp_msg that is named so. */
enum sccp_kind {
    SCCP_U8,
    SCCP_U16,
    SCCP_U32,
    SCCP_IP,
    SCCP_TEXT,
    SCCP_FREE,
    SCCP_BYTES,
    SCCP_TIMES, /* no field: the next `count` fields, so many times */
    SCCP_KIND_COUNT
};
struct sccp_field {
    const char *name;
    enum sccp_kind kind;
    uint8_t times, count, since; /* since: the version of the header from which on it is there */
    size_t offset; /* in struct sccp_msg, of the first of them */
    size_t size;   /* of the member; TEXT: on the wire; TIMES: from one to the next */
};
struct sccp_format {
    uint32_t id;
    const char *name;
    bool up; /* phones send it */
    const char *text;
    const struct sccp_field *fields;
    size_t field_count;
};
extern const struct sccp_format sccp_formats[];
extern const size_t sccp_format_count;

/* The row of an id, or NULL. */
const struct sccp_format *sccp_format_of(uint32_t id);
/* "RegisterReq" and so on; "unknown". */
const char *sccp_name(uint32_t id);

/* The size of the whole frame; 0: fewer than four bytes are here; -1: no frame has such a one. */
int64_t sccp_frame_size(const void *data, size_t len);

/* Decodes exactly one frame. NULL when good, else what is wrong, a static string, and out is
 * untouched: a length that is not that of the frame, a version that is none, a free text that is
 * too long. rest points into data. */
const char *sccp_decode(const void *data, size_t len, struct sccp_msg *out);

/* Encodes a message; with a length, cut or filled with zeros to exactly that. Returns the bytes
 * written to out, which has room for SCCP_FRAME_MAX; 0 if they do not fit there. */
size_t sccp_encode(const struct sccp_msg *msg, uint8_t out[SCCP_FRAME_MAX]);

/* The version that a phone and a manager speak when the lesser of them knows `highest`
 * [chan-sccp]. */
uint8_t sccp_agreed_version(uint8_t highest);

/* Prints the tables in Markdown, as SCCP.md holds them. */
void sccp_print_table(FILE *out);

#endif
