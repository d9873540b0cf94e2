/* leases.h - who has his address by DHCP: what phones say, held against the server's own log.
 *
 * The lines of dnsmasq that count (2.90):
 *
 *   dnsmasq-dhcp[5]: DHCPACK(br0) 10.106.0.16 02:76:0a:6a:00:10 SEP02760A6A0010
 *   dnsmasq-dhcp[5]: DHCPNAK(br0) 10.106.0.16 02:76:0a:6a:00:10 wrong address
 *   dnsmasq-dhcp[5]: DHCPDISCOVER(br0) 02:76:0a:6a:00:11 no address available
 */
#ifndef LEASES_H
#define LEASES_H

#include "netns/plan/plan.h"

struct leases {
    size_t asking;   /* phones that ask for their address; all else is of them */
    size_t held;     /* have one, by what they say; */
    size_t by[TFTP_SOURCE_COUNT]; /* of these, by what they know their TFTP server */
    bool witnessed;  /* the server is ours: */
    unsigned acks, naks, refusals; /* by its log, renewals among them */
    uint32_t *given; /* per phone of the plan: its last ACK's address, network order; 0: none */
};

/* path: of the log; NULL: there is none. 0 or -ENOMEM, or -EIO after a message. */
int leases_read(struct leases *l, const struct plan *plan, const struct phone_status *status,
                const char *path);
void leases_free(struct leases *l);
/* What one line tells; phones outside of the plan are counted all the same. */
struct roster;
void leases_line(struct leases *l, const struct roster *roster, const char *line);
/* Whether a phone that has an address has it from our server, by its log; true where there is no
 * log. */
bool leases_agree(const struct leases *l, const struct phone_status *status, size_t phone);

#endif
