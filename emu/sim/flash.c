/* flash.c - a phone's flash in memory. A download is compared with the server's file, if some phone
 * has authenticated that already, and is kept apart only where it differs.
 */
#include "emu/sim/node.h"

#include "emu/core/loads.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_flash_discard(void *ctx)
{
    struct node *n = ctx;
    free(n->buffer);
    n->buffer = NULL;
    n->len = n->room = 0;
    n->downloading = false;
}

int sim_flash_begin(void *ctx, const char *name, const uint8_t *digest)
{
    struct node *n = ctx;
    sim_flash_discard(n);
    n->downloading = true;
    memset(n->name, 0, sizeof n->name);
    memccpy(n->name, name, 0, sizeof n->name - 1);
    const struct sim_file *f = sim_find_file(n->sim, name);
    bool fits = f && f->authenticated && (!digest || memcmp(digest, f->digest, DIGEST_LEN) == 0);
    n->candidate = fits ? f : NULL;
    return 0;
}

int sim_flash_append(void *ctx, const void *data, size_t len)
{
    struct node *n = ctx;
    const struct sim_file *c = n->candidate;
    if (!n->downloading)
        return -EBADF;
    n->moved = n->sim->now;
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

int sim_flash_view(void *ctx, struct flash_view *v)
{
    struct node *n = ctx;
    const struct sim_file *c = n->candidate;
    if (!n->downloading)
        return -ENOENT;
    *v = (struct flash_view){.data = c ? c->data : n->buffer, .len = n->len,
                             .known = c && c->len == n->len};
    if (v->known)
        memcpy(v->digest, c->digest, DIGEST_LEN);
    else
        sha256(v->data, v->len, v->digest);
    return 0;
}

static bool holds(const struct node *n, const char *name)
{
    for (size_t i = 0; i < n->file_count; i++)
        if (strcmp(n->files[i]->name, name) == 0)
            return true;
    return false;
}

int sim_flash_commit(void *ctx, bool authentic)
{
    struct node *n = ctx;
    struct flash_view v;
    struct sim_file *f = sim_find_file(n->sim, n->name);
    if (sim_flash_view(n, &v) != 0 || !f || memcmp(v.digest, f->digest, DIGEST_LEN) != 0 ||
        holds(n, n->name)) {
        sim_broken(n, "identical", "commits %s, which is not what the server has, or twice",
                   n->name);
        return -EIO;
    }
    if (!authentic && !n->skips)
        sim_broken(n, "identical", "commits %s, and has not authenticated it", n->name);
    f->authenticated |= authentic;
    n->files[n->file_count++] = f;
    sim_flash_discard(n);
    return 0;
}

int sim_flash_open(void *ctx, const char *name, struct flash_view *v)
{
    struct node *n = ctx;
    for (size_t i = 0; i < n->file_count; i++) {
        const struct sim_file *f = n->files[i];
        if (strcmp(f->name, name) != 0)
            continue;
        const uint8_t *data = f == n->flipped ? n->flipped_data : f->data;
        *v = (struct flash_view){.data = data, .len = f->len, .known = true};
        memcpy(v->digest, f->digest, DIGEST_LEN);
        return 0;
    }
    return -ENOENT;
}

void sim_flash_release(void *ctx)
{
    (void)ctx; /* views are the server's own bytes, which stay */
}

void sim_flash_keep(void *ctx, const char *const *names, size_t count)
{
    struct node *n = ctx;
    size_t kept = 0;
    for (size_t i = 0; i < n->file_count; i++)
        for (size_t k = 0; k < count; k++)
            if (strcmp(n->files[i]->name, names[k]) == 0) {
                n->files[kept++] = n->files[i];
                break;
            }
    n->file_count = kept;
}

/* The index and all that it lists: never less may be booted from. */
int sim_flash_activate(void *ctx, const char *load)
{
    struct node *n = ctx;
    char index[NAME_MAX_LEN];
    snprintf(index, sizeof index, "%.57s.loads", load);
    const struct sim_file *f = sim_find_file(n->sim, index);
    struct loads list;
    bool whole = f && holds(n, index) && loads_parse(f->data, f->len, &list) == NULL;
    for (size_t i = 0; whole && i < list.count; i++)
        whole = holds(n, list.file[i]);
    if (!whole)
        sim_broken(n, "whole-load", "boots from %s, of which it holds %zu files", load,
                   n->file_count);
    return 0;
}
