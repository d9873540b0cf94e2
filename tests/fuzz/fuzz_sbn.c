/* fuzz_sbn.c - the archive of a component: an accepted one is taken apart by a second reader,
 * whose every step must stay inside the input; with less content or more padding it is refused.
 */
#include "emu/core/sbn.h"
#include "tests/fuzz/fuzz.h"

static uint32_t u32_at(const uint8_t *data, size_t at)
{
    return (uint32_t)data[at] << 24 | (uint32_t)data[at + 1] << 16 | (uint32_t)data[at + 2] << 8 |
           data[at + 3];
}

static bool check_name(const uint8_t *data, size_t record, size_t names, size_t content)
{
    uint32_t name = u32_at(data, record + 16);
    if (name == 0 && u32_at(data, record) == SBN_RAW)
        return false;
    must(name >= names && name < content);
    must(strnlen((const char *)data + name, content - name) < content - name);
    return true;
}

static void check_records(const uint8_t *data, size_t size, const struct sbn *sbn)
{
    uint32_t count = u32_at(data, SBN_COUNT_AT), content = u32_at(data, SBN_COUNT_AT + 4);
    uint64_t sum = 0, nameless = 0;
    must(count == sbn->count && count > 0 && count <= (size - SBN_HEADER) / SBN_RECORD);
    size_t names = SBN_HEADER + (size_t)count * SBN_RECORD;
    must(content >= names && content <= size);
    for (size_t at = SBN_HEADER; at < names; at += SBN_RECORD) {
        nameless += !check_name(data, at, names, content);
        sum += u32_at(data, at + 8);
    }
    must(nameless == sbn->nameless && (content > names || nameless == count));
    must(sum == sbn->content_bytes && sum + sbn->padding == size - content);
    must(sbn->padding <= SBN_PADDING);
}

static void check_length(const uint8_t *data, size_t size, size_t padding)
{
    struct sbn sbn;
    size_t most = size - padding + SBN_PADDING;
    uint8_t *longer = calloc(1, most + 1);
    must(longer);
    memcpy(longer, data, size);
    must(!sbn_parse(longer, most, &sbn) && sbn.padding == SBN_PADDING);
    must(sbn_parse(longer, most + 1, &sbn));
    free(longer);
    size_t least = size - padding;
    uint8_t *shorter = fuzz_copy(data, least);
    must(!sbn_parse(shorter, least, &sbn) && sbn.padding == 0);
    must(sbn_parse(shorter, least - 1, &sbn));
    must(sbn_parse(shorter, fuzz_hash(1, data, size) % least, &sbn));
    free(shorter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sbn sbn, untouched;
    memset(&sbn, 0xa5, sizeof sbn);
    memset(&untouched, 0xa5, sizeof untouched);
    if (sbn_parse(data, size, &sbn)) {
        must(memcmp(&sbn, &untouched, sizeof sbn) == 0);
        return 0;
    }
    check_records(data, size, &sbn);
    check_length(data, size, sbn.padding);
    return 0;
}
