/* transfer.h - a file read from a server, whoever carries it: where its bytes go, and how it ends.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "emu/core/core.h"

/* Whether the phone needs the file; can do without it (a trust list); or wants to know of the
 * server alone, how soon it answers, and nothing of the file. */
enum transfer_need { TRANSFER_MUST, TRANSFER_MAY, TRANSFER_PROBE };

/* Takes the file's next bytes: 0, or a negative errno to stop; ECANCELED: it has had enough. */
typedef int transfer_sink(void *to, const void *data, size_t len);

enum transfer_result {
    TRANSFER_MORE,      /* nothing ended */
    TRANSFER_LATER,     /* nor here: the server refuses for now, and is asked again by and by, or
                         * otherwise */
    TRANSFER_DONE,      /* whole file delivered to the sink */
    TRANSFER_NOT_FOUND, /* the server has no such file: "File not found" */
    TRANSFER_ERROR,     /* any other error, or what no server may send: "TFTP error" */
    TRANSFER_TIMED_OUT, /* "TFTP timeout" */
    TRANSFER_SINK,      /* the sink refused the data; with ECANCELED, it has had enough */
    TRANSFER_RESULT_COUNT
};
/* The phone's own words for a result, as its status messages show them. */
const char *transfer_result_text(enum transfer_result result);

#endif
