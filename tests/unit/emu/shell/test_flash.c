/* test_flash.c - one phone's flash: downloads, names, the active load, and what is served of it. */
#include "tests/unit/emu/shell/flash_bench.h"

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
    struct flash *again = new_flash(b, b->dir[0], -1);
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
    struct flash *f = new_flash(b, -1, -1);
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
    const struct CMUnitTest tests[] = {
        T(invisible_until_committed), T(replaced_file_leaves_its_mapping),
        T(committed_survives_restart), T(foreign_file_is_hashed), T(bad_names_are_refused),
        T(links_are_not_followed), T(order_of_calls_is_checked),
        T(a_failed_write_drops_the_download), T(active_load), T(keeps_the_files_of_one_load),
        T(a_corrupt_flash_serves_a_flipped_byte_and_keeps_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
