/* interface.h - what a network interface of this machine is, for who wants to join it. */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>

#define INTERFACE_NAME 16
#define INTERFACE_KIND 32

struct interface {
    char name[INTERFACE_NAME];
    int index;
    char kind[INTERFACE_KIND]; /* "bridge", "vlan", "macvlan", ...; empty: hardware, or lo */
    char master[INTERFACE_NAME], master_kind[INTERFACE_KIND]; /* whose part it is; empty: none */
    char driver[INTERFACE_KIND];
    bool ethernet, loopback, wireless;
    bool up, carrier;
    bool spans;         /* a bridge that speaks the spanning tree protocol */
    bool default_route; /* of this machine, for IPv4 or IPv6, leads by it */
    char address[INET_ADDRSTRLEN]; /* an IPv4 address that it has; empty: none */
};

/* Of the caller's present namespace: 0; or -1: there is none of that name. */
int interface_look(const char *name, struct interface *out);
/* The names of all that there are, with commas, lo left out; returns out. near: the one closest to
 * a name, or empty. */
const char *interface_names(const char *name, char near[INTERFACE_NAME], char *out, size_t size);

#endif
