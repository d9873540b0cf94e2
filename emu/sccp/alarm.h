/* alarm.h - the text of the Alarm with which a phone registers: who it is, which load it runs, and
 * why it comes anew.
 *
 *   25: Name=SEPB8BEBF227D79 Load= 9.4(2SR3.1S) Last=Initialized
 *
 * The load stands there in a form of its own; a phone of the 79x1 kind leaves a space before it
 * [a parser of debug output that somebody published]. By this, and by the load of RegisterReq, the
 * people at a call manager know that a phone has upgraded.
 */
#ifndef SCCP_ALARM_H
#define SCCP_ALARM_H

#include <stddef.h>
#include <stdint.h>

/* id, enum, word [Cisco's own stack, as published with Mozilla; CME's documents]. */
#define ALARM_REASONS(X)                                                                           \
    X(10, TCP_TIMEOUT, "TCP-timeout")                                                              \
    X(12, TCP_RESET, "CM-reset-TCP")                                                               \
    X(13, TCP_ABORTED, "CM-aborted-TCP")                                                           \
    X(14, TCP_CLOSED, "CM-closed-TCP")                                                             \
    X(17, KEEP_ALIVE, "KeepaliveTO")                                                               \
    X(18, FALL_BACK, "Failback")                                                                   \
    X(20, KEYPAD, "Phone-Keypad")                                                                  \
    X(22, RESET, "Reset-Reset")                                                                    \
    X(23, RESTART, "Reset-Restart")                                                                \
    X(24, REJECTED, "Phone-Reg-Rej")                                                               \
    X(25, INITIALIZED, "Initialized")
enum alarm_reason {
#define X(id, name, word) ALARM_##name = (id),
    ALARM_REASONS(X)
#undef X
};
/* Its word; "" for one that is none. */
const char *alarm_word(enum alarm_reason reason);

#define ALARM_TEXT 81 /* with its NUL */
void alarm_compose(enum alarm_reason reason, const char *name, const char *load,
                   char out[ALARM_TEXT]);
/* "SCCP41.9-4-2SR3-1S" becomes "9.4(2SR3.1S)"; a name without a version stays. */
void alarm_short_load(const char *load, char *out, size_t size);

/* What a text says, as far as it does: empty where it does not. Printable ASCII. */
struct alarm {
    char name[17], load[33], last[41];
};
struct alarm alarm_parse(const char *text);

#endif
