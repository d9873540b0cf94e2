/* figures.h - the table of figures that every view of a run shows: terminal, report, Markdown. */
#ifndef FIGURES_H
#define FIGURES_H

#include "netns/judge/results.h"
#include "netns/text/units.h"

enum figure_unit { UNIT_COUNT, UNIT_PHONES, UNIT_BYTES, UNIT_SECONDS, UNIT_MS, UNIT_TIMES };

struct figure {
    const char *label;
    enum figure_unit unit;
    bool ratio;                              /* traditional over pfs says something */
    double (*value)(const struct results *); /* NAN: there is none */
    bool shy;                                /* not shown where no run has one */
};
extern const struct figure figures[];
extern const size_t figure_count;

#define FIGURE_TEXT UNITS_TEXT
/* "12 of 48", "1.5 MiB", "1 min 33 s", "-"; returns out. */
const char *figure_text(const struct figure *f, const struct results *r, char out[FIGURE_TEXT]);
/* Traditional over pfs, "6.9"; "-" where there is none; returns out. */
const char *figure_ratio(const struct figure *f, const struct results *traditional,
                         const struct results *pfs, char out[FIGURE_TEXT]);

/* a / b, or NAN when b is none or 0. */
double figure_quotient(double a, double b);

/* The runs of one report: a single one, or the variants of a fleet. */
struct run_set {
    const struct results *run[VARIANTS_MAX];
    size_t count;
};
/* Whether they are traditional and then pfs: then there are ratios. */
bool run_set_is_modes(const struct run_set *set);
/* A run's name: that of its variant, else its mode. */
const char *run_label(const struct results *r);
/* Whether a view of these runs has a row for that. */
bool figure_is_shown(const struct figure *f, const struct run_set *set);
/* The gravest of its runs' verdicts. */
enum verdict run_set_verdict(const struct run_set *set);

#endif
