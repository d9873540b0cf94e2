/* outfile.c - see outfile.h. */
#include "netns/text/outfile.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int outfile_write(const char *dir, const char *name, outfile_body *body, const void *of)
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
        say_at(path, "cannot be written: %s", strerror(-err));
    return err;
}

void outfile_escaped(FILE *out, const char *text)
{
    static const struct {
        char c;
        const char *as;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    while (*text) {
        size_t len = text_char(text, TEXT_XML), e = 0;
        while (e < sizeof escapes / sizeof *escapes && escapes[e].c != *text)
            e++;
        if (!len)
            fprintf(out, "\\x%02x", (unsigned char)*text);
        else if (e < sizeof escapes / sizeof *escapes)
            fputs(escapes[e].as, out);
        else
            fwrite(text, 1, len, out);
        text += len ? len : 1;
    }
}
