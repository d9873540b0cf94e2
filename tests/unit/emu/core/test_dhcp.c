/* test_dhcp.c - a phone finds an address, and keeps it for as long as it may. */
#include "tests/unit/emu/core/dhcp_play.h"

static void a_discover_goes_out_when_the_boot_is_over(void **state)
{
    (void)state;
    static const uint8_t tail[] =
        "\x63\x82\x53\x63" "\x35\x01\x01" "\x3d\x07\x01\x08\x00\x27\x00\x27\xf8"
        "\x0c\x0f" "SEP0800270027F8" "\x3c\x26" "Cisco Systems, Inc. IP Phone CP-7961G\0"
        "\x37\x07\x01\x42\x06\x03\x0f\x96\x23\xff";
    struct bench *b = dhcp_new(true);
    uint8_t expected[DHCP_BUILT] = {1, 1, 6, 0};
    const struct bench_dhcp *d = dhcp_next(b, DHCP_DISCOVER);
    assert_int_equal(d->to, INADDR_BROADCAST);
    assert_in_range(d->msg.xid, 1, 0x4000);
    assert_int_equal(d->at, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD / 2);
    expected[6] = (uint8_t)(d->msg.xid >> 8);
    expected[7] = (uint8_t)d->msg.xid;
    expected[10] = 0x80;
    memcpy(expected + 28, "\x08\x00\x27\x00\x27\xf8", 6);
    memcpy(expected + 236, tail, sizeof tail - 1);
    assert_memory_equal(d->raw, expected, sizeof expected);
    assert_phone(b, PHONE_BOOT, "");
    play_free(b);
}

static void an_address_leads_to_the_configuration(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    uint32_t xid = dhcp_next(b, DHCP_DISCOVER)->msg.xid;
    dhcp_answers(b, DHCP_OFFER);
    play_for(b, DHCP_COLLECT - 1);
    dhcp_says_no_more(b);
    play_for(b, 1);
    const struct bench_dhcp *d = dhcp_next(b, DHCP_REQUEST);
    assert_int_equal(d->to, INADDR_BROADCAST);
    assert_int_equal(d->msg.xid, xid);
    assert_int_equal(d->msg.requested, inet_addr("192.168.7.33"));
    assert_int_equal(d->msg.server, inet_addr("192.168.7.2"));
    assert_int_equal(d->msg.ciaddr, 0);
    assert_int_equal(d->msg.flags, DHCP_BROADCAST);
    assert_memory_equal(d->raw + 240, "\x35\x01\x03\x32\x04\xc0\xa8\x07\x21\x36\x04\xc0\xa8\x07\x02"
                                      "\x3d\x07", 17);
    dhcp_answers(b, DHCP_ACK);
    static const uint8_t probe[] =
        "\xff\xff\xff\xff\xff\xff\x08\x00\x27\x00\x27\xf8\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"
        "\x08\x00\x27\x00\x27\xf8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xc0\xa8\x07\x21";
    assert_int_equal(b->frames, 1);
    assert_memory_equal(b->frame, probe, ARP_FRAME);
    play_for(b, DHCP_PROBE - 1);
    assert_int_equal(b->addressing, 0);
    play_for(b, 1);
    assert_int_equal(b->address.ip, inet_addr("192.168.7.33"));
    assert_int_equal(b->address.router, inet_addr("192.168.7.1"));
    assert_int_equal(b->address.prefix_len, 24);
    assert_phone(b, PHONE_BOOT, "");
    assert_int_equal(phone_status(b->phone)->ip, 0);
    assert_string_equal(b->requested, "");
    play_addressed(b);
    assert_false(b->dhcp_listens);
    assert_phone(b, PHONE_CONFIG, "");
    const struct phone_status *s = phone_status(b->phone);
    assert_int_equal(s->ip, inet_addr("192.168.7.33"));
    assert_int_equal(s->prefix_len, 24);
    assert_int_equal(s->router, inet_addr("192.168.7.1"));
    assert_int_equal(s->dhcp_server, inet_addr("192.168.7.2"));
    assert_int_equal(s->tftp_ip, SERVER_IP);
    assert_int_equal(s->tftp_by, TFTP_BY_OPTION_150);
    assert_int_equal(s->lease_end_us, d->at + 3600 * USEC_SEC);
    assert_int_equal(count_events(b, "\"event\":\"address\",\"ip\":\"192.168.7.33\",\"prefix\":24,"
                                     "\"router\":\"192.168.7.1\",\"server\":\"192.168.7.2\","
                                     "\"lease\":3600,\"tftp\":\"192.168.0.2\",\"by\":\"150\"}"), 1);
    assert_int_equal(count_log(b, "DLoad: TFTP Svr set by opt150"), 1);
    play_for(b, LIFE_BOOT_TIME); /* it upgrades, boots, and has none again */
    assert_phone(b, PHONE_BOOT, "");
    assert_int_equal(count_events(b, "\"event\":\"reboot\""), 1);
    assert_int_equal(b->address.ip, 0);
    play_for(b, LIFE_BOOT_SPREAD);
    dhcp_to_bound(b);
    assert_phone(b, PHONE_CONFIG, "");
    play_for(b, USEC_SEC);
    assert_phone(b, PHONE_IDLE, "");
    play_free(b);
}

