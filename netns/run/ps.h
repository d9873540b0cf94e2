/* ps.h - what `ps` shows of a lab: one row per phone, written by the keeper as lines of fields
 * between tabs, shown by the client as a table or as JSON.
 */
#ifndef PS_H
#define PS_H

#include "netns/plan/plan.h"

#include <stdio.h>

/* One line for phone i of the plan. Whatever a phone put into its record, the fields hold
 * printable ASCII. */
void ps_write(FILE *to, const struct plan *plan, size_t i, const struct phone_status *status);
/* Shows such lines. 0 or a negative errno. */
int ps_show(FILE *rows, FILE *to, bool json);

#endif
