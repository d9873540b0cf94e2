/* elect.c - see elect.h. The intervals and the log lines: the vendor's published console log of a
 * root.
 */
#include "emu/core/elect.h"

#include "emu/core/blame.h"
#include "emu/core/doubt.h"
#include "emu/core/join.h"
#include "emu/core/parent.h"
#include "emu/core/root.h"

#include <math.h>
#include <string.h>

/* ---- our own claim ------------------------------------------------------------------- */

/* Whether it beats our own claim for f. */
static bool beats_us(const struct pfs *s, const struct pfs_root *r, const struct pfs_file *f)
{
    const struct pfs_root us = {
        .confirmed = f->rooted, .strength = f->strength, .xid = s->kit->id->xid};
    return root_stronger(r, &us);
}

static struct wire_msg claim_message(const struct pfs *s, const struct pfs_file *f, unsigned ad)
{
    struct wire_msg m = pfs_message(s, WIRE_CLAIM, f->h);
    m.strength = f->strength;
    m.ad = (uint8_t)ad;
    m.confirmed = f->rooted;
    memccpy(m.model, s->kit->id->model->name, 0, sizeof m.model - 1);
    memcpy(m.file, f->name, sizeof m.file);
    return m;
}

static void broadcast_claim(struct pfs *s, const struct pfs_file *f, unsigned ad)
{
    struct wire_msg m = claim_message(s, f, ad);
    uint8_t out[WIRE_MAX];
    size_t len = wire_encode(&m, 0, out, sizeof out);
    const char *kind = f->rooted ? "ClaimRoot(conf)" : "ClaimRoot(tent)";

    kit_tell(s->kit, LOG_NOT, "^.idl_protocol.c-sendBroadcastOffer");
    if (ad == 0 && !f->rooted)
        kit_tell(s->kit, LOG_INF, "XID%08X TxBdcst %s: map=%08x strength=%08x", s->kit->id->xid,
                 kind, s->map, f->strength);
    else
        kit_tell(s->kit, LOG_INF, "XID%08X TxBdcst Ad %u: %s", s->kit->id->xid, ad, kind);
    s->kit->ops->udp_broadcast(s->kit->ctx, out, len);

    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_CLAIM);
    event_str(&e, "file", f->name);
    event_hex(&e, "h", f->h);
    event_hex(&e, "strength", f->strength);
    event_num(&e, "ad", ad);
    kit_event_end(s->kit, &e);
}

/* The strongest claims first: the share of weaker phones that would claim before they hear of it
 * falls with the cube of the window gone by, so that few do however many are reset together. */
static usec claim_delay(uint32_t strength)
{
    double weakness = 1.0 - (double)strength / STRENGTH_CONFIRMED;
    return PFS_LISTEN + (usec)(cbrt(weakness) * PFS_LISTEN_SPREAD);
}

/* Goes to a root heard of, when it is confirmed and after a random part of the join window. */
static void yield_to(struct pfs *s, const struct pfs_root *r)
{
    usec now = s->kit->now;
    usec from = r->confirmed_at > now ? r->confirmed_at : now;
    usec spread = r->confirmed ? PFS_TICK : PFS_JOIN_SPREAD;
    pfs_set_state(s, PFS_YIELD, from + PFS_TICK + kit_random(s->kit, (uint32_t)spread));
    s->want.turn.target = r->ip;

    char text[IP_TEXT];
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_YIELD);
    event_str(&e, "file", pfs_current(s)->name);
    event_ip(&e, "to", r->ip);
    kit_event_end(s->kit, &e);
    kit_tell(s->kit, LOG_NOT, "XID%08X yields to XID%08X %s strength=%08x", s->kit->id->xid, r->xid,
             kit_ip_text(r->ip, text), r->strength);
}

void elect_begin(struct pfs *s)
{
    struct pfs_file *f = pfs_current(s);
    struct pfs_root *r = root_known(s, f->h);
    f->rooted = false;
    s->want.turn = (struct pfs_turn){0};
    if (r && blame_shuns(s, r->ip)) {
        root_forget(s, f->h);
        r = NULL;
    }
    if (r) {
        yield_to(s, r);
        return;
    }
    f->strength = s->kit->ops->random(s->kit->ctx) & (STRENGTH_CONFIRMED - 1);
    pfs_set_state(s, PFS_LISTENING, s->kit->now + claim_delay(f->strength));
}

static void confirm(struct pfs *s, struct pfs_file *f)
{
    char text[IP_TEXT];
    f->rooted = true;
    f->strength |= STRENGTH_CONFIRMED;
    f->depth = 1;
    s->election.ad_at = s->kit->now + PFS_AD_INTERVAL;
    root_forget(s, f->h);
    kit_tell(s->kit, LOG_NOT, "UT:Confirmed root bumping strength");
    kit_tell(s->kit, LOG_NOT, "@@@HROOT:XID%08X H=%08x m=%s ROOT=%s /dnld/%s", s->kit->id->xid,
             f->h, s->kit->id->model->name, kit_ip_text(s->kit->id->ip, text), f->name);
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_ROOT);
    event_str(&e, "file", f->name);
    event_hex(&e, "h", f->h);
    event_hex(&e, "strength", f->strength);
    kit_event_end(s->kit, &e);
    pfs_set_state(s, PFS_ROOT_WAIT, s->kit->now + PFS_ROOT_WAITING);
}

