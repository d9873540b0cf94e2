/* chart.c - plain SVG 1.1; every length is in user units, which the view box scales. */
#include "netns/report/chart.h"
#include "netns/text/outfile.h"

#include <arpa/inet.h>
#include <stdlib.h>

static double most(double a, double b)
{
    return a > b ? a : b;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* ---- timeline ----------------------------------------------------------------------- */

#define PLOT_LEFT   52
#define PLOT_TOP    16
#define PLOT_WIDTH  640
#define PLOT_HEIGHT 200
#define TICKS       6

struct axes {
    double seconds, phones; /* what the full width and height stand for */
};

static double at_x(const struct axes *a, double seconds)
{
    return PLOT_LEFT + PLOT_WIDTH * seconds / a->seconds;
}

static double at_y(const struct axes *a, double phones)
{
    return PLOT_TOP + PLOT_HEIGHT * (1 - phones / a->phones);
}

/* 1, 2 or 5 times a power of ten, so that at most TICKS steps span the range. */
static double tick_step(double range)
{
    static const double growth[] = {2, 2.5, 2};
    double step = 0.1;
    for (size_t i = 0; range > step * TICKS; i = (i + 1) % 3)
        step *= growth[i];
    return step;
}

static struct axes find_axes(const struct run_set *set)
{
    struct axes a = {.seconds = 1, .phones = 1};
    for (size_t i = 0; i < set->count; i++) {
        const struct results *r = set->run[i];
        const struct eventlog *log = r->events;
        double last = log->count ? (double)log->lines[log->count - 1].t_us / 1e6 : 0;
        a.seconds = most(a.seconds, most(last, (double)r->facts.emulated_us / 1e6));
        a.phones = most(a.phones, (double)r->plan->count);
    }
    return a;
}

static void draw_axes(FILE *out, const struct axes *a)
{
    double x_step = tick_step(a->seconds), y_step = most(1, tick_step(a->phones));
    for (double s = 0; s <= a->seconds; s += x_step)
        fprintf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n",
                at_x(a, s), PLOT_TOP + PLOT_HEIGHT + 18, s);
    for (double n = 0; n <= a->phones; n += y_step)
        fprintf(out,
                "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
                PLOT_LEFT, PLOT_LEFT + PLOT_WIDTH, at_y(a, n), at_y(a, n), PLOT_LEFT - 8,
                at_y(a, n) + 4, n);
    fprintf(out, "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">emulated seconds"
                 "</text>\n", PLOT_LEFT + PLOT_WIDTH / 2, PLOT_TOP + PLOT_HEIGHT + 36);
}

/* A step up at each phone's first idle; flat to the end of the run. */
static void draw_line(FILE *out, const struct axes *a, const struct results *r, size_t run)
{
    bool *seen = calloc(r->plan->count + 1, sizeof *seen);
    unsigned idle = 0;
    fprintf(out, "<path class=\"line run%zu\" d=\"M%.1f %.1f", run, at_x(a, 0), at_y(a, 0));
    for (size_t i = 0; seen && i < r->events->count; i++) {
        const struct eventlog_line *line = &r->events->lines[i];
        if (line->event != EVENT_IDLE || seen[line->phone])
            continue;
        seen[line->phone] = true;
        fprintf(out, "H%.1fV%.1f", at_x(a, (double)line->t_us / 1e6), at_y(a, ++idle));
    }
    fprintf(out, "H%.1f\"><title>%s: %u phones</title></path>\n",
            at_x(a, (double)r->facts.emulated_us / 1e6), run_label(r), idle);
    free(seen);
}

void chart_timeline(FILE *out, const struct run_set *set)
{
    struct axes a = find_axes(set);
    fprintf(out, "<svg class=\"timeline\" viewBox=\"0 0 %d %d\" role=\"img\" "
                 "aria-label=\"upgraded phones over emulated time\">\n",
            PLOT_LEFT + PLOT_WIDTH + 24, PLOT_TOP + PLOT_HEIGHT + 44);
    draw_axes(out, &a);
    for (size_t i = 0; i < set->count; i++)
        draw_line(out, &a, set->run[i], i);
    fputs("</svg>\n", out);
}

/* ---- hierarchy ---------------------------------------------------------------------- */

#define TREE_WIDTH 720.0
#define LEVEL      36.0
#define WIDEST_GAP 36.0

/* Leaves stand in a row, each at its own place; a parent above the middle of its own. Nodes come
 * parents first, so that a pass from the end sums up leaves and a pass from the front places. */
