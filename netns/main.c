/* main.c - the fleet command: verbs, and what each does.
 *
 * Order of a run, so that a mistake costs nothing: the command line, the fleet file and its plan
 * (exit 2) are judged before privilege is asked for, privilege and host (exit 3) before anything
 * is created.
 */
#include "netns/elevate.h"
#include "netns/expect.h"
#include "netns/hostcheck.h"
#include "netns/options.h"
#include "netns/place.h"
#include "netns/predict.h"
#include "netns/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **whole_argv; /* for elevate() */

/* ---- a fleet, ready to run ----------------------------------------------------------- */

struct setup {
    char *file; /* found, not named */
    struct fleet *fleet;
    char *out_dir;
    char *phone_binary;
};

/* -f, else the demo where only its phones or nothing at all was named, else what lies here. */
static int setup_read(struct setup *s, const struct call *call, bool demo)
{
    const char *file = call->file;
    const char *root = place_root();
    if (!root)
        return 3;
    if (!file && !demo && !call->phones)
        file = s->file = place_fleet_file();
    bool plans = call->verb && (call->verb->groups & GROUP_PLAN); /* which takes no privilege */
    if (file && strcmp(file, "-") == 0 && !plans)
        elevate(whole_argv); /* while standard input is still whole */
    s->fleet = fleet_read(file, root, &call->overrides);
    return s->fleet ? 0 : 2;
}

static void print_plan(const struct plan *plan)
{
    static const char *const pfs_names[] = {"unset", "off", "on"};
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        const uint8_t *ip = (const uint8_t *)&p->ip;
        fprintf(stderr, "%4zu %s %u.%u.%u.%u %s pfs %s, %s -> %s\n", i + 1, p->name, ip[0], ip[1],
                ip[2], ip[3], p->model->name, pfs_names[p->pfs + 1],
                p->running[0] ? p->running : "(nothing)", p->load);
    }
}

/* The plan; then privilege, the host and the place for results. */
static int setup_check(struct setup *s, const struct call *call, const struct plan *plan,
                       const char *kind)
{
    int code = 0;
    elevate(whole_argv);
    s->phone_binary = place_program("fleet-phone");
    if (call->verbose)
        print_plan(plan);
    if (!call->out_dir && call->junit && !place_writable(call->junit))
        return 2;
    if (hostcheck_require(plan->count) != 0)
        return 3;
    s->out_dir = place_out(call->out_dir, s->fleet->name, kind, &code);
    if (s->out_dir && call->out_dir && call->junit && !place_writable(call->junit))
        return 2; /* only now: it may be meant to lie in there */
    return code;
}

static void setup_free(struct setup *s)
{
    fleet_free(s->fleet);
    free(s->file);
    free(s->out_dir);
    free(s->phone_binary);
}

/* ---- runs --------------------------------------------------------------------------- */

struct mode_run {
    struct fleet fleet; /* the one that was read, in this mode */
    struct plan *plan;
    struct run_facts facts;
    struct results *results;
    char out_dir[PATH_MAX];
};

/* Up, to the end, down; r->results filled. traditional: what a run in that mode has shown before,
 * or NULL. An exit code that stops everything, or 0. */
static int run_mode(struct mode_run *r, const struct setup *s, const struct call *call,
                    const struct run_facts *traditional, const char *junit)
{
    char capture[PATH_MAX + 16];
    snprintf(capture, sizeof capture, "%s/site.pcapng", r->out_dir);
    const struct run_options options = {.out_dir = r->out_dir,
                                        .phone_binary = s->phone_binary,
                                        .style = progress_style(call->quiet),
                                        .capture = call->capture ? capture : NULL};
    int code = run_once(r->plan, &options, &r->facts);
    if (code != 0)
        return code;
    r->facts.traditional = traditional;
    r->results = results_make(r->plan, &r->facts, r->out_dir);
    run_cleanup(r->out_dir);
    return r->results && results_write(r->results, r->out_dir, junit) == 0 ? 0 : 3;
}

static void mode_free(struct mode_run *r)
{
    results_free(r->results);
    free((void *)r->facts.status);
    free((void *)r->facts.traffic);
    plan_free(r->plan);
}

