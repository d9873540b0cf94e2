/* inspected.h - what a phone makes of a file, as it tells the launcher.
 */
#ifndef INSPECTED_H
#define INSPECTED_H

/* `fleet-phone --inspect FILE... [--key PATH] [--running LOAD]` tells what a phone (one that runs
 * LOAD) would make of each file, and starts none. It exits with 0 whatever is wrong with a file.
 * On standard output one JSON object a line; n is the number of the file it is about, from 0:
 *
 *   n kind bytes ok why text signature   first of each file.
 *       kind       "loads", "archive", "signed" (another signed file), "config" (*.cnf.xml),
 *                  "other" (of no kind known: its envelope is all that a phone looks at)
 *       ok         1, or 0: then why says what is wrong, and text is the phone's status text
 *       signature  "good", "bad"; "unverified" without --key; "" where it was not looked at
 *   n file         of a .loads that can be read: a file that it lists; in its order
 *   n load pfs loadServer   of a configuration file that can be read: what it says to a phone;
 *                  load is empty and loadServer absent when it names none
 *   n manager      a call manager that it names; in the order in which a phone tries them
 *   n type load    the same for phones of one device type, where it differs for them: of
 *   n type why     XMLDefault.cnf.xml; why: they refuse it
 *   n warns why    of the same file: what phones go on in spite of, by a word of CONFIG_WARNINGS
 *   n type warns why   the same, for phones of one device type alone
 *   n mistake wrong right why   what is behind a why of the file's other lines, as far as its bytes
 *                  tell, by a word of MISTAKES; why is that text, the others see there
 */
#define CONFIG_WARNINGS(X)                                                                         \
    X(VALUE, "value")   /* a value that they cannot use: the default counts */                     \
    X(HOST, "host")     /* a host name, which nothing resolves */                                  \
    X(UNREAD, "unread") /* an element that they do not read where it stands, or not so named */    \
    X(TWICE, "twice")   /* an element that says something else than one before it, and counts */
enum config_warning {
#define X(id, word) CONFIG_WARNS_##id,
    CONFIG_WARNINGS(X)
#undef X
        CONFIG_WARNING_COUNT
};
extern const char *const config_warning_words[CONFIG_WARNING_COUNT];

/* What somebody has done to a file: id, word, and what stands for it as wrong, as right, if any. */
#define MISTAKES(X)                                                                                \
    X(OTHER, "other")         /* not known */                                                      \
    X(EMPTY, "empty")         /* nothing is in it, or white space */                               \
    X(PACKED, "packed")       /* wrong: of which kind, "ZIP archive" */                            \
    X(PAGE, "page")           /* it is a web page */                                               \
    X(TEXT_MODE, "text mode") /* firmware that was sent as if it were text */                      \
    X(NAME, "name")           /* firmware; right: the name that its envelope has */                \
    X(SIGNER, "signer")       /* firmware that another key has signed */                           \
    X(ROOT, "root")           /* the root element: its name, and the right one */                  \
    X(ENCODING, "encoding")   /* wrong: what is declared and not read */                           \
    X(BYTES, "bytes")         /* wrong: a byte that is no UTF-8 */                                 \
    X(STRAY, "stray")         /* wrong: where something stands that may not, "before <?xml" */     \
    X(MARKUP, "markup")       /* what stands there, and what should */                             \
    X(OPEN, "open")           /* right: the end tags that are missing at the end */                \
    X(ENTITY, "entity")       /* it declares entities */                                           \
    X(DEEP, "deep")           /* wrong: how deep elements may be */                                \
    X(VALUE, "value")         /* wrong: what makes it useless; right: an element that is read */   \
    X(LONG, "long")           /* wrong: an element that has no right value in it */                \
    X(SERVER, "server")       /* wrong: an element whose server is no address */                   \
    X(HOST, "host")           /* wrong: the host name */                                           \
    X(UNREAD, "unread")       /* wrong: the element */                                             \
    X(TWICE, "twice")         /* wrong: the element that does not count */
enum mistake_kind {
#define X(id, word) MISTAKE_##id,
    MISTAKES(X)
#undef X
        MISTAKE_COUNT
};
extern const char *const mistake_words[MISTAKE_COUNT];
#define PHONE_OPT_INSPECT "inspect"
#define PHONE_OPT_KEY     "key"      /* the same as key-fd, by path */

#endif
