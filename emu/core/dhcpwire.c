/* dhcpwire.c - see dhcpwire.h. */
#include "emu/core/dhcpwire.h"

#include "emu/builder.h"
#include "emu/cursor.h"

#include <assert.h>
#include <string.h>

#define COOKIE   0x63825363u /* RFC 2131, section 3 */
#define ETHERNET 1           /* hardware type and the length of its addresses */
#define MAC_LEN  6
#define SNAME    64
#define FILE_LEN 128

enum { PAD = 0, OVERLOAD = 52, END = 255 };       /* the options about options */
enum { OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };   /* bits of 52 */

/* ---- the table ----------------------------------------------------------------------- */

enum kind { U8, U32, IP, IPS, TEXT, BYTES };

static const struct option {
    uint8_t code;
    enum kind kind;
    size_t at; /* in struct dhcp_message */
} options[] = {
#define X(code, name, kind) {code, kind, offsetof(struct dhcp_message, name)},
    DHCP_OPTIONS(X)
#undef X
};
#define OPTIONS (sizeof options / sizeof *options)

/* ---- values read --------------------------------------------------------------------- */

static uint32_t read_ip(struct cursor *c)
{
    uint32_t ip = 0;
    const uint8_t *at = cursor_bytes(c, sizeof ip);
    if (at)
        memcpy(&ip, at, sizeof ip);
    return ip;
}

static bool read_number(struct cursor *c, void *to, size_t len)
{
    if (cursor_left(c) != len)
        return false;
    if (len == 1)
        *(uint8_t *)to = cursor_u8(c);
    else
        *(uint32_t *)to = cursor_u32(c);
    return true;
}

static bool read_one_ip(struct cursor *c, uint32_t *to)
{
    if (cursor_left(c) != sizeof *to)
        return false;
    *to = read_ip(c);
    return true;
}

static bool read_ips(struct cursor *c, struct dhcp_list *to)
{
    if (cursor_left(c) == 0 || cursor_left(c) % sizeof *to->at != 0)
        return false;
    while (cursor_left(c) && to->count < DHCP_LIST)
        to->at[to->count++] = read_ip(c);
    return true;
}

static bool read_text(struct cursor *c, char to[DHCP_NAME])
{
    size_t len = 0;
    while (cursor_left(c) && *c->at != '\0' && len < DHCP_NAME - 1) {
        uint8_t b = cursor_u8(c);
        to[len++] = b >= ' ' && b <= '~' ? (char)b : '.';
    }
    return len > 0;
}

static bool read_bytes(struct cursor *c, struct dhcp_bytes *to)
{
    size_t len = cursor_left(c);
    if (len == 0 || len > sizeof to->at)
        return false;
    memcpy(to->at, cursor_bytes(c, len), len);
    to->len = (uint8_t)len;
    return true;
}

/* False: no value has that length. */
static bool read_value(const struct option *o, struct cursor *c, void *to)
{
    switch (o->kind) {
    case U8: return read_number(c, to, 1);
    case U32: return read_number(c, to, 4);
    case IP: return read_one_ip(c, to);
    case IPS: return read_ips(c, to);
    case TEXT: return read_text(c, to);
    case BYTES: return read_bytes(c, to);
    }
    return false;
}

/* ---- fields of options --------------------------------------------------------------- */

/* The next option of a field, its value in *value. False: there is no more, or, where c has then
 * failed, it runs past the end. */
static bool next_option(struct cursor *c, uint8_t *code, struct cursor *value)
{
    do
        *code = cursor_left(c) ? cursor_u8(c) : END;
    while (*code == PAD);
    if (*code == END)
        return false;
    *value = cursor_sub(c, cursor_u8(c));
    return !c->failed;
}

/* Where options may stand, in the order in which their parts are put together. */
struct fields {
    struct cursor at[3];
    size_t count;
};

/* All parts of that option behind each other, into out: their length. */
static size_t gather(const struct fields *f, uint8_t wanted, uint8_t out[DHCP_READ_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct cursor c = f->at[i], value;
        for (uint8_t code; next_option(&c, &code, &value);) {
            size_t part = cursor_left(&value);
            if (code != wanted || part == 0)
                continue;
            memcpy(out + len, cursor_bytes(&value, part), part); /* all are parts of one message */
            len += part;
        }
    }
    return len;
}

static bool has(const struct fields *f, uint8_t wanted)
{
    struct cursor value;
    for (size_t i = 0; i < f->count; i++) {
        struct cursor c = f->at[i];
        for (uint8_t code; next_option(&c, &code, &value);)
            if (code == wanted)
                return true;
    }
    return false;
}

static bool runs_over(const struct fields *f)
{
    struct cursor value;
    for (size_t i = 0; i < f->count; i++) {
        struct cursor c = f->at[i];
        for (uint8_t code; next_option(&c, &code, &value);)
            ;
        if (c.failed)
            return true;
    }
    return false;
}

/* The options proper are there: adds the fields that 52 lends them. */
static void add_overloaded(struct fields *f, struct cursor file, struct cursor sname)
{
    uint8_t lent[DHCP_READ_MAX];
    if (gather(f, OVERLOAD, lent) != 1)
        return;
    if (lent[0] & OVERLOAD_FILE)
        f->at[f->count++] = file;
    if (lent[0] & OVERLOAD_SNAME)
        f->at[f->count++] = sname;
}

