/* figures.c - one row per figure, one writer per unit. */
#include "netns/judge/figures.h"

#include <math.h>
#include <stdio.h>

static double upgraded(const struct results *r)
{
    return r->upgraded;
}

static double emulated(const struct results *r)
{
    return (double)r->facts.emulated_us / 1e6;
}

static double fetches(const struct results *r)
{
    return fetches_of_firmware(&r->fetches);
}

static double server_bytes(const struct results *r)
{
    return (double)r->fetches.bytes;
}

static double wan_down(const struct results *r)
{
    return (double)r->facts.wan_bytes_down;
}

static double wan_up(const struct results *r)
{
    return (double)r->facts.wan_bytes_up;
}

static double tcp_bytes(const struct results *r)
{
    return (double)r->facts.tcp4051_bytes;
}

static double broadcasts(const struct results *r)
{
    return (double)r->facts.udp4051_broadcasts;
}

static double deepest(const struct results *r)
{
    unsigned depth = 0;
    for (size_t i = 0; i < r->hierarchy_count; i++)
        depth = r->hierarchies[i].depth > depth ? r->hierarchies[i].depth : depth;
    return depth ? depth : NAN;
}

static double widest(const struct results *r)
{
    return r->hierarchy_count ? r->widest : NAN;
}

/* By the list of our own call manager. */
static double registered(const struct results *r)
{
    struct registrar_device d;
    double count = 0;
    for (uint32_t i = 0; managerlist_get(r->facts.manager, i, &d); i++)
        count += d.state == DEVICE_REGISTERED;
    return r->facts.manager ? count : NAN;
}

static double lateness(const struct results *r)
{
    return (double)r->clock.p99_us / 1e3;
}

static double wall(const struct results *r)
{
    return (double)r->facts.wall_ms / 1e3;
}

static double speed(const struct results *r)
{
    return fidelity_speed(&r->facts);
}

const struct figure figures[] = {
    {"phones upgraded", UNIT_PHONES, false, upgraded, false},
    {"phones registered", UNIT_PHONES, false, registered, true},
    {"emulated time", UNIT_SECONDS, true, emulated, false},
    {"server fetches of firmware", UNIT_COUNT, true, fetches, false},
    {"server bytes", UNIT_BYTES, true, server_bytes, false},
    {"WAN bytes down", UNIT_BYTES, true, wan_down, false},
    {"WAN bytes up", UNIT_BYTES, true, wan_up, false},
    {"LAN bytes on TCP 4051", UNIT_BYTES, false, tcp_bytes, false},
    {"broadcasts on UDP 4051", UNIT_COUNT, false, broadcasts, false},
    {"deepest tree (phones)", UNIT_COUNT, false, deepest, false},
    {"widest node (children)", UNIT_COUNT, false, widest, false},
    {"timer lateness, p99", UNIT_MS, false, lateness, false},
    {"wall time", UNIT_SECONDS, false, wall, false},
    {"effective speed", UNIT_TIMES, false, speed, false},
};
const size_t figure_count = sizeof figures / sizeof *figures;

const char *figure_text(const struct figure *f, const struct results *r, char out[FIGURE_TEXT])
{
    double value = f->value(r);
    snprintf(out, FIGURE_TEXT, "-");
    if (isnan(value))
        return out;
    switch (f->unit) {
    case UNIT_COUNT:
        snprintf(out, FIGURE_TEXT, "%.0f", value);
        break;
    case UNIT_PHONES:
        snprintf(out, FIGURE_TEXT, "%.0f of %zu", value, r->plan->count);
        break;
    case UNIT_BYTES:
        return units_show_bytes(value, out);
    case UNIT_SECONDS:
        return units_show_seconds(value, out);
    case UNIT_MS:
        snprintf(out, FIGURE_TEXT, "%.1f ms", value);
        break;
    case UNIT_TIMES:
        snprintf(out, FIGURE_TEXT, "%.1f x", value);
        break;
    }
    return out;
}

bool figure_is_shown(const struct figure *f, const struct run_set *set)
{
    bool any = !f->shy;
    for (size_t i = 0; i < set->count; i++)
        any = any || !isnan(f->value(set->run[i]));
    return any;
}

double figure_quotient(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

const char *figure_ratio(const struct figure *f, const struct results *traditional,
                         const struct results *pfs, char out[FIGURE_TEXT])
{
    double ratio = f->ratio ? figure_quotient(f->value(traditional), f->value(pfs)) : NAN;
    snprintf(out, FIGURE_TEXT, isnan(ratio) ? "-" : "%.1f", ratio);
    return out;
}

enum verdict run_set_verdict(const struct run_set *set)
{
    enum verdict gravest = VERDICT_PASSED;
    for (size_t i = 0; i < set->count; i++) {
        enum verdict verdict = results_verdict(set->run[i]);
        gravest = verdict > gravest ? verdict : gravest;
    }
    return gravest;
}

bool run_set_is_modes(const struct run_set *set)
{
    return set->count == 2 && set->run[0]->plan->fleet->mode == MODE_TRADITIONAL &&
           set->run[1]->plan->fleet->mode == MODE_PFS;
}

const char *run_label(const struct results *r)
{
    return r->variant ? r->variant : r->plan->fleet->mode == MODE_PFS ? "pfs" : "traditional";
}
