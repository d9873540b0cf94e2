/* ps.c - what `ps` shows of a lab. */
#include "netns/run/ps.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NUMBER, FLAG, LIST };

/* In the order in which ps_write() writes them. */
static const struct column {
    const char *key, *title;
    enum kind kind;
} columns[] = {
    {"number", "#", NUMBER},     {"name", "NAME", TEXT},       {"model", "MODEL", TEXT},
    {"address", "ADDRESS", TEXT}, {"state", "STATE", TEXT},     {"running", "RUNNING", TEXT},
    {"file", "FILE", TEXT},      {"percent", "%", NUMBER},     {"kb", "KB", NUMBER},
    {"icon", "PFS", FLAG},       {"parent", "PARENT", TEXT},   {"children", "CHILDREN", LIST},
    {"text", "MESSAGE", TEXT},   {"server", "SERVER", TEXT},
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* ---- the keeper's side -------------------------------------------------------------- */

static void put_text(FILE *to, const char *text, size_t size)
{
    for (size_t i = 0; i < size && text[i] != '\0'; i++)
        fputc(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?', to);
    fputc('\t', to);
}

static void put_ip(FILE *to, uint32_t ip, const char *end)
{
    char text[INET_ADDRSTRLEN] = "";
    if (ip != 0)
        inet_ntop(AF_INET, &ip, text, sizeof text);
    fprintf(to, "%s%s", text, end);
}

void ps_write(FILE *to, const struct plan *plan, size_t i, const struct phone_status *s)
{
    const struct plan_phone *phone = &plan->phones[i];
    fprintf(to, "%zu\t%s\t%s\t", i + 1, phone->name, phone->model->name);
    put_ip(to, phone->ip, "\t");
    fprintf(to, "%s\t", s->state < PHONE_STATE_COUNT ? phone_state_names[s->state] : "?");
    put_text(to, s->running, sizeof s->running);
    put_text(to, s->screen.component, sizeof s->screen.component);
    fprintf(to, "%u\t%u\t%d\t", s->screen.percent, s->screen.kb, s->screen.icon != 0);
    put_ip(to, s->parent_ip, "\t");
    put_ip(to, s->child_ip[0], s->child_ip[0] != 0 && s->child_ip[1] != 0 ? "," : "");
    put_ip(to, s->child_ip[1], "\t");
    put_text(to, s->status_text, sizeof s->status_text);
    put_text(to, s->status_server, sizeof s->status_server);
    fputc('\n', to);
}

/* ---- the client's side -------------------------------------------------------------- */

/* Cuts a line into its fields; false when it has too few. */
static bool split(char *line, char *fields[COLUMNS])
{
    for (size_t c = 0; c < COLUMNS; c++) {
        char *tab = strchr(line, '\t');
        if (!tab)
            return false;
        *tab = '\0';
        fields[c] = line;
        line = tab + 1;
    }
    return true;
}

static void json_string(FILE *to, const char *text, size_t len)
{
    fputc('"', to);
    for (size_t i = 0; i < len; i++)
        fprintf(to, text[i] == '"' || text[i] == '\\' ? "\\%c" : "%c", text[i]);
    fputc('"', to);
}

static void json_list(FILE *to, const char *text)
{
    fputc('[', to);
    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        json_string(to, text, len);
        text += len;
        if (*text == ',')
            fputc(*text++, to);
    }
    fputc(']', to);
}

static void json_value(FILE *to, enum kind kind, const char *text)
{
    switch (kind) {
    case TEXT:
        if (*text != '\0')
            json_string(to, text, strlen(text));
        else
            fputs("null", to);
        break;
    case NUMBER:
        fputs(text, to);
        break;
    case FLAG:
        fputs(*text == '1' ? "true" : "false", to);
        break;
    case LIST:
        json_list(to, text);
        break;
    }
}

static void json_row(FILE *to, char *const fields[COLUMNS], bool first)
{
    fputs(first ? "\n {" : ",\n {", to);
    for (size_t c = 0; c < COLUMNS; c++) {
        fprintf(to, "%s\"%s\":", c > 0 ? "," : "", columns[c].key);
        json_value(to, columns[c].kind, fields[c]);
    }
    fputc('}', to);
}

/* What the table shows for a field. */
static const char *cell(size_t c, const char *field)
{
    if (columns[c].kind == FLAG)
        return *field == '1' ? "PFS" : "-";
    return *field != '\0' ? field : "-";
}

static const char *cell_or_title(size_t c, char *const *fields)
{
    return fields ? cell(c, fields[c]) : columns[c].title;
}

/* A row of the table, numbers to the right; without fields, the titles. */
static void table_row(FILE *to, char *const *fields, const int width[COLUMNS])
{
    for (size_t c = 0; c < COLUMNS - 1; c++)
        fprintf(to, "%*s  ", columns[c].kind == NUMBER ? width[c] : -width[c],
                cell_or_title(c, fields));
    fprintf(to, "%s\n", cell_or_title(COLUMNS - 1, fields));
}

struct row {
    char *line;
    char *fields[COLUMNS];
};

static int read_rows(FILE *from, struct row **rows, size_t *count)
{
    size_t room = 0;
    for (*count = 0, *rows = NULL;;) {
        if (*count == room) {
            struct row *more = realloc(*rows, (room = 2 * room + 64) * sizeof *more);
            if (!more)
                return -ENOMEM;
            *rows = more;
        }
        struct row *row = &(*rows)[*count];
        size_t size = 0;
        row->line = NULL;
        if (getline(&row->line, &size, from) < 0) {
            free(row->line);
            return 0;
        }
        ++*count;
        if (!split(row->line, row->fields))
            return -EBADMSG;
    }
}

static void show_table(FILE *to, const struct row *rows, size_t count)
{
    int width[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        width[c] = (int)strlen(columns[c].title);
        for (size_t i = 0; i < count; i++) {
            int len = (int)strlen(cell(c, rows[i].fields[c]));
            width[c] = len > width[c] ? len : width[c];
        }
    }
    table_row(to, NULL, width);
    for (size_t i = 0; i < count; i++)
        table_row(to, rows[i].fields, width);
}

static void show_json(FILE *to, const struct row *rows, size_t count)
{
    fputc('[', to);
    for (size_t i = 0; i < count; i++)
        json_row(to, rows[i].fields, i == 0);
    fputs("\n]\n", to);
}

int ps_show(FILE *from, FILE *to, bool json)
{
    struct row *rows;
    size_t count;
    int err = read_rows(from, &rows, &count);
    if (err == 0)
        (json ? show_json : show_table)(to, rows, count);
    for (size_t i = 0; i < count; i++)
        free(rows[i].line);
    free(rows);
    return err;
}
