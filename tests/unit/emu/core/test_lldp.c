/* test_lldp.c - frames of LLDP-MED: what a phone says, byte by byte, and when it believes a switch.
 */
#include "tests/unit/emu/core/frame_bench.h"

/* ---- what a phone says ---------------------------------------------------------------- */

/* Taken from voiphopper, which has it from a real 7971: but for the domain behind its name, and the
 * end of the serial number. */
static void a_7971_says_what_a_real_one_does(void **state)
{
    static const uint8_t expected[] =
        "\x01\x80\xc2\x00\x00\x0e\x00\x1e\xf7\x28\x9c\x8e\x88\xcc"
        "\x02\x06\x05\x01\x00\x00\x00\x00"
        "\x04\x10\x07" "001EF7289C8E:P1"
        "\x06\x02\x00\x78"
        "\x08\x07" "SW PORT"
        "\x0a\x0f" "SEP001EF7289C8E"
        "\x0e\x04\x00\x24\x00\x24"
        "\xfe\x09\x00\x12\x0f\x01\x03\x80\x36\x00\x1e"
        "\xfe\x07\x00\x12\xbb\x01\x00\x33\x03"
        "\xfe\x08\x00\x12\xbb\x02\x01\x80\x01\x20"
        "\xfe\x08\x00\x12\xbb\x02\x02\x80\x01\x20"
        "\xfe\x07\x00\x12\xbb\x04\x50\x00\x95"
        "\xfe\x05\x00\x12\xbb\x05" "3"
        "\xfe\x18\x00\x12\xbb\x06" "7971_020706_cert.bin"
        "\xfe\x14\x00\x12\xbb\x07" "SCCP70.8-3-3SR2S"
        "\xfe\x0f\x00\x12\xbb\x08" "FCH12019C8E"
        "\xfe\x17\x00\x12\xbb\x09" "Cisco Systems, Inc."
        "\xfe\x0f\x00\x12\xbb\x0a" "CP-7971G-GE"
        "\x00\x00";
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7971G-GE", "SCCP70.8-3-3SR2S");
    assert_int_equal(lldp_build(&a, frame, sizeof frame), sizeof expected - 1);
    assert_memory_equal(frame, expected, sizeof expected - 1);
}

#define HAS(bytes) (memmem(frame, len, bytes, sizeof(bytes) - 1) != NULL)

/* As genieparser has it, of a 7962 with 9-3-1ES27S and VLAN 10. */
static void a_newer_load_says_more_of_itself(void **state)
{
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7962G", "SCCP42.9-3-1ES27S");
    a.ip = inet_addr("10.10.0.1");
    a.voice_vlan = 10;
    size_t len = lldp_build(&a, frame, sizeof frame);
    assert_true(HAS("\x06\x02\x00\xb4"));
    assert_true(HAS("\x02\x06\x05\x01\x0a\x0a\x00\x01"));
    assert_true(HAS("Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S"));
    assert_true(HAS("\x10\x0c\x05\x01\x0a\x0a\x00\x01\x01\x00\x00\x00\x00\x00"));
    assert_true(HAS("\xfe\x09\x00\x12\x0f\x01\x03\x00\x36\x00\x10"));
    assert_true(HAS("\xfe\x08\x00\x12\xbb\x02\x01\x40\x15\x6e")); /* tagged, 10, 5, 46 */
    assert_true(HAS("\xfe\x08\x00\x12\xbb\x02\x02\x40\x15\x20")); /* tagged, 10, 4, 32 */
    assert_true(HAS("\xfe\x07\x00\x12\xbb\x04\x40\x00\x3f"));     /* 6.3 W */
    assert_true(HAS("tnp62.8-3-1-21a.bin"));
}

static void one_that_leaves_says_who_and_that_alone(void **state)
{
    static const uint8_t expected[] = "\x01\x80\xc2\x00\x00\x0e\x00\x1e\xf7\x28\x9c\x8e\x88\xcc"
                                      "\x02\x06\x05\x01\x0a\x6a\x00\x0a"
                                      "\x04\x10\x07" "001EF7289C8E:P1"
                                      "\x06\x02\x00\x00" "\x00\x00";
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7961G", LOAD);
    a.ip = inet_addr(ADDRESS);
    a.leaving = true;
    assert_int_equal(lldp_build(&a, frame, sizeof frame), sizeof expected - 1);
    assert_memory_equal(frame, expected, sizeof expected - 1);
}

static void no_frame_is_built_beyond_its_room(void **state)
{
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7961G", LOAD);
    size_t len = lldp_build(&a, frame, sizeof frame);
    assert_int_equal(lldp_build(&a, frame, len), len);
    assert_int_equal(lldp_build(&a, frame, len - 1), 0);
}

