/* What phones offer to the store: what it takes, what it refuses, and that nobody alters it. */
#include "netns/run/deposit.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PHONE "SEP02760A6A0010"
/* Of "abc": FIPS 180-2, appendix B.1. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static char base[32];
static struct outdir out;
static int phone;

static int set_up(void **state)
{
    (void)state;
    strcpy(base, "/tmp/test_deposit.XXXXXX");
    if (mkdtemp(base) == NULL)
        return -1;
    out = OUTDIR_NONE;
    out.flash = open(base, O_RDONLY | O_DIRECTORY);
    mkdirat(out.flash, ".store", 0755);
    mkdirat(out.flash, PHONE, 0755);
    out.store = openat(out.flash, ".store", O_RDONLY | O_DIRECTORY);
    phone = openat(out.flash, PHONE, O_RDONLY | O_DIRECTORY);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(phone);
    outdir_close(&out);
    return remove_tree(AT_FDCWD, base);
}

static void put(const char *name, const char *text)
{
    int fd = openat(phone, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static struct store_offer offer(const char *name, const char *hex)
{
    struct store_offer o = {0};
    snprintf(o.name, sizeof o.name, "%s", name);
    for (int i = 0; i < DIGEST_LEN; i++)
        assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &o.digest[i]), 1);
    return o;
}

static int deposits(const char *name, const char *hex)
{
    struct store_offer o = offer(name, hex);
    return deposit(&out, PHONE, &o);
}

static void assert_stored(const char *stored, const char *text)
{
    char got[16] = "";
    struct stat st;
    int fd = openat(out.store, stored, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, got, sizeof got - 1), strlen(text));
    assert_string_equal(got, text);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0444);
    close(fd);
}

static void copies_what_is_what_it_says(void **state)
{
    (void)state;
    put("a.sbn", "abc");
    umask(077);
    assert_int_equal(deposits("a.sbn", ABC), 0);
    umask(022);
    assert_stored("a.sbn@" ABC, "abc");
    assert_stored("a.sbn", "abc");
    put("a.sbn", "later"); /* the phone's own file is another one */
    assert_stored("a.sbn@" ABC, "abc");
    assert_int_equal(deposits("a.sbn", ABC), 0); /* is there already */
    assert_stored("a.sbn@" ABC, "abc");
}

static bool empty(int dir)
{
    return faccessat(dir, ".coming", F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
           faccessat(dir, "a.sbn", F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
           faccessat(dir, "a.sbn@" ABC, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
}

static void refuses_another_content(void **state)
{
    (void)state;
    put("a.sbn", "abd");
    assert_int_equal(deposits("a.sbn", ABC), -EBADMSG);
    put("a.sbn", "");
    assert_int_equal(deposits("a.sbn", ABC), -EBADMSG);
    put("a.sbn", "abcabc");
    assert_int_equal(deposits("a.sbn", ABC), -EBADMSG);
    assert_true(empty(out.store));
    put("a.sbn", "abc"); /* and is not the worse for it */
    assert_int_equal(deposits("a.sbn", ABC), 0);
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    assert_int_equal(deposits("a.sbn", ABC), -ENOENT);
    assert_int_equal(mkfifoat(phone, "a.sbn", 0644), 0); /* and does not wait for it */
    assert_int_equal(deposits("a.sbn", ABC), -EINVAL);
    unlinkat(phone, "a.sbn", 0);
    assert_int_equal(mkdirat(phone, "a.sbn", 0755), 0);
    assert_int_equal(deposits("a.sbn", ABC), -EINVAL);
    unlinkat(phone, "a.sbn", AT_REMOVEDIR);
    put("real", "abc");
    assert_int_equal(symlinkat("real", phone, "a.sbn"), 0);
    assert_int_equal(deposits("a.sbn", ABC), -ELOOP);
    unlinkat(phone, "a.sbn", 0);
    int fd = openat(phone, "a.sbn", O_WRONLY | O_CREAT, 0644);
    assert_int_equal(ftruncate(fd, 65 << 20), 0);
    close(fd);
    assert_int_equal(deposits("a.sbn", ABC), -EFBIG);
    assert_true(empty(out.store));
}

static void refuses_names_that_lead_elsewhere(void **state)
{
    (void)state;
    static const char *const names[] = {"", ".", "..", ".active", "../" PHONE "/a.sbn", "/etc/x",
                                        "a@b", "b/a.sbn"};
    put("a.sbn", "abc");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(deposits(names[i], ABC), -EINVAL);
    struct store_offer endless = offer("a.sbn", ABC);
    memset(endless.name, 'x', sizeof endless.name);
    assert_int_equal(deposit(&out, PHONE, &endless), -EINVAL);
    struct store_offer o = offer("a.sbn", ABC);
    assert_int_equal(renameat(out.flash, PHONE, out.flash, "elsewhere"), 0);
    assert_int_equal(symlinkat("elsewhere", out.flash, PHONE), 0);
    assert_true(deposit(&out, PHONE, &o) < 0);
    assert_true(empty(out.store));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(copies_what_is_what_it_says),
        T(refuses_another_content),
        T(refuses_what_is_no_file),
        T(refuses_names_that_lead_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
