/* expect.h - what the user expects of a run: the wishes, not the verdict (see judge.h).
 *
 *   expect:
 *     upgraded: all                                  a single value is the kind's main setting
 *     depth: {count: <=6, model: CP-7961G}           or a mapping of settings
 *     screen: [{phone: 1, at: 20s}, {phone: 2}]      or a list of wishes of one kind
 *
 * Whoever is meant by `phones` must be known before the run: no root, parents or random:N.
 * Left out, all are meant.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "netns/fleet/compare.h"
#include "netns/fleet/fleet.h"
#include "netns/fleet/selector.h"

/* In the table's order; the words stand in expect.c. */
enum expect_kind {
    EXPECT_UPGRADED,
    EXPECT_FAILED,
    EXPECT_RUNNING,
    EXPECT_FETCHES,
    EXPECT_WAN_BYTES,
    EXPECT_WAN_RATIO,
    EXPECT_TIME,
    EXPECT_DEPTH,
    EXPECT_ROOTS,
    EXPECT_FALLBACKS,
    EXPECT_PEERS,
    EXPECT_SESSIONS,
    EXPECT_SHARING,
    EXPECT_REBOOTS,
    EXPECT_REGISTERED,
    EXPECT_SCREEN,
    EXPECT_LOG,
    EXPECT_PAGE,
    EXPECT_FAITHFUL,
    EXPECT_KIND_COUNT,
};

enum expect_way { WAY_BOTH, WAY_DOWN, WAY_UP };

#define EXPECT_UNSET UINT64_MAX

struct expect {
    struct schema_origin origin; /* enum expect_kind, and where it stands */
    struct compare count;        /* the kind's number */
    struct selector phones;      /* NONE: left out */
    int mode;                    /* enum fleet_mode: judged in that one only; -1: in any */
    bool wanted;                 /* of a kind that is met or not as a whole */
    const struct phone_model *model; /* these NULL: left out */
    const char *file;            /* a pattern */
    const char *text;            /* a pattern of what the phone's status says */
    const char *load;
    const char *matches;         /* a regular expression */
    const char *component;       /* a pattern */
    const char *title;           /* a pattern */
    struct compare percent, kb;
    int icon;                    /* enum tri */
    enum expect_way way;
    uint64_t at_us;              /* emulated; EXPECT_UNSET: at any moment */
};

/* The elements of a fleet file's `expect`. */
extern const struct schema_elements expect_elements;
/* The word of a kind. */
const char *expect_word(const struct expect *x);

/* Says what is wrong with a wish, at the key where that was given, else at the wish. 1. */
unsigned expect_complain(const struct expect *x, const char *key, const char *why);
/* Mistakes of the file's wishes, said at their places: settings that contradict each other; and
 * wishes that a run of one mode alone cannot judge. How many. */
unsigned expect_check_all(const struct fleet *fleet, uint64_t phones);
unsigned expect_check_alone(const struct fleet *fleet);

#endif
