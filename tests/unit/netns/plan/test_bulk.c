/* test_bulk.c - bulk changes: as a file says them, on the plan, and in the agenda. */
#include "netns/fleet/fault.h"
#include "netns/plan/planner.h"
#include "netns/run/agenda.h"
#include "tests/unit/netns/fleet_bench.h"

#include <arpa/inet.h>

#define OLD "SCCP41.9-4-2SR1-1S"
#define NEW "SCCP41.9-4-2SR3-1S"
#define FLEET                                                                                      \
    "profiles: {b: {peerFirmwareSharing: true}}\n"                                                 \
    "phones:\n"                                                                                    \
    "  - {model: CP-7961G, count: 3, load: " NEW "}\n"                                             \
    "  - {model: CP-7970G, count: 2, profile: b}\n"                                                \
    "  - {model: CP-7960G}\n"
#define SET FLEET "set:\n  - " /* line 7, column 5 */

static struct plan *plan_of(const char *text)
{
    struct fleet *fleet = bench_read(text);
    if (!fleet)
        return NULL;
    int kept = bench_divert();
    struct plan *plan = plan_make(fleet);
    bench_restore(kept);
    if (!plan)
        fleet_free(fleet);
    return plan;
}

static void release(struct plan *plan)
{
    struct fleet *fleet = (struct fleet *)plan->fleet;
    plan_free(plan);
    fleet_free(fleet);
}

/* Whether the phones share: a letter each, '-' where nothing is written. */
static const char *sharing(const struct plan *plan)
{
    static char text[8];
    for (size_t i = 0; i < plan->count; i++)
        text[i] = "-ny"[plan->phones[i].pfs + 1];
    text[plan->count] = '\0';
    return text;
}

static void rules_before_the_run_change_the_plan_in_their_order(void **state)
{
    (void)state;
    struct plan *p = plan_of(FLEET "set:\n"
                                   "  - {phones: 2..3, load: " OLD ", peerFirmwareSharing: true}\n"
                                   "  - {phones: all, peerFirmwareSharing: on}\n"
                                   "  - {phones: CP-7970G, loadServer: 10.9.8.7}\n"
                                   "  - {phones: \"SEP*13\", peerFirmwareSharing: off}\n"
                                   "  - {phones: 3, load: " NEW "}\n");
    assert_non_null(p);
    assert_string_equal(sharing(p), "yyyny-");
    assert_string_equal(p->phones[0].load, NEW);
    assert_string_equal(p->phones[1].load, OLD);
    assert_string_equal(p->phones[2].load, NEW);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(ntohl(p->phones[i].load_server), i == 3 || i == 4 ? 0x0a090807 : 0);
    release(p);
}

