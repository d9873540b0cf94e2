/* test_discovery.c - when a phone speaks to its switch, and what it learns from it. */
#include "emu/core/discovery.h"
#include "tests/unit/emu/core/frame_bench.h"

#define BOTH (1u << FRAME_CDP | 1u << FRAME_LLDP)

struct sent {
    enum frame_kind kind;
    usec at;
    size_t len;
    uint8_t frame[FRAME_MAX];
};

static struct scene {
    struct phone_identity id;
    struct cnf cnf;
    struct phone_status status;
    struct kit kit;
    struct discovery d;
    struct sent sent[64];
    size_t count;
    char said[8192]; /* console and events, a line each */
} s;

static void op_frame(void *ctx, enum frame_kind kind, const void *frame, size_t len)
{
    (void)ctx;
    assert_true(s.count < sizeof s.sent / sizeof *s.sent);
    assert_in_range(len, 14, FRAME_MAX);
    s.sent[s.count] = (struct sent){.kind = kind, .at = s.kit.now, .len = len};
    memcpy(s.sent[s.count++].frame, frame, len);
}

static void op_say(void *ctx, const char *line)
{
    (void)ctx;
    size_t used = strlen(s.said);
    snprintf(s.said + used, sizeof s.said - used, "%s\n", line);
}

static uint32_t op_random(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct phone_ops ops = {
    .frame_send = op_frame, .log = op_say, .event = op_say, .random = op_random};

/* A phone whose link is about to come up. */
static void scene_set(unsigned frames, const char *model)
{
    s = (struct scene){.id = {.name = "SEP001EF7289C8E", .frames = frames}};
    s.id.model = phone_model_find(model);
    s.kit = (struct kit){.ops = &ops, .id = &s.id};
    strcpy(s.status.running, LOAD);
    discovery_init(&s.d, &s.kit, &s.cnf, "lab.example", &s.status);
}

/* Lets time go by up to that moment, as a carrier does. */
static void until(usec then)
{
    for (usec at; (at = discovery_deadline(&s.d)) <= then;) {
        s.kit.now = at;
        discovery_advance(&s.d);
        assert_true(discovery_deadline(&s.d) > s.kit.now);
    }
    s.kit.now = then;
}

static void link_up(void)
{
    discovery_link_up(&s.d);
    discovery_advance(&s.d);
}

static void hear(enum frame_kind kind, const struct frame *f)
{
    discovery_frame(&s.d, kind, f->bytes, f->len);
    discovery_advance(&s.d);
}

static size_t count_sent(enum frame_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < s.count; i++)
        n += s.sent[i].kind == kind;
    return n;
}

static void forget(void)
{
    s.count = 0;
    *s.said = '\0';
}

static bool said(const char *text)
{
    return strstr(s.said, text) != NULL;
}

/* A LLDP frame's seconds to live. */
static unsigned ttl_of(const struct sent *f)
{
    return (unsigned)(f->frame[42] << 8 | f->frame[43]);
}

/* ---- what it says --------------------------------------------------------------------- */

static void two_triggers_follow_the_link_and_then_one_a_minute(void **state)
{
    static const usec expected[] = {430, 1430, 61430, 121430};
    (void)state;
    scene_set(1u << FRAME_CDP, "CP-7961G");
    link_up();
    until(130 * USEC_SEC);
    assert_int_equal(s.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s.sent[i].at, expected[i] * USEC_MS);
    const char *first = strstr(s.said, "Sending Trigger 2 on port 0");
    assert_non_null(first);
    const char *second = strstr(first + 1, "Sending Trigger 2 on port 0");
    assert_non_null(second);
    assert_null(strstr(second + 1, "Sending Trigger 2"));
}

static void its_name_has_the_domain_that_dhcp_named(void **state)
{
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(USEC_SEC);
    assert_int_equal(s.sent[0].kind, FRAME_LLDP);
    assert_non_null(memmem(s.sent[0].frame, s.sent[0].len, "\x0a\x1bSEP001EF7289C8E.lab.example", 29));
    assert_null(memmem(s.sent[1].frame, s.sent[1].len, "lab.example", 11)); /* CDP */
}

