/* write.h - the files in which a run, or several, is told. */
#ifndef WRITE_H
#define WRITE_H

#include "netns/judge/figures.h"

/* Writes summary.json (of schema 1), junit.xml (or junit_path when not NULL) and
 * report.html into out_dir. 0 or a negative errno, after a message. */
int write_run(const struct results *r, const char *out_dir, const char *junit_path);
/* The same for several runs: compare.json, report.html and junit.xml. */
int write_runs(const struct run_set *set, const char *out_dir, const char *junit_path);

#endif
