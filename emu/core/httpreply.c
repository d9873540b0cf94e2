/* httpreply.c - see httpreply.h. */
#include "emu/core/httpreply.h"

#include <http_parser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 40

struct httpreply {
    http_parser parser;
    const struct httpreply_owner *owner;
    void *arg;
    unsigned interim;
    bool enough; /* the owner's doing, or the end */
    char words[WORDS_MAX];
};

static bool is_interim(const http_parser *parser)
{
    return parser->status_code / 100 == 1;
}

static int on_begin(http_parser *parser)
{
    struct httpreply *r = parser->data;
    memset(r->words, 0, sizeof r->words);
    return r->interim > HTTPREPLY_INTERIM;
}

static int on_words(http_parser *parser, const char *at, size_t len)
{
    struct httpreply *r = parser->data;
    size_t have = strlen(r->words), room = sizeof r->words - 1 - have;
    memcpy(r->words + have, at, len < room ? len : room);
    return 0;
}

/* Returns 1 where the library is to expect no body, -1 to stop it. */
static int on_head(http_parser *parser)
{
    struct httpreply *r = parser->data;
    if (is_interim(parser)) {
        r->interim++;
        return 1; /* and has no body, whatever it says */
    }
    uint64_t length = parser->content_length; /* all ones where there is no such field */
    r->enough = r->owner->head(r->arg, parser->status_code, r->words, length) != 0;
    return r->enough ? -1 : 0;
}

static int on_body(http_parser *parser, const char *at, size_t len)
{
    struct httpreply *r = parser->data;
    if (len == 0)
        return 0;
    r->enough = r->owner->body(r->arg, at, len) != 0;
    return r->enough;
}

static int on_whole(http_parser *parser)
{
    struct httpreply *r = parser->data;
    if (is_interim(parser))
        return 0;
    r->owner->whole(r->arg);
    r->enough = true;
    return 1;
}

static const http_parser_settings settings = {
    .on_message_begin = on_begin,
    .on_status = on_words,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_whole,
};

struct httpreply *httpreply_new(const struct httpreply_owner *owner, void *arg)
{
    struct httpreply *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    http_parser_set_max_header_size(HTTPREPLY_HEAD_MAX);
    http_parser_init(&r->parser, HTTP_RESPONSE);
    r->parser.data = r;
    r->owner = owner;
    r->arg = arg;
    return r;
}

void httpreply_free(struct httpreply *r)
{
    free(r);
}

const char *httpreply_feed(struct httpreply *r, const void *data, size_t len)
{
    if (r->enough)
        return NULL;
    size_t taken = http_parser_execute(&r->parser, &settings, data, len);
    if (r->enough)
        return NULL;
    if (r->parser.upgrade)
        return "another protocol from here on";
    enum http_errno error = HTTP_PARSER_ERRNO(&r->parser);
    if (error == HPE_CB_message_begin)
        return "interim answers without end";
    if (error != HPE_OK)
        return http_errno_description(error);
    return taken == len ? NULL : "bytes that belong to no answer";
}