static void claim_timeout(struct pfs *s, struct pfs_file *f)
{
    kit_tell(s->kit, LOG_NOT, "^.idl_timeout.c-doTimeout");
    kit_tell(s->kit, LOG_DBG, "Timeout XID%08X hier=%s", s->kit->id->xid,
             pfs_state_names[PFS_CLAIM]);
    if (s->want.turn.ads == PFS_ADS) {
        confirm(s, f);
        return;
    }
    broadcast_claim(s, f, ++s->want.turn.ads);
    s->at += PFS_TICK; /* from the tick, not from now: lateness does not add up */
    if (s->at <= s->kit->now)
        s->at = s->kit->now + PFS_TICK;
}

void elect_timer(struct pfs *s)
{
    struct pfs_file *f = pfs_current(s);
    if (s->state == PFS_LISTENING) {
        s->want.turn.ads = 0;
        broadcast_claim(s, f, 0);
        pfs_set_state(s, PFS_CLAIM, s->kit->now + PFS_TICK);
    } else if (s->state == PFS_CLAIM) {
        claim_timeout(s, f);
    } else if (s->state == PFS_YIELD) {
        join_begin(s, s->want.turn.target);
    } else {
        kit_tell(s->kit, LOG_INF, "XID%08X Root sending TFTP XfrCmd on ROOT_WAITING TO",
                 s->kit->id->xid);
        pfs_log_slots(s);
        pfs_fetch(s, PFS_ROOT_FETCH);
    }
}

void elect_advertise(struct pfs *s)
{
    s->election.ad_at = NEVER;
    for (int i = 0; i < s->file_count; i++) {
        if (!s->files[i].rooted)
            continue;
        s->election.ad_at = s->kit->now + PFS_AD_INTERVAL;
        if (i == s->current) /* earlier files are announced only to those who ask */
            broadcast_claim(s, &s->files[i], PFS_ADS);
    }
}

/* ---- claims of others ---------------------------------------------------------------- */

/* Tells a claimer that its file is to be had here. Once a tick everybody hears it, so that of many
 * who come late together only the first few claim. */
static void answer(struct pfs *s, uint32_t ip, struct pfs_file *f)
{
    struct pfs_file root = *f;
    root.rooted = true;
    root.strength |= STRENGTH_CONFIRMED;
    struct wire_msg m = claim_message(s, &root, PFS_ADS);
    if (s->kit->now < f->answered_at + PFS_TICK) {
        pfs_unicast(s, ip, &m);
        return;
    }
    f->answered_at = s->kit->now;
    uint8_t out[WIRE_MAX];
    s->kit->ops->udp_broadcast(s->kit->ctx, out, wire_encode(&m, 0, out, sizeof out));
}

static bool roots_anything(const struct pfs *s)
{
    for (int i = 0; i < s->file_count; i++)
        if (s->files[i].rooted)
            return true;
    return false;
}

/* Another is the stronger confirmed root of f. */
static void step_down(struct pfs *s, struct pfs_file *f, const struct pfs_root *r)
{
    f->rooted = false;
    if (f->held)
        return; /* a holder like any other from now on */
    root_keep(s, r);
    parent_drop_waiting(s, REASON_ROOT_LOST);
    if (s->state == PFS_ROOT_FETCH)
        s->owner->fetch_stop(s->owner_arg);
    elect_begin(s);
}

void elect_believe(struct pfs *s, const struct pfs_root *r)
{
    int i = pfs_find(s, r->h);
    if (i < 0 || (i == s->current && blame_shuns(s, r->ip)))
        return;
    struct pfs_file *f = &s->files[i];
    bool open = s->state == PFS_LISTENING || (s->state == PFS_CLAIM && beats_us(s, r, f));
    if (f->rooted && beats_us(s, r, f)) {
        step_down(s, f, r);
    } else if (i == s->current && open) {
        root_keep(s, r);
        yield_to(s, r);
    }
}

/* A claim for the file we are after, while we are not its root. */
static void claim_for_current(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    const struct pfs_file *f = pfs_current(s);
    const struct pfs_root heard = root_heard(s, ip, m);
    bool open = s->state == PFS_LISTENING || s->state == PFS_CLAIM;
    if (s->state == PFS_CLAIM && !beats_us(s, &heard, f))
        return; /* our next Ad silences it */
    if (s->blame.wary) {
        if (open)
            doubt_ask(s, ip, m);
        return;
    }
    uint32_t before = s->want.turn.target;
    root_remember(s, ip, m);
    struct pfs_root *r = root_known(s, f->h);
    if (open || (s->state == PFS_YIELD && before != r->ip))
        yield_to(s, r);
}

/* A claim for a file whose confirmed root we are, or were while it was the current one. */
static void rivalled(struct pfs *s, uint32_t ip, const struct wire_msg *m, struct pfs_file *f)
{
    const struct pfs_root rival = root_heard(s, ip, m);
    if (!beats_us(s, &rival, f))
        answer(s, ip, f);
    else
        doubt_ask(s, ip, m);
}

void elect_claim_heard(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    if (m->h != wire_hierarchy(s->kit->id->model->name, m->file) ||
        strcmp(m->model, s->kit->id->model->name) != 0)
        return;
    int i = pfs_find(s, m->h);
    struct pfs_file *f = i < 0 ? NULL : &s->files[i];
    if (i >= 0 && i == s->current && blame_shuns(s, ip))
        return;
    if (f && f->rooted)
        rivalled(s, ip, m, f);
    else if (f && f->held && !m->confirmed && roots_anything(s))
        answer(s, ip, f);
    else if (!f || !f->held) {
        if (i >= 0 && i == s->current)
            claim_for_current(s, ip, m);
        else if (!s->blame.wary)
            root_remember(s, ip, m);
    }
}
