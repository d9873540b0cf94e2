/* test_predict.c - what a plan is asked for, the fleet at other sizes, what is written of it. */
#include "netns/foretell/curves.h"
#include "netns/foretell/predict.h"
#include "netns/foretell/predictout.h"
#include "netns/world/server.h"
#include "netns/world/tftproot.h"
#include "netns/world/wan.h"
#include "tests/unit/netns/fleet_bench.h"

#include <arpa/inet.h>
#include <expat.h>
#include <math.h>

#define FLEET_TEXT                                                                                 \
    "name: plan-test\nenterprise: {peerFirmwareSharing: true}\n"                                   \
    "wan: {delay: 75ms, rate: 256kbit, loss: 1%}\n"                                                \
    "phones: [{model: CP-7961G, count: 40}, {model: CP-7970G, count: 8}]\n"

static struct override items[4];
static struct fleet_overrides overrides;
static struct predict_wish wish;

/* What becomes of --phones (NULL: none), --mode (NULL: none) and --points. */
static bool take(const char *phones, const char *mode, const char *points)
{
    overrides = (struct fleet_overrides){.items = items};
    if (phones)
        items[overrides.count++] = (struct override){.path = "phones", .value = phones};
    if (mode)
        items[overrides.count++] = (struct override){.path = "mode", .value = mode};
    int kept = bench_divert();
    bool good = predict_take(&wish, &overrides, points);
    bench_restore(kept);
    return good;
}

static void sizes_are(const size_t *expected, size_t count)
{
    assert_int_equal(wish.count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(wish.phones[i], expected[i]);
}

static void a_range_is_even_on_a_logarithmic_scale(void **state)
{
    (void)state;
    assert_true(take("10..100000", NULL, NULL));
    sizes_are((const size_t[]){10, 32, 100, 316, 1000, 3162, 10000, 31623, 100000}, 9);
    assert_int_equal(overrides.count, 0);
    assert_true(take("10..1000", NULL, "3"));
    sizes_are((const size_t[]){10, 100, 1000}, 3);
    assert_true(take("7..9", NULL, "64")); /* no size twice */
    sizes_are((const size_t[]){7, 8, 9}, 3);
    assert_true(take(NULL, NULL, NULL));
    assert_int_equal(wish.phones[0], 10);
    assert_int_equal(wish.phones[wish.count - 1], 100000);
}

static void sizes_may_be_listed(void **state)
{
    (void)state;
    assert_true(take("48", NULL, NULL));
    sizes_are((const size_t[]){48}, 1);
    assert_true(take("200,8,48,8", NULL, NULL));
    sizes_are((const size_t[]){8, 48, 200}, 3);
}

static void sizes_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"0", "", "x", "10..", "..10", "10..5", "10..10", "8,", "8,,9",
                                      "10..100001", "100001", "-5", "1..2..3", "8;9"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(take(bad[i], NULL, NULL));
        assert_non_null(strstr(bench_said, "--phones"));
    }
    assert_false(take("10..100", NULL, "1"));
    assert_false(take("10..100", NULL, "65"));
    assert_false(take("48", NULL, "3"));
    assert_non_null(strstr(bench_said, "--points"));
}

/* Models stay for the fleet file's own tables to judge. */
static void models_are_left_for_the_fleet(void **state)
{
    (void)state;
    assert_true(take("CP-7961G=4", "traditional", NULL));
    assert_int_equal(overrides.count, 2);
    assert_string_equal(items[0].path, "phones");
    assert_true(take("{model: CP-7961G}", NULL, NULL));
    assert_int_equal(overrides.count, 1);
}

static void a_mode_may_be_both(void **state)
{
    (void)state;
    assert_true(take("8", NULL, NULL));
    assert_true(wish.mode[MODE_PFS] && wish.mode[MODE_TRADITIONAL]);
    assert_true(take("8", "both", NULL));
    assert_true(wish.mode[MODE_PFS] && wish.mode[MODE_TRADITIONAL]);
    assert_int_equal(overrides.count, 0);
    assert_true(take("8", "pfs", NULL));
    assert_true(wish.mode[MODE_PFS] && !wish.mode[MODE_TRADITIONAL]);
    assert_int_equal(overrides.count, 1);
    assert_true(take("8", "traditional", NULL));
    assert_true(!wish.mode[MODE_PFS] && wish.mode[MODE_TRADITIONAL]);
}

