/* discovery.c - see discovery.h. */
#include "emu/core/discovery.h"

#include "emu/core/cdp.h"
#include "emu/core/lldp.h"
#include "emu/core/state.h"

#include <string.h>

#define TRIGGERS 2
#define NO_VLAN  (-4096) /* as a phone's log has it */

static const struct protocol {
    const char *name, *mark; /* as events have it, and as the console */
    enum frame_kind kind;
    usec interval;
    bool takes_leave; /* its address is its name */
    bool third;       /* of the third generation alone */
    size_t (*build)(const struct advert *a, void *frame, size_t size);
    bool (*read)(const void *frame, size_t len, struct hearing *out);
} protocols[DISCOVERY_COUNT] = {
    [DISCOVERY_LLDP] = {"lldp", "LLDP: ", FRAME_LLDP, 30 * USEC_SEC, true, true, lldp_build,
                        lldp_read},
    [DISCOVERY_CDP] = {"cdp", "", FRAME_CDP, 60 * USEC_SEC, false, false, cdp_build, cdp_read},
};

static const uint32_t may_follow[SPEAKER_STATE_COUNT] = {
#define TO(state) STATE_TO(SPEAKER_##state)
    [SPEAKER_SILENT] = TO(TRIGGER),
    [SPEAKER_TRIGGER] = TO(STEADY) | TO(SILENT),
    [SPEAKER_STEADY] = TO(SILENT),
#undef TO
};

static void set_state(struct speaker *s, enum speaker_state to)
{
    STATE_ASSERT(may_follow, s->state, to);
    s->state = to;
}

void discovery_init(struct discovery *d, const struct kit *kit, const struct cnf *cnf,
                    const char *domain, struct phone_status *status)
{
    *d = (struct discovery){.kit = kit, .cnf = cnf, .domain = domain, .status = status};
    for (int i = 0; i < DISCOVERY_COUNT; i++)
        d->by[i].at = NEVER;
}

/* ---- what it says --------------------------------------------------------------------- */

static bool may_speak(const struct discovery *d, int i)
{
    const struct protocol *p = &protocols[i];
    bool forbidden = i == DISCOVERY_CDP ? d->cnf->no_cdp : d->cnf->no_lldp;
    return d->up && d->kit->id->frames >> p->kind & 1 && !forbidden &&
           (d->kit->id->model->pfs || !p->third);
}

static void say(struct discovery *d, int i, uint32_t ip, bool leaving)
{
    struct advert a = {.name = d->kit->id->name,
                       .domain = d->domain,
                       .model = d->kit->id->model,
                       .load = d->status->running,
                       .ip = ip,
                       .voice_vlan = d->status->voice_vlan,
                       .leaving = leaving};
    uint8_t frame[FRAME_MAX];
    size_t len = protocols[i].build(&a, frame, sizeof frame);
    d->kit->ops->frame_send(d->kit->ctx, protocols[i].kind, frame, len);
}

static void take_leave(struct discovery *d, int i)
{
    if (protocols[i].takes_leave && d->by[i].sent > 0)
        say(d, i, d->told_ip, true);
}

static void speak(struct discovery *d, int i)
{
    struct speaker *s = &d->by[i];
    if (s->state == SPEAKER_TRIGGER)
        kit_log(d->kit, LOG_DBG, "%sSending Trigger 2 on port 0", protocols[i].mark);
    say(d, i, d->kit->id->ip, false);
    s->sent++;
    if (s->state == SPEAKER_TRIGGER && s->sent == TRIGGERS)
        set_state(s, SPEAKER_STEADY);
    s->at = d->kit->now + (s->state == SPEAKER_TRIGGER ? DISCOVERY_SECOND : protocols[i].interval);
}

static void begin(struct discovery *d, int i)
{
    set_state(&d->by[i], SPEAKER_TRIGGER);
    d->by[i].sent = 0;
    d->by[i].at = d->kit->now + DISCOVERY_FIRST + kit_random(d->kit, DISCOVERY_FIRST);
}

static void end(struct discovery *d, int i)
{
    take_leave(d, i);
    set_state(&d->by[i], SPEAKER_SILENT);
    d->by[i].at = NEVER;
    d->by[i].until = d->by[i].sent = 0;
}

void discovery_link_up(struct discovery *d)
{
    for (int i = 0; i < DISCOVERY_COUNT; i++)
        if (d->by[i].state != SPEAKER_SILENT)
            end(d, i);
    d->up = true;
    d->told_ip = d->kit->id->ip;
}

/* ---- what it learns ------------------------------------------------------------------- */

