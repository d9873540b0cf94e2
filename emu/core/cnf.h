/* cnf.h - the phone's configuration files, SEP<MAC>.cnf.xml and XMLDefault.cnf.xml.
 *
 * Streams: fed block by block as TFTP delivers, keeps only the elements it knows. Real files
 * leave prefixes such as xsi: undeclared, so names are compared as written. Unknown elements
 * are ignored; a file that is not well-formed, or whose root element is neither <device> nor
 * <Default>, is refused with line and column. So is one that declares an entity (an entity bomb
 * needs one), nests too deeply, or is larger than CNF_MAX. White space around a text is no part of
 * it; of an element that comes twice the last one counts (inference), which is said where they
 * differ.
 *
 *   device/loadInformation                  load to run, without ".loads": a plain file name
 *                                           that fits with it, or empty: no load named
 *   device/vendorConfig/peerFirmwareSharing 0 | 1
 *   device/vendorConfig/loadServer          IPv4 address to take firmware from, or empty: none
 *   device/vendorConfig/logServer           IPv4 address to log the sharing to, alone or with a
 *                                           port behind ":" or a blank; or empty: none. That it
 *                                           stands here, and so, is inference: published are the
 *                                           setting "Log Server", and "LogServer={address port}" of
 *                                           a service-control message [Mozilla's sipcc]
 *   device/vendorConfig/enableCdpSwPort     0: no CDP on the port to the switch; all else: as ever
 *   device/vendorConfig/enableLldpSwPort    0: no LLDP there
 *   Default/loadInformation<type>           the load by device type
 *   device/devicePool/callManagerGroup/members/member   call managers, of which the first five
 *   Default/callManagerGroup/members/member             count, by their attribute `priority`: in
 *     callManager/processNodeName                       an IPv4 address; of others none is made
 *     callManager/ports/ethernetPhonePort               2000, if it is missing
 *
 * A value that cannot be used, such as "on" where 1 belongs: a phone of the third generation says
 * so in its log, takes the default (sharing off, no load named, no load server) and goes on; 7940
 * and 7960 refuse the file. Reported of a 7945 and a 7940, without the elements' names; that it
 * holds for these is inference.
 *
 * A host name is legal in loadServer, logServer and callManager/processNodeName: nothing here
 * resolves it. That is said. Firmware is then taken from the TFTP server, as where no load server
 * is named: our choice, as a site's name for its load server mostly means that machine; to that log
 * server nothing is sent; with that call manager a phone does not register.
 *
 * Not read, and said to be there (inference, decided once; each published file has it otherwise):
 *   Default/loadInformation           without a type number: it is for no phone
 *   Default/loadInformation030018     a type number with zeros before it: it is no phone's
 *   Default/vendorConfig/...          sharing and load server: they count in <device> alone
 *   and these two wherever else       such as in <device>, outside <vendorConfig>
 *   device/vendorConfig/loadInformation
 */
#ifndef CNF_H
#define CNF_H

#include "emu/core/core.h"
#include "emu/inspected.h"

#define CNF_MAX (LIMIT_CONFIG_KIB * 1024) /* bytes of a file */

#define CNF_MANAGERS 5 /* of a call manager's list, which has no more [SCCP's ServerRes] */
struct cnf_manager {
    uint32_t ip;                    /* network order */
    uint16_t port;
    uint16_t priority;              /* the least one first */
};

struct cnf {
    char load[NAME_MAX_LEN];        /* empty: no load named for this phone */
    bool pfs;                       /* false when the element is missing */
    uint32_t load_server;           /* network order; 0: none */
    struct addr log_server;         /* ip 0: none */
    bool no_cdp, no_lldp;           /* not to be spoken on the port to the switch */
    uint8_t manager_count;
    struct cnf_manager managers[CNF_MANAGERS];
    struct cnf_manager member;      /* that is being read */
};

/* What a phone goes on in spite of: "line 3, column 7: ...". */
struct cnf_warning {
    enum config_warning kind;
    char text[160];
};
#define CNF_WARNINGS 16 /* of a file; further ones are not kept */

struct cnf_parser;
/* A parser for one file, as that model reads it; NULL: one of the third generation without a device
 * type. NULL without memory. */
struct cnf_parser *cnf_open(const struct phone_model *model);
/* Feeds the next bytes: 0, or -EINVAL (then cnf_error tells, and the parser stays failed). */
int cnf_feed(struct cnf_parser *p, const void *data, size_t len);
/* Ends the file and fills *out: 0, or -EINVAL, and *out is untouched. To be called once. */
int cnf_finish(struct cnf_parser *p, struct cnf *out);
/* Why the file was refused: "line 3, column 7: mismatched tag". */
const char *cnf_error(const struct cnf_parser *p);
/* Warning i, in the file's order; NULL: there are no more. */
const struct cnf_warning *cnf_warning(const struct cnf_parser *p, size_t i);
/* p may be NULL. */
void cnf_close(struct cnf_parser *p);

#endif
