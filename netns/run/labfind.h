/* labfind.h - a lab as its clients see it: which one is meant, the way to it, and asking it. */
#ifndef LABFIND_H
#define LABFIND_H

#include "netns/run/labwire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
