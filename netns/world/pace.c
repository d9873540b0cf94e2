/* pace.c - see pace.h. */
#include "netns/world/pace.h"

#include <stdlib.h>

#define NS_PER_MS      1000000u
#define NEAR_NS        100000 /* closer than that, sleeping is not worth it */
#define WAKING_NS      40000  /* what a wake-up takes */
#define PATIENCE_NS    (10 * NS_PER_MS) /* between two looks at who holds the clock */
#define OVERSLEPT_NS   (5 * NS_PER_MS)  /* later than that, the machine did not run us */
#define LOOKS_MOST     16     /* at all hands, for what changes hands meanwhile */

bool pace_init(struct pace *p, struct hands *hands, const uint8_t *fate, struct clock_facts *facts,
               uint32_t ceiling)
{
    *p = (struct pace){.hands = hands, .fate = fate, .phones = hands->count - HANDS_OTHERS,
                       .facts = facts, .least = HANDS_NOBODY,
                       .known = malloc(hands->count * sizeof *p->known),
                       .called = malloc((hands->count + 1) * sizeof *p->called),
                       .hung = HANDS_NOBODY, .course = {.pace = ceiling * CLOCK_PACE_1}};
    bool made = p->known && p->called;
    for (uint32_t i = 0; made && i < hands->count; i++)
        p->known[i] = (struct pace_hand){.called_us = HANDS_NEVER,
                                          .nudged_us = HANDS_NEVER};
    return made;
}

void pace_free(struct pace *p)
{
    free(p->known);
    free(p->called);
}

/* ---- who is behind ------------------------------------------------------------------- */

static uint64_t pledge(const struct pace *p, uint32_t i)
{
    return atomic_load(&p->hands->hand[i].pledge_us);
}

static uint64_t mail(const struct pace *p, uint32_t i)
{
    return atomic_load(&p->hands->hand[i].mail_us);
}

static bool counts(struct pace *p, uint32_t i, uint64_t at)
{
    if (i < p->phones && (p->fate[i] == PHONE_FROZEN || p->fate[i] == PHONE_KILLED))
        return false;
    struct pace_hand *known = &p->known[i];
    if (known->left_us != at)
        known->left = false; /* it has moved: it is back */
    return !known->left;
}

/* The least hand right now, and whose it is. The mail first: who takes it out has moved his pledge
 * before. */
static uint64_t look(struct pace *p, uint32_t *who)
{
    uint64_t least = HANDS_NEVER;
    *who = HANDS_NOBODY;
    for (uint32_t i = 0; i < p->hands->count; i++) {
        uint64_t sent = mail(p, i), at = pledge(p, i);
        if ((at < least || sent < least) && counts(p, i, at)) {
            least = at < sent ? at : sent;
            *who = i;
        }
    }
    return least;
}

static void find_least(struct pace *p, uint64_t awake_ns)
{
    uint32_t who;
    uint64_t least;
    int looks = 0;
    do {
        atomic_store(&p->hands->sent_us, HANDS_NEVER);
        least = look(p, &who);
    } while (atomic_load(&p->hands->sent_us) < least && ++looks < LOOKS_MOST);
    bool same = who == p->least && least == p->least_us;
    p->stood_ns = same ? p->stood_ns + awake_ns : 0;
    p->least = who;
    p->least_us = least;
}

/* Whether all rest that the clock would wait for. */
static bool nobody_works(struct pace *p)
{
    for (uint32_t i = 0; i < p->hands->count; i++)
        if (atomic_load(&p->hands->hand[i].awake) && counts(p, i, pledge(p, i)))
            return false;
    return true;
}

/* Whether the clock waits for one who talks to a server, or is one, and who is to be woken for his
 * mail: bytes behind lost ones wake nobody. Once for each. */
static bool nudges(struct pace *p, uint64_t waited_ns)
{
    bool talks = p->least != HANDS_NOBODY &&
                 (p->least == hands_manager(p->hands) ||
                  atomic_load(&p->hands->hand[p->least].ears) & EARS_SERVER);
    bool long_ago = talks && p->stood_ns >= PACE_CALL_NS;
    p->quiet_ns = long_ago && nobody_works(p) ? p->quiet_ns + waited_ns : 0;
    if (p->quiet_ns < PACE_CALL_NS)
        return false;
    uint64_t sent = mail(p, p->least);
    if (sent == HANDS_NEVER || p->known[p->least].nudged_us == sent)
        return false;
    p->known[p->least].nudged_us = sent;
    return true;
}

/* Who rests, and is due at `now`, is called; who will be, is noted. */
static void call(struct pace *p, uint64_t now, uint64_t waited_ns)
{
    p->next_us = HANDS_NEVER;
    p->called_count = 0;
    if (nudges(p, waited_ns))
        p->called[p->called_count++] = p->least;
    for (uint32_t i = 0; i < p->hands->count; i++) {
        uint64_t at = pledge(p, i);
        if (at > now) {
            p->next_us = at < p->next_us ? at : p->next_us;
        } else if (p->known[i].called_us != at && !atomic_load(&p->hands->hand[i].awake)) {
            p->known[i].called_us = at;
            p->called[p->called_count++] = i;
        }
    }
}

