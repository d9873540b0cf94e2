/* test_dhcp_hostile.c - servers and stations that mean harm, or are set up wrongly: a phone passes
 * over what they say, says so in few words, and goes on.
 */
#include "tests/unit/emu/core/dhcp_play.h"

static uint32_t ip(const char *text)
{
    return inet_addr(text);
}

/* What no host could live by. */
static const struct {
    const char *what;
    const char *yiaddr, *mask, *router, *server; /* NULL: as a good server has it */
    bool no_lease;
} bad[] = {
    {"no host can have that address", "0.0.0.0", NULL, NULL, NULL, false},
    {"no host can have that address", "255.255.255.255", NULL, NULL, NULL, false},
    {"no host can have that address", "224.0.0.5", NULL, NULL, NULL, false},
    {"no host can have that address", "127.0.0.1", NULL, NULL, NULL, false},
    {"no host can have that address", "0.1.2.3", NULL, NULL, NULL, false},
    {"that address is the subnet's, no host's", "192.168.7.0", NULL, NULL, NULL, false},
    {"that address is the subnet's, no host's", "192.168.7.255", NULL, NULL, NULL, false},
    {"its subnet mask is none", NULL, "0.0.0.0", NULL, NULL, false},
    {"its subnet mask is none", NULL, "255.0.255.0", NULL, NULL, false},
    {"its subnet mask is none", NULL, "255.255.255.255", NULL, NULL, false},
    {"the router has that address", NULL, NULL, "192.168.7.33", NULL, false},
    {"its router is on another subnet", NULL, NULL, "10.0.0.1", NULL, false},
    {"it does not say whose it is", NULL, NULL, NULL, "0.0.0.0", false},
    {"it does not say whose it is", NULL, NULL, NULL, "255.255.255.255", false},
    {"it does not say for how long", NULL, NULL, NULL, NULL, true},
};
#define BAD (sizeof bad / sizeof *bad)

static struct dhcp_message bad_answer(const struct bench *b, size_t i, enum dhcp_type type)
{
    struct dhcp_message m = dhcp_answer(b, type);
    m.yiaddr = bad[i].yiaddr ? ip(bad[i].yiaddr) : m.yiaddr;
    m.mask = bad[i].mask ? ip(bad[i].mask) : m.mask;
    m.routers.at[0] = bad[i].router ? ip(bad[i].router) : m.routers.at[0];
    m.server = bad[i].server ? ip(bad[i].server) : m.server;
    m.lease = bad[i].no_lease ? 0 : m.lease;
    return m;
}

static void a_bad_offer_is_passed_over_for_a_good_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAD; i++) {
        struct bench *b = dhcp_new(true);
        struct dhcp_message m = bad_answer(b, i, DHCP_OFFER);
        for (int k = 0; k < 1000; k++)
            dhcp_say(b, &m);
        assert_int_equal(count_log(b, "DHCP: passes over"), 1);
        assert_int_equal(count_log(b, bad[i].what), 1);
        dhcp_answers(b, DHCP_OFFER);
        play_for(b, DHCP_COLLECT);
        dhcp_next(b, DHCP_DISCOVER);
        assert_int_equal(dhcp_next(b, DHCP_REQUEST)->msg.requested, ip("192.168.7.33"));
        play_free(b);
    }
}

/* The server changes its mind: what it grants nobody can use. */
static void a_bad_grant_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAD; i++) {
        struct bench *b = dhcp_new(true);
        dhcp_to_request(b);
        struct dhcp_message m = bad_answer(b, i, DHCP_ACK);
        dhcp_say(b, &m);
        assert_int_equal(dhcp_of(b)->state, DHCP_REQUESTING);
        assert_int_equal(b->frames, 0);
        play_free(b);
    }
}

static void a_bad_renewal_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAD; i++) {
        struct bench *b = dhcp_new(false);
        play_name_load(b, OLD_LOAD, false);
        dhcp_to_bound(b);
        play_for(b, 1800 * USEC_SEC);
        struct dhcp_message m = bad_answer(b, i, DHCP_ACK);
        dhcp_say(b, &m);
        assert_int_equal(dhcp_of(b)->state, DHCP_RENEWING);
        dhcp_answers(b, DHCP_ACK);
        assert_int_equal(dhcp_of(b)->state, DHCP_BOUND);
        play_free(b);
    }
}

/* Of thousands one is kept, nothing is sent for any, and the log does not grow with them. */
static void a_flood_of_offers_costs_nothing(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    size_t lines = b->log_count;
    for (uint32_t i = 0; i < 20000; i++) {
        struct dhcp_message m = dhcp_answer(b, i % 3 ? DHCP_OFFER : DHCP_ACK);
        m.server = htonl(0x0a000001 + i);
        m.yiaddr = htonl(0xc0a80702 + i % 200);
        dhcp_say(b, &m);
    }
    assert_int_equal(b->dhcp_count, 1);
    assert_in_range(b->log_count, lines, lines + 1);
    play_for(b, DHCP_COLLECT);
    assert_int_equal(b->dhcp_count, 2);
    assert_int_equal(b->dhcp[1].msg.server, htonl(0x0a000002)); /* the first that was an OFFER */
    play_free(b);
}

