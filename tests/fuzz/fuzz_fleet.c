/* fuzz_fleet.c - the fleet file, and options of the command line put into it: the input is the
 * file's text; behind a zero byte, which YAML has not, stand options "path=value", each with a zero
 * byte of its own. An accepted fleet holds nothing out of range, and its plan has no two phones of
 * one address and none outside the subnet; a refusal says why. Nothing is written anywhere.
 */
#include "netns/fleet/expect.h"
#include "netns/fleet/fleetread.h"
#include "netns/fleet/speed.h"
#include "netns/plan/inspection.h"
#include "netns/plan/planner.h"
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <sys/mman.h>
#include <unistd.h>

#define OPTIONS 4

/* ---- standard error, counted instead of shown ---------------------------------------- */

static size_t said;

static ssize_t hear(void *cookie, const char *text, size_t len)
{
    (void)cookie, (void)text;
    said += len;
    return (ssize_t)len;
}

static FILE *ear(void)
{
    FILE *f = fopencookie(NULL, "w", (cookie_io_functions_t){.write = hear});
    must(f);
    setvbuf(f, NULL, _IONBF, 0);
    return f;
}

/* ---- what an accepted fleet holds ---------------------------------------------------- */

static bool is_tri(enum tri t)
{
    return t == TRI_UNSET || t == TRI_OFF || t == TRI_ON;
}

static void check_group(const struct fleet *f, const struct fleet_group *g)
{
    must(g->model && g->count >= 1 && g->count <= 100000 && is_tri(g->pfs));
    must(g->mac >> 48 == 0 && (g->mac >> 40 & 1) == 0);
    must(!g->load || fuzz_plain_name(g->load, NAME_MAX_LEN - strlen(".loads")));
    must(!g->running || fuzz_plain_name(g->running, NAME_MAX_LEN - strlen(".loads")));
    bool found = !g->profile;
    for (size_t i = 0; i < f->profile_count && !found; i++)
        found = strcmp(f->profiles[i].name, g->profile) == 0;
    must(found);
}

static void check_subnet(const struct fleet_subnet *s)
{
    must(s->prefix_len >= 8 && s->prefix_len <= 28);
    must((s->net & (UINT32_MAX >> s->prefix_len)) == 0);
    must(s->net >> 24 != 0 && s->net >> 24 != 127 && s->net >> 24 < 224);
}

static void check_expect(const struct expect *x)
{
    must(x->origin.kind < EXPECT_KIND_COUNT && x->origin.node);
    must(x->count.op == COMPARE_NONE || x->count.op == COMPARE_ALL || x->count.value >= 0);
    must(x->percent.value >= 0 && x->percent.value <= 100);
    must(!selector_is_momentary(&x->phones) && x->phones.kind != SELECT_RANDOM);
    must(x->at_us == EXPECT_UNSET || x->at_us <= 24 * 3600 * USEC_SEC);
}

static uint64_t check_fleet(const struct fleet *f)
{
    uint64_t total = 0;
    must(fuzz_plain_name(f->name, 41));
    must(f->mode == MODE_PFS || f->mode == MODE_TRADITIONAL);
    must(f->boot == BOOT_BULK || f->boot == BOOT_RATE);
    must(f->speed <= 1000 && fleet_ceiling(f) >= 1 && fleet_ceiling(f) <= 1000);
    must(fleet_lag_us(f) <= 100000 && f->timeout_s <= 24 * 3600);
    must(f->wan_delay_us <= 3600 * USEC_SEC && f->wan_loss >= 0 && f->wan_loss <= 1);
    must(f->wan_rate_bps == 0 || (f->wan_rate_bps >= 1000 && f->wan_rate_bps <= 1000000000000));
    if (f->subnet_count == 0)
        check_subnet(&f->lan);
    for (size_t i = 0; i < f->subnet_count; i++)
        check_subnet(&f->subnets[i]);
    must(f->boot_rate > 0 && f->boot_rate <= 100000 && is_tri(f->enterprise_pfs));
    must(f->firmware && f->firmware[0] == '/');
    must(f->key ? f->key[0] == '/' : f->authentication == FLEET_AUTH_STRUCTURE);
    for (size_t i = 0; i < f->profile_count; i++)
        must(is_tri(f->profiles[i].pfs));
    for (size_t i = 0; i < f->group_count; i++) {
        check_group(f, &f->groups[i]);
        total += f->groups[i].count;
    }
    must(total >= 1 && total <= 100000);
    for (size_t i = 0; i < f->expect_count; i++)
        check_expect(&f->expects[i]);
    must(f->until_us <= 24 * 3600 * USEC_SEC);
    return total;
}

