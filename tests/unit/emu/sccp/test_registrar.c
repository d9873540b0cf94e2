/* The registrar against phones that are bytes: whom it takes, what it answers, whom it lets go, and
 * what it orders.
 */
#include "emu/sccp/registrar.h"
#include "emu/sccp/stream.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEC     1000000ull
#define SESSIONS 8

static struct {
    struct registrar *r;
    uint64_t now;
    uint8_t out[SESSIONS][32768];
    size_t out_len[SESSIONS], out_at[SESSIONS];
    bool closed[SESSIONS], full;
    const char *refuses;
    uint32_t token_wait, random;
    unsigned notes[TOLD_COUNT];
    char text[TOLD_COUNT][81];
    uint32_t value[TOLD_COUNT];
} b;

static int on_send(void *ctx, uint32_t session, const void *data, size_t len)
{
    (void)ctx;
    if (b.full || len > sizeof b.out[0] - b.out_len[session])
        return -ENOBUFS;
    memcpy(b.out[session] + b.out_len[session], data, len);
    b.out_len[session] += len;
    return 0;
}

static void on_close(void *ctx, uint32_t session)
{
    (void)ctx;
    assert_false(b.closed[session]);
    b.closed[session] = true;
}

static const char *on_refuses(void *ctx, const struct registrar_device *d)
{
    (void)ctx;
    assert_true(d->name[0] != '\0');
    return b.refuses;
}

static uint32_t on_token(void *ctx, const struct registrar_device *d)
{
    (void)ctx, (void)d;
    return b.token_wait;
}

static uint32_t on_random(void *ctx)
{
    (void)ctx;
    return b.random;
}

static void on_told(void *ctx, const struct registrar_told *t)
{
    (void)ctx;
    b.notes[t->note]++;
    assert_non_null(t->text);
    snprintf(b.text[t->note], sizeof b.text[0], "%s", t->text);
    b.value[t->note] = t->value;
}

static const struct registrar_ops ops = {on_send, on_close, on_refuses, on_token, on_random,
                                         on_told};

static int setup(void **state)
{
    (void)state;
    const struct registrar_setup s = {.sessions = SESSIONS, .devices = 3, .keepalive = 30,
                                      .ip = htonl(0xac1fff03), .name = "hq",
                                      .first_number = 1001, .unix_time = 1790000000};
    memset(&b, 0, sizeof b);
    b.now = 5 * SEC;
    b.r = registrar_new(&s, &ops, NULL);
    return b.r ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    registrar_free(b.r);
    return 0;
}

/* ---- a phone ------------------------------------------------------------------------- */

static uint32_t call(void)
{
    uint32_t session = registrar_accepted(b.r, htonl(0x0a6a000a), b.now);
    if (session != NO_SESSION) {
        b.closed[session] = false;
        b.out_len[session] = b.out_at[session] = 0;
    }
    return session;
}

static void tell(uint32_t session, const struct sccp_msg *msg)
{
    uint8_t frame[SCCP_FRAME_MAX];
    registrar_data(b.r, session, frame, sccp_encode(msg, frame), b.now);
}

static void say(uint32_t session, uint32_t id)
{
    tell(session, &(struct sccp_msg){.id = id, .index = 1});
}

/* The next thing that a phone hears; id UINT32_MAX: nothing. */
static struct sccp_msg hears(uint32_t session)
{
    struct sccp_msg msg = {.id = UINT32_MAX};
    const uint8_t *at = b.out[session] + b.out_at[session];
    int64_t size = sccp_frame_size(at, b.out_len[session] - b.out_at[session]);
    if (size > 0) {
        assert_null(sccp_decode(at, (size_t)size, &msg));
        b.out_at[session] += (size_t)size;
    }
    return msg;
}

static struct sccp_msg hello(const char *name, uint8_t protocol, const char *load)
{
    struct sccp_msg msg = {.id = SCCP_REGISTER_REQ, .type = 30018, .ip = htonl(0x0a6a000a),
                           .protocol = protocol, .features = SCCP_FEATURES_7961, .length = 128};
    snprintf(msg.name, sizeof msg.name, "%s", name);
    snprintf(msg.load, sizeof msg.load, "%s", load);
    return msg;
}

static void alarm_of(uint32_t session, const char *text)
{
    struct sccp_msg msg = {.id = SCCP_ALARM, .severity = 2};
    snprintf(msg.text, sizeof msg.text, "%s", text);
    tell(session, &msg);
}

