/* test_fidelity.c - what makes a clock unfaithful, what becomes of such a run, and what is told of
 * the time that the clock stood. */
#include "netns/judge/fidelity.h"
#include "netns/judge/figures.h"
#include "tests/unit/netns/judge/judge_bench.h"

#include <math.h>

/* ---- chance -------------------------------------------------------------------------- */

/* Computed by Python, from the binomials themselves: fractions up to 20,000 timers, decimals of 50
 * digits above; the sum is of what lies below, from (99/100)^n. */
static const struct {
    uint64_t timers, late;
    double chance;
} chances[] = {
    {1, 1, 0.01},
    {2, 1, 0.0199},
    {2, 2, 0.0001},
    {10, 1, 0.0956179249912},
    {10, 2, 0.00426620024283},
    {36, 1, 0.30358678195},
    {36, 2, 0.0503456117506},
    {36, 3, 0.00558075843243},
    {100, 4, 0.0183740364446},
    {100, 5, 0.00343232158775},
    {809, 15, 0.0182988931804},
    {809, 16, 0.00874091813158},
    {1000, 18, 0.01383258173},
    {1000, 19, 0.00690499476758},
    {20, 20, 1e-40},
    {20000, 233, 0.0118201609041},
    {20000, 234, 0.00989064248666},
    {1000000, 10232, 0.0101840740906},
    {1000000, 10233, 0.00991707201377},
};

static void chance_is_the_binomials(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chances / sizeof *chances; i++) {
        double chance = fidelity_chance(chances[i].timers, chances[i].late);
        assert_true(fabs(chance / chances[i].chance - 1) < 1e-6);
        assert_int_equal(fidelity_exceeds(chances[i].timers, chances[i].late),
                         chances[i].chance < 0.01);
    }
    assert_false(fidelity_exceeds(0, 0));
    assert_false(fidelity_exceeds(1000, 10)); /* just the share */
    assert_false(fidelity_exceeds(4000000000, 40000000));
    assert_true(fidelity_exceeds(4000000000, 41000000));
}

/* More of them late is never less of a wonder, nor is it more of one among more timers. */
static void chance_has_a_direction(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 400; n++)
        for (uint64_t k = 1; k <= n; k++) {
            double chance = fidelity_chance(n, k);
            assert_true(chance >= 0 && chance <= 1);
            assert_true(chance <= fidelity_chance(n, k - 1));
            assert_true(chance <= fidelity_chance(n + 1, k) * (1 + 1e-9));
        }
}

/* ---- a clock that runs free ---------------------------------------------------------- */

/* Eight phones of a run in which so many timers fired, of them so many 30 ms late. */
static void be_late(struct fleet8 *f, uint32_t timers, uint32_t late)
{
    for (size_t i = 0; i < FLEET8_PHONES; i++)
        memset(f->status[i].lateness, 0, sizeof f->status[i].lateness);
    f->status[0].lateness[0] = timers - late;
    f->status[3].lateness[lateness_bucket(30000)] = late;
    f->status[3].lateness_max_us = late ? 30000 : 100;
}

static void one_late_timer_of_a_few_dozen_decides_nothing(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.clock.free = true;
    be_late(&f, 36, 1);
    struct results *r = judged(&f, "{upgraded: all}");
    assert_true(r->clock.faithful && r->passed && r->clock.timers == 36 && r->clock.late == 1);
    assert_int_equal(r->clock.p99_us, 30000);
    check(r, "faithful", true,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; more "
          "than 25 ms late: 1 of 36, which 1 in 100 explains");
    results_free(r);
    be_late(&f, 36, 3);
    r = judged(&f, "{upgraded: all}");
    assert_false(r->clock.faithful);
    check(r, "faithful", false,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; more "
          "than 25 ms late: 3 of 36, which 1 in 100 does not explain; lower the speed (now 10), "
          "e.g. --speed 5");
    assert_int_equal(results_verdict(r), VERDICT_INCONCLUSIVE);
    results_free(r);
    fleet8_free(&f);
}

