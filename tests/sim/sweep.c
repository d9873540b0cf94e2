/* sweep.c - seeds shared out to processes through a counter in shared memory. A process that
 * crashes or hangs costs the seed that it was at, and is replaced. See sweep.h.
 */
#include "tests/sim/sweep.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX  64
#define HANG_S    120 /* of processor time, for one seed: a loop that does not end */
#define REPORTS   3

struct job {
    pid_t pid;
    uint64_t seed;        /* under way */
    bool busy;
    struct sweep_result sum; /* not yet averages */
};

struct shared {
    _Atomic uint64_t next;
    uint64_t end;
    bool stop;            /* at the first failure */
    struct job jobs[JOBS_MAX];
};

/* ---- one process --------------------------------------------------------------------- */

static void remember(struct sweep_result *r, uint64_t seed, const char *invariant)
{
    if (r->failed < SWEEP_FAILED_MAX) {
        struct sweep_failure *f = &r->failures[r->failed];
        *f = (struct sweep_failure){.seed = seed};
        memccpy(f->invariant, invariant, 0, sizeof f->invariant - 1);
    }
    r->failed++;
}

static void limit_time(void)
{
    const struct itimerval limit = {.it_value.tv_sec = HANG_S};
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

static void work(const struct plan *p, struct shared *sh, struct job *j)
{
    for (uint64_t seed; (seed = atomic_fetch_add(&sh->next, 1)) < sh->end;) {
        j->seed = seed;
        j->busy = true;
        limit_time();
        struct outcome out = run_seed(p, seed, NULL, false);
        j->busy = false;
        struct sweep_result *r = &j->sum;
        r->seeds++;
        r->fetches += out.fetches;
        r->broadcasts += (double)out.broadcasts / (double)out.phones;
        r->longest = out.ended > r->longest ? out.ended : r->longest;
        if (out.good)
            continue;
        remember(r, seed, out.invariant);
        if (sh->stop)
            atomic_store(&sh->next, sh->end);
    }
}

/* exit(), not _exit(): a build that counts the lines reached writes its counters then. */
static void start(const struct plan *p, struct shared *sh, struct job *j)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        work(p, sh, j);
        exit(0);
    }
    if (pid < 0)
        abort();
    j->pid = pid; /* not by the child, which shares this memory */
}

/* ---- all of them --------------------------------------------------------------------- */

static void show_progress(struct shared *sh, uint64_t first, uint64_t count)
{
    uint64_t done = atomic_load(&sh->next) - first;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%llu of %llu seeds ", (unsigned long long)(done < count ? done : count),
                (unsigned long long)count);
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%40s\r", "");
}

/* One has ended: well, or in the middle of a seed. False: it is done. */
static bool ended(struct job *j, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return false;
    bool hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGVTALRM;
    if (j->busy) {
        j->busy = false;
        j->sum.seeds++;
        remember(&j->sum, j->seed, hung ? "hang" : "crash");
    }
    return true;
}

static void wait_for_all(const struct plan *p, struct shared *sh, unsigned jobs, uint64_t first,
                         uint64_t count)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    for (unsigned left = jobs; left;) {
        show_progress(sh, first, count);
        for (unsigned i = 0; i < jobs; i++) {
            struct job *j = &sh->jobs[i];
            int status;
            if (j->pid <= 0 || waitpid(j->pid, &status, WNOHANG) <= 0)
                continue;
            j->pid = 0;
            if (ended(j, status))
                start(p, sh, j);
            else
                left--;
        }
        nanosleep(&pause, NULL);
    }
    clear_progress();
}

static int by_seed(const void *a, const void *b)
{
    uint64_t x = ((const struct sweep_failure *)a)->seed;
    uint64_t y = ((const struct sweep_failure *)b)->seed;
    return x < y ? -1 : x > y;
}

static void add(struct sweep_result *all, const struct sweep_result *one)
{
    uint64_t held = one->failed < SWEEP_FAILED_MAX ? one->failed : SWEEP_FAILED_MAX;
    for (uint64_t i = 0; i < held; i++)
        remember(all, one->failures[i].seed, one->failures[i].invariant);
    all->failed += one->failed - held;
    all->seeds += one->seeds;
    all->longest = one->longest > all->longest ? one->longest : all->longest;
    all->fetches += one->fetches;
    all->broadcasts += one->broadcasts;
}

static struct sweep_result sum_up(const struct shared *sh, unsigned jobs)
{
    struct sweep_result all = {0};
    for (unsigned i = 0; i < jobs; i++)
        add(&all, &sh->jobs[i].sum);
    double seeds = all.seeds ? (double)all.seeds : 1;
    all.fetches /= seeds;
    all.broadcasts /= seeds;
    size_t held = all.failed < SWEEP_FAILED_MAX ? all.failed : SWEEP_FAILED_MAX;
    qsort(all.failures, held, sizeof *all.failures, by_seed);
    return all;
}

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct sweep_result sweep(const struct plan *p, uint64_t first, uint64_t count, unsigned jobs,
                          bool stop)
{
    double began = wall();
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    jobs = jobs ? jobs : processors > 0 ? (unsigned)processors : 1;
    jobs = jobs > JOBS_MAX ? JOBS_MAX : jobs;
    struct shared *sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                             -1, 0);
    if (sh == MAP_FAILED)
        abort();
    atomic_store(&sh->next, first);
    sh->end = first + count;
    sh->stop = stop;
    for (unsigned i = 0; i < jobs; i++)
        start(p, sh, &sh->jobs[i]);
    wait_for_all(p, sh, jobs, first, count);
    struct sweep_result all = sum_up(sh, jobs);
    all.wall_s = wall() - began;
    munmap(sh, sizeof *sh);
    return all;
}

/* ---- what came of it ----------------------------------------------------------------- */

void sweep_report(const struct plan *p, const struct sweep_result *r, FILE *to)
{
    uint64_t held = r->failed < SWEEP_FAILED_MAX ? r->failed : SWEEP_FAILED_MAX;
    for (uint64_t i = 0; i < held && i < REPORTS; i++) {
        const struct sweep_failure *f = &r->failures[i];
        int status = 0;
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            limit_time();
            run_seed(p, f->seed, to, false);
            exit(0);
        }
        if (pid > 0 && waitpid(pid, &status, 0) == pid && status != 0)
            fprintf(to, "seed %llu: %s\n", (unsigned long long)f->seed, f->invariant);
    }
    for (uint64_t i = REPORTS; i < held; i++)
        fprintf(to, "seed %llu breaks \"%s\"\n", (unsigned long long)r->failures[i].seed,
                r->failures[i].invariant);
    if (r->failed > held)
        fprintf(to, "and %llu more\n", (unsigned long long)(r->failed - held));
}

void sweep_summary(const struct sweep_result *r, uint64_t first, FILE *to)
{
    fprintf(to, "%llu seeds from %llu on, %llu failed; longest %.1f s emulated; the most fetched "
                "file %.2f times, %.1f broadcasts a phone on average; %.1f s\n",
            (unsigned long long)r->seeds, (unsigned long long)first,
            (unsigned long long)r->failed, (double)r->longest / USEC_SEC, r->fetches,
            r->broadcasts, r->wall_s);
}
