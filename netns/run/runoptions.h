/* runoptions.h - how a run is to be done. */
#ifndef RUNOPTIONS_H
#define RUNOPTIONS_H

#include "netns/host/ids.h"
#include "netns/run/progress.h"

#include <stdbool.h>

struct run_options {
    const char *out_dir;      /* created; absolute */
    const char *phone_binary; /* fleet-phone, absolute */
    enum progress_style style;
    struct ids ids;           /* of the phones */
    bool capture;             /* dumpcap on the site's bridges, all along, into site.pcapng */
};

#endif
