/* rings.c - how many io_urings of 64 entries one user may have, found by making them: what phones
 * are charged for, told by somebody else.
 *
 *   rings ID MOST          says how many
 *   rings ID MOST hold     and holds them until it, or the shell that started it, is ended
 */
#include <linux/io_uring.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    gid_t id = (gid_t)atoi(argv[1]);
    int made = 0, most = atoi(argv[2]);
    if (setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0) {
        perror("rings");
        return 3;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of user would clear it */
    for (; made < most; made++) {
        struct io_uring_params params = {0};
        if (syscall(SYS_io_uring_setup, 64, &params) < 0)
            break;
    }
    printf("%d\n", made);
    fflush(stdout);
    if (argc > 3)
        pause();
    return 0;
}
