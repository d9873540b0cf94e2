/* scenariorun.h - runs scenarios of the library. */
#ifndef SCENARIORUN_H
#define SCENARIORUN_H

#include "netns/options.h"
#include "netns/scenarios.h"

/* Runs them one after another, each into a directory of its name, and tells of each: a line, or of
 * one alone as much as of any run. What is inconclusive is run once more. The gravest exit code
 * (results_graver); a signal ends the row. */
int scenarios_run(struct scenarios *s, const struct call *call);

#endif
