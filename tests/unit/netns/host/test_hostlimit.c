/* Host limits raised, kept as long as one run needs them, and put back however runs end. */
#include "netns/host/hostlimit.h"
#include "tests/unit/netns/world_bench.h"

#include <sys/pidfd.h>
#include <sys/prctl.h>

/* Only one test and no large fleet can use the host's limits at a time. */
static bool busy;
#define NEED_QUIET_HOST()                                                                          \
    do {                                                                                           \
        NEED_ROOT();                                                                               \
        if (busy) {                                                                                \
            print_message("skipped: another fleet has raised this host's limits\n");               \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

static const char *const paths[] = {
    "/proc/sys/net/core/netdev_max_backlog", "/proc/sys/net/ipv4/neigh/default/gc_thresh1",
    "/proc/sys/net/ipv4/neigh/default/gc_thresh2", "/proc/sys/net/ipv4/neigh/default/gc_thresh3"};
static unsigned long host[4];

static unsigned long read_limit(const char *path)
{
    unsigned long value = 0;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%lu", &value), 1);
    fclose(f);
    return value;
}

static void write_limit(const char *path, unsigned long value)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%lu\n", value);
    assert_int_equal(fclose(f), 0);
}

/* Known values to start from; the host's own come back at the end. */
static int set_known(void **state)
{
    (void)state;
    static const unsigned long known[] = {1000, 128, 512, 1024};
    busy = access("/run/fleet-hostlimits", F_OK) == 0;
    if (geteuid() != 0 || busy)
        return 0;
    for (int i = 0; i < 4; i++) {
        host[i] = read_limit(paths[i]);
        write_limit(paths[i], known[i]);
    }
    return 0;
}

static int set_host(void **state)
{
    (void)state;
    for (int i = 0; i < 4 && geteuid() == 0 && !busy; i++)
        write_limit(paths[i], host[i]);
    return 0;
}

/* A launcher: raises for so many phones, says so, and waits to be ended. */
static pid_t launcher(size_t phones)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct bench b;
        bench_plan(&b, phones);
        close(ready[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!freopen("/dev/null", "w", stderr) || hostlimit_raise(b.plan.count) != 0 ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        close(ready[1]);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end(pid_t pid, int sig)
{
    kill(pid, sig);
    waitpid(pid, NULL, 0);
}

static bool becomes(const char *path, unsigned long wanted)
{
    for (long long until = clock_ms() + 3000; clock_ms() < until; poll(NULL, 0, 2))
        if (read_limit(path) == wanted)
            return true;
    return false;
}

static void restored_after_kill(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    pid_t pid = launcher(600);
    assert_int_equal(read_limit(paths[0]), 16384);
    assert_int_equal(read_limit(paths[1]), 16384);
    assert_int_equal(read_limit(paths[2]), 32768);
    assert_int_equal(read_limit(paths[3]), 65536);
    end(pid, SIGKILL);
    assert_true(becomes(paths[0], 1000) && becomes(paths[1], 128));
    assert_true(becomes(paths[2], 512) && becomes(paths[3], 1024));
}

static void guard_is_deaf_to_signals(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    pid_t pid = launcher(200);
    char path[64];
    int guard = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    FILE *f = fopen(path, "r");
    assert_int_equal(fscanf(f, "%d", &guard), 1);
    fclose(f);
    for (long long until = clock_ms() + 3000; getsid(guard) == getsid(0);)
        assert_true(clock_ms() < until);
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++)
        assert_int_equal(kill(guard, signals[i]), 0);
    assert_int_equal(read_limit(paths[3]), 16384);
    end(pid, SIGKILL);
    assert_true(becomes(paths[3], 1024));
}

static void last_of_several_restores(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    static const bool orders[] = {false, true};
    for (int i = 0; i < 2; i++) {
        pid_t small = launcher(200), large = launcher(600), again = launcher(200);
        assert_int_equal(read_limit(paths[3]), 65536);
        end(orders[i] ? large : small, SIGKILL);
        end(again, SIGTERM);
        for (int n = 0; n < 100; n++, poll(NULL, 0, 2))
            assert_int_equal(read_limit(paths[3]), 65536);
        end(orders[i] ? small : large, SIGKILL);
        assert_true(becomes(paths[3], 1024) && becomes(paths[0], 1000));
    }
}

static void said_and_released(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    struct bench b;
    bench_plan(&b, 200);
    struct words words = words_begin();
    assert_int_equal(hostlimit_raise(b.plan.count), 0);
    assert_int_equal(hostlimit_raise(b.plan.count), 0); /* a second run of the same process */
    assert_string_equal(
        words_end(words),
        "fleet: raising net.ipv4.neigh.default.gc_thresh3 from 1024 to 16384, gc_thresh1 and 2 "
        "with it, for 200 phones (restored at the end)\n");
    hostlimit_release();
    assert_int_equal(read_limit(paths[3]), 1024); /* no waiting: it is done */
    assert_int_equal(read_limit(paths[2]), 512);
    assert_int_equal(access("/run/fleet-hostlimits", F_OK), -1);
    words = words_begin();
    assert_int_equal(hostlimit_raise(b.plan.count), 0); /* as compare does for its second mode */
    assert_string_equal(words_end(words), "");
    assert_int_equal(read_limit(paths[3]), 16384);
    hostlimit_release();
    test_free(b.plan.phones);
}

static void foreign_change_is_left_alone(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    pid_t pid = launcher(200);
    write_limit(paths[3], 5000);
    end(pid, SIGKILL);
    assert_true(becomes(paths[2], 512));
    assert_int_equal(read_limit(paths[3]), 5000);
    write_limit(paths[3], 1024);
}

static void small_fleet_touches_nothing(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    struct bench b;
    bench_plan(&b, 16);
    struct words words = words_begin();
    assert_int_equal(hostlimit_raise(b.plan.count), 0);
    assert_string_equal(words_end(words), "");
    assert_int_equal(access("/run/fleet-hostlimits", F_OK), -1);
    hostlimit_release();
    test_free(b.plan.phones);
}

static int guard_of(pid_t launcher_pid)
{
    char path[64];
    int found = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", launcher_pid, launcher_pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%d", &found), 1);
    fclose(f);
    return found;
}