static void rules_with_a_moment_leave_the_plan_alone(void **state)
{
    (void)state;
    struct plan *p = plan_of(FLEET "set:\n"
                                   "  - {phones: profile:b, peerFirmwareSharing: off, at: 5s}\n"
                                   "  - {phones: 1..3, load: " OLD ", at: settled, reset: 0.5}\n"
                                   "  - {phones: all, peerFirmwareSharing: true, at: 1m, reset: all}\n"
                                   "  - {phones: 1, load: " OLD ", at: 1m, reset: none}\n");
    assert_non_null(p);
    assert_string_equal(sharing(p), "---yy-");
    assert_string_equal(p->phones[0].load, NEW);
    const struct fault *set = p->fleet->set;
    assert_int_equal(p->fleet->set_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(set[i].what, FAULT_SET);
    assert_int_equal(set[0].at_us, 5000000);
    assert_true(set[0].reset_us == FAULT_UNSET && set[0].pfs == TRI_OFF);
    assert_true(set[1].at_us == FAULT_SETTLED);
    assert_int_equal(set[1].reset_us, 2000000);
    assert_string_equal(set[1].load, OLD);
    assert_int_equal(set[1].pfs, TRI_UNSET);
    assert_int_equal(set[2].reset_us, 0);
    assert_true(set[3].reset_us == FAULT_UNSET);
    release(p);
}

static void in_traditional_mode_nothing_shares(void **state)
{
    (void)state;
    struct plan *p = plan_of("mode: traditional\n" FLEET
                             "set: [{phones: all, peerFirmwareSharing: true}]\n");
    assert_non_null(p);
    assert_string_equal(sharing(p), "nnnnn-");
    release(p);
}

#define AT(column) "t.fleet.yml:7:" #column ": set[0]."
static const struct {
    const char *rule, *message;
} refused[] = {
    {"{load: " OLD "}", AT(5) "phones is missing; it takes " SELECTOR_TAKES "\n"},
    {"{phones: all}", AT(5) "load: set needs it, or peerFirmwareSharing or loadServer\n"},
    {"{phones: 1, load: " OLD ", reset: all}",
     AT(50) "reset: without at, no phone has been started\n"},
    {"{phones: 1, load: " OLD ", at: 1s, reset: 0}",
     AT(58) "reset takes all, none, or how many phones an emulated second, above 0 and up to "
            "100000, not '0'\n"},
    {"{phones: root, peerFirmwareSharing: false}",
     AT(14) "phones: root is known only when phones run; give at\n"},
    {"{phones: 7, load: " OLD "}", AT(14) "phones: no phone of this fleet is meant by '7'\n"},
    {"{phones: 5..7, load: " OLD "}", AT(14) "phones: the fleet has only 6 phones\n"},
    {"{phones: 1..2, load: SCCP41.9-9S, at: 1s, reset: all}",
     AT(26) "load: no SCCP41.9-9S.loads in %s/firmware-samples/small; there for this model: "
            "SCCP41.9-4-2SR1-1S, SCCP41.9-4-2SR3-1S, SCCP41.9-10-1-1S\n"},
    {"{phones: all, load: " OLD "}",
     AT(25) "load: load " OLD " is for CP-7941G, CP-7941G-GE, CP-7961G, CP-7961G-GE; loads of a "
            "CP-7970G are named SCCP70.*, SIP70.* or TERM70.*\n"},
    {"{phones: random:1, load: " OLD ", at: 1s}",
     AT(30) "load: load " OLD " is for CP-7941G, CP-7941G-GE, CP-7961G, CP-7961G-GE; loads of a "
            "CP-7970G are named SCCP70.*, SIP70.* or TERM70.*\n"},
    {"{phones: CP-7960G, peerFirmwareSharing: true}",
     AT(45) "peerFirmwareSharing: a CP-7960G has no peer firmware sharing\n"},
};

static void mistakes_are_refused_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char text[512], said[512];
        snprintf(text, sizeof text, SET "%s\n", refused[i].rule);
        snprintf(said, sizeof said, refused[i].message, bench_dir);
        assert_null(plan_of(text));
        assert_string_equal(bench_said, said);
    }
}

/* ---- in the agenda ------------------------------------------------------------------ */

static struct fault read_order(const char *order)
{
    struct fault f;
    assert_true(fault_read(order, "order", true, &f));
    return f;
}

static void an_order_may_say_the_same(void **state)
{
    (void)state;
    struct fault f = read_order("{phone: 1..3, do: set, peerFirmwareSharing: false, reset: all}");
    assert_int_equal(f.pfs, TRI_OFF);
    assert_int_equal(f.reset_us, 0);
    f = read_order("{phone: all, do: reset, every: 500ms}");
    assert_int_equal(f.every_us, 500000);
    int kept = bench_divert();
    assert_false(fault_read("{phone: 1, do: kill, every: 1s, within: 1s}", "a", true, &f));
    assert_false(fault_read("{phone: 1, do: set, load: x, every: 1s, reset: 1}", "b", true, &f));
    assert_false(fault_read("{phone: 1, do: reset, peerFirmwareSharing: on}", "c", true, &f));
    assert_false(fault_read("{phone: 1, do: kill, at: settled}", "d", true, &f));
    bench_restore(kept);
    assert_string_equal(bench_said, "a: every: there is within as well\n"
                                    "b: reset: not together with within or every\n"
                                    "c: peerFirmwareSharing: reset takes none\n"
                                    "d: at: an order is carried out now\n");
}

#define PHONES 4
static const uint32_t phones[PHONES] = {1, 3, 5, 8};

/* All files are written before the first phone is told. */
static void a_set_is_followed_by_its_resets(void **state)
{
    (void)state;
    struct agenda a = {.resets = FAULT_RESET};
    struct stroke seek = {.kind = STROKE_SEEK}, s;
    seek.fault = read_order("{phone: 1..4, do: set, load: x, reset: 4}");
    assert_true(agenda_spread(&a, &seek, 1000000, phones, PHONES));
    assert_int_equal(a.count, 2 * PHONES);
    for (size_t i = 0; i < PHONES; i++) {
        assert_true(agenda_take(&a, 1000000, &s));
        assert_int_equal(s.fault.what, FAULT_SET);
        assert_int_equal(s.phone, phones[i]);
    }
    for (size_t i = 0; i < PHONES; i++) {
        assert_true(agenda_take(&a, UINT64_MAX, &s));
        assert_int_equal(s.fault.what, FAULT_RESET);
        assert_int_equal(s.kind, STROKE_STRIKE);
        assert_int_equal(s.phone, phones[i]);
        assert_int_equal(s.due_us, 1000000 + i * 250000);
        assert_string_equal(s.fault.load, "");
    }
    agenda_free(&a);
}

