/* test_pace.c - how far the fleet's clock may run, in virtual time: every hand and every real
 * moment is the test's. Its witness is the clock itself, read before and after each step. */
#include "emu/random.h"
#include "netns/world/pace.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PHONES   6
#define HANDS    (PHONES + HANDS_OTHERS)
#define LAUNCHER PHONES
#define WAN      (PHONES + 1)
#define MANAGER  (PHONES + 2)
#define CEILING  100
#define PACE     (CEILING * CLOCK_PACE_1)
#define LAG      5000
#define HORIZON  25000 /* emulated us, at most */
#define MS       1000000ull
#define SECOND   (1000 * MS)
#define START    (1000 * SECOND)

struct rig {
    struct hands *hands;
    uint8_t fate[PHONES];
    struct clock_facts facts;
    struct pace pace;
    struct pace_wait wait;
    uint64_t mono, shown;  /* the last read */
    uint64_t stood_ns;     /* for how long the clock stood, by what it showed */
};

static uint64_t wake(struct hands *h, uint32_t slot, uint64_t due_us, uint64_t not_before_us)
{
    bool any;
    return hand_wake(h, slot, due_us, not_before_us, due_us, &any);
}

static void begin(struct rig *r)
{
    *r = (struct rig){.hands = calloc(1, hands_size(HANDS)), .mono = START};
    assert_non_null(r->hands);
    hands_init(r->hands, HANDS);
    r->hands->lag_us = LAG;
    assert_true(pace_init(&r->pace, r->hands, r->fate, &r->facts, CEILING));
}

static void end(struct rig *r)
{
    pace_free(&r->pace);
    free(r->hands);
}

/* So much later: the clock has not gone back, nor faster than it may. */
static void pass(struct rig *r, uint64_t ns)
{
    r->mono += ns;
    uint64_t now = course_now(&r->pace.course, r->mono), ran = now - r->shown;
    assert_true(now >= r->shown);
    assert_true(ran <= ns * PACE / MS + 1);
    r->stood_ns += ns - (ran * MS / PACE < ns ? ran * MS / PACE : ns);
    r->shown = now;
}

/* The least hand of those that count, but for who was given up. */
static uint64_t least(const struct rig *r)
{
    uint64_t at = HANDS_NEVER;
    for (uint32_t i = 0; i < HANDS; i++) {
        uint64_t pledge = atomic_load(&r->hands->hand[i].pledge_us);
        uint64_t mail = atomic_load(&r->hands->hand[i].mail_us);
        bool out = (i < PHONES && r->fate[i] != 0) || r->pace.known[i].left;
        if (!out && pledge < at)
            at = pledge;
        if (!out && mail < at)
            at = mail;
    }
    return at;
}

/* A step now: the clock shows the same, and goes no further than it may. */
static void step(struct rig *r)
{
    r->wait = pace_step(&r->pace, r->mono);
    assert_int_equal(course_now(&r->pace.course, r->mono), r->shown);
    uint64_t granted = r->pace.course.granted_us, at = least(r);
    assert_true(granted >= r->shown && granted <= r->shown + HORIZON);
    if (granted > r->shown && at != HANDS_NEVER)
        assert_true(granted <= at + LAG);
    assert_true(r->wait.ns > 0);
    assert_true(r->pace.called_count <= HANDS);
}

/* As a pacer does that is not kept from it, nor woken before. */
static void pace_for(struct rig *r, uint64_t ns)
{
    for (uint64_t until = r->mono + ns; r->mono < until;) {
        pass(r, r->wait.ns < until - r->mono ? r->wait.ns : until - r->mono);
        step(r);
    }
}

static uint64_t held(const struct rig *r)
{
    uint64_t sum = 0;
    for (int i = 0; i < CLOCK_HOLDERS; i++)
        sum += r->facts.held_ns[i];
    return sum;
}

/* ---- where it stops ---------------------------------------------------------------------- */

static void before_its_first_step_it_is_zero(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    pass(&r, 3600 * SECOND);
    assert_int_equal(r.shown, 0);
    step(&r);
    assert_int_equal(held(&r), 0);
    assert_int_equal(r.pace.course.granted_us, HORIZON); /* nobody holds it */
    assert_int_equal(r.wait.hand, HANDS_NOBODY);
    end(&r);
}

