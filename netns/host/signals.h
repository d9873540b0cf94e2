/* signals.h - signals as something to poll: a handler that writes their number into a pipe.
 *
 * Not signalfd(2): that needs them blocked, and a blocked mask passes through exec to every
 * server and phone, while handlers do not.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

/* Those that end a run in good order, at the head of a list. */
#define SIGNALS_STOP SIGINT, SIGTERM, SIGHUP, SIGQUIT

/* Catches the signals of the list (ended by 0) from now on. Returns the descriptor to poll, or
 * a negative errno. Called again after a fork, the child gets a pipe of its own. */
int signals_catch(const int *list);
/* The next signal that has come, or 0. */
int signals_next(void);
/* The process that sent the last one caught but SIGCHLD; 0: none that is seen from here. */
int signals_sender(void);
/* Puts back the actions that signals_catch found. */
void signals_release(void);

#endif
