/* The messages of SCCP: to the byte, there and back, and what is no message. */
#include "emu/sccp/message.h"
#include "emu/sccp/alarm.h"
#include "emu/sccp/stream.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Frames seen on real wires: in this folder, where it is at hand. */
#define GOLDEN "../shared/golden/"

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t len = 0;
    for (; *hex; hex++)
        if (isxdigit((unsigned char)*hex)) {
            out[len++] = (uint8_t)strtoul((char[]){hex[0], hex[1], 0}, NULL, 16);
            hex++;
        }
    return len;
}

static void assert_frame(const struct sccp_msg *msg, const char *hex)
{
    uint8_t want[SCCP_FRAME_MAX], got[SCCP_FRAME_MAX];
    size_t len = from_hex(hex, want);
    assert_int_equal(sccp_encode(msg, got), len);
    assert_memory_equal(got, want, len);
}

/* ---- to the byte --------------------------------------------------------------------- */

static void keep_alives(void **state)
{
    (void)state;
    assert_frame(&(struct sccp_msg){.id = SCCP_KEEP_ALIVE_REQ}, "04000000 00000000 00000000");
    assert_frame(&(struct sccp_msg){.id = SCCP_KEEP_ALIVE_ACK}, "04000000 00000000 00010000");
}

static void register_req(void **state)
{
    (void)state;
    struct sccp_msg msg = {.id = SCCP_REGISTER_REQ, .name = "SEP001122334455",
                           .ip = htonl(0x0a6a000a), .type = 30018, .streams_max = 5,
                           .protocol = 22, .features = SCCP_FEATURES_7961, .conferences_max = 1,
                           .mac = {0, 0x11, 0x22, 0x33, 0x44, 0x55}, .ip_scope = 3,
                           .lines_max = 6, .load = "SCCP41.9-4-2SR3-1S", .length = 128};
    assert_frame(&msg, "80000000 00000000 01000000"
                       "53455030 30313132 32333334 34353500 00000000 00000000"
                       "0a6a000a 42750000 05000000 00000000 16007285 01000000 00000000"
                       "00112233 44550000 00000000 03000000 06000000"
                       "00000000 00000000 00000000 00000000 00000000"
                       "53434350 34312e39 2d342d32 5352332d 31530000 00000000 00000000 00000000");
}

static void others(void **state)
{
    (void)state;
    assert_frame(&(struct sccp_msg){.id = SCCP_RESET, .version = 22, .value = SCCP_DO_RESTART},
                 "08000000 16000000 9f000000 02000000");
    assert_frame(&(struct sccp_msg){.id = SCCP_REGISTER_ACK, .seconds = 30,
                                    .seconds_secondary = 60, .date_template = "M/D/Y",
                                    .protocol = 22, .unknown = 0x20, .features = 0xfff1},
                 "18000000 00000000 81000000 1e000000 4d2f442f 59000000 3c000000 1620f1ff");
    assert_frame(&(struct sccp_msg){.id = SCCP_LINE_STAT_V2_RES, .version = 22, .index = 1,
                                    .options = 15, .number = "1001", .full_name = "1001",
                                    .label = "1001"},
                 "1c000000 16000000 47010000 01000000 0f000000 31303031 00313030 31003130 30310000");
    assert_frame(&(struct sccp_msg){.id = SCCP_REGISTER_AVAILABLE_LINES, .version = 22,
                                    .lines = 2},
                 "08000000 16000000 2d000000 02000000");
    assert_frame(&(struct sccp_msg){.id = 0x8123, .version = 11, .rest_len = 3,
                                    .rest = (const uint8_t *)"abc"},
                 "08000000 0b000000 23810000 61626300");
}

/* Known lengths of whole messages, as their sources have them. */
static void lengths(void **state)
{
    (void)state;
    static const struct {
        uint32_t id, version, length;
    } known[] = {
        {SCCP_REGISTER_REQ, 0, 4 + 172},        {SCCP_UPDATE_CAPABILITIES, 22, 4 + 1840},
        {SCCP_SOFT_KEY_TEMPLATE_RES, 0, 0x290}, {SCCP_CONFIG_STAT_RES, 0, 0x74},
        {SCCP_CAPABILITIES_RES, 0, 4 + 4 + 18 * 16},
        {SCCP_BUTTON_TEMPLATE_RES, 0, 4 + 12 + 84},
        {SCCP_SOFT_KEY_SET_RES, 0, 4 + 12 + 16 * 48},
        {SCCP_FORWARD_STAT_RES, 17, 4 + 8 + 3 * 28},
        {SCCP_FORWARD_STAT_RES, 22, 4 + 8 + 3 * 29 + 1}, /* to a multiple of four */
        {SCCP_SERVER_RES, 0, 4 + 5 * (48 + 4 + 4)},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint8_t out[SCCP_FRAME_MAX];
        struct sccp_msg msg = {.id = known[i].id, .version = known[i].version};
        assert_int_equal(sccp_encode(&msg, out), known[i].length + 8);
    }
}

/* ---- there and back ------------------------------------------------------------------ */

