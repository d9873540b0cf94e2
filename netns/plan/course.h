/* course.h - which files each phone will ask for, in order, and from whom: foretold from the plan
 * and the TFTP root, for a run in which nothing is harmed.
 */
#ifndef COURSE_H
#define COURSE_H

#include "netns/plan/firmware.h"

/* Whom a file is asked of.
 *   SERVER       the TFTP server
 *   LOAD_SERVER  the server that the phone's configuration names for firmware
 *   PEERS        phones of its model that share: one of them fetches it from one of the above */
enum course_from { COURSE_SERVER, COURSE_LOAD_SERVER, COURSE_PEERS, COURSE_FROM_COUNT };
extern const char *const course_from_names[COURSE_FROM_COUNT]; /* "server", ... */

/* What comes of it.
 *   THERE    it is served
 *   ABSENT   it is not, and the phone asks for the next
 *   UNKNOWN  only the external server knows
 *   FAILS    the phone ends here, with a status text */
enum course_end { COURSE_THERE, COURSE_ABSENT, COURSE_UNKNOWN, COURSE_FAILS, COURSE_END_COUNT };
extern const char *const course_end_names[COURSE_END_COUNT];

struct course_step {
    char file[NAME_MAX_LEN];
    enum course_from from;
    enum course_end end;
    bool served;               /* a whole file goes over the line, whatever the phone makes of it */
    char text[NAME_MAX_LEN];   /* FAILS: the phone's words */
};

/* Twice the configuration; the load, and before it maybe that of a factory reset. */
#define COURSE_STEPS (2 * (5 + 1 + SCREEN_BOXES))
struct course {
    size_t count;
    struct course_step step[COURSE_STEPS];
};

void course_make(const struct plan *plan, size_t phone, const struct stock *stock,
                 const struct firmware *firmware, struct course *c);

/* How often a file will be fetched whole from a server by the phones of a model
 * in a subnet. */
struct course_fetch {
    char file[NAME_MAX_LEN];
    const struct phone_model *model;
    unsigned subnet;           /* in the plan's subnets */
    uint32_t server;           /* network order */
    unsigned alone;            /* fetches of phones that do not share, */
    bool shared;               /* and one of all that do */
    unsigned count;            /* both together */
    bool uncertain;            /* phones that share refuse it: each new root may try again */
};
struct course_fetches {
    struct course_fetch *items;
    size_t count;
};
/* Adds what one phone's course means: one fetch a phone, or one of all the phones that share. */
void course_count(struct course_fetches *f, const struct plan_phone *phone,
                  const struct course *c, uint32_t server);

#endif
