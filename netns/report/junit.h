/* junit.h - the outcome as JUnit knows it: a case for each phone and each expectation. */
#ifndef JUNIT_H
#define JUNIT_H

#include "netns/text/outfile.h"

outfile_body junit_body; /* of a struct run_set */

#endif
