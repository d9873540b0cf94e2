/* registrar.h - a call manager, as far as phones register with it. Pure: connections, bytes and
 * the time come in by the calls below, bytes and what is to be told go out through struct
 * registrar_ops. A process carries it (netns/world), and so does the simulator.
 *
 * Theory of operation. A session is a TCP connection; a device is a name, which the list keeps for
 * ever, with what it said last. A device has one session at most.
 *
 *   session   EMPTY: has not said who it is.  CLAIMED: has said RegisterReq, and was taken; it asks
 *             and is answered.  COMPLETE: has asked for the time, its last question; from here on
 *             the device is registered.
 *   device    see enum device_state
 *
 *   phone                                  manager
 *     Alarm, RegisterReq  ----------------->
 *     <--------------- RegisterAck (interval), CapabilitiesReq        or RegisterReject, and closes
 *     a question  ------------------------->
 *     <---------------------------- its answer     [each is answered, none is insisted on]
 *     TimeDateReq  ------------------------>       registered
 *     <--- TimeDateRes, SelectSoftKeys, DisplayPromptStatus
 *     KeepAliveReq  ----------------------->       each interval
 *     <-------------------------- KeepAliveAck
 *
 * It gives a session up that has been silent for 1.05 to 1.20 intervals, drawn anew each time
 * [chan-sccp]; that has said nothing of itself for REGISTRAR_PATIENCE; that says more than
 * REGISTRAR_FLOOD_EVENTS in REGISTRAR_FLOOD_TIME [the vendor's reason code 12]; that says what is
 * no frame; that does not read. While one session of a device lives, another that claims the name
 * is rejected ("Crossover session") [chan-sccp].
 *
 * Orders (reset, restart, apply-config) go to registered devices: at once to one, or to many at a
 * pace. One order at most waits for a device; a later one replaces it.
 *
 * Everything is bounded by what registrar_new() was given: sessions, and devices in the list. When
 * that is full, a new name takes the place of one that never registered, or is rejected.
 */
#ifndef REGISTRAR_H
#define REGISTRAR_H

#include "emu/sccp/message.h"

#define REGISTRAR_KEEPALIVE 30   /* seconds; what CME sends */
#define REGISTRAR_PATIENCE  (30 * 1000000ull) /* us, for RegisterReq, and then for TimeDateReq; our
                                               * choice */
#define REGISTRAR_FLOOD_EVENTS 2000
#define REGISTRAR_FLOOD_TIME   (5 * 1000000ull) /* us */

/* Why a device is not registered: code, enum, word; CISCO-CCM-MIB's. */
#define REGISTRAR_REASONS(R)                                                                       \
    R(0, NONE, "none")                                                                             \
    R(2, NO_ENTRY, "no entry in database")                                                         \
    R(5, MAX_DEVICES, "maximum of registrations exceeded")                                         \
    R(6, CONNECTIVITY, "connectivity error")                                                       \
    R(8, INITIATED_RESET, "device initiated reset")                                                \
    R(9, RESET, "call manager reset")                                                              \
    R(10, UNREGISTERED, "device unregistered")                                                     \
    R(12, THROTTLED, "SCCP device throttling")                                                     \
    R(13, KEEP_ALIVE, "keep-alive timeout")                                                        \
    R(15, RESTART, "call manager restart")                                                         \
    R(16, DUPLICATE, "duplicate registration")                                                     \
    R(17, APPLY_CONFIG, "call manager apply config")                                               \
    R(18, NO_RESPONSE, "device no response")                                                       \
    R(25, SEQUENCE, "registration sequence error")                                                 \
    R(28, FALL_BACK, "fall-back initiated")
enum registrar_reason {
#define R(code, name, word) CCM_##name = (code),
    REGISTRAR_REASONS(R)
#undef R
};
const char *registrar_reason_word(enum registrar_reason reason);

/*   UNKNOWN       it is new here
 *   REGISTERING   its session is CLAIMED
 *   REGISTERED    its session is COMPLETE
 *   UNREGISTERED  it has no session any more: `reason` says why
 *   REJECTED      the last that it heard was RegisterReject: `reason` says why */
#define DEVICE_STATES(X)                                                                           \
    X(UNKNOWN, "unknown")                                                                          \
    X(REGISTERING, "registering")                                                                  \
    X(REGISTERED, "registered")                                                                    \
    X(UNREGISTERED, "unregistered")                                                                \
    X(REJECTED, "rejected")
enum device_state {
#define X(id, word) DEVICE_##id,
    DEVICE_STATES(X)
#undef X
        DEVICE_STATE_COUNT
};
extern const char *const device_state_words[DEVICE_STATE_COUNT];

#define NO_SESSION UINT32_MAX

/* One line of the list. Texts are printable ASCII, whatever was sent. Times are emulated
 * microseconds, 0: never. */
struct registrar_device {
    char name[17];
    enum device_state state;
    enum registrar_reason reason; /* of the last end or rejection */
    uint32_t session;             /* NO_SESSION: none */
    uint32_t type, ip;            /* as RegisterReq says; ip in network order */
    uint8_t version;              /* agreed */
    uint8_t order;                /* enum sccp_reset that waits for its turn; 0: none */
    uint8_t ordered;              /* the last that it was sent in this registration; 0: none */
    char load[33];                /* that it runs: RegisterReq's, or else that of its Alarm */
    char previous[33];            /* the last other one that it has come with; empty: none */
    char alarm[81];               /* its last Alarm's text */
    char last_reset[41];          /* the reason in it: "Reset-Reset" */
    uint64_t registered_at, unregistered_at, heard_at;
    uint32_t registrations, rejections, alarms, keep_alives, orders, crossovers;
};