static void place_nodes(const struct hierarchy *h, double *x, double *leaves)
{
    for (size_t i = h->members; i-- > 0;) {
        leaves[i] = leaves[i] > 0 ? leaves[i] : 1;
        if (h->nodes[i].parent >= 0)
            leaves[h->nodes[i].parent] += leaves[i];
    }
    double gap = least(WIDEST_GAP, TREE_WIDTH / leaves[0]);
    double *taken = x + h->members; /* where a node's next child begins */
    for (size_t i = 0; i < h->members; i++) {
        int32_t parent = h->nodes[i].parent;
        double left = parent < 0 ? (TREE_WIDTH - gap * leaves[0]) / 2 : taken[parent];
        x[i] = left + gap * leaves[i] / 2;
        taken[i] = left;
        if (parent >= 0)
            taken[parent] += gap * leaves[i];
    }
}

static double node_y(const struct hierarchy_node *n)
{
    return 12 + LEVEL * (n->depth - 1);
}

static void draw_node(FILE *out, const struct results *r, const struct hierarchy_node *n, double x,
                      double radius)
{
    const struct plan_phone *p = &r->plan->phones[n->phone];
    char ip[INET_ADDRSTRLEN];
    uint32_t address = results_ip(r, n->phone);
    inet_ntop(AF_INET, &address, ip, sizeof ip);
    fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>",
            n->parent < 0 ? "root" : "node", x, node_y(n), radius);
    outfile_escaped(out, p->name);
    fprintf(out, " %s, level %u</title></circle>\n", ip, n->depth);
}

void chart_tree(FILE *out, const struct results *r, const struct hierarchy *h)
{
    double *x = calloc(3 * (size_t)h->members, sizeof *x);
    if (!x)
        return;
    double *leaves = x + 2 * h->members;
    place_nodes(h, x, leaves);
    double radius = most(1.5, least(6, TREE_WIDTH / leaves[0] / 2.6));
    fprintf(out, "<svg class=\"tree\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
                 "aria-label=\"hierarchy of %u phones\">\n<path class=\"edge\" d=\"",
            TREE_WIDTH, 24 + LEVEL * (h->depth - 1), h->members);
    for (size_t i = 1; i < h->members; i++) {
        const struct hierarchy_node *parent = &h->nodes[h->nodes[i].parent];
        fprintf(out, "M%.1f %.1fL%.1f %.1f", x[parent - h->nodes], node_y(parent), x[i],
                node_y(&h->nodes[i]));
    }
    fputs("\"/>\n", out);
    for (size_t i = 0; i < h->members; i++)
        draw_node(out, r, &h->nodes[i], x[i], radius);
    fputs("</svg>\n", out);
    free(x);
}

/* ---- a phone's screen --------------------------------------------------------------- */

static void screen_text(FILE *out, const char *class_name, int y, const char *text)
{
    fprintf(out, "<text class=\"%s\" x=\"10\" y=\"%d\">", class_name, y);
    outfile_escaped(out, text);
    fputs("</text>\n", out);
}

void chart_screen(FILE *out, const char *name, const struct scene_screen *s)
{
    char text[64];
    bool busy = s->component != NULL;
    fputs("<svg class=\"screen\" viewBox=\"0 0 220 132\" role=\"img\">\n"
          "<rect class=\"glass\" x=\"1\" y=\"1\" width=\"218\" height=\"130\" rx=\"6\"/>\n"
          "<rect class=\"box\" x=\"176\" y=\"8\" width=\"36\" height=\"18\" rx=\"2\"/>\n", out);
    if (s->icon)
        fputs("<text class=\"icon\" x=\"194\" y=\"21\" text-anchor=\"middle\">PFS</text>\n", out);
    screen_text(out, "name", 22, name);
    screen_text(out, "title", 46, busy ? "Upgrading" : "no upgrade screen");
    if (busy) {
        screen_text(out, "file", 66, s->component);
        fprintf(out, "<rect class=\"track\" x=\"10\" y=\"76\" width=\"200\" height=\"12\"/>\n"
                     "<rect class=\"fill\" x=\"10\" y=\"76\" width=\"%d\" height=\"12\"/>\n",
                2 * s->percent);
        snprintf(text, sizeof text, "%s  %u KB  %u %%", screen_box_names[s->box], s->kb,
                 s->percent);
        screen_text(out, "state", 112, text);
    }
    fputs("</svg>\n", out);
}
