/* The phone as a station of its call managers, which are registrars: what it says to the byte, whom
 * it turns to, and what it is told.
 */
#include "tests/unit/emu/core/station_bench.h"

#define LOAD "SCCP41.9-4-2SR3-1S"

static struct bench *registered(const char *load, uint8_t managers)
{
    struct bench *b = bench_new(load, managers);
    station_begin(&b->station, &b->cnf);
    bench_for(b, USEC_SEC);
    assert_int_equal(b->station.state, STATION_REGISTERED);
    return b;
}

/* Message n that the station has said. */
static struct sccp_msg said(const struct bench *b, size_t n)
{
    const uint8_t *at = b->said;
    struct sccp_msg msg;
    for (;; n--) {
        int64_t size = sccp_frame_size(at, (size_t)(b->said + b->said_len - at));
        assert_true(size > 0);
        assert_null(sccp_decode(at, (size_t)size, &msg));
        if (n == 0)
            return msg;
        at += size;
    }
}

static void it_introduces_itself(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 1);
    static const uint32_t order[] = {
        SCCP_ALARM, SCCP_REGISTER_REQ, SCCP_HEADSET_STATUS, SCCP_BUTTON_TEMPLATE_REQ,
        SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_SET_REQ, SCCP_CONFIG_STAT_REQ,
        SCCP_LINE_STAT_REQ, SCCP_FORWARD_STAT_REQ, SCCP_REGISTER_AVAILABLE_LINES,
        SCCP_UPDATE_CAPABILITIES, SCCP_TIME_DATE_REQ,
    };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct sccp_msg msg = said(b, i);
        assert_int_equal(msg.id, order[i]);
        assert_int_equal(msg.version, i < 2 ? 0 : 22);
    }
    assert_string_equal(said(b, 0).text,
                        "25: Name=SEP001B54C12233 Load= 9.4(2SR3.1S) Last=Initialized");
    static const uint8_t hello[] = "\x80\0\0\0\0\0\0\0\1\0\0\0SEP001B54C12233\0\0\0\0\0\0\0\0\0"
                                   "\x0a\x6a\0\x0a\x42\x75\0\0\5\0\0\0\0\0\0\0\x16\0\x72\x85";
    uint8_t frame[SCCP_FRAME_MAX];
    struct sccp_msg msg = said(b, 1);
    assert_int_equal(sccp_encode(&msg, frame), 136);
    assert_memory_equal(frame, hello, sizeof hello - 1);
    assert_memory_equal(msg.mac, "\0\x1b\x54\xc1\x22\x33\0\0\0\0\0\0", 12);
    assert_string_equal(msg.load, LOAD);
    bench_free(b);
}

static void versions_follow_the_load(void **state)
{
    (void)state;
    static const struct {
        const char *load;
        uint8_t version;
    } known[] = {{LOAD, 22}, {"SCCP41.9-0-3S", 19}, {"SCCP41.9-3-1S", 19}, {"SCCP41.8-5-2S", 17},
                 {"SCCP41.8-4-1S", 11}, {"term61.default", 17}, {"SCCP41.10-1-1S", 22}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct bench *b = registered(known[i].load, 1);
        assert_int_equal(said(b, 1).protocol, known[i].version);
        assert_int_equal(bench_device(b, 0)->version, known[i].version);
        assert_string_equal(bench_device(b, 0)->load, known[i].load);
        bench_free(b);
    }
}

static void both_sides_agree(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 1);
    const struct registrar_device *d = bench_device(b, 0);
    assert_int_equal(d->state, DEVICE_REGISTERED);
    assert_string_equal(d->last_reset, "Initialized");
    assert_int_equal(d->type, 30018);
    assert_int_equal(d->ip, b->id.ip);
    assert_int_equal(b->status.registered, 1);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(0));
    assert_int_equal(bench_events(b, "\"registered\",\"manager\":\"10.0.0.1\",\"load\":\"" LOAD), 1);
    assert_true(bench_logged(b, "registered with load " LOAD ", call manager 10.0.0.1"));
    bench_for(b, 3600 * USEC_SEC);
    assert_int_equal(d->registrations, 1);
    assert_int_equal(d->keep_alives, 120);
    bench_free(b);
}

