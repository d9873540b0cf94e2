/* rootcheck.h - what of a fleet's files others may not see, or is none: told to everybody alike. */
#ifndef ROOTCHECK_H
#define ROOTCHECK_H

#include "netns/plan/stock.h"
#include "netns/text/finding.h"

/* Whether all may list the TFTP root; else a finding. */
bool rootcheck_folder(const struct fleet *fleet, struct findings *found);
/* What phones ask for by its name, but no server can give away. */
void rootcheck_files(const struct stock *stock, struct findings *found);
/* Whether all may read the signers' key; else a finding. */
bool rootcheck_key(const struct fleet *fleet, struct findings *found);

#endif
