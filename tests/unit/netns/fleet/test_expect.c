/* test_expect.c - wishes as a file says them: what they become, and what is refused where. */
#include "netns/fleet/expect.h"
#include "netns/plan/planner.h"
#include "netns/text/setters.h"
#include "tests/unit/netns/fleet_bench.h"

#define FLEET                                                                                      \
    "enterprise: {peerFirmwareSharing: true}\n"                                                    \
    "phones: [{model: CP-7961G, count: 3}, {model: CP-7970G, count: 2}]\n"
#define EXPECT FLEET "expect:\n  " /* line 4, column 3 */

static struct fleet *read_wishes(const char *wishes)
{
    char text[2048];
    snprintf(text, sizeof text, EXPECT "%s\n", wishes);
    struct fleet *f = bench_read(text);
    assert_string_equal(bench_said, "");
    assert_non_null(f);
    return f;
}

/* ---- what wishes become ------------------------------------------------------------- */

static void one_a_mapping_or_a_list(void **state)
{
    (void)state;
    struct fleet *f = read_wishes("upgraded: all\n"
                                  "  depth: {count: <=6, model: CP-7970G, file: \"jar*\"}\n"
                                  "  screen: [{phone: 2, at: 20s, percent: \">=50\", icon: off},\n"
                                  "    {phones: CP-7961G, title: Auth*, kb: 12, wanted: false}]\n"
                                  "  failed: {}\n"
                                  "  log: ClaimRoot");
    assert_int_equal(f->expect_count, 6);
    const struct expect *x = f->expects;
    assert_int_equal(x[0].origin.kind, EXPECT_UPGRADED);
    assert_int_equal(x[0].count.op, COMPARE_ALL);
    assert_int_equal(x[0].phones.kind, SELECT_NONE);
    assert_int_equal(x[0].mode, -1);
    assert_int_equal(x[1].origin.kind, EXPECT_DEPTH);
    assert_int_equal(x[1].count.op, COMPARE_LE);
    assert_true(x[1].count.value == 6);
    assert_string_equal(x[1].count.text, "<=6");
    assert_string_equal(x[1].model->name, "CP-7970G");
    assert_string_equal(x[1].file, "jar*");
    assert_int_equal(x[2].origin.kind, EXPECT_SCREEN);
    assert_int_equal(x[2].origin.node->line, 6);
    assert_int_equal(x[2].phones.kind, SELECT_PHONE);
    assert_true(x[2].at_us == 20000000);
    assert_int_equal(x[2].percent.op, COMPARE_GE);
    assert_int_equal(x[2].icon, TRI_OFF);
    assert_int_equal(x[3].origin.kind, EXPECT_SCREEN);
    assert_int_equal(x[3].origin.node->line, 7);
    assert_true(x[3].at_us == EXPECT_UNSET && x[3].icon == TRI_UNSET && !x[3].wanted);
    assert_int_equal(x[3].percent.op, COMPARE_NONE);
    assert_int_equal(x[4].origin.kind, EXPECT_FAILED);
    assert_int_equal(x[4].count.op, COMPARE_ALL);
    assert_int_equal(x[5].count.op, COMPARE_GE);
    assert_true(x[5].count.value == 1);
    fleet_free(f);
}

/* The kind, what is said, and what it becomes. */
static void comparisons_in_every_unit(void **state)
{
    static const struct {
        const char *wish;
        enum compare_op op;
        double value;
    } rows[] = {
        {"server_fetches_per_file: 1", COMPARE_EQ, 1},
        {"server_fetches_per_file: =3", COMPARE_EQ, 3},
        {"reboots: \">=2\"", COMPARE_GE, 2},
        {"reboots: \"> 2\"", COMPARE_GT, 2},
        {"peers_used: <4", COMPARE_LT, 4},
        {"sessions: <= 4", COMPARE_LE, 4},
        {"fallbacks: 0", COMPARE_EQ, 0},
        {"sharing: all", COMPARE_ALL, 0},
        {"emulated_time: <=200s", COMPARE_LE, 200e6},
        {"emulated_time: <1.5m", COMPARE_LT, 90e6},
        {"wan_bytes: <=2MB", COMPARE_LE, 2e6},
        {"wan_bytes: \">=2MiB\"", COMPARE_GE, 2097152},
        {"wan_bytes: {count: 1.5kB, way: up}", COMPARE_EQ, 1500},
        {"wan_bytes: 300", COMPARE_EQ, 300},
        {"wan_ratio: \">=3.5\"", COMPARE_GE, 3.5},
        {"wan_ratio: {ratio: <10, mode: pfs}", COMPARE_LT, 10},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fleet *f = read_wishes(rows[i].wish);
        assert_int_equal(f->expect_count, 1);
        assert_int_equal(f->expects[0].count.op, rows[i].op);
        assert_true(f->expects[0].count.value == rows[i].value);
        fleet_free(f);
    }
}

