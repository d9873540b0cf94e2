/* fuzz_loads.c - the index of a load: the input as a whole file, and as the list behind a sound
 * envelope. What is accepted can be written down again and read back the same.
 */
#include "emu/builder.h"
#include "emu/core/envelope.h"
#include "emu/core/loads.h"
#include "tests/fuzz/fuzz.h"

#define ENVELOPE_MAX 256

/* The shortest envelope that passes for one. */
static size_t make_envelope(uint8_t *out)
{
    static const uint8_t info[] = {ENV_SIGNATURE_INFO, 0, 15, ENV_HASH_ALGORITHM, 0, 1, ENV_SHA1,
                                   ENV_SIGNATURE_ALGORITHM_INFO, 0, 8, ENV_SIGNATURE_ALGORITHM, 0,
                                   1, 0, ENV_MODULUS, 0, 1, 0};
    static const uint8_t name[] = {ENV_FILENAME, 0, 2, 'f', 0};
    const size_t len = 10 + sizeof info + 3 + 64 + sizeof name;
    static const uint8_t zero[64];
    struct builder b = builder(out, ENVELOPE_MAX);
    builder_bytes(&b, (const uint8_t[]){ENV_VERSION, 0, 2, 1, 1, ENV_HEADER_LENGTH, 0, 2}, 8);
    builder_u16(&b, (uint16_t)len);
    builder_bytes(&b, info, sizeof info);
    builder_bytes(&b, (const uint8_t[]){ENV_SIGNATURE, 0, 64}, 3);
    builder_bytes(&b, zero, sizeof zero);
    builder_bytes(&b, name, sizeof name);
    must(builder_len(&b) == len);
    return len;
}

static void check_names(const struct loads *l)
{
    must(l->count >= 1 && l->count <= SCREEN_BOXES);
    for (size_t i = 0; i < l->count; i++) {
        must(fuzz_plain_name(l->file[i], sizeof l->file[i]));
        must(l->file[i][0] != '#' && l->file[i][strlen(l->file[i]) - 1] != ' ');
        for (size_t j = 0; j < i; j++)
            must(strcmp(l->file[i], l->file[j]) != 0);
    }
}

/* The names again, with those ends and that last line; a byte less and it is refused. */
static void check_form(const struct loads *l, const char *end, const char *last)
{
    uint8_t file[ENVELOPE_MAX + SCREEN_BOXES * (NAME_MAX_LEN + 2) + 32];
    size_t len = make_envelope(file);
    struct loads again = {0};
    for (size_t i = 0; i < l->count; i++)
        len += (size_t)sprintf((char *)file + len, "%s%s", l->file[i], end);
    len += (size_t)sprintf((char *)file + len, "%s", last);
    must(loads_parse(file, len, &again) == NULL);
    must(memcmp(&again, l, sizeof again) == 0);
    must(loads_parse(file, len - 1, &again));
}

static void check_again(const struct loads *l)
{
    check_form(l, "\r\n", "");
    check_form(l, "\n", "LA_VERSION=1\n");
}

/* Of both forms; a second reader of their ends. */
static void check_ends(const uint8_t *data, size_t size)
{
    must(size >= 2 && data[size - 1] == '\n');
    if (data[size - 2] == '\r')
        return;
    size_t line = size - 1;
    while (line > 0 && data[line - 1] != '\n')
        line--;
    must(memchr(data + line, '=', size - line));
}

static void parse(const uint8_t *data, size_t size)
{
    struct loads l, untouched;
    memset(&l, 0xa5, sizeof l);
    memset(&untouched, 0xa5, sizeof untouched);
    if (loads_parse(data, size, &l)) {
        must(memcmp(&l, &untouched, sizeof l) == 0);
        return;
    }
    check_ends(data, size);
    check_names(&l);
    check_again(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *file = malloc(ENVELOPE_MAX + size);
    must(file);
    size_t len = make_envelope(file);
    file = realloc(file, len + size);
    must(file);
    if (size)
        memcpy(file + len, data, size);
    parse(data, size);
    parse(file, len + size);
    free(file);
    return 0;
}
