/* test_auth.c - signatures, keys and digests: against samples, against files signed by OpenSSL
 * with the same test key, and against everything that is nearly right. */
#include "emu/core/auth.h"
#include "emu/core/envelope.h"
#include "emu/core/loads.h"
#include "emu/core/sbn.h"
#include "tests/unit/unit.h"

#define SAMPLES "firmware-samples/"

/* What the test at hand looks at. */
static struct {
    uint8_t data[128 * 1024];
    size_t len;
} file;

static void read_file(const char *directory, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, SAMPLES "%s%s", directory, name);
    FILE *in = fopen(path, "rb");
    if (!in)
        fail_msg("cannot open %s: run the tests from the project's top", path);
    file.len = fread(file.data, 1, sizeof file.data, in);
    fclose(in);
    assert_in_range(file.len, 1, sizeof file.data - 1);
}

static struct auth_key *read_key(const char *name)
{
    read_file("", name);
    struct auth_key *key = auth_key_parse((const char *)file.data, file.len);
    assert_non_null(key);
    return key;
}

static struct auth_key *test_key;

static int set_up(void **state)
{
    (void)state;
    test_key = read_key("test-key.pub.pem");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    auth_key_free(test_key);
    return 0;
}

static const char *check(const char *name, enum auth_level level, const struct auth_key *key)
{
    return auth_check(file.data, file.len, name, level, key);
}

static void assert_refused(const char *wrong, const char *want)
{
    assert_non_null(wrong);
    assert_string_equal(wrong, want);
}