static enum clock_holder kind(const struct pace *p, uint32_t hand)
{
    return hand < p->phones                     ? CLOCK_HELD_BY_PHONES
           : hand == hands_launcher(p->hands) ? CLOCK_HELD_BY_LAUNCHER
           : hand == hands_manager(p->hands)  ? CLOCK_HELD_BY_MANAGER
                                                : CLOCK_HELD_BY_WAN;
}

/* The one that the clock waits for is not waited for any more, if its time is up. */
static bool give_up(struct pace *p)
{
    bool manager = p->least == hands_manager(p->hands);
    bool sent = !manager && p->least_us < pledge(p, p->least);
    if (sent && p->stood_ns >= (p->least < p->phones ? PACE_MAIL_NS : PACE_HANG_NS)) {
        uint64_t lost = p->least_us;
        if (atomic_compare_exchange_strong(&p->hands->hand[p->least].mail_us, &lost, HANDS_NEVER))
            p->facts->unanswered++;
        return true;
    }
    if (sent || p->stood_ns < PACE_HANG_NS || (p->least >= p->phones && !manager))
        return false;
    p->known[p->least].left = true;
    p->known[p->least].left_us = pledge(p, p->least);
    p->hung = p->least;
    if (p->facts->hung_count < CLOCK_HUNG)
        p->facts->hung[p->facts->hung_count] = p->least;
    p->facts->hung_count++;
    return true;
}

/* ---- what that does to the clock ------------------------------------------------------ */

static void account(struct pace *p, enum clock_holder who, uint64_t ns)
{
    p->facts->held_ns[who] += ns;
    p->facts->holds[who] += ns > 0;
}

/* How long the clock has stood since the last step, and for whom. A machine that ran nobody, the
 * pacer neither, is known by how late this step comes. */
static void account_for_hold(struct pace *p, uint64_t mono_ns)
{
    uint64_t stood_from = course_reaches(&p->course, p->course.granted_us);
    if (stood_from < p->stepped_ns)
        stood_from = p->stepped_ns;
    uint64_t held = mono_ns > stood_from ? mono_ns - stood_from : 0;
    uint64_t late = mono_ns > p->asked_ns + OVERSLEPT_NS ? mono_ns - p->asked_ns : 0;
    uint64_t hosts = p->by_horizon ? held : late < held ? late : held;
    account(p, CLOCK_HELD_BY_HOST, hosts);
    if (p->least != HANDS_NOBODY)
        account(p, kind(p, p->least), held - hosts);
}

/* From here on, as far as the hands allow. The clock never goes back: a hand that came in behind it
 * stops it where it is. */
static void grant(struct pace *p, uint64_t mono_ns, uint64_t now)
{
    struct clock_course *c = &p->course;
    uint64_t far = now + HANDS_HORIZON_US;
    uint64_t allowed = p->least_us > HANDS_NEVER - p->hands->lag_us
                           ? far : p->least_us + p->hands->lag_us;
    p->by_horizon = allowed >= far;
    *c = (struct clock_course){.from_ns = mono_ns, .from_us = now, .pace = c->pace,
                               .granted_us = p->by_horizon ? far : allowed > now ? allowed : now};
}

/* Until the grant runs out, somebody is due, or he moves for whom the clock stands. */
static struct pace_wait what_to_wait_for(const struct pace *p, uint64_t mono_ns)
{
    const struct clock_course *c = &p->course;
    uint64_t left = course_reaches(c, c->granted_us) - mono_ns;
    uint64_t due = p->next_us > c->granted_us ? UINT64_MAX
                                              : course_reaches(c, p->next_us) - mono_ns;
    struct pace_wait wait = {PATIENCE_NS, p->least};
    if (p->by_horizon)
        wait = (struct pace_wait){left > 2 * WAKING_NS ? left - WAKING_NS : WAKING_NS,
                                  HANDS_NOBODY};
    else if (left > 2 * NEAR_NS)
        wait = (struct pace_wait){left - NEAR_NS, HANDS_NOBODY};
    wait.ns = due < wait.ns ? due : wait.ns;
    return wait;
}

struct pace_wait pace_step(struct pace *p, uint64_t mono_ns)
{
    if (p->stepped_ns == 0) /* the clock starts here, at 0 */
        p->course.from_ns = p->stepped_ns = p->asked_ns = mono_ns;
    uint64_t gone = mono_ns - p->stepped_ns, now = course_now(&p->course, mono_ns);
    p->hung = HANDS_NOBODY;
    account_for_hold(p, mono_ns);
    uint64_t waited = gone < 2 * PATIENCE_NS ? gone : 2 * PATIENCE_NS;
    find_least(p, waited);
    while (p->least != HANDS_NOBODY && give_up(p))
        find_least(p, 0);
    call(p, now, waited);
    grant(p, mono_ns, now);
    struct pace_wait wait = what_to_wait_for(p, mono_ns);
    p->stepped_ns = mono_ns;
    p->asked_ns = mono_ns + wait.ns;
    return wait;
}
