/* lldp.c - see lldp.h. */
#include "emu/core/lldp.h"

#include "emu/core/identity.h"
#include "emu/builder.h"
#include "emu/cursor.h"

#include <stdio.h>
#include <string.h>

#define ETHERTYPE     0x88cc
#define TYPE_SHIFT    9
#define LENGTH_MASK   0x1ff
#define VALUE_MAX     128 /* bytes of those that a phone sends */
#define OWNED         127 /* type of the values of organizations: OUI and a number of theirs */
#define IEEE_802_3    0x00120f
#define TIA           0x0012bb
#define TTL_OLD       120 /* of 8.3 */
#define TTL           180 /* of 8.4 and 9.3 */
#define CAN           0x0024 /* bridge, telephone */
#define NETWORK_ADDRESS 5 /* what a chassis is known by */
#define LOCAL         7   /* what a port is known by: as the phone says */
#define IPV4          1
#define MED_CAN       0x0033 /* capabilities, policy, power of a device, inventory */
#define MED_CLASS     3      /* communication device */
#define MED_SWITCH    4      /* network connectivity device: no phone teaches another */
#define VOICE         1
#define SIGNALLING    2
#define UNTAGGED_ALSO 1    /* VLANs that mean the same as 0 */
#define VLAN_LAST     4094

static const uint8_t group[ADVERT_MAC] = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e};

/* What a switch has to say before it is believed. */
enum {
    SAID_CHASSIS = 1,
    SAID_PORT = 2,
    SAID_TTL = 4,
    SAID_MED = 8,
    SAID_VOICE = 16,
    SAID_END = 32
};
#define SAID_ALL 63
#define SAID_BYE (SAID_CHASSIS | SAID_PORT | SAID_TTL | SAID_END)

/* ---- what a phone says ---------------------------------------------------------------- */

static void put_text(struct builder *b, const char *text)
{
    builder_bytes(b, text, strlen(text));
}

static void put_address(struct builder *b, const struct advert *a)
{
    builder_u8(b, IPV4);
    builder_bytes(b, &a->ip, sizeof a->ip);
}

static void put_chassis(struct builder *b, const struct advert *a)
{
    builder_u8(b, NETWORK_ADDRESS);
    put_address(b, a);
}

static void put_port(struct builder *b, const struct advert *a)
{
    builder_u8(b, LOCAL);
    put_text(b, a->name + strlen("SEP"));
    put_text(b, ":P1");
}

static void put_ttl(struct builder *b, const struct advert *a)
{
    uint16_t ttl = advert_is_talkative(a) ? TTL : TTL_OLD;
    builder_u16(b, a->leaving ? 0 : ttl);
}

static void put_port_description(struct builder *b, const struct advert *a)
{
    (void)a;
    put_text(b, "SW PORT");
}

/* With its domain, where it knows that. */
static void put_name(struct builder *b, const struct advert *a)
{
    put_text(b, a->name);
    if (!a->domain || !*a->domain)
        return;
    put_text(b, ".");
    put_text(b, a->domain);
}

static void put_description(struct builder *b, const struct advert *a)
{
    char text[VALUE_MAX];
    if (!advert_is_talkative(a))
        return;
    snprintf(text, sizeof text, "Cisco IP Phone %s,V%s, %s", a->model->name + strlen("CP-"),
             advert_hardware(a->model)->revision, a->load);
    put_text(b, text);
}

static void put_capabilities(struct builder *b, const struct advert *a)
{
    (void)a;
    builder_u16(b, CAN);
    builder_u16(b, CAN);
}

/* Its interface's number is not known, nor an object of SNMP. */
static void put_management(struct builder *b, const struct advert *a)
{
    if (!advert_is_talkative(a) || !a->ip)
        return;
    builder_u8(b, 1 + sizeof a->ip);
    put_address(b, a);
    builder_u8(b, 1);
    builder_u32(b, 0);
    builder_u8(b, 0);
}

/* Negotiates, and has; what it offers, in the wrong order of bits, as these phones do; what came of
 * it: 16, 100 Mbit/s, or 30, 1 Gbit/s, full duplex. */
