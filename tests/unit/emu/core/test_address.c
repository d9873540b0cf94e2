/* test_address.c - what becomes of a phone by what its DHCP client tells it: which TFTP server it
 * asks, and what it breaks off when its address is lost.
 */
#include "tests/unit/emu/core/dhcp_play.h"

#define FIRST_SERVER  inet_addr("192.168.0.2")
#define SECOND_SERVER inet_addr("192.168.0.3")

/* Bound by that answer, changed by the test. */
static void bind_by(struct bench *b, const struct dhcp_message *answer)
{
    struct dhcp_message m = *answer;
    m.type = DHCP_OFFER;
    dhcp_say(b, &m);
    play_for(b, DHCP_COLLECT);
    m.type = DHCP_ACK;
    dhcp_say(b, &m);
    play_for(b, DHCP_PROBE);
    play_addressed(b);
}

static void a_server_is_named_by_150_then_66_then_siaddr(void **state)
{
    (void)state;
    static const struct {
        const char *tftp[2], *name, *siaddr;
        const char *asked, *second, *line;
        enum tftp_source by;
    } table[] = {
        {{"10.1.0.1", "10.1.0.2"}, "10.1.0.3", "10.1.0.4", "10.1.0.1", "10.1.0.2",
         "DLoad: TFTP Svr set by opt150", TFTP_BY_OPTION_150},
        {{"10.1.0.1", "10.1.0.1"}, "", "10.1.0.4", "10.1.0.1", "0.0.0.0",
         "DLoad: TFTP Svr set by opt150", TFTP_BY_OPTION_150},
        {{"0.0.0.0", "255.255.255.255"}, "10.1.0.3", "10.1.0.4", "10.1.0.3", "0.0.0.0",
         "DLoad: TFTP Svr set by opt66", TFTP_BY_OPTION_66},
        {{NULL, NULL}, "10.1.0.3", "10.1.0.4", "10.1.0.3", "0.0.0.0",
         "DLoad: TFTP Svr set by opt66", TFTP_BY_OPTION_66},
        {{NULL, NULL}, "tftp.lab.example", "10.1.0.4", "10.1.0.4", "0.0.0.0",
         "DLoad: opt66 names the host tftp.lab.example, which is not resolved", TFTP_BY_SIADDR},
        {{NULL, NULL}, "", "10.1.0.4", "10.1.0.4", "0.0.0.0", "DLoad: TFTP Svr set by siaddr",
         TFTP_BY_SIADDR},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench *b = dhcp_new(true);
        struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
        m.tftp.count = table[i].tftp[0] ? 2 : 0;
        for (int k = 0; k < m.tftp.count; k++)
            m.tftp.at[k] = inet_addr(table[i].tftp[k]);
        snprintf(m.tftp_name, sizeof m.tftp_name, "%s", table[i].name);
        m.siaddr = inet_addr(table[i].siaddr);
        bind_by(b, &m);
        assert_int_equal(b->asked_ip, inet_addr(table[i].asked));
        assert_int_equal(phone_status(b->phone)->tftp_ip, inet_addr(table[i].asked));
        assert_int_equal(phone_status(b->phone)->tftp_by, table[i].by);
        assert_int_equal(dhcp_of(b)->lease.tftp[1], inet_addr(table[i].second));
        assert_int_equal(count_log(b, table[i].line), 1);
        play_free(b);
    }
}

