/* test_fault.c - faults as a file or an order says them, whom they mean, and when. */
#include "netns/fleet/fault.h"
#include "netns/plan/meant.h"
#include "netns/plan/planner.h"
#include "netns/run/agenda.h"
#include "tests/unit/netns/fleet_bench.h"

#include <arpa/inet.h>

#define FLEET                                                                                      \
    "enterprise: {peerFirmwareSharing: true}\n"                                                    \
    "wan: {delay: 1ms}\nprofiles: {b: {}}\n"                                                       \
    "phones: [{model: CP-7961G, count: 3}, {model: CP-7970G, count: 2, profile: b}]\n"
#define FAULT FLEET "faults:\n  - " /* line 6, column 5 */

/* ---- the words ---------------------------------------------------------------------- */

static void a_file_says_what_when_and_to_whom(void **state)
{
    (void)state;
    struct fleet *f = bench_read(
        FLEET "faults:\n"
              "  - {at: 30s, phone: root, do: kill}\n"
              "  - {at: 10s, phone: \"random:2\", do: freeze, for: 5s, within: 1m}\n"
              "  - {at: 0s, phone: CP-7970G, do: slow, rate: 64kbit}\n"
              "  - {at: 5s, do: wan-loss, loss: 5%, for: 2s}\n"
              "  - {at: 5s, do: wan-delay, delay: 150ms}\n"
              "  - {at: 1h, phone: 2, do: join}\n");
    assert_string_equal(bench_said, "");
    assert_non_null(f);
    assert_int_equal(f->fault_count, 6);
    assert_int_equal(f->faults[0].what, FAULT_KILL);
    assert_int_equal(f->faults[0].at_us, 30000000);
    assert_int_equal(f->faults[0].phone.kind, SELECT_ROOT);
    assert_true(f->faults[0].for_us == FAULT_UNSET);
    assert_int_equal(f->faults[1].what, FAULT_FREEZE);
    assert_int_equal(f->faults[1].phone.kind, SELECT_RANDOM);
    assert_int_equal(f->faults[1].phone.count, 2);
    assert_int_equal(f->faults[1].for_us, 5000000);
    assert_int_equal(f->faults[1].within_us, 60000000);
    assert_int_equal(f->faults[2].rate_bps, 64000);
    assert_ptr_equal(f->faults[2].phone.model, phone_model_find("CP-7970G"));
    assert_true(f->faults[3].loss > 0.0499 && f->faults[3].loss < 0.0501);
    assert_int_equal(f->faults[3].phone.kind, SELECT_NONE);
    assert_int_equal(f->faults[4].delay_us, 150000);
    assert_int_equal(f->faults[5].phone.kind, SELECT_PHONE);
    struct plan *plan = plan_make(f);
    assert_non_null(plan);
    plan_free(plan);
    fleet_free(f);
}