static void silence_is_asked_again_more_and_more_seldom(void **state)
{
    (void)state;
    static const unsigned waits[] = {0, 4, 8, 16, 32, 64, 64, 64};
    struct bench *b = dhcp_new(true);
    usec at = b->now;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        play_for(b, waits[i] * USEC_SEC);
        at += waits[i] * USEC_SEC;
        const struct bench_dhcp *d = dhcp_next(b, DHCP_DISCOVER);
        dhcp_says_no_more(b);
        assert_int_equal(d->at, at);
        assert_int_equal(d->msg.secs, (at - b->dhcp[0].at) / USEC_SEC);
        assert_int_equal(d->msg.xid, b->dhcp[0].msg.xid);
        assert_phone(b, PHONE_BOOT, i < DHCP_TRIES ? "" : "DHCP timeout");
        assert_int_equal(count_events(b, "address-failed"), i < DHCP_TRIES ? 0 : 1);
    }
    dhcp_to_bound(b);
    assert_phone(b, PHONE_CONFIG, "");
    play_free(b);
}

static void waits_are_spread_by_a_second_either_way(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    for (uint32_t i = 0; i < 4; i++) {
        b->random = i % 2 ? UINT32_MAX : 0;
        play_for(b, 64 * USEC_SEC);
    }
    usec first = b->dhcp[6].at - b->dhcp[5].at, second = b->dhcp[7].at - b->dhcp[6].at;
    assert_in_range(first, 63 * USEC_SEC - 1, 65 * USEC_SEC);
    assert_in_range(second, 63 * USEC_SEC - 1, 65 * USEC_SEC);
    play_free(b);
}

static struct dhcp_message offer_from(const struct bench *b, uint8_t server)
{
    struct dhcp_message m = dhcp_answer(b, DHCP_OFFER);
    ((uint8_t *)&m.server)[3] = server;
    ((uint8_t *)&m.yiaddr)[3] = (uint8_t)(server + 100);
    m.tftp = (struct dhcp_list){0};
    return m;
}

