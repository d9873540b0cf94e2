/* wire.h - the project's own wire format on port 4051.
 *
 * The vendor's format is not public; this one is ours, is documented in WIRE.md and never claims
 * to interoperate with a real phone. One table, WIRE_MESSAGES with the field lists below it,
 * is what encodes, decodes and documents: `fleet-phone --wire-table` prints it, and a test holds
 * WIRE.md against that.
 *
 * Every message, by UDP or TCP, begins with the same 22 bytes, big-endian:
 *
 *   magic "PF" | version u8 = 1 | type u8 | length u32 | xid u32 | h u32 | map u32 | reserved u16
 *
 * length counts the whole message, header included. xid names the sender (the last four bytes
 * of its MAC), h the hierarchy (wire_hierarchy() of model and file), map the sender's boot: a
 * random number drawn at power-on, so that what was said before a reboot can be told apart.
 * By UDP a message is one datagram. By TCP messages follow each other; only DATA has a payload
 * that is not decoded here: length - WIRE_HEADER bytes of the file.
 */
#ifndef WIRE_H
#define WIRE_H

#include "emu/core/core.h"

#include <stdio.h>

#define WIRE_VERSION  1
#define WIRE_HEADER   22
#define WIRE_MAX      256                    /* any message but DATA */
#define WIRE_DATA_MAX (64 * 1024)            /* payload of one DATA */

/* id, name, transport, what it is for */
#define WIRE_MESSAGES(M)                                                                           \
    M(1, CLAIM, "UDP", "I am, or want to be, root of hierarchy h")                                 \
    M(2, JOIN, "UDP", "asks for a place below the receiver")                                       \
    M(3, ACCEPT, "UDP", "a child slot is free: connect")                                           \
    M(4, REDIRECT, "UDP", "both my slots are taken: ask my child at ip")                           \
    M(5, REFUSE, "UDP", "not here; ip is the root I know of, or 0")                                \
    M(16, HELLO, "TCP", "first message of a child: what it wants, and from which byte on")         \
    M(17, ALIVE, "TCP", "still here, holding this many bytes of the file")                         \
    M(18, FILE, "TCP", "the file is whole here; DATA from offset follows")                         \
    M(19, DATA, "TCP", "the next bytes of the file")                                               \
    M(20, DONE, "TCP", "the sender and all below it hold the file, or have had their time")        \
    M(21, GOODBYE, "TCP", "the link ends, for this reason")

enum wire_type {
#define M(id, name, transport, text) WIRE_##name = (id),
    WIRE_MESSAGES(M)
#undef M
};

/* REFUSE and GOODBYE reasons. */
#define WIRE_REASONS(R)                                                                            \
    R(0, NONE, "none")                                                                             \
    R(1, NOT_MEMBER, "not in that hierarchy")                                                      \
    R(2, BUSY, "no slot free now, ask again later")                                                \
    R(3, LEAVING, "leaving")                                                                       \
    R(4, PARENT_LOST, "lost its own parent")                                                       \
    R(5, ROOT_LOST, "lost the root")                                                               \
    R(6, FETCH_FAILED, "could not get the file")                                                   \
    R(7, STALLED, "made no progress")                                                              \
    R(8, BAD_FILE, "what it sent did not check")
enum wire_reason {
#define R(id, name, text) REASON_##name = (id),
    WIRE_REASONS(R)
#undef R
        REASON_COUNT
};
extern const char *const wire_reason_text[REASON_COUNT];

/* A decoded message: header fields and those of its type; the rest is zero. */
struct wire_msg {
    uint8_t type; /* enum wire_type */
    uint32_t length;
    uint32_t xid, h, map;
    /* CLAIM */
    uint32_t strength;
    uint8_t ad;        /* 0: first claim; 1..4: Ad n */
    uint8_t confirmed; /* 0: tentative, 1: confirmed root */
    /* CLAIM, JOIN, HELLO */
    char model[32];
    char file[NAME_MAX_LEN];
    /* ACCEPT, REDIRECT */
    uint8_t depth; /* of the asked phone, root = 1 */
    /* REDIRECT, REFUSE */
    uint32_t ip; /* network order; travels as its four bytes */
    /* REFUSE, GOODBYE */
    uint8_t reason; /* enum wire_reason; an unknown one is refused by the decoder */
    /* HELLO, ALIVE, FILE */
    uint64_t offset; /* HELLO: bytes already held; ALIVE: bytes held; FILE: DATA begins here */
    /* FILE */
    uint64_t size;
    /* HELLO, FILE */
    uint8_t digest[DIGEST_LEN]; /* of the whole file; zero in HELLO when not known */
};

enum wire_kind {
    KIND_U8,
    KIND_U32,
    KIND_U64,
    KIND_IP,
    KIND_STRING,
    KIND_FILE, /* a string that is a plain file name */
    KIND_DIGEST,
    KIND_COUNT
};
struct wire_field {
    const char *name;
    enum wire_kind kind;
    uint8_t max;   /* largest value of a u8 */
    size_t offset; /* in struct wire_msg */
    size_t size;   /* of the member, for strings with the NUL */
};
struct wire_format {
    uint8_t type;
    const char *name, *transport, *text;
    const struct wire_field *fields;
    size_t field_count;
};
extern const struct wire_format wire_formats[];
extern const size_t wire_format_count;

/* The hierarchy id of a model's file: 32-bit FNV-1a of model, NUL, file. */
uint32_t wire_hierarchy(const char *model, const char *file);

/* Encodes msg (type, xid, h, map and its type's fields; length is computed, except for DATA,
 * where the caller's payload_len is added). Returns the bytes written to out; 0 if they do not
 * fit, or if msg holds what the decoder would refuse. */
size_t wire_encode(const struct wire_msg *msg, size_t payload_len, void *out, size_t size);

/* Decodes exactly one datagram, or one whole TCP message (DATA: its header alone). NULL when
 * good; else what is wrong, a static string, and out is untouched. Trailing bytes, unknown types,
 * reasons, versions, lengths that disagree, u8 values out of range, a reserved part that is not 0,
 * strings that are empty or not printable ASCII, and file names with a '/' or a leading '.' are
 * refused; UDP and TCP types are not told apart here. */
const char *wire_decode(const void *data, size_t len, struct wire_msg *out);

/* The length field of a message whose first bytes are at data: 0 while fewer than 8 are there,
 * or -1 when it cannot be a message (magic, version, a length under WIRE_HEADER, over WIRE_MAX,
 * or for DATA over WIRE_HEADER + WIRE_DATA_MAX). */
int64_t wire_peek(const void *data, size_t len);

/* "TCP" or "UDP" for a known type, else NULL. */
const char *wire_transport(uint8_t type);
/* "CLAIM" and so on; "unknown" for an unknown type. */
const char *wire_name(uint8_t type);

/* Prints the tables of messages, field kinds and reasons in Markdown, as WIRE.md holds them. */
void wire_print_table(FILE *out);

#endif
