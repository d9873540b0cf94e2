/* setup.c - see setup.h. */
#include "netns/setup.h"

#include "netns/fleet/fleetread.h"
#include "netns/fleet/lankeys.h"
#include "netns/foretell/dryrun.h"
#include "netns/host/elevate.h"
#include "netns/host/place.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one that --variant names; NULL after a message. */
static struct fleet *pick_variant(const struct fleet *base, const struct call *call)
{
    const char *names[VARIANTS_MAX];
    size_t count = fleet_variants(base, names);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], call->variant) == 0)
            return fleet_variant(base, names[i], &call->overrides);
    char known[VARIANTS_MAX * 24] = "";
    for (size_t i = 0, len = 0; i < count; i++)
        len += (size_t)snprintf(known + len, sizeof known - len, " %s", names[i]);
    say_at("--variant", "%s: %s has %s%s", call->variant, base->origin,
           count ? "no such one, only" : "no variants", known);
    return NULL;
}

int setup_read(struct setup *s, const struct call *call, bool demo)
{
    const char *file = call->file;
    const char *root = place_root();
    if (!root)
        return 3;
    if (!file && !demo && !call->phones)
        file = s->file = place_fleet_file();
    bool runs = (call->verb ? call->verb->groups : GROUP_START) & GROUP_START && !call->dry_run;
    if (file && strcmp(file, "-") == 0 && runs)
        elevate(call->argv); /* while standard input is still whole */
    s->base = fleet_read(file, root, &call->overrides);
    s->fleet = s->base;
    if (s->base && call->variant)
        s->fleet = pick_variant(s->base, call);
    return s->fleet ? 0 : 2;
}

static void print_plan(const struct plan *plan)
{
    static const char *const pfs_names[] = {"unset", "off", "on"};
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        const uint8_t *ip = (const uint8_t *)&p->ip;
        text_line(stderr, "%4zu %s %u.%u.%u.%u %s pfs %s, %s -> %s", i + 1, p->name, ip[0], ip[1],
                ip[2], ip[3], p->model->name, pfs_names[p->pfs + 1],
                p->running[0] ? p->running : "(nothing)", p->load);
    }
}

struct uplink_wish setup_uplink(const struct fleet *fleet, const struct call *call)
{
    return (struct uplink_wish){.name = lan_uplink(fleet), .bridge = fleet->uplink.bridge,
                                .vlan = fleet->uplink.vlan,
                                .default_route = call->uplink_default_route};
}

int setup_check(struct setup *s, const struct call *call, const struct plan *plan)
{
    elevate(call->argv);
    s->run = (struct run_options){.phone_binary = place_program("fleet-phone"),
                                  .style = progress_style(call->quiet),
                                  .capture = call->capture};
    if (!call->quiet && s->fleet->authentication == FLEET_AUTH_STRUCTURE)
        say("authentication is structure: no signature is verified, only names and structure");
    if (call->verbose)
        print_plan(plan);
    if (!call->out_dir && call->junit && !place_writable(call->junit))
        return 2;
    if (ids_choose(&s->run.ids, call->ids, plan->count, &ids_host) != 0)
        return 2;
    const struct host_wish wish = {.phones = plan->count, .ids = s->run.ids, .asked = true,
                                   .uplink = setup_uplink(s->fleet, call)};
    return hostcheck_require(&wish) != 0 ? 3 : 0;
}

int setup_place(struct setup *s, const struct call *call, const char *kind)
{
    int code = 0;
    s->run.out_dir = place_out(call->out_dir, s->fleet->name, kind, &code);
    if (s->run.out_dir && call->out_dir && call->junit && !place_writable(call->junit))
        return 2; /* only now: it may be meant to lie in there */
    return code;
}

void setup_free(struct setup *s)
{
    if (s->fleet != s->base)
        fleet_free(s->fleet);
    fleet_free(s->base);
    free(s->file);
    free((char *)s->run.out_dir);
    free((char *)s->run.phone_binary);
}

static int dry_run(const struct batch *b, bool json)
{
    struct dryrun runs[VARIANTS_MAX];
    for (size_t i = 0; i < b->count; i++)
        runs[i] = (struct dryrun){b->run[i].name, b->run[i].plan};
    return dryrun_print(runs, b->count, json);
}

int setup_run(struct setup *s, struct batch *b, const struct call *call, bool demo)
{
    int code = setup_read(s, call, demo);
    if (code == 0)
        code = batch_make(b, s->fleet, !call->variant, &call->overrides);
    if (code == 0 && call->dry_run)
        return dry_run(b, call->json);
    if (code == 0)
        code = setup_check(s, call, batch_largest(b));
    if (code == 0)
        code = setup_place(s, call, batch_kind(b, s->fleet));
    if (code == 0)
        code = batch_run(b, &s->run, call->junit);
    if (code != 0)
        return code;
    bool silent = call->json || call->quiet;
    if (silent)
        batch_print_unfinished(b);
    batch_tell_failed(b, !silent || call->retold);
    if (call->json)
        place_print(s->run.out_dir, batch_json(b));
    else if (!call->quiet)
        batch_print(b, s->run.out_dir);
    return batch_exit(b);
}
