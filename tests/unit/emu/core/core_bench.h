/* core_bench.h - one phone on a carrier of memory: virtual time, a TFTP server of the committed
 * samples, peers played by the test. Records datagrams, connections, console and event lines, and
 * holds the phone to the contract of core.h: no send on a busy or closed connection, no slot used
 * twice, no append without a download, and after its timers have run a later deadline.
 *
 * What drives it stands in core_play.h.
 */
#ifndef CORE_BENCH_H
#define CORE_BENCH_H

#include "emu/core/arp.h"
#include "emu/core/console.h"
#include "emu/core/page.h"
#include "emu/core/phone-private.h"
#include "emu/core/phone.h"
#include "emu/core/wire.h"
#include "emu/core/worth.h"
#include "tests/unit/unit.h"

#include <errno.h>

#define SAMPLES  "firmware-samples/"
#define MODEL    "CP-7961G"
#define OLD_LOAD "SCCP41.9-4-2SR1-1S"
#define NEW_LOAD "SCCP41.9-4-2SR3-1S"
#define INDEX    NEW_LOAD ".loads"
#define FIRST    "jar41sccp.9-4-2ES26.sbn"
#define SERVER_IP 0x0200a8c0u
#define OWN_IP    0x0a006a0au
#define PEER(n)   (0x14006a0au + ((uint32_t)(n) << 24)) /* 10.106.0.(20+n) */
#define OWN_XID   0x080027f8u
#define XID(n)    (0x11110000u + (uint32_t)(n))
#define BENCH_FILES 16

struct bench_file {
    char name[NAME_MAX_LEN];
    uint8_t *data;
    size_t len;
    bool shared; /* on the flash: committed as authentic */
};

struct bench_conn {
    enum { CONN_IS_FREE, CONN_IS_CONNECTING, CONN_IS_OPEN } state;
    uint32_t ip;
    unsigned serial; /* of those that were accepted, from 1 */
    bool busy;      /* tcp_send not yet reported as sent */
    uint8_t *out;   /* all that the phone has sent */
    size_t out_len, out_at;
};

struct bench_datagram {
    uint32_t to; /* 0: broadcast */
    usec at;
    struct wire_msg msg;
};

/* A DHCP message that the phone has sent. */
struct bench_dhcp {
    uint32_t to;
    usec at;
    uint8_t raw[DHCP_BUILT];
    struct dhcp_message msg;
};

/* What the server answers in place of a block of a file, block 0: the request; so many times. */
#define BENCH_SILENT 0xffff /* for a code: nothing at all */
struct bench_answer {
    const char *name;     /* or the beginning of it */
    uint32_t block;       /* 0: to the request; else in place of that block */
    uint16_t code;        /* of an ERROR */
    const char *text;     /* behind it; or the whole packet, of len bytes */
    size_t len;
    unsigned times;
};

struct bench {
    struct phone *phone;
    struct phone_identity id;
    usec now;
    uint32_t random; /* what the carrier's next draws give, if fixed; else a counter */
    bool random_fixed;

    struct net_address address; /* of the interface */
    unsigned addressing;  /* requests to the launcher that are not answered yet */
    bool dhcp_listens;
    int dhcp_error;       /* dhcp_open gives that */
    struct bench_dhcp *dhcp;
    size_t dhcp_count, dhcp_at; /* dhcp_at: what the test has looked at */
    uint8_t frame[ARP_FRAME];   /* the latest */
    size_t frames;

    int port_error;       /* peer_open gives that, port_errors times (-1: always) */
    int port_errors, port_opens;
    bool listening;
    struct bench_datagram *udp;
    size_t udp_count, udp_at; /* udp_at: what the test has looked at */
    struct bench_conn conn[CONN_COUNT];
    bool hold_sent;       /* connections stay busy until the test says so */

    struct bench_file server[BENCH_FILES], flash[BENCH_FILES];
    bool server_down;
    struct bench_answer answers[8]; /* other than the file; the first that fits */
    uint32_t asked_ip;    /* where the last TFTP packet went; the answer comes from there */
    char requested[8192]; /* names of all read requests, each followed by a blank */
    struct bench_file *serving;
    uint32_t block;
    uint16_t tid;
    uint8_t reply[600];
    size_t reply_len;     /* 0: nothing on its way */
    usec reply_at;        /* when it is here */
    usec round_trip;      /* to the server; 0: next to none */

    struct bench_file download;
    bool downloading;
    unsigned accepted;
    char page[PAGE_MAX];
    char line[1025];      /* the last one for a log server, */
    struct addr line_to;  /* where it went, and how many there were */
    size_t lines;
    int flash_begin_error, flash_append_error, flash_commit_error, flash_activate_error;
    char active[NAME_MAX_LEN];

