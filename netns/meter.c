/* meter.c - counts what passes on the site's bridge, from packet headers alone.
 *
 * A TPACKET_V3 ring on br0. Each frame comes here once: promiscuous, the bridge hands up one
 * copy of whatever enters by a port, be it forwarded, flooded or for the router itself; what
 * the router sends to phones is seen on its way out; and nothing that a port only passes on is
 * sent by br0. Sockets of AF_PACKET drop what the host loops back to itself.
 *
 * A filter keeps IPv4 only and cuts after SNAP_LEN bytes. A frame of segmentation offload is one
 * frame with its full length in the IP header: bytes count as they would on one long packet,
 * 40 bytes per further segment less than on a wire.
 *
 * Blocks that the kernel is still filling are handed over after BLOCK_MS at the latest: that is
 * how long meter_read() waits to be complete.
 */
#include "netns/say.h"
#include "netns/spawn.h"
#include "netns/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNAP_LEN    96          /* Ethernet, IP, and in an ICMP error the headers it quotes */
#define BLOCK_BYTES (64u << 10) /* some 450 headers */
#define BLOCKS      128u        /* many: each may be handed over nearly empty */
#define BLOCK_MS    20
#define CPPDP_PORT  4051

struct meter {
    int fd;
    uint8_t *ring;
    unsigned next;                                     /* block to be read next */
    uint32_t subnet, mask, gateway, broadcast, server; /* network order */
    struct meter_counts counts;
};

/* ---- one packet ------------------------------------------------------------------------- */

struct packet {
    uint32_t from, to; /* network order */
    uint8_t protocol;
    uint16_t source, destination; /* ports; 0 where there are none */
    size_t total;        /* length by its own header; 0 when offload made it too long to say */
    const uint8_t *body; /* behind the IP header */
    size_t len;
};

static uint16_t u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* Reads an IPv4 header, and ports where the packet has them (no later fragment has). */
static bool packet_read(const uint8_t *ip, size_t len, struct packet *p)
{
    size_t header = len ? (ip[0] & 15u) * 4u : 0;
    if (len < 20 || ip[0] >> 4 != 4 || header < 20 || header > len)
        return false;
    *p = (struct packet){.protocol = ip[9], .total = u16(ip + 2)};
    memcpy(&p->from, ip + 12, 4);
    memcpy(&p->to, ip + 16, 4);
    p->body = ip + header;
    p->len = (u16(ip + 6) & 0x1fff) ? 0 : len - header;
    bool ports = p->protocol == IPPROTO_TCP || p->protocol == IPPROTO_UDP;
    if (ports && p->len >= 4) {
        p->source = u16(p->body);
        p->destination = u16(p->body + 2);
    }
    return true;
}

static bool has_4051(const struct packet *p)
{
    return p->source == CPPDP_PORT || p->destination == CPPDP_PORT;
}

/* An ICMP error belongs to what it quotes: a phone in reboot answers an offer so. */
static bool quotes_4051(const struct packet *p)
{
    struct packet quoted;
    return p->protocol == IPPROTO_ICMP && p->len > 8 && p->body[0] == 3 &&
           packet_read(p->body + 8, p->len - 8, &quoted) && has_4051(&quoted);
}

static bool in_subnet(const struct meter *m, uint32_t ip)
{
    return (ip & m->mask) == m->subnet && ip != m->gateway;
}

static void packet_count(struct meter *m, const struct packet *p, size_t ip_len)
{
    struct meter_counts *c = &m->counts;
    bool to_all = p->to == m->broadcast || p->to == INADDR_BROADCAST;
    size_t bytes = p->total ? p->total : ip_len;
    if (p->protocol == IPPROTO_TCP && has_4051(p)) {
        c->tcp4051_bytes += bytes;
    } else if (p->protocol == IPPROTO_UDP && has_4051(p)) {
        c->udp4051_bytes += bytes;
        c->udp4051_broadcasts += to_all;
    } else if (p->from == m->server || p->to == m->server) {
        c->tftp_frames += p->protocol == IPPROTO_UDP;
    } else if (in_subnet(m, p->from) && in_subnet(m, p->to) && !quotes_4051(p)) {
        c->other_frames++;
    }
}

