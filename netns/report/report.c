/* report.c - report.html: one file that needs nothing else, well-formed as XML too, light or dark
 * as the reader's system is. For one run, or for the same fleet in both modes.
 */
#include "netns/report/report.h"
#include "netns/report/chart.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--page:#fcfcfb;--ink:#1a1a19;--soft:#5f5e5a;--rule:#dddcd6;"
    "--tree:#2a78d6;--root:#c2571a;--run0:#c2571a;--run1:#2a78d6;--run2:#4f7d1f;"
    "--run3:#8a3fc0;--run4:#a8336b;--run5:#0f7c78;--good:#1a7f37;--bad:#c62828;--glass:#f1f0ea}\n"
    "@media(prefers-color-scheme:dark){:root{--page:#1a1a19;--ink:#f1f0ea;--soft:#a8a69e;"
    "--rule:#3b3a37;--tree:#6aa9f0;--root:#ef9460;--run0:#ef9460;--run1:#6aa9f0;--run2:#9ccb63;"
    "--run3:#c99bee;--run4:#ee8db8;--run5:#5fcac5;--good:#5cc878;--bad:#ff7b72;"
    "--glass:#262624}}\n"
    "body{background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}"
    "h3{font-size:1rem;margin:1rem 0 .25rem}p.note,figcaption{color:var(--soft);margin:.25rem 0}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse}"
    "th,td{padding:.2rem .9rem .2rem 0;border-bottom:1px solid var(--rule);text-align:left;"
    "vertical-align:top}th{font-weight:600}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    ".good{color:var(--good)}.bad{color:var(--bad)}.verdict{font-weight:600;font-size:1.1rem}\n"
    "svg{display:block;max-width:100%}svg text{fill:var(--ink);font:12px system-ui,sans-serif}\n"
    "svg .tick{fill:var(--soft)}.grid{stroke:var(--rule)}"
    ".line{fill:none;stroke-width:2;stroke:currentColor}"
    ".run0{color:var(--run0)}.run1{color:var(--run1)}.run2{color:var(--run2)}"
    ".run3{color:var(--run3)}.run4{color:var(--run4)}.run5{color:var(--run5)}"
    ".edge{fill:none;stroke:var(--rule);stroke-width:1.2}.node{fill:var(--tree)}"
    ".root{fill:var(--root)}\n"
    ".screens{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.6rem}"
    ".glass{fill:var(--glass);stroke:var(--rule)}.box{fill:none;stroke:var(--soft)}"
    "svg .icon{font-weight:700;font-size:11px;fill:var(--tree)}svg .name{fill:var(--soft)}"
    "svg .title{font-weight:600}svg .file{font-size:11px}"
    ".track{fill:none;stroke:var(--soft)}.fill{fill:var(--tree)}\n"
    "details{margin:.4rem 0}summary{cursor:pointer}\n";

static void cell(FILE *out, const char *text)
{
    fputs("<td>", out);
    outfile_escaped(out, text);
    fputs("</td>", out);
}

/* "affected, healthy" */
static const char *names(const struct run_set *set, char out[VARIANTS_MAX * 24])
{
    size_t len = 0;
    for (size_t i = 0; i < set->count; i++)
        len += (size_t)snprintf(out + len, VARIANTS_MAX * 24 - len, "%s%s", i ? ", " : "",
                                run_label(set->run[i]));
    return out;
}

static void head(FILE *out, const struct run_set *set)
{
    char text[VARIANTS_MAX * 24], speed[FLEET_SPEED];
    const struct fleet *fleet = set->run[0]->plan->fleet;
    enum verdict verdict = run_set_verdict(set);
    const char *told = verdicts[verdict].told;
    fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
          "<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n<title>", out);
    outfile_escaped(out, fleet->name);
    fprintf(out, ": %s</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
            told, style);
    outfile_escaped(out, fleet->name);
    fprintf(out, "</h1>\n<p class=\"note\">%zu phones, %s, speed %s, seed %llu</p>\n"
                 "<p class=\"verdict %s\">%c%s</p>\n",
            set->run[0]->plan->count, names(set, text), fleet_speed_said(fleet, speed),
            (unsigned long long)fleet->seed, verdict == VERDICT_PASSED ? "good" : "bad",
            toupper((unsigned char)told[0]), told + 1);
    if (fleet->description) {
        fputs("<p>", out);
        outfile_escaped(out, fleet->description);
        fputs("</p>\n", out);
    }
}

