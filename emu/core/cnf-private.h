/* cnf-private.h - the elements of a configuration file that are looked at, as cnf.h has them, and
 * what each takes.
 */
#ifndef CNF_PRIVATE_H
#define CNF_PRIVATE_H

#include "emu/core/cnf.h"

/* What there is to say about a value; why is NULL where there is nothing. */
struct cnf_remark {
    enum config_warning kind;
    const char *why;
};

/* An element to look at. One that counts has a setter, which takes its text, and what it is taken
 * for where that cannot be used. */
struct cnf_element {
    const char *path;
    struct cnf_remark (*set)(struct cnf *cnf, const char *text); /* NULL: it is not read */
    const char *fallback;                                        /* NULL: no value of ours */
    const char *said; /* what the fallback means; of what is not read, that it is not */
};

#define CNF_COUNTING 3 /* elements that have a value of ours */

/* The element of that path, wherever it stands in the tables; by_type: path of the load by device
 * type, or empty. NULL: it is not looked at. */
const struct cnf_element *cnf_element(const char *path, const char *by_type);
/* Which of those that have a value of ours it is, below CNF_COUNTING; -1: none. */
int cnf_element_number(const struct cnf_element *e);
/* A member of the group of call managers: where it stands; its beginning, with its priority as
 * written, or NULL; and its end. */
bool cnf_is_member(const char *path);
void cnf_member_begins(struct cnf *cnf, const char *priority);
void cnf_member_ends(struct cnf *cnf);
/* Of a path, the element's own name. */
const char *cnf_own_name(const char *path);
/* A value that cannot be used. */
struct cnf_remark cnf_unusable(const char *why);

#endif
