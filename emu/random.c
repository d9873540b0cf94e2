/* random.c - see random.h. */
#include "emu/random.h"

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

uint32_t random_word(uint64_t *state)
{
    return (uint32_t)(random_next(state) >> 32);
}

uint32_t random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((uint64_t)random_word(state) * limit >> 32);
}

uint64_t random_upto(uint64_t *state, uint64_t most)
{
    return (uint64_t)((unsigned __int128)random_next(state) * ((unsigned __int128)most + 1) >> 64);
}

double random_share(uint64_t *state)
{
    return (double)(random_next(state) >> 11) * 0x1p-53;
}
