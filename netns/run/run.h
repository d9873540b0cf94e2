/* run.h - one run of a fleet: up, reset in bulk, watch, down; and the interactive lab.
 *
 * The launcher process forks a keeper into new PID, mount and network namespaces (process 1
 * there) that dies with it. The keeper makes the world, starts the servers and the phones,
 * releases them at the barrier, watches every child, and writes the facts. When
 * the launcher is killed, the kernel kills the keeper, with it its PID namespace, and with
 * the last descriptor every namespace and link.
 */
#ifndef RUN_H
#define RUN_H

#include "netns/run/runoptions.h"
#include "netns/world/facts.h"

/* Runs the fleet to its end (all phones idle or failed, or the timeout) and takes it down. 0 with
 * *facts filled, to be freed; or an exit code (3: this host cannot;
 * 128+n: a signal asked us to stop) after a message. */
int run_once(const struct plan *plan, const struct run_options *options, struct run_facts *facts);
void run_facts_free(struct run_facts *facts);

/* Brings the fleet up in the background as a lab, whose name lab_fd holds (lab_bind), and returns
 * when every phone has been started. Exit code. Its messages go on to lab.log in the output
 * directory. */
int lab_up(const struct plan *plan, const struct run_options *options, int lab_fd);

#endif
