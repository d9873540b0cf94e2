/* unfit.c - see unfit.h. Which mistake makes which finding is one table. */
#include "netns/plan/unfit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A mistake that a kind of file cannot have (0, the first row, is of none) is told as one that is
 * not known. */
static const enum finding_kind kinds[UNFIT_COUNT][MISTAKE_COUNT] = {
    [UNFIT_LIST] = {[MISTAKE_OTHER] = FINDING_LIST_MALFORMED,
                    [MISTAKE_EMPTY] = FINDING_LIST_EMPTY,
                    [MISTAKE_PACKED] = FINDING_LIST_PACKED,
                    [MISTAKE_PAGE] = FINDING_LIST_PAGE,
                    [MISTAKE_TEXT_MODE] = FINDING_LIST_TEXT_MODE,
                    [MISTAKE_NAME] = FINDING_LIST_NAME},
    [UNFIT_FILE] = {[MISTAKE_OTHER] = FINDING_FILE_BROKEN,
                    [MISTAKE_EMPTY] = FINDING_FILE_EMPTY,
                    [MISTAKE_PACKED] = FINDING_FILE_PACKED,
                    [MISTAKE_PAGE] = FINDING_FILE_PAGE,
                    [MISTAKE_TEXT_MODE] = FINDING_FILE_TEXT_MODE,
                    [MISTAKE_NAME] = FINDING_FILE_NAME},
    [UNFIT_CONFIG] = {[MISTAKE_OTHER] = FINDING_CONFIG_BROKEN,
                      [MISTAKE_EMPTY] = FINDING_CONFIG_EMPTY,
                      [MISTAKE_PACKED] = FINDING_CONFIG_PACKED,
                      [MISTAKE_PAGE] = FINDING_CONFIG_PAGE,
                      [MISTAKE_ROOT] = FINDING_CONFIG_ROOT,
                      [MISTAKE_ENCODING] = FINDING_CONFIG_ENCODING,
                      [MISTAKE_BYTES] = FINDING_CONFIG_BYTES,
                      [MISTAKE_STRAY] = FINDING_CONFIG_STRAY,
                      [MISTAKE_MARKUP] = FINDING_CONFIG_MARKUP,
                      [MISTAKE_OPEN] = FINDING_CONFIG_OPEN,
                      [MISTAKE_ENTITY] = FINDING_CONFIG_ENTITY,
                      [MISTAKE_DEEP] = FINDING_CONFIG_DEEP},
    [UNFIT_REFUSED] = {[MISTAKE_OTHER] = FINDING_CONFIG_BROKEN,
                       [MISTAKE_VALUE] = FINDING_CONFIG_REFUSED,
                       [MISTAKE_LONG] = FINDING_CONFIG_REFUSED_LONG,
                       [MISTAKE_SERVER] = FINDING_CONFIG_SERVER},
    [UNFIT_WARNED] = {[MISTAKE_OTHER] = FINDING_CONFIG_VALUE,
                      [MISTAKE_VALUE] = FINDING_CONFIG_VALUE,
                      [MISTAKE_LONG] = FINDING_CONFIG_VALUE_LONG,
                      [MISTAKE_SERVER] = FINDING_CONFIG_VALUE_SERVER,
                      [MISTAKE_HOST] = FINDING_CONFIG_HOST,
                      [MISTAKE_UNREAD] = FINDING_CONFIG_UNREAD,
                      [MISTAKE_TWICE] = FINDING_ELEMENT_TWICE},
    [UNFIT_NEEDED] = {[MISTAKE_OTHER] = FINDING_CONFIG_NEEDED,
                      [MISTAKE_VALUE] = FINDING_CONFIG_NEEDED,
                      [MISTAKE_LONG] = FINDING_CONFIG_NEEDED_LONG}};

static enum finding_kind kind_of(enum unfit_file what, const struct inspected *file,
                                 const struct inspected_mistake *m, const char *why)
{
    bool signature = strcmp(file->signature, "bad") == 0;
    bool host = m->kind == MISTAKE_SERVER && strstr(why, "host name");
    enum finding_kind known = kinds[what][m->kind], other = kinds[what][MISTAKE_OTHER];
    bool goes_on = what == UNFIT_WARNED || what == UNFIT_NEEDED;
    if (goes_on && host)
        return FINDING_CONFIG_HOST_SERVER;
    if (!goes_on && strstr(why, LIMIT_OWN))
        return what == UNFIT_CONFIG    ? FINDING_CONFIG_LIMIT
               : what == UNFIT_REFUSED ? FINDING_CONFIG_LOAD_LIMIT
                                       : FINDING_BEYOND_LIMIT;
    if (!goes_on && signature)
        return m->kind == MISTAKE_SIGNER ? FINDING_NOT_AUTHENTIC : FINDING_FILE_CHANGED;
    return known ? known : other;
}

/* "line 3, column 7" of a reason that begins so. */
static void place_of(const char *why, char out[64])
{
    snprintf(out, 64, "%.*s", (int)strcspn(why, ":"), why);
}

/* A load's name from that of its .loads, with or without a path. */
static void load_of(const char *file, char out[NAME_MAX_LEN])
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    size_t len = strlen(name), n = strlen(".loads");
    snprintf(out, NAME_MAX_LEN, "%.*s", (int)(len > n ? len - n : len), name);
}

/* The path of the file that has this name, beside one. */
static void beside(const char *path, const char *name, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    snprintf(out, PATH_MAX, "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name);
}

void unfit_tell(struct findings *found, enum unfit_file what, const char *path,
                const struct inspected *file, const char *why, const char *text,
                const char *meant)
{
    struct inspected_mistake m = *inspected_mistake(file, why);
    char right[PATH_MAX], where[64];
    if (m.kind == MISTAKE_LONG && meant)
        m = (struct inspected_mistake){.kind = MISTAKE_VALUE};
    bool value = m.kind == MISTAKE_VALUE && *m.wrong;
    enum finding_kind kind = kind_of(what, file, &m, why);
    snprintf(right, sizeof right, "%s", meant ? meant : m.right);
    if (kind == FINDING_LIST_NAME)
        beside(path, m.right, right);
    if (kind == FINDING_LIST_NAME && access(right, F_OK) == 0) {
        kind = FINDING_LIST_COPY;
        load_of(path, m.wrong);
        load_of(m.right, right);
    }
    place_of(why, where);
    const struct finding_words words = {m.wrong, right, where};
    finding_tell(found, kind, path, &words, "%s%s%s%s%s", text, why, value ? " (" : "",
                 value ? m.wrong : "", value ? ")" : "");
}