static void the_best_offer_is_the_one_that_names_a_tftp_server_best(void **state)
{
    (void)state;
    static const struct {
        enum tftp_source by[4]; /* offers, in the order in which they come; NONE ends them too */
        uint8_t best;           /* which of them, from 1 */
    } table[] = {
        {{TFTP_BY_STATIC}, 1},
        {{TFTP_BY_STATIC, TFTP_BY_SIADDR, TFTP_BY_OPTION_66, TFTP_BY_OPTION_150}, 4},
        {{TFTP_BY_OPTION_150, TFTP_BY_OPTION_150, TFTP_BY_OPTION_66}, 1},
        {{TFTP_BY_SIADDR, TFTP_BY_OPTION_66, TFTP_BY_STATIC}, 2},
        {{TFTP_BY_STATIC, TFTP_BY_STATIC}, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench *b = dhcp_new(true);
        for (uint8_t k = 0; k < 4 && table[i].by[k] != TFTP_BY_NONE; k++) {
            struct dhcp_message m = offer_from(b, (uint8_t)(k + 1));
            if (table[i].by[k] == TFTP_BY_OPTION_150)
                m.tftp = (struct dhcp_list){1, {SERVER_IP}};
            if (table[i].by[k] == TFTP_BY_OPTION_66)
                snprintf(m.tftp_name, sizeof m.tftp_name, "192.168.0.2");
            if (table[i].by[k] == TFTP_BY_SIADDR)
                m.siaddr = SERVER_IP;
            dhcp_say(b, &m);
        }
        dhcp_next(b, DHCP_DISCOVER);
        play_for(b, DHCP_COLLECT);
        uint32_t server = dhcp_next(b, DHCP_REQUEST)->msg.server;
        assert_int_equal(((uint8_t *)&server)[3], table[i].best);
        play_free(b);
    }
}

static void another_server_is_remembered_as_long_as_the_lease(void **state)
{
    (void)state;
    for (uint8_t named = 1; named <= 2; named++) { /* which of two names a TFTP server */
        struct bench *b = dhcp_new(true);
        for (uint8_t k = 1; k <= 2; k++) {
            struct dhcp_message m = offer_from(b, k);
            m.siaddr = k == named ? SERVER_IP : 0;
            dhcp_say(b, &m);
            dhcp_say(b, &m); /* twice by the same one is no second */
            assert_int_equal(b->phone->dhcp.other != 0, k == 2);
        }
        assert_int_equal(((uint8_t *)&b->phone->dhcp.other)[3], 3 - named);
        play_free(b);
    }
}

static void late_offers_are_taken_at_once(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    play_for(b, DHCP_COLLECT + 1);
    dhcp_next(b, DHCP_DISCOVER);
    dhcp_answers(b, DHCP_OFFER);
    dhcp_next(b, DHCP_REQUEST);
    play_free(b);
}

static void a_request_without_answer_ends_in_a_new_search(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    dhcp_to_request(b);
    play_for(b, (4 + 8 + 16 + 32) * USEC_SEC);
    for (int i = 1; i < DHCP_REQUESTS; i++)
        dhcp_next(b, DHCP_REQUEST);
    const struct bench_dhcp *d = dhcp_next(b, DHCP_DISCOVER);
    assert_int_equal(d->msg.xid, b->dhcp[0].msg.xid + 1);
    dhcp_says_no_more(b);
    play_free(b);
}

/* A message from another server, or to another phone, does nothing. */
static void only_its_own_server_grants_and_refuses(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    dhcp_to_request(b);
    const enum dhcp_type types[] = {DHCP_ACK, DHCP_NAK};
    for (size_t i = 0; i < 2; i++) {
        struct dhcp_message m = dhcp_answer(b, types[i]);
        m.server = inet_addr("192.168.7.9");
        dhcp_say(b, &m);
        m = dhcp_answer(b, types[i]);
        m.xid++;
        dhcp_say(b, &m);
        m = dhcp_answer(b, types[i]);
        m.mac[5]++;
        dhcp_say(b, &m);
        m = dhcp_answer(b, types[i]);
        m.op = DHCP_BOOTREQUEST;
        dhcp_say(b, &m);
    }
    struct dhcp_message m = dhcp_answer(b, DHCP_ACK);
    m.yiaddr = inet_addr("192.168.7.34"); /* not what was offered */
    dhcp_say(b, &m);
    assert_int_equal(dhcp_of(b)->state, DHCP_REQUESTING);
    assert_int_equal(b->frames, 0);
    play_free(b);
}

static void a_refusal_is_waited_out(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    for (unsigned i = 0; i < 8; i++) {
        dhcp_to_request(b);
        struct dhcp_message nak = dhcp_answer(b, DHCP_NAK);
        snprintf(nak.said, sizeof nak.said, "wrong network");
        dhcp_say(b, &nak);
        assert_false(b->dhcp_listens);
        usec wait = DHCP_FIRST_WAIT << (i < 4 ? i : 4);
        play_for(b, wait - 1);
        dhcp_says_no_more(b);
        play_for(b, 1);
        dhcp_next(b, DHCP_DISCOVER);
    }
    assert_int_equal(count_log(b, "DHCP: server 192.168.7.2 refuses: wrong network"), 8);
    assert_int_equal(count_events(b, "\"event\":\"address-failed\",\"text\":\"DHCP timeout\"}"), 1);
    play_free(b);
}

static void somebody_has_the_address(void **state)
{
    (void)state;
    const uint32_t wanted = inet_addr("192.168.7.33"), other = inet_addr("192.168.7.34");
    const struct {
        enum arp_op op;
        uint32_t sender, target;
        bool taken;
    } table[] = {
        {ARP_REPLY, wanted, wanted, true},    {ARP_REQUEST, wanted, other, true},
        {ARP_REQUEST, 0, wanted, true}, /* it probes as we do */
        {ARP_REQUEST, other, wanted, false},  {ARP_REPLY, other, wanted, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench *b = dhcp_new(true);
        dhcp_to_request(b);
        dhcp_answers(b, DHCP_ACK);
        dhcp_arp_heard(b, table[i].op, 7, table[i].sender, table[i].target);
        phone_frame(b->phone, FRAME_ARP, b->frame, ARP_FRAME, b->now); /* our own, come back */
        if (!table[i].taken) {
            dhcp_says_no_more(b);
            play_for(b, DHCP_PROBE);
            assert_int_equal(b->address.ip, wanted);
            play_free(b);
            continue;
        }
        const struct bench_dhcp *d = dhcp_next(b, DHCP_DECLINE);
        assert_int_equal(d->msg.requested, wanted);
        assert_int_equal(d->msg.server, inet_addr("192.168.7.2"));
        assert_int_equal(d->msg.parameters.len + d->msg.vendor_class.len + d->msg.ciaddr, 0);
        assert_phone(b, PHONE_BOOT, "Duplicate IP");
        assert_int_equal(count_events(b, "\"text\":\"Duplicate IP\",\"ip\":\"192.168.7.33\"}"), 1);
        play_for(b, DHCP_DECLINED - 1);
        dhcp_says_no_more(b);
        play_for(b, 1);
        dhcp_next(b, DHCP_DISCOVER);
        dhcp_to_bound(b);
        assert_phone(b, PHONE_CONFIG, "");
        play_free(b);
    }
}

static void a_lease_is_renewed_at_half_its_time(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    play_name_load(b, OLD_LOAD, false);
    dhcp_to_bound(b);
    usec asked = b->dhcp[b->dhcp_count - 1].at;
    for (int i = 0; i < 3; i++) {
        play_for(b, asked + 1800 * USEC_SEC - 1 - b->now);
        dhcp_says_no_more(b);
        play_for(b, 1);
        const struct bench_dhcp *d = dhcp_next(b, DHCP_REQUEST);
        assert_int_equal(d->to, inet_addr("192.168.7.2"));
        assert_int_equal(d->msg.ciaddr, inet_addr("192.168.7.33"));
        assert_int_equal(d->msg.requested + d->msg.server, 0);
        assert_int_equal(d->msg.flags + d->msg.secs, 0);
        asked = d->at;
        play_for(b, 3 * USEC_SEC);
        dhcp_answers(b, DHCP_ACK);
        assert_false(b->dhcp_listens);
        assert_int_equal(phone_status(b->phone)->lease_end_us, asked + 3600 * USEC_SEC);
        assert_phone(b, PHONE_IDLE, "");
    }
    assert_int_equal(count_events(b, "\"event\":\"address\""), 4);
    assert_int_equal(count_events(b, "\"event\":\"boot\""), 1);
    assert_int_equal(b->frames, 1);
    play_free(b);
}

static void a_lease_that_nobody_renews_is_over(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    play_name_load(b, OLD_LOAD, false);
    dhcp_to_bound(b);
    usec asked = b->dhcp[b->dhcp_count - 1].at;
    /* 1800 at T1; half of what is left to T2 at 3150, then to the end, at least a minute. */
    static const struct {
        unsigned at;
        const char *to;
    } table[] = {{1800, "192.168.7.2"},  {2475, "192.168.7.2"},  {2812, "192.168.7.2"},
                 {2981, "192.168.7.2"},  {3065, "192.168.7.2"},  {3125, "192.168.7.2"},
                 {3150, "255.255.255.255"}, {3375, "255.255.255.255"},
                 {3487, "255.255.255.255"}, {3547, "255.255.255.255"}};
    play_for(b, asked + 3600 * USEC_SEC - 1 - b->now);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct bench_dhcp *d = dhcp_next(b, DHCP_REQUEST);
        assert_int_equal((d->at - asked) / USEC_SEC, table[i].at);
        assert_int_equal(d->to, inet_addr(table[i].to));
    }
    dhcp_says_no_more(b);
    assert_phone(b, PHONE_IDLE, "");
    play_for(b, 1);
    assert_phone(b, PHONE_BOOT, "");
    assert_int_equal(b->address.ip, 0);
    assert_int_equal(phone_status(b->phone)->ip, 0);
    assert_int_equal(phone_status(b->phone)->upgraded, 0);
    assert_int_equal(count_events(b, "\"event\":\"address-lost\",\"ip\":\"192.168.7.33\","
                                     "\"why\":\"its lease is over\"}"), 1);
    play_addressed(b);
    play_for(b, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD);
    assert_int_equal(dhcp_next(b, DHCP_DISCOVER)->msg.requested, 0);
    play_free(b);
}

/* It wakes when T1, T2 or all of the lease is over: it does what is due then. */
static void a_phone_that_stood_still_is_where_time_is(void **state)
{
    (void)state;
    static const struct {
        unsigned asleep_s;
        enum dhcp_state state;
    } table[] = {{1900, DHCP_RENEWING}, {3200, DHCP_REBINDING}, {3700, DHCP_OFF}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench *b = dhcp_new(false);
        play_name_load(b, OLD_LOAD, false);
        dhcp_to_bound(b);
        play_for(b, USEC_SEC);
        b->now += table[i].asleep_s * USEC_SEC;
        play_timers(b);
        assert_int_equal(dhcp_of(b)->state, table[i].state);
        play_free(b);
    }
}

static void another_server_may_renew_past_t2_only(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    play_name_load(b, OLD_LOAD, false);
    dhcp_to_bound(b);
    for (int past = 0; past < 2; past++) {
        play_for(b, b->dhcp[1].at + (past ? 3150 : 1800) * USEC_SEC - b->now);
        struct dhcp_message m = dhcp_answer(b, DHCP_ACK);
        m.server = inet_addr("192.168.7.9");
        dhcp_say(b, &m);
        assert_int_equal(dhcp_of(b)->state, past ? DHCP_BOUND : DHCP_RENEWING);
    }
    assert_int_equal(phone_status(b->phone)->dhcp_server, inet_addr("192.168.7.9"));
    play_free(b);
}

static void a_refused_renewal_is_the_end(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    play_name_load(b, OLD_LOAD, false);
    dhcp_to_bound(b);
    play_for(b, 1800 * USEC_SEC);
    dhcp_answers(b, DHCP_NAK);
    assert_phone(b, PHONE_BOOT, "");
    assert_int_equal(b->address.ip, 0);
    assert_int_equal(count_events(b, "\"why\":\"refused by a server\""), 1);
    play_free(b);
}

static void a_lease_that_is_over_before_it_begins_is_none(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(true);
    dhcp_to_request(b);
    struct dhcp_message m = dhcp_answer(b, DHCP_ACK);
    m.lease = 1;
    dhcp_say(b, &m);
    play_for(b, DHCP_PROBE);
    assert_int_equal(dhcp_of(b)->state, DHCP_INIT);
    assert_int_equal(b->addressing, 0);

    play_for(b, DHCP_FIRST_WAIT); /* and one that ends while the interface takes the address */
    dhcp_to_request(b);
    m = dhcp_answer(b, DHCP_ACK);
    m.lease = 2;
    dhcp_say(b, &m);
    play_for(b, DHCP_PROBE);
    assert_int_equal(dhcp_of(b)->state, DHCP_ADDRESSING);
    play_for(b, DHCP_PROBE);
    assert_int_equal(b->address.ip, 0);
    play_addressed(b);
    assert_phone(b, PHONE_BOOT, "");
    play_free(b);
}

/* For want of a socket: it says so, and then what it says when nobody answers. */
static void without_a_port_nobody_answers(void **state)
{
    (void)state;
    struct bench *b = play_new_model(MODEL, true);
    b->id.dhcp = true;
    b->id.ip = b->id.tftp_ip = 0;
    b->dhcp_error = -ENOTSUP;
    play_reborn(b);
    play_start(b);
    play_for(b, 3 * MINUTE);
    assert_phone(b, PHONE_BOOT, "DHCP timeout");
    assert_int_equal(count_log(b, "DHCP: its port cannot be opened"), 1);
    play_free(b);
}

static void a_lease_for_ever_is_never_renewed(void **state)
{
    (void)state;
    struct bench *b = dhcp_new(false);
    play_name_load(b, OLD_LOAD, false);
    dhcp_to_request(b);
    struct dhcp_message m = dhcp_answer(b, DHCP_ACK);
    m.lease = DHCP_FOR_EVER;
    dhcp_say(b, &m);
    play_for(b, DHCP_PROBE);
    play_addressed(b);
    b->dhcp_at = b->dhcp_count;
    play_for(b, 400ull * 86400 * USEC_SEC);
    dhcp_says_no_more(b);
    assert_int_equal(phone_status(b->phone)->lease_end_us, 0);
    assert_int_equal(count_events(b, "\"lease\":0"), 1);
    play_free(b);
}

static void the_servers_times_count_where_they_make_sense(void **state)
{
    (void)state;
    static const struct {
        uint32_t lease, renew, rebind;
        double t1, t2;
    } table[] = {{3600, 100, 200, 100, 200},      {3600, 3600, 3700, 1800, 3150},
                 {3600, 0, 600, 300, 600},        {3600, 3500, 0, 1800, 3150},
                 {3600, UINT32_MAX, 1, .5, 1},    {1, 0, 0, .5, .875},
                 {DHCP_FOR_EVER - 1, 0, 0, 2147483647, 3758096382.25}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct dhcp_message m = {.lease = table[i].lease, .renew = table[i].renew,
                                 .rebind = table[i].rebind};
        struct dhcp_lease l = dhcplease_of(&m, 7, &dhcplease_order);
        assert_int_equal(l.renew, 7 + (usec)(table[i].t1 * 1e6));
        assert_int_equal(l.rebind, 7 + (usec)(table[i].t2 * 1e6));
        assert_int_equal(l.end, 7 + table[i].lease * USEC_SEC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_discover_goes_out_when_the_boot_is_over),
        cmocka_unit_test(an_address_leads_to_the_configuration),
        cmocka_unit_test(silence_is_asked_again_more_and_more_seldom),
        cmocka_unit_test(waits_are_spread_by_a_second_either_way),
        cmocka_unit_test(the_best_offer_is_the_one_that_names_a_tftp_server_best),
        cmocka_unit_test(another_server_is_remembered_as_long_as_the_lease),
        cmocka_unit_test(late_offers_are_taken_at_once),
        cmocka_unit_test(a_request_without_answer_ends_in_a_new_search),
        cmocka_unit_test(only_its_own_server_grants_and_refuses),
        cmocka_unit_test(a_refusal_is_waited_out),
        cmocka_unit_test(somebody_has_the_address),
        cmocka_unit_test(a_lease_is_renewed_at_half_its_time),
        cmocka_unit_test(a_lease_that_nobody_renews_is_over),
        cmocka_unit_test(a_phone_that_stood_still_is_where_time_is),
        cmocka_unit_test(another_server_may_renew_past_t2_only),
        cmocka_unit_test(a_refused_renewal_is_the_end),
        cmocka_unit_test(a_lease_that_is_over_before_it_begins_is_none),
        cmocka_unit_test(without_a_port_nobody_answers),
        cmocka_unit_test(a_lease_for_ever_is_never_renewed),
        cmocka_unit_test(the_servers_times_count_where_they_make_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
