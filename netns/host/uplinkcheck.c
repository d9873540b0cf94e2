/* uplinkcheck.c - whether an interface of this machine will do as a fleet's uplink; two rows of
 * hostcheck.c. All is told before anything is made.
 */
#include "netns/host/hostcheck-private.h"
#include "netns/host/hostprobe.h"
#include "netns/host/interface.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REMEDY 256

/* What stands in the way, the first that does; %1$s: the interface, %2$s: what it is a part of. */
struct obstacle {
    bool met;
    const char *text, *remedy;
};

static bool is(const char *kind, const char *other)
{
    return strcmp(kind, other) == 0;
}

static bool is_bond(const char *kind)
{
    return is(kind, "bond") || is(kind, "team");
}

static void tell(struct found *f, const struct obstacle *o, const char *name, const char *master)
{
    static char remedy[REMEDY];
    f->good = false;
    snprintf(f->value, sizeof f->value, o->text, name, master);
    snprintf(remedy, sizeof remedy, o->remedy, name, master);
    f->remedy = remedy;
}

static void tell_first(struct found *f, const struct obstacle *all, size_t count,
                       const struct interface *i)
{
    for (size_t n = 0; n < count && f->good; n++)
        if (all[n].met)
            tell(f, &all[n], i->name, i->master);
}

#define COUNT(all) (sizeof(all) / sizeof *(all))

/* What it is. */
static void look_kind(const struct uplink_wish *w, const struct interface *i, struct found *f)
{
    bool bridge = is(i->kind, "bridge");
    const struct obstacle all[] = {
        {i->loopback, "%1$s is the loopback interface, by which no lab is reached",
         "name the interface that is cabled to the lab"},
        {!i->ethernet, "%1$s is no Ethernet", "name the interface that is cabled to the lab"},
        {i->wireless, "%1$s is wireless: an access point takes no frames of other stations",
         "join the lab by cable"},
        {bridge && !w->bridge, "%1$s is a bridge", "write lan: {bridge: %1$s}"},
        {w->bridge && !bridge, "%1$s is no bridge", "write lan: {uplink: %1$s}"},
        {is(i->master_kind, "bridge"), "%1$s is a port of the bridge %2$s",
         "write lan: {bridge: %2$s}, or: sudo ip link set %1$s nomaster"},
        {is_bond(i->master_kind), "%1$s is a part of the bond %2$s", "write lan: {uplink: %2$s}"},
        {*i->master, "%1$s is a part of %2$s", "sudo ip link set %1$s nomaster"},
    };
    tell_first(f, all, COUNT(all), i);
}

/* What state it is in, and the kernel. */
static void look_state(const struct uplink_wish *w, const struct interface *i, struct found *f)
{
    bool routed = i->default_route && !w->default_route;
    const struct obstacle all[] = {
        {!i->up, "%1$s is down", "sudo ip link set %1$s up"},
        {!i->carrier && !w->bridge, "%1$s has no carrier",
         "plug its cable in, and see to the switch port"},
        {routed && w->bridge, "this machine's default route leads by %1$s",
         "another bridge; or --uplink-default-route, where phones are to stand in that network"},
        {routed, "this machine's default route leads by %1$s, which the fleet would have to itself",
         "another interface; or --uplink-default-route, where this machine can do without"},
        {w->vlan && probe_vlan() != 0, "this kernel makes no VLAN devices (8021q)",
         "sudo modprobe 8021q; or name an interface whose switch port is untagged in that VLAN"},
        {!w->bridge && !w->vlan && probe_macvlan() != 0, "this kernel makes no macvlan",
         "sudo modprobe macvlan (on the host of a container)"},
    };
    tell_first(f, all, COUNT(all), i);
}

static void tell_absent(const struct uplink_wish *w, struct found *f)
{
    static char remedy[REMEDY];
    char near[INTERFACE_NAME], names[REMEDY - 32];
    interface_names(w->name, near, names, sizeof names);
    f->good = false;
    found_note(f, "there is no %s here%s%s%s", w->name, *near ? "; did you mean '" : "", near,
               *near ? "'?" : "");
    snprintf(remedy, sizeof remedy, "name one of these: %s", *names ? names : "(there is none)");
    f->remedy = remedy;
}

void look_uplink(const struct check *c, const struct host_wish *w, struct found *f)
{
    struct interface i;
    (void)c;
    f->good = true;
    if (!w->uplink.name) {
        found_note(f, "none");
    } else if (interface_look(w->uplink.name, &i) != 0) {
        tell_absent(&w->uplink, f);
    } else {
        look_kind(&w->uplink, &i, f);
        look_state(&w->uplink, &i, f);
        if (f->good)
            found_note(f, "%s%s%s", i.name, *i.driver ? ", driver " : "", i.driver);
    }
}

/* ---- advice ------------------------------------------------------------------------- */

/* Those whose other end, as a rule, takes no frames of MAC addresses but the machine's own. */
static const struct {
    const char *driver, *remedy;
} virtual[] = {
    {"ena", "none: the cloud delivers to its own addresses only; a machine with a cable"},
    {"gve", "none: the cloud delivers to its own addresses only; a machine with a cable"},
    {"mana", "none: the cloud delivers to its own addresses only; a machine with a cable"},
    {"vmxnet3", "at the port group: promiscuous mode, MAC changes and forged transmits: accept"},
    {"hv_netvsc", "Set-VMNetworkAdapter -MacAddressSpoofing On"},
    {"virtio_net", "at the hypervisor: no MAC filter (libvirt: trustGuestRxFilters='yes'); a cloud "
     "delivers to its own addresses only"},
    {"xen-netfront", "at the hypervisor: no MAC filter; a cloud delivers to its own only"},
};

static const char *virtual_remedy(const char *driver)
{
    for (size_t i = 0; i < COUNT(virtual); i++)
        if (is(virtual[i].driver, driver))
            return virtual[i].remedy;
    return NULL;
}

void look_uplink_use(const struct check *c, const struct host_wish *w, struct found *f)
{
    struct interface i;
    (void)c;
    f->good = true;
    found_note(f, "nothing to say");
    if (!w->uplink.name || interface_look(w->uplink.name, &i) != 0)
        return;
    const char *remedy = virtual_remedy(i.driver);
    bool own = *i.address && !w->uplink.bridge;
    f->good = !own && !i.spans && !remedy;
    if (i.spans)
        found_note(f, "%s speaks the spanning tree protocol: BPDU guard shuts its port", i.name);
    else if (own)
        found_note(f, "%s of this machine is out of reach while the fleet has %s", i.address,
                   i.name);
    else if (remedy)
        found_note(f, "%s is a virtual machine's (%s): its other end may drop the phones' frames",
                   i.name, i.driver);
    if (i.spans)
        remedy = "ip link set that bridge type bridge stp_state 0";
    else if (own)
        remedy = "reach it by another interface meanwhile";
    f->remedy = remedy;
}
