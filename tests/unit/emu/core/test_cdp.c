/* test_cdp.c - frames of CDP: what a phone says, byte by byte, and what it takes from a switch.
 *
 * The checksums are those that Wireshark's dissector finds correct.
 */
#include "tests/unit/emu/core/frame_bench.h"

/* ---- what a phone says ---------------------------------------------------------------- */

static void a_phone_says_what_listings_of_real_ones_show(void **state)
{
    static const uint8_t expected[] =
        "\x01\x00\x0c\xcc\xcc\xcc\x00\x1e\xf7\x28\x9c\x8e\x00\x8e"
        "\xaa\xaa\x03\x00\x00\x0c\x20\x00" "\x02\xb4\xf4\xb8"
        "\x00\x01\x00\x13" "SEP001EF7289C8E"
        "\x00\x02\x00\x11\x00\x00\x00\x01\x01\x01\xcc\x00\x04\x00\x00\x00\x00"
        "\x00\x03\x00\x0a" "Port 1"
        "\x00\x04\x00\x08\x00\x00\x04\x90"
        "\x00\x05\x00\x16" "SCCP41.9-4-2SR3-1S"
        "\x00\x06\x00\x17" "Cisco IP Phone 7961"
        "\x00\x0b\x00\x05\x01"
        "\x00\x0f\x00\x08\x20\x02\x00\x01"
        "\x00\x10\x00\x06\x18\x9c"
        "\x00\x19\x00\x0c\x9c\x8e\x00\x03\x00\x00\x18\x9c";
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7961G", LOAD);
    assert_int_equal(cdp_build(&a, frame, sizeof frame), sizeof expected - 1);
    assert_memory_equal(frame, expected, sizeof expected - 1);
}

static bool has(const uint8_t *frame, size_t len, const char *bytes, size_t count)
{
    return memmem(frame, len, bytes, count) != NULL;
}
#define HAS(bytes) has(frame, len, bytes, sizeof(bytes) - 1)

static void address_load_and_hardware_are_those_of_the_phone(void **state)
{
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7971G-GE", "SCCP70.8-3-3SR2S");
    a.ip = inet_addr(ADDRESS);
    size_t len = cdp_build(&a, frame, sizeof frame);
    assert_true(HAS("\xcc\x00\x04\x0a\x6a\x00\x0a"));
    assert_true(HAS("\x00\x04\x00\x08\x00\x00\x00\x90")); /* says no relay yet */
    assert_true(HAS("\x00\x06\x00\x17" "Cisco IP Phone 7971"));
    assert_true(HAS("\x00\x10\x00\x06\x3a\x34")); /* 14.9 W */
}

static void a_phone_without_a_load_says_nothing_of_it(void **state)
{
    uint8_t frame[1514];
    (void)state;
    struct advert a = advert_of("CP-7961G", "");
    size_t len = cdp_build(&a, frame, sizeof frame);
    assert_true(HAS("\x00\x00\x00\x90\x00\x06\x00\x17"));
}

static void no_frame_is_built_beyond_its_room(void **state)
{
    uint8_t frame[200];
    (void)state;
    struct advert a = advert_of("CP-7961G", LOAD);
    size_t len = cdp_build(&a, frame, sizeof frame);
    assert_int_equal(cdp_build(&a, frame, len), len);
    assert_int_equal(cdp_build(&a, frame, len - 1), 0);
}

/* ---- the checksum --------------------------------------------------------------------- */

static void an_odd_length_has_the_vendors_habit(void **state)
{
    (void)state;
    assert_int_equal(cdp_checksum((uint8_t[]){0x12, 0x34}, 2), 0xedcb);
    assert_int_equal(cdp_checksum((uint8_t[]){0x12, 0x34, 0x7f}, 3), (uint16_t)~(0x1234 + 0x7f));
    /* (ff, b - 1): in the arithmetic of ones' complement, b - 0x100 */
    assert_int_equal(cdp_checksum((uint8_t[]){0x12, 0x34, 0x80}, 3),
                     (uint16_t)~(0x1234 + 0x80 - 0x100));
    assert_int_equal(cdp_checksum((uint8_t[]){0x12, 0x34, 0xff}, 3),
                     (uint16_t)~(0x1234 + 0xff - 0x100));
    assert_int_equal(cdp_checksum(NULL, 0), 0xffff);
}

