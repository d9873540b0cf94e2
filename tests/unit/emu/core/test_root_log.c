/* test_root_log.c - the console log of a root, laid beside the vendor's line by line. */
#include "tests/unit/emu/core/core_scene.h"

#define VENDOR_LOG "tests/unit/data/vendor-root.log"
#define TOLERANCE  (25 * (int64_t)USEC_MS)
struct line {
    int64_t at;
    char text[CONSOLE_LINE]; /* level and words; what names this phone and file as "*" */
};

/* Words that differ from phone to phone: everything after these. */
static void normalise(char *text)
{
    static const char *const own[] = {"XID", "map=", "strength=", "H=", "ROOT=", "/dnld/"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        char *at = strstr(text, own[i]);
        if (!at)
            continue;
        at += strlen(own[i]);
        size_t word = strcspn(at, " ");
        if (strcmp(own[i], "H=") == 0 || strcmp(own[i], "map=") == 0 || own[i][0] == 's')
            assert_int_equal(word, 8);
        memmove(at + 1, at + word, strlen(at + word) + 1);
        *at = '*';
    }
}

static struct line parse_line(const char *from)
{
    struct line l;
    char level[4], words[CONSOLE_LINE];
    unsigned h, m, s, us;
    assert_int_equal(sscanf(from, "%3s %u:%u:%u.%u DLoad: %200[^\n]", level, &h, &m, &s, &us,
                            words), 6);
    l.at = (int64_t)((h * 60 + m) * 60 + s) * (int64_t)USEC_SEC + us;
    snprintf(l.text, sizeof l.text, "%s %.200s", level, words);
    normalise(l.text);
    return l;
}

static size_t read_vendor_log(struct line *out, size_t most)
{
    char text[512];
    size_t n = 0;
    FILE *f = fopen(VENDOR_LOG, "r");
    if (!f)
        fail_msg("cannot open %s: run the tests from the project's top", VENDOR_LOG);
    while (fgets(text, sizeof text, f) && n < most)
        if (text[0] != '#')
            out[n++] = parse_line(text);
    fclose(f);
    return n;
}

static void assert_log_is_the_vendors(struct bench *b)
{
    struct line vendor[64], first = {0}, before = {0};
    size_t count = read_vendor_log(vendor, 64), i = 0;
    assert_int_equal(count, 26);
    while (i < b->log_count && !strstr(b->log[i], "+++ fd=7"))
        i++;
    assert_true(i + count <= b->log_count);
    for (size_t k = 0; k < count; k++) {
        struct line ours = parse_line(b->log[i + k]);
        assert_string_equal(ours.text, vendor[k].text);
        first = k ? first : ours;
        before = k ? before : ours;
        int64_t since_first = ours.at - first.at - (vendor[k].at - vendor[0].at);
        int64_t step = ours.at - before.at - (vendor[k].at - vendor[k ? k - 1 : 0].at);
        if (llabs(since_first) > TOLERANCE || llabs(step) > TOLERANCE)
            fail_msg("%s: %lld us off, %lld us since the line before", ours.text,
                     (long long)since_first, (long long)step);
        before = ours;
    }
}

static void a_lone_phone_logs_what_the_vendors_root_did(void **state)
{
    (void)state;
    static const uint32_t strengths[] = {0, 1, 0x31d4d43d, 0x40000000, 0x7ffffffe, 0x7fffffff};
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++) {
        struct bench *b = play_new_strong(strengths[i]);
        play_to(b, PFS_ROOT_FETCH);
        assert_log_is_the_vendors(b);
        play_free(b);
    }
}

static void children_that_join_meanwhile_add_no_line(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_CLAIM);
    struct wire_msg m = play_msg(WIRE_JOIN, 9, INDEX);
    play_udp(b, 9, &m);
    play_claim(b, 8, INDEX, WEAK, false);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 5 * USEC_SEC));
    int child = play_child(b, 1, INDEX);
    play_child(b, 2, INDEX);
    play_udp(b, 3, &m);
    play_claim(b, 7, INDEX, STRONG, false);
    play_for(b, 6 * USEC_SEC);
    play_closed(b, child);
    play_child(b, 4, INDEX);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 10 * USEC_SEC));
    assert_log_is_the_vendors(b);
    play_free(b);
}

/* The file that is next, while somebody else still takes the one before from us. */
static void a_child_of_the_file_before_adds_no_line(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_sample(b->flash, "small", INDEX);
    play_to(b, PFS_LISTENING);
    play_child(b, 1, INDEX);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 20 * USEC_SEC));
    assert_log_is_the_vendors(b);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lone_phone_logs_what_the_vendors_root_did),
        cmocka_unit_test(children_that_join_meanwhile_add_no_line),
        cmocka_unit_test(a_child_of_the_file_before_adds_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
