/* check.h - what is true of a phone after every event, whatever has come: it asserts that itself.
 *
 * What breaks here is a fault of ours, and nothing that the phone does from then on can be trusted:
 * it ends, and the run says so. A few comparisons each; what concerns several phones, or what is
 * outside of the phone, the simulator looks at (tests/sim/invariant.c).
 */
#ifndef CHECK_H
#define CHECK_H

struct phone;

void check_phone(const struct phone *p);

#endif
