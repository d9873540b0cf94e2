/* serverlog.h - the servers' own log, or tftpwatch's: the independent witness of what was fetched.
 *
 * The lines that count (dnsmasq 2.90, with a syslog time in front when it logs to a file, and
 * without one when it logs to standard error):
 *
 *   dnsmasq-tftp[123]: sent ROOT/FILE to 10.106.0.16           the last block was acknowledged
 *   dnsmasq-tftp[123]: failed sending ROOT/FILE to 10.106.0.16 given up on the way
 *   dnsmasq-tftp[123]: file ROOT/FILE not found for 10.106.0.16
 *
 *   nginx-http[124]: sent FILE to 10.106.0.16 (5512 bytes)     the same by HTTP, see httpserver.c
 *   tftpwatch[0]: sent FILE to 10.106.0.16 (5512 bytes)        see tftpwatch.h
 *
 * ROOT ends in "/tftproot"; a client that asks for "/FILE" makes it "ROOT//FILE".
 *
 * A fetch is one line "sent" of a file of firmware: given up on the way it is none, taken twice it
 * is two, and configuration and trust lists are never any. fetches.c counts them by file, model and
 * subnet; judge_file.c holds that against server_fetches_per_file.
 */
#ifndef SERVERLOG_H
#define SERVERLOG_H

#include "netns/plan/plan.h"

enum transfer_end { TRANSFER_SENT, TRANSFER_FAILED, TRANSFER_NOT_FOUND, TRANSFER_END_COUNT };

struct transfer {
    enum transfer_end end;
    uint32_t client;   /* network order */
    char file[128];    /* as asked for, without the root's path */
    uint64_t bytes;    /* of a whole file; 0: the log does not say */
    bool http;         /* else by TFTP */
};

struct serverlog {
    struct transfer *transfers; /* in the log's order */
    size_t count;
};

/* Whether the line tells of a transfer; then *t is filled. */
bool serverlog_line(const char *line, struct transfer *t);
/* NULL with a message on standard error when the file cannot be read. */
struct serverlog *serverlog_read(const char *path);
void serverlog_free(struct serverlog *log);
/* Firmware is what is not configuration: all but *.cnf.xml and *.tlv. */
bool serverlog_is_firmware(const char *file);

#endif
