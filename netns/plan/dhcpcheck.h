/* dhcpcheck.h - what phones that ask for their addresses will not get from a server of ours. */
#ifndef DHCPCHECK_H
#define DHCPCHECK_H

#include "netns/plan/plan.h"
#include "netns/text/finding.h"

/* Too few addresses, and for whom; no TFTP server named. */
void dhcpcheck(const struct plan *plan, struct findings *found);

#endif
