/* inspection.c - see inspection.h. */
#include "netns/plan/inspection.h"
#include "netns/host/place.h"
#include "netns/host/spawn.h"
#include "netns/text/json.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE 400 /* paths on one command line */

/* ---- lines --------------------------------------------------------------------------- */

static bool has(const json_t *line, const char *key)
{
    return json_object_get(line, key) != NULL;
}

/* Nothing, when it is absent or does not fit. */
static void take(const json_t *line, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(line, key));
    if (text && strlen(text) < size)
        memcpy(out, text, strlen(text) + 1);
}
#define TAKE(line, key, field) take(line, key, field, sizeof(field))

static void take_kind(const json_t *line, struct inspected *r)
{
    TAKE(line, "kind", r->kind);
    TAKE(line, "why", r->why);
    TAKE(line, "text", r->text);
    TAKE(line, "signature", r->signature);
    r->bytes = (uint64_t)json_integer_value(json_object_get(line, "bytes"));
}

static void take_file(const json_t *line, struct inspected *r)
{
    size_t at = r->file_count++;
    TAKE(line, "file", r->file[at]);
}

static void take_type(const json_t *line, struct inspected *r)
{
    if (r->type_count == INSPECTED_TYPES)
        return;
    struct inspected_type *t = &r->types[r->type_count++];
    t->type = (uint32_t)json_integer_value(json_object_get(line, "type"));
    TAKE(line, "load", t->load);
    TAKE(line, "why", t->why);
}

static void take_warning(const json_t *line, struct inspected *r)
{
    char word[16] = "";
    TAKE(line, "warns", word);
    for (size_t i = 0; i < CONFIG_WARNING_COUNT && r->warning_count < INSPECTED_WARNINGS; i++) {
        if (strcmp(word, config_warning_words[i]) != 0)
            continue;
        struct inspected_warning *w = &r->warnings[r->warning_count++];
        w->type = (uint32_t)json_integer_value(json_object_get(line, "type"));
        w->kind = (enum config_warning)i;
        TAKE(line, "why", w->why);
    }
}

static void take_mistake(const json_t *line, struct inspected *r)
{
    char word[16] = "";
    TAKE(line, "mistake", word);
    for (size_t i = 0; i < MISTAKE_COUNT && r->mistake_count < INSPECTED_MISTAKES; i++) {
        if (strcmp(word, mistake_words[i]) != 0)
            continue;
        struct inspected_mistake *m = &r->mistakes[r->mistake_count++];
        m->kind = (enum mistake_kind)i;
        TAKE(line, "why", m->why);
        TAKE(line, "wrong", m->wrong);
        TAKE(line, "right", m->right);
    }
}

static void take_config(const json_t *line, struct inspected *r)
{
    const char *server = json_string_value(json_object_get(line, "loadServer"));
    TAKE(line, "load", r->load);
    r->pfs = json_integer_value(json_object_get(line, "pfs")) == 1;
    if (!server || inet_pton(AF_INET, server, &r->load_server) != 1)
        r->load_server = 0;
}

static void take_manager(const json_t *line, struct inspected *r)
{
    const char *ip = json_string_value(json_object_get(line, "manager"));
    if (ip && inet_pton(AF_INET, ip, &r->manager[r->manager_count]) == 1)
        r->manager_count++;
}

bool inspect_line(const char *text, struct inspected *records, size_t count)
{
    json_t *line = json_loads(text, 0, NULL);
    const json_t *n = json_object_get(line, "n");
    struct inspected *r = json_is_integer(n) && json_integer_value(n) >= 0 &&
                                  (size_t)json_integer_value(n) < count
                              ? &records[json_integer_value(n)]
                              : NULL;
    if (r && has(line, "kind"))
        take_kind(line, r);
    else if (r && has(line, "mistake"))
        take_mistake(line, r);
    else if (r && has(line, "warns"))
        take_warning(line, r);
    else if (r && has(line, "type"))
        take_type(line, r);
    else if (r && has(line, "load"))
        take_config(line, r);
    else if (r && has(line, "manager") && r->manager_count < MANAGERS_MAX)
        take_manager(line, r);
    else if (r && has(line, "file") && r->file_count < SCREEN_BOXES)
        take_file(line, r);
    else
        r = NULL;
    json_decref(line);
    return r != NULL;
}

