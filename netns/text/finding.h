/* finding.h - what would go wrong with a fleet, as a list: the plan's makers find some of it on
 * their way, lint.c looks for all.
 *
 * One row per cause: the finding's name, how bad it is, and what to do about it. A finding with
 * several causes has a row for each, since each has another remedy. A remedy says what to write and
 * where: {place} stands for the finding's place, {wrong}, {right} and {where} for the words that it
 * is added with, and {place'} and so on for the same as a shell takes it, quoted where it must be.
 * tests/net/remedies.bats follows each remedy as it is printed.
 */
#ifndef FINDING_H
#define FINDING_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* How bad it is.
 *   WARNING  it may be meant
 *   ERROR    a phone would fail, or end with another load than meant
 *   REFUSAL  the same, and a run does not even begin */
enum severity { SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_REFUSAL };

#define FINDINGS(X)                                                                                \
    X(ROOT_UNREADABLE, "root-unreadable", REFUSAL, "write firmware: {right'}")                     \
    X(ROOT_CLOSED, "root-unreadable", REFUSAL, "chmod {right} {where'}")                           \
    X(TOO_MANY, "too-many-phones", REFUSAL, "take {right} phones out of phones")                   \
    X(SUBNET_FULL, "too-many-phones", REFUSAL, "write {where}: {right}")                           \
    X(SUBNET_CROWDED, "too-many-phones", REFUSAL,                                                  \
      "take {right} phones out of those with subnet: {where}")                                     \
    X(PATTERN_CASE, "pattern-without-file", REFUSAL,                                               \
      "write {right} instead of {wrong} in {where}")                                               \
    X(PATTERN_IDLE, "pattern-without-file", REFUSAL, "take {wrong} out of {where}")                \
    X(ADDRESS_TAKEN, "address-taken", REFUSAL, "write lan.first: {right}")                         \
    X(MAC_TWICE, "mac-twice", REFUSAL, "write {where}: {right}")                                   \
    X(MAC_RANGE, "mac-range", REFUSAL, "write {where}: {right}, or a lower one")                   \
    X(NOBODY, "nobody-meant", REFUSAL,                                                             \
      "write {where}: all, or a model, number or name that the fleet has")                         \
    X(NOBODY_OURS, "nobody-meant", REFUSAL, "take {where} out, and change {wrong} instead")        \
    X(PFS_UNABLE, "pfs-unable", REFUSAL, "take peerFirmwareSharing out of {where}")                \
    X(PFS_NOWHERE, "pfs-nowhere", WARNING,                                                         \
      "write {where}.peerFirmwareSharing: true, or mode: traditional")                             \
    X(PFS_ELSEWHERE, "pfs-nowhere", WARNING, "write {right} in {where'}, or mode: traditional")    \
    X(PFS_NEVER, "pfs-nowhere", WARNING, "write mode: traditional")                                \
    X(LOAD_UNKNOWN, "load-missing", REFUSAL,                                                       \
      "put {wrong} and the files that it lists into {where'}, or name another load")               \
    X(LOAD_MISSPELT, "load-missing", REFUSAL, "write {where}: {right}")                            \
    X(LOAD_RENAMED, "load-missing", REFUSAL, "rename {wrong'} to {right'}")                        \
    X(LOAD_BELOW, "load-missing", REFUSAL, "move the load's files from {wrong'} to {where'}")      \
    X(LOAD_PACKED, "load-missing", REFUSAL, "unpack {wrong'} into {where'}")                       \
    X(LOAD_NO_MODEL, "load-missing", REFUSAL,                                                      \
      "put a load named {right}, and the files that it lists, into {where'}")                      \
    X(LOAD_FOREIGN, "load-of-another-model", REFUSAL, "write {where}: {right}")                    \
    X(LOAD_FOREIGN_ALONE, "load-of-another-model", REFUSAL,                                        \
      "put a load named {right}, and the files that it lists, into {where'}, and name it")         \
    X(LOAD_OTHER, "load-contradicted", WARNING,                                                    \
      "write {right} in {place'}, or name {wrong} in {where'}")                                    \
    X(LOAD_OTHER_WRITTEN, "load-contradicted", WARNING, "write {right} in {place'}")               \
    X(LOAD_OTHER_NAMED, "load-contradicted", WARNING, "name {wrong} in {where'}")                  \
    X(LOAD_NONE_NEEDED, "no-load-named", ERROR, "write {right} in {place'}")                       \
    X(LOAD_NONE, "no-load-named", WARNING, "write {right} in {place'}")                            \
    X(PROTOCOLS, "two-protocols", WARNING, "write {where}: {right}")                               \
    X(STEP_TOO_LONG, "step-too-long", ERROR,                                                       \
      "write {where}: {right}, and go on from there later")                                        \
    X(STEP_CONFIG, "step-too-long", ERROR, "write {right} in {where'}, and go on from there later")\
    X(STEP_MISSING, "step-too-long", ERROR,                                                        \
      "put a load from 8.3(3) to 8.5(2) into {where'}, and go by that first")                      \
    X(LEFT_OUT, "left-out", ERROR, "take {wrong} out of {where}, unless that is to be seen")       \
    X(DAMAGED, "damaged", ERROR, "take {wrong} out of {where}, unless that is to be seen")         \
    X(SERVER_ELSEWHERE, "load-server-elsewhere", WARNING,                                          \
      "take loadServer out of {where}: nothing but the TFTP server answers beyond the WAN")        \
    X(SERVER_WRITTEN, "load-server-elsewhere", WARNING,                                            \
      "take loadServer out of {where'}: nothing but the TFTP server answers beyond the WAN")       \
    X(LOG_ELSEWHERE, "log-server-elsewhere", WARNING, "write {where}: {right}")                    \
    X(DHCP_NAMES_NONE, "option-150-missing", ERROR, "write dhcp.tftp: 150")                        \
    X(DHCP_POOL, "pool-too-small", ERROR, "write dhcp.pool: {right}")                              \
    X(MANAGER_OTHER, "manager-contradicted", WARNING,                                              \
      "write {right} instead of {wrong} in {place'}")                                              \
    X(MANAGER_OTHER_NEEDED, "manager-contradicted", ERROR,                                         \
      "write {right} instead of {wrong} in {place'}")                                              \
    X(MANAGER_NONE, "no-manager-named", WARNING, "write {right} in {place'}")                      \
    X(MANAGER_NONE_NEEDED, "no-manager-named", ERROR, "write {right} in {place'}")                 \
    X(MANAGER_NOWHERE, "manager-missing", ERROR, "write callmanager.engine: own")                  \
    X(UPLINK_MACS, "port-security", WARNING,                                                       \
      "at the switch port: switchport port-security maximum {wrong}, or no switchport "            \
      "port-security; then write lan.permits: {right}")                                            \
    X(UPLINK_ARP, "arp-inspection", WARNING,                                                       \
      "at the switch port: ip arp inspection trust; then write lan.permits: {right}")              \
    X(UPLINK_DHCP, "dhcp-snooping", WARNING,                                                       \
      "at the switch port: ip dhcp snooping limit rate 100; then write lan.permits: {right}")      \
    X(UPLINK_BPDU, "bpdu-guard", WARNING,                                                          \
      "ip link set {wrong'} type bridge stp_state 0; then write lan.permits: {right}")             \
    X(UPLINK_FOREIGN, "foreign-macs", WARNING,                                                     \
      "at a virtual port: accept promiscuous mode, MAC changes and forged transmits, which no "    \
      "cloud does, nor an access point; then write lan.permits: {right}")                          \
    X(UPLINK_SERVES, "dhcp-in-real-network", WARNING,                                              \
      "write dhcp.engine: external, unless that network has no DHCP server")                       \
    X(UPLINK_PACE, "uplink-pace", WARNING, "write lan.pace: 10")                                   \
    X(UNVERIFIED, "not-verified", WARNING,                                                         \
      "write authentication: signature, and key: the PEM of who signed them; the vendor's is "     \
      "not public")                                                                                \
    X(KEY_UNUSABLE, "key-unusable", ERROR,                                                         \
      "write key: the PEM of an RSA key, which begins with -----BEGIN RSA PUBLIC KEY-----")        \
    X(KEY_PUBLIC, "key-unusable", ERROR,                                                           \
      "openssl rsa -pubin -in {wrong'} -RSAPublicKey_out -out {right'}, and write key: {right'}")  \
    X(KEY_PRIVATE, "key-unusable", ERROR,                                                          \
      "openssl rsa -in {wrong'} -RSAPublicKey_out -out {right'}, and write key: {right'}")         \
    X(KEY_CERTIFICATE, "key-unusable", ERROR,                                                      \
      "openssl x509 -in {wrong'} -noout -pubkey | openssl rsa -pubin -RSAPublicKey_out -out "      \
      "{right'}, and write key: {right'}")                                                         \
    X(KEY_CLOSED, "key-unusable", ERROR,                                                           \
      "chmod {right} {where'}, or let key name a copy of the public key that all may read")        \
    X(LIST_EMPTY, "loads-malformed", ERROR, "fetch {place'} anew: it is empty")                    \
    X(LIST_PACKED, "loads-malformed", ERROR, "unpack {place'} into its folder: it is a {wrong}")   \
    X(LIST_PAGE, "loads-malformed", ERROR,                                                         \
      "fetch {place'} anew: it is a web page, of a login or an error")                             \
    X(LIST_TEXT_MODE, "loads-malformed", ERROR,                                                    \
      "fetch {place'} anew in binary mode: it came in text mode")                                  \
    X(LIST_NAME, "loads-malformed", ERROR, "rename {place'} to {right'}, and name that load")      \
    X(LIST_COPY, "loads-malformed", ERROR,                                                         \
      "fetch {place'} anew, or name {right} instead of {wrong}: that is what lies there, as under "\
      "its own name")                                                                              \
    X(LIST_MALFORMED, "loads-malformed", ERROR, "fetch {place'} anew")                             \
    X(FILE_EMPTY, "file-broken", ERROR, "fetch {place'} anew: it is empty")                        \
    X(FILE_PACKED, "file-broken", ERROR, "unpack {place'} into its folder: it is a {wrong}")       \
    X(FILE_PAGE, "file-broken", ERROR,                                                             \
      "fetch {place'} anew: it is a web page, of a login or an error")                             \
    X(FILE_TEXT_MODE, "file-broken", ERROR,                                                        \
      "fetch {place'} anew in binary mode: it came in text mode")                                  \
    X(FILE_NAME, "file-broken", ERROR, "fetch {place'} anew: what lies there is {right}")          \
    X(FILE_BROKEN, "file-broken", ERROR, "fetch {place'} anew")                                    \
    X(LIST_FOREIGN, "file-of-another-model", WARNING,                                              \
      "fetch {place'} anew: the vendor's lists are of one hardware")                               \
    X(FILE_MISSING, "file-missing", ERROR, "put {wrong} into {where'}")                            \
    X(FILE_BELOW, "file-missing", ERROR, "move {wrong'} to {where'}")                              \
    X(FILE_IN_ARCHIVE, "file-missing", ERROR, "unpack {wrong'} into {where'}")                     \
    X(FILE_CASE, "file-case", ERROR, "rename {place'} to {right'}")                                \
    X(FILE_MISCALLED, "file-case", ERROR,                                                          \
      "fetch {place'} anew: it lists {wrong}, and the file is {right}")                            \
    X(FILE_CLOSED, "not-world-readable", ERROR, "chmod {right} {where'}")                          \
    X(FILE_PRIVATE, "not-world-readable", WARNING,                                                 \
      "chmod {right} {where'}, or take it out of the root: no phone asks for such a file")         \
    X(FILE_NOWHERE, "link-to-nothing", ERROR, "put the file in the place of the link {place'}")    \
    X(FILE_OUTSIDE, "link-out-of-root", WARNING,                                                   \
      "put the file in the place of the link {place'}")                                            \
    X(FILE_NONE, "no-file", ERROR, "put the file in the place of the {wrong} {place'}")            \
    X(NOT_AUTHENTIC, "not-authentic", ERROR,                                                       \
      "write key: the PEM of who signed it, or authentication: structure for files that are "      \
      "not yours to verify")                                                                       \
    X(FILE_CHANGED, "not-authentic", ERROR,                                                        \
      "fetch {place'} anew: it was changed after it was signed")                                   \
    X(BEYOND_LIMIT, "beyond-limit", REFUSAL,                                                       \
      "name a load without {place'}: fleet(5) has the limits")                                     \
    X(CONFIG_LIMIT, "beyond-limit", REFUSAL, "take out of {place'} what phones do not read")       \
    X(CONFIG_LOAD_LIMIT, "beyond-limit", REFUSAL,                                                  \
      "name another load in {wrong} in {place'}: fleet(5) has the limits")                         \
    X(NAME_TOO_LONG, "load-name-too-long", WARNING,                                                \
      "remove {place'}: no phone here can be sent to it")                                          \
    X(CONFIG_LOAD, "config-load-missing", ERROR,                                                   \
      "put {wrong} and the files that it lists into {where'}, or name another load in {place'}")   \
    X(CONFIG_MISSPELT, "config-load-missing", ERROR, "write {right} in {place'}")                  \
    X(CONFIG_BELOW, "config-load-missing", ERROR,                                                  \
      "move the load's files from {wrong'} to {where'}")                                           \
    X(CONFIG_IN_ARCHIVE, "config-load-missing", ERROR, "unpack {wrong'} into {where'}")            \
    X(LOAD_CASE, "file-case", ERROR, "write {right} in {place'}")                                  \
    X(CONFIG_FOREIGN, "config-load-of-another-model", ERROR, "write {right} in {place'}")          \
    X(CONFIG_FOREIGN_ALONE, "config-load-of-another-model", ERROR,                                 \
      "put a load named {right}, and the files that it lists, into {where'}, and name it in "      \
      "{place'}")                                                                                  \
    X(CONFIG_PFS, "config-pfs-unable", WARNING, "take peerFirmwareSharing out of {place'}")        \
    X(PFS_ANYWAY, "pfs-in-traditional", WARNING,                                                   \
      "write <peerFirmwareSharing>0</peerFirmwareSharing> in {place'}")                            \
    X(CONFIG_BROKEN, "config-malformed", ERROR,                                                    \
      "correct {place'}: xmllint --noout {place'} shows the place")                                \
    X(CONFIG_EMPTY, "config-malformed", ERROR,                                                     \
      "remove {place'}, or write a configuration into it: it is empty")                            \
    X(CONFIG_PACKED, "config-malformed", ERROR,                                                    \
      "unpack {place'} into its folder: it is a {wrong}")                                          \
    X(CONFIG_PAGE, "config-malformed", ERROR,                                                      \
      "remove {place'}, or put the configuration in its place: it is a web page")                  \
    X(CONFIG_ROOT, "config-malformed", ERROR,                                                      \
      "write {right} instead of {wrong}, the name of the root element, in {place'}")               \
    X(CONFIG_ENCODING, "config-malformed", ERROR,                                                  \
      "save {place'} as UTF-8, and write encoding=\"UTF-8\" instead of {wrong} in its first "      \
      "line")                                                                                      \
    X(CONFIG_BYTES, "config-malformed", ERROR, "save {place'} as UTF-8: {wrong} is none")          \
    X(CONFIG_STRAY, "config-malformed", ERROR, "take what stands {wrong} out of {place'}")         \
    X(CONFIG_MARKUP, "config-malformed", ERROR,                                                    \
      "write {right} instead of {wrong} at {where} of {place'}")                                   \
    X(CONFIG_OPEN, "config-malformed", ERROR, "write {right} at the end of {place'}")              \
    X(CONFIG_ENTITY, "config-malformed", ERROR,                                                    \
      "take the entity declarations, <!ENTITY ...>, out of {place'}")                              \
    X(CONFIG_DEEP, "config-malformed", ERROR,                                                      \
      "take what lies in more than {wrong} elements out of {place'}")                              \
    X(CONFIG_VALUE, "config-value", WARNING, "write {right} in {place'}")                          \
    X(CONFIG_VALUE_LONG, "config-value", WARNING, "name another load in {wrong} in {place'}")      \
    X(CONFIG_NEEDED, "config-value", ERROR, "write {right} in {place'}")                           \
    X(CONFIG_NEEDED_LONG, "config-value", ERROR, "name another load in {wrong} in {place'}")       \
    X(CONFIG_REFUSED, "config-value-refused", ERROR, "write {right} in {place'}")                  \
    X(CONFIG_REFUSED_LONG, "config-value-refused", ERROR,                                          \
      "name another load in {wrong} in {place'}")                                                  \
    X(CONFIG_VALUE_SERVER, "config-value", WARNING,                                                \
      "take {wrong} out of {place'}, or write an IPv4 address in it")                              \
    X(CONFIG_SERVER, "load-server-no-address", ERROR,                                              \
      "take {wrong} out of {place'}, or write an IPv4 address in it")                              \
    X(CONFIG_HOST, "host-name", WARNING,                                                           \
      "write its IPv4 address instead of {wrong} in {place'}: no name is resolved yet")            \
    X(CONFIG_HOST_SERVER, "host-name", WARNING,                                                    \
      "take {wrong} out of {place'}: no name is resolved yet")                                     \
    X(CONFIG_UNREAD, "config-unread", WARNING,                                                     \
      "take {wrong} out of {place'}, or write it where phones read it: loadInformation in "        \
      "<device>, the others in the <vendorConfig> there; in <Default> loadInformation<TYPE>")      \
    X(ELEMENT_TWICE, "config-element-twice", WARNING,                                              \
      "take {wrong} out of {place'}: of two the last one counts")                                  \
    X(CONFIG_CASE, "config-case", ERROR, "rename {place'} to {right'}")                            \
    X(CONFIG_TWICE, "config-twice", ERROR, "remove {place'}: {right'} is there too")               \
    X(CONFIG_STRANGER, "config-of-no-phone", WARNING,                                              \
      "give a phone of the fleet file mac: {right}, or remove {place'}")                           \
    X(CONFIG_NONE, "config-missing", ERROR, "put {right} into {where'}")