#define OLD "SCCP41.9-4-2SR1-1S"
#define NEW "SCCP41.9-4-2SR3-1S"

static uint32_t registers(const char *name, const char *load)
{
    uint32_t session = call();
    struct sccp_msg msg = hello(name, 22, load);
    tell(session, &msg);
    say(session, SCCP_TIME_DATE_REQ);
    return session;
}

static const struct registrar_device *device(const char *name)
{
    long i = registrar_find(b.r, name);
    return i < 0 ? NULL : registrar_device(b.r, (size_t)i);
}

/* ---- registration -------------------------------------------------------------------- */

static void each_question_has_its_answer(void **state)
{
    (void)state;
    uint32_t session = call();
    struct sccp_msg msg = hello("SEP001B54C12233", 22, NEW);
    alarm_of(session, "22: Name=SEP001B54C12233 Load= 9.4(2SR3.1S) Last=Reset-Reset");
    tell(session, &msg);
    msg = hears(session);
    assert_int_equal(msg.id, SCCP_REGISTER_ACK);
    assert_int_equal(msg.version, 0);
    assert_int_equal(msg.seconds, 30);
    assert_int_equal(msg.protocol, 22);
    assert_int_equal(msg.unknown << 16 | msg.features, 0x20fff1);
    assert_string_equal(msg.date_template, "M/D/Y");
    msg = hears(session);
    assert_int_equal(msg.id, SCCP_CAPABILITIES_REQ);
    assert_int_equal(msg.version, 22);
    assert_int_equal(device("SEP001B54C12233")->state, DEVICE_REGISTERING);
    static const uint32_t pairs[][2] = {
        {SCCP_CONFIG_STAT_REQ, SCCP_CONFIG_STAT_RES},
        {SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE_RES},
        {SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES},
        {SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES},
        {SCCP_LINE_STAT_REQ, SCCP_LINE_STAT_V2_RES},
        {SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT_RES},
        {SCCP_SPEED_DIAL_STAT_REQ, SCCP_SPEED_DIAL_STAT_V2_RES},
        {SCCP_FEATURE_STAT_REQ, SCCP_FEATURE_STAT_V2_RES},
        {SCCP_SERVICE_URL_STAT_REQ, SCCP_SERVICE_URL_STAT_RES},
        {SCCP_VERSION_REQ, SCCP_VERSION_RES},
        {SCCP_SERVER_REQ, SCCP_SERVER_RES},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        say(session, pairs[i][0]);
        assert_int_equal(hears(session).id, pairs[i][1]);
    }
    say(session, SCCP_UPDATE_CAPABILITIES);
    say(session, SCCP_HEADSET_STATUS);
    assert_int_equal(hears(session).id, UINT32_MAX);
    assert_int_equal(b.notes[TOLD_REGISTERED], 0);
    say(session, SCCP_TIME_DATE_REQ);
    assert_int_equal(hears(session).id, SCCP_TIME_DATE_RES);
    assert_int_equal(hears(session).id, SCCP_SELECT_SOFT_KEYS);
    assert_int_equal(hears(session).id, SCCP_DISPLAY_PROMPT_STATUS);
    const struct registrar_device *d = device("SEP001B54C12233");
    assert_int_equal(d->state, DEVICE_REGISTERED);
    assert_string_equal(d->load, NEW);
    assert_string_equal(d->previous, "");
    assert_string_equal(d->last_reset, "Reset-Reset");
    assert_string_equal(b.text[TOLD_REGISTERED], NEW);
    assert_int_equal(b.value[TOLD_REGISTERED], 22);
    assert_int_equal(registrar_count(b.r, DEVICE_REGISTERED), 1);
}

/* A phone of old names no load, and takes no texts of free length. */
static void old_phones(void **state)
{
    (void)state;
    uint32_t session = call();
    struct sccp_msg msg = hello("SEP000E325C9A43", 5, "");
    alarm_of(session, "22: Name=SEP000E325C9A43 Load=7.2(2.0) Last=Reset-Reset");
    msg.length = 44 + 4;
    tell(session, &msg);
    msg = hears(session);
    assert_int_equal(msg.protocol, 5);
    assert_int_equal(msg.unknown << 16 | msg.features, 0x20fef1);
    hears(session);
    say(session, SCCP_LINE_STAT_REQ);
    msg = hears(session);
    assert_int_equal(msg.id, SCCP_LINE_STAT_RES);
    assert_int_equal(msg.version, 0);
    assert_string_equal(msg.number, "1001");
    assert_string_equal(device("SEP000E325C9A43")->load, "7.2(2.0)");
}

