/* phone.c - one phone's life: power-on, boot, configuration, upgrade, reboot, idle; and the
 * entries through which its carrier drives it. Every entry notes the time, lets one part handle
 * the event, does what became due, and publishes the status record if it changed.
 */
#include "emu/phone.h"

#include "emu/upgrade.h"

#include <stdlib.h>
#include <string.h>

struct phone *phone_new(const struct phone_identity *id, const struct phone_ops *ops, void *ctx)
{
    struct phone *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->id = *id;
    p->kit = (struct kit){.ops = ops, .ctx = ctx, .id = &p->id};
    p->at = NEVER;
    p->status.state = PHONE_READY;
    if (!id->factory_reset)
        memcpy(p->status.running, id->running, sizeof p->status.running);
    tftp_init(&p->tftp, ops, ctx);
    pfs_init(&p->pfs, &p->kit, &upgrade_owner, p);
    return p;
}

void phone_free(struct phone *p)
{
    if (p)
        cnf_close(p->parser);
    free(p);
}

const struct phone_status *phone_status(const struct phone *p)
{
    return &p->published;
}

/* ---- states -------------------------------------------------------------------------- */

void phone_set_state(struct phone *p, enum phone_state to)
{
    kit_log(&p->kit, LOG_DBG, "%s: %s -> %s", p->id.name, phone_state_names[p->status.state],
            phone_state_names[to]);
    p->status.state = (uint8_t)to;
    p->status.changed_us = p->kit.now;
}

/* Lets go of everything that hangs on the network or the flash. */
static void let_go(struct phone *p)
{
    tftp_cancel(&p->tftp);
    pfs_close(&p->pfs);
    p->kit.ops->flash_discard(p->kit.ctx);
    p->kit.ops->flash_release(p->kit.ctx);
    cnf_close(p->parser);
    p->parser = NULL;
    p->advance = p->hopeless = false;
    p->at = NEVER;
}

static void set_status(struct phone *p, const char *text, const char *file, const char *said)
{
    struct phone_status *s = &p->status;
    memset(s->status_text, 0, sizeof s->status_text);
    memset(s->status_file, 0, sizeof s->status_file);
    memset(s->status_server, 0, sizeof s->status_server);
    memccpy(s->status_text, text, 0, sizeof s->status_text - 1);
    memccpy(s->status_file, file, 0, sizeof s->status_file - 1);
    memccpy(s->status_server, said, 0, sizeof s->status_server - 1);
}

/* What it has failed with, to all who look; of its work nothing is left. */
static void give_up(struct phone *p, const char *text, const char *file, const char *said)
{
    if (p->status.state != PHONE_CONFIG)
        screen_failed(&p->status.screen, p->file, text);
    let_go(p);
    set_status(p, text, file, said);
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_FAILED);
    event_str(&e, "text", text);
    event_str(&e, "file", file);
    if (*said)
        event_str(&e, "server", said);
    kit_event_end(&p->kit, &e);
    kit_log(&p->kit, LOG_WRN, "%s %s", text, file);
}

static void boot(struct phone *p)
{
    phone_set_state(p, PHONE_BOOT);
    p->at = p->kit.now + PHONE_BOOT_TIME + kit_random(&p->kit, PHONE_BOOT_SPREAD);
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_BOOT);
    event_str(&e, "load", p->status.running);
    kit_event_end(&p->kit, &e);
}

void phone_fail(struct phone *p, const char *text, const char *file)
{
    give_up(p, text, file ? file : "", "");
    phone_set_state(p, PHONE_FAILED);
}

void phone_fail_transfer(struct phone *p, const char *text, const char *file)
{
    give_up(p, text, file, p->tftp.said);
    phone_set_state(p, PHONE_FAILED);
}

void phone_boot_again(struct phone *p, const char *text, const char *file)
{
    give_up(p, text, file, "");
    boot(p);
}

void phone_reboot(struct phone *p)
{
    let_go(p);
    screen_clear(&p->status.screen);
    set_status(p, "", "", "");
    boot(p);
}

/* ---- entries ------------------------------------------------------------------------- */

