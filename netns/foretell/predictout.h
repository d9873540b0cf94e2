/* predictout.h - a prediction's files, and what is printed of it. */
#ifndef PREDICTOUT_H
#define PREDICTOUT_H

#include "netns/foretell/predict.h"

/* plan.csv, plan.json, plan.svg and plan.html into dir; 0, or 3 after a message. */
int predict_write(const struct predict *p, const char *dir);
void predict_print(const struct predict *p, const char *dir);

/* Their contents; and "75 ms, 256 kbit/s, loss 0 %" with what else a reader has to know. */
void predict_csv(FILE *out, const struct predict *p);
void predict_json(FILE *out, const struct predict *p);
void predict_label(FILE *out, const struct predict *p);

#endif
