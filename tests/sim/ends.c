/* ends.c - how an upgrade ends, and how long that may take. See inspect.h. */
#include "tests/sim/inspect.h"

#include "emu/core/life.h"

#include <string.h>

/* By the server's own record, and clock: a phone's is slow by one in a hundred at most, and one
 * that stood still has yet to look at it. */
bool leased(struct invariants *v, struct sim *s, size_t i)
{
    const struct node *n = &s->nodes[i];
    usec slack = SLACK + s->o.dhcp.lease_s * USEC_SEC / 100, until = sim_granted_until(s, i);
    if (!n->ip || !n->alive || !s->o.dhcp.on || sim_now(s) <= until + slack ||
        sim_now(s) <= n->thaw + SLACK)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "phone %zu has an address that is its own %s", i,
                  until ? "no longer" : "by no server's word");
}

/* Who is in no upgrade holds nothing open. */
bool quiet(struct invariants *v, struct sim *s, size_t i)
{
    enum phone_state state = (enum phone_state)sim_status(s, i)->state;
    const struct node *n = &s->nodes[i];
    if (state == PHONE_UPGRADE || !sim_alive(s, i))
        return true;
    size_t conns = sim_open_conns(s, i);
    if (!conns && !n->listening && !n->downloading)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "phone %zu is %s and has %zu connections%s%s", i,
                  phone_state_names[state], conns, n->listening ? ", port 4051" : "",
                  n->downloading ? ", a download" : "");
}

/* One that waits to be switched on by a fault that did not come is not in an upgrade. */
static bool is_busy(const struct sim *s, size_t i)
{
    const struct phone_status *st = sim_status(s, i);
    bool off = st->state == PHONE_READY && i + s->o.late >= s->o.phones;
    bool comes = st->state == PHONE_IDLE && s->o.managers.count && !is_registered(s, i);
    return sim_alive(s, i) && !off &&
           (comes || (st->state != PHONE_IDLE && st->state != PHONE_FAILED));
}

bool all_end(struct invariants *v, struct sim *s, size_t i)
{
    const struct phone_status *st = sim_status(s, i);
    if (is_busy(s, i))
        return broken(v, sim_now(s), (long)i, parent_of(s, i), -1,
                      "phone %zu is still busy (%s, %s) %.0f s after the last fault", i,
                      phone_state_names[st->state], pfs_state_names[sim_pfs(s, i)->state],
                      (double)(sim_now(s) - v->calm) / 1e6);
    if (!sim_alive(s, i) || (st->state == PHONE_IDLE && st->upgraded) || st->state == PHONE_READY)
        return true;
    bool excused = v->limits.excused || s->nodes[i].refused;
    if (st->state == PHONE_FAILED && st->status_text[0] && excused)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "phone %zu ended %s, saying \"%s\" of \"%s\"", i,
                  phone_state_names[st->state], st->status_text, st->status_file);
}

/* ---- how long it may take ------------------------------------------------------------ */

bool invariants_busy(const struct sim *s)
{
    bool busy = false;
    for (size_t i = 0; i < sim_phones(s) && !busy; i++)
        busy = is_busy(s, i);
    return busy;
}

/* Of so many of TFTP's waits together, with their random quarter. */
static usec tftp_patience(unsigned tries)
{
    usec sum = 0;
    for (unsigned i = 0; i < tries; i++)
        sum += TFTP_TIMEOUT << i < TFTP_TIMEOUT_MAX ? TFTP_TIMEOUT << i : TFTP_TIMEOUT_MAX;
    return sum + sum / 4;
}

/* A file's way from the server to its root, block by block, and down the tree. A block or an ACK
 * that is lost costs a wait of the phone's or the server's, now and then a longer one. */
static usec journey(const struct sim *s, size_t bytes)
{
    usec levels = 1, round_trip = 2 * s->o.wan_delay + 2 * SIM_LAN_DELAY;
    while (sim_phones(s) >> levels)
        levels++;
    if (s->o.wan_bps)
        round_trip += (TFTP_BLOCK + 100) * 8 * USEC_SEC / s->o.wan_bps;
    round_trip += (usec)(2 * s->o.wan_loss * 2 * TFTP_TIMEOUT * s->o.server_clock);
    usec to_two_children = 2 * bytes * 8 * USEC_SEC / s->o.port_bps;
    return (bytes / TFTP_BLOCK + 1) * round_trip + levels * (to_two_children + PFS_TICK);
}

/* To an address, once: the longest wait in a search that has been in vain so far, another one for
 * each address that a station has, a request that nobody answered; and the TFTP server that never
 * does. */
static usec address_patience(const struct sim *s)
{
    usec wait = (DHCP_FIRST_WAIT << (DHCP_TRIES - 1)) + DHCP_SPREAD;
    if (!s->o.dhcp.on)
        return 0;
    return (2 + s->o.dhcp.squatters) * wait + (DHCP_FIRST_WAIT << DHCP_REQUESTS) +
           DHCP_REQUESTS * DHCP_SPREAD + DHCP_COLLECT + DHCP_PROBE +
           (s->o.dhcp.dead_tftp ? tftp_patience(TFTP_TRIES) : 0);
}

/* To a call manager that works: what is left of the longest wait between two rounds, and of one
 * registration that comes to nothing; until it has forgotten the session before; and the same once
 * more, for a second manager of the list. */
static usec station_patience(const struct sim *s)
{
    usec round = STATION_RETRY_MAX * 3 / 2 + 2 * STATION_PATIENCE;
    return s->o.managers.count * (round + s->o.managers.keepalive * 2 * USEC_SEC);
}

/* What the faults have left hanging is let go of within the longest patience of the protocol, and
 * the last of it may be a phone that only then asks the server. From there on: a boot, the
 * configuration, and for each file an election, the wait for the tree, a turn lost to a peer that
 * is gone (found by its silence, or by JOINs without answer), and the journey; and the boot into
 * the load. */
usec invariants_patience(const struct sim *s)
{
    const usec election = PFS_LISTEN + PFS_LISTEN_SPREAD + (PFS_ADS + 1) * PFS_TICK;
    const usec turn = election + PFS_JOIN_SPREAD + PFS_JOIN_TRIES * PFS_JOIN_TIMEOUT + PFS_SILENCE;
    const usec lists = 3 * tftp_patience(TFTP_MAY_TRIES);
    usec sum = PFS_SERVE_LIMIT + tftp_patience(TFTP_TRIES) + s->o.boot_spread +
               station_patience(s) + 3 * address_patience(s) +
               2 * (LIFE_BOOT_TIME + LIFE_BOOT_SPREAD + lists + tftp_patience(TFTP_TRIES));
    size_t count;
    const struct sim_file *f = sim_files(s, &count);
    for (size_t i = 0; i < count; i++)
        if (f[i].firmware)
            sum += PFS_ROOT_WAITING + 2 * turn + 2 * journey(s, f[i].len);
    return sum;
}
