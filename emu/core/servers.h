/* servers.h - which server a phone asks for its files, and which one next. */
#ifndef SERVERS_H
#define SERVERS_H

#include "emu/core/transfer.h"

struct phone;

/* Where a load's files come from, network order. */
uint32_t servers_firmware(const struct phone *p);
/* The host that a phone knows by name alone, where it has no TFTP server: that of option 66, or the
 * one of the vendor's documents, the last resort. Nothing here resolves either; that the phone then
 * says "DNS unknown host", a public status text, is inference. */
const char *servers_name(const struct phone *p);
/* A transfer from that server has ended so: whether another TFTP server is to be asked for the same
 * file. It is where the first does not answer, and a second one was named [that a second one is
 * there for redundancy is public; that what it takes is silence, and that a phone stays with it
 * until it boots, inference]. */
bool servers_next(struct phone *p, uint32_t server, enum transfer_result result);

#endif
