/* managerkeys.c - see managerkeys.h. */
#include "netns/fleet/managerkeys.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/expect.h"
#include "netns/fleet/fault.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/subnet.h"
#include "netns/text/setters.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>

#define AT(member) .offset = offsetof(struct fleet, manager.member)

static const struct schema_word engine_words[] = {
    {"own", MANAGER_OWN}, {"external", MANAGER_EXTERNAL}, {"none", MANAGER_NONE}, {NULL, 0}};

/* The next of a list. */
static bool add_address(const char *text, const struct schema_key *key, void *field)
{
    struct fleet_manager *m = field;
    if (m->count == MANAGERS_MAX || !set_address(text, key, &m->address[m->count]))
        return false;
    m->count++;
    return true;
}

const struct schema_key manager_keys[] = {
    {"engine", "own, external or none", set_word, AT(engine), .words = engine_words},
    {"address", "the IPv4 address of an external call manager, or a list of up to 5 in the order "
     "in which phones try them", add_address, offsetof(struct fleet, manager), .listed = true,
     .like = set_address},
    {"port", "a TCP port from 1 to 65535", set_count, AT(port), .min = 1, .max = 65535},
    {"keepalive", "whole seconds of emulated time from 1s to 1h between a phone's signs of life",
     set_seconds, AT(keepalive_s), .max = UNITS_HOUR_US},
    {0}};

/* ---- what the file leaves open ------------------------------------------------------- */

static bool is_asked_for(const struct fleet *f)
{
    bool asked = f->document && doc_get(f->document, "callmanager");
    for (size_t i = 0; i < f->expect_count; i++)
        asked = asked || f->expects[i].origin.kind == EXPECT_REGISTERED;
    for (size_t i = 0; i < f->fault_count; i++)
        asked = asked || fault_is_of_manager(f->faults[i].what);
    return asked;
}

static void settle(struct fleet *f, enum manager_engine engine)
{
    struct fleet_manager *m = &f->manager;
    if (m->engine == MANAGER_UNSET)
        m->engine = engine;
    if (m->engine != MANAGER_OWN || m->count > 0)
        return;
    m->address[0] = inet_addr(LINE_MANAGER_IP);
    m->count = 1;
}

void manager_settle(struct fleet *f)
{
    f->manager.left_open = f->manager.engine == MANAGER_UNSET && !is_asked_for(f);
    settle(f, f->manager.left_open            ? MANAGER_NONE
              : f->engine == ENGINE_EXTERNAL ? MANAGER_EXTERNAL
                                             : MANAGER_OWN);
}

void manager_of_lab(struct fleet *f)
{
    if (f->manager.left_open && f->engine != ENGINE_EXTERNAL)
        f->manager.engine = MANAGER_UNSET;
    settle(f, MANAGER_OWN);
}

/* ---- what is wrong with it ----------------------------------------------------------- */

/* An order to a call manager that is not ours. */
static unsigned check_faults(const struct fleet *f)
{
    unsigned mistakes = 0;
    for (size_t i = 0; i < f->fault_count && f->manager.engine != MANAGER_OWN; i++) {
        char path[32];
        if (!fault_is_of_manager(f->faults[i].what))
            continue;
        snprintf(path, sizeof path, "faults[%zu].do", i);
        fleet_complain(f, path, "%s: needs a call manager of our own: callmanager: {engine: own}%s",
                       path,
                       f->engine == ENGINE_EXTERNAL ? " and tftp: {engine: dnsmasq}" : "");
        mistakes++;
    }
    return mistakes;
}

static bool is_among_phones(const struct fleet *f)
{
    for (size_t i = 0; i < f->manager.count; i++)
        if (subnet_has(f, f->manager.address[i]))
            return true;
    return false;
}

static bool says(const struct fleet *f, const char *key)
{
    const struct doc_node *own = f->document ? doc_get(f->document, "callmanager") : NULL;
    return own && doc_get(own, key);
}

unsigned manager_check(const struct fleet *f)
{
    const struct fleet_manager *m = &f->manager;
    bool external = m->engine == MANAGER_EXTERNAL;
    const struct {
        bool wrong;
        const char *path, *text;
    } cases[] = {
        {m->engine == MANAGER_OWN && f->engine == ENGINE_EXTERNAL, "callmanager.engine",
         "callmanager.engine: our own stands beside a TFTP server of ours, and that is external; "
         "write external, or have tftp: {engine: dnsmasq}"},
        {!external && says(f, "address"), "callmanager.address",
         "callmanager.address: only an external call manager has one; add engine: external"},
        {external && !lan_uplink(f) && is_among_phones(f), "callmanager.address",
         "callmanager.address: lies in lan.subnet, among the phones; a call manager is beyond the "
         "router"},
        {external && f->engine != ENGINE_EXTERNAL, "callmanager.engine",
         "callmanager.engine: no phone reaches it: the line ends at a server of ours; with "
         "tftp: {engine: external} it ends in this host's network"},
        {m->keepalive_s == 0, "callmanager.keepalive",
         "callmanager.keepalive takes whole seconds from 1s on"},
        {m->engine != MANAGER_OWN && says(f, "keepalive"), "callmanager.keepalive",
         "callmanager.keepalive: an external call manager sets its own"},
    };
    unsigned mistakes = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].wrong) {
            fleet_complain(f, cases[i].path, "%s", cases[i].text);
            mistakes++;
        }
    return mistakes + check_faults(f);
}
