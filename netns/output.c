/* output.c - files written whole or not at all, and text made safe for mark-up. */
#include "netns/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int output_file(const char *dir, const char *name, output_body *body, const void *of)
{
    char path[4096];
    int len = dir ? snprintf(path, sizeof path, "%s/%s", dir, name)
                  : snprintf(path, sizeof path, "%s", name);
    FILE *out = len < (int)sizeof path ? fopen(path, "we") : NULL;
    int err = len >= (int)sizeof path ? -ENAMETOOLONG : out ? 0 : -errno;
    if (out) {
        struct stat st;
        bool ours = fstat(fileno(out), &st) == 0 && S_ISREG(st.st_mode); /* no device, no pipe */
        errno = 0;
        err = body(out, of);
        bool bad = ferror(out);
        if ((fclose(out) != 0 || bad) && !err)
            err = errno ? -errno : -EIO;
        if (err && ours)
            unlink(path);
    }
    if (err)
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(-err));
    return err;
}

/* Length of the UTF-8 character at p that XML 1.0 allows, or 0. */
static size_t xml_char(const unsigned char *p)
{
    if (*p < 0x80)
        return *p >= 0x20 && *p != 0x7f ? 1 : *p == '\t' || *p == '\n' ? 1 : 0;
    size_t len = *p >= 0xf0 && *p <= 0xf4 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3
               : *p >= 0xc2 && *p < 0xe0 ? 2 : 0;
    uint32_t code = len ? *p & (0x7fu >> len) : 0;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = code >= 0xd800 && code <= 0xdfff, none = (code & 0xfffe) == 0xfffe;
    return code < least[len] || code > 0x10ffff || surrogate || none ? 0 : len;
}

void output_escaped(FILE *out, const char *text)
{
    static const struct {
        char c;
        const char *as;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    const unsigned char *p = (const unsigned char *)text;
    while (*p) {
        size_t len = xml_char(p), e = 0;
        while (e < sizeof escapes / sizeof *escapes && escapes[e].c != (char)*p)
            e++;
        if (!len)
            fputs("\xef\xbf\xbd", out);
        else if (e < sizeof escapes / sizeof *escapes)
            fputs(escapes[e].as, out);
        else
            fwrite(p, 1, len, out);
        p += len ? len : 1;
    }
}
