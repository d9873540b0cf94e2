/* wire.c - encodes and decodes by table; the format stands in wire.h and WIRE.md.
 *
 * A type is a row of wire_formats with its fields in the order in which they travel. Nothing
 * here knows a single message by name but DATA, whose payload passes by.
 */
#include "emu/core/wire.h"

#include "emu/builder.h"
#include "emu/cursor.h"

#include <assert.h>
#include <string.h>

static const uint8_t magic[2] = {'P', 'F'};

#define FIELD_MAX(member, kind_, max_)                                                             \
    {#member, kind_, max_, offsetof(struct wire_msg, member),                                      \
     sizeof(((struct wire_msg *)0)->member)}
#define FIELD(member, kind_) FIELD_MAX(member, kind_, UINT8_MAX)

static const struct wire_field CLAIM_fields[] = {
    FIELD(strength, KIND_U32),
    FIELD_MAX(ad, KIND_U8, 4),
    FIELD_MAX(confirmed, KIND_U8, 1),
    FIELD(model, KIND_STRING),
    FIELD(file, KIND_FILE),
};
static const struct wire_field JOIN_fields[] = {
    FIELD(model, KIND_STRING),
    FIELD(file, KIND_FILE),
};
static const struct wire_field ACCEPT_fields[] = {
    FIELD(depth, KIND_U8),
};
static const struct wire_field REDIRECT_fields[] = {
    FIELD(depth, KIND_U8),
    FIELD(ip, KIND_IP),
};
static const struct wire_field REFUSE_fields[] = {
    FIELD_MAX(reason, KIND_U8, REASON_COUNT - 1),
    FIELD(ip, KIND_IP),
};
static const struct wire_field HELLO_fields[] = {
    FIELD(model, KIND_STRING),
    FIELD(file, KIND_FILE),
    FIELD(offset, KIND_U64),
    FIELD(digest, KIND_DIGEST),
};
static const struct wire_field ALIVE_fields[] = {
    FIELD(offset, KIND_U64),
};
static const struct wire_field FILE_fields[] = {
    FIELD(size, KIND_U64),
    FIELD(digest, KIND_DIGEST),
    FIELD(offset, KIND_U64),
};
static const struct wire_field DATA_fields[] = {};
static const struct wire_field DONE_fields[] = {};
static const struct wire_field GOODBYE_fields[] = {
    FIELD_MAX(reason, KIND_U8, REASON_COUNT - 1),
};

const struct wire_format wire_formats[] = {
#define M(id, name, transport, text)                                                               \
    {id, #name, transport, text, name##_fields, sizeof name##_fields / sizeof *name##_fields},
    WIRE_MESSAGES(M)
#undef M
};
const size_t wire_format_count = sizeof wire_formats / sizeof *wire_formats;

const char *const wire_reason_text[] = {
#define R(id, name, text) [id] = text,
    WIRE_REASONS(R)
#undef R
};
static_assert(sizeof wire_reason_text / sizeof *wire_reason_text == REASON_COUNT,
              "one text per reason");

/* Bytes that a field takes: those of its kind, and for a string its characters on top. */
static const struct {
    const char *name;
    size_t bytes;
    const char *text;
} kinds[] = {
    [KIND_U8] = {"u8", 1, "unsigned integer"},
    [KIND_U32] = {"u32", 4, "unsigned integer, big-endian"},
    [KIND_U64] = {"u64", 8, "unsigned integer, big-endian"},
    [KIND_IP] = {"ip", 4, "IPv4 address in network order; 0.0.0.0: none"},
    [KIND_STRING] = {"string", 1, "u8 count, then that many characters of printable ASCII, no NUL"},
    [KIND_FILE] = {"file", 1, "a string that names a file: no `/`, no `.` in front"},
    [KIND_DIGEST] = {"digest", DIGEST_LEN, "SHA-256 of the whole file; all zero: not known"},
};
static_assert(sizeof kinds / sizeof *kinds == KIND_COUNT, "one row per kind");

static bool is_string(const struct wire_field *f)
{
    return f->kind == KIND_STRING || f->kind == KIND_FILE;
}

static const struct wire_format *format_of(uint8_t type)
{
    for (size_t i = 0; i < wire_format_count; i++)
        if (wire_formats[i].type == type)
            return &wire_formats[i];
    return NULL;
}

const char *wire_transport(uint8_t type)
{
    const struct wire_format *format = format_of(type);
    return format ? format->transport : NULL;
}

const char *wire_name(uint8_t type)
{
    const struct wire_format *format = format_of(type);
    return format ? format->name : "unknown";
}

static uint32_t fnv1a(uint32_t hash, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)s[i]) * 16777619u;
    return hash;
}

