/* envelope.h - the signed envelope in front of .loads, .sbn and .sgn files.
 *
 * Big-endian TLV (tag u8, length u16, value), HEADER_LENGTH covers all of it. Layout and tags:
 * published descriptions of the phone's signed files (see firmware-samples/FORMAT.md). The file
 * begins 01 00 02 01 01 02 00 02 <u16 header length>. PADDING (13) is a single byte without a
 * length, up to a multiple of 4.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include "emu/core/core.h"

enum envelope_tag {
    ENV_VERSION = 1,
    ENV_HEADER_LENGTH = 2,
    ENV_SIGNER_INFO = 3,
    ENV_SIGNER_NAME = 4,
    ENV_SERIAL_NUMBER = 5,
    ENV_ISSUER_NAME = 6,
    ENV_SIGNATURE_INFO = 7,
    ENV_HASH_ALGORITHM = 8,
    ENV_SIGNATURE_ALGORITHM_INFO = 9,
    ENV_SIGNATURE_ALGORITHM = 10,
    ENV_MODULUS = 11,
    ENV_SIGNATURE = 12,
    ENV_PADDING = 13,
    ENV_FILENAME = 14,
    ENV_TIMESTAMP = 15,
};
enum envelope_hash { ENV_SHA1 = 1, ENV_SHA256 = 2, ENV_SHA512 = 3 };

struct envelope {
    size_t length;                 /* of the whole envelope; the payload follows */
    enum envelope_hash hash;
    size_t signature_bytes;        /* 64, 128, 256 or 512 */
    size_t signature_tlv;          /* offset of TLV 12, tag included */
    size_t signature_tlv_len;      /* its length, tag and length included */
    const uint8_t *signature;      /* in the caller's bytes */
    char file_name[NAME_MAX_LEN];  /* FILENAME */
    char signer[128];              /* SIGNER_NAME, printable */
    uint32_t timestamp;            /* 0: none */
};

/* Reads the envelope at the start of data. NULL when good; else what is wrong, in a few words
 * ("signature length 100 does not match modulus 256"), a static string. */
const char *envelope_parse(const uint8_t *data, size_t len, struct envelope *out);

#endif
