/* http.h - HTTP read client: one GET for one file, on port 6970 of a TFTP server.
 *
 * Theory of operation. Newer loads ask for a file by HTTP before they ask by TFTP: by the same name
 * with a "/" in front, of the same server, on port 6970, and once [usecallmanager.nz]. One transfer
 * at a time, each by a connection of its own, which the request says is to be closed behind the
 * answer. Only 200 carries a file; its body goes to the sink as it comes. 404 is TFTP's "not
 * found", any other status a refusal of this file. Where nobody takes the connection, nobody
 * answers, or what answers is no HTTP, the server is mute, and the caller need not ask it so again.
 * What of all that is done by other means is the caller's: here nothing is asked twice.
 *
 * Bounds (ours; of a phone's none are published): a connection has HTTP_CONNECT_WAIT to stand. The
 * head has HTTP_WAIT from there, and HTTPREPLY_HEAD_MAX bytes; after it each HTTP_DRIP bytes of the
 * body, or its end, have HTTP_WAIT: a server of slow bytes is none. No file is longer than
 * HTTP_FILE_MAX: where the head says so it is refused, where it comes so it breaks off.
 *
 * The request's fields beyond the least that HTTP/1.1 takes are not published, and left out.
 */
#ifndef HTTP_H
#define HTTP_H

#include "emu/core/transfer.h"

#define HTTP_CONNECT_WAIT (4 * USEC_SEC)
#define HTTP_WAIT         (16 * USEC_SEC)
#define HTTP_DRIP         512
#define HTTP_FILE_MAX     ((uint64_t)LIMIT_FILE_MIB * 1024 * 1024)

/*   IDLE     nothing under way; no connection. Accepts http_get only.
 *   CONNECT  connection asked for.
 *   HEAD     request sent; waits for status and fields.
 *   BODY     status was 200: what comes is the file. */
enum http_state { HTTP_IDLE, HTTP_CONNECT, HTTP_HEAD, HTTP_BODY, HTTP_STATE_COUNT };

enum http_result {
    HTTP_MORE,      /* nothing ended */
    HTTP_DONE,      /* whole file delivered to the sink */
    HTTP_NOT_FOUND, /* 404 */
    HTTP_REFUSED,   /* another status, or a file that is too long; the sink got nothing */
    HTTP_MUTE,      /* nobody answers, or not by HTTP; the sink got nothing */
    HTTP_BROKEN,    /* in the middle of the file */
    HTTP_SINK,      /* the sink refused the data */
    HTTP_RESULT_COUNT
};

struct httpreply;

struct http {
    enum http_state state;
    const struct phone_ops *ops;
    void *ctx;                /* for ops */
    transfer_sink *sink;
    void *sink_to;
    struct httpreply *reply;  /* NULL: idle */
    enum http_result end;     /* that what came last has led to */
    uint64_t bytes;           /* delivered to the sink */
    uint64_t total;           /* of the file; 0: not said */
    uint64_t mark;            /* bytes when the wait began */
    usec deadline;            /* NEVER when idle */
    uint8_t request[256];
    size_t request_len;
    char said[SAID_MAX_LEN];  /* why it has ended otherwise than as HTTP_DONE or HTTP_SINK */
};

void http_init(struct http *h, const struct phone_ops *ops, void *ctx);
void http_free(struct http *h);
/* Begins to read name from server_ip (network order), in CONN_HTTP. An earlier transfer is dropped.
 * Returns 0, or a negative errno: -ENAMETOOLONG, -ENOMEM. */
int http_get(struct http *h, uint32_t server_ip, const char *name, transfer_sink *sink,
             void *sink_to, usec now);
/* Drops the transfer. */
void http_cancel(struct http *h);

/* What becomes of CONN_HTTP; and its deadline, when it has come. Anything but HTTP_MORE ends the
 * transfer and closes the connection. */
enum http_result http_connected(struct http *h, usec now);
enum http_result http_data(struct http *h, const void *data, size_t len, usec now);
enum http_result http_closed(struct http *h, int error);
enum http_result http_timeout(struct http *h, usec now);

#endif