const char *inspected_load(const struct inspected *config, uint32_t type, const char **why)
{
    *why = *config->why ? config->why : NULL;
    for (size_t i = 0; i < config->type_count && !*why; i++) {
        const struct inspected_type *t = &config->types[i];
        if (t->type != type)
            continue;
        *why = *t->why ? t->why : NULL;
        return *why ? NULL : t->load;
    }
    return *why ? NULL : config->load;
}

const struct inspected_warning *inspected_warns(const struct inspected *config, uint32_t type,
                                                size_t *at)
{
    while (*at < config->warning_count) {
        const struct inspected_warning *w = &config->warnings[(*at)++];
        if (w->type == 0 || w->type == type)
            return w;
    }
    return NULL;
}

const struct inspected_mistake *inspected_mistake(const struct inspected *file, const char *why)
{
    static const struct inspected_mistake other = {.kind = MISTAKE_OTHER};
    for (size_t i = 0; i < file->mistake_count; i++)
        if (strcmp(file->mistakes[i].why, why) == 0)
            return &file->mistakes[i];
    return &other;
}

/* ---- the program --------------------------------------------------------------------- */

static pid_t start(char *const *paths, size_t count, const char *key, const char *running,
                   int *out)
{
    char *program = place_program("fleet-phone");
    const char *argv[AT_ONCE + 8] = {program, "--" PHONE_OPT_INSPECT};
    int pipe_fds[2];
    size_t argc = 2;
    if (key) {
        argv[argc++] = "--" PHONE_OPT_KEY;
        argv[argc++] = key;
    }
    if (running) {
        argv[argc++] = "--" PHONE_OPT_RUNNING;
        argv[argc++] = running;
    }
    argv[argc++] = "--";
    for (size_t i = 0; i < count; i++)
        argv[argc++] = paths[i];
    if (!program || pipe2(pipe_fds, O_CLOEXEC) < 0)
        err(3, "inspection");
    pid_t pid = spawn(&(struct spawn){.argv = argv, .netns = -1, .in = -1, .out = pipe_fds[1],
                                      .err = STDERR_FILENO});
    close(pipe_fds[1]);
    *out = pipe_fds[0];
    free(program);
    return pid;
}

static bool inspect_some(char *const *paths, size_t count, const char *key, const char *running,
                         struct inspected *records)
{
    int out, status = 0;
    bool good = true;
    char *line = NULL;
    size_t size = 0;
    pid_t pid = start(paths, count, key, running, &out);
    FILE *in = fdopen(out, "r");
    if (!in)
        err(3, "inspection");
    while (pid > 0 && getline(&line, &size, in) > 0)
        good = inspect_line(line, records, count) && good;
    free(line);
    fclose(in);
    if (pid <= 0)
        return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!good || status != 0)
        say("fleet-phone --inspect failed%s", key ? "; is the key the PEM of an RSA key?" : "");
    return good && status == 0;
}

struct inspected *inspect_files(char *const *paths, size_t count, const char *key)
{
    struct inspected *records = calloc(count + 1, sizeof *records);
    if (!records)
        err(3, "inspection");
    for (size_t i = 0; i < count; i += AT_ONCE)
        if (!inspect_some(paths + i, count - i < AT_ONCE ? count - i : AT_ONCE, key, NULL,
                          records + i)) {
            free(records);
            return NULL;
        }
    return records;
}

bool inspect_step(const char *running, char *path, char why[160])
{
    struct inspected *plain = inspect_files(&path, 1, NULL);
    struct inspected from = {0};
    bool good = plain && inspect_some(&path, 1, NULL, running, &from);
    bool differs = good && !*plain->why && *from.why;
    snprintf(why, 160, "%s", differs ? from.why : "");
    free(plain);
    return good;
}