static int do_run(struct call *call)
{
    struct setup s = {0};
    struct mode_run r = {0};
    int code = setup_read(&s, call, false);
    if (code == 0 && (expect_check_alone(s.fleet) != 0 || !(r.plan = plan_make(s.fleet))))
        code = 2;
    if (code == 0)
        code = setup_check(&s, call, r.plan, s.fleet->mode == MODE_PFS ? "pfs" : "traditional");
    if (code == 0) {
        snprintf(r.out_dir, sizeof r.out_dir, "%s", s.out_dir);
        code = run_mode(&r, &s, call, NULL, call->junit);
    }
    if (code == 0) {
        code = results_exit(r.results);
        if (call->json)
            place_print(s.out_dir, "summary.json");
        else if (!call->quiet)
            results_print(r.results, s.out_dir);
        if (call->json || call->quiet)
            results_print_unfinished(stderr, r.results, NULL);
    }
    mode_free(&r);
    setup_free(&s);
    return code;
}

/* Both modes, into directories of their names. */
static int run_both(struct mode_run r[2], const struct setup *s, const struct call *call)
{
    static const char *const names[] = {"traditional", "pfs"};
    int code = run_forget(s->out_dir);
    for (int i = 0; code == 0 && i < 2; i++) {
        snprintf(r[i].out_dir, sizeof r[i].out_dir, "%.*s/%s", PATH_MAX - 16, s->out_dir,
                 names[i]);
        code = run_mode(&r[i], s, call, i == 1 ? &r[0].facts : NULL, NULL);
    }
    if (code != 0)
        return code;
    if (compare_write(r[0].results, r[1].results, s->out_dir, call->junit) != 0)
        return 3;
    if (call->json)
        place_print(s->out_dir, "compare.json");
    else if (!call->quiet)
        compare_print(r[0].results, r[1].results, s->out_dir);
    for (int i = 0; (call->json || call->quiet) && i < 2; i++)
        results_print_unfinished(stderr, r[i].results, names[i]);
    int first = results_exit(r[0].results), second = results_exit(r[1].results);
    return first > second ? first : second;
}

static int compare(const struct call *call, bool demo)
{
    static const enum fleet_mode modes[] = {MODE_TRADITIONAL, MODE_PFS};
    struct setup s = {0};
    struct mode_run r[2] = {0};
    int code = setup_read(&s, call, demo);
    for (int i = 0; code == 0 && i < 2; i++) {
        r[i].fleet = *s.fleet;
        r[i].fleet.mode = modes[i];
        r[i].plan = plan_make(&r[i].fleet);
        code = r[i].plan ? 0 : 2;
    }
    if (code == 0)
        code = setup_check(&s, call, r[1].plan, "compare");
    if (code == 0)
        code = run_both(r, &s, call);
    mode_free(&r[0]);
    mode_free(&r[1]);
    setup_free(&s);
    return code;
}

static int do_demo(struct call *call)
{
    return compare(call, true);
}

static int do_compare(struct call *call)
{
    return compare(call, false);
}

/* ---- a plan -------------------------------------------------------------------------- */

/* Simulates into place. An exit code. */
static int plan_into(struct predict *p, const char *out_dir, const struct call *call)
{
    char *program = place_program("fleet-sim");
    int code = predict_run(p, program, !call->quiet && isatty(STDERR_FILENO));
    if (code == 0)
        code = predict_write(p, out_dir);
    if (code == 0 && call->json)
        code = place_print(out_dir, "plan.json");
    else if (code == 0 && !call->quiet)
        predict_print(p, out_dir);
    free(program);
    return code;
}

static int do_plan(struct call *call)
{
    struct setup s = {0};
    struct predict_wish wish;
    struct predict p = {0};
    if (!predict_take(&wish, &call->overrides, call->points))
        return 2;
    call->phones = false; /* sizes, or the phones of whatever fleet is meant */
    for (size_t i = 0; i < call->overrides.count; i++)
        call->phones |= strcmp(call->overrides.items[i].path, "phones") == 0;
    int code = setup_read(&s, call, false);
    if (code == 0)
        code = predict_make(&p, s.fleet, &wish);
    if (code == 0)
        s.out_dir = place_out(call->out_dir, s.fleet->name, "plan", &code);
    if (code == 0)
        code = plan_into(&p, s.out_dir, call);
    predict_free(&p);
    setup_free(&s);
    return code;
}

/* ---- the other verbs ----------------------------------------------------------------- */

static int do_check(struct call *call)
{
    return hostcheck_print(call->json);
}

static int do_up(struct call *call)
{
    struct setup s = {0};
    struct plan *plan = NULL;
    int code = setup_read(&s, call, false);
    if (code == 0 && !(plan = plan_make(s.fleet)))
        code = 2;
    if (code == 0)
        code = setup_check(&s, call, plan, "up");
    if (code == 0)
        code = lab_up(plan, &(struct run_options){.out_dir = s.out_dir,
                                                  .phone_binary = s.phone_binary,
                                                  .style = progress_style(call->quiet)});
    if (code == 0 && !call->quiet)
        fprintf(stderr, "The lab %s is up; its output is in %s\n"
                        "Next: ps, logs PHONE, exec PHONE CMD..., and down to end it\n",
                s.fleet->name, s.out_dir);
    plan_free(plan);
    setup_free(&s);
    return code;
}

