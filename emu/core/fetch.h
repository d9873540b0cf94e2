/* fetch.h - one file from a server, by name: what the phone's parts ask for, whoever carries it.
 *
 * One at a time. Who asks gives a sink for the bytes, and hears of the end by the result of one of
 * the entries; what was said, and how much has come, stands here.
 *
 * A phone that speaks HTTP asks by it first, once, and turns to TFTP where that brings no file for
 * another reason than that there is none: at once where the sink has got nothing yet, else by
 * fetch_again(). A server that is mute to HTTP is asked so no more before the phone boots again
 * (inference: a silent port would cost each file its wait). How soon a server answers is asked by
 * TFTP alone: what worth.h makes of it is made for that.
 */
#ifndef FETCH_H
#define FETCH_H

#include "emu/core/http.h"
#include "emu/core/tftp.h"

/* Of the file under way, or the last one. */
enum fetch_way { FETCH_TFTP, FETCH_HTTP };

struct fetch {
    struct tftp tftp;
    struct http http;
    bool tries_http;
    uint32_t mute_ip;        /* that server; 0: none */
    enum fetch_way way;
    enum fetch_way teller;   /* by which what was said last came */
    bool anew;               /* HTTP broke off: TFTP may begin it anew */
    uint32_t server_ip;      /* network order */
    enum transfer_need need;
    transfer_sink *sink;     /* whose the file is */
    void *sink_to;
    uint64_t bytes;          /* delivered to it */
    uint64_t total;          /* of the whole file; 0: the server has not said */
    char name[128];
};

/* tries_http: such a phone. */
void fetch_init(struct fetch *f, const struct phone_ops *ops, void *ctx, bool tries_http);
void fetch_free(struct fetch *f);
/* The phone boots: nothing is known of any server. */
void fetch_forget(struct fetch *f);
/* Begins to read name (at most 127 bytes) from server_ip (network order). An earlier transfer is
 * dropped. Returns 0 or a negative errno: then there is none. */
int fetch_get(struct fetch *f, uint32_t server_ip, const char *name, enum transfer_need need,
              transfer_sink *sink, void *sink_to, usec now);
/* Whether the transfer that has just ended is begun anew: it broke off in the middle, and not too
 * often. The sink then gets the file from its first byte. */
bool fetch_again(struct fetch *f, usec now);
/* Drops the transfer under way. */
void fetch_cancel(struct fetch *f);
bool fetch_idle(const struct fetch *f);

/* What the server last said in place of the file, or empty: as status_server in contract.h; and by
 * which protocol, in capitals. */
const char *fetch_said(const struct fetch *f);
const char *fetch_teller(const struct fetch *f);
/* TRANSFER_LATER: whether it is TFTP from here on, after HTTP. */
bool fetch_turned(const struct fetch *f);

/* Events. Each result but TRANSFER_MORE and TRANSFER_LATER has ended the transfer. A datagram came
 * to its port; something became of CONN_HTTP; its deadline, NEVER when idle, has come. */
enum transfer_result fetch_datagram(struct fetch *f, struct addr from, const void *data, size_t len,
                                    usec now);
enum transfer_result fetch_connected(struct fetch *f, usec now);
enum transfer_result fetch_data(struct fetch *f, const void *data, size_t len, usec now);
enum transfer_result fetch_closed(struct fetch *f, int error, usec now);
usec fetch_deadline(const struct fetch *f);
enum transfer_result fetch_timeout(struct fetch *f, usec now);

#endif
