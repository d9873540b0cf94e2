/* syslog.h - a console line as a datagram for a log server, in the form of RFC 3164.
 *
 *   <188>Jan  1 00:01:30 SEP001B54C12233 DLoad: @@@HROOT:XID...
 *
 * Published is that a phone sends what it logs of the sharing to the Log Server of its
 * configuration, by UDP, on port 514 where none is named. Inference: facility and severities
 * (below); that the rest is the console line, whose own word is the tag; and the date, as an
 * emulated phone has none but the fleet's time, which begins with a year.
 */
#ifndef SYSLOG_H
#define SYSLOG_H

#include "emu/core/core.h"

#define SYSLOG_PORT 514
#define SYSLOG_MAX  1024 /* bytes of a datagram [RFC 3164, 4.1] */

#define SYSLOG_FACILITY 23 /* local7, as the vendor's other gear has it by default */
/* Level of the console, severity. */
#define SYSLOG_SEVERITIES(X) X(DBG, 7) X(INF, 6) X(NOT, 5) X(WRN, 4)

/* Writes it into out, without a NUL: its length. text: printable ASCII, cut where it is too
 * long. */
size_t syslog_message(char out[SYSLOG_MAX], enum log_level level, usec now, const char *host,
                      const char *text);

#endif
