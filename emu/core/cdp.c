/* cdp.c - see cdp.h. */
#include "emu/core/cdp.h"

#include "emu/core/identity.h"
#include "emu/builder.h"
#include "emu/cursor.h"

#include <stdio.h>
#include <string.h>

#define VERSION       2
#define HEADER        4   /* version, seconds to live, checksum */
#define VALUE_HEADER  4   /* type, length */
#define VALUE_MAX     128 /* of those that a phone sends */
#define VLAN_LAST     4094
#define APPLIANCE     0x01 /* whose VLAN it is: a phone's */
#define CAN_HOST      0x10
#define CAN_PHONE     0x80
#define CAN_RELAY     0x400 /* between its two ports */

static const uint8_t group[ADVERT_MAC] = {0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc};
static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00};

/* ---- values --------------------------------------------------------------------------- */

static void put_text(struct builder *b, const char *text)
{
    builder_bytes(b, text, strlen(text));
}

static void put_device(struct builder *b, const struct advert *a)
{
    put_text(b, a->name);
}

/* One of them, as NLPID of length 1: IP. */
static void put_addresses(struct builder *b, const struct advert *a)
{
    builder_u32(b, 1);
    builder_bytes(b, (uint8_t[]){1, 1, 0xcc}, 3);
    builder_u16(b, sizeof a->ip);
    builder_bytes(b, &a->ip, sizeof a->ip);
}

static void put_port(struct builder *b, const struct advert *a)
{
    (void)a;
    put_text(b, "Port 1");
}

static void put_capabilities(struct builder *b, const struct advert *a)
{
    builder_u32(b, CAN_HOST | CAN_PHONE | (advert_is_talkative(a) ? CAN_RELAY : 0));
}

static void put_version(struct builder *b, const struct advert *a)
{
    put_text(b, a->load);
}

/* One with a gigabit port says no more [public of a CP-7961G-GE]. */
static void put_platform(struct builder *b, const struct advert *a)
{
    char text[32], digits[8];
    snprintf(text, sizeof text, "Cisco IP Phone %s", advert_digits(a, digits));
    put_text(b, text);
}

static void put_duplex(struct builder *b, const struct advert *a)
{
    (void)a;
    builder_u8(b, 1); /* full */
}

/* An appliance of kind 20 asks for its VLAN; it is in 512, which stands for not knowing. */
static void put_query(struct builder *b, const struct advert *a)
{
    (void)a;
    builder_bytes(b, (uint8_t[]){0x20, 0x02, 0x00, 0x01}, 4);
}

static void put_power(struct builder *b, const struct advert *a)
{
    builder_u16(b, advert_hardware(a->model)->power_mw);
}

/* The request's number is the end of the MAC, and that of its management 3: so in every public
 * listing. */
static void put_power_request(struct builder *b, const struct advert *a)
{
    uint8_t mac[ADVERT_MAC];
    identity_mac(a->name, mac);
    builder_bytes(b, mac + 4, 2);
    builder_u16(b, 3);
    builder_u32(b, advert_hardware(a->model)->power_mw);
}

struct reading {
    struct hearing heard;
    bool voice; /* it says something of that */
};

static void take_device(struct cursor *c, struct reading *r)
{
    size_t len = cursor_left(c);
    advert_heard_from(&r->heard, cursor_bytes(c, len), len);
}

static void take_native(struct cursor *c, struct reading *r)
{
    uint16_t vlan = cursor_u16(c);
    if (vlan <= VLAN_LAST)
        r->heard.native_vlan = vlan;
}

static void take_voice(struct cursor *c, struct reading *r)
{
    uint8_t whose = cursor_u8(c);
    uint16_t vlan = cursor_u16(c);
    if (whose != APPLIANCE || c->failed)
        return;
    r->voice = true;
    r->heard.voice_vlan = vlan <= VLAN_LAST ? vlan : 0;
}

/* In the order in which a phone sends them. What one puts nothing into is left out. */
static const struct value {
    uint16_t type;
    void (*put)(struct builder *b, const struct advert *a);
    void (*take)(struct cursor *c, struct reading *r);
} values[] = {
    {0x0001, put_device, take_device},
    {0x0002, put_addresses, NULL},
    {0x0003, put_port, NULL},
    {0x0004, put_capabilities, NULL},
    {0x0005, put_version, NULL},
    {0x0006, put_platform, NULL},
    {0x000a, NULL, take_native},
    {0x000b, put_duplex, NULL},
    {0x000e, NULL, take_voice},
    {0x000f, put_query, NULL},
    {0x0010, put_power, NULL},
    {0x0019, put_power_request, NULL},
};
#define VALUES (sizeof values / sizeof *values)

