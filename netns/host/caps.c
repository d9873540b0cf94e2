/* caps.c - privilege in stages, by libcap.
 *
 *   launcher   all that root had: checks the host, raises host limits
 *   keeper     caps_limit_setup(): the table below, in bounding set too; makes the world
 *   servers    caps_drop() with the one or two capabilities their job needs, ambient
 *   phones     caps_drop() with none
 *
 * Nothing gains privilege again: no_new_privs is set before the exec, and what is dropped is
 * dropped from the bounding set as well.
 */
#include "netns/host/caps.h"
#include "netns/text/say.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What set-up and supervision use each capability for. */
static const struct {
    cap_value_t cap;
    bool needed; /* no world without it; the others only widen what works */
    const char *why;
} setup_caps[] = {
    {CAP_SYS_ADMIN, true, "make and enter namespaces"},
    {CAP_NET_ADMIN, true, "create links, addresses and routes"},
    {CAP_NET_RAW, true, "watch the bridge"},
    {CAP_NET_BIND_SERVICE, true, "hand port 69 to the TFTP server"},
    {CAP_DAC_READ_SEARCH, true, "let the TFTP server read the firmware folder"},
    {CAP_SETUID, true, "start phones as an unprivileged user"},
    {CAP_SETGID, true, "start phones as an unprivileged group"},
    {CAP_SETPCAP, true, "drop capabilities for good"},
    {CAP_KILL, true, "end phones of another user"},
    {CAP_CHOWN, true, "give each phone its flash folder"},
    {CAP_DAC_OVERRIDE, false, "write results into a folder of the calling user"},
    {CAP_FOWNER, false, "tidy up files that phones wrote"},
    {CAP_SYS_PTRACE, false, "widen the TFTP server's receive buffer"},
    {CAP_SYS_NICE, false, "let the WAN's relay wake up in time"},
    {CAP_SYS_RESOURCE, false, "raise limits on open files and locked memory"},
};
#define SETUP_CAPS (sizeof setup_caps / sizeof *setup_caps)

/* Takes every capability outside *kept from the bounding set. */
static int bounding_drop(cap_t kept)
{
    for (cap_value_t c = 0; cap_get_bound(c) >= 0; c++) {
        cap_flag_value_t keep = CAP_CLEAR;
        cap_get_flag(kept, c, CAP_PERMITTED, &keep);
        if (keep == CAP_CLEAR && cap_get_bound(c) == CAP_SET && cap_drop_bound(c) < 0)
            return -errno;
    }
    return 0;
}

static int cap_add(cap_t set, cap_value_t cap, bool inheritable)
{
    static const cap_flag_t flags[] = {CAP_PERMITTED, CAP_EFFECTIVE, CAP_INHERITABLE};
    for (int i = 0; i < (inheritable ? 3 : 2); i++)
        if (cap_set_flag(set, flags[i], 1, &cap, CAP_SET) < 0)
            return -errno;
    return 0;
}

/* Fills *wanted with the part of the table that *have permits. */
static int setup_choose(cap_t have, cap_t wanted)
{
    for (size_t i = 0; i < SETUP_CAPS; i++) {
        cap_flag_value_t held = CAP_CLEAR;
        cap_get_flag(have, setup_caps[i].cap, CAP_PERMITTED, &held);
        if (held == CAP_CLEAR && setup_caps[i].needed) {
            char *name = cap_to_name(setup_caps[i].cap);
            say("no capability %s (to %s); run as root, for example through sudo", name,
                setup_caps[i].why);
            cap_free(name);
            return -EPERM;
        }
        if (held == CAP_SET && cap_add(wanted, setup_caps[i].cap, false) < 0)
            return say_errno(errno, "cannot choose capabilities");
    }
    return 0;
}

size_t caps_lacking(char *names, size_t size)
{
    cap_t have = cap_get_proc();
    size_t count = 0, used = 0;
    *names = '\0';
    for (size_t i = 0; i < SETUP_CAPS; i++) {
        cap_flag_value_t held = CAP_CLEAR;
        if (have)
            cap_get_flag(have, setup_caps[i].cap, CAP_EFFECTIVE, &held);
        if (held == CAP_SET || !setup_caps[i].needed)
            continue;
        char *name = cap_to_name(setup_caps[i].cap);
        if (used < size)
            used += (size_t)snprintf(names + used, size - used, "%s%s", count ? ", " : "", name);
        cap_free(name);
        count++;
    }
    cap_free(have);
    return count;
}

int caps_limit_setup(void)
{
    cap_t have = cap_get_proc(), wanted = cap_init();
    int rc = have && wanted ? setup_choose(have, wanted) : say_errno(ENOMEM, "capabilities");
    if (rc == 0) {
        rc = bounding_drop(wanted);
        if (rc == 0 && cap_set_proc(wanted) < 0)
            rc = -errno;
        if (rc < 0)
            say_errno(-rc, "cannot drop capabilities");
    }
    cap_free(have);
    cap_free(wanted);
    return rc;
}

static int user_become(uid_t uid, gid_t gid)
{
    /* some user namespaces forbid to set groups, which does no harm where there are none to lose */
    if (setgroups(0, NULL) < 0 && getgroups(0, NULL) != 0)
        return -EPERM;
    if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setresgid(gid, gid, gid) < 0 ||
        setresuid(uid, uid, uid) < 0 || prctl(PR_SET_KEEPCAPS, 0) < 0)
        return -errno;
    return 0;
}

int caps_drop(uid_t uid, gid_t gid, const int *keep)
{
    cap_t kept = cap_init();
    int rc = kept ? 0 : -ENOMEM;
    for (const int *c = keep; rc == 0 && c && *c >= 0; c++)
        rc = cap_add(kept, *c, true);
    if (rc == 0)
        rc = bounding_drop(kept);
    if (rc == 0)
        rc = user_become(uid, gid);
    if (rc == 0 && cap_set_proc(kept) < 0)
        rc = -errno;
    for (const int *c = keep; rc == 0 && c && *c >= 0; c++)
        if (cap_set_ambient(*c, CAP_SET) < 0)
            rc = -errno;
    if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        rc = -errno;
    cap_free(kept);
    return rc;
}
