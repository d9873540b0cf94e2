/* simulate.c - a prediction's simulations: fleet-sim described to, run, and heard. */
#include "netns/foretell/simulate.h"
#include "netns/fleet/speed.h"
#include "netns/host/clock.h"
#include "netns/host/spawn.h"
#include "netns/plan/lan.h"
#include "netns/text/json.h"
#include "netns/text/say.h"
#include "netns/text/units.h"
#include "netns/world/relay.h"
#include "netns/world/server.h"
#include "netns/world/tftproot.h"
#include "netns/world/wan.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define REDRAW_MS 200

/* ---- what fleet-sim is told ---------------------------------------------------------- */

static void describe_group(FILE *out, const struct fleet *f, const struct plan_phone *like,
                           size_t count)
{
    char *text = NULL;
    size_t len = 0;
    FILE *config = open_memstream(&text, &len);
    if (!config)
        err(3, "plan");
    tftproot_config(config, like, &f->manager);
    fclose(config);
    fprintf(out, "group %s %zu %s %s %u %u %d %zu\n%s\n", like->model->name, count,
            like->running[0] ? like->running : "-", like->load, like->subnet, like->quirks,
            like->factory_reset, len, text);
    free(text);
}

/* By number, as a line of the description would end within some paths; -1: none. */
struct open_files {
    int firmware, key;
};

static void describe(FILE *out, const struct predict *p, const struct prediction *r,
                     const struct open_files *open_files)
{
    const struct predict_sample *s = &p->samples[r->mode];
    const struct fleet *f = &s->fleet;
    const struct in_addr first = {.s_addr = lan_address(&s->plan->subnets[0], 0)};
    unsigned pools = f->subnet_count ? (unsigned)f->subnet_count : 1;
    const struct wan_terms terms = wan_terms_of(f);
    struct relay_params line = wan_params(f, &terms, 0);
    size_t *counts = calloc(f->group_count, sizeof *counts);
    if (!counts)
        err(3, "plan");
    predict_scale(p->fleet, r->phones, counts);
    fprintf(out, "phones %zu\nseed %llu\nfirmware /proc/self/fd/%d\nfirst %s\n", r->phones,
            (unsigned long long)f->seed, open_files->firmware, inet_ntoa(first));
    fprintf(out, "clock %u\ntransfers %zu\n", fleet_ceiling(f), server_transfers(r->phones));
    fprintf(out, "wan %llu %llu %llu %.9f\n", (unsigned long long)line.delay_ns / 1000,
            (unsigned long long)line.rate_bps, (unsigned long long)line.queue_bytes, line.loss);
    if (f->authentication == FLEET_AUTH_SIGNATURE)
        fprintf(out, "key /proc/self/fd/%d\n", open_files->key);
    if (predict_asks(f))
        fprintf(out, "dhcp %u %u\n", f->dhcp.lease_s, f->dhcp.pool * pools);
    if (f->boot == BOOT_RATE)
        fprintf(out, "boot %.9f\n", f->boot_rate);
    for (size_t i = 0; i < f->group_count; i++)
        if (counts[i])
            describe_group(out, f, &s->plan->phones[i], counts[i]);
    free(counts);
}

/* ---- one simulation ------------------------------------------------------------------ */

struct simulation {
    pid_t pid; /* 0: not started, or ended */
    int answer;
    char *text;
    size_t len;
};

static struct open_files files_open(const struct fleet *f)
{
    bool verifies = f->authentication == FLEET_AUTH_SIGNATURE;
    struct open_files files = {.firmware = open(f->firmware, O_PATH | O_DIRECTORY | O_CLOEXEC),
                               .key = verifies ? open(f->key, O_RDONLY | O_CLOEXEC) : -1};
    if (files.firmware < 0 || (verifies && files.key < 0))
        err(3, "plan: firmware or its key");
    return files;
}

static void files_close(const struct open_files *files)
{
    close(files->firmware);
    if (files->key >= 0)
        close(files->key);
}

static bool sim_start(struct simulation *s, const char *program, const struct predict *p,
                      const struct prediction *r)
{
    const struct fleet *fleet = &p->samples[r->mode].fleet;
    const struct open_files files = files_open(fleet);
    const int keep[] = {files.firmware, files.key, -1};
    int in = memfd_create("fleet", MFD_CLOEXEC), out[2] = {-1, -1};
    int spare = in < 0 ? -1 : fcntl(in, F_DUPFD_CLOEXEC, 0);
    FILE *text = spare < 0 ? NULL : fdopen(spare, "w");
    if (!text || pipe2(out, O_CLOEXEC) < 0)
        err(3, "plan");
    describe(text, p, r, &files);
    fclose(text);
    lseek(in, 0, SEEK_SET);
    const char *argv[] = {program, NULL};
    s->pid = spawn(&(struct spawn){.argv = argv, .netns = -1, .in = in, .out = out[1],
                                   .err = STDERR_FILENO, .keep_fds = keep});
    files_close(&files);
    s->answer = out[0];
    close(in);
    close(out[1]);
    return s->pid > 0;
}

/* Reads what there is. True once it has ended. */
static bool sim_read(struct simulation *s)
{
    char block[4096];
    ssize_t len = read(s->answer, block, sizeof block);
    if (len > 0) {
        s->text = realloc(s->text, s->len + (size_t)len + 1);
        if (!s->text)
            err(3, "plan");
        memcpy(s->text + s->len, block, (size_t)len);
        s->text[s->len += (size_t)len] = '\0';
    }
    return len == 0;
}