/* A phone may be told another precedence, and to leave one out. */
static void the_precedence_is_a_setting(void **state)
{
    (void)state;
    static const struct {
        struct tftp_order order;
        enum tftp_source by;
        const char *asked;
    } table[] = {
        {{{TFTP_BY_SIADDR, TFTP_BY_OPTION_150, TFTP_BY_OPTION_66}}, TFTP_BY_SIADDR, "10.1.0.4"},
        {{{TFTP_BY_OPTION_66}}, TFTP_BY_OPTION_66, "10.1.0.3"},
        {{{TFTP_BY_NONE}}, TFTP_BY_OPTION_150, "10.1.0.1"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench *b = dhcp_new(true);
        b->id.tftp_order = table[i].order;
        play_reborn(b);
        b->dhcp_listens = false;
        play_start(b);
        play_for(b, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD);
        struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
        snprintf(m.tftp_name, sizeof m.tftp_name, "10.1.0.3");
        m.tftp = (struct dhcp_list){1, {inet_addr("10.1.0.1")}};
        m.siaddr = inet_addr("10.1.0.4");
        bind_by(b, &m);
        assert_int_equal(phone_status(b->phone)->tftp_by, table[i].by);
        assert_int_equal(b->asked_ip, inet_addr(table[i].asked));
        play_free(b);
    }
}

static void without_a_server_it_would_ask_for_a_name(void **state)
{
    (void)state;
    static const struct {
        const char *named, *file;
    } table[] = {{"", "CiscoCM1"}, {"tftp.lab.example", "tftp.lab.example"},
                 {"10.1.2", "10.1.2"}, {"255.255.255.255", "CiscoCM1"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench *b = dhcp_new(true);
        struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
        m.tftp.count = 0;
        snprintf(m.tftp_name, sizeof m.tftp_name, "%s", table[i].named);
        bind_by(b, &m);
        assert_phone(b, PHONE_FAILED, "DNS unknown host");
        assert_string_equal(phone_status(b->phone)->status_file, table[i].file);
        assert_int_equal(phone_status(b->phone)->tftp_by, TFTP_BY_NONE);
        assert_string_equal(b->requested, "");
        play_free(b);
    }
}

static void a_silent_first_server_leads_to_the_second(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    b->server_down = true; /* whoever is asked */
    dhcp_to_bound(b);
    assert_int_equal(b->asked_ip, FIRST_SERVER);
    for (int i = 0; i < 60 && b->asked_ip == FIRST_SERVER; i++)
        play_for(b, USEC_SEC);
    assert_int_equal(b->asked_ip, SECOND_SERVER);
    b->server_down = false;
    assert_int_equal(count_requests(b, "CTLSEP0800270027F8.tlv"), TFTP_MAY_TRIES + 1);
    assert_int_equal(phone_status(b->phone)->tftp_ip, SECOND_SERVER);
    assert_int_equal(count_events(b, "\"event\":\"tftp-server\",\"ip\":\"192.168.0.3\""), 1);
    while (phone_status(b->phone)->state == PHONE_CONFIG ||
           phone_status(b->phone)->state == PHONE_UPGRADE) {
        assert_int_equal(b->asked_ip, SECOND_SERVER);
        play_for(b, USEC_MS);
    }
    assert_phone(b, PHONE_BOOT, "");
    play_for(b, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD); /* and after the boot the first again */
    dhcp_to_bound(b);
    assert_int_equal(b->asked_ip, FIRST_SERVER);
    play_free(b);
}

/* In the middle of a load, by PFS and without. */
static void a_server_that_falls_silent_leads_to_the_second(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = dhcp_new(pfs);
        dhcp_to_bound(b);
        while (!b->downloading || b->download.len < 4096)
            play_for(b, 100);
        assert_int_equal(b->asked_ip, FIRST_SERVER);
        b->server_down = true;
        while (b->asked_ip == FIRST_SERVER)
            play_for(b, USEC_SEC);
        assert_int_equal(b->asked_ip, SECOND_SERVER);
        assert_int_equal(b->download.len, 0);
        assert_phone(b, PHONE_UPGRADE, "");
        b->server_down = false;
        play_for(b, 600 * USEC_SEC);
        assert_int_equal(count_events(b, "\"event\":\"reboot\""), 1);
        play_free(b);
    }
}

static void two_silent_servers_end_the_boot(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    b->server_down = true;
    dhcp_to_bound(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "TFTP timeout");
    assert_int_equal(count_events(b, "\"event\":\"tftp-server\""), 1);
    play_free(b);
}

/* A load server is nobody's second. */
static void a_load_server_has_no_second(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    bench_put_text(b->server, OWN_FILE,
                   "<device><loadInformation>" NEW_LOAD "</loadInformation><vendorConfig>"
                   "<loadServer>10.9.9.9</loadServer></vendorConfig></device>");
    dhcp_to_bound(b);
    while (b->asked_ip == FIRST_SERVER)
        play_for(b, 10);
    assert_int_equal(b->asked_ip, inet_addr("10.9.9.9"));
    b->server_down = true;
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "TFTP timeout");
    assert_int_equal(count_events(b, "\"event\":\"tftp-server\""), 0);
    play_free(b);
}

