/* deposit.h - takes into the shared store what a phone has authenticated (why: emu/shell/store.h).
 *
 * Nothing is believed of an offer but that the file is authentic: its bytes are copied, so that the
 * phone has no hold on what is stored, and it is their own digest that names them.
 */
#ifndef DEPOSIT_H
#define DEPOSIT_H

#include "emu/contract.h"
#include "netns/run/outdir.h"

/* The store holds what that phone offers, from now on or already: 0; or a negative errno: it is
 * another content than was said, no file, or cannot be written. */
int deposit(const struct outdir *out, const char *phone, const struct store_offer *offer);
#endif
