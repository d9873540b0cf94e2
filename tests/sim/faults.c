/* faults.c - from a seed to faults, and from faults to blows. */
#include "tests/sim/faults.h"
#include "emu/random.h"
#include "tests/sim/faultkinds.h"
#include "tests/sim/lines.h"

#include <stdlib.h>
#include <string.h>

#define BLOWS_MAX  8
#define KINDS_MAX  5
#define PATIENCE   (90 * USEC_SEC)  /* for a phone to come into the state to be hit in */
#define REAL_ONES  16               /* one seed in so many has a load of real size; undamaged, */
#define LONGER     64               /* its blows fall in so much more time */
#define DAMAGE_MAX (300 * USEC_SEC) /* damage by chance ends by then, or with the last blow */

struct blow {
    const struct fault_kind *kind;
    usec pause;      /* after the one before */
    usec lasts;
    usec dealt;      /* NEVER: not yet */
    usec lift_at;    /* NEVER: nothing to lift */
    long phone;      /* -1: nobody in particular */
};

struct faults {
    uint64_t draws;
    const struct fault_kind *damage[KINDS_MAX];
    double rate[KINDS_MAX];
    size_t damage_count;
    struct blow blows[BLOWS_MAX];
    size_t blow_count;
    usec damage_until;
    bool real;
};

static uint32_t below(struct faults *f, uint32_t limit)
{
    return random_below(&f->draws, limit);
}

static size_t kind_count(void)
{
    size_t n = 0;
    while (fault_kinds[n].name)
        n++;
    return n;
}

const char *const *faults_kinds(void)
{
    static const char *names[64];
    for (size_t i = 0; i < kind_count(); i++)
        names[i] = fault_kinds[i].name;
    return names;
}

/* ---- from a seed --------------------------------------------------------------------- */

static void add_blow(struct faults *f, const struct fault_kind *k)
{
    if (f->blow_count == BLOWS_MAX)
        return;
    f->blows[f->blow_count++] = (struct blow){
        .kind = k, .pause = below(f, 20 * USEC_SEC), .dealt = NEVER, .lift_at = NEVER,
        .lasts = k->lasts_s ? USEC_SEC + below(f, k->lasts_s * USEC_SEC) : 0, .phone = -1};
}

static void add_kind(struct faults *f, const struct fault_kind *k, struct sim_options *o)
{
    size_t blows = k->deal ? 1 + below(f, 3) : 0;
    for (size_t i = 0; i < (blows ? blows : 1); i++) {
        size_t before = f->blow_count;
        if (k->deal)
            add_blow(f, k);
        if (k->set && (!k->deal || f->blow_count > before))
            k->set(o, &f->draws);
    }
    if (k->deal)
        return;
    double rate = k->most * (1 + below(f, 1000)) / 1000;
    if (k->rate)
        *(double *)((char *)o + k->rate - 1) = rate;
    f->rate[f->damage_count] = k->rate ? rate : 0;
    f->damage[f->damage_count++] = k;
}

/* The phones and their start. */
static void make_fleet(struct faults *f, uint64_t seed, struct sim_options *o)
{
    static const uint64_t port_bps[] = {100000000, 100000000, 10000000, 1000000};
    static const unsigned spread_s[] = {0, 0, 0, 5, 60};
    o->seed = seed;
    o->phones = 2 + below(f, below(f, 8) ? 24 : 80);
    o->port_bps = port_bps[below(f, 4)];
    o->boot_spread = spread_s[below(f, 5)] * USEC_SEC;
    f->damage_until = 20 * USEC_SEC + below(f, DAMAGE_MAX - 20 * USEC_SEC);
    uint64_t draws = ~seed * 0x9e3779b97f4a7c15ull; /* of its own: the others' faults stay theirs */
    f->real = random_word(&draws) % REAL_ONES == 0;
    if (f->real)
        lines_draw(&draws, o);
}

static struct faults *new_faults(uint64_t seed, struct sim_options *o)
{
    struct faults *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    f->draws = seed * 0x9e3779b97f4a7c15ull + 1;
    make_fleet(f, seed, o);
    return f;
}

/* More late phones than there are phones would leave nobody to begin. */
static struct faults *finish(struct faults *f, struct sim_options *o)
{
    if (o->phones < o->late + 2)
        o->phones = o->late + 2;
    return f;
}

struct faults *faults_of_kind(const char *name, uint64_t seed, struct sim_options *o)
{
    const struct fault_kind *k = fault_kinds;
    while (k->name && strcmp(k->name, name) != 0)
        k++;
    if (!k->name)
        return NULL;
    struct faults *f = new_faults(seed, o);
    add_kind(f, k, o);
    return finish(f, o);
}

