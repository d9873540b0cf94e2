/* store.c - see store.h. */
#include "emu/shell/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names --------------------------------------------------------------------------- */

bool store_name_valid(const char *name)
{
    size_t len = strnlen(name, NAME_MAX_LEN);
    return len > 0 && len < NAME_MAX_LEN && name[0] != '.' && !strpbrk(name, "/@");
}

static void store_name(char out[STORE_NAME], const char *name, const uint8_t *digest)
{
    int at = snprintf(out, STORE_NAME, "%s@", name);
    for (int i = 0; i < DIGEST_LEN; i++)
        at += snprintf(out + at, (size_t)(STORE_NAME - at), "%02x", digest[i]);
}

/* The digest in a link of that name, whatever way leads to the store. */
static int read_link(int dir, const char *name, uint8_t digest[DIGEST_LEN])
{
    char target[STORE_NAME + 32];
    ssize_t len = readlinkat(dir, name, target, sizeof target - 1);
    if (len < 0)
        return -errno;
    target[len] = '\0';
    const char *slash = strrchr(target, '/'), *base = slash ? slash + 1 : target;
    size_t skip = strlen(name);
    if (strlen(base) != skip + 1 + 2 * DIGEST_LEN || memcmp(base, name, skip) != 0 ||
        base[skip] != '@')
        return -EINVAL;
    for (int i = 0; i < DIGEST_LEN; i++)
        if (sscanf(base + skip + 1 + 2 * i, "%2hhx", &digest[i]) != 1)
            return -EINVAL;
    return 0;
}

int store_last(const struct store *s, const char *name, uint8_t digest[DIGEST_LEN])
{
    return read_link(s->fd, name, digest);
}

int store_linked(int dir, const char *name, uint8_t digest[DIGEST_LEN])
{
    return read_link(dir, name, digest);
}

bool store_holds(const struct store *s, const char *name, const uint8_t *digest)
{
    char stored[STORE_NAME];
    struct stat st;
    store_name(stored, name, digest);
    return fstatat(s->fd, stored, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* ---- content ------------------------------------------------------------------------- */

int store_rename(int dir, int to_dir, const char *to)
{
    int error = renameat(dir, STORE_LINK, to_dir, to) < 0 ? -errno : 0;
    unlinkat(dir, STORE_LINK, 0);
    return error;
}

/* <name> in the store points to this content; only a convenience, so that no failure matters. */
static void point_last(const struct store *s, int dir, const char *name, const uint8_t *digest)
{
    uint8_t last[DIGEST_LEN];
    char stored[STORE_NAME];
    if (store_last(s, name, last) == 0 && memcmp(last, digest, DIGEST_LEN) == 0)
        return;
    store_name(stored, name, digest);
    if (symlinkat(stored, dir, STORE_LINK) == 0)
        store_rename(dir, s->fd, name);
}

int store_put(const struct store *s, int dir, const char *file, const char *name,
              const uint8_t *digest)
{
    char stored[STORE_NAME];
    store_name(stored, name, digest);
    if (linkat(dir, file, s->fd, stored, 0) < 0 && !store_holds(s, name, digest))
        return -errno;
    point_last(s, dir, name, digest);
    return 0;
}

int store_link(const struct store *s, int dir, const char *name, const uint8_t *digest)
{
    char stored[STORE_NAME], target[STORE_NAME + 32];
    store_name(stored, name, digest);
    snprintf(target, sizeof target, "%s%s", s->way, stored);
    if (symlinkat(target, dir, STORE_LINK) < 0)
        return -errno;
    return store_rename(dir, dir, name);
}

/* ---- offers -------------------------------------------------------------------------- */

/* One at most under a name. */
struct offered {
    struct offered *next;
    struct store_offer offer;
};

static void drop(struct offered **at)
{
    struct offered *o = *at;
    *at = o->next;
    free(o);
}

/* Without the memory to note it the file stays the phone's own. */
void store_offer(struct store *s, const char *name, const uint8_t *digest)
{
    struct offered *o = s->keeper >= 0 ? calloc(1, sizeof *o) : NULL;
    if (!o)
        return;
    snprintf(o->offer.name, sizeof o->offer.name, "%s", name);
    memcpy(o->offer.digest, digest, sizeof o->offer.digest);
    o->next = s->offers;
    s->offers = o;
    struct phone_request request = {.op = REQUEST_STORE, .offer = o->offer};
    send(s->keeper, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void store_withdraw(struct store *s, const char *name)
{
    struct offered **at = &s->offers;
    while (*at && strcmp((*at)->offer.name, name) != 0)
        at = &(*at)->next;
    if (*at)
        drop(at);
}

void store_forget(struct store *s)
{
    while (s->offers)
        drop(&s->offers);
}

void store_settle(struct store *s, int dir)
{
    for (struct offered **at = &s->offers; *at;) {
        const struct store_offer *o = &(*at)->offer;
        struct stat st;
        if (!store_holds(s, o->name, o->digest)) {
            at = &(*at)->next;
            continue;
        }
        if (fstatat(dir, o->name, &st, AT_SYMLINK_NOFOLLOW) == 0) /* not cleared away since */
            store_link(s, dir, o->name, o->digest);
        drop(at);
    }
}

/* ---- mappings ------------------------------------------------------------------------ */

int store_map_fd(int fd, struct flash_view *view)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EINVAL;
    size_t len = (size_t)st.st_size;
    const void *data = ""; /* nothing to map in an empty file */
    if (len)
        data = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED)
        return -errno;
    view->data = data;
    view->len = len;
    return 0;
}

int store_map_file(int dir, const char *name, struct flash_view *view)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    int error = store_map_fd(fd, view);
    close(fd);
    return error;
}

int store_map(const struct store *s, const char *name, const uint8_t *digest,
              struct flash_view *view)
{
    char stored[STORE_NAME];
    store_name(stored, name, digest);
    return store_map_file(s->fd, stored, view);
}

void store_unmap(struct flash_view *view)
{
    if (view->data && view->len)
        munmap((void *)view->data, view->len);
    *view = (struct flash_view){0};
}

static bool among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void store_keep(int dir_fd, const char *const *names, size_t count)
{
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (store_name_valid(e->d_name) && !among(e->d_name, names, count))
            unlinkat(dir_fd, e->d_name, 0);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
}
