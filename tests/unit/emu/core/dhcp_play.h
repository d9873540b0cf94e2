/* dhcp_play.h - a phone without address on core_play.h, and the DHCP servers of its LAN, played by
 * the test.
 */
#ifndef DHCP_PLAY_H
#define DHCP_PLAY_H

#include "emu/core/life.h"
#include "tests/unit/emu/core/core_play.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define MINUTE (60 * USEC_SEC)

/* One that has been switched on and has sent its first DISCOVER. */
static inline struct bench *dhcp_new(bool pfs)
{
    struct bench *b = play_new_model(MODEL, pfs);
    b->id.dhcp = true;
    b->id.ip = b->id.tftp_ip = 0;
    b->random_fixed = true; /* so that waits are what they are */
    b->random = 1u << 31;
    play_reborn(b);
    play_start(b);
    play_for(b, 0);
    play_addressed(b);
    play_for(b, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD / 2);
    return b;
}

/* The message that it has sent next. */
static inline const struct bench_dhcp *dhcp_next(struct bench *b, enum dhcp_type type)
{
    assert_true(b->dhcp_at < b->dhcp_count);
    const struct bench_dhcp *d = &b->dhcp[b->dhcp_at++];
    assert_int_equal(d->msg.type, type);
    return d;
}

static inline void dhcp_says_no_more(const struct bench *b)
{
    assert_int_equal(b->dhcp_at, b->dhcp_count);
}

/* What a good server answers to what was sent last: 192.168.7.33/24 for an hour. */
static inline struct dhcp_message dhcp_answer(const struct bench *b, enum dhcp_type type)
{
    struct dhcp_message m = {.op = DHCP_BOOTREPLY, .type = (uint8_t)type,
                             .yiaddr = inet_addr("192.168.7.33"),
                             .server = inet_addr("192.168.7.2"),
                             .mask = inet_addr("255.255.255.0"), .lease = 3600,
                             .routers = {1, {inet_addr("192.168.7.1")}},
                             .tftp = {2, {SERVER_IP, inet_addr("192.168.0.3")}}};
    if (b->dhcp_count) {
        m.xid = b->dhcp[b->dhcp_count - 1].msg.xid;
        memcpy(m.mac, b->dhcp[b->dhcp_count - 1].msg.mac, 6);
    }
    if (type == DHCP_NAK)
        m = (struct dhcp_message){.op = m.op, .type = m.type, .xid = m.xid, .server = m.server,
                                  .mac = {m.mac[0], m.mac[1], m.mac[2], m.mac[3], m.mac[4],
                                          m.mac[5]}};
    return m;
}

static inline void dhcp_raw(struct bench *b, const uint8_t *data, size_t len)
{
    if (b->dhcp_listens)
        phone_dhcp(b->phone, (struct addr){inet_addr("192.168.7.2"), DHCP_SERVER_PORT}, data, len,
                   b->now);
    play_settle(b);
}

static inline void dhcp_say(struct bench *b, const struct dhcp_message *m)
{
    uint8_t out[DHCP_BUILT];
    assert_int_equal(dhcpwire_build(m, out), DHCP_BUILT);
    dhcp_raw(b, out, sizeof out);
}

static inline void dhcp_answers(struct bench *b, enum dhcp_type type)
{
    struct dhcp_message m = dhcp_answer(b, type);
    dhcp_say(b, &m);
}

/* Whether somebody at that MAC has the address, or wants it. */
static inline void dhcp_arp_heard(struct bench *b, enum arp_op op, uint8_t last, uint32_t sender,
                                  uint32_t target)
{
    const uint8_t mac[6] = {2, 0, 0, 0, 0, last};
    uint8_t frame[60] = {0}; /* padded, as on the wire */
    arp_build(op, mac, sender, target, frame);
    phone_frame(b->phone, FRAME_ARP, frame, sizeof frame, b->now);
    play_settle(b);
}

/* From its DISCOVER to the moment before it has the address. */
static inline void dhcp_to_request(struct bench *b)
{
    dhcp_answers(b, DHCP_OFFER);
    play_for(b, DHCP_COLLECT);
    b->dhcp_at = b->dhcp_count;
}

/* From its DISCOVER to an address. */
static inline void dhcp_to_bound(struct bench *b)
{
    dhcp_to_request(b);
    dhcp_answers(b, DHCP_ACK);
    play_for(b, DHCP_PROBE);
    play_addressed(b);
    b->dhcp_at = b->dhcp_count;
}

static inline struct dhcp *dhcp_of(struct bench *b)
{
    return &b->phone->dhcp;
}

#endif