/* For an hour, and each word at once. */
static void endless_refusals_are_answered_ever_more_seldom(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    usec until = b->now + 3600 * USEC_SEC;
    while (b->now < until) {
        enum dhcp_state at = dhcp_of(b)->state;
        if (at == DHCP_SELECTING || at == DHCP_REQUESTING)
            dhcp_answers(b, at == DHCP_SELECTING ? DHCP_OFFER : DHCP_NAK);
        play_for(b, USEC_SEC);
    }
    assert_in_range(b->dhcp_count, 2 * 3600 / 70, 2 * (3600 / 64 + DHCP_TRIES));
    assert_phone(b, PHONE_BOOT, "DHCP timeout");
    dhcp_to_bound(b);
    play_free(b);
}

static void endless_conflicts_are_answered_ever_more_seldom(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    usec until = b->now + 3600 * USEC_SEC;
    for (; b->now < until; play_for(b, USEC_SEC)) {
        enum dhcp_state at = dhcp_of(b)->state;
        if (at == DHCP_SELECTING || at == DHCP_REQUESTING)
            dhcp_answers(b, at == DHCP_SELECTING ? DHCP_OFFER : DHCP_ACK);
        if (dhcp_of(b)->state == DHCP_PROBING)
            dhcp_arp_heard(b, ARP_REPLY, 7, ip("192.168.7.33"), ip("192.168.7.33"));
    }
    assert_in_range(b->frames, 3600 / 70, 3600 / 64 + DHCP_TRIES);
    assert_phone(b, PHONE_BOOT, "Duplicate IP");
    play_free(b);
}

/* One byte wrong, or cut, anywhere in a good answer: as if nothing had come, or as good. */
static void answers_are_cut_and_flipped_anywhere(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
    uint8_t good[DHCP_BUILT];
    assert_int_equal(dhcpwire_build(&m, good), DHCP_BUILT);
    for (size_t i = 0; i < 330; i++) {
        uint8_t *cut = malloc(i ? i : 1), *flipped = malloc(sizeof good);
        memcpy(cut, good, i);
        memcpy(flipped, good, sizeof good);
        flipped[i] ^= (uint8_t)(1 << i % 8);
        dhcp_raw(b, cut, i);
        dhcp_raw(b, flipped, sizeof good);
        flipped[i] = 0xff;
        dhcp_raw(b, flipped, sizeof good);
        free(cut);
        free(flipped);
    }
    assert_int_equal(b->dhcp_count, 1);
    play_free(b);
}

static void frames_that_are_no_arp_do_nothing(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    dhcp_to_request(b);
    dhcp_answers(b, DHCP_ACK);
    uint8_t frame[ARP_FRAME];
    const uint8_t other[6] = {2, 0, 0, 0, 0, 9};
    arp_build(ARP_REPLY, other, ip("192.168.7.33"), ip("192.168.7.33"), frame);
    for (size_t len = 0; len < sizeof frame; len++)
        phone_frame(b->phone, FRAME_ARP, frame, len, b->now);
    static const uint8_t head[] = {12, 13, 14, 15, 16, 17, 18, 19, 20, 21};
    for (size_t i = 0; i < sizeof head; i++) {
        frame[head[i]] ^= 0x40;
        phone_frame(b->phone, FRAME_ARP, frame, sizeof frame, b->now);
        frame[head[i]] ^= 0x40;
    }
    assert_int_equal(dhcp_of(b)->state, DHCP_PROBING);
    phone_frame(b->phone, FRAME_ARP, frame, sizeof frame, b->now);
    assert_int_equal(dhcp_of(b)->state, DHCP_INIT);
    play_free(b);
}

/* What a server of a DHCP message's words can do to a log, a status or an event line. */
static void words_of_a_server_are_shown_as_text(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
    m.tftp = (struct dhcp_list){0};
    memset(m.tftp_name, 'x', sizeof m.tftp_name - 1);
    memcpy(m.tftp_name, "a\"\\", 3);
    memset(m.domain, '<', sizeof m.domain - 1);
    dhcp_say(b, &m);
    play_for(b, DHCP_COLLECT);
    m.type = DHCP_ACK;
    dhcp_say(b, &m);
    play_for(b, DHCP_PROBE);
    play_addressed(b);
    assert_int_equal(count_events(b, "\"name\":\"a\\\"\\\\xxx"), 1);
    assert_phone(b, PHONE_FAILED, "DNS unknown host");
    assert_int_equal(strlen(phone_status(b->phone)->status_file), DHCP_NAME - 1);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_offer_is_passed_over_for_a_good_one),
        cmocka_unit_test(a_bad_grant_is_none),
        cmocka_unit_test(a_bad_renewal_is_none),
        cmocka_unit_test(a_flood_of_offers_costs_nothing),
        cmocka_unit_test(endless_refusals_are_answered_ever_more_seldom),
        cmocka_unit_test(endless_conflicts_are_answered_ever_more_seldom),
        cmocka_unit_test(answers_are_cut_and_flipped_anywhere),
        cmocka_unit_test(frames_that_are_no_arp_do_nothing),
        cmocka_unit_test(words_of_a_server_are_shown_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
