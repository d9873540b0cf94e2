/* scale.c - see scale.h. */
#include "netns/fleet/scale.h"

void scale(const size_t *have, size_t n, size_t phones, size_t *out)
{
    size_t all = 0, given = 0; /* their products have 64 bits: nobody has more than 100,000 */
    for (size_t i = 0; i < n; i++)
        all += have[i];
    for (size_t i = 0; i < n; i++)
        given += out[i] = have[i] * phones / all;
    for (; given < phones; given++) {
        size_t best = 0;
        size_t most = 0;
        for (size_t i = 0; i < n; i++) {
            size_t lacks = have[i] * phones - out[i] * all;
            if (out[i] * all < have[i] * phones && lacks > most) {
                most = lacks;
                best = i;
            }
        }
        out[best]++;
    }
}
