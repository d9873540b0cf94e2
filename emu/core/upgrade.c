/* upgrade.c - fetching, checking and writing the files of a load, one by one, by PFS or from the
 * server, the .loads index first; then the boot into it.
 *
 * A file counts only when it is whole, authenticated and written; the load that runs stays the
 * one to boot until all of them are. A phone that skips authentication (QUIRK_SKIPS_AUTHENTICATION)
 * writes what has come; boot.c says what becomes of it.
 */
#include "emu/core/upgrade.h"

#include "emu/core/accept.h"
#include "emu/core/life.h"
#include "emu/core/release.h"
#include "emu/core/sample.h"
#include "emu/core/screen.h"
#include "emu/core/servers.h"
#include "emu/core/share.h"
#include "emu/loadname.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FIRST_SCREEN_KB 32 /* the first screen event of a download; then each a quarter later */

/* Name of the current file. */
static const char *current(const struct phone *p, char out[NAME_MAX_LEN])
{
    if (p->file != INDEX_FILE)
        return p->list.file[p->file];
    loads_index_name(p->cnf.load, out);
    return out;
}

/* ---- screen -------------------------------------------------------------------------- */

static void screen_event(struct phone *p)
{
    const struct screen *s = &p->status.screen;
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_SCREEN);
    event_str(&e, "component", s->component);
    event_str(&e, "box", screen_box_names[p->file == INDEX_FILE ? BOX_BLANK : s->box[p->file]]);
    event_num(&e, "percent", s->percent);
    event_num(&e, "kb", s->kb);
    event_num(&e, "icon", s->icon);
    kit_event_end(&p->kit, &e);
}

static void show_box(struct phone *p, enum screen_box box)
{
    screen_box(&p->status.screen, p->file, box);
    screen_event(p);
}

static void show_progress(struct phone *p, uint64_t bytes, uint64_t total)
{
    struct screen *s = &p->status.screen;
    bool first = p->file != INDEX_FILE && s->box[p->file] != BOX_DOWNL;
    if (first || bytes / 1024 < s->kb) /* a download begins, or begins anew */
        p->next_kb = FIRST_SCREEN_KB;
    screen_progress(s, bytes, total);
    if (first) {
        show_box(p, BOX_DOWNL);
    } else if (s->kb >= p->next_kb) {
        p->next_kb = s->kb + s->kb / 4;
        screen_event(p);
    }
}

/* ---- one file ------------------------------------------------------------------------ */

/* Whether the bytes are what their name says, as far as this phone looks. NULL when good; else the
 * phone's own words for it, with the detail in *why. */
static const char *judge(struct phone *p, const char *name, const struct flash_view *view,
                         const char **why)
{
    if (phone_has(p, QUIRK_SKIPS_AUTHENTICATION))
        return NULL;
    if (p->file == INDEX_FILE && release_refused(p->status.running, p->cnf.load)) {
        p->hopeless = true;
        *why = "signed by a key that this firmware does not know";
        return "Auth Fail";
    }
    if (view->known)
        return NULL;
    return accept_file(name, view->data, view->len, p->id.authentication, p->id.key, why);
}

static void fetched_events(struct phone *p, const char *name, uint32_t from_ip,
                           const struct flash_view *view)
{
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_FETCHED);
    event_str(&e, "file", name);
    if (from_ip)
        event_ip(&e, "from", from_ip);
    else
        event_str(&e, "from", p->fetch.way == FETCH_HTTP ? "http" : "tftp");
    event_num(&e, "bytes", view->len);
    event_digest(&e, "sha256", view->digest);
    kit_event_end(&p->kit, &e);

    if (phone_has(p, QUIRK_SKIPS_AUTHENTICATION))
        return;
    kit_event_begin(&p->kit, &e, EVENT_AUTHENTICATED);
    event_str(&e, "file", name);
    event_str(&e, "how", view->known                               ? "known copy"
                         : p->id.authentication == AUTH_SIGNATURE ? "signature"
                                                                   : "structure");
    kit_event_end(&p->kit, &e);
}

/* The download is whole: authenticate, write. NULL when done; else the phone's own words. */
static const char *take(struct phone *p, const char *name, uint32_t from_ip)
{
    struct flash_view view;
    bool looks = !phone_has(p, QUIRK_SKIPS_AUTHENTICATION);
    const char *why = NULL, *text = "Flash Error";
    if (looks)
        show_box(p, BOX_AUTH);
    if (p->kit.ops->flash_view(p->kit.ctx, &view) == 0)
        text = judge(p, name, &view, &why);
    if (!text) {
        show_box(p, BOX_WRITE);
        if (p->kit.ops->flash_commit(p->kit.ctx, looks) != 0)
            text = "Flash Error";
    }
    if (text) {
        kit_log(&p->kit, LOG_WRN, "%s: %s (%s)", name, text, why ? why : "the flash failed");
        p->kit.ops->flash_discard(p->kit.ctx);
        return text;
    }
    fetched_events(p, name, from_ip, &view);
    screen_whole(&p->status.screen, view.len);
    screen_event(p);
    return NULL;
}

