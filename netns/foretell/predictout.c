/* predictout.c - a prediction's table, CSV, JSON and page. Every one of them says what it is:
 * predicted by simulation, for which WAN and which loads, by which version.
 */
#include "netns/foretell/predictout.h"
#include "netns/foretell/curves.h"
#include "netns/foretell/predict.h"
#include "netns/text/json.h"
#include "netns/text/outfile.h"
#include "netns/text/say.h"
#include "netns/text/text.h"
#include "netns/text/units.h"
#include "netns/text/version.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "predicted by simulation"

static const char *mode_name(const struct prediction *r)
{
    return r->mode == MODE_PFS ? "pfs" : "traditional";
}

/* "75 ms, 256 kbit/s, loss 0 %" */
static void put_wan(FILE *out, const struct fleet *f)
{
    fprintf(out, "%g ms, ", (double)f->wan_delay_us / 1e3);
    if (f->wan_rate_bps)
        fprintf(out, "%g kbit/s, ", (double)f->wan_rate_bps / 1e3);
    else
        fputs("any rate, ", out);
    fprintf(out, "loss %g %%", f->wan_loss * 100);
}

static void put_boot(FILE *out, const struct fleet *f)
{
    if (f->boot == BOOT_RATE)
        fprintf(out, "%g phones a second are switched on", f->boot_rate);
    else
        fputs("all are switched on at once", out);
}

void predict_label(FILE *out, const struct predict *p)
{
    fputs(SOURCE ", not measured (" FLEET_VERSION ")\nWAN each way: ", out);
    put_wan(out, p->fleet);
    fputs("; ", out);
    put_boot(out, p->fleet);
    fprintf(out, "; seed %llu\nloads: %s\n", (unsigned long long)p->fleet->seed, p->loads);
}

/* ---- for programs -------------------------------------------------------------------- */

void predict_csv(FILE *out, const struct predict *p)
{
    fputs("phones,mode,emulated_s,wan_bytes_down,wan_bytes_up,wan_frames_dropped,server_fetches,"
          "broadcasts,tree_depth,upgraded,failed,finished,source,version,wan_delay_ms,wan_kbit,"
          "wan_loss_percent,load_bytes,seed,cpu_s\n", out);
    for (size_t i = 0; i < p->count; i++) {
        const struct prediction *r = &p->rows[i];
        fprintf(out, "%zu,%s,%.3f,%llu,%llu,%llu,", r->phones, mode_name(r), r->emulated_s,
                (unsigned long long)r->wan_down, (unsigned long long)r->wan_up,
                (unsigned long long)r->wan_dropped);
        fprintf(out, "%llu,%llu,%u,%zu,%zu,%s," SOURCE "," FLEET_VERSION ",",
                (unsigned long long)r->fetches, (unsigned long long)r->broadcasts, r->depth,
                r->upgraded, r->failed, r->finished ? "yes" : "no");
        fprintf(out, "%g,%g,%g,%llu,%llu,%.2f\n", (double)p->fleet->wan_delay_us / 1e3,
                (double)p->fleet->wan_rate_bps / 1e3, p->fleet->wan_loss * 100,
                (unsigned long long)p->load_bytes, (unsigned long long)p->fleet->seed, r->cpu_s);
    }
}

/* fleet-sim's own lines, each with its mode. */
void predict_json(FILE *out, const struct predict *p)
{
    const struct fleet *f = p->fleet;
    json_t *points = json_array();
    for (size_t i = 0; i < p->count; i++) {
        json_t *point = json_loads(p->rows[i].said, 0, NULL);
        json_object_set_new(point, "mode", json_string(mode_name(&p->rows[i])));
        json_object_set_new(point, "server_fetches", json_integer((json_int_t)p->rows[i].fetches));
        json_array_append_new(points, point);
    }
    json_t *all = json_pack(
        "{s:i, s:o, s:s, s:s, s:I, s:{s:f, s:I, s:f}, s:I, s:o}", "schema", 1, "name",
        json_text(f->name),
        "source", SOURCE, "version", FLEET_VERSION, "seed", (json_int_t)f->seed, "wan", "delay_ms",
        (double)f->wan_delay_us / 1e3, "rate_bps", (json_int_t)f->wan_rate_bps, "loss", f->wan_loss,
        "load_bytes", (json_int_t)p->load_bytes, "points", points);
    json_dumpf(all, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    fputc('\n', out);
    json_decref(all);
}

/* ---- for people ---------------------------------------------------------------------- */

/* The figures of a row; the first is a name of its own. */
struct cells {
    char text[9][UNITS_TEXT];
};
static const char *const heads[] = {"phones",   "mode",       "emulated time",
                                    "WAN down", "WAN up",     "server fetches",
                                    "broadcasts", "tree depth", "upgraded"};
#define CELLS (sizeof heads / sizeof *heads)

static struct cells cells_of(const struct prediction *r)
{
    struct cells c = {0};
    snprintf(c.text[0], UNITS_TEXT, "%zu", r->phones);
    snprintf(c.text[1], UNITS_TEXT, "%s", mode_name(r));
    units_show_seconds(r->emulated_s, c.text[2]);
    units_show_bytes((double)r->wan_down, c.text[3]);
    units_show_bytes((double)r->wan_up, c.text[4]);
    snprintf(c.text[5], UNITS_TEXT, "%llu", (unsigned long long)r->fetches);
    snprintf(c.text[6], UNITS_TEXT, "%llu", (unsigned long long)r->broadcasts);
    snprintf(c.text[7], UNITS_TEXT, r->depth ? "%u" : "-", r->depth);
    snprintf(c.text[8], UNITS_TEXT, "%zu%s", r->upgraded, r->finished ? "" : " (unfinished)");
    return c;
}

static bool all_upgraded(const struct predict *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->rows[i].upgraded < p->rows[i].phones)
            return false;
    return true;
}

