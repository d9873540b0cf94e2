/* boot.h - with which load a phone comes up, if with any. */
#ifndef BOOT_H
#define BOOT_H

struct phone;

/* The boot is over, the link up: to an address, where it has none. */
void boot_ended(struct phone *p);
/* It has an address: configuration, or what has to come before it. */
void boot_connected(struct phone *p);

#endif
