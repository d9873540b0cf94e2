/* test_flash.c - downloads against the shared store: what is written, shared, visible, refused. */
#include "emu/core/auth.h"
#include "emu/shell/flash.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 100000
#define FILE_NAME "jar41sccp.9-4-2ES22.sbn"
#define OTHER_NAME "apps41.9-4-2ES26.sbn"
#define NOBODY 65534

/* Two phones with one store, and some content. */
struct bench {
    char root[32];
    int dir[2], store;
    int keeper; /* hears what is offered */
    struct flash *flash[2];
    uint8_t content[SIZE];
};

static int make_dir(const char *root, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0755), 0);
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    strcpy(b->root, "/tmp/flash.XXXXXX");
    assert_non_null(mkdtemp(b->root));
    b->dir[0] = make_dir(b->root, "a");
    b->dir[1] = make_dir(b->root, "b");
    b->store = make_dir(b->root, "store");
    const struct store alone = {.fd = b->store, .way = "../store/", .keeper = -1};
    for (int i = 0; i < 2; i++)
        b->flash[i] = flash_new(b->dir[i], &alone);
    for (size_t i = 0; i < SIZE; i++)
        b->content[i] = (uint8_t)(i * 7 + i / 251);
    *state = b;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int teardown(void **state)
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

static bool exists(int dir, const char *name)
{
    return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void append_all(struct flash *f, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len; at += 512)
        assert_int_equal(flash_append(f, data + at, len - at < 512 ? len - at : 512), 0);
}

static struct flash_view viewed(struct flash *f)
{
    struct flash_view view;
    assert_int_equal(flash_view(f, &view), 0);
    return view;
}

static void assert_view(struct flash_view view, const uint8_t *data, size_t len, bool known)
{
    uint8_t digest[DIGEST_LEN];
    sha256(data, len, digest);
    assert_int_equal(view.len, len);
    assert_memory_equal(view.data, data, len);
    assert_memory_equal(view.digest, digest, DIGEST_LEN);
    assert_int_equal(view.known, known);
}

/* Phone i takes this content from the start to its commit. */
static void take(struct bench *b, int i, const uint8_t *data, size_t len, const uint8_t *digest,
                 bool known)
{
    assert_int_equal(flash_begin(b->flash[i], FILE_NAME, digest), 0);
    append_all(b->flash[i], data, len);
    assert_view(viewed(b->flash[i]), data, len, known);
    assert_int_equal(flash_commit(b->flash[i], true), 0);
}

static struct stat stat_of(int dir, const char *name)
{
    struct stat st;
    assert_int_equal(fstatat(dir, name, &st, 0), 0); /* as people see it: links are followed */
    return st;
}

static void invisible_until_committed(void **state)
{
    struct bench *b = *state;
    assert_int_equal(flash_begin(b->flash[0], FILE_NAME, NULL), 0);
    append_all(b->flash[0], b->content, SIZE);
    viewed(b->flash[0]);
    struct flash_view view;
    assert_false(exists(b->dir[0], FILE_NAME));
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), -ENOENT);
    assert_int_equal(flash_commit(b->flash[0], true), 0);
    assert_true(exists(b->dir[0], FILE_NAME));
    assert_false(exists(b->dir[0], ".download"));
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_mode & 07777, 0444);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
}

static void known_content_is_shared_and_not_written(void **state)
{
    struct bench *b = *state;
    take(b, 0, b->content, SIZE, NULL, false);
    assert_int_equal(flash_begin(b->flash[1], FILE_NAME, NULL), 0);
    append_all(b->flash[1], b->content, SIZE);
    assert_false(exists(b->dir[1], ".download"));
    assert_view(viewed(b->flash[1]), b->content, SIZE, true);
    assert_int_equal(flash_commit(b->flash[1], true), 0);
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_ino, stat_of(b->dir[1], FILE_NAME).st_ino);
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_nlink, 1); /* in the store alone */
}

static void a_named_digest_finds_an_older_copy(void **state)
{
    struct bench *b = *state;
    uint8_t digest[DIGEST_LEN];
    sha256(b->content, SIZE, digest);
    take(b, 0, b->content, SIZE, NULL, false);
    take(b, 0, b->content, SIZE - 1, NULL, false); /* newer, shorter, equal as far as it goes */
    assert_int_equal(flash_begin(b->flash[1], FILE_NAME, digest), 0);
    append_all(b->flash[1], b->content, SIZE);
    assert_false(exists(b->dir[1], ".download"));
    assert_view(viewed(b->flash[1]), b->content, SIZE, true);
}

