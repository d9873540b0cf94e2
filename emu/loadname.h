/* loadname.h - what the name of a load tells: for which hardware it is, in which protocol, and
 * which of two is newer. Pure; like contract.h and random.h both sides see it, so that the phone,
 * the launcher's choices and its lint go by one rule.
 *
 *   SCCP41.9-4-2SR3-1S   third generation: a word for the protocol (SCCP, SIP; TERM, as loads of
 *                        7.x are called, is SCCP), two digits for the hardware, a version
 *   term61.default       what a model starts anew from: its digits are the model's (7961), and it
 *                        is for that model's hardware
 *   P00308010200         7940 and 7960: P0, a character for the protocol (0 SCCP, S SIP, M MGCP), 3
 *   P0S3-8-12-00         for the hardware, a version: pairs of digits, or numbers with dashes
 *
 * Published are the names; the digits tell the hardware whatever the word is, and in which case it
 * is written. Versions, oldest first:
 *
 *   8-5-2TH1-9S 8-5-2S 8-5-2-1S 8-5-2ES4S 8-5-2SR1S 8-5-2SR1-2S 8-5-3S 9-0-2S 10-1-1S
 *
 * Three numbers, maybe a fourth (an interim build of that release); a label of capitals with
 * numbers: SR, a service release, is newer than the release and its builds. Inference: that TH and
 * DEV are builds before the release, and that every other label, such as ES (engineering special),
 * stands between the release and its first service release. The last S says that it is signed, and
 * orders nothing. A name with no such version is older than any that has one.
 */
#ifndef LOADNAME_H
#define LOADNAME_H

#include "emu/contract.h"

enum load_protocol { LOAD_SCCP, LOAD_SIP, LOAD_PROTOCOL_COUNT };
extern const char *const load_protocol_names[LOAD_PROTOCOL_COUNT]; /* "SCCP", "SIP" */

/* The hardware: 41, or 3 for 7940 and 7960; 0 where the name tells none. */
unsigned load_hardware(const char *name);
/* SIP where the name says so, else SCCP. */
enum load_protocol load_protocol(const char *name);
/* Whether the name says that the load is for the model's hardware; or that it is for other. Of a
 * name that tells none, neither. */
bool load_is_for(const char *name, const struct phone_model *model);
bool load_is_foreign(const char *name, const struct phone_model *model);
/* Whether it is one that models start anew from. */
bool load_is_factory(const char *name);
/* How loads of a model are named, for messages: "SCCP41.*, SIP41.* or TERM41.*"; out. */
#define LOAD_NAMES_SIZE 48
const char *load_names(const struct phone_model *model, char out[LOAD_NAMES_SIZE]);

/* Whether a name has a version, as a load of the third generation. */
bool load_has_version(const char *name);
/* Below, equal to or above 0 as the one is older, the same or newer, whatever hardware and protocol
 * they are for; without versions, as their names sort. */
int load_compare(const char *a, const char *b);

#endif
