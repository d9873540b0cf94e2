/* discoverykeys.h - `discovery:` of the fleet file: which protocols phones speak with their switch.
 *
 * At an uplink they speak both, unless the file says otherwise; on a LAN of the fleet's own, where
 * no switch hears them, neither.
 */
#ifndef DISCOVERYKEYS_H
#define DISCOVERYKEYS_H

#include "netns/fleet/fleet.h"

#define SPEAKS_CDP  1u
#define SPEAKS_LLDP 2u

/* For the key's row, behind its offset. */
extern const struct schema_word discovery_words[];
#define SETS_DISCOVERY .set = set_flags, .words = discovery_words, .listed = true

/* Combinations that the key cannot express: says and counts mistakes. */
unsigned discovery_check(const struct fleet *fleet);
/* What phones speak: SPEAKS_CDP, SPEAKS_LLDP, both or neither. */
unsigned discovery_of(const struct fleet *fleet);

#endif
