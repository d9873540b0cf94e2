/* job.h - one run's own state, made by the launcher before it forks, known to both sides.
 *
 * launcher and keeper talk over a pair of sockets: the keeper tells its phases, the launcher
 * answers with a byte at the barrier; the end of file means that the other side is gone. Figures
 * pass in shared memory, which the launcher reads once the keeper has ended.
 */
#ifndef JOB_H
#define JOB_H

#include "netns/run/outdir.h"
#include "netns/run/runoptions.h"
#include "netns/world/facts.h"
#include "netns/world/fleettime.h"
#include "netns/world/managerlist.h"

#include <limits.h>
#include <sys/types.h>
#include <time.h>

/* What the keeper and its servants write into the output directory. */
enum job_file {
    JOB_EVENTS, JOB_TFTP_LOG, JOB_DHCP_LOG, JOB_CM_LOG, JOB_LAB_LOG, JOB_CAPTURE, JOB_STORE,
    JOB_FILE_COUNT
};

/* Filled by the keeper. */
struct job_report {
    _Atomic uint64_t started_ns; /* CLOCK_MONOTONIC at emulated time 0; 0 before the start */
    uint64_t ended_ns;          /* when it began to take the fleet down */
    int lost[JOB_FILE_COUNT];   /* the errno for which one is not whole, or 0 (see loss.h) */
    struct clock_facts clock;   /* as the pacer goes on */
    struct run_facts facts;
    struct phone_status final[]; /* the records at the end, for facts.status */
};

struct job {
    const struct plan *plan;
    const struct run_options *options;
    struct outdir out;
    struct ids ids; /* of the phones */
    uint64_t begun_ns;
    struct fleet_time time;
    struct phone_traffic *traffic; /* shared, per phone: for the meter */
    struct manager_list *manager; /* shared: of our own call manager; NULL: there is none */
    int status_fd; /* memory of the phones' records */
    struct phone_status *status;
    struct job_report *report;
    uint8_t *fate;  /* shared, per phone: PHONE_KILLED, FROZEN or UNPLUGGED as long as that is so,
                       else 0 */
    int binary_fd;  /* fleet-phone */
    int key_fd;     /* PEM of the firmware's key, or -1 */
    int capture_fd; /* file for dumpcap, or -1 */
    int cm_log_fd;  /* the call manager's, open for appending, or -1 */
    int host_ns;    /* where the launcher was started, for an external server or an uplink;
                       else -1 */
    int lab_fd;     /* the lab's socket, or -1: a run that ends */
    int lab_dir;    /* where the lab was begun: the working directory; or -1 */
    time_t lab_begun;
    int message_fd; /* the keeper's standard error, shown once the progress block is gone */
    int talk[2];    /* launcher's end, keeper's end */
};

/* What the keeper says. */
enum keeper_word {
    KEEPER_PHASE,   /* text: for the progress display */
    KEEPER_READY,   /* every phone waits for its start; the launcher answers with any byte */
    KEEPER_STARTED, /* the phones have been told to boot */
};
struct keeper_message {
    uint32_t word; /* enum keeper_word */
    char text[124];
};

/* 0, or an exit code after a message. A job is freed however far its making came. lab_fd passes
 * to the job. */
int job_make(struct job *job, const struct plan *plan, const struct run_options *options,
             int lab_fd);
void job_free(struct job *job);

/* The path of what has that name in its output directory; returns out. */
const char *job_path(const struct job *job, const char *name, char out[PATH_MAX]);

/* Whether somebody looks at frames, or may come to: then they are to look as on a wire. */
bool job_watched(const struct job *job);

/* All records as they are now, and its fate in place of a phone's state where it has one. A
 * record that its phone left half-written is taken as it stands. */
void job_snapshot(const struct job *job, struct phone_status *to);
/* Fills the report's times from the final records: the end is the last change of any phone; an
 * unfinished run's, now. */
void job_settle_time(struct job *job);

#endif
