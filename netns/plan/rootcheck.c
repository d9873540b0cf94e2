/* rootcheck.c - see rootcheck.h.
 *
 * Whoever asks has come as far as the fleet file and this program: folders above them say nothing
 * about the TFTP server, often are a home, and are not judged. Where a path was given on the
 * command line or the fleet is no file, the same goes for the working directory.
 */
#include "netns/plan/rootcheck.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- on the way there ---------------------------------------------------------------- */

#define BASES 3

/* Folders where whoever asks is already; how many. To be freed. */
static size_t find_bases(const struct fleet *fleet, const char *key, char *bases[BASES])
{
    const struct doc_node *node = fleet->document ? doc_locate(fleet->document, key) : NULL;
    char *copy = fleet->file ? strdup(fleet->file) : NULL;
    size_t count = 0;
    if (copy && (bases[count] = realpath(dirname(copy), NULL)))
        count++;
    if (fleet->root_dir && (bases[count] = realpath(fleet->root_dir, NULL)))
        count++;
    if ((!fleet->file || (node && node->source.said)) && (bases[count] = getcwd(NULL, 0)))
        count++;
    free(copy);
    return count;
}

static void look(const struct fleet *fleet, const char *key, const char *path, struct sight *out)
{
    char *bases[BASES];
    size_t count = find_bases(fleet, key, bases);
    sight_path(path, (const char *const *)bases, count, out);
    while (count > 0)
        free(bases[--count]);
}

bool rootcheck_folder(const struct fleet *fleet, struct findings *found)
{
    struct sight s;
    look(fleet, "firmware", fleet->firmware, &s);
    bool listed = (s.mode & 0555) == 0555;
    if (s.kind != SIGHT_CLOSED && (s.kind != SIGHT_FOLDER || listed))
        return true; /* what else is wrong with it, reading it will tell */
    bool itself = s.kind == SIGHT_FOLDER;
    const struct finding_words words = {.right = itself ? "a+rx" : "a+x", .where = s.at};
    fleet_tell(found, FINDING_ROOT_CLOSED, fleet, "firmware", &words,
               "firmware: %s is closed to others, so no TFTP server that runs as a user of "
               "its own %s",
               s.at, itself ? "reads this root" : "gets to the root below it");
    return false;
}

bool rootcheck_key(const struct fleet *fleet, struct findings *found)
{
    struct sight s;
    if (!fleet->key || fleet->authentication != FLEET_AUTH_SIGNATURE)
        return true;
    look(fleet, "key", fleet->key, &s);
    if (s.kind != SIGHT_CLOSED)
        return true;
    const struct finding_words words = {.right = sight_lacks(&s), .where = s.at};
    fleet_tell(found, FINDING_KEY_CLOSED, fleet, "key", &words,
               "key: %s is closed to others, so whether the files are authentic hangs on who "
               "asks",
               s.at);
    return false;
}

/* ---- in it --------------------------------------------------------------------------- */

/* By its name it is what phones ask for. */
static bool is_asked_for(const char *name)
{
    static const char *const ends[] = {LOADS_SUFFIX, ".sbn", ".sb2", ".sgn", ".cnf.xml", ".tlv"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(name), n = strlen(ends[i]);
        if (len > n && strcmp(name + len - n, ends[i]) == 0)
            return true;
    }
    return false;
}

static const char *type_name(mode_t mode)
{
    return S_ISDIR(mode)    ? "folder"
           : S_ISFIFO(mode) ? "pipe"
           : S_ISSOCK(mode) ? "socket"
                            : "device";
}

static void tell_closed(struct findings *found, const char *path, bool asked, const struct sight *s)
{
    const struct finding_words words = {.right = sight_lacks(s), .where = s->at};
    bool itself = strcmp(s->at, path) == 0;
    finding_tell(found, asked ? FINDING_FILE_CLOSED : FINDING_FILE_PRIVATE, path, &words,
                 itself ? "others may not read it, so no TFTP server gives it away%s"
                        : "others may not get at it: it leads to %s, which is closed to them",
                 itself ? "" : s->at);
}

/* Of what is none: a file that phones ask for. */
static void tell_wrong(struct findings *found, const char *path, const struct sight *s)
{
    const struct finding_words words = {.wrong = type_name(s->mode), .where = s->at};
    if (s->kind == SIGHT_NOWHERE)
        finding_tell(found, FINDING_FILE_NOWHERE, path, &words,
                     "it is a link to %s, where nothing is", s->at);
    else
        finding_tell(found, FINDING_FILE_NONE, path, &words,
                     "it is a %s, where phones ask for a file", words.wrong);
}

static void check_entry(const struct stock *stock, const char *name, struct findings *found)
{
    bool asked = is_asked_for(name);
    char *path = stock_path(stock, name);
    struct sight s;
    sight_of(stock->fleet->firmware, name, &s);
    const struct finding_words words = {.where = s.at};
    if (s.kind == SIGHT_CLOSED && (asked || (*name != '.' && !s.link)))
        tell_closed(found, path, asked, &s);
    else if (asked && s.kind == SIGHT_FILE && !sight_below(s.at, stock->fleet->firmware))
        finding_tell(found, FINDING_FILE_OUTSIDE, path, &words,
                     "it is a link to %s, where a server does not go that is confined to its root",
                     s.at);
    else if (asked && s.kind != SIGHT_FILE)
        tell_wrong(found, path, &s);
    free(path);
}

void rootcheck_files(const struct stock *stock, struct findings *found)
{
    for (size_t i = 0; i < stock->count; i++)
        check_entry(stock, stock->names[i], found);
}
