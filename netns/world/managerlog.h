/* managerlog.h - what a call manager tells of its phones: a line in its log, in the words of the
 * vendor's small one (CME), and an event for the fleet's own.
 *
 *   00:00:12.345: %IPPHONE-6-REG_ALARM: 22: Name=SEP... Load=9.4(2SR3.1S) Last=Reset-Reset
 *   00:00:12.345: %IPPHONE-6-REGISTER: ephone-1:SEP... IP:10.106.0.16 Socket:1 DeviceType:Phone has
 *                 registered.                            (..._NEW: for the first time)
 *   00:00:12.345: %IPPHONE-6-UNREGISTER_NORMAL: ephone-1:SEP... [...] has unregistered normally.
 *   00:00:12.345: %IPPHONE-6-UNREGISTER_ABNORMAL: ...
 *
 * These four are published; behind the last two stands why, in a line of our own. So are the others
 * ours: what was ordered, who was rejected, and what was not understood.
 */
#ifndef MANAGERLOG_H
#define MANAGERLOG_H

#include "emu/sccp/registrar.h"

#define MANAGERLOG_LINE 512

/* The line for the log, with its end; number: the device's place in the list, from 1. How long. */
size_t managerlog_line(const struct registrar_told *told, size_t number,
                       char out[MANAGERLOG_LINE]);
/* The same for events.jsonl; 0: it is no matter of the fleet's. */
size_t managerlog_event(const struct registrar_told *told, char out[MANAGERLOG_LINE]);

#endif
