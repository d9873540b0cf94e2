/* pace.h - how far, and how fast, the fleet's clock may run: decided here, done by pacer.c.
 *
 * Theory of operation. A step looks at every hand (emu/time/hands.h) and grants the clock
 *
 *   granted = min(least hand + lag, now + horizon)
 *
 * So no timer is late by more than lag, and a machine that runs nobody for a while (steal, suspend,
 * a debugger, SIGSTOP of all) costs no more emulated time than the horizon. Who is frozen or killed
 * by order does not count; what is sent to or by one that is unplugged does not either. Where the
 * clock has come to the end of its grant it stands; when more is granted it goes on from there, at
 * its pace.
 *
 * Who rests and whose moment the clock has reached is called, once. So is the call manager when the
 * clock stands for its mail alone: what a kernel keeps to itself wakes nobody (bytes behind lost
 * ones, or for a connection that is closed). That is when it has stood for PACE_CALL_NS of real
 * time, and then for as long while nobody was awake: who is may be about to send it.
 *
 * One who holds the clock for too long is given up: a phone that hangs after PACE_HANG_NS, until
 * it moves its hand, and so the call manager, which takes its mail when it is called; mail that
 * nobody takes (the message was lost) after PACE_MAIL_NS, or PACE_HANG_NS where it is the WAN's or
 * the launcher's, which always run. Both are counted in real time in which the pacer itself was
 * not kept from running.
 *
 * No I/O, and no clock but what is passed in.
 */
#ifndef PACE_H
#define PACE_H

#include "emu/time/clock.h"
#include "emu/time/hands.h"
#include "netns/world/facts.h"

#define PACE_CALL_NS 100000000u
#define PACE_HANG_NS 10000000000u
#define PACE_MAIL_NS 1000000000u

struct pace {
    struct hands *hands;
    const uint8_t *fate;   /* of each phone: PHONE_KILLED, PHONE_FROZEN: it does not count */
    uint32_t phones;       /* hands of that many; those of others follow */
    struct pace_hand {
        bool left;          /* it was given up: */
        uint64_t left_us;   /* at which pledge, */
        uint64_t called_us; /* at which it was called, */
        uint64_t nudged_us; /* and the mail for which it was */
    } *known;              /* of each hand */
    struct clock_facts *facts;
    struct clock_course course; /* as last granted */
    uint64_t stepped_ns;   /* when that was, */
    uint64_t asked_ns;     /* and when the next step is due at the latest */
    uint32_t least;        /* whose hand it was, and where it stood, and for how long it has */
    uint64_t least_us, stood_ns;
    uint64_t quiet_ns;     /* for how long nobody has been awake, since it has stood for long */
    bool by_horizon;       /* that limited the grant, no hand did */
    uint64_t next_us;      /* the earliest moment to come at which one is to be called */
    uint32_t *called;      /* hands called in this step: */
    uint32_t called_count;
    uint32_t hung;         /* who is given up in this step, or HANDS_NOBODY */
};

/* What to wait for until the next step. */
struct pace_wait {
    uint64_t ns;   /* at most so long */
    uint32_t hand; /* or until this one moves; HANDS_NOBODY */
};

/* At emulated time 0, which has not begun: ceiling in times of real time. False without memory. The
 * clock stands until the first step. */
bool pace_init(struct pace *p, struct hands *hands, const uint8_t *fate, struct clock_facts *facts,
               uint32_t ceiling);
void pace_free(struct pace *p);
struct pace_wait pace_step(struct pace *p, uint64_t mono_ns);

#endif
