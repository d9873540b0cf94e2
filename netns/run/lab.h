/* lab.h - a lab's own side of what labwire.h describes, in the keeper. */
#ifndef LAB_H
#define LAB_H

#include "netns/run/harm.h"

/* The socket of a new lab, bound; or minus an exit code after a message. */
int lab_bind(const char *name);
/* A new client of a listening socket, or -1. */
int lab_accept(int listener);

/* What there is to show. */
struct lab_view {
    const struct job *job;
    const struct world *world;
    struct harm *harm;
};
enum lab_outcome { LAB_SERVED, LAB_CLIENT_GONE, LAB_DOWN };
/* Takes one request from a client and answers it; but the one to go down only when that is done, by
 * lab_dismiss(), with what was lost, or nothing. */
enum lab_outcome lab_answer(const struct lab_view *view, int client);
void lab_dismiss(int client, const char *lost);

#endif
