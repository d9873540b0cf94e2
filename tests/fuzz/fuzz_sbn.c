/* fuzz_sbn.c - the archive of a component: an accepted one is taken apart by a second reader,
 * whose every step must stay inside the input; a byte more or less and it is refused.
 */
#include "emu/sbn.h"
#include "tests/fuzz/fuzz.h"

static uint32_t u32_at(const uint8_t *data, size_t at)
{
    return (uint32_t)data[at] << 24 | (uint32_t)data[at + 1] << 16 | (uint32_t)data[at + 2] << 8 |
           data[at + 3];
}

static void check_records(const uint8_t *data, size_t size, const struct sbn *sbn)
{
    uint32_t count = u32_at(data, SBN_COUNT_AT), content = u32_at(data, SBN_COUNT_AT + 4);
    uint64_t sum = 0;
    must(count == sbn->count && count > 0 && count <= (size - SBN_HEADER) / SBN_RECORD);
    size_t names = SBN_HEADER + (size_t)count * SBN_RECORD;
    must(content > names && content <= size);
    for (size_t at = SBN_HEADER; at < names; at += SBN_RECORD) {
        uint32_t name = u32_at(data, at + 16);
        must(name >= names && name < content);
        must(strnlen((const char *)data + name, content - name) < content - name);
        sum += u32_at(data, at + 8);
    }
    must(sum == sbn->content_bytes && sum == size - content);
}

static void check_length(const uint8_t *data, size_t size)
{
    struct sbn sbn;
    uint8_t *longer = malloc(size + 1);
    must(longer);
    memcpy(longer, data, size);
    longer[size] = 0;
    must(sbn_parse(longer, size + 1, &sbn));
    free(longer);
    uint8_t *shorter = fuzz_copy(data, size - 1);
    must(sbn_parse(shorter, size - 1, &sbn));
    must(sbn_parse(shorter, fuzz_hash(1, data, size) % size, &sbn));
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
    check_length(data, size);
    return 0;
}
