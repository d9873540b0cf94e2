/* image.h - whole firmware files in memory: envelope, then payload. */
#ifndef IMAGE_H
#define IMAGE_H

#include "firmware-samples/catalog.h"
#include "firmware-samples/sign.h"

struct image {
    uint8_t *data;
    size_t len;
    size_t payload; /* offset of what follows the envelope */
};

/* Whose signature a file carries, by which hash, and when it says it was made. */
struct seal {
    const struct signer *signer;
    enum envelope_hash hash;
    const char *name; /* the signer's */
    uint32_t timestamp;
};

/* Both give an image that is not yet signed: signer_sign() does that. name goes into the
 * envelope. The caller frees data. */

/* A component of size bytes in all, or the least possible when that is more. Its content
 * depends on content_of, size, form and the timestamp. */
struct image component_image(const struct seal *seal, const char *name, const char *content_of,
                             enum component_form form, size_t size);
/* A .loads file that lists count names. */
struct image list_image(const struct seal *seal, const char *name, const char *label,
                        enum list_form form, const char *const names[], size_t count);

#endif
