/* github.h - the outcome in the words of GitHub Actions. */
#ifndef GITHUB_H
#define GITHUB_H

#include "netns/judge/figures.h"

/* Under GITHUB_ACTIONS=true: an ::error:: line on standard output per failed expectation, and a
 * table appended to the file that GITHUB_STEP_SUMMARY names. */
void github_tell(const struct run_set *set);

#endif
