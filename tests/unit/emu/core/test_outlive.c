/* test_outlive.c - what a phone says of a file, a turn or a link ends with it. */
#include "tests/unit/emu/core/core_scene.h"

/* What the phone has last said to hold to its child there. */
static uint64_t told(struct bench *b, int conn)
{
    uint64_t offset = UINT64_MAX;
    while (b->conn[conn].out_at < b->conn[conn].out_len)
        offset = expect_tcp(b, conn, WIRE_ALIVE, NULL, NULL).offset;
    return offset;
}

/* Lets time go by until it is after that file, having fetched the index by itself. */
static void play_to_file(struct bench *b, int file, enum pfs_state state)
{
    usec until = b->now + 120 * USEC_SEC;
    while ((pfs_of(b)->current != file || pfs_of(b)->state != state) && b->now < until)
        play_for(b, 10 * USEC_MS);
    assert_int_equal(pfs_of(b)->current, file);
}

/* ---- of the file before -------------------------------------------------------------- */

/* The documents' case: the index has been fetched, the next file has not been begun. */
static void a_root_that_waits_holds_nothing_of_its_file(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_start(b);
    play_to_file(b, 1, PFS_ROOT_WAIT);
    assert_int_equal(count_requests(b, INDEX), 1);
    int conn = play_child(b, 3, FIRST);
    assert_int_equal(told(b, conn), 0);
    play_for(b, PFS_ALIVE);
    assert_int_equal(told(b, conn), 0);
    play_free(b);
}

/* Nor does who is not linked yet, whatever it fetched before. */
static void who_is_not_linked_yet_holds_nothing(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_start(b);
    play_to_file(b, 1, PFS_LISTENING);
    play_claim(b, 1, FIRST, STRENGTH_CONFIRMED | 9, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    struct wire_msg m = play_msg(WIRE_ACCEPT, 1, FIRST);
    m.depth = 1;
    play_udp(b, 1, &m);
    assert_state(b, PFS_LINK);
    int conn = play_child(b, 3, FIRST);
    assert_int_equal(told(b, conn), 0);
    play_connected(b);
    play_alive(b, CONN_PARENT, 1, FIRST, 7);
    play_for(b, PFS_ALIVE);
    assert_int_equal(told(b, conn), 7);
    play_free(b);
}

/* Nor who was told of bytes by a parent that it has lost. */
static void what_a_lost_parent_said_is_forgotten(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_alive(b, CONN_PARENT, 1, FIRST, 40000);
    play_closed(b, CONN_PARENT);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 10 * USEC_SEC));
    int conn = play_child(b, 3, FIRST);
    assert_int_equal(told(b, conn), 0);
    play_free(b);
}

/* Its place in the tree of one file is not that in another's. */
static void the_depth_is_that_in_the_files_own_tree(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to_join(b, 1, INDEX);
    struct wire_msg m = play_msg(WIRE_ACCEPT, 1, INDEX);
    m.depth = 6;
    play_udp(b, 1, &m);
    play_connected(b);
    const struct bench_file *index = bench_find(b->server, INDEX);
    play_file(b, 1, INDEX, 0);
    play_data(b, CONN_PARENT, 1, INDEX, index->data, index->len);
    play_to_file(b, 1, PFS_ROOT_WAIT);
    const struct {
        const char *file;
        int depth;
    } asked[] = {{FIRST, 1}, {INDEX, 7}};
    for (int i = 0; i < 2; i++) {
        m = play_msg(WIRE_JOIN, 3 + i, asked[i].file);
        forget_udp(b);
        play_udp(b, 3 + i, &m);
        assert_int_equal(expect_udp(b, PEER(3 + i), WIRE_ACCEPT)->depth, asked[i].depth);
    }
    play_free(b);
}

/* One that asks for a file is not kept from being told by an answer about another. */
static void each_file_is_answered_for_itself(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_start(b);
    play_to_file(b, 1, PFS_ROOT_WAIT);
    play_for(b, PFS_TICK);
    static const char *const files[] = {INDEX, FIRST};
    for (int i = 0; i < 2; i++) {
        forget_udp(b);
        play_claim(b, 3 + i, files[i], 5, false);
        expect_udp(b, 0, WIRE_CLAIM);
        play_claim(b, 5 + i, files[i], 5, false);
        expect_udp(b, PEER(5 + i), WIRE_CLAIM);
    }
    play_free(b);
}