uint32_t wire_hierarchy(const char *model, const char *file)
{
    return fnv1a(fnv1a(2166136261u, model, strlen(model) + 1), file, strlen(file));
}

/* What is wrong with the value of a field, or NULL: the same rule for both directions. */
static const char *fault(const struct wire_field *f, const struct wire_msg *msg)
{
    const char *member = (const char *)msg + f->offset;

    switch (f->kind) {
    case KIND_U8:
        return (uint8_t)*member > f->max ? "value out of range" : NULL;
    case KIND_STRING:
    case KIND_FILE:
        if (!memchr(member, '\0', f->size) || !cursor_is_text(member))
            return "string empty or not printable";
        return f->kind == KIND_FILE && !cursor_is_file_name(member) ? "not a plain file name"
                                                                    : NULL;
    case KIND_U32:
    case KIND_U64:
    case KIND_IP:
    case KIND_DIGEST:
    case KIND_COUNT:
        break;
    }
    return NULL;
}

static void put(struct builder *b, const struct wire_field *f, const struct wire_msg *msg)
{
    const void *member = (const char *)msg + f->offset;

    switch (f->kind) {
    case KIND_U8:
        builder_u8(b, *(const uint8_t *)member);
        break;
    case KIND_U32:
        builder_u32(b, *(const uint32_t *)member);
        break;
    case KIND_U64:
        builder_u64(b, *(const uint64_t *)member);
        break;
    case KIND_STRING:
    case KIND_FILE:
        builder_string(b, member);
        break;
    case KIND_IP:
    case KIND_DIGEST:
        builder_bytes(b, member, f->size);
        break;
    case KIND_COUNT:
        break;
    }
}

static void get(struct cursor *c, const struct wire_field *f, struct wire_msg *msg)
{
    void *member = (char *)msg + f->offset;
    const uint8_t *bytes;

    switch (f->kind) {
    case KIND_U8:
        *(uint8_t *)member = cursor_u8(c);
        break;
    case KIND_U32:
        *(uint32_t *)member = cursor_u32(c);
        break;
    case KIND_U64:
        *(uint64_t *)member = cursor_u64(c);
        break;
    case KIND_STRING:
    case KIND_FILE:
        cursor_string(c, member, f->size);
        break;
    case KIND_IP:
    case KIND_DIGEST:
        bytes = cursor_bytes(c, f->size);
        if (bytes)
            memcpy(member, bytes, f->size);
        break;
    case KIND_COUNT:
        break;
    }
}

/* The header with length 0, which the encoder fills in when it knows it. */
static void put_header(struct builder *b, const struct wire_msg *msg)
{
    builder_bytes(b, magic, sizeof magic);
    builder_u8(b, WIRE_VERSION);
    builder_u8(b, msg->type);
    builder_u32(b, 0);
    builder_u32(b, msg->xid);
    builder_u32(b, msg->h);
    builder_u32(b, msg->map);
    builder_u16(b, 0);
}

size_t wire_encode(const struct wire_msg *msg, size_t payload_len, void *out, size_t size)
{
    const struct wire_format *format = format_of(msg->type);
    if (!format || payload_len > (msg->type == WIRE_DATA ? WIRE_DATA_MAX : 0))
        return 0;

    struct builder b = builder(out, size);
    put_header(&b, msg);
    for (size_t i = 0; i < format->field_count; i++) {
        if (fault(&format->fields[i], msg))
            return 0;
        put(&b, &format->fields[i], msg);
    }

    size_t len = builder_len(&b);
    if (len) {
        struct builder length = builder((uint8_t *)out + 4, 4);
        builder_u32(&length, (uint32_t)(len + payload_len));
    }
    return len;
}

