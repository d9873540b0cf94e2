/* units.h - quantities as users write them, and the nearest word to a misspelt one.
 *
 * Every parser takes the whole text or nothing: false leaves *out alone. Numbers are decimal,
 * without sign, and do not depend on the locale.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole number from min to max. */
bool units_count(const char *text, uint64_t min, uint64_t max, uint64_t *out);
/* A number with decimals, at most max: "2", "0.25". */
bool units_decimal(const char *text, double max, double *out);
/* "250us", "75ms", "1.5s", "1m", "1h" or "0", at most max_us; in microseconds. */
bool units_duration(const char *text, uint64_t max_us, uint64_t *us);
/* "56000bit", "1536kbit", "100mbit", "10gbit" (decimal, as tc writes them), from 1 kbit to
 * 1000 gbit; "unlimited" is 0; in bits a second. */
bool units_rate(const char *text, uint64_t *bps);
/* "300", "500kB", "2MB", "1.5GB" (decimal) or "2KiB", "2MiB", "2GiB"; in bytes. */
bool units_bytes(const char *text, double *bytes);
/* "0.5%" from 0 % to 100 %; as a fraction. */
bool units_percent(const char *text, double *fraction);
/* "10.106.0.0/16" without host bits, prefix length 8 to 28; host byte order. */
bool units_subnet(const char *text, uint32_t *address, unsigned *prefix_len);
/* "10.1.2.3": an IPv4 address that a host may have; network order. */
bool units_address(const char *text, uint32_t *ip);
/* "00:1B:54:C1:22:33", with - in place of :, or "001B54C12233": of one device, not of a group, and
 * not all zero. */
bool units_mac(const char *text, uint64_t *mac);

/* The word closest to text among count of them, words[i] at stride bytes from each other (so
 * that the first member of a table's rows serves); NULL when none is close. */
const char *units_nearest(const char *text, const void *words, size_t stride, size_t count);

#endif
