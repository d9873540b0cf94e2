/* neighbours.c - see neighbours.h. */
#include "netns/host/neighbours.h"

#include <stdio.h>
#include <string.h>

/* Which column is called that, from 0; beyond the last when none is. */
static unsigned column(char *titles, const char *name)
{
    unsigned i = 0;
    char *rest;
    for (char *t = strtok_r(titles, " \n", &rest); t && strcmp(t, name) != 0; i++)
        t = strtok_r(NULL, " \n", &rest);
    return i;
}

/* The titles, then a line a processor, in hexadecimal. */
uint64_t neighbours_refused(void)
{
    char line[512];
    uint64_t sum = 0;
    FILE *f = fopen("/proc/net/stat/arp_cache", "re");
    unsigned at = f && fgets(line, sizeof line, f) ? column(line, "table_fulls") : 0;
    while (f && fgets(line, sizeof line, f)) {
        unsigned long long value = 0;
        char *rest, *t = strtok_r(line, " \n", &rest);
        for (unsigned i = 0; t && i < at; i++)
            t = strtok_r(NULL, " \n", &rest);
        if (t && sscanf(t, "%llx", &value) == 1)
            sum += value;
    }
    if (f)
        fclose(f);
    return sum;
}
