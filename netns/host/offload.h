/* offload.h - what the kernel spares itself on links that never leave the machine. */
#ifndef OFFLOAD_H
#define OFFLOAD_H

/* Of an interface of the namespace with that descriptor: from now on it leaves no checksum to be
 * filled in later and no frame to be cut later. 0 or a negative errno after a message. */
int offload_off(int netns, const char *interface);

#endif
