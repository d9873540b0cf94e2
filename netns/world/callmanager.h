/* callmanager.h - our own call manager: the registrar of emu/sccp/registrar.h as a process of its
 * own at headquarters, beside the TFTP server.
 *
 * Theory of operation. It is a servant (netns/host/servant.h), so without any capability; what it
 * needs it is handed: a socket that listens on its address and port, its log, the events, the
 * clock's call, and a socket by which its keeper gives it orders. One epoll carries all sessions; a
 * message is sent whole or the session ends, so it holds no bytes of its own (manager.c).
 *
 * It lives by the fleet's clock by a hand: a phone, or the WAN's relay for it, lays mail there for
 * what is on its way, and it lays mail for what it sends, into the phone's hand or the relay's.
 *
 * What it knows is a list in shared memory (managerlist.h), and what it tells is its log, in the
 * words that its like has (managerlog.h): both outlive it. Started anew, it knows nobody.
 */
#ifndef CALLMANAGER_H
#define CALLMANAGER_H

#include "netns/world/fleettime.h"
#include "netns/world/managerlist.h"

#include <sys/types.h>

struct world;
struct callmanager;

/* Room of its list: the phones of the plan, and some who are none. */
uint32_t callmanager_room(const struct plan *plan);
/* Starts it in w->hq_ns, living by that time; log_fd and events_fd are open for appending. NULL
 * after a message. */
struct callmanager *callmanager_start(struct world *w, const struct fleet_time *time,
                                      struct manager_list *list, int log_fd, int events_fd);
/* Whether it lives, given the pid of a child that ended; else false after a message. */
bool callmanager_alive(struct callmanager *m, pid_t ended);
/* Ends it at once, on purpose: whether there was one to end. Starts it anew: 0 or a negative errno
 * after a message. */
bool callmanager_kill(struct callmanager *m);
int callmanager_revive(struct callmanager *m);
/* Has it give an order to a device. NULL, or why it does not; static storage. */
const char *callmanager_order(struct callmanager *m, const char *device, enum sccp_reset order);
/* m may be NULL. */
void callmanager_stop(struct callmanager *m);

#endif