static uint64_t number(const json_t *line, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(line, key));
}

static bool sim_take(struct simulation *s, struct prediction *r)
{
    json_t *line = s->text ? json_loads(s->text, 0, NULL) : NULL;
    if (!line)
        return false;
    r->upgraded = number(line, "upgraded");
    r->failed = number(line, "failed");
    r->finished = json_is_true(json_object_get(line, "finished"));
    r->emulated_s = json_number_value(json_object_get(line, "emulated_s"));
    r->wan_down = number(line, "wan_bytes_down");
    r->wan_up = number(line, "wan_bytes_up");
    r->wan_dropped = number(line, "wan_frames_dropped");
    r->broadcasts = number(line, "broadcasts");
    r->depth = (unsigned)number(line, "tree_depth");
    r->cpu_s = json_number_value(json_object_get(line, "cpu_s"));
    json_t *files = json_object_get(line, "fetches");
    for (void *at = json_object_iter(files); at; at = json_object_iter_next(files, at))
        r->fetches += (uint64_t)json_integer_value(json_object_iter_value(at));
    json_decref(line);
    r->said = s->text;
    s->text = NULL;
    return true;
}

/* 0, or an exit code after a message. */
static int sim_end(struct simulation *s, struct prediction *r)
{
    int status = 0;
    close(s->answer);
    waitpid(s->pid, &status, 0);
    s->pid = 0;
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0 && sim_take(s, r);
    if (!good)
        say("the simulation of %zu phones, %s, failed", r->phones,
            r->mode == MODE_PFS ? "pfs" : "traditional");
    return good ? 0 : 3;
}

/* ---- all of them --------------------------------------------------------------------- */

struct pool {
    struct predict *p;
    struct simulation *sims;  /* one a row */
    const char *program;
    size_t left;              /* rows not started: the largest go first */
    size_t running, done;
    long long started, deadline; /* ms; deadline 0: none */
    bool progress;
};

static void show(const struct pool *pool)
{
    if (pool->progress)
        fprintf(stderr, "\rplan: %zu of %zu simulations, %lld s ", pool->done, pool->p->count,
                (clock_ms() - pool->started) / 1000);
}

static bool start_some(struct pool *pool)
{
    size_t limit = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    for (; pool->left > 0 && pool->running < limit; pool->running++) {
        const struct prediction *r = &pool->p->rows[--pool->left];
        if (!sim_start(&pool->sims[pool->left], pool->program, pool->p, r))
            return false;
    }
    return true;
}

/* Waits for one of them to say something, or for the next look at the clock. */
static int hear_some(struct pool *pool)
{
    struct pollfd fds[PREDICT_POINTS * 2];
    size_t row[PREDICT_POINTS * 2], n = 0;
    int code = 0;
    for (size_t i = pool->left; i < pool->p->count; i++)
        if (pool->sims[i].pid > 0) {
            row[n] = i;
            fds[n++] = (struct pollfd){.fd = pool->sims[i].answer, .events = POLLIN};
        }
    poll(fds, n, REDRAW_MS);
    for (size_t i = 0; i < n && code == 0; i++) {
        if (!fds[i].revents || !sim_read(&pool->sims[row[i]]))
            continue;
        code = sim_end(&pool->sims[row[i]], &pool->p->rows[row[i]]);
        pool->running--;
        pool->done++;
    }
    if (code == 0 && pool->deadline && clock_ms() >= pool->deadline) {
        say("timed out: %zu of %zu simulations done", pool->done, pool->p->count);
        code = 4;
    }
    return code;
}

static int pool_run(struct pool *pool)
{
    int code = 0;
    while (code == 0 && pool->done < pool->p->count) {
        code = start_some(pool) ? hear_some(pool) : 3;
        show(pool);
    }
    if (pool->progress)
        fprintf(stderr, "\r\033[K");
    for (size_t i = 0; i < pool->p->count; i++) {
        if (pool->sims[i].pid > 0) {
            spawn_end(pool->sims[i].pid, 1000);
            close(pool->sims[i].answer);
        }
        free(pool->sims[i].text);
    }
    return code;
}

/* The loads' names and sizes, from what the simulator found in the TFTP root. */
static void name_loads(struct predict *p)
{
    size_t len;
    char size[UNITS_TEXT];
    const char *comma = "";
    FILE *out = open_memstream(&p->loads, &len);
    json_t *line = json_loads(p->rows[p->count - 1].said, 0, NULL);
    json_t *loads = json_object_get(line, "loads");
    if (!out)
        err(3, "plan");
    for (void *at = json_object_iter(loads); at; at = json_object_iter_next(loads, at)) {
        double bytes = (double)json_integer_value(json_object_iter_value(at));
        p->load_bytes += (uint64_t)bytes;
        fprintf(out, "%s%s (%s)", comma, json_object_iter_key(at), units_show_bytes(bytes, size));
        comma = ", ";
    }
    fclose(out);
    json_decref(line);
}

int simulate_run(struct predict *p, const char *program, bool progress)
{
    struct pool pool = {.p = p, .program = program, .left = p->count,
                        .started = clock_ms(), .progress = progress};
    pool.sims = calloc(p->count, sizeof *pool.sims);
    if (!pool.sims)
        err(3, "plan");
    if (p->wish->timed)
        pool.deadline = pool.started + p->fleet->timeout_s * 1000LL;
    int code = pool_run(&pool);
    if (code == 0)
        name_loads(p);
    free(pool.sims);
    return code;
}