/* The files of the second and the last could not be written. Another batch's resets stay. */
static void who_was_not_set_is_not_reset(void **state)
{
    (void)state;
    struct agenda a = {.resets = FAULT_RESET};
    struct stroke seek = {.kind = STROKE_SEEK}, s;
    seek.fault = read_order("{phone: 1..4, do: set, load: x, reset: 4}");
    assert_true(agenda_spread(&a, &seek, 0, phones, PHONES));
    assert_true(agenda_spread(&a, &seek, 0, phones + 1, 1));
    for (size_t i = 0; i < PHONES; i++) {
        assert_true(agenda_take(&a, 0, &s));
        if (i % 2)
            agenda_drop_reset(&a, &s);
    }
    size_t resets[9] = {0};
    while (agenda_take(&a, UINT64_MAX, &s))
        resets[s.phone] += s.fault.what == FAULT_RESET;
    assert_int_equal(resets[1], 1);
    assert_int_equal(resets[3], 1);
    assert_int_equal(resets[5], 1);
    assert_int_equal(resets[8], 0);
    s = (struct stroke){.phone = 1, .fault = seek.fault}; /* by an order: it has none yet */
    s.kind = STROKE_STRIKE;
    assert_true(agenda_resets(&a, &s, 0, phones, 1));
    agenda_drop_reset(&a, &s);
    assert_int_equal(a.count, 1);
    agenda_free(&a);
}

static void every_sets_them_apart(void **state)
{
    (void)state;
    struct agenda a = {.resets = FAULT_RESET};
    struct stroke seek = {.kind = STROKE_SEEK}, s;
    seek.fault = read_order("{phone: 1..4, do: restart, every: 2s}");
    assert_true(agenda_spread(&a, &seek, 7, phones, PHONES));
    for (size_t i = 0; i < PHONES; i++) {
        assert_true(agenda_take(&a, UINT64_MAX, &s));
        assert_int_equal(s.phone, phones[i]);
        assert_int_equal(s.due_us, 7 + i * 2000000);
    }
    assert_false(agenda_take(&a, UINT64_MAX, &s));
    agenda_free(&a);
}

static void what_waits_for_the_fleet_comes_in_its_order_and_holds_nothing(void **state)
{
    (void)state;
    struct agenda a = {.resets = FAULT_RESET};
    struct stroke s = {.kind = STROKE_SEEK, .due_us = FAULT_SETTLED, .fault = fault_none};
    assert_false(agenda_waits(&a));
    s.fault.what = FAULT_SET;
    assert_true(agenda_add(&a, &s));
    s.fault.what = FAULT_RESET;
    assert_true(agenda_add(&a, &s));
    assert_false(agenda_holds_run(&a));
    s.fault.what = FAULT_KILL;
    s.due_us = 5;
    assert_true(agenda_add(&a, &s));
    assert_true(agenda_holds_run(&a));
    assert_true(agenda_take_waiting(&a, &s));
    assert_int_equal(s.fault.what, FAULT_SET);
    assert_true(agenda_waits(&a));
    assert_true(agenda_take_waiting(&a, &s));
    assert_int_equal(s.fault.what, FAULT_RESET);
    assert_false(agenda_waits(&a));
    assert_false(agenda_take_waiting(&a, &s));
    assert_int_equal(a.count, 1);
    agenda_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_before_the_run_change_the_plan_in_their_order),
        cmocka_unit_test(rules_with_a_moment_leave_the_plan_alone),
        cmocka_unit_test(in_traditional_mode_nothing_shares),
        cmocka_unit_test(mistakes_are_refused_with_their_place),
        cmocka_unit_test(an_order_may_say_the_same),
        cmocka_unit_test(a_set_is_followed_by_its_resets),
        cmocka_unit_test(who_was_not_set_is_not_reset),
        cmocka_unit_test(every_sets_them_apart),
        cmocka_unit_test(what_waits_for_the_fleet_comes_in_its_order_and_holds_nothing),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
