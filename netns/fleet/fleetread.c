/* fleetread.c - see fleetread.h. */
#include "netns/fleet/fleetread.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/fleetkeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/managerkeys.h"
#include "netns/text/say.h"
#include "netns/text/setters.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX   (1 << 20)
#define FOLDER_MAX (PATH_MAX - NAME_MAX - 2) /* a file of any name in there can be opened */

/* ---- paths -------------------------------------------------------------------------- */

/* A path that leads through a folder that is closed to us, absolute, to be freed: what is wrong is
 * told as a finding, as to those who may go there. NULL where it cannot be made. */
static char *hidden_path(const char *joined)
{
    char cwd[PATH_MAX], *path = NULL;
    if (*joined == '/')
        return strdup(joined);
    if (!getcwd(cwd, sizeof cwd) || asprintf(&path, "%s/%s", cwd, joined) < 0)
        return NULL;
    return path;
}

/* Makes *path absolute: from the directory of the file that names it (not for an option), the
 * working directory, the project's root. */
static bool resolve(const struct fleet *f, const char *key, const char **path, const char *file,
                    const char *root_dir)
{
    char base[PATH_MAX], joined[2 * PATH_MAX];
    bool option = doc_locate(f->document, key)->source.said != NULL;
    const char *slash = file && !option ? strrchr(file, '/') : NULL;
    snprintf(base, sizeof base, "%.*s", slash ? (int)(slash - file + 1) : 1, slash ? file : ".");
    const char *bases[] = {base, ".", root_dir};
    char *found = NULL;
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        snprintf(joined, sizeof joined, "%s/%s", **path == '/' ? "" : bases[i], *path);
        char *real = realpath(joined, NULL);
        bool hidden = !real && errno == EACCES && !found;
        if (real || hidden) {
            free(found);
            found = real ? real : hidden_path(joined);
        }
        if (real)
            break;
    }
    size_t len = found ? strlen(found) : 0;
    if (!found)
        fleet_complain(f, key, "%s: cannot find %s", key, *path);
    else if (len > FOLDER_MAX)
        fleet_complain(f, key, "%s: its path has %zu bytes, and %d are the most, so that what lies "
                       "there has a path too", key, len, FOLDER_MAX);
    if (len > FOLDER_MAX)
        free(found);
    *path = len <= FOLDER_MAX ? found : NULL;
    return *path != NULL;
}

static unsigned resolve_all(struct fleet *f, const char *file, const char *root_dir)
{
    unsigned mistakes = !resolve(f, "firmware", &f->firmware, file, root_dir);
    if (f->authentication == FLEET_AUTH_STRUCTURE && !doc_get(f->document, "key"))
        f->key = NULL; /* nothing is verified by it */
    else
        mistakes += !resolve(f, "key", &f->key, file, root_dir);
    return mistakes;
}

/* A name for a fleet that has none: its file's, up to the first dot. */
static void name_default(struct fleet *f, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    char name[41];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(base, "."), base);
    struct doc_source source = {.file = f->origin};
    struct doc_node *node = doc_new(DOC_SCALAR, source, name);
    if (!set_name(node->text, &(struct schema_key){.max = LIMIT_WORD}, &f->name))
        f->name = "fleet";
    doc_put(f->document, "name", node);
}

/* ---- reading ------------------------------------------------------------------------ */

/* The whole text, or NULL after a message. */
static char *slurp(const char *path, size_t *len)
{
    FILE *in = path ? fopen(path, "re") : stdin;
    const char *name = path ? path : "standard input";
    if (!in) {
        say_at(name, "cannot read this fleet file: %s", strerror(errno));
        return NULL;
    }
    char *text = malloc(FILE_MAX + 1);
    *len = text ? fread(text, 1, FILE_MAX + 1, in) : 0;
    const char *why = ferror(in) ? strerror(errno) : *len > FILE_MAX ? "above 1 MiB" : NULL;
    if (path)
        fclose(in);
    if (text && !why)
        return text;
    say_at(name, "cannot read this fleet file: %s", why ? why : "no memory");
    free(text);
    return NULL;
}

static struct doc_node *read_document(const char *path, const char *origin)
{
    size_t len;
    char *text = slurp(path, &len);
    struct doc_node *root =
        text ? doc_parse((struct doc_source){.file = origin}, text, len) : NULL;
    free(text);
    return root;
}