static int shown(uint16_t vlan)
{
    return vlan ? vlan : NO_VLAN;
}

static void learned(struct discovery *d, const struct speaker *from, const char *by)
{
    const struct kit *k = d->kit;
    uint16_t vlan = d->status->voice_vlan;
    kit_log(k, LOG_INF, "Best VLANs: %d, %d", shown(vlan), NO_VLAN);
    if (vlan)
        kit_log(k, LOG_INF, "Selecting port 0, VVLAN %u VLAN %u ttl %u", vlan,
                from->heard.native_vlan, from->heard.ttl);
    kit_log(k, LOG_INF, "Notify configure changes with VVLAN %d", shown(vlan));
    if (vlan)
        kit_log(k, LOG_WRN, "VVLAN %u: frames stay untagged, this interface tags none", vlan);
    struct event_line e;
    kit_event_begin(k, &e, EVENT_VLAN);
    event_num(&e, "voice", vlan);
    event_str(&e, "by", by);
    kit_event_end(k, &e);
}

/* Whoever is believed first has the word, also when it says that voice goes untagged. */
static void choose(struct discovery *d)
{
    const struct speaker *from = NULL;
    const char *by = "";
    for (int i = 0; i < DISCOVERY_COUNT && !from; i++)
        if (d->by[i].until) {
            from = &d->by[i];
            by = protocols[i].name;
        }
    uint16_t vlan = from ? from->heard.voice_vlan : 0;
    if (vlan == d->status->voice_vlan)
        return;
    d->status->voice_vlan = vlan;
    learned(d, from, by);
}

static bool is_news(const struct speaker *s, const struct hearing *h, usec now)
{
    return s->until <= now || s->heard.voice_vlan != h->voice_vlan ||
           s->heard.native_vlan != h->native_vlan || memcmp(s->heard.mac, h->mac, ADVERT_MAC) != 0;
}

static void heard(struct discovery *d, int i, const struct hearing *h)
{
    struct speaker *s = &d->by[i];
    usec now = d->kit->now;
    if (h->ttl == 0) { /* it leaves; if that is whom we believe */
        s->until = memcmp(s->heard.mac, h->mac, ADVERT_MAC) == 0 ? 0 : s->until;
        return;
    }
    if (is_news(s, h, now)) {
        if (s->settled > now)
            return;
        s->settled = now + DISCOVERY_HOLD;
        kit_log(d->kit, LOG_INF, "%sReceived VVLan %u VLan %u ttl %u on port 0 from %s",
                protocols[i].mark, h->voice_vlan, h->native_vlan, h->ttl, h->from);
    }
    s->heard = *h;
    s->until = now + h->ttl * USEC_SEC;
}

void discovery_frame(struct discovery *d, enum frame_kind kind, const void *data, size_t len)
{
    struct hearing h;
    for (int i = 0; i < DISCOVERY_COUNT; i++)
        if (protocols[i].kind == kind && d->by[i].state != SPEAKER_SILENT &&
            protocols[i].read(data, len, &h))
            heard(d, i, &h);
}

/* ---- time ----------------------------------------------------------------------------- */

/* Whether it speaks, and whom it still believes. */
static void settle(struct discovery *d, int i)
{
    struct speaker *s = &d->by[i];
    bool may = may_speak(d, i);
    if (!may && s->state != SPEAKER_SILENT)
        end(d, i);
    else if (may && s->state == SPEAKER_SILENT)
        begin(d, i);
    if (s->until <= d->kit->now)
        s->until = 0;
}

static void tell(struct discovery *d, int i)
{
    struct speaker *s = &d->by[i];
    bool moved = d->told_ip != d->kit->id->ip;
    bool changed = moved || d->told_vlan != d->status->voice_vlan;
    if (moved)
        take_leave(d, i);
    if (s->at <= d->kit->now || (changed && s->sent > 0))
        speak(d, i);
}

void discovery_advance(struct discovery *d)
{
    if (!d->kit->id->frames)
        return;
    for (int i = 0; i < DISCOVERY_COUNT; i++)
        settle(d, i);
    choose(d);
    for (int i = 0; i < DISCOVERY_COUNT; i++)
        tell(d, i);
    d->told_ip = d->kit->id->ip;
    d->told_vlan = d->status->voice_vlan;
}

usec discovery_deadline(const struct discovery *d)
{
    usec at = NEVER;
    for (int i = 0; i < DISCOVERY_COUNT; i++) {
        at = d->by[i].at < at ? d->by[i].at : at;
        if (d->by[i].until && d->by[i].until < at)
            at = d->by[i].until;
    }
    return at;
}
