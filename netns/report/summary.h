/* summary.h - the outcome for programs. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "netns/text/outfile.h"

/* Of a struct run_set: summary.json, of one run; compare.json, of several. */
outfile_body summary_body;
outfile_body compare_body;

#endif
