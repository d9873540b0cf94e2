/* faultkinds.c - what can go wrong, one row each. */
#include "tests/sim/faultkinds.h"
#include "emu/sim/node.h"
#include "emu/random.h"

/* ---- who is to be hit ---------------------------------------------------------------- */

static bool has_slot(const struct pfs *p, enum slot_state from, enum slot_state to)
{
    return (p->below.slots[0].state >= from && p->below.slots[0].state <= to) ||
           (p->below.slots[1].state >= from && p->below.slots[1].state <= to);
}

static bool tentative(struct sim *s, size_t i)
{
    return sim_pfs(s, i)->state == PFS_CLAIM && sim_pfs(s, i)->want.turn.ads > 0;
}

static bool confirmed(struct sim *s, size_t i)
{
    return sim_pfs(s, i)->state == PFS_ROOT_WAIT;
}

static bool waiting(struct sim *s, size_t i)
{
    return confirmed(s, i) && has_slot(sim_pfs(s, i), SLOT_WAITING, SLOT_WAITING);
}

static bool transferring(struct sim *s, size_t i)
{
    return sim_pfs(s, i)->state == PFS_ROOT_FETCH && sim_status(s, i)->screen.kb > 0;
}

static bool serving(struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    return p->state == PFS_SERVE && p->current >= 0 && p->files[p->current].rooted &&
           has_slot(p, SLOT_SENDING, SLOT_SENT);
}

static bool holds_part(struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    const struct pfs_part *part = &p->want.part;
    return p->state == PFS_CHILD && part->received > 0 && part->received < part->size;
}

static bool in_upgrade(struct sim *s, size_t i)
{
    return sim_status(s, i)->state == PHONE_UPGRADE;
}

static bool registered(struct sim *s, size_t i)
{
    return sim_status(s, i)->registered;
}

static bool most_registered(struct sim *s, size_t i)
{
    size_t count = 0;
    for (size_t n = 0; registered(s, i) && n < sim_phones(s); n++)
        count += registered(s, n);
    return 4 * count > 3 * sim_phones(s);
}

/* ---- blows --------------------------------------------------------------------------- */

/* The last phone standing is left alone. */
static void kill_one(struct sim *s, size_t i, bool quietly)
{
    if (sim_census(s).dead + 1 < sim_phones(s))
        sim_kill(s, i, quietly);
}

static void crash(struct sim *s, size_t i)
{
    kill_one(s, i, true);
}

static void leave(struct sim *s, size_t i)
{
    kill_one(s, i, false);
}

static void kill_parent(struct sim *s, size_t i)
{
    long parent = sim_node_of(s, sim_pfs(s, i)->parent.link.ip);
    if (parent >= 0 && sim_alive(s, (size_t)parent))
        kill_one(s, (size_t)parent, sim_random(s, 2));
}

static void freeze(struct sim *s, size_t i)
{
    sim_freeze(s, i, USEC_SEC + sim_random(s, 60 * USEC_SEC));
}

static void restart(struct sim *s, size_t i)
{
    sim_restart(s, i);
}

static void cut(struct sim *s, size_t i)
{
    sim_cut(s, i);
}

static void flip_flash(struct sim *s, size_t i)
{
    sim_flip_flash(s, i);
}

static void power_on(struct sim *s, size_t i)
{
    (void)i;
    sim_power_on(s);
}

static void reset_all(struct sim *s, size_t i)
{
    (void)i;
    for (size_t n = 0; n < sim_phones(s); n++)
        if (sim_alive(s, n) && sim_status(s, n)->state != PHONE_OFF)
            sim_restart(s, n);
}

static void split(struct sim *s, size_t i)
{
    (void)i;
    sim_split(s);
}

static void heal(struct sim *s)
{
    sim_heal(s);
}

static void server_away(struct sim *s, size_t i)
{
    (void)i;
    sim_server(s, false);
}

static void server_back(struct sim *s)
{
    sim_server(s, true);
}

static void refuse(struct sim *s, size_t i)
{
    sim_refuse(s, i);
}

static void wan_cut(struct sim *s, size_t i)
{
    (void)i;
    sim_wan(s, false);
}

static void wan_back(struct sim *s)
{
    sim_wan(s, true);
}

/* ---- blows to a call manager, any one ------------------------------------------------ */

static unsigned any_manager(struct sim *s)
{
    return sim_random(s, s->o.managers.count);
}

static void manager_dies(struct sim *s, size_t i)
{
    (void)i;
    sim_manager_dies(s, any_manager(s), sim_random(s, 2));
}

static void manager_slow(struct sim *s, size_t i)
{
    (void)i;
    sim_manager_slow(s, any_manager(s));
}

static void manager_refuses(struct sim *s, size_t i)
{
    unsigned m = any_manager(s);
    (void)i;
    sim_manager_refuses(s, m, "Device Unknown");
    if (sim_random(s, 2))
        sim_manager_hangs_up(s, m);
}

static void manager_hangs_up(struct sim *s, size_t i)
{
    (void)i;
    sim_manager_hangs_up(s, any_manager(s));
}

