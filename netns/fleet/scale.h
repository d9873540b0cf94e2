/* scale.h - a fleet of another size, in the same proportions. */
#ifndef SCALE_H
#define SCALE_H

#include <stddef.h>

/* Shares so many out among n groups as they have them; what cannot be halved goes to those that
 * lack most, one each. have: above 0 in all. A group may get none. */
void scale(const size_t *have, size_t n, size_t phones, size_t *out);

#endif