static int sink(void *to, const void *data, size_t len)
{
    struct phone *p = to;
    int error = p->fetch.bytes + len > PFS_FILE_MAX
                    ? -EFBIG
                    : p->kit.ops->flash_append(p->kit.ctx, data, len);
    if (error) {
        kit_log(&p->kit, LOG_WRN, "%s: cannot write to flash: %s", p->fetch.name,
                error == -EFBIG ? LIMIT_BEYOND("it has more than", LIMIT_FILE_MIB, "MiB")
                                : strerror(-error));
        return error;
    }
    show_progress(p, p->fetch.bytes + len, p->fetch.total);
    share_fetch_progress(&p->pfs, p->fetch.bytes + len);
    return 0;
}

static void fetch(void *owner, const char *name)
{
    struct phone *p = owner;
    if (p->kit.ops->flash_begin(p->kit.ctx, name, NULL) != 0) {
        life_fail(p, "Flash Error", name);
        return;
    }
    int error = fetch_get(&p->fetch, servers_firmware(p), name, TRANSFER_MUST, sink, p,
                          p->kit.now);
    kit_log(&p->kit, LOG_DBG, "%s get %s", fetch_teller(&p->fetch), name);
    if (error)
        life_fail(p, "TFTP error", name);
}

/* A transfer that broke off in the middle, by an ERROR, for an outage or because we stood still,
 * the server has forgotten: it hears no ACK of ours, but a new request, for the file from its
 * beginning. */
static bool ask_anew(struct phone *p, const char *name)
{
    uint64_t bytes = p->fetch.bytes;
    if (!fetch_again(&p->fetch, p->kit.now))
        return false;
    kit_log(&p->kit, LOG_WRN, "%s broke off after %llu bytes", name, bytes + 0ull);
    share_fetch_progress(&p->pfs, 0);
    if (p->kit.ops->flash_begin(p->kit.ctx, name, NULL) != 0)
        life_fail(p, "Flash Error", name);
    return true;
}

void upgrade_fetch_ended(struct phone *p, enum transfer_result result)
{
    char buffer[NAME_MAX_LEN];
    const char *name = current(p, buffer);
    if (ask_anew(p, name))
        return;
    if (servers_next(p, servers_firmware(p), result)) {
        share_fetch_progress(&p->pfs, 0);
        fetch(p, name);
        return;
    }
    const char *text = result == TRANSFER_DONE   ? take(p, name, 0)
                       : result == TRANSFER_SINK ? "Flash Error"
                                             : transfer_result_text(result);
    if (text) {
        share_fetch_failed(&p->pfs);
        if (!p->hopeless)
            life_fail_transfer(p, text, name);
    } else if (p->sharing) {
        share_fetched(&p->pfs);
    } else {
        p->advance = true;
    }
}

/* ---- what PFS tells us --------------------------------------------------------------- */

static void fetch_stop(void *owner)
{
    struct phone *p = owner;
    fetch_cancel(&p->fetch);
    p->kit.ops->flash_discard(p->kit.ctx);
}

static void progress(void *owner, uint64_t bytes, uint64_t total)
{
    show_progress(owner, bytes, total);
}

/* The sender's digest first, then the phone's own judgement. */
static const char *whole(void *owner, const char *name, uint32_t from_ip, const uint8_t *digest)
{
    struct phone *p = owner;
    struct flash_view view;
    if (p->kit.ops->flash_view(p->kit.ctx, &view) != 0)
        return "flash failed";
    if (!phone_has(p, QUIRK_SKIPS_AUTHENTICATION) &&
        memcmp(view.digest, digest, DIGEST_LEN) != 0)
        return "differs from its digest";
    return take(p, name, from_ip) ? "not authenticated" : NULL;
}

static void advance(void *owner)
{
    ((struct phone *)owner)->advance = true;
}

const struct pfs_owner upgrade_owner = {fetch,    fetch_stop, sample_begin,
                                        progress, whole,      advance};

/* ---- the row of files ---------------------------------------------------------------- */

/* Whether the flash already holds the file, from before a restart. */
static bool on_flash(struct phone *p, const char *name)
{
    struct flash_view view;
    const char *why;
    return p->kit.ops->flash_open(p->kit.ctx, name, &view) == 0 &&
           judge(p, name, &view, &why) == NULL;
}

