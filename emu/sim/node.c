/* node.c - the phones, and what happens to them. See sim.h. */
#include "emu/random.h"
#include "emu/sim/node.h"

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

/* ---- addresses and copies ------------------------------------------------------------ */

uint32_t sim_own_ip(const struct sim *s, uint32_t i)
{
    return htonl(s->o.first_ip + i);
}

uint32_t sim_ip(const struct sim *s, uint32_t i)
{
    return s->pool ? s->nodes[i].ip : sim_own_ip(s, i);
}

long sim_station_of(const struct sim *s, uint32_t ip)
{
    uint32_t i = ntohl(ip) - s->o.first_ip;
    return s->pool ? leases_holder(s, ip) : i < hostile_stations(s) ? (long)i : -1;
}

long sim_node_of(const struct sim *s, uint32_t ip)
{
    long i = sim_station_of(s, ip);
    return i < (long)s->o.phones ? i : -1;
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

/* ---- its clock ----------------------------------------------------------------------- */

static usec local_at(const struct node *n, usec at)
{
    return at + (usec)((int64_t)at * n->drift_ppm / 1000000);
}

usec sim_local(const struct node *n)
{
    return local_at(n, n->sim->now);
}

/* The first moment at which the phone's own clock shows that time. */
static usec when(const struct node *n, usec local)
{
    if (n->drift_ppm == 0)
        return local;
    usec at = (usec)((int64_t)local * 1000000 / (1000000 + n->drift_ppm));
    while (local_at(n, at) < local)
        at++;
    return at;
}

/* ---- what a phone says --------------------------------------------------------------- */

static uint32_t op_random(void *ctx)
{
    return random_word(&((struct node *)ctx)->rng);
}

static void op_log(void *ctx, const char *line)
{
    const struct node *n = ctx;
    if (n->sim->o.trace)
        printf("%4u %s\n", sim_index(n), line);
    sim_note(n->sim, sim_index(n), SIM_CONSOLE, line);
}

static void op_event(void *ctx, const char *json)
{
    struct node *n = ctx;
    sim_note(n->sim, sim_index(n), SIM_EVENT, json);
    uint64_t *h = &n->sim->counts.trace;
    for (*h = *h ? *h : 0xcbf29ce484222325ull; *json; json++)
        *h = (*h ^ (uint8_t)*json) * 0x100000001b3ull;
}

static void op_status(void *ctx, const struct phone_status *status)
{
    sim_note_status(ctx, status);
}

static void op_page(void *ctx, const char *text, size_t len)
{
    (void)ctx, (void)text, (void)len; /* nobody looks */
}

static const struct phone_ops ops = {
    .net_address = leases_address,
    .dhcp_open = leases_open,
    .dhcp_close = leases_close,
    .dhcp_send = leases_send,
    .frame_send = leases_frame,
    .datagram = server_line,
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
    .flash_keep = sim_flash_keep,
    .random = op_random,
    .log = op_log,
    .event = op_event,
    .status = op_status,
    .page = op_page,
};

/* ---- what happens to it -------------------------------------------------------------- */

void sim_schedule_wake(struct node *n)
{
    usec at = phone_deadline(n->phone);
    if (at == NEVER || (at = when(n, at)) >= n->wake)
        return;
    n->wake = at;
    sim_push(n->sim, (struct item){.at = n->wake, .kind = EV_WAKE, .node = sim_index(n)});
}

static void wake(struct node *n)
{
    if (n->wake > n->sim->now)
        return; /* left over from a deadline that came nearer */
    usec now = sim_local(n);
    n->wake = NEVER;
    if (phone_deadline(n->phone) > now)
        return;
    phone_run_timers(n->phone, now);
    if (phone_deadline(n->phone) > now)
        return;
    sim_broken(n, "spin", "its deadline is not after %llu us, when its timers ran", now + 0ull);
    n->alive = false;
}

static void happens(struct sim *s, struct node *n, const struct item *it)
{
    if (n->hostile) {
        if (it->kind == EV_WAKE)
            hostile_turn(n);
        else if (it->kind == EV_UDP)
            hostile_udp(n, sim_ip(s, it->from), it->copy, it->len);
        else
            lan_tcp_event(s, n, it);
        return;
    }
    switch (it->kind) {
    case EV_START:
        phone_start(n->phone, sim_local(n));
        break;
    case EV_WAKE:
        wake(n);
        break;
    case EV_UDP:
        if (n->listening)
            phone_udp(n->phone, (struct addr){sim_ip(s, it->from), CPPDP_PORT}, it->copy, it->len,
                      sim_local(n));
        break;
    case EV_TFTP:
        if (n->port == it->port)
            phone_tftp(n->phone, (struct addr){htonl(SIM_SERVER), 2000}, it->copy, it->len,
                       sim_local(n));
        else
            server_unreachable(n, it->len);
        break;
    case EV_DHCP:
        if (n->dhcp_open)
            phone_dhcp(n->phone, (struct addr){0, DHCP_SERVER_PORT}, it->copy, it->len,
                       sim_local(n));
        break;
    case EV_FRAME:
        phone_frame(n->phone, FRAME_ARP, it->copy, it->len, sim_local(n));
        break;
    case EV_ADDRESSED:
        phone_addressed(n->phone, sim_local(n));
        break;
    case EV_ACCEPT:
    case EV_CONNECTED:
    case EV_DATA:
    case EV_SENT:
    case EV_CLOSED:
        lan_tcp_event(s, n, it);
        break;
    case EV_MANAGER_JOINED:
    case EV_MANAGER_SAID:
    case EV_MANAGER_SENT:
    case EV_MANAGER_ENDED:
        managers_phone_event(n, it);
        break;
    case EV_MANAGER_CALL:
    case EV_MANAGER_HEARD:
    case EV_MANAGER_HUNG_UP:
    case EV_MANAGER_WAKE:
    case EV_LEASES:
    case EV_SERVER:
    case EV_SERVER_TIMER:
        break;
    }
    sim_schedule_wake(n);
    const struct sim_watch *w = s->o.watch;
    if (w && w->step)
        w->step(w->ctx, s, sim_index(n));
}

/* The next event before that time, done or put off. The phone that it happened to, or -1. */
static long step(struct sim *s)
{
    struct item it = sim_pop(s);
    s->now = it.at;
    s->doing = it.kind;
    s->counts.events++;
    struct node *n = &s->nodes[it.node];
    if (it.kind >= EV_LEASES && it.kind <= EV_MANAGER_WAKE) {
        (it.kind == EV_SERVER         ? server_request
         : it.kind == EV_SERVER_TIMER ? server_timer
         : it.kind == EV_LEASES       ? leases_heard
                                      : managers_event)(s, &it);
        free(it.copy);
        return -1;
    }
    usec until = n->thaw > s->now ? n->thaw : lan_holds(s, n, &it);
    if (until > s->now && n->alive) {
        it.at = until;
        sim_put_back(s, it); /* in its old place before what came later */
        return -1;
    }
    if (n->alive)
        happens(s, n, &it);
    free(it.copy);
    return n->alive && !n->hostile ? (long)it.node : -1;
}

long sim_run_until(struct sim *s, usec until, bool (*holds)(struct sim *s, size_t i))
{
    while (s->used && s->heap[0].at <= until) {
        long phone = step(s);
        if (phone >= 0 && holds && holds(s, (size_t)phone))
            return phone;
    }
    if (s->now < until && until != NEVER)
        s->now = until;
    return -1;
}

void sim_run(struct sim *s, usec until)
{
    sim_run_until(s, until, NULL);
}

/* ---- making -------------------------------------------------------------------------- */

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
    struct phone_identity id = {.model = phone_model_find(g->model), .dhcp = s->o.dhcp.on,
                                .ip = s->pool ? 0 : sim_own_ip(s, i),
                                .tftp_ip = s->pool ? 0 : htonl(SIM_SERVER),
                                .xid = s->o.first_ip + i,
                                .authentication = s->key ? AUTH_SIGNATURE : AUTH_STRUCTURE,
                                .key = s->key};
    snprintf(id.name, sizeof id.name, "SEP0276%08X", id.xid);
    memccpy(id.running, g->running, 0, sizeof id.running - 1);
    id.quirks = g->quirks;
    id.factory_reset = g->factory_reset;
    *n = (struct node){.sim = s, .group = group, .alive = true, .wake = NEVER,
                       .skips = id.quirks & QUIRK_SKIPS_AUTHENTICATION,
                       .rng = s->o.seed * 1000003 + (s->o.equal_draws ? 0 : i)};
    if (s->o.drift_ppm)
        n->drift_ppm = (int32_t)sim_random(s, 2 * s->o.drift_ppm + 1) - (int32_t)s->o.drift_ppm;
    n->phone = phone_new(&id, &ops, n);
    usec at = power_on(s, i);
    if (i + s->o.late < s->o.phones)
        sim_push(s, (struct item){.at = at, .kind = EV_START, .node = i});
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
    s->nodes = calloc(hostile_stations(s), sizeof *s->nodes);
    s->transfers = calloc(o->phones, sizeof(void *));
    if (!s->nodes || !s->transfers)
        abort();
    if (o->dhcp.on)
        leases_make(s);
    managers_make(s);
    for (uint32_t i = 0; i < o->phones; i++)
        make_node(s, i);
    for (size_t i = o->phones; i < hostile_stations(s); i++)
        hostile_make(s, (uint32_t)i);
    return s;
}

void sim_free(struct sim *s)
{
    for (size_t i = 0; i < s->o.phones; i++) {
        phone_free(s->nodes[i].phone);
        free(s->nodes[i].buffer);
        free(s->nodes[i].flipped_data);
    }
    for (size_t i = s->o.phones; i < hostile_stations(s); i++)
        free(s->nodes[i].hostile);
    while (s->used)
        free(sim_pop(s).copy);
    for (size_t i = 0; i < s->file_count; i++)
        free(s->files[i].data);
    server_forget(s);
    free(s->transfers);
    auth_key_free(s->key);
    free(s->files);
    free(s->nodes);
    managers_free(s);
    free(s->pool);
    free(s->heap);
    free(s);
}