/* The first difference may be anywhere; a lie in the digest gives nothing away. */
static void differing_content_is_kept_apart(void **state)
{
    struct bench *b = *state;
    uint8_t digest[DIGEST_LEN];
    sha256(b->content, SIZE, digest);
    take(b, 0, b->content, SIZE, NULL, false);
    static const size_t where[] = {0, 1, 511, 512, 4096, SIZE - 1};
    for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
        b->content[where[i]] ^= 1;
        assert_int_equal(flash_begin(b->flash[1], FILE_NAME, digest), 0);
        append_all(b->flash[1], b->content, SIZE);
        assert_view(viewed(b->flash[1]), b->content, SIZE, false);
        flash_discard(b->flash[1]);
        b->content[where[i]] ^= 1;
    }
    assert_false(exists(b->dir[1], FILE_NAME));
    assert_false(exists(b->dir[1], ".download"));
    struct flash_view view;
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
}

static void shorter_and_longer_than_the_known_copy(void **state)
{
    struct bench *b = *state;
    take(b, 0, b->content, SIZE / 2, NULL, false);
    take(b, 1, b->content, SIZE, NULL, false);
    take(b, 0, b->content, 513, NULL, false);
    take(b, 1, b->content, SIZE, NULL, true);
    struct flash_view view;
    flash_release(b->flash[0]);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, 513, true);
}

static void two_that_store_the_same_share_one(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(flash_begin(b->flash[i], FILE_NAME, NULL), 0);
        append_all(b->flash[i], b->content, SIZE);
    }
    assert_view(viewed(b->flash[0]), b->content, SIZE, false);
    assert_int_equal(flash_commit(b->flash[0], true), 0);
    assert_view(viewed(b->flash[1]), b->content, SIZE, true); /* stored by the other meanwhile */
    assert_int_equal(flash_commit(b->flash[1], true), 0);
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_ino, stat_of(b->dir[1], FILE_NAME).st_ino);
}

static void stored_between_view_and_commit(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(flash_begin(b->flash[i], FILE_NAME, NULL), 0);
        append_all(b->flash[i], b->content, SIZE);
        assert_view(viewed(b->flash[i]), b->content, SIZE, false);
    }
    assert_int_equal(flash_commit(b->flash[0], true), 0);
    assert_int_equal(flash_commit(b->flash[1], true), 0);
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_ino, stat_of(b->dir[1], FILE_NAME).st_ino);
}

static void replaced_file_leaves_its_mapping(void **state)
{
    struct bench *b = *state;
    struct flash_view old, new;
    take(b, 0, b->content, SIZE, NULL, false);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &old), 0);
    take(b, 0, b->content + 1, SIZE - 1, NULL, false);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &new), 0);
    assert_view(old, b->content, SIZE, true);
    assert_view(new, b->content + 1, SIZE - 1, true);
}

static void committed_survives_restart(void **state)
{
    struct bench *b = *state;
    take(b, 0, b->content, SIZE, NULL, false);
    assert_int_equal(flash_begin(b->flash[0], "half.sbn", NULL), 0);
    append_all(b->flash[0], b->content, 5000);
    assert_true(exists(b->dir[0], ".download"));
    /* dies here: no discard */
    const struct store alone = {.fd = b->store, .way = "../store/", .keeper = -1};
    struct flash *again = flash_new(b->dir[0], &alone);
    struct flash_view view;
    assert_false(exists(b->dir[0], ".download"));
    assert_int_equal(flash_open(again, "half.sbn", &view), -ENOENT);
    assert_int_equal(flash_open(again, FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
    flash_free(again);
}

/* A file that did not come through the store is hashed, and known to nobody. */
static void foreign_file_is_hashed(void **state)
{
    struct bench *b = *state;
    int fd = openat(b->dir[0], "put.sbn", O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(fd, b->content, 1234), 1234);
    close(fd);
    struct flash_view view;
    assert_int_equal(flash_open(b->flash[0], "put.sbn", &view), 0);
    assert_view(view, b->content, 1234, false);
}

static void take_unchecked(struct bench *b, int i, const uint8_t *data, size_t len)
{
    assert_int_equal(flash_begin(b->flash[i], FILE_NAME, NULL), 0);
    append_all(b->flash[i], data, len);
    assert_int_equal(flash_commit(b->flash[i], false), 0);
}

/* What was not authenticated is on that flash only, in every life of it. */
static void unauthenticated_content_is_not_shared(void **state)
{
    struct bench *b = *state;
    struct flash_view view;
    uint8_t digest[DIGEST_LEN];
    sha256(b->content, SIZE, digest);
    for (int stored_before = 0; stored_before < 2; stored_before++) {
        b->content[SIZE / 2] ^= 1;
        take_unchecked(b, 0, b->content, SIZE);
        assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
        assert_view(view, b->content, SIZE, false);
        flash_release(b->flash[0]);
        assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
        assert_view(view, b->content, SIZE, false);
        assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_nlink, 1);
        assert_false(exists(b->dir[0], ".download"));
        assert_int_equal(exists(b->store, FILE_NAME), stored_before);
        /* the same bytes at another phone are as new */
        assert_int_equal(flash_begin(b->flash[1], FILE_NAME, NULL), 0);
        append_all(b->flash[1], b->content, SIZE);
        assert_view(viewed(b->flash[1]), b->content, SIZE, false);
        b->content[SIZE / 2] ^= 1;
        take(b, 1, b->content, SIZE, digest, stored_before);
    }
}

/* Nobody looked, and yet it is what another had authenticated: nothing is written. */
static void unchecked_content_that_is_known_is_shared(void **state)
{
    struct bench *b = *state;
    struct flash_view view;
    take(b, 1, b->content, SIZE, NULL, false);
    take_unchecked(b, 0, b->content, SIZE);
    flash_release(b->flash[0]);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_ino, stat_of(b->dir[1], FILE_NAME).st_ino);
}

