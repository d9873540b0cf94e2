/* curves.c - a prediction's four plots, over the number of phones, both axes logarithmic. A point
 * whose phones were not all upgraded is drawn hollow.
 */
#include "netns/foretell/curves.h"
#include "netns/foretell/predict.h"
#include "netns/text/outfile.h"
#include "netns/text/version.h"

#include <math.h>

#define LEFT   64 /* of a plot within its cell */
#define TOP    34
#define WIDTH  330
#define HEIGHT 190
#define CELL_X (LEFT + WIDTH + 36)
#define CELL_Y (TOP + HEIGHT + 52)
#define HEAD   44 /* above all of them */

static const char style[] =
    "svg{background:#fff}text{font:12px system-ui,sans-serif;fill:#1a1a19}"
    ".title{font-weight:600}.tick{fill:#5f5e5a}.grid{stroke:#dddcd6}"
    ".line{fill:none;stroke-width:2}.pfs{stroke:#2a78d6;fill:#2a78d6}"
    ".traditional{stroke:#c2571a;fill:#c2571a}.line{fill:none}"
    "circle{stroke-width:2}.part{fill:#fff}text.pfs,text.traditional{stroke:none}";

static double emulated(const struct prediction *r)
{
    return r->emulated_s;
}

static double wan_bytes(const struct prediction *r)
{
    return (double)(r->wan_down + r->wan_up);
}

static double broadcasts(const struct prediction *r)
{
    return (double)r->broadcasts;
}

static double depth(const struct prediction *r)
{
    return r->depth;
}

static const struct plot {
    const char *title;
    double (*value)(const struct prediction *r); /* 0: nothing to draw */
} plots[] = {{"emulated time, s", emulated},
             {"WAN bytes, both ways", wan_bytes},
             {"broadcasts", broadcasts},
             {"tree depth, phones", depth}};

/* Powers of ten that hold what is to be drawn. */
struct scale {
    double from, to; /* exponents */
};

static void widen(struct scale *s, double value)
{
    s->from = fmin(s->from, floor(log10(value)));
    s->to = fmax(s->to, ceil(log10(value)));
}

/* Of all of a plot's points; a decade at least. */
static struct scale scale_of(const struct predict *p, double (*value)(const struct prediction *r))
{
    struct scale s = {INFINITY, -INFINITY};
    for (size_t i = 0; i < p->count; i++) {
        double v = value ? value(&p->rows[i]) : (double)p->rows[i].phones;
        if (v > 0)
            widen(&s, v);
    }
    if (s.from > s.to)
        s = (struct scale){0, 1};
    s.to = fmax(s.to, s.from + 1);
    return s;
}

static double at_x(const struct scale *s, double value)
{
    return LEFT + WIDTH * (log10(value) - s->from) / (s->to - s->from);
}

static double at_y(const struct scale *s, double value)
{
    return TOP + HEIGHT * (1 - (log10(value) - s->from) / (s->to - s->from));
}

static void tick_text(FILE *out, double exponent)
{
    static const char *const units[] = {"", "k", "M", "G", "T", "P"};
    int unit = exponent < 0 ? 0 : (int)(exponent / 3);
    fprintf(out, "%g%s</text>\n", pow(10, exponent - 3 * unit), unit < 6 ? units[unit] : "?");
}

static void axes(FILE *out, const struct plot *plot, const struct scale *x, const struct scale *y)
{
    fprintf(out, "<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n", LEFT, TOP - 12,
            plot->title);
    for (double e = x->from; e <= x->to; e++) {
        double at = at_x(x, pow(10, e));
        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
                     "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
                at, at, TOP, TOP + HEIGHT, at, TOP + HEIGHT + 16);
        tick_text(out, e);
    }
    for (double e = y->from; e <= y->to; e++) {
        double at = at_y(y, pow(10, e));
        fprintf(out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                     "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
                LEFT, LEFT + WIDTH, at, at, LEFT - 6, at + 4);
        tick_text(out, e);
    }
    fprintf(out, "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">phones</text>\n",
            LEFT + WIDTH / 2, TOP + HEIGHT + 34);
}

static void curve(FILE *out, const struct predict *p, const struct plot *plot,
                  enum fleet_mode mode, const struct scale *x, const struct scale *y)
{
    const char *name = mode == MODE_PFS ? "pfs" : "traditional", *step = "M";
    fprintf(out, "<path class=\"line %s\" d=\"", name);
    for (size_t i = 0; i < p->count; i++) {
        const struct prediction *r = &p->rows[i];
        if (r->mode != mode || plot->value(r) <= 0)
            continue;
        fprintf(out, "%s%.1f %.1f", step, at_x(x, (double)r->phones), at_y(y, plot->value(r)));
        step = "L";
    }
    fputs("\"/>\n", out);
    for (size_t i = 0; i < p->count; i++) {
        const struct prediction *r = &p->rows[i];
        if (r->mode == mode && plot->value(r) > 0)
            fprintf(out, "<circle class=\"%s%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%zu "
                         "phones, %s: %.10g; %zu upgraded</title></circle>\n",
                    name, r->upgraded < r->phones ? " part" : "", at_x(x, (double)r->phones),
                    at_y(y, plot->value(r)), r->phones, name, plot->value(r), r->upgraded);
    }
}

static void caption(FILE *out, const struct predict *p)
{
    fprintf(out, "<text class=\"title\" x=\"%d\" y=\"20\">", LEFT);
    outfile_escaped(out, p->fleet->name);
    fprintf(out, ": predicted by simulation (" FLEET_VERSION "); WAN %g ms",
            (double)p->fleet->wan_delay_us / 1e3);
    if (p->fleet->wan_rate_bps)
        fprintf(out, ", %g kbit/s", (double)p->fleet->wan_rate_bps / 1e3);
    fprintf(out, ", loss %g %%; loads %.0f bytes</text>\n", p->fleet->wan_loss * 100,
            (double)p->load_bytes);
    fprintf(out, "<text class=\"traditional\" x=\"%d\" y=\"40\">traditional</text>"
                 "<text class=\"pfs\" x=\"%d\" y=\"40\">PFS</text>"
                 "<text class=\"tick\" x=\"%d\" y=\"40\">hollow: not every phone was upgraded"
                 "</text>\n", LEFT, LEFT + 80, LEFT + 130);
}

void curves_draw(FILE *out, const struct predict *p)
{
    struct scale x = scale_of(p, NULL);
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
                 "aria-label=\"predicted by simulation\">\n<style>%s</style>\n",
            2 * CELL_X, HEAD + 2 * CELL_Y, style);
    caption(out, p);
    for (int i = 0; i < 4; i++) {
        struct scale y = scale_of(p, plots[i].value);
        fprintf(out, "<g transform=\"translate(%d %d)\">\n", i % 2 * CELL_X, HEAD + i / 2 * CELL_Y);
        axes(out, &plots[i], &x, &y);
        curve(out, p, &plots[i], MODE_TRADITIONAL, &x, &y);
        curve(out, p, &plots[i], MODE_PFS, &x, &y);
        fputs("</g>\n", out);
    }
    fputs("</svg>\n", out);
}
