/* catalog.h - which loads can be made: names, sizes and forms, as tables. */
#ifndef CATALOG_H
#define CATALOG_H

#include <stddef.h>
#include <stdint.h>

#include "emu/core/envelope.h"

#define COMPONENTS_MAX 5

/* What stands behind a component's envelope.
 *   ARCHIVE      files, each with a name
 *   RAW_ARCHIVE  likewise, but the first has none; see archive_build()
 *   IMAGE        an image, of which nothing is known: those of a 7940 or 7960 */
enum component_form { FORM_ARCHIVE, FORM_RAW_ARCHIVE, FORM_IMAGE };

/* How a list is written.
 *   CRLF      comments, an empty line, the names; lines end in CRLF
 *   HARDWARE  likewise, and a comment says "#HARDWARE_COMP_1 1"
 *   LF        the names, then a line "LA_VERSION=..."; lines end in LF alone: of a 7940 or 7960 */
enum list_form { LIST_CRLF, LIST_HARDWARE, LIST_LF };

/* A component's file name is head, series, tail, label and extension joined:
 * "cvm" "41" "sccp." "9-4-2ES26" ".sbn". */
struct component {
    const char *head, *tail, *extension;
    enum component_form form;
};

/* What the loads of one name prefix have in common. */
struct family {
    const char *prefix; /* of the load's name: "SCCP41." */
    const char *series; /* in its components' names: "41" */
    const struct component *components;
    size_t component_count;
    enum list_form list;
    enum envelope_hash hash;
    const char *signer; /* name in its envelopes, which decides how long they are */
};

struct load {
    char name[NAME_MAX_LEN];       /* "SCCP41.9-4-2SR3-1S" */
    char label[NAME_MAX_LEN];      /* "9-4-2ES26" */
    uint32_t timestamp;            /* of envelopes and archive members */
    uint32_t size[COMPONENTS_MAX]; /* whole files, envelope included */
};

/* Versions of one family stand together, the oldest first. */
extern const struct load loads_known[];
extern const size_t loads_known_count;

/* The family that a load's name belongs to, or NULL. */
const struct family *family_of(const char *load_name);
/* The newest known load of the family of that prefix, or NULL. */
const struct load *newest_load(const char *prefix);
/* A load of the user's own: sizes of the family's newest, label the part after the prefix.
 * False when no family has that prefix or the name is too long. */
bool custom_load(const char *name, struct load *out);
/* Component i of a load, "cvm41sccp.9-4-2ES26.sbn", into out. False when it does not fit. */
bool component_name(const struct family *family, size_t i, const char *label,
                    char out[NAME_MAX_LEN]);

#endif
