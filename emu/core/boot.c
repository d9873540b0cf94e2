/* boot.c - the end of a boot: does the load on the flash run, and is there one?
 *
 * A phone has authenticated every file before it wrote it, so that what it boots from needs no
 * second look. One that skips that on arrival (QUIRK_SKIPS_AUTHENTICATION) is in the hands of its
 * boot code, which does look: from a bad file it boots for ever [CSCtg96408: a phone that does not
 * boot after a PFS upgrade. That this is the cause is our inference; the defect's is not public].
 * The load that a phone was delivered with is not on the flash as files, and taken for good.
 *
 * After a factory reset there is no load at all. Then the phone asks for the one by which its model
 * starts anew, term61.default.loads, before any configuration [published], boots it, and goes on as
 * always. Inference: that it runs that load under that name; takes its files from the TFTP server
 * alone, as no configuration has said that phones share; gives up, as in any upgrade, when one is
 * not to be had; and that the load of its configuration, with the same files under its own index,
 * then is another, to which it upgrades: in that only the index has to be fetched. A model of the
 * second generation has no such load: how it starts anew is not emulated, and it goes straight to
 * its configuration. A phone that is interrupted begins again, and keeps what its flash holds.
 */
#include "emu/core/boot.h"

#include "emu/core/accept.h"
#include "emu/core/config.h"
#include "emu/core/life.h"
#include "emu/core/upgrade.h"

#include <stdio.h>
#include <string.h>

/* NULL: the file of that name on the flash is good; else what is wrong with it. */
static const char *check(struct phone *p, const char *name, struct flash_view *view)
{
    const char *why = NULL;
    if (p->kit.ops->flash_open(p->kit.ctx, name, view) != 0)
        return "not on the flash";
    if (!view->known)
        accept_file(name, view->data, view->len, p->id.authentication, p->id.key, &why);
    return why;
}

/* What is wrong with the load to boot, or NULL; with the name of the file that it is about. */
static const char *check_load(struct phone *p, char name[NAME_MAX_LEN])
{
    struct flash_view view;
    struct loads list;
    loads_index_name(p->status.running, name);
    if (p->kit.ops->flash_open(p->kit.ctx, name, &view) != 0)
        return NULL; /* what it was delivered with */
    const char *why = check(p, name, &view);
    if (!why)
        why = loads_parse(view.data, view.len, &list);
    for (size_t i = 0; !why && i < list.count; i++) {
        memcpy(name, list.file[i], NAME_MAX_LEN);
        why = check(p, name, &view);
    }
    return why;
}

/* Whether the load on the flash may run. If not, the phone boots again. */
static bool load_runs(struct phone *p)
{
    char name[NAME_MAX_LEN];
    if (!phone_has(p, QUIRK_SKIPS_AUTHENTICATION))
        return true;
    const char *why = check_load(p, name);
    if (why) {
        kit_log(&p->kit, LOG_WRN, "%s does not boot: %s: %s", p->status.running, name, why);
        life_boot_again(p, "Auth Fail", name);
    }
    p->kit.ops->flash_release(p->kit.ctx);
    return !why;
}

/* As if a configuration had named that load, and nothing else: there has been none yet. */
static void factory_begin(struct phone *p)
{
    snprintf(p->cnf.load, sizeof p->cnf.load, "%s", p->id.model->factory);
    upgrade_begin(p);
}

void boot_ended(struct phone *p)
{
    if (!load_runs(p))
        return;
    if (p->id.dhcp)
        dhcp_start(&p->dhcp);
    else
        boot_connected(p);
}

void boot_connected(struct phone *p)
{
    if (!*p->status.running && p->id.model->factory)
        factory_begin(p);
    else
        config_begin(p);
}