static void read_options(const struct fields *f, struct dhcp_message *out)
{
    uint8_t value[DHCP_READ_MAX];
    for (size_t i = 0; i < OPTIONS; i++) {
        struct cursor c = cursor(value, gather(f, options[i].code, value));
        if (!has(f, options[i].code))
            continue;
        if (!read_value(&options[i], &c, (uint8_t *)out + options[i].at) && !out->odd)
            out->odd = options[i].code;
    }
}

const char *dhcpwire_read(const void *data, size_t len, struct dhcp_message *out)
{
    struct cursor c = cursor(data, len);
    *out = (struct dhcp_message){0};
    if (len > DHCP_READ_MAX)
        return "it is longer than a frame";
    out->op = cursor_u8(&c);
    bool ethernet = cursor_u8(&c) == ETHERNET && cursor_u8(&c) == MAC_LEN;
    cursor_u8(&c); /* hops */
    out->xid = cursor_u32(&c);
    out->secs = cursor_u16(&c);
    out->flags = cursor_u16(&c);
    out->ciaddr = read_ip(&c);
    out->yiaddr = read_ip(&c);
    out->siaddr = read_ip(&c);
    out->giaddr = read_ip(&c);
    struct cursor hardware = cursor_sub(&c, 16);
    struct cursor sname = cursor_sub(&c, SNAME), file = cursor_sub(&c, FILE_LEN);
    if (cursor_u32(&c) != COOKIE || c.failed)
        return "it is no DHCP message";
    if (!ethernet)
        return "it is not of an Ethernet";
    memcpy(out->mac, cursor_bytes(&hardware, MAC_LEN), MAC_LEN);
    struct fields f = {.at = {c}, .count = 1};
    add_overloaded(&f, file, sname);
    if (runs_over(&f))
        return "an option runs past its end";
    read_options(&f, out);
    return NULL;
}

bool dhcpwire_answers(const void *data, size_t len, uint32_t xid, const uint8_t mac[6])
{
    struct cursor c = cursor(data, len);
    bool reply = cursor_u8(&c) == DHCP_BOOTREPLY;
    cursor_bytes(&c, 3);
    bool ours = cursor_u32(&c) == xid;
    cursor_bytes(&c, 20);
    const uint8_t *to = cursor_bytes(&c, MAC_LEN);
    return reply && ours && to && memcmp(to, mac, MAC_LEN) == 0;
}

/* ---- building ------------------------------------------------------------------------ */

/* A value, its length before it; nothing where there is none. */
static void build_value(struct builder *b, uint8_t code, const void *value, size_t len)
{
    if (len == 0)
        return;
    builder_u8(b, code);
    builder_u8(b, (uint8_t)len);
    builder_bytes(b, value, len);
}

static void build_option(struct builder *b, const struct option *o, const void *from)
{
    const struct dhcp_list *ips = from;
    const struct dhcp_bytes *bytes = from;
    uint32_t number = 0;
    switch (o->kind) {
    case U8:
        build_value(b, o->code, from, *(const uint8_t *)from ? 1 : 0);
        break;
    case U32:
        memcpy(&number, from, sizeof number);
        if (number == 0)
            break;
        builder_u8(b, o->code);
        builder_u8(b, sizeof number);
        builder_u32(b, number);
        break;
    case IP:
        memcpy(&number, from, sizeof number);
        build_value(b, o->code, from, number ? sizeof number : 0);
        break;
    case IPS:
        build_value(b, o->code, ips->at, ips->count * sizeof *ips->at);
        break;
    case TEXT:
        build_value(b, o->code, from, strlen(from));
        break;
    case BYTES:
        build_value(b, o->code, bytes->at, bytes->len);
        break;
    }
}

size_t dhcpwire_build(const struct dhcp_message *m, uint8_t out[DHCP_BUILT])
{
    struct builder b = builder(out, DHCP_BUILT);
    builder_u8(&b, m->op);
    builder_u8(&b, ETHERNET);
    builder_u8(&b, MAC_LEN);
    builder_u8(&b, 0); /* hops */
    builder_u32(&b, m->xid);
    builder_u16(&b, m->secs);
    builder_u16(&b, m->flags);
    builder_bytes(&b, &m->ciaddr, sizeof m->ciaddr);
    builder_bytes(&b, &m->yiaddr, sizeof m->yiaddr);
    builder_bytes(&b, &m->siaddr, sizeof m->siaddr);
    builder_bytes(&b, &m->giaddr, sizeof m->giaddr);
    builder_bytes(&b, m->mac, MAC_LEN);
    builder_zeros(&b, 16 - MAC_LEN + SNAME + FILE_LEN);
    builder_u32(&b, COOKIE);
    for (size_t i = 0; i < OPTIONS; i++)
        build_option(&b, &options[i], (const uint8_t *)m + options[i].at);
    builder_u8(&b, END);
    if (b.failed)
        return 0;
    builder_zeros(&b, (size_t)(b.end - b.at));
    return builder_len(&b);
}

unsigned dhcpwire_prefix(uint32_t mask)
{
    const uint8_t *b = (const uint8_t *)&mask;
    uint32_t bits = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    for (unsigned len = 1; len <= 30; len++)
        if (bits == UINT32_MAX << (32 - len))
            return len;
    return 0;
}