/* None of a subnet's addresses is in another, and each phone's is larger than the one before. */
static void check_subnets(const struct plan *p)
{
    for (size_t i = 0; i < p->subnet_count; i++) {
        const struct plan_subnet *s = &p->subnets[i];
        uint32_t before = ntohl(s->gateway), last = ntohl(s->broadcast);
        must(last == ((before - 1) | UINT32_MAX >> s->prefix_len));
        for (size_t n = 0; n < p->subnet_count; n++)
            must(n == i || ntohl(p->subnets[n].broadcast) < before ||
                 ntohl(p->subnets[n].gateway) > last);
        size_t phones = 0;
        for (size_t n = 0; n < p->count; n++) {
            uint32_t ip = ntohl(p->phones[n].ip);
            if (p->phones[n].subnet != i)
                continue;
            must(ip > before && ip < last);
            before = ip;
            phones++;
        }
        must(phones == s->phones);
    }
}

static void check_plan(const struct plan *p, uint64_t total)
{
    const struct fleet *f = p->fleet;
    must(p->count == total && total <= LIMIT_PHONES && p->subnet_count >= 1);
    check_subnets(p);
    for (size_t i = 0; i < p->count; i++) {
        const struct plan_phone *phone = &p->phones[i];
        must(strlen(phone->name) == 15 && phone->model && phone->load[0]);
        must(strlen(phone->load) + sizeof ".loads" <= NAME_MAX_LEN);
        must(phone->model->pfs || phone->pfs == TRI_UNSET);
        must(f->mode == MODE_PFS || phone->pfs != TRI_ON);
        must(f->boot == BOOT_RATE || phone->boot_us == 0);
    }
}

/* ---- the input ----------------------------------------------------------------------- */

/* No program is started: a TFTP root with configuration files in it is beyond this. */
struct inspected *inspect_files(char *const *paths, size_t count, const char *key)
{
    (void)paths, (void)key;
    return calloc(count + 1, sizeof(struct inspected));
}

const char *inspected_load(const struct inspected *config, uint32_t type, const char **why)
{
    (void)config, (void)type;
    *why = NULL;
    return "";
}

const struct inspected_warning *inspected_warns(const struct inspected *config, uint32_t type,
                                                size_t *at)
{
    (void)config, (void)type, (void)at;
    return NULL;
}

const struct inspected_mistake *inspected_mistake(const struct inspected *file, const char *why)
{
    static const struct inspected_mistake none;
    (void)file, (void)why;
    return &none;
}

/* A file in memory alone. */
static int memory_file(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fleet", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    return fd;
}

/* Options out of text, which is cut up. */
static void read_options(char *text, size_t size, struct fleet_overrides *o)
{
    for (char *at = text; at < text + size && o->count < OPTIONS; at += strlen(at) + 1) {
        char *equals = strchr(at, '=');
        if (!equals || equals == at)
            continue;
        o->items[o->count++] = (struct override){.path = at, .value = equals + 1, .said = "--set"};
        *equals = '\0';
        at = equals + 1;
    }
}

static void read_fleet(const uint8_t *data, size_t size, const struct fleet_overrides *o)
{
    char path[64];
    int fd = memory_file(data, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    said = 0;
    struct fleet *f = fleet_read(path, ".", o);
    must((f == NULL) == (said > 0));
    if (f) {
        uint64_t total = check_fleet(f);
        struct plan *plan = plan_make(f);
        must(plan || said > 0);
        if (plan)
            check_plan(plan, total);
        plan_free(plan);
    }
    fleet_free(f);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    size_t len = zero ? (size_t)(zero - data) : size;
    char *text = malloc(size - len + 1);
    must(text);
    memcpy(text, data + len, size - len);
    text[size - len] = '\0';
    struct fleet_overrides o = {.items = (struct override[OPTIONS]){0}};
    if (zero)
        read_options(text + 1, size - len, &o);

    FILE *shown = stderr;
    stderr = ear();
    read_fleet(data, len, &o);
    fclose(stderr);
    stderr = shown;
    free(text);
    return 0;
}
