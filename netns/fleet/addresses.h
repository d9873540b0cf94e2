/* addresses.h - the addresses and names that the network of every fleet has, whatever its file
 * says; those of phones and their subnets are the plan's.
 */
#ifndef ADDRESSES_H
#define ADDRESSES_H

/* The line between site and server, which no subnet of phones may touch. */
#define LINE_NET       "172.31.255.0" /* of LINE_NET_LEN bits, for all lines there may be */
#define LINE_NET_LEN   24
#define LINE_SITE_IP   "172.31.255.1"
#define LINE_SERVER_IP "172.31.255.2" /* our own server's */
#define LINE_MANAGER_IP "172.31.255.10" /* our own call manager's, beside it */

#define LINE_DEVICE   "wan0"    /* in the site, and in an hq of our own */
#define UPLINK_DEVICE "uplink0" /* in a site that is part of a real network */
#define PHONE_DEVICE  "eth0"    /* in each phone */

#endif
