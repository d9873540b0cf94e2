/* deposit.c - see deposit.h; the launcher's only user of the cryptographic library. */
#include "netns/run/deposit.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMING     ".coming"   /* in the store: what is being made */
#define MOST_BYTES (64u << 20) /* four times what a phone takes: all wait meanwhile */

static_assert(SHA256_DIGEST_SIZE == DIGEST_LEN, "the contract's digest is SHA-256");

/* As a phone's own rule for names: no path, not hidden, no '@'. */
static bool name_valid(const struct store_offer *o)
{
    size_t len = strnlen(o->name, sizeof o->name);
    return len > 0 && len < sizeof o->name && o->name[0] != '.' && !strpbrk(o->name, "/@");
}

static void store_name(char *out, size_t size, const struct store_offer *o)
{
    int len = snprintf(out, size, "%s@", o->name);
    for (int i = 0; i < DIGEST_LEN; i++)
        len += snprintf(out + len, size - (size_t)len, "%02x", o->digest[i]);
}

/* The phone's file, or a negative errno. */
static int open_offered(const struct outdir *out, const char *phone, const char *name)
{
    struct stat st;
    int dir = openat(out->flash, phone, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int err = fd < 0 ? -errno : 0;
    if (dir >= 0)
        close(dir);
    if (err == 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)))
        err = -EINVAL;
    if (err != 0 && fd >= 0)
        close(fd);
    return err != 0 ? err : fd;
}

/* Copies all of it. 0 or a negative errno. */
static int copy(int from, int to, uint8_t digest[DIGEST_LEN])
{
    static uint8_t block[1 << 16];
    struct sha256_ctx hash;
    size_t total = 0;
    ssize_t len;
    sha256_init(&hash);
    while ((len = read(from, block, sizeof block)) > 0) {
        total += (size_t)len;
        if (total > MOST_BYTES)
            return -EFBIG;
        ssize_t written = write(to, block, (size_t)len);
        if (written != len)
            return written < 0 ? -errno : -ENOSPC;
        sha256_update(&hash, (size_t)len, block);
    }
    sha256_digest(&hash, DIGEST_LEN, digest);
    return len < 0 ? -errno : 0;
}

/* Nobody sees it before it is whole. */
static int fill(int store, int from, const struct store_offer *offer, const char *stored)
{
    uint8_t digest[DIGEST_LEN];
    unlinkat(store, COMING, 0);
    int to = openat(store, COMING, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (to < 0)
        return -errno;
    int err = copy(from, to, digest);
    if (err == 0 && memcmp(digest, offer->digest, sizeof digest) != 0)
        err = -EBADMSG;
    if (err == 0 && (fchmod(to, 0444) != 0 || renameat(store, COMING, store, stored) != 0))
        err = -errno;
    close(to);
    if (err != 0)
        unlinkat(store, COMING, 0);
    return err;
}

/* The plain name leads to the content stored last: a convenience, so that no failure matters. */
static void point_last(int store, const char *name, const char *stored)
{
    unlinkat(store, COMING, 0);
    if (symlinkat(stored, store, COMING) == 0 && renameat(store, COMING, store, name) != 0)
        unlinkat(store, COMING, 0);
}

int deposit(const struct outdir *out, const char *phone, const struct store_offer *offer)
{
    char stored[NAME_MAX_LEN + 1 + 2 * DIGEST_LEN];
    struct stat st;
    if (!name_valid(offer))
        return -EINVAL;
    store_name(stored, sizeof stored, offer);
    if (fstatat(out->store, stored, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    int from = open_offered(out, phone, offer->name);
    if (from < 0)
        return from;
    int err = fill(out->store, from, offer, stored);
    close(from);
    if (err == 0)
        point_last(out->store, offer->name, stored);
    return err;
}
