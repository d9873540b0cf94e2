/* scenarios.h - the library of scenarios: tests/scenarios/NAME.fleet.yml, each with expectations.
 */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

struct scenario {
    char name[64];      /* the file's, without .fleet.yml */
    char *file;         /* its path */
    char *description;  /* a line; "" where the file has none */
    int code;           /* its run's exit code */
    double seconds;     /* that the run took, in real time */
    char *wrong;        /* what was not met, a line each; NULL: nothing */
};

struct scenarios {
    struct scenario *items;
    size_t count;
};

/* Those of the given names (shell patterns too; none: all), in order of their names. 0, or an exit
 * code after a message that names what there is. To be freed in any case. */
int scenarios_find(const char *root_dir, char **names, size_t count, struct scenarios *s);
void scenarios_free(struct scenarios *s);

/* Names and descriptions on standard output; or with verdicts, as JSON. */
void scenarios_list(const struct scenarios *s);
void scenarios_json(const struct scenarios *s);
/* Whether its run says more of this machine than of its fleet. */
bool scenario_is_inconclusive(const struct scenario *s);
/* One line for a scenario that has been run, and below it what was not met. */
void scenario_print(const struct scenario *s);
/* One JUnit case a scenario. 0 or 3 after a message. */
int scenarios_junit(const struct scenarios *s, const char *path);

#endif