static void bytes_come_one_by_one(void **state)
{
    (void)state;
    struct bench *b = bench_new(LOAD, 1);
    b->piece = 1;
    station_begin(&b->station, &b->cnf);
    bench_for(b, USEC_SEC);
    assert_int_equal(b->station.state, STATION_REGISTERED);
    bench_free(b);
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    struct bench *b = bench_new(LOAD, 0);
    station_begin(&b->station, &b->cnf);
    assert_int_equal(station_deadline(&b->station), NEVER);
    assert_int_equal(b->log_count + b->event_count, 0);
    bench_free(b);
}

/* ---- lost managers ------------------------------------------------------------------- */

static void it_fails_over_and_falls_back(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 3);
    bench_for(b, 60 * USEC_SEC);
    b->managers[0].down = b->managers[1].down = true;
    bench_cut(b, b->station.mine);
    bench_for(b, USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(2));
    assert_string_equal(bench_device(b, 2)->last_reset, "CM-closed-TCP");
    assert_int_equal(bench_events(b, "\"unregistered\",\"manager\":\"10.0.0.1\",\"why\":"
                                     "\"CM-closed-TCP\""), 1);
    assert_int_equal(bench_device(b, 0)->reason, CCM_CONNECTIVITY);
    b->managers[1].down = false;
    b->managers[1].token_wait = 300;
    bench_for(b, STATION_FALL_BACK + 10 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(2)); /* it was told to wait */
    assert_int_equal(b->managers[1].notes[TOLD_TOKEN], 1);
    b->managers[1].token_wait = 0;
    bench_for(b, 200 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(2));
    bench_for(b, 120 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(1));
    assert_string_equal(bench_device(b, 1)->last_reset, "Failback");
    assert_int_equal(bench_device(b, 2)->state, DEVICE_UNREGISTERED);
    assert_int_equal(bench_device(b, 2)->reason, CCM_UNREGISTERED);
    b->managers[0].down = false;
    bench_for(b, STATION_FALL_BACK + USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(0));
    assert_string_equal(bench_device(b, 0)->alarm,
                        "18: Name=SEP001B54C12233 Load= 9.4(2SR3.1S) Last=Failback");
    bench_for(b, 3600 * USEC_SEC);
    assert_int_equal(bench_device(b, 0)->registrations, 2);
    bench_free(b);
}

static void silence_is_an_end_too(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 2);
    bench_for(b, 60 * USEC_SEC);
    b->managers[0].mute = true;
    bench_for(b, 80 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(0));
    bench_for(b, 40 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(1));
    assert_string_equal(bench_device(b, 1)->last_reset, "KeepaliveTO");
    assert_int_equal(bench_events(b, "\"unregistered\",\"manager\":\"10.0.0.1\",\"why\":"
                                     "\"KeepaliveTO\""), 1);
    bench_free(b);
}

/* Who takes nobody is asked later and later, and for ever. */
static void rounds_get_longer(void **state)
{
    (void)state;
    struct bench *b = bench_new(LOAD, 2);
    b->managers[0].down = true;
    b->managers[1].refuses = "Device Unknown";
    station_begin(&b->station, &b->cnf);
    bench_for(b, 1);
    assert_true(bench_logged(b, "Registration Rejected: call manager 10.0.0.2: registering: "
                                "Device Unknown"));
    assert_string_equal(b->status.screen.title, "Registration Rejected");
    assert_int_equal(bench_device(b, 1)->state, DEVICE_REJECTED);
    bench_for(b, 5 + 10 + 20 + 40 + 60 * 10 * USEC_SEC);
    assert_in_range(b->managers[1].notes[TOLD_REJECTED], 10, 16);
    b->managers[1].refuses = NULL;
    bench_for(b, 61 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(1));
    assert_string_equal(bench_device(b, 1)->last_reset, "Phone-Reg-Rej");
    assert_string_equal(b->status.screen.title, "");
    bench_free(b);
}

/* One that takes a phone and drops it at once, like its peer, is not called without end. */
static void a_flapping_pair_is_not_a_spin(void **state)
{
    (void)state;
    struct bench *b = bench_new(LOAD, 2);
    station_begin(&b->station, &b->cnf);
    for (int i = 0; i < 600; i++) {
        bench_for(b, USEC_SEC);
        if (b->station.state == STATION_REGISTERED)
            bench_cut(b, b->station.mine);
    }
    unsigned all = bench_device(b, 0)->registrations + bench_device(b, 1)->registrations;
    assert_in_range(all, 4, 40);
    bench_free(b);
}

