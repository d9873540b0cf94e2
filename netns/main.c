/* main.c - the fleet command: verbs, and what each does.
 *
 * Order of a run, so that a mistake costs nothing: the command line, the fleet file and its plan
 * (exit 2) are judged before privilege is asked for, privilege and host (exit 3) before anything
 * is created.
 */
#include "netns/completion.h"
#include "netns/fleet/fleetkeys.h"
#include "netns/fleet/fleetread.h"
#include "netns/fleet/managerkeys.h"
#include "netns/fleet/schemajson.h"
#include "netns/foretell/dryrun.h"
#include "netns/foretell/lint.h"
#include "netns/foretell/predict.h"
#include "netns/foretell/predictout.h"
#include "netns/foretell/simulate.h"
#include "netns/host/elevate.h"
#include "netns/host/hostcheck.h"
#include "netns/host/place.h"
#include "netns/options.h"
#include "netns/plan/bulk.h"
#include "netns/plan/firmware.h"
#include "netns/plan/planner.h"
#include "netns/run/lab.h"
#include "netns/run/labctl.h"
#include "netns/run/laborder.h"
#include "netns/run/run.h"
#include "netns/scenariorun.h"
#include "netns/setup.h"
#include "netns/text/text.h"
#include "netns/text/units.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- runs --------------------------------------------------------------------------- */

static int run(struct call *call, bool demo)
{
    struct setup s = {0};
    struct batch b = {0};
    int code = setup_run(&s, &b, call, demo);
    batch_free(&b);
    setup_free(&s);
    return code;
}

static int do_run(struct call *call)
{
    return run(call, false);
}

static int compare(struct call *call, bool demo)
{
    options_add(call, (struct override){.path = "mode", .value = "both", .said = "compare"});
    return run(call, demo);
}

static int do_demo(struct call *call)
{
    return compare(call, true);
}

static int do_compare(struct call *call)
{
    return compare(call, false);
}

static int do_scenarios(struct call *call)
{
    struct scenarios s = {0};
    const char *root = place_root();
    int code = root ? scenarios_find(root, call->args, call->arg_count, &s) : 3;
    if (code == 0 && call->list)
        scenarios_list(&s);
    else if (code == 0)
        code = scenarios_run(&s, call);
    scenarios_free(&s);
    return code;
}

/* ---- a prediction ------------------------------------------------------------------- */

/* Simulates into place. An exit code. */
static int predict_into(struct predict *p, const char *out_dir, const struct call *call)
{
    char *program = place_program("fleet-sim");
    int code = simulate_run(p, program, !call->quiet && isatty(STDERR_FILENO));
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
    char *out_dir = NULL;
    if (!predict_take(&wish, &call->overrides, call->points))
        return 2;
    call->phones = false; /* sizes, or the phones of whatever fleet is meant */
    for (size_t i = 0; i < call->overrides.count; i++)
        call->phones |= strcmp(call->overrides.items[i].path, "phones") == 0;
    int code = setup_read(&s, call, false);
    if (code == 0)
        code = predict_make(&p, s.fleet, &wish);
    const struct plan *one = p.samples[MODE_PFS].plan; /* both have the same files */
    if (code == 0 && !firmware_within_limits(one ? one : p.samples[MODE_TRADITIONAL].plan))
        code = 2;
    if (code == 0)
        out_dir = place_out(call->out_dir, s.fleet->name, "plan", &code);
    if (code == 0)
        code = predict_into(&p, out_dir, call);
    free(out_dir);
    predict_free(&p);
    setup_free(&s);
    return code;
}

/* ---- the other verbs ----------------------------------------------------------------- */

/* A plain number of phones, or 0. The option given last is what counts. */
static size_t plain_size(const struct call *call)
{
    uint64_t count = 0;
    for (size_t i = 0; i < call->overrides.count; i++)
        if (strcmp(call->overrides.items[i].path, "phones") == 0 &&
            !units_count(call->overrides.items[i].value, 1, LIMIT_PHONES, &count))
            count = 0;
    return (size_t)count;
}

/* What the fleet that is meant wishes of this host; what is told is of the fleet in s. An exit
 * code. */