/* Not the content stored last under that name, but stored. */
static void an_older_file_of_the_store_is_known(void **state)
{
    struct bench *b = *state;
    struct flash_view view;
    take(b, 0, b->content, SIZE, NULL, false);
    take(b, 1, b->content, SIZE / 2, NULL, false);
    flash_release(b->flash[0]);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
}

/* ---- a store that belongs to somebody else -------------------------------------------- */

/* Its phones may write into their own directories only, as those of a fleet. */
static int setup_kept(void **state)
{
    int ends[2];
    if (geteuid() != 0)
        return 0; /* each test skips itself */
    setup(state);
    struct bench *b = *state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
    b->keeper = ends[0];
    const struct store kept = {.fd = b->store, .way = "../store/", .keeper = ends[1]};
    chmod(b->root, 0755);
    for (int i = 0; i < 2; i++) {
        flash_free(b->flash[i]);
        b->flash[i] = flash_new(b->dir[i], &kept);
        assert_int_equal(fchown(b->dir[i], NOBODY, NOBODY), 0);
    }
    return seteuid(NOBODY);
}

static int teardown_kept(void **state)
{
    if (!*state)
        return 0;
    close(((struct bench *)*state)->keeper);
    return seteuid(0) == 0 ? teardown(state) : -1;
}

#define NEED_KEPT()                                                                                \
    do {                                                                                           \
        if (!*state)                                                                               \
            skip(); /* only root can make a directory that is another's */                         \
    } while (0)

/* What the keeper does with the next offer, if there is one. */
static bool keeper_stores(struct bench *b, int i)
{
    struct store_offer offer;
    if (recv(b->keeper, &offer, sizeof offer, 0) != sizeof offer)
        return false;
    char stored[NAME_MAX_LEN + 1 + 2 * DIGEST_LEN];
    int len = snprintf(stored, sizeof stored, "%s@", offer.name);
    for (int n = 0; n < DIGEST_LEN; n++)
        len += snprintf(stored + len, sizeof stored - (size_t)len, "%02x", offer.digest[n]);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(linkat(b->dir[i], offer.name, b->store, stored, 0), 0);
    assert_int_equal(fchownat(b->store, stored, 0, 0, 0), 0);
    unlinkat(b->store, offer.name, 0);
    assert_int_equal(symlinkat(stored, b->store, offer.name), 0);
    assert_int_equal(seteuid(NOBODY), 0);
    return true;
}

static bool is_link(int dir, const char *name)
{
    char target[256];
    return readlinkat(dir, name, target, sizeof target) > 0;
}

static void content_is_offered_and_becomes_a_link(void **state)
{
    NEED_KEPT();
    struct bench *b = *state;
    struct flash_view view;
    take(b, 0, b->content, SIZE, NULL, false);
    assert_false(is_link(b->dir[0], FILE_NAME));
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_mode & 07777, 0444);
    assert_false(exists(b->dir[0], ".download"));
    assert_true(keeper_stores(b, 0));
    flash_settle(b->flash[0]);
    assert_true(is_link(b->dir[0], FILE_NAME));
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_uid, 0);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
    flash_release(b->flash[0]);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
    /* the other phone writes nothing, and asks for nothing */
    take(b, 1, b->content, SIZE, NULL, true);
    assert_true(is_link(b->dir[1], FILE_NAME));
    assert_false(keeper_stores(b, 1));
}

