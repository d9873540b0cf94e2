/* server.c - the TFTP server behind the WAN.
 *
 * It keeps time as dnsmasq does (2.90, tftp.c), whose clock has whole seconds: a block that is not
 * acknowledged goes out again after 2 s, then after 2, 3, 3, 5 and 5; 9 s later the transfer is
 * given up, or counted as done where it was the last block. A request from a new port is a new
 * transfer, the old one goes on for itself; so those that nobody hears any more count among the
 * transfers that a server takes at one time. With more than these it reads no request: they wait in
 * its socket, and are answered when it has room again, however old.
 */
#include "emu/sim/node.h"

#include "emu/core/loads.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK    512
#define BACK_OFF 7 /* with one for the first time that a block goes out */
#define TFTP_DIR "/srv/tftp" /* in the words to who asks for what is not there */

struct transfer {
    struct transfer *next;
    uint16_t port;             /* the phone's */
    struct sim_file *file;
    uint32_t block;            /* on its way, from 1 */
    unsigned backoff;
    usec repeat_at;
};

struct waiting {
    struct waiting *next;
    struct item it;            /* its copy is owned */
};

/* ---- the phones' side ---------------------------------------------------------------- */

int server_tftp_open(void *ctx)
{
    struct node *n = ctx;
    n->port = (uint16_t)(n->port < 65000 ? n->port + 1 : 1);
    return 0;
}

void server_tftp_close(void *ctx)
{
    (void)ctx; /* the port number stays taken; what still comes for it is told apart by it */
}

void server_tftp_send(void *ctx, struct addr to, const void *data, size_t len)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    usec at = wan_send(s, WAN_UP, len);
    if (at != NEVER && to.ip == htonl(SIM_SERVER)) /* another load server never answers */
        sim_push(s, (struct item){.at = at, .kind = EV_SERVER, .node = sim_index(n),
                                  .port = n->port, .len = len,
                                  .copy = sim_flip(s, data, len, s->o.damage.wan_flip)});
}

void server_line(void *ctx, struct addr to, const void *data, size_t len)
{
    (void)to, (void)data;
    wan_send(((struct node *)ctx)->sim, WAN_UP, len);
}

/* ICMP port unreachable quotes the whole datagram; the server takes no notice of it. */
void server_unreachable(struct node *n, size_t len)
{
    wan_send(n->sim, WAN_UP, len + 28);
}

/* ---- the server ---------------------------------------------------------------------- */

static void reply(struct sim *s, const struct item *it, const void *packet, size_t len)
{
    usec at = wan_send(s, WAN_DOWN, len);
    if (at != NEVER)
        sim_push(s, (struct item){.at = at, .kind = EV_TFTP, .node = it->node, .port = it->port,
                                  .len = len,
                                  .copy = sim_flip(s, packet, len, s->o.damage.wan_flip)});
}

/* Bytes of the current block; a file of whole blocks ends with an empty one. */
static size_t block_len(const struct transfer *t)
{
    size_t at = (size_t)(t->block - 1) * BLOCK;
    return t->file->len - at < BLOCK ? t->file->len - at : BLOCK;
}

static void send_block(struct sim *s, const struct item *it, struct transfer *t)
{
    size_t len = block_len(t);
    uint8_t packet[4 + BLOCK] = {0, 3, (uint8_t)(t->block >> 8), (uint8_t)t->block};
    memcpy(packet + 4, t->file->data + (size_t)(t->block - 1) * BLOCK, len);
    reply(s, it, packet, 4 + len);
}

/* The place that points to it, or to the end of the list. */
static struct transfer **find(struct sim *s, const struct item *it)
{
    struct transfer **at = &s->transfers[it->node];
    while (*at && (*at)->port != it->port)
        at = &(*at)->next;
    return at;
}

static void drop(struct sim *s, struct transfer **at)
{
    struct transfer *t = *at;
    *at = t->next;
    s->transfer_count--;
    free(t);
}

/* By the server's own clock. */
static usec in_seconds(const struct sim *s, unsigned seconds)
{
    usec second = s->o.server_clock * USEC_SEC;
    return (s->now / second + seconds) * second;
}

/* Its timer runs as long as the transfer: it is put off when it fires, not with every block. */
static void timer_set(struct sim *s, const struct item *it, usec at)
{
    sim_push(s, (struct item){.at = at, .kind = EV_SERVER_TIMER, .node = it->node,
                              .port = it->port});
}

