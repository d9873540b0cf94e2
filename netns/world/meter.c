/* meter.c - counts what passes on the site's bridges, from packet headers alone.
 *
 * A TPACKET_V3 ring on each bridge. Each frame comes to it once: promiscuous, the bridge hands up
 * one copy of whatever enters by a port, be it forwarded, flooded or for the router itself; what
 * the router sends to phones is seen on its way out; and nothing that a port only passes on is
 * sent by the bridge. Sockets of AF_PACKET drop what the host loops back to itself. What is
 * routed from one subnet to another counts on the bridge that it comes from.
 *
 * A filter keeps IPv4 only and cuts after SNAP_LEN bytes. A frame of segmentation offload is one
 * frame with its full length in the IP header: bytes count as they would on one long packet,
 * 40 bytes per further segment less than on a wire.
 *
 * Blocks that the kernel is still filling are handed over after BLOCK_MS at the latest: that is
 * how long meter_read() waits to be complete.
 */
#include "netns/world/meter.h"
#include "netns/fleet/lankeys.h"
#include "netns/host/clock.h"
#include "netns/host/netns.h"
#include "netns/plan/roster.h"
#include "netns/text/say.h"
#include "netns/world/facts.h"
#include "netns/world/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNAP_LEN    96          /* Ethernet, IP, and in an ICMP error the headers it quotes */
#define BLOCK_BYTES (64u << 10) /* some 450 headers */
#define BLOCKS      128u        /* many: each may be handed over nearly empty; of all bridges, */
#define BLOCKS_MIN  16u         /* but of each at least */
#define BLOCK_MS    20
#define CPPDP_PORT  4051
#define ANSWERS     8u /* of one phone that are remembered, to know them when they come again */

/* A SYN+ACK that a phone has sent: sent again, it is the same to the last bit. */
struct answer {
    uint32_t to; /* network order; 0: none */
    uint32_t sequence;
    uint16_t port;
};

struct answers {
    struct answer of[ANSWERS];
    unsigned next;
};

/* One bridge. */
struct tap {
    int fd;
    uint8_t *ring;
    unsigned blocks, next;                     /* how many; to be read next */
    uint32_t subnet, mask, gateway; /* network order */
};

struct meter {
    struct tap *taps;
    size_t tap_count;
    int epoll;       /* of all of them */
    uint32_t server; /* network order */
    bool abroad;     /* part of a real network: hosts of its subnet are not all phones */
    struct meter_counts counts;
    struct phone_traffic *traffic; /* NULL: not asked for; nor then the next two */
    struct roster *roster;
    struct answers *answers;       /* per phone */
};

/* ---- one packet ------------------------------------------------------------------------- */

