/* config.c - which files a phone asks for at boot, and what it does with the answer.
 *
 * The order is the phones' own: trust lists (absent ones are skipped, their content is not
 * emulated), then SEP<MAC>.cnf.xml, then XMLDefault.cnf.xml.
 */
#include "emu/page.h"
#include "emu/upgrade.h"

#include <stdio.h>
#include <string.h>

static const struct config_file {
    const char *format; /* %s: device name */
    bool configures;
} files[] = {
    {"CTL%s.tlv", false},  {"ITL%s.tlv", false},         {"ITLFile.tlv", false},
    {"%s.cnf.xml", true},  {"XMLDefault.cnf.xml", true},
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

static void request(struct phone *p)
{
    char name[NAME_MAX_LEN];
    file_name(p, name);
    if (files[p->config_step].configures && !(p->parser = cnf_open(p->id.model))) {
        phone_fail(p, "Memory Error", name);
        return;
    }
    kit_log(&p->kit, LOG_DBG, "TFTP get %s", name);
    if (tftp_get(&p->tftp, p->id.tftp_ip, name, sink, p, p->kit.now) != 0)
        phone_fail(p, "TFTP error", name);
}

void config_begin(struct phone *p)
{
    phone_set_state(p, PHONE_CONFIG);
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
    p->status.pfs = p->cnf.pfs && p->id.model->pfs && !phone_has(p, QUIRK_PFS_DISABLED);
    char page[PAGE_MAX];
    p->kit.ops->page(p->kit.ctx, page, page_network(&p->id, &p->cnf, p->status.pfs, page));
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
        phone_fail(p, "Load ID incorrect", name);
        return;
    }
    p->status.upgraded = p->cnf.load[0] != '\0';
    phone_set_state(p, PHONE_IDLE);
    kit_event_begin(&p->kit, &e, EVENT_IDLE);
    event_str(&e, "load", p->status.running);
    kit_event_end(&p->kit, &e);
    kit_log(&p->kit, LOG_INF, "%s registered with load %s", p->id.name, p->status.running);
}

static void refused(struct phone *p, const char *name)
{
    kit_log(&p->kit, LOG_WRN, "%s: %s", name, cnf_error(p->parser));
    phone_fail(p, "CFG file error", name);
}

void config_ended(struct phone *p, enum tftp_result result)
{
    char name[NAME_MAX_LEN];
    file_name(p, name);
    if (result == TFTP_SINK) {
        refused(p, name);
    } else if (result == TFTP_DONE && files[p->config_step].configures) {
        if (cnf_finish(p->parser, &p->cnf) == 0)
            configured(p, name);
        else
            refused(p, name);
    } else if (result == TFTP_DONE || result == TFTP_NOT_FOUND) {
        cnf_close(p->parser);
        p->parser = NULL;
        if (++p->config_step < FILE_COUNT)
            request(p);
        else
            phone_fail(p, "CFG file not found", name);
    } else {
        phone_fail(p, tftp_result_text(result), name);
    }
    if (p->status.state != PHONE_CONFIG) {
        cnf_close(p->parser);
        p->parser = NULL;
    }
}
