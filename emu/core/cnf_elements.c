/* cnf_elements.c - see cnf-private.h. */
#include "emu/core/cnf-private.h"

#include "emu/cursor.h"
#include "emu/core/syslog.h"
#include "emu/sccp/message.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 63 /* of a host name [RFC 1035] */

static const struct cnf_remark fine;

struct cnf_remark cnf_unusable(const char *why)
{
    return (struct cnf_remark){CONFIG_WARNS_VALUE, why};
}

static struct cnf_remark set_load(struct cnf *cnf, const char *text)
{
    if (*text && !cursor_is_file_name(text))
        return cnf_unusable("load is not a plain file name");
    if (strlen(text) + sizeof ".loads" > sizeof cnf->load)
        return cnf_unusable(LIMIT_BEYOND("load name is longer than", LIMIT_LOAD, "characters"));
    snprintf(cnf->load, sizeof cnf->load, "%s", text);
    return fine;
}

static struct cnf_remark set_pfs(struct cnf *cnf, const char *text)
{
    if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return cnf_unusable("peerFirmwareSharing is neither 0 nor 1");
    cnf->pfs = *text == '1';
    return fine;
}

static struct cnf_remark set_cdp(struct cnf *cnf, const char *text)
{
    cnf->no_cdp = strcmp(text, "0") == 0;
    return fine;
}

