/* flash.c - see flash.h. */
#include "emu/shell/flash.h"
#include "emu/core/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOWNLOAD ".download"
#define ACTIVE   ".active"

/* A file of this flash that is mapped; a list, the newest first. */
struct mapped {
    struct mapped *next;
    char name[NAME_MAX_LEN];
    struct flash_view view;
    uint8_t *spoilt; /* its copy with a byte flipped, or NULL */
};

/* The one download: equal to known so far (fd -1), or going its own way (fd of .download). */
struct download {
    char name[NAME_MAX_LEN]; /* empty: none */
    size_t len;
    int fd;
    struct flash_view known; /* data NULL: nothing to compare with, or no more */
    struct flash_view view;  /* data NULL: not viewed yet */
};

struct flash {
    int dir;
    struct store store;
    struct sha256_state *hash; /* of the download's bytes, once it goes its own way */
    struct download down;
    struct mapped *files;
    bool corrupt;
};

/* ---- download ------------------------------------------------------------------------ */

struct flash *flash_new(int dir_fd, const struct store *store)
{
    struct flash *f = calloc(1, sizeof *f);
    struct sha256_state *hash = sha256_new();
    if (!f || !hash) {
        free(f);
        sha256_free(hash);
        return NULL;
    }
    *f = (struct flash){.dir = dir_fd, .store = *store, .hash = hash, .down.fd = -1};
    unlinkat(dir_fd, DOWNLOAD, 0); /* of a life that ended early */
    unlinkat(dir_fd, STORE_LINK, 0);
    return f;
}

void flash_free(struct flash *f)
{
    if (!f)
        return;
    flash_discard(f);
    flash_release(f);
    store_forget(&f->store);
    sha256_free(f->hash);
    free(f);
}

int flash_begin(struct flash *f, const char *name, const uint8_t *digest)
{
    flash_discard(f);
    if (!store_name_valid(name))
        return -EINVAL;
    struct download *d = &f->down;
    snprintf(d->name, sizeof d->name, "%s", name);
    uint8_t *known = d->known.digest;
    if (digest)
        memcpy(known, digest, DIGEST_LEN);
    if (!digest && store_last(&f->store, name, known) < 0)
        return 0;
    store_map(&f->store, name, known, &d->known); /* without one there is nothing to compare with */
    return 0;
}

static int write_hashed(struct flash *f, const void *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = write(f->down.fd, (const uint8_t *)data + at, len - at);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0)
            at += (size_t)n;
    }
    sha256_update(f->hash, data, len);
    return 0;
}

