/* console.h - the console log, as text: "LVL HH:MM:SS.uuuuuu DLoad: text", the vendor's form, hours
 * wrapping at 24.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "emu/core/core.h"

#define CONSOLE_LINE 256

/* Whether it stands for itself there. */
bool console_prints(char c);
/* Of such a line, what follows level and time: "DLoad: text". */
const char *console_text(const char *line);
/* Formats a console line into out (CONSOLE_LINE bytes). Control bytes become '.'. */
void console_line(char out[CONSOLE_LINE], enum log_level level, usec now, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void console_vline(char out[CONSOLE_LINE], enum log_level level, usec now, const char *format,
                   __builtin_va_list args);

#endif