/* 25 ms lie within a bucket: what it holds may have been in time. */
static void only_what_is_surely_late_counts(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.clock.free = true;
    be_late(&f, 800, 0);
    unsigned doubtful = lateness_bucket(25000);
    assert_true(lateness_bound(doubtful - 1) <= 25000 && lateness_bound(doubtful) > 25000);
    f.status[1].lateness[doubtful] = 400;
    struct results *r = judged(&f, "{upgraded: all}");
    assert_true(r->clock.faithful && r->clock.timers == 1200 && r->clock.late == 0);
    results_free(r);
    f.status[1].lateness[doubtful + 1] = 400;
    f.status[1].lateness[LATENESS_BUCKETS - 1] = 2;
    r = judged(&f, "{upgraded: all}");
    assert_true(!r->clock.faithful && r->clock.timers == 1602 && r->clock.late == 402);
    results_free(r);
    fleet8_free(&f);
}

/* ---- a clock that is held ------------------------------------------------------------ */

static void a_held_clock_keeps_to_its_lag(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.fleet.lag_us = 5000;
    be_late(&f, 36, 1); /* which a clock that waits has no excuse for */
    struct results *r = judged(&f, "{upgraded: all}");
    check(r, "faithful", false,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; more than "
          "25 ms; run it again");
    results_free(r);
    f.fleet.lag_us = 40000;
    r = judged(&f, "{upgraded: all}");
    check(r, "faithful", false,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; more than "
          "25 ms; lower the lag (now 40 ms)");
    results_free(r);
    fleet8_free(&f);
}

static void a_phone_that_hung_is_named(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.clock.hung_count = 1;
    f.facts.clock.hung[0] = 3;
    struct results *r = judged(&f, "{upgraded: all}");
    check(r, "faithful", false,
          "99 in 100 timers at most 0.1 ms late, the worst 0.1 ms, in emulated time; the clock "
          "went on without " P(3) ", which hung (see logs/); run it again");
    assert_true(!r->clock.faithful && r->inconclusive);
    results_free(r);
    f.facts.clock.hung_count = 7; /* of whom four are known by name */
    for (uint32_t i = 0; i < CLOCK_HUNG; i++)
        f.facts.clock.hung[i] = i;
    r = judged(&f, "{upgraded: all, faithful: false}");
    check(r, "faithful", true,
          "99 in 100 timers at most 0.1 ms late, the worst 0.1 ms, in emulated time; the clock "
          "went on without " P(0) ", " P(1) ", " P(2) " and 4 more, which hung (see logs/); the fleet "
          "file allows it");
    assert_true(!r->clock.faithful && !r->inconclusive && r->passed);
    results_free(r);
    fleet8_free(&f);
}

/* ---- the verdict --------------------------------------------------------------------- */

