/* test_watch.c - at which moment one works who lives by the clock, where his hand stands meanwhile,
 * and how long he sleeps. */
#include "emu/time/watch.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOTS 4
#define MINE  1
#define HOUR_NS 3600000000000u

/* A clock that stands wherever the test wants it, and hands. */
static struct clock fleets;
static struct hands *hands;

static void stands(uint64_t us)
{
    clock_set(&fleets, &(struct clock_course){.from_us = us, .granted_us = us, .pace = 100000});
}

static uint64_t pledge(void)
{
    return atomic_load(&hands->hand[MINE].pledge_us);
}

static int set_up(void **state)
{
    (void)state;
    hands = calloc(1, hands_size(SLOTS));
    if (!hands)
        return -1;
    hands_init(hands, SLOTS);
    hands->lag_us = HOUR_NS;
    stands(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(hands);
    return 0;
}

/* ---- the moments ------------------------------------------------------------------------ */

static void it_works_at_what_it_woke_for(void **state)
{
    (void)state;
    static const struct {
        uint64_t deadline, mail, clock, at;
    } table[] = { /* one after the other */
        {CLOCK_NEVER, HANDS_NEVER, 0, 0},
        {1000, HANDS_NEVER, 1000, 1000},
        {2000, HANDS_NEVER, 4000, 2000},   /* its deadline: the clock is ahead */
        {9000, HANDS_NEVER, 5000, 5000},   /* something came before */
        {9000, 5500, 8000, 5500},          /* when that was sent */
        {9000, 9200, 9100, 9000},          /* its deadline was before */
        {20000, 4000, 10000, 9000},        /* a sender that is behind: it does not go back */
        {3000, HANDS_NEVER, 11000, 9000},  /* nor for a deadline */
        {20000, HANDS_NEVER, 8000, 11000}, /* nor for a clock */
        {CLOCK_NEVER, HANDS_NEVER, 30000, 30000},
    };
    struct watch w = watch_of(&fleets, hands, MINE);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        watch_rest(&w, table[i].deadline);
        assert_int_equal(pledge(), table[i].deadline);
        hands_mail(hands, MINE, table[i].mail);
        stands(table[i].clock);
        assert_int_equal(watch_wake(&w), table[i].at);
        assert_int_equal(w.now, table[i].at);
        assert_int_equal(pledge(), table[i].at);
        w.mailed = false; /* see after_mail_it_looks_once_more() */
    }
}

static void it_stays_for_an_answer(void **state)
{
    (void)state;
    struct watch w = watch_of(&fleets, hands, MINE);
    stands(1000);
    watch_wake(&w);
    watch_expect(&w, WATCH_SERVER);
    assert_true(watch_expects(&w));
    w.answer_ns[WATCH_SERVER] += HOUR_NS; /* however busy this machine is */
    assert_true(watch_rest(&w, CLOCK_NEVER) <= 2 * HOUR_NS);
    assert_int_equal(pledge(), 1000);
    stands(3000); /* by its lag */
    assert_int_equal(watch_wake(&w), 1000);
    watch_answered(&w, WATCH_KERNEL); /* of another */
    assert_true(watch_expects(&w));
    watch_answered(&w, WATCH_SERVER);
    assert_false(watch_expects(&w));
    watch_rest(&w, 50000);
    assert_int_equal(pledge(), 50000);
}

static void an_answer_that_does_not_come_is_given_up(void **state)
{
    (void)state;
    struct watch w = watch_of(&fleets, hands, MINE);
    stands(1000);
    watch_wake(&w);
    watch_expect(&w, WATCH_SERVER);
    w.answer_ns[WATCH_SERVER] = 1; /* its time is over */
    watch_rest(&w, 50000);
    assert_false(watch_expects(&w));
    assert_int_equal(pledge(), 50000);
}

/* A clock that is stopped may show a little less than it did. */
static void what_the_clock_shows_does_not_go_back(void **state)
{
    (void)state;
    for (int alone = 0; alone < 2; alone++) {
        struct watch w = watch_of(&fleets, alone ? NULL : hands, MINE);
        stands(1000);
        watch_wake(&w);
        stands(990);
        assert_int_equal(watch_wake(&w), 1000);
        assert_int_equal(w.clock_us, 1000);
    }
}

/* ---- how long it sleeps ------------------------------------------------------------------ */

static bool awake(void)
{
    return atomic_load(&hands->hand[MINE].awake);
}

static void it_sleeps_until_it_is_called(void **state)
{
    (void)state;
    struct watch w = watch_of(&fleets, hands, MINE);
    stands(1000);
    watch_wake(&w);
    assert_true(awake());
    assert_true(watch_rest(&w, 1001) == UINT64_MAX);
    assert_false(awake());
    assert_true(watch_rest(&w, CLOCK_NEVER) == UINT64_MAX);
    stands(2000); /* it is late already: who would call it? */
    assert_true(watch_rest(&w, 1001) == 0);
    assert_true(watch_rest(&w, 2000) == 0);
}

