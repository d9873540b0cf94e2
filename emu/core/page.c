/* page.c - see page.h. */
#include "emu/core/page.h"

#include "emu/core/kit.h"

#include <stdio.h>

size_t page_network(const struct phone_identity *id, const struct cnf *cnf, bool pfs,
                    char out[PAGE_MAX])
{
    char ip[IP_TEXT], tftp[IP_TEXT], server[IP_TEXT] = "";
    if (cnf->load_server)
        kit_ip_text(cnf->load_server, server);
    bool has_row = id->model->pfs && !(id->quirks & QUIRK_PAGE_LACKS_PFS_ROW);
    int len = snprintf(out, PAGE_MAX,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                       "<NetworkConfigurationInformation>\n"
                       " <MACAddress>%s</MACAddress>\n"
                       " <HostName>%s</HostName>\n"
                       " <IPAddress>%s</IPAddress>\n"
                       " <TFTPServer1>%s</TFTPServer1>\n"
                       " <LoadServer>%s</LoadServer>\n"
                       "%s%s%s"
                       "</NetworkConfigurationInformation>\n",
                       id->name + 3, id->name, kit_ip_text(id->ip, ip),
                       kit_ip_text(id->tftp_ip, tftp), server,
                       has_row ? " <PeerFirmwareSharing>" : "",
                       has_row ? pfs ? "Yes" : "No" : "",
                       has_row ? "</PeerFirmwareSharing>\n" : "");
    return len > 0 && len < PAGE_MAX ? (size_t)len : 0; /* all that goes in is bounded */
}
