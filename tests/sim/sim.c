/* sim.c - the event queue, the phones on it, and what is asked about them. See sim.h. */
#include "tests/sim/node.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sim_options sim_defaults = {
    .phones = 48, .seed = 1, .firmware = "firmware-samples/small",
    .key = "firmware-samples/test-key.pub.pem",
    .groups = &(const struct sim_group){.model = "CP-7961G", .running = "SCCP41.9-4-2SR1-1S",
                                        .load = "SCCP41.9-4-2SR3-1S", .pfs = true},
    .group_count = 1, .pfs = true, .first_ip = 0x0a6a0010,
    .wan_delay = 75 * USEC_MS, .wan_bps = 1536000, .wan_queue = 192000, .server_clock = 1,
    .port_bps = 100000000,
};

static uint32_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15ull; /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return (uint32_t)((z ^ z >> 31) >> 32);
}

uint32_t sim_random(struct sim *s, uint32_t limit)
{
    return (uint32_t)((uint64_t)next_random(&s->rng) * limit >> 32);
}

/* ---- the queue ----------------------------------------------------------------------- */

static bool before(const struct item *a, const struct item *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void sim_push(struct sim *s, struct item it)
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

uint32_t sim_ip(const struct sim *s, uint32_t i)
{
    return htonl(s->o.first_ip + i);
}

long sim_node_of(const struct sim *s, uint32_t ip)
{
    uint32_t i = ntohl(ip) - s->o.first_ip;
    return i < s->o.phones ? (long)i : -1;
}

uint32_t sim_index(const struct node *n)
{
    return (uint32_t)(n - n->sim->nodes);
}

uint8_t *sim_copy(const void *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (!copy)
        abort();
    return memcpy(copy, data, len);
}

/* ---- what a phone says --------------------------------------------------------------- */

static uint32_t op_random(void *ctx)
{
    return next_random(&((struct node *)ctx)->rng);
}

static void op_log(void *ctx, const char *line)
{
    const struct node *n = ctx;
    if (n->sim->o.trace)
        printf("%4u %s\n", sim_index(n), line);
}

static void op_event(void *ctx, const char *json)
{
    uint64_t *h = &((struct node *)ctx)->sim->counts.trace;
    for (*h = *h ? *h : 0xcbf29ce484222325ull; *json; json++)
        *h = (*h ^ (uint8_t)*json) * 0x100000001b3ull;
}

static void op_status(void *ctx, const struct phone_status *status)
{
    sim_watch(ctx, status);
}

static const struct phone_ops ops = {
    .peer_open = lan_open,
    .peer_close = lan_close,
    .udp_broadcast = lan_broadcast,
    .udp_send = lan_send,
    .tftp_open = server_tftp_open,
    .tftp_close = server_tftp_close,
    .tftp_send = server_tftp_send,
    .tcp_connect = lan_tcp_connect,
    .tcp_send = lan_tcp_send,
    .tcp_close = lan_tcp_close,
    .tcp_move = lan_tcp_move,
    .flash_begin = sim_flash_begin,
    .flash_append = sim_flash_append,
    .flash_view = sim_flash_view,
    .flash_commit = sim_flash_commit,
    .flash_discard = sim_flash_discard,
    .flash_open = sim_flash_open,
    .flash_release = sim_flash_release,
    .flash_activate = sim_flash_activate,
    .random = op_random,
    .log = op_log,
    .event = op_event,
    .status = op_status,
};

/* ---- what happens to it -------------------------------------------------------------- */

static void schedule_wake(struct node *n)
{
    usec at = phone_deadline(n->phone);
    if (at == NEVER || at >= n->wake)
        return;
    n->wake = at;
    sim_push(n->sim, (struct item){.at = n->wake, .kind = EV_WAKE, .node = sim_index(n)});
}

static void wake(struct sim *s, struct node *n)
{
    if (n->wake > s->now)
        return; /* left over from a deadline that came nearer */
    n->wake = NEVER;
    if (phone_deadline(n->phone) > s->now)
        return;
    phone_run_timers(n->phone, s->now);
    if (phone_deadline(n->phone) <= s->now) {
        fprintf(stderr, "sim: phone %u would spin at %llu us\n", sim_index(n), s->now + 0ull);
        abort();
    }
}

static void happens(struct sim *s, struct node *n, const struct item *it)
{
    switch (it->kind) {
    case EV_START:
        phone_start(n->phone, s->now);
        break;
    case EV_WAKE:
        wake(s, n);
        break;
    case EV_UDP:
        if (n->listening)
            phone_udp(n->phone, (struct addr){sim_ip(s, it->from), CPPDP_PORT}, it->copy, it->len,
                      s->now);
        break;
    case EV_TFTP:
        if (n->port == it->port)
            phone_tftp(n->phone, (struct addr){htonl(SIM_SERVER), 2000}, it->copy, it->len,
                       s->now);
        else
            server_unreachable(n, it->len);
        break;
    case EV_ACCEPT:
    case EV_CONNECTED:
    case EV_DATA:
    case EV_SENT:
    case EV_CLOSED:
        lan_tcp_event(s, n, it);
        break;
    case EV_SERVER:
    case EV_SERVER_TIMER:
        break;
    }
    schedule_wake(n);
}

void sim_run(struct sim *s, usec until)
{
    while (s->used && s->heap[0].at <= until) {
        struct item it = pop(s);
        s->now = it.at;
        struct node *n = &s->nodes[it.node];
        bool servers = it.kind == EV_SERVER || it.kind == EV_SERVER_TIMER;
        s->counts.events++;
        if (!servers && n->thaw > s->now) {
            it.at = n->thaw;
            sim_push(s, it);
            continue;
        }
        if (it.kind == EV_SERVER)
            server_request(s, &it);
        else if (servers)
            server_timer(s, &it);
        else if (n->alive)
            happens(s, n, &it);
        free(it.copy);
    }
    if (s->now < until && until != NEVER)
        s->now = until;
}

/* ---- making and breaking ------------------------------------------------------------- */

/* Which group phone i belongs to. */
static uint32_t group_of(const struct sim_options *o, size_t i)
{
    uint32_t group = 0;
    for (; group + 1 < o->group_count && i >= o->groups[group].count; group++)
        i -= o->groups[group].count;
    return group;
}

static usec power_on(struct sim *s, uint32_t i)
{
    if (s->o.boot_rate > 0)
        return (usec)((double)i * 1e6 / s->o.boot_rate);
    return s->o.boot_spread ? sim_random(s, (uint32_t)s->o.boot_spread) : 0;
}

static void make_node(struct sim *s, uint32_t i)
{
    struct node *n = &s->nodes[i];
    uint32_t group = group_of(&s->o, i);
    const struct sim_group *g = &s->o.groups[group];
    struct phone_identity id = {.model = phone_model_find(g->model), .ip = sim_ip(s, i),
                                .tftp_ip = htonl(SIM_SERVER), .xid = s->o.first_ip + i,
                                .authentication = s->key ? AUTH_SIGNATURE : AUTH_STRUCTURE,
                                .key = s->key};
    snprintf(id.name, sizeof id.name, "SEP0276%08X", id.xid);
    memccpy(id.running, g->running, 0, sizeof id.running - 1);
    *n = (struct node){.sim = s, .rng = s->o.seed * 1000003 + i, .group = group, .alive = true,
                       .wake = NEVER};
    n->phone = phone_new(&id, &ops, n);
    sim_push(s, (struct item){.at = power_on(s, i), .kind = EV_START, .node = i});
}

struct sim *sim_new(const struct sim_options *o)
{
    struct sim *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->o = *o;
    s->rng = o->seed;
    server_read_root(s);
    size_t len = 0;
    char *pem = o->key ? (char *)sim_read_file(NULL, o->key, &len) : NULL;
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
    server_free(s);
    auth_key_free(s->key);
    free(s->files);
    free(s->nodes);
    free(s->heap);
    free(s);
}

void sim_cut(struct sim *s, size_t i)
{
    struct node *n = &s->nodes[i];
    for (int c = 0; c < CONN_COUNT; c++) {
        uint64_t id = n->ends[c].id;
        lan_tcp_close(n, c); /* the far end hears of it; ours as well: */
        n->ends[c].id = id;
        if (id)
            sim_push(s, (struct item){.at = s->now, .kind = EV_CLOSED, .node = (uint32_t)i,
                                      .end = id});
    }
}

void sim_kill(struct sim *s, size_t i, bool quietly)
{
    struct node *n = &s->nodes[i];
    n->alive = n->listening = false;
    for (int c = 0; c < CONN_COUNT && !quietly; c++)
        lan_tcp_close(n, c);
    memset(n->ends, 0, sizeof n->ends);
}

void sim_freeze(struct sim *s, size_t i, usec duration)
{
    s->nodes[i].thaw = s->now + duration;
}

void sim_restart(struct sim *s, size_t i)
{
    struct node *n = &s->nodes[i];
    sim_kill(s, i, true);
    n->alive = true;
    phone_start(n->phone, s->now);
    schedule_wake(n);
}

/* ---- asking -------------------------------------------------------------------------- */

usec sim_now(const struct sim *s)
{
    return s->now;
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

struct sim_census sim_census(const struct sim *s)
{
    struct sim_census c = {0};
    for (size_t i = 0; i < s->o.phones; i++) {
        const struct phone_status *st = sim_status(s, i);
        if (!s->nodes[i].alive)
            c.dead++;
        else if (st->state == PHONE_FAILED)
            c.failed++;
        else if (st->state == PHONE_IDLE && st->upgraded)
            c.upgraded++;
        else
            c.busy++;
    }
    return c;
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
