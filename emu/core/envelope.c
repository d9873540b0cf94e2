/* envelope.c - reads the signed envelope.
 *
 * One table says where each tag belongs and how long its value may be; a tag outside its place,
 * a second time, or of another length ends the reading. So containers nest three deep at most,
 * whatever the bytes say. PADDING alone has no length; nothing but more of it may follow.
 */
#include "emu/core/envelope.h"

#include <string.h>

#include "emu/cursor.h"

#define TOP 0 /* parent of the outermost tags */
#define ANY UINT16_MAX

static const struct rule {
    enum { UNKNOWN, VALUE, CONTAINER } kind;
    uint8_t parent;
    uint16_t min, max; /* length of the value */
} rules[UINT8_MAX + 1] = {
    [ENV_VERSION] = {VALUE, TOP, 2, 2},
    [ENV_HEADER_LENGTH] = {VALUE, TOP, 2, 2},
    [ENV_SIGNER_INFO] = {CONTAINER, TOP, 0, ANY},
    [ENV_SIGNER_NAME] = {VALUE, ENV_SIGNER_INFO, 0, ANY},
    [ENV_SERIAL_NUMBER] = {VALUE, ENV_SIGNER_INFO, 0, ANY},
    [ENV_ISSUER_NAME] = {VALUE, ENV_SIGNER_INFO, 0, ANY},
    [ENV_SIGNATURE_INFO] = {CONTAINER, TOP, 0, ANY},
    [ENV_HASH_ALGORITHM] = {VALUE, ENV_SIGNATURE_INFO, 1, 1},
    [ENV_SIGNATURE_ALGORITHM_INFO] = {CONTAINER, ENV_SIGNATURE_INFO, 0, ANY},
    [ENV_SIGNATURE_ALGORITHM] = {VALUE, ENV_SIGNATURE_ALGORITHM_INFO, 1, 1},
    [ENV_MODULUS] = {VALUE, ENV_SIGNATURE_ALGORITHM_INFO, 1, 1},
    [ENV_SIGNATURE] = {VALUE, TOP, 1, ANY},
    [ENV_PADDING] = {VALUE, TOP, 0, 0},
    [ENV_FILENAME] = {VALUE, TOP, 2, NAME_MAX_LEN},
    [ENV_TIMESTAMP] = {VALUE, TOP, 4, 4},
};

#define BIT(tag) (1u << (tag))
#define REQUIRED                                                                                   \
    (BIT(ENV_VERSION) | BIT(ENV_HEADER_LENGTH) | BIT(ENV_HASH_ALGORITHM) |                         \
     BIT(ENV_SIGNATURE_ALGORITHM) | BIT(ENV_MODULUS) | BIT(ENV_SIGNATURE) | BIT(ENV_FILENAME))

struct reader {
    const uint8_t *start;
    struct envelope env;
    size_t signature_len;
    uint32_t seen; /* BIT() of each tag so far */
};

static const char *read_file_name(struct cursor v, struct envelope *env)
{
    size_t len = cursor_left(&v);
    const char *name = cursor_cstring(&v);
    if (!name || cursor_left(&v))
        return "envelope's file name is not one C string";
    for (const char *c = name; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '/')
            return "envelope's file name holds a character that no file name has";
    memcpy(env->file_name, name, len);
    return NULL;
}

static void read_signer(struct cursor v, struct envelope *env)
{
    size_t n = 0;
    for (uint8_t c; n < sizeof env->signer - 1 && (c = cursor_u8(&v)) != 0; n++)
        env->signer[n] = c >= ' ' && c <= '~' ? (char)c : '?';
    env->signer[n] = '\0';
}