static int do_ps(struct call *call)
{
    elevate(whole_argv);
    return lab_ps(call->lab, call->json);
}

static int do_logs(struct call *call)
{
    elevate(whole_argv);
    return lab_logs(call->lab, call->args[0], call->follow);
}

static int do_exec(struct call *call)
{
    elevate(whole_argv);
    return lab_exec(call->lab, call->args[0], call->args + 1);
}

static int do_capture(struct call *call)
{
    elevate(whole_argv);
    return lab_capture(call->lab, call->arg_count ? call->args[0] : "site", call->write);
}

static int do_phone(struct call *call)
{
    elevate(whole_argv);
    return lab_fault(call->lab, call->args[0], call->args[1], call->args + 2);
}

/* "cut" is wan-cut; "loss=5%" is wan-loss with that setting. */
static int fault_of(const struct call *call, const char *part)
{
    char what[64];
    const char *first = call->args[0];
    size_t word = strcspn(first, "=");
    snprintf(what, sizeof what, "%s-%.*s", part, (int)(word < 32 ? word : 32), first);
    elevate(whole_argv);
    return lab_fault(call->lab, NULL, what, call->args + (first[word] == '\0'));
}

static int do_wan(struct call *call)
{
    return fault_of(call, "wan");
}

static int do_server(struct call *call)
{
    return fault_of(call, "server");
}

static int do_down(struct call *call)
{
    elevate(whole_argv);
    return lab_down(call->arg_count ? call->args[0] : call->lab);
}

#define GROUPS_UP  (GROUP_FLEET | GROUP_MODE | GROUP_OUT)
#define GROUPS_RUN (GROUPS_UP | GROUP_RUN | GROUP_JSON)

static const struct verb verbs[] = {
    {"demo", "", 0, 0, GROUPS_RUN & ~GROUP_MODE, "Compare both modes on the bundled demo", do_demo},
    {"run", "", 0, 0, GROUPS_RUN, "Up, to the end, check the expectations, down", do_run},
    {"compare", "", 0, 0, GROUPS_RUN & ~GROUP_MODE, "The same fleet in both modes, side by side",
     do_compare},
    {"plan", "", 0, 0, GROUP_FLEET | GROUP_MODE | GROUP_OUT | GROUP_JSON | GROUP_PLAN,
     "Foretell time and traffic for other sizes, by simulation", do_plan},
    {"check", "", 0, 0, GROUP_JSON, "What this host can and cannot do, with remedies", do_check},
    {"up", "", 0, 0, GROUPS_UP, "Start the fleet as a lab and leave it running", do_up},
    {"ps", "", 0, 0, GROUP_LAB | GROUP_JSON, "The lab's phones and what they do", do_ps},
    {"logs", "PHONE", 1, 1, GROUP_LAB | GROUP_FOLLOW, "A phone's console log", do_logs},
    {"exec", "PHONE CMD...", 2, UINT_MAX, GROUP_LAB,
     "Run a command at PHONE, site or server", do_exec},
    {"capture", "[PHONE] -w FILE", 0, 1, GROUP_LAB | GROUP_WRITE,
     "Capture packets at PHONE, site or server", do_capture},
    {"phone", "PHONES DEED...", 2, UINT_MAX, GROUP_LAB,
     "Do a phone harm: kill, freeze for=5s, ... (see README)", do_phone},
    {"wan", "cut|loss=5%|...", 1, UINT_MAX, GROUP_LAB,
     "The WAN: cut, restore, loss=, delay=, rate=", do_wan},
    {"server", "kill|restart", 1, UINT_MAX, GROUP_LAB, "The TFTP server: kill or restart",
     do_server},
    {"down", "[LAB]", 0, 1, GROUP_LAB, "Take the lab down", do_down},
    {0},
};

/* What could not be printed is no success, however the program ends. */
static void check_output(int code, void *arg)
{
    (void)arg;
    bool lost = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !lost)
        return;
    fprintf(stderr, "fleet: cannot write to standard output\n");
    if (code == 0)
        _exit(3);
}

int main(int argc, char **argv)
{
    static struct call call;
    whole_argv = argv;
    on_exit(check_output, NULL);
    options_read(&call, verbs, argc, argv);
    return (call.verb ? call.verb : &verbs[0])->run(&call);
}
