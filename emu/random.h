/* random.h - random numbers from a seed: the splitmix64 sequence (Steele, Lea, Flood).
 *
 * 64 bits of state, every one as good a seed as another; what follows from a seed is the same on
 * every machine.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

/* The next 64 bits. */
uint64_t random_next(uint64_t *state);
/* The next 32. */
uint32_t random_word(uint64_t *state);
/* From 0 up to, but without, limit; one of the next 32. */
uint32_t random_below(uint64_t *state, uint32_t limit);
/* 0 to most, both included; of all 64. */
uint64_t random_upto(uint64_t *state, uint64_t most);
/* From 0 up to, but without, 1. */
double random_share(uint64_t *state);

#endif