/* Fills *f, whose document is set. Says and counts mistakes. */
static unsigned fill(struct fleet *f, const struct fleet_overrides *const o[2])
{
    unsigned mistakes = 0;
    for (int n = 0; n < 2; n++)
        for (size_t i = 0; o[n] && i < o[n]->count && f->document->kind == DOC_MAP; i++)
            mistakes += !override_apply(f->document, &o[n]->items[i]);
    mistakes += schema_fill(fleet_keys, f->document, f);
    if (mistakes == 0) {
        const struct doc_node *wan = doc_get(f->document, "wan");
        f->has_wan = wan && wan->kind == DOC_MAP;
        f->both |= f->mode == MODE_BOTH;
        f->mode = f->mode == MODE_BOTH ? MODE_PFS : f->mode;
        lan_settle(f);
        dhcp_settle(f);
        if (!f->name)
            name_default(f, f->file ? f->file : "demo");
        manager_settle(f);
        mistakes = fleet_check(f);
    }
    if (mistakes == 0)
        return resolve_all(f, f->file, f->root_dir);
    f->firmware = f->key = NULL; /* not yet of our own making */
    return mistakes;
}

/* A fleet of a document, which it takes over; o: overrides in the order in which they count, each
 * may be NULL. */
static struct fleet *fleet_of(struct doc_node *document, const struct fleet *place,
                              const struct fleet_overrides *const o[2])
{
    struct fleet *f = malloc(sizeof *f);
    if (f) {
        *f = fleet_defaults;
        f->origin = place->origin;
        f->file = place->file;
        f->root_dir = place->root_dir;
        f->document = document;
        f->both = place->both;
        f->pristine = doc_copy(document);
        if (fill(f, o) == 0)
            return f;
        fleet_free(f);
    } else {
        doc_free(document);
    }
    return NULL;
}

struct fleet *fleet_read(const char *file, const char *root_dir, const struct fleet_overrides *o)
{
    bool input = file && strcmp(file, "-") == 0;
    char demo[PATH_MAX];
    snprintf(demo, sizeof demo, "%s/netns/demo.fleet.yml", root_dir);
    const struct fleet place = {.origin = file ? file : "(demo)",
                                .file = input ? NULL : file,
                                .root_dir = root_dir};
    struct doc_node *document =
        read_document(input ? NULL : file ? file : demo, place.origin);
    return document ? fleet_of(document, &place, (const struct fleet_overrides *[2]){o}) : NULL;
}

/* ---- variants ----------------------------------------------------------------------- */

static const char *const mode_variants[] = {"traditional", "pfs"};

size_t fleet_variants(const struct fleet *base, const char *names[VARIANTS_MAX])
{
    size_t count = 0;
    if (base->both) {
        memcpy(names, mode_variants, sizeof mode_variants);
        return sizeof mode_variants / sizeof *mode_variants;
    }
    const struct doc_node *list = doc_get(base->document, "variants");
    for (const struct doc_node *v = list ? list->child : NULL; v && count < VARIANTS_MAX;
         v = v->next)
        names[count++] = v->key;
    return count;
}

/* A variant's values as overrides; items to be freed. */
static struct fleet_overrides variant_values(const struct fleet *base, const char *name)
{
    const struct doc_node *values = doc_get(doc_get(base->document, "variants"), name);
    struct fleet_overrides own = {0};
    for (const struct doc_node *v = values->child; v; v = v->next) {
        own.items = reallocarray(own.items, own.count + 1, sizeof *own.items);
        if (!own.items)
            err(3, "fleet file");
        own.items[own.count++] = (struct override){.path = v->key, .node = v};
    }
    return own;
}

struct fleet *fleet_variant(const struct fleet *base, const char *name,
                            const struct fleet_overrides *o)
{
    struct override mode = {.path = "mode", .value = name, .said = "mode: both"};
    struct fleet_overrides own = base->both ? (struct fleet_overrides){&mode, 1}
                                            : variant_values(base, name);
    const struct fleet_overrides *order[] = {&own, o};
    if (base->both) { /* and maybe by an option */
        order[0] = o;
        order[1] = &own;
    }
    struct fleet *f = fleet_of(doc_copy(base->pristine), base, order);
    if (!base->both)
        free(own.items);
    return f;
}
