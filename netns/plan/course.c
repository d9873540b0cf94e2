/* course.c - see course.h. The order of requests is that of emu/core/config.c and
 * emu/core/upgrade.c.
 */
#include "netns/plan/course.h"
#include "netns/fleet/tftpkeys.h"
#include "netns/plan/own.h"

#include "emu/loadname.h"

#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const course_from_names[] = {"server", "load server", "peers"};
static_assert(sizeof course_from_names / sizeof *course_from_names == COURSE_FROM_COUNT, "names");
const char *const course_end_names[] = {"there", "not there", "unknown", "fails"};
static_assert(sizeof course_end_names / sizeof *course_end_names == COURSE_END_COUNT, "names");

/* ---- one phone ----------------------------------------------------------------------- */

static struct course_step *add(struct course *c, const char *file, enum course_from from,
                               enum course_end end)
{
    struct course_step *s = &c->step[c->count++];
    *s = (struct course_step){.from = from, .end = end, .served = end == COURSE_THERE};
    snprintf(s->file, sizeof s->file, "%s", file);
    return s;
}

static void fails(struct course_step *s, const char *text, bool served)
{
    s->end = COURSE_FAILS;
    s->served = served;
    snprintf(s->text, sizeof s->text, "%s", text);
}

static enum course_end end_of(const struct stock *stock, const char *name)
{
    return stock_serves(stock, name)                        ? COURSE_THERE
           : stock->fleet->engine == ENGINE_EXTERNAL ? COURSE_UNKNOWN
                                                          : COURSE_ABSENT;
}

/* False when the phone ends there. */
static bool configure(struct course *c, const struct plan_phone *p, const struct stock *stock)
{
    char name[NAME_MAX_LEN], own[OWN_NAME];
    static const char *const lists[] = {"CTL%s.tlv", "ITL%s.tlv", "ITLFile.tlv"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *mark = strchr(lists[i], '%');
        int len = mark ? (int)(mark - lists[i]) : (int)strlen(lists[i]);
        snprintf(name, sizeof name, "%.*s%s%s", len, lists[i], mark ? p->name : "",
                 mark ? mark + 2 : "");
        add(c, name, COURSE_SERVER, end_of(stock, name));
    }
    bool written = p->config == CONFIG_WRITTEN || p->config == CONFIG_OWN;
    add(c, own_name(p, own), COURSE_SERVER, written ? COURSE_THERE : end_of(stock, own));
    if (!written)
        add(c, OWN_DEFAULT, COURSE_SERVER, end_of(stock, OWN_DEFAULT));
    struct course_step *last = &c->step[c->count - 1];
    if (p->refused)
        fails(last, "CFG file error", true);
    else if (last->end == COURSE_ABSENT)
        fails(last, "CFG file not found", false);
    return last->end != COURSE_FAILS;
}

/* False when the phone ends there. */
static bool fetch(struct course *c, const struct firmware_file *file, const struct stock *stock,
                  enum course_from from)
{
    const struct fleet *fleet = stock->fleet;
    struct course_step *s = add(c, file->name, from, end_of(stock, file->name));
    bool damaged = fleet->authentication == FLEET_AUTH_SIGNATURE &&
                   tftp_matches(&fleet->damage, file->name);
    if (s->end == COURSE_ABSENT)
        fails(s, "File not found", false);
    else if (s->end == COURSE_THERE && damaged)
        fails(s, "Auth Fail", true);
    else if (s->end == COURSE_THERE && *file->seen.text)
        fails(s, file->seen.text, true);
    return s->end != COURSE_FAILS;
}

/* Some share whatever they are told, or not: see the quirks. */
static bool shares(const struct plan_phone *p)
{
    return p->pfs == TRI_ON && !(p->quirks & (QUIRK_IGNORES_PEERS | QUIRK_PFS_DISABLED));
}

static bool lists(const struct firmware_load *load, const char *name)
{
    for (size_t i = 0; load && i < load->count; i++)
        if (strcmp(load->file[i].name, name) == 0)
            return true;
    return false;
}

/* Whether the index of a load, which has just come, turns out to be for other hardware. */
static bool rejected(struct course *c, const struct firmware_load *load,
                     const struct phone_model *model)
{
    struct course_step *s = &c->step[c->count - 1];
    bool foreign = s->end == COURSE_THERE && load_is_foreign(load->name, model);
    if (foreign)
        fails(s, "Load rejected HC", true);
    return foreign;
}

/* All files of a load but those of the one that the phone has. False when the phone ends there. */
static bool take(struct course *c, const struct firmware_load *load,
                 const struct firmware_load *has, const struct stock *stock,
                 const struct plan_phone *p, enum course_from from)
{
    for (size_t i = 0; load && i < load->count; i++)
        if (!lists(has, load->file[i].name) &&
            (!fetch(c, &load->file[i], stock, from) || (i == 0 && rejected(c, load, p->model))))
            return false;
    return true;
}

void course_make(const struct plan *plan, size_t phone, const struct stock *stock,
                 const struct firmware *firmware, struct course *c)
{
    const struct plan_phone *p = &plan->phones[phone];
    const struct firmware_load *has = firmware_find(firmware, plan_factory(p));
    const char *asked = plan_asked(p);
    *c = (struct course){0};
    if (!take(c, has, NULL, stock, p, COURSE_SERVER) || !configure(c, p, stock) || !*asked ||
        strcmp(asked, p->running) == 0)
        return;
    enum course_from from = shares(p)        ? COURSE_PEERS
                            : p->load_server ? COURSE_LOAD_SERVER
                                             : COURSE_SERVER;
    if (take(c, firmware_find(firmware, asked), has, stock, p, from))
        configure(c, p, stock); /* once more, after the reboot */
}

/* ---- fetches ------------------------------------------------------------------------- */

static struct course_fetch *fetch_of(struct course_fetches *f, const struct plan_phone *phone,
                                     const char *file, uint32_t server)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].model == phone->model && f->items[i].subnet == phone->subnet &&
            f->items[i].server == server &&
            strcmp(f->items[i].file, file) == 0)
            return &f->items[i];
    f->items = reallocarray(f->items, f->count + 1, sizeof *f->items);
    if (!f->items)
        err(3, "dry run");
    struct course_fetch *one = &f->items[f->count++];
    *one = (struct course_fetch){
        .model = phone->model, .subnet = phone->subnet, .server = server};
    snprintf(one->file, sizeof one->file, "%s", file);
    return one;
}

void course_count(struct course_fetches *f, const struct plan_phone *phone,
                  const struct course *c, uint32_t server)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct course_step *s = &c->step[i];
        bool firmware = s->from != COURSE_SERVER && phone->load_server;
        if (!s->served)
            continue;
        struct course_fetch *one =
            fetch_of(f, phone, s->file, firmware ? phone->load_server : server);
        bool shared = s->from == COURSE_PEERS;
        one->uncertain |= shared && s->end == COURSE_FAILS;
        one->shared |= shared;
        one->alone += !shared;
        one->count = one->alone + one->shared;
    }
}