struct packet {
    const uint8_t *frame; /* its Ethernet header */
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

/* ---- sessions --------------------------------------------------------------------------- */

/* Whether the phone has sent this answer before; from now on it has. */
static bool answered_before(struct answers *a, const struct answer *answer)
{
    for (unsigned i = 0; i < ANSWERS; i++)
        if (a->of[i].to == answer->to && a->of[i].port == answer->port &&
            a->of[i].sequence == answer->sequence)
            return true;
    a->of[a->next] = *answer;
    a->next = (a->next + 1) % ANSWERS;
    return false;
}

/* Which phone's a MAC address is, -1: none. Its IP address may change. */
#define SENDER(m, p)   roster_by_mac((m)->roster, (p)->frame + ETH_ALEN)
#define RECEIVER(m, p) roster_by_mac((m)->roster, (p)->frame)

/* A connection on port 4051 is one when it is answered: from parent to child. */
static void session_count(struct meter *m, const struct packet *p)
{
    enum { SEQUENCE = 4, FLAGS = 13, SYN_ACK = 0x12 };
    if (!m->traffic || p->source != CPPDP_PORT || p->len <= FLAGS ||
        (p->body[FLAGS] & SYN_ACK) != SYN_ACK)
        return;
    long parent = SENDER(m, p), child = RECEIVER(m, p);
    struct answer answer = {.to = p->to, .port = p->destination};
    memcpy(&answer.sequence, p->body + SEQUENCE, sizeof answer.sequence);
    if (parent < 0 || child < 0 || answered_before(&m->answers[parent], &answer))
        return;
    m->traffic[parent].accepted++;
    m->traffic[child].opened++;
}

/* ---- counts ----------------------------------------------------------------------------- */

static bool in_subnet(const struct tap *t, uint32_t ip)
{
    return (ip & t->mask) == t->subnet && ip != t->gateway;
}

/* Whether a host of another subnet than this tap's sent it: that bridge has seen it. */
static bool is_routed(const struct meter *m, const struct tap *here, const struct packet *p)
{
    for (size_t i = 0; i < m->tap_count; i++)
        if (&m->taps[i] != here && in_subnet(&m->taps[i], p->from))
            return true;
    return false;
}

static bool in_site(const struct meter *m, uint32_t ip)
{
    for (size_t i = 0; i < m->tap_count; i++)
        if (in_subnet(&m->taps[i], ip))
            return true;
    return false;
}

/* Whether it goes from a phone of this bridge to another of the site. */
static bool is_between(const struct meter *m, const struct tap *here, const struct packet *p)
{
    if (m->abroad)
        return m->roster && SENDER(m, p) >= 0 && RECEIVER(m, p) >= 0;
    return in_subnet(here, p->from) && in_site(m, p->to);
}

static void packet_count(struct meter *m, const struct tap *here, const struct packet *p,
                         size_t ip_len)
{
    struct meter_counts *c = &m->counts;
    bool to_all = memcmp(p->frame, "\xff\xff\xff\xff\xff\xff", ETH_ALEN) == 0;
    size_t bytes = p->total ? p->total : ip_len;
    if (is_routed(m, here, p))
        return;
    if (p->protocol == IPPROTO_TCP && has_4051(p)) {
        c->tcp4051_bytes += bytes;
        session_count(m, p);
    } else if (p->protocol == IPPROTO_UDP && has_4051(p)) {
        c->udp4051_bytes += bytes;
        c->udp4051_broadcasts += to_all;
    } else if (p->from == m->server || p->to == m->server) {
        c->tftp_frames += p->protocol == IPPROTO_UDP;
    } else if (is_between(m, here, p) && !quotes_4051(p)) {
        c->other_frames++;
    }
}

/* ---- the ring --------------------------------------------------------------------------- */

static void block_read(struct meter *m, const struct tap *t,
                       const struct tpacket_block_desc *block)
{
    const uint8_t *at = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
    for (uint32_t n = block->hdr.bh1.num_pkts; n > 0; n--) {
        const struct tpacket3_hdr *frame = (const struct tpacket3_hdr *)at;
        struct packet p;
        if (frame->tp_snaplen > ETH_HLEN &&
            packet_read(at + frame->tp_mac + ETH_HLEN, frame->tp_snaplen - ETH_HLEN, &p)) {
            p.frame = at + frame->tp_mac;
            packet_count(m, t, &p, frame->tp_len - ETH_HLEN);
        }
        at += frame->tp_next_offset;
    }
}

static void tap_poll(struct meter *m, struct tap *t)
{
    for (;;) {
        struct tpacket_block_desc *block = (void *)(t->ring + (size_t)t->next * BLOCK_BYTES);
        if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
            return;
        block_read(m, t, block);
        __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        t->next = (t->next + 1) % t->blocks;
    }
}

void meter_poll(struct meter *m)
{
    for (size_t i = 0; i < m->tap_count; i++)
        tap_poll(m, &m->taps[i]);
}

struct meter_counts meter_read(struct meter *m)
{
    long long now = clock_ms(), deadline = now + 3 * BLOCK_MS;
    for (; now < deadline; now = clock_ms()) {
        poll(&(struct pollfd){.fd = m->epoll, .events = POLLIN}, 1, (int)(deadline - now));
        meter_poll(m);
    }
    struct tpacket_stats_v3 stats; /* reading them sets them to zero */
    for (size_t i = 0; i < m->tap_count; i++) {
        socklen_t len = sizeof stats;
        if (getsockopt(m->taps[i].fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0)
            m->counts.dropped += stats.tp_drops;
    }
    return m->counts;
}

int meter_fd(const struct meter *m)
{
    return m->epoll;
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

static size_t ring_size(const struct tap *t)
{
    return (size_t)t->blocks * BLOCK_BYTES;
}

static int ring_set(struct tap *t)
{
    int version = TPACKET_V3;
    struct tpacket_req3 req = {.tp_block_size = BLOCK_BYTES,
                               .tp_block_nr = t->blocks,
                               .tp_frame_size = TPACKET_ALIGNMENT << 7,
                               .tp_retire_blk_tov = BLOCK_MS};
    req.tp_frame_nr = req.tp_block_size / req.tp_frame_size * req.tp_block_nr;
    if (setsockopt(t->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
        setsockopt(t->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof req) < 0)
        return -1;
    t->ring = mmap(NULL, ring_size(t), PROT_READ | PROT_WRITE, MAP_SHARED, t->fd, 0);
    return t->ring == MAP_FAILED ? -1 : 0;
}

/* In the site's namespace. Bound last, with all in place: no frame comes unfiltered. */
static int bridge_watch(struct tap *t, const char *bridge)
{
    t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (t->fd < 0 || filter_set(t->fd) < 0 || ring_set(t) < 0)
        return -errno;
    int index = (int)if_nametoindex(bridge);
    struct packet_mreq all = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    struct sockaddr_ll at = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
    if (setsockopt(t->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) < 0 ||
        bind(t->fd, (struct sockaddr *)&at, sizeof at) < 0)
        return -errno;
    return 0;
}

/* All of the bridges, in the site's namespace. */
static int taps_open(struct meter *m, const struct plan *plan)
{
    char names[WORLD_BRIDGES], *rest = names;
    int rc = 0;
    world_bridges(plan, names);
    for (size_t i = 0; i < m->tap_count && rc == 0; i++) {
        struct epoll_event e = {.events = EPOLLIN};
        rc = bridge_watch(&m->taps[i], strsep(&rest, " "));
        if (rc == 0 && epoll_ctl(m->epoll, EPOLL_CTL_ADD, m->taps[i].fd, &e) < 0)
            rc = -errno;
    }
    return rc;
}

static void tap_init(struct tap *t, const struct plan_subnet *subnet, size_t taps)
{
    unsigned share = BLOCKS / (unsigned)taps;
    uint32_t mask = htonl(~(uint32_t)(0xffffffffull >> subnet->prefix_len));
    *t = (struct tap){.fd = -1, .ring = MAP_FAILED,
                      .blocks = share > BLOCKS_MIN ? share : BLOCKS_MIN,
                      .gateway = subnet->gateway, .mask = mask,
                      .subnet = subnet->gateway & mask};
}

static struct meter *meter_new(const struct plan *plan, struct phone_traffic *traffic)
{
    struct meter *m = malloc(sizeof *m);
    if (!m)
        return NULL;
    *m = (struct meter){.taps = calloc(plan->subnet_count, sizeof *m->taps),
                        .epoll = epoll_create1(EPOLL_CLOEXEC),
                        .server = plan->server,
                        .abroad = lan_uplink(plan->fleet) != NULL,
                        .traffic = traffic};
    m->tap_count = m->taps ? plan->subnet_count : 0;
    for (size_t i = 0; i < m->tap_count; i++)
        tap_init(&m->taps[i], &plan->subnets[i], m->tap_count);
    if (traffic) {
        m->roster = roster_new(plan);
        m->answers = calloc(plan->count, sizeof *m->answers);
    }
    if (m->taps && m->epoll >= 0 && (!traffic || (m->roster && m->answers)))
        return m;
    meter_close(m);
    return NULL;
}

struct meter *meter_open(struct world *w, struct phone_traffic *traffic)
{
    struct meter *m = meter_new(w->plan, traffic);
    int back = m ? netns_visit(w->site_ns) : -ENOMEM;
    int rc = netns_leave(back, back < 0 ? back : taps_open(m, w->plan));
    if (rc == 0)
        return m;
    say_errno(-rc, "cannot watch the site's bridges");
    meter_close(m);
    return NULL;
}

void meter_close(struct meter *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->tap_count; i++) {
        if (m->taps[i].ring != MAP_FAILED)
            munmap(m->taps[i].ring, ring_size(&m->taps[i]));
        if (m->taps[i].fd >= 0)
            close(m->taps[i].fd);
    }
    if (m->epoll >= 0)
        close(m->epoll);
    roster_free(m->roster);
    free(m->answers);
    free(m->taps);
    free(m);
}
