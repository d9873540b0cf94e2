/* page.h - the phone's web page of its network configuration, in the XML form
 * (/NetworkConfigurationX).
 *
 * Which rows the page has is public, the name of each element is not for all of them: that of the
 * setting stands for its row.
 */
#ifndef PAGE_H
#define PAGE_H

#include "emu/core/cnf.h"
#include "emu/core/dhcplease.h"
#include "emu/core/identity.h"

#define PAGE_MAX 2048

/* The page of a phone that is configured so, into out; its length. lease: all zero with an address
 * by hand. */
size_t page_network(const struct phone_identity *id, const struct dhcp_lease *lease,
                    const struct cnf *cnf, bool pfs, char out[PAGE_MAX]);

#endif