static void mail_on_its_way_is_looked_for_soon(void **state)
{
    (void)state;
    struct watch w = watch_of(&fleets, hands, MINE);
    watch_wake(&w);
    hands_mail(hands, MINE, 0);
    assert_int_equal(watch_rest(&w, CLOCK_NEVER), HANDS_LOOK_NS);
    assert_int_equal(watch_rest(&w, 1000), HANDS_LOOK_NS);
}

/* Who sends lays the mail down first: the message may be in the air for a moment yet. */
static void after_mail_it_looks_once_more(void **state)
{
    (void)state;
    struct watch w = watch_of(&fleets, hands, MINE);
    stands(1000);
    watch_wake(&w);
    watch_rest(&w, 50000);
    hands_mail(hands, MINE, 1500);
    stands(2000);
    assert_int_equal(watch_wake(&w), 1500);
    assert_int_equal(watch_rest(&w, 50000), HANDS_AIR_NS);
    assert_int_equal(pledge(), 1500);
    assert_true(awake());
    stands(3000); /* by its lag */
    assert_int_equal(watch_wake(&w), 1500);
    assert_true(watch_rest(&w, 50000) == UINT64_MAX);
    assert_int_equal(pledge(), 50000);
}

/* ---- whose clock ------------------------------------------------------------------------- */

static void a_clock_that_waits_for_nobody(void **state)
{
    (void)state;
    struct clock c = {0};
    clock_run_free(&c, clock_mono_ns() - 1000000000, 10);
    struct watch w = watch_of(&c, NULL, HANDS_NOBODY);
    uint64_t at = watch_wake(&w);
    assert_true(at >= 10000000);
    watch_rest(&w, 5); /* it is late for that, and says so */
    assert_true(watch_wake(&w) >= at);
    assert_true(w.now == w.clock_us);
    watch_expect(&w, WATCH_SERVER);
    assert_false(watch_expects(&w));
    assert_true(watch_rest(&w, 0) == 0); /* it knows when the clock is there */
    assert_true(watch_rest(&w, w.now + 1000000000) > 50000000000);
}

static void a_clock_of_its_own(void **state)
{
    (void)state;
    struct watch w;
    assert_int_equal(watch_map(&w, -1, -1, 0), 0);
    assert_null(w.hands);
    assert_int_equal(watch_wake(&w), 0);
    assert_true(watch_rest(&w, 5) == UINT64_MAX); /* it has not been started */
    watch_start(&w, 1000);
    usleep(1000);
    uint64_t at = watch_wake(&w);
    assert_true(at >= 1000000);
    watch_start(&w, 1); /* it goes on */
    usleep(1000);
    assert_true(watch_wake(&w) >= at + 1000000);
    watch_unmap(&w);
}

static int memory(size_t size)
{
    int fd = memfd_create("watch", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    return fd;
}

static void a_fleets_clock_by_descriptor(void **state)
{
    (void)state;
    struct watch w;
    int clock_fd = memory(sizeof fleets), hands_fd = memory(hands_size(SLOTS));
    assert_true(pwrite(hands_fd, hands, hands_size(SLOTS), 0) > 0);
    stands(700);
    assert_true(pwrite(clock_fd, &fleets, sizeof fleets, 0) > 0);
    assert_int_equal(watch_map(&w, clock_fd, hands_fd, MINE), 0);
    watch_start(&w, 1000); /* it is not its own */
    assert_int_equal(watch_wake(&w), 700);
    uint64_t moments[2];
    off_t at = offsetof(struct hands, hand) + MINE * sizeof(struct hand);
    assert_true(pread(hands_fd, moments, sizeof moments, at) == sizeof moments);
    assert_true(moments[0] == 700 && moments[1] == HANDS_NEVER);
    watch_unmap(&w);
    close(clock_fd), close(hands_fd);
}

static void memory_that_ends_too_soon(void **state)
{
    (void)state;
    struct watch w;
    int clock_fd = memory(sizeof fleets), small = memory(8), hands_fd = memory(hands_size(MINE));
    assert_int_equal(watch_map(&w, small, -1, 0), -ERANGE);
    watch_unmap(&w);
    assert_int_equal(watch_map(&w, clock_fd, hands_fd, MINE), -ERANGE);
    watch_unmap(&w);
    assert_int_equal(watch_map(&w, clock_fd, 9999, MINE), -EBADF);
    watch_unmap(&w);
    close(clock_fd), close(small), close(hands_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_works_at_what_it_woke_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_stays_for_an_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_does_not_come_is_given_up, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_the_clock_shows_does_not_go_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_sleeps_until_it_is_called, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mail_on_its_way_is_looked_for_soon, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_mail_it_looks_once_more, set_up, tear_down),
        cmocka_unit_test(a_clock_that_waits_for_nobody),
        cmocka_unit_test(a_clock_of_its_own),
        cmocka_unit_test_setup_teardown(a_fleets_clock_by_descriptor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_that_ends_too_soon, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
