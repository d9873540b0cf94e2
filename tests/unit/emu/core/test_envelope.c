/* test_envelope.c - the signed envelope: fields, places, lengths, hostile bytes. */
#include "emu/builder.h"
#include "emu/core/envelope.h"
#include "tests/unit/unit.h"

/* What to build; the zero value of a field stands for the usual one. */
struct spec {
    const char *name;     /* NULL: "dsp41.x.sbn" */
    size_t name_len;      /* 0: with its NUL */
    unsigned hash;        /* 0: SHA-1 */
    unsigned modulus;     /* 0: 64 bytes */
    unsigned algorithm;   /* 0: RSA */
    size_t signature_len; /* 0: what the modulus says */
    int without;          /* leave this tag out */
    int twice;            /* put this tag (of the top) a second time */
    const char *after;    /* bytes behind the padding */
    size_t after_len;
};

static void put(struct builder *b, const struct spec *s, int tag, const void *value, size_t len)
{
    for (int times = (tag != s->without) + (tag == s->twice); times > 0; times--) {
        builder_u8(b, (uint8_t)tag);
        builder_u16(b, (uint16_t)len);
        builder_bytes(b, value, len);
    }
}

static size_t build_signature_info(uint8_t *out, size_t size, const struct spec *s)
{
    uint8_t inner[32];
    struct builder in = builder(inner, sizeof inner), b = builder(out, size);
    put(&in, s, ENV_SIGNATURE_ALGORITHM, &(uint8_t){(uint8_t)s->algorithm}, 1);
    put(&in, s, ENV_MODULUS, &(uint8_t){(uint8_t)s->modulus}, 1);
    put(&b, s, ENV_HASH_ALGORITHM, &(uint8_t){s->hash ? (uint8_t)s->hash : 1}, 1);
    put(&b, s, ENV_SIGNATURE_ALGORITHM_INFO, inner, builder_len(&in));
    return builder_len(&b);
}

static size_t build(uint8_t *out, size_t size, const struct spec *s)
{
    static const uint8_t signer[] = {4, 0, 3, 'm', 'e', 0, 5, 0, 1, 7, 6, 0, 1, 0};
    static const uint8_t signature[600] = {0xab};
    uint8_t info[64];
    const char *name = s->name ? s->name : "dsp41.x.sbn";
    size_t signature_len = s->signature_len ? s->signature_len : (size_t)64 << s->modulus;
    struct builder b = builder(out, size);
    put(&b, s, ENV_VERSION, "\1\1", 2);
    put(&b, s, ENV_HEADER_LENGTH, "\0\0", 2);
    put(&b, s, ENV_SIGNER_INFO, signer, sizeof signer);
    put(&b, s, ENV_SIGNATURE_INFO, info, build_signature_info(info, sizeof info, s));
    put(&b, s, ENV_SIGNATURE, signature, signature_len);
    put(&b, s, ENV_FILENAME, name, s->name_len ? s->name_len : strlen(name) + 1);
    put(&b, s, ENV_TIMESTAMP, "\x01\x02\x03\x04", 4);
    do
        builder_u8(&b, ENV_PADDING);
    while (builder_len(&b) % 4);
    builder_bytes(&b, s->after ? s->after : "", s->after_len);
    size_t len = builder_len(&b);
    assert_true(len > 10);
    out[8] = (uint8_t)(len >> 8);
    out[9] = (uint8_t)len;
    return len;
}

/* Parses from memory of exactly len bytes, so that the sanitizer sees one byte too far. */
static const char *parse_exact(const uint8_t *data, size_t len, struct envelope *env)
{
    uint8_t *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    const char *wrong = envelope_parse(copy, len, env);
    if (!wrong)
        env->signature = data + (env->signature - copy);
    free(copy);
    return wrong;
}

static const char *parse_spec(const struct spec *s, struct envelope *env)
{
    uint8_t bytes[1024];
    size_t len = build(bytes, sizeof bytes, s);
    const char *wrong = parse_exact(bytes, len, env);
    env->signature = NULL;
    return wrong;
}

static void test_fields(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    struct envelope env;
    size_t len = build(bytes, sizeof bytes, &(struct spec){.hash = ENV_SHA512});
    memcpy(bytes + len, "payload", 7);
    assert_null(envelope_parse(bytes, len + 7, &env));
    assert_int_equal(env.length, len);
    assert_int_equal(env.hash, ENV_SHA512);
    assert_int_equal(env.signature_bytes, 64);
    /* 10 bytes of version and length, 17 of signer, 18 of signature info. */
    assert_int_equal(env.signature_tlv, 10 + 17 + 18);
    assert_int_equal(env.signature_tlv_len, 3 + 64);
    assert_ptr_equal(env.signature, bytes + env.signature_tlv + 3);
    assert_int_equal(env.signature[0], 0xab);
    assert_string_equal(env.file_name, "dsp41.x.sbn");
    assert_string_equal(env.signer, "me");
    assert_int_equal(env.timestamp, 0x01020304);
}

static void test_modulus_sizes(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 4; code++) {
        struct envelope env;
        assert_null(parse_spec(&(struct spec){.modulus = code}, &env));
        assert_int_equal(env.signature_bytes, 64 << code);
    }
}

static void test_timestamp_is_optional(void **state)
{
    (void)state;
    struct envelope env;
    assert_null(parse_spec(&(struct spec){.without = ENV_TIMESTAMP}, &env));
    assert_int_equal(env.timestamp, 0);
}

