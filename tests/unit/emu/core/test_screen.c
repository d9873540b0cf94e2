/* test_screen.c - what the upgrade screen shows, step by step. */
#include "emu/core/screen.h"
#include "tests/unit/unit.h"

static struct screen upgrading(bool icon)
{
    struct screen s;
    memset(&s, 0xff, sizeof s);
    screen_upgrade(&s, icon);
    screen_list(&s, 5);
    return s;
}

static void an_upgrade_begins_with_all_waiting(void **state)
{
    (void)state;
    struct screen s = upgrading(true);
    assert_string_equal(s.title, "Upgrading");
    assert_string_equal(s.component, "");
    assert_int_equal(s.icon, 1);
    assert_int_equal(s.boxes, 5);
    for (int i = 0; i < SCREEN_BOXES; i++)
        assert_int_equal(s.box[i], i < 5 ? BOX_WAIT : BOX_BLANK);
    assert_int_equal(upgrading(false).icon, 0);
}

static void a_component_moves_to_whole(void **state)
{
    (void)state;
    struct screen s = upgrading(true);
    screen_file(&s, 1, "cnu41.9-4-2ES26.sbn");
    assert_string_equal(s.component, "cnu41.9-4-2ES26.sbn");
    assert_int_equal(s.box[1], BOX_NETWK);
    screen_box(&s, 1, BOX_DOWNL);
    screen_progress(&s, 278416, 556833);
    assert_int_equal(s.box[1], BOX_DOWNL);
    assert_int_equal(s.kb, 271);
    assert_int_equal(s.percent, 49);
    screen_whole(&s, 556833);
    assert_int_equal(s.kb, 543);
    assert_int_equal(s.percent, 100);
    screen_box(&s, 1, BOX_WRITE);

    screen_file(&s, 2, "apps41.9-4-2ES26.sbn");
    assert_int_equal(s.kb, 0);
    assert_int_equal(s.percent, 0);
    assert_int_equal(s.box[1], BOX_WRITE);
    assert_int_equal(s.box[3], BOX_WAIT);
}

static void per_cent_is_full_only_when_whole(void **state)
{
    (void)state;
    struct screen s = upgrading(true);
    screen_progress(&s, 0, 1000000);
    assert_int_equal(s.percent, 0);
    screen_progress(&s, 999999, 1000000);
    assert_int_equal(s.percent, 99);
    screen_progress(&s, 1000000, 1000000);
    assert_int_equal(s.percent, 100);
    screen_progress(&s, 1000001, 1000000);
    assert_int_equal(s.percent, 100);
    screen_progress(&s, UINT64_MAX - 1, UINT64_MAX);
    assert_true(s.percent <= 100);
}

static void without_a_size_only_kilobytes_count(void **state)
{
    (void)state;
    struct screen s = upgrading(false);
    screen_file(&s, 0, "jar41sccp.9-4-2ES26.sbn");
    screen_progress(&s, 1023, 0);
    assert_int_equal(s.kb, 0);
    screen_progress(&s, 1024, 0);
    assert_int_equal(s.kb, 1);
    assert_int_equal(s.percent, 0);
}

static void the_index_has_no_box(void **state)
{
    (void)state;
    struct screen s = upgrading(true);
    screen_file(&s, -1, "SCCP41.9-4-2SR3-1S.loads");
    screen_box(&s, -1, BOX_DOWNL);
    screen_box(&s, 5, BOX_DOWNL);
    screen_box(&s, 1000, BOX_DOWNL);
    for (int i = 0; i < 5; i++)
        assert_int_equal(s.box[i], BOX_WAIT);
    assert_int_equal(s.box[5], BOX_BLANK);
}

static void a_long_list_fills_the_screen(void **state)
{
    (void)state;
    struct screen s = upgrading(true);
    screen_list(&s, 300);
    assert_int_equal(s.boxes, SCREEN_BOXES);
    assert_int_equal(s.box[SCREEN_BOXES - 1], BOX_WAIT);
    screen_list(&s, 0);
    assert_int_equal(s.boxes, 0);
    assert_int_equal(s.box[0], BOX_BLANK);
}

static void a_failure_says_so_and_drops_the_icon(void **state)
{
    (void)state;
    struct screen s = upgrading(true);
    screen_file(&s, 3, "dsp41.9-4-2ES26.sbn");
    screen_failed(&s, 3, "Auth Fail");
    assert_string_equal(s.title, "Auth Fail");
    assert_string_equal(s.component, "dsp41.9-4-2ES26.sbn");
    assert_int_equal(s.box[3], BOX_ERROR);
    assert_int_equal(s.icon, 0);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char text[200];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct screen s = upgrading(true);
    screen_file(&s, 0, text);
    screen_failed(&s, 0, text);
    assert_int_equal(strlen(s.component), sizeof s.component - 1);
    assert_int_equal(strlen(s.title), sizeof s.title - 1);
}

static void idle_shows_nothing(void **state)
{
    (void)state;
    struct screen s = upgrading(true), nothing = {0};
    screen_clear(&s);
    assert_memory_equal(&s, &nothing, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upgrade_begins_with_all_waiting),
        cmocka_unit_test(a_component_moves_to_whole),
        cmocka_unit_test(per_cent_is_full_only_when_whole),
        cmocka_unit_test(without_a_size_only_kilobytes_count),
        cmocka_unit_test(the_index_has_no_box),
        cmocka_unit_test(a_long_list_fills_the_screen),
        cmocka_unit_test(a_failure_says_so_and_drops_the_icon),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(idle_shows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
