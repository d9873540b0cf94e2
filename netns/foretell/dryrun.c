/* dryrun.c - see dryrun.h.
 *
 * On paper, phones that follow each other and ask for the same files, but for their own names, are
 * told once, as a range. JSON has every phone.
 */
#include "netns/foretell/dryrun.h"
#include "netns/foretell/dryrun-private.h"
#include "netns/fleet/fault.h"
#include "netns/plan/course.h"
#include "netns/text/json.h"
#include "netns/text/text.h"

#include <arpa/inet.h>
#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
    const struct plan *plan;
    struct stock *stock;
    struct firmware *firmware;
    struct course_fetches fetches;
};

static const char *const config_names[] = {"written", "own file", "XMLDefault", "external"};
static_assert(sizeof config_names / sizeof *config_names == CONFIG_COUNT, "one name per source");
static const char *const pfs_names[] = {"unset", "off", "on"};

static const char *mode_name(const struct plan *plan)
{
    return plan->fleet->mode == MODE_PFS ? "pfs" : "traditional";
}

static const char *ip_text(uint32_t ip, char out[INET_ADDRSTRLEN])
{
    return ip ? inet_ntop(AF_INET, &ip, out, INET_ADDRSTRLEN) : strcpy(out, "none");
}

static void course_of(struct view *v, size_t i, struct course *c)
{
    course_make(v->plan, i, v->stock, v->firmware, c);
}

static bool view_make(struct view *v, const struct plan *plan)
{
    *v = (struct view){.plan = plan, .stock = stock_read(plan->fleet)};
    v->firmware = v->stock ? firmware_inspect(plan, v->stock, firmware_key(plan->fleet)) : NULL;
    for (size_t i = 0; v->firmware && i < plan->count; i++) {
        struct course c;
        course_of(v, i, &c);
        course_count(&v->fetches, &plan->phones[i], &c, plan->server);
    }
    return v->firmware != NULL;
}

static void view_free(struct view *v)
{
    free(v->fetches.items);
    firmware_free(v->firmware);
    stock_free(v->stock);
}

/* Whether something will be done to it in the run, which is not foretold. */
static bool any_fault(const struct fleet *fleet)
{
    bool set = false;
    for (size_t i = 0; i < fleet->set_count; i++)
        set |= fleet->set[i].at_us != FAULT_UNSET;
    return set || fleet->fault_count > 0;
}

/* ---- on paper ------------------------------------------------------------------------ */

static void print_phone(const struct plan *plan, size_t i)
{
    const struct plan_phone *p = &plan->phones[i];
    char ip[INET_ADDRSTRLEN];
    printf("%5zu  %s  %02X:%02X:%02X:%02X:%02X:%02X  %-15s  %-11s  pfs %-5s  %s -> %s  (%s)\n",
           i + 1, p->name, p->mac[0], p->mac[1], p->mac[2], p->mac[3], p->mac[4], p->mac[5],
           ip_text(p->ip, ip), p->model->name, pfs_names[p->pfs + 1],
           p->running[0] ? p->running : "(nothing)",
           *plan_asked(p) ? plan_asked(p) : "(none named)", config_names[p->config]);
}

static void put_from(FILE *out, const struct view *v, const struct plan_phone *p,
                     const struct course_step *s)
{
    char ip[INET_ADDRSTRLEN];
    uint32_t load_server = p->load_server ? p->load_server : v->plan->server;
    ip_text(s->from == COURSE_SERVER ? v->plan->server : load_server, ip);
    if (s->from == COURSE_PEERS)
        fprintf(out, "peers, the root from %s", ip);
    else
        fprintf(out, "%s %s", course_from_names[s->from], ip);
    if (s->end == COURSE_FAILS)
{
        fputs(": ", out);
        text_put(out, s->text, TEXT_LINE);
    }
    else if (s->end != COURSE_THERE)
        fprintf(out, ": %s", course_end_names[s->end]);
}

