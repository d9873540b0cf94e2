/* identity.c - see identity.h. */
#include "emu/core/identity.h"

#include <stdlib.h>
#include <string.h>

void identity_mac(const char *name, uint8_t mac[6])
{
    unsigned long long digits = strtoull(name + strlen("SEP"), NULL, 16);
    for (int i = 5; i >= 0; i--, digits >>= 8)
        mac[i] = (uint8_t)digits;
}
