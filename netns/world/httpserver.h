/* httpserver.h - the HTTP server beside our own TFTP server: nginx, on the same address and root.
 *
 * Its log goes into the same file, in the same forms (see serverlog.h). Phones can do without it:
 * one that ends by itself is told of, and ends nothing else.
 */
#ifndef HTTPSERVER_H
#define HTTPSERVER_H

#include <stdbool.h>
#include <sys/types.h>

#define HTTPSERVER_PORT    6970
#define HTTPSERVER_PACKAGE "nginx-light"

struct world;

struct httpserver; /* nginx */
/* Starts it in w->hq_ns on LINE_SERVER_IP, serving dir/tftproot, its log into log_fd; waits until
 * it is ready. NULL after a message. */
struct httpserver *httpserver_start(struct world *w, const char *dir, int log_fd);
/* As their namesakes in server.h. */
int httpserver_fd(const struct httpserver *s);
int httpserver_hear(struct httpserver *s);
bool httpserver_kill(struct httpserver *s);
int httpserver_revive(struct httpserver *s);
int httpserver_stop(struct httpserver *s);
/* Whether it was this one that has ended by itself; after a message. */
bool httpserver_ended(struct httpserver *s, pid_t ended);

#endif
