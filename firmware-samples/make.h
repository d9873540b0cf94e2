/* make.h - makes loads and writes their files. Writing ends the program with a message when it
 * cannot go on; a file appears under its name only when whole, and one that already holds the
 * same bytes is left alone. */
#ifndef MAKE_H
#define MAKE_H

#include "firmware-samples/catalog.h"
#include "firmware-samples/image.h"

struct maker {
    const struct signer *signer;
    const char *out; /* directory, for messages */
    int dir;         /* the same, open */
    unsigned scale;  /* components are this many times smaller than in the catalog */
};

/* Writes an image as name; frees it. Returns its size. */
size_t write_image(const struct maker *m, const char *name, struct image image);

/* Writes a load's components and its list, named list_name + ".loads", and prints a line. */
void make_load(const struct maker *m, const struct load *load, const char *list_name);

/* Writes every sample that must be refused (and their healthy twin, SCCP41.good). */
void make_refused(const struct maker *m, const struct signer *unknown);

#endif