static int fleet_wish(const struct call *call, struct setup *s, struct host_wish *wish,
                      struct findings *told)
{
    struct batch b = {0};
    int code = setup_read(s, call, false);
    if (code == 0)
        code = batch_make(&b, s->fleet, !call->variant, &call->overrides);
    if (code == 0) {
        wish->phones = batch_largest(&b)->count;
        wish->uplink = setup_uplink(s->fleet, call);
        lint_uplink(batch_largest(&b), told);
    }
    batch_free(&b);
    return code;
}

static int do_check(struct call *call)
{
    struct setup s = {0};
    struct findings told = {0};
    struct host_wish wish = {.phones = plain_size(call), .told = &told};
    int code = 0;
    if (call->file || (wish.phones == 0 && call->overrides.count > 0))
        code = fleet_wish(call, &s, &wish, &told);
    wish.asked = wish.phones > 0;
    if (code == 0)
        code = ids_choose(&wish.ids, call->ids, wish.asked ? wish.phones : LIMIT_PHONES, &ids_host);
    if (code == 0)
        code = hostcheck_print(&wish, call->json);
    findings_free(&told);
    setup_free(&s);
    return code;
}

/* The fleet, and each of its variants. */
static int do_lint(struct call *call)
{
    struct setup s = {0};
    struct findings found = {0};
    const char *names[VARIANTS_MAX];
    int code = setup_read(&s, call, false);
    size_t count = code == 0 && !call->variant ? fleet_variants(s.fleet, names) : 0;
    for (size_t i = 0; i < count && code == 0; i++) {
        struct fleet *variant = fleet_variant(s.fleet, names[i], &call->overrides);
        code = variant ? 0 : 2;
        if (variant)
            lint_find(variant, &found);
        fleet_free(variant);
    }
    if (code == 0 && count == 0)
        lint_find(s.fleet, &found);
    if (code == 0)
        code = lint_print(&found, call->json);
    findings_free(&found);
    setup_free(&s);
    return code;
}

static int do_schema(struct call *call)
{
    (void)call;
    return schemajson_print(fleet_keys);
}

static int do_completion(struct call *call); /* which shows the table that it stands in */

/* Where its name is taken, nothing is made. */
static int start_lab(struct setup *s, const struct call *call, const struct plan *plan)
{
    int code = setup_check(s, call, plan), name = -1;
    if (code == 0)
        code = (name = lab_bind(s->fleet->name)) < 0 ? -name : setup_place(s, call, "up");
    return code != 0 ? code : lab_up(plan, &s->run, name);
}

static int do_up(struct call *call)
{
    struct setup s = {0};
    struct plan *plan = NULL;
    int code = setup_read(&s, call, false);
    if (code == 0)
        manager_of_lab(s.fleet);
    if (code == 0 && !((plan = plan_make(s.fleet)) && firmware_within_limits(plan)))
        code = 2;
    bool held = code == 0 && s.fleet->manager.engine == MANAGER_OWN;
    if (held)
        bulk_hold_back(plan);
    if (code == 0)
        code = call->dry_run ? dryrun_print(&(struct dryrun){NULL, plan}, 1, false)
                             : start_lab(&s, call, plan);
    if (code == 0 && !call->quiet && !call->dry_run) {
        text_line(stderr, "The lab %s is up; its output is in %s", s.fleet->name, s.run.out_dir);
        text_line(stderr, "Next: ps, %slogs PHONE, exec PHONE CMD..., and down to end it",
                  held ? "cm, " : "");
        if (held)
            text_line(stderr, "Phones keep the load that they run; to upgrade them: "
                              "phone PHONES set load=LOAD, then cm reset PHONES");
    }
    plan_free(plan);
    setup_free(&s);
    return code;
}

static int do_ps(struct call *call)
{
    elevate(call->argv);
    return lab_ps(call->lab, call->json);
}

static int do_logs(struct call *call)
{
    elevate(call->argv);
    return lab_logs(call->lab, call->args[0], call->follow);
}

static int do_exec(struct call *call)
{
    elevate(call->argv);
    return lab_exec(call->lab, call->args[0], call->args + 1);
}

static int do_capture(struct call *call)
{
    elevate(call->argv);
    return lab_capture(call->lab, call->arg_count ? call->args[0] : "site", call->write);
}

static int do_phone(struct call *call)
{
    elevate(call->argv);
    return lab_fault(call->lab, "phone", call->args[0], call->args + 1);
}