static void percent_with_and_without_its_sign(void **state)
{
    (void)state;
    struct fleet *f = read_wishes("screen: [{percent: 61}, {percent: <61%}]");
    assert_true(f->expects[0].percent.value == 61 && f->expects[1].percent.value == 61);
    assert_int_equal(f->expects[1].percent.op, COMPARE_LT);
    fleet_free(f);
}

static void met_and_not_met(void **state)
{
    static const struct {
        enum compare_op op;
        bool below, at, above;
    } rows[] = {{COMPARE_NONE, true, true, true},   {COMPARE_EQ, false, true, false},
                {COMPARE_LE, true, true, false},    {COMPARE_GE, false, true, true},
                {COMPARE_LT, true, false, false},   {COMPARE_GT, false, false, true},
                {COMPARE_ALL, false, true, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct compare c = {.op = rows[i].op, .value = 5};
        assert_int_equal(compare_met(&c, 4, 5), rows[i].below);
        assert_int_equal(compare_met(&c, 5, 5), rows[i].at);
        assert_int_equal(compare_met(&c, 6, 5), rows[i].above);
    }
}

static void options_say_wishes_too(void **state)
{
    (void)state;
    struct override items[] = {
        {.path = "expect.depth", .value = "<=3", .said = "--set expect.depth=<=3"},
        {.path = "expect.upgraded", .value = "{count: 2}", .said = "--set ..."},
        {.path = "until", .value = "5m", .said = "--set until=5m"}};
    struct fleet_overrides o = {items, 3};
    struct fleet *f = bench_read_bytes(FLEET, strlen(FLEET), &o);
    assert_non_null(f);
    assert_int_equal(f->expect_count, 2);
    assert_true(f->expects[0].count.op == COMPARE_LE && f->expects[0].count.value == 3);
    assert_true(f->until_us == 300000000);
    fleet_free(f);
}

/* ---- refused ------------------------------------------------------------------------ */

#define KINDS                                                                                      \
    "upgraded, failed, running, server_fetches_per_file, wan_bytes, wan_ratio, emulated_time, "    \
    "depth, roots_distinct, fallbacks, peers_used, sessions, sharing, reboots, registered, "       \
    "screen, log, page, faithful"
#define OPS   "alone or after =, <, <=, > or >="
#define MODELS                                                                                     \
    "one of CP-7906G, CP-7911G, CP-7931G, CP-7941G, CP-7941G-GE, CP-7961G, CP-7961G-GE, "          \
    "CP-7970G, CP-7971G-GE, CP-7942G, CP-7945G, CP-7962G, CP-7965G, CP-7975G, CP-7940G, CP-7960G"
#define WHOM                                                                                       \
    "a phone's name, number or address, numbers such as 3..10, a pattern of names such as "        \
    "SEP02*, a model, profile:NAME or all; not what the moment decides: random:N, root, parents"

static const struct {
    const char *wishes, *message;
} refused[] = {
    {"uograded: all", "4:3: unknown key 'uograded', did you mean 'upgraded'?; valid in expect: "
                      KINDS "\n"},
    {"depth: deep", "4:10: expect.depth takes a whole number, " OPS ", not 'deep'\n"},
    {"depth: <=", "4:10: expect.depth takes a whole number, " OPS ", not '<='\n"},
    {"depth: =<6", "4:10: expect.depth takes a whole number, " OPS ", not '=<6'\n"},
    {"depth: all", "4:10: expect.depth takes a whole number, " OPS ", not 'all'\n"},
    {"depth: <=2.5", "4:10: expect.depth takes a whole number, " OPS ", not '<=2.5'\n"},
    {"depth: [<=6, [1]]", "4:16: expect.depth[1] takes a whole number, " OPS
                          ", or a mapping of count, model, file, mode; or a list of such, not a "
                          "list\n"},
    {"depth:", "4:9: expect.depth has no value; it takes a whole number, " OPS "\n"},
    {"depth: {model: CP-7961G}", "4:10: expect.depth.count is missing; it takes a whole number, "
                                 OPS "\n"},
    {"depth: {count: 1, phones: all}", "4:21: unknown key 'phones'; valid in expect.depth: count, "
                                       "model, file, mode\n"},
    {"depth: {count: 1, model: CP-7961}",
     "4:28: expect.depth.model takes " MODELS ", not 'CP-7961'; did you mean 'CP-7961G'?\n"},
    {"screen: all", "4:11: expect.screen takes a mapping of phones, at, component, percent, kb, "
                    "icon, title, wanted, mode; or a list of such, not 'all'\n"},
    {"screen: [{phone: 1}, {phone: root, at: 1s}]",
     "4:32: expect.screen[1].phone takes " WHOM ", not 'root'\n"},
    {"log: {matches: a, phones: \"random:2\"}",
     "4:29: expect.log.phones takes " WHOM ", not 'random:2'\n"},
    {"log: \"(\"", "4:8: expect.log takes a POSIX extended regular expression, not '('\n"},
    {"log: \"(a{99}){999}\"",
     "4:8: expect.log takes a POSIX extended regular expression, not '(a{99}){999}'\n"},
    {"log: {phones: all}",
     "4:8: expect.log.matches is missing; it takes a POSIX extended regular expression\n"},
    {"page: {matches: a, phone: 1, phones: 2}",
     "4:29: expect.page: phone and phones are the same; take one out\n"},
    {"wan_bytes: 2 MBit", "4:14: expect.wan_bytes takes bytes, " OPS
                          ", such as <=2MB or <500KiB, not '2 MBit'\n"},
    {"emulated_time: 200", "4:18: expect.emulated_time takes a span of emulated time, " OPS
                           ", such as <=200s, not '200'\n"},
    {"faithful: maybe", "4:13: expect.faithful takes true or false, not 'maybe'\n"},
    {"sharing: {count: 1, mode: both}", "4:29: expect.sharing.mode takes pfs or traditional, the "
                                        "mode in which alone it is judged, not 'both'\n"},
    {"upgraded: [2, \">=6\"]", "4:17: expect.upgraded: the fleet has only 5 phones\n"},
    {"failed: {count: \">5\"}", "4:19: expect.failed: the fleet has only 5 phones\n"},
    {"depth: 1\n  depth: 2", "5:3: 'depth' is given twice; first in line 4\n"},
    {"upgraded: 9\n  sharing: 8", "4:13: expect.upgraded: the fleet has only 5 phones\n"
                                  "t.fleet.yml:5:12: expect.sharing: the fleet has only 5 phones\n"},
};

static void mistakes_are_said_at_their_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char text[512], message[1024];
        snprintf(text, sizeof text, EXPECT "%s\n", refused[i].wishes);
        snprintf(message, sizeof message, "t.fleet.yml:%s", refused[i].message);
        struct fleet *f = bench_read(text);
        assert_string_equal(bench_said, message);
        assert_null(f);
    }
    struct fleet *f = bench_read(FLEET "expect: all\n");
    assert_string_equal(bench_said, "t.fleet.yml:3:9: expect takes a mapping such as "
                                    "{upgraded: all, depth: <=6}, not 'all'\n");
    assert_null(f);
}

