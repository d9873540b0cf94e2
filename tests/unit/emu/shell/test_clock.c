/* test_clock.c - emulated time: exact, without overflow, and the two directions agree. */
#include "emu/shell/clock.h"
#include "tests/unit/unit.h"

#define WEEK_NS (7ull * 24 * 3600 * 1000000000)

static const uint32_t speeds[] = {1, 2, 3, 7, 10, 20, 333, 999, 1000};
#define SPEEDS (sizeof speeds / sizeof *speeds)

static void known_values(void **state)
{
    (void)state;
    struct clock c = {.origin_ns = 5000, .speed = 1};
    assert_int_equal(clock_emulated(&c, 5000), 0);
    assert_int_equal(clock_emulated(&c, 5999), 0);
    assert_int_equal(clock_emulated(&c, 6000), 1);
    c.speed = 20;
    assert_int_equal(clock_emulated(&c, 5000 + 12500000), 250 * USEC_MS);
    assert_int_equal(clock_mono_at(&c, 250 * USEC_MS), 5000 + 12500000);
    c.speed = 1000;
    assert_int_equal(clock_emulated(&c, 5001), 1);
}

static void before_the_origin_it_is_zero(void **state)
{
    (void)state;
    struct clock c = {.origin_ns = 1000000, .speed = 10};
    assert_int_equal(clock_emulated(&c, 0), 0);
    assert_int_equal(clock_emulated(&c, 999999), 0);
    assert_int_equal(clock_mono_at(&c, 0), 1000000);
}

/* A sleep until clock_mono_at(t) has reached t, and not a nanosecond late. */
static void directions_agree(void **state)
{
    (void)state;
    static const usec times[] = {0, 1, 2, 3, 99, 250000, 250001, 999999, 86400 * USEC_SEC + 1};
    for (size_t s = 0; s < SPEEDS; s++)
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            struct clock c = {.origin_ns = 123456789, .speed = speeds[s]};
            uint64_t at = clock_mono_at(&c, times[i]);
            assert_true(clock_emulated(&c, at) >= times[i]);
            if (times[i] > 0)
                assert_true(clock_emulated(&c, at - 1) < times[i]);
        }
}

static void a_week_and_a_century(void **state)
{
    (void)state;
    struct clock c = {.origin_ns = WEEK_NS, .speed = 1000};
    assert_int_equal(clock_emulated(&c, 2 * WEEK_NS), WEEK_NS);
    assert_int_equal(clock_emulated(&c, 100 * 52 * WEEK_NS), (100 * 52 - 1) * WEEK_NS);
    assert_int_equal(clock_mono_at(&c, WEEK_NS), 2 * WEEK_NS);
}

static void never_and_beyond_is_never(void **state)
{
    (void)state;
    for (size_t s = 0; s < SPEEDS; s++) {
        struct clock c = {.origin_ns = WEEK_NS, .speed = speeds[s]};
        assert_true(clock_mono_at(&c, NEVER) == UINT64_MAX);
    }
    struct clock c = {.origin_ns = WEEK_NS, .speed = 1};
    assert_true(clock_mono_at(&c, NEVER - 1) == UINT64_MAX);
    c.origin_ns = UINT64_MAX - 10;
    assert_true(clock_mono_at(&c, 1) == UINT64_MAX);
}

static void the_real_clock_advances(void **state)
{
    (void)state;
    uint64_t a = clock_mono_ns(), b = clock_mono_ns();
    assert_true(a > 0 && b >= a && b - a < 60000000000ull);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(before_the_origin_it_is_zero),
        cmocka_unit_test(directions_agree),
        cmocka_unit_test(a_week_and_a_century),
        cmocka_unit_test(never_and_beyond_is_never),
        cmocka_unit_test(the_real_clock_advances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
