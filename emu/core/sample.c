/* sample.c - see sample.h. */
#include "emu/core/sample.h"

#include "emu/core/phone-private.h"
#include "emu/core/servers.h"
#include "emu/core/worth.h"

#include <errno.h>

static int enough(void *to, const void *data, size_t len)
{
    (void)to, (void)data, (void)len;
    return -ECANCELED;
}

void sample_begin(void *owner, const char *name)
{
    struct phone *p = owner;
    kit_log(&p->kit, LOG_DBG, "TFTP probe %s", name);
    p->sampled_at = p->kit.now;
    if (fetch_get(&p->fetch, servers_firmware(p), name, TRANSFER_PROBE, enough, p,
                  p->kit.now) != 0)
        worth_sampled(&p->pfs, NEVER);
}

bool sample_under_way(const struct phone *p)
{
    return !fetch_idle(&p->fetch) && p->fetch.sink == enough;
}

void sample_heard(struct phone *p, enum transfer_result result)
{
    bool answered = result == TRANSFER_SINK || result == TRANSFER_DONE;
    if (result != TRANSFER_MORE)
        worth_sampled(&p->pfs, answered ? p->kit.now - p->sampled_at : NEVER);
}
