/* release.c - see release.h. */
#include "emu/core/release.h"

#include "emu/loadname.h"

static const char both_keys_first[] = "SCCP41.8-3-3S";
static const char new_key_alone[] = "SCCP41.8-5-2SR1S";

bool release_refused(const char *running, const char *load)
{
    return load_has_version(running) && load_has_version(load) &&
           load_compare(running, both_keys_first) < 0 && load_compare(load, new_key_alone) >= 0;
}