static void manager_babbles(struct sim *s, size_t i)
{
    (void)i;
    sim_manager_babbles(s, any_manager(s));
}

/* Some are told twice before they have heard it once; the pace is any. */
static void manager_orders(struct sim *s, size_t i)
{
    enum sccp_reset order = (enum sccp_reset)(1 + sim_random(s, 3));
    unsigned m = any_manager(s);
    (void)i;
    sim_manager_orders(s, m, order, sim_random(s, 2) ? 0 : 1 + sim_random(s, 20));
    if (sim_random(s, 2))
        sim_manager_orders(s, m, SCCP_DO_RESET, 0);
}

/* As it is done: another load, then all are told. */
static void upgrade(struct sim *s, size_t i)
{
    sim_name_load(s);
    manager_orders(s, i);
}

static void managers_well(struct sim *s)
{
    for (unsigned i = 0; i < s->o.managers.count; i++)
        sim_manager_is_well(s, i);
}

/* ---- the kinds ----------------------------------------------------------------------- */

/* ---- damage -------------------------------------------------------------------------- */

static void reorder(struct sim_options *o, uint64_t *draws)
{
    o->damage.udp_jitter = USEC_MS + random_word(draws) % (50 * USEC_MS);
}

static void delay(struct sim_options *o, uint64_t *draws)
{
    o->damage.udp_jitter = 200 * USEC_MS + random_word(draws) % (2 * USEC_SEC);
}

static void stall_max(struct sim_options *o, uint64_t *draws)
{
    o->damage.tcp_stall_max = USEC_SEC + random_word(draws) % (60 * USEC_SEC);
}

static void drift(struct sim_options *o, uint64_t *draws)
{
    o->drift_ppm = 10 + random_word(draws) % 10000;
}

static void equal_draws(struct sim_options *o, uint64_t *draws)
{
    (void)draws;
    o->equal_draws = true;
}

/* Addresses by DHCP, of leases that last as long as any fleet. */
static void by_dhcp(struct sim_options *o, uint64_t *draws)
{
    (void)draws;
    o->dhcp.on = true;
    if (!o->dhcp.lease_s)
        o->dhcp.lease_s = 86400;
}

static void short_leases(struct sim_options *o, uint64_t *draws)
{
    o->dhcp.lease_s = 20 + (unsigned)(random_word(draws) % 200);
    by_dhcp(o, draws);
}

static void two_servers(struct sim_options *o, uint64_t *draws)
{
    o->dhcp.servers = 2 + (unsigned)(random_word(draws) % 2);
    o->dhcp.dead_tftp = random_word(draws) % 2;
    by_dhcp(o, draws);
}

static void squatters(struct sim_options *o, uint64_t *draws)
{
    o->dhcp.squatters = 1 + random_word(draws) % 4;
    by_dhcp(o, draws);
}

/* Call managers; half of the fleets run the load that they are to run, and register at once. */
static const struct sim_group upgraded = {.model = "CP-7961G", .running = "SCCP41.9-4-2SR3-1S",
                                          .load = "SCCP41.9-4-2SR3-1S", .pfs = true};

static void managers(struct sim_options *o, uint64_t *draws)
{
    o->managers.count = 1 + (unsigned)(random_word(draws) % 2);
    o->managers.keepalive = 30;
    if (random_word(draws) % 2 && o->groups == sim_defaults.groups && !o->managers.before)
        o->groups = &upgraded;
}

/* A fleet that runs what it is told to run, for now. */
static void registered_first(struct sim_options *o, uint64_t *draws)
{
    managers(o, draws);
    if (o->groups != sim_defaults.groups && o->groups != &upgraded)
        return;
    o->groups = sim_defaults.groups;
    o->managers.before = sim_defaults.groups->running;
}

static void one_more_late(struct sim_options *o, uint64_t *draws)
{
    (void)draws;
    o->late++;
}

/* ---- the table ----------------------------------------------------------------------- */

#define RATE(member) .rate = offsetof(struct sim_options, damage.member) + 1

/* Why they explain what they explain: a root that is lost, or not heard of, has a successor that
 * fetches the file under way once more; one that goes in silence has two: for PFS_SILENCE its
 * children wait, and who comes meanwhile elects for himself. Who loses its parent or its download, or is not answered,
 * asks again, and falls back to the server after PFS_ATTEMPTS such turns: some phones get so far
 * while damage lasts. A root to which a file looks bad sends all of its phones to the server. One
 * that the server refuses, or is silent to, costs each of them almost half of its turns: two that
 * come close upon each other, and a turn lost for another cause, send all of them there. */
