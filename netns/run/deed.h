/* deed.h - one function per fault, and one that lifts it. Private to harm.c. */
#ifndef DEED_H
#define DEED_H

#include "netns/run/agenda.h"
#include "netns/run/reach.h"

struct harm {
    struct harm_reach reach;
    struct agenda agenda;
    struct wan_terms terms; /* as the WAN is now */
    uint64_t seeds;         /* each seeking draws one */
    unsigned settled;       /* times in a row that all had come to rest */
    struct phone_status *status;
    bool *barred;
    uint32_t *found;
    char why[1024];         /* why a deed was not done, where that was said at more length */
};

/* Does, or undoes, what a stroke says, to its phone, the server or the WAN. NULL, or why it was
 * not done, good until the next. */
const char *deed_strike(struct harm *h, const struct stroke *s);
const char *deed_lift(struct harm *h, const struct stroke *s);

#endif
