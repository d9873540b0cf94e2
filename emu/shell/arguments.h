/* arguments.h - the command line of one phone.
 *
 * One table says for each option what it accepts and who reads it; the help is printed from it.
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "emu/shell/setup.h"

#include <stdio.h>

#define KEY_AUTH_UNSET (-1)

struct arguments {
    struct setup setup;
    int key_fd;
    int authentication; /* enum auth_level, or KEY_AUTH_UNSET */
    void (*table)(FILE *out); /* to be printed, or NULL */
    bool inspect;
    char **files;       /* to be inspected */
    int file_count;
};

/* Reads them all, each value checked, into *a, which holds the defaults. Ends the process with
 * PHONE_EXIT_USAGE after a message, and with 0 after the help. */
void arguments_parse(struct arguments *a, int argc, char **argv);

#endif
