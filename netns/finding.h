/* finding.h - what would go wrong with a fleet, as a list: plan.c finds some of it on its way,
 * lint.c looks for all.
 *
 * One row per cause: the finding's name, how bad it is, and what to do about it. A finding with
 * several causes has a row for each, since each has another remedy. A remedy says what to write and
 * where: {place} stands for the finding's place, {wrong}, {right} and {where} for the words that it
 * is added with, and {place'} and so on for the same as a shell takes it, quoted where it must be.
 * tests/net/remedies.bats follows each remedy as it is printed.
 */
#ifndef FINDING_H
#define FINDING_H

#include "netns/fleetfile.h"

/* How bad it is.
 *   WARNING  it may be meant
 *   ERROR    a phone would fail, or end with another load than meant
 *   REFUSAL  the same, and a run does not even begin */
enum severity { SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_REFUSAL };

#define FINDINGS(X)                                                                                \
    X(ROOT_UNREADABLE, "root-unreadable", REFUSAL, "let firmware name a directory you can read")   \
    X(ROOT_CLOSED, "root-unreadable", REFUSAL, "chmod {right} {where'}")                           \
    X(TOO_MANY, "too-many-phones", REFUSAL, "take fewer phones, or a larger lan.subnet")           \
    X(PATTERN_IDLE, "pattern-without-file", REFUSAL, "name a file that the TFTP root has")         \
    X(MAC_TWICE, "mac-twice", REFUSAL, "give each phone a MAC address of its own")                 \
    X(MAC_RANGE, "mac-range", REFUSAL, "begin with a lower MAC address")                           \
    X(NOBODY, "nobody-meant", REFUSAL, "let phones name some that the fleet has")                  \
    X(PFS_UNABLE, "pfs-unable", REFUSAL, "take peerFirmwareSharing out for this model")            \
    X(PFS_NOWHERE, "pfs-nowhere", WARNING, "set peerFirmwareSharing, or mode: traditional")        \
    X(PFS_ANYWAY, "pfs-in-traditional", WARNING, "take peerFirmwareSharing out of this file")      \
    X(LOAD_UNKNOWN, "load-missing", REFUSAL, "put the load into the TFTP root, or name another")   \
    X(LOAD_FOREIGN, "load-of-another-model", REFUSAL, "name a load that was made for this model")  \
    X(LOAD_OTHER, "load-contradicted", WARNING, "name the same load in both, or in one of them")   \
    X(LOAD_NONE, "no-load-named", WARNING, "name a load for this model in the file")               \
    X(CONFIG_LOAD, "config-load-missing", ERROR, "put the load into the TFTP root")                \
    X(CONFIG_FOREIGN, "config-load-of-another-model", ERROR, "name a load made for this model")    \
    X(CONFIG_PFS, "config-pfs-unable", WARNING, "take peerFirmwareSharing out of this file")       \
    X(LIST_MALFORMED, "loads-malformed", ERROR, "fetch the load's .loads file anew")               \
    X(LIST_FOREIGN, "file-of-another-model", WARNING, "compare the list with the vendor's")        \
    X(STEP_TOO_LONG, "step-too-long", ERROR, "go by a load from 8.3(3) to 8.5(2) first")           \
    X(FILE_MISSING, "file-missing", ERROR, "put the file into the TFTP root, not a folder of it")  \
    X(FILE_CASE, "file-case", ERROR, "rename the file: TFTP tells capitals from small letters")    \
    X(FILE_BROKEN, "file-broken", ERROR, "fetch the file anew")                                    \
    X(FILE_CLOSED, "not-world-readable", ERROR, "chmod {right} {where'}")                          \
    X(FILE_PRIVATE, "not-world-readable", WARNING,                                                 \
      "chmod {right} {where'}, or take it out of the root: no phone asks for such a file")         \
    X(FILE_NOWHERE, "link-to-nothing", ERROR, "put the file in the place of the link {place'}")    \
    X(FILE_OUTSIDE, "link-out-of-root", WARNING, "put the file in the place of the link {place'}") \
    X(FILE_NONE, "no-file", ERROR, "put the file in the place of the {wrong} {place'}")            \
    X(NOT_AUTHENTIC, "not-authentic", ERROR,                                                       \
      "name the key that signed it, or authentication: structure for files that are not ours")     \
    X(LEFT_OUT, "left-out", ERROR, "take it out of tftp.without, unless that is to be seen")       \
    X(DAMAGED, "damaged", ERROR, "take it out of tftp.damage, unless that is to be seen")          \
    X(SERVER_ELSEWHERE, "load-server-elsewhere", WARNING,                                          \
      "leave loadServer out, or name the TFTP server: nothing else answers beyond the WAN")        \
    X(UNVERIFIED, "not-verified", WARNING, "nothing to do: the vendor's key is not public")        \
    X(KEY_UNUSABLE, "key-unusable", ERROR, "let key name the PEM of an RSA key (PKCS#1)")          \
    X(KEY_CLOSED, "key-unusable", ERROR,                                                           \
      "chmod {right} {where'}, or let key name a copy of the public key that all may read")        \
    X(CONFIG_BROKEN, "config-malformed", ERROR, "correct the file; xmllint shows the place")       \
    X(CONFIG_SERVER, "load-server-no-address", ERROR, "write an IPv4 address, or nothing")         \
    X(CONFIG_CASE, "config-case", ERROR, "write SEP and the MAC address in capitals")              \
    X(CONFIG_TWICE, "config-twice", ERROR, "keep one file a phone, its name in capitals")          \
    X(CONFIG_STRANGER, "config-of-no-phone", WARNING, "give a phone of the fleet file this mac")   \
    X(CONFIG_NONE, "config-missing", ERROR, "give the server SEP<MAC>.cnf.xml or XMLDefault")      \
    X(PROTOCOLS, "two-protocols", WARNING, "name the load that is meant, with load or running")    \
    X(CONFIG_VALUE, "config-value", WARNING,                                                       \
      "write what phones take: 0 or 1, the plain name of a load, an IPv4 address")                 \
    X(CONFIG_REFUSED, "config-value-refused", ERROR,                                               \
      "write 0 or 1, or the plain name of a load: 7940 and 7960 take nothing else")                \
    X(CONFIG_HOST, "host-name", WARNING, "write the IPv4 address: no name is resolved yet")        \
    X(CONFIG_UNREAD, "config-unread", WARNING,                                                     \
      "write it as phones read it, in SEP<MAC>.cnf.xml or as loadInformation<TYPE>, or not at all")  \
    X(BEYOND_LIMIT, "beyond-limit", REFUSAL, "keep to the limits of fleet(5), a phone has others") \
    X(NAME_TOO_LONG, "load-name-too-long", WARNING,                                                \
      "take it out of the TFTP root: no phone here can be sent to it")

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
/* The same at a key of the fleet file, or what comes nearest to it. */
void finding_at(struct findings *f, enum finding_kind kind, const struct fleet *fleet,
                const char *path, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Both, of a row whose remedy has words. */
void finding_tell(struct findings *f, enum finding_kind kind, const char *place,
                  const struct finding_words *words, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void finding_tell_at(struct findings *f, enum finding_kind kind, const struct fleet *fleet,
                     const char *path, const struct finding_words *words, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void findings_free(struct findings *f);

#endif
