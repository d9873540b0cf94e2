/* The output directory: what is replaced, what is refused, and that no link is followed. */
#include "netns/run/outdir.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[64]; /* a directory of the test's own */
static char out[128]; /* base/deep/out */
static char path[256];

static const struct plan_phone phones[] = {{.name = "SEP02760A6A0010"},
                                           {.name = "SEP02760A6A0011"}};
static const struct fleet fleet;
static const struct plan plan = {
    .fleet = &fleet, .phones = (struct plan_phone *)phones, .count = 2};

static const struct ids ids = {.first = 70000, .count = 2};

static const char *in_out(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", out, name);
    return path;
}

static bool exists(const char *name)
{
    struct stat st;
    return lstat(in_out(name), &st) == 0;
}

static void put(const char *file)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "mine", 4), 4);
    close(fd);
}

static bool is_mine(const char *file)
{
    char text[8] = "";
    int fd = open(file, O_RDONLY);
    ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    return len == 4 && memcmp(text, "mine", 4) == 0;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(base, "/tmp/test_outdir.XXXXXX");
    if (mkdtemp(base) == NULL)
        return -1;
    snprintf(out, sizeof out, "%s/deep/out", base);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return remove_tree(AT_FDCWD, base);
}

static void make(int expected)
{
    struct outdir o;
    assert_int_equal(outdir_make(&o, out, &plan, &ids), expected);
    outdir_close(&o);
}

