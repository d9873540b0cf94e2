/* managerjson.h - the call manager of a run, for programs. */
#ifndef MANAGERJSON_H
#define MANAGERJSON_H

#include "netns/judge/results.h"
#include "netns/text/json.h"
#include "netns/text/outfile.h"

/* For summary.json: null where the phones had none. */
json_t *managerjson_summary(const struct results *r);
/* Of a struct run_set of one run: callmanager.json, the list of our own. */
outfile_body managerjson_body;

#endif
