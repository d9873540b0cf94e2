/* test_loadname.c - what the names of loads tell: hardware, protocol, age. The names are public
 * ones, from lists of releases, flash listings and provisioning files; the rows go from the oldest
 * to the newest, as the vendor's releases followed each other.
 */
#include "emu/loadname.h"
#include "tests/unit/unit.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- age ------------------------------------------------------------------------------ */

static const char *const third_generation[] = {
    "TERM41.7-0-1-0s",     "TERM41.7-0-2-0S",     "TERM41.7-0-3-0S",     "SIP41.8-0-1-0DEV",
    "SCCP41.8-0-1S",       "SIP41.8-0-1-11S",     "SIP41.8-0-3S",        "SCCP41.8-0-4S",
    "SCCP41.8-0-4ES4-0-1S", "SCCP41.8-0-4SR1S",   "SIP41.8-0-4SR3S",     "SIP41.8-0-4SR3AS",
    "SCCP41.8-2-1S",       "SCCP41.8-2-2SR2S",    "SCCP41.8-2-2SR4S",    "SCCP41.8-3-1S",
    "SCCP41.8-3-1-21S",    "SCCP41.8-3-2S",       "SCCP41.8-3-3S",       "SCCP41.8-3-3SR2S",
    "SIP41.8-4-0-28S",     "SCCP41.8-4-1S",       "SCCP41.8-4-2S",       "SIP41.8-4-2-30S",
    "SCCP41.8-4-2-38S",    "SCCP41.8-4-3S",       "SCCP41.8-4-4S",       "SCCP41.8-5-2TH1-9S",
    "SCCP41.8-5-2S",       "SCCP41.8-5-2ES4S",    "SCCP41.8-5-2SR1S",    "SCCP41.8-5-3S",
    "SIP41.8-5-4S",        "SCCP41.9-0-2SR1S",    "SCCP41.9-0-2SR2S",    "SCCP41.9-0-3S",
    "SCCP41.9-1-1SR1S",    "SCCP41.9-2-1S",       "SCCP41.9-2-3S",       "SCCP41.9-3-1ES27S",
    "SCCP41.9-3-1SR1-1S",  "SCCP41.9-3-1SR4-1S",  "SCCP41.9-4-2S",       "SCCP41.9-4-2-1S",
    "SCCP41.9-4-2ES9",     "SCCP41.9-4-2ES26",    "SCCP41.9-4-2SR1-1S",  "SCCP41.9-4-2SR2-2S",
    "SCCP41.9-4-2SR3-1S",  "SCCP41.9-4-2SR4-3S",  "SCCP41.9-10-1S",      "SCCP41.10-1-1S",
};

static const char *const second_generation[] = {
    "P00303020214", "P00305000301", "P00307020200", "P00308000500", "P00308000501",
    "P00308000900", "P0030801SR01", "P0030801SR02", "P00308010200", "P0S3-8-9-00",
    "P0S3-08-11-00", "P0S3-8-12-00",
};

static void assert_rises(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            int order = load_compare(names[i], names[j]);
            if ((i < j && order >= 0) || (i > j && order <= 0) || (i == j && order != 0))
                fail_msg("%s and %s: %d", names[i], names[j], order);
        }
}

static void one_rule_orders_all_generations(void **state)
{
    (void)state;
    assert_rises(third_generation, COUNT(third_generation));
    assert_rises(second_generation, COUNT(second_generation));
}

/* Whatever word and digits stand before the version, and whether it is signed. */
static void the_version_alone_counts(void **state)
{
    (void)state;
    static const char *const same[] = {"SCCP41.8-5-2S", "SIP41.8-5-2S", "SCCP70.8-5-2S",
                                       "sip41.8-5-2S",  "SCCP41.8-5-2", "SCCP41.08-05-02s",
                                       "TERM75.8-5-2S", "SCCP41.8-5-2-0S"};
    for (size_t i = 0; i < COUNT(same); i++)
        for (size_t j = 0; j < COUNT(same); j++)
            assert_int_equal(load_compare(same[i], same[j]), 0);
    assert_int_equal(load_compare("P0S3-08-12-00", "P003-8-12-00"), 0);
}

static void a_name_without_a_version_is_older_than_any(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",           "SCCP41.",          "SCCP41",           "SCCP41.9-4",       "SCCP41.9-4-",
        "SCCP.9-4-2S", "41.9-4-2S",       "SCCP41.99999-1-1S", "SCCP41.-9-4-2S",  "SCCP41.9--4-2S",
        "9-4-2S",     "SCCP41.9-4-2@",    "SCCP41 .9-4-2S",   "SCCP41.9-4-2SR3-1S.loads",
        "term61.default", "SCCP41.good",  "SCCP411.9-4-2S",   "SCCP4.9-4-2S",     "XSCCP41.9-4-2S",
        "SCCP41.9-4-2SR3-1-2-3-4S", "SCCP41.9-4-2SR99999S", "jar41sccp.9-4-2ES26",
    };
    for (size_t i = 0; i < COUNT(none); i++) {
        if (load_has_version(none[i]))
            fail_msg("%s has a version", none[i]);
        assert_true(load_compare(none[i], "SCCP41.9-4-2SR3-1S") < 0);
        assert_true(load_compare("SCCP41.9-4-2SR3-1S", none[i]) > 0);
        for (size_t j = 0; j < COUNT(none); j++) /* an order for all: sorting must not go astray */
            assert_int_equal(load_compare(none[i], none[j]) > 0, load_compare(none[j], none[i]) < 0);
    }
    assert_false(load_has_version("P00308010200")); /* the third generation's rules are not its */
}

