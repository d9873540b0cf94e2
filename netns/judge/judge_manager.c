/* judge_manager.c - the wish about the call manager: whom it has registered, and with which load.
 *
 * Its own list decides, not the phones' word. Only where the call manager is not ours, so that its
 * list cannot be seen, is it they who say whether they are registered; that is told.
 */
#include "netns/judge/wish.h"

#include <stdio.h>
#include <string.h>

static bool runs(const struct wish *w, const char *load)
{
    return !w->x->load || strcmp(load, w->x->load) == 0;
}

static bool is_listed(const struct wish *w, size_t phone)
{
    struct registrar_device device;
    const struct results *r = w->r;
    return managerlist_find(r->facts.manager, r->plan->phones[phone].name, &device) &&
           device.state == DEVICE_REGISTERED && runs(w, device.load);
}

static bool says_so(const struct wish *w, size_t phone)
{
    const struct phone_status *s = &w->r->facts.status[phone];
    return s->registered && runs(w, s->running);
}

void judge_registered(const struct wish *w, struct expectation *e)
{
    char what[OUTCOME_TEXT];
    bool own = w->r->facts.manager;
    snprintf(what, sizeof what, "registered%s%s", w->x->load ? " with " : "",
             w->x->load ? w->x->load : "");
    judge_how_many(w, e, own ? is_listed : says_so, what,
                   own ? "callmanager.json" : "what phones say: the call manager is not ours");
}