/* From here on the download goes its own way; what was equal so far becomes its beginning. */
static int part_from_known(struct flash *f)
{
    struct download *d = &f->down;
    d->fd = openat(f->dir, DOWNLOAD, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (d->fd < 0)
        return -errno;
    sha256_reset(f->hash);
    int error = write_hashed(f, d->known.data, d->len);
    store_unmap(&d->known);
    return error;
}

static bool agrees(const struct download *d, const void *data, size_t len)
{
    return d->known.data && len <= d->known.len - d->len &&
           memcmp(d->known.data + d->len, data, len) == 0;
}

int flash_append(struct flash *f, const void *data, size_t len)
{
    struct download *d = &f->down;
    if (!*d->name || d->view.data)
        return -EINVAL;
    if (!agrees(d, data, len)) {
        int error = d->fd < 0 ? part_from_known(f) : 0;
        if (!error)
            error = write_hashed(f, data, len);
        if (error) {
            flash_discard(f); /* a file with a hole is no use to anybody */
            return error;
        }
    }
    d->len += len;
    return 0;
}

static void close_own(struct flash *f)
{
    if (f->down.fd < 0)
        return;
    close(f->down.fd);
    unlinkat(f->dir, DOWNLOAD, 0);
    f->down.fd = -1;
}

/* The download's own file, hashed as it came; unless the same was stored by another meanwhile. */
static int view_own(struct flash *f, struct flash_view *view)
{
    struct download *d = &f->down;
    int error = d->fd < 0 ? part_from_known(f) : 0;
    if (error)
        return error;
    sha256_final(f->hash, view->digest);
    view->known = store_map(&f->store, d->name, view->digest, view) == 0;
    if (view->known)
        close_own(f);
    return view->known ? 0 : store_map_fd(d->fd, view);
}

int flash_view(struct flash *f, struct flash_view *view)
{
    struct download *d = &f->down;
    if (!*d->name)
        return -EINVAL;
    int error = 0;
    if (!d->view.data && d->known.data && d->len == d->known.len) {
        d->view = d->known;
        d->view.known = true;
        d->known.data = NULL;
    } else if (!d->view.data) {
        struct flash_view own = {0};
        error = view_own(f, &own);
        if (!error)
            d->view = own;
    }
    if (error)
        flash_discard(f);
    else
        *view = d->view;
    return error;
}

void flash_discard(struct flash *f)
{
    close_own(f);
    store_unmap(&f->down.known);
    store_unmap(&f->down.view);
    f->down = (struct download){.fd = -1};
}

/* ---- commit -------------------------------------------------------------------------- */

/* The download as the newest of the mapped files. */
static int keep_mapped(struct flash *f, bool known)
{
    struct mapped *m = calloc(1, sizeof *m);
    if (!m)
        return -ENOMEM;
    memcpy(m->name, f->down.name, sizeof m->name);
    m->view = f->down.view;
    m->view.known = known;
    m->next = f->files;
    f->files = m;
    f->down.view = (struct flash_view){0};
    return 0;
}

/* Under its name, and nowhere else. */
static int commit_private(const struct flash *f)
{
    if (renameat(f->dir, DOWNLOAD, f->dir, f->down.name) < 0)
        return -errno;
    return 0;
}

/* Under its name, as a link to what the store holds, or is asked to hold. */
static int commit_shared(struct flash *f, const uint8_t *digest)
{
    const struct download *d = &f->down;
    if (d->fd < 0 || store_put(&f->store, f->dir, DOWNLOAD, d->name, digest) == 0)
        return store_link(&f->store, f->dir, d->name, digest);
    int error = commit_private(f);
    if (!error)
        store_offer(&f->store, d->name, digest);
    return error;
}

void flash_settle(struct flash *f)
{
    store_settle(&f->store, f->dir);
}

int flash_commit(struct flash *f, bool authentic)
{
    struct flash_view view;
    int error = flash_view(f, &view);
    if (error)
        return error;
    bool known = view.known || authentic; /* what the store holds is authentic, whoever says what */
    store_withdraw(&f->store, f->down.name);
    if (f->down.fd >= 0 && fchmod(f->down.fd, 0444) < 0)
        error = -errno;
    else
        error = known ? commit_shared(f, view.digest) : commit_private(f);
    if (!error)
        error = keep_mapped(f, known);
    flash_discard(f);
    return error;
}

/* ---- committed files ----------------------------------------------------------------- */

/* The link says what it is; what is no link is nobody's but this phone's. */
static int map_named(const struct flash *f, const char *name, struct flash_view *view)
{
    view->known = store_linked(f->dir, name, view->digest) == 0;
    if (view->known)
        return store_map(&f->store, name, view->digest, view);
    int error = store_map_file(f->dir, name, view);
    if (!error)
        sha256(view->data, view->len, view->digest);
    return error;
}

static const struct mapped *map_file(struct flash *f, const char *name, int *error)
{
    struct mapped *m = calloc(1, sizeof *m);
    *error = m ? map_named(f, name, &m->view) : -ENOMEM;
    if (*error) {
        free(m);
        return NULL;
    }
    snprintf(m->name, sizeof m->name, "%s", name);
    m->next = f->files;
    return f->files = m;
}

int flash_open(struct flash *f, const char *name, struct flash_view *view)
{
    if (!store_name_valid(name))
        return -ENOENT;
    int error = 0;
    const struct mapped *m = f->files;
    while (m && strcmp(m->name, name) != 0)
        m = m->next;
    if (!m)
        m = map_file(f, name, &error);
    if (m)
        *view = m->view;
    return error;
}

void flash_release(struct flash *f)
{
    while (f->files) {
        struct mapped *m = f->files;
        f->files = m->next;
        store_unmap(&m->view);
        free(m->spoilt);
        free(m);
    }
}

void flash_corrupt(struct flash *f)
{
    f->corrupt = true;
}

static bool spoil(struct mapped *m)
{
    if (!m->spoilt && (m->spoilt = malloc(m->view.len))) {
        memcpy(m->spoilt, m->view.data, m->view.len);
        m->spoilt[m->view.len / 2] ^= 1;
    }
    return m->spoilt != NULL;
}

const void *flash_served(struct flash *f, const void *part, size_t len)
{
    uintptr_t at = (uintptr_t)part;
    for (struct mapped *m = f->corrupt && len > 0 ? f->files : NULL; m; m = m->next) {
        uintptr_t begin = (uintptr_t)m->view.data;
        if (at >= begin && at - begin < m->view.len && spoil(m))
            return m->spoilt + (at - begin);
    }
    return part;
}

/* ---- the load to boot from ----------------------------------------------------------- */

int flash_activate(struct flash *f, const char *load)
{
    size_t len = strlen(load);
    if (!store_name_valid(load))
        return -EINVAL;
    int fd = openat(f->dir, STORE_LINK, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, load, len);
    int error = n < 0 ? -errno : (size_t)n < len ? -ENOSPC : 0;
    close(fd);
    if (!error)
        return store_rename(f->dir, f->dir, ACTIVE);
    unlinkat(f->dir, STORE_LINK, 0);
    return error;
}

int flash_active(struct flash *f, char load[NAME_MAX_LEN])
{
    int fd = openat(f->dir, ACTIVE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    ssize_t n = read(fd, load, NAME_MAX_LEN - 1);
    int error = n < 0 ? -errno : 0;
    close(fd);
    load[n > 0 ? n : 0] = '\0';
    return error ? error : store_name_valid(load) ? 0 : -EINVAL;
}

void flash_keep(struct flash *f, const char *const *names, size_t count)
{
    store_keep(f->dir, names, count);
}
