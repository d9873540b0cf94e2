/* completion.h - bash completion: tables made from those of verbs, options, faults and the fleet
 * file, and behind them the functions of completion.bash, which know none of these words. */
#ifndef COMPLETION_H
#define COMPLETION_H

#include "netns/options.h"

/* Prints all of it on standard output. 0, or an exit code after a message. */
int completion_print(const struct verb *verbs);

#endif
