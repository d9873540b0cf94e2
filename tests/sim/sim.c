/* sim.c - see sim.h. */
#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { EV_START, EV_WAKE, EV_UDP, EV_TFTP, EV_SERVER, EV_ACCEPT, EV_CONNECTED, EV_DATA, EV_SENT, EV_CLOSED };

struct item {
    usec at;
    uint64_t order;
    enum kind kind;
    uint32_t node, from_ip;   /* node: whom it happens to */
    uint16_t port;            /* EV_TFTP, EV_SERVER: the phone's port */
    int conn;
    uint32_t gen;             /* of the connection's end */
    int peer_conn;
    uint32_t peer, peer_gen;
    size_t len;
    const uint8_t *data;      /* not owned, or NULL: */
    uint8_t *copy;            /* owned */
};

struct end {                  /* one end of a TCP connection */
    bool open;
    uint32_t gen, peer, peer_gen;
    int peer_conn;            /* -1 until accepted */
    usec last;                /* delivery of what was sent last */
};

struct node {
    struct sim *sim;
    struct phone *phone;
    uint64_t rng;
    bool alive, listening;
    usec wake;                /* earliest EV_WAKE in the queue */
    uint16_t port;            /* current TFTP port, 0 none */
    usec port_free;           /* LAN port busy until */
    struct end ends[CONN_COUNT];
    struct sim_file *files[SCREEN_BOXES + 1]; /* committed */
    size_t file_count;
    /* the download under way */
    char name[NAME_MAX_LEN];
    const struct sim_file *candidate;
    uint8_t *buffer;          /* only when it differs from the candidate */
    size_t len, room;
    bool downloading;
};

struct transfer {             /* the server's */
    const struct sim_file *file;
    uint16_t block;
    bool last;
};

struct sim {
    struct sim_options o;
    struct auth_key *key;
    struct node *nodes;
    struct transfer *transfers; /* one per node: its latest */
    struct item *heap;
    size_t used, room;
    uint64_t order, rng;
    usec now, wan_free[2];
    struct sim_file *files;
    size_t file_count;
    struct sim_counts counts;
};

static uint32_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15ull; /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return (uint32_t)((z ^ z >> 31) >> 32);
}

static bool chance(struct sim *s, double p)
{
    return p > 0 && next_random(&s->rng) < p * 4294967296.0;
}

/* ---- the queue ----------------------------------------------------------------------- */

