/* sign.c - the generator's only user of the cryptographic library. */
#include <nettle/bignum.h>
#include <nettle/nettle-meta.h>
#include <nettle/rsa.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#undef sha256_update /* ours in emu/core/auth.h */

#include "firmware-samples/sign.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu/core/auth.h"
#include "emu/core/envelope.h"

struct signer {
    struct rsa_private_key key;
};

static const char *read_key(const char *path, struct rsa_private_key *key)
{
    char pem[2 * PEM_DER_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    ssize_t got = read(fd, pem, sizeof pem);
    close(fd);
    if (got < 0)
        return strerror(errno);

    uint8_t der[PEM_DER_MAX];
    size_t len = pem_decode(pem, (size_t)got, "RSA PRIVATE KEY", der, sizeof der);
    struct rsa_public_key public;
    rsa_public_key_init(&public);
    bool good = len && rsa_keypair_from_der(&public, key, RSA_MAX_BITS, (unsigned)len, der);
    rsa_public_key_clear(&public);
    if (!good)
        return "no PEM block RSA PRIVATE KEY (make one: openssl genrsa -traditional 2048)";
    /* The only sizes that the envelope can express. */
    if (key->size != 64 && key->size != 128 && key->size != 256 && key->size != 512)
        return "the key has not 512, 1024, 2048 or 4096 bits";
    return NULL;
}

struct signer *signer_load(const char *path, const char **why)
{
    struct signer *s = malloc(sizeof *s);
    if (!s) {
        *why = strerror(ENOMEM);
        return NULL;
    }
    rsa_private_key_init(&s->key);
    *why = read_key(path, &s->key);
    if (!*why)
        return s;
    signer_free(s);
    return NULL;
}

void signer_free(struct signer *s)
{
    if (s)
        rsa_private_key_clear(&s->key);
    free(s);
}

size_t signer_bytes(const struct signer *s)
{
    return s->key.size;
}

static const struct {
    const struct nettle_hash *hash;
    int (*sign)(const struct rsa_private_key *key, const uint8_t *digest, mpz_t signature);
} hashes[] = {
    [ENV_SHA1] = {&nettle_sha1, rsa_sha1_sign_digest},
    [ENV_SHA256] = {&nettle_sha256, rsa_sha256_sign_digest},
    [ENV_SHA512] = {&nettle_sha512, rsa_sha512_sign_digest},
};

void signer_sign(const struct signer *s, uint8_t *file, size_t len)
{
    struct envelope env;
    const char *wrong = envelope_parse(file, len, &env);
    assert(!wrong && env.signature_bytes == s->key.size);
    (void)wrong;

    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
        struct sha512_ctx sha512;
    } ctx;
    uint8_t digest[SHA512_DIGEST_SIZE];
    const struct nettle_hash *hash = hashes[env.hash].hash;
    size_t after = env.signature_tlv + env.signature_tlv_len;
    hash->init(&ctx);
    hash->update(&ctx, env.signature_tlv, file);
    hash->update(&ctx, len - after, file + after);
    hash->digest(&ctx, hash->digest_size, digest);

    mpz_t signature;
    mpz_init(signature);
    int made = hashes[env.hash].sign(&s->key, digest, signature);
    assert(made); /* fails only where the key is too short for the hash: 512 bits, SHA-512 */
    (void)made;
    nettle_mpz_get_str_256(env.signature_bytes, file + (env.signature - file), signature);
    mpz_clear(signature);
}
