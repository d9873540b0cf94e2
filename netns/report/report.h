/* report.h - the outcome for people, as a page: report.html. */
#ifndef NETNS_REPORT_H
#define NETNS_REPORT_H

#include "netns/text/outfile.h"

outfile_body report_body; /* of a struct run_set */

#endif
