/* test_hierarchy.c - event lines read back, and the trees made of them. */
#include "netns/judge/hierarchy.h"
#include "tests/unit/netns/fleet8.h"

/* A run told by a few lines: its log, peaks and hierarchies. */
struct told {
    struct fleet8 f;
    struct eventlog *log;
    unsigned peaks[FLEET8_PHONES];
    bool sharing[FLEET8_PHONES];
    struct hierarchy *list;
    size_t count;
};

static void make(struct told *t, const char *path)
{
    t->log = eventlog_read(path, &t->f.plan);
    assert_non_null(t->log);
    memset(t->peaks, 0, sizeof t->peaks);
    assert_int_equal(hierarchy_peaks(&t->f.plan, t->log, t->peaks), 0);
    assert_int_equal(hierarchy_make(&t->f.plan, t->log, t->sharing, t->peaks, &t->list, &t->count),
                     0);
}

static void tell(struct told *t, const char *lines)
{
    char path[] = "/tmp/events.XXXXXX";
    FILE *out = fdopen(mkstemp(path), "w");
    fputs(lines, out);
    fclose(out);
    make(t, path);
    unlink(path);
}

static void begin(struct told *t)
{
    *t = (struct told){0};
    fleet8_make(&t->f, FLEET8_PHONES);
    for (size_t i = 0; i < FLEET8_PHONES; i++)
        t->sharing[i] = true;
}

static void end(struct told *t)
{
    hierarchy_free(t->list, t->count);
    eventlog_free(t->log);
    fleet8_free(&t->f);
}

#define P(n) "\"phone\":\"SEP02760A6A001" n "\""
#define FETCHED(t, n, from)                                                                        \
    "{\"t\":" t "," P(n) ",\"event\":\"fetched\",\"file\":\"a\",\"from\":\"" from "\"}\n"
#define CHILD(t, n, event, child)                                                                  \
    "{\"t\":" t "," P(n) ",\"event\":\"" event "\",\"file\":\"a\"," \
    "\"child\":\"10.106.0." child "\"}\n"

static const struct hierarchy *find(const struct told *t, const char *file, const char *root)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->list[i].file, file) == 0 && strcmp(t->list[i].root, root) == 0)
            return &t->list[i];
    return NULL;
}

static void late_join_lost_parent_and_fallback(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    make(&t, FLEET8_DIR "/events.jsonl");
    assert_int_equal(t.log->damaged, 5);
    assert_int_equal(t.count, 3);
    const struct hierarchy *loads = find(&t, FLEET8_LOADS, "SEP02760A6A0010");
    assert_non_null(loads);
    assert_int_equal(loads->members, 8);
    assert_int_equal(loads->depth, 4);
    assert_int_equal(loads->max_children, 2);
    const struct hierarchy *jar = find(&t, FLEET8_JAR, "SEP02760A6A0011");
    assert_non_null(jar);
    assert_int_equal(jar->members, 7);
    assert_int_equal(jar->depth, 6);
    const struct hierarchy *alone = find(&t, FLEET8_JAR, "SEP02760A6A0017");
    assert_non_null(alone);
    assert_int_equal(alone->members, 1);
    assert_int_equal(alone->depth, 1);
    assert_int_equal(alone->max_children, 0);
    end(&t);
}

static void nodes_have_parents_before_children(void **state)
{
    (void)state;
    static const uint32_t wanted[][2] = {{1, 1}, {0, 2}, {3, 3}, {4, 3}, {5, 4}, {6, 5}, {2, 6}};
    struct told t;
    begin(&t);
    make(&t, FLEET8_DIR "/events.jsonl");
    const struct hierarchy *jar = find(&t, FLEET8_JAR, "SEP02760A6A0011");
    assert_int_equal(jar->nodes[0].parent, -1);
    for (size_t i = 0; i < jar->members; i++) {
        assert_int_equal(jar->nodes[i].phone, wanted[i][0]);
        assert_int_equal(jar->nodes[i].depth, wanted[i][1]);
        assert_true(i == 0 || (size_t)jar->nodes[i].parent < i);
    }
    end(&t);
}

