/* auth.h - is this firmware file what its name says, and signed by whom we trust?
 *
 * The signature is RSA PKCS#1 v1.5 over the whole file without TLV 12. Of the core, auth.c
 * alone includes the cryptographic library.
 */
#ifndef AUTH_H
#define AUTH_H

#include "emu/core/core.h"

/* DER bytes of the first PEM block with this label ("RSA PUBLIC KEY") in a text of len bytes, into
 * der. How many; 0 when there is no such block, it is malformed, or der may be too small. */
size_t pem_decode(const char *pem, size_t len, const char *label, uint8_t *der, size_t size);
#define PEM_DER_MAX 4096 /* enough for a private key of RSA_MAX_BITS */
#define RSA_MAX_BITS 4096

struct auth_key; /* RSA public key */
/* From PEM text, "RSA PUBLIC KEY" (PKCS#1) or "RSA PRIVATE KEY". NULL when it is neither. */
struct auth_key *auth_key_parse(const char *pem, size_t len);
void auth_key_free(struct auth_key *key);

enum auth_level {
    AUTH_STRUCTURE, /* envelope well-formed and file name equal: for files not ours to verify */
    AUTH_SIGNATURE, /* and the signature good by the given key */
};

/* Checks one whole file of the given name. NULL when good; else why not, a static string. */
const char *auth_check(const uint8_t *data, size_t len, const char *name, enum auth_level level,
                       const struct auth_key *key);

struct envelope;
/* Whether the key's owner has made a file's signature, of this content or of another. */
bool auth_is_signers(const struct envelope *env, const struct auth_key *key);

/* SHA-256 by parts, for the flash. */
struct sha256_state;
struct sha256_state *sha256_new(void);
void sha256_reset(struct sha256_state *s);
void sha256_update(struct sha256_state *s, const void *data, size_t len);
/* Digest of all bytes so far; the state is reset. */
void sha256_final(struct sha256_state *s, uint8_t digest[DIGEST_LEN]);
void sha256_free(struct sha256_state *s);
void sha256(const void *data, size_t len, uint8_t digest[DIGEST_LEN]);

#endif
