/* test_check.c - a phone that finds itself in what cannot be ends there, at the next event. */
#include "tests/unit/emu/core/core_scene.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that serves the first file to one of its own and waits in its other slot for nobody. */
static struct bench *child_with_child(void)
{
    struct bench *b = play_new();
    play_to_child(b, 1, INDEX);
    play_child(b, 3, INDEX);
    return b;
}

/* How a process ends in which that is so of the phone, and then a datagram comes. 0: it goes on. */
static int ends_by(struct bench *b, void (*breaks)(struct phone *p))
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        breaks(b->phone);
        phone_udp(b->phone, (struct addr){PEER(9), CPPDP_PORT}, "x", 1, b->now);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void nothing(struct phone *p) { (void)p; }
static void too_many_files(struct phone *p) { p->pfs.file_count = PFS_FILES + 1; }
static void at_no_file(struct phone *p) { p->pfs.current = -1; }
static void at_a_file_beyond(struct phone *p) { p->pfs.current = p->pfs.file_count; }
static void more_than_all(struct phone *p) { p->pfs.want.part.received = 1; }
static void lost_on_its_walk(struct phone *p) { p->pfs.want.turn.hops = PFS_JOIN_HOPS + 1; }
static void unheard_end(struct phone *p) { p->pfs.over.how = OVER_BUSY; }
static void root_unconfirmed(struct phone *p) { p->pfs.state = PFS_ROOT_WAIT; }
static void serves_nothing(struct phone *p) { p->pfs.state = PFS_SERVE; }
static void child_of_nobody(struct phone *p) { p->pfs.parent.link.state = LINK_CLOSED; }
static void root_with_parent(struct phone *p)
{
    p->pfs.files[p->pfs.current].rooted = true;
    p->pfs.state = PFS_ROOT_WAIT;
}
static void looks_with_child(struct phone *p)
{
    p->pfs.parent.link.state = LINK_CLOSED;
    p->pfs.state = PFS_JOIN;
}
static void sends_what_it_lacks(struct phone *p) { p->pfs.below.slots[0].state = SLOT_SENDING; }
static void child_without_link(struct phone *p) { p->pfs.below.slots[0].link.state = LINK_CLOSED; }
static void link_without_child(struct phone *p) { p->pfs.below.slots[1].link.state = LINK_OPEN; }
static void its_own_child(struct phone *p) { p->pfs.below.slots[0].ip = OWN_IP; }
static void one_child_twice(struct phone *p)
{
    p->pfs.below.slots[1] = p->pfs.below.slots[0];
    p->pfs.below.slots[1].link.conn = CONN_CHILD1;
}
static void shares_when_idle(struct phone *p) { p->status.state = PHONE_IDLE; }
static void reads_in_an_upgrade(struct phone *p) { p->parser = (struct cnf_parser *)p; }
static void fetches_when_failed(struct phone *p)
{
    p->pfs.state = PFS_OFF;
    p->status.state = PHONE_FAILED;
    p->fetch.tftp.state = TFTP_DATA;
}

static void what_cannot_be_ends_the_phone(void **state)
{
    (void)state;
    static void (*const breaks[])(struct phone *p) = {
        too_many_files, at_no_file, at_a_file_beyond, more_than_all, lost_on_its_walk, unheard_end,
        root_unconfirmed, serves_nothing, child_of_nobody, root_with_parent, looks_with_child,
        sends_what_it_lacks, child_without_link, link_without_child, its_own_child, one_child_twice,
        shares_when_idle, reads_in_an_upgrade, fetches_when_failed,
    };
    struct bench *b = child_with_child();
    assert_int_equal(ends_by(b, nothing), 0);
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
        if (ends_by(b, breaks[i]) != SIGABRT)
            fail_msg("breach %zu is not seen", i);
    play_free(b);
}

static void claims_again(struct phone *p)
{
    pfs_set_state(&p->pfs, PFS_CLAIM, NEVER);
}

static void a_step_that_no_table_has_ends_the_phone(void **state)
{
    (void)state;
    struct bench *b = child_with_child();
    assert_int_equal(ends_by(b, claims_again), SIGABRT);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_ends_the_phone),
        cmocka_unit_test(a_step_that_no_table_has_ends_the_phone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
