/* test_ring.c - a host that refuses io_uring, and what its user is told. */
#include "emu/shell/ring.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As container runtimes do: io_uring_setup fails with this errno, all else is allowed. */
static int forbid_ring(int error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

/* In a child: the filter would stay. Exits 0 when ring_new() fails with just that errno. */
static int refused_with(int error)
{
    pid_t pid = fork();
    if (pid == 0) {
        int got = 0;
        if (forbid_ring(error) < 0)
            _exit(77);
        _exit(ring_new(&got) == NULL && got == -error ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_filter_refuses(void **state)
{
    (void)state;
    static const int errors[] = {EPERM, ENOSYS, ENOMEM};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        int code = refused_with(errors[i]);
        if (code == 77)
            skip();
        assert_int_equal(code, 0);
    }
}

static void the_message_says_what_to_do(void **state)
{
    (void)state;
    static const struct {
        int error;
        const char *says[3];
    } cases[] = {
        {-EPERM, {"Docker's default seccomp", "seccomp=unconfined", "kernel.io_uring_disabled"}},
        {-ENOSYS, {"Docker's default seccomp", "io_uring_setup", "kernel.io_uring_disabled"}},
        {-EINVAL, {"Linux 6.1", "too old", "io_uring"}},
        {-ENOMEM, {"RLIMIT_MEMLOCK", "ulimit -l", "fewer phones"}},
        {-EMFILE, {"Too many open files", "", ""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 3; k++)
            assert_non_null(strstr(ring_refusal(cases[i].error), cases[i].says[k]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_refuses),
        cmocka_unit_test(the_message_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
