/* fleet8.h - a plan of CP-7961G phones at 10.106.0.16 and on, and where the witnesses of a run of
 * eight of them lie. What happened in that run:
 *
 *   .loads   0 is root; 1 and 2 below it, 3 and 4 below 1, 5 below 2, 7 below 3; 6 powers on late
 *            and joins below 2
 *   jar      1 is root; 0 and 2 below it, 3 and 4 below 0, 5 and 6 below 2; 2 has the jar, then
 *            restarts; 5 finds a new parent in 4, 6 in 5, and 2, which fetches again, in 6;
 *            7 gets no answer and falls back to the server
 *
 * events.jsonl is a little out of order, with five damaged lines and one of an unknown event; in
 * tftp.log one transfer of the jar fails, and one goes to a client that is no phone.
 */
#ifndef FLEET8_H
#define FLEET8_H

#include "netns/fleet/expect.h"
#include "netns/judge/judge.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <unistd.h>

#define FLEET8_DIR    "tests/unit/data/fleet8"
#define FLEET8_LOADS  "SCCP41.9-4-2SR3-1S.loads"
#define FLEET8_JAR    "jar41sccp.9-4-2ES26.sbn"
#define FLEET8_PHONES 8

struct fleet8 {
    struct fleet fleet;
    struct plan plan;
    struct plan_subnet subnet;
    struct phone_status *status;
    struct run_facts facts;
    struct doc_node *wishes; /* what the fleet's expects were read from */
};

/* Reads the wishes, a mapping as it stands behind `expect:`, in place of those before; how many
 * mistakes it has. */
static inline unsigned fleet8_expect(struct fleet8 *f, const char *text)
{
    static const struct schema_key keys[] = {
        {"expect", "wishes", .offset = offsetof(struct fleet, expects),
         .elements = &expect_elements},
        {0}};
    struct doc_source source = {.file = "t.fleet.yml"};
    struct doc_node *root = doc_new(DOC_MAP, source, NULL);
    free(f->fleet.expects);
    doc_free(f->wishes);
    f->fleet.expects = NULL;
    f->fleet.expect_count = 0;
    f->wishes = root;
    doc_put(root, "expect", doc_parse(source, text, strlen(text)));
    return schema_fill(keys, root, &f->fleet);
}

/* count phones, all upgraded and idle, timers 0.1 ms late at most; all are to upgrade, with one
 * server fetch per file. */
static inline void fleet8_make(struct fleet8 *f, size_t count)
{
    *f = (struct fleet8){
        .fleet = {.name = "fleet <8> & \"co\"", .mode = MODE_PFS, .speed = 10, .seed = 1},
        .facts = {.wan_bytes_down = 4000, .wan_bytes_up = 400, .tcp4051_bytes = 50000,
                  .udp4051_broadcasts = 12, .emulated_us = 67000000, .wall_ms = 6700,
                  .memory_peak_kib = 8000},
    };
    f->subnet = (struct plan_subnet){.name = "10.106.0.0/16", .prefix_len = 16, .phones = count};
    f->plan = (struct plan){.fleet = &f->fleet, .count = count, .subnets = &f->subnet,
                            .subnet_count = 1};
    f->plan.phones = calloc(count, sizeof *f->plan.phones);
    f->status = calloc(count, sizeof *f->status);
    for (size_t i = 0; i < count; i++) {
        struct plan_phone *p = &f->plan.phones[i];
        struct phone_status *s = &f->status[i];
        uint32_t ip = 0x0a6a0010 + (uint32_t)i;
        p->ip = htonl(ip);
        p->model = phone_model_find("CP-7961G");
        p->pfs = TRI_ON;
        snprintf(p->name, sizeof p->name, "SEP0276%08X", ip);
        s->state = PHONE_IDLE;
        s->pfs = s->upgraded = 1;
        s->changed_us = 60000000 + i * 1000000;
        s->lateness[0] = 100;
        s->lateness_max_us = 100;
        snprintf(s->running, sizeof s->running, "SCCP41.9-4-2SR3-1S");
        snprintf(p->load, sizeof p->load, "SCCP41.9-4-2SR3-1S");
    }
    f->facts.status = f->status;
    fleet8_expect(f, "{upgraded: all, server_fetches_per_file: 1}");
}

/* The results of that fleet, judged. */
static inline struct results *fleet8_results(struct fleet8 *f)
{
    struct results *r = judge_run(&f->plan, &f->facts, FLEET8_DIR);
    if (!r)
        abort();
    return r;
}

static inline void fleet8_free(struct fleet8 *f)
{
    free(f->plan.phones);
    free(f->status);
    free(f->fleet.expects);
    doc_free(f->wishes);
}

/* The whole of a file, NUL-terminated; the caller frees. */
static inline char *fleet8_slurp(const char *path)
{
    FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    if (in && getdelim(&text, &size, '\0', in) < 0) {
        free(text);
        text = NULL;
    }
    if (in)
        fclose(in);
    return text;
}

/* Runs call with descriptor fd going to a file, and returns what was written to it. */
static inline char *fleet8_capture(int fd, void (*call)(void *), void *ctx)
{
    char path[] = "/tmp/fleet8.XXXXXX";
    int file = mkstemp(path), saved = dup(fd);
    fflush(NULL);
    dup2(file, fd);
    call(ctx);
    fflush(NULL);
    dup2(saved, fd);
    close(saved);
    close(file);
    char *text = fleet8_slurp(path);
    unlink(path);
    return text ? text : strdup("");
}

#endif