/* ---- what a switch says --------------------------------------------------------------- */

static void a_policy_names_the_voice_vlan(void **state)
{
    struct frame f;
    struct hearing h;
    (void)state;
    lldp_reply(&f, 1, 77, 120);
    assert_true(lldp_read(f.bytes, f.len, &h));
    assert_int_equal(h.voice_vlan, 77);
    assert_int_equal(h.ttl, 120);
    assert_string_equal(h.from, "lab");
    assert_true(lldp_read(f.bytes, f.len + 20, &h)); /* padding */
}

static void assert_refused(const struct frame *f)
{
    struct hearing h, untouched;
    memset(&h, 0xa5, sizeof h);
    memset(&untouched, 0xa5, sizeof untouched);
    assert_false(lldp_read(f->bytes, f->len, &h));
    assert_memory_equal(&h, &untouched, sizeof h);
}

/* Each of its values in turn is one that no phone knows. */
static void a_switch_has_to_say_all_of_it(void **state)
{
    struct frame f, whole;
    struct hearing h;
    unsigned refused = 0, values = 0;
    (void)state;
    lldp_reply(&whole, 1, 77, 120);
    for (size_t at = 14; at < whole.len; at += 2u + whole.bytes[at + 1]) {
        f = whole;
        f.bytes[at] = 0x20; /* type 16 */
        values++;
        refused += !lldp_read(f.bytes, f.len, &h);
    }
    assert_int_equal(values, 7);
    assert_int_equal(refused, 6); /* all but its name */
}

static void no_phone_teaches_another(void **state)
{
    struct frame f;
    (void)state;
    struct advert a = advert_of("CP-7961G", LOAD);
    a.voice_vlan = 77;
    f.len = lldp_build(&a, f.bytes, sizeof f.bytes);
    assert_refused(&f);
}

static void some_policies_mean_untagged(void **state)
{
    static const struct {
        bool tagged;
        uint16_t vlan;
    } cases[] = {{true, 0}, {true, 1}, {true, 4095}, {false, 77}};
    struct frame f;
    struct hearing h;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lldp_begin(&f, 1, 120);
        lldp_policy(&f, 1, false, cases[i].tagged, cases[i].vlan);
        ADD(&f, 0, 0);
        assert_true(lldp_read(f.bytes, f.len, &h));
        assert_int_equal(h.voice_vlan, 0);
    }
}

static void policies_that_are_none_for_voice_do_not_count(void **state)
{
    struct frame f;
    struct hearing h;
    (void)state;
    lldp_begin(&f, 1, 120);
    lldp_policy(&f, 2, false, true, 66);
    lldp_policy(&f, 1, true, true, 67); /* unknown */
    ADD(&f, 0, 0);
    assert_refused(&f);
    f.len -= 2;
    lldp_policy(&f, 1, false, true, 68);
    lldp_policy(&f, 1, false, true, 69);
    ADD(&f, 0, 0);
    assert_true(lldp_read(f.bytes, f.len, &h));
    assert_int_equal(h.voice_vlan, 68);
}

static void a_bye_needs_no_policy(void **state)
{
    struct frame f;
    struct hearing h;
    (void)state;
    lldp_begin(&f, 1, 0);
    ADD(&f, 0, 0);
    assert_true(lldp_read(f.bytes, f.len, &h));
    assert_int_equal(h.ttl, 0);
}

static void damaged_frames_are_refused(void **state)
{
    struct frame whole, f;
    (void)state;
    lldp_reply(&whole, 1, 77, 120);
    for (size_t len = 0; len < whole.len; len++) {
        f = whole;
        f.len = len;
        assert_refused(&f);
    }
    f = whole;
    f.len -= 2;
    ADD(&f, 0xfe, 2, 0x00, 0x12); /* no room for who owns it: passed over */
    ADD(&f, 0x0b, 0xff);          /* longer than the frame */
    assert_refused(&f);
    f = whole;
    f.bytes[5] = 0x00;
    assert_refused(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_7971_says_what_a_real_one_does),
        cmocka_unit_test(a_newer_load_says_more_of_itself),
        cmocka_unit_test(one_that_leaves_says_who_and_that_alone),
        cmocka_unit_test(no_frame_is_built_beyond_its_room),
        cmocka_unit_test(a_policy_names_the_voice_vlan),
        cmocka_unit_test(a_switch_has_to_say_all_of_it),
        cmocka_unit_test(no_phone_teaches_another),
        cmocka_unit_test(some_policies_mean_untagged),
        cmocka_unit_test(policies_that_are_none_for_voice_do_not_count),
        cmocka_unit_test(a_bye_needs_no_policy),
        cmocka_unit_test(damaged_frames_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