/* What shows only when there is a plan: phones and models that the fleet has not. */
static void nobody_is_meant(void **state)
{
    static const struct {
        const char *wish, *message;
    } rows[] = {
        {"reboots: {count: 1, phones: SEP000000000000}",
         "4:31: expect.reboots: no phone of this fleet is meant by 'SEP000000000000': all zero is "
         "the address of no device\n"},
        {"screen: {phone: CP-7911G}",
         "4:19: expect.screen: no phone of this fleet is meant by 'CP-7911G'\n"},
        {"depth: {count: 1, model: CP-7911G}",
         "4:28: expect.depth: no phone of this fleet is of that model\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char message[256];
        struct fleet *f = read_wishes(rows[i].wish);
        int kept = bench_divert();
        struct plan *plan = plan_make(f);
        bench_restore(kept);
        snprintf(message, sizeof message, "t.fleet.yml:%s", rows[i].message);
        assert_string_equal(bench_said, message);
        assert_null(plan);
        fleet_free(f);
    }
}

static void a_ratio_takes_both_modes(void **state)
{
    (void)state;
    struct fleet *f = read_wishes("wan_ratio: [\">=2\", {ratio: <9}]");
    struct plan *plan = plan_make(f); /* whoever compares may have it */
    assert_non_null(plan);
    int kept = bench_divert();
    unsigned mistakes = expect_check_alone(f);
    bench_restore(kept);
    assert_int_equal(mistakes, 2);
    assert_string_equal(
        bench_said,
        "t.fleet.yml:4:15: expect.wan_ratio: takes runs in both modes to judge: use compare\n"
        "t.fleet.yml:4:30: expect.wan_ratio: takes runs in both modes to judge: use compare\n");
    plan_free(plan);
    fleet_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_a_mapping_or_a_list),
        cmocka_unit_test(comparisons_in_every_unit),
        cmocka_unit_test(percent_with_and_without_its_sign),
        cmocka_unit_test(met_and_not_met),
        cmocka_unit_test(options_say_wishes_too),
        cmocka_unit_test(mistakes_are_said_at_their_places),
        cmocka_unit_test(nobody_is_meant),
        cmocka_unit_test(a_ratio_takes_both_modes),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