static void an_offer_that_is_not_heard_costs_room_only(void **state)
{
    NEED_KEPT();
    struct bench *b = *state;
    struct flash_view view;
    take(b, 0, b->content, SIZE, NULL, false);
    flash_settle(b->flash[0]);
    assert_false(is_link(b->dir[0], FILE_NAME));
    flash_release(b->flash[0]);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, false); /* authenticated anew, by whoever asks */
}

/* A late answer must not bring back what was replaced or cleared away. */
static void what_was_replaced_meanwhile_stays(void **state)
{
    NEED_KEPT();
    struct bench *b = *state;
    static const char *const none[] = {"x"};
    take(b, 0, b->content, SIZE, NULL, false);
    assert_true(keeper_stores(b, 0));
    take_unchecked(b, 0, b->content, SIZE / 2);
    flash_settle(b->flash[0]);
    assert_int_equal(stat_of(b->dir[0], FILE_NAME).st_size, SIZE / 2);
    take(b, 0, b->content, SIZE / 3, NULL, false);
    assert_true(keeper_stores(b, 0));
    flash_keep(b->flash[0], none, 1);
    flash_settle(b->flash[0]);
    assert_false(exists(b->dir[0], FILE_NAME));
    assert_false(exists(b->dir[0], ".link"));
}

