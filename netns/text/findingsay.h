/* findingsay.h - findings told to people: those of one cause once, with a count. */
#ifndef FINDINGSAY_H
#define FINDINGSAY_H

#include "netns/text/finding.h"

/* On standard output, each with its remedy, and a line that counts all. */
void findings_print(const struct findings *f);

/* On standard error, for a run: "PLACE: text" of what refuses it; where nothing does, "PLACE:
 * warning: text" of all. */
void findings_say(const struct findings *f);

#endif
