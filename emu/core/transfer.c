/* transfer.c - see transfer.h. */
#include "emu/core/transfer.h"

#include <assert.h>

static const char *const result_texts[] = {
    [TRANSFER_MORE] = "",
    [TRANSFER_LATER] = "",
    [TRANSFER_DONE] = "",
    [TRANSFER_NOT_FOUND] = "File not found",
    [TRANSFER_ERROR] = "TFTP error",
    [TRANSFER_TIMED_OUT] = "TFTP timeout",
    [TRANSFER_SINK] = "TFTP error",
};
static_assert(sizeof result_texts / sizeof *result_texts == TRANSFER_RESULT_COUNT,
              "one text per result");

const char *transfer_result_text(enum transfer_result result)
{
    return result_texts[result];
}
