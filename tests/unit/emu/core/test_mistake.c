/* test_mistake.c - what is behind a refusal: the mistake, what is wrong, what is right. */
#include "emu/core/cnf.h"
#include "emu/core/mistake.h"
#include "tests/unit/unit.h"

/* The reason that a model's parser has for a text, or its first warning. */
static void find_why(const char *text, size_t len, const char *model, char why[160])
{
    struct cnf cnf;
    struct cnf_parser *p = cnf_open(model ? phone_model_find(model) : NULL);
    assert_non_null(p);
    int error = cnf_feed(p, text, len) ? -1 : cnf_finish(p, &cnf);
    const struct cnf_warning *w = cnf_warning(p, 0);
    assert_true(error || w);
    snprintf(why, 160, "%s", error ? cnf_error(p) : w->text);
    cnf_close(p);
}

static struct mistake mistake_of(const char *text, size_t len, const char *model)
{
    char why[160];
    struct mistake m;
    uint8_t *exact = malloc(len ? len : 1); /* so that a byte beyond is seen */
    memcpy(exact, text, len);
    find_why(text, len, model, why);
    mistake_in_config("SEP001B54C12233.cnf.xml", why, exact, len, &m);
    free(exact);
    return m;
}

#define VENDOR(inner)   "<device><vendorConfig>" inner "</vendorConfig></device>"
#define LOADINFO(inner) "<device>\n<loadInformation>" inner "</loadInformation></device>"

static void mistakes_in_configuration(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mistake_kind kind;
        const char *wrong, *right;
    } cases[] = {
        {"", MISTAKE_EMPTY, "", ""},
        {" \r\n", MISTAKE_EMPTY, "", ""},
        {"<html><body/></html>", MISTAKE_PAGE, "", ""},
        {"\xef\xbb\xbf<!DOCTYPE HTML><html/>", MISTAKE_PAGE, "", ""},
        {"PK\3\4 and so on", MISTAKE_PACKED, "ZIP archive", ""},
        {"\x1f\x8b\x08", MISTAKE_PACKED, "gzip file", ""},
        {"<Device a='1'/>", MISTAKE_ROOT, "Device", "device"},
        {"<!-- <x> -->\n<phone></phone>", MISTAKE_ROOT, "phone", "device"},
        {"<?xml version='1.0' encoding='cp1252'?><device/>", MISTAKE_ENCODING, "cp1252", ""},
        {"<device>B\xfcro</device>", MISTAKE_BYTES, "byte FC", ""},
        {"<device>\xc3\xbc\xe4</device>", MISTAKE_BYTES, "byte E4", ""},
        {"\n<?xml version='1.0'?><device/>", MISTAKE_STRAY, "before <?xml", ""},
        {"<device></device>x", MISTAKE_STRAY, "behind </device>", ""},
        {"<device/>\n<device/>", MISTAKE_STRAY, "behind </device>", ""},
        {"<device><a></b></device>", MISTAKE_MARKUP, "</b>", "</a>"},
        {"<device>\n <a b='>'>\xc3\xbc</A>\n</device>", MISTAKE_MARKUP, "</A>", "</a>"},
        {"<device><!-- <c> --><a><![CDATA[<b>]]></device>", MISTAKE_MARKUP, "</device>", "</a>"},
        {"<device>a & b</device>", MISTAKE_MARKUP, "&", "&amp;"},
        {"<device>?a=1&b=2</device>", MISTAKE_MARKUP, "&b", "&amp;b"},
        {"<device>&nbsp;</device>", MISTAKE_MARKUP, "&nbsp;", "&#160;"},
        {"<device>&amp; &copy;</device>", MISTAKE_MARKUP, "&copy;", "&amp;copy;"},
        {"<device><a><b/>", MISTAKE_OPEN, "", "</a></device>"},
        {"<device><a>\xc3\xbc", MISTAKE_OPEN, "", "</a></device>"},
        {"<!DOCTYPE device [<!ENTITY a 'b'>]><device/>", MISTAKE_ENTITY, "", ""},
        {"<device><a b='1' b='2'/></device>", MISTAKE_OTHER, "", ""},
        {"<device", MISTAKE_OTHER, "", ""},
        {VENDOR("<peerFirmwareSharing>on</peerFirmwareSharing>"), MISTAKE_VALUE, "",
         "<peerFirmwareSharing>1</peerFirmwareSharing>"},
        {VENDOR("<peerFirmwareSharing> Off </peerFirmwareSharing>"), MISTAKE_VALUE, "",
         "<peerFirmwareSharing>0</peerFirmwareSharing>"},
        {VENDOR("<peerFirmwareSharing/>"), MISTAKE_VALUE, "",
         "<peerFirmwareSharing>0</peerFirmwareSharing>"},
        {VENDOR("<peerFirmwareSharing>1\xc2\xa0</peerFirmwareSharing>"), MISTAKE_VALUE,
         "U+00A0 at byte 44", "<peerFirmwareSharing>1</peerFirmwareSharing>"},
        {LOADINFO("A.1\xe2\x80\x8b"), MISTAKE_VALUE, "U+200B at byte 29",
         "<loadInformation>A.1</loadInformation>"},
        {LOADINFO("x/A.1.loads"), MISTAKE_VALUE, "a path",
         "<loadInformation>A.1</loadInformation>"},
        {LOADINFO("x/"), MISTAKE_LONG, "<loadInformation>x/</loadInformation>", ""},
        {VENDOR("<loadServer>1.2.3</loadServer>"), MISTAKE_SERVER, "<loadServer>1.2.3</loadServer>",
         ""},
        {VENDOR("<loadServer>hq.example</loadServer>"), MISTAKE_SERVER,
         "<loadServer>hq.example</loadServer>", ""},
        {"<Default><loadInformation>A</loadInformation></Default>", MISTAKE_UNREAD,
         "<loadInformation>A</loadInformation>", ""},
        {"<device><loadServer>1.2.3.4</loadServer></device>", MISTAKE_UNREAD,
         "<loadServer>1.2.3.4</loadServer>", ""},
        {"<device>\n<loadInformation>A</loadInformation>\n<loadInformation>B</loadInformation>"
         "</device>", MISTAKE_TWICE, "<loadInformation>A</loadInformation>", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mistake m = mistake_of(cases[i].text, strlen(cases[i].text), NULL);
        if (m.kind != cases[i].kind)
            print_error("%s: %s\n", cases[i].text, mistake_words[m.kind]);
        assert_int_equal(m.kind, cases[i].kind);
        assert_string_equal(m.wrong, cases[i].wrong);
        assert_string_equal(m.right, cases[i].right);
    }
}

