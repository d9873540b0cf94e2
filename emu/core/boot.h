/* boot.h - with which load a phone comes up, if with any. */
#ifndef BOOT_H
#define BOOT_H

struct phone;

/* The boot is over, the network up: configuration, or what has to come before it. */
void boot_ended(struct phone *p);

#endif