static int do_cm(struct call *call)
{
    elevate(call->argv);
    bool list = call->arg_count == 0 || strcmp(call->args[0], "list") == 0;
    return list ? lab_cm(call->lab, call->json) : lab_cm_order(call->lab, call->args);
}

static int do_wan(struct call *call)
{
    elevate(call->argv);
    return lab_fault(call->lab, "wan", NULL, call->args);
}

static int do_server(struct call *call)
{
    elevate(call->argv);
    return lab_fault(call->lab, "server", NULL, call->args);
}

static int do_down(struct call *call)
{
    elevate(call->argv);
    return lab_down(call->arg_count ? call->args[0] : call->lab, call->quiet);
}

#define GROUPS_UP  (GROUP_FILE | GROUP_FLEET | GROUP_MODE | GROUP_OUT | GROUP_START | GROUP_HOST)
#define GROUPS_RUN (GROUPS_UP | GROUP_RUN | GROUP_JSON)

static const struct verb verbs[] = {
    {"demo", "", 0, 0, GROUPS_RUN & ~GROUP_MODE, "Compare both modes on the bundled demo", do_demo},
    {"run", "", 0, 0, GROUPS_RUN, "Up, to the end, check the expectations, down", do_run},
    {"compare", "", 0, 0, GROUPS_RUN & ~GROUP_MODE, "The same fleet in both modes, side by side",
     do_compare},
    {"plan", "", 0, 0, GROUP_FILE | GROUP_FLEET | GROUP_MODE | GROUP_OUT | GROUP_JSON | GROUP_PLAN,
     "Foretell time and traffic for other sizes, by simulation", do_plan},
    {"scenarios", "[NAME...]", 0, UINT_MAX, GROUP_FLEET | GROUP_RUN | GROUP_OUT | GROUP_JSON |
     GROUP_LIST | GROUP_HOST, "Run the library's scenarios, or those named; --list lists",
     do_scenarios},
    {"lint", "", 0, 0, GROUP_FLEET | GROUP_FILE | GROUP_MODE | GROUP_JSON,
     "What would go wrong with fleet file and TFTP root, with remedies", do_lint},
    {"check", "", 0, 0, GROUP_JSON | GROUP_FILE | GROUP_FLEET | GROUP_HOST,
     "What this host can and cannot do, with remedies", do_check},
    {"schema", "", 0, 0, 0, "Print the fleet file's JSON Schema, for editors", do_schema},
    {"completion", "", 0, 0, 0, "Print the completion of commands and options, for bash",
     do_completion},
    {"up", "", 0, 0, GROUPS_UP, "Start the fleet as a lab and leave it running", do_up},
    {"ps", "", 0, 0, GROUP_LAB | GROUP_JSON, "The lab's phones and what they do", do_ps},
    {"logs", "PHONE", 1, 1, GROUP_LAB | GROUP_FOLLOW, "A phone's console log", do_logs},
    {"exec", "PHONE CMD...", 2, UINT_MAX, GROUP_LAB | GROUP_WORDS,
     "Run a command at PHONE, site or server", do_exec},
    {"capture", "[PHONE] -w FILE", 0, 1, GROUP_LAB | GROUP_WRITE,
     "Capture packets at PHONE, site or server", do_capture},
    {"phone", "PHONES DEED...", 2, UINT_MAX, GROUP_LAB,
     "Do a phone harm: kill, freeze for=5s, ... (see fleet(5))", do_phone},
    {"cm", "[DEED [PHONES]...]", 0, UINT_MAX, GROUP_LAB | GROUP_JSON,
     "The call manager's list; or reset, restart, apply-config PHONES [rate=N]", do_cm},
    {"wan", "cut|loss=5%|...", 1, UINT_MAX, GROUP_LAB,
     "The WAN: cut, restore, loss=, delay=, rate=", do_wan},
    {"server", "kill|restart", 1, UINT_MAX, GROUP_LAB, "The TFTP server: kill or restart",
     do_server},
    {"down", "[LAB]", 0, 1, GROUP_LAB, "Take the lab down", do_down},
    {0},
};

static int do_completion(struct call *call)
{
    (void)call;
    return completion_print(verbs);
}

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
    on_exit(check_output, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails, which is noticed */
    options_read(&call, verbs, argc, argv);
    return (call.verb ? call.verb : &verbs[0])->run(&call);
}