static void a_lost_lease_breaks_an_upgrade_off(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
    m.lease = 30;
    bind_by(b, &m);
    play_until(b, PFS_ROOT_WAIT, b->now + MINUTE);
    assert_true(b->listening);
    play_for(b, 30 * USEC_SEC);
    assert_phone(b, PHONE_BOOT, "");
    assert_false(b->listening || b->downloading);
    assert_int_equal(b->address.ip, 0);
    assert_state(b, PFS_OFF);
    assert_string_equal(phone_status(b->phone)->screen.title, "");
    assert_int_equal(count_events(b, "\"event\":\"address-lost\""), 1);
    assert_int_equal(phone_status(b->phone)->lease_end_us, 0);
    assert_int_equal(phone_status(b->phone)->dhcp_server, 0);
    play_free(b);
}

/* A reset gives the address up, and says so to no server; an answer to what was asked before it
 * comes too late. */
static void a_reset_asks_anew_and_releases_nothing(void **state)
{
    (void)state;
    for (int at = 0; at < 4; at++) {
        struct bench *b = dhcp_new(true);
        if (at > 0)
            dhcp_to_request(b);
        if (at > 1)
            dhcp_answers(b, DHCP_ACK);
        if (at > 2)
            play_for(b, DHCP_PROBE);
        size_t sent = b->dhcp_count;
        play_start(b);
        assert_int_equal(b->dhcp_count, sent);
        assert_int_equal(b->address.ip, 0);
        assert_false(b->dhcp_listens);
        play_addressed(b);
        dhcp_arp_heard(b, ARP_REPLY, 7, inet_addr("192.168.7.33"), inet_addr("192.168.7.33"));
        assert_phone(b, PHONE_BOOT, "");
        b->dhcp_at = b->dhcp_count;
        play_for(b, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD);
        dhcp_next(b, DHCP_DISCOVER);
        play_free(b);
    }
}

/* Its status tells of its address as well, and of nothing else. */
static void one_by_hand_has_its_address_from_the_first_moment(void **state)
{
    (void)state;
    struct bench *b = play_new();
    b->id.prefix_len = 16;
    play_reborn(b);
    play_start(b);
    const struct phone_status *s = phone_status(b->phone);
    assert_int_equal(s->ip, OWN_IP);
    assert_int_equal(s->prefix_len, 16);
    assert_int_equal(s->tftp_ip, SERVER_IP);
    assert_int_equal(s->tftp_by, TFTP_BY_STATIC);
    assert_int_equal(s->dhcp_server + s->lease_end_us, 0);
    play_for(b, MINUTE);
    assert_int_equal(b->dhcp_count + b->addressing + b->frames, 0);
    assert_int_equal(count_events(b, "address"), 0);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_is_named_by_150_then_66_then_siaddr),
        cmocka_unit_test(the_precedence_is_a_setting),
        cmocka_unit_test(without_a_server_it_would_ask_for_a_name),
        cmocka_unit_test(a_silent_first_server_leads_to_the_second),
        cmocka_unit_test(a_server_that_falls_silent_leads_to_the_second),
        cmocka_unit_test(two_silent_servers_end_the_boot),
        cmocka_unit_test(a_load_server_has_no_second),
        cmocka_unit_test(a_lost_lease_breaks_an_upgrade_off),
        cmocka_unit_test(a_reset_asks_anew_and_releases_nothing),
        cmocka_unit_test(one_by_hand_has_its_address_from_the_first_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
