/* relay.c - see relay.h. */
#include "netns/world/relay.h"
#include "emu/random.h"
#include "netns/host/clock.h"
#include "netns/world/packet.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH      64    /* frames read from one TAP before the other one is looked at */
#define NS_PER_US  1000

enum { TFTP_DATA = 3, TFTP_ACK = 4, TFTP_ERROR = 5 }; /* RFC 1350 */
#define TFTP_DATA_HEADER 4
#define TFTP_BLOCK 512
#define LEAST_FRAME 42 /* bytes: ARP's; nobody acts on what is shorter */

struct relay_frame {
    struct relay_frame *next;
    uint64_t due;
    size_t len;
    uint8_t data[];
};

/* ---- one direction ---------------------------------------------------------------------- */

void relay_way_init(struct relay_way *way, const struct relay_params *params)
{
    *way = (struct relay_way){.params = *params, .random = params->seed};
    way->last = &way->first;
}

void relay_way_clear(struct relay_way *way)
{
    for (struct relay_frame *f = way->first, *next; f; f = next) {
        next = f->next;
        free(f);
    }
    struct relay_params params = way->params;
    relay_way_init(way, &params);
}

void relay_way_change(struct relay_way *way, const struct relay_params *params)
{
    uint64_t seed = way->params.seed;
    way->params = *params;
    way->params.seed = seed;
    way->link_free = 0; /* what waits was sent at the old rate: the line begins anew behind it */
}

static uint64_t scale(uint64_t value, uint64_t factor, uint64_t divisor)
{
    return (uint64_t)((unsigned __int128)value * factor / divisor);
}

/* Puts the frame on the link: when its last bit has left, or RELAY_NEVER if there is no room. */
static uint64_t link_send(struct relay_way *way, uint64_t now, size_t len)
{
    uint64_t rate = way->params.rate_bps;
    if (rate == 0)
        return now;
    uint64_t start = way->link_free > now ? way->link_free : now;
    uint64_t waiting = scale(start - now, rate, 8 * NS_PER_SEC);
    if (waiting + len > way->params.queue_bytes && waiting > 0)
        return RELAY_NEVER;
    way->link_free = start + scale(len, 8 * NS_PER_SEC, rate);
    return way->link_free;
}

void relay_take(struct relay_way *way, uint64_t now, const void *data, size_t len)
{
    uint64_t sent = way->frames < RELAY_FRAMES ? link_send(way, now, len) : RELAY_NEVER;
    struct relay_frame *f = sent == RELAY_NEVER ? NULL : malloc(sizeof *f + len);
    if (!f) {
        way->overflowed++;
        return;
    }
    if (random_share(&way->random) < way->params.loss) {
        way->lost++;
        free(f);
        return;
    }
    f->next = NULL;
    f->due = sent + way->params.delay_ns;
    f->len = len;
    memcpy(f->data, data, len);
    *way->last = f;
    way->last = &f->next;
    way->frames++;
}

uint64_t relay_due(const struct relay_way *way)
{
    return way->first ? way->first->due : RELAY_NEVER;
}

size_t relay_give(struct relay_way *way, uint64_t now, uint8_t data[RELAY_MTU])
{
    struct relay_frame *f = way->first;
    if (!f || f->due > now)
        return 0;
    size_t len = f->len;
    memcpy(data, f->data, len);
    way->first = f->next;
    if (!way->first)
        way->last = &way->first;
    way->frames--;
    free(f);
    return len;
}

/* ---- the site's DHCP relay --------------------------------------------------------------- */

/* What phones have asked for comes from it when it has been run: the clock waits for it. What has
 * not come in time never will. */
static void await_relayed(struct relay *r)
{
    if (!r->watch.hands || atomic_load(&r->watch.hands->relayed) == 0)
        return;
    if (r->watch.mailed)
        watch_expect(&r->watch, WATCH_ROUTER);
    else if (!watch_expects(&r->watch))
        atomic_store(&r->watch.hands->relayed, 0);
}