#define NAME_63 "a23456789012345678901234567890123456789012345678901234567890.sbn"

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        struct spec spec;
        const char *wrong;
    } cases[] = {
        {{.hash = 4}, "unknown hash algorithm"},
        {{.algorithm = 1}, "signature algorithm is not RSA"},
        {{.modulus = 4, .signature_len = 64}, "unknown modulus size"},
        {{.modulus = 1, .signature_len = 100}, "signature length does not match modulus"},
        {{.modulus = 2, .signature_len = 128}, "signature length does not match modulus"},
        {{.name = "a/b.sbn"}, "envelope's file name holds a character that no file name has"},
        {{.name = "a b.sbn"}, "envelope's file name holds a character that no file name has"},
        {{.name = "a\xff.sbn"}, "envelope's file name holds a character that no file name has"},
        {{.name = "a.sbn", .name_len = 5}, "envelope's file name is not one C string"},
        {{.name = "a\0b.sbn", .name_len = 8}, "envelope's file name is not one C string"},
        {{.name = ""}, "envelope value of a wrong length"},
        {{.name = NAME_63 "x"}, "envelope value of a wrong length"},
        {{.twice = ENV_FILENAME}, "envelope tag twice"},
        {{.twice = ENV_SIGNATURE}, "envelope tag twice"},
        {{.after = "\x0d\x0e", .after_len = 2}, "bytes after the envelope's padding"},
        {{.after = "\0", .after_len = 1}, "bytes after the envelope's padding"},
        {{.without = ENV_VERSION}, "does not begin with a signed envelope"},
        {{.without = ENV_FILENAME},
         "envelope lacks hash, algorithm, modulus, signature or file name"},
        {{.without = ENV_SIGNATURE},
         "envelope lacks hash, algorithm, modulus, signature or file name"},
        {{.without = ENV_SIGNATURE_INFO},
         "envelope lacks hash, algorithm, modulus, signature or file name"},
        {{.without = ENV_MODULUS},
         "envelope lacks hash, algorithm, modulus, signature or file name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct envelope env;
        const char *wrong = parse_spec(&cases[i].spec, &env);
        if (!wrong)
            fail_msg("case %zu was accepted", i);
        assert_string_equal(wrong, cases[i].wrong);
    }
}

static void test_longest_name(void **state)
{
    (void)state;
    struct envelope env;
    char name[NAME_MAX_LEN + 1] = NAME_63;
    name[NAME_MAX_LEN - 1] = '\0';
    assert_null(parse_spec(&(struct spec){.name = name}, &env));
    assert_int_equal(strlen(env.file_name), NAME_MAX_LEN - 1);
    assert_string_equal(env.file_name, name);
}

static void test_signer_is_made_printable(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    struct envelope env;
    size_t len = build(bytes, sizeof bytes, &(struct spec){0});
    bytes[10 + 3 + 3] = 0x1b; /* "me" begins here: an escape would reach a terminal */
    assert_null(parse_exact(bytes, len, &env));
    assert_string_equal(env.signer, "?e");
}

/* A container of 0xffff bytes that holds itself again and again must not eat the stack. */
static void test_containers_do_not_nest(void **state)
{
    (void)state;
    static uint8_t bytes[UINT16_MAX];
    struct envelope env;
    struct builder b = builder(bytes, sizeof bytes);
    builder_bytes(&b, "\1\0\2\1\1\2\0\2\xff\xff", 10);
    for (size_t left = sizeof bytes - 10; left >= 3; left -= 3) {
        builder_u8(&b, ENV_SIGNER_INFO);
        builder_u16(&b, (uint16_t)(left - 3));
    }
    const char *wrong = envelope_parse(bytes, sizeof bytes, &env);
    assert_non_null(wrong);
    assert_string_equal(wrong, "envelope tag unknown or out of place");
}

static void test_every_truncation(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    struct envelope env;
    size_t len = build(bytes, sizeof bytes, &(struct spec){0});
    for (size_t n = 0; n < len; n++) {
        const char *wrong = parse_exact(bytes, n, &env);
        assert_non_null(wrong);
        assert_string_equal(wrong, n < 8 ? "does not begin with a signed envelope"
                                         : "shorter than its envelope");
    }
}

/* Any one byte changed to any value: refused, or what is read lies inside. */
static void test_every_byte_changed(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    size_t len = build(bytes, sizeof bytes, &(struct spec){0});
    for (size_t i = 0; i < len; i++) {
        uint8_t old = bytes[i];
        for (unsigned v = 0; v < 256; v++) {
            struct envelope env;
            bytes[i] = (uint8_t)v;
            if (parse_exact(bytes, len, &env))
                continue;
            assert_in_range(env.length, 1, len);
            assert_in_range(env.signature_tlv + env.signature_tlv_len, 1, env.length);
            assert_int_equal(env.signature_tlv_len, env.signature_bytes + 3);
            assert_non_null(memchr(env.file_name, 0, sizeof env.file_name));
        }
        bytes[i] = old;
    }
}

static void test_failure_leaves_out_alone(void **state)
{
    (void)state;
    struct envelope env, before;
    memset(&env, 0x5a, sizeof env);
    before = env;
    uint8_t bytes[1024];
    size_t len = build(bytes, sizeof bytes, &(struct spec){.twice = ENV_TIMESTAMP});
    assert_non_null(envelope_parse(bytes, len, &env));
    assert_memory_equal(&env, &before, sizeof env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_modulus_sizes),
        cmocka_unit_test(test_timestamp_is_optional),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_longest_name),
        cmocka_unit_test(test_signer_is_made_printable),
        cmocka_unit_test(test_containers_do_not_nest),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_failure_leaves_out_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
