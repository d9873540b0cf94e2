/* inspect.c - see inspect.h; the lines are contract.h's. Everything is judged by the core's own
 * decoders; here is only where the bytes come from and where the lines go.
 */
#include "emu/shell/inspect.h"

#include "emu/core/accept.h"
#include "emu/core/cnf.h"
#include "emu/core/event.h"
#include "emu/core/loads.h"
#include "emu/core/mistake.h"
#include "emu/core/pfs.h"
#include "emu/core/release.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct bytes {
    size_t number;
    const char *running; /* of the phone that looks, or empty */
    const char *name; /* without the path */
    const uint8_t *data;
    size_t len;
};

/* What a file is found to be. */
struct verdict {
    const char *kind, *why, *text, *signature;
};

static void print(struct event_line *e)
{
    puts(event_end(e));
}

static void print_verdict(const struct bytes *b, const struct verdict *v)
{
    struct event_line e;
    event_object(&e, "n", b->number);
    event_str(&e, "kind", v->kind);
    event_num(&e, "bytes", b->len);
    event_num(&e, "ok", !v->why);
    event_str(&e, "why", v->why ? v->why : "");
    event_str(&e, "text", v->text ? v->text : "");
    event_str(&e, "signature", v->signature);
    print(&e);
}

static void print_mistake(const struct bytes *b, const struct mistake *m, const char *why)
{
    struct event_line e;
    event_object(&e, "n", b->number);
    event_str(&e, "mistake", mistake_words[m->kind]);
    event_str(&e, "wrong", m->wrong);
    event_str(&e, "right", m->right);
    event_str(&e, "why", why);
    print(&e);
}

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), n = strlen(end);
    return len > n && strcmp(name + len - n, end) == 0;
}

/* ---- configuration ------------------------------------------------------------------- */

/* A file as one model reads it. */
struct reading {
    struct cnf_parser *parser; /* NULL: no memory */
    struct cnf cnf;
    const char *why; /* NULL, or why it is refused; as long as the parser */
};

static struct reading reading_open(const struct bytes *b, const struct phone_model *model)
{
    struct reading r = {.parser = cnf_open(model), .why = "no memory"};
    if (!r.parser)
        return r;
    bool good = cnf_feed(r.parser, b->data, b->len) == 0 && cnf_finish(r.parser, &r.cnf) == 0;
    r.why = good ? NULL : cnf_error(r.parser);
    return r;
}

/* What is behind a reason; no more is read for it than a phone reads. */
static void explain(const struct bytes *b, const char *why)
{
    struct mistake m;
    mistake_in_config(b->name, why, b->data, b->len < CNF_MAX ? b->len : CNF_MAX, &m);
    print_mistake(b, &m, why);
}

static bool warns(const struct reading *r, const char *text)
{
    const struct cnf_warning *w;
    for (size_t i = 0; r && (w = cnf_warning(r->parser, i)); i++)
        if (strcmp(w->text, text) == 0)
            return true;
    return false;
}

/* A line for each warning; those of one device type only where they are not all phones'. */
static void print_warnings(const struct bytes *b, const struct reading *r, uint32_t type,
                           const struct reading *others)
{
    const struct cnf_warning *w;
    for (size_t i = 0; (w = cnf_warning(r->parser, i)); i++) {
        struct event_line e;
        if (warns(others, w->text))
            continue;
        event_object(&e, "n", b->number);
        if (type)
            event_num(&e, "type", type);
        event_str(&e, "warns", config_warning_words[w->kind]);
        event_str(&e, "why", w->text);
        print(&e);
        explain(b, w->text);
    }
}

/* Lines for a device type to which the file says something else than to others. */
static void inspect_type(const struct bytes *b, const struct phone_model *model,
                         const struct reading *others)
{
    struct reading r = reading_open(b, model);
    if (r.why || strcmp(r.cnf.load, others->cnf.load) != 0) {
        struct event_line e;
        event_object(&e, "n", b->number);
        event_num(&e, "type", model->type);
        event_str(&e, r.why ? "why" : "load", r.why ? r.why : r.cnf.load);
        print(&e);
    }
    if (r.why)
        explain(b, r.why);
    if (!r.why)
        print_warnings(b, &r, model->type, others);
    cnf_close(r.parser);
}

static void print_managers(const struct bytes *b, const struct cnf *cnf)
{
    struct event_line e;
    for (size_t i = 0; i < cnf->manager_count; i++) {
        event_object(&e, "n", b->number);
        event_ip(&e, "manager", cnf->managers[i].ip);
        print(&e);
    }
}

