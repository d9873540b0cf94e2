/* fetches.c - see fetches.h. */
#include "netns/judge/fetches.h"
#include "netns/plan/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct fetch_count *find(const struct fetches *f, const struct phone_model *model,
                                unsigned subnet, const char *file)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->rows[i].model == model && f->rows[i].subnet == subnet &&
            strcmp(f->rows[i].file, file) == 0)
            return &f->rows[i];
    return NULL;
}

const struct fetch_count *fetches_find(const struct fetches *f, const struct phone_model *model,
                                       unsigned subnet, const char *file)
{
    return find(f, model, subnet, file);
}

struct fetch_count *fetches_row(struct fetches *f, const struct phone_model *model,
                                unsigned subnet, const char *file)
{
    struct fetch_count *known = find(f, model, subnet, file);
    if (known)
        return known;
    struct fetch_count *more = reallocarray(f->rows, f->count + 1, sizeof *more);
    if (!more)
        return NULL;
    f->rows = more;
    struct fetch_count *row = &more[f->count++];
    *row = (struct fetch_count){.model = model, .subnet = subnet,
                                .firmware = serverlog_is_firmware(file)};
    snprintf(row->file, sizeof row->file, "%s", file);
    return row;
}

static uint64_t served_size(const char *root, const char *file)
{
    char path[4096];
    struct stat st;
    int len = snprintf(path, sizeof path, "%s/%s", root, file);
    return len < (int)sizeof path && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* taker: a phone of the plan, or NULL. */
static int add(struct fetches *f, const struct transfer *t, const struct plan_phone *taker,
               const char *root)
{
    struct fetch_count *row =
        fetches_row(f, taker ? taker->model : NULL, taker ? taker->subnet : 0, t->file);
    if (!row)
        return -ENOMEM;
    uint64_t size = t->bytes || !root ? t->bytes : served_size(root, t->file);
    if (row->count < FETCHES_TAKERS)
        row->takers[row->count] = taker;
    row->count++;
    row->bytes += size;
    f->bytes += size;
    f->http += t->http;
    f->http_bytes += t->http ? size : 0;
    return 0;
}

int fetches_count(struct fetches *f, const struct fetches_wish *wish)
{
    struct roster *roster = roster_new(wish->plan);
    int err = roster ? 0 : -ENOMEM;
    for (size_t i = 0; !err && i < wish->log->count; i++) {
        const struct transfer *t = &wish->log->transfers[i];
        long phone = roster_by_ip(roster, t->client);
        if (wish->asked && (phone < 0 || !wish->asked(wish->of, (size_t)phone, t->file)))
            continue;
        f->failed += t->end == TRANSFER_FAILED;
        if (t->end == TRANSFER_SENT)
            err = add(f, t, phone < 0 ? NULL : &wish->plan->phones[phone], wish->root);
    }
    roster_free(roster);
    return err;
}

void fetches_free(struct fetches *f)
{
    free(f->rows);
    *f = (struct fetches){0};
}

unsigned fetches_of_firmware(const struct fetches *f)
{
    unsigned n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->rows[i].firmware ? f->rows[i].count : 0;
    return n;
}
