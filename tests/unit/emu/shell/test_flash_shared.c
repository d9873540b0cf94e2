/* test_flash_shared.c - two flashes with one store: what is known is not written again. */
#include "tests/unit/emu/shell/flash_bench.h"

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

static void empty_file(void **state)
{
    struct bench *b = *state;
    take(b, 0, b->content, 0, NULL, false);
    take(b, 1, b->content, 0, NULL, true);
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

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(known_content_is_shared_and_not_written), T(a_named_digest_finds_an_older_copy),
        T(differing_content_is_kept_apart), T(shorter_and_longer_than_the_known_copy),
        T(two_that_store_the_same_share_one), T(stored_between_view_and_commit), T(empty_file),
        T(unauthenticated_content_is_not_shared), T(unchecked_content_that_is_known_is_shared),
        T(an_older_file_of_the_store_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
