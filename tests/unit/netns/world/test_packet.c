/* What a frame says, of frames written out by hand: RFC 791, 768, 793 and 1350. */
#include "netns/world/packet.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>

/* An Ethernet and an IPv4 header from 10.0.0.1 to 10.0.0.2, and what follows it. */
static struct packet ip(uint8_t protocol, const uint8_t *body, size_t len)
{
    uint8_t frame[200] = {[12] = 8, [14] = 0x45, [23] = protocol, [26] = 10, [29] = 1, [30] = 10,
                          [33] = 2};
    frame[17] = (uint8_t)(20 + len);
    memcpy(frame + 34, body, len);
    return packet_of(frame, 34 + len < 60 ? 60 : 34 + len); /* short frames are padded */
}

/* With so many bytes of options, and of data. */
static enum packet_kind tcp(uint8_t flags, unsigned options, unsigned data)
{
    uint8_t segment[120] = {[12] = (uint8_t)((20 + options) / 4 << 4), [13] = flags};
    return ip(6, segment, 20 + options + data).kind;
}

static void tcp_by_its_flags_and_length(void **state)
{
    (void)state;
    enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
    assert_int_equal(tcp(SYN, 20, 0), PACKET_CALL);
    assert_int_equal(tcp(SYN | ACK, 20, 0), PACKET_TALK);
    assert_int_equal(tcp(ACK, 0, 0), PACKET_IDLE);
    assert_int_equal(tcp(ACK, 12, 0), PACKET_IDLE);
    assert_int_equal(tcp(ACK | PSH, 12, 1), PACKET_TALK);
    assert_int_equal(tcp(ACK, 0, 12), PACKET_TALK);
    assert_int_equal(tcp(ACK | FIN, 12, 0), PACKET_TALK);
    assert_int_equal(tcp(RST, 0, 0), PACKET_TALK);
}

static void tftp_with_opcode_and_length(void **state)
{
    (void)state;
    struct packet p = ip(17, (const uint8_t[]){4, 0, 0, 69, 0, 12, 0, 0, 0, 4, 0, 7}, 12);
    assert_int_equal(p.kind, PACKET_TFTP);
    assert_int_equal(p.opcode, 4);
    assert_int_equal(p.len, 4);
    assert_int_equal(p.from, inet_addr("10.0.0.1"));
    assert_int_equal(p.to, inet_addr("10.0.0.2"));
}

static void all_else_is_other(void **state)
{
    (void)state;
    uint8_t arp[60] = {[12] = 8, [13] = 6, [15] = 1};
    assert_int_equal(ip(1, (const uint8_t[8]){8}, 8).kind, PACKET_OTHER);
    assert_int_equal(packet_of(arp, sizeof arp).kind, PACKET_OTHER);
    assert_int_equal(packet_of(arp, sizeof arp).to, 0);
    for (size_t len = 0; len < 48; len++) { /* cut short */
        uint8_t *frame = calloc(1, len ? len : 1);
        if (len > 23) {
            frame[14] = 0x45;
            frame[23] = len % 2 ? 6 : 17;
        }
        struct packet p = packet_of(frame, len);
        assert_true(p.kind == PACKET_OTHER || len >= 46);
        free(frame);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_by_its_flags_and_length),
        cmocka_unit_test(tftp_with_opcode_and_length),
        cmocka_unit_test(all_else_is_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
