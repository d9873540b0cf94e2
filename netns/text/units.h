/* units.h - quantities as users write and read them, and the nearest word to a misspelt one.
 *
 * Every parser takes the whole text or nothing: false leaves *out alone. Numbers are decimal,
 * without sign, and do not depend on the locale.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNITS_HOUR_US 3600000000ull

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
/* An address and a port, 0: none was said. */
struct units_endpoint {
    uint32_t ip;   /* network order */
    uint16_t port; /* host order */
};
/* "10.1.2.3" or "10.1.2.3:1514". */
bool units_endpoint(const char *text, struct units_endpoint *out);
bool units_address(const char *text, uint32_t *ip);
/* A MAC address as switches, servers and lists of phones write it, in either case:
 *
 *   00:1B:54:C1:22:33  00-1b-54-c1-22-33  0:1b:54:c1:22:33     001b.54c1.2233  001b-54c1-2233
 *   001b54-c12233      001B54C12233       0x001b54c12233       SEP001B54C12233[.cnf.xml]
 *   0100.1b54.c122.33  01-00-1b-54-c1-22-33                    behind Ethernet's type, 01
 *
 * Of one device: not of a group, not all zero. */
bool units_mac(const char *text, uint64_t *mac);
/* Why a MAC address is that of no device, in words; NULL where it is, or where text is none. */
const char *units_mac_why(const char *text);
#define UNITS_MAC_MAX 0xffffffffffff
/* The same as a regular expression (ECMA 262), to be put between ^ and $. */
#define UNITS_HEX   "[0-9A-Fa-f]"
#define UNITS_FIRST UNITS_HEX "[02468ACEace]" /* the lowest bit tells a group's */
#define UNITS_MAC_FORMS                                                                            \
    "(?!(0[xX]|[Ss][Ee][Pp]|01)?[0:.-]*([.]cnf[.]xml)?$)("                                         \
    UNITS_HEX "?[02468ACEace]((:" UNITS_HEX "{1,2}){5}|(-" UNITS_HEX "{1,2}){5}|"                  \
    "([.]" UNITS_HEX "{1,2}){5})|"                                                                 \
    UNITS_FIRST UNITS_HEX "{2}(([.]" UNITS_HEX "{4}){2}|(-" UNITS_HEX "{4}){2}|"                   \
    "(:" UNITS_HEX "{4}){2})|"                                                                     \
    UNITS_FIRST UNITS_HEX "{4}[-:.]" UNITS_HEX "{6}|"                                              \
    "(0[xX])?" UNITS_FIRST UNITS_HEX "{10}|"                                                       \
    "[Ss][Ee][Pp]" UNITS_FIRST UNITS_HEX "{10}([.]cnf[.]xml)?|"                                    \
    "01" UNITS_FIRST "[.]" UNITS_HEX "{4}[.]" UNITS_HEX "{4}[.]" UNITS_HEX "{2}|"                  \
    "01:" UNITS_FIRST "(:" UNITS_HEX "{2}){5}|01-" UNITS_FIRST "(-" UNITS_HEX "{2}){5})"

#define UNITS_TEXT 32
/* Seconds or bytes for people: "1 min 33 s", "1.5 MiB"; return out. */
const char *units_show_seconds(double seconds, char out[UNITS_TEXT]);
const char *units_show_bytes(double bytes, char out[UNITS_TEXT]);

/* The word closest to text among count of them, words[i] at stride bytes from each other (so
 * that the first member of a table's rows serves); NULL when none is close. */
const char *units_nearest(const char *text, const void *words, size_t stride, size_t count);

#endif
