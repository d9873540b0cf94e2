/* output.h - the files of the output directory, one writer each. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "netns/figures.h"

#include <stdio.h>

/* Writes all of a file about of (what it is, each body says). 0 or a negative errno. */
typedef int output_body(FILE *out, const void *of);

/* Writes dir/name (name alone when dir is NULL) by body. 0, or a negative errno after a message
 * that names the file; then what was written of it is removed. */
int output_file(const char *dir, const char *name, output_body *body, const void *of);
/* Removes such a file again; what is no file stays. */
void output_remove(const char *dir, const char *name);

/* Text for XML and HTML, in contents and attributes alike: mark-up characters escaped; what is no
 * character of XML 1.0, or no UTF-8, as text.h says. */
void output_escaped(FILE *out, const char *text);

/* Of a struct run_set. */
output_body summary_body; /* summary.json; one run */
output_body compare_body; /* compare.json; several runs */
output_body junit_body;
output_body report_body;  /* report.html */

/* Under GITHUB_ACTIONS=true: an ::error:: line on standard output per failed expectation, and a
 * table appended to the file that GITHUB_STEP_SUMMARY names. */
void github_tell(const struct run_set *set);

#endif
