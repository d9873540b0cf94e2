/* setup.h - from a call of the command to a fleet that is ready to run, and its runs.
 *
 * Order, so that a mistake costs nothing: the fleet file and its plan (exit 2) are judged before
 * privilege is asked for, privilege and host (exit 3) before anything is created.
 */
#ifndef SETUP_H
#define SETUP_H

#include "netns/batch.h"
#include "netns/host/hostcheck.h"
#include "netns/options.h"

struct setup {
    char *file;          /* found, not named */
    struct fleet *base;  /* as the file has it */
    struct fleet *fleet; /* that, or the variant that was named */
    struct run_options run; /* its texts are the setup's */
};

/* Reads the call's fleet file: -f; else the bundled demo, where only phones were named or demo is
 * asked for; else what lies in the working directory. An exit code, after messages. A setup is to
 * be freed however far it came. */
int setup_read(struct setup *s, const struct call *call, bool demo);
/* What the fleet file and the command line wish of this machine's interfaces. */
struct uplink_wish setup_uplink(const struct fleet *fleet, const struct call *call);
/* Asks for privilege, looks at the host, and fills s->run but for the place for results. plan: of
 * the largest run. An exit code, after messages. */
int setup_check(struct setup *s, const struct call *call, const struct plan *plan);
/* Makes the place for results; kind: a word for the directory's name. An exit code, after
 * messages. */
int setup_place(struct setup *s, const struct call *call, const char *kind);
/* Does all of it, runs what the file describes, and tells the outcome as the call wants it told. An
 * exit code: the verdict. The batch is the caller's to free. */
int setup_run(struct setup *s, struct batch *b, const struct call *call, bool demo);
void setup_free(struct setup *s);

#endif
