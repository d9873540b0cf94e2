/* loop.h - one phone on this host, from power-on to the end, in one loop.
 *
 * Theory of operation. Nothing is decided here. A wake-up goes:
 *
 *   1. submit what was asked for, and rest: until a completion, or the next deadline
 *   2. the moment to work at is taken, once (emu/time/watch.h)
 *   3. hand every completion to the core: what has been heard comes before the timers, so that a
 *      stronger claim received silences our own
 *   4. run the core's timers until none is due; how late the clock was is recorded
 *   5. log, events and status leave
 *
 * Power-on is CONTROL_START; another one is a reset: every socket is closed, every operation
 * cancelled, the download dropped, and the core starts anew. Late completions of the old
 * life are told by their generation. Without a control descriptor the phone starts at once.
 */
#ifndef LOOP_H
#define LOOP_H

#include "emu/shell/setup.h"

/* Sets the phone up and carries it until it is told to stop. enum phone_exit, after a message on
 * standard error unless PHONE_EXIT_OK. A load activated earlier in this flash goes before
 * id.running. */
int loop_run(const struct setup *setup);

#endif
