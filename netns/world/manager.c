/* manager.c - the process of the call manager: connections, and the registrar's hands. See
 * callmanager.h.
 *
 * A session's number is the registrar's; its descriptor stands in fd[]. An event of epoll names the
 * number, and may come when that has passed on to another connection: then there is nothing to
 * read, which is no harm.
 */
#include "emu/random.h"
#include "netns/world/callmanager-private.h"
#include "netns/world/managerlog.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS      64
#define ROUNDS      16      /* of what comes while it is heard: timers must not wait for ever */
#define READ_MOST   4096
#define SEND_BUFFER (256 * 1024) /* a phone's whole registration, were it not to read */
#define NS_PER_SEC  1000000000u

/* What an event came from, above the session numbers. */
enum { FROM_SESSION, FROM_LISTENER, FROM_ORDERS, FROM_CALL };

struct manager {
    struct manager_task *task;
    struct registrar *registrar;
    struct watch *watch;
    int epoll;
    struct session {
        int fd;      /* -1: none */
        uint32_t ip; /* network order */
        long device; /* its place in the list; -1: not known yet */
    } *session;
    uint64_t random;
};

/* ---- the registrar's hands ----------------------------------------------------------- */

/* Something is on its way to that phone. */
static void mail(struct manager *m, uint32_t session)
{
    struct hands *h = m->watch->hands;
    if (h && h->server_is_near)
        hands_mail_ip(h, m->watch->slot, m->session[session].ip, EARS_SERVER, m->watch->now);
    else if (h)
        hands_mail(h, hands_wan(h), m->watch->now);
}

static int op_send(void *ctx, uint32_t session, const void *data, size_t len)
{
    struct manager *m = ctx;
    mail(m, session);
    ssize_t n = send(m->session[session].fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    return n == (ssize_t)len ? 0 : n < 0 ? -errno : -ENOBUFS;
}

/* Bytes that nobody has read would turn the end into a reset, which overtakes what was sent. */
static void op_close(void *ctx, uint32_t session)
{
    struct manager *m = ctx;
    struct session *s = &m->session[session];
    char block[READ_MOST];
    while (recv(s->fd, block, sizeof block, MSG_DONTWAIT) > 0)
        ;
    close(s->fd);
    *s = (struct session){.fd = -1, .device = -1};
}

static uint32_t op_random(void *ctx)
{
    return random_word(&((struct manager *)ctx)->random);
}

static void put_row(struct manager *m, uint32_t i)
{
    managerlist_put(m->task->list, i, registrar_device(m->registrar, i));
}

/* And those before it that nothing was told of yet: a device has its place before it is told of. */
static void publish(struct manager *m, long i)
{
    for (uint32_t n = m->task->list->count; i >= 0 && n < (uint32_t)i; n++)
        put_row(m, n);
    if (i >= 0)
        put_row(m, (uint32_t)i);
}

static void write_line(struct manager *m, enum manager_fd fd, const char *line, size_t len)
{
    ssize_t n = len ? write(fd, line, len) : 0;
    if (n != (ssize_t)len && m->task->list->lost == 0)
        m->task->list->lost = n < 0 ? errno : ENOSPC;
}

static void op_told(void *ctx, const struct registrar_told *told)
{
    struct manager *m = ctx;
    char line[MANAGERLOG_LINE];
    if (atomic_load(&m->task->list->closed))
        return;
    long device = told->device ? registrar_find(m->registrar, told->device->name) : -1;
    if (told->session != NO_SESSION && device >= 0)
        m->session[told->session].device = device;
    publish(m, device);
    write_line(m, MANAGER_LOG, line, managerlog_line(told, (size_t)(device + 1), line));
    write_line(m, MANAGER_EVENTS, line, managerlog_event(told, line));
}

static const struct registrar_ops ops = {
    .send = op_send, .close = op_close, .random = op_random, .told = op_told};

/* ---- what comes ---------------------------------------------------------------------- */

static void watch_fd(struct manager *m, int from, uint32_t session, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = (uint64_t)from << 32 | session};
    epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &e);
}

static void reset_on_close(int fd)
{
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    close(fd);
}