static void lldp_comes_twice_as_often(void **state)
{
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(1 * USEC_SEC + 430 * USEC_MS);
    assert_int_equal(count_sent(FRAME_LLDP), 2);
    until(61 * USEC_SEC + 430 * USEC_MS);
    assert_int_equal(count_sent(FRAME_LLDP), 4);
    assert_int_equal(count_sent(FRAME_CDP), 3);
}

static void without_sockets_there_is_nothing_to_do(void **state)
{
    (void)state;
    scene_set(1u << FRAME_ARP, "CP-7961G");
    link_up();
    assert_int_equal(discovery_deadline(&s.d), NEVER);
    struct frame f;
    cdp_reply(&f, 1, 77, 180);
    hear(FRAME_CDP, &f);
    assert_int_equal(s.status.voice_vlan, 0);
    assert_string_equal(s.said, "");
}

static void a_7960_speaks_no_lldp(void **state)
{
    (void)state;
    scene_set(BOTH, "CP-7960G");
    link_up();
    until(100 * USEC_SEC);
    assert_int_equal(count_sent(FRAME_LLDP), 0);
    assert_int_equal(count_sent(FRAME_CDP), 3);
}

static void a_configuration_silences_it_with_a_good_bye(void **state)
{
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(10 * USEC_SEC);
    forget();
    s.cnf.no_cdp = s.cnf.no_lldp = true;
    discovery_advance(&s.d);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.sent[0].kind, FRAME_LLDP);
    assert_int_equal(ttl_of(&s.sent[0]), 0);
    until(100 * USEC_SEC);
    assert_int_equal(s.count, 1);
    s.cnf.no_cdp = false;
    discovery_advance(&s.d);
    until(110 * USEC_SEC);
    assert_int_equal(count_sent(FRAME_CDP), 2);
}

/* To LLDP it is another neighbour from then on. */
static void a_new_address_is_told_at_once(void **state)
{
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(10 * USEC_SEC);
    forget();
    s.id.ip = inet_addr(ADDRESS);
    discovery_advance(&s.d);
    assert_int_equal(s.count, 3);
    assert_int_equal(ttl_of(&s.sent[0]), 0);
    assert_memory_equal(s.sent[0].frame + 18, "\0\0\0\0", 4);
    assert_int_equal(ttl_of(&s.sent[1]), 180);
    assert_memory_equal(s.sent[1].frame + 18, "\x0a\x6a\x00\x0a", 4);
    assert_int_equal(s.sent[2].kind, FRAME_CDP);
    discovery_advance(&s.d);
    assert_int_equal(s.count, 3);
}

static void a_reboot_takes_leave_and_begins_anew(void **state)
{
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(10 * USEC_SEC);
    struct frame f;
    cdp_reply(&f, 1, 77, 180);
    hear(FRAME_CDP, &f);
    forget();
    link_up();
    assert_int_equal(s.count, 1);
    assert_int_equal(ttl_of(&s.sent[0]), 0);
    assert_int_equal(s.status.voice_vlan, 0);
    until(13 * USEC_SEC);
    assert_int_equal(count_sent(FRAME_CDP), 2);
}

/* ---- what it learns ------------------------------------------------------------------- */

static void the_console_says_what_a_real_one_does(void **state)
{
    struct frame f;
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(2 * USEC_SEC);
    forget();
    cdp_reply(&f, 1, 77, 180);
    hear(FRAME_CDP, &f);
    assert_int_equal(s.status.voice_vlan, 77);
    assert_true(said("Received VVLan 77 VLan 1 ttl 180 on port 0 from Sweety"));
    assert_true(said("Best VLANs: 77, -4096"));
    assert_true(said("Selecting port 0, VVLAN 77 VLAN 1 ttl 180"));
    assert_true(said("frames stay untagged"));
    assert_true(said("\"event\":\"vlan\",\"voice\":77,\"by\":\"cdp\""));
    forget();
    hear(FRAME_CDP, &f);
    assert_string_equal(s.said, "");
}