static void relayed(struct relay *r)
{
    uint32_t left = atomic_load(&r->watch.hands->relayed);
    while (left > 0 && !atomic_compare_exchange_weak(&r->watch.hands->relayed, &left, left - 1))
        ;
    if (left > 1)
        watch_expect(&r->watch, WATCH_ROUTER);
    else
        watch_answered(&r->watch, WATCH_ROUTER);
}

/* ---- the loop --------------------------------------------------------------------------- */

/* Whom it is with; NULL: no phone of the fleet. */
static struct relay_guest *guest_of(const struct relay *r, uint32_t ip)
{
    uint32_t hand = r->guests ? hands_find(r->watch.hands, ip) : HANDS_NOBODY;
    return hand == HANDS_NOBODY ? NULL : &r->guests[hand];
}

/* Whether it is what was waited for: of TCP, the first bytes to who has asked. */
static bool is_answer(struct relay *r, const struct packet *p)
{
    struct relay_guest *guest = p->kind == PACKET_TALK ? guest_of(r, p->to) : NULL;
    bool asked = !guest || guest->asked;
    if (guest)
        guest->asked = false;
    return asked;
}

/* A server, or its kernel, has said something. */
static void answered(struct relay *r, const struct packet *p)
{
    if (p->kind == PACKET_IDLE)
        return;
    watch_answered(&r->watch, WATCH_KERNEL);
    if (is_answer(r, p) && r->owed > 0 && --r->owed == 0)
        watch_answered(&r->watch, WATCH_SERVER);
}

static int take_all(struct relay *r, int from, uint64_t now)
{
    uint8_t data[RELAY_MTU];
    for (int n = 0; n < BATCH; n++) {
        ssize_t len = read(r->tap[from], data, sizeof data);
        if (len < 0)
            return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        relay_take(&r->way[from], now, data, (size_t)len);
        struct packet p = packet_of(data, (size_t)len);
        if (from == RELAY_HQ)
            answered(r, &p);
        else if (p.kind == PACKET_DHCP && p.relayed && r->watch.hands)
            relayed(r);
    }
    return 0;
}

/* Whether the TFTP server will answer: not to the acknowledgement of a file's last block, nor to an
 * error. */
static bool is_answered(const struct packet *p, const struct relay_guest *guest)
{
    return p->opcode != TFTP_ERROR && (p->opcode != TFTP_ACK || !guest || !guest->last);
}

/* Between two who have hands: an end, which may find nobody there any more. */
static bool is_good_bye(const struct relay *r, const struct packet *p)
{
    return p->ends && hands_find(r->watch.hands, p->from) != HANDS_NOBODY &&
           hands_find(r->watch.hands, p->to) != HANDS_NOBODY;
}

/* A server that has a hand is told, others are waited for: by TCP, who is not left. */
static void to_server(struct relay *r, const struct packet *p)
{
    struct relay_guest *guest = guest_of(r, p->from);
    bool talks = p->kind == PACKET_TALK, called = p->kind == PACKET_CALL;
    if (called)
        watch_expect(&r->watch, WATCH_KERNEL);
    if (called || p->kind == PACKET_IDLE || p->kind == PACKET_LINE ||
        (p->kind == PACKET_TFTP && !is_answered(p, guest)))
        return;
    if (hands_find(r->watch.hands, p->to) != HANDS_NOBODY) {
        hands_mail_ip(r->watch.hands, r->watch.slot, p->to, EARS_PHONES, r->watch.now);
        return;
    }
    if (talks && p->ends)
        return;
    if (talks && guest)
        guest->asked = true;
    r->owed = watch_expects(&r->watch) ? r->owed + 1 : 1;
    watch_expect(&r->watch, WATCH_SERVER);
}

