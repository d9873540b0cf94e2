/* station.h - the phone as a station of its call manager.
 *
 * Theory of operation. A phone that is idle registers with the first call manager of its
 * configuration, and stays registered. Without a call manager there it is done when it is idle, and
 * nothing here happens. The messages are those of emu/sccp; each question that a phone asks is
 * answered or not, only RegisterAck and the time are needed [inference, from what chan-sccp insists
 * on].
 *
 *       |
 *    WAITING <---------- nobody takes it; no answer; closed; rejected: the next manager, and
 *       |                when all have been tried, a while later
 *   CONNECTING
 *       |  Alarm (why it comes), RegisterReq (who it is, which load it runs)
 *   REGISTERING
 *       |  RegisterAck: what it asks of its buttons
 *    ASKING
 *       |  the buttons: what it asks of its lines, what it can do, and last the time
 *   REGISTERED   KeepAliveReq each interval that RegisterAck named
 *       |  Reset, Restart; a better manager; another configuration: UnregisterReq
 *    LEAVING     until UnregisterAck, or for a while
 *
 * Fail-over and fall-back. Who has lost its manager goes to the next one of its list at once, and
 * begins anew at its end, each round later than the one before. Who is registered with another
 * than the first asks the better ones for a token, by a connection beside its own, every
 * STATION_FALL_BACK; whoever grants it takes the phone over.
 *
 * Orders. What Reset asks for is carried out by who owns the phone (phone.c takes it by
 * station_order()): a reset is like a power cycle; a restart reads the configuration anew, without
 * a boot of the network; to apply a configuration is to read it while registered, and to fetch
 * another load that it names in the background [inference for SCCP].
 *
 * A phone's Alarm says why it comes anew (emu/sccp/alarm.h): Initialized after power-on,
 * Reset-Reset after an upgrade or when it was told to.
 */
#ifndef STATION_H
#define STATION_H

#include "emu/core/cnf.h"
#include "emu/core/managerlink.h"
#include "emu/sccp/alarm.h"

/* Times of our choice, as none of them is published but the one for falling back, which is a call
 * manager's default ("connection monitor duration"). */
#define STATION_PATIENCE  (60 * USEC_SEC)  /* for a connection; then for each step of registering */
#define STATION_ANSWER    (5 * USEC_SEC)   /* for its buttons; it goes on without them */
#define STATION_LEAVE     (2 * USEC_SEC)   /* for UnregisterAck */
#define STATION_RETRY     (5 * USEC_SEC)   /* after all managers were tried; doubled each round, */
#define STATION_RETRY_MAX (60 * USEC_SEC)  /* up to this; and up to a half more by chance */
#define STATION_FALL_BACK (120 * USEC_SEC)
#define STATION_MISSED    3                /* keep-alives without an answer: the manager is gone */
#define STATION_KEEPALIVE_MIN 5            /* seconds: what RegisterAck may name, */
#define STATION_KEEPALIVE_MAX 3600
#define STATION_LINES     8                /* of a phone that is asked about */

enum station_state {
    STATION_OFF,
    STATION_WAITING,
    STATION_CONNECTING,
    STATION_REGISTERING,
    STATION_ASKING,
    STATION_REGISTERED,
    STATION_LEAVING,
    STATION_STATE_COUNT
};
extern const char *const station_state_names[STATION_STATE_COUNT];

/* What comes when it has left.
 *   ORDER      it is off, and does what it was told
 *   BETTER     it registers with the manager that has granted the token
 *   AGAIN      it registers anew */
enum station_next { STATION_ORDER, STATION_BETTER, STATION_AGAIN };

struct station {
    struct kit *kit;
    struct phone_status *status;   /* registered, manager_ip, screen; which load it runs */
    enum station_state state;
    enum alarm_reason reason;      /* why it comes, next time */
    enum station_next next;
    struct cnf_manager managers[CNF_MANAGERS];
    uint8_t count;
    uint8_t current;               /* of them */
    uint8_t better;                /* asked for a token, while the other link is not closed */
    uint8_t tried;                 /* managers, since one has answered a keep-alive */
    uint8_t missed;                /* keep-alives without an answer */
    bool asked_lines;              /* and all that comes with them */
    uint8_t mine;                  /* of the links: the other one is for a better manager */
    uint8_t version;               /* agreed */
    uint8_t ordered;               /* enum sccp_reset that it has been told and has not done; 0 */
    bool due;                      /* it may be done */
    uint32_t keepalive;            /* seconds */
    usec retry;                    /* how long the last round waited */
    usec at;                       /* when this state has lasted long enough */
    usec better_at;                /* when a better manager is asked, or waited for no more */
    struct managerlink link[2];
};

void station_init(struct station *s, struct kit *kit, struct phone_status *status);
/* Whatever there was is gone with the power. */
void station_power_on(struct station *s);
/* The phone is idle, and so configured: registers, unless it is registered already. */
void station_begin(struct station *s, const struct cnf *cnf);
/* Lets go at once: says so, if it was registered, and closes. For that reason it will come next. */
void station_close(struct station *s, enum alarm_reason reason);
/* What its manager has told it and is to be done now: enum sccp_reset, once; or 0. */
uint32_t station_order(struct station *s);

usec station_deadline(const struct station *s);
void station_timers(struct station *s);

/* Of the connections CONN_MANAGER0 and CONN_MANAGER1. */
void station_connected(struct station *s, int conn);
void station_data(struct station *s, int conn, const void *data, size_t len);
void station_sent(struct station *s, int conn);
void station_closed(struct station *s, int conn, int error);

#endif
