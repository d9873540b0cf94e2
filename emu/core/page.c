/* page.c - see page.h. */
#include "emu/core/page.h"

#include "emu/core/kit.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

struct text {
    char *out;
    size_t len;
};

/* All that goes in is bounded, and fits. */
__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    t->len += (size_t)vsnprintf(t->out + t->len, PAGE_MAX - t->len, format, args);
    va_end(args);
}

/* XML has five characters that do not stand for themselves (XML 1.0, section 2.4). */
static void row(struct text *t, const char *name, const char *value)
{
    add(t, " <%s>", name);
    for (; *value; value++) {
        if (*value == '<' || *value == '>' || *value == '&' || *value == '"' || *value == '\'')
            add(t, "&#%d;", *value);
        else
            add(t, "%c", *value);
    }
    add(t, "</%s>\n", name);
}

static void row_ip(struct text *t, const char *name, uint32_t ip)
{
    char value[IP_TEXT] = "";
    row(t, name, ip ? kit_ip_text(ip, value) : value);
}

size_t page_network(const struct phone_identity *id, const struct dhcp_lease *lease,
                    const struct cnf *cnf, bool pfs, char out[PAGE_MAX])
{
    struct text t = {out, 0};
    uint32_t mask = id->prefix_len ? htonl(UINT32_MAX << (32 - id->prefix_len)) : 0;
    add(&t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NetworkConfigurationInformation>\n");
    row_ip(&t, "DHCPServer", lease->server);
    row(&t, "MACAddress", id->name + 3);
    row(&t, "HostName", id->name);
    row(&t, "DomainName", lease->domain);
    row_ip(&t, "IPAddress", id->ip);
    row_ip(&t, "SubNetMask", mask);
    row_ip(&t, "TFTPServer1", lease->server ? lease->tftp[0] : id->tftp_ip);
    row_ip(&t, "TFTPServer2", lease->tftp[1]);
    row_ip(&t, "DefaultRouter1", id->router);
    row_ip(&t, "LoadServer", cnf->load_server);
    if (id->model->pfs && !(id->quirks & QUIRK_PAGE_LACKS_PFS_ROW))
        row(&t, "PeerFirmwareSharing", pfs ? "Yes" : "No");
    add(&t, "</NetworkConfigurationInformation>\n");
    return t.len;
}
