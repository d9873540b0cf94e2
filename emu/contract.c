/* contract.c - the tables that both sides of the contract read. */
#include "emu/contract.h"

#include <assert.h>
#include <string.h>

const struct limit_rule limit_rules[] = {
#define X(most, what, rests_on) {most, what, rests_on},
    LIMITS(X)
#undef X
};
const size_t limit_rule_count = sizeof limit_rules / sizeof *limit_rules;
static_assert(LIMIT_LOAD + sizeof ".loads" == NAME_MAX_LEN, "a load's index is a file");

const struct phone_model phone_models[] = {
    /* name          family        type   prefix    factory load       pfs */
    {"CP-7906G",    "Cisco 7906", 369,   "SCCP11.", "term06.default", true},
    {"CP-7911G",    "Cisco 7911", 307,   "SCCP11.", "term11.default", true},
    {"CP-7931G",    "Cisco 7931", 348,   "SCCP31.", "term31.default", true},
    {"CP-7941G",    "Cisco 7941", 115,   "SCCP41.", "term41.default", true},
    {"CP-7941G-GE", "Cisco 7941G-GE", 309, "SCCP41.", "term41.default", true},
    {"CP-7961G",    "Cisco 7961", 30018, "SCCP41.", "term61.default", true},
    {"CP-7961G-GE", "Cisco 7961G-GE", 308, "SCCP41.", "term61.default", true},
    {"CP-7970G",    "Cisco 7970", 30006, "SCCP70.", "term70.default", true},
    {"CP-7971G-GE", "Cisco 7971", 119,   "SCCP70.", "term71.default", true},
    {"CP-7942G",    "Cisco 7942", 434,   "SCCP42.", "term42.default", true},
    {"CP-7945G",    "Cisco 7945", 435,   "SCCP45.", "term45.default", true},
    {"CP-7962G",    "Cisco 7962", 404,   "SCCP42.", "term62.default", true},
    {"CP-7965G",    "Cisco 7965", 436,   "SCCP45.", "term65.default", true},
    {"CP-7975G",    "Cisco 7975", 437,   "SCCP75.", "term75.default", true},
    {"CP-7940G",    "Cisco 7940", 8,     "P003",    NULL,             false},
    {"CP-7960G",    "Cisco 7960", 7,     "P003",    NULL,             false},
};
const size_t phone_model_count = sizeof phone_models / sizeof *phone_models;

const struct phone_model *phone_model_find(const char *name)
{
    for (size_t i = 0; i < phone_model_count; i++)
        if (strcmp(phone_models[i].name, name) == 0)
            return &phone_models[i];
    return NULL;
}

const char *const phone_state_names[] = {"off",     "ready", "boot",  "config",
                                         "upgrade", "idle",  "failed",
                                         "killed",  "frozen", "unplugged"};
static_assert(sizeof phone_state_names / sizeof *phone_state_names == PHONE_STATE_COUNT,
              "one name per state");

const char *const screen_box_names[] = {"BLANK", "WAIT",  "NETWK", "DOWNL",
                                              "AUTH",  "WRITE", "ERROR"};
static_assert(sizeof screen_box_names / sizeof *screen_box_names == BOX_COUNT, "one name per box");

const char *const tftp_source_words[] = {
#define X(id, word, what) word,
    TFTP_SOURCES(X)
#undef X
};
static_assert(sizeof tftp_source_words / sizeof *tftp_source_words == TFTP_SOURCE_COUNT,
              "one word per source");

const char *const event_names[] = {
#define X(id, name) name,
    EVENT_NAMES(X)
#undef X
};
static_assert(sizeof event_names / sizeof *event_names == EVENT_COUNT, "one name per event");

uint64_t lateness_bound(unsigned i)
{
    uint64_t bound = 100;
    while (i-- > 0)
        bound += bound / 4;
    return bound;
}

unsigned lateness_bucket(uint64_t us)
{
    unsigned i = 0;
    for (uint64_t bound = 100; us >= bound && i < LATENESS_BUCKETS - 1; i++)
        bound += bound / 4;
    return i;
}

void status_read(const struct phone_status *from, struct phone_status *to)
{
    uint32_t before, after;
    do {
        before = atomic_load_explicit(&from->seq, memory_order_acquire);
        memcpy(to, from, sizeof *to);
        atomic_thread_fence(memory_order_acquire);
        after = atomic_load_explicit(&from->seq, memory_order_relaxed);
    } while (before != after || before % 2 != 0);
}

const struct quirk_rule quirk_rules[QUIRK_COUNT] = {
#define X(id, word, phone, help) [QUIRK_BIT_##id] = {word, phone, help},
    QUIRKS(X)
#undef X
};