static void it_stops_at_the_least_hand_and_its_lag(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < HANDS; i++)
        for (int by_mail = 0; by_mail < 2; by_mail++) {
            struct rig r;
            begin(&r);
            hand_rest(r.hands, (i + 1) % HANDS, 9000);
            if (by_mail)
                hands_mail(r.hands, i, 7000);
            else
                hand_rest(r.hands, i, 7000);
            step(&r);
            pace_for(&r, 50 * MS);
            assert_int_equal(r.shown, 7000 + LAG);
            assert_int_equal(r.wait.hand, i); /* of whom it waits */
            wake(r.hands, i, 7000, 0);
            hand_rest(r.hands, i, HANDS_NEVER);
            step(&r);
            pace_for(&r, 50 * MS);
            assert_int_equal(r.shown, 9000 + LAG);
            end(&r);
        }
}

static void a_hand_behind_the_clock_stops_it_where_it_is(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    step(&r);
    pace_for(&r, 10 * MS);
    uint64_t now = r.shown;
    assert_true(now > 500000);
    hand_rest(r.hands, 3, 1000); /* it was frozen, say, and is back */
    step(&r);
    pace_for(&r, 50 * MS);
    assert_int_equal(r.shown, now);
    end(&r);
}

static void who_was_struck_on_purpose_does_not_hold_it(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    static const uint8_t fates[] = {PHONE_UNPLUGGED, PHONE_KILLED, PHONE_FROZEN};
    for (uint32_t i = 0; i < 3; i++) {
        hand_rest(r.hands, i, i == 0 ? HANDS_NEVER : 1000 * i);
        r.fate[i] = fates[i];
    }
    hands_mail(r.hands, 1, 500);
    step(&r);
    pace_for(&r, 100 * MS);
    assert_true(r.shown > 9000000); /* of 10 s */
    hand_rest(r.hands, 0, 0); /* who is unplugged still lives by it */
    uint64_t now = r.shown;
    step(&r);
    pace_for(&r, 100 * MS);
    assert_int_equal(r.shown, now);
    end(&r);
}

/* ---- any fleet, any schedule --------------------------------------------------------------- */

/* What a hand may do: wake for what is due or has come, send, rest. */
static void act(struct rig *r, uint32_t i, uint64_t *now, uint64_t *seed)
{
    struct hand *h = &r->hands->hand[i];
    uint64_t deadline = atomic_load(&h->pledge_us);
    bool due = deadline <= r->shown || hand_has_mail(r->hands, i);
    if (!due && random_below(seed, 20) != 0) /* something comes that nobody has announced */
        return;
    now[i] = wake(r->hands, i, deadline < r->shown ? deadline : r->shown, now[i]);
    if (random_below(seed, 3) == 0)
        hands_mail(r->hands, random_below(seed, HANDS), now[i]);
    if (random_below(seed, 4) != 0)
        hand_rest(r->hands, i,
                  random_below(seed, 8) == 0 ? HANDS_NEVER : now[i] + random_below(seed, 60000));
}

static uint64_t random_ns(uint64_t *seed)
{
    static const uint32_t most[] = {1000, 50000, 300000, 2000000};
    return 1 + random_below(seed, most[random_below(seed, 4)]);
}

static void never_too_far_never_back_never_a_jump(void **state)
{
    (void)state;
    for (uint64_t first = 1; first <= 20; first++) {
        struct rig r;
        uint64_t seed = first, now[HANDS] = {0}, late = 0;
        begin(&r);
        step(&r);
        for (int n = 0; n < 5000; n++) {
            bool stopped = random_below(&seed, 500) == 0; /* the machine ran nobody */
            late += stopped;
            pass(&r, stopped ? 10 * SECOND : random_ns(&seed));
            for (uint32_t i = 0; i < HANDS; i++)
                if (random_below(&seed, 2) == 0)
                    act(&r, i, now, &seed);
            if (random_below(&seed, 50) == 0)
                r.fate[random_below(&seed, PHONES)] ^= PHONE_FROZEN;
            step(&r);
        }
        assert_true(r.shown > 1000000); /* yet it runs */
        assert_true(late > 0 && r.facts.hung_count == 0);
        assert_in_range(held(&r), r.stood_ns - r.stood_ns / 1000, r.stood_ns + r.stood_ns / 1000);
        end(&r);
    }
}

