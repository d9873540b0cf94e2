/* cnf.h - the phone's configuration files, SEP<MAC>.cnf.xml and XMLDefault.cnf.xml.
 *
 * Streams: fed block by block as TFTP delivers, keeps only the elements it knows. Real files
 * leave prefixes such as xsi: undeclared, so names are compared as written. Unknown elements
 * are ignored; a file that is not well-formed, or whose root element is neither <device> nor
 * <Default>, is refused with line and column. So is one that declares an entity (an entity bomb
 * needs one), nests too deeply, or is larger than CNF_MAX. White space around a text is no part of
 * it; of an element that comes twice the last one counts.
 *
 *   device/loadInformation                  load to run, without ".loads": a plain file name
 *                                           that fits with it, or empty: no load named
 *   device/vendorConfig/peerFirmwareSharing 0 | 1 (anything else is refused)
 *   device/vendorConfig/loadServer          IPv4 address to take firmware from, or empty: none
 *   Default/loadInformation<type>           the same by device type
 */
#ifndef CNF_H
#define CNF_H

#include "emu/core.h"

#define CNF_MAX (LIMIT_CONFIG_KIB * 1024) /* bytes of a file */

struct cnf {
    char load[NAME_MAX_LEN];        /* empty: no load named for this phone */
    bool pfs;                       /* false when the element is missing */
    uint32_t load_server;           /* network order; 0: none */
};

struct cnf_parser;
/* A parser for one file; type is the phone's device type (contract.h). NULL without memory. */
struct cnf_parser *cnf_open(uint32_t type);
/* Feeds the next bytes: 0, or -EINVAL (then cnf_error tells, and the parser stays failed). */
int cnf_feed(struct cnf_parser *p, const void *data, size_t len);
/* Ends the file and fills *out: 0, or -EINVAL, and *out is untouched. To be called once. */
int cnf_finish(struct cnf_parser *p, struct cnf *out);
/* Why the file was refused: "line 3, column 7: mismatched tag". */
const char *cnf_error(const struct cnf_parser *p);
/* p may be NULL. */
void cnf_close(struct cnf_parser *p);

#endif