#define AT(column) "t.fleet.yml:6:" #column ": faults[0]."
static const struct {
    const char *file, *message;
} refused[] = {
    {FAULT "{at: 1s, phone: 1, do: kill, rate: 1mbit}\n", AT(40) "rate: kill takes none\n"},
    {FAULT "{at: 1s, phone: 1, do: slow}\n", AT(5) "rate: slow needs it\n"},
    {FAULT "{at: 1s, do: kill}\n", AT(5) "phone: kill needs to know which\n"},
    {FAULT "{at: 1s, phone: 1, do: wan-cut}\n", AT(21) "phone: wan-cut is not done to phones\n"},
    {FAULT "{at: 1s, do: wan-loss, delay: 1ms}\n",
     AT(5) "loss: wan-loss needs it\n" AT(35) "delay: wan-loss takes none\n"},
    {FAULT "{at: 1s, do: wan-cut, within: 1s}\n", AT(35) "within: wan-cut takes none\n"},
    {FAULT "{at: 1s, phone: 1, do: set}\n", AT(5) "load: set needs it, or peerFirmwareSharing or loadServer\n"},
    {FAULT "{at: 1s, phone: 1, do: reset, load: x}\n", AT(41) "load: reset takes none\n"},
    {FAULT "{phone: 1, do: kill}\n", AT(5) "at: is missing: when it is to happen\n"},
    {FAULT "{at: 1s, phone: root, do: join}\n",
     AT(21) "phone: root is known only when phones run, not before they join\n"},
    {FAULT "{at: 1s, phone: \"random:0\", do: kill}\n",
     AT(21) "phone takes " SELECTOR_TAKES ", not 'random:0'\n"},
    {FAULT "{at: 1s, phone: 4..3, do: kill}\n", AT(21) "phone takes " SELECTOR_TAKES ", not '4..3'\n"},
    {FAULT "{at: 1s, phone: 0..3, do: kill}\n", AT(21) "phone takes " SELECTOR_TAKES ", not '0..3'\n"},
    {FAULT "{at: 1s, phone: 1.., do: kill}\n", AT(21) "phone takes " SELECTOR_TAKES ", not '1..'\n"},
    {FAULT "{at: 1s, phone: \"[12]*\", do: kill}\n",
     AT(21) "phone takes " SELECTOR_TAKES ", not '[12]*'\n"},
    {FAULT "{at: 1s, phone: \"no phone\", do: kill}\n",
     AT(21) "phone takes " SELECTOR_TAKES ", not 'no phone'\n"},
    {FAULT "{at: soon, phone: 1, do: kill}\n",
     AT(10) "at takes a moment of emulated time up to 24h, such as 500ms, 30s or 5m, or "
              "settled, not 'soon'\n"},
    {FAULT "{at: 1s, phone: 1}\n",
     AT(5) "do is missing; it takes one of these: kill freeze restart unplug slow corrupt join "
           "mend set reset cm-reset cm-restart cm-apply-config cm-kill cm-start "
           "server-kill server-restart wan-cut wan-loss wan-delay wan-rate wan-restore\n"},
    {"phones: [{model: CP-7961G}]\nfaults: [{at: 1s, do: wan-cut}]\n",
     "t.fleet.yml:2:23: faults[0].do: wan-cut needs a fleet with a wan\n"},
};

static void what_does_not_go_together_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_null(bench_read(refused[i].file));
        assert_string_equal(bench_said, refused[i].message);
    }
}

static void phones_that_the_plan_lacks_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *phone, *why;
    } cases[] = {
        {"7", "no phone of this fleet is meant by '7'"},
        {"SEP000000000001", "no phone of this fleet is meant by 'SEP000000000001'"},
        {"CP-7960G", "no phone of this fleet is meant by 'CP-7960G'"},
        {"profile:a", "no phone of this fleet is meant by 'profile:a'"},
        {"random:6", "the fleet has only 5 phones"},
        {"4..6", "the fleet has only 5 phones"},
        {"SEP03*", "no phone of this fleet is meant by 'SEP03*'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512], said[256];
        snprintf(text, sizeof text, FAULT "{at: 1s, phone: \"%s\", do: kill}\n", cases[i].phone);
        struct fleet *f = bench_read(text);
        assert_non_null(f);
        int kept = bench_divert();
        struct plan *plan = plan_make(f);
        bench_restore(kept);
        snprintf(said, sizeof said, AT(21) "phone: %s\n", cases[i].why);
        assert_null(plan);
        assert_string_equal(bench_said, said);
        fleet_free(f);
    }
}

static void an_order_is_read_by_the_same_rules(void **state)
{
    (void)state;
    struct fault f;
    assert_true(fault_read("{phone: \"3\", do: freeze, for: 5s}", "phone 3 freeze", true, &f));
    assert_int_equal(f.what, FAULT_FREEZE);
    assert_int_equal(f.for_us, 5000000);
    assert_true(f.at_us == FAULT_UNSET);
    int kept = bench_divert();
    assert_false(fault_read("{phone: \"3\", do: slow}", "phone 3 slow", true, &f));
    assert_false(fault_read("{do: wan-cut}", "wan cut", false, &f));
    assert_false(fault_read("{phone: \"3\", do: melt}", "phone 3 melt", true, &f));
    bench_restore(kept);
    assert_non_null(strstr(bench_said, "phone 3 slow: rate: slow needs it\n"));
    assert_non_null(strstr(bench_said, "wan cut: do: wan-cut needs a fleet with a wan\n"));
    assert_non_null(strstr(bench_said, "phone 3 melt: do takes one of these: kill "));
}

/* ---- whom it means ------------------------------------------------------------------ */

#define COUNT 5
struct scene {
    struct fleet *fleet;
    struct plan *plan;
    struct phone_status status[COUNT];
    bool barred[COUNT];
    uint64_t random;
    uint32_t found[COUNT];
};

