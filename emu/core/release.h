/* release.h - which firmware can verify which, by the names of loads. Pure. */
#ifndef RELEASE_H
#define RELEASE_H

#include <stdbool.h>

/* Whether a phone that runs the one load cannot take the other in one step: firmware older than
 * 8.3(3) ends in "Auth Fail" with any load beyond 8.5(2), and boots again and again. Published are
 * the symptom and the way round it, by a load from 8.3(3) to 8.5(2) in between; that those know
 * both of the keys that sign firmware, older ones only the first, and that loads from 8.5(2)SR1 on
 * have only the second, is told by administrators. Our reading: such a phone refuses the new load's
 * index.
 *
 * By the versions in their names (loadname.h). One that has none, as a factory load, or is a
 * 7960's, or empty: no rule. */
bool release_refused(const char *running, const char *load);

#endif