static const char *get_header(struct cursor *c, size_t len, struct wire_msg *msg)
{
    const uint8_t *start = cursor_bytes(c, sizeof magic);
    uint8_t version = cursor_u8(c);
    msg->type = cursor_u8(c);
    msg->length = cursor_u32(c);
    msg->xid = cursor_u32(c);
    msg->h = cursor_u32(c);
    msg->map = cursor_u32(c);
    uint16_t reserved = cursor_u16(c);

    if (c->failed)
        return "shorter than a header";
    if (memcmp(start, magic, sizeof magic) != 0)
        return "bad magic";
    if (version != WIRE_VERSION)
        return "unknown version";
    if (!format_of(msg->type))
        return "unknown type";
    if (wire_peek(start, len) < 0 || (msg->type != WIRE_DATA && msg->length != len))
        return "length disagrees";
    return reserved ? "reserved part in use" : NULL;
}

const char *wire_decode(const void *data, size_t len, struct wire_msg *out)
{
    struct cursor c = cursor(data, len);
    struct wire_msg msg = {0};

    const char *wrong = get_header(&c, len, &msg);
    if (wrong)
        return wrong;

    const struct wire_format *format = format_of(msg.type);
    for (size_t i = 0; i < format->field_count; i++) {
        get(&c, &format->fields[i], &msg);
        if (c.failed)
            return "field cut short or too long";
        wrong = fault(&format->fields[i], &msg);
        if (wrong)
            return wrong;
    }
    if (cursor_left(&c))
        return "trailing bytes";
    *out = msg;
    return NULL;
}

int64_t wire_peek(const void *data, size_t len)
{
    struct cursor c = cursor(data, len);
    const uint8_t *start = cursor_bytes(&c, sizeof magic);
    uint8_t version = cursor_u8(&c);
    uint8_t type = cursor_u8(&c);
    uint32_t length = cursor_u32(&c);

    if (c.failed)
        return 0;
    uint32_t most = type == WIRE_DATA ? WIRE_HEADER + WIRE_DATA_MAX : WIRE_MAX;
    bool good = memcmp(start, magic, sizeof magic) == 0 && version == WIRE_VERSION &&
                length >= WIRE_HEADER && length <= most;
    return good ? (int64_t)length : -1;
}

/* ---- the document's tables ---------------------------------------------------------- */

static void print_field(FILE *out, const struct wire_field *f)
{
    fprintf(out, "%s %s", f->name, kinds[f->kind].name);
    if (is_string(f))
        fprintf(out, " (1 to %zu)", f->size - 1);
    else if (f->kind == KIND_U8 && f->max < UINT8_MAX)
        fprintf(out, " (0 to %u)", f->max);
}

static void print_format(FILE *out, const struct wire_format *format)
{
    size_t least = WIRE_HEADER, most = WIRE_HEADER;
    for (size_t i = 0; i < format->field_count; i++) {
        const struct wire_field *f = &format->fields[i];
        least += kinds[f->kind].bytes + is_string(f);
        most += is_string(f) ? f->size : kinds[f->kind].bytes;
    }
    if (format->type == WIRE_DATA)
        most += WIRE_DATA_MAX;

    fprintf(out, "| %u | %s | %s | %zu", format->type, format->name, format->transport, least);
    if (most > least)
        fprintf(out, " to %zu", most);
    fprintf(out, " | %s | ", format->text);
    for (size_t i = 0; i < format->field_count; i++) {
        fprintf(out, "%s", i ? ", " : "");
        print_field(out, &format->fields[i]);
    }
    fprintf(out, "%s |\n", format->type == WIRE_DATA ? "bytes of the file" : "");
}

void wire_print_table(FILE *out)
{
    fprintf(out, "| type | message | by | length | meaning | body, in this order |\n"
                 "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < wire_format_count; i++)
        print_format(out, &wire_formats[i]);

    fprintf(out, "\n| kind | bytes | form |\n|---|---|---|\n");
    for (size_t i = 0; i < KIND_COUNT; i++)
        fprintf(out, "| %s | %zu%s | %s |\n", kinds[i].name, kinds[i].bytes,
                i == KIND_STRING || i == KIND_FILE ? " + count" : "", kinds[i].text);

    fprintf(out, "\n| reason | meaning |\n|---|---|\n");
    for (size_t i = 0; i < REASON_COUNT; i++)
        fprintf(out, "| %zu | %s |\n", i, wire_reason_text[i]);
}
