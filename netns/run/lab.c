/* lab.c - see lab.h. */
#include "netns/run/lab.h"
#include "netns/fleet/addresses.h"
#include "netns/run/cmlist.h"
#include "netns/run/labfind.h"
#include "netns/run/labwire.h"
#include "netns/run/loss.h"
#include "netns/run/ps.h"
#include "netns/text/say.h"
#include "netns/world/line.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int lab_bind(const char *name)
{
    struct sockaddr_un address;
    int len = lab_address(name, &address);
    if (len < 0) {
        say("a lab cannot be called \"%s\": 1 to %zu printable characters", name, LAB_NAME_MAX);
        return -2;
    }
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, (socklen_t)len) == 0)
        return fd;
    int err = errno;
    if (fd >= 0)
        close(fd);
    if (err == EADDRINUSE) {
        say("a lab called %s runs already; name this one otherwise, or end that one:", name);
        lab_say_who(name);
        return -2;
    }
    say_errno(err, "cannot make the lab's socket");
    return -3;
}

/* Abstract sockets have no permissions: root is asked for here. */
int lab_accept(int listener)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- verbs -------------------------------------------------------------------------- */

struct reply {
    char text[LAB_ANSWER];
    int fd;    /* goes with it, or -1 */
    bool keep; /* it stays open here */
};

static void refuse(struct reply *r, const char *what, const char *arg)
{
    r->fd = -1;
    snprintf(r->text, sizeof r->text, "-%s%s", what, arg);
}

/* A stream into a file of memory that goes with the reply; NULL after refusing. */
static FILE *rows_begin(struct reply *r)
{
    r->fd = memfd_create("fleet-rows", MFD_CLOEXEC);
    FILE *rows = fdopen(fcntl(r->fd, F_DUPFD_CLOEXEC, 0), "w");
    if (!rows)
        refuse(r, "out of memory or descriptors", "");
    return rows;
}

static void rows_end(FILE *rows, const struct reply *r)
{
    fclose(rows);
    lseek(r->fd, 0, SEEK_SET);
}

static void give_rows(const struct lab_view *view, const char *arg, struct reply *r)
{
    (void)arg;
    const struct plan *plan = view->job->plan;
    struct phone_status *status = malloc(plan->count * sizeof *status);
    FILE *rows = status ? rows_begin(r) : NULL;
    if (!status)
        refuse(r, "out of memory", "");
    else
        job_snapshot(view->job, status);
    for (size_t i = 0; rows && i < plan->count; i++)
        ps_write(rows, plan, i, &status[i]);
    free(status);
    if (rows)
        rows_end(rows, r);
}

static void give_managers_list(const struct lab_view *view, const char *arg, struct reply *r)
{
    (void)arg;
    struct registrar_device device;
    if (!view->job->manager)
        return refuse(r, "this lab has no call manager of its own", "");
    FILE *rows = rows_begin(r);
    for (uint32_t i = 0; rows && managerlist_get(view->job->manager, i, &device); i++)
        cmlist_write(rows, &device);
    if (rows)
        rows_end(rows, r);
}

static void give_log(const struct lab_view *view, const char *arg, struct reply *r)
{
    const struct plan_phone *phone = plan_find(view->job->plan, arg);
    if (!phone)
        return refuse(r, "no such phone (by name, number or address): ", arg);
    char path[32];
    snprintf(path, sizeof path, "%s.log", phone->name);
    r->fd = openat(view->job->out.logs, path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0)
        refuse(r, "cannot open the log of ", phone->name);
}

static void give_namespace(const struct lab_view *view, const char *arg, struct reply *r)
{
    const struct world *w = view->world;
    const struct plan_phone *phone;
    char interfaces[WORLD_BRIDGES] = PHONE_DEVICE;
    r->keep = true;
    if (strcmp(arg, "site") == 0) {
        r->fd = w->site_ns;
        world_bridges(view->job->plan, interfaces);
    } else if (strcmp(arg, "server") == 0 && w->hq_ns < 0) {
        return refuse(r, "no such target: the server is the lab's own", "");
    } else if (strcmp(arg, "server") == 0) {
        r->fd = w->hq_ns;
        snprintf(interfaces, sizeof interfaces, "%s", line_far_end(w->beside));
    } else if ((phone = plan_find(view->job->plan, arg))) {
        r->fd = w->phone_ns[phone - view->job->plan->phones];
    } else {
        return refuse(r, "no such target (a phone's name, number or address, site, server): ", arg);
    }
    snprintf(r->text, sizeof r->text, "+%s", interfaces);
}

static void give_fault(const struct lab_view *view, const char *arg, struct reply *r)
{
    r->text[0] = harm_order(view->harm, arg, r->text + 1, sizeof r->text - 1) == 0 ? '+' : '-';
}

/* A directory to know it by: opened anew, as ours holds the lock of the output directory. */
static void give_directory(int dir, struct reply *r)
{
    r->fd = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (r->fd < 0)
        refuse(r, "cannot open the directory: ", strerror(errno));
}

static void give_beginning(const struct lab_view *view, const char *arg, struct reply *r)
{
    (void)arg;
    snprintf(r->text, sizeof r->text, "+%lld %zu", (long long)view->job->lab_begun,
             view->job->plan->count);
    give_directory(view->job->lab_dir, r);
}

static void give_output(const struct lab_view *view, const char *arg, struct reply *r)
{
    (void)arg;
    give_directory(view->job->out.dir, r);
}

/* Its standard error is the lab's log. */
static void take_leave(const struct lab_view *view, const char *arg, struct reply *r)
{
    char now[SAY_TIME];
    (void)view, (void)r;
    say("taken down at %s by %s", say_time(now), *arg ? arg : "a client that did not say who");
}

static_assert(LOSS_TEXT < LAB_ANSWER, "it goes into an answer, behind its sign");

void lab_dismiss(int client, const char *lost)
{
    char text[LAB_ANSWER];
    snprintf(text, sizeof text, "+%s", lost);
    lab_send(client, text, -1);
}

static const struct {
    const char *verb;
    void (*give)(const struct lab_view *view, const char *arg, struct reply *r);
    enum lab_outcome outcome;
} verbs[] = {
    {"ps", give_rows, LAB_SERVED},
    {"cm", give_managers_list, LAB_SERVED},
    {"log", give_log, LAB_SERVED},
    {"ns", give_namespace, LAB_SERVED},
    {"fault", give_fault, LAB_SERVED},
    {"begun", give_beginning, LAB_SERVED},
    {"output", give_output, LAB_SERVED},
    {"down", take_leave, LAB_DOWN},
};

enum lab_outcome lab_answer(const struct lab_view *view, int client)
{
    char request[LAB_REQUEST];
    int stray;
    if (lab_receive(client, request, sizeof request, &stray) <= 0)
        return LAB_CLIENT_GONE;
    if (stray >= 0)
        close(stray);
    char *space = strchr(request, ' '), *arg = space ? space + 1 : "";
    if (space)
        *space = '\0';
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(request, verbs[i].verb) != 0)
            continue;
        struct reply r = {.text = "+", .fd = -1};
        verbs[i].give(view, arg, &r);
        if (verbs[i].outcome == LAB_SERVED)
            lab_send(client, r.text, r.fd);
        if (r.fd >= 0 && !r.keep)
            close(r.fd);
        return verbs[i].outcome;
    }
    lab_send(client, "-no such request", -1);
    return LAB_SERVED;
}