/* One value that its rule has let pass; at is where its tag stood. */
static const char *read_value(struct reader *r, enum envelope_tag tag, const uint8_t *at,
                              struct cursor v)
{
    struct envelope *env = &r->env;
    uint8_t byte;
    switch (tag) {
    case ENV_VERSION:
        return cursor_u16(&v) == 0x0101 ? NULL : "unknown envelope version";
    case ENV_SIGNER_NAME:
        read_signer(v, env);
        return NULL;
    case ENV_HASH_ALGORITHM:
        env->hash = cursor_u8(&v);
        return env->hash >= ENV_SHA1 && env->hash <= ENV_SHA512 ? NULL : "unknown hash algorithm";
    case ENV_SIGNATURE_ALGORITHM:
        return cursor_u8(&v) == 0 ? NULL : "signature algorithm is not RSA";
    case ENV_MODULUS:
        byte = cursor_u8(&v);
        env->signature_bytes = (size_t)64 << (byte & 3);
        return byte <= 3 ? NULL : "unknown modulus size";
    case ENV_SIGNATURE:
        env->signature_tlv = (size_t)(at - r->start);
        env->signature_tlv_len = (size_t)(v.end - at);
        env->signature = v.at;
        r->signature_len = cursor_left(&v);
        return NULL;
    case ENV_FILENAME:
        return read_file_name(v, env);
    case ENV_TIMESTAMP:
        env->timestamp = cursor_u32(&v);
        return NULL;
    case ENV_HEADER_LENGTH: /* has served already to bound the reading */
    case ENV_SIGNER_INFO:   /* containers: read_tags() goes into them */
    case ENV_SIGNATURE_INFO:
    case ENV_SIGNATURE_ALGORITHM_INFO:
    case ENV_SERIAL_NUMBER: /* whose certificate it was: not ours to judge */
    case ENV_ISSUER_NAME:
    case ENV_PADDING:
        return NULL;
    }
    return NULL;
}

static const char *read_padding(struct cursor *c)
{
    while (cursor_left(c))
        if (cursor_u8(c) != ENV_PADDING)
            return "bytes after the envelope's padding";
    return NULL;
}

/* All that stands directly below one container, or at the top. */
static const char *read_tags(struct reader *r, uint8_t parent, struct cursor c)
{
    const char *wrong = NULL;
    while (!wrong && cursor_left(&c)) {
        const uint8_t *at = c.at;
        uint8_t tag = cursor_u8(&c);
        const struct rule *rule = &rules[tag];
        if (rule->kind == UNKNOWN || rule->parent != parent)
            return "envelope tag unknown or out of place";
        if (tag == ENV_PADDING)
            return read_padding(&c);
        if (r->seen & BIT(tag))
            return "envelope tag twice";
        r->seen |= BIT(tag);
        size_t len = cursor_u16(&c);
        struct cursor v = cursor_sub(&c, len);
        if (v.failed)
            return "envelope value longer than its container";
        if (len < rule->min || len > rule->max)
            return "envelope value of a wrong length";
        wrong = rule->kind == CONTAINER ? read_tags(r, tag, v) : read_value(r, tag, at, v);
    }
    return wrong;
}

const char *envelope_parse(const uint8_t *data, size_t len, struct envelope *out)
{
    static const uint8_t begin[] = {ENV_VERSION, 0, 2, 1, 1, ENV_HEADER_LENGTH, 0, 2};
    struct cursor c = cursor(data, len);
    const uint8_t *first = cursor_bytes(&c, sizeof begin);
    if (!first || memcmp(first, begin, sizeof begin) != 0)
        return "does not begin with a signed envelope";
    size_t length = cursor_u16(&c);
    if (c.failed || length > len)
        return "shorter than its envelope";

    struct reader r = {.start = data, .env.length = length};
    const char *wrong = read_tags(&r, TOP, cursor(data, length));
    if (wrong)
        return wrong;
    if ((r.seen & REQUIRED) != REQUIRED)
        return "envelope lacks hash, algorithm, modulus, signature or file name";
    if (r.signature_len != r.env.signature_bytes)
        return "signature length does not match modulus";
    *out = r.env;
    return NULL;
}