struct faults *faults_of_seed(uint64_t seed, struct sim_options *o)
{
    struct faults *f = new_faults(seed, o);
    size_t count = below(f, 5) ? 2 + below(f, KINDS_MAX - 1) : 1;
    for (size_t i = 0; i < count; i++)
        add_kind(f, &fault_kinds[below(f, (uint32_t)kind_count())], o);
    return finish(f, o);
}

void faults_free(struct faults *f)
{
    free(f);
}

/* ---- dealing ------------------------------------------------------------------------- */

static void note(const struct sim *s, const struct blow *b, const char *what)
{
    char text[64];
    snprintf(text, sizeof text, "%s%s", b->kind->name, what);
    sim_note(s, b->phone, SIM_BLOW, text);
}

static struct blow *next_lift(struct faults *f)
{
    struct blow *next = NULL;
    for (size_t i = 0; i < f->blow_count; i++)
        if (f->blows[i].lift_at != NEVER && (!next || f->blows[i].lift_at < next->lift_at))
            next = &f->blows[i];
    return next;
}

/* Runs on to that time, lifting on the way what is due; returns early with the phone of which
 * whom is true, else -1. */
static long go_on(struct faults *f, struct sim *s, usec until,
                  bool (*whom)(struct sim *s, size_t i))
{
    for (struct blow *b; (b = next_lift(f)) && b->lift_at <= until;) {
        long phone = sim_run_until(s, b->lift_at, whom);
        if (phone >= 0)
            return phone;
        b->kind->lift(s);
        b->lift_at = NEVER;
        note(s, b, " ends");
    }
    return sim_run_until(s, until, whom);
}

static void deal(struct faults *f, struct sim *s, struct blow *b)
{
    const struct fault_kind *k = b->kind;
    usec time = f->real && !f->damage_count ? LONGER : 1;
    go_on(f, s, sim_now(s) + time * b->pause, NULL);
    long phone = k->whom ? go_on(f, s, sim_now(s) + time * PATIENCE, k->whom)
                         : (long)below(f, (uint32_t)sim_phones(s));
    if (phone < 0 || (!k->nobody && !sim_alive(s, (size_t)phone)))
        return;
    b->phone = k->nobody ? -1 : phone;
    b->dealt = sim_now(s);
    note(s, b, "");
    k->deal(s, (size_t)phone);
    if (k->lift)
        b->lift_at = b->dealt + b->lasts;
}

usec faults_play(struct faults *f, struct sim *s, usec bound)
{
    for (size_t i = 0; i < f->blow_count && sim_now(s) < bound; i++)
        deal(f, s, &f->blows[i]);
    usec end = sim_now(s);
    if (f->damage_count && f->damage_until > end)
        end = f->damage_until;
    for (size_t i = 0; i < f->blow_count; i++)
        if (f->blows[i].lift_at != NEVER && f->blows[i].lift_at > end)
            end = f->blows[i].lift_at;
    go_on(f, s, end < bound ? end : bound, NULL);
    sim_repair(s);
    return sim_now(s);
}

/* ---- what they explain --------------------------------------------------------------- */

static unsigned explained(const struct fault_kind *k, size_t phones)
{
    return k->fetches + (k->per_phones ? (unsigned)(phones / k->per_phones) : 0);
}

unsigned faults_explain(const struct faults *f, const struct sim_options *o)
{
    unsigned fetches = 0;
    for (size_t i = 0; i < f->damage_count; i++)
        fetches += explained(f->damage[i], o->phones);
    for (size_t i = 0; i < f->blow_count; i++)
        fetches += explained(f->blows[i].kind, o->phones);
    return fetches;
}

bool faults_excuse(const struct faults *f)
{
    bool excused = false;
    for (size_t i = 0; i < f->damage_count; i++)
        excused |= f->damage[i]->excuses;
    for (size_t i = 0; i < f->blow_count; i++)
        excused |= f->blows[i].kind->excuses;
    return excused;
}

void faults_print(const struct faults *f, FILE *to)
{
    for (size_t i = 0; i < f->damage_count; i++)
        fprintf(to, "all along: %s %.3g\n", f->damage[i]->name, f->rate[i]);
    for (size_t i = 0; i < f->blow_count; i++) {
        const struct blow *b = &f->blows[i];
        if (b->dealt == NEVER)
            fprintf(to, "not dealt: %s\n", b->kind->name);
        else
            fprintf(to, "%10.6f s: %s, phone %ld\n", (double)b->dealt / 1e6, b->kind->name,
                    b->phone);
    }
}