static bool before(const struct item *a, const struct item *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void push(struct sim *s, struct item it)
{
    if (s->used == s->room) {
        s->room = s->room ? s->room * 2 : 1024;
        s->heap = realloc(s->heap, s->room * sizeof *s->heap);
        if (!s->heap)
            abort();
    }
    it.order = s->order++;
    size_t i = s->used++;
    for (; i > 0 && before(&it, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = it;
}

static struct item pop(struct sim *s)
{
    struct item top = s->heap[0], last = s->heap[--s->used];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < s->used; i = child) {
        if (child + 1 < s->used && before(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (!before(&s->heap[child], &last))
            break;
        s->heap[i] = s->heap[child];
    }
    s->heap[i] = last;
    return top;
}

static uint32_t node_ip(uint32_t i)
{
    return htonl(SIM_SUBNET + 16 + i);
}

static long node_of(const struct sim *s, uint32_t ip)
{
    uint32_t i = ntohl(ip) - SIM_SUBNET - 16;
    return i < s->o.phones ? (long)i : -1;
}

static uint32_t index_of(const struct node *n)
{
    return (uint32_t)(n - n->sim->nodes);
}

static uint8_t *copy_of(const void *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (!copy)
        abort();
    return memcpy(copy, data, len);
}

static void schedule_wake(struct node *n)
{
    usec at = phone_deadline(n->phone);
    if (at == NEVER || at >= n->wake)
        return;
    n->wake = at < n->sim->now ? n->sim->now : at;
    push(n->sim, (struct item){.at = n->wake, .kind = EV_WAKE, .node = index_of(n)});
}

/* ---- UDP ----------------------------------------------------------------------------- */

static int op_peer_open(void *ctx)
{
    ((struct node *)ctx)->listening = true;
    return 0;
}

static void end_close(struct node *n, int conn)
{
    struct sim *s = n->sim;
    struct end *e = &n->ends[conn];
    if (!e->open)
        return;
    e->open = false;
    e->gen++;
    if (e->peer_conn < 0)
        return;
    usec at = s->now + SIM_LAN_DELAY;
    push(s, (struct item){.at = at > e->last ? at : e->last, .kind = EV_CLOSED, .node = e->peer,
                          .conn = e->peer_conn, .gen = e->peer_gen});
}

static void op_peer_close(void *ctx)
{
    struct node *n = ctx;
    n->listening = false;
    for (int i = 0; i < CONN_COUNT; i++)
        end_close(n, i);
}

static void deliver_udp(struct node *n, uint32_t to, const void *data, size_t len)
{
    struct sim *s = n->sim;
    if (chance(s, s->o.udp_loss))
        return;
    push(s, (struct item){.at = s->now + SIM_LAN_DELAY, .kind = EV_UDP, .node = to,
                          .from_ip = node_ip(index_of(n)), .len = len, .copy = copy_of(data, len)});
}

static void op_udp_broadcast(void *ctx, const void *data, size_t len)
{
    struct node *n = ctx;
    n->sim->counts.broadcasts++;
    for (uint32_t i = 0; i < n->sim->o.phones; i++)
        if (i != index_of(n))
            deliver_udp(n, i, data, len);
}

static void op_udp_send(void *ctx, uint32_t ip, const void *data, size_t len)
{
    struct node *n = ctx;
    n->sim->counts.unicasts++;
    long to = node_of(n->sim, ip);
    if (to >= 0)
        deliver_udp(n, (uint32_t)to, data, len);
}

/* ---- TFTP over the WAN --------------------------------------------------------------- */

static usec wan(struct sim *s, int direction, size_t bytes)
{
    usec start = s->wan_free[direction] > s->now ? s->wan_free[direction] : s->now;
    usec busy = s->o.wan_bps ? (bytes + 42) * 8 * USEC_SEC / s->o.wan_bps : 0;
    s->wan_free[direction] = start + busy;
    return start + busy + s->o.wan_delay;
}

static int op_tftp_open(void *ctx)
{
    struct node *n = ctx;
    n->port = (uint16_t)(n->port < 65000 ? n->port + 1 : 1);
    return 0;
}

static void op_tftp_close(void *ctx)
{
    (void)ctx; /* the port number stays taken; what still comes for it is told apart by it */
}

static void op_tftp_send(void *ctx, struct addr to, const void *data, size_t len)
{
    struct node *n = ctx;
    (void)to;
    push(n->sim, (struct item){.at = wan(n->sim, 0, len), .kind = EV_SERVER, .node = index_of(n),
                               .port = n->port, .len = len, .copy = copy_of(data, len)});
}

static void server_reply(struct sim *s, const struct item *it, const uint8_t *packet, size_t len)
{
    push(s, (struct item){.at = wan(s, 1, len), .kind = EV_TFTP, .node = it->node,
                          .port = it->port, .len = len, .copy = copy_of(packet, len)});
}

static void server_block(struct sim *s, const struct item *it, struct transfer *t)
{
    uint8_t packet[4 + 512] = {0, 3};
    size_t at = (size_t)t->block * 512;
    size_t len = t->file->len - at < 512 ? t->file->len - at : 512;
    t->block++;
    packet[2] = (uint8_t)(t->block >> 8);
    packet[3] = (uint8_t)t->block;
    memcpy(packet + 4, t->file->data + at, len);
    t->last = len < 512;
    server_reply(s, it, packet, 4 + len);
}

static struct sim_file *find_file(struct sim *s, const char *name)
{
    for (size_t i = 0; i < s->file_count; i++)
        if (strcmp(s->files[i].name, name) == 0)
            return &s->files[i];
    return NULL;
}

static void server(struct sim *s, const struct item *it)
{
    struct transfer *t = &s->transfers[it->node];
    s->counts.server_packets++;
    if (it->copy[1] == 1) { /* read request */
        *t = (struct transfer){.file = find_file(s, (const char *)it->copy + 2)};
        static const uint8_t missing[] = "\0\5\0\1File not found";
        if (t->file)
            server_block(s, it, t);
        else
            server_reply(s, it, missing, sizeof missing);
    } else if (it->copy[1] == 4 && t->file) { /* ACK */
        uint16_t block = (uint16_t)(it->copy[2] << 8 | it->copy[3]);
        if (block != t->block)
            return;
        if (!t->last)
            server_block(s, it, t);
        else {
            find_file(s, t->file->name)->fetches++;
            t->file = NULL;
        }
    }
}

/* ---- TCP ----------------------------------------------------------------------------- */

static void op_tcp_connect(void *ctx, int conn, uint32_t ip)
{
    struct node *n = ctx;
    struct end *e = &n->ends[conn];
    long to = node_of(n->sim, ip);
    n->sim->counts.tcp_connects++;
    *e = (struct end){.open = true, .gen = e->gen + 1, .peer_conn = -1, .peer = (uint32_t)to};
    if (to < 0 || !n->sim->nodes[to].alive) {
        if (to < 0) /* nobody: refused at once; a dead phone does not answer at all */
            push(n->sim, (struct item){.at = n->sim->now + SIM_LAN_DELAY, .kind = EV_CLOSED,
                                       .node = index_of(n), .conn = conn, .gen = e->gen});
        return;
    }
    push(n->sim, (struct item){.at = n->sim->now + 2 * SIM_LAN_DELAY, .kind = EV_ACCEPT,
                               .node = (uint32_t)to, .from_ip = node_ip(index_of(n)),
                               .peer = index_of(n), .peer_conn = conn, .peer_gen = e->gen});
}

static void op_tcp_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                        size_t body_len)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    struct end *e = &n->ends[conn];
    usec busy = (head_len + body_len) * 8 * USEC_SEC / s->o.port_bps;
    usec start = n->port_free > s->now ? n->port_free : s->now;
    n->port_free = start + busy;
    usec sent = start + busy, at = sent + SIM_LAN_DELAY;
    s->counts.tcp_bytes += head_len + body_len;
    e->last = at > e->last ? at : e->last;
    struct item it = {.at = e->last, .kind = EV_DATA, .node = e->peer, .conn = e->peer_conn,
                      .gen = e->peer_gen, .len = head_len, .copy = copy_of(head, head_len)};
    push(s, it);
    if (body_len) {
        it.copy = NULL;
        it.data = body;
        it.len = body_len;
        push(s, it);
    }
    push(s, (struct item){.at = sent, .kind = EV_SENT, .node = index_of(n), .conn = conn,
                          .gen = e->gen});
}

static void op_tcp_close(void *ctx, int conn)
{
    end_close(ctx, conn);
}

static void op_tcp_move(void *ctx, int from, int to)
{
    struct node *n = ctx;
    struct end moved = n->ends[from];
    uint32_t gen = n->ends[to].gen;
    n->ends[to] = moved;
    n->ends[to].gen = gen > moved.gen ? gen + 1 : moved.gen + 1;
    n->ends[from] = (struct end){.gen = moved.gen + 1};
    struct end *peer = &n->sim->nodes[moved.peer].ends[moved.peer_conn];
    peer->peer_conn = to;
    peer->peer_gen = n->ends[to].gen;
}

static void accepted(struct sim *s, const struct item *it)
{
    struct node *n = &s->nodes[it->node], *caller = &s->nodes[it->peer];
    struct end *theirs = &caller->ends[it->peer_conn];
    if (!theirs->open || theirs->gen != it->peer_gen || !caller->alive || !n->alive)
        return;
    int conn = n->listening ? phone_tcp_accepted(n->phone, it->from_ip, s->now) : CONN_NONE;
    usec at = s->now + SIM_LAN_DELAY;
    if (conn == CONN_NONE) {
        push(s, (struct item){.at = at, .kind = EV_CLOSED, .node = it->peer,
                              .conn = it->peer_conn, .gen = it->peer_gen});
        return;
    }
    struct end *ours = &n->ends[conn];
    *ours = (struct end){.open = true, .gen = ours->gen + 1, .peer = it->peer,
                         .peer_conn = it->peer_conn, .peer_gen = it->peer_gen};
    theirs->peer_conn = conn;
    theirs->peer_gen = ours->gen;
    push(s, (struct item){.at = at, .kind = EV_CONNECTED, .node = it->peer,
                          .conn = it->peer_conn, .gen = it->peer_gen});
}

/* ---- flash --------------------------------------------------------------------------- */

static void op_flash_discard(void *ctx)
{
    struct node *n = ctx;
    free(n->buffer);
    n->buffer = NULL;
    n->len = n->room = 0;
    n->downloading = false;
}

static int op_flash_begin(void *ctx, const char *name, const uint8_t *digest)
{
    struct node *n = ctx;
    op_flash_discard(n);
    n->downloading = true;
    memccpy(n->name, name, 0, sizeof n->name - 1);
    const struct sim_file *f = find_file(n->sim, name);
    bool fits = f && f->authenticated && (!digest || memcmp(digest, f->digest, DIGEST_LEN) == 0);
    n->candidate = fits ? f : NULL;
    return 0;
}

static int op_flash_append(void *ctx, const void *data, size_t len)
{
    struct node *n = ctx;
    const struct sim_file *c = n->candidate;
    if (c && n->len + len <= c->len &&
        (data == c->data + n->len || memcmp(c->data + n->len, data, len) == 0)) {
        n->len += len;
        return 0;
    }
    if (n->len + len > n->room) {
        n->room = (n->len + len) * 2;
        n->buffer = realloc(n->buffer, n->room);
        if (!n->buffer)
            abort();
    }
    if (c)
        memcpy(n->buffer, c->data, n->len);
    n->candidate = NULL;
    memcpy(n->buffer + n->len, data, len);
    n->len += len;
    return 0;
}

static int op_flash_view(void *ctx, struct flash_view *v)
{
    struct node *n = ctx;
    const struct sim_file *c = n->candidate;
    if (!n->downloading)
        return -ENOENT;
    if (c && c->len == n->len) {
        *v = (struct flash_view){.data = c->data, .len = c->len, .known = true};
        memcpy(v->digest, c->digest, DIGEST_LEN);
        return 0;
    }
    *v = (struct flash_view){.data = c ? c->data : n->buffer, .len = n->len};
    sha256(v->data, v->len, v->digest);
    return 0;
}

static int op_flash_commit(void *ctx)
{
    struct node *n = ctx;
    struct flash_view v;
    struct sim_file *f = find_file(n->sim, n->name);
    if (op_flash_view(n, &v) != 0 || !f || memcmp(v.digest, f->digest, DIGEST_LEN) != 0) {
        fprintf(stderr, "sim: %s committed with bytes that the server does not have\n", n->name);
        abort(); /* the invariant: nothing visible that is not byte-identical */
    }
    f->authenticated = true;
    n->files[n->file_count++] = f;
    op_flash_discard(n);
    return 0;
}

static int op_flash_open(void *ctx, const char *name, struct flash_view *v)
{
    struct node *n = ctx;
    for (size_t i = 0; i < n->file_count; i++) {
        struct sim_file *f = n->files[i];
        if (strcmp(f->name, name) != 0)
            continue;
        *v = (struct flash_view){.data = f->data, .len = f->len, .known = true};
        memcpy(v->digest, f->digest, DIGEST_LEN);
        return 0;
    }
    return -ENOENT;
}

static void op_flash_release(void *ctx)
{
    (void)ctx; /* views are the server's own bytes, which stay */
}

static int op_flash_activate(void *ctx, const char *load)
{
    struct node *n = ctx;
    (void)load;
    return n->file_count > 1 ? 0 : -ENOENT;
}

/* ---- the rest ------------------------------------------------------------------------ */

static uint32_t op_random(void *ctx)
{
    return next_random(&((struct node *)ctx)->rng);
}

static void op_log(void *ctx, const char *line)
{
    struct node *n = ctx;
    if (n->sim->o.trace)
        printf("%4u %s\n", index_of(n), line);
}

static void op_event(void *ctx, const char *json)
{
    struct node *n = ctx;
    uint64_t h = n->sim->counts.trace ? n->sim->counts.trace : 0xcbf29ce484222325ull;
    for (; *json; json++)
        h = (h ^ (uint8_t)*json) * 0x100000001b3ull;
    n->sim->counts.trace = h;
}

static void op_status(void *ctx, const struct phone_status *status)
{
    struct node *n = ctx;
    unsigned children = (status->child_ip[0] != 0) + (status->child_ip[1] != 0);
    if (children > n->sim->counts.max_children)
        n->sim->counts.max_children = children;
}

static const struct phone_ops ops = {
    op_peer_open,    op_peer_close,   op_udp_broadcast, op_udp_send,      op_tftp_open,
    op_tftp_close,   op_tftp_send,    op_tcp_connect,   op_tcp_send,      op_tcp_close,
    op_tcp_move,     op_flash_begin,  op_flash_append,  op_flash_view,    op_flash_commit,
    op_flash_discard, op_flash_open,  op_flash_release, op_flash_activate, op_random,
    op_log,          op_event,        op_status,
};

static void dispatch_tcp(struct sim *s, struct node *n, const struct item *it)
{
    struct end *e = &n->ends[it->conn];
    if (it->conn < 0 || !e->open || e->gen != it->gen)
        return; /* a later life of that slot */
    if (it->kind == EV_CONNECTED) {
        phone_tcp_connected(n->phone, it->conn, s->now);
    } else if (it->kind == EV_DATA) {
        phone_tcp_data(n->phone, it->conn, it->copy ? it->copy : it->data, it->len, s->now);
    } else if (it->kind == EV_SENT) {
        phone_tcp_sent(n->phone, it->conn, s->now);
    } else {
        e->open = false;
        e->gen++;
        phone_tcp_closed(n->phone, it->conn, 0, s->now);
    }
}

static void dispatch(struct sim *s, const struct item *it)
{
    struct node *n = &s->nodes[it->node];
    struct addr from = {.ip = it->from_ip, .port = CPPDP_PORT};
    if (it->kind == EV_SERVER) {
        server(s, it);
        return;
    }
    if (!n->alive)
        return;
    switch (it->kind) {
    case EV_START:
        phone_start(n->phone, s->now);
        break;
    case EV_WAKE:
        n->wake = NEVER;
        if (phone_deadline(n->phone) <= s->now)
            phone_run_timers(n->phone, s->now);
        break;
    case EV_UDP:
        if (n->listening)
            phone_udp(n->phone, from, it->copy, it->len, s->now);
        break;
    case EV_TFTP:
        from = (struct addr){.ip = htonl(SIM_SERVER), .port = 2000};
        if (n->port == it->port)
            phone_tftp(n->phone, from, it->copy, it->len, s->now);
        break;
    case EV_ACCEPT:
        accepted(s, it);
        break;
    case EV_CONNECTED:
    case EV_DATA:
    case EV_SENT:
    case EV_CLOSED:
        dispatch_tcp(s, n, it);
        break;
    case EV_SERVER:
        break;
    }
    schedule_wake(n);
}

void sim_run(struct sim *s, usec until)
{
    while (s->used && s->heap[0].at <= until) {
        struct item it = pop(s);
        s->now = it.at;
        dispatch(s, &it);
        free(it.copy);
    }
    if (s->now < until && until != NEVER)
        s->now = until;
}

/* ---- making and asking --------------------------------------------------------------- */

static uint8_t *read_file(const char *dir, const char *name, size_t *len)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    if (f && fseek(f, 0, SEEK_END) == 0) {
        *len = (size_t)ftell(f);
        rewind(f);
        data = malloc(*len + 1);
        if (!data || fread(data, 1, *len, f) != *len)
            abort();
    }
    if (f)
        fclose(f);
    return data;
}

static void add_file(struct sim *s, const char *name, uint8_t *data, size_t len)
{
    s->files = realloc(s->files, (s->file_count + 1) * sizeof *s->files);
    if (!s->files)
        abort();
    struct sim_file *f = &s->files[s->file_count++];
    *f = (struct sim_file){.data = data, .len = len};
    memccpy(f->name, name, 0, sizeof f->name - 1);
    sha256(data, len, f->digest);
}

static void read_root(struct sim *s)
{
    DIR *dir = opendir(s->o.firmware);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        size_t len = 0;
        uint8_t *data = d->d_name[0] == '.' ? NULL : read_file(s->o.firmware, d->d_name, &len);
        if (data)
            add_file(s, d->d_name, data, len);
    }
    if (dir)
        closedir(dir);
    char text[512];
    int len = snprintf(text, sizeof text,
                       "<Default><loadInformation%u>%s</loadInformation%u></Default>",
                       phone_model_find(s->o.model)->type, s->o.load,
                       phone_model_find(s->o.model)->type);
    add_file(s, "XMLDefault.cnf.xml", copy_of(text, (size_t)len), (size_t)len);
    len = snprintf(text, sizeof text,
                   "<device><loadInformation>%s</loadInformation><vendorConfig>"
                   "<peerFirmwareSharing>%d</peerFirmwareSharing></vendorConfig></device>",
                   s->o.load, s->o.pfs);
    for (uint32_t i = 0; i < s->o.phones; i++) {
        char name[NAME_MAX_LEN];
        snprintf(name, sizeof name, "SEP0276%08X.cnf.xml", SIM_SUBNET + 16 + i);
        add_file(s, name, copy_of(text, (size_t)len), (size_t)len);
    }
}

