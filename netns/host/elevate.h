/* elevate.h - a user who is not root. */
#ifndef ELEVATE_H
#define ELEVATE_H

/* Returns when the caller is root. Otherwise runs the same command line through sudo, where that
 * can ask for a password or needs none; or says what is needed and ends with exit code 3. */
void elevate(char **argv);

#endif
