/* state.h - states whose transitions are data.
 *
 * Beside an enum of states stands a table: for each state, those that may follow it. What writes a
 * state is one function, which asserts that the table has the step: another one is a fault of ours,
 * whoever has sent what, and the phone ends there.
 */
#ifndef STATE_H
#define STATE_H

#include <assert.h>
#include <stdint.h>

/* One of the states that may follow. */
#define STATE_TO(state) (1u << (state))
#define STATE_ASSERT(may_follow, from, to) assert((may_follow)[from] & STATE_TO(to))

#endif