static void assert_round(const uint8_t *frame, size_t len, struct sccp_msg *msg)
{
    uint8_t again[SCCP_FRAME_MAX];
    const char *why = sccp_decode(frame, len, msg);
    assert_null(why);
    assert_int_equal(sccp_encode(msg, again), len);
    assert_memory_equal(again, frame, len);
}

/* Bytes that say something in every field, in a frame that ends anywhere. */
static void every_message_at_every_length(void **state)
{
    (void)state;
    static const uint8_t versions[] = {0, 11, 17, 18, 22};
    for (size_t i = 0; i < sccp_format_count; i++)
        for (size_t v = 0; v < sizeof versions; v++)
            for (uint32_t payload = 0; payload <= 1900; payload += payload < 200 ? 1 : 37) {
                uint8_t frame[SCCP_FRAME_MAX] = {0};
                struct sccp_msg head = {.id = sccp_formats[i].id, .version = versions[v]}, msg;
                sccp_encode(&head, frame);
                frame[0] = (uint8_t)(payload + 4);
                frame[1] = (uint8_t)((payload + 4) >> 8);
                for (uint32_t k = 0; k < payload; k++) /* no free text is longer than it may be */
                    frame[12 + k] = k % 200 == 199 ? 0 : (uint8_t)(1 + k % 251);
                assert_round(frame, 12 + payload, &msg);
            }
}

static size_t read_golden(const char *name, uint8_t *frame)
{
    char path[256], hex[16384] = "";
    const char *folder = getenv("GOLDEN"); /* or elsewhere */
    snprintf(path, sizeof path, "%s/%s", folder ? folder : GOLDEN, name);
    FILE *f = fopen(path, "r");
    if (!f) {
        print_message("%s: %s\n", path, strerror(errno));
        skip();
    }
    size_t len = fread(hex, 1, sizeof hex - 1, f);
    fclose(f);
    hex[len] = '\0';
    return from_hex(hex, frame);
}

static void golden_frames(void **state)
{
    (void)state;
    static const char *const names[] = {
        "keepalive.hex", "keepalive-ack.hex", "line-stat-dynamic-7961-v22.hex",
        "register-available-lines-v22.hex", "update-capabilities-7961-v22.hex",
    };
    uint8_t frame[SCCP_FRAME_MAX];
    struct sccp_msg msg;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_round(frame, read_golden(names[i], frame), &msg);
    static const uint32_t codecs[][2] = {{25, 40}, {4, 40},  {2, 40},  {15, 60},
                                         {16, 60}, {11, 60}, {12, 60}, {257, 1}};
    assert_int_equal(msg.count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(msg.codecs[i].codec, codecs[i][0]);
        assert_int_equal(msg.codecs[i].milliseconds, codecs[i][1]);
    }
    assert_round(frame, read_golden(names[2], frame), &msg);
    assert_string_equal(msg.number, "1001");
    assert_string_equal(msg.label, "1001");
    assert_int_equal(msg.options, 15);
    assert_round(frame, read_golden(names[3], frame), &msg);
    assert_int_equal(msg.lines, 2);
}

/* Phones of old say less of themselves; what they do not say is zero. */
static void short_forms_of_register(void **state)
{
    (void)state;
    static const uint32_t payloads[] = {36, 44, 64, 124, 172};
    uint8_t frame[SCCP_FRAME_MAX];
    struct sccp_msg msg = {.id = SCCP_REGISTER_REQ, .name = "SEP001122334455", .type = 7,
                           .streams_max = 5, .protocol = 5, .load = "P00308010200"};
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        msg.length = payloads[i] + 4;
        struct sccp_msg back;
        assert_int_equal(sccp_encode(&msg, frame), payloads[i] + 12);
        assert_round(frame, payloads[i] + 12, &back);
        assert_int_equal(back.type, 7);
        assert_int_equal(back.protocol, payloads[i] >= 44 ? 5 : 0);
        assert_string_equal(back.load, payloads[i] >= 124 ? "P00308010200" : "");
    }
}

