/* config.c - which files a phone asks for at boot, and what it does with the answer.
 *
 * The order is the phones' own: trust lists, then SEP<MAC>.cnf.xml, then XMLDefault.cnf.xml.
 *
 * What an emulated phone knows of trust lists is that it has none, and their content is not
 * emulated: one that comes is skipped, and one that the server refuses, whatever it says, breaks
 * off or does not speak of stops nobody [the vendor's guides: a phone without a list goes on to its
 * configuration]. The configuration is needed: File not found leads to the next file, and nothing
 * else does; what may pass is waited for (tftp.h), what does not ends the boot with the phone's
 * words.
 */
#include "emu/core/config.h"

#include "emu/core/life.h"
#include "emu/core/page.h"
#include "emu/core/servers.h"
#include "emu/core/upgrade.h"

#include <stdio.h>
#include <string.h>

static const struct config_file {
    const char *format; /* %s: device name */
    enum transfer_need need; /* TRANSFER_MUST: it configures */
} files[] = {
    {"CTL%s.tlv", TRANSFER_MAY},   {"ITL%s.tlv", TRANSFER_MAY},
    {"ITLFile.tlv", TRANSFER_MAY}, {"%s.cnf.xml", TRANSFER_MUST},
    {"XMLDefault.cnf.xml", TRANSFER_MUST},
};
#define FILE_COUNT (sizeof files / sizeof *files)

static void file_name(const struct phone *p, char out[NAME_MAX_LEN])
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(out, NAME_MAX_LEN, files[p->config_step].format, p->id.name);
#pragma GCC diagnostic pop
}

static int sink(void *to, const void *data, size_t len)
{
    struct phone *p = to;
    return p->parser ? cnf_feed(p->parser, data, len) : 0;
}

/* A parser that has read nothing, where the file configures. */
static bool open_parser(struct phone *p, const char *name)
{
    cnf_close(p->parser);
    p->parser = files[p->config_step].need == TRANSFER_MUST ? cnf_open(p->id.model) : NULL;
    if (p->parser || files[p->config_step].need == TRANSFER_MAY)
        return true;
    life_fail(p, "Memory Error", name);
    return false;
}

static void request(struct phone *p)
{
    char name[NAME_MAX_LEN];
    file_name(p, name);
    if (!open_parser(p, name))
        return;
    if (!p->id.tftp_ip) { /* it would ask a name server for the host that it knows by name alone */
        life_fail(p, "DNS unknown host", servers_name(p));
        return;
    }
    int error = fetch_get(&p->fetch, p->id.tftp_ip, name, files[p->config_step].need, sink, p,
                          p->kit.now);
    kit_log(&p->kit, LOG_DBG, "%s get %s", fetch_teller(&p->fetch), name);
    if (error)
        life_fail(p, "TFTP error", name);
}

void config_begin(struct phone *p)
{
    life_set_state(p, PHONE_CONFIG);
    p->config_step = 0;
    request(p);
}

static void log_warnings(struct phone *p, const char *name)
{
    const struct cnf_warning *w;
    for (size_t i = 0; (w = cnf_warning(p->parser, i)); i++)
        kit_log(&p->kit, LOG_WRN, "%s: %s", name, w->text);
}

static void configured(struct phone *p, const char *name)
{
    struct event_line e;
    log_warnings(p, name);
    p->kit.log_server = p->cnf.log_server;
    p->status.pfs = p->cnf.pfs && p->id.model->pfs && !phone_has(p, QUIRK_PFS_DISABLED);
    char page[PAGE_MAX];
    size_t len = page_network(&p->id, &p->dhcp.lease, &p->cnf, p->status.pfs, page);
    p->kit.ops->page(p->kit.ctx, page, len);
    kit_event_begin(&p->kit, &e, EVENT_CONFIG);
    event_str(&e, "file", name);
    event_str(&e, "load", p->cnf.load);
    event_num(&e, "pfs", p->status.pfs);
    kit_event_end(&p->kit, &e);
    if (p->cnf.load[0] != '\0' && strcmp(p->cnf.load, p->status.running) != 0) {
        upgrade_begin(p);
        return;
    }
    if (!*p->status.running) { /* nothing to run, and nothing to fetch */
        life_fail(p, "Load ID incorrect", name);
        return;
    }
    p->status.upgraded = p->cnf.load[0] != '\0';
    life_set_state(p, PHONE_IDLE);
    kit_event_begin(&p->kit, &e, EVENT_IDLE);
    event_str(&e, "load", p->status.running);
    kit_event_end(&p->kit, &e);
    if (!p->cnf.manager_count) /* nobody is asked */
        kit_log(&p->kit, LOG_INF, "%s registered with load %s", p->id.name, p->status.running);
    station_begin(&p->station, &p->cnf);
}

static void refused(struct phone *p, const char *name)
{
    kit_log(&p->kit, LOG_WRN, "%s: %s", name, cnf_error(p->parser));
    life_fail(p, "CFG file error", name);
}

/* Past a trust list, or a configuration that is not there. */
static void next_file(struct phone *p, const char *name)
{
    if (++p->config_step < FILE_COUNT)
        request(p);
    else
        life_fail_transfer(p, "CFG file not found", name);
}

void config_ended(struct phone *p, enum transfer_result result)
{
    char name[NAME_MAX_LEN];
    file_name(p, name);
    if (servers_next(p, p->id.tftp_ip, result))
        request(p);
    else if (files[p->config_step].need == TRANSFER_MAY || result == TRANSFER_NOT_FOUND)
        next_file(p, name);
    else if (result == TRANSFER_DONE && cnf_finish(p->parser, &p->cnf) == 0)
        configured(p, name);
    else if (result == TRANSFER_DONE || result == TRANSFER_SINK)
        refused(p, name);
    else if (!fetch_again(&p->fetch, p->kit.now))
        life_fail_transfer(p, transfer_result_text(result), name);
    else if (open_parser(p, name))
        kit_log(&p->kit, LOG_WRN, "%s broke off, and is asked for anew", name);
    if (p->status.state != PHONE_CONFIG) {
        cnf_close(p->parser);
        p->parser = NULL;
    }
}
