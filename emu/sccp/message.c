/* message.c - encodes and decodes by the table of fields.c. Nothing here knows a message by name.
 */
#include "emu/sccp/message.h"

#include "emu/builder.h"
#include "emu/cursor.h"

#include <assert.h>
#include <string.h>

/* Bytes of one value; 0: of as many as the field has. */
static const struct {
    const char *name;
    size_t bytes;
    const char *text;
} kinds[] = {
    [SCCP_U8] = {"u8", 1, "unsigned integer"},
    [SCCP_U16] = {"u16", 2, "unsigned integer, little-endian"},
    [SCCP_U32] = {"u32", 4, "unsigned integer, little-endian"},
    [SCCP_IP] = {"ip", 4, "IPv4 address in network order"},
    [SCCP_TEXT] = {"text", 0, "so many bytes, zeros behind its end"},
    [SCCP_FREE] = {"free", 0, "a text and one zero, of at most so many bytes"},
    [SCCP_BYTES] = {"bytes", 0, "so many bytes"},
    [SCCP_TIMES] = {"times", 0, "what follows in brackets, so many times"},
};
static_assert(sizeof kinds / sizeof *kinds == SCCP_KIND_COUNT, "one row per kind");

/* ---- fields, one after another ------------------------------------------------------- */

/* Those of a message as they travel: a group of SCCP_TIMES unrolled. */
struct walk {
    const struct sccp_field *at, *end;
    const struct sccp_field *group; /* the SCCP_TIMES under way, or NULL */
    unsigned turn;                  /* of it */
    uint32_t version;
};

static struct walk walk(const struct sccp_format *format, uint32_t version)
{
    if (!format)
        return (struct walk){0};
    return (struct walk){format->fields, format->fields + format->field_count, NULL, 0, version};
}

/* The end of a group: back to its beginning, or on. */
static void turn_over(struct walk *w)
{
    if (!w->group || w->at <= w->group + w->group->count)
        return;
    if (++w->turn < w->group->times)
        w->at = w->group + 1;
    else
        w->group = NULL;
}

/* The next field, and where in a message it stands; NULL: that was all. */
static const struct sccp_field *next_field(struct walk *w, size_t *offset)
{
    for (;;) {
        turn_over(w);
        if (w->at == w->end)
            return NULL;
        const struct sccp_field *f = w->at++;
        if (f->kind == SCCP_TIMES) {
            w->group = f;
            w->turn = 0;
        } else if (f->since <= w->version) {
            *offset = f->offset + (w->group ? w->turn * w->group->size : 0);
            return f;
        }
    }
}

/* ---- to the wire --------------------------------------------------------------------- */

static void put(struct builder *b, const struct sccp_field *f, const uint8_t *member)
{
    size_t count = kinds[f->kind].bytes ? f->size / kinds[f->kind].bytes : 0;
    switch (f->kind) {
    case SCCP_U8:
    case SCCP_IP:
    case SCCP_TEXT:
    case SCCP_BYTES:
        builder_bytes(b, member, f->size);
        break;
    case SCCP_U16:
        for (size_t i = 0; i < count; i++)
            builder_le16(b, ((const uint16_t *)(const void *)member)[i]);
        break;
    case SCCP_U32:
        for (size_t i = 0; i < count; i++)
            builder_le32(b, ((const uint32_t *)(const void *)member)[i]);
        break;
    case SCCP_FREE:
        builder_cstring(b, (const char *)member);
        break;
    case SCCP_TIMES:
    case SCCP_KIND_COUNT:
        break;
    }
}

/* As long as the message says; or else to a multiple of four. */
static size_t settle_length(struct builder *b, uint32_t length)
{
    size_t len = builder_len(b);
    size_t want = length ? (size_t)length + SCCP_BEFORE : (len + 3) / 4 * 4;
    if (len < want)
        builder_zeros(b, want - len);
    if (b->failed || want < SCCP_HEADER)
        return 0;
    struct builder field = builder(b->start, 4);
    builder_le32(&field, (uint32_t)(want - SCCP_BEFORE));
    return want;
}

size_t sccp_encode(const struct sccp_msg *msg, uint8_t out[SCCP_FRAME_MAX])
{
    struct builder b = builder(out, SCCP_FRAME_MAX);
    builder_le32(&b, 0);
    builder_le32(&b, msg->version);
    builder_le32(&b, msg->id);

    struct walk w = walk(sccp_format_of(msg->id), msg->version);
    const struct sccp_field *f;
    size_t offset;
    while ((f = next_field(&w, &offset)))
        put(&b, f, (const uint8_t *)msg + offset);
    if (msg->rest_len)
        builder_bytes(&b, msg->rest, msg->rest_len);
    return settle_length(&b, msg->length);
}

/* ---- from the wire ------------------------------------------------------------------- */

