/* life.c - see life.h. */
#include "emu/core/life.h"

#include "emu/core/screen.h"
#include "emu/core/share.h"
#include "emu/core/state.h"

#include <string.h>

/* The others are the launcher's. */
static const uint32_t may_follow[PHONE_STATE_COUNT] = {
#define TO(state) STATE_TO(PHONE_##state)
    [PHONE_READY] = TO(BOOT),
    [PHONE_BOOT] = TO(BOOT) | TO(CONFIG) | TO(UPGRADE),
    [PHONE_CONFIG] = TO(UPGRADE) | TO(IDLE) | TO(FAILED) | TO(BOOT),
    [PHONE_UPGRADE] = TO(FAILED) | TO(BOOT),
    [PHONE_IDLE] = TO(BOOT) | TO(CONFIG),
    [PHONE_FAILED] = TO(BOOT) | TO(CONFIG),
#undef TO
};

void life_set_state(struct phone *p, enum phone_state to)
{
    STATE_ASSERT(may_follow, p->status.state, to);
    kit_log(&p->kit, LOG_DBG, "%s: %s -> %s", p->id.name, phone_state_names[p->status.state],
            phone_state_names[to]);
    p->status.state = (uint8_t)to;
    p->status.changed_us = p->kit.now;
}

/* Lets go of everything that hangs on the network or the flash. */
static void let_go(struct phone *p)
{
    fetch_cancel(&p->fetch);
    share_close(&p->pfs);
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

/* It keeps none through a boot. */
static void drop_address(struct phone *p)
{
    if (!p->id.dhcp)
        return;
    dhcp_stop(&p->dhcp);
    p->id.ip = p->id.router = p->id.tftp_ip = 0;
    p->id.prefix_len = 0;
    p->addressless = false;
}

static void boot(struct phone *p, enum alarm_reason why)
{
    station_close(&p->station, why);
    drop_address(p);
    life_set_state(p, PHONE_BOOT);
    discovery_link_up(&p->discovery);
    fetch_forget(&p->fetch);
    p->kit.log_server.ip = 0;
    p->at = p->kit.now + LIFE_BOOT_TIME + kit_random(&p->kit, LIFE_BOOT_SPREAD);
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_BOOT);
    event_str(&e, "load", p->status.running);
    kit_event_end(&p->kit, &e);
}

/* With the load that it has, if it has one, it is a phone all the same, for its call manager as
 * for others; where that was to be read from its configuration, and could not, there is none. */
static void stay_behind(struct phone *p)
{
    bool configured = p->status.state == PHONE_UPGRADE && *p->status.running;
    life_set_state(p, PHONE_FAILED);
    if (configured)
        station_begin(&p->station, &p->cnf);
}

void life_fail(struct phone *p, const char *text, const char *file)
{
    give_up(p, text, file ? file : "", "");
    stay_behind(p);
}

void life_fail_transfer(struct phone *p, const char *text, const char *file)
{
    give_up(p, text, file, fetch_said(&p->fetch));
    stay_behind(p);
}

void life_boot_again(struct phone *p, const char *text, const char *file)
{
    give_up(p, text, file, "");
    boot(p, ALARM_RESET);
}

void life_restart(struct phone *p)
{
    let_go(p);
    screen_clear(&p->status.screen);
    set_status(p, "", "", "");
}

void life_reboot(struct phone *p, enum alarm_reason why)
{
    life_restart(p);
    boot(p, why);
}

void life_reset(struct phone *p, enum alarm_reason why)
{
    p->status.upgraded = 0;
    life_reboot(p, why);
}

void life_say(struct phone *p, const char *text)
{
    if (*text || p->addressless)
        set_status(p, text, "", "");
    p->addressless = *text;
}
