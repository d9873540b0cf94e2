/* chart.h - the report's pictures, as SVG inside HTML; colours come from the page's style. */
#ifndef CHART_H
#define CHART_H

#include "netns/report/scene.h"

#include <stdio.h>

/* Upgraded phones over emulated time, one stepped line per run. */
void chart_timeline(FILE *out, const struct run_set *set);
/* A hierarchy, root on top. */
void chart_tree(FILE *out, const struct results *r, const struct hierarchy *h);
/* One phone's upgrade screen. */
void chart_screen(FILE *out, const char *name, const struct scene_screen *screen);

#endif