static void figure_table(FILE *out, const struct run_set *set)
{
    char text[FIGURE_TEXT], waits[FIDELITY_TEXT];
    fputs("<div class=\"scroll\"><table>\n<tr><th></th>", out);
    for (size_t i = 0; i < set->count; i++)
        fprintf(out, "<th class=\"n\">%s</th>", run_label(set->run[i]));
    fputs(run_set_is_modes(set) ? "<th class=\"n\">traditional / pfs</th></tr>\n" : "</tr>\n", out);
    for (size_t f = 0; f < figure_count; f++) {
        if (!figure_is_shown(&figures[f], set))
            continue;
        fputs("<tr>", out);
        cell(out, figures[f].label);
        for (size_t i = 0; i < set->count; i++)
            fprintf(out, "<td class=\"n\">%s</td>",
                    figure_text(&figures[f], set->run[i], text));
        if (run_set_is_modes(set))
            fprintf(out, "<td class=\"n\">%s</td>",
                    figure_ratio(&figures[f], set->run[0], set->run[1], text));
        fputs("</tr>\n", out);
    }
    fputs("</table></div>\n", out);
    for (size_t i = 0; i < set->count; i++)
        if (fidelity_waits(&set->run[i]->facts.clock, waits))
            fprintf(out, "<p class=\"note\">%s: %s</p>\n", run_label(set->run[i]), waits);
}

static void expectation_table(FILE *out, const struct run_set *set)
{
    fputs("<h2>Expectations</h2>\n<div class=\"scroll\"><table>\n", out);
    for (size_t i = 0; i < set->count; i++)
        for (size_t e = 0; e < set->run[i]->expectation_count; e++) {
            const struct expectation *x = &set->run[i]->expectations[e];
            fprintf(out, "<tr><td class=\"%s\">%s</td>", x->passed ? "good" : "bad",
                    x->passed ? "met" : "not met");
            if (set->count > 1)
                cell(out, run_label(set->run[i]));
            cell(out, x->name);
            cell(out, x->detail);
            fputs("</tr>\n", out);
        }
    fputs("</table></div>\n", out);
}

static void timeline(FILE *out, const struct run_set *set)
{
    fputs("<h2>Phones on their new load, over emulated time</h2>\n<p>", out);
    for (size_t i = 0; i < set->count; i++)
        fprintf(out, "<span class=\"key run%zu\">&#9632; %s</span> ", i,
                run_label(set->run[i]));
    fputs("</p>\n", out);
    chart_timeline(out, set);
}

static void screens(FILE *out, const struct run_set *set)
{
    struct scene scene;
    struct scene_screen seen[SCENE_PHONES];
    uint64_t at_us;
    scene_choose(set, &scene);
    fputs("<h2>Screens in mid-upgrade</h2>\n", out);
    if (scene.file) {
        fputs("<p class=\"note\">A root, its children and one below them, while those below it "
              "download ", out);
        outfile_escaped(out, scene.file);
        fputs(". The box top right holds the PFS icon, or is blank.</p>\n", out);
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct results *r = set->run[i];
        if (!scene_look(r, &scene, seen, &at_us)) {
            fprintf(out, "<p class=\"note\">%s: no screen was reported.</p>\n", run_label(r));
            continue;
        }
        fprintf(out, "<h3>%s, at %.3f s</h3>\n<div class=\"screens\">\n", run_label(r),
                (double)at_us / 1e6);
        for (size_t p = 0; p < scene.count; p++)
            chart_screen(out, r->plan->phones[scene.phone[p]].name, &seen[p]);
        fputs("</div>\n", out);
    }
}

static void trees(FILE *out, const struct results *r)
{
    if (!r->hierarchy_count)
        return;
    fprintf(out, "<h2>Hierarchies (%s)</h2>\n<p class=\"note\">Root on top, in the other colour; "
                 "point at a phone for its name.</p>\n", run_label(r));
    for (size_t i = 0; i < r->hierarchy_count; i++) {
        const struct hierarchy *h = &r->hierarchies[i];
        fprintf(out, "<details%s><summary>%s ", i == 0 ? " open=\"open\"" : "", h->model->name);
        if (r->plan->subnet_count > 1) {
            outfile_escaped(out, r->plan->subnets[h->subnet].name);
            fputc(' ', out);
        }
        outfile_escaped(out, h->file);
        fputs(", root ", out);
        outfile_escaped(out, h->root);
        fprintf(out, ": %u phones, %u levels, at most %u children</summary>\n", h->members,
                h->depth, h->max_children);
        chart_tree(out, r, h);
        fputs("</details>\n", out);
    }
}

