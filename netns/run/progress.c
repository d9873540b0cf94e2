/* progress.c - two ways of showing the same snapshot.
 *
 * Live: a block of lines that is written over itself: the cursor goes up by as many lines as the
 * last block had, each line ends by erasing its rest, and what is left below is erased. Lines are
 * cut to the terminal's width, as a wrapped one would break the count; a terminal too low for the
 * phones' screens goes without them. The block leaves standard error in one write.
 *
 * Lines: one line per phase, and one per change of the numbers, at most every two seconds.
 */
#include "netns/run/progress.h"
#include "netns/host/clock.h"
#include "netns/run/outcome.h"
#include "netns/text/units.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_INTERVAL_NS 2000000000ull
#define SCREENS       4
#define SCREEN_WIDTH  19 /* four and their gaps fit in 80 columns */
#define SCREEN_LINES  7
#define BAR_WIDTH     30

struct progress {
    enum progress_style style;
    const struct plan *plan;
    char phase[160];
    unsigned lines;          /* of the block now on the terminal */
    uint64_t told_ns;        /* when the last line of numbers was printed */
    unsigned told[PHONE_STATE_COUNT + 2];
};

/* The block being built, and how much room it has. */
struct block {
    FILE *out;
    unsigned width, lines;
};

struct counts {
    unsigned state[PHONE_STATE_COUNT], upgraded, registered;
};

enum progress_style progress_style(bool quiet)
{
    const char *term = getenv("TERM");
    bool plain = !term || !term[0] || strcmp(term, "dumb") == 0;
    if (quiet)
        return PROGRESS_QUIET;
    return isatty(STDERR_FILENO) && !plain ? PROGRESS_LIVE : PROGRESS_LINES;
}

struct progress *progress_new(enum progress_style style, const struct plan *plan)
{
    struct progress *p = calloc(1, sizeof *p);
    if (p)
        *p = (struct progress){.style = style, .plan = plan};
    return p;
}

static struct counts count(const struct plan *plan, const struct phone_status *status)
{
    struct counts c = {0};
    for (size_t i = 0; i < plan->count; i++) {
        if (status[i].state < PHONE_STATE_COUNT)
            c.state[status[i].state]++;
        c.upgraded += outcome_is_upgraded(&plan->phones[i], &status[i]);
        c.registered += status[i].registered != 0;
    }
    return c;
}

/* "3 config, 33 upgrade, 12 idle; 12 registered": the states that some phone is in. */
static const char *state_text(const struct counts *c, char *out, size_t size)
{
    int len = 0;
    out[0] = '\0';
    for (int s = 0; s < PHONE_STATE_COUNT; s++)
        if (c->state[s] && (size_t)len < size)
            len += snprintf(out + len, size - (size_t)len, "%s%u %s", len ? ", " : "",
                            c->state[s], phone_state_names[s]);
    if (c->registered && (size_t)len < size)
        snprintf(out + len, size - (size_t)len, "; %u registered", c->registered);
    return out;
}

/* ---- lines -------------------------------------------------------------------------- */

static void tell_line(struct progress *p, const struct counts *c, uint64_t emulated_us)
{
    unsigned told[PHONE_STATE_COUNT + 2] = {c->upgraded, c->registered};
    uint64_t now = clock_ns();
    char states[160], clock[UNITS_TEXT];
    memcpy(told + 2, c->state, sizeof c->state);
    if (memcmp(told, p->told, sizeof told) == 0 ||
        (p->told_ns && now - p->told_ns < LINE_INTERVAL_NS))
        return;
    memcpy(p->told, told, sizeof told);
    p->told_ns = now;
    fprintf(stderr, "[%s] upgraded %u of %zu: %s\n",
            units_show_seconds((double)emulated_us / 1e6, clock), c->upgraded, p->plan->count,
            state_text(c, states, sizeof states));
}

/* ---- live --------------------------------------------------------------------------- */

static struct winsize window(void)
{
    struct winsize w = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) != 0 || !w.ws_col)
        w = (struct winsize){.ws_col = 80, .ws_row = 24};
    return w;
}

/* One line of the block, cut to the width and cleaned of control bytes. */
static void add(struct block *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct block *b, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (strlen(line) > b->width)
        line[b->width] = '\0';
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    fprintf(b->out, "%s\033[K\n", line);
    b->lines++;
}

static const char *bar(unsigned done, size_t total, unsigned width, char *out)
{
    unsigned filled = total ? (unsigned)((uint64_t)done * width / total) : 0;
    memset(out, '.', width);
    memset(out, '#', filled < width ? filled : width);
    out[width] = '\0';
    return out;
}

