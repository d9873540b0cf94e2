/* links.h - the few rtnetlink requests that world and line are built with.
 *
 * Every call works in the namespace that its socket was opened in, waits for the kernel's answer,
 * and returns 0 or a negative code that links_error() puts in words.
 */
#ifndef LINKS_H
#define LINKS_H

#include <stdint.h>

struct nl_sock;
/* A netlink socket in the caller's present namespace; NULL when there is no memory for it. */
struct nl_sock *links_open(void);
void links_close(struct nl_sock *sock);
const char *links_error(int code);

/* A plain switch: no spanning tree, no forwarding delay, no multicast snooping. */
int link_bridge(struct nl_sock *sock, const char *name, int index, const uint8_t mac[6]);

/* Has a bridge pass on the frames of LLDP, which one keeps for itself. */
int link_bridge_passes_lldp(struct nl_sock *sock, int index);

/* Both ends of a veth, in one request. */
struct link_pair {
    const char *name, *peer_name;
    int index, peer_index;   /* 0: the kernel's choice */
    int master;              /* bridge that the near end becomes a port of, up at once; 0: none */
    int peer_ns;             /* descriptor of the namespace that the peer is made in */
    const uint8_t *peer_mac; /* NULL: random */
};
int link_veth(struct nl_sock *sock, const struct link_pair *pair);

/* A link over one of the socket's namespace, made in place in another. */
struct link_over {
    const char *name;
    int index;     /* in its namespace */
    int lower;     /* in the socket's */
    int ns;        /* descriptor of the namespace that it is made in */
    unsigned vlan; /* a VLAN device of that number; 0: a macvlan that has the lower to itself */
};
int link_over(struct nl_sock *sock, const struct link_over *over);
/* Makes a link a port of a bridge; 0: of none. One that lies over another has to be up then, and up
 * still when it leaves: what is down does not pass its wish for all multicast, or the end of it, on
 * to the lower one, which would count wrongly for ever. */
int link_join(struct nl_sock *sock, int index, int bridge);

/* The bridge answers ARP requests for the phone behind this port itself, from the permanent
 * neighbour entries of its own namespace: a request then costs two copies, not one a port. What
 * it does not know it floods as ever. */
int link_port_answers_arp(struct nl_sock *sock, int index);

/* Removes a link, a veth with its other end: when it returns, nothing of it is left anywhere. */
int link_remove(struct nl_sock *sock, const char *name);

int link_up(struct nl_sock *sock, int index);
int link_down(struct nl_sock *sock, int index);
/* Limits what the link sends, by a token bucket of 10 ms; 0 bytes a second: no limit (any more). */
int link_limit(struct nl_sock *sock, int index, uint64_t bytes_per_s);
/* No IPv6 link-local address, so no router solicitation and no listener report. To be asked
 * for before the link goes up; the kernel ignores it in the request that creates a link. */
int link_quiet(struct nl_sock *sock, int index);
/* Addresses in network order; the broadcast address follows from the prefix. */
int link_address(struct nl_sock *sock, int index, uint32_t ip, unsigned prefix);
int link_address_remove(struct nl_sock *sock, int index, uint32_t ip, unsigned prefix);
/* What goes by them is acknowledged at once: a delayed acknowledgement takes real time. By the
 * default route TCP waits for one for at least a second, as RFC 6298 has it, and not 200 ms as this
 * kernel: a clock that stands for a moment is no loss. */
int link_default_route(struct nl_sock *sock, uint32_t gateway);
int link_route(struct nl_sock *sock, uint32_t network, unsigned prefix, uint32_t gateway);
/* A permanent neighbour entry: no ARP for this address. */
int link_neighbour(struct nl_sock *sock, int index, uint32_t ip, const uint8_t mac[6]);
int link_neighbour_remove(struct nl_sock *sock, int index, uint32_t ip);

/* The link asks once for a neighbour, by ARP, and gives up when nobody has answered in time. The
 * kernel's table of neighbours is one for all namespaces (hostlimit.c), and whoever is asked for
 * has a place in it that nobody can take away: for three seconds as a kernel has it, so that some
 * hundreds of packets a second in the names of nobody, each answered, keep everybody from
 * everybody. An answer that is late counts all the same. */
struct link_asking {
    unsigned wait_ms;
    unsigned known_ms; /* about how long an answer is good for; 0: as the kernel has it, half a
                          minute */
};
int link_asks_once(struct nl_sock *sock, int index, const struct link_asking *how);

/* The interface number and address of that name: a negative code when there is none. */
int link_find(struct nl_sock *sock, const char *name, uint8_t mac[6]);
/* The interface number of a veth's other end, in the namespace of that. */
int link_peer(struct nl_sock *sock, const char *name);
int link_bytes(struct nl_sock *sock, const char *name, uint64_t *received, uint64_t *sent);
/* 1 while the kernel still drops what is sent by a link: it takes a link into service a moment
 * after it is up. */
int link_waiting(struct nl_sock *sock, const char *name);
/* How many bridge ports of this namespace do not forward (yet), or a negative code. */
int link_ports_waiting(struct nl_sock *sock);

#endif