/* The default file has its own root element, and elements by type. */
static void the_file_s_name_tells_its_root(void **state)
{
    (void)state;
    static const char text[] = "<default/>";
    struct mistake m;
    mistake_in_config("XMLDefault.cnf.xml", "line 1, column 1: root element is neither",
                      (const uint8_t *)text, strlen(text), &m);
    assert_int_equal(m.kind, MISTAKE_ROOT);
    assert_string_equal(m.right, "Default");
}

/* Reasons that belong to another file, and places that are not in this one. */
static void a_reason_may_be_of_anything(void **state)
{
    (void)state;
    static const char *const whys[] = {"",
                                       "line",
                                       "line 0, column 0: mismatched tag",
                                       "line 9, column 9: mismatched tag",
                                       "line 1, column 99: undefined entity",
                                       "mismatched tag",
                                       "line 1, column 1: no element found",
                                       "line 1, column 1: mismatched tag",
                                       "line 1, column 2: mismatched tag",
                                       "line 4294967295, column 4294967295: load is",
                                       "line 1, column 1: load is not a name",
                                       "line 1, column 1: junk after document element",
                                       "line 1, column 2: undefined entity",
                                       "line 1, column 1: not well-formed (invalid token)",
                                       "line 1, column 3: loadServer is not",
                                       "line 1, column 1: unknown encoding",
                                       "line 1, column 1: root element is neither"};
    static const char *const texts[] = {"<",        "</",         "<a",   "&",         "&&",
                                        "<a>",      "</a>",       "<!--", "<![CDATA[", "<a b='",
                                        "encoding", "encoding='", ">",    "\xe2\x80",  "a"};
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++)
        for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
            size_t len = strlen(texts[n]);
            uint8_t *exact = malloc(len);
            struct mistake m;
            memcpy(exact, texts[n], len);
            mistake_in_config("x", whys[i], exact, len, &m);
            assert_in_range(m.kind, 0, MISTAKE_COUNT - 1);
            mistake_in_firmware(whys[i], exact, len, NULL, &m);
            assert_in_range(m.kind, 0, MISTAKE_COUNT - 1);
            free(exact);
        }
}

static void mistakes_in_firmware(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mistake_kind kind;
    } cases[] = {
        {"", MISTAKE_EMPTY},
        {"<html>", MISTAKE_PAGE},
        {"PK\3\4", MISTAKE_PACKED},
        {"a\r\nb\r\nc\r\nd\r\n", MISTAKE_TEXT_MODE},
        {"a\r\nb\r\nc\r\nd\n", MISTAKE_OTHER},
        {"a\r\nb", MISTAKE_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mistake m;
        mistake_in_firmware("does not begin with a signed envelope", (const uint8_t *)cases[i].text,
                            strlen(cases[i].text), NULL, &m);
        assert_int_equal(m.kind, cases[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_in_configuration),
        cmocka_unit_test(the_file_s_name_tells_its_root),
        cmocka_unit_test(a_reason_may_be_of_anything),
        cmocka_unit_test(mistakes_in_firmware),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
