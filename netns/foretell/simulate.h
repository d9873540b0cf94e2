/* simulate.h - a prediction's points, simulated. */
#ifndef SIMULATE_H
#define SIMULATE_H

#include "netns/foretell/predict.h"

/* Simulates every point with the program given. 0, or an exit code after a message: 3, or 4 when
 * the time ran out. */
int simulate_run(struct predict *p, const char *program, bool progress);

#endif