static void make_node(struct sim *s, uint32_t i)
{
    struct node *n = &s->nodes[i];
    struct phone_identity id = {.model = phone_model_find(s->o.model), .ip = node_ip(i),
                                .tftp_ip = htonl(SIM_SERVER), .xid = SIM_SUBNET + 16 + i,
                                .authentication = s->key ? AUTH_SIGNATURE : AUTH_STRUCTURE,
                                .key = s->key};
    snprintf(id.name, sizeof id.name, "SEP0276%08X", id.xid);
    memccpy(id.running, s->o.running, 0, sizeof id.running - 1);
    *n = (struct node){.sim = s, .rng = s->o.seed * 1000003 + i, .alive = true, .wake = NEVER};
    n->phone = phone_new(&id, &ops, n);
    usec at = s->o.boot_spread ? next_random(&s->rng) % s->o.boot_spread : 0;
    push(s, (struct item){.at = at, .kind = EV_START, .node = i});
}

struct sim *sim_new(const struct sim_options *o)
{
    struct sim *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->o = *o;
    s->rng = o->seed;
    read_root(s);
    size_t len = 0;
    char *pem = (char *)read_file("firmware-samples", "test-key.pub.pem", &len);
    s->key = pem ? auth_key_parse(pem, len) : NULL;
    free(pem);
    s->nodes = calloc(o->phones, sizeof *s->nodes);
    s->transfers = calloc(o->phones, sizeof *s->transfers);
    if (!s->nodes || !s->transfers)
        abort();
    for (uint32_t i = 0; i < o->phones; i++)
        make_node(s, i);
    return s;
}

