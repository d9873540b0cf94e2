/* test_flash_kept.c - a store that belongs to somebody else: what phones hold is offered to it. */
#include "tests/unit/emu/shell/flash_bench.h"

#include <sys/socket.h>

#define OTHER_NAME "apps41.9-4-2ES26.sbn"
#define NOBODY 65534

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
    chmod(b->root, 0755);
    for (int i = 0; i < 2; i++) {
        flash_free(b->flash[i]);
        b->flash[i] = new_flash(b, b->dir[i], ends[1]);
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
    struct phone_request request;
    if (recv(b->keeper, &request, sizeof request, 0) != sizeof request)
        return false;
    const struct store_offer offer = request.offer;
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

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup_kept, teardown_kept)
    const struct CMUnitTest tests[] = {
        T(content_is_offered_and_becomes_a_link), T(an_offer_that_is_not_heard_costs_room_only),
        T(what_was_replaced_meanwhile_stays), T(a_phone_cannot_change_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
