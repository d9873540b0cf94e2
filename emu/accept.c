/* accept.c - see accept.h. */
#include "emu/accept.h"

#include "emu/envelope.h"
#include "emu/sbn.h"

#include <string.h>

bool accept_is_archive(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strncmp(dot, ".sb", 3) == 0;
}

const char *accept_file(const char *name, const uint8_t *data, size_t len, enum auth_level level,
                        const struct auth_key *key, const char **why)
{
    struct envelope envelope;
    struct sbn archive;
    *why = auth_check(data, len, name, level, key);
    if (*why)
        return "Auth Fail";
    if (!accept_is_archive(name))
        return NULL;
    *why = envelope_parse(data, len, &envelope);
    if (!*why)
        *why = sbn_parse(data + envelope.length, len - envelope.length, &archive);
    return *why ? "Checksum Error" : NULL;
}
