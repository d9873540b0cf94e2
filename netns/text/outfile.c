/* outfile.c - see outfile.h. */
#include "netns/text/outfile.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int path_of(char path[PATH_MAX], const char *dir, const char *name)
{
    int len = dir ? snprintf(path, PATH_MAX, "%s/%s", dir, name)
                  : snprintf(path, PATH_MAX, "%s", name);
    return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static bool is_file(const struct stat *st) /* no device, no pipe */
{
    return S_ISREG(st->st_mode);
}

void outfile_remove(const char *dir, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    if (path_of(path, dir, name) == 0 && stat(path, &st) == 0 && is_file(&st))
        unlink(path);
}

/* Until the disk has it. 0 or a negative errno. */
static int write_all(FILE *out, outfile_body *body, const void *of)
{
    struct stat st;
    errno = 0;
    int err = body(out, of);
    bool bad = fflush(out) != 0 || ferror(out);
    if (bad && !err)
        err = errno ? -errno : -EIO;
    if (!err && fstat(fileno(out), &st) == 0 && is_file(&st))
        err = outfile_keep(fileno(out));
    return err;
}

int outfile_lost(int err)
{
    static const int disk[] = {ENOSPC, EDQUOT, EIO, EROFS};
    for (size_t i = 0; i < sizeof disk / sizeof *disk; i++)
        if (err == -disk[i])
            return err;
    return 0;
}

int outfile_keep(int fd)
{
    return fsync(fd) == 0 ? 0 : outfile_lost(-errno); /* of a pipe: EINVAL */
}

int outfile_write(const char *dir, const char *name, outfile_body *body, const void *of)
{
    char path[PATH_MAX];
    int err = path_of(path, dir, name);
    FILE *out = err ? NULL : fopen(path, "we");
    if (!err && !out)
        err = -errno;
    if (out) {
        err = write_all(out, body, of);
        if (fclose(out) != 0 && !err)
            err = -errno;
        if (err)
            outfile_remove(dir, name);
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
