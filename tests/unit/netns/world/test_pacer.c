/* The process that paces the fleet's clock: from before it runs to its end. */
#include "netns/world/pacer.h"
#include "tests/unit/netns/world_bench.h"

struct paced {
    struct bench b;
    uint8_t fate[2];
    struct clock_facts *facts;
    struct pacer *pacer;
};

static void begin(struct paced *p)
{
    *p = (struct paced){0};
    bench_plan(&p->b, 2);
    p->b.fleet.speed = 100;
    p->b.fleet.lag_us = 5000;
    assert_int_equal(fleettime_make(&p->b.time, &p->b.plan), 0);
    assert_non_null(p->b.time.hands);
    p->facts = mmap(NULL, sizeof *p->facts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                    -1, 0);
    p->pacer = pacer_start(&p->b.plan, &p->b.time, p->fate, p->facts);
    assert_non_null(p->pacer);
}

static void end(struct paced *p)
{
    pacer_stop(p->pacer);
    assert_int_equal(child_named("fleet-clock"), 0);
    munmap(p->facts, sizeof *p->facts);
    fleettime_free(&p->b.time);
    test_free(p->b.plan.phones);
}

static void it_runs_from_the_fleets_start_to_the_least_hand(void **state)
{
    (void)state;
    NEED_ROOT();
    struct paced p;
    begin(&p);
    struct watch w = fleettime_watch(&p.b.time, hands_launcher);
    watch_wake(&w);
    fleettime_begin(&p.b.time);
    watch_rest(&w, 100000);
    for (int ms = 0; ms < 30000 && fleettime_now(&p.b.time) < 105000; ms++)
        usleep(1000);
    uint64_t calls; /* its deadline was reached */
    assert_true(read(p.b.time.call[w.slot], &calls, sizeof calls) == sizeof calls && calls == 1);
    usleep(20000);
    assert_int_equal(fleettime_now(&p.b.time), 105000);
    assert_int_equal(watch_wake(&w), 100000);
    assert_int_equal(p.facts->hung_count, 0);
    assert_true(p.facts->held_ns[CLOCK_HELD_BY_LAUNCHER] > 0);
    watch_rest(&w, CLOCK_NEVER);
    for (int ms = 0; ms < 30000 && fleettime_now(&p.b.time) < 1000000; ms++)
        usleep(1000);
    assert_true(fleettime_now(&p.b.time) >= 1000000);
    end(&p);
}

static void its_death_is_told(void **state)
{
    (void)state;
    NEED_ROOT();
    struct paced p;
    begin(&p);
    pid_t pid = child_named("fleet-clock");
    assert_true(pid > 0);
    assert_true(pacer_alive(p.pacer, getpid()));
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    struct words w = words_begin();
    assert_false(pacer_alive(p.pacer, pid));
    assert_string_equal(words_end(w),
                        "fleet: the clock's pacer process has ended: time stands still\n");
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_runs_from_the_fleets_start_to_the_least_hand),
        cmocka_unit_test(its_death_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
