/* subnet.h - the subnets of the site, as the file says them.
 *
 *   lan: {subnet: 10.106.0.0/16}                  one, with or without this line
 *   lan: {subnets: {floor1: 10.106.0.0/24, ...}}  several; a group of phones names its own, or is
 *                                                 in the first
 *   lan: {subnets: {floor1: {subnet: 10.106.0.0/24, addresses: dhcp}}}   with more to say of it
 */
#ifndef SUBNET_H
#define SUBNET_H

#include "netns/fleet/fleet.h"
#include "netns/text/schema.h"

#define SUBNETS_MAX 64

#define SUBNET_TAKES "a network from /8 to /28 without host bits, such as 10.106.0.0/16"
#define SUBNET_PATTERN "^([0-9]{1,3}[.]){3}[0-9]{1,3}/(8|9|1[0-9]|2[0-8])$"
/* Into a struct fleet_subnet, of which the field is the member net. */
bool set_subnet(const char *text, const struct schema_key *key, void *field);
extern const struct schema_elements subnet_elements;

/* A key `addresses`, into an enum fleet_addresses. */
extern const struct schema_word addresses_words[];
#define SETS_ADDRESSES .set = set_word, .words = addresses_words

/* Mistakes of the file, said at their places: how many. */
unsigned subnet_check_all(const struct fleet *fleet);

/* Whether an address, in network order, is of any of them. */
bool subnet_has(const struct fleet *fleet, uint32_t ip);

/* The place among them of the one that a group of phones is in. */
unsigned subnet_of(const struct fleet *fleet, const struct fleet_group *group);
/* Its last address, in host byte order. */
uint32_t subnet_last(const struct fleet_subnet *subnet);

#endif
