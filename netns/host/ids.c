/* ids.c - see ids.h. */
#include "netns/host/ids.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPANS_MAX 400   /* of one file; a map of the kernel has 340 lines at most */
#define NO_ID     65535 /* -1 of 16 bits, which old calls take for "leave it" */

const struct ids_source ids_host = {"/proc/self/uid_map", "/proc/self/gid_map", "/etc/subuid",
                                    "/etc/subgid"};

struct span {
    uint64_t first, count;
};

struct spans {
    const char *path;
    struct span item[SPANS_MAX];
    size_t count;
};

/* All that decides whether an id is free. */
struct facts {
    struct spans uid_map, gid_map, subuid, subgid;
};

/* ---- what is taken ------------------------------------------------------------------ */

/* Lines of the kernel's maps have three numbers, those of /etc/subuid a name and two. */
static bool read_line(const char *line, struct span *span)
{
    if (strchr(line, ':'))
        return sscanf(line, "%*[^:]:%" SCNu64 ":%" SCNu64, &span->first, &span->count) == 2;
    return sscanf(line, "%" SCNu64 " %*u %" SCNu64, &span->first, &span->count) == 2;
}

/* A file that is absent has none. */
static void read_spans(struct spans *s, const char *path)
{
    char line[256];
    FILE *in = fopen(path, "re");
    s->path = path;
    while (in && s->count < SPANS_MAX && fgets(line, sizeof line, in))
        s->count += read_line(line, &s->item[s->count]);
    if (in)
        fclose(in);
}

static bool within(const struct spans *s, uint64_t id)
{
    for (size_t i = 0; i < s->count; i++)
        if (id >= s->item[i].first && id - s->item[i].first < s->item[i].count)
            return true;
    return false;
}

static bool mapped(const struct facts *f, uint64_t id)
{
    return within(&f->uid_map, id) && within(&f->gid_map, id);
}

static struct facts *facts_read(const struct ids_source *from)
{
    struct facts *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    read_spans(&f->uid_map, from->uid_map);
    read_spans(&f->gid_map, from->gid_map);
    read_spans(&f->subuid, from->subuid);
    read_spans(&f->subgid, from->subgid);
    return f;
}

/* Why no phone can be it, or NULL; the text is good until the next call. Cheapest first: accounts
 * may have to be asked for over a network. */
static const char *taken(const struct facts *f, uint64_t id)
{
    static char why[160];
    const struct spans *maps[] = {&f->uid_map, &f->gid_map}, *subs[] = {&f->subuid, &f->subgid};
    if (id == 0 || id == NO_ID || id >= UINT32_MAX)
        return "is none that a phone could be";
    for (int i = 0; i < 2; i++) {
        snprintf(why, sizeof why, "is not one of this user namespace (%s)", maps[i]->path);
        if (!within(maps[i], id))
            return why;
        snprintf(why, sizeof why, "is handed on to somebody (%s)", subs[i]->path);
        if (within(subs[i], id))
            return why;
    }
    if (id == IDS_NOBODY)
        return NULL; /* has an account, and is there for such things */
    const struct passwd *user = getpwuid((uid_t)id);
    if (user)
        snprintf(why, sizeof why, "is the user %s", user->pw_name);
    const struct group *group = user ? NULL : getgrgid((gid_t)id);
    if (group)
        snprintf(why, sizeof why, "is the group %s", group->gr_name);
    return user || group ? why : NULL;
}

/* ---- choosing ----------------------------------------------------------------------- */

/* The first row of so many free ids in a stretch, or its longest; 0 of them if all are taken. */
static struct ids row_in(const struct facts *f, uint64_t first, uint64_t last, size_t phones)
{
    struct ids longest = {0}, row = {0};
    for (uint64_t id = first; id <= last && longest.count < phones; id++) {
        bool is_free = mapped(f, id) && !taken(f, id);
        row = (struct ids){row.count > 0 ? row.first : (uid_t)id, is_free ? row.count + 1 : 0};
        if (row.count > longest.count)
            longest = row;
    }
    return longest;
}

static struct ids choose_free(const struct facts *f, size_t phones)
{
    static const struct span stretches[] = {{65536, 34464}, {61184, 4336}, {1, 60577}};
    struct ids best = {0};
    for (size_t i = 0; i < sizeof stretches / sizeof *stretches && best.count < phones; i++) {
        uint64_t last = stretches[i].first + stretches[i].count - 1;
        struct ids row = row_in(f, stretches[i].first, last, phones);
        if (row.count > best.count)
            best = row;
    }
    if (best.count == 0)
        best = (struct ids){mapped(f, IDS_NOBODY) ? IDS_NOBODY : geteuid(), 1};
    return best;
}

/* Those of the range that the phones need. */
static int take_wanted(struct ids *ids, const struct facts *f, const char *wanted, size_t phones)
{
    uint64_t first, last;
    char more;
    if (sscanf(wanted, "%" SCNu64 "-%" SCNu64 "%c", &first, &last, &more) != 2 || last < first) {
        fprintf(stderr, "fleet: --ids %s: takes a range of user ids, such as 65536-66535\n",
                wanted);
        return 2;
    }
    *ids = (struct ids){(uid_t)first, last - first < phones ? (size_t)(last - first) + 1 : phones};
    for (uint64_t id = first; id < first + ids->count; id++) {
        const char *why = taken(f, id);
        if (why) {
            fprintf(stderr, "fleet: --ids %s: %" PRIu64 " %s; name others\n", wanted, id, why);
            return 2;
        }
    }
    return 0;
}

int ids_choose(struct ids *ids, const char *wanted, size_t phones, const struct ids_source *from)
{
    struct facts *f = facts_read(from);
    int code = 0;
    *ids = (struct ids){ids_servant(), 1};
    if (f && wanted)
        code = take_wanted(ids, f, wanted, phones);
    else if (f)
        *ids = choose_free(f, phones);
    free(f);
    return code;
}

/* ---- using -------------------------------------------------------------------------- */

uid_t ids_of(const struct ids *ids, size_t i)
{
    return ids->count > 0 ? ids->first + (uid_t)(i % ids->count) : ids_servant();
}

size_t ids_share(const struct ids *ids, size_t phones)
{
    size_t count = ids->count > 0 ? ids->count : 1;
    return (phones + count - 1) / count;
}

uid_t ids_servant(void)
{
    static struct facts f;
    if (f.uid_map.count == 0) {
        read_spans(&f.uid_map, ids_host.uid_map);
        read_spans(&f.gid_map, ids_host.gid_map);
    }
    return mapped(&f, IDS_NOBODY) ? IDS_NOBODY : geteuid();
}
