/* phone_check.h - what must hold of a phone whatever has happened to it, for fuzz_phone.c: at most
 * two children, who get the true bytes; its links as the carrier has them; no file on the
 * flash but the server's own, to the byte; never a load to boot from that is not whole there.
 */
#ifndef PHONE_CHECK_H
#define PHONE_CHECK_H

#include "tests/unit/emu/core/core_play.h"

#include "tests/fuzz/fuzz.h"

#define LOAD "SCCP41.good"

/* Those of the load, and one that is of none. */
static const char *const files[] = {
    LOAD ".loads",    "apps41.good.sbn",     "cnu41.good.sbn",   "cvm41sccp.good.sbn",
    "dsp41.good.sbn", "jar41sccp.good.sbn", "another-file.sbn",
};
#define FILES (sizeof files / sizeof *files)

static struct bench_file truth[BENCH_FILES];

/* What has been sent to a child since its link stands. */
static struct served {
    const struct bench_file *file; /* announced; NULL: not yet */
    size_t at;                     /* next byte of it */
    unsigned serial;               /* of the link */
} served[CONN_LOBBY];

static inline void check_links(struct bench *b)
{
    const struct pfs *s = pfs_of(b);
    size_t open = 0;
    for (int i = 0; i < CONN_PEERS; i++)
        open += b->conn[i].state == CONN_IS_OPEN;
    must(open == 0 || b->listening);
    for (int i = 0; i < 2; i++) {
        const struct pfs_slot *c = &s->below.slots[i];
        bool linked = c->state != SLOT_FREE;
        must(linked == (c->link.state == LINK_OPEN));
        must(linked == (b->conn[CONN_CHILD0 + i].state == CONN_IS_OPEN));
        must(!linked || c->ip == b->conn[CONN_CHILD0 + i].ip);
    }
    must((s->parent.link.state == LINK_OPEN) == (b->conn[CONN_PARENT].state == CONN_IS_OPEN));
    for (int i = CONN_LOBBY; i < CONN_PEERS; i++)
        for (int j = CONN_LOBBY; j < i; j++)
            must(b->conn[i].state == CONN_IS_FREE || b->conn[j].state == CONN_IS_FREE ||
                 b->conn[i].ip != b->conn[j].ip);
}

static inline void check_said(struct served *to, const struct wire_msg *m, const uint8_t *payload,
                              size_t len)
{
    if (m->type == WIRE_FILE) {
        uint8_t digest[DIGEST_LEN];
        must(!to->file);
        for (size_t i = 0; i + 1 < FILES; i++)
            if (m->h == wire_hierarchy(MODEL, files[i]))
                to->file = bench_find(truth, files[i]);
        must(to->file && m->size == to->file->len && m->offset <= m->size);
        sha256(to->file->data, to->file->len, digest);
        must(memcmp(digest, m->digest, sizeof digest) == 0);
        to->at = m->offset;
    } else if (m->type == WIRE_DATA) {
        must(to->file && len <= to->file->len - to->at);
        must(memcmp(to->file->data + to->at, payload, len) == 0);
        to->at += len;
    }
}

/* Children get the true file, from where it was announced to its end, without a gap. */
static inline void check_served(struct bench *b)
{
    for (int conn = CONN_CHILD0; conn < CONN_LOBBY; conn++) {
        struct served *to = &served[conn];
        struct bench_conn *c = &b->conn[conn];
        bool open = c->state == CONN_IS_OPEN;
        if (to->serial != c->serial) /* a new link, maybe in the place of an old one */
            *to = (struct served){.serial = c->serial};
        while (open && c->out_at < c->out_len) {
            const uint8_t *at = c->out + c->out_at;
            struct wire_msg m;
            int64_t length = wire_peek(at, c->out_len - c->out_at);
            must(length >= WIRE_HEADER && (size_t)length <= c->out_len - c->out_at);
            size_t head = at[3] == WIRE_DATA ? WIRE_HEADER : (size_t)length;
            must(wire_decode(at, head, &m) == NULL);
            check_said(to, &m, at + head, (size_t)length - head);
            c->out_at += (size_t)length;
        }
        if (!open)
            *to = (struct served){0};
        else if (pfs_of(b)->below.slots[conn - CONN_CHILD0].state == SLOT_SENT)
            must(to->file && to->at == to->file->len);
    }
}

static inline void check_flash(struct bench *b)
{
    for (size_t i = 0; i < BENCH_FILES; i++) {
        const struct bench_file *f = &b->flash[i];
        if (!f->data)
            continue;
        const struct bench_file *t = bench_find(truth, f->name);
        must(t && t->len == f->len && memcmp(t->data, f->data, f->len) == 0);
        must(f->shared);
    }
    must(b->download.len <= PFS_FILE_MAX);
    if (!*b->active)
        return;
    must(strcmp(b->active, LOAD) == 0);
    for (size_t i = 0; i + 1 < FILES; i++)
        must(bench_find(b->flash, files[i]));
}

#endif