static void unhex(const char *hex, uint8_t *out, size_t len)
{
    assert_int_equal(strlen(hex), 2 * len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
}

/* ---- whole samples ------------------------------------------------------------------ */

static void assert_component_is_good(const char *name)
{
    struct envelope env;
    struct sbn sbn;
    read_file("small/", name);
    assert_null(check(name, AUTH_SIGNATURE, test_key));
    assert_null(envelope_parse(file.data, file.len, &env));
    assert_null(sbn_parse(file.data + env.length, file.len - env.length, &sbn));
}

static void test_committed_loads_authenticate(void **state)
{
    (void)state;
    static const char *const lists[] = {"SCCP41.9-4-2SR1-1S.loads", "SCCP41.9-4-2SR3-1S.loads",
                                        "SCCP70.9-4-2SR1-1S.loads", "SCCP70.9-4-2SR3-1S.loads"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct loads loads;
        read_file("small/", lists[i]);
        assert_null(check(lists[i], AUTH_SIGNATURE, test_key));
        assert_null(loads_parse(file.data, file.len, &loads));
        for (size_t j = 0; j < loads.count; j++)
            assert_component_is_good(loads.file[j]);
    }
}

static void test_samples_to_be_refused(void **state)
{
    (void)state;
    static const char unverified[] = "signature does not verify";
    static const char renamed[] = "envelope is for a file of another name";
    static const struct {
        const char *name, *by_structure, *by_signature;
    } cases[] = {
        {"apps41.good.sbn", NULL, NULL},
        {"apps41.corrupt-body.sbn", NULL, unverified},
        {"apps41.cut-body.sbn", NULL, unverified},
        {"apps41.cut-envelope.sbn", "shorter than its envelope", "shorter than its envelope"},
        {"apps41.no-envelope.sbn", "does not begin with a signed envelope",
         "does not begin with a signed envelope"},
        {"apps41.wrong-name.sbn", renamed, renamed},
        {"apps41.wrong-modulus.sbn", "signature length does not match modulus",
         "signature length does not match modulus"},
        {"apps41.unknown-key.sbn", NULL, unverified},
        {"SCCP41.good.loads", NULL, NULL},
        {"SCCP41.corrupt-list.loads", NULL, unverified},
        {"SCCP41.wrong-name-list.loads", renamed, renamed},
        {"SCCP41.unknown-key-list.loads", NULL, unverified},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_file("bad/", cases[i].name);
        const char *got[] = {check(cases[i].name, AUTH_STRUCTURE, NULL),
                             check(cases[i].name, AUTH_SIGNATURE, test_key)};
        const char *want[] = {cases[i].by_structure, cases[i].by_signature};
        for (size_t level = 0; level < 2; level++)
            if (strcmp(got[level] ? got[level] : "good", want[level] ? want[level] : "good") != 0)
                fail_msg("%s, level %zu: %s", cases[i].name, level,
                         got[level] ? got[level] : "accepted");
    }
}

/* Signed well and named well, yet no archive: the signature alone does not find it. */
static void test_bad_archive_is_for_the_archive_check(void **state)
{
    (void)state;
    struct envelope env;
    struct sbn sbn;
    read_file("bad/", "apps41.bad-archive.sbn");
    assert_null(check("apps41.bad-archive.sbn", AUTH_SIGNATURE, test_key));
    assert_null(envelope_parse(file.data, file.len, &env));
    assert_refused(sbn_parse(file.data + env.length, file.len - env.length, &sbn),
                   "archive name outside the name table");
}

static void test_every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    static const char name[] = "SCCP41.9-4-2SR1-1S.loads";
    read_file("small/", name);
    for (size_t bit = 0; bit < file.len * 8; bit++) {
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (!check(name, AUTH_SIGNATURE, test_key))
            fail_msg("bit %zu of byte %zu changed unnoticed", bit % 8, bit / 8);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_null(check(name, AUTH_SIGNATURE, test_key));
}

/* ---- files signed by another program ------------------------------------------------ */

/* v.sbn: version, length, hash and modulus; the signature; then the name and the body "abc". */
#define HEAD_LEN 31
static const char tail[] = "\x0e\0\6v.sbn\0abc";

struct vector {
    const char *head, *signature;
};

static const struct vector vector_sha1 = {
    .head = "0100020101020002012807000f080001010900080a0001000b0001020c0100",
    .signature = "773ef106e3c8968e9749dd66094352e0e48205da8ea149bd44095d230d404b48afee0e237711"
                 "78ea38509edca001ed2553bbeee3ebf84145dd5eb92b6c24806088eef40f6af005fcd36d1073"
                 "53508854d6fb75f8e0ee1039c8e33b776e936a802c0e3433823d6604f9b93707723da4739e0c"
                 "563cde5c38532e48261ee3a145c4eb3b518e155f5b52e527466e227e2d406d0f7ad9f4b0c35a"
                 "95552a2840f2eaa429335712e1ee8092bd5bdf620960d80fad3f1d445cf1302a871153c27e0b"
                 "50a9b46deebec2de8ed650ba26eff2e1f261149a17fb30ab4e7be5672b5a4046d30e3c7c2c02"
                 "35048459c956388259f50911ea300234cebd5a04e8c5631df023e953",
};

static const struct vector vector_sha512 = {
    .head = "0100020101020002012807000f080001030900080a0001000b0001020c0100",
    .signature = "621eb270e8885bfd97a4862b1e462e379546666b909ee650a38bd28e79e8d3a045c49c7b508a"
                 "65ba804eb049e6ef6a55d78564f333751acc63cd97867c604e5c2f958521cb9a4756da0ea5ae"
                 "2ba457e55da25704586cf7377634560cb0335181be3593568dcdfa25565fb148277e340def6a"
                 "b003f3ec36266c16b3cdb6dbb6fd8b419e58bd078cdd8138cb0699f11c40317b314900e4067b"
                 "27b76825a43a4d6ea1d52eb7a918f7094441ce9032d2d1e3cbd1b083472d933feac7c4b4783d"
                 "6382fd23d737af94c3699183cae3e44cb8a648e79bedf5415be79175fd1a370dad66f1dcba97"
                 "cd88641ec359d1605e7230efe8f19334608d091c0e1659435841c4f7",
};

static void build_vector(const struct vector *v)
{
    unhex(v->head, file.data, HEAD_LEN);
    unhex(v->signature, file.data + HEAD_LEN, 256);
    memcpy(file.data + HEAD_LEN + 256, tail, sizeof tail - 1);
    file.len = HEAD_LEN + 256 + sizeof tail - 1;
}

static void test_signatures_made_by_openssl(void **state)
{
    (void)state;
    const struct vector *const vectors[] = {&vector_sha1, &vector_sha512};
    for (size_t i = 0; i < 2; i++) {
        build_vector(vectors[i]);
        assert_null(check("v.sbn", AUTH_SIGNATURE, test_key));
        file.data[file.len - 1] ^= 1;
        assert_refused(check("v.sbn", AUTH_SIGNATURE, test_key), "signature does not verify");
    }
}

/* A signature is a number below the modulus: all ones is not; zero and one prove nothing. */
static void test_degenerate_signatures(void **state)
{
    (void)state;
    static const struct {
        uint8_t fill, last;
    } cases[] = {{0, 0}, {0, 1}, {0xff, 0xff}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        build_vector(&vector_sha512);
        memset(file.data + HEAD_LEN, cases[i].fill, 256);
        file.data[HEAD_LEN + 255] = cases[i].last;
        assert_refused(check("v.sbn", AUTH_SIGNATURE, test_key), "signature does not verify");
    }
}

/* ---- keys --------------------------------------------------------------------------- */

static const char short_key[] = "-----BEGIN RSA PUBLIC KEY-----\n"
                                "MIGJAoGBAKLl8sS1vBoJ7VnOEIOCqXhG1j739lXzPa4LkxcWh/NXQT8od3JXPECe\n"
                                "Xyg8YZ/A0XttSwMpXZrw5AQ/OR/T4RtimzmoMcNOcjiirjiZ//Q4DuCcGo3g+m05\n"
                                "SDiawgR0kKxLDa75aS3gMMfP5R2NaCWlljYW6pH7HwB6/jeQuMg1AgMBAAE=\n"
                                "-----END RSA PUBLIC KEY-----\n";

static void test_other_keys(void **state)
{
    (void)state;
    struct auth_key *private = read_key("test-key.pem"), *other = read_key("unknown-key.pem");
    struct auth_key *small = auth_key_parse(short_key, strlen(short_key));
    assert_non_null(small);
    build_vector(&vector_sha512);
    assert_null(check("v.sbn", AUTH_SIGNATURE, private));
    assert_refused(check("v.sbn", AUTH_SIGNATURE, other), "signature does not verify");
    assert_refused(check("v.sbn", AUTH_SIGNATURE, small), "signed by a key of another size");
    assert_refused(check("v.sbn", AUTH_SIGNATURE, NULL), "no key to check the signature with");
    assert_null(check("v.sbn", AUTH_STRUCTURE, NULL));
    auth_key_free(private);
    auth_key_free(other);
    auth_key_free(small);
    auth_key_free(NULL);
}

#define PUBLIC(base64) "-----BEGIN RSA PUBLIC KEY-----" base64 "-----END RSA PUBLIC KEY-----"

static void test_malformed_keys(void **state)
{
    (void)state;
    static const char *const pems[] = {
        "",
        "-----BEGIN RSA PUBLIC KEY-----",
        PUBLIC(""),
        PUBLIC("\n!!!!\n"),
        PUBLIC("\nAAAA\n"),
        PUBLIC("\nMAA=\n"),
        PUBLIC("\nMAYCAQMCAQM=\n"), /* modulus 3 */
        "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMAYCAQMCAQM=\n-----END PUBLIC KEY-----",
        "-----END RSA PUBLIC KEY-----\nMAA=\n-----BEGIN RSA PUBLIC KEY-----",
    };
    for (size_t i = 0; i < sizeof pems / sizeof *pems; i++)
        if (auth_key_parse(pems[i], strlen(pems[i])))
            fail_msg("key %zu was accepted", i);
}

static void test_truncated_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"test-key.pub.pem", "test-key.pem"};
    for (size_t i = 0; i < 2; i++) {
        read_file("", names[i]);
        const uint8_t *end = memmem(file.data, file.len, "-----END", 8);
        assert_non_null(end);
        for (size_t len = 0; len <= (size_t)(end - file.data) + 20; len++) {
            char *copy = malloc(len + 1);
            assert_non_null(copy);
            memcpy(copy, file.data, len);
            assert_null(auth_key_parse(copy, len));
            free(copy);
        }
    }
}