/* Each of the two takes what it was sent, and passes it on to the other, for ever. */
static void pass_to_and_fro(struct hands *h, uint32_t me, uint32_t other)
{
    for (uint32_t swap = me;; me = other, other = swap, swap = me) {
        hands_mail(h, other, wake(h, me, HANDS_NEVER, 0));
        hand_rest(h, me, HANDS_NEVER);
    }
}

/* One message goes to and fro in a fleet of a thousand: whenever a pacer looks, somebody has it. */
static void what_changes_hands_is_never_missed(void **state)
{
    (void)state;
    static const uint8_t fate[1000];
    static struct clock_facts facts;
    size_t size = hands_size(1000);
    struct hands *h =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct pace pace;
    hands_init(h, 1000);
    h->lag_us = HANDS_NEVER;
    hands_mail(h, 1, 700);
    assert_true(pace_init(&pace, h, fate, &facts, CEILING));
    pid_t pid = fork();
    if (pid == 0)
        pass_to_and_fro(h, 1, 900);
    unsigned missed = 0;
    for (uint64_t n = 0; n < 100000; n++) {
        pace_step(&pace, START + n);
        missed += pace.least_us != 700;
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(missed, 0);
    munmap(h, size);
    pace_free(&pace);
}

/* ---- who holds it for too long ------------------------------------------------------------- */

static void a_phone_that_hangs_is_given_up_until_it_moves(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    hand_rest(r.hands, 4, 7000);
    step(&r);
    pace_for(&r, PACE_HANG_NS - 100 * MS);
    assert_int_equal(r.shown, 7000 + LAG);
    assert_int_equal(r.facts.hung_count, 0);
    uint32_t named = 0;
    for (uint64_t until = r.mono + 200 * MS; r.mono < until;) {
        pass(&r, r.wait.ns);
        step(&r);
        if (r.pace.hung != HANDS_NOBODY) {
            assert_int_equal(r.pace.hung, 4);
            named++;
        }
    }
    assert_int_equal(named, 1); /* once */
    assert_int_equal(r.facts.hung_count, 1);
    assert_int_equal(r.facts.hung[0], 4);
    assert_true(r.shown > 1000000);
    hands_mail(r.hands, 4, r.shown); /* nor is its mail waited for */
    uint64_t now = r.shown;
    pace_for(&r, 50 * MS);
    assert_true(r.shown > now + 4000000);
    now = wake(r.hands, 4, r.shown, 0); /* it is back */
    step(&r);
    pace_for(&r, 50 * MS);
    assert_true(r.shown <= now + LAG || r.shown <= r.pace.course.granted_us);
    hand_rest(r.hands, 4, r.shown + 20000);
    now = r.shown + 20000;
    step(&r);
    pace_for(&r, 50 * MS);
    assert_int_equal(r.shown, now + LAG);
    assert_int_equal(r.facts.hung_count, 1);
    end(&r);
}

static void all_that_hang_are_counted_the_first_are_named(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    for (uint32_t i = 0; i < PHONES; i++)
        hand_rest(r.hands, i, 7000 - i);
    step(&r);
    pace_for(&r, PHONES * (PACE_HANG_NS + 50 * MS));
    assert_int_equal(r.facts.hung_count, PHONES);
    for (uint32_t i = 0; i < CLOCK_HUNG; i++)
        assert_int_equal(r.facts.hung[i], PHONES - 1 - i);
    assert_true(r.shown > 1000000);
    end(&r);
}

/* It rests until a phone says something, or is at work: stopped, it takes no mail, however often it is
 * called. */
static void a_call_manager_that_hangs_is_given_up(void **state)
{
    (void)state;
    for (int mailed = 0; mailed < 2; mailed++) {
        struct rig r;
        begin(&r);
        if (mailed)
            hands_mail(r.hands, MANAGER, 7000);
        else
            hand_rest(r.hands, MANAGER, 7000);
        step(&r);
        pace_for(&r, PACE_HANG_NS - 100 * MS);
        assert_int_equal(r.shown, 7000 + LAG);
        pace_for(&r, 200 * MS);
        assert_int_equal(r.facts.hung_count, 1);
        assert_int_equal(r.facts.hung[0], MANAGER);
        assert_true(r.shown > 1000000);
        hands_mail(r.hands, MANAGER, r.shown);
        uint64_t now = r.shown;
        pace_for(&r, 50 * MS);
        assert_true(r.shown > now + 4000000);
        end(&r);
    }
}

static void launcher_and_wan_are_waited_for(void **state)
{
    (void)state;
    for (uint32_t i = LAUNCHER; i <= WAN; i++) {
        struct rig r;
        begin(&r);
        hand_rest(r.hands, i, 7000);
        step(&r);
        pace_for(&r, 5 * PACE_HANG_NS);
        assert_int_equal(r.shown, 7000 + LAG);
        assert_int_equal(r.facts.hung_count, 0);
        end(&r);
    }
}

static void mail_that_nobody_takes_is_given_up(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MANAGER; i++) {
        struct rig r;
        begin(&r);
        hands_mail(r.hands, i, 7000);
        step(&r);
        pace_for(&r, (i < PHONES ? PACE_MAIL_NS : PACE_HANG_NS) - 20 * MS);
        assert_int_equal(r.shown, 7000 + LAG);
        assert_int_equal(r.facts.unanswered, 0);
        pace_for(&r, 40 * MS);
        assert_int_equal(r.facts.unanswered, 1);
        assert_false(hand_has_mail(r.hands, i));
        assert_true(r.shown > 1000000);
        assert_int_equal(r.facts.hung_count, 0);
        end(&r);
    }
}

