/* lab.h - how the lab's verbs reach a fleet that runs in the background.
 *
 * A lab called NAME listens on the abstract socket "\0run-fleet/NAME" (SOCK_SEQPACKET) of the
 * host's network namespace, so that it needs no file and leaves none. A client, which must be
 * root, sends requests of one packet, "VERB" or "VERB ARGUMENT". Each gets one packet back: "+"
 * and a text, and maybe one descriptor; or "-" and why not.
 *
 *   ps          descriptor: the rows of ps.h
 *   log PHONE   descriptor: its console log, open for reading
 *   ns TARGET   descriptor: the network namespace; text: the interfaces to capture on, by spaces
 *   fault ORDER does it now, as fault.h reads it; text: to whom it was done
 *   begun       descriptor: the directory in which it was begun; text: when (seconds since 1970),
 *               and how many phones it has
 *   output      descriptor: its output directory
 *   down WHO    the lab takes itself down; its log tells by whom. When that is done, text: what of
 *               its output could not be written (see loss.h), else empty
 *
 * The connection stays open; its end tells the client that the lab has gone. The socket's peer
 * credentials name the process to wait for after "down": the launcher, the last to end.
 */
#ifndef LAB_H
#define LAB_H

#include "netns/faults.h"

#include <sys/un.h>

#define LAB_PREFIX  "run-fleet/"
#define LAB_REQUEST 512
#define LAB_ANSWER  1024
/* A NUL before and, for snprintf's sake, one behind. */
#define LAB_NAME_MAX (sizeof ((struct sockaddr_un *)NULL)->sun_path - 1 - sizeof LAB_PREFIX)

/* A lab as its clients see it. */
struct lab {
    char name[sizeof ((struct sockaddr_un *)NULL)->sun_path];
    int socket;
    bool known;           /* it has said what follows */
    int begun_in, output; /* directories, open by path only */
    int64_t begun_s;      /* since 1970 */
    size_t phones;
};
#define LAB_NONE                                                                                   \
    (struct lab)                                                                                   \
    {                                                                                              \
        .socket = -1, .begun_in = -1, .output = -1                                                 \
    }
/* The lab of that name; NULL: the only one of this place (see labfind.c). 0, or an exit code after
 * a message that names what runs. What was reached is to be left. */
int lab_reach(const char *name, struct lab *lab);
void lab_leave(struct lab *lab);
/* "NAME: 4 phones, begun in DIR at TIME, output in DIR"; returns out. */
#define LAB_DESCRIBED 9000
const char *lab_describe(const struct lab *lab, char out[LAB_DESCRIBED]);
/* Says that of the lab of a name, if it answers. */
void lab_say_who(const char *name);
/* One request and its answer: 0 with what came in text (without its sign) and *fd (which may be
 * -1), or an exit code after a message. */
int lab_ask(int socket, const char *verb, const char *arg, char text[LAB_ANSWER], int *fd);

/* Reaches a lab and asks it; who got no answer has no lab to leave. */
int lab_reach_and_ask(const char *name, const char *verb, const char *arg, struct lab *lab,
                      char text[LAB_ANSWER], int *fd);

/* The address of the lab called name into *address. Its length, or -EINVAL when no lab can be
 * called that. */
int lab_address(const char *name, struct sockaddr_un *address);
/* The socket of a new lab, bound; or minus an exit code after a message. */
int lab_bind(const char *name);
/* A new client of a listening socket, or -1. */
int lab_accept(int listener);

/* What there is to show. */
struct lab_view {
    const struct job *job;
    const struct world *world;
    struct faults *faults;
};
enum lab_outcome { LAB_SERVED, LAB_CLIENT_GONE, LAB_DOWN };
/* Takes one request from a client and answers it; but the one to go down only when that is done, by
 * lab_dismiss(), with what was lost, or nothing. */
enum lab_outcome lab_answer(const struct lab_view *view, int client);
void lab_dismiss(int client, const char *lost);

/* Receives a packet and maybe a descriptor (else *fd is -1). Its length, 0 at the end. */
ssize_t lab_receive(int socket, char *text, size_t size, int *fd);

#endif