static struct cnf_remark set_lldp(struct cnf *cnf, const char *text)
{
    cnf->no_lldp = strcmp(text, "0") == 0;
    return fine;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Labels of letters, digits, hyphens and underscores, with dots; the last one is not all digits. */
static bool is_host_name(const char *text)
{
    bool digits = true;
    for (size_t len = 0; *text; text++) {
        bool dot = *text == '.';
        if (dot ? len == 0 : !is_alnum(*text) && *text != '-' && *text != '_')
            return false;
        digits = dot || (digits && *text >= '0' && *text <= '9');
        len = dot ? 0 : len + 1;
        if (len > LABEL_MAX)
            return false;
    }
    return !digits;
}

static struct cnf_remark set_load_server(struct cnf *cnf, const char *text)
{
    struct in_addr ip = {0};
    bool address = *text && inet_pton(AF_INET, text, &ip) == 1;
    cnf->load_server = ip.s_addr;
    if (address || !*text)
        return fine;
    if (is_host_name(text))
        return (struct cnf_remark){CONFIG_WARNS_HOST,
                                   "loadServer is a host name, which is not resolved: "
                                   "firmware is taken from the TFTP server"};
    return cnf_unusable("loadServer is not an IPv4 address");
}

/* "10.1.2.3", "10.1.2.3:1514" or "10.1.2.3 1514". */
static struct cnf_remark set_log_server(struct cnf *cnf, const char *text)
{
    char ip[INET_ADDRSTRLEN] = "", *end = NULL;
    size_t len = strcspn(text, ": ");
    struct in_addr in = {0};
    unsigned long port = text[len] ? strtoul(text + len + 1, &end, 10) : SYSLOG_PORT;
    memcpy(ip, text, len < sizeof ip ? len : 0);
    cnf->log_server = (struct addr){0};
    if (!*text)
        return fine;
    if (is_host_name(text))
        return (struct cnf_remark){CONFIG_WARNS_HOST,
                                   "logServer is a host name, which is not resolved: "
                                   "nothing is logged there"};
    if (inet_pton(AF_INET, ip, &in) != 1 || !port || port > UINT16_MAX || (end && *end))
        return cnf_unusable("logServer is not an IPv4 address, with a port or without");
    cnf->log_server = (struct addr){in.s_addr, (uint16_t)port};
    return fine;
}

static struct cnf_remark set_manager(struct cnf *cnf, const char *text)
{
    struct in_addr ip = {0};
    bool address = inet_pton(AF_INET, text, &ip) == 1;
    cnf->member.ip = ip.s_addr;
    if (address || !is_host_name(text))
        return fine;
    return (struct cnf_remark){CONFIG_WARNS_HOST,
                               "processNodeName is a host name, which is not resolved"};
}

static struct cnf_remark set_manager_port(struct cnf *cnf, const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    cnf->member.port = *text && !*end && port <= UINT16_MAX && port ? (uint16_t)port : SCCP_PORT;
    return fine;
}

#define GROUP "callManagerGroup/members/member"
bool cnf_is_member(const char *path)
{
    return strcmp(path, "device/devicePool/" GROUP) == 0 || strcmp(path, "Default/" GROUP) == 0;
}

void cnf_member_begins(struct cnf *cnf, const char *priority)
{
    unsigned long order = priority ? strtoul(priority, NULL, 10) : cnf->manager_count;
    cnf->member = (struct cnf_manager){
        .port = SCCP_PORT, .priority = order < UINT16_MAX ? (uint16_t)order : UINT16_MAX};
}

/* In their order; of those with the same priority in the file's. */
void cnf_member_ends(struct cnf *cnf)
{
    size_t at = cnf->manager_count;
    if (!cnf->member.ip || at == CNF_MANAGERS)
        return;
    for (; at > 0 && cnf->managers[at - 1].priority > cnf->member.priority; at--)
        cnf->managers[at] = cnf->managers[at - 1];
    cnf->managers[at] = cnf->member;
    cnf->manager_count++;
}

#define NODE GROUP "/callManager/processNodeName"
#define PORT GROUP "/callManager/ports/ethernetPhonePort"
static const struct cnf_element elements[] = {
    {"device/loadInformation", set_load, "", "none is named"},
    {"device/vendorConfig/peerFirmwareSharing", set_pfs, "0", "it counts as 0"},
    {"device/vendorConfig/loadServer", set_load_server, "", "none is named"},
    {"device/vendorConfig/logServer", set_log_server, "", "none is named"},
    {"device/vendorConfig/enableCdpSwPort", set_cdp, NULL, NULL},
    {"device/vendorConfig/enableLldpSwPort", set_lldp, NULL, NULL},
    {"device/devicePool/" NODE, set_manager, NULL, NULL},
    {"Default/" NODE, set_manager, NULL, NULL},
    {"device/devicePool/" PORT, set_manager_port, NULL, NULL},
    {"Default/" PORT, set_manager_port, NULL, NULL},
    {"device/vendorConfig/loadInformation", NULL, NULL,
     "loadInformation in <vendorConfig> is not read"},
    {"Default/vendorConfig/peerFirmwareSharing", NULL, NULL,
     "peerFirmwareSharing in <Default> is not read"},
    {"Default/vendorConfig/loadServer", NULL, NULL, "loadServer in <Default> is not read"},
    {"Default/loadInformation", NULL, NULL, "loadInformation without a type number is not read"},
};
/* Wherever else one stands: by its name. Loads are named for other things, too (addOnModule). */
static const struct cnf_element elsewhere[] = {
    {"peerFirmwareSharing", NULL, NULL, "peerFirmwareSharing outside <vendorConfig> is not read"},
    {"loadServer", NULL, NULL, "loadServer outside <vendorConfig> is not read"},
};
static const struct cnf_element padded = {"Default/loadInformation0", NULL, NULL,
                                          "a type number with zeros before it is not read"};

#define NAMED(table, path) named(table, sizeof(table) / sizeof *(table), path)
static const struct cnf_element *named(const struct cnf_element *table, size_t count,
                                       const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(path, table[i].path) == 0)
            return &table[i];
    return NULL;
}

const char *cnf_own_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const struct cnf_element *cnf_element(const char *path, const char *by_type)
{
    if (*by_type && strcmp(path, by_type) == 0)
        return &elements[0];
    if (strncmp(path, padded.path, strlen(padded.path)) == 0)
        return &padded;
    const struct cnf_element *here = NAMED(elements, path);
    return here ? here : NAMED(elsewhere, cnf_own_name(path));
}

int cnf_element_number(const struct cnf_element *e)
{
    bool counts = e >= elements && e < elements + CNF_COUNTING;
    return counts ? (int)(e - elements) : -1;
}