/* False: a free text that has no room. */
static bool get(struct cursor *c, const struct sccp_field *f, uint8_t *member)
{
    size_t count = kinds[f->kind].bytes ? f->size / kinds[f->kind].bytes : 0;
    const char *text;
    switch (f->kind) {
    case SCCP_U8:
    case SCCP_IP:
    case SCCP_TEXT:
    case SCCP_BYTES:
        memcpy(member, cursor_bytes(c, f->size), f->size);
        break;
    case SCCP_U16:
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)(void *)member)[i] = cursor_le16(c);
        break;
    case SCCP_U32:
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)(void *)member)[i] = cursor_le32(c);
        break;
    case SCCP_FREE:
        text = cursor_cstring(c);
        if (!text || strlen(text) >= f->size)
            return false;
        memcpy(member, text, strlen(text) + 1);
        break;
    case SCCP_TIMES:
    case SCCP_KIND_COUNT:
        break;
    }
    return true;
}

int64_t sccp_frame_size(const void *data, size_t len)
{
    struct cursor c = cursor(data, len);
    uint32_t length = cursor_le32(&c);
    if (c.failed)
        return 0;
    bool good = length >= SCCP_HEADER - SCCP_BEFORE && length <= SCCP_FRAME_MAX - SCCP_BEFORE;
    return good ? (int64_t)length + SCCP_BEFORE : -1;
}

static const char *get_header(struct cursor *c, size_t len, struct sccp_msg *msg)
{
    int64_t size = sccp_frame_size(c->at, len);
    msg->length = cursor_le32(c);
    msg->version = cursor_le32(c);
    msg->id = cursor_le32(c);
    if (c->failed || size != (int64_t)len)
        return "length disagrees";
    return msg->version > SCCP_VERSION_MAX ? "unknown version" : NULL;
}

/* The payload as if it had all its fields: what it does not have is zero. */
#define FULL (2 * SCCP_FRAME_MAX)

const char *sccp_decode(const void *data, size_t len, struct sccp_msg *out)
{
    struct cursor c = cursor(data, len);
    struct sccp_msg msg = {0};
    uint8_t full[FULL] = {0};
    const char *wrong = get_header(&c, len, &msg);
    if (wrong)
        return wrong;

    size_t payload = cursor_left(&c), offset;
    memcpy(full, c.at, payload);
    struct cursor fields = cursor(full, sizeof full);
    struct walk w = walk(sccp_format_of(msg.id), msg.version);
    const struct sccp_field *f;
    while ((f = next_field(&w, &offset)))
        if (!get(&fields, f, (uint8_t *)&msg + offset))
            return "text too long";
    size_t used = sizeof full - cursor_left(&fields);
    if (used < payload) {
        msg.rest = c.at + used;
        msg.rest_len = payload - used;
    }
    *out = msg;
    return NULL;
}

uint8_t sccp_agreed_version(uint8_t highest)
{
    static const uint8_t versions[] = {22, 21, 20, 19, 18, 17, 16, 15, 11, 10, 9, 8, 5};
    for (size_t i = 0; i < sizeof versions; i++)
        if (versions[i] <= highest)
            return versions[i];
    return 3;
}

/* ---- the document's tables ----------------------------------------------------------- */

static void print_field(FILE *out, const struct sccp_field *f)
{
    size_t each = kinds[f->kind].bytes;
    fprintf(out, "%s %s", f->name, kinds[f->kind].name);
    if (!each)
        fprintf(out, " (%zu)", f->size);
    else if (f->size > each)
        fprintf(out, " (%zu times)", f->size / each);
    if (f->since)
        fprintf(out, " from version %u on", f->since);
}

static void print_fields(FILE *out, const struct sccp_format *format)
{
    unsigned in_group = 0;
    for (size_t i = 0; i < format->field_count; i++) {
        const struct sccp_field *f = &format->fields[i];
        bool opens = f->kind == SCCP_TIMES;
        fprintf(out, "%s", i && format->fields[i - 1].kind != SCCP_TIMES ? ", " : "");
        if (opens)
            fprintf(out, "%u times (", f->times);
        else
            print_field(out, f);
        if (!opens && in_group && --in_group == 0)
            fprintf(out, ")");
        in_group = opens ? f->count : in_group;
    }
}

void sccp_print_table(FILE *out)
{
    fprintf(out, "| id | message | from | meaning | payload, in this order |\n"
                 "|---|---|---|---|---|\n");
    for (size_t i = 0; i < sccp_format_count; i++) {
        const struct sccp_format *f = &sccp_formats[i];
        fprintf(out, "| %04x | %s | %s | %s | ", f->id, f->name, f->up ? "phone" : "manager",
                f->text);
        print_fields(out, f);
        fprintf(out, " |\n");
    }
    fprintf(out, "\n| kind | form |\n|---|---|\n");
    for (size_t i = 0; i < SCCP_TIMES; i++)
        fprintf(out, "| %s | %s |\n", kinds[i].name, kinds[i].text);
}