/* 0 is root of 1 and 2, 2 has 3 below it; 4 is idle. */
static void scene_make(struct scene *s)
{
    *s = (struct scene){.fleet = bench_read(FLEET), .random = 1};
    assert_non_null(s->fleet);
    assert_non_null(s->plan = plan_make(s->fleet));
    for (int i = 0; i < COUNT; i++)
        s->status[i].state = i < 4 ? PHONE_UPGRADE : PHONE_IDLE;
    const struct plan_phone *p = s->plan->phones;
    s->status[0].root = s->status[4].root = 1;
    s->status[0].child_ip[1] = p[1].ip;
    s->status[0].child_ip[0] = p[2].ip;
    s->status[1].parent_ip = s->status[2].parent_ip = p[0].ip;
    s->status[2].child_ip[1] = p[3].ip;
    s->status[3].parent_ip = p[2].ip;
    s->status[4].child_ip[0] = p[3].ip; /* of a time gone by */
}

static void scene_free(struct scene *s)
{
    plan_free(s->plan);
    fleet_free(s->fleet);
}

static size_t resolve(struct scene *s, const char *text)
{
    struct selector who;
    assert_true(selector_parse(text, &who));
    return meant_resolve(&who, s->plan, s->status, s->barred, &s->random, s->found);
}

/* The phones found, as digits. */
static const char *found(struct scene *s, const char *text)
{
    static char digits[COUNT + 1];
    size_t n = resolve(s, text);
    for (size_t i = 0; i < n; i++)
        digits[i] = (char)('0' + s->found[i]);
    digits[n] = '\0';
    return digits;
}

static void each_selector_means_whom_it_says(void **state)
{
    struct scene s;
    (void)state;
    scene_make(&s);
    assert_string_equal(found(&s, "2"), "1");
    assert_string_equal(found(&s, "10.106.0.18"), "2");
    assert_string_equal(found(&s, "sep02760a6a0010"), "0");
    assert_string_equal(found(&s, "2..4"), "123");
    assert_string_equal(found(&s, "3..3"), "2");
    assert_string_equal(found(&s, "1..5"), "01234");
    assert_string_equal(found(&s, "SEP02760A6A001*"), "01234");
    assert_string_equal(found(&s, "sep*a001?"), "01234");
    assert_string_equal(found(&s, "*12"), "2");
    assert_string_equal(found(&s, "SEP02760A6A001"), "");
    assert_string_equal(found(&s, "SEP?"), "");
    assert_string_equal(found(&s, "CP-7970G"), "34");
    assert_string_equal(found(&s, "profile:b"), "34");
    assert_string_equal(found(&s, "all"), "01234");
    assert_string_equal(found(&s, "root"), "0");
    assert_string_equal(found(&s, "parents"), "02");
    s.status[2].parent_ip = 0; /* its parent has gone, its children stay: it is no root by that */
    assert_string_equal(found(&s, "root"), "0");
    s.status[3].root = 1; /* a root has no child at first */
    assert_string_equal(found(&s, "root"), "03");
    s.status[3].root = 0;
    s.status[0].state = s.status[2].state = PHONE_IDLE;
    assert_string_equal(found(&s, "root"), "");
    assert_string_equal(found(&s, "parents"), "");
    scene_free(&s);
}

static void random_draws_by_the_seed_among_those_not_barred(void **state)
{
    struct scene s;
    unsigned times[COUNT] = {0};
    char first[COUNT + 1];
    (void)state;
    scene_make(&s);
    s.barred[3] = true;
    snprintf(first, sizeof first, "%s", found(&s, "random:2"));
    s.random = 1;
    assert_string_equal(found(&s, "random:2"), first);
    for (int n = 0; n < 4000; n++) {
        size_t count = resolve(&s, "random:2");
        assert_int_equal(count, 2);
        assert_true(s.found[0] < s.found[1]);
        times[s.found[0]]++;
        times[s.found[1]]++;
    }
    assert_int_equal(times[3], 0);
    for (int i = 0; i < COUNT; i++) /* 2000 each, were it not for chance: sigma is 32 */
        if (i != 3)
            assert_in_range(times[i], 1800, 2200);
    assert_string_equal(found(&s, "random:5"), "0124");
    scene_free(&s);
}

/* ---- when --------------------------------------------------------------------------- */

static struct stroke stroke_of(enum stroke_kind kind, enum fault_do what, uint64_t due_us,
                               uint32_t phone)
{
    struct stroke s = {.kind = kind, .due_us = due_us, .phone = phone, .fault = fault_none};
    s.fault.what = what;
    return s;
}

