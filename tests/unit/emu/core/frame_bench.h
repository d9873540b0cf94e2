/* frame_bench.h - frames of CDP and LLDP for the tests: what a switch sends, and the phone that
 * speaks.
 */
#ifndef FRAME_BENCH_H
#define FRAME_BENCH_H

#include "emu/core/cdp.h"
#include "emu/core/lldp.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>

#define LOAD    "SCCP41.9-4-2SR3-1S"
#define ADDRESS "10.106.0.10"

static inline struct advert advert_of(const char *model, const char *load)
{
    return (struct advert){.name = "SEP001EF7289C8E", .model = phone_model_find(model),
                           .load = load};
}

/* A frame under construction. */
struct frame {
    uint8_t bytes[1514];
    size_t len;
};

static inline void frame_add(struct frame *f, const void *bytes, size_t len)
{
    assert_true(f->len + len <= sizeof f->bytes);
    memcpy(f->bytes + f->len, bytes, len);
    f->len += len;
}
#define ADD(f, ...) frame_add(f, (uint8_t[]){__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}))

/* From that port of a switch; its length and its checksum are to be set. */
static inline void cdp_begin(struct frame *f, uint8_t port, uint8_t ttl)
{
    f->len = 0;
    ADD(f, 0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc, 0x00, 0x0d, 0xbc, 0, 0, port, 0, 0);
    ADD(f, 0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00, 2, ttl, 0, 0);
}

static inline void cdp_end(struct frame *f)
{
    f->bytes[12] = (uint8_t)((f->len - 14) >> 8);
    f->bytes[13] = (uint8_t)(f->len - 14);
    f->bytes[24] = f->bytes[25] = 0;
    uint16_t sum = cdp_checksum(f->bytes + 22, f->len - 22);
    f->bytes[24] = (uint8_t)(sum >> 8);
    f->bytes[25] = (uint8_t)sum;
}

/* "Sweety" names its VLANs. */
static inline void cdp_reply(struct frame *f, uint8_t port, uint16_t voice, uint8_t ttl)
{
    cdp_begin(f, port, ttl);
    ADD(f, 0, 1, 0, 10, 'S', 'w', 'e', 'e', 't', 'y');
    ADD(f, 0, 0x0a, 0, 6, 0, 1);
    ADD(f, 0, 0x0e, 0, 7, 1, (uint8_t)(voice >> 8), (uint8_t)voice);
    cdp_end(f);
}

/* The values up to what it can of MED. */
static inline void lldp_begin(struct frame *f, uint8_t port, uint16_t ttl)
{
    f->len = 0;
    ADD(f, 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e, 0x00, 0x0d, 0xbc, 0, 0, port, 0x88, 0xcc);
    ADD(f, 0x02, 7, 4, 0x00, 0x0d, 0xbc, 0, 0, 0);
    ADD(f, 0x04, 3, 7, 'g', (uint8_t)('0' + port));
    ADD(f, 0x06, 2, (uint8_t)(ttl >> 8), (uint8_t)ttl);
    ADD(f, 0x0a, 3, 'l', 'a', 'b');
    ADD(f, 0xfe, 7, 0x00, 0x12, 0xbb, 1, 0, 0x33, 4);
}

static inline void lldp_policy(struct frame *f, uint8_t application, bool unknown, bool tagged,
                               uint16_t vlan)
{
    uint32_t policy = (unknown ? 0x800000u : 0) | (tagged ? 0x400000u : 0) | (uint32_t)vlan << 9 |
                      5 << 6 | 46;
    ADD(f, 0xfe, 8, 0x00, 0x12, 0xbb, 2, application, (uint8_t)(policy >> 16),
        (uint8_t)(policy >> 8), (uint8_t)policy);
}

static inline void lldp_reply(struct frame *f, uint8_t port, uint16_t voice, uint16_t ttl)
{
    lldp_begin(f, port, ttl);
    lldp_policy(f, 1, false, true, voice);
    ADD(f, 0, 0);
}

#endif
