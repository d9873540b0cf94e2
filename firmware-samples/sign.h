/* sign.h - RSA PKCS#1 v1.5 signatures: the same key and bytes give the same signature. */
#ifndef SIGN_H
#define SIGN_H

#include <stddef.h>
#include <stdint.h>

struct signer;
/* Reads a private key, PEM "RSA PRIVATE KEY" (PKCS#1), of 512, 1024, 2048 or 4096 bits, from a
 * file. On failure NULL, and *why says what is wrong. */
struct signer *signer_load(const char *path, const char **why);
void signer_free(struct signer *s);
size_t signer_bytes(const struct signer *s);

/* Signs a file whose envelope is complete but for the signature's value, in place. */
void signer_sign(const struct signer *s, uint8_t *file, size_t len);

#endif
