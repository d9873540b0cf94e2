/* batch.h - the runs that one call asks for: a fleet, or each of its variants, one after another.
 *
 * A single run fills the output directory itself; variants fill one directory each inside it, named
 * after them, and beside these lie compare.json, report.html and junit.xml for all.
 */
#ifndef BATCH_H
#define BATCH_H

#include "netns/fleet/fleetread.h"
#include "netns/judge/figures.h"
#include "netns/run/run.h"

struct batch_run {
    const char *name;    /* of the variant; NULL: the only run */
    struct fleet *fleet; /* the variant's own, or NULL */
    struct plan *plan;
    struct run_facts facts;
    struct results *results;
};

struct batch {
    struct batch_run run[VARIANTS_MAX];
    size_t count;
};

/* Reads the variants, where they are wanted, and plans all runs. An exit code: 0, or 2 after
 * messages. A batch is to be freed however far its making came; base must outlive it. */
int batch_make(struct batch *b, const struct fleet *base, bool variants,
               const struct fleet_overrides *o);
/* The plan with the most phones. */
const struct plan *batch_largest(const struct batch *b);
/* "pfs", "traditional", "compare" (both modes) or "variants": for the output directory's name. */
const char *batch_kind(const struct batch *b, const struct fleet *base);
/* Runs them, in options->out_dir, and writes what they gave; junit: where to, or NULL: junit.xml in
 * there. 0, or an exit code that stops everything; the verdict is batch_exit()'s. */
int batch_run(struct batch *b, const struct run_options *options, const char *junit);
/* The gravest verdict's exit code. */
int batch_exit(const struct batch *b);
/* The outcome for people on standard output. */
void batch_print(const struct batch *b, const char *out_dir);
/* When the time was up: who had not come to an end, on standard error. */
void batch_print_unfinished(const struct batch *b);
/* What was not met, on standard error; printed: standard output tells it as well. */
void batch_tell_failed(const struct batch *b, bool printed);
/* The name of the file that holds the outcome for programs. */
const char *batch_json(const struct batch *b);
void batch_free(struct batch *b);

#endif
