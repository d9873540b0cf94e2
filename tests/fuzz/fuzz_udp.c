/* fuzz_udp.c - messages on port 4051: the input as a datagram, and as the memory of a message to
 * send. A message has one form only: what is accepted is encoded to the same bytes again.
 */
#include "emu/core/wire.h"
#include "tests/fuzz/fuzz.h"

static const struct wire_format *format_of(uint8_t type)
{
    const struct wire_format *format = NULL;
    for (size_t i = 0; i < wire_format_count; i++)
        if (wire_formats[i].type == type)
            format = &wire_formats[i];
    must(format);
    return format;
}

/* The same header and fields; strings up to their NUL. */
static void must_equal(const struct wire_msg *a, const struct wire_msg *b)
{
    const struct wire_format *format = format_of(a->type);
    must(a->type == b->type && a->xid == b->xid && a->h == b->h && a->map == b->map);
    for (size_t i = 0; i < format->field_count; i++) {
        const struct wire_field *f = &format->fields[i];
        const char *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;
        bool text = f->kind == KIND_STRING || f->kind == KIND_FILE;
        must(text ? strcmp(x, y) == 0 : memcmp(x, y, f->size) == 0);
    }
}

static void check_fields(const struct wire_msg *m)
{
    must(m->ad <= 4 && m->confirmed <= 1 && m->reason < REASON_COUNT);
    if (m->type == WIRE_CLAIM || m->type == WIRE_JOIN || m->type == WIRE_HELLO) {
        must(*m->model && strnlen(m->model, sizeof m->model) < sizeof m->model);
        must(fuzz_plain_name(m->file, sizeof m->file));
    }
}

static void accepted(const uint8_t *data, size_t size, const struct wire_msg *m)
{
    struct wire_msg cut;
    bool is_data = m->type == WIRE_DATA;
    must(wire_peek(data, size) == m->length);
    must(is_data ? size == WIRE_HEADER : m->length == size);
    must(is_data || size <= WIRE_MAX);
    must(wire_transport(m->type));
    check_fields(m);

    uint8_t *out = fuzz_copy(data, size);
    memset(out, 0, size);
    must(wire_encode(m, is_data ? m->length - WIRE_HEADER : 0, out, size) == size);
    must(memcmp(out, data, size) == 0);
    must(wire_encode(m, 0, out, size - 1) == 0);
    free(out);
    for (size_t len = 0; len < size; len++) {
        uint8_t *prefix = fuzz_copy(data, len);
        must(wire_decode(prefix, len, &cut));
        free(prefix);
    }
}

static void decode(const uint8_t *data, size_t size)
{
    struct wire_msg m, untouched;
    memset(&m, 0xa5, sizeof m);
    memset(&untouched, 0xa5, sizeof untouched);
    if (wire_decode(data, size, &m))
        must(memcmp(&m, &untouched, sizeof m) == 0);
    else
        accepted(data, size, &m);
}

/* What is encoded at all is what comes out at the other end. */
static void encode(const uint8_t *data, size_t size)
{
    struct wire_msg m = {0}, back;
    uint8_t out[WIRE_MAX];
    memcpy(&m, data, size < sizeof m ? size : sizeof m);
    m.type = wire_formats[m.type % wire_format_count].type;
    size_t len = wire_encode(&m, 0, out, sizeof out);
    if (len) {
        must(wire_decode(out, len, &back) == NULL);
        must_equal(&m, &back);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode(data, size);
    encode(data, size);
    return 0;
}