static void add(struct agenda *a, enum stroke_kind kind, enum fault_do what, uint64_t due_us,
                uint32_t phone)
{
    struct stroke s = stroke_of(kind, what, due_us, phone);
    assert_true(agenda_add(a, &s));
}

static void strokes_come_in_the_order_of_their_times(void **state)
{
    struct agenda a = {0};
    struct stroke s;
    (void)state;
    assert_true(agenda_next(&a) == UINT64_MAX);
    add(&a, STROKE_STRIKE, FAULT_KILL, 30, 3);
    add(&a, STROKE_STRIKE, FAULT_KILL, 10, 1);
    for (uint32_t i = 0; i < 200; i++)
        add(&a, STROKE_STRIKE, FAULT_FREEZE, 20, i);
    assert_int_equal(agenda_next(&a), 10);
    assert_false(agenda_take(&a, 9, &s));
    assert_true(agenda_take(&a, 10, &s));
    assert_int_equal(s.phone, 1);
    assert_false(agenda_take(&a, 19, &s));
    for (uint32_t i = 0; i < 200; i++) {
        assert_true(agenda_take(&a, 25, &s));
        assert_int_equal(s.phone, i);
    }
    assert_false(agenda_take(&a, 29, &s));
    assert_true(agenda_take(&a, 99, &s));
    assert_int_equal(s.phone, 3);
    assert_false(agenda_take(&a, UINT64_MAX, &s));
    agenda_free(&a);
}

static void within_spreads_them_over_its_span(void **state)
{
    struct agenda a = {0};
    struct stroke seek = stroke_of(STROKE_SEEK, FAULT_KILL, 0, 0), s;
    uint32_t phones[100];
    unsigned early = 0;
    (void)state;
    for (uint32_t i = 0; i < 100; i++)
        phones[i] = 2 * i;
    seek.fault.within_us = 1000000;
    seek.random = 42;
    assert_true(agenda_spread(&a, &seek, 5000000, phones, 100));
    assert_int_equal(a.count, 100);
    for (uint64_t last = 5000000; agenda_take(&a, UINT64_MAX, &s); last = s.due_us) {
        assert_int_equal(s.kind, STROKE_STRIKE);
        assert_in_range(s.due_us, last, 6000000);
        early += s.due_us < 5500000;
    }
    assert_in_range(early, 30, 70);
    seek.fault.within_us = FAULT_UNSET;
    assert_true(agenda_spread(&a, &seek, 7, phones, 2));
    assert_true(agenda_take(&a, 7, &s));
    assert_true(agenda_take(&a, 7, &s));
    agenda_free(&a);
}

static void a_run_waits_for_all_but_what_only_server_and_wan_await(void **state)
{
    struct agenda a = {0};
    struct stroke s;
    (void)state;
    assert_false(agenda_holds_run(&a));
    add(&a, STROKE_LIFT, FAULT_WAN_CUT, 5, 0);
    add(&a, STROKE_LIFT, FAULT_SERVER_KILL, 5, 0);
    assert_false(agenda_holds_run(&a));
    add(&a, STROKE_LIFT, FAULT_FREEZE, 3, 1);
    assert_true(agenda_holds_run(&a));
    agenda_drop_lift(&a, FAULT_FREEZE, 0);
    agenda_drop_lift(&a, FAULT_UNPLUG, 1);
    assert_true(agenda_holds_run(&a));
    agenda_drop_lift(&a, FAULT_FREEZE, 1);
    assert_false(agenda_holds_run(&a));
    add(&a, STROKE_STRIKE, FAULT_WAN_CUT, 9, 0);
    assert_true(agenda_holds_run(&a));
    while (agenda_take(&a, UINT64_MAX, &s))
        ;
    add(&a, STROKE_SEEK, FAULT_KILL, 9, 0);
    assert_true(agenda_holds_run(&a));
    agenda_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_says_what_when_and_to_whom),
        cmocka_unit_test(what_does_not_go_together_is_refused_with_its_place),
        cmocka_unit_test(phones_that_the_plan_lacks_are_refused_with_their_place),
        cmocka_unit_test(an_order_is_read_by_the_same_rules),
        cmocka_unit_test(each_selector_means_whom_it_says),
        cmocka_unit_test(random_draws_by_the_seed_among_those_not_barred),
        cmocka_unit_test(strokes_come_in_the_order_of_their_times),
        cmocka_unit_test(within_spreads_them_over_its_span),
        cmocka_unit_test(a_run_waits_for_all_but_what_only_server_and_wan_await),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
