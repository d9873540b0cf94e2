/* outdir.h - the output directory of a run.
 *
 *   events.jsonl          appended to by every phone
 *   tftp.log              the server's own log
 *   callmanager.log       that of our own call manager, where there is one
 *   dhcp.log              the DHCP server's, if there is one; with dhcp.conf, dhcp.leases
 *   logs/<DEVICE>.log     console of each phone
 *   pages/<DEVICE>.xml    its web page
 *   flash/<DEVICE>/       what each phone holds; links into the store, in the end hard ones
 *   flash/.store/         every content once; gone after the run
 *   tftproot/             what the server serves; gone after the run
 *
 * What an earlier run left under these names is replaced, and its results are removed, so that no
 * interrupted run shows another one's verdict. Directories under these names that no earlier run
 * made are refused, not removed: events.jsonl is the sign of one.
 *
 * The directory is locked, by flock(2), as long as any process has `dir` open: no two runs share
 * it, and the kernel unlocks it however they end.
 *
 * Phones reach their files by inherited descriptors only, so that the directory may lie where
 * their users cannot go. Each owns its flash directory, as long as it runs, and nothing else here:
 * logs and pages, the store, and in the end the flashes are the launcher's. What phones own may
 * hold anything: it is handled without ever following a link.
 */
#ifndef OUTDIR_H
#define OUTDIR_H

#include "netns/host/ids.h"
#include "netns/plan/plan.h"

struct outdir {
    int dir, logs, pages, flash, store; /* directories; dir holds the lock */
    int events, tftp_log;        /* open for appending */
    int dhcp_log;                /* the same, or -1 */
};
#define OUTDIR_NONE                                                                                \
    (struct outdir)                                                                                \
    {                                                                                              \
        .dir = -1, .logs = -1, .pages = -1, .flash = -1, .store = -1, .events = -1,        \
        .tftp_log = -1, .dhcp_log = -1                                                             \
    }

/* Makes path and all of the above. 0, or an exit code after a message. */
int outdir_make(struct outdir *o, const char *path, const struct plan *plan,
                const struct ids *ids);
/* Opens a new file of that name in it for appending, in place of an old one; or -errno. */
int outdir_file(const struct outdir *o, const char *name);
void outdir_close(struct outdir *o);

/* Removes an earlier comparison's results, as outdir_make() does with those of a run. Exit code. */
int outdir_forget(const char *out_dir);

/* Removes what results_make() still needed but the user does not: the links of the TFTP root and
 * the store of contents (each phone's flash stays). 0, or 3 after a message. */
int outdir_cleanup(const char *out_dir);

/* Removes name below dir with all it holds; what a link points to stays. 0 or -errno. */
int remove_tree(int dir, const char *name);

#endif
