/* rows.h - rows that a lab's keeper writes as lines of fields between tabs, and its client shows as
 * a table or as JSON.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum row_kind { ROW_TEXT, ROW_NUMBER, ROW_FLAG, ROW_LIST };

/* In the order in which the fields are written. */
#define ROWS_COLUMNS 32 /* at most */
struct rows {
    const struct rows_column {
        const char *key, *title;
        enum row_kind kind;
    } *columns;
    size_t count;
    size_t shown; /* the table has only so many, the first; 0: all */
    size_t rare;  /* and those from this one on only where somebody has them; 0: none is such */
};

/* Fields: printable ASCII, whatever the text holds, and the tab behind it; an address in network
 * order, 0: an empty field, and what is behind it. */
void rows_put_text(FILE *to, const char *text, size_t size);
void rows_put_ip(FILE *to, uint32_t ip, const char *end);
/* Shows lines of such rows. 0 or a negative errno. */
int rows_show(const struct rows *rows, FILE *from, FILE *to, bool json);

#endif