static void what_was_told_is_over_with_its_time(void **state)
{
    struct frame f;
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(2 * USEC_SEC);
    cdp_reply(&f, 1, 77, 100);
    hear(FRAME_CDP, &f);
    until(60 * USEC_SEC);
    hear(FRAME_CDP, &f);
    until(160 * USEC_SEC - 1);
    assert_int_equal(s.status.voice_vlan, 77);
    until(160 * USEC_SEC);
    assert_int_equal(s.status.voice_vlan, 0);
    assert_true(said("\"voice\":0,\"by\":\"\""));
}

static void lldp_is_believed_before_cdp(void **state)
{
    struct frame f;
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(2 * USEC_SEC);
    cdp_reply(&f, 1, 77, 180);
    hear(FRAME_CDP, &f);
    lldp_reply(&f, 1, 88, 120);
    hear(FRAME_LLDP, &f);
    assert_int_equal(s.status.voice_vlan, 88);
    lldp_begin(&f, 2, 0); /* leaves, but is somebody else */
    ADD(&f, 0, 0);
    hear(FRAME_LLDP, &f);
    assert_int_equal(s.status.voice_vlan, 88);
    lldp_begin(&f, 1, 0);
    ADD(&f, 0, 0);
    hear(FRAME_LLDP, &f);
    assert_int_equal(s.status.voice_vlan, 77);
}

static void an_untagged_policy_overrules_cdp(void **state)
{
    struct frame f;
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(2 * USEC_SEC);
    cdp_reply(&f, 1, 77, 180);
    hear(FRAME_CDP, &f);
    lldp_reply(&f, 1, 4095, 120);
    hear(FRAME_LLDP, &f);
    assert_int_equal(s.status.voice_vlan, 0);
}

static void a_vlan_that_was_learned_is_told_by_lldp_at_once(void **state)
{
    struct frame f;
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(2 * USEC_SEC);
    forget();
    cdp_reply(&f, 1, 77, 180);
    hear(FRAME_CDP, &f);
    assert_int_equal(s.sent[0].kind, FRAME_LLDP);
    assert_int_equal(ttl_of(&s.sent[0]), 180); /* no good-bye: it is the same neighbour */
    assert_non_null(memmem(s.sent[0].frame, s.sent[0].len, "\x02\x01\x40\x9b\x6e", 5));
}

/* Frames at line rate, each with another VLAN: what it says of them is bounded by time. */
static void a_neighbour_that_cannot_decide_moves_it_once_a_second(void **state)
{
    struct frame f;
    size_t moves = 0;
    (void)state;
    scene_set(BOTH, "CP-7961G");
    link_up();
    until(2 * USEC_SEC);
    for (unsigned i = 0; i < 3000; i++) {
        until(2 * USEC_SEC + i * USEC_MS);
        cdp_reply(&f, 1, (uint16_t)(2 + i % 4000), 180);
        uint16_t before = s.status.voice_vlan;
        hear(FRAME_CDP, &f);
        moves += s.status.voice_vlan != before;
    }
    assert_int_equal(moves, 3);
    assert_true(s.count < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_triggers_follow_the_link_and_then_one_a_minute),
        cmocka_unit_test(its_name_has_the_domain_that_dhcp_named),
        cmocka_unit_test(lldp_comes_twice_as_often),
        cmocka_unit_test(without_sockets_there_is_nothing_to_do),
        cmocka_unit_test(a_7960_speaks_no_lldp),
        cmocka_unit_test(a_configuration_silences_it_with_a_good_bye),
        cmocka_unit_test(a_new_address_is_told_at_once),
        cmocka_unit_test(a_reboot_takes_leave_and_begins_anew),
        cmocka_unit_test(the_console_says_what_a_real_one_does),
        cmocka_unit_test(what_was_told_is_over_with_its_time),
        cmocka_unit_test(lldp_is_believed_before_cdp),
        cmocka_unit_test(an_untagged_policy_overrules_cdp),
        cmocka_unit_test(a_vlan_that_was_learned_is_told_by_lldp_at_once),
        cmocka_unit_test(a_neighbour_that_cannot_decide_moves_it_once_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