static void enter(struct phone *p, usec now)
{
    p->kit.now = now;
}

static void leave(struct phone *p)
{
    upgrade_advance(p);
    struct phone_status *s = &p->status;
    s->root = p->pfs.current >= 0 && pfs_current(&p->pfs)->rooted;
    s->parent_ip = p->pfs.parent.link.state == LINK_OPEN ? p->pfs.parent.link.ip : 0;
    for (int i = 0; i < 2; i++)
        s->child_ip[i] = p->pfs.slots[i].link.state == LINK_OPEN ? p->pfs.slots[i].ip : 0;
    if (memcmp(s, &p->published, sizeof *s) == 0)
        return;
    p->published = *s;
    p->kit.ops->status(p->kit.ctx, &p->published);
}

void phone_start(struct phone *p, usec now)
{
    enter(p, now);
    p->status.upgraded = 0;
    phone_reboot(p);
    leave(p);
}

usec phone_deadline(const struct phone *p)
{
    usec at = pfs_deadline(&p->pfs);
    at = p->at < at ? p->at : at;
    return p->tftp.deadline < at ? p->tftp.deadline : at;
}

/* What the server said in place of a file, or that it said nothing. An absent file is nothing
 * unusual. */
static void log_answer(struct phone *p, enum tftp_result result)
{
    const struct tftp *t = &p->tftp;
    if (result == TFTP_TIMED_OUT)
        kit_log(&p->kit, LOG_WRN, "TFTP %s: no answer", t->name);
    else if (t->said[0])
        kit_log(&p->kit, result == TFTP_NOT_FOUND ? LOG_DBG : LOG_WRN, "TFTP %s: %s%s", t->name,
                t->said, result == TFTP_LATER ? ", asks again" : "");
}

static void transfer_ended(struct phone *p, bool sample, enum tftp_result result)
{
    if (sample)
        sample_heard(p, result);
    if (sample || result == TFTP_MORE)
        return;
    log_answer(p, result);
    if (result == TFTP_LATER)
        return;
    if (p->status.state == PHONE_CONFIG)
        config_ended(p, result);
    else if (p->status.state == PHONE_UPGRADE)
        upgrade_fetch_ended(p, result);
}

static void own_timer(struct phone *p)
{
    p->at = NEVER;
    if (p->status.state == PHONE_BOOT)
        boot_ended(p);
    else if (p->status.state == PHONE_UPGRADE)
        upgrade_port_timer(p);
}

void phone_run_timers(struct phone *p, usec now)
{
    enter(p, now);
    if (p->at <= now)
        own_timer(p);
    if (p->tftp.deadline <= now) {
        bool sample = sample_under_way(p);
        transfer_ended(p, sample, tftp_timeout(&p->tftp, now));
    }
    if (pfs_deadline(&p->pfs) <= now)
        pfs_timers(&p->pfs);
    leave(p);
}

void phone_tftp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    enter(p, now);
    bool sample = sample_under_way(p);
    transfer_ended(p, sample, tftp_datagram(&p->tftp, from, data, len, now));
    leave(p);
}

void phone_udp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    enter(p, now);
    pfs_udp(&p->pfs, from, data, len);
    leave(p);
}

int phone_tcp_accepted(struct phone *p, uint32_t ip, usec now)
{
    enter(p, now);
    int conn = pfs_accepted(&p->pfs, ip);
    leave(p);
    return conn;
}

void phone_tcp_connected(struct phone *p, int conn, usec now)
{
    enter(p, now);
    pfs_connected(&p->pfs, conn);
    leave(p);
}

void phone_tcp_data(struct phone *p, int conn, const void *data, size_t len, usec now)
{
    enter(p, now);
    pfs_data(&p->pfs, conn, data, len);
    leave(p);
}

void phone_tcp_sent(struct phone *p, int conn, usec now)
{
    enter(p, now);
    pfs_sent(&p->pfs, conn);
    leave(p);
}

void phone_tcp_closed(struct phone *p, int conn, int error, usec now)
{
    enter(p, now);
    pfs_closed(&p->pfs, conn, error);
    leave(p);
}
