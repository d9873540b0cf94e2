/* accept.c - see accept.h. */
#include "emu/core/accept.h"

#include "emu/core/envelope.h"
#include "emu/core/sbn.h"

#include <string.h>

/* "P003-8-12-00.sbn", "P0S3-8-12-00.sb2": P0, a character for the protocol, 3. */
static bool of_second_generation(const char *name)
{
    return name[0] == 'P' && name[1] == '0' && name[2] && name[3] == '3';
}

enum accept_kind accept_kind(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name)
        return ACCEPT_OTHER;
    if (strcmp(dot, ".loads") == 0)
        return ACCEPT_LIST;
    if (strcmp(dot, ".sbn") == 0)
        return of_second_generation(name) ? ACCEPT_SIGNED : ACCEPT_ARCHIVE;
    return strcmp(dot, ".sb2") == 0 || strcmp(dot, ".sgn") == 0 ? ACCEPT_SIGNED : ACCEPT_OTHER;
}

const char *accept_file(const char *name, const uint8_t *data, size_t len, enum auth_level level,
                        const struct auth_key *key, const char **why)
{
    struct envelope envelope;
    struct sbn archive;
    *why = auth_check(data, len, name, level, key);
    if (*why)
        return "Auth Fail";
    if (accept_kind(name) != ACCEPT_ARCHIVE)
        return NULL;
    *why = envelope_parse(data, len, &envelope);
    if (!*why)
        *why = sbn_parse(data + envelope.length, len - envelope.length, &archive);
    return *why ? "Checksum Error" : NULL;
}
