/* meant.c - see meant.h. */
#include "netns/plan/meant.h"
#include "emu/random.h"
#include "netns/fleet/expect.h"
#include "netns/fleet/fault.h"
#include "netns/text/units.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const char *profile_of(const struct plan *plan, size_t phone)
{
    const struct fleet *f = plan->fleet;
    for (size_t i = 0, first = 0; i < f->group_count; first += f->groups[i++].count)
        if (phone < first + f->groups[i].count)
            return f->groups[i].profile ? f->groups[i].profile : "";
    return "";
}

static bool has_child(const struct phone_status *s)
{
    return s->state == PHONE_UPGRADE && (s->child_ip[0] != 0 || s->child_ip[1] != 0);
}

/* Whether phone i is meant; for RANDOM, whether it may be drawn. */
static bool is_meant(const struct selector *s, const struct plan *plan, size_t i,
                     const struct phone_status *status, const bool *barred)
{
    switch (s->kind) {
    case SELECT_NONE:
        return false;
    case SELECT_PHONE:
        return plan_find(plan, s->name) == &plan->phones[i];
    case SELECT_RANGE:
        return i + 1 >= s->first && i + 1 <= s->last;
    case SELECT_PATTERN:
        return fnmatch(s->name, plan->phones[i].name, FNM_CASEFOLD) == 0;
    case SELECT_MODEL:
        return plan->phones[i].model == s->model;
    case SELECT_PROFILE:
        return strcmp(profile_of(plan, i), s->name) == 0;
    case SELECT_RANDOM:
        return !barred[i];
    case SELECT_ROOT:
        return status && status[i].state == PHONE_UPGRADE && status[i].root;
    case SELECT_PARENTS:
        return status && has_child(&status[i]);
    case SELECT_ALL:
        return true;
    }
    return false;
}

const char *meant_misfit(const struct selector *s, const struct plan *plan)
{
    static char why[NAME_MAX_LEN + 128];
    bool someone = selector_is_momentary(s) || s->kind == SELECT_ALL;
    bool counted = s->kind == SELECT_RANDOM || s->kind == SELECT_RANGE;
    if (counted)
        someone = (s->kind == SELECT_RANDOM ? s->count : s->last) <= plan->count;
    else if (s->kind == SELECT_PHONE)
        someone = plan_find(plan, s->name) != NULL;
    else
        for (size_t i = 0; i < plan->count && !someone; i++)
            someone = is_meant(s, plan, i, NULL, NULL);
    if (someone)
        return NULL;
    if (counted)
        snprintf(why, sizeof why, "the fleet has only %zu phones", plan->count);
    else
        snprintf(why, sizeof why, "no phone of this fleet is meant by '%s'%s%s", s->text,
                 units_mac_why(s->text) ? ": " : "",
                 units_mac_why(s->text) ? units_mac_why(s->text) : "");
    return why;
}

/* Leaves count of the n in out, drawn by chance, in their order. */
static size_t draw(uint32_t *out, size_t n, size_t count, uint64_t *random)
{
    size_t kept = 0;
    if (count > n)
        count = n;
    for (size_t i = 0; i < n; i++) /* Knuth's algorithm S: each with the chance that is left */
        if (random_upto(random, n - i - 1) < count - kept)
            out[kept++] = out[i];
    return kept;
}

size_t meant_resolve(const struct selector *s, const struct plan *plan,
                     const struct phone_status *status, const bool *barred, uint64_t *random,
                     uint32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (is_meant(s, plan, i, status, barred))
            out[n++] = (uint32_t)i;
    return s->kind == SELECT_RANDOM ? draw(out, n, s->count, random) : n;
}

static bool expects(const struct expect *x, const struct plan *plan, size_t phone)
{
    return x->count.op == COMPARE_ALL && (x->mode < 0 || x->mode == (int)plan->fleet->mode) &&
           (x->phones.kind == SELECT_NONE || is_meant(&x->phones, plan, phone, NULL, NULL));
}

bool meant_expected(const struct plan *plan, const struct plan_phone *p, enum expect_kind kind)
{
    const struct fleet *fleet = plan->fleet;
    for (size_t i = 0; i < fleet->expect_count; i++)
        if (fleet->expects[i].origin.kind == kind &&
            expects(&fleet->expects[i], plan, (size_t)(p - plan->phones)))
            return true;
    return false;
}

/* ---- checks ------------------------------------------------------------------------- */

static unsigned check_faults(const struct plan *plan)
{
    const struct fleet *fleet = plan->fleet;
    unsigned mistakes = 0;
    for (size_t i = 0; i < fleet->fault_count; i++) {
        const struct fault *f = &fleet->faults[i];
        const char *why = fault_rules[f->what].phones ? meant_misfit(&f->phone, plan) : NULL;
        char path[64];
        snprintf(path, sizeof path, "faults[%zu].phone", i);
        if (why)
            fleet_complain(fleet, path, "%s: %s", path, why);
        mistakes += why != NULL;
    }
    return mistakes;
}

static bool has_model(const struct plan *plan, const struct phone_model *model)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->phones[i].model == model)
            return true;
    return false;
}

static unsigned check_wishes(const struct plan *plan)
{
    const struct fleet *fleet = plan->fleet;
    unsigned mistakes = 0;
    for (size_t i = 0; i < fleet->expect_count; i++) {
        const struct expect *x = &fleet->expects[i];
        const char *why = NULL;
        if (x->phones.kind != SELECT_NONE && (why = meant_misfit(&x->phones, plan)))
            mistakes +=
                expect_complain(x, doc_get(x->origin.node, "phone") ? "phone" : "phones", why);
        if (x->model && !has_model(plan, x->model))
            mistakes += expect_complain(x, "model", "no phone of this fleet is of that model");
    }
    return mistakes;
}

unsigned meant_check(const struct plan *plan)
{
    return check_faults(plan) + check_wishes(plan);
}