static void put_mac_phy(struct builder *b, const struct advert *a)
{
    bool gigabit = advert_hardware(a->model)->gigabit;
    builder_u8(b, 3);
    builder_u16(b, gigabit ? 0x8036 : 0x0036);
    builder_u16(b, gigabit ? 30 : 16);
}

static void put_med(struct builder *b, const struct advert *a)
{
    (void)a;
    builder_u16(b, MED_CAN);
    builder_u8(b, MED_CLASS);
}

/* Unknown and untagged, priority 4 and DSCP 32; or tagged with the VLAN. */
static void put_policy(struct builder *b, const struct advert *a, uint8_t application,
                       unsigned priority, unsigned dscp)
{
    uint32_t policy = 0x800000u | 4 << 6 | 32;
    if (a->voice_vlan)
        policy = 0x400000u | (uint32_t)a->voice_vlan << 9 | priority << 6 | dscp;
    builder_u8(b, application);
    builder_u8(b, (uint8_t)(policy >> 16));
    builder_u16(b, (uint16_t)policy);
}

static void put_voice(struct builder *b, const struct advert *a)
{
    put_policy(b, a, VOICE, 5, 46);
}

static void put_signalling(struct builder *b, const struct advert *a)
{
    put_policy(b, a, SIGNALLING, 4, 32);
}

/* A device that is fed, in tenths of a watt; older loads take it that the switch feeds it, newer
 * ones do not know. */
static void put_power(struct builder *b, const struct advert *a)
{
    builder_u8(b, advert_is_talkative(a) ? 0x40 : 0x50);
    builder_u16(b, advert_hardware(a->model)->power_mw / 100);
}

static void put_revision(struct builder *b, const struct advert *a)
{
    put_text(b, advert_hardware(a->model)->revision);
}

static void put_boot(struct builder *b, const struct advert *a)
{
    put_text(b, advert_hardware(a->model)->boot);
}

static void put_load(struct builder *b, const struct advert *a)
{
    put_text(b, a->load);
}

static void put_serial(struct builder *b, const struct advert *a)
{
    char text[ADVERT_SERIAL];
    put_text(b, advert_serial(a, text));
}

static void put_maker(struct builder *b, const struct advert *a)
{
    (void)a;
    put_text(b, "Cisco Systems, Inc.");
}

static void put_model(struct builder *b, const struct advert *a)
{
    put_text(b, a->model->name);
}

/* ---- what a switch says --------------------------------------------------------------- */

struct reading {
    struct hearing heard;
    unsigned said;
};

static void take_chassis(struct cursor *c, struct reading *r)
{
    cursor_u8(c);
    r->said |= cursor_left(c) ? SAID_CHASSIS : 0;
}

static void take_port(struct cursor *c, struct reading *r)
{
    cursor_u8(c);
    r->said |= cursor_left(c) ? SAID_PORT : 0;
}

static void take_ttl(struct cursor *c, struct reading *r)
{
    r->heard.ttl = cursor_u16(c);
    r->said |= c->failed ? 0 : SAID_TTL;
}

static void take_name(struct cursor *c, struct reading *r)
{
    size_t len = cursor_left(c);
    advert_heard_from(&r->heard, cursor_bytes(c, len), len);
}

static void take_med(struct cursor *c, struct reading *r)
{
    cursor_u16(c);
    r->said |= cursor_u8(c) == MED_SWITCH ? SAID_MED : 0;
}

/* The first for voice counts. One that is not known says nothing. */
static void take_policy(struct cursor *c, struct reading *r)
{
    uint32_t policy = cursor_u32(c);
    uint16_t vlan = policy >> 9 & 0xfff;
    bool unknown = policy & 0x800000, tagged = policy & 0x400000;
    if (c->failed || policy >> 24 != VOICE || unknown || r->said & SAID_VOICE)
        return;
    r->said |= SAID_VOICE;
    if (tagged && vlan > UNTAGGED_ALSO && vlan <= VLAN_LAST)
        r->heard.voice_vlan = vlan;
}

static void take_end(struct cursor *c, struct reading *r)
{
    (void)c;
    r->said |= SAID_END;
}

/* ---- the table ------------------------------------------------------------------------ */

