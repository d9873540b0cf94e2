/* curves.h - the plots of a prediction. */
#ifndef CURVES_H
#define CURVES_H

#include "netns/foretell/predict.h"

/* Four log-log plots in one SVG. */
void curves_draw(FILE *out, const struct predict *p);

#endif