struct sim_file *sim_find_file(struct sim *s, const char *name)
{
    for (size_t i = s->o.group_count; i < s->file_count; i++)
        if (strcmp(s->files[i].name, name) == 0)
            return &s->files[i];
    return NULL;
}

static void reply_error(struct sim *s, const struct item *it, uint8_t code)
{
    const uint8_t packet[] = {0, 5, 0, code, 'n', 'o', 0};
    reply(s, it, packet, sizeof packet);
}

/* Whether it says no: for good, or for now. */
static bool refuses(struct sim *s, const struct item *it)
{
    enum { ACCESS = 2 };
    static const uint8_t passing[] = {0, 3, 5, 9};
    bool now = sim_chance(s, s->o.damage.tftp_refused);
    if (now)
        reply_error(s, it, passing[sim_random(s, sizeof passing)]);
    else if (s->nodes[it->node].refused)
        reply_error(s, it, ACCESS);
    return now || s->nodes[it->node].refused;
}

static void read_request(struct sim *s, const struct item *it)
{
    char packet[256] = "\0\5\0\1", ip[INET_ADDRSTRLEN];
    const char *name = (const char *)it->copy + 2;
    if (it->len < 3 || !memchr(name, '\0', it->len - 2))
        return;
    if (refuses(s, it))
        return;
    bool phones_own = strncmp(name, "SEP", 3) == 0;
    struct sim_file *file = phones_own ? &s->files[s->nodes[it->node].group]
                                       : sim_find_file(s, name);
    if (!file) {
        uint32_t address = sim_ip(s, it->node);
        inet_ntop(AF_INET, &address, ip, sizeof ip);
        int len = snprintf(packet + 4, sizeof packet - 4, "file " TFTP_DIR "/%s not found for %s",
                           name, ip);
        reply(s, it, packet, 4 + (size_t)len + 1);
        return;
    }
    struct transfer *t = malloc(sizeof *t);
    if (!t)
        abort();
    s->transfer_count++;
    *t = (struct transfer){.next = s->transfers[it->node], .port = it->port, .file = file,
                           .block = 1, .backoff = 1, .repeat_at = in_seconds(s, 2)};
    s->transfers[it->node] = t;
    send_block(s, it, t);
    timer_set(s, it, t->repeat_at);
}

static bool has_room(const struct sim *s)
{
    return !s->o.server_transfers || s->transfer_count <= s->o.server_transfers;
}

static void wait_for_room(struct sim *s, const struct item *it)
{
    struct waiting *w = malloc(sizeof *w);
    if (!w)
        abort();
    *w = (struct waiting){.it = *it};
    w->it.copy = sim_copy(it->copy, it->len);
    if (!s->waiting)
        s->waiting_last = &s->waiting;
    *s->waiting_last = w;
    s->waiting_last = &w->next;
}

/* The first of those that wait goes. */
static struct item waiting_pop(struct sim *s)
{
    struct waiting *w = s->waiting;
    struct item it = w->it;
    s->waiting = w->next;
    free(w);
    return it;
}

static void read_waiting(struct sim *s)
{
    while (s->waiting && has_room(s)) {
        struct item it = waiting_pop(s);
        read_request(s, &it);
        free(it.copy);
    }
}

void server_forget(struct sim *s)
{
    for (size_t i = 0; i < s->o.phones; i++)
        while (s->transfers[i])
            drop(s, &s->transfers[i]);
    while (s->waiting)
        free(waiting_pop(s).copy);
}

static void acknowledged(struct sim *s, const struct item *it)
{
    struct transfer **at = find(s, it), *t = *at;
    if (!t || (uint16_t)(it->copy[2] << 8 | it->copy[3]) != (uint16_t)t->block)
        return;
    if (block_len(t) < BLOCK) {
        t->file->fetches++;
        drop(s, at);
        return;
    }
    bool breaks = sim_chance(s, s->o.damage.tftp_broken);
    if (breaks || s->nodes[it->node].refused) {
        reply_error(s, it, breaks ? (uint8_t)sim_random(s, 9) : 0);
        drop(s, at);
        return;
    }
    t->block++;
    t->backoff = 1;
    t->repeat_at = in_seconds(s, 2);
    send_block(s, it, t);
}

