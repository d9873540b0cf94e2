/* registrar-private.h - the inside of the registrar: of registrar.c (sessions, the list, time),
 * claim.c (who comes and goes), answers.c (what a phone asks) and orders.c (what it is told).
 */
#ifndef REGISTRAR_PRIVATE_H
#define REGISTRAR_PRIVATE_H

#include "emu/sccp/registrar.h"
#include "emu/sccp/stream.h"

enum session_state { SESSION_FREE, SESSION_EMPTY, SESSION_CLAIMED, SESSION_COMPLETE };

struct session {
    enum session_state state;
    uint32_t ip;
    struct registrar_device *device; /* from CLAIMED on */
    uint64_t deadline;               /* when it has been silent for too long */
    uint64_t flood_since;            /* what it says is counted */
    uint32_t flood_events;
    uint8_t version;                 /* agreed */
    bool dynamic;                    /* it takes messages of free length */
    char alarm[81];                  /* said before it was known whose it is */
    struct sccp_stream stream;
};

struct registrar {
    struct registrar_setup setup;
    const struct registrar_ops *ops;
    void *ctx;
    uint64_t now;
    struct session *sessions;
    struct registrar_device *devices;
    uint32_t device_count;
    uint32_t *queue;                 /* of places in the list: a ring, with room for all */
    uint32_t queue_at, queue_len;
    uint64_t queue_gap, queue_next;  /* us between two, and when the next one's turn is */
};

/* The version in the header of what is said to a registered phone [chan-sccp]. */
static inline uint32_t session_header(const struct session *s)
{
    return s->version < 10 ? 0 : s->version;
}

uint32_t session_number(const struct registrar *r, const struct session *s);
/* Sends it; a session that does not read ends. */
void session_say(struct registrar *r, struct session *s, struct sccp_msg *msg);
/* Ends it from this side, for that reason. */
void session_end(struct registrar *r, struct session *s, enum registrar_reason reason);
void registrar_tell(struct registrar *r, enum registrar_note note, const struct session *s,
                    const struct registrar_device *device, const char *text, uint32_t value);
/* Printable ASCII of a text from outside, into out. */
void registrar_clean(char *out, size_t size, const char *text);

/* claim.c */
void claim_alarm(struct registrar *r, struct session *s, const struct sccp_msg *msg);
void claim_register(struct registrar *r, struct session *s, const struct sccp_msg *msg);
void claim_token(struct registrar *r, struct session *s, const struct sccp_msg *msg);
void claim_unregister(struct registrar *r, struct session *s, const struct sccp_msg *msg);
void claim_keep_alive(struct registrar *r, struct session *s, const struct sccp_msg *msg);
/* It has asked for the time: it is registered. */
void claim_complete(struct registrar *r, struct session *s);
/* Its session is over. */
void claim_lost(struct registrar *r, struct session *s, enum registrar_reason reason);

/* answers.c: answers, where it is a question. */
void answer(struct registrar *r, struct session *s, const struct sccp_msg *msg);

/* orders.c */
void orders_run(struct registrar *r);

#endif