/* A phone's course, malloc'ed, with SEP<MAC> in place of its name. */
static char *course_text(struct view *v, size_t i)
{
    const struct plan_phone *p = &v->plan->phones[i];
    char *text = NULL, name[NAME_MAX_LEN + 16];
    size_t size;
    struct course c;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        err(3, "dry run");
    course_of(v, i, &c);
    for (size_t n = 0; n < c.count; n++) {
        const char *file = c.step[n].file, *own = strstr(file, p->name);
        snprintf(name, sizeof name, "%.*s%s%s", own ? (int)(own - file) : 0, file,
                 own ? "SEP<MAC>" : "", own ? own + strlen(p->name) : file);
        fprintf(out, "         %-32s  ", name);
        put_from(out, v, p, &c.step[n]);
        fputc('\n', out);
    }
    fclose(out);
    return text;
}

static void print_courses(struct view *v)
{
    size_t first = 0;
    char *text = course_text(v, 0);
    for (size_t i = 1; i <= v->plan->count; i++) {
        char *next = i < v->plan->count ? course_text(v, i) : NULL;
        bool same = next && text && strcmp(next, text) == 0;
        if (same) {
            free(next);
            continue;
        }
        if (i - first > 1)
            printf("\n  Phones %zu to %zu ask for:\n%s", first + 1, i, text);
        else
            printf("\n  Phone %zu asks for:\n%s", i, text);
        free(text);
        text = next;
        first = i;
    }
}

static void print_fetches(const struct view *v)
{
    const struct fleet *fleet = v->plan->fleet;
    printf("\n  Fetches, %s%s:\n",
           fleet->boot == BOOT_RATE ? "at least: who comes too late for its peers fetches by itself"
                                    : "foretold",
           any_fault(fleet) ? "; faults and later changes are not counted in" : "");
    unsigned configs = 0;
    for (size_t i = 0; i < v->fetches.count; i++) {
        const struct course_fetch *f = &v->fetches.items[i];
        char ip[INET_ADDRSTRLEN];
        if (strncmp(f->file, "SEP", 3) == 0) {
            configs += f->count;
            continue;
        }
        const char *subnet = v->plan->subnets[f->subnet].name;
        bool one = v->plan->subnet_count == 1;
        printf("  %6u%s  %-32s  %-11s  %s%sfrom %s\n", f->count, f->uncertain ? "+" : " ", f->file,
               f->model->name, one ? "" : subnet, one ? "" : "  ", ip_text(f->server, ip));
    }
    if (configs)
        printf("  %6u   SEP<MAC>.cnf.xml, of all phones\n", configs);
}

static void print_plan(struct view *v, const char *name)
{
    const struct plan *plan = v->plan;
    const struct fleet *fleet = plan->fleet;
    char ip[INET_ADDRSTRLEN];
    printf("%s%s%s: %s, %zu phones, %s server %s, authentication by %s\n\n", fleet->name,
           name ? " " : "", name ? name : "", mode_name(plan), plan->count,
           fleet->engine == ENGINE_EXTERNAL ? "external" : "TFTP",
           plan->server ? ip_text(plan->server, ip) : "by DHCP",
           fleet->authentication == FLEET_AUTH_SIGNATURE ? "signature" : "structure alone");
    for (size_t i = 0; i < plan->count; i++)
        print_phone(plan, i);
    dryrun_dhcp(plan);
    dryrun_managers(plan);
    dryrun_default(plan, v->stock);
    if (fleet->http == TRI_ON)
        printf("\n  A server is asked for each file by HTTP first, on port 6970, then by TFTP\n");
    print_courses(v);
    print_fetches(v);
}

/* ---- JSON ---------------------------------------------------------------------------- */