static void makes_everything_whatever_the_umask(void **state)
{
    (void)state;
    struct stat st;
    mode_t mask = umask(077);
    make(0);
    umask(mask);
    assert_int_equal(stat(in_out("flash/SEP02760A6A0011"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0755);
    assert_int_equal(st.st_uid, 70001); /* an id each */
    assert_int_equal(st.st_gid, 70001);
    assert_int_equal(stat(in_out("logs/SEP02760A6A0010.log"), &st), 0);
    assert_int_equal(st.st_uid, 0);
    assert_int_equal(stat(in_out("flash/.store"), &st), 0);
    assert_int_equal(st.st_uid, 0);
    assert_int_equal(stat(in_out("logs"), &st), 0);
    assert_int_equal(st.st_uid, 0);
    assert_true(exists("tftproot") && exists("events.jsonl") && exists("tftp.log"));
}

static void replaces_an_earlier_run_and_keeps_the_rest(void **state)
{
    (void)state;
    make(0);
    put(in_out("events.jsonl"));
    put(in_out("flash/SEP02760A6A0010/old"));
    put(in_out("logs/SEP0000000000FF.log"));
    put(in_out("notes.txt"));
    static const char *const results[] = {"summary.json", "compare.json", "junit.xml",
                                          "report.html", "site.pcapng"};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        put(in_out(results[i]));
    make(0);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        assert_false(exists(results[i]));
    assert_false(exists("flash/SEP02760A6A0010/old"));
    assert_false(exists("logs/SEP0000000000FF.log"));
    assert_false(is_mine(in_out("events.jsonl")));
    assert_true(is_mine(in_out("notes.txt")));
}

static void refuses_directories_that_are_not_of_a_run(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/deep", base);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(mkdir(out, 0755), 0);
    assert_int_equal(mkdir(in_out("tftproot"), 0755), 0);
    put(in_out("tftproot/firmware"));
    put(in_out("report.html"));
    make(2);
    assert_true(is_mine(in_out("report.html")));
    assert_true(is_mine(in_out("tftproot/firmware")));
    assert_false(exists("events.jsonl"));
}

/* The lock is the processes' that have the directory open, and ends with the last of them. */
static void is_of_one_run_at_a_time(void **state)
{
    (void)state;
    struct outdir o;
    char byte;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(outdir_make(&o, out, &plan, &ids), 0);
    put(in_out("summary.json"));
    pid_t heir = fork();
    if (heir == 0) {
        close(ready[0]);
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    outdir_close(&o);
    make(2);
    assert_true(is_mine(in_out("summary.json")));
    kill(heir, SIGKILL);
    waitpid(heir, NULL, 0);
    make(0);
    assert_false(exists("summary.json"));
    close(ready[0]);
    close(ready[1]);
}

static void follows_no_link_when_it_removes(void **state)
{
    (void)state;
    char treasure[128], file[160];
    snprintf(treasure, sizeof treasure, "%s/treasure", base);
    assert_int_equal(mkdir(treasure, 0755), 0);
    snprintf(file, sizeof file, "%s/gold", treasure);
    put(file);
    make(0);
    assert_int_equal(symlink(file, in_out("tftproot/gold")), 0);
    assert_int_equal(symlink(treasure, in_out("tftproot/all")), 0);
    assert_int_equal(symlink(treasure, in_out("flash/.store/all")), 0);
    outdir_cleanup(out);
    assert_false(exists("tftproot"));
    assert_false(exists("flash/.store"));
    assert_true(exists("flash/SEP02760A6A0010"));
    assert_true(is_mine(file));

    /* the directories themselves as links */
    assert_int_equal(symlink(treasure, in_out("tftproot")), 0);
    assert_int_equal(remove_tree(AT_FDCWD, in_out("flash")), 0);
    assert_int_equal(symlink(treasure, in_out("flash")), 0);
    snprintf(path, sizeof path, "%s/.store", treasure);
    assert_int_equal(mkdir(path, 0755), 0);
    outdir_cleanup(out);
    make(0);
    assert_true(is_mine(file));
    snprintf(path, sizeof path, "%s/.store", treasure);
    assert_int_equal(access(path, F_OK), 0);
}

static ino_t inode(const char *name)
{
    struct stat st;
    assert_int_equal(lstat(in_out(name), &st), 0);
    assert_true(S_ISREG(st.st_mode) && st.st_uid == 0);
    return st.st_ino;
}

/* What people find after a run: whole files of their own, each content once on the disk. */
static void cleanup_leaves_flashes_whole(void **state)
{
    (void)state;
    static const char *const dirs[] = {"flash/SEP02760A6A0010", "flash/SEP02760A6A0011"};
    char name[64], gold[128];
    struct stat st;
    make(0);
    snprintf(gold, sizeof gold, "%s/gold", base);
    put(gold);
    assert_int_equal(chown(gold, 1234, 1234), 0);
    put(in_out("flash/.store/a.sbn@00"));
    put(in_out("flash/SEP02760A6A0010/own.sbn"));
    assert_int_equal(chown(in_out("flash/SEP02760A6A0010/own.sbn"), 70000, 70000), 0);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s/a.sbn", dirs[i]);
        assert_int_equal(symlink("../.store/a.sbn@00", in_out(name)), 0);
    }
    /* what a phone may have made in malice */
    assert_int_equal(link(gold, in_out("flash/SEP02760A6A0011/hard.sbn")), 0);
    assert_int_equal(symlink(gold, in_out("flash/SEP02760A6A0011/soft.sbn")), 0);
    assert_int_equal(symlink("../.store/../../events.jsonl",
                             in_out("flash/SEP02760A6A0011/events.sbn")), 0);
    assert_int_equal(symlink("../.store/absent", in_out("flash/SEP02760A6A0011/none.sbn")), 0);
    outdir_cleanup(out);
    assert_false(exists("flash/.store"));
    assert_int_equal(inode("flash/SEP02760A6A0010/a.sbn"), inode("flash/SEP02760A6A0011/a.sbn"));
    assert_true(is_mine(in_out("flash/SEP02760A6A0010/a.sbn")));
    inode("flash/SEP02760A6A0010/own.sbn");
    assert_int_equal(stat(in_out("flash/SEP02760A6A0010"), &st), 0);
    assert_int_equal(st.st_uid, 0);
    assert_int_equal(stat(gold, &st), 0);
    assert_int_equal(st.st_uid, 1234);
    assert_int_equal(lstat(in_out("flash/SEP02760A6A0011/events.sbn"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

static void cannot_be_made_below_a_file(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/deep", base);
    put(path);
    make(3);
}

int main(void)
{
    if (geteuid() != 0) {
        fprintf(stderr, "skipped: giving files to the phones' user needs root\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(makes_everything_whatever_the_umask, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replaces_an_earlier_run_and_keeps_the_rest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cleanup_leaves_flashes_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_directories_that_are_not_of_a_run, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(is_of_one_run_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(follows_no_link_when_it_removes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cannot_be_made_below_a_file, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
