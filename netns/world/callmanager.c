/* callmanager.c - the keeper's side of the call manager. See callmanager.h. */
#include "netns/world/callmanager.h"
#include "netns/fleet/addresses.h"
#include "netns/host/netns.h"
#include "netns/host/servant.h"
#include "netns/text/say.h"
#include "netns/world/callmanager-private.h"
#include "netns/world/world.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STRANGERS 64 /* room for devices, and sessions, of who is no phone of the plan */
#define FIRST_NUMBER 1001

struct callmanager {
    struct world *world;
    const struct fleet_time *time;
    struct manager_list *list;
    int log_fd, events_fd;
    int orders; /* our end, or -1 */
    pid_t pid;  /* 0: has ended */
};

uint32_t callmanager_room(const struct plan *plan)
{
    return (uint32_t)plan->count + STRANGERS;
}

/* ---- its life ------------------------------------------------------------------------ */

static int listen_here(const struct fleet_manager *own)
{
    const struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)own->port),
                                     .sin_addr.s_addr = own->address[0]};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&name, sizeof name) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

static int listen_at_hq(const struct callmanager *m)
{
    int back = netns_visit(m->world->hq_ns);
    return netns_leave(back, back < 0 ? back : listen_here(&m->world->plan->fleet->manager));
}

static struct manager_task task_of(const struct callmanager *m)
{
    const struct fleet *fleet = m->world->plan->fleet;
    const uint32_t room = callmanager_room(m->world->plan);
    struct manager_task task = {
        .setup = {.sessions = 2 * room, .devices = room, .keepalive = fleet->manager.keepalive_s,
                  .ip = fleet->manager.address[0], .first_number = FIRST_NUMBER,
                  .unix_time = (uint64_t)time(NULL)},
        .list = m->list, .watch = fleettime_watch(m->time, hands_manager), .seed = fleet->seed,
        .called = m->time->hands};
    snprintf(task.setup.name, sizeof task.setup.name, "callmanager");
    return task;
}

/* Forks it with these two. */
static int fork_it(struct callmanager *m, int listener, int orders)
{
    struct manager_task task = task_of(m);
    const int fds[MANAGER_FDS] = {
        [MANAGER_LISTENER] = listener, [MANAGER_ORDERS] = orders, [MANAGER_LOG] = m->log_fd,
        [MANAGER_EVENTS] = m->events_fd,
        [MANAGER_CALL] = task.called ? m->time->call[task.watch.slot] : -1};
    m->pid = servant_fork("fleet-cm", fds, task.called ? MANAGER_FDS : MANAGER_CALL, manager_work,
                          &task);
    int rc = m->pid < 0 ? m->pid : 0;
    m->pid = rc < 0 ? 0 : m->pid;
    return rc;
}

int callmanager_revive(struct callmanager *m)
{
    int pair[2] = {-1, -1}, listener = listen_at_hq(m), rc = listener < 0 ? listener : 0;
    if (rc == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        rc = -errno;
    if (rc == 0)
        rc = fork_it(m, listener, pair[1]);
    if (listener >= 0)
        close(listener);
    if (pair[1] >= 0)
        close(pair[1]);
    m->orders = pair[0];
    return rc < 0 ? say_errno(-rc, "cannot start the call manager") : 0;
}

struct callmanager *callmanager_start(struct world *w, const struct fleet_time *time,
                                      struct manager_list *list, int log_fd, int events_fd)
{
    struct callmanager *m = malloc(sizeof *m);
    if (!m) {
        say_errno(ENOMEM, "cannot start the call manager");
        return NULL;
    }
    *m = (struct callmanager){.world = w, .time = time, .list = list, .log_fd = log_fd,
                              .events_fd = events_fd, .orders = -1};
    if (callmanager_revive(m) == 0)
        return m;
    callmanager_stop(m);
    return NULL;
}

/* Nothing of its holds the clock any more, and nobody hears. */
static void gone(struct callmanager *m)
{
    if (m->time->hands)
        hand_drop(m->time->hands, hands_manager(m->time->hands));
    if (m->orders >= 0)
        close(m->orders);
    m->orders = -1;
}

bool callmanager_alive(struct callmanager *m, pid_t ended)
{
    bool was = m->pid > 0;
    if (!was) /* killed on purpose */
        return true;
    bool alive = servant_alive(&m->pid, ended, "the call manager has ended: nobody is registered");
    if (!alive)
        gone(m);
    return alive;
}

bool callmanager_kill(struct callmanager *m)
{
    if (m->pid <= 0)
        return false;
    kill(m->pid, SIGKILL);
    waitpid(m->pid, NULL, 0);
    m->pid = 0;
    gone(m);
    managerlist_clear(m->list);
    return true;
}

void callmanager_stop(struct callmanager *m)
{
    if (!m)
        return;
    servant_end(m->pid);
    gone(m);
    free(m);
}

/* ---- orders -------------------------------------------------------------------------- */

const char *callmanager_order(struct callmanager *m, const char *device, enum sccp_reset order)
{
    struct registrar_device known;
    struct manager_order o = {.order = (uint8_t)order};
    struct hands *h = m->time->hands;
    if (m->pid <= 0)
        return "the call manager is off";
    if (!managerlist_find(m->list, device, &known) || known.state != DEVICE_REGISTERED)
        return "it is not registered";
    snprintf(o.device, sizeof o.device, "%s", device);
    if (h)
        hands_mail(h, hands_manager(h), fleettime_now(m->time));
    return send(m->orders, &o, sizeof o, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof o
               ? NULL : "the call manager takes no more orders right now";
}