/* What the carrier does. Each call takes its own ctx first. None may call back. */
struct registrar_told;
struct registrar_ops {
    /* Bytes for a session: copied. 0, or a negative errno: there is no room for them, since the
     * other end does not read; the session ends then. */
    int (*send)(void *ctx, uint32_t session, const void *data, size_t len);
    /* Closes; what was sent before still goes out. No event for the session follows; its number is
     * free. */
    void (*close)(void *ctx, uint32_t session);
    /* Whether that device may register: NULL, or the text of RegisterReject ("Device Unknown"). The
     * device has name, type, ip and load. NULL: all may. */
    const char *(*refuses)(void *ctx, const struct registrar_device *device);
    /* Seconds that a device that asks to come back has to wait; 0: it may. NULL: all may. */
    uint32_t (*token_wait)(void *ctx, const struct registrar_device *device);
    uint32_t (*random)(void *ctx);
    /* Something has happened: for logs and counts. */
    void (*told)(void *ctx, const struct registrar_told *told);
};

/* What is told of: enum, word. Then `text` and `value` are
 *   ALARM         text of the Alarm, its severity
 *   REGISTERED    the load; the agreed version
 *   UNREGISTERED  words of the reason; enum registrar_reason
 *   REJECTED      the text sent; enum registrar_reason
 *   TOKEN         "granted" or "rejected"; seconds to wait
 *   ORDERED       word of the order; enum sccp_reset
 *   MISSED        likewise: an order's turn came when the device was not registered
 *   UNKNOWN       name of the message, or "unknown": not one that a manager is told; its id
 *   BAD           what is wrong; enum registrar_reason. The session ends */
#define REGISTRAR_NOTES(X)                                                                         \
    X(ALARM, "alarm")                                                                              \
    X(REGISTERED, "registered")                                                                    \
    X(UNREGISTERED, "unregistered")                                                                \
    X(REJECTED, "rejected")                                                                        \
    X(TOKEN, "token")                                                                              \
    X(ORDERED, "ordered")                                                                          \
    X(MISSED, "missed")                                                                            \
    X(UNKNOWN, "unknown")                                                                          \
    X(BAD, "bad")
enum registrar_note {
#define X(id, word) TOLD_##id,
    REGISTRAR_NOTES(X)
#undef X
    TOLD_COUNT
};
extern const char *const registrar_note_words[TOLD_COUNT];
struct registrar_told {
    enum registrar_note note;
    uint64_t at;
    uint32_t session, ip; /* of the other end, network order */
    const struct registrar_device *device; /* NULL: it has not said who it is */
    const char *text;
    uint32_t value;
};

struct registrar_setup {
    uint32_t sessions, devices; /* at most; both from 1 on */
    uint32_t keepalive;         /* seconds; 0: REGISTRAR_KEEPALIVE */
    uint32_t ip;                /* its own address, network order, */
    char name[41];              /* and name, for ServerRes and ConfigStatRes */
    uint32_t first_number;      /* line of the list's first device: "1001"; the others follow */
    uint64_t unix_time;         /* at emulated 0, in seconds: what clock it shows */
};

struct registrar;
/* NULL without memory. ops and ctx outlive it. */
struct registrar *registrar_new(const struct registrar_setup *setup,
                                const struct registrar_ops *ops, void *ctx);
/* Closes nothing: the carrier's connections are its own. r may be NULL. */
void registrar_free(struct registrar *r);

/* Somebody has connected. Its session, below setup.sessions; NO_SESSION: close it. */
uint32_t registrar_accepted(struct registrar *r, uint32_t ip, uint64_t now);
/* Bytes from it, in order, any split. */
void registrar_data(struct registrar *r, uint32_t session, const void *data, size_t len,
                    uint64_t now);
/* It has closed, or failed. */
void registrar_closed(struct registrar *r, uint32_t session, uint64_t now);
/* Earliest time at which registrar_run_timers has something to do; UINT64_MAX: none. */
uint64_t registrar_deadline(const struct registrar *r);
void registrar_run_timers(struct registrar *r, uint64_t now);

/* The list, in the order in which the devices came. */
size_t registrar_devices(const struct registrar *r);
const struct registrar_device *registrar_device(const struct registrar *r, size_t i);
/* Its place in the list, or -1. */
long registrar_find(const struct registrar *r, const char *name);
/* How many are in that state. */
size_t registrar_count(const struct registrar *r, enum device_state state);

/* Orders to so many devices, by their places in the list, in that order: `rate` a second, the first
 * one now; 0: all now. They stand behind those that still wait. */
void registrar_order(struct registrar *r, const uint32_t *devices, size_t count,
                     enum sccp_reset order, double rate, uint64_t now);
/* How many orders wait for their turn. */
size_t registrar_waiting(const struct registrar *r);
/* Takes back all that wait. */
void registrar_cancel(struct registrar *r);

#endif
