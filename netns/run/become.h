/* become.h - the last steps of a fork before it is a phone. */
#ifndef BECOME_H
#define BECOME_H

#include "netns/run/job.h"

/* In a fork of the keeper: enters the phone's namespace, opens its own log and flash, gives up
 * every privilege, and becomes fleet-phone with its end of a control socket and the eventfd that it
 * counts up when ready. What goes wrong is said, and the process ends. */
_Noreturn void become_phone(const struct job *job, size_t i, int netns, int control, int ready_fd);

#endif
