/* fetch.h - one file from a server, by name: what the phone's parts ask for, whoever carries it.
 *
 * One at a time. Who asks gives a sink for the bytes, and hears of the end by the result of one of
 * the entries; what was said, and how much has come, stands here.
 */
#ifndef FETCH_H
#define FETCH_H

#include "emu/core/tftp.h"

struct fetch {
    struct tftp tftp;
    transfer_sink *sink;  /* whose the file is */
    void *sink_to;
    uint64_t bytes;       /* delivered to it */
    uint64_t total;       /* of the whole file; 0: the server has not said */
    char name[128];
};

void fetch_init(struct fetch *f, const struct phone_ops *ops, void *ctx);
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
/* What the server last said in place of the file, or empty: as status_server in contract.h. */
const char *fetch_said(const struct fetch *f);

/* Events. Each result but TRANSFER_MORE and TRANSFER_LATER has ended the transfer. A datagram came
 * to its port; its deadline, which is NEVER when idle, has come. */
enum transfer_result fetch_datagram(struct fetch *f, struct addr from, const void *data, size_t len,
                                    usec now);
usec fetch_deadline(const struct fetch *f);
enum transfer_result fetch_timeout(struct fetch *f, usec now);

#endif