static void accept_all(struct manager *m)
{
    struct sockaddr_in peer = {0};
    socklen_t len = sizeof peer;
    int fd, one = 1, room = SEND_BUFFER;
    while ((fd = accept4(MANAGER_LISTENER, (struct sockaddr *)&peer, &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        uint32_t session = registrar_accepted(m->registrar, peer.sin_addr.s_addr, m->watch->now);
        if (session == NO_SESSION) {
            reset_on_close(fd);
            continue;
        }
        m->session[session] = (struct session){fd, peer.sin_addr.s_addr, -1};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        watch_fd(m, FROM_SESSION, session, fd);
    }
}

static void hear_session(struct manager *m, uint32_t session)
{
    struct session *s = &m->session[session];
    char data[READ_MOST];
    long device = s->device;
    ssize_t len = s->fd < 0 ? -1 : recv(s->fd, data, sizeof data, MSG_DONTWAIT);
    if (s->fd < 0 || (len < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    if (len > 0) {
        registrar_data(m->registrar, session, data, (size_t)len, m->watch->now);
    } else {
        close(s->fd);
        *s = (struct session){.fd = -1, .device = -1};
        registrar_closed(m->registrar, session, m->watch->now);
    }
    publish(m, device); /* what is told of is published; a keep-alive is not */
}

static void hear_orders(struct manager *m)
{
    struct manager_order o;
    while (recv(MANAGER_ORDERS, &o, sizeof o, MSG_DONTWAIT) == sizeof o) {
        o.device[sizeof o.device - 1] = '\0';
        long device = registrar_find(m->registrar, o.device);
        uint32_t place = (uint32_t)device;
        if (device >= 0)
            registrar_order(m->registrar, &place, 1, o.order, 0, m->watch->now);
    }
}

static void dispatch(struct manager *m, uint64_t event)
{
    eventfd_t calls;
    switch (event >> 32) {
    case FROM_SESSION:
        hear_session(m, (uint32_t)event);
        break;
    case FROM_LISTENER:
        accept_all(m);
        break;
    case FROM_ORDERS:
        hear_orders(m);
        break;
    case FROM_CALL:
        eventfd_read(MANAGER_CALL, &calls);
        break;
    }
}

/* Sleeps until something comes or is due, and does all of it: it has taken out its mail for all. */
static void wake(struct manager *m)
{
    uint64_t left = watch_rest(m->watch, registrar_deadline(m->registrar));
    struct timespec most = {(time_t)(left / NS_PER_SEC), (long)(left % NS_PER_SEC)};
    struct epoll_event events[EVENTS];
    int n = epoll_pwait2(m->epoll, events, EVENTS, left == UINT64_MAX ? NULL : &most, NULL);
    watch_wake(m->watch);
    for (int rounds = 0; n > 0 && rounds < ROUNDS; rounds++) {
        for (int i = 0; i < n; i++)
            dispatch(m, events[i].data.u64);
        n = epoll_wait(m->epoll, events, EVENTS, 0);
    }
    registrar_run_timers(m->registrar, m->watch->now);
}

/* A descriptor for each session, as far as this process may have them. */
static void raise_files(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

void manager_work(void *of)
{
    struct manager_task *task = of;
    uint32_t sessions = task->setup.sessions;
    struct manager m = {.task = task, .watch = &task->watch, .random = task->seed,
                        .epoll = epoll_create1(EPOLL_CLOEXEC),
                        .session = malloc(sessions * sizeof *m.session)};
    m.registrar = registrar_new(&task->setup, &ops, &m);
    if (!m.session || !m.registrar || m.epoll < 0)
        return;
    for (uint32_t i = 0; i < sessions; i++)
        m.session[i] = (struct session){.fd = -1, .device = -1};
    raise_files();
    managerlist_clear(task->list);
    watch_fd(&m, FROM_LISTENER, 0, MANAGER_LISTENER);
    watch_fd(&m, FROM_ORDERS, 0, MANAGER_ORDERS);
    if (task->called)
        watch_fd(&m, FROM_CALL, 0, MANAGER_CALL);
    hand_listen(m.watch->hands, m.watch->slot, EARS_PHONES);
    for (;;)
        wake(&m);
}