const struct fault_kind fault_kinds[] = {
    /* datagrams on the LAN */
    {"lost", RATE(udp_loss), .most = 0.3, .fetches = 3, .per_phones = 8},
    {"doubled", RATE(udp_twice), .most = 0.5, .fetches = 1},
    {"reordered", .set = reorder, .fetches = 1},
    {"delayed", .set = delay, .fetches = 3, .per_phones = 8},
    {"flipped", RATE(udp_flip), .most = 0.2, .fetches = 3, .per_phones = 8},
    /* the WAN */
    {"wan-lossy", RATE(wan_loss), .most = 0.1, .fetches = 1, .excuses = true},
    {"wan-flipped", RATE(wan_flip), .most = 0.005, .fetches = 1, .per_phones = 1, .excuses = true},
    /* the server's answers */
    {"server-busy", RATE(tftp_refused), .most = 0.7, .fetches = 1, .per_phones = 1, .excuses = true},
    {"server-breaks", RATE(tftp_broken), .most = 0.01, .fetches = 1, .per_phones = 1,
     .excuses = true},
    {"root-refused", .deal = refuse, .whom = transferring, .fetches = 1, .per_phones = 3},
    /* addresses; a phone that loses its own boots anew, a root among them */
    {"dhcp-lost", RATE(dhcp_loss), .most = 0.5, .set = by_dhcp, .fetches = 2, .per_phones = 3},
    {"dhcp-refused", RATE(dhcp_nak), .most = 0.8, .set = short_leases, .fetches = 4,
     .per_phones = 1},
    {"dhcp-short", RATE(dhcp_short), .most = 0.99, .set = by_dhcp, .fetches = 2,
     .per_phones = 3},
    {"dhcp-leases", RATE(dhcp_loss), .most = 0.5, .set = short_leases, .fetches = 4,
     .per_phones = 1},
    {"dhcp-servers", .set = two_servers, .fetches = 1},
    {"dhcp-taken", .set = squatters, .fetches = 1},
    /* call managers; who is reset after it has failed tries once more */
    {"cm", .set = managers},
    {"cm-dies", .set = managers, .deal = manager_dies, .whom = registered, .nobody = true,
     .lift = managers_well, .lasts_s = 300},
    {"cm-slow", .set = managers, .deal = manager_slow, .nobody = true, .lift = managers_well,
     .lasts_s = 300},
    {"cm-rejects", .set = managers, .deal = manager_refuses, .nobody = true,
     .lift = managers_well, .lasts_s = 300},
    {"cm-hangs-up", .set = managers, .deal = manager_hangs_up, .whom = registered,
     .nobody = true},
    {"cm-babbles", .set = managers, .deal = manager_babbles, .whom = registered, .nobody = true},
    {"cm-wan-cut", .set = managers, .deal = wan_cut, .whom = registered, .nobody = true,
     .lift = wan_back, .lasts_s = 300, .fetches = 1, .per_phones = 2, .excuses = true},
    {"cm-orders", .set = managers, .deal = manager_orders, .whom = most_registered, .nobody = true,
     .fetches = 1, .per_phones = 2},
    {"cm-upgrades", .set = registered_first, .deal = upgrade, .whom = most_registered, .nobody = true,
     .fetches = 2, .per_phones = 1},
    /* TCP between phones */
    {"tcp-cut", RATE(tcp_cut), .most = 0.05, .fetches = 2, .per_phones = 2},
    {"tcp-stalled", RATE(tcp_stall), .most = 0.05, .set = stall_max, .fetches = 2, .per_phones = 2},
    {"tcp-mute", RATE(tcp_mute), .most = 0.03, .fetches = 2, .per_phones = 2},
    {"tcp-flipped", RATE(tcp_flip), .most = 0.03, .fetches = 2, .per_phones = 2},
    {"tcp-pieces", RATE(tcp_pieces), .most = 1},
    {"connections-cut", .deal = cut, .fetches = 1},
    /* phones */
    {"crash", .deal = crash, .fetches = 2},
    {"leave", .deal = leave, .fetches = 1},
    {"freeze", .deal = freeze, .fetches = 2},
    {"restart", .deal = restart, .whom = in_upgrade, .fetches = 1},
    {"late", .set = one_more_late, .deal = power_on, .nobody = true, .fetches = 1},
    {"reset-all", .deal = reset_all, .whom = in_upgrade, .nobody = true, .fetches = 1},
    {"flash-flipped", .deal = flip_flash, .whom = in_upgrade, .fetches = 1, .per_phones = 1,
     .excuses = true},
    {"drift", .set = drift, .fetches = 1},
    {"equal-claims", .set = equal_draws, .fetches = 1},
    /* roots and parents, in the phase named */
    {"root-tentative", .deal = crash, .whom = tentative, .fetches = 2},
    {"root-confirmed", .deal = crash, .whom = confirmed, .fetches = 2},
    {"root-waiting", .deal = leave, .whom = waiting, .fetches = 1},
    {"root-transferring", .deal = leave, .whom = transferring, .fetches = 1},
    {"root-serving", .deal = crash, .whom = serving, .fetches = 2},
    {"parent-of-part", .deal = kill_parent, .whom = holds_part, .fetches = 1},
    /* the world around them */
    {"split", .deal = split, .nobody = true, .lift = heal, .lasts_s = 120, .fetches = 2,
     .per_phones = 4},
    {"server-away", .deal = server_away, .whom = transferring, .nobody = true,
     .lift = server_back, .lasts_s = 300, .fetches = 1, .per_phones = 2, .excuses = true},
    {"wan-cut", .deal = wan_cut, .whom = transferring, .nobody = true, .lift = wan_back,
     .lasts_s = 300, .fetches = 1, .per_phones = 2, .excuses = true},
    {0}};