static void kill_guard(pid_t launcher_pid)
{
    int pid = guard_of(launcher_pid);
    int fd = pidfd_open(pid, 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 5000); /* its locks go with its end */
    close(fd);
}

/* The launcher is there yet: it does what its guard would have done, and says so. */
static void a_killed_guard_is_stood_in_for(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    struct bench b;
    bench_plan(&b, 200);
    struct words words = words_begin();
    assert_int_equal(hostlimit_raise(b.plan.count), 0);
    kill_guard(getpid());
    hostlimit_release();
    const char *said = words_end(words);
    assert_non_null(strstr(said, "fleet: net.ipv4.neigh.default.gc_thresh3 is back at 1024: the "
                                 "guard that was to put it back is dead\n"));
    assert_int_equal(read_limit(paths[3]), 1024);
    assert_int_equal(read_limit(paths[1]), 128);
    assert_int_equal(access("/run/fleet-hostlimits", F_OK), -1);
    test_free(b.plan.phones);
}

/* Another run's guard lives: it is the last, and nothing is said too early. */
static void another_guard_is_not_stood_in_for(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    struct bench b;
    pid_t other = launcher(600);
    bench_plan(&b, 200);
    struct words words = words_begin();
    assert_int_equal(hostlimit_raise(b.plan.count), 0);
    char path[64];
    int first = 0, second = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *f = fopen(path, "r");
    assert_int_equal(fscanf(f, "%d %d", &first, &second), 2);
    fclose(f);
    assert_int_equal(kill(first == other ? second : first, SIGKILL), 0);
    hostlimit_release();
    assert_string_equal(words_end(words), "");
    assert_int_equal(read_limit(paths[3]), 65536);
    end(other, SIGKILL);
    assert_true(becomes(paths[3], 1024) && becomes(paths[0], 1000));
    test_free(b.plan.phones);
}

/* Both were killed: the next run, of whatever size, puts it back. */
static void the_next_run_finds_what_was_left(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    struct bench b;
    static const size_t sizes[] = {16, 200};
    for (int i = 0; i < 2; i++) {
        pid_t pid = launcher(600);
        kill_guard(pid);
        end(pid, SIGKILL);
        assert_int_equal(read_limit(paths[0]), 16384);
        bench_plan(&b, sizes[i]);
        struct words words = words_begin();
        assert_int_equal(hostlimit_raise(b.plan.count), 0);
        assert_non_null(strstr(words_end(words),
                               "fleet: net.core.netdev_max_backlog is back at 1000: a run that was "
                               "killed had left it raised\n"));
        assert_int_equal(read_limit(paths[0]), 1000);
        assert_int_equal(read_limit(paths[3]), i == 0 ? 1024 : 16384);
        hostlimit_release();
        assert_int_equal(read_limit(paths[3]), 1024);
        assert_int_equal(access("/run/fleet-hostlimits", F_OK), -1);
        test_free(b.plan.phones);
    }
}

/* What `check` tries: the value stays, no file does, and no guard is needed. */
static void tries_without_a_change(void **state)
{
    (void)state;
    NEED_QUIET_HOST();
    struct hostlimit_try t = hostlimit_try("net.ipv4.neigh.default.gc_thresh3", 16);
    assert_int_equal(t.error, 0);
    assert_int_equal(t.have, 1024);
    assert_true(t.need <= t.have);
    t = hostlimit_try("net.ipv4.neigh.default.gc_thresh3", 17);
    assert_int_equal(t.error, 0);
    assert_int_equal(t.need, 2048);
    assert_int_equal(t.phones, 16); /* as it is */
    t = hostlimit_try("net.core.netdev_max_backlog", 501);
    assert_int_equal(t.error, 0);
    assert_int_equal(t.have, 1000);
    assert_int_equal(t.need, 16384);
    assert_int_equal(t.phones, 500);
    assert_int_equal(read_limit(paths[0]), 1000);
    assert_int_equal(read_limit(paths[3]), 1024);
    assert_int_equal(access("/run/fleet-hostlimits", F_OK), -1);
    /* by a user who may not */
    pid_t pid = fork();
    if (pid == 0) {
        if (setuid(65534) != 0)
            _exit(2);
        t = hostlimit_try("net.core.netdev_max_backlog", 501);
        _exit(t.error == EACCES && t.phones == 500 ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restored_after_kill),
        cmocka_unit_test(guard_is_deaf_to_signals),
        cmocka_unit_test(last_of_several_restores),
        cmocka_unit_test(said_and_released),
        cmocka_unit_test(foreign_change_is_left_alone),
        cmocka_unit_test(small_fleet_touches_nothing),
        cmocka_unit_test(tries_without_a_change),
        cmocka_unit_test(a_killed_guard_is_stood_in_for),
        cmocka_unit_test(another_guard_is_not_stood_in_for),
        cmocka_unit_test(the_next_run_finds_what_was_left),
    };
    return cmocka_run_group_tests(tests, set_known, set_host);
}