    char (*log)[CONSOLE_LINE];
    size_t log_count;
    char (*event)[EVENT_LINE];
    size_t event_count;
    size_t statuses;
};

/* ---- files --------------------------------------------------------------------------- */

/* Room for one item more behind count of them, by doubling: with sanitizers each growth is a copy. */
static inline void *bench_room(void *items, size_t count, size_t size)
{
    bool full = (count & (count - 1)) == 0;
    return full ? realloc(items, (count ? 2 * count : 1) * size) : items;
}

static inline uint8_t *bench_read(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s: run the tests from the project's top", path);
    uint8_t *data = malloc(4 << 20);
    assert_non_null(data);
    *len = fread(data, 1, 4 << 20, f);
    fclose(f);
    return realloc(data, *len ? *len : 1); /* so that a read past its end is seen */
}

static inline struct bench_file *bench_find(struct bench_file *files, const char *name)
{
    for (size_t i = 0; i < BENCH_FILES; i++)
        if (files[i].data && strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

/* Puts a file there, or replaces it; takes data over. */
static inline void bench_put(struct bench_file *files, const char *name, uint8_t *data, size_t len)
{
    struct bench_file *f = bench_find(files, name);
    for (size_t i = 0; !f && i < BENCH_FILES; i++)
        if (!files[i].data)
            f = &files[i];
    assert_non_null(f);
    free(f->data);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->data = data;
    f->len = len;
}

static inline void bench_remove(struct bench_file *files, const char *name)
{
    struct bench_file *f = bench_find(files, name);
    if (f) {
        free(f->data);
        *f = (struct bench_file){0};
    }
}

/* ---- the carrier --------------------------------------------------------------------- */

static inline void bench_net_address(void *ctx, const struct net_address *address)
{
    struct bench *b = ctx;
    b->address = *address;
    b->addressing++;
}

static inline int bench_dhcp_open(void *ctx)
{
    struct bench *b = ctx;
    assert_false(b->dhcp_listens);
    b->dhcp_listens = true;
    return b->dhcp_error;
}

static inline void bench_dhcp_close(void *ctx)
{
    struct bench *b = ctx;
    assert_true(b->dhcp_listens);
    b->dhcp_listens = false;
}

static inline void bench_dhcp_send(void *ctx, uint32_t to, const void *data, size_t len)
{
    struct bench *b = ctx;
    assert_true(b->dhcp_listens);
    assert_int_equal(len, DHCP_BUILT);
    if (b->dhcp_error)
        return;
    b->dhcp = bench_room(b->dhcp, b->dhcp_count, sizeof *b->dhcp);
    struct bench_dhcp *d = &b->dhcp[b->dhcp_count++];
    d->to = to;
    d->at = b->now;
    memcpy(d->raw, data, len);
    assert_null(dhcpwire_read(data, len, &d->msg));
}

static inline void bench_frame_send(void *ctx, enum frame_kind kind, const void *frame, size_t len)
{
    struct bench *b = ctx;
    if (kind != FRAME_ARP)
        return;
    assert_int_equal(len, ARP_FRAME);
    memcpy(b->frame, frame, len);
    b->frames++;
}

static inline int bench_peer_open(void *ctx)
{
    struct bench *b = ctx;
    b->port_opens++;
    if (b->port_errors) {
        b->port_errors -= b->port_errors > 0;
        return b->port_error;
    }
    assert_false(b->listening);
    b->listening = true;
    return 0;
}

static inline void bench_tcp_close(void *ctx, int conn)
{
    struct bench *b = ctx;
    b->conn[conn].state = CONN_IS_FREE; /* what was sent stays to be looked at */
    b->conn[conn].busy = false;
}

static inline void bench_peer_close(void *ctx)
{
    struct bench *b = ctx;
    b->listening = false;
    for (int i = 0; i < CONN_PEERS; i++)
        bench_tcp_close(b, i);
}

static inline void bench_datagram_sent(struct bench *b, uint32_t to, const void *data, size_t len)
{
    assert_true(b->listening);
    b->udp = bench_room(b->udp, b->udp_count, sizeof *b->udp);
    struct bench_datagram *d = &b->udp[b->udp_count++];
    *d = (struct bench_datagram){.to = to, .at = b->now};
    assert_null(wire_decode(data, len, &d->msg)); /* a phone never sends what it would refuse */
}

static inline void bench_udp_broadcast(void *ctx, const void *data, size_t len)
{
    bench_datagram_sent(ctx, 0, data, len);
}

static inline void bench_udp_send(void *ctx, uint32_t ip, const void *data, size_t len)
{
    assert_int_not_equal(ip, 0);
    bench_datagram_sent(ctx, ip, data, len);
}

static inline int bench_tftp_open(void *ctx)
{
    ((struct bench *)ctx)->reply_len = 0;
    return 0;
}

static inline void bench_tftp_close(void *ctx)
{
    ((struct bench *)ctx)->reply_len = 0;
}

static inline void bench_send_block(struct bench *b)
{
    size_t at = (size_t)b->block++ * TFTP_BLOCK;
    size_t len = b->serving->len - at < TFTP_BLOCK ? b->serving->len - at : TFTP_BLOCK;
    memcpy(b->reply, (uint8_t[]){0, 3, (uint8_t)(b->block >> 8), (uint8_t)b->block}, 4);
    memcpy(b->reply + 4, b->serving->data + at, len);
    b->reply_len = 4 + len;
}

/* Whether the server answers something else than the block that is due. */
static inline bool bench_answers(struct bench *b, const char *name)
{
    for (size_t i = 0; i < sizeof b->answers / sizeof *b->answers; i++) {
        struct bench_answer *a = &b->answers[i];
        if (!a->times || a->block != b->block + (b->block > 0) ||
            strncmp(name, a->name, strlen(a->name)) != 0)
            continue;
        a->times--;
        memcpy(b->reply, (uint8_t[]){0, 5, (uint8_t)(a->code >> 8), (uint8_t)a->code}, 4);
        size_t head = a->len ? 0 : 4, len = a->len ? a->len : strlen(a->text) + 1;
        memcpy(b->reply + head, a->text, len);
        b->reply_len = a->code == BENCH_SILENT ? 0 : head + len;
        b->serving = NULL; /* and has forgotten the transfer */
        return true;
    }
    return false;
}

static inline void bench_tftp_send(void *ctx, struct addr to, const void *data, size_t len)
{
    static const uint8_t missing[] = "\0\5\0\1File not found";
    struct bench *b = ctx;
    const uint8_t *packet = data;
    assert_in_range(len, 4, 600);
    b->asked_ip = to.ip;
    b->reply_at = b->now + (b->round_trip ? b->round_trip : 10);
    if (packet[1] == 1) { /* a read request; a new transfer id each */
        assert_int_equal(to.port, TFTP_PORT);
        size_t used = strlen(b->requested);
        snprintf(b->requested + used, sizeof b->requested - used, "%s ", (const char *)data + 2);
        b->serving = bench_find(b->server, (const char *)data + 2);
        b->block = 0;
        b->tid++;
        memcpy(b->reply, missing, sizeof missing);
        b->reply_len = sizeof missing;
        if (bench_answers(b, (const char *)data + 2))
            return;
    }
    if ((packet[1] != 1 && packet[1] != 4) || !b->serving || bench_answers(b, b->serving->name))
        return;
    if (b->block == 0 || b->block * TFTP_BLOCK <= b->serving->len)
        bench_send_block(b);
}

static inline void bench_tcp_connect(void *ctx, int conn, struct addr to)
{
    struct bench_conn *c = &((struct bench *)ctx)->conn[conn];
    assert_int_equal(c->state, CONN_IS_FREE);
    free(c->out);
    *c = (struct bench_conn){.state = CONN_IS_CONNECTING, .ip = to.ip};
}

static inline void bench_tcp_send(void *ctx, int conn, const void *head, size_t head_len,
                                  const void *body, size_t body_len)
{
    struct bench_conn *c = &((struct bench *)ctx)->conn[conn];
    assert_int_equal(c->state, CONN_IS_OPEN);
    assert_false(c->busy);
    assert_in_range(head_len, 1, WIRE_MAX);
    c->busy = true;
    c->out = realloc(c->out, c->out_len + head_len + body_len);
    memcpy(c->out + c->out_len, head, head_len);
    if (body_len)
        memcpy(c->out + c->out_len + head_len, body, body_len);
    c->out_len += head_len + body_len;
}

static inline void bench_tcp_move(void *ctx, int from, int to)
{
    struct bench *b = ctx;
    assert_int_equal(b->conn[from].state, CONN_IS_OPEN);
    assert_int_equal(b->conn[to].state, CONN_IS_FREE);
    free(b->conn[to].out);
    b->conn[to] = b->conn[from];
    b->conn[from] = (struct bench_conn){0};
}

static inline void bench_flash_discard(void *ctx)
{
    struct bench *b = ctx;
    free(b->download.data);
    b->download = (struct bench_file){0};
    b->downloading = false;
}

static inline int bench_flash_begin(void *ctx, const char *name, const uint8_t *digest)
{
    struct bench *b = ctx;
    (void)digest;
    bench_flash_discard(b);
    if (b->flash_begin_error)
        return b->flash_begin_error;
    snprintf(b->download.name, sizeof b->download.name, "%s", name);
    b->downloading = true;
    return 0;
}

static inline int bench_flash_append(void *ctx, const void *data, size_t len)
{
    struct bench *b = ctx;
    assert_true(b->downloading);
    if (b->flash_append_error)
        return b->flash_append_error;
    b->download.data = realloc(b->download.data, b->download.len + len);
    memcpy(b->download.data + b->download.len, data, len);
    b->download.len += len;
    return 0;
}

static inline void bench_view(const struct bench_file *f, struct flash_view *view)
{
    *view = (struct flash_view){.data = f->data, .len = f->len};
    sha256(f->data, f->len, view->digest);
}

static inline int bench_flash_view(void *ctx, struct flash_view *view)
{
    struct bench *b = ctx;
    assert_true(b->downloading);
    bench_view(&b->download, view);
    return 0;
}

static inline int bench_flash_commit(void *ctx, bool authentic)
{
    struct bench *b = ctx;
    assert_true(b->downloading);
    if (b->flash_commit_error)
        return b->flash_commit_error;
    bench_put(b->flash, b->download.name, b->download.data, b->download.len);
    bench_find(b->flash, b->download.name)->shared = authentic;
    b->download = (struct bench_file){0};
    b->downloading = false;
    return 0;
}

static inline int bench_flash_open(void *ctx, const char *name, struct flash_view *view)
{
    struct bench_file *f = bench_find(((struct bench *)ctx)->flash, name);
    if (!f)
        return -ENOENT;
    bench_view(f, view);
    return 0;
}

static inline void bench_flash_release(void *ctx)
{
    assert_false(((struct bench *)ctx)->downloading); /* views of it would dangle */
}

static inline int bench_flash_activate(void *ctx, const char *load)
{
    struct bench *b = ctx;
    if (!b->flash_activate_error)
        snprintf(b->active, sizeof b->active, "%s", load);
    return b->flash_activate_error;
}

static inline void bench_flash_keep(void *ctx, const char *const *names, size_t count)
{
    struct bench *b = ctx;
    for (struct bench_file *f = b->flash; f < b->flash + BENCH_FILES; f++) {
        bool kept = false;
        for (size_t i = 0; i < count; i++)
            kept |= strcmp(f->name, names[i]) == 0;
        if (kept)
            continue;
        free(f->data);
        *f = (struct bench_file){.data = NULL};
    }
}

static inline uint32_t bench_random(void *ctx)
{
    struct bench *b = ctx;
    if (!b->random_fixed)
        b->random += 0x9e3779b9u;
    return b->random;
}

static inline void bench_log(void *ctx, const char *line)
{
    struct bench *b = ctx;
    b->log = bench_room(b->log, b->log_count, sizeof *b->log);
    snprintf(b->log[b->log_count++], CONSOLE_LINE, "%s", line);
}

static inline void bench_event(void *ctx, const char *json)
{
    struct bench *b = ctx;
    b->event = bench_room(b->event, b->event_count, sizeof *b->event);
    snprintf(b->event[b->event_count++], EVENT_LINE, "%s", json);
}

static inline void bench_status(void *ctx, const struct phone_status *status)
{
    ((struct bench *)ctx)->statuses++;
    assert_in_range(status->state, PHONE_READY, PHONE_FAILED);
}

static inline void bench_page(void *ctx, const char *text, size_t len)
{
    struct bench *b = ctx;
    snprintf(b->page, sizeof b->page, "%.*s", (int)len, text);
}

static inline void bench_datagram(void *ctx, struct addr to, const void *data, size_t len)
{
    struct bench *b = ctx;
    snprintf(b->line, sizeof b->line, "%.*s", (int)len, (const char *)data);
    b->line_to = to;
    b->lines++;
}

static const struct phone_ops bench_ops = {
    .net_address = bench_net_address,
    .dhcp_open = bench_dhcp_open,
    .dhcp_close = bench_dhcp_close,
    .dhcp_send = bench_dhcp_send,
    .frame_send = bench_frame_send,
    .datagram = bench_datagram,
    .peer_open = bench_peer_open,
    .peer_close = bench_peer_close,
    .udp_broadcast = bench_udp_broadcast,
    .udp_send = bench_udp_send,
    .tftp_open = bench_tftp_open,
    .tftp_close = bench_tftp_close,
    .tftp_send = bench_tftp_send,
    .tcp_connect = bench_tcp_connect,
    .tcp_send = bench_tcp_send,
    .tcp_close = bench_tcp_close,
    .tcp_move = bench_tcp_move,
    .flash_begin = bench_flash_begin,
    .flash_append = bench_flash_append,
    .flash_view = bench_flash_view,
    .flash_commit = bench_flash_commit,
    .flash_discard = bench_flash_discard,
    .flash_open = bench_flash_open,
    .flash_release = bench_flash_release,
    .flash_activate = bench_flash_activate,
    .flash_keep = bench_flash_keep,
    .random = bench_random,
    .log = bench_log,
    .event = bench_event,
    .status = bench_status,
    .page = bench_page,
};

#endif