static void versions_agree(void **state)
{
    (void)state;
    static const uint8_t pairs[][2] = {{0, 3},   {3, 3},   {4, 3},   {5, 5},   {7, 5},  {8, 8},
                                       {11, 11}, {12, 11}, {14, 11}, {15, 15}, {17, 17},
                                       {19, 19}, {22, 22}, {255, 22}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(sccp_agreed_version(pairs[i][0]), pairs[i][1]);
}

/* ---- what is none -------------------------------------------------------------------- */

static void assert_refused(const char *hex, const char *why)
{
    uint8_t frame[SCCP_FRAME_MAX];
    struct sccp_msg msg;
    assert_string_equal(sccp_decode(frame, from_hex(hex, frame), &msg), why);
}

static void faults(void **state)
{
    (void)state;
    assert_refused("", "length disagrees");
    assert_refused("04000000 00000000 000000", "length disagrees");
    assert_refused("03000000 00000000 000000", "length disagrees");
    assert_refused("04000000 00000000 00000000 00", "length disagrees");
    assert_refused("ffffffff 00000000 00000000", "length disagrees");
    assert_refused("04000000 17000000 00000000", "unknown version");
    uint8_t frame[SCCP_FRAME_MAX] = {0x10, 4, 0, 0, 22, 0, 0, 0, 0x47, 1, 0, 0};
    struct sccp_msg msg;
    memset(frame + 20, 'x', 0x410 - 12);
    assert_string_equal(sccp_decode(frame, 0x418, &msg), "text too long");
}

static void sizes(void **state)
{
    (void)state;
    assert_int_equal(sccp_frame_size("\4\0\0", 3), 0);
    assert_int_equal(sccp_frame_size("\4\0\0\0", 4), 12);
    assert_int_equal(sccp_frame_size("\3\0\0\0", 4), -1);
    assert_int_equal(sccp_frame_size("\xf8\x09\0\0", 4), SCCP_FRAME_MAX);
    assert_int_equal(sccp_frame_size("\xf9\x09\0\0", 4), -1);
    assert_int_equal(sccp_frame_size("\xff\xff\xff\xff", 4), -1);
}

/* Three frames, cut anywhere into two, are three messages. */
static void streams(void **state)
{
    (void)state;
    uint8_t bytes[64];
    size_t len = from_hex("04000000 00000000 00000000 08000000 00000000 9f000000 01000000"
                          "05000000 00000000 99990000 ff", bytes);
    for (size_t cut = 0; cut <= len; cut++) {
        struct sccp_stream s = {0};
        struct sccp_msg msg[3];
        const char *why;
        size_t got = 0;
        for (int half = 0; half < 2; half++) {
            struct cursor c = half ? cursor(bytes + cut, len - cut) : cursor(bytes, cut);
            while (got < 3 && sccp_next(&s, &c, &msg[got], &why) == SCCP_MESSAGE)
                got++;
        }
        assert_int_equal(got, 3);
        assert_int_equal(msg[1].value, 1);
        assert_int_equal(msg[2].id, 0x9999);
        assert_int_equal(msg[2].rest_len, 1);
    }
    struct sccp_stream s = {0};
    struct sccp_msg msg;
    const char *why;
    struct cursor c = cursor("\xff\xff\xff\xff", 4);
    assert_int_equal(sccp_next(&s, &c, &msg, &why), SCCP_BAD);
    assert_string_equal(why, "a length that no message has");
}

/* ---- alarms -------------------------------------------------------------------------- */

static void alarms(void **state)
{
    (void)state;
    char text[ALARM_TEXT];
    alarm_compose(ALARM_INITIALIZED, "SEPB8BEBF227D79", "SCCP41.9-4-2SR3-1S", text);
    assert_string_equal(text, "25: Name=SEPB8BEBF227D79 Load= 9.4(2SR3.1S) Last=Initialized");
    struct alarm a = alarm_parse(text);
    assert_string_equal(a.name, "SEPB8BEBF227D79");
    assert_string_equal(a.load, "9.4(2SR3.1S)");
    assert_string_equal(a.last, "Initialized");
    a = alarm_parse("22: Name=SEP000E325C9A43 Load=7.2(2.0) Last=Reset-Reset"); /* a CP-7960's */
    assert_string_equal(a.load, "7.2(2.0)");
    assert_string_equal(a.last, "Reset-Reset");
    a = alarm_parse("nothing of it, but Last=\x01\xff and the rest");
    assert_string_equal(a.name, "");
    assert_string_equal(a.last, "??");
    alarm_compose(ALARM_RESET, "SEP1", "term06.default", text);
    assert_string_equal(text, "22: Name=SEP1 Load= term06.default Last=Reset-Reset");
}

/* ---- the document -------------------------------------------------------------------- */

#define BEGIN_MARK "<!-- begin: fleet-phone --sccp-table -->\n"
#define END_MARK   "<!-- end: fleet-phone --sccp-table -->\n"

static void the_document_holds_the_table(void **state)
{
    (void)state;
    char *table = NULL;
    size_t table_len = 0;
    FILE *out = open_memstream(&table, &table_len);
    assert_non_null(out);
    sccp_print_table(out);
    fclose(out);

    static char document[64 * 1024];
    FILE *file = fopen("emu/sccp/SCCP.md", "r");
    assert_non_null(file);
    document[fread(document, 1, sizeof document - 1, file)] = '\0';
    fclose(file);
    char *begin = strstr(document, BEGIN_MARK);
    assert_non_null(begin);
    begin += strlen(BEGIN_MARK);
    char *end = strstr(begin, END_MARK);
    assert_non_null(end);
    *end = '\0';
    assert_string_equal(begin, table);
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_alives),
        cmocka_unit_test(register_req),
        cmocka_unit_test(others),
        cmocka_unit_test(lengths),
        cmocka_unit_test(every_message_at_every_length),
        cmocka_unit_test(golden_frames),
        cmocka_unit_test(short_forms_of_register),
        cmocka_unit_test(versions_agree),
        cmocka_unit_test(faults),
        cmocka_unit_test(sizes),
        cmocka_unit_test(streams),
        cmocka_unit_test(alarms),
        cmocka_unit_test(the_document_holds_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
