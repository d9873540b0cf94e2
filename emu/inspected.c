/* inspected.c - see inspected.h. */
#include "emu/inspected.h"

#include <assert.h>

const char *const config_warning_words[] = {
#define X(id, word) word,
    CONFIG_WARNINGS(X)
#undef X
};

const char *const mistake_words[MISTAKE_COUNT] = {
#define X(id, word) [MISTAKE_##id] = word,
    MISTAKES(X)
#undef X
};
static_assert(sizeof config_warning_words / sizeof *config_warning_words == CONFIG_WARNING_COUNT,
              "one word per warning");