static void test_pem_room(void **state)
{
    (void)state;
    uint8_t der[16];
    static const char pem[] = "-----BEGIN X-----\nTWFu\nTWE=\n-----END X-----";
    assert_int_equal(pem_decode(pem, strlen(pem), "X", der, sizeof der), 5);
    assert_memory_equal(der, "ManMa", 5);
    assert_int_equal(pem_decode(pem, strlen(pem), "Y", der, sizeof der), 0);
    assert_int_equal(pem_decode(pem, strlen(pem), "X", der, 5), 0);
    assert_int_equal(pem_decode(short_key, strlen(short_key), "RSA PUBLIC KEY", der, sizeof der),
                     0);
}

/* ---- SHA-256 ------------------------------------------------------------------------ */

static const struct {
    const char *text, *digest;
} standard[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void test_sha256_of_the_standard(void **state)
{
    (void)state;
    struct sha256_state *parts = sha256_new();
    assert_non_null(parts);
    uint8_t want[DIGEST_LEN], got[DIGEST_LEN];
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) {
        unhex(standard[i].digest, want, sizeof want);
        sha256(standard[i].text, strlen(standard[i].text), got);
        assert_memory_equal(got, want, DIGEST_LEN);
        for (const char *c = standard[i].text; *c; c++) /* byte by byte, in a used state */
            sha256_update(parts, c, 1);
        sha256_final(parts, got);
        assert_memory_equal(got, want, DIGEST_LEN);
    }
    sha256_free(parts);
}

static void test_sha256_reset_forgets(void **state)
{
    (void)state;
    struct sha256_state *s = sha256_new();
    assert_non_null(s);
    uint8_t want[DIGEST_LEN], got[DIGEST_LEN];
    unhex(standard[0].digest, want, sizeof want);
    sha256_update(s, "left over", 9);
    sha256_reset(s);
    sha256_final(s, got);
    assert_memory_equal(got, want, DIGEST_LEN);
    sha256_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_committed_loads_authenticate),
        cmocka_unit_test(test_samples_to_be_refused),
        cmocka_unit_test(test_bad_archive_is_for_the_archive_check),
        cmocka_unit_test(test_every_flipped_bit_is_noticed),
        cmocka_unit_test(test_signatures_made_by_openssl),
        cmocka_unit_test(test_degenerate_signatures),
        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_malformed_keys),
        cmocka_unit_test(test_truncated_keys),
        cmocka_unit_test(test_pem_room),
        cmocka_unit_test(test_sha256_of_the_standard),
        cmocka_unit_test(test_sha256_reset_forgets),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