/* ---- frames --------------------------------------------------------------------------- */

uint16_t cdp_checksum(const uint8_t *data, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)(data[i] << 8 | data[i + 1]);
    if (len % 2 && data[len - 1] < 0x80)
        sum += data[len - 1];
    else if (len % 2)
        sum += 0xff00u | (data[len - 1] - 1u);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_value(struct builder *b, const struct value *v, const struct advert *a)
{
    uint8_t bytes[VALUE_MAX];
    struct builder inside = builder(bytes, sizeof bytes);
    v->put(&inside, a);
    size_t len = builder_len(&inside);
    if (len == 0)
        return;
    builder_u16(b, v->type);
    builder_u16(b, (uint16_t)(VALUE_HEADER + len));
    builder_bytes(b, bytes, len);
}

/* From the version on, in place. */
static size_t put_payload(const struct advert *a, uint8_t *at, size_t size)
{
    struct builder b = builder(at, size);
    builder_u8(&b, VERSION);
    builder_u8(&b, CDP_TTL);
    builder_u16(&b, 0);
    for (size_t i = 0; i < VALUES; i++)
        if (values[i].put)
            put_value(&b, &values[i], a);
    size_t len = builder_len(&b);
    struct builder sum = builder(at + 2, len ? 2 : 0);
    builder_u16(&sum, cdp_checksum(at, len));
    return len;
}

size_t cdp_build(const struct advert *a, void *frame, size_t size)
{
    uint8_t mac[ADVERT_MAC];
    uint8_t payload[512];
    size_t len = put_payload(a, payload, sizeof payload);
    struct builder b = builder(frame, size);
    identity_mac(a->name, mac);
    builder_bytes(&b, group, sizeof group);
    builder_bytes(&b, mac, sizeof mac);
    builder_u16(&b, (uint16_t)(sizeof snap + len));
    builder_bytes(&b, snap, sizeof snap);
    builder_bytes(&b, payload, len);
    return len ? builder_len(&b) : 0;
}

static bool is_bytes(struct cursor *c, const uint8_t *wanted, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    return at && memcmp(at, wanted, len) == 0;
}

/* The payload of a frame, and who sent it; failed where it is none of CDP. */
static struct cursor payload_of(const void *frame, size_t len, uint8_t mac[ADVERT_MAC])
{
    struct cursor c = cursor(frame, len);
    bool ours = is_bytes(&c, group, sizeof group);
    cursor_copy(&c, mac, ADVERT_MAC);
    struct cursor inside = cursor_sub(&c, cursor_u16(&c));
    inside.failed = !ours || inside.failed || !is_bytes(&inside, snap, sizeof snap);
    return inside;
}

static bool sum_is_right(const uint8_t *payload, size_t len)
{
    uint8_t bytes[FRAME_MAX];
    if (len < HEADER || len > sizeof bytes)
        return false;
    memcpy(bytes, payload, len);
    bytes[2] = bytes[3] = 0;
    return cdp_checksum(bytes, len) == (uint16_t)(payload[2] << 8 | payload[3]);
}

static void take_value(struct cursor *c, struct reading *r)
{
    uint16_t type = cursor_u16(c), len = cursor_u16(c);
    struct cursor inside = cursor_sub(c, (size_t)len - VALUE_HEADER); /* less is too much */
    for (size_t i = 0; i < VALUES && !inside.failed; i++)
        if (values[i].type == type && values[i].take)
            values[i].take(&inside, r);
}

bool cdp_read(const void *frame, size_t len, struct hearing *out)
{
    struct reading r = {0};
    struct cursor c = payload_of(frame, len, r.heard.mac);
    if (c.failed || !sum_is_right(c.at, cursor_left(&c)))
        return false;
    uint8_t version = cursor_u8(&c);
    r.heard.ttl = cursor_u8(&c);
    cursor_u16(&c);
    while (!c.failed && cursor_left(&c))
        take_value(&c, &r);
    if (c.failed || version < 1 || version > VERSION || !r.voice)
        return false;
    *out = r.heard;
    return true;
}
