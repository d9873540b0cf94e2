/* server.h - our own TFTP server: dnsmasq. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct world;

struct server; /* dnsmasq */
/* How many transfers it takes at one time. */
size_t server_transfers(size_t phones);
/* Starts it in w->hq_ns on LINE_SERVER_IP, serving dir/tftproot, its log into log_fd; waits until
 * it is ready. NULL after a message. */
struct server *server_start(struct world *w, const char *dir, int log_fd);
/* Descriptor to poll for input, and the call that passes on into the log what it has said: 0, or a
 * negative errno when not all of it could be written, now or before. */
int server_fd(const struct server *s);
int server_hear(struct server *s);
/* Whether it was another child that ended; else false after a message. */
bool server_alive(struct server *s, pid_t ended);
/* Ends it at once, on purpose. Whether there was one to end. */
bool server_kill(struct server *s);
/* Starts it again as it was, after server_kill(): its log goes on. Blocks until it is ready. 0 or
 * a negative errno after a message. */
int server_revive(struct server *s);
/* Returns as server_hear() does, for all that it has ever said. s may be NULL. */
int server_stop(struct server *s);

#endif
