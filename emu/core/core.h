/* core.h - the border between the pure phone and whatever carries it.
 *
 * The core (this room) does no I/O, reads no clock and draws no randomness of its own. A carrier -
 * the io_uring shell, or a simulator - hands events and the time in by the phone_*() calls of
 * phone.h, and carries out what the core asks for through struct phone_ops. The core is
 * single-threaded and never blocks; an operation may not call back into it: results come later, as
 * events.
 *
 * Time is emulated microseconds since the fleet's start. Addresses are IPv4.
 */
#ifndef CORE_H
#define CORE_H

#include "emu/contract.h"

typedef uint64_t usec;
#define USEC_MS  1000ull
#define USEC_SEC 1000000ull
#define NEVER    UINT64_MAX

#define CPPDP_PORT 4051 /* registered as cppdp; UDP and TCP alike */
#define TFTP_PORT  69
#define HTTP_PORT  6970 /* of a TFTP server that also speaks HTTP */
#define DHCP_SERVER_PORT 67
#define DHCP_CLIENT_PORT 68

struct addr {
    uint32_t ip;   /* network byte order */
    uint16_t port; /* host byte order */
};

/* Console levels, in the words of the vendor's log. */
enum log_level { LOG_DBG, LOG_INF, LOG_NOT, LOG_WRN, LOG_LEVEL_COUNT };

/* TCP connections of a phone, by fixed slot: those of peers, with one socket to its parent and two
 * to children, where a caller that has not yet said what it wants waits in a lobby slot; then that
 * of the call manager, and of one that it would rather have; and of a server that speaks HTTP. */
enum conn {
    CONN_PARENT,
    CONN_CHILD0,
    CONN_CHILD1,
    CONN_LOBBY,
    CONN_PEERS = CONN_LOBBY + 6,
    CONN_MANAGER0 = CONN_PEERS,
    CONN_MANAGER1,
    CONN_HTTP,
    CONN_COUNT
};
#define CONN_NONE (-1)

/* Frames of Ethernet that a phone sends and hears by itself. */
enum frame_kind { FRAME_ARP, FRAME_CDP, FRAME_LLDP, FRAME_KIND_COUNT };
#define FRAME_MAX 1514 /* bytes, with the header, without its checksum */

/* A file's bytes, mapped and stable until flash_release(). */
struct flash_view {
    const uint8_t *data;
    size_t len;
    uint8_t digest[DIGEST_LEN]; /* SHA-256 of all of it */
    bool known;                 /* equal to a copy already authenticated under this name */
};

/* What the core asks of its carrier. Every call takes the carrier's own ctx first. Those that
 * can fail return 0 or a negative errno. Data passed in is copied unless said otherwise. */
struct phone_ops {
    /* The interface has that address from now on, and no other; phone_addressed() says when. What
     * was open stays so. */
    void (*net_address)(void *ctx, const struct net_address *address);
    /* DHCP: the client's port, heard whatever the interface's address is. A datagram leaves for
     * the server's port of one server, or of all on the LAN (to: INADDR_BROADCAST). */
    int (*dhcp_open)(void *ctx);
    void (*dhcp_close)(void *ctx);
    void (*dhcp_send)(void *ctx, uint32_t to, const void *data, size_t len);
    /* A frame, header and all, of at most FRAME_MAX bytes. Of a kind that the carrier has no means
     * for nothing is sent, nor heard. */
    void (*frame_send)(void *ctx, enum frame_kind kind, const void *frame, size_t len);
    /* A datagram from a port of its own, to which nobody answers. */
    void (*datagram)(void *ctx, struct addr to, const void *data, size_t len);

    /* UDP and TCP on port 4051: bind and listen. -EADDRINUSE may pass: the core retries. */
    int (*peer_open)(void *ctx);
    /* Closes both and every TCP connection of a peer. */
    void (*peer_close)(void *ctx);
    /* One datagram from port 4051 to the subnet's broadcast address, or to one peer's 4051. */
    void (*udp_broadcast)(void *ctx, const void *data, size_t len);
    void (*udp_send)(void *ctx, uint32_t ip, const void *data, size_t len);

    /* TFTP: a fresh UDP socket on a new port (replaces the one before); datagrams from it. */
    int (*tftp_open)(void *ctx);
    void (*tftp_close)(void *ctx);
    void (*tftp_send)(void *ctx, struct addr to, const void *data, size_t len);

    /* TCP in a free slot. Ends in phone_tcp_connected or phone_tcp_closed. */
    void (*tcp_connect)(void *ctx, int conn, struct addr to);
    /* Sends head (copied, at most 256 bytes) and then body (not copied: a part of a flash_view, or
     * what the core keeps as it is until then). One at a time per slot; phone_tcp_sent says that
     * all of it has left. */
    void (*tcp_send)(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                     size_t body_len);
    /* Closes; what tcp_send was given before still goes out. No event for the slot follows. */
    void (*tcp_close)(void *ctx, int conn);
    /* Renames a slot: the connection in from becomes to, which is free. */
    void (*tcp_move)(void *ctx, int from, int to);

    /* Flash. One download at a time. begin: digest is NULL when the sender named none. append
     * checks against a known copy where there is one, so that view.known costs no hash. commit
     * makes the file visible under its name, whole; and, where the core has found it authentic,
     * shares its content: from then on equal bytes are known to every phone. discard drops it. */
    int (*flash_begin)(void *ctx, const char *name, const uint8_t *digest);
    int (*flash_append)(void *ctx, const void *data, size_t len);
    int (*flash_view)(void *ctx, struct flash_view *view);
    int (*flash_commit)(void *ctx, bool authentic);
    void (*flash_discard)(void *ctx);
    /* A committed file; -ENOENT when there is none. Valid until flash_release (all files). */
    int (*flash_open)(void *ctx, const char *name, struct flash_view *view);
    void (*flash_release)(void *ctx);
    /* The load to boot from: lasting, all or nothing. */
    int (*flash_activate)(void *ctx, const char *load);
    /* Files other than these go: a flash has room for one load. */
    void (*flash_keep)(void *ctx, const char *const *names, size_t count);

    uint32_t (*random)(void *ctx);

    /* One console line, formatted, without newline. One event line, JSON, without newline. */
    void (*log)(void *ctx, const char *line);
    void (*event)(void *ctx, const char *json);
    /* The phone's record as it now is (seq, lateness_us and lateness_max_us are the carrier's). */
    void (*status)(void *ctx, const struct phone_status *status);
    /* Its web page changed: the whole text. */
    void (*page)(void *ctx, const char *text, size_t len);
};

#endif