static const char few_note[] =
    "Where fewer phones are upgraded than there are, the others gave up: with \"TFTP timeout\" "
    "where the line drops what it has no room for, or because of their own quirks and loads.";

static const char http_note[] =
    "Phones ask by HTTP: here all goes by TFTP, which takes longer and more bytes.";

void predict_print(const struct predict *p, const char *dir)
{
    static const int widths[CELLS] = {8, -13, 14, 12, 12, 15, 11, 11, 9};
    printf("plan of %s: ", p->fleet->name);
    predict_label(stdout, p);
    putchar('\n');
    for (size_t c = 0; c < CELLS; c++)
        printf("%s%*s", c == 1 ? "  " : "", widths[c], heads[c]);
    putchar('\n');
    for (size_t i = 0; i < p->count; i++) {
        struct cells row = cells_of(&p->rows[i]);
        for (size_t c = 0; c < CELLS; c++)
            printf("%s%*s", c == 1 ? "  " : "", widths[c], row.text[c]);
        putchar('\n');
    }
    if (!all_upgraded(p))
        printf("\n%s\n", few_note);
    if (p->fleet->http == TRI_ON)
        printf("\n%s\n", http_note);
    putchar('\n');
    text_line(stdout, "in %s: plan.html plan.svg plan.csv plan.json", dir);
}

static void put_label(FILE *out, const struct predict *p)
{
    char *text = NULL;
    size_t len;
    FILE *label = open_memstream(&text, &len);
    if (!label)
        err(3, "plan");
    predict_label(label, p);
    fclose(label);
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) && *line;) {
        fputs("<p>", out);
        outfile_escaped(out, line);
        fputs("</p>\n", out);
    }
    free(text);
}

static void put_table(FILE *out, const struct predict *p)
{
    fputs("<table>\n<tr>", out);
    for (size_t c = 0; c < CELLS; c++)
        fprintf(out, "<th>%s</th>", heads[c]);
    fputs("</tr>\n", out);
    for (size_t i = 0; i < p->count; i++) {
        struct cells row = cells_of(&p->rows[i]);
        fputs("<tr>", out);
        for (size_t c = 0; c < CELLS; c++)
            fprintf(out, "<td>%s</td>", row.text[c]);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void page(FILE *out, const struct predict *p)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
          "<meta charset=\"utf-8\"/>\n<title>plan</title>\n<style>\n"
          "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}"
          "p{margin:.2rem 0}table{border-collapse:collapse;margin:1rem 0}"
          "th,td{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}\n"
          "</style>\n</head>\n<body>\n<h1>Plan of ", out);
    outfile_escaped(out, p->fleet->name);
    fputs("</h1>\n", out);
    put_label(out, p);
    curves_draw(out, p);
    put_table(out, p);
    if (!all_upgraded(p)) {
        fputs("<p>", out);
        outfile_escaped(out, few_note);
        fputs("</p>\n", out);
    }
    fputs("</body>\n</html>\n", out);
}

static void picture(FILE *out, const struct predict *p)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    curves_draw(out, p);
}

/* ---- the files ----------------------------------------------------------------------- */

struct drawn {
    void (*body)(FILE *out, const struct predict *p);
    const struct predict *predict;
};

static int draw(FILE *out, const void *of)
{
    const struct drawn *d = of;
    d->body(out, d->predict);
    return 0;
}

int predict_write(const struct predict *p, const char *dir)
{
    static const struct {
        const char *name;
        void (*body)(FILE *out, const struct predict *p);
    } files[] = {{"plan.csv", predict_csv}, {"plan.json", predict_json}, {"plan.svg", picture},
                 {"plan.html", page}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (outfile_write(dir, files[i].name, draw, &(struct drawn){files[i].body, p}) != 0)
            return 3;
    return 0;
}