void sim_free(struct sim *s)
{
    for (size_t i = 0; i < s->o.phones; i++) {
        phone_free(s->nodes[i].phone);
        free(s->nodes[i].buffer);
    }
    while (s->used)
        free(pop(s).copy);
    for (size_t i = 0; i < s->file_count; i++)
        free(s->files[i].data);
    auth_key_free(s->key);
    free(s->files);
    free(s->nodes);
    free(s->transfers);
    free(s->heap);
    free(s);
}

usec sim_now(const struct sim *s)
{
    return s->now;
}

void sim_kill(struct sim *s, size_t i)
{
    for (int c = 0; c < CONN_COUNT; c++)
        end_close(&s->nodes[i], c);
    s->nodes[i].alive = s->nodes[i].listening = false;
}

bool sim_alive(const struct sim *s, size_t i)
{
    return s->nodes[i].alive;
}

const struct phone_status *sim_status(const struct sim *s, size_t i)
{
    return phone_status(s->nodes[i].phone);
}

long sim_find_root(const struct sim *s)
{
    for (size_t i = 0; i < s->o.phones; i++) {
        const struct phone_status *st = phone_status(s->nodes[i].phone);
        if (s->nodes[i].alive && st->state == PHONE_UPGRADE && st->parent_ip == 0 &&
            st->child_ip[0] != 0)
            return (long)i;
    }
    return -1;
}

struct sim_counts sim_counts(const struct sim *s)
{
    return s->counts;
}

const struct sim_file *sim_files(const struct sim *s, size_t *count)
{
    *count = s->file_count;
    return s->files;
}