static void children_count_at_one_time(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, CHILD("1", "0", "child", "17") CHILD("2", "0", "child-gone", "17")
             CHILD("3", "0", "child", "18") CHILD("4", "0", "child", "19")
             CHILD("1", "1", "child", "20") CHILD("2", "1", "child", "21")
             CHILD("3", "1", "child", "22") CHILD("4", "1", "child-gone", "23")
             CHILD("1", "2", "child", "20") CHILD("1", "2", "child", "20"));
    assert_int_equal(t.peaks[0], 2);
    assert_int_equal(t.peaks[1], 3);
    assert_int_equal(t.peaks[2], 1);
    assert_int_equal(t.count, 0);
    end(&t);
}

static void same_child_for_two_files_is_one(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, "{\"t\":1," P("0") ",\"event\":\"child\",\"file\":\"a\",\"child\":\"10.106.0.17\"}\n"
             "{\"t\":2," P("0") ",\"event\":\"child\",\"file\":\"b\",\"child\":\"10.106.0.17\"}\n"
             "{\"t\":3," P("0") ",\"event\":\"child-gone\",\"file\":\"a\","
             "\"child\":\"10.106.0.17\"}\n"
             "{\"t\":4," P("0") ",\"event\":\"child\",\"file\":\"b\",\"child\":\"10.106.0.18\"}\n");
    assert_int_equal(t.peaks[0], 2);
    end(&t);
}

static void restart_forgets_children(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, CHILD("1", "0", "child", "17") CHILD("2", "0", "child", "18")
             "{\"t\":3," P("0") ",\"event\":\"boot\",\"load\":\"x\"}\n"
             CHILD("4", "0", "child", "19") CHILD("5", "0", "child", "20"));
    assert_int_equal(t.peaks[0], 2);
    end(&t);
}

/* Sorted by t: phone 1's later fetch, though first in the file, is its last. */
static void last_fetch_counts(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, FETCHED("9", "1", "10.106.0.16") FETCHED("2", "1", "tftp") FETCHED("1", "0", "tftp"));
    assert_int_equal(t.count, 1);
    assert_string_equal(t.list[0].root, "SEP02760A6A0010");
    assert_int_equal(t.list[0].members, 2);
    end(&t);
}

static void parent_that_had_the_file_is_root(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, FETCHED("1", "1", "10.106.0.23") FETCHED("2", "2", "10.106.0.17"));
    assert_int_equal(t.count, 1);
    assert_string_equal(t.list[0].root, "SEP02760A6A0017");
    assert_int_equal(t.list[0].depth, 3);
    end(&t);
}

static void ring_is_cut(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, FETCHED("1", "1", "10.106.0.18") FETCHED("2", "2", "10.106.0.19")
             FETCHED("3", "3", "10.106.0.17") FETCHED("4", "0", "10.106.0.19")
             FETCHED("5", "5", "10.106.0.21"));
    assert_int_equal(t.count, 2);
    assert_string_equal(t.list[0].root, "SEP02760A6A0011");
    assert_int_equal(t.list[0].members, 4);
    assert_string_equal(t.list[1].root, "SEP02760A6A0015");
    assert_int_equal(t.list[1].members, 1);
    end(&t);
}

static void phones_without_sharing_are_in_no_tree(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    t.sharing[0] = t.sharing[1] = false;
    tell(&t, FETCHED("1", "0", "tftp") FETCHED("2", "1", "tftp") FETCHED("3", "2", "tftp"));
    assert_int_equal(t.count, 1);
    assert_string_equal(t.list[0].root, "SEP02760A6A0012");
    assert_int_equal(t.list[0].members, 1);
    end(&t);
}

