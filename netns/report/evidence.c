/* evidence.c - one section per kind of evidence: its rows, and the writer of a cell. */
#include "netns/report/evidence.h"

#include "netns/report/scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILES 24
#define CELL  96
#define LABEL 30

/* The rows of all sections: files of firmware, in the order of their first fetches, and phones. */
struct rows {
    const struct run_set *set;
    const char *files[FILES];
    size_t file_count;
    struct scene scene;
};

typedef void cell_writer(const struct rows *rows, const struct results *r, size_t row,
                         char out[CELL]);

static void add(char out[CELL], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char out[CELL], const char *format, ...)
{
    size_t len = strlen(out);
    va_list args;
    va_start(args, format);
    vsnprintf(out + len, CELL - len, format, args);
    va_end(args);
}

static bool has_file(const struct rows *rows, const char *file)
{
    for (size_t i = 0; i < rows->file_count; i++)
        if (strcmp(rows->files[i], file) == 0)
            return true;
    return false;
}

static void find_files(struct rows *rows)
{
    for (size_t n = 0; n < rows->set->count; n++) {
        const struct serverlog *log = rows->set->run[n]->server;
        for (size_t i = 0; i < log->count && rows->file_count < FILES; i++)
            if (serverlog_is_firmware(log->transfers[i].file) &&
                !has_file(rows, log->transfers[i].file))
                rows->files[rows->file_count++] = log->transfers[i].file;
    }
}

/* ---- cells -------------------------------------------------------------------------- */

/* "1 4", "not found 2": whose transfers ended so. */
static void server_cell(const struct rows *rows, const struct results *r, size_t row,
                        char out[CELL])
{
    static const char *const ends[] = {[TRANSFER_SENT] = "", [TRANSFER_FAILED] = "broken off",
                                       [TRANSFER_NOT_FOUND] = "not found"};
    for (int end = 0; end < TRANSFER_END_COUNT; end++) {
        bool said = !*ends[end];
        for (size_t i = 0; i < r->server->count; i++) {
            const struct transfer *t = &r->server->transfers[i];
            if ((int)t->end != end || strcmp(t->file, rows->files[row]) != 0)
                continue;
            for (size_t p = 0; p < r->plan->count; p++)
                if (r->plan->phones[p].ip == t->client)
                    add(out, "%s%s%s%zu", *out ? " " : "", said ? "" : ends[end],
                        said ? "" : " ", p + 1);
            said = true;
        }
    }
}

/* "1(2(4) 3)": a phone, and in brackets whom it served. */
static void branch(const struct hierarchy *h, size_t node, char out[CELL])
{
    bool parent = false;
    add(out, "%u", h->nodes[node].phone + 1);
    for (size_t i = 0; i < h->members; i++)
        if (h->nodes[i].parent == (int32_t)node) {
            add(out, "%s", parent ? " " : "(");
            branch(h, i, out);
            parent = true;
        }
    if (parent)
        add(out, ")");
}

static void tree_cell(const struct rows *rows, const struct results *r, size_t row, char out[CELL])
{
    for (size_t i = 0; i < r->hierarchy_count; i++)
        if (strcmp(r->hierarchies[i].file, rows->files[row]) == 0) {
            add(out, "%s", *out ? "; " : "");
            branch(&r->hierarchies[i], 0, out);
        }
}

static void session_cell(const struct rows *rows, const struct results *r, size_t row,
                         char out[CELL])
{
    (void)rows;
    const struct phone_traffic *t = r->facts.traffic ? &r->facts.traffic[row] : NULL;
    if (t)
        add(out, "%u to parents, %u from children", t->opened, t->accepted);
}

static void screen_cell(const struct rows *rows, const struct results *r, size_t row,
                        char out[CELL])
{
    struct scene_screen seen[SCENE_PHONES];
    uint64_t at_us;
    if (!scene_look(r, &rows->scene, seen, &at_us))
        return;
    const struct scene_screen *s = &seen[row];
    if (s->component)
        add(out, "%s %u %% %u KB%s, ", s->component, s->percent, s->kb, s->icon ? " PFS" : "");
    add(out, "%.1f s", (double)at_us / 1e6);
}

static void end_cell(const struct rows *rows, const struct results *r, size_t row, char out[CELL])
{
    char said[OUTCOME_TEXT];
    const struct phone_status *s = &r->facts.status[row];
    (void)rows;
    add(out, "%s, %s", s->state < PHONE_STATE_COUNT ? phone_state_names[s->state] : "unknown",
        s->running[0] ? s->running : "no load");
    if (outcome_said(s, said)[0])
        add(out, ", %s", said);
}

/* ---- sections ----------------------------------------------------------------------- */

enum row_kind { ROW_FILE, ROW_PHONE, ROW_SCENE };

static const struct section {
    const char *title;
    enum row_kind rows;
    cell_writer *cell;
} sections[] = {
    {"server log: who took it", ROW_FILE, server_cell},
    {"tree: who served whom", ROW_FILE, tree_cell},
    {"TCP 4051 sessions", ROW_PHONE, session_cell},
    {"screens in mid-upgrade", ROW_SCENE, screen_cell},
    {"in the end", ROW_PHONE, end_cell},
};

static size_t row_count(const struct rows *rows, enum row_kind kind)
{
    const size_t counts[] = {[ROW_FILE] = rows->file_count,
                             [ROW_PHONE] = rows->set->run[0]->plan->count,
                             [ROW_SCENE] = rows->scene.count};
    return counts[kind];
}

static void label(const struct rows *rows, enum row_kind kind, size_t row, char out[CELL])
{
    size_t phone = kind == ROW_SCENE ? rows->scene.phone[row] : row;
    if (kind == ROW_FILE)
        snprintf(out, CELL, "%s", rows->files[row]);
    else
        snprintf(out, CELL, "%zu %s", phone + 1, rows->set->run[0]->plan->phones[phone].name);
}

/* The widest cell of a run's column. */
static int width(const struct rows *rows, const struct section *s, const struct results *r)
{
    size_t widest = strlen(run_label(r));
    for (size_t i = 0; i < row_count(rows, s->rows); i++) {
        char text[CELL] = "";
        s->cell(rows, r, i, text);
        widest = strlen(text) > widest ? strlen(text) : widest;
    }
    return (int)widest;
}

static void print_section(const struct rows *rows, const struct section *s)
{
    const struct run_set *set = rows->set;
    printf("  %-*s", LABEL, s->title);
    for (size_t n = 0; n < set->count; n++)
        printf("  %-*s", width(rows, s, set->run[n]), run_label(set->run[n]));
    putchar('\n');
    for (size_t i = 0; i < row_count(rows, s->rows); i++) {
        char text[CELL];
        label(rows, s->rows, i, text);
        printf("    %-*s", LABEL - 2, text);
        for (size_t n = 0; n < set->count; n++) {
            *text = '\0';
            s->cell(rows, set->run[n], i, text);
            printf("  %-*s", width(rows, s, set->run[n]), *text ? text : "-");
        }
        putchar('\n');
    }
}

static bool is_small(const struct run_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->run[i]->plan->count > EVIDENCE_PHONES ||
            set->run[i]->plan->count != set->run[0]->plan->count)
            return false;
    return true;
}

void evidence_print(const struct run_set *set)
{
    struct rows rows = {.set = set};
    if (set->count < 2 || !is_small(set))
        return;
    find_files(&rows);
    scene_choose(set, &rows.scene);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        print_section(&rows, &sections[i]);
    putchar('\n');
}