static void inspect_config(const struct bytes *b)
{
    struct reading r = reading_open(b, NULL);
    struct event_line e;
    struct verdict v = {.kind = "config", .signature = "", .why = r.why};
    v.text = v.why ? "CFG file error" : NULL;
    print_verdict(b, &v);
    if (r.why)
        explain(b, r.why);
    if (!r.why) {
        event_object(&e, "n", b->number);
        event_str(&e, "load", r.cnf.load);
        event_num(&e, "pfs", r.cnf.pfs);
        if (r.cnf.load_server)
            event_ip(&e, "loadServer", r.cnf.load_server);
        print(&e);
        print_managers(b, &r.cnf);
        print_warnings(b, &r, 0, NULL);
        for (size_t i = 0; i < phone_model_count; i++)
            inspect_type(b, &phone_models[i], &r);
    }
    cnf_close(r.parser);
}

/* ---- firmware ------------------------------------------------------------------------ */

static void inspect_list(const struct bytes *b, const struct loads *list)
{
    struct event_line e;
    for (size_t i = 0; i < list->count; i++) {
        event_object(&e, "n", b->number);
        event_str(&e, "file", list->file[i]);
        print(&e);
    }
}

/* The signature alone, of a file that is sound otherwise. */
static void verify(const struct bytes *b, struct verdict *v, const struct auth_key *key)
{
    v->signature = "unverified";
    if (!key)
        return;
    v->text = accept_file(b->name, b->data, b->len, AUTH_SIGNATURE, key, &v->why);
    v->signature = v->text ? "bad" : "good";
}

static bool refused_by_release(const struct bytes *b)
{
    char load[NAME_MAX_LEN];
    if (!ends_in(b->name, ".loads"))
        return false;
    snprintf(load, sizeof load, "%.*s", (int)(strlen(b->name) - strlen(".loads")), b->name);
    return release_refused(b->running, load);
}

/* Of what came with no more bytes than a phone keeps. */
static void judge_firmware(const struct bytes *b, struct verdict *v, struct loads *list,
                           const struct auth_key *key)
{
    v->text = accept_file(b->name, b->data, b->len, AUTH_STRUCTURE, NULL, &v->why);
    if (!v->text)
        verify(b, v, key);
    if (!v->text && refused_by_release(b)) {
        v->why = "firmware older than 8.3(3) takes none beyond 8.5(2)";
        v->text = "Auth Fail";
    }
    const char *wrong = strcmp(v->kind, "loads") == 0 ? loads_parse(b->data, b->len, list) : NULL;
    if (!v->text && wrong) {
        v->why = wrong;
        v->text = "Load ID incorrect";
    }
}

static void inspect_firmware(const struct bytes *b, const char *kind, const struct auth_key *key)
{
    struct loads list = {0};
    struct verdict v = {.kind = kind, .signature = ""};
    if (b->len > PFS_FILE_MAX) {
        v.why = LIMIT_BEYOND("it has more than", LIMIT_FILE_MIB, "MiB");
        v.text = "Flash Error";
    } else {
        judge_firmware(b, &v, &list, key);
    }
    print_verdict(b, &v);
    if (v.why && b->len <= PFS_FILE_MAX) {
        struct mistake m;
        mistake_in_firmware(v.why, b->data, b->len, key, &m);
        print_mistake(b, &m, v.why);
    }
    inspect_list(b, &list);
}

/* ---- files --------------------------------------------------------------------------- */

static void inspect(const struct bytes *b, const struct auth_key *key)
{
    if (ends_in(b->name, ".cnf.xml")) {
        inspect_config(b);
        return;
    }
    switch (accept_kind(b->name)) {
    case ACCEPT_LIST:
        inspect_firmware(b, "loads", key);
        break;
    case ACCEPT_ARCHIVE:
        inspect_firmware(b, "archive", key);
        break;
    case ACCEPT_SIGNED:
        inspect_firmware(b, "signed", key);
        break;
    case ACCEPT_OTHER:
        inspect_firmware(b, "other", key);
        break;
    }
}

static void inspect_path(size_t number, const char *path, const struct auth_key *key,
                         const char *running)
{
    const char *slash = strrchr(path, '/');
    struct bytes b = {.number = number, .running = running, .name = slash ? slash + 1 : path,
                      .data = (void *)""};
    struct stat st = {0};
    void *map = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us up */
    const char *why = fd < 0 || fstat(fd, &st) < 0 ? strerror(errno)
                      : !S_ISREG(st.st_mode)       ? "not a regular file"
                                                   : NULL;
    if (!why && st.st_size > 0) {
        map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        why = map == MAP_FAILED ? strerror(errno) : NULL;
    }
    if (fd >= 0)
        close(fd);
    if (why) {
        print_verdict(&b, &(struct verdict){"other", why, "TFTP error", ""});
        return;
    }
    b.len = (size_t)st.st_size;
    b.data = map ? map : b.data;
    inspect(&b, key);
    if (map)
        munmap(map, b.len);
}

int inspect_files(char *const *paths, size_t count, const struct auth_key *key,
                  const char *running)
{
    for (size_t i = 0; i < count; i++)
        inspect_path(i, paths[i], key, running);
    return fflush(stdout) == 0 && !ferror(stdout) ? PHONE_EXIT_OK : PHONE_EXIT_HOST;
}
