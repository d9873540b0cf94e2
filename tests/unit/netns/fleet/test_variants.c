/* test_variants.c - one file that describes several fleets. */
#include "tests/unit/netns/fleet_bench.h"

#define BASE "speed: 3\nphones: [{model: CP-7961G, count: 4}, {model: CP-7970G}]\n"
#define TWO  BASE "variants:\n" \
                  "  few: {\"phones[0].count\": 2, wan.delay: 10ms}\n" \
                  "  slow:\n" \
                  "    speed: 2\n" \
                  "    expect: {upgraded: 5}\n"

/* The variant of that name of a file, or NULL. */
static struct fleet *variant(struct fleet **base, const char *text, const char *name,
                             const struct fleet_overrides *o)
{
    *base = bench_read_bytes(text, strlen(text), o);
    assert_non_null(*base);
    return fleet_variant(*base, name, o);
}

static void values_are_set_by_their_paths(void **state)
{
    (void)state;
    struct fleet *base, *f = variant(&base, TWO, "few", NULL);
    const char *names[VARIANTS_MAX];
    assert_int_equal(fleet_variants(base, names), 2);
    assert_string_equal(names[0], "few");
    assert_string_equal(names[1], "slow");
    assert_non_null(f);
    assert_int_equal(f->groups[0].count, 2);
    assert_int_equal(f->wan_delay_us, 10000);
    assert_int_equal(f->speed, 3);
    assert_int_equal(base->groups[0].count, 4); /* which stays what it was */
    assert_false(base->has_wan);
    fleet_free(f);
    f = fleet_variant(base, "slow", NULL);
    assert_non_null(f);
    assert_int_equal(f->speed, 2);
    assert_int_equal(f->groups[0].count, 4);
    fleet_free(f);
    fleet_free(base);
}

static void the_command_line_has_the_last_word(void **state)
{
    (void)state;
    struct override item = {.path = "speed", .value = "9", .said = "--speed 9"};
    struct fleet *base, *f = variant(&base, TWO, "slow", &(struct fleet_overrides){&item, 1});
    assert_non_null(f);
    assert_int_equal(f->speed, 9);
    fleet_free(f);
    fleet_free(base);
}

static void both_modes_are_two_variants(void **state)
{
    (void)state;
    struct override item = {.path = "mode", .value = "both", .said = "--mode both"};
    const struct fleet_overrides options = {&item, 1};
    const char *names[VARIANTS_MAX];
    struct fleet *base, *f = variant(&base, BASE "mode: pfs\n", "traditional", &options);
    assert_int_equal(fleet_variants(base, names), 2);
    assert_string_equal(names[0], "traditional");
    assert_string_equal(names[1], "pfs");
    assert_int_equal(base->mode, MODE_PFS);
    assert_non_null(f);
    assert_int_equal(f->mode, MODE_TRADITIONAL);
    assert_true(f->both);
    fleet_free(f);
    fleet_free(base);
}

static void one_fleet_has_no_variants(void **state)
{
    (void)state;
    const char *names[VARIANTS_MAX];
    struct fleet *base = bench_read(BASE);
    assert_int_equal(fleet_variants(base, names), 0);
    fleet_free(base);
}

static void mistakes_are_said_at_their_places(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } bad[] = {
        {"variants: {a: 3}\n",
         "t.fleet.yml:3:12: variants.a takes a mapping from paths to values, such as "
         "{wan.loss: 1%}\n"},
        {"variants: {name: {}}\n",
         "t.fleet.yml:3:12: variants.name is no name for a variant: up to 20 letters, digits and "
         "any of - . _ +\n"},
        {"variants: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}}\n",
         "t.fleet.yml:3:54: variants.g is one too many: 6 is the most\n"},
        {"variants: {a: {}}\nmode: both\n",
         "t.fleet.yml:3:11: variants: both modes, by mode: both or compare, are two of their own; take "
         "one out, or name a variant with --variant\n"},
        {"variants: {a: {variants: {}}}\n",
         "t.fleet.yml:3:12: variants.a has variants of its own, which only the file has\n"},
        {"variants: [a]\n",
         "t.fleet.yml:3:11: variants takes a mapping from names to changed values, such as "
         "{calm: {wan.loss: 0%}}, not a list\n"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, BASE "%s", bad[i].text);
        assert_null(bench_read(text));
        assert_string_equal(bench_said, bad[i].said);
    }
}

static void a_variant_of_bad_values_is_refused_in_its_place(void **state)
{
    (void)state;
    struct fleet *base = bench_read(BASE "variants: {a: {\"phones[7].count\": 1}, b: {speed: 0}}\n");
    assert_non_null(base);
    int kept = bench_divert();
    assert_null(fleet_variant(base, "a", NULL));
    assert_null(fleet_variant(base, "b", NULL));
    bench_restore(kept);
    assert_string_equal(bench_said,
                        "t.fleet.yml:3:16: phones[7].count: there is no such element; the first "
                        "one is [0]\n"
                        "t.fleet.yml:3:50: speed takes auto, or a whole number from 1 to 1000, not '0'\n");
    fleet_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_set_by_their_paths),
        cmocka_unit_test(the_command_line_has_the_last_word),
        cmocka_unit_test(both_modes_are_two_variants),
        cmocka_unit_test(one_fleet_has_no_variants),
        cmocka_unit_test(mistakes_are_said_at_their_places),
        cmocka_unit_test(a_variant_of_bad_values_is_refused_in_its_place),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
