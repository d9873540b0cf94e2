/* line.h - the line between site and server, once its two ends exist, and that of no WAN. */
#ifndef LINE_H
#define LINE_H

#include "netns/plan/plan.h"

struct nl_sock;

/* What it is called at the server's side; beside: that is the host's own namespace. */
const char *line_far_end(bool beside);
/* Gives the ends their addresses and routes. 0 or a negative errno after a message. */
int line_up(const struct plan *plan, bool beside, struct nl_sock *site, struct nl_sock *hq);
/* Makes both ends of a plain veth, one of them in hq_ns. The same. */
int line_plain(int hq_ns, bool beside, struct nl_sock *site);

#endif