/* Line n of one phone's screen, SCREEN_WIDTH wide. */
static void screen_line(char *out, size_t size, const char *name, const struct phone_status *s,
                        unsigned n)
{
    static const char box_signs[BOX_COUNT] = {' ', '.', '?', 'v', 'a', '#', '!'};
    const struct screen *v = &s->screen;
    char text[64] = "", line[BAR_WIDTH + 1];
    switch (n) {
    case 0:
        snprintf(out, size, "+%-17.17s+", name);
        return;
    case SCREEN_LINES - 1:
        snprintf(out, size, "+-----------------+");
        return;
    case 1:
        snprintf(text, sizeof text, "%-12.12s[%s]",
                 v->title[0] ? v->title
                             : phone_state_names[s->state < PHONE_STATE_COUNT ? s->state : 0],
                 v->icon ? "PFS" : "   ");
        break;
    case 2:
        snprintf(text, sizeof text, "%s", v->component);
        break;
    case 3:
        if (v->component[0])
            snprintf(text, sizeof text, "%s%4u %%", bar(v->percent, 100, 11, line), v->percent);
        break;
    case 4:
        if (v->component[0])
            snprintf(text, sizeof text, "%11u KB", v->kb);
        break;
    case 5:
        for (unsigned i = 0; i < v->boxes && i < SCREEN_BOXES; i++)
            snprintf(text + 2 * i, sizeof text - 2 * i, "|%c",
                     box_signs[v->box[i] < BOX_COUNT ? v->box[i] : BOX_BLANK]);
        break;
    }
    snprintf(out, size, "|%-17.17s|", text);
}

/* Phones spread evenly over the plan: the same ones all along. */
static void add_screens(struct block *b, const struct plan *plan,
                        const struct phone_status *status)
{
    size_t fit = (b->width + 1) / (SCREEN_WIDTH + 1);
    size_t shown = plan->count < SCREENS ? plan->count : SCREENS;
    shown = fit < shown ? fit : shown;
    for (unsigned n = 0; shown && n < SCREEN_LINES; n++) {
        char line[SCREENS * (SCREEN_WIDTH + 1) + 1] = "";
        for (size_t k = 0; k < shown; k++) {
            size_t i = k * plan->count / shown;
            char part[SCREEN_WIDTH + 1];
            screen_line(part, sizeof part, plan->phones[i].name, &status[i], n);
            snprintf(line + k * (SCREEN_WIDTH + 1), sizeof line - k * (SCREEN_WIDTH + 1), "%s%s",
                     part, k + 1 < shown ? " " : "");
        }
        add(b, "%s", line);
    }
}

static void add_numbers(struct block *b, const struct progress *p, const struct counts *c,
                        uint64_t emulated_us)
{
    char text[160], clock[UNITS_TEXT];
    add(b, "emulated time %s, %u times as fast",
        units_show_seconds((double)emulated_us / 1e6, clock), p->plan->fleet->speed);
    add(b, "upgraded [%s] %u of %zu", bar(c->upgraded, p->plan->count, BAR_WIDTH, text),
        c->upgraded, p->plan->count);
    add(b, "%s", state_text(c, text, sizeof text));
}

/* Draws over the block before; status NULL: the phase alone. */
static void draw(struct progress *p, const struct phone_status *status, uint64_t emulated_us)
{
    struct winsize w = window();
    char *text = NULL;
    size_t size = 0;
    struct block b = {.out = open_memstream(&text, &size), .width = w.ws_col - 1u};
    if (!b.out)
        return;
    if (p->lines)
        fprintf(b.out, "\033[%uA\r", p->lines);
    add(&b, "%s: %s", p->plan->fleet->name, p->phase);
    if (status) {
        struct counts c = count(p->plan, status);
        add_numbers(&b, p, &c, emulated_us);
        if (b.lines + SCREEN_LINES < w.ws_row)
            add_screens(&b, p->plan, status);
    }
    fputs("\033[J", b.out);
    p->lines = b.lines;
    if (fclose(b.out) == 0)
        fwrite(text, 1, size, stderr);
    fflush(stderr);
    free(text);
}

/* ---- either ------------------------------------------------------------------------- */

void progress_phase(struct progress *p, const char *format, ...)
{
    if (!p || p->style == PROGRESS_QUIET)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(p->phase, sizeof p->phase, format, args);
    va_end(args);
    if (p->style == PROGRESS_LIVE)
        draw(p, NULL, 0);
    else
        fprintf(stderr, "%s\n", p->phase);
}

void progress_update(struct progress *p, const struct phone_status *status, uint64_t emulated_us)
{
    if (!p || p->style == PROGRESS_QUIET)
        return;
    if (p->style == PROGRESS_LIVE) {
        draw(p, status, emulated_us);
        return;
    }
    struct counts c = count(p->plan, status);
    tell_line(p, &c, emulated_us);
}

void progress_end(struct progress *p)
{
    if (p && p->lines)
        fprintf(stderr, "\033[%uA\r\033[J", p->lines);
    free(p);
}
