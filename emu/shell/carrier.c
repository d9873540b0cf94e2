/* carrier.c - see carrier.h. */
#include "emu/random.h"
#include "emu/shell/carrier.h"
#include "emu/shell/sock.h"

#include <errno.h>
#include <unistd.h>

/* ---- sockets: the core's operations -------------------------------------------------- */

struct ring_ref carrier_ear(const struct ear *e, enum ring_op op)
{
    return (struct ring_ref){.op = op, .generation = e->generation};
}

static void ear_close(struct carrier *c, struct ear *e)
{
    if (e->fd >= 0)
        ring_close(c->ring, e->fd);
    *e = (struct ear){.fd = -1, .generation = e->generation + 1};
}

/* Whether somebody beyond the LAN may send to this phone. */
static bool hears_servers(const struct carrier *c)
{
    bool connected = false;
    for (int conn = CONN_PEERS; conn < CONN_COUNT; conn++)
        connected = connected || tcp_peer(&c->tcp, conn);
    return connected || c->tftp.fd >= 0 || c->dhcp_open;
}

/* Tells the fleet's clock whether somebody may send to this phone. */
static void listen_for_mail(struct carrier *c)
{
    hand_listen(c->watch.hands, c->watch.slot,
                (c->udp.fd >= 0 ? EARS_PEERS : 0u) | (hears_servers(c) ? EARS_SERVER : 0u));
}

/* Something is on its way to that peer. */
static void mail(struct carrier *c, uint32_t ip)
{
    hands_mail_ip(c->watch.hands, c->watch.slot, ip, EARS_PEERS, c->now);
}

/* To a server, which answers. */
static void ask(struct carrier *c, uint32_t ip)
{
    if (!hands_mail_server(c->watch.hands, c->watch.slot, ip, c->now))
        watch_expect(&c->watch, WATCH_SERVER);
}

/* To the other end of a connection. */
static void mail_end(struct carrier *c, int conn)
{
    if (conn < CONN_PEERS)
        mail(c, tcp_peer(&c->tcp, conn));
    else if (tcp_peer(&c->tcp, conn))
        ask(c, tcp_peer(&c->tcp, conn));
}

/* A file by HTTP comes piece by piece, until it is closed. */
void carrier_heard(struct carrier *c)
{
    if (!c->watch.hands || !c->watch.hands->server_is_near)
        return;
    watch_answered(&c->watch, WATCH_SERVER);
    if (tcp_peer(&c->tcp, CONN_HTTP))
        watch_expect(&c->watch, WATCH_SERVER);
}

/* ---- the interface ------------------------------------------------------------------- */