static void phone_row(FILE *out, const struct results *r, size_t i)
{
    const struct plan_phone *p = &r->plan->phones[i];
    const struct phone_status *s = &r->facts.status[i];
    uint32_t address = results_ip(r, i);
    char ip[INET_ADDRSTRLEN] = "", said[OUTCOME_TEXT];
    if (address != 0)
        inet_ntop(AF_INET, &address, ip, sizeof ip);
    fputs("<tr>", out);
    cell(out, p->name);
    cell(out, p->model->name);
    cell(out, ip);
    cell(out, s->state < PHONE_STATE_COUNT ? phone_state_names[s->state] : "unknown");
    cell(out, results_upgraded(r, i) ? "yes" : "no");
    cell(out, s->running);
    fprintf(out, "<td class=\"n\">%.3f</td>", (double)s->changed_us / 1e6);
    cell(out, outcome_said(s, said));
    fputs("</tr>\n", out);
}

static void phone_table(FILE *out, const struct results *r)
{
    fprintf(out, "<details><summary>Every phone (%s)</summary>\n<div class=\"scroll\"><table>\n"
                 "<tr><th>phone</th><th>model</th><th>address</th><th>state</th><th>upgraded</th>"
                 "<th>load</th><th class=\"n\">since, s</th><th>status</th></tr>\n", run_label(r));
    for (size_t i = 0; i < r->plan->count; i++)
        phone_row(out, r, i);
    fputs("</table></div></details>\n", out);
}

static void lease_row(FILE *out, const char *name, const struct phone_status *s)
{
    const uint32_t addresses[] = {s->ip, s->router, s->dhcp_server, s->tftp_ip};
    bool named = s->tftp_by < TFTP_SOURCE_COUNT;
    fputs("<tr>", out);
    cell(out, name);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        char ip[INET_ADDRSTRLEN] = "";
        if (addresses[i] != 0)
            inet_ntop(AF_INET, &addresses[i], ip, sizeof ip);
        cell(out, ip);
    }
    cell(out, named ? tftp_source_words[s->tftp_by] : "unknown");
    fprintf(out, "<td class=\"n\">%.0f</td></tr>\n", (double)s->lease_end_us / 1e6);
}

/* Only where somebody asks. */
static void lease_table(FILE *out, const struct results *r)
{
    if (r->leases.asking == 0)
        return;
    fprintf(out, "<details><summary>Addresses by DHCP (%s): %zu of %zu phones have one</summary>\n"
                 "<div class=\"scroll\"><table>\n<tr><th>phone</th><th>address</th>"
                 "<th>router</th><th>DHCP server</th><th>TFTP server</th><th>named by</th>"
                 "<th class=\"n\">lease ends, s</th></tr>\n", run_label(r), r->leases.held,
            r->leases.asking);
    for (size_t i = 0; i < r->plan->count; i++)
        if (r->plan->phones[i].dhcp)
            lease_row(out, r->plan->phones[i].name, &r->facts.status[i]);
    fputs("</table></div></details>\n", out);
}

static void fetch_table(FILE *out, const struct results *r)
{
    fprintf(out, "<details><summary>Files fetched from the server (%s), by its own log</summary>\n"
                 "<div class=\"scroll\"><table>\n<tr><th>model</th><th>file</th>"
                 "<th class=\"n\">fetches</th><th class=\"n\">bytes</th></tr>\n", run_label(r));
    for (size_t i = 0; i < r->fetches.count; i++) {
        const struct fetch_count *f = &r->fetches.rows[i];
        if (!f->firmware)
            continue;
        fputs("<tr>", out);
        fprintf(out, "<td>%s", f->model ? f->model->name : "other clients");
        if (f->model && r->plan->subnet_count > 1) {
            fputs(" on ", out);
            outfile_escaped(out, r->plan->subnets[f->subnet].name);
        }
        fputs("</td>", out);
        cell(out, f->file);
        fprintf(out, "<td class=\"n\">%u</td><td class=\"n\">%llu</td></tr>\n", f->count,
                (unsigned long long)f->bytes);
    }
    fputs("</table></div></details>\n", out);
}

int report_body(FILE *out, const void *of)
{
    const struct run_set *set = of;
    head(out, set);
    figure_table(out, set);
    expectation_table(out, set);
    timeline(out, set);
    screens(out, set);
    for (size_t i = 0; i < set->count; i++)
        trees(out, set->run[i]);
    fputs("<h2>Details</h2>\n", out);
    for (size_t i = 0; i < set->count; i++) {
        fetch_table(out, set->run[i]);
        lease_table(out, set->run[i]);
        phone_table(out, set->run[i]);
    }
    fputs("</body>\n</html>\n", out);
    return 0;
}
