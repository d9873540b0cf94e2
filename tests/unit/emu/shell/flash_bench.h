/* flash_bench.h - two phones' flashes with one store, in a directory of their own; and content. */
#ifndef FLASH_BENCH_H
#define FLASH_BENCH_H

#include "emu/core/auth.h"
#include "emu/shell/flash.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 100000
#define FILE_NAME "jar41sccp.9-4-2ES22.sbn"

/* Two phones with one store, and some content. */
struct bench {
    char root[32];
    int dir[2], store;
    int keeper; /* hears what is offered */
    struct flash *flash[2];
    uint8_t content[SIZE];
};

static inline int make_dir(const char *root, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0755), 0);
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

/* A phone's flash in dir, beside the store; keeper: who hears of what it has (-1: nobody). */
static inline struct flash *new_flash(const struct bench *b, int dir, int keeper)
{
    const struct store store = {.fd = b->store, .way = "../store/", .keeper = keeper};
    return flash_new(dir, &store);
}

static inline int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    strcpy(b->root, "/tmp/flash.XXXXXX");
    assert_non_null(mkdtemp(b->root));
    b->dir[0] = make_dir(b->root, "a");
    b->dir[1] = make_dir(b->root, "b");
    b->store = make_dir(b->root, "store");
    for (int i = 0; i < 2; i++)
        b->flash[i] = new_flash(b, b->dir[i], -1);
    for (size_t i = 0; i < SIZE; i++)
        b->content[i] = (uint8_t)(i * 7 + i / 251);
    *state = b;
    return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline int teardown(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 2; i++) {
        flash_free(b->flash[i]);
        close(b->dir[i]);
    }
    close(b->store);
    nftw(b->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(b);
    return 0;
}

static inline bool exists(int dir, const char *name)
{
    return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline void append_all(struct flash *f, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len; at += 512)
        assert_int_equal(flash_append(f, data + at, len - at < 512 ? len - at : 512), 0);
}

static inline struct flash_view viewed(struct flash *f)
{
    struct flash_view view;
    assert_int_equal(flash_view(f, &view), 0);
    return view;
}

static inline void assert_view(struct flash_view view, const uint8_t *data, size_t len, bool known)
{
    uint8_t digest[DIGEST_LEN];
    sha256(data, len, digest);
    assert_int_equal(view.len, len);
    assert_memory_equal(view.data, data, len);
    assert_memory_equal(view.digest, digest, DIGEST_LEN);
    assert_int_equal(view.known, known);
}

/* Phone i takes this content from the start to its commit. */
static inline void take(struct bench *b, int i, const uint8_t *data, size_t len,
                        const uint8_t *digest, bool known)
{
    assert_int_equal(flash_begin(b->flash[i], FILE_NAME, digest), 0);
    append_all(b->flash[i], data, len);
    assert_view(viewed(b->flash[i]), data, len, known);
    assert_int_equal(flash_commit(b->flash[i], true), 0);
}

static inline void take_unchecked(struct bench *b, int i, const uint8_t *data, size_t len)
{
    assert_int_equal(flash_begin(b->flash[i], FILE_NAME, NULL), 0);
    append_all(b->flash[i], data, len);
    assert_int_equal(flash_commit(b->flash[i], false), 0);
}

static inline struct stat stat_of(int dir, const char *name)
{
    struct stat st;
    assert_int_equal(fstatat(dir, name, &st, 0), 0); /* as people see it: links are followed */
    return st;
}

#endif
