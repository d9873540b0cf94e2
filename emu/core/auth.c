/* auth.c - authenticates firmware files; the core's only user of the cryptographic library. */
#include <nettle/asn1.h>
#include <nettle/base64.h>
#include <nettle/bignum.h>
#include <nettle/nettle-meta.h>
#include <nettle/rsa.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
/* nettle renames its functions by macros, and this one is ours as well. */
#undef sha256_update

#include "emu/core/auth.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/core/envelope.h"

/* ---- keys --------------------------------------------------------------------------- */

struct auth_key {
    struct rsa_public_key rsa;
};

size_t pem_decode(const char *pem, size_t len, const char *label, uint8_t *der, size_t size)
{
    char begin[64], end[64];
    int begin_len = snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
    int end_len = snprintf(end, sizeof end, "-----END %s-----", label);
    if ((size_t)begin_len >= sizeof begin)
        return 0;

    const char *from = memmem(pem, len, begin, (size_t)begin_len);
    if (!from)
        return 0;
    from += begin_len;
    const char *to = memmem(from, (size_t)(pem + len - from), end, (size_t)end_len);
    if (!to || BASE64_DECODE_LENGTH((size_t)(to - from)) > size)
        return 0;

    struct base64_decode_ctx base64;
    base64_decode_init(&base64);
    size_t n = size;
    if (!base64_decode_update(&base64, &n, der, (size_t)(to - from), from) ||
        !base64_decode_final(&base64))
        return 0;
    return n;
}

static bool public_from_der(struct rsa_public_key *key, size_t len, const uint8_t *der)
{
    struct asn1_der_iterator i;
    return len && asn1_der_iterator_first(&i, len, der) == ASN1_ITERATOR_CONSTRUCTED &&
           rsa_public_key_from_der_iterator(key, RSA_MAX_BITS, &i);
}

static bool private_from_der(struct rsa_public_key *key, size_t len, const uint8_t *der)
{
    struct rsa_private_key private;
    rsa_private_key_init(&private);
    bool good = len && rsa_keypair_from_der(key, &private, RSA_MAX_BITS, (unsigned)len, der);
    rsa_private_key_clear(&private);
    return good;
}

struct auth_key *auth_key_parse(const char *pem, size_t len)
{
    uint8_t der[PEM_DER_MAX];
    struct auth_key *key = malloc(sizeof *key);
    if (!key)
        return NULL;
    rsa_public_key_init(&key->rsa);
    size_t n = pem_decode(pem, len, "RSA PUBLIC KEY", der, sizeof der);
    if (public_from_der(&key->rsa, n, der))
        return key;
    n = pem_decode(pem, len, "RSA PRIVATE KEY", der, sizeof der);
    if (private_from_der(&key->rsa, n, der))
        return key;
    auth_key_free(key);
    return NULL;
}

void auth_key_free(struct auth_key *key)
{
    if (key)
        rsa_public_key_clear(&key->rsa);
    free(key);
}

/* ---- signatures --------------------------------------------------------------------- */

static const struct {
    const struct nettle_hash *hash;
    int (*verify)(const struct rsa_public_key *key, const uint8_t *digest, const mpz_t signature);
} hashes[] = {
    [ENV_SHA1] = {&nettle_sha1, rsa_sha1_verify_digest},
    [ENV_SHA256] = {&nettle_sha256, rsa_sha256_verify_digest},
    [ENV_SHA512] = {&nettle_sha512, rsa_sha512_verify_digest},
};

static_assert(DIGEST_LEN == SHA256_DIGEST_SIZE, "the flash's digest is SHA-256");

/* Digest of the whole file but its TLV 12, which cannot sign itself. */
static void signed_digest(const uint8_t *data, size_t len, const struct envelope *env,
                          uint8_t *digest)
{
    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
        struct sha512_ctx sha512;
    } ctx;
    const struct nettle_hash *hash = hashes[env->hash].hash;
    size_t after = env->signature_tlv + env->signature_tlv_len;
    hash->init(&ctx);
    hash->update(&ctx, env->signature_tlv, data);
    hash->update(&ctx, len - after, data + after);
    hash->digest(&ctx, hash->digest_size, digest);
}

static const char *check_signature(const uint8_t *data, size_t len, const struct envelope *env,
                                   const struct auth_key *key)
{
    if (!key)
        return "no key to check the signature with";
    if (key->rsa.size != env->signature_bytes)
        return "signed by a key of another size";
    uint8_t digest[SHA512_DIGEST_SIZE];
    signed_digest(data, len, env, digest);

    mpz_t signature;
    nettle_mpz_init_set_str_256_u(signature, env->signature_bytes, env->signature);
    int good = hashes[env->hash].verify(&key->rsa, digest, signature);
    mpz_clear(signature);
    return good ? NULL : "signature does not verify";
}

/* What the key makes of the signature begins with 00 01 and eight times ff [RFC 8017, 9.2] only if
 * it was made by it. */
bool auth_is_signers(const struct envelope *env, const struct auth_key *key)
{
    static const char begin[] = "1ffffffffffffffff";
    if (!key || key->rsa.size != env->signature_bytes)
        return false;
    mpz_t block, first;
    nettle_mpz_init_set_str_256_u(block, env->signature_bytes, env->signature);
    mpz_powm(block, block, key->rsa.e, key->rsa.n);
    mpz_tdiv_q_2exp(block, block, 8 * (env->signature_bytes - 10));
    mpz_init_set_str(first, begin, 16);
    bool own = mpz_cmp(block, first) == 0;
    mpz_clear(block);
    mpz_clear(first);
    return own;
}

const char *auth_check(const uint8_t *data, size_t len, const char *name, enum auth_level level,
                       const struct auth_key *key)
{
    struct envelope env;
    const char *wrong = envelope_parse(data, len, &env);
    if (wrong)
        return wrong;
    if (strcmp(env.file_name, name) != 0)
        return "envelope is for a file of another name";
    return level == AUTH_SIGNATURE ? check_signature(data, len, &env, key) : NULL;
}

/* ---- SHA-256 ------------------------------------------------------------------------ */

struct sha256_state {
    struct sha256_ctx ctx;
};

struct sha256_state *sha256_new(void)
{
    struct sha256_state *s = malloc(sizeof *s);
    if (s)
        sha256_reset(s);
    return s;
}

void sha256_reset(struct sha256_state *s)
{
    sha256_init(&s->ctx);
}

void sha256_update(struct sha256_state *s, const void *data, size_t len)
{
    nettle_sha256_update(&s->ctx, len, data);
}

void sha256_final(struct sha256_state *s, uint8_t digest[DIGEST_LEN])
{
    sha256_digest(&s->ctx, DIGEST_LEN, digest);
}

void sha256_free(struct sha256_state *s)
{
    free(s);
}

void sha256(const void *data, size_t len, uint8_t digest[DIGEST_LEN])
{
    struct sha256_state s;
    sha256_reset(&s);
    sha256_update(&s, data, len);
    sha256_final(&s, digest);
}
