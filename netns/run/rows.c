/* rows.c - see rows.h. */
#include "netns/run/rows.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the keeper's side -------------------------------------------------------------- */

void rows_put_text(FILE *to, const char *text, size_t size)
{
    for (size_t i = 0; i < size && text[i] != '\0'; i++)
        fputc(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?', to);
    fputc('\t', to);
}

void rows_put_ip(FILE *to, uint32_t ip, const char *end)
{
    char text[INET_ADDRSTRLEN] = "";
    if (ip != 0)
        inet_ntop(AF_INET, &ip, text, sizeof text);
    fprintf(to, "%s%s", text, end);
}

/* ---- the client's side -------------------------------------------------------------- */

/* Cuts a line into its fields; false when it has too few. */
static bool split(const struct rows *r, char *line, char *fields[ROWS_COLUMNS])
{
    for (size_t c = 0; c < r->count; c++) {
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

static void json_value(FILE *to, enum row_kind kind, const char *text)
{
    switch (kind) {
    case ROW_TEXT:
        if (*text != '\0')
            json_string(to, text, strlen(text));
        else
            fputs("null", to);
        break;
    case ROW_NUMBER:
        fputs(*text != '\0' ? text : "null", to);
        break;
    case ROW_FLAG:
        fputs(*text == '1' ? "true" : "false", to);
        break;
    case ROW_LIST:
        json_list(to, text);
        break;
    }
}

static void json_row(const struct rows *r, FILE *to, char *const fields[ROWS_COLUMNS],
                     bool first)
{
    fputs(first ? "\n {" : ",\n {", to);
    for (size_t c = 0; c < r->count; c++) {
        fprintf(to, "%s\"%s\":", c > 0 ? "," : "", r->columns[c].key);
        json_value(to, r->columns[c].kind, fields[c]);
    }
    fputc('}', to);
}

/* What the table shows for a field. */
static const char *cell(const struct rows *r, size_t c, const char *field)
{
    if (r->columns[c].kind == ROW_FLAG)
        return *field == '1' ? "PFS" : "-";
    return *field != '\0' ? field : "-";
}

static const char *cell_or_title(const struct rows *r, size_t c, char *const *fields)
{
    return fields ? cell(r, c, fields[c]) : r->columns[c].title;
}

/* A row of the table, numbers to the right; without fields, the titles. What has no width is left
 * out; what comes last needs none. */
static void table_row(const struct rows *r, FILE *to, char *const *fields,
                      const int width[ROWS_COLUMNS])
{
    size_t last = (r->shown ? r->shown : r->count) - 1;
    while (width[last] == 0)
        last--;
    for (size_t c = 0; c < last; c++)
        if (width[c] > 0)
            fprintf(to, "%*s  ", r->columns[c].kind == ROW_NUMBER ? width[c] : -width[c],
                    cell_or_title(r, c, fields));
    fprintf(to, "%s\n", cell_or_title(r, last, fields));
}

struct row {
    char *line;
    char *fields[ROWS_COLUMNS];
};

static int read_rows(const struct rows *r, FILE *from, struct row **rows, size_t *count)
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
        if (!split(r, row->line, row->fields))
            return -EBADMSG;
    }
}

static bool is_shown(const struct rows *r, size_t c, const struct row *rows, size_t count)
{
    bool any = !r->rare || c < r->rare;
    for (size_t i = 0; i < count && !any; i++)
        any = *rows[i].fields[c] != '\0';
    return any;
}

static void show_table(const struct rows *r, FILE *to, const struct row *rows, size_t count)
{
    int width[ROWS_COLUMNS] = {0};
    for (size_t c = 0; c < r->count; c++) {
        width[c] = is_shown(r, c, rows, count) ? (int)strlen(r->columns[c].title) : 0;
        for (size_t i = 0; i < count && width[c] > 0; i++) {
            int len = (int)strlen(cell(r, c, rows[i].fields[c]));
            width[c] = len > width[c] ? len : width[c];
        }
    }
    table_row(r, to, NULL, width);
    for (size_t i = 0; i < count; i++)
        table_row(r, to, rows[i].fields, width);
}

static void show_json(const struct rows *r, FILE *to, const struct row *rows, size_t count)
{
    fputc('[', to);
    for (size_t i = 0; i < count; i++)
        json_row(r, to, rows[i].fields, i == 0);
    fputs("\n]\n", to);
}

int rows_show(const struct rows *r, FILE *from, FILE *to, bool json)
{
    struct row *rows;
    size_t count;
    int err = read_rows(r, from, &rows, &count);
    if (err == 0)
        (json ? show_json : show_table)(r, to, rows, count);
    for (size_t i = 0; i < count; i++)
        free(rows[i].line);
    free(rows);
    return err;
}