static void models_are_apart(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    t.f.plan.phones[3].model = phone_model_find("CP-7941G");
    tell(&t, FETCHED("1", "0", "tftp") FETCHED("2", "1", "10.106.0.16") FETCHED("3", "3", "tftp"));
    assert_int_equal(t.count, 2);
    assert_string_equal(t.list[1].model->name, "CP-7941G");
    assert_int_equal(t.list[1].members, 1);
    end(&t);
}

/* A parent of another model must not lead to endless or repeated trees. */
static void subnets_are_apart(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    t.f.plan.phones[2].subnet = t.f.plan.phones[3].subnet = 1;
    tell(&t, FETCHED("1", "0", "server") FETCHED("2", "2", "server")
         FETCHED("3", "1", "10.106.0.16") FETCHED("4", "3", "10.106.0.18"));
    assert_int_equal(t.count, 2);
    const struct hierarchy *here = find(&t, "a", "SEP02760A6A0010");
    const struct hierarchy *there = find(&t, "a", "SEP02760A6A0012");
    assert_true(here && there);
    assert_int_equal(here->subnet, 0);
    assert_int_equal(here->members, 2);
    assert_int_equal(there->subnet, 1);
    assert_int_equal(there->members, 2);
    end(&t);
}

static void parent_of_another_model(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    t.f.plan.phones[3].model = phone_model_find("CP-7941G");
    tell(&t, FETCHED("1", "0", "10.106.0.19") FETCHED("2", "1", "10.106.0.19"));
    assert_int_equal(t.count, 1);
    assert_int_equal(t.list[0].members, 3);
    assert_string_equal(t.list[0].model->name, "CP-7961G");
    end(&t);
}

static void damaged_lines_are_counted(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, "\n[]\n42\nnull\n{}\n\xff\xfe\n"
             "{\"t\":\"1\"," P("0") ",\"event\":\"idle\"}\n"
             "{\"t\":1e300," P("0") ",\"event\":\"idle\"}\n"
             "{\"t\":1,\"t\":2," P("0") ",\"event\":\"idle\"}\n"
             "{\"t\":1,\"phone\":7,\"event\":\"idle\"}\n"
             "{\"t\":1," P("0") ",\"event\":\"fetched\",\"file\":\"a\"}\n"
             "{\"t\":1," P("0") ",\"event\":\"fetched\",\"file\":3,\"from\":\"tftp\"}\n"
             "{\"t\":1," P("0") ",\"event\":\"invented\"}\n"
             "{\"t\":1," P("0") ",\"event\":\"idle\",\"load\":\"x\"}");
    assert_int_equal(t.log->damaged, 12);
    assert_int_equal(t.log->count, 1);
    end(&t);
}

static void screen_numbers_are_bounded(void **state)
{
    (void)state;
    struct told t;
    begin(&t);
    tell(&t, "{\"t\":1," P("0") ",\"event\":\"screen\",\"component\":\"a\",\"box\":\"DOWNL\","
             "\"percent\":999,\"kb\":-5,\"icon\":true}\n");
    assert_int_equal(t.log->lines[0].percent, 100);
    assert_int_equal(t.log->lines[0].kb, 0);
    assert_int_equal(t.log->lines[0].icon, 1);
    assert_int_equal(t.log->lines[0].box, BOX_DOWNL);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_join_lost_parent_and_fallback),
        cmocka_unit_test(nodes_have_parents_before_children),
        cmocka_unit_test(children_count_at_one_time),
        cmocka_unit_test(same_child_for_two_files_is_one),
        cmocka_unit_test(restart_forgets_children),
        cmocka_unit_test(last_fetch_counts),
        cmocka_unit_test(parent_that_had_the_file_is_root),
        cmocka_unit_test(ring_is_cut),
        cmocka_unit_test(phones_without_sharing_are_in_no_tree),
        cmocka_unit_test(models_are_apart),
        cmocka_unit_test(subnets_are_apart),
        cmocka_unit_test(parent_of_another_model),
        cmocka_unit_test(damaged_lines_are_counted),
        cmocka_unit_test(screen_numbers_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
