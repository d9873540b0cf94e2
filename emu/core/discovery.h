/* discovery.h - how a phone and its switch find each other: when it speaks CDP and LLDP-MED, and
 * what it learns by them.
 *
 * Theory of operation. A phone speaks each protocol that its carrier has a socket for, its model
 * can (LLDP: the third generation) and its configuration does not forbid (enableCdpSwPort,
 * enableLldpSwPort). As soon as its link is up it sends two frames, a second apart, which ask the
 * switch for an answer at once, and then one every interval:
 *
 *            link up           two frames
 *   SILENT ----------> TRIGGER ----------> STEADY
 *      ^                  |                  |
 *      +------------------+------------------+  forbidden, or link down
 *
 * [CDP: two triggers 0.43 and 1.43 s after power-on, from a phone's log in the vendor's knowledge
 * base; then 60 s, voiphopper. LLDP: that it does likewise, and every 30 s, the standard's default,
 * is inference.] What it says of itself has changed - its address, its VLAN -: it says so at once,
 * and LLDP, to which its address is its name, first takes leave of the old one.
 *
 * Voice VLAN. What a switch says holds for its seconds to live. Of the protocols that have
 * something to say LLDP wins [administration guide of a later family]. A phone forgets what it knew
 * when its link goes down. Once told it is not told otherwise within DISCOVERY_HOLD, so that a
 * neighbour that says something else with every frame moves it, and fills its log, no faster than
 * that.
 *
 * A phone that learns a VLAN tags its frames from then on and asks for an address anew. Here the
 * interface is the launcher's, which tags nothing: the phone says what it has learned, and that its
 * frames stay untagged.
 *
 * Without a socket for either it does nothing at all.
 */
#ifndef DISCOVERY_H
#define DISCOVERY_H

#include "emu/core/advert.h"
#include "emu/core/cnf.h"
#include "emu/core/kit.h"

#define DISCOVERY_FIRST  (430 * USEC_MS) /* after link-up, and up to as much later: no two boot */
#define DISCOVERY_SECOND USEC_SEC        /* equally fast */
#define DISCOVERY_HOLD   USEC_SEC

/* In the order in which they are believed. */
enum discovery_by { DISCOVERY_LLDP, DISCOVERY_CDP, DISCOVERY_COUNT };

/*   SILENT   does not speak, and believes nobody. Takes nothing.
 *   TRIGGER  the first frames after link-up are still to be sent. Takes frames.
 *   STEADY   a frame each interval. Takes frames. */
enum speaker_state { SPEAKER_SILENT, SPEAKER_TRIGGER, SPEAKER_STEADY, SPEAKER_STATE_COUNT };

struct speaker {
    enum speaker_state state;
    usec at;               /* of its next frame; NEVER */
    unsigned sent;         /* since link-up */
    struct hearing heard;  /* until `until`, which is 0: nothing */
    usec until;
    usec settled;          /* not believed otherwise before */
};

struct discovery {
    const struct kit *kit;
    const struct cnf *cnf;          /* its switches */
    const char *domain;             /* that DHCP has named, or empty */
    struct phone_status *status;    /* the load that runs, and its own voice_vlan */
    bool up;                        /* the link is */
    uint32_t told_ip;               /* what was last said of itself */
    uint16_t told_vlan;
    struct speaker by[DISCOVERY_COUNT];
};

/* They outlive it. */
void discovery_init(struct discovery *d, const struct kit *kit, const struct cnf *cnf,
                    const char *domain, struct phone_status *status);
/* The link is up: after power-on, and after each reboot, for which it went down. */
void discovery_link_up(struct discovery *d);
/* A frame of either kind. */
void discovery_frame(struct discovery *d, enum frame_kind kind, const void *data, size_t len);
/* At the end of every event: sends what is due, and says what has changed. */
void discovery_advance(struct discovery *d);
/* When there is something to do. */
usec discovery_deadline(const struct discovery *d);

#endif
