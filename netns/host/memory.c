/* memory.c - what the fleet takes of the host's memory, sampled. */
#include "netns/host/memory.h"
#include "netns/host/clock.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_NS 5000000000ull

/* Adds up the "Name:  123 kB" lines of a file whose names are in the list. */
static uint64_t sum_kib(int dir, const char *path, const char *const *names)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (!file)
        return 0; /* a process that has just ended */
    uint64_t sum = 0;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (!colon)
            continue;
        *colon = '\0';
        for (const char *const *n = names; *n; n++)
            if (strcmp(line, *n) == 0)
                sum += strtoull(colon + 1, NULL, 10);
    }
    fclose(file);
    return sum;
}

static uint64_t kernel_kib(void)
{
    static const char *const names[] = {"SUnreclaim", "KernelStack", "PageTables", "Percpu", NULL};
    return sum_kib(AT_FDCWD, "/proc/meminfo", names);
}

static uint64_t processes_kib(pid_t keeper)
{
    static const char *const names[] = {"Pss", NULL};
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/root/proc", keeper);
    DIR *proc = opendir(path);
    if (!proc)
        return 0;
    uint64_t sum = 0;
    for (struct dirent *e; (e = readdir(proc));) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        snprintf(path, sizeof path, "%.20s/smaps_rollup", e->d_name);
        sum += sum_kib(dirfd(proc), path, names);
    }
    closedir(proc);
    return sum;
}

void memory_begin(struct memory *m)
{
    *m = (struct memory){.kernel_before_kib = kernel_kib()};
}

void memory_sample(struct memory *m, pid_t keeper)
{
    uint64_t begun = clock_ns();
    if (begun < m->next_ns)
        return;
    uint64_t kernel = kernel_kib(), processes = processes_kib(keeper);
    uint64_t grown = kernel > m->kernel_before_kib ? kernel - m->kernel_before_kib : 0;
    if (processes + grown > m->peak_kib)
        m->peak_kib = processes + grown;
    uint64_t took = clock_ns() - begun;
    m->next_ns = begun + (100 * took > PAUSE_NS ? 100 * took : PAUSE_NS);
}