static void mail_that_is_taken_is_not(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    step(&r);
    for (int n = 0; n < 20; n++) {
        uint64_t now = r.shown;
        hands_mail(r.hands, 1, now);
        step(&r);
        pace_for(&r, PACE_MAIL_NS - 20 * MS);
        assert_true(r.shown <= now + LAG);
        wake(r.hands, 1, r.shown, now);
        hand_rest(r.hands, 1, HANDS_NEVER);
        step(&r);
    }
    assert_int_equal(r.facts.unanswered, 0);
    end(&r);
}

/* ---- whose time that is -------------------------------------------------------------------- */

static void real_time_is_accounted_to_who_held_it(void **state)
{
    (void)state;
    static const struct {
        uint32_t hand;
        enum clock_holder holder;
    } table[] = {{0, CLOCK_HELD_BY_PHONES}, {PHONES - 1, CLOCK_HELD_BY_PHONES},
                 {LAUNCHER, CLOCK_HELD_BY_LAUNCHER}, {WAN, CLOCK_HELD_BY_WAN},
                 {MANAGER, CLOCK_HELD_BY_MANAGER}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct rig r;
        begin(&r);
        hand_rest(r.hands, table[i].hand, 15000); /* and the lag: it runs for 200 us */
        step(&r);
        pace_for(&r, 30 * MS);
        assert_int_equal(held(&r), 30 * MS - 200000);
        assert_int_equal(r.facts.held_ns[table[i].holder], 30 * MS - 200000);
        assert_in_range(r.facts.holds[table[i].holder], 1, 10);
        end(&r);
    }
}

static void a_machine_that_ran_nobody_costs_the_horizon_and_blames_no_phone(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    for (uint32_t i = 0; i < PHONES; i++)
        hand_rest(r.hands, i, 1000000);
    step(&r);
    pace_for(&r, 2 * MS);
    uint64_t now = r.shown, blamed = r.facts.held_ns[CLOCK_HELD_BY_PHONES];
    for (int n = 0; n < 3; n++) {
        pass(&r, 10 * SECOND);
        step(&r);
    }
    assert_true(r.shown <= now + 3 * HORIZON);
    assert_true(r.facts.held_ns[CLOCK_HELD_BY_HOST] >= 30 * SECOND - 3 * MS);
    assert_int_equal(r.facts.held_ns[CLOCK_HELD_BY_PHONES], blamed);
    assert_int_equal(r.facts.hung_count, 0);
    end(&r);
}

/* While one is waited for: he was not run either. */
static void who_is_at_work_meanwhile_is_not_to_blame(void **state)
{
    (void)state;
    struct rig r;
    begin(&r);
    wake(r.hands, 2, 0, 0);
    hands_mail(r.hands, 3, 100);
    step(&r);
    pace_for(&r, 5 * MS);
    for (int n = 0; n < 3; n++) {
        pass(&r, 60 * SECOND);
        step(&r);
    }
    assert_int_equal(r.shown, LAG);
    assert_true(r.facts.held_ns[CLOCK_HELD_BY_PHONES] < 50 * MS);
    assert_true(r.facts.held_ns[CLOCK_HELD_BY_HOST] > 179 * SECOND);
    assert_int_equal(r.facts.hung_count, 0);
    assert_int_equal(r.facts.unanswered, 0);
    end(&r);
}