/* Of an upgrade that is over nothing is left. */
static void nothing_outlives_the_upgrade(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_child(b, 3, FIRST);
    play_alive(b, CONN_PARENT, 1, FIRST, 40000);
    play_file(b, 1, FIRST, 0);
    play_data(b, CONN_PARENT, 1, FIRST, first_file(b)->data, 1000);
    blame_parent(pfs_of(b), PEER(9));
    struct pfs clean;
    pfs_init(&clean, pfs_of(b)->kit, pfs_of(b)->owner, pfs_of(b)->owner_arg);
    play_start(b);
    assert_memory_equal(pfs_of(b), &clean, sizeof clean);
    play_free(b);
}

/* ---- of the download before ---------------------------------------------------------- */

/* Whoever has a part from before waits for a parent like others, and so do those below it. */
static void a_part_from_before_hides_no_progress(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_data(b, CONN_PARENT, 1, FIRST, first_file(b)->data, 12345);
    play_closed(b, CONN_PARENT);
    play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    assert_int_equal(play_link(b, 2, FIRST).offset, 12345);
    play_alive(b, CONN_PARENT, 2, FIRST, 100);
    int conn = play_child(b, 3, FIRST);
    assert_int_equal(told(b, conn), 100);
    play_alive(b, CONN_PARENT, 2, FIRST, 200);
    play_for(b, PFS_ALIVE);
    assert_int_equal(told(b, conn), 200);
    play_free(b);
}

/* What its parent once held says no more when its own download has begun. */
static void a_child_tells_of_its_own_download(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    int conn = play_child(b, 3, FIRST);
    play_alive(b, CONN_PARENT, 1, FIRST, first_file(b)->len);
    play_for(b, PFS_ALIVE);
    assert_int_equal(told(b, conn), first_file(b)->len);
    play_file(b, 1, FIRST, 0);
    for (size_t at = 0; at < 3000; at += 1000) {
        play_data(b, CONN_PARENT, 1, FIRST, first_file(b)->data + at, 1000);
        play_for(b, PFS_ALIVE);
        play_alive(b, conn, 3, FIRST, 0);
        assert_int_equal(told(b, conn), at + 1000);
    }
    play_free(b);
}

/* A fetch that begins anew is told at once, by the root and by who relays it: the next ALIVE may
 * come when as much has been fetched as before. */
static void a_fetch_begun_anew_is_told_at_once(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_start(b);
    play_to_file(b, 1, PFS_ROOT_WAIT);
    int conn = play_child(b, 3, FIRST);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + PFS_ROOT_WAITING));
    play_for(b, 100);
    b->server_down = true;
    while (count_log(b, "broke off") == 0) {
        play_for(b, 250 * USEC_MS);
        play_alive(b, conn, 3, FIRST, 0);
    }
    assert_int_equal(told(b, conn), 0);
    play_free(b);

    b = play_new_child();
    conn = play_child(b, 3, FIRST);
    play_alive(b, CONN_PARENT, 1, FIRST, 512);
    play_for(b, PFS_ALIVE);
    assert_int_equal(told(b, conn), 512);
    play_alive(b, CONN_PARENT, 1, FIRST, 0);
    play_for(b, USEC_MS);
    assert_int_equal(told(b, conn), 0);
    play_free(b);
}

/* The screen tells of a download that begins anew as of the first. */
static void the_screen_tells_of_each_download(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    struct wire_msg m = play_msg(WIRE_FILE, 1, FIRST);
    m.size = 400000;
    play_tcp(b, CONN_PARENT, &m);
    static uint8_t wrong[300000];
    for (int i = 0; i < 5; i++)
        play_data(b, CONN_PARENT, 1, FIRST, wrong, 60000);
    play_closed(b, CONN_PARENT);
    play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    play_link(b, 2, FIRST);
    size_t before = count_events(b, "\"box\":\"DOWNL\"");
    play_file(b, 2, FIRST, 0); /* another one */
    for (size_t at = 0; at < 50000; at += 5000)
        play_data(b, CONN_PARENT, 2, FIRST, first_file(b)->data + at, 5000);
    assert_in_range(count_events(b, "\"box\":\"DOWNL\""), before + 2, before + 6);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_that_waits_holds_nothing_of_its_file),
        cmocka_unit_test(who_is_not_linked_yet_holds_nothing),
        cmocka_unit_test(what_a_lost_parent_said_is_forgotten),
        cmocka_unit_test(the_depth_is_that_in_the_files_own_tree),
        cmocka_unit_test(each_file_is_answered_for_itself),
        cmocka_unit_test(nothing_outlives_the_upgrade),
        cmocka_unit_test(a_part_from_before_hides_no_progress),
        cmocka_unit_test(a_child_tells_of_its_own_download),
        cmocka_unit_test(a_fetch_begun_anew_is_told_at_once),
        cmocka_unit_test(the_screen_tells_of_each_download),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