void server_request(struct sim *s, const struct item *it)
{
    enum { READ = 1, ACK = 4, ERROR = 5 };
    if (s->server_down || it->len < 4)
        return;
    s->counts.server_packets++;
    if (it->copy[1] == READ && (s->waiting || !has_room(s)))
        wait_for_room(s, it);
    else if (it->copy[1] == READ)
        read_request(s, it);
    else if (it->copy[1] == ACK)
        acknowledged(s, it);
    else if (it->copy[1] == ERROR && *find(s, it))
        drop(s, find(s, it));
    read_waiting(s);
}

void server_timer(struct sim *s, const struct item *it)
{
    struct transfer **at = find(s, it), *t = *at;
    if (!t)
        return;
    if (t->repeat_at <= s->now) {
        if (t->backoff == BACK_OFF) {
            t->file->fetches += block_len(t) < BLOCK;
            drop(s, at);
            read_waiting(s);
            return;
        }
        t->repeat_at = in_seconds(s, 1 + (1u << t->backoff / 2));
        t->backoff++;
        send_block(s, it, t);
    }
    timer_set(s, it, t->repeat_at);
}

/* ---- its root ------------------------------------------------------------------------ */

uint8_t *sim_read_file(const char *dir, const char *name, size_t *len)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s%s", dir ? dir : "", dir ? "/" : "", name);
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

static struct sim_file *add(struct sim *s, const char *name, uint8_t *data, size_t len)
{
    struct sim_file *f = &s->files[s->file_count++];
    f->data = data;
    f->len = len;
    memccpy(f->name, name, 0, sizeof f->name - 1);
    sha256(data, len, f->digest);
    return f;
}

/* From the directory; what is missing there is missing. Groups may share a load, or a part. */
static const struct sim_file *add_firmware(struct sim *s, const char *name)
{
    size_t len = 0;
    struct sim_file *f = sim_find_file(s, name);
    uint8_t *data = f ? NULL : sim_read_file(s->o.firmware, name, &len);
    if (data) {
        f = add(s, name, data, len);
        f->firmware = true;
    }
    return f;
}

static void add_load(struct sim *s, const char *load)
{
    struct loads list = {0};
    char name[NAME_MAX_LEN];
    snprintf(name, sizeof name, "%.57s.loads", load);
    const struct sim_file *index = add_firmware(s, name);
    if (index && loads_parse(index->data, index->len, &list) == NULL)
        for (size_t i = 0; i < list.count; i++)
            add_firmware(s, list.file[i]);
}

/* With whom phones are to register: an element, or nothing. */
static const char *put_managers(const struct sim *s, char *out, size_t size)
{
    size_t len = 0;
    for (unsigned i = 0; i < s->o.managers.count && len < size; i++) {
        struct in_addr ip = {htonl(SIM_MANAGER(i))};
        len += (size_t)snprintf(out + len, size - len,
                                "%s<member priority='%u'><callManager><processNodeName>%s"
                                "</processNodeName></callManager></member>",
                                i ? "" : "<devicePool><callManagerGroup><members>", i,
                                inet_ntoa(ip));
    }
    snprintf(out + len, size - len, "%s",
             len ? "</members></callManagerGroup></devicePool>" : "");
    return out;
}

/* The configuration of each group, which stands for every SEP<MAC>.cnf.xml of it; then the loads.
 */
void server_read_root(struct sim *s)
{
    s->files = calloc(s->o.group_count * (3 + 2 * SCREEN_BOXES), sizeof *s->files);
    if (!s->files)
        abort();
    for (size_t i = 0; i < s->o.group_count; i++) {
        const struct sim_group *g = &s->o.groups[i];
        char text[1024], managers[512];
        snprintf(text, sizeof text,
                 "<device>%s<loadInformation>%s</loadInformation><vendorConfig>"
                 "<peerFirmwareSharing>%d</peerFirmwareSharing></vendorConfig></device>",
                 put_managers(s, managers, sizeof managers),
                 s->o.managers.before ? s->o.managers.before : g->load, s->o.pfs && g->pfs);
        const char *config = g->config ? g->config : text;
        add(s, "SEP.cnf.xml", sim_copy(config, strlen(config)), strlen(config));
    }
    for (size_t i = 0; i < s->o.group_count; i++) {
        const struct sim_group *g = &s->o.groups[i];
        const char *factory = phone_model_find(g->model)->factory;
        add_load(s, g->load);
        if (g->factory_reset && factory)
            add_load(s, factory);
    }
}