static void an_unfaithful_run_is_inconclusive_whatever_else(void **state)
{
    static const struct {
        bool late, let_off, fails, timed_out;
        enum verdict verdict;
        const char *word;
        int exit;
    } rows[] = {
        {false, false, false, false, VERDICT_PASSED, "passed", 0},
        {false, false, true, false, VERDICT_FAILED, "failed", 1},
        {true, false, false, false, VERDICT_INCONCLUSIVE, "inconclusive", 5},
        {true, false, true, false, VERDICT_INCONCLUSIVE, "inconclusive", 5},
        {true, true, false, false, VERDICT_PASSED, "passed", 0},
        {true, true, true, false, VERDICT_FAILED, "failed", 1},
        {true, false, true, true, VERDICT_TIMED_OUT, "timed out", 4},
        {false, false, false, true, VERDICT_TIMED_OUT, "timed out", 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fleet8 f;
        char wishes[64];
        fleet8_make(&f, FLEET8_PHONES);
        be_late(&f, 800, rows[i].late ? 100 : 0);
        f.facts.timed_out = rows[i].timed_out;
        snprintf(wishes, sizeof wishes, "{upgraded: %d, faithful: %s}", rows[i].fails ? 7 : 8,
                 rows[i].let_off ? "false" : "true");
        struct results *r = judged(&f, wishes);
        enum verdict verdict = results_verdict(r);
        assert_int_equal(verdict, rows[i].verdict);
        assert_string_equal(verdicts[verdict].word, rows[i].word);
        assert_int_equal(verdicts[verdict].exit, rows[i].exit);
        results_free(r);
        fleet8_free(&f);
    }
}

static void of_several_runs_the_gravest_counts(void **state)
{
    (void)state;
    struct results passed = {.passed = true}, failed = {0}, doubted = {.inconclusive = true},
                   late = {.facts.timed_out = true};
    assert_int_equal(run_set_verdict(&(struct run_set){{&passed, &passed}, 2}), VERDICT_PASSED);
    assert_int_equal(run_set_verdict(&(struct run_set){{&doubted, &passed}, 2}),
                     VERDICT_INCONCLUSIVE);
    assert_int_equal(run_set_verdict(&(struct run_set){{&failed, &doubted}, 2}), VERDICT_FAILED);
    assert_int_equal(run_set_verdict(&(struct run_set){{&doubted, &late, &failed}, 3}),
                     VERDICT_TIMED_OUT);
    static const int ascending[] = {0, 5, 1, 2, 3, 4, 129, 143};
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++)
        for (size_t n = 0; n < sizeof ascending / sizeof *ascending; n++)
            assert_int_equal(results_graver(ascending[i], ascending[n]), ascending[i > n ? i : n]);
}

/* ---- time ---------------------------------------------------------------------------- */

static void who_was_waited_for_is_told_where_it_matters(void **state)
{
    (void)state;
    char text[FIDELITY_TEXT], speed[FIGURE_TEXT];
    struct results r = {.facts = {.emulated_us = 70000000, .wall_ms = 14200,
                                  .clock.ran_ns = 14000000000}};
    uint64_t *held = r.facts.clock.held_ns;
    held[CLOCK_HELD_BY_PHONES] = 1400000000; /* a tenth */
    assert_null(fidelity_waits(&r.facts.clock, text));
    held[CLOCK_HELD_BY_PHONES] = 2900000000;
    held[CLOCK_HELD_BY_HOST] = 300000000;
    held[CLOCK_HELD_BY_WAN] = 1000;
    assert_string_equal(fidelity_waits(&r.facts.clock, text),
                        "the clock waited 3.2 s of 14.0 s: 2.9 s for phones, 0.3 s for this "
                        "machine");
    held[CLOCK_HELD_BY_WAN] = held[CLOCK_HELD_BY_LAUNCHER] = 100000000;
    assert_string_equal(fidelity_waits(&r.facts.clock, text),
                        "the clock waited 3.4 s of 14.0 s: 2.9 s for phones, 0.1 s for the WAN, "
                        "0.1 s for the launcher, 0.3 s for this machine");
    const struct figure *figure = figures;
    while (strcmp(figure->label, "effective speed") != 0)
        figure++;
    assert_string_equal(figure_text(figure, &r, speed), "4.9 x");
    r = (struct results){0}; /* a clock that waits for nobody; nothing is known */
    assert_null(fidelity_waits(&r.facts.clock, text));
    assert_string_equal(figure_text(figure, &r, speed), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chance_is_the_binomials),
        cmocka_unit_test(chance_has_a_direction),
        cmocka_unit_test(one_late_timer_of_a_few_dozen_decides_nothing),
        cmocka_unit_test(only_what_is_surely_late_counts),
        cmocka_unit_test(a_held_clock_keeps_to_its_lag),
        cmocka_unit_test(a_phone_that_hung_is_named),
        cmocka_unit_test(an_unfaithful_run_is_inconclusive_whatever_else),
        cmocka_unit_test(of_several_runs_the_gravest_counts),
        cmocka_unit_test(who_was_waited_for_is_told_where_it_matters),
    };
    unsetenv("GITHUB_ACTIONS");
    return cmocka_run_group_tests(tests, setup, teardown);
}
