/* image.c - puts envelopes before archives and lists. */
#include "firmware-samples/image.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/builder.h"
#include "firmware-samples/archive.h"

#define ENVELOPE_MAX 1024 /* 512 bytes of signature, the rest names */
#define LIST_MAX     2048
#define IMAGE_MIN    64 /* an image that is no archive */

static const uint8_t serial[] = {0x53, 0x59, 0x4e, 0x54, 0x48, 0x45, 0x54, 0x01};
static const char issuer_name[] = "CN=Public test key";

static void put(struct builder *b, enum envelope_tag tag, const void *value, size_t len)
{
    builder_u8(b, tag);
    builder_u16(b, (uint16_t)len);
    builder_bytes(b, value, len);
}

static void put_byte(struct builder *b, enum envelope_tag tag, size_t value)
{
    put(b, tag, &(uint8_t){(uint8_t)value}, 1);
}

/* Begins a value whose length is known only at its end. */
static uint8_t *open_tag(struct builder *b, enum envelope_tag tag)
{
    uint8_t *at = b->at;
    put(b, tag, NULL, 0);
    return at;
}

static void close_tag(struct builder *b, uint8_t *at)
{
    size_t len = (size_t)(b->at - at) - 3;
    at[1] = (uint8_t)(len >> 8);
    at[2] = (uint8_t)len;
}

/* Modulus sizes are coded 0 to 3 for 64, 128, 256 and 512 bytes. */
static size_t modulus_code(size_t bytes)
{
    size_t code = 0;
    while ((size_t)64 << code < bytes)
        code++;
    return code;
}

static void put_signature_info(struct builder *b, const struct seal *seal)
{
    uint8_t *info = open_tag(b, ENV_SIGNATURE_INFO);
    put_byte(b, ENV_HASH_ALGORITHM, seal->hash);
    uint8_t *algorithm = open_tag(b, ENV_SIGNATURE_ALGORITHM_INFO);
    put_byte(b, ENV_SIGNATURE_ALGORITHM, 0);
    put_byte(b, ENV_MODULUS, modulus_code(signer_bytes(seal->signer)));
    close_tag(b, algorithm);
    close_tag(b, info);
}

/* The envelope with a signature of zeros; its length. */
static size_t build_envelope(uint8_t out[ENVELOPE_MAX], const struct seal *seal, const char *name)
{
    static const uint8_t version[] = {1, 1}, unsigned_yet[512];
    struct builder b = builder(out, ENVELOPE_MAX);
    put(&b, ENV_VERSION, version, sizeof version);
    uint8_t *length = b.at + 3;
    put(&b, ENV_HEADER_LENGTH, version, 2);
    uint8_t *info = open_tag(&b, ENV_SIGNER_INFO);
    put(&b, ENV_SIGNER_NAME, seal->name, strlen(seal->name) + 1);
    put(&b, ENV_SERIAL_NUMBER, serial, sizeof serial);
    put(&b, ENV_ISSUER_NAME, issuer_name, sizeof issuer_name);
    close_tag(&b, info);
    put_signature_info(&b, seal);
    put(&b, ENV_SIGNATURE, unsigned_yet, signer_bytes(seal->signer));
    put(&b, ENV_FILENAME, name, strlen(name) + 1);
    uint8_t *timestamp = open_tag(&b, ENV_TIMESTAMP);
    builder_u32(&b, seal->timestamp);
    close_tag(&b, timestamp);
    while (builder_len(&b) % 4)
        builder_u8(&b, ENV_PADDING);

    size_t len = builder_len(&b);
    assert(len);
    length[0] = (uint8_t)(len >> 8);
    length[1] = (uint8_t)len;
    return len;
}

static struct image enveloped(const struct seal *seal, const char *name, size_t payload_min,
                              size_t size)
{
    uint8_t head[ENVELOPE_MAX];
    size_t payload = build_envelope(head, seal, name);
    if (size < payload + payload_min)
        size = payload + payload_min;
    struct image image = {.data = malloc(size), .len = size, .payload = payload};
    if (!image.data) {
        perror("mkfirmware");
        exit(1);
    }
    memcpy(image.data, head, payload);
    return image;
}

struct image component_image(const struct seal *seal, const char *name, const char *content_of,
                             enum component_form form, size_t size)
{
    size_t least = form == FORM_IMAGE ? IMAGE_MIN : archive_min;
    struct image image = enveloped(seal, name, least, size);
    uint8_t *payload = image.data + image.payload;
    size_t len = image.len - image.payload;
    if (form == FORM_IMAGE)
        archive_fill(payload, len, content_of);
    else
        archive_build(payload, len, content_of, seal->timestamp, form == FORM_RAW_ARCHIVE);
    return image;
}

static void put_line(struct builder *b, const char *text, const char *end)
{
    builder_bytes(b, text, strlen(text));
    builder_bytes(b, end, strlen(end));
}

static void put_comments(struct builder *b, const char *label, bool hardware)
{
    char comment[128];
    put_line(b, "# Synthetic load: no vendor code, for tests only", "\r\n");
    put_line(b, "# Signed by a public test key: proves nothing", "\r\n");
    snprintf(comment, sizeof comment, "# Files labelled: %s", label);
    put_line(b, comment, "\r\n");
    if (hardware)
        put_line(b, "#HARDWARE_COMP_1 1", "\r\n");
    put_line(b, "", "\r\n");
}

/* Real lists have a space after some names. */
static void put_names(struct builder *b, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_line(b, names[i], i % 2 ? " \r\n" : "\r\n");
}

/* With names of 16 characters, as real ones have, 54 bytes. */
static void put_lf_list(struct builder *b, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_line(b, names[i], "\n");
    put_line(b, "LA_VERSION=SYNTH001", "\n");
}

struct image list_image(const struct seal *seal, const char *name, const char *label,
                        enum list_form form, const char *const names[], size_t count)
{
    char text[LIST_MAX];
    struct builder b = builder(text, sizeof text);
    if (form == LIST_LF) {
        put_lf_list(&b, names, count);
    } else {
        put_comments(&b, label, form == LIST_HARDWARE);
        put_names(&b, names, count);
    }
    struct image image = enveloped(seal, name, builder_len(&b), 0);
    memcpy(image.data + image.payload, text, builder_len(&b));
    return image;
}