/* ---- hardware ------------------------------------------------------------------------- */

static void the_digits_tell_the_hardware(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned hardware;
    } cases[] = {
        {"SCCP41.9-4-2SR3-1S", 41}, {"SIP41.8-5-4S", 41},     {"TERM41.7-0-3-0S", 41},
        {"term41.7-0-3-0S", 41},    {"Term70.7-0-1-0s", 70},  {"sccp42.x", 42},
        {"SIP42.9-9-9S", 42},       {"SCCP11.9-4-2S", 11},    {"SIP75.9-3-1S", 75},
        {"SIP41", 41},              {"sip78xx.12-5-1", 78},   {"term61.default", 41},
        {"TERM71.DEFAULT", 70},     {"term06.default", 11},   {"term65.default", 45},
        {"P00308010200", 3},        {"P0S3-8-12-00", 3},      {"P003-08-12-00", 3},
        {"P0M3-04-4-00", 3},        {"", 0},                  {"41.9-4-2S", 0},
        {"SIP411.9", 0},            {"SIP4.9", 0},            {"load41.9", 0},
        {"jar41sccp.9-4-2ES9", 0},  {"P00405000700", 0},      {"P0", 0},
        {"SCCP", 0},                {"SIP", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (load_hardware(cases[i].name) != cases[i].hardware)
            fail_msg("%s: %u", cases[i].name, load_hardware(cases[i].name));
}

static void a_load_fits_its_hardware_and_no_other(void **state)
{
    (void)state;
    static const char *const fits[][4] = {
        {"CP-7961G", "SCCP41.9-4-2S", "SIP41.9-4-2S", "term41.default"},
        {"CP-7941G-GE", "TERM41.7-0-2-0S", "sip41.8-0-3S", "term61.default"},
        {"CP-7906G", "SCCP11.9-4-2S", "SIP11.8-5-4S", "term11.default"},
        {"CP-7962G", "SIP42.9-4-2S", "SCCP42.9-4-2S", "TERM62.DEFAULT"},
        {"CP-7940G", "P00308010200", "P0S3-8-12-00", "P003-8-12-00"},
    };
    for (size_t i = 0; i < COUNT(fits); i++)
        for (size_t j = 0; j < COUNT(fits); j++)
            for (size_t n = 1; n < 4; n++) {
                const struct phone_model *model = phone_model_find(fits[i][0]);
                bool same = i == j || (i < 2 && j < 2);
                assert_int_equal(load_is_for(fits[j][n], model), same);
                assert_int_equal(load_is_foreign(fits[j][n], model), !same);
            }
    assert_false(load_is_for("my.load", phone_model_find("CP-7961G")));
    assert_false(load_is_foreign("my.load", phone_model_find("CP-7961G")));
    assert_false(load_is_foreign("", phone_model_find("CP-7940G")));
}

static void every_model_is_named_by_its_own_loads(void **state)
{
    (void)state;
    for (size_t i = 0; i < phone_model_count; i++) {
        const struct phone_model *m = &phone_models[i];
        char names[LOAD_NAMES_SIZE];
        assert_int_not_equal(load_hardware(m->prefix), 0);
        assert_non_null(strstr(load_names(m, names), m->prefix));
        if (m->factory)
            assert_true(load_is_factory(m->factory) && load_is_for(m->factory, m));
    }
    assert_false(load_is_factory("SCCP41.default.1"));
    assert_false(load_is_factory("SCCP41.9-4-2S"));
}

static void the_word_tells_the_protocol(void **state)
{
    (void)state;
    static const char *const sip[] = {"SIP41.8-5-4S", "sip41.x", "P0S3-8-12-00"};
    static const char *const sccp[] = {"SCCP41.8-5-4S", "TERM70.7-0-2-0S", "P00308010200",
                                       "P003-8-12-00", "", "SCCP41.SIP"};
    for (size_t i = 0; i < COUNT(sip); i++)
        assert_int_equal(load_protocol(sip[i]), LOAD_SIP);
    for (size_t i = 0; i < COUNT(sccp); i++)
        assert_int_equal(load_protocol(sccp[i]), LOAD_SCCP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rule_orders_all_generations),
        cmocka_unit_test(the_version_alone_counts),
        cmocka_unit_test(a_name_without_a_version_is_older_than_any),
        cmocka_unit_test(the_digits_tell_the_hardware),
        cmocka_unit_test(a_load_fits_its_hardware_and_no_other),
        cmocka_unit_test(every_model_is_named_by_its_own_loads),
        cmocka_unit_test(the_word_tells_the_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
