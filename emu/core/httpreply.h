/* httpreply.h - what an HTTP server answers to one request, taken apart as it comes.
 *
 * The parsing is http-parser's [github nodejs/http-parser], which this is the only file to know.
 * Bytes in any split; a body of a stated length, in chunks, or that ends with the connection.
 * Interim answers (1xx) are passed over, HTTPREPLY_INTERIM of them. The owner hears of the head,
 * of the body piece by piece, and of the end; what follows that is not looked at.
 */
#ifndef HTTPREPLY_H
#define HTTPREPLY_H

#include <stddef.h>
#include <stdint.h>

#define HTTPREPLY_HEAD_MAX (8 * 1024) /* bytes of a head: status and fields */
#define HTTPREPLY_INTERIM  4
#define HTTPREPLY_UNSAID   UINT64_MAX /* a length that the server has not said */

struct httpreply_owner {
    /* The head is whole: status, its words (which may be cut, or missing), the body's length in
     * bytes. Whether to go on. */
    int (*head)(void *arg, unsigned status, const char *words, uint64_t length);
    /* The body's next bytes. Whether to go on: 0, else no more is read. */
    int (*body)(void *arg, const void *data, size_t len);
    /* There is no more of it. */
    void (*whole)(void *arg);
};

struct httpreply;
/* NULL without memory. owner stays the caller's. */
struct httpreply *httpreply_new(const struct httpreply_owner *owner, void *arg);
void httpreply_free(struct httpreply *r); /* NULL will do */
/* The connection's next bytes; len 0: it has ended. NULL, also where the owner had enough; else
 * what is wrong: then no more may be fed. */
const char *httpreply_feed(struct httpreply *r, const void *data, size_t len);

#endif