/* ---- the ring --------------------------------------------------------------------------- */

static void block_read(struct meter *m, const struct tpacket_block_desc *block)
{
    const uint8_t *at = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
    for (uint32_t n = block->hdr.bh1.num_pkts; n > 0; n--) {
        const struct tpacket3_hdr *frame = (const struct tpacket3_hdr *)at;
        struct packet p;
        if (frame->tp_snaplen > ETH_HLEN &&
            packet_read(at + frame->tp_mac + ETH_HLEN, frame->tp_snaplen - ETH_HLEN, &p))
            packet_count(m, &p, frame->tp_len - ETH_HLEN);
        at += frame->tp_next_offset;
    }
}

void meter_poll(struct meter *m)
{
    for (;;) {
        struct tpacket_block_desc *block = (void *)(m->ring + (size_t)m->next * BLOCK_BYTES);
        if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
            return;
        block_read(m, block);
        __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        m->next = (m->next + 1) % BLOCKS;
    }
}

struct meter_counts meter_read(struct meter *m)
{
    long long now = spawn_now_ms(), deadline = now + 3 * BLOCK_MS;
    for (; now < deadline; now = spawn_now_ms()) {
        poll(&(struct pollfd){.fd = m->fd, .events = POLLIN}, 1, (int)(deadline - now));
        meter_poll(m);
    }
    struct tpacket_stats_v3 stats; /* reading them sets them to zero */
    socklen_t len = sizeof stats;
    if (getsockopt(m->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0)
        m->counts.dropped += stats.tp_drops;
    return m->counts;
}

int meter_fd(const struct meter *m)
{
    return m->fd;
}

/* ---- set-up ----------------------------------------------------------------------------- */

static int filter_set(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), /* EtherType */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SNAP_LEN),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static int ring_set(struct meter *m)
{
    int version = TPACKET_V3;
    struct tpacket_req3 req = {.tp_block_size = BLOCK_BYTES,
                               .tp_block_nr = BLOCKS,
                               .tp_frame_size = TPACKET_ALIGNMENT << 7,
                               .tp_retire_blk_tov = BLOCK_MS};
    req.tp_frame_nr = req.tp_block_size / req.tp_frame_size * req.tp_block_nr;
    if (setsockopt(m->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
        setsockopt(m->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof req) < 0)
        return -1;
    m->ring = mmap(NULL, BLOCK_BYTES * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
    return m->ring == MAP_FAILED ? -1 : 0;
}

/* In the site's namespace. Bound last, with all in place: no frame comes unfiltered. */
static int bridge_watch(struct meter *m)
{
    m->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (m->fd < 0 || filter_set(m->fd) < 0 || ring_set(m) < 0)
        return -errno;
    int index = (int)if_nametoindex("br0");
    struct packet_mreq all = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    struct sockaddr_ll at = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
    if (setsockopt(m->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) < 0 ||
        bind(m->fd, (struct sockaddr *)&at, sizeof at) < 0)
        return -errno;
    return 0;
}

struct meter *meter_open(struct world *w)
{
    const struct plan *plan = w->plan;
    struct meter *m = malloc(sizeof *m);
    int back = world_here();
    if (!m || back < 0) {
        say_errno(errno, "cannot watch the site's bridge");
        free(m);
        return NULL;
    }
    *m = (struct meter){.fd = -1, .ring = MAP_FAILED, .gateway = plan->gateway};
    m->mask = htonl(~(uint32_t)(0xffffffffull >> plan->prefix_len));
    m->subnet = plan->gateway & m->mask;
    m->broadcast = plan->broadcast;
    m->server = plan->server;
    int rc = world_enter(w->site_ns);
    if (rc == 0)
        rc = bridge_watch(m);
    if (world_enter(back) < 0)
        rc = -errno;
    close(back);
    if (rc == 0)
        return m;
    say_errno(-rc, "cannot watch the site's bridge");
    meter_close(m);
    return NULL;
}

void meter_close(struct meter *m)
{
    if (!m)
        return;
    if (m->ring != MAP_FAILED)
        munmap(m->ring, BLOCK_BYTES * BLOCKS);
    if (m->fd >= 0)
        close(m->fd);
    free(m);
}