enum finding_kind {
#define X(id, ...) FINDING_##id,
    FINDINGS(X)
#undef X
        FINDING_COUNT
};

struct finding_rule {
    const char *name;
    enum severity severity;
    const char *remedy;
};
extern const struct finding_rule finding_rules[FINDING_COUNT];

struct finding {
    enum finding_kind kind;
    char *place; /* "site.fleet.yml:3:5", "--phones 9", or a file's path */
    char *text;
    char *remedy;
};

struct findings {
    struct finding *items;
    size_t count, errors, refusals; /* a refusal is an error too */
    size_t *slots;                  /* of the items by their hash; 0: free, else its number + 1 */
    size_t slot_count;
};

/* The words of a remedy; NULL where its row has no such word. */
struct finding_words {
    const char *wrong, *right, *where;
};

/* Adds one that is not there yet; memory that is lacking ends the program. */
void finding_add(struct findings *f, enum finding_kind kind, const char *place,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same of a row whose remedy has words. */
void finding_tell(struct findings *f, enum finding_kind kind, const char *place,
                  const struct finding_words *words, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same, with words or without (NULL); place is malloc'ed, and taken over. */
void finding_take(struct findings *f, enum finding_kind kind, char *place,
                  const struct finding_words *words, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));
void findings_free(struct findings *f);

#endif