static void a_phone_cannot_change_the_store(void **state)
{
    NEED_KEPT();
    struct bench *b = *state;
    take(b, 0, b->content, SIZE, NULL, false);
    assert_true(keeper_stores(b, 0));
    flash_settle(b->flash[0]);
    assert_int_equal(openat(b->dir[0], FILE_NAME, O_WRONLY), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(fchmodat(b->dir[0], FILE_NAME, 0666, 0), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(unlinkat(b->store, FILE_NAME, 0), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(symlinkat("x", b->store, OTHER_NAME), -1);
    assert_int_equal(errno, EACCES);
}

static void empty_file(void **state)
{
    struct bench *b = *state;
    take(b, 0, b->content, 0, NULL, false);
    take(b, 1, b->content, 0, NULL, true);
}

static void bad_names_are_refused(void **state)
{
    struct bench *b = *state;
    char longest[NAME_MAX_LEN], too_long[NAME_MAX_LEN + 1];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    memset(too_long, 'x', sizeof too_long);
    too_long[sizeof too_long - 1] = '\0';
    const char *bad[] = {"",   ".",        "..",     ".download", "../a.sbn", "a/b",
                         "/a", "a@b",      ".active", too_long,   "a/../../b"};
    struct flash_view view;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(flash_begin(b->flash[0], bad[i], NULL), -EINVAL);
        assert_int_equal(flash_append(b->flash[0], "x", 1), -EINVAL);
        assert_int_equal(flash_open(b->flash[0], bad[i], &view), -ENOENT);
    }
    assert_int_equal(flash_begin(b->flash[0], longest, NULL), 0);
    assert_int_equal(flash_append(b->flash[0], "x", 1), 0);
    assert_int_equal(flash_commit(b->flash[0], true), 0);
    assert_true(exists(b->dir[0], longest));
}

/* Names that are links elsewhere are not followed, nor a store name that is no digest. */
static void links_are_not_followed(void **state)
{
    struct bench *b = *state;
    struct flash_view view;
    assert_int_equal(symlinkat("/etc/passwd", b->dir[0], "passwd"), 0);
    assert_int_equal(flash_open(b->flash[0], "passwd", &view), -ELOOP);
    assert_int_equal(symlinkat("/etc/passwd", b->store, FILE_NAME), 0);
    take(b, 0, b->content, SIZE, NULL, false);
    take(b, 1, b->content, SIZE, NULL, true);
}

static void order_of_calls_is_checked(void **state)
{
    struct bench *b = *state;
    struct flash_view view;
    assert_int_equal(flash_append(b->flash[0], "x", 1), -EINVAL);
    assert_int_equal(flash_view(b->flash[0], &view), -EINVAL);
    assert_int_equal(flash_commit(b->flash[0], true), -EINVAL);
    assert_int_equal(flash_begin(b->flash[0], FILE_NAME, NULL), 0);
    assert_int_equal(flash_append(b->flash[0], "x", 1), 0);
    viewed(b->flash[0]);
    assert_int_equal(flash_append(b->flash[0], "y", 1), -EINVAL);
    assert_view(viewed(b->flash[0]), (const uint8_t *)"x", 1, false); /* as often as one likes */
}

static void a_failed_write_drops_the_download(void **state)
{
    struct bench *b = *state;
    const struct store alone = {.fd = b->store, .way = "../store/", .keeper = -1};
    struct flash *f = flash_new(-1, &alone);
    assert_int_equal(flash_begin(f, FILE_NAME, NULL), 0);
    assert_int_equal(flash_append(f, "x", 1), -EBADF);
    assert_int_equal(flash_append(f, "x", 1), -EINVAL);
    flash_free(f);
}

static void active_load(void **state)
{
    struct bench *b = *state;
    char load[NAME_MAX_LEN];
    assert_int_equal(flash_active(b->flash[0], load), -ENOENT);
    assert_int_equal(flash_activate(b->flash[0], "SCCP41.9-4-2SR1-1S"), 0);
    assert_int_equal(flash_activate(b->flash[0], "SCCP41.9-4-2SR3-1S"), 0);
    assert_int_equal(flash_active(b->flash[0], load), 0);
    assert_string_equal(load, "SCCP41.9-4-2SR3-1S");
    assert_int_equal(flash_activate(b->flash[0], "../x"), -EINVAL);
    assert_int_equal(flash_active(b->flash[1], load), -ENOENT);
    assert_false(exists(b->dir[0], ".link"));
}

static void keeps_the_files_of_one_load(void **state)
{
    struct bench *b = *state;
    static const char *const names[] = {"new.loads", "apps.sbn"};
    for (size_t i = 0; i < 2; i++)
        close(openat(b->dir[0], names[i], O_CREAT | O_WRONLY, 0644));
    close(openat(b->dir[0], "old.loads", O_CREAT | O_WRONLY, 0644));
    assert_int_equal(flash_activate(b->flash[0], "new"), 0);
    flash_keep(b->flash[0], names, 2);
    char load[NAME_MAX_LEN];
    assert_int_equal(flash_active(b->flash[0], load), 0);
    assert_true(exists(b->dir[0], "new.loads") && exists(b->dir[0], "apps.sbn"));
    assert_false(exists(b->dir[0], "old.loads"));
}

static void a_corrupt_flash_serves_a_flipped_byte_and_keeps_its_own(void **state)
{
    struct bench *b = *state;
    struct flash_view view;
    uint8_t other[4] = "own";
    take(b, 0, b->content, SIZE, NULL, false);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_ptr_equal(flash_served(b->flash[0], view.data, SIZE), view.data);
    flash_corrupt(b->flash[0]);
    const uint8_t *served = flash_served(b->flash[0], view.data, SIZE);
    size_t flipped = 0;
    for (size_t i = 0; i < SIZE; i++)
        flipped += served[i] != b->content[i];
    assert_int_equal(flipped, 1);
    assert_ptr_equal(flash_served(b->flash[0], view.data + 700, 300), served + 700);
    assert_ptr_equal(flash_served(b->flash[0], other, sizeof other), other);
    assert_view(view, b->content, SIZE, true); /* what it holds is as it was */
    flash_release(b->flash[0]);
    assert_int_equal(flash_open(b->flash[0], FILE_NAME, &view), 0);
    assert_view(view, b->content, SIZE, true);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define KEPT(name) cmocka_unit_test_setup_teardown(name, setup_kept, teardown_kept)
    const struct CMUnitTest tests[] = {
        KEPT(content_is_offered_and_becomes_a_link),
        KEPT(an_offer_that_is_not_heard_costs_room_only),
        KEPT(what_was_replaced_meanwhile_stays), KEPT(a_phone_cannot_change_the_store),
        T(invisible_until_committed), T(known_content_is_shared_and_not_written),
        T(a_named_digest_finds_an_older_copy), T(differing_content_is_kept_apart),
        T(shorter_and_longer_than_the_known_copy), T(two_that_store_the_same_share_one),
        T(stored_between_view_and_commit), T(replaced_file_leaves_its_mapping),
        T(committed_survives_restart), T(foreign_file_is_hashed), T(empty_file),
        T(unauthenticated_content_is_not_shared), T(unchecked_content_that_is_known_is_shared),
        T(an_older_file_of_the_store_is_known),
        T(bad_names_are_refused), T(links_are_not_followed), T(order_of_calls_is_checked),
        T(a_failed_write_drops_the_download), T(active_load),
        T(keeps_the_files_of_one_load),
        T(a_corrupt_flash_serves_a_flipped_byte_and_keeps_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
