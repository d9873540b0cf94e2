/* test_contract.c - the tables and helpers that phone and launcher share. */
#include "emu/contract.h"
#include "tests/unit/unit.h"

#include <pthread.h>

static void models_are_found_by_exact_name(void **state)
{
    (void)state;
    const struct phone_model *m = phone_model_find("CP-7961G");
    assert_non_null(m);
    assert_int_equal(m->type, 30018);
    assert_string_equal(m->prefix, "SCCP41.");
    assert_string_equal(m->factory, "term61.default");
    assert_true(m->pfs);

    static const char *const unknown[] = {"", "CP-7961", "cp-7961g", "CP-7961G ", "CP-7961G-G"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_null(phone_model_find(unknown[i]));
}

/* Appends text with every run of white space as one blank. */
static void squeeze(char *out, size_t size, const char *text)
{
    size_t len = strlen(out);
    for (; *text && len + 2 < size; text++) {
        bool blank = strchr(" \n\t", *text) != NULL;
        if (!blank || (len > 0 && out[len - 1] != ' '))
            out[len++] = blank ? ' ' : *text;
    }
    out[len] = '\0';
}

static void the_manual_lists_the_limits(void **state)
{
    (void)state;
    static char text[65536], manual[65536];
    FILE *in = fopen("netns/fleet.5.scd", "r");
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    char *section = strstr(text, "# LIMITS"), *end = strstr(text, "# EXAMPLES");
    assert_true(section && end > section);
    *end = '\0';
    squeeze(manual, sizeof manual, section);
    size_t listed = 0;
    for (const char *at = manual; (at = strstr(at, "*")); at++)
        listed += at[1] >= '0' && at[1] <= '9';
    assert_int_equal(listed, limit_rule_count);
    for (size_t i = 0; i < limit_rule_count; i++) {
        char row[512], want[512] = "";
        snprintf(row, sizeof row, "*%u %s* %s ", limit_rules[i].most, limit_rules[i].what,
                 limit_rules[i].rests_on);
        squeeze(want, sizeof want, row);
        if (!strstr(manual, want))
            fail_msg("not in the manual: %s", want);
    }
}

/* What is refused for a limit says which, and whose it is. */
static void a_limit_is_named_with_its_number(void **state)
{
    (void)state;
    assert_string_equal(LIMIT_BEYOND("the list names more than", LIMIT_LIST, "files"),
                        "the list names more than 8 files, " LIMIT_OWN);
    assert_int_equal(LIMIT_NAME, NAME_MAX_LEN - 1);
    assert_int_equal(LIMIT_LOAD + strlen(".loads"), LIMIT_NAME);
}

/* Public device types; the second generation cannot share. */
static void table_holds_every_model(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t type;
        bool pfs;
    } want[] = {
        {"CP-7906G", 369, true},    {"CP-7911G", 307, true},      {"CP-7931G", 348, true},
        {"CP-7941G", 115, true},    {"CP-7941G-GE", 309, true},   {"CP-7961G", 30018, true},
        {"CP-7961G-GE", 308, true}, {"CP-7970G", 30006, true},    {"CP-7971G-GE", 119, true},
        {"CP-7942G", 434, true},    {"CP-7945G", 435, true},      {"CP-7962G", 404, true},
        {"CP-7965G", 436, true},    {"CP-7975G", 437, true},      {"CP-7940G", 8, false},
        {"CP-7960G", 7, false},
    };
    assert_int_equal(phone_model_count, sizeof want / sizeof *want);
    for (size_t i = 0; i < phone_model_count; i++) {
        const struct phone_model *m = phone_model_find(want[i].name);
        assert_non_null(m);
        assert_int_equal(m->type, want[i].type);
        assert_int_equal(m->pfs, want[i].pfs);
    }
}

static void models_differ_in_what_selects_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < phone_model_count; i++)
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(phone_models[i].name, phone_models[j].name);
            assert_string_not_equal(phone_models[i].family, phone_models[j].family);
            assert_int_not_equal(phone_models[i].type, phone_models[j].type);
        }
}

static void names_match_their_enums(void **state)
{
    (void)state;
    assert_string_equal(phone_state_names[PHONE_OFF], "off");
    assert_string_equal(phone_state_names[PHONE_UPGRADE], "upgrade");
    assert_string_equal(phone_state_names[PHONE_FAILED], "failed");
    assert_string_equal(screen_box_names[BOX_BLANK], "BLANK");
    assert_string_equal(screen_box_names[BOX_ERROR], "ERROR");
    assert_string_equal(event_names[EVENT_BOOT], "boot");
    assert_string_equal(event_names[EVENT_PARENT_LOST], "parent-lost");
    assert_string_equal(event_names[EVENT_FAILED], "failed");
}

static void buckets_grow_and_cover(void **state)
{
    (void)state;
    assert_int_equal(lateness_bound(0), 100);
    assert_int_equal(lateness_bound(1), 125);
    for (unsigned i = 1; i < LATENESS_BUCKETS; i++) {
        assert_true(lateness_bound(i) > lateness_bound(i - 1));
        assert_true(lateness_bound(i) <= lateness_bound(i - 1) * 5 / 4);
    }
    /* The 250 ms tick and a minute must not fall in the last bucket, which has no bound. */
    assert_true(lateness_bucket(60 * 1000 * 1000) < LATENESS_BUCKETS - 1);
}

static void bucket_holds_what_lies_below_its_bound(void **state)
{
    (void)state;
    assert_int_equal(lateness_bucket(0), 0);
    for (unsigned i = 0; i < LATENESS_BUCKETS - 1; i++) {
        assert_int_equal(lateness_bucket(lateness_bound(i) - 1), i);
        assert_int_equal(lateness_bucket(lateness_bound(i)), i + 1);
    }
    assert_int_equal(lateness_bucket(UINT64_MAX), LATENESS_BUCKETS - 1);
}

#define WRITES 20000

/* Writes records whose fields all hold the same number, as a phone would. */
static void *write_records(void *to)
{
    struct phone_status *s = to;
    for (uint32_t i = 1; i <= WRITES; i++) {
        atomic_store_explicit(&s->seq, 2 * i - 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
        s->changed_us = i;
        s->parent_ip = i;
        s->screen.kb = i;
        atomic_store_explicit(&s->seq, 2 * i, memory_order_release);
    }
    return NULL;
}

static void status_is_never_torn(void **state)
{
    (void)state;
    static struct phone_status shared;
    struct phone_status copy = {0};
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_records, &shared), 0);
    while (copy.changed_us < WRITES) {
        status_read(&shared, &copy);
        assert_int_equal(copy.seq % 2, 0);
        assert_int_equal(copy.changed_us, copy.seq / 2);
        assert_int_equal(copy.parent_ip, copy.changed_us);
        assert_int_equal(copy.screen.kb, copy.changed_us);
    }
    pthread_join(writer, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_found_by_exact_name),
        cmocka_unit_test(table_holds_every_model),
        cmocka_unit_test(the_manual_lists_the_limits),
        cmocka_unit_test(a_limit_is_named_with_its_number),
        cmocka_unit_test(models_differ_in_what_selects_them),
        cmocka_unit_test(names_match_their_enums),
        cmocka_unit_test(buckets_grow_and_cover),
        cmocka_unit_test(bucket_holds_what_lies_below_its_bound),
        cmocka_unit_test(status_is_never_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