/* ---- orders -------------------------------------------------------------------------- */

static void give(struct bench *b, enum sccp_reset order)
{
    registrar_order(b->managers[0].registrar, (uint32_t[]){0}, 1, order, 0, b->now);
    bench_settle(b);
}

static void a_reset_comes_after_leaving(void **state)
{
    (void)state;
    static const struct {
        enum sccp_reset order;
        const char *last;
        enum registrar_reason reason;
    } orders[] = {{SCCP_DO_RESET, "Reset-Reset", CCM_RESET},
                  {SCCP_DO_RESTART, "Reset-Restart", CCM_RESTART}};
    for (size_t i = 0; i < 2; i++) {
        struct bench *b = registered("SCCP41.9-4-2SR1-1S", 1);
        give(b, orders[i].order);
        assert_int_equal(b->station.state, STATION_OFF);
        assert_int_equal(station_order(&b->station), orders[i].order);
        assert_int_equal(station_order(&b->station), 0);
        assert_int_equal(bench_device(b, 0)->reason, orders[i].reason);
        snprintf(b->status.running, sizeof b->status.running, "%s", LOAD); /* an upgrade */
        station_begin(&b->station, &b->cnf);
        bench_for(b, USEC_SEC);
        assert_string_equal(bench_device(b, 0)->load, LOAD);
        assert_string_equal(bench_device(b, 0)->previous, "SCCP41.9-4-2SR1-1S");
        assert_string_equal(bench_device(b, 0)->last_reset, orders[i].last);
        assert_int_equal(bench_device(b, 0)->registrations, 2);
        bench_free(b);
    }
}

static void to_apply_it_stays(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 2);
    give(b, SCCP_DO_APPLY_CONFIG);
    assert_int_equal(station_order(&b->station), SCCP_DO_APPLY_CONFIG);
    b->status.state = PHONE_CONFIG;
    give(b, SCCP_DO_APPLY_CONFIG);
    give(b, SCCP_DO_RESTART);
    assert_int_equal(station_order(&b->station), 0); /* it is at it */
    b->status.state = PHONE_IDLE;
    station_begin(&b->station, &b->cnf); /* nothing new */
    assert_int_equal(b->station.state, STATION_REGISTERED);
    b->cnf.manager_count = 1;
    b->cnf.managers[0].ip = MANAGER_IP(2); /* somebody else's */
    station_begin(&b->station, &b->cnf);
    bench_for(b, USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(2));
    assert_int_equal(bench_device(b, 0)->state, DEVICE_UNREGISTERED);
    b->cnf.manager_count = 0;
    station_begin(&b->station, &b->cnf);
    bench_settle(b);
    assert_int_equal(b->station.state, STATION_OFF);
    assert_int_equal(bench_device(b, 2)->state, DEVICE_UNREGISTERED);
    bench_free(b);
}

/* ---- managers that mean harm --------------------------------------------------------- */

static void hears(struct bench *b, const void *data, size_t len)
{
    station_data(&b->station, CONN_MANAGER0 + b->station.mine, data, len);
}

static void an_unknown_id_resets_it(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 1);
    hears(b, "\4\0\0\0\0\0\0\0\x13\1\0\0", 12); /* ClearPromptStatus, of no concern */
    assert_int_equal(b->station.state, STATION_REGISTERED);
    hears(b, "\4\0\0\0\0\0\0\0\x87\0\1\0", 12);
    bench_settle(b);
    assert_true(bench_logged(b, "Invalid SCCP message! : ID :10087"));
    assert_int_equal(station_order(&b->station), SCCP_DO_RESET);
    bench_free(b);
}

static void what_is_no_frame_ends_it(void **state)
{
    (void)state;
    static const char *const bytes[] = {"\xff\xff\xff\xff\0\0\0\0\0\0\0\0",
                                        "\3\0\0\0\0\0\0\0\0\0\0\0",
                                        "\4\0\0\0\x17\0\0\0\0\1\0\0"};
    for (size_t i = 0; i < 3; i++) {
        struct bench *b = registered(LOAD, 1);
        hears(b, bytes[i], 12);
        assert_int_equal(b->station.state, STATION_WAITING);
        assert_true(bench_logged(b, "Invalid SCCP message! : "));
        bench_for(b, 20 * USEC_SEC);
        assert_int_equal(b->station.state, STATION_REGISTERED);
        assert_string_equal(bench_device(b, 0)->last_reset, "CM-aborted-TCP");
        bench_free(b);
    }
}

