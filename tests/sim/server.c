/* server.c - the WAN, a FIFO with rate and delay each way, and the TFTP server behind it. */
#include "tests/sim/node.h"

#include "emu/loads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UP, DOWN };
#define CONFIGURATION "SEP.cnf.xml" /* stands for every SEP<MAC>.cnf.xml */
#define RESEND  (2 * USEC_SEC) /* the first wait for an ACK; each is twice the one before */
#define RESENDS 5
#define FRAME_OVERHEAD 42 /* Ethernet, IPv4 and UDP headers */

static usec wan(struct sim *s, int direction, size_t bytes)
{
    usec start = s->wan_free[direction] > s->now ? s->wan_free[direction] : s->now;
    usec busy = s->o.wan_bps ? (bytes + FRAME_OVERHEAD) * 8 * USEC_SEC / s->o.wan_bps : 0;
    s->wan_free[direction] = start + busy;
    return start + busy + s->o.wan_delay;
}

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
    (void)to;
    usec at = wan(s, UP, len);
    if (!s->wan_down && !sim_chance(s, s->o.damage.wan_loss))
        sim_push(s, (struct item){.at = at, .kind = EV_SERVER, .node = sim_index(n),
                                  .port = n->port, .len = len,
                                  .copy = sim_flip(s, data, len, s->o.damage.wan_flip)});
}

/* ---- the server ---------------------------------------------------------------------- */

static void reply(struct sim *s, const struct item *it, const uint8_t *packet, size_t len)
{
    usec at = wan(s, DOWN, len);
    if (!s->wan_down && !sim_chance(s, s->o.damage.wan_loss))
        sim_push(s, (struct item){.at = at, .kind = EV_TFTP, .node = it->node, .port = it->port,
                                  .len = len,
                                  .copy = sim_flip(s, packet, len, s->o.damage.wan_flip)});
}

/* The transfer's present block, and its time to be sent again. */
static void send_block(struct sim *s, const struct item *it, struct transfer *t)
{
    uint8_t packet[4 + 512] = {0, 3};
    size_t at = (size_t)(t->block - 1) * 512;
    size_t len = t->file->len - at < 512 ? t->file->len - at : 512;
    packet[2] = (uint8_t)(t->block >> 8);
    packet[3] = (uint8_t)t->block;
    memcpy(packet + 4, t->file->data + at, len);
    t->last = len < 512;
    t->due = s->now + (RESEND << t->tries++);
    reply(s, it, packet, 4 + len);
    if (!t->timer)
        sim_push(s, (struct item){.at = t->due, .kind = EV_RESEND, .node = it->node});
    t->timer = true;
}

static void send_next(struct sim *s, const struct item *it, struct transfer *t)
{
    t->block++;
    t->tries = 0;
    send_block(s, it, t);
}

void server_resend(struct sim *s, const struct item *it)
{
    struct transfer *t = &s->transfers[it->node];
    t->timer = false;
    if (!t->file)
        return;
    if (t->due > s->now) { /* another block went since */
        sim_push(s, (struct item){.at = t->due, .kind = EV_RESEND, .node = it->node});
        t->timer = true;
    } else if (t->tries <= RESENDS) {
        send_block(s, &(struct item){.node = it->node, .port = t->port}, t);
    } else {
        t->file = NULL;
    }
}

struct sim_file *sim_find_file(struct sim *s, const char *name)
{
    for (size_t i = 0; i < s->file_count; i++)
        if (strcmp(s->files[i].name, name) == 0)
            return &s->files[i];
    return NULL;
}

static void read_request(struct sim *s, const struct item *it, struct transfer *t)
{
    static const uint8_t missing[] = "\0\5\0\1File not found";
    const char *name = (const char *)it->copy + 2;
    bool whole = it->len > 2 && memchr(name, '\0', it->len - 2);
    bool phones_own = whole && strncmp(name, "SEP", 3) == 0;
    t->file = whole ? sim_find_file(s, phones_own ? CONFIGURATION : name) : NULL;
    t->block = 0;
    t->port = it->port;
    if (t->file)
        send_next(s, it, t);
    else
        reply(s, it, missing, sizeof missing);
}

static void acknowledged(struct sim *s, const struct item *it, struct transfer *t)
{
    uint16_t block = (uint16_t)(it->copy[2] << 8 | it->copy[3]);
    if (!t->file || t->port != it->port || block != t->block)
        return;
    if (!t->last) {
        send_next(s, it, t);
        return;
    }
    t->file->fetches++;
    t->file = NULL;
}

void server_request(struct sim *s, const struct item *it)
{
    struct transfer *t = &s->transfers[it->node];
    if (s->server_down)
        return;
    s->counts.server_packets++;
    if (it->len >= 4 && it->copy[1] == 1)
        read_request(s, it, t);
    else if (it->len >= 4 && it->copy[1] == 4)
        acknowledged(s, it, t);
    else
        t->file = NULL; /* an ERROR: the phone has given up */
}

/* ---- its root ------------------------------------------------------------------------ */

uint8_t *sim_read_file(const char *dir, const char *name, size_t *len)
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

static struct sim_file *add(struct sim *s, const char *name, uint8_t *data, size_t len)
{
    struct sim_file *f = &s->files[s->file_count++];
    f->data = data;
    f->len = len;
    memccpy(f->name, name, 0, sizeof f->name - 1);
    sha256(data, len, f->digest);
    return f;
}

/* From the directory; what is missing there is missing. */
static struct sim_file *add_from(struct sim *s, const char *name)
{
    size_t len = 0;
    uint8_t *data = sim_read_file(s->o.firmware, name, &len);
    return data ? add(s, name, data, len) : NULL;
}

/* The load's files, and one configuration for all phones. */
void server_read_root(struct sim *s)
{
    struct loads list = {0};
    char text[512];
    snprintf(text, sizeof text, "%.57s.loads", s->o.load);
    s->files = calloc(2 + SCREEN_BOXES, sizeof *s->files);
    if (!s->files)
        abort();
    const struct sim_file *index = add_from(s, text);
    if (index && loads_parse(index->data, index->len, &list) == NULL)
        for (size_t i = 0; i < list.count; i++)
            add_from(s, list.file[i]);
    int len = snprintf(text, sizeof text,
                       "<device><loadInformation>%s</loadInformation><vendorConfig>"
                       "<peerFirmwareSharing>%d</peerFirmwareSharing></vendorConfig></device>",
                       s->o.load, s->o.pfs);
    add(s, CONFIGURATION, sim_copy(text, (size_t)len), (size_t)len);
}