static void begin_file(struct phone *p)
{
    char buffer[NAME_MAX_LEN];
    const char *name = current(p, buffer);
    p->next_kb = 0;
    screen_file(&p->status.screen, p->file, name);
    if (on_flash(p, name)) {
        screen_box(&p->status.screen, p->file, BOX_WRITE);
        if (p->sharing)
            share_hold(&p->pfs, name);
        p->advance = true;
        return;
    }
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_FILE);
    event_str(&e, "file", name);
    event_str(&e, "mode", p->sharing ? "pfs" : "tftp");
    kit_event_end(&p->kit, &e);
    show_box(p, BOX_NETWK);
    if (p->sharing)
        share_want(&p->pfs, name);
    else
        fetch(p, name);
}

/* The index is on the flash: is it for this hardware, and what does it list? False: it failed.
 * Published is that what was downloaded is then found not to suit the hardware, and the status
 * text; that the index is enough to find out, by the load's name, is inference. */
static bool read_index(struct phone *p)
{
    char buffer[NAME_MAX_LEN];
    const char *name = current(p, buffer);
    struct flash_view view;
    const char *why = "the flash failed";
    if (load_is_foreign(p->cnf.load, p->id.model)) {
        life_fail(p, "Load rejected HC", name);
        return false;
    }
    if (p->kit.ops->flash_open(p->kit.ctx, name, &view) == 0)
        why = loads_parse(view.data, view.len, &p->list);
    if (why) {
        kit_log(&p->kit, LOG_WRN, "%s: %s", name, why);
        life_fail(p, "Load ID incorrect", name);
        return false;
    }
    screen_list(&p->status.screen, p->list.count);
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_UPGRADE);
    event_str(&e, "load", p->cnf.load);
    event_num(&e, "files", p->list.count);
    kit_event_end(&p->kit, &e);
    return true;
}

/* The files of other loads go. */
static void keep_load(struct phone *p)
{
    char index[NAME_MAX_LEN];
    const char *names[1 + SCREEN_BOXES] = {NULL};
    p->file = INDEX_FILE;
    names[0] = current(p, index);
    for (size_t i = 0; i < p->list.count; i++)
        names[1 + i] = p->list.file[i];
    p->kit.ops->flash_keep(p->kit.ctx, names, 1 + p->list.count);
}

static void finish(struct phone *p)
{
    if (p->kit.ops->flash_activate(p->kit.ctx, p->cnf.load) != 0) {
        life_fail(p, "Flash Error", NULL);
        return;
    }
    keep_load(p);
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_REBOOT);
    event_str(&e, "load", p->cnf.load);
    kit_event_end(&p->kit, &e);
    kit_log(&p->kit, LOG_NOT, "Rebooting into %s", p->cnf.load);
    memcpy(p->status.running, p->cnf.load, sizeof p->status.running);
    life_reboot(p, ALARM_RESET);
}

void upgrade_advance(struct phone *p)
{
    char buffer[NAME_MAX_LEN];
    if (p->hopeless)
        life_boot_again(p, "Auth Fail", current(p, buffer));
    while (p->advance && p->status.state == PHONE_UPGRADE) {
        p->advance = false;
        if (p->file == INDEX_FILE && !read_index(p))
            return;
        p->file++;
        if (p->file < (int)p->list.count)
            begin_file(p);
        else
            finish(p);
    }
}

/* ---- beginning ----------------------------------------------------------------------- */

static void begin(struct phone *p, bool sharing)
{
    p->at = NEVER;
    p->sharing = sharing;
    screen_upgrade(&p->status.screen, sharing);
    p->file = INDEX_FILE;
    begin_file(p);
}

/* Opens port 4051, which the life before may still hold for a moment; then begins. */
void upgrade_port_timer(struct phone *p)
{
    int error = share_open(&p->pfs);
    if (error == -EADDRINUSE && ++p->port_tries < UPGRADE_PORT_TRIES) {
        p->at = p->kit.now + UPGRADE_PORT_RETRY;
        return;
    }
    if (error) {
        char why[64];
        snprintf(why, sizeof why, "port %d: %s", CPPDP_PORT,
                 error == -EADDRINUSE ? "in use by another program" : strerror(-error));
        kit_log(&p->kit, LOG_WRN, "%s; sharing is off for this upgrade", why);
        struct event_line e;
        kit_event_begin(&p->kit, &e, EVENT_FALLBACK);
        event_str(&e, "file", "all");
        event_str(&e, "why", why);
        kit_event_end(&p->kit, &e);
    }
    begin(p, error == 0);
}

void upgrade_begin(struct phone *p)
{
    life_set_state(p, PHONE_UPGRADE);
    kit_log(&p->kit, LOG_NOT, "Upgrading from %s to %s",
            *p->status.running ? p->status.running : "nothing", p->cnf.load);
    p->port_tries = 0;
    p->list.count = 0;
    if (p->status.pfs && !phone_has(p, QUIRK_IGNORES_PEERS))
        upgrade_port_timer(p);
    else
        begin(p, false);
}
