/* noise.c - what the hostile peer does unasked: false and old claims, garbage, calls by the
 * thousand, and datagrams in the names of others. See hostile.c.
 */
#include "tests/net/hostile.h"

#include <err.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLS       3000 /* connections to phones held open at one time */
#define JOINERS     200  /* addresses at which nobody is, */
#define SYN_SOURCES 60000 /* of as many: nearly a whole subnet of 16 bits */

static struct pollfd calls[CALLS];
static size_t call_at;
static int raw; /* sends whole IP packets, whoever they say that they are from */

static void make_noise(void)
{
    uint8_t junk[1400];
    for (int n = 0; n < 40; n++) {
        struct in_addr to = phone_count && n % 2 ? phones[(size_t)rand() % phone_count].ip : broadcast;
        size_t len = (size_t)rand() % sizeof junk;
        for (size_t i = 0; i < len; i++)
            junk[i] = (uint8_t)rand();
        if (n % 4 > 1 && file_count) { /* nearly a message */
            len = wire_encode(&files[0].claim, 0, junk, sizeof junk);
            junk[(size_t)rand() % len] ^= (uint8_t)(1 << rand() % 8);
        }
        send_udp(n % address_count, to, junk, len);
        did.datagrams++;
    }
}

/* What a caller says first, by the kind of noise. Bytes. */
static size_t first_words(uint8_t *out, size_t size)
{
    struct wire_msg hello = files[0].claim;
    hello.type = WIRE_HELLO;
    hello.xid = XID;
    size_t len = wire_encode(&hello, 0, out, size);
    if (role->noise == N_STREAMS)
        for (len = 0; len < size; len++)
            out[len] = (uint8_t)rand();
    return role->noise == N_CALLS ? 0 : role->noise == N_HALF_CALLS ? len / 2 : len;
}

/* So many calls a turn, each phone in its turn; the oldest make room. */
static void call_phones(void)
{
    uint8_t out[1024];
    for (size_t n = 0; n < 100 && phone_count && file_count; n++, call_at++) {
        struct pollfd *c = &calls[call_at % CALLS];
        struct sockaddr_in from = at(own((int)(call_at / phone_count % (size_t)address_count)), 0);
        struct sockaddr_in to = at(phones[call_at % phone_count].ip, CPPDP_PORT);
        if (c->fd >= 0)
            close(c->fd);
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        c->events = POLLOUT;
        bind(c->fd, (struct sockaddr *)&from, sizeof from);
        if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
            warn("connect");
        did.connects++;
    }
    size_t len = file_count ? first_words(out, sizeof out) : 0;
    poll(calls, CALLS, 0);
    for (size_t i = 0; i < CALLS; i++)
        if (calls[i].revents & POLLOUT) {
            calls[i].events = 0; /* once is enough */
            send(calls[i].fd, out, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
}

static void claim_all(void)
{
    for (size_t i = 0; i < file_count; i++)
        for (int ear = 0; ear < address_count; ear++) {
            if (role->claims)
                say(ear, broadcast, files[i].claim);
            else if (role->noise == N_REPLAY)
                send_udp(ear, broadcast, files[i].old, files[i].old_len);
            did.claims += role->claims || role->noise == N_REPLAY;
        }
}

/* ---- in the names of others ---------------------------------------------------------- */

static uint32_t add_up(uint32_t sum, const void *data, size_t len)
{
    for (const uint8_t *at = data; len > 1; at += 2, len -= 2)
        sum += (uint32_t)at[0] << 8 | at[1];
    return sum;
}

/* Of a TCP header alone. */
static uint16_t tcp_checksum(const struct iphdr *ip, const struct tcphdr *tcp)
{
    uint32_t sum = add_up(IPPROTO_TCP + sizeof *tcp, &ip->saddr, 8); /* both addresses */
    sum = add_up(sum, tcp, sizeof *tcp);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

/* The kernel adds what is left out of the IP header. */
static void send_raw(const struct iphdr *ip, const void *head, size_t head_len, const void *body,
                     size_t body_len)
{
    struct sockaddr_in to = at((struct in_addr){ip->daddr}, 0);
    struct iovec parts[] = {{(void *)ip, sizeof *ip}, {(void *)head, head_len},
                            {(void *)body, body_len}};
    struct msghdr msg = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = parts,
                         .msg_iovlen = 3};
    if (sendmsg(raw, &msg, 0) >= 0)
        did.datagrams++;
}

static struct iphdr ip_header(struct in_addr from, struct in_addr to, uint8_t protocol)
{
    return (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol,
                          .saddr = from.s_addr, .daddr = to.s_addr};
}

static void spoof_join(const struct victim *v, unsigned n)
{
    uint8_t out[WIRE_MAX];
    struct wire_msg m = files[v->file].claim;
    m.type = WIRE_JOIN;
    m.xid = XID + n % JOINERS;
    size_t len = wire_encode(&m, 0, out, sizeof out);
    struct iphdr ip = ip_header(own(address_count + (int)(n % JOINERS)), v->ip, IPPROTO_UDP);
    struct udphdr udp = {.source = htons(CPPDP_PORT), .dest = htons(CPPDP_PORT),
                         .len = htons((uint16_t)(sizeof udp + len))}; /* checksum 0: none */
    send_raw(&ip, &udp, sizeof udp, out, len);
}

/* From the first addresses of the subnet on, but for the first 1,024, where the phones are. */
static void spoof_syn(const struct victim *v, unsigned n)
{
    uint32_t from = (ntohl(broadcast.s_addr) & 0xffff0000) + 1024 + n % SYN_SOURCES;
    struct iphdr ip = ip_header((struct in_addr){htonl(from)}, v->ip, IPPROTO_TCP);
    struct tcphdr tcp = {.source = htons((uint16_t)(1024 + n % 60000)),
                         .dest = htons(CPPDP_PORT), .seq = n, .doff = 5, .syn = 1,
                         .window = htons(65535)};
    tcp.check = tcp_checksum(&ip, &tcp);
    send_raw(&ip, &tcp, sizeof tcp, NULL, 0);
}

/* So many an emulated second, to each phone in its turn. */
static void spoof(void)
{
    static unsigned said;
    static uint64_t since;
    since = phone_count && since ? since : emulated_ms();
    unsigned due = (unsigned)((emulated_ms() - since) * role->rate / 1000);
    for (; phone_count && said < due; said++) {
        const struct victim *v = &phones[said % phone_count];
        if (role->noise == N_SYNS)
            spoof_syn(v, said);
        else if (v->file != FILES)
            spoof_join(v, said / (unsigned)phone_count);
    }
}

/* ---- turns --------------------------------------------------------------------------- */

void noise_set_up(void)
{
    struct rlimit many = {2 * CALLS, 2 * CALLS};
    if (setrlimit(RLIMIT_NOFILE, &many) < 0)
        err(1, "setrlimit");
    for (int i = 0; i < CALLS; i++)
        calls[i].fd = -1;
    raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (raw < 0)
        err(1, "raw socket");
}

void noise_turn(void)
{
    static unsigned turn;
    static size_t known;
    if (turn++ % 4 == 0 || file_count > known) /* a new file: before anybody else's Ad */
        claim_all();
    known = file_count;
    if (role->noise == N_DATAGRAMS)
        make_noise();
    else if (role->noise > N_DATAGRAMS && role->noise < N_REPLAY)
        call_phones();
    else if (role->rate)
        spoof();
}