static void odd_frames_of_a_phone_have_the_sums_that_wireshark_expects(void **state)
{
    static const struct {
        const char *model, *load;
        uint16_t sum;
    } cases[] = {{"CP-7961G-GE", "SCCP41.9-4-2SR1-1", 0x311f}, {"CP-7961G", "SCCP41.9-4-2S", 0xd812}};
    uint8_t frame[1514];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct advert a = advert_of(cases[i].model, cases[i].load);
        size_t len = cdp_build(&a, frame, sizeof frame);
        assert_int_equal(len % 2, 1);
        assert_int_equal(frame[24] << 8 | frame[25], cases[i].sum);
    }
}

/* ---- what a switch says --------------------------------------------------------------- */

static void a_reply_names_the_voice_vlan(void **state)
{
    struct frame f;
    struct hearing h;
    (void)state;
    cdp_reply(&f, 1, 77, 180);
    assert_true(cdp_read(f.bytes, f.len, &h));
    assert_int_equal(h.voice_vlan, 77);
    assert_int_equal(h.native_vlan, 1);
    assert_int_equal(h.ttl, 180);
    assert_string_equal(h.from, "Sweety");
    assert_int_equal(h.mac[5], 1);
    assert_true(cdp_read(f.bytes, f.len + 10, &h)); /* padding */
}

static void vlans_that_are_none_mean_untagged(void **state)
{
    static const uint16_t none[] = {0, 4095, 4096, 0xffff};
    struct frame f;
    struct hearing h;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        cdp_reply(&f, 1, none[i], 180);
        assert_true(cdp_read(f.bytes, f.len, &h));
        assert_int_equal(h.voice_vlan, 0);
    }
}

static void assert_refused(const struct frame *f)
{
    struct hearing h, untouched;
    memset(&h, 0xa5, sizeof h);
    memset(&untouched, 0xa5, sizeof untouched);
    assert_false(cdp_read(f->bytes, f->len, &h));
    assert_memory_equal(&h, &untouched, sizeof h);
}

static void a_frame_that_says_nothing_of_voice_is_passed_over(void **state)
{
    struct frame f;
    (void)state;
    cdp_begin(&f, 1, 180);
    ADD(&f, 0, 0x0a, 0, 6, 0, 1);
    cdp_end(&f);
    assert_refused(&f);
    struct advert phone = advert_of("CP-7961G", LOAD);
    f.len = cdp_build(&phone, f.bytes, sizeof f.bytes);
    assert_refused(&f);
    cdp_begin(&f, 1, 180);
    ADD(&f, 0, 0x0e, 0, 7, 2, 0, 77); /* of another appliance */
    ADD(&f, 0, 0x0e, 0, 6, 1, 0);     /* too short */
    cdp_end(&f);
    assert_refused(&f);
}

static void damaged_frames_are_refused(void **state)
{
    struct frame whole, f;
    (void)state;
    cdp_reply(&whole, 1, 77, 180);
    for (size_t len = 0; len < whole.len; len++) {
        f = whole;
        f.len = len;
        assert_refused(&f);
    }
    for (size_t at = 0; at < whole.len; at++) {
        f = whole;
        f.bytes[at] ^= 0x10;
        if (at < 6 || at >= 12) /* but for who sent it */
            assert_refused(&f);
    }
    static const uint8_t lengths[] = {0, 1, 3, 200};
    for (size_t i = 0; i < sizeof lengths; i++) {
        cdp_reply(&f, 1, 77, 180);
        ADD(&f, 0x12, 0x34, 0, lengths[i]);
        cdp_end(&f);
        assert_refused(&f);
    }
}

static void a_long_name_is_cut(void **state)
{
    struct frame f;
    struct hearing h;
    uint8_t name[255];
    (void)state;
    memset(name, 'x', sizeof name);
    cdp_begin(&f, 1, 180);
    ADD(&f, 0, 1, 1, 3);
    frame_add(&f, name, sizeof name);
    ADD(&f, 0, 0x0e, 0, 7, 1, 0, 77);
    cdp_end(&f);
    assert_true(cdp_read(f.bytes, f.len, &h));
    assert_int_equal(strlen(h.from), sizeof h.from - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_says_what_listings_of_real_ones_show),
        cmocka_unit_test(address_load_and_hardware_are_those_of_the_phone),
        cmocka_unit_test(a_phone_without_a_load_says_nothing_of_it),
        cmocka_unit_test(no_frame_is_built_beyond_its_room),
        cmocka_unit_test(an_odd_length_has_the_vendors_habit),
        cmocka_unit_test(odd_frames_of_a_phone_have_the_sums_that_wireshark_expects),
        cmocka_unit_test(a_reply_names_the_voice_vlan),
        cmocka_unit_test(vlans_that_are_none_mean_untagged),
        cmocka_unit_test(a_frame_that_says_nothing_of_voice_is_passed_over),
        cmocka_unit_test(damaged_frames_are_refused),
        cmocka_unit_test(a_long_name_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
