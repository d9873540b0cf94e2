/* fuzz_frame.c - frames of CDP and LLDP: the input as a frame from a switch, to each decoder and to a
 * phone that listens; and as what a phone says of itself.
 */
#include "emu/core/cdp.h"
#include "emu/core/discovery.h"
#include "emu/core/lldp.h"
#include "tests/fuzz/fuzz.h"

#define HEADER 14 /* of Ethernet */

typedef bool read_fn(const void *frame, size_t len, struct hearing *out);
typedef size_t build_fn(const struct advert *a, void *frame, size_t size);

/* ---- what a switch says --------------------------------------------------------------- */

static bool decode(read_fn *read, const uint8_t *data, size_t size, struct hearing *h)
{
    struct hearing untouched;
    uint8_t *copy = fuzz_copy(data, size);
    memset(h, 0xa5, sizeof *h);
    untouched = *h;
    bool good = read(copy, size, h);
    free(copy);
    if (!good) {
        must(memcmp(h, &untouched, sizeof *h) == 0);
        return false;
    }
    must(size > HEADER && h->voice_vlan <= 4094 && h->native_vlan <= 4094);
    must(memcmp(h->mac, data + 6, sizeof h->mac) == 0);
    must(memchr(h->from, 0, sizeof h->from));
    return true;
}

/* The right sum for whatever the input is, so that more than the sum is looked at. */
static void mend(uint8_t *frame, size_t size)
{
    size_t at = HEADER + 8, len = size > HEADER ? (size_t)(frame[12] << 8 | frame[13]) : 0;
    if (len < 12 || HEADER + len > size)
        return;
    frame[at + 2] = frame[at + 3] = 0;
    uint16_t sum = cdp_checksum(frame + at, len - 8);
    frame[at + 2] = (uint8_t)(sum >> 8);
    frame[at + 3] = (uint8_t)sum;
}

/* ---- a phone that listens ------------------------------------------------------------- */

static unsigned spoken;

static void op_frame(void *ctx, enum frame_kind kind, const void *frame, size_t len)
{
    (void)ctx, (void)frame;
    must(kind != FRAME_ARP && len > HEADER && len <= FRAME_MAX);
    spoken++;
}

static void op_say(void *ctx, const char *line)
{
    (void)ctx;
    for (; *line; line++)
        must(*line >= 0x20 && *line <= 0x7e);
}

static uint32_t op_random(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct phone_ops ops = {
    .frame_send = op_frame, .log = op_say, .event = op_say, .random = op_random};

static void listen(const uint8_t *data, size_t size)
{
    struct phone_identity id = {.name = "SEP001EF7289C8E", .model = phone_model_find("CP-7961G"),
                                .frames = 1u << FRAME_CDP | 1u << FRAME_LLDP};
    struct phone_status status = {.running = "SCCP41.9-4-2SR3-1S"};
    struct cnf cnf = {0};
    struct kit kit = {.ops = &ops, .id = &id};
    struct discovery d;
    discovery_init(&d, &kit, &cnf, "", &status);
    discovery_link_up(&d);
    discovery_advance(&d);
    for (kit.now = 2 * USEC_SEC; kit.now < 4 * USEC_SEC; kit.now += USEC_SEC) {
        discovery_frame(&d, FRAME_CDP, data, size);
        discovery_frame(&d, FRAME_LLDP, data, size);
        discovery_advance(&d);
        must(discovery_deadline(&d) > kit.now);
    }
    spoken = 0;
    for (usec end = kit.now + 600 * USEC_SEC, at; (at = discovery_deadline(&d)) < end;) {
        kit.now = at;
        discovery_advance(&d);
        must(discovery_deadline(&d) > at);
    }
    must(spoken <= 10 + 20 + 2 + 4); /* a minute's one and two, and where a VLAN is forgotten */
    must(status.voice_vlan == 0 || d.by[DISCOVERY_LLDP].until || d.by[DISCOVERY_CDP].until);
}

/* ---- what a phone says ---------------------------------------------------------------- */

static void build(build_fn *build, read_fn *read, const struct advert *a)
{
    uint8_t frame[FRAME_MAX];
    struct hearing h;
    size_t len = build(a, frame, sizeof frame);
    must(len > HEADER && len < sizeof frame);
    must(build(a, frame, len - 1) == 0);
    len = build(a, frame, len);
    must(memcmp(frame + 6, "\x00\x1e\xf7\x28\x9c\x8e", 6) == 0);
    must(!read(frame, len, &h) || (a->leaving && h.ttl == 0)); /* no phone teaches another */
}

static void say(const uint8_t *data, size_t size)
{
    char load[NAME_MAX_LEN] = "";
    if (size < 8)
        return;
    size_t len = size - 8 < sizeof load - 1 ? size - 8 : sizeof load - 1;
    for (size_t i = 0; i < len; i++) /* as of a plain file name */
        load[i] = (char)('!' + data[8 + i] % 94);
    struct advert a = {.name = "SEP001EF7289C8E", .load = load, .leaving = data[0] & 1,
                       .model = &phone_models[data[1] % phone_model_count],
                       .voice_vlan = (uint16_t)((data[2] << 8 | data[3]) % 4095)};
    memcpy(&a.ip, data + 4, sizeof a.ip);
    build(lldp_build, lldp_read, &a);
    a.leaving = false;
    build(cdp_build, cdp_read, &a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hearing h;
    uint8_t *mended = fuzz_copy(data, size);
    mend(mended, size);
    decode(lldp_read, data, size, &h);
    decode(cdp_read, data, size, &h);
    decode(cdp_read, mended, size, &h);
    listen(mended, size);
    say(data, size);
    free(mended);
    return 0;
}