static void a_reset_out_of_range_is_none(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 1);
    hears(b, "\x8\0\0\0\0\0\0\0\x9f\0\0\0\4\0\0\0", 16);
    hears(b, "\x8\0\0\0\0\0\0\0\x9f\0\0\0\0\0\0\0", 16);
    assert_int_equal(b->station.state, STATION_REGISTERED);
    for (int i = 0; i < 10000; i++) /* once is enough */
        hears(b, "\x8\0\0\0\0\0\0\0\x9f\0\0\0\1\0\0\0", 16);
    assert_int_equal(bench_events(b, "\"reset\""), 1);
    bench_free(b);
}

/* An interval of nothing, or of years. */
static void intervals_are_bounded(void **state)
{
    (void)state;
    static const uint32_t named[] = {0, 1, 30, 4000000000u}, used[] = {5, 5, 30, 3600};
    for (size_t i = 0; i < 4; i++) {
        struct bench *b = bench_new(LOAD, 1);
        struct sccp_msg ack = {.id = SCCP_REGISTER_ACK, .seconds = named[i], .protocol = 22};
        uint8_t frame[SCCP_FRAME_MAX];
        size_t len = sccp_encode(&ack, frame);
        b->managers[0].mute = true;
        station_begin(&b->station, &b->cnf);
        bench_for(b, 1);
        assert_int_equal(b->station.state, STATION_REGISTERING);
        hears(b, frame, len);
        assert_int_equal(b->station.keepalive, used[i]);
        bench_free(b);
    }
}

/* Acknowledged, and then nothing: it asks without its buttons, and gives up in the end. */
static void a_mute_manager_is_left(void **state)
{
    (void)state;
    struct bench *b = bench_new(LOAD, 2);
    b->managers[0].mute = true;
    station_begin(&b->station, &b->cnf);
    bench_for(b, STATION_PATIENCE + 2 * USEC_SEC);
    assert_int_equal(b->status.manager_ip, MANAGER_IP(1));
    bench_free(b);
}

/* One that stood still says once that it is there, and not as often as it has not. */
static void it_stood_still(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 1);
    b->now = b->kit.now = b->now + 300 * USEC_SEC;
    station_timers(&b->station);
    assert_true(station_deadline(&b->station) > b->now);
    assert_int_equal(b->station.missed, 1);
    bench_free(b);
}

static void the_power_goes(void **state)
{
    (void)state;
    struct bench *b = registered(LOAD, 1);
    size_t said_len = b->said_len;
    registrar_closed(b->managers[0].registrar, b->pipe[0].session, b->now);
    b->pipe[0].manager = b->pipe[1].manager = -1;
    station_power_on(&b->station);
    assert_int_equal(b->station.state, STATION_OFF);
    assert_int_equal(b->said_len, said_len);
    station_begin(&b->station, &b->cnf);
    bench_for(b, USEC_SEC);
    assert_string_equal(bench_device(b, 0)->last_reset, "Initialized");
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_introduces_itself),
        cmocka_unit_test(versions_follow_the_load),
        cmocka_unit_test(both_sides_agree),
        cmocka_unit_test(bytes_come_one_by_one),
        cmocka_unit_test(without_a_manager_nothing_happens),
        cmocka_unit_test(it_fails_over_and_falls_back),
        cmocka_unit_test(silence_is_an_end_too),
        cmocka_unit_test(rounds_get_longer),
        cmocka_unit_test(a_flapping_pair_is_not_a_spin),
        cmocka_unit_test(a_reset_comes_after_leaving),
        cmocka_unit_test(to_apply_it_stays),
        cmocka_unit_test(an_unknown_id_resets_it),
        cmocka_unit_test(what_is_no_frame_ends_it),
        cmocka_unit_test(a_reset_out_of_range_is_none),
        cmocka_unit_test(intervals_are_bounded),
        cmocka_unit_test(a_mute_manager_is_left),
        cmocka_unit_test(it_stood_still),
        cmocka_unit_test(the_power_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
