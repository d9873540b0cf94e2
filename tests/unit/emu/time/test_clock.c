/* test_clock.c - emulated time: exact, without overflow, never ahead of what is granted, and it is there
 * when it is said to be. */
#include "emu/time/clock.h"
#include "tests/unit/unit.h"

#define MS      1000ull /* emulated */
#define SECOND  1000000ull
#define REAL_MS 1000000ull
#define WEEK_NS (7ull * 24 * 3600 * 1000000000)

static const uint32_t speeds[] = {1, 2, 3, 7, 10, 20, 333, 999, 1000};
#define SPEEDS (sizeof speeds / sizeof *speeds)

static struct clock free_clock(uint64_t from_ns, uint32_t speed)
{
    struct clock c = {0};
    clock_run_free(&c, from_ns, speed);
    return c;
}

static uint64_t reaches(const struct clock *c, uint64_t t)
{
    struct clock_course course = clock_course(c);
    return course_reaches(&course, t);
}

static void known_values(void **state)
{
    (void)state;
    struct clock c = free_clock(5000, 1);
    assert_int_equal(clock_now(&c, 5000), 0);
    assert_int_equal(clock_now(&c, 5999), 0);
    assert_int_equal(clock_now(&c, 6000), 1);
    c = free_clock(5000, 20);
    assert_int_equal(clock_now(&c, 5000 + 12500000), 250 * MS);
    assert_int_equal(reaches(&c, 250 * MS), 5000 + 12500000);
    c = free_clock(5000, 1000);
    assert_int_equal(clock_now(&c, 5001), 1);
}

static void before_it_starts_it_is_zero(void **state)
{
    (void)state;
    struct clock c = free_clock(1000000, 10), never = {0};
    assert_int_equal(clock_now(&c, 0), 0);
    assert_int_equal(clock_now(&c, 999999), 0);
    assert_int_equal(clock_now(&never, WEEK_NS), 0);
    assert_true(reaches(&never, 1) == UINT64_MAX);
}

/* Who sleeps until then finds t reached, and is not a nanosecond late. */
static void it_is_reached_exactly(void **state)
{
    (void)state;
    static const uint64_t times[] = {1, 2, 3, 99, 250000, 250001, 999999, 86400 * SECOND + 1};
    for (size_t s = 0; s < SPEEDS; s++)
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            struct clock c = free_clock(123456789, speeds[s]);
            uint64_t at = reaches(&c, times[i]);
            assert_true(clock_now(&c, at) >= times[i]);
            assert_true(clock_now(&c, at - 1) < times[i]);
        }
}

static void a_week_and_a_century(void **state)
{
    (void)state;
    struct clock c = free_clock(WEEK_NS, 1000);
    assert_int_equal(clock_now(&c, 2 * WEEK_NS), WEEK_NS);
    assert_int_equal(clock_now(&c, 100 * 52 * WEEK_NS), (100 * 52 - 1) * WEEK_NS);
    assert_int_equal(reaches(&c, WEEK_NS), 2 * WEEK_NS);
    assert_true(reaches(&c, CLOCK_NEVER) == UINT64_MAX);
    c = free_clock(UINT64_MAX - 10, 1);
    assert_true(reaches(&c, 1) == UINT64_MAX);
}

static void it_stands_where_its_grant_ends(void **state)
{
    (void)state;
    struct clock c = {0};
    struct clock_course course = {.from_ns = 0, .granted_us = 5 * MS, .pace = 10000};
    clock_set(&c, &course);
    assert_int_equal(clock_now(&c, REAL_MS / 4), 2500);
    assert_int_equal(clock_now(&c, REAL_MS / 2), 5 * MS);
    assert_int_equal(clock_now(&c, WEEK_NS), 5 * MS);
    /* it is granted more an hour later: it goes on from there */
    course = (struct clock_course){.from_ns = WEEK_NS, .from_us = 5 * MS, .granted_us = 9 * MS,
                                   .pace = 10000};
    clock_set(&c, &course);
    assert_int_equal(clock_now(&c, WEEK_NS), 5 * MS);
    assert_int_equal(clock_now(&c, WEEK_NS + REAL_MS / 10), 6 * MS);
    assert_int_equal(course_reaches(&course, 6 * MS), WEEK_NS + REAL_MS / 10);
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
        cmocka_unit_test(before_it_starts_it_is_zero),
        cmocka_unit_test(it_is_reached_exactly),
        cmocka_unit_test(a_week_and_a_century),
        cmocka_unit_test(it_stands_where_its_grant_ends),
        cmocka_unit_test(the_real_clock_advances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