/* In the order in which a phone sends them. What one puts nothing into is left out. */
static const struct value {
    uint8_t type;
    uint32_t oui, number; /* of an organization's */
    bool always;          /* also of one that leaves */
    void (*put)(struct builder *b, const struct advert *a);
    void (*take)(struct cursor *c, struct reading *r);
} values[] = {
    {1, 0, 0, true, put_chassis, take_chassis},
    {2, 0, 0, true, put_port, take_port},
    {3, 0, 0, true, put_ttl, take_ttl},
    {4, 0, 0, false, put_port_description, NULL},
    {5, 0, 0, false, put_name, take_name},
    {6, 0, 0, false, put_description, NULL},
    {7, 0, 0, false, put_capabilities, NULL},
    {8, 0, 0, false, put_management, NULL},
    {OWNED, IEEE_802_3, 1, false, put_mac_phy, NULL},
    {OWNED, TIA, 1, false, put_med, take_med},
    {OWNED, TIA, 2, false, put_voice, take_policy},
    {OWNED, TIA, 2, false, put_signalling, NULL},
    {OWNED, TIA, 4, false, put_power, NULL},
    {OWNED, TIA, 5, false, put_revision, NULL},
    {OWNED, TIA, 6, false, put_boot, NULL},
    {OWNED, TIA, 7, false, put_load, NULL},
    {OWNED, TIA, 8, false, put_serial, NULL},
    {OWNED, TIA, 9, false, put_maker, NULL},
    {OWNED, TIA, 10, false, put_model, NULL},
    {0, 0, 0, true, NULL, take_end},
};
#define VALUES (sizeof values / sizeof *values)

/* ---- frames --------------------------------------------------------------------------- */

static void put_head(struct builder *b, const struct value *v, size_t len)
{
    bool owned = v->type == OWNED;
    builder_u16(b, (uint16_t)(v->type << TYPE_SHIFT | (len + (owned ? 4 : 0))));
    if (owned)
        builder_u32(b, v->oui << 8 | v->number);
}

static void put_value(struct builder *b, const struct value *v, const struct advert *a)
{
    uint8_t bytes[VALUE_MAX];
    struct builder inside = builder(bytes, sizeof bytes);
    if (a->leaving && !v->always)
        return;
    if (v->put)
        v->put(&inside, a);
    size_t len = builder_len(&inside);
    if (len == 0 && v->put)
        return;
    put_head(b, v, len);
    builder_bytes(b, bytes, len);
}

size_t lldp_build(const struct advert *a, void *frame, size_t size)
{
    uint8_t mac[ADVERT_MAC];
    struct builder b = builder(frame, size);
    identity_mac(a->name, mac);
    builder_bytes(&b, group, sizeof group);
    builder_bytes(&b, mac, sizeof mac);
    builder_u16(&b, ETHERTYPE);
    for (size_t i = 0; i < VALUES; i++)
        put_value(&b, &values[i], a);
    return builder_len(&b);
}

static void take_value(struct cursor *c, struct reading *r)
{
    uint16_t head = cursor_u16(c);
    struct cursor inside = cursor_sub(c, head & LENGTH_MASK);
    uint8_t type = (uint8_t)(head >> TYPE_SHIFT);
    uint32_t owner = type == OWNED ? cursor_u32(&inside) : 0;
    for (size_t i = 0; i < VALUES && !c->failed && !inside.failed; i++) {
        const struct value *v = &values[i];
        if (v->take && v->type == type && (v->oui << 8 | v->number) == owner)
            v->take(&inside, r);
    }
}

bool lldp_read(const void *frame, size_t len, struct hearing *out)
{
    struct reading r = {0};
    struct cursor c = cursor(frame, len);
    const uint8_t *to = cursor_bytes(&c, ADVERT_MAC);
    cursor_copy(&c, r.heard.mac, ADVERT_MAC);
    if (cursor_u16(&c) != ETHERTYPE || c.failed || memcmp(to, group, sizeof group) != 0)
        return false;
    while (!c.failed && !(r.said & SAID_END))
        take_value(&c, &r);
    bool bye = r.said & SAID_TTL && r.heard.ttl == 0;
    unsigned needed = bye ? SAID_BYE : SAID_ALL;
    if (c.failed || (r.said & needed) != needed)
        return false;
    *out = r.heard;
    return true;
}
