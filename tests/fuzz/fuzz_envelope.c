/* fuzz_envelope.c - the signed envelope: what is accepted lies inside the input, does not depend
 * on what follows, and a signature that verifies stops doing so with any bit turned over.
 */
#include "emu/core/auth.h"
#include "emu/core/envelope.h"
#include "tests/fuzz/fuzz.h"

static struct auth_key *key;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char pem[4096];
    (void)argc, (void)argv;
    FILE *in = fopen("firmware-samples/test-key.pub.pem", "re");
    must(in);
    size_t len = fread(pem, 1, sizeof pem, in);
    fclose(in);
    key = auth_key_parse(pem, len);
    must(key);
    return 0;
}

static void must_equal(const struct envelope *a, const struct envelope *b)
{
    must(a->length == b->length && a->hash == b->hash && a->timestamp == b->timestamp);
    must(a->signature_bytes == b->signature_bytes && a->signature_tlv == b->signature_tlv);
    must(strcmp(a->file_name, b->file_name) == 0 && strcmp(a->signer, b->signer) == 0);
}

/* The top of the tree, read a second time: tags and lengths lead from the start to the end or to
 * padding, and by way of the signature. */
static void check_walk(const uint8_t *data, const struct envelope *env)
{
    size_t at = 0;
    bool signature = false;
    while (at < env->length && data[at] != ENV_PADDING) {
        must(env->length - at >= 3);
        signature |= data[at] == ENV_SIGNATURE && at == env->signature_tlv;
        at += 3u + (size_t)(data[at + 1] << 8 | data[at + 2]);
        must(at <= env->length);
    }
    for (; at < env->length; at++)
        must(data[at] == ENV_PADDING);
    must(signature);
}

static void check_inside(const uint8_t *data, size_t size, const struct envelope *env)
{
    must(env->length <= size && env->length == (size_t)(data[8] << 8 | data[9]));
    must(env->hash >= ENV_SHA1 && env->hash <= ENV_SHA512);
    must(env->signature_bytes == 64 || env->signature_bytes == 128 ||
         env->signature_bytes == 256 || env->signature_bytes == 512);
    must(env->signature_tlv_len == 3 + env->signature_bytes);
    must(env->signature_tlv + env->signature_tlv_len <= env->length);
    must(env->signature == data + env->signature_tlv + 3);
    must(strnlen(env->file_name, sizeof env->file_name) < sizeof env->file_name);
    for (const char *c = env->file_name; *c; c++)
        must(*c > ' ' && *c <= '~' && *c != '/');
    must(*env->file_name);
    must(strnlen(env->signer, sizeof env->signer) < sizeof env->signer);
}

static void check_cut(const uint8_t *data, size_t size, const struct envelope *env)
{
    struct envelope again;
    uint8_t *alone = fuzz_copy(data, env->length);
    must(envelope_parse(alone, env->length, &again) == NULL);
    must(again.signature == alone + env->signature_tlv + 3);
    must_equal(env, &again);
    must(envelope_parse(alone, env->length - 1, &again));
    must(envelope_parse(alone, fuzz_hash(1, data, size) % env->length, &again));
    free(alone);
}

static void check_authentic(const uint8_t *data, size_t size, const struct envelope *env)
{
    char other[NAME_MAX_LEN];
    must(auth_check(data, size, env->file_name, AUTH_STRUCTURE, NULL) == NULL);
    must(auth_check(data, size, env->file_name, AUTH_SIGNATURE, NULL));
    memcpy(other, env->file_name, sizeof other);
    other[0] ^= 1;
    must(auth_check(data, size, other, AUTH_STRUCTURE, NULL));
    if (auth_check(data, size, env->file_name, AUTH_SIGNATURE, key))
        return;
    uint32_t bit = fuzz_hash(2, data, size) % (uint32_t)(8 * size);
    uint8_t *turned = fuzz_copy(data, size);
    turned[bit / 8] ^= (uint8_t)(1 << bit % 8);
    must(auth_check(turned, size, env->file_name, AUTH_SIGNATURE, key));
    free(turned);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct envelope env, untouched;
    memset(&env, 0xa5, sizeof env);
    memset(&untouched, 0xa5, sizeof untouched);
    if (envelope_parse(data, size, &env)) {
        must(memcmp(&env, &untouched, sizeof env) == 0);
        must(auth_check(data, size, "f", AUTH_STRUCTURE, NULL));
        return 0;
    }
    check_inside(data, size, &env);
    check_walk(data, &env);
    check_cut(data, size, &env);
    check_authentic(data, size, &env);
    return 0;
}
