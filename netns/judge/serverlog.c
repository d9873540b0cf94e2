/* serverlog.c - each form of line is a word before the path and a word after it. */
#include "netns/judge/serverlog.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_MARK "/tftproot/"

static const struct {
    const char *before, *after;
} forms[] = {
    [TRANSFER_SENT] = {"sent ", " to "},
    [TRANSFER_FAILED] = {"failed sending ", " to "},
    [TRANSFER_NOT_FOUND] = {"file ", " not found for "},
};
static_assert(sizeof forms / sizeof *forms == TRANSFER_END_COUNT, "one form per end");

/* The last place of needle in text: names may hold the words themselves. */
static const char *last(const char *text, const char *needle)
{
    const char *at = NULL;
    for (const char *p = text; (p = strstr(p, needle)); p++)
        at = p;
    return at;
}

/* Who writes such lines: before "[123]: ". */
static const struct {
    const char *mark;
    bool http;
} writers[] = {{"dnsmasq-tftp[", false}, {"nginx-http[", true}, {"tftpwatch[", false}};

/* Past "dnsmasq-tftp[123]: ", or NULL when the line is none of a transfer. */
static const char *message(const char *line, bool *http)
{
    const char *p = NULL;
    for (size_t i = 0; !p && i < sizeof writers / sizeof *writers; i++) {
        p = strstr(line, writers[i].mark);
        *http = writers[i].http;
    }
    p = p ? strstr(p, "]: ") : NULL;
    return p ? p + strlen("]: ") : NULL;
}

static bool parse_client(const char *text, uint32_t *client, uint64_t *bytes)
{
    char address[INET_ADDRSTRLEN];
    size_t len = strcspn(text, " \r\n");
    int end = 0;
    const char *rest = text + len;
    if (sscanf(rest, " (%" SCNu64 " bytes)%n", bytes, &end) == 1)
        rest += end;
    if (len >= sizeof address || rest[strspn(rest, " \r\n")] != '\0')
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    return inet_pton(AF_INET, address, client) == 1;
}

static bool parse_form(const char *text, enum transfer_end end, struct transfer *t)
{
    size_t skip = strlen(forms[end].before);
    if (strncmp(text, forms[end].before, skip) != 0)
        return false;
    const char *path = text + skip, *stop = last(path, forms[end].after);
    struct transfer parsed = {.end = end};
    if (!stop || !parse_client(stop + strlen(forms[end].after), &parsed.client,
                               &parsed.bytes))
        return false;
    char *whole = strndup(path, (size_t)(stop - path));
    if (!whole)
        return false;
    const char *root = last(whole, ROOT_MARK);
    const char *file = root ? root + strlen(ROOT_MARK) : whole;
    file += root ? strspn(file, "/") : 0;
    bool fits = snprintf(parsed.file, sizeof parsed.file, "%s", file) < (int)sizeof parsed.file;
    free(whole);
    if (fits && parsed.file[0])
        *t = parsed;
    return fits && parsed.file[0];
}

bool serverlog_line(const char *line, struct transfer *t)
{
    bool http = false;
    const char *text = message(line, &http);
    for (int end = 0; text && end < TRANSFER_END_COUNT; end++)
        if (parse_form(text, (enum transfer_end)end, t)) {
            t->http = http;
            return true;
        }
    return false;
}

static int read_lines(struct serverlog *log, FILE *in)
{
    char *line = NULL;
    size_t size = 0, room = 0;
    int err = 0;
    while (!err && getline(&line, &size, in) >= 0) {
        struct transfer t;
        if (!serverlog_line(line, &t))
            continue;
        if (log->count == room) {
            room = room ? room * 2 : 256;
            struct transfer *more = reallocarray(log->transfers, room, sizeof t);
            if (!more) {
                err = -ENOMEM;
                break;
            }
            log->transfers = more;
        }
        log->transfers[log->count++] = t;
    }
    free(line);
    return err ? err : ferror(in) ? -EIO : 0;
}

struct serverlog *serverlog_read(const char *path)
{
    struct serverlog *log = calloc(1, sizeof *log);
    FILE *in = fopen(path, "re");
    int err = !in ? -errno : !log ? -ENOMEM : read_lines(log, in);
    if (in)
        fclose(in);
    if (!err)
        return log;
    say_at(path, "cannot read the TFTP server's log: %s", strerror(-err));
    serverlog_free(log);
    return NULL;
}

void serverlog_free(struct serverlog *log)
{
    if (!log)
        return;
    free(log->transfers);
    free(log);
}

static bool ends_in(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);
    return len >= n && strcasecmp(text + len - n, end) == 0;
}

bool serverlog_is_firmware(const char *file)
{
    return !ends_in(file, ".cnf.xml") && !ends_in(file, ".tlv");
}
