/* The relay's directions in virtual time: every expected moment is worked out by hand. */
#include "netns/world/relay.h"
#include "tests/unit/unit.h"

#define MS 1000000ull

static uint8_t out[RELAY_MTU];

/* relay_way holds a pointer into itself: initialise in place. */
#define WAY(name, ...)                                                                             \
    struct relay_way name;                                                                         \
    relay_way_init(&name, &(struct relay_params){__VA_ARGS__})

static void delay_alone(void **state)
{
    (void)state;
    WAY(way, .delay_ns = 75 * MS);
    assert_true(relay_due(&way) == RELAY_NEVER);
    relay_take(&way, 1000, "abc", 3);
    relay_take(&way, 1000, "de", 2); /* no rate: both leave at once */
    assert_int_equal(relay_due(&way), 75 * MS + 1000);
    assert_int_equal(relay_give(&way, 75 * MS + 999, out), 0);
    assert_int_equal(relay_give(&way, 75 * MS + 1000, out), 3);
    assert_memory_equal(out, "abc", 3);
    assert_int_equal(relay_give(&way, 75 * MS + 1000, out), 2);
    assert_memory_equal(out, "de", 2);
    assert_true(relay_due(&way) == RELAY_NEVER);
}

static void rate_queues(void **state)
{
    (void)state;
    /* 1,000 bytes at 8 Mbit/s take 1 ms */
    static const uint8_t kilo[1000];
    WAY(way, .delay_ns = 10 * MS, .rate_bps = 8000000, .queue_bytes = 100000);
    relay_take(&way, 0, kilo, 1000);
    relay_take(&way, 0, kilo, 1000);
    relay_take(&way, 1500000, kilo, 500); /* half of the second is still to be sent */
    uint64_t want[] = {11 * MS, 12 * MS, 12 * MS + 500000};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(relay_due(&way), want[i]);
        assert_true(relay_give(&way, want[i], out) > 0);
    }
    relay_take(&way, 50 * MS, kilo, 1000); /* the link was idle: no credit is saved up */
    assert_int_equal(relay_due(&way), 61 * MS);
    relay_way_clear(&way);
}

static void queue_drops_its_tail(void **state)
{
    (void)state;
    static const uint8_t kilo[1000];
    WAY(way, .delay_ns = 1000 * MS, .rate_bps = 8000000, .queue_bytes = 3000);
    for (int i = 0; i < 5; i++)
        relay_take(&way, 0, kilo, 1000);
    assert_int_equal(way.frames, 3);
    assert_int_equal(way.overflowed, 2);
    /* After 2 ms two have left the link: room again, though all three still travel. */
    relay_take(&way, 2 * MS, kilo, 1000);
    relay_take(&way, 2 * MS, kilo, 1000);
    relay_take(&way, 2 * MS, kilo, 1000);
    assert_int_equal(way.frames, 5);
    assert_int_equal(way.overflowed, 3);
    relay_way_clear(&way);
    assert_int_equal(way.frames, 0);
}

static void queue_smaller_than_a_frame(void **state)
{
    (void)state;
    static const uint8_t kilo[1000];
    WAY(way, .rate_bps = 8000000, .queue_bytes = 10);
    relay_take(&way, 0, kilo, 1000); /* an idle link takes any frame */
    relay_take(&way, 0, kilo, 1000);
    assert_int_equal(way.frames, 1);
    assert_int_equal(way.overflowed, 1);
    relay_way_clear(&way);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    WAY(way, .delay_ns = 1000 * MS);
    for (int i = 0; i < RELAY_FRAMES + 5; i++)
        relay_take(&way, 0, "x", 1);
    assert_int_equal(way.frames, RELAY_FRAMES);
    assert_int_equal(way.overflowed, 5);
    relay_way_clear(&way);
}

static size_t survivors(double loss, uint64_t seed, uint8_t fate[10000])
{
    WAY(way, .loss = loss, .seed = seed);
    size_t n = 0;
    for (int i = 0; i < 10000; i++) {
        relay_take(&way, 0, "x", 1);
        n += fate[i] = relay_give(&way, 0, out) == 1;
    }
    assert_int_equal(n + way.lost, 10000);
    return n;
}

static void loss_by_seed(void **state)
{
    (void)state;
    static uint8_t a[10000], b[10000], c[10000];
    assert_int_equal(survivors(0, 1, a), 10000);
    assert_int_equal(survivors(1, 1, a), 0);
    size_t n = survivors(0.05, 7, a);
    assert_in_range(n, 9400, 9600); /* 5 sigma and more */
    survivors(0.05, 7, b);
    assert_memory_equal(a, b, sizeof a);
    survivors(0.05, 8, c);
    assert_memory_not_equal(a, c, sizeof a);
}

static void lost_frames_use_the_link(void **state)
{
    (void)state;
    static const uint8_t kilo[1000];
    WAY(way, .rate_bps = 8000000, .queue_bytes = 100000, .loss = 1);
    relay_take(&way, 0, kilo, 1000);
    assert_int_equal(way.lost, 1);
    assert_int_equal(way.link_free, MS);
}

static void extreme_rates(void **state)
{
    (void)state;
    static const uint8_t kilo[1000];
    WAY(slow, .rate_bps = 1, .queue_bytes = UINT64_MAX / 2);
    relay_take(&slow, 0, kilo, 1000);
    assert_int_equal(relay_due(&slow), 8000 * 1000 * MS);
    relay_way_clear(&slow);
    WAY(fast, .rate_bps = UINT64_MAX, .queue_bytes = 1000);
    relay_take(&fast, 5, kilo, 1000);
    assert_int_equal(relay_due(&fast), 5);
    relay_way_clear(&fast);
}

/* A line changes while frames are on it: those keep their times, and nothing overtakes. */
static void new_terms_hold_from_now_on(void **state)
{
    (void)state;
    static const uint8_t kilo[1000];
    WAY(way, .delay_ns = 100 * MS, .rate_bps = 8000, .queue_bytes = 3000);
    relay_take(&way, 0, kilo, 1000); /* a second on the link */
    relay_take(&way, 0, "slow", 4);
    relay_way_change(&way, &(struct relay_params){.delay_ns = 5 * MS});
    relay_take(&way, 1 * MS, "fast", 4);
    assert_int_equal(relay_due(&way), 1100 * MS);
    assert_int_equal(relay_give(&way, 1104 * MS, out), 1000);
    assert_int_equal(relay_give(&way, 1104 * MS, out), 4);
    assert_memory_equal(out, "slow", 4);
    assert_int_equal(relay_give(&way, 1104 * MS, out), 4);
    assert_memory_equal(out, "fast", 4);
    relay_way_change(&way, &(struct relay_params){.loss = 1});
    relay_take(&way, 2000 * MS, "lost", 4);
    assert_true(relay_due(&way) == RELAY_NEVER);
    assert_int_equal(way.lost, 1);
    relay_way_change(&way, &(struct relay_params){.rate_bps = 8000000, .queue_bytes = 1000});
    relay_take(&way, 3000 * MS, kilo, 1000);
    assert_int_equal(relay_due(&way), 3001 * MS);
    relay_way_clear(&way);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delay_alone),
        cmocka_unit_test(rate_queues),
        cmocka_unit_test(queue_drops_its_tail),
        cmocka_unit_test(queue_smaller_than_a_frame),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(loss_by_seed),
        cmocka_unit_test(lost_frames_use_the_link),
        cmocka_unit_test(extreme_rates),
        cmocka_unit_test(new_terms_hold_from_now_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