static void groups_keep_their_proportion(void **state)
{
    (void)state;
    struct fleet_group groups[3] = {{.count = 40}, {.count = 8}, {.count = 1}};
    struct fleet fleet = {.groups = groups, .group_count = 2};
    size_t out[3];
    predict_scale(&fleet, 48, out);
    assert_true(out[0] == 40 && out[1] == 8);
    predict_scale(&fleet, 8, out); /* 6.67 and 1.33 */
    assert_true(out[0] == 7 && out[1] == 1);
    predict_scale(&fleet, 1, out);
    assert_true(out[0] == 1 && out[1] == 0);
    fleet.group_count = 3;
    for (size_t n = 1; n < 3000; n++) {
        predict_scale(&fleet, n, out);
        assert_int_equal(out[0] + out[1] + out[2], n);
        for (size_t i = 0; i < 3; i++)
            assert_true(fabs((double)out[i] - (double)(groups[i].count * n) / 49) < 1);
    }
}

/* Whatever the file's speed: reality's; with --speed that of the run that is meant, where it is one. */
static void the_server_has_a_clock_of_its_own(void **state)
{
    static const struct {
        const char *speed;
        bool sped;
        unsigned at_server;
    } clocks[] = {{"20", false, 1}, {"20", true, 20}, {"auto", false, 1}, {"auto", true, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct predict p = {0};
        char text[128];
        snprintf(text, sizeof text, "wan: {delay: 75ms}\nphones: [{model: CP-7961G}]\nspeed: %s\n",
                 clocks[i].speed);
        struct fleet *fleet = bench_read(text);
        assert_non_null(fleet);
        assert_true(take("8", "pfs", NULL));
        wish.sped = clocks[i].sped;
        assert_int_equal(predict_make(&p, fleet, &wish), 0);
        assert_int_equal(p.samples[MODE_PFS].fleet.speed, clocks[i].at_server);
        predict_free(&p);
        fleet_free(fleet);
    }
}

static void without_a_wan_there_is_nothing_to_plan(void **state)
{
    (void)state;
    struct predict p = {0};
    struct fleet *fleet = bench_read("phones: [{model: CP-7961G, count: 4}]\n");
    assert_true(take("8", NULL, NULL));
    int kept = bench_divert();
    int code = predict_make(&p, fleet, &wish);
    bench_restore(kept);
    assert_int_equal(code, 2);
    assert_non_null(strstr(bench_said, "wan: the fleet has none"));
    predict_free(&p);
    fleet_free(fleet);
}

/* The run's own addresses while they suffice, then a larger subnet around them. */
static void addresses_are_found_for_all(void **state)
{
    (void)state;
    struct predict p = {0};
    struct fleet *fleet = bench_read(FLEET_TEXT "lan: {subnet: 10.107.4.0/24}\n");
    assert_true(take("8,200", NULL, NULL));
    assert_int_equal(predict_make(&p, fleet, &wish), 0);
    assert_int_equal(ntohl(p.samples[MODE_PFS].plan->phones[0].ip), 0x0a6b0410);
    predict_free(&p);
    assert_true(take("100000", NULL, NULL));
    assert_int_equal(predict_make(&p, fleet, &wish), 0);
    assert_int_equal(p.samples[MODE_PFS].fleet.lan.prefix_len, 15);
    assert_int_equal(ntohl(p.samples[MODE_PFS].plan->phones[0].ip), 0x0a6a0010);
    assert_string_equal(p.samples[MODE_PFS].plan->phones[1].model->name, "CP-7970G");
    assert_int_equal(p.samples[MODE_TRADITIONAL].plan->phones[0].pfs, TRI_OFF);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.rows[0].mode, MODE_TRADITIONAL);
    predict_free(&p);
    fleet_free(fleet);
}

