/* ownlimit.c - see ownlimit.h. */
#include "netns/host/ownlimit.h"

#include <sys/resource.h>

static void raise_one(int resource, rlim_t need)
{
    struct rlimit limit;
    getrlimit(resource, &limit);
    if (limit.rlim_cur >= need)
        return;
    rlim_t hard = limit.rlim_max;
    if (setrlimit(resource, &(struct rlimit){need, need > hard ? need : hard}) == 0)
        return;
    limit.rlim_cur = need < hard ? need : hard;
    setrlimit(resource, &limit);
}

void ownlimit_raise(size_t phones)
{
    raise_one(RLIMIT_NOFILE, 8 * phones + 1024);
    raise_one(RLIMIT_MEMLOCK, 64 * 1024 * phones); /* of rings, per user */
}
