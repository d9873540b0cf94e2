/* dhcplease.h - what a phone makes of an OFFER or an ACK: whether a host can live by it, and which
 * address, TFTP servers and times it means.
 */
#ifndef DHCPLEASE_H
#define DHCPLEASE_H

#include "emu/core/core.h"
#include "emu/core/dhcpwire.h"
#include "emu/core/identity.h"

#define DHCP_SERVERS 2 /* TFTP Server 1 and 2, the rows of a phone's page */

/* What names the TFTP server, the best first. Where a phone is not told otherwise (identity.h),
 * this is its precedence: inference for these models; that 150 is recommended and that 66 works is
 * public. (The vendor's gateways have another one: siaddr, 150, 66.) A host name in 66 would have
 * to be resolved, which nothing here does: it counts as if it named nobody, and is told. */
extern const struct tftp_order dhcplease_order;

/* All zero: none. Addresses in network order. */
struct dhcp_lease {
    struct net_address address;
    uint32_t server;
    uint32_t tftp[DHCP_SERVERS];   /* in the order to ask them; 0: none */
    enum tftp_source tftp_by;
    char tftp_name[DHCP_NAME];     /* of option 66, where it is no address */
    char domain[DHCP_NAME];
    uint32_t seconds;              /* DHCP_FOR_EVER */
    usec renew, rebind, end;       /* T1, T2 (RFC 2131, section 4.4.5); NEVER */
};

/* Why no host could live by it; NULL: it can. */
const char *dhcplease_unusable(const struct dhcp_message *m);
/* The lease that it offers or grants, usable, its time counted from then on. */
struct dhcp_lease dhcplease_of(const struct dhcp_message *m, usec from,
                               const struct tftp_order *order);
/* Whether a names its TFTP server better than b. */
bool dhcplease_better(const struct dhcp_lease *a, const struct dhcp_lease *b,
                      const struct tftp_order *order);
/* The TFTP server to ask after that one; 0: there is none. */
uint32_t dhcplease_server_after(const struct dhcp_lease *l, uint32_t ip);

#endif
