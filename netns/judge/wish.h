/* wish.h - what the judges of single wishes share; for judge*.c alone. */
#ifndef WISH_H
#define WISH_H

#include "netns/fleet/expect.h"
#include "netns/judge/results.h"

/* One wish, as it applies to this run. */
struct wish {
    const struct results *r;
    const struct expect *x;    /* NULL: one that is always judged */
    const uint32_t *phones;    /* whom it means, ascending */
    size_t count;
};

typedef void judge_fn(const struct wish *w, struct expectation *e);
judge_fn judge_upgrades, judge_fails, judge_running, judge_sharing;            /* judge_phone.c */
judge_fn judge_fallbacks, judge_peers, judge_sessions, judge_reboots;
judge_fn judge_fetches, judge_depth, judge_roots;                              /* judge_file.c */
judge_fn judge_registered;                                                     /* judge_manager.c */
judge_fn judge_wan_bytes, judge_wan_ratio, judge_time;                         /* judge_site.c */
judge_fn judge_screen, judge_log, judge_page;                                  /* judge_text.c */
judge_fn judge_faithful;                                                       /* judge_clock.c */
judge_fn judge_addresses;                                                    /* judge_address.c */

/* Whether a run like this one is asked: the mode is the wish's. */
bool judge_applies(const struct results *r, const struct expect *x);
/* Whom the wish means: indices in plan->phones, ascending, into out (room for plan->count). */
size_t judge_meant(const struct plan *plan, const struct expect *x, uint32_t *out);

/* Whether the phone has failed, or was at it again, as the wish has it. */
bool judge_fails_as(const struct results *r, const struct expect *x, size_t phone);
/* Marks in r->excused the phones whose failure, or restlessness, some wish expects, and in r->bound
 * those that some wish expects to upgrade. 0 or -ENOMEM. */
int judge_excuses(struct results *r);

/* "3 of 8 phones share, expected all 8; not SEP..., SEP...; see ..." Names the fewer ones of those
 * of whom the test says so, or does not; nobody counts who is out. */
typedef bool phone_test(const struct wish *w, size_t phone);
void judge_how_many(const struct wish *w, struct expectation *e, phone_test *test,
                    const char *what, const char *where);

/* Appends; what does not fit is cut. */
void judge_say(struct expectation *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One more of whom a detail names the first few: whether it is to be named, after what goes in
 * front of the first or between two. *count, 0 before the first, counts them all. */
bool judge_name(struct expectation *e, unsigned *count, const char *front, const char *between);
/* " and 4 more", of those that were not; what: more words. */
void judge_name_rest(struct expectation *e, unsigned count, const char *what);
/* ", expected <=6": as it was said; for ALL the number that is. */
void judge_say_expected(const struct wish *w, struct expectation *e, size_t all);
/* The least and the most of some counts; zeroed before the first. */
struct range {
    unsigned long least, most;
    size_t counts;
};
void judge_range_take(struct range *range, unsigned long count);
/* "1 to 2", or "1" where all are the same. */
void judge_say_range(struct expectation *e, const struct range *range);
/* "; 2 killed, frozen or unplugged on purpose", of those meant, if there are any. */
void judge_say_out(const struct wish *w, struct expectation *e);
/* Of those meant, how many are not out. */
size_t judge_there(const struct wish *w);
/* Whether a file fits the wish's pattern; one that was left out fits all. */
bool judge_fits(const char *pattern, const char *text);
/* Whether the run is one in which phones share; else says that the wish is not judged. */
bool judge_shares(const struct wish *w, struct expectation *e);

#endif
