/* cmlist.h - what `cm` shows of a lab: the call manager's list, in the form in which its like has
 * it ("show ephone phone-load" of CME), with the state of each phone behind it.
 */
#ifndef CMLIST_H
#define CMLIST_H

#include "emu/sccp/registrar.h"

/* One line for a device. */
void cmlist_write(FILE *to, const struct registrar_device *device);
/* Shows such lines. 0 or a negative errno. */
int cmlist_show(FILE *rows, FILE *to, bool json);

#endif