/* Dates of which another clock knows: `date -u -d @N`. */
static void the_time(void **state)
{
    (void)state;
    static const struct {
        uint64_t unix_time;
        uint32_t date[7]; /* year, month, weekday, day, hour, minute, second */
    } known[] = {{0, {1970, 1, 4, 1, 0, 0, 5}},
                 {951782400, {2000, 2, 2, 29, 0, 0, 5}},
                 {1790000000, {2026, 9, 1, 21, 14, 13, 25}},
                 {4102444799, {2100, 1, 5, 1, 0, 0, 4}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct registrar_setup s = {.sessions = 1, .devices = 1,
                                          .unix_time = known[i].unix_time};
        struct registrar *before = b.r;
        b.r = registrar_new(&s, &ops, NULL);
        uint32_t session = registers("SEP001B54C12233", NEW);
        struct sccp_msg msg;
        while ((msg = hears(session)).id != SCCP_TIME_DATE_RES)
            assert_int_not_equal(msg.id, UINT32_MAX);
        assert_memory_equal(&msg.year, known[i].date, sizeof known[i].date);
        assert_int_equal(msg.unix_time, known[i].unix_time + 5);
        registrar_free(b.r);
        b.r = before;
        b.closed[session] = false;
    }
}

static void upgrades_are_seen(void **state)
{
    (void)state;
    uint32_t session = registers("SEP001B54C12233", OLD);
    say(session, SCCP_UNREGISTER_REQ);
    assert_true(b.closed[session]);
    assert_int_equal(device("SEP001B54C12233")->reason, CCM_UNREGISTERED);
    registers("SEP001B54C12233", NEW);
    const struct registrar_device *d = device("SEP001B54C12233");
    assert_string_equal(d->load, NEW);
    assert_string_equal(d->previous, OLD);
    assert_int_equal(d->registrations, 2);
    registrar_closed(b.r, d->session, b.now);
    registers("SEP001B54C12233", NEW); /* the same again: it ran another before, still */
    assert_string_equal(d->previous, OLD);
    assert_int_equal(registrar_devices(b.r), 1);
}

static void assert_rejected(uint32_t session, const char *text)
{
    struct sccp_msg msg = hears(session);
    assert_int_equal(msg.id, SCCP_REGISTER_REJECT);
    assert_string_equal(msg.text, text);
    assert_true(b.closed[session]);
}

static void some_are_kept_out(void **state)
{
    (void)state;
    uint32_t session = registers("SEP001B54C12233", NEW);
    struct sccp_msg msg = hello("SEP001B54C12233", 22, NEW);
    uint32_t other = call();
    tell(other, &msg);
    assert_rejected(other, "Crossover session");
    assert_int_equal(device("SEP001B54C12233")->session, session); /* the first one lives */
    assert_int_equal(device("SEP001B54C12233")->crossovers, 1);
    b.refuses = "Device Unknown";
    msg = hello("SEP001B54C12234", 22, NEW);
    other = call();
    tell(other, &msg);
    assert_rejected(other, "Device Unknown");
    assert_int_equal(device("SEP001B54C12234")->state, DEVICE_REJECTED);
    assert_int_equal(device("SEP001B54C12234")->reason, CCM_NO_ENTRY);
    b.refuses = NULL;
    for (int i = 0; i < 2; i++) /* one of them in the place of who was kept out */
        registers(i ? "SEP3" : "SEP2", NEW);
    assert_null(device("SEP001B54C12234"));
    msg = hello("SEP4", 22, NEW);
    other = call();
    tell(other, &msg);
    assert_rejected(other, "Max Phones Exceeded");
    assert_int_equal(b.value[TOLD_REJECTED], CCM_MAX_DEVICES);
}

static void names_that_are_none(void **state)
{
    (void)state;
    static const char *const names[] = {"", "\x01\x02", "../x", "SEP/1"};
    for (size_t i = 0; i < 4; i++) {
        uint32_t session = call();
        struct sccp_msg msg = hello(names[i], 22, NEW);
        tell(session, &msg);
        assert_rejected(session, "Device Unknown");
    }
    static const uint32_t lengths[] = {4 + 31, 4 + 173};
    for (size_t i = 0; i < 2; i++) {
        uint32_t session = call();
        struct sccp_msg msg = hello("SEP001B54C12233", 22, NEW);
        msg.length = lengths[i];
        tell(session, &msg);
        assert_rejected(session, "Device Unknown");
    }
    assert_int_equal(registrar_devices(b.r), 0);
}

static void tokens(void **state)
{
    (void)state;
    struct sccp_msg msg = {.id = SCCP_REGISTER_TOKEN_REQ, .name = "SEP001B54C12233"};
    uint32_t session = call();
    b.token_wait = 77;
    tell(session, &msg);
    msg = hears(session);
    assert_int_equal(msg.id, SCCP_REGISTER_TOKEN_REJECT);
    assert_int_equal(msg.seconds, 77);
    msg = (struct sccp_msg){.id = SCCP_REGISTER_TOKEN_REQ, .name = "SEP001B54C12233"};
    b.token_wait = 0;
    tell(session, &msg);
    assert_int_equal(hears(session).id, SCCP_REGISTER_TOKEN_ACK);
    assert_int_equal(registrar_devices(b.r), 0);
}

/* ---- time ---------------------------------------------------------------------------- */

static void run_to(uint64_t at)
{
    while (registrar_deadline(b.r) <= at) {
        b.now = registrar_deadline(b.r);
        registrar_run_timers(b.r, b.now);
    }
    b.now = at;
}

static void silence_ends_it_in_time(void **state)
{
    (void)state;
    static const uint32_t draws[] = {0, 1u << 31, UINT32_MAX};
    static const uint64_t after[] = {31500000, 33750000, 36000000}; /* 1.05 to 1.20 of 30 s */
    for (size_t i = 0; i < 3; i++) {
        uint32_t session = registers("SEP001B54C12233", NEW);
        uint64_t from = b.now;
        b.random = draws[i];
        for (int k = 0; k < 5; k++) {
            run_to(b.now + 30 * SEC);
            say(session, SCCP_KEEP_ALIVE_REQ);
            from = b.now;
        }
        assert_false(b.closed[session]);
        run_to(from + after[i] - 1000);
        assert_false(b.closed[session]);
        run_to(from + after[i] + 1000);
        assert_true(b.closed[session]);
        assert_int_equal(device("SEP001B54C12233")->reason, CCM_KEEP_ALIVE);
    }
    assert_int_equal(device("SEP001B54C12233")->keep_alives, 15);
}

static void patience_ends(void **state)
{
    (void)state;
    uint32_t mute = call(), half = call();
    struct sccp_msg msg = hello("SEP001B54C12233", 22, NEW);
    tell(half, &msg);
    run_to(b.now + REGISTRAR_PATIENCE - 1);
    assert_false(b.closed[mute] || b.closed[half]);
    run_to(b.now + 1);
    assert_true(b.closed[mute] && b.closed[half]);
    assert_int_equal(device("SEP001B54C12233")->reason, CCM_NO_RESPONSE);
    assert_int_equal(registrar_deadline(b.r), UINT64_MAX);
}

/* ---- orders -------------------------------------------------------------------------- */

static void one_order(void **state)
{
    (void)state;
    static const enum registrar_reason reasons[] = {0, CCM_RESET, CCM_RESTART, CCM_APPLY_CONFIG};
    for (uint32_t order = 1; order <= 3; order++) {
        uint32_t session = registers("SEP001B54C12233", NEW);
        b.out_at[session] = b.out_len[session];
        registrar_order(b.r, (uint32_t[]){0}, 1, (enum sccp_reset)order, 0, b.now);
        struct sccp_msg msg = hears(session);
        assert_int_equal(msg.id, SCCP_RESET);
        assert_int_equal(msg.value, order);
        assert_int_equal(msg.version, 22);
        say(session, SCCP_UNREGISTER_REQ);
        assert_int_equal(hears(session).id, SCCP_UNREGISTER_ACK);
        assert_int_equal(device("SEP001B54C12233")->reason, reasons[order]);
    }
    registrar_order(b.r, (uint32_t[]){0, 7}, 2, SCCP_DO_RESET, 0, b.now); /* not registered */
    assert_int_equal(b.notes[TOLD_ORDERED], 3);
    assert_int_equal(b.notes[TOLD_MISSED], 1);
}

static void many_at_a_pace(void **state)
{
    (void)state;
    registers("SEP1", NEW);
    registers("SEP2", NEW);
    registers("SEP3", NEW);
    uint64_t from = b.now;
    registrar_order(b.r, (uint32_t[]){0, 1, 2}, 3, SCCP_DO_RESET, 2, b.now);
    assert_int_equal(b.notes[TOLD_ORDERED], 1);
    registrar_order(b.r, (uint32_t[]){2, 1}, 2, SCCP_DO_RESTART, 2, b.now); /* another word */
    assert_int_equal(registrar_waiting(b.r), 2);
    run_to(from + 499999);
    assert_int_equal(b.notes[TOLD_ORDERED], 1);
    run_to(from + 500000);
    assert_int_equal(b.notes[TOLD_ORDERED], 2);
    assert_string_equal(b.text[TOLD_ORDERED], "restart");
    registrar_cancel(b.r);
    run_to(from + 5 * SEC);
    assert_int_equal(b.notes[TOLD_ORDERED], 2);
    assert_int_equal(device("SEP3")->order, 0);
}

/* ---- harm ---------------------------------------------------------------------------- */

static void assert_bad(uint32_t session, const void *data, size_t len, uint32_t reason)
{
    unsigned before = b.notes[TOLD_BAD];
    registrar_data(b.r, session, data, len, b.now);
    assert_true(b.closed[session]);
    assert_int_equal(b.notes[TOLD_BAD], before + 1);
    assert_int_equal(b.value[TOLD_BAD], reason);
}

static void what_is_no_frame(void **state)
{
    (void)state;
    assert_bad(call(), "\xff\xff\xff\x7f", 4, CCM_SEQUENCE);
    assert_bad(call(), "\0\0\0\0", 4, CCM_SEQUENCE);
    assert_bad(call(), "\4\0\0\0\xff\0\0\0\0\0\0\0", 12, CCM_SEQUENCE);
    assert_bad(call(), "\4\0\0\0\0\0\0\0\x0e\0\0\0", 12, CCM_SEQUENCE); /* asks, unregistered */
    uint32_t session = registers("SEP001B54C12233", NEW);
    say(session, 0x4711);
    say(session, SCCP_REGISTER_ACK); /* nothing that a phone says */
    assert_int_equal(b.notes[TOLD_UNKNOWN], 2);
    assert_false(b.closed[session]);
}

static void a_flood_is_throttled(void **state)
{
    (void)state;
    uint32_t session = registers("SEP001B54C12233", NEW);
    b.now += 6 * SEC; /* what it said before is forgotten by now */
    for (int i = 0; i < REGISTRAR_FLOOD_EVENTS; i++) {
        say(session, SCCP_KEEP_ALIVE_REQ);
        b.out_len[session] = 0;
    }
    assert_false(b.closed[session]);
    b.now += SEC;
    say(session, SCCP_KEEP_ALIVE_REQ);
    assert_true(b.closed[session]);
    assert_int_equal(device("SEP001B54C12233")->reason, CCM_THROTTLED);
}

static void who_does_not_read_is_let_go(void **state)
{
    (void)state;
    uint32_t session = registers("SEP001B54C12233", NEW);
    b.full = true;
    say(session, SCCP_KEEP_ALIVE_REQ);
    assert_true(b.closed[session]);
    assert_int_equal(device("SEP001B54C12233")->reason, CCM_NO_RESPONSE);
    b.full = false;
    session = call();
    b.full = true;
    struct sccp_msg msg = hello("SEP001B54C12233", 22, NEW);
    tell(session, &msg); /* in the middle of being taken */
    assert_true(b.closed[session]);
}

static void sessions_are_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < SESSIONS; i++)
        assert_int_not_equal(call(), NO_SESSION);
    assert_int_equal(call(), NO_SESSION);
    registrar_closed(b.r, 3, b.now);
    assert_int_equal(call(), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        T(each_question_has_its_answer), T(old_phones),
        T(the_time),                     T(upgrades_are_seen),
        T(some_are_kept_out),            T(names_that_are_none),
        T(tokens),                       T(silence_ends_it_in_time),
        T(patience_ends),                T(one_order),
        T(many_at_a_pace),               T(what_is_no_frame),
        T(a_flood_is_throttled),         T(who_does_not_read_is_let_go),
        T(sessions_are_bounded),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
