/* config.h - from the first request to a configuration, then upgrade or idle. */
#ifndef CONFIG_H
#define CONFIG_H

#include "emu/core/transfer.h"

struct phone;

void config_begin(struct phone *p);
/* The transfer under way has ended so. */
void config_ended(struct phone *p, enum transfer_result result);

#endif
