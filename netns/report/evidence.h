/* evidence.h - what a support engineer lays side by side: who took which file from the server, by
 * its own log; the trees; the sessions on TCP 4051; the screens; how each phone ended.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "netns/judge/figures.h"

#define EVIDENCE_PHONES 8 /* larger fleets would not fit on a screen: report.html has it all */

/* Prints it for several runs of a small fleet, one column a run, on standard output; nothing for
 * others. Phones are named by their numbers, as ps prints them. */
void evidence_print(const struct run_set *set);

#endif
