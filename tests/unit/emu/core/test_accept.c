/* test_accept.c - what a phone takes for its flash, by name and content. */
#include "emu/core/accept.h"
#include "tests/unit/unit.h"

static uint8_t data[8192];
static size_t len;
static struct auth_key *key;

static void read_sample(const char *path)
{
    char full[128];
    snprintf(full, sizeof full, "firmware-samples/%s", path);
    FILE *in = fopen(full, "rb");
    if (!in)
        fail_msg("cannot open %s: run the tests from the project's top", full);
    len = fread(data, 1, sizeof data, in);
    fclose(in);
}

static int read_key(void **state)
{
    (void)state;
    read_sample("test-key.pub.pem");
    key = auth_key_parse((const char *)data, len);
    return key ? 0 : -1;
}

static int drop_key(void **state)
{
    (void)state;
    auth_key_free(key);
    return 0;
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum accept_kind kind;
    } cases[] = {
        {"SCCP41.9-4-2SR3-1S.loads", ACCEPT_LIST},
        {"P0S3-8-12-00.loads", ACCEPT_LIST},
        {"jar41sccp.9-4-2ES26.sbn", ACCEPT_ARCHIVE},
        {"x.sbn", ACCEPT_ARCHIVE},
        {"P00.sbn", ACCEPT_ARCHIVE},
        {"P0.sbn", ACCEPT_ARCHIVE},
        {"P.sbn", ACCEPT_ARCHIVE},
        {"p003-8-12-00.sbn", ACCEPT_ARCHIVE},
        {"P003-8-12-00.sbn", ACCEPT_SIGNED},
        {"P0S3-8-12-00.sbn", ACCEPT_SIGNED},
        {"P00308010200.sbn", ACCEPT_SIGNED},
        {"P0S3-8-12-00.sb2", ACCEPT_SIGNED},
        {"mk-sip.jar.sgn", ACCEPT_SIGNED},
        {"P003-8-12-00.bin", ACCEPT_OTHER},
        {"P003-8-12-00", ACCEPT_OTHER},
        {"jar41sccp.sbnx", ACCEPT_OTHER},
        {".sbn", ACCEPT_OTHER},
        {"", ACCEPT_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (accept_kind(cases[i].name) != cases[i].kind)
            fail_msg("%s: %d", cases[i].name, (int)accept_kind(cases[i].name));
}

static const char *accept(const char *name, enum auth_level level)
{
    const char *why;
    const char *text = accept_file(name, data, len, level, key, &why);
    assert_true(!text == !why);
    return text ? text : "taken";
}

/* Nothing is known of what they hold: the signature alone tells a good one. */
static void test_images_are_opaque(void **state)
{
    (void)state;
    static const char *const names[] = {"P00308010200.sbn", "P00308010200.sb2", "P003-8-12-00.sbn",
                                        "P0S3-8-12-00.sb2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "second/%s", names[i]);
        read_sample(path);
        assert_string_equal(accept(names[i], AUTH_SIGNATURE), "taken");
        data[len - 1] ^= 1;
        assert_string_equal(accept(names[i], AUTH_STRUCTURE), "taken");
        assert_string_equal(accept(names[i], AUTH_SIGNATURE), "Auth Fail");
        data[len - 1] ^= 1;
        assert_string_equal(accept("P00300000000.sbn", AUTH_SIGNATURE), "Auth Fail");
        len = 300; /* within the envelope */
        assert_string_equal(accept(names[i], AUTH_STRUCTURE), "Auth Fail");
    }
}

static void test_archives_are_read(void **state)
{
    (void)state;
    read_sample("bad/cnu41.good.sbn");
    assert_string_equal(accept("cnu41.good.sbn", AUTH_SIGNATURE), "taken");
    len -= 4;
    assert_string_equal(accept("cnu41.good.sbn", AUTH_STRUCTURE), "Checksum Error");
    read_sample("bad/apps41.bad-archive.sbn");
    assert_string_equal(accept("apps41.bad-archive.sbn", AUTH_SIGNATURE), "Checksum Error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_images_are_opaque),
        cmocka_unit_test(test_archives_are_read),
    };
    return cmocka_run_group_tests(tests, read_key, drop_key);
}