static char *text_of(void (*body)(FILE *, const struct predict *), const struct predict *p)
{
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    body(out, p);
    fclose(out);
    return text;
}

static struct prediction rows[] = {
    {.phones = 8, .mode = MODE_TRADITIONAL, .upgraded = 7, .failed = 1, .finished = true,
     .emulated_s = 101.5, .wan_down = 2000, .wan_up = 300, .wan_dropped = 4, .fetches = 48,
     .cpu_s = 0.25},
    {.phones = 8, .mode = MODE_PFS, .upgraded = 8, .finished = true, .emulated_s = 170.25,
     .wan_down = 500, .wan_up = 60, .fetches = 6, .broadcasts = 64, .depth = 3, .cpu_s = 0.5},
};

static struct predict filled(struct fleet *fleet)
{
    return (struct predict){.fleet = fleet, .rows = rows, .count = 2, .load_bytes = 1234,
                            .loads = (char *)"L (1.2 KiB)"};
}

static void the_csv_has_a_row_a_point(void **state)
{
    (void)state;
    struct fleet *fleet = bench_read(FLEET_TEXT);
    struct predict p = filled(fleet);
    char *text = text_of(predict_csv, &p);
    assert_string_equal(
        text,
        "phones,mode,emulated_s,wan_bytes_down,wan_bytes_up,wan_frames_dropped,server_fetches,"
        "broadcasts,tree_depth,upgraded,failed,finished,source,version,wan_delay_ms,wan_kbit,"
        "wan_loss_percent,load_bytes,seed,cpu_s\n"
        "8,traditional,101.500,2000,300,4,48,0,0,7,1,yes,predicted by simulation,fleet 0.1,75,256,"
        "1,1234,1,0.25\n"
        "8,pfs,170.250,500,60,0,6,64,3,8,0,yes,predicted by simulation,fleet 0.1,75,256,1,1234,1,"
        "0.50\n");
    free(text);
    fleet_free(fleet);
}

static void everything_says_that_it_is_predicted(void **state)
{
    (void)state;
    struct fleet *fleet = bench_read(FLEET_TEXT);
    struct predict p = filled(fleet);
    void (*const bodies[])(FILE *, const struct predict *) = {predict_label, curves_draw};
    for (size_t i = 0; i < 2; i++) {
        char *text = text_of(bodies[i], &p);
        assert_non_null(strstr(text, "predicted by simulation"));
        assert_non_null(strstr(text, "75 ms, 256 kbit/s"));
        assert_non_null(strstr(text, "fleet 0.1"));
        free(text);
    }
    fleet_free(fleet);
}

static size_t times(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

/* Four plots, two rows: traditional has neither broadcasts nor a tree; it lost a phone. */
static void a_curve_has_its_points(void **state)
{
    (void)state;
    struct fleet *fleet = bench_read(FLEET_TEXT);
    struct predict p = filled(fleet);
    char *text = text_of(curves_draw, &p);
    XML_Parser parser = XML_ParserCreate(NULL);
    assert_int_equal(XML_Parse(parser, text, (int)strlen(text), true), XML_STATUS_OK);
    XML_ParserFree(parser);
    assert_int_equal(times(text, "<circle class=\"pfs\""), 4);
    assert_int_equal(times(text, "<circle class=\"traditional part\""), 2);
    assert_int_equal(times(text, "<circle"), 6);
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    fleet_free(fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_is_even_on_a_logarithmic_scale),
        cmocka_unit_test(sizes_may_be_listed),
        cmocka_unit_test(sizes_that_are_none_are_refused),
        cmocka_unit_test(models_are_left_for_the_fleet),
        cmocka_unit_test(a_mode_may_be_both),
        cmocka_unit_test(groups_keep_their_proportion),
        cmocka_unit_test(the_server_has_a_clock_of_its_own),
        cmocka_unit_test(without_a_wan_there_is_nothing_to_plan),
        cmocka_unit_test(addresses_are_found_for_all),
        cmocka_unit_test(the_csv_has_a_row_a_point),
        cmocka_unit_test(everything_says_that_it_is_predicted),
        cmocka_unit_test(a_curve_has_its_points),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
