/* leasejson.h - what came of DHCP, for summary.json. */
#ifndef LEASEJSON_H
#define LEASEJSON_H

#include "netns/judge/results.h"
#include "netns/text/json.h"

/* A string; null for none. */
json_t *leasejson_address(uint32_t ip);
/* What a phone knows by DHCP. */
json_t *leasejson_phone(const struct phone_status *s);
/* Of a run: null where nobody asks for an address; `log`, of our own server's log, where it is not
 * ours. */
json_t *leasejson_run(const struct results *r);

#endif
