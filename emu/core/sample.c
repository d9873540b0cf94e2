/* sample.c - see sample.h. */
#include "emu/core/sample.h"

#include "emu/core/phone-private.h"
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
    if (tftp_get(&p->tftp, phone_server(p), name, TFTP_MAY, enough, p, p->kit.now) != 0)
        worth_sampled(&p->pfs, NEVER);
}

bool sample_under_way(const struct phone *p)
{
    return p->tftp.state != TFTP_IDLE && p->tftp.sink == enough;
}

void sample_heard(struct phone *p, enum tftp_result result)
{
    bool answered = result == TFTP_SINK || result == TFTP_DONE;
    if (result != TFTP_MORE)
        worth_sampled(&p->pfs, answered ? p->kit.now - p->sampled_at : NEVER);
}
