/* keeper.h - process 1 of the fleet: makes the world, watches it, takes it down.
 *
 *   begin        dies with the launcher; own mounts, own /proc; keeps few capabilities
 *   set up       world, WAN, server, meter, capture; phone after phone, each started at once
 *   barrier      every phone waits and every bridge port forwards; the launcher says go
 *   supervise    boots phones and carries out faults when due, fills the store, drains the meter,
 *                answers the lab's clients, reaps; until all have settled and no fault is to come,
 *                or the moment that the file names has come; time is up, a signal comes, or a
 *                server dies that was not told to
 *   take down    facts, then phones, servers, links
 *
 * Everything after "begin" is one loop over pump(): whoever waits, waits there, so that a
 * signal, a dead server or a dead launcher ends every stage alike.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "netns/run/job.h"

/* Forks the keeper into new PID, mount and network namespaces. Its pid, or a negative errno
 * after a message. It ends with an exit code as run_once() returns it. */
pid_t keeper_fork(struct job *job);

#endif
