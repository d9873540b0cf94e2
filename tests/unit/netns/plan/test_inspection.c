/* test_inspection.c - the phone's word about files, line by line. */
#include "netns/plan/inspection.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>

static struct inspected records[3];

static bool hears(const char *line)
{
    return inspect_line(line, records, 3);
}

static void lines_belong_to_their_file(void **state)
{
    (void)state;
    const char *why;
    memset(records, 0, sizeof records);
    assert_true(hears("{\"n\":1,\"kind\":\"loads\",\"bytes\":652,\"ok\":1,\"why\":\"\",\"text\":\"\","
                      "\"signature\":\"good\"}"));
    assert_true(hears("{\"n\":1,\"file\":\"jar.sbn\"}\n"));
    assert_true(hears("{\"n\":1,\"file\":\"cnu.sbn\"}"));
    assert_true(hears("{\"n\":0,\"kind\":\"loads\",\"bytes\":0,\"ok\":0,\"why\":\"too short\","
                      "\"text\":\"Auth Fail\",\"signature\":\"\"}"));
    assert_true(hears("{\"n\":2,\"kind\":\"config\",\"bytes\":9,\"ok\":1,\"why\":\"\",\"text\":\"\","
                      "\"signature\":\"\"}"));
    assert_true(hears("{\"n\":2,\"load\":\"A\",\"pfs\":1,\"loadServer\":\"10.1.2.3\"}"));
    assert_true(hears("{\"n\":2,\"manager\":\"10.1.2.4\"}"));
    assert_true(hears("{\"n\":2,\"manager\":\"10.1.2.5\"}"));
    assert_true(hears("{\"n\":2,\"type\":30018,\"load\":\"B\"}"));
    assert_true(hears("{\"n\":2,\"type\":8,\"why\":\"line 1\"}"));
    assert_true(hears("{\"n\":2,\"warns\":\"value\",\"why\":\"line 2\"}"));
    assert_true(hears("{\"n\":2,\"type\":115,\"warns\":\"host\",\"why\":\"line 3\"}"));
    assert_true(hears("{\"n\":2,\"warns\":\"unheard-of\",\"why\":\"line 4\"}"));
    assert_string_equal(records[1].kind, "loads");
    assert_string_equal(records[1].signature, "good");
    assert_int_equal(records[1].bytes, 652);
    assert_int_equal(records[1].file_count, 2);
    assert_string_equal(records[1].file[1], "cnu.sbn");
    assert_string_equal(records[0].why, "too short");
    assert_string_equal(records[0].text, "Auth Fail");
    assert_true(records[2].pfs);
    assert_int_equal(records[2].load_server, inet_addr("10.1.2.3"));
    assert_int_equal(records[2].manager_count, 2);
    assert_int_equal(records[2].manager[1], inet_addr("10.1.2.5"));
    assert_string_equal(inspected_load(&records[2], 115, &why), "A");
    assert_string_equal(inspected_load(&records[2], 30018, &why), "B");
    assert_null(inspected_load(&records[2], 8, &why));
    assert_string_equal(why, "line 1");
    assert_null(inspected_load(&records[0], 115, &why));
    assert_string_equal(why, "too short");
}

static void warnings_are_of_all_phones_or_of_some(void **state)
{
    (void)state;
    const struct inspected_warning *w;
    size_t at = 0;
    w = inspected_warns(&records[2], 115, &at);
    assert_int_equal(w->kind, CONFIG_WARNS_VALUE);
    assert_string_equal(w->why, "line 2");
    w = inspected_warns(&records[2], 115, &at);
    assert_int_equal(w->kind, CONFIG_WARNS_HOST);
    assert_string_equal(w->why, "line 3");
    assert_null(inspected_warns(&records[2], 115, &at));
    at = 0;
    assert_string_equal(inspected_warns(&records[2], 30018, &at)->why, "line 2");
    assert_null(inspected_warns(&records[2], 30018, &at));
    for (int i = 0; i < 100; i++)
        hears("{\"n\":1,\"warns\":\"unread\",\"why\":\"line 1\"}");
    assert_int_equal(records[1].warning_count, INSPECTED_WARNINGS);
}

static void mistakes_go_with_their_reason(void **state)
{
    (void)state;
    memset(records, 0, sizeof records);
    assert_true(hears("{\"n\":0,\"kind\":\"config\",\"bytes\":9,\"ok\":0,\"why\":\"line 1\","
                      "\"text\":\"\",\"signature\":\"\"}"));
    assert_true(hears("{\"n\":0,\"mistake\":\"root\",\"wrong\":\"Device\",\"right\":\"device\","
                      "\"why\":\"line 1\"}"));
    assert_true(hears("{\"n\":0,\"mistake\":\"no such\",\"wrong\":\"\",\"right\":\"\",\"why\":\"\"}"));
    const struct inspected_mistake *m = inspected_mistake(&records[0], "line 1");
    assert_int_equal(m->kind, MISTAKE_ROOT);
    assert_string_equal(m->wrong, "Device");
    assert_string_equal(m->right, "device");
    assert_int_equal(inspected_mistake(&records[0], "line 2")->kind, MISTAKE_OTHER);
    assert_int_equal(inspected_mistake(&records[1], "line 1")->kind, MISTAKE_OTHER);
    for (int i = 0; i < 100; i++) /* further ones are not kept */
        assert_true(hears("{\"n\":0,\"mistake\":\"root\",\"wrong\":\"\",\"right\":\"\",\"why\":\"x\"}"));
    assert_int_equal(records[0].mistake_count, INSPECTED_MISTAKES);
}

static void other_lines_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "fleet-phone: oops",
                                      "{}",
                                      "{\"n\":3,\"kind\":\"loads\"}",
                                      "{\"n\":-1,\"kind\":\"loads\"}",
                                      "{\"n\":\"0\",\"kind\":\"loads\"}",
                                      "{\"n\":0,\"event\":\"boot\"}",
                                      "[0]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(hears(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_belong_to_their_file),
        cmocka_unit_test(warnings_are_of_all_phones_or_of_some),
        cmocka_unit_test(mistakes_go_with_their_reason),
        cmocka_unit_test(other_lines_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
