/* memory.h - what the fleet takes of the host's memory, sampled.
 *
 * Processes: the proportional share (Pss) of each process in the keeper's PID namespace, seen
 * through the keeper's own /proc. Kernel: by how much slab, stacks, page tables and per-CPU
 * memory have grown since before set-up; other work on the host shows in it. A memory cgroup
 * would count better, but one would be left behind by a launcher that was killed.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>
#include <sys/types.h>

struct memory {
    uint64_t kernel_before_kib;
    uint64_t peak_kib;
    uint64_t next_ns; /* CLOCK_MONOTONIC before which no sample is taken */
};

/* To be called before set-up. */
void memory_begin(struct memory *m);
/* Takes a sample unless the last one was too recent: it may take a hundredth of a CPU, no
 * more, lest the phones' timers fire late. */
void memory_sample(struct memory *m, pid_t keeper);

#endif