static json_t *phone_json(struct view *v, size_t i)
{
    const struct plan_phone *p = &v->plan->phones[i];
    char ip[INET_ADDRSTRLEN], mac[18];
    struct course c;
    json_t *files = json_array();
    course_of(v, i, &c);
    for (size_t n = 0; n < c.count; n++)
        json_array_append_new(
            files, json_pack("{s:o, s:s, s:s, s:o}", "file", json_text(c.step[n].file), "from",
                             course_from_names[c.step[n].from], "end",
                             course_end_names[c.step[n].end], "text",
                             json_text(c.step[n].text)));
    snprintf(mac, sizeof mac, "%02X:%02X:%02X:%02X:%02X:%02X", p->mac[0], p->mac[1], p->mac[2],
             p->mac[3], p->mac[4], p->mac[5]);
    json_t *phone = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:s, s:s, s:o}", "name",
                              p->name, "mac", mac, "ip",
                              p->ip ? json_string(ip_text(p->ip, ip)) : json_null(), "model",
                              p->model->name, "running", json_text(p->running), "load",
                              json_text(plan_asked(p)), "expected", json_text(p->load), "pfs",
                              pfs_names[p->pfs + 1], "config", config_names[p->config], "files",
                              files);
    json_object_set_new(phone, "addresses", json_string(p->dhcp ? "dhcp" : "static"));
    json_object_set_new(phone, "managers", dryrun_managers_json(p));
    if (p->load_server)
        json_object_set_new(phone, "loadServer", json_string(ip_text(p->load_server, ip)));
    return phone;
}

/* By file, as summary.json has them, of the TFTP server; and one by one. */
static void add_fetches(json_t *all, const struct view *v)
{
    json_t *by_file = json_object(), *list = json_array();
    for (size_t i = 0; i < v->fetches.count; i++) {
        const struct course_fetch *f = &v->fetches.items[i];
        char ip[INET_ADDRSTRLEN];
        char *file = text_of(f->file, TEXT_JSON);
        json_int_t before = json_integer_value(json_object_get(by_file, file));
        if (f->server == v->plan->server)
            json_object_set_new(by_file, file, json_integer(before + f->count));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:i, s:b}", "file", file,
                                              "model", f->model->name, "server",
                                              ip_text(f->server, ip), "count", (int)f->count,
                                              "uncertain", (int)f->uncertain));
        free(file);
    }
    json_object_set_new(all, "fetches", by_file);
    json_object_set_new(all, "fetches_by_model", list);
}

static json_t *plan_json(struct view *v)
{
    const struct plan *plan = v->plan;
    char ip[INET_ADDRSTRLEN];
    json_t *phones = json_array();
    for (size_t i = 0; i < plan->count; i++)
        json_array_append_new(phones, phone_json(v, i));
    json_t *all = json_pack("{s:o, s:s, s:s, s:b, s:b, s:o}", "name",
                            json_text(plan->fleet->name), "mode", mode_name(plan), "server",
                            ip_text(plan->server, ip), "at_least",
                            (int)(plan->fleet->boot == BOOT_RATE), "faults_not_counted",
                            (int)any_fault(plan->fleet), "phones", phones);
    json_object_set_new(all, "xmldefault", dryrun_defaults(plan, v->stock));
    add_fetches(all, v);
    return all;
}

static int print_one(const struct dryrun *run, json_t *all)
{
    struct view v;
    bool good = view_make(&v, run->plan);
    if (good && all)
        json_object_set_new(all, run->name ? run->name : "", plan_json(&v));
    else if (good)
        print_plan(&v, run->name);
    view_free(&v);
    return good ? 0 : 3;
}

int dryrun_print(const struct dryrun *runs, size_t count, bool json)
{
    json_t *all = json ? json_object() : NULL;
    int code = 0;
    for (size_t i = 0; i < count && code == 0; i++) {
        if (i > 0 && !json)
            putchar('\n');
        code = print_one(&runs[i], all);
    }
    if (json && code == 0) {
        json_dumpf(count == 1 ? json_object_iter_value(json_object_iter(all)) : all, stdout,
                   JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(all);
    return code;
}