/* ---- who is called -------------------------------------------------------------------------- */

/* Steps through that time; when (clock) he was called first, and how often. */
static unsigned calls(struct rig *r, uint32_t hand, uint64_t ns, uint64_t *at)
{
    unsigned count = 0;
    for (uint64_t until = r->mono + ns; r->mono < until;) {
        pass(r, r->wait.ns);
        step(r);
        for (uint32_t i = 0; i < r->pace.called_count; i++)
            if (r->pace.called[i] == hand && count++ == 0)
                *at = r->shown;
    }
    return count;
}

static void who_rests_and_is_due_is_called_once(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < HANDS; i++) {
        struct rig r;
        uint64_t at = 0;
        begin(&r);
        hand_rest(r.hands, (i + 1) % HANDS, 9000); /* called before, and does not move */
        hand_rest(r.hands, i, 12345);
        step(&r);
        assert_int_equal(calls(&r, i, 30 * MS, &at), 1);
        assert_in_range(at, 12345, 12345 + PACE / 10000);
        wake(r.hands, i, 12345, 0);
        hand_rest(r.hands, i, 12346);
        step(&r);
        assert_int_equal(r.pace.called_count, 1); /* for another moment, at once */
        assert_int_equal(r.pace.called[0], i);
        assert_int_equal(calls(&r, i, 30 * MS, &at), 0);
        end(&r);
    }
}

/* What wakes nobody by itself would hold the clock for as long as a phone may hang. But who is awake
 * may be about to send it. */
static void a_manager_that_sleeps_over_its_mail_is_called_for_it_once(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2 * HANDS; i++) {
        struct rig r;
        uint32_t who = i % HANDS, sender = (who + 1) % HANDS;
        unsigned calls = 0, most = i == HANDS - 1;
        begin(&r);
        step(&r);
        pass(&r, MS);
        hand_rest(r.hands, who, HANDS_NEVER);
        hands_mail(r.hands, who, r.shown);
        if (i >= HANDS)
            wake(r.hands, sender, HANDS_NEVER, r.shown);
        for (int n = 0; n < 300; n++) {
            step(&r);
            for (uint32_t c = 0; c < r.pace.called_count; c++)
                calls += r.pace.called[c] == who;
            assert_true(calls == 0 || r.stood_ns >= 2 * PACE_CALL_NS - 2 * MS);
            pass(&r, MS);
        }
        assert_int_equal(calls, most);
        assert_int_equal(r.facts.unanswered, 0);
        end(&r);
    }
}

static void who_is_awake_is_not_called(void **state)
{
    (void)state;
    struct rig r;
    uint64_t at;
    begin(&r);
    wake(r.hands, 2, 0, 0);
    step(&r);
    assert_int_equal(calls(&r, 2, 30 * MS, &at), 0);
    hand_rest(r.hands, 2, 100);
    step(&r);
    assert_int_equal(r.pace.called_count, 1);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_its_first_step_it_is_zero),
        cmocka_unit_test(it_stops_at_the_least_hand_and_its_lag),
        cmocka_unit_test(a_hand_behind_the_clock_stops_it_where_it_is),
        cmocka_unit_test(who_was_struck_on_purpose_does_not_hold_it),
        cmocka_unit_test(never_too_far_never_back_never_a_jump),
        cmocka_unit_test(what_changes_hands_is_never_missed),
        cmocka_unit_test(a_phone_that_hangs_is_given_up_until_it_moves),
        cmocka_unit_test(all_that_hang_are_counted_the_first_are_named),
        cmocka_unit_test(a_call_manager_that_hangs_is_given_up),
        cmocka_unit_test(launcher_and_wan_are_waited_for),
        cmocka_unit_test(mail_that_nobody_takes_is_given_up),
        cmocka_unit_test(mail_that_is_taken_is_not),
        cmocka_unit_test(real_time_is_accounted_to_who_held_it),
        cmocka_unit_test(a_machine_that_ran_nobody_costs_the_horizon_and_blames_no_phone),
        cmocka_unit_test(who_is_at_work_meanwhile_is_not_to_blame),
        cmocka_unit_test(who_rests_and_is_due_is_called_once),
        cmocka_unit_test(a_manager_that_sleeps_over_its_mail_is_called_for_it_once),
        cmocka_unit_test(who_is_awake_is_not_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
