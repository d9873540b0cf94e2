/* managerkeys.h - `callmanager:` of the fleet file: with whom the phones are to register.
 *
 *   callmanager: {engine: own, keepalive: 30s}                 one of ours, at headquarters
 *   callmanager: {engine: external, address: [10.1.2.3, 10.1.2.4]}   somebody's, in this order
 *   callmanager: {engine: none}                                nobody
 *
 * Where the file does not say: one of ours if it is asked for anything that takes one, else
 * nobody; in a lab (manager_of_lab()) one of ours as well. Where the TFTP server is external there
 * is no headquarters of ours: somebody's instead, at the addresses that phones' configurations
 * name, if not here; in a lab nobody unless asked for.
 */
#ifndef MANAGERKEYS_H
#define MANAGERKEYS_H

#include "netns/fleet/fleet.h"

extern const struct schema_key manager_keys[];

/* Once the file is read: decides what it has left open. */
void manager_settle(struct fleet *fleet);
/* The same for a lab. */
void manager_of_lab(struct fleet *fleet);
/* Combinations that the keys cannot express: says and counts mistakes. */
unsigned manager_check(const struct fleet *fleet);

#endif
