/* test_console.c - console lines to the letter, event lines as JSON whatever is put in. */
#include "emu/core/console.h"
#include "emu/core/event.h"
#include "tests/unit/unit.h"

#include <jansson.h>

static void console_has_the_vendor_form(void **state)
{
    (void)state;
    char out[CONSOLE_LINE];
    console_line(out, LOG_INF, 8363162700ull, "XID%08X TxBdcst Ad %d", 0x080027f8u, 1);
    assert_string_equal(out, "INF 02:19:23.162700 DLoad: XID080027F8 TxBdcst Ad 1");
    console_line(out, LOG_DBG, 0, "x");
    assert_string_equal(out, "DBG 00:00:00.000000 DLoad: x");
    console_line(out, LOG_NOT, 24 * 3600 * USEC_SEC - 1, "x");
    assert_string_equal(out, "NOT 23:59:59.999999 DLoad: x");
    console_line(out, LOG_WRN, 24 * 3600 * USEC_SEC, "%s", "");
    assert_string_equal(out, "WRN 00:00:00.000000 DLoad: ");
    console_line(out, LOG_WRN, UINT64_MAX, "x");
    assert_int_equal(strlen(out), strlen("WRN 00:00:00.000000 DLoad: x"));
}

static void console_line_stays_one_line(void **state)
{
    (void)state;
    char out[CONSOLE_LINE];
    console_line(out, LOG_WRN, 0, "a\nb\r\tc\x1b[31m\x7f\x9b");
    assert_string_equal(out, "WRN 00:00:00.000000 DLoad: a.b..c.[31m..");
}

static void a_long_console_line_is_cut(void **state)
{
    (void)state;
    char out[CONSOLE_LINE + 1];
    out[CONSOLE_LINE] = '#';
    console_line(out, LOG_INF, 0, "%0500d", 7);
    assert_int_equal(strlen(out), CONSOLE_LINE - 1);
    assert_int_equal(out[CONSOLE_LINE], '#');
}

static void an_event_to_the_letter(void **state)
{
    (void)state;
    static const uint8_t ip[4] = {10, 106, 117, 68};
    uint32_t address;
    memcpy(&address, ip, sizeof address);
    uint8_t digest[DIGEST_LEN];
    for (size_t i = 0; i < sizeof digest; i++)
        digest[i] = (uint8_t)(i * 9);

    struct event_line e;
    event_begin(&e, EVENT_FETCHED, 534000, "SEP0008000027F8");
    event_str(&e, "file", "SCCP41.9-4-2SR2-2S.loads");
    event_ip(&e, "from", address);
    event_num(&e, "bytes", UINT64_MAX);
    event_hex(&e, "h", 0xd7cb9);
    event_digest(&e, "sha256", digest);
    assert_string_equal(
        event_end(&e),
        "{\"t\":0.534000,\"phone\":\"SEP0008000027F8\",\"event\":\"fetched\","
        "\"file\":\"SCCP41.9-4-2SR2-2S.loads\",\"from\":\"10.106.117.68\","
        "\"bytes\":18446744073709551615,\"h\":\"000d7cb9\",\"sha256\":"
        "\"0009121b242d363f48515a636c757e879099a2abb4bdc6cfd8e1eaf3fc050e17\"}");
    assert_false(e.full);
}

/* The parsed line, which has to be one JSON object and nothing more. */
static json_t *parsed(const char *line)
{
    json_error_t error;
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (!object)
        fail_msg("%s: %s", error.text, line);
    assert_true(json_is_object(object));
    return object;
}

static const char *member(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void every_event_is_json(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_COUNT; i++) {
        struct event_line e;
        event_begin(&e, (enum event)i, 3661 * USEC_SEC + 7, "SEP0008000027F8");
        json_t *object = parsed(event_end(&e));
        assert_string_equal(member(object, "event"), event_names[i]);
        assert_true(json_real_value(json_object_get(object, "t")) == 3661.000007);
        json_decref(object);
    }
}

static void hostile_strings_are_escaped(void **state)
{
    (void)state;
    struct event_line e;
    event_begin(&e, EVENT_FAILED, 0, "\"},{");
    event_str(&e, "text", "a\"b\\c\n\x01\x7f");
    event_str(&e, "file", "\xff\xc0\xe9");
    json_t *object = parsed(event_end(&e));
    assert_string_equal(member(object, "phone"), "\"},{");
    assert_string_equal(member(object, "text"), "a\"b\\c\n\x01\x7f");
    /* Bytes beyond ASCII stand for the characters of Latin 1. */
    assert_string_equal(member(object, "file"), "\xc3\xbf\xc3\x80\xc3\xa9");
    json_decref(object);
}

/* A value of every length across the end of the line: the key is there whole, or not at all and
 * then nothing after it either. */
static void a_full_line_is_cut_at_a_key(void **state)
{
    (void)state;
    static const char units[] = "x\"\n";
    for (size_t u = 0; u < sizeof units - 1; u++) {
        bool cut = false;
        for (size_t len = 0; len < EVENT_LINE + 20; len++) {
            char value[EVENT_LINE + 20];
            memset(value, units[u], len);
            value[len] = '\0';

            struct event_line e;
            event_begin(&e, EVENT_FAILED, 0, "SEP0008000027F8");
            event_str(&e, "text", value);
            event_num(&e, "n", 1);
            bool full = e.full;
            assert_true(strlen(event_end(&e)) < EVENT_LINE);
            json_t *object = parsed(e.text);
            const char *text = member(object, "text");
            assert_true(text ? strlen(text) == len : full);
            assert_true(full == !json_object_get(object, "n"));
            assert_true(full >= cut);
            cut = full;
            json_decref(object);
        }
        assert_true(cut);
    }
}

static void a_line_can_be_filled_to_its_last_byte(void **state)
{
    (void)state;
    char value[EVENT_LINE];
    struct event_line e;
    event_begin(&e, EVENT_FAILED, 0, "SEP");
    size_t room = EVENT_LINE - 2 - e.len - strlen(",\"k\":\"\"");
    memset(value, 'x', room);
    value[room] = '\0';
    event_str(&e, "k", value);
    assert_false(e.full);
    assert_int_equal(strlen(event_end(&e)), EVENT_LINE - 1);
    json_decref(parsed(e.text));
}

static void even_a_giant_name_leaves_json(void **state)
{
    (void)state;
    char name[2000];
    memset(name, '"', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct event_line e;
    event_begin(&e, EVENT_BOOT, UINT64_MAX, name);
    event_num(&e, "n", 1);
    json_t *object = parsed(event_end(&e));
    assert_int_equal(json_object_size(object), 1);
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(console_has_the_vendor_form),
        cmocka_unit_test(console_line_stays_one_line),
        cmocka_unit_test(a_long_console_line_is_cut),
        cmocka_unit_test(an_event_to_the_letter),
        cmocka_unit_test(every_event_is_json),
        cmocka_unit_test(hostile_strings_are_escaped),
        cmocka_unit_test(a_full_line_is_cut_at_a_key),
        cmocka_unit_test(a_line_can_be_filled_to_its_last_byte),
        cmocka_unit_test(even_a_giant_name_leaves_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
