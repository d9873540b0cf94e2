/* line.h - the line between site and server, once its two ends exist, and that of no WAN. */
#ifndef LINE_H
#define LINE_H

#include "netns/world.h"

struct nl_sock;

/* What it is called at the server's side. */
const char *line_far_end(const struct world *w);
/* Gives the ends their addresses and routes. 0 or a negative errno after a message. */
int line_up(const struct world *w, struct nl_sock *site, struct nl_sock *hq);
/* Makes both ends of a plain veth. The same. */
int line_plain(const struct world *w, struct nl_sock *site);

#endif