/* By DHCP to one that may have no address yet. */
static void to_phone(struct relay *r, const struct packet *p)
{
    struct relay_guest *guest = guest_of(r, p->to);
    uint32_t hand = p->kind == PACKET_DHCP ? hands_find_mac(r->watch.hands, p->mac)
                                           : hands_find(r->watch.hands, p->to);
    if (guest && p->kind == PACKET_TFTP && p->opcode == TFTP_DATA)
        guest->last = p->len < TFTP_DATA_HEADER + TFTP_BLOCK;
    if (p->kind != PACKET_IDLE && !(p->ends && p->empty))
        hands_mail_slot(r->watch.hands, r->watch.slot, hand, EARS_SERVER, r->watch.now);
}

/* What comes out holds the clock on: at the servers' end until they answer, at the site's until the
 * phone has woken. */
static void announce(struct relay *r, int from, const uint8_t *frame, size_t len)
{
    struct packet p = packet_of(frame, len);
    if (r->watch.hands && len >= LEAST_FRAME && !is_good_bye(r, &p))
        (from == RELAY_SITE ? to_server : to_phone)(r, &p);
}

static void give_due(struct relay *r, int from, uint64_t now)
{
    uint8_t data[RELAY_MTU];
    for (size_t len; (len = relay_give(&r->way[from], now, data)) > 0;) {
        announce(r, from, data, len);
        if (write(r->tap[1 - from], data, len) < 0)
            r->way[from].refused++; /* as a device does that has no room */
    }
}

/* The emulated moment at which the next frame is due, in us. */
static uint64_t next_due(const struct relay *r)
{
    uint64_t due[2] = {relay_due(&r->way[0]), relay_due(&r->way[1])};
    uint64_t next = due[0] < due[1] ? due[0] : due[1];
    return next == RELAY_NEVER ? CLOCK_NEVER : (next + NS_PER_US - 1) / NS_PER_US;
}

/* Sleeps until a frame comes, one is due, or an answer has been waited for. */
static int wait_next(struct relay *r, struct pollfd fds[4])
{
    uint64_t left = watch_rest(&r->watch, next_due(r));
    struct timespec timeout = {(time_t)(left / NS_PER_SEC), (long)(left % NS_PER_SEC)};
    int n = ppoll(fds, 4, left == UINT64_MAX ? NULL : &timeout, NULL);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    int events = fds[0].revents | fds[1].revents;
    return (events & (POLLERR | POLLNVAL)) != 0 ? -EIO : 0;
}

/* Its end of file means nothing: who gives the orders ends this process too, when it ends. */
static void take_order(struct relay *r, struct pollfd *orders)
{
    struct relay_params params;
    if (recv(orders->fd, &params, sizeof params, MSG_DONTWAIT) != sizeof params) {
        orders->fd = -1;
        return;
    }
    for (int i = 0; i < 2; i++)
        relay_way_change(&r->way[i], &params);
}

int relay_run(struct relay *r)
{
    struct pollfd fds[4] = {{.fd = r->tap[0], .events = POLLIN},
                            {.fd = r->tap[1], .events = POLLIN},
                            {.fd = r->orders, .events = POLLIN},
                            {.fd = r->call, .events = POLLIN}};
    eventfd_t calls;
    if (r->watch.hands && !(r->guests = calloc(r->watch.hands->count, sizeof *r->guests)))
        return -ENOMEM;
    for (int rc = 0; rc == 0;) {
        uint64_t now = watch_wake(&r->watch) * NS_PER_US;
        await_relayed(r);
        if (fds[2].revents != 0)
            take_order(r, &fds[2]);
        if (fds[3].revents != 0)
            eventfd_read(r->call, &calls);
        for (int i = 0; i < 2 && rc == 0; i++) {
            if (fds[i].revents & POLLIN || i == RELAY_HQ) /* kernels answer while written to */
                rc = take_all(r, i, now);
            give_due(r, i, now);
        }
        rc = rc < 0 ? rc : wait_next(r, fds);
        if (rc < 0)
            return rc;
    }
    return 0;
}