static void op_net_address(void *ctx, const struct net_address *address)
{
    struct carrier *c = ctx;
    struct phone_request request = {.op = REQUEST_ADDRESS, .address = *address};
    c->address = *address;
    watch_expect(&c->watch, WATCH_SERVER);
    if (c->watch.hands)
        hands_mail(c->watch.hands, hands_launcher(c->watch.hands), c->now);
    if (send(c->setup->control_fd, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        c->addressing++;
}

static void op_dhcp_close(void *ctx)
{
    struct carrier *c = ctx;
    c->dhcp_open = false;
    listen_for_mail(c);
    watch_answered(&c->watch, WATCH_SERVER);
}

/* The socket stays open: only the launcher can bind it. What came while nobody listened is not
 * heard. */
static int op_dhcp_open(void *ctx)
{
    struct carrier *c = ctx;
    if (c->setup->dhcp_fd < 0)
        return -ENOTSUP;
    c->dhcp_open = true;
    listen_for_mail(c);
    return 0;
}

static void op_dhcp_send(void *ctx, uint32_t to, const void *data, size_t len)
{
    struct carrier *c = ctx;
    if (!c->dhcp_open)
        return;
    if (!hands_mail_dhcp(c->watch.hands, c->watch.slot, to == INADDR_BROADCAST, c->now))
        watch_expect(&c->watch, WATCH_SERVER);
    sock_send(c->setup->dhcp_fd, (struct addr){to, DHCP_SERVER_PORT}, data, len);
}

static void op_frame_send(void *ctx, enum frame_kind kind, const void *frame, size_t len)
{
    struct carrier *c = ctx;
    int fd = c->setup->frame_fd[kind];
    if (kind == FRAME_ARP && fd >= 0) {
        sock_hear_arp(fd, frame, len);
        watch_expect(&c->watch, WATCH_KERNEL); /* the kernel of who has the address answers */
    }
    sock_send_frame(fd, frame, len);
}

static void op_datagram(void *ctx, struct addr to, const void *data, size_t len)
{
    struct carrier *c = ctx;
    int fd = sock_udp(0);
    hands_mail_server(c->watch.hands, c->watch.slot, to.ip, c->now);
    sock_send(fd, to, data, len);
    if (fd >= 0)
        close(fd);
}

/* ---- sharing and TFTP ---------------------------------------------------------------- */

static void op_peer_close(void *ctx)
{
    struct carrier *c = ctx;
    tcp_abort(&c->tcp, CONN_PEERS);
    c->deaf = false;
    ear_close(c, &c->listener);
    ear_close(c, &c->udp);
    listen_for_mail(c);
}

static int op_peer_open(void *ctx)
{
    struct carrier *c = ctx;
    op_peer_close(c);
    int udp = sock_udp(CPPDP_PORT);
    if (udp < 0)
        return udp;
    int listener = sock_listen(CPPDP_PORT);
    if (listener < 0) {
        close(udp);
        return listener;
    }
    c->udp.fd = udp;
    c->listener.fd = listener;
    ring_datagrams(c->ring, udp, carrier_ear(&c->udp, RING_UDP));
    ring_accept(c->ring, listener, carrier_ear(&c->listener, RING_ACCEPT));
    listen_for_mail(c);
    return 0;
}

static void op_udp_send(void *ctx, uint32_t ip, const void *data, size_t len)
{
    struct carrier *c = ctx;
    mail(c, ip);
    sock_send(c->udp.fd, (struct addr){ip, CPPDP_PORT}, data, len);
}

static void op_udp_broadcast(void *ctx, const void *data, size_t len)
{
    struct carrier *c = ctx;
    const struct net_address *own = &c->address;
    uint32_t all = own->ip | htonl(UINT32_MAX >> own->prefix_len);
    hands_mail_subnet(c->watch.hands, c->watch.slot, own->ip, own->prefix_len, c->now);
    sock_send(c->udp.fd, (struct addr){all, CPPDP_PORT}, data, len);
}

static void op_tftp_close(void *ctx)
{
    struct carrier *c = ctx;
    ear_close(c, &c->tftp);
    listen_for_mail(c);
    watch_answered(&c->watch, WATCH_SERVER);
}

static int op_tftp_open(void *ctx)
{
    struct carrier *c = ctx;
    ear_close(c, &c->tftp);
    int fd = sock_udp(0);
    if (fd < 0)
        return fd;
    c->tftp.fd = fd;
    ring_datagrams(c->ring, fd, carrier_ear(&c->tftp, RING_TFTP));
    listen_for_mail(c);
    return 0;
}

static void op_tftp_send(void *ctx, struct addr to, const void *data, size_t len)
{
    struct carrier *c = ctx;
    ask(c, to.ip);
    sock_send(c->tftp.fd, to, data, len);
}

/* The other end's kernel answers at once; where that is behind a WAN, the relay waits for it. */
static void op_tcp_connect(void *ctx, int conn, struct addr to)
{
    struct carrier *c = ctx;
    bool far = c->watch.hands && !c->watch.hands->server_is_near && conn >= CONN_PEERS;
    tcp_op_connect(&c->tcp, conn, to);
    listen_for_mail(c);
    mail_end(c, conn);
    if (!far)
        watch_expect(&c->watch, WATCH_KERNEL);
}

static void op_tcp_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                        size_t body_len)
{
    struct carrier *c = ctx;
    const void *served = flash_served(c->flash, body, body_len);
    mail_end(c, conn);
    tcp_op_send(&c->tcp, conn, head, head_len, served, body_len);
}

/* A server may have closed it before: then the end is nobody's mail. */
static void op_tcp_close(void *ctx, int conn)
{
    struct carrier *c = ctx;
    if (conn < CONN_PEERS)
        mail_end(c, conn);
    tcp_op_close(&c->tcp, conn, c->now);
    listen_for_mail(c);
}

static void op_tcp_move(void *ctx, int from, int to)
{
    struct carrier *c = ctx;
    tcp_op_move(&c->tcp, from, to);
}

void carrier_silence(struct carrier *c)
{
    op_peer_close(c);
    op_tftp_close(c);
    op_dhcp_close(c);
    tcp_abort(&c->tcp, CONN_COUNT);
}

/* ---- flash, report, random: the core's operations ------------------------------------ */

/* The core makes a "Flash Error" of any error. Where it was not the core's own doing, nor want of
 * memory, the disk under the flash is what failed. Passes the error on. */
static int written(struct carrier *c, int error)
{
    if (error != 0 && error != -EINVAL && error != -ENOMEM)
        report_lost(&c->report, LOST_FLASH, error);
    return error;
}

static int op_flash_begin(void *ctx, const char *name, const uint8_t *digest)
{
    return flash_begin(((struct carrier *)ctx)->flash, name, digest);
}

static int op_flash_append(void *ctx, const void *data, size_t len)
{
    struct carrier *c = ctx;
    return written(c, flash_append(c->flash, data, len));
}

static int op_flash_view(void *ctx, struct flash_view *view)
{
    struct carrier *c = ctx;
    return written(c, flash_view(c->flash, view));
}

static int op_flash_commit(void *ctx, bool authentic)
{
    struct carrier *c = ctx;
    c->release = false;
    return written(c, flash_commit(c->flash, authentic));
}

static void op_flash_discard(void *ctx)
{
    flash_discard(((struct carrier *)ctx)->flash);
}

/* A file opened since a release was asked for keeps the others, too, until the next release. */
static int op_flash_open(void *ctx, const char *name, struct flash_view *view)
{
    struct carrier *c = ctx;
    c->release = false;
    return flash_open(c->flash, name, view);
}

static void op_flash_release(void *ctx)
{
    struct carrier *c = ctx;
    c->release = tcp_holds_body(&c->tcp);
    if (!c->release)
        flash_release(c->flash);
}

static void op_flash_keep(void *ctx, const char *const *names, size_t count)
{
    flash_keep(((struct carrier *)ctx)->flash, names, count);
}

static int op_flash_activate(void *ctx, const char *load)
{
    struct carrier *c = ctx;
    return written(c, flash_activate(c->flash, load));
}

static uint32_t op_random(void *ctx)
{
    return random_word(&((struct carrier *)ctx)->random);
}

static void op_log(void *ctx, const char *line)
{
    report_log(&((struct carrier *)ctx)->report, line);
}

static void op_event(void *ctx, const char *json)
{
    report_event(&((struct carrier *)ctx)->report, json);
}

static void op_status(void *ctx, const struct phone_status *status)
{
    report_status(&((struct carrier *)ctx)->report, status);
}

static void op_page(void *ctx, const char *text, size_t len)
{
    struct carrier *c = ctx;
    report_page(&c->report, c->setup->page_fd, text, len);
}

const struct phone_ops carrier_ops = {
    .net_address = op_net_address,
    .dhcp_open = op_dhcp_open,
    .dhcp_close = op_dhcp_close,
    .dhcp_send = op_dhcp_send,
    .frame_send = op_frame_send,
    .datagram = op_datagram,
    .peer_open = op_peer_open,
    .peer_close = op_peer_close,
    .udp_broadcast = op_udp_broadcast,
    .udp_send = op_udp_send,
    .tftp_open = op_tftp_open,
    .tftp_close = op_tftp_close,
    .tftp_send = op_tftp_send,
    .tcp_connect = op_tcp_connect,
    .tcp_send = op_tcp_send,
    .tcp_close = op_tcp_close,
    .tcp_move = op_tcp_move,
    .flash_begin = op_flash_begin,
    .flash_append = op_flash_append,
    .flash_view = op_flash_view,
    .flash_commit = op_flash_commit,
    .flash_discard = op_flash_discard,
    .flash_open = op_flash_open,
    .flash_release = op_flash_release,
    .flash_activate = op_flash_activate,
    .flash_keep = op_flash_keep,
    .random = op_random,
    .log = op_log,
    .event = op_event,
    .status = op_status,
    .page = op_page,
};
