/* tcp.c - see tcp.h. */
#include "emu/shell/tcp.h"
#include "emu/core/phone.h"
#include "emu/shell/sock.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define SPARE 2 /* callers may not take the last ones: our own connection needs one */

/* ---- a connection's life ------------------------------------------------------------- */

void tcp_init(struct tcp_table *t, struct ring *ring)
{
    *t = (struct tcp_table){.ring = ring};
    for (int i = 0; i < TCP_ALL; i++)
        t->all[i] = (struct tcp){.fd = -1, .slot = CONN_NONE, .linger_until = NEVER};
}

static struct ring_ref ref_of(const struct tcp_table *t, const struct tcp *c, enum ring_op op)
{
    return (struct ring_ref){.op = op, .slot = (uint8_t)(c - t->all), .generation = c->generation};
}

/* A free one that takes over fd, leaving so many more free. NULL: fd is still the caller's. */
static struct tcp *take(struct tcp_table *t, int fd, int spare)
{
    struct tcp *c = NULL;
    int unused = 0;
    for (int i = 0; i < TCP_ALL; i++)
        if (!t->all[i].rx) {
            c = &t->all[i];
            unused++;
        }
    if (unused <= spare)
        return NULL;
    void *rx = mmap(NULL, TCP_READ, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (rx == MAP_FAILED)
        return NULL;
    c->rx = rx;
    c->fd = fd;
    return c;
}

/* Free again, once it is closed and the ring has let go of it. */
static void settle(struct tcp *c)
{
    if (c->fd >= 0 || c->pending > 0 || !c->rx)
        return;
    munmap(c->rx, TCP_READ);
    *c = (struct tcp){.fd = -1, .slot = CONN_NONE, .linger_until = NEVER,
                      .generation = c->generation + 1};
}

static void attach(struct tcp_table *t, struct tcp *c, int slot)
{
    c->slot = slot;
    t->slots[slot] = c;
}

static void detach(struct tcp_table *t, struct tcp *c)
{
    if (c->slot != CONN_NONE)
        t->slots[c->slot] = NULL;
    c->slot = CONN_NONE;
}

static void drop(struct tcp_table *t, struct tcp *c)
{
    detach(t, c);
    c->linger_until = NEVER;
    if (c->fd >= 0)
        ring_close(t->ring, c->fd);
    c->fd = -1;
    settle(c);
}

/* The other end is gone, or the connection never came to be. */
static void ended(struct tcp_table *t, struct phone *phone, struct tcp *c, int error, usec now)
{
    int slot = c->slot;
    drop(t, c);
    if (slot != CONN_NONE)
        phone_tcp_closed(phone, slot, error, now);
}

static void receive(struct tcp_table *t, struct tcp *c)
{
    c->pending++;
    ring_recv(t->ring, c->fd, ref_of(t, c, RING_RECV), c->rx, TCP_READ);
}

static void send_rest(struct tcp_table *t, struct tcp *c)
{
    c->pending++;
    ring_send(t->ring, c->fd, ref_of(t, c, RING_SEND), &c->msg);
}

/* ---- the core's operations ----------------------------------------------------------- */

void tcp_op_connect(struct tcp_table *t, int conn, struct addr to)
{
    int fd = sock_tcp();
    struct tcp *c = fd >= 0 ? take(t, fd, 0) : NULL;
    if (!c) {
        t->failed[conn] = fd < 0 ? fd : -ENOBUFS;
        if (fd >= 0)
            close(fd);
        return;
    }
    if (conn == CONN_HTTP)
        sock_window(fd, TCP_HTTP_WINDOW);
    attach(t, c, conn);
    c->peer = to.ip;
    c->to = sock_addr(to);
    c->pending++;
    ring_connect(t->ring, fd, ref_of(t, c, RING_CONNECT), &c->to);
}

void tcp_op_send(struct tcp_table *t, int conn, const void *head, size_t head_len,
                 const void *body, size_t body_len)
{
    struct tcp *c = t->slots[conn];
    if (!c || c->sending || head_len > sizeof c->head)
        return; /* not what core.h allows */
    memcpy(c->head, head, head_len);
    c->iov[0] = (struct iovec){c->head, head_len};
    c->iov[1] = (struct iovec){(void *)body, body_len};
    c->msg = (struct msghdr){.msg_iov = c->iov, .msg_iovlen = body_len ? 2 : 1};
    c->sending = true;
    send_rest(t, c);
}

/* It has had its time. Its other end may never close, and would keep the kernel waiting. */
static void end_lingerer(struct tcp_table *t, struct tcp *c)
{
    sock_reset_on_close(c->fd);
    drop(t, c);
}

/* Makes room for one more to linger: the one that has for longest ends. */
static void end_oldest_lingerer(struct tcp_table *t)
{
    struct tcp *oldest = NULL;
    int count = 0;
    for (int i = 0; i < TCP_ALL; i++) {
        struct tcp *c = &t->all[i];
        if (c->linger_until == NEVER)
            continue;
        count++;
        if (!oldest || c->linger_until < oldest->linger_until)
            oldest = c;
    }
    if (count >= TCP_LINGERERS)
        end_lingerer(t, oldest);
}

void tcp_op_close(struct tcp_table *t, int conn, usec now)
{
    struct tcp *c = t->slots[conn];
    t->failed[conn] = 0;
    if (!c)
        return;
    detach(t, c);
    if (c->sending) {
        end_oldest_lingerer(t);
        c->linger_until = now + TCP_LINGER;
    } else {
        if (conn >= CONN_LOBBY && conn < CONN_PEERS) /* a caller that is not wanted */
            sock_reset_on_close(c->fd);
        drop(t, c);
    }
}

void tcp_op_move(struct tcp_table *t, int from, int to)
{
    struct tcp *c = t->slots[from];
    if (!c)
        return;
    detach(t, c);
    attach(t, c, to);
}

/* ---- events -------------------------------------------------------------------------- */

void tcp_accepted(struct tcp_table *t, struct phone *phone, int fd, usec now)
{
    uint32_t ip = sock_peer(fd);
    struct tcp *c = ip ? take(t, fd, SPARE) : NULL;
    if (!c) {
        sock_reset_on_close(fd);
        close(fd);
        return;
    }
    int slot = phone_tcp_accepted(phone, ip, now);
    if (slot == CONN_NONE) {
        sock_reset_on_close(fd);
        drop(t, c);
        return;
    }
    attach(t, c, slot);
    c->peer = ip;
    receive(t, c);
}

static void connected(struct tcp_table *t, struct phone *phone, struct tcp *c, int res, usec now)
{
    if (res < 0) {
        ended(t, phone, c, res, now);
        return;
    }
    receive(t, c);
    phone_tcp_connected(phone, c->slot, now);
}

static void received(struct tcp_table *t, struct phone *phone, struct tcp *c, int res, usec now)
{
    if (res <= 0) {
        ended(t, phone, c, res, now);
        return;
    }
    if (c->slot != CONN_NONE)
        phone_tcp_data(phone, c->slot, c->rx, (size_t)res, now);
    if (c->fd >= 0)
        receive(t, c);
}

/* Takes n bytes off what is left to send; false when nothing is. */
static bool left_to_send(struct tcp *c, size_t n)
{
    struct msghdr *m = &c->msg;
    for (; m->msg_iovlen && n >= m->msg_iov->iov_len; m->msg_iov++, m->msg_iovlen--)
        n -= m->msg_iov->iov_len;
    if (!m->msg_iovlen)
        return false;
    m->msg_iov->iov_base = (uint8_t *)m->msg_iov->iov_base + n;
    m->msg_iov->iov_len -= n;
    return true;
}

static void sent(struct tcp_table *t, struct phone *phone, struct tcp *c, int res, usec now)
{
    if (res < 0) {
        ended(t, phone, c, res, now);
    } else if (left_to_send(c, (size_t)res)) {
        c->sending = true;
        send_rest(t, c);
    } else if (c->slot != CONN_NONE) {
        phone_tcp_sent(phone, c->slot, now);
    } else {
        /* Not closed yet: bytes not read would turn it into a reset, which may overtake ours. */
        shutdown(c->fd, SHUT_WR);
    }
}

void tcp_done(struct tcp_table *t, struct phone *phone, const struct ring_done *done, usec now)
{
    struct tcp *c = &t->all[done->ref.slot];
    if (done->ref.slot >= TCP_ALL || c->generation != done->ref.generation)
        return;
    if (done->ref.op == RING_SEND)
        c->sending = false;
    if (c->fd >= 0) {
        if (done->ref.op == RING_CONNECT)
            connected(t, phone, c, done->res, now);
        else if (done->ref.op == RING_RECV)
            received(t, phone, c, done->res, now);
        else
            sent(t, phone, c, done->res, now);
    }
    c->pending--; /* only now: the core was reading our buffer */
    settle(c);
}

/* ---- timers -------------------------------------------------------------------------- */

usec tcp_deadline(const struct tcp_table *t)
{
    usec at = NEVER;
    for (int i = 0; i < CONN_COUNT; i++)
        if (t->failed[i])
            return 0;
    for (int i = 0; i < TCP_ALL; i++)
        if (t->all[i].linger_until < at)
            at = t->all[i].linger_until;
    return at;
}

void tcp_timers(struct tcp_table *t, struct phone *phone, usec now)
{
    for (int i = 0; i < TCP_ALL; i++)
        if (t->all[i].linger_until <= now)
            end_lingerer(t, &t->all[i]);
    for (int i = 0; i < CONN_COUNT; i++) {
        int error = t->failed[i];
        t->failed[i] = 0;
        if (error)
            phone_tcp_closed(phone, i, error, now);
    }
}

void tcp_abort(struct tcp_table *t, int slots)
{
    for (int i = 0; i < TCP_ALL; i++)
        if (t->all[i].rx && t->all[i].slot < slots)
            drop(t, &t->all[i]);
    memset(t->failed, 0, (size_t)slots * sizeof *t->failed);
}

uint32_t tcp_peer(const struct tcp_table *t, int conn)
{
    return t->slots[conn] ? t->slots[conn]->peer : 0;
}

bool tcp_holds_body(const struct tcp_table *t)
{
    for (int i = 0; i < TCP_ALL; i++)
        if (t->all[i].sending && t->all[i].iov[1].iov_len > 0)
            return true;
    return false;
}

bool tcp_busy(const struct tcp_table *t)
{
    for (int i = 0; i < TCP_ALL; i++)
        if (t->all[i].rx)
            return true;
    return false;
}
