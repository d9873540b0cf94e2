/* mistake.c - mistakes in firmware, and what both kinds of files have in common; see mistake.h.
 *
 * Signed files are made by a program and broken on their way: by a download that was a web page, an
 * archive that nobody unpacked, a transfer in text mode, a wrong name.
 */
#include "emu/core/mistake.h"

#include "emu/core/envelope.h"
#include "emu/core/mistake-private.h"

#include <stdio.h>
#include <string.h>

/* ---- of any file --------------------------------------------------------------------- */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char small(uint8_t c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

static bool begins(const uint8_t *data, size_t len, const char *text)
{
    for (; *text; text++, data++, len--)
        if (len == 0 || small(*data) != *text)
            return false;
    return true;
}

static bool is_page(const uint8_t *data, size_t len)
{
    size_t from = begins(data, len, "\xef\xbb\xbf") ? 3 : 0; /* a byte order mark */
    while (from < len && is_blank(data[from]))
        from++;
    return begins(data + from, len - from, "<!doctype html") ||
           begins(data + from, len - from, "<html");
}

/* What it is packed as; NULL when it is not. */
static const char *packed_as(const uint8_t *data, size_t len)
{
    static const struct {
        size_t at;
        const char *magic, *name;
    } kinds[] = {{0, "PK\3\4", "ZIP archive"},
                 {0, "\x1f\x8b", "gzip file"},
                 {0, "BZh", "bzip2 file"},
                 {0, "7z\xbc\xaf", "7-Zip archive"},
                 {0,
                  "\xfd"
                  "7zXZ",
                  "xz file"},
                 {257, "ustar", "tar archive"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t end = kinds[i].at + strlen(kinds[i].magic);
        if (len >= end && memcmp(data + kinds[i].at, kinds[i].magic, end - kinds[i].at) == 0)
            return kinds[i].name;
    }
    return NULL;
}

bool mistake_in_transit(const uint8_t *data, size_t len, struct mistake *out)
{
    const char *packed = packed_as(data, len);
    size_t blank = 0;
    while (blank < len && is_blank(data[blank]))
        blank++;
    if (blank == len)
        out->kind = MISTAKE_EMPTY;
    else if (packed)
        out->kind = MISTAKE_PACKED;
    else if (is_page(data, len))
        out->kind = MISTAKE_PAGE;
    if (packed)
        snprintf(out->wrong, sizeof out->wrong, "%s", packed);
    return out->kind != MISTAKE_OTHER;
}

/* ---- of firmware --------------------------------------------------------------------- */

/* Bytes by chance hold line feeds with and without a carriage return before them. Text mode writes
 * one before each; on the way back it takes all of them away. */
static bool came_as_text(const uint8_t *data, size_t len)
{
    size_t feeds = 0, pairs = 0, returns = 0;
    for (size_t i = 0; i < len; i++) {
        bool feed = data[i] == '\n';
        feeds += feed;
        pairs += feed && i > 0 && data[i - 1] == '\r';
        returns += data[i] == '\r';
    }
    return (feeds >= 4 && pairs == feeds) || (feeds >= 8 && returns == 0 && len >= 4096);
}

/* The text of a .loads is none by chance: of that only the envelope tells. */
static bool is_text(const struct envelope *envelope, const uint8_t *data, size_t len)
{
    static const char magic[] = "CNU_File_Archive";
    size_t from = envelope ? envelope->length : 0;
    bool archive = len - from > sizeof magic && memcmp(data + from, magic, sizeof magic - 1) == 0;
    bool list = envelope && !archive;
    return !list && came_as_text(data + from, len - from);
}

void mistake_in_firmware(const char *why, const uint8_t *data, size_t len,
                         const struct auth_key *key, struct mistake *out)
{
    struct envelope envelope;
    bool sound = envelope_parse(data, len, &envelope) == NULL;
    *out = (struct mistake){.kind = MISTAKE_OTHER};
    if (sound && strcmp(why, "envelope is for a file of another name") == 0) {
        out->kind = MISTAKE_NAME;
        snprintf(out->right, sizeof out->right, "%s", envelope.file_name);
    } else if (sound && key && strstr(why, "sign")) {
        out->kind = auth_is_signers(&envelope, key) ? MISTAKE_OTHER : MISTAKE_SIGNER;
    } else if (!mistake_in_transit(data, len, out) &&
               is_text(sound ? &envelope : NULL, data, len)) {
        out->kind = MISTAKE_TEXT_MODE;
    }
}
