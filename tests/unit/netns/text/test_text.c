/* test_text.c - names of any bytes, as they leave the program: for a line, for JSON, for XML. */
#include "netns/text/json.h"
#include "netns/text/say.h"
#include "netns/text/text.h"
#include "tests/unit/netns/fleet8.h"

static void check(const char *text, enum text_for where, const char *wanted)
{
    char *got = text_of(text, where);
    assert_string_equal(got, wanted);
    free(got);
}

static void a_line_stays_one_and_moves_no_terminal(void **state)
{
    (void)state;
    check("plain, with 50 % and \\", TEXT_LINE, "plain, with 50 % and \\");
    check("a\nb\r\tc", TEXT_LINE, "a\\x0ab\\x0d\\x09c");
    check("\033[2J\a\x7f", TEXT_LINE, "\\x1b[2J\\x07\\x7f");
    check("\xc2\x9b"
          "2J", TEXT_LINE, "\\xc2\\x9b"
          "2J");                                                      /* CSI in one character */
    check("\xe2\x80\xaexe\xe2\x80\xa8", TEXT_LINE, "\\xe2\\x80\\xaexe\\xe2\\x80\\xa8");
    check("caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x93\x9e", TEXT_LINE, "caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x93\x9e");
    check("caf\xe9\xff", TEXT_LINE, "caf\\xe9\\xff");
}

/* Every byte alone, and in the middle of others, comes out of a real parser as it should. */
static void json_takes_every_byte(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        char text[] = {'a', (char)byte, 'z', '\0'}, wanted[16];
        snprintf(wanted, sizeof wanted, byte < 0x7f ? "a%cz" : "a\\x%02xz", byte);
        json_t *value = json_text(text), *object = json_object();
        assert_string_equal(json_string_value(value), wanted);
        json_put(object, text, value);
        char *dumped = json_dumps(object, 0);
        json_t *back = json_loads(dumped, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(back, wanted)), wanted);
        free(dumped);
        json_decref(object);
        json_decref(back);
    }
}

static void xml_keeps_tabs_and_line_feeds(void **state)
{
    (void)state;
    check("a\tb\nc\rd\x01", TEXT_XML, "a\tb\nc\\x0dd\\x01");
    check("\xef\xbf\xbe", TEXT_XML, "\\xef\\xbf\\xbe"); /* no character of XML 1.0 */
}

static void speak(void *name)
{
    say("cannot write %s; name another", (const char *)name);
    say_at(name, "not there");
    say_errno(2, "cannot open %s", (const char *)name);
}

static void what_is_said_is_a_line_each_however_long(void **state)
{
    char name[4000];
    (void)state;
    memset(name, 'x', sizeof name);
    memcpy(name, "a\nb\033", 4);
    name[sizeof name - 1] = '\0';
    char *said = fleet8_capture(STDERR_FILENO, speak, name), *rest = said;
    const char *line = strsep(&rest, "\n");
    assert_memory_equal(line, "fleet: cannot write a\\x0ab\\x1bxx", 32);
    assert_non_null(strstr(line, "xx; name another"));
    assert_memory_equal(strsep(&rest, "\n"), "a\\x0ab\\x1bxx", 12);
    assert_non_null(strstr(strsep(&rest, "\n"), "xx: No such file or directory"));
    assert_string_equal(rest, "");
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_stays_one_and_moves_no_terminal),
        cmocka_unit_test(json_takes_every_byte),
        cmocka_unit_test(xml_keeps_tabs_and_line_feeds),
        cmocka_unit_test(what_is_said_is_a_line_each_however_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
