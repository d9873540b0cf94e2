/* kit.h - what every stateful part of the core carries: who it is, its carrier, and the time of
 * the event being handled. phone.c sets now once per event; nobody else writes it.
 */
#ifndef KIT_H
#define KIT_H

#include "emu/core/event.h"
#include "emu/core/identity.h"

struct kit {
    const struct phone_ops *ops;
    void *ctx;
    const struct phone_identity *id;
    usec now;
    struct addr log_server; /* takes what is logged of the sharing; ip 0: nobody does */
};

/* One console line. */
void kit_log(const struct kit *k, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same about the sharing: to the log server, too. */
void kit_tell(const struct kit *k, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* An event line: begin, add keys with event_*(), hand over. */
void kit_event_begin(const struct kit *k, struct event_line *e, enum event event);
void kit_event_end(const struct kit *k, struct event_line *e);
/* Uniform random number below limit (limit > 0), from the carrier. */
uint32_t kit_random(const struct kit *k, uint32_t limit);

#define IP_TEXT 16
/* Dotted decimal of a network-order address into out; returns out. */
const char *kit_ip_text(uint32_t ip, char out[IP_TEXT]);

#endif
