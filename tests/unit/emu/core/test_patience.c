/* test_patience.c - no patience with a peer's transfer ends while bytes flow, however slow the LAN;
 * who only seems to make progress is left all the same (see test_hostile.c). What is made of a root
 * that fetches: test_worth.c. */
#include "tests/unit/emu/core/core_scene.h"

#define LARGE (3 << 20) /* bytes; a load's largest file */

static void announce(struct bench *b, size_t size)
{
    struct wire_msg m = play_msg(WIRE_FILE, 1, FIRST);
    m.size = size;
    play_tcp(b, CONN_PARENT, &m);
}

/* ---- for a peer's -------------------------------------------------------------------- */

/* So many bytes a second of a file: how long the parent is kept. */
static usec keeps(size_t bytes, size_t size)
{
    struct bench *b = play_new_child();
    static const uint8_t zeros[20 * PFS_CRAWL];
    announce(b, size);
    usec from = b->now;
    for (size_t at = 0; pfs_of(b)->state == PFS_CHILD && at + 5 * bytes < size; at += 5 * bytes) {
        play_data(b, CONN_PARENT, 1, FIRST, zeros, 5 * bytes);
        play_for(b, PFS_ALIVE);
    }
    usec lasted = b->now - from;
    play_free(b);
    return lasted;
}

static void a_slow_lan_is_waited_for(void **state)
{
    (void)state;
    assert_in_range(keeps(PFS_CRAWL, LARGE), (LARGE / PFS_CRAWL - 10) * USEC_SEC,
                    LARGE / PFS_CRAWL * USEC_SEC);
    assert_in_range(keeps(3 * PFS_CRAWL, LARGE), (LARGE / PFS_CRAWL / 3 - 10) * USEC_SEC,
                    LARGE / PFS_CRAWL / 3 * USEC_SEC);
    assert_in_range(keeps(PFS_CRAWL / 4, LARGE), PFS_SERVE_LIMIT,
                    PFS_SERVE_LIMIT * 4 / 3 + PFS_ALIVE);
}

/* A file of that size nobody has: what comes little by little of it comes for no more than an hour.
 * */
static void no_file_is_as_large_as_it_takes(void **state)
{
    (void)state;
    assert_in_range(keeps(PFS_CRAWL + 100, PFS_FILE_MAX), PFS_SERVE_LIMIT,
                    PFS_SERVE_LIMIT + PFS_LARGEST / PFS_CRAWL * USEC_SEC + PFS_ALIVE);
}

/* A root that serves a file, whose first child takes so long for it. */
static struct bench *slow_serving(int *conn, usec takes, uint64_t takes_so_much)
{
    struct bench *b = play_new();
    for (size_t i = 0; i < 3; i++)
        bench_put_sample(b->flash, "small", bench_load[i]);
    play_to(b, PFS_ROOT_WAIT);
    *conn = play_child(b, 1, bench_load[3]);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 11 * USEC_SEC));
    play_alive(b, *conn, 1, bench_load[3], 0);
    b->hold_sent = true;
    assert_true(play_until(b, PFS_SERVE, b->now + 30 * USEC_SEC));
    b->conn[*conn].busy = false; /* FILE has left: DATA is on its way */
    phone_tcp_sent(b->phone, *conn, b->now);
    usec from = b->now;
    for (uint64_t has = 0; b->now < from + takes;) {
        play_for(b, PFS_ALIVE);
        has += takes_so_much;
        play_alive(b, *conn, 1, bench_load[3], has);
    }
    return b;
}

/* It takes little by little, so that none of our sends ends for long. */
static void a_slow_child_is_served_to_the_end(void **state)
{
    (void)state;
    int conn;
    struct bench *b = slow_serving(&conn, 5 * PFS_ALIVE, WIRE_DATA_MAX / 5);
    assert_int_equal(b->conn[conn].state, CONN_IS_OPEN);
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_SENDING);
    b->hold_sent = false;
    play_settle(b);
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_SENT);
    play_free(b);
}

/* But not for ever, when nothing of ours leaves. */
static void a_child_that_only_says_so_is_let_go(void **state)
{
    (void)state;
    int conn;
    struct bench *b = slow_serving(&conn, 2 * PFS_SILENCE, 1);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    play_free(b);
}

/* What took long to a child takes long to those below it. */
static void those_below_a_slow_child_have_more_time(void **state)
{
    (void)state;
    int conn;
    struct bench *b = slow_serving(&conn, 5 * PFS_ALIVE, WIRE_DATA_MAX / 5);
    usec more = bench_find(b->server, bench_load[3])->len * USEC_SEC / PFS_CRAWL;
    b->hold_sent = false;
    play_settle(b);
    usec from = b->now;
    while (pfs_of(b)->current == 3 && b->now < from + 3 * PFS_SERVE_LIMIT) {
        play_alive(b, conn, 1, bench_load[3], 1);
        play_for(b, PFS_ALIVE);
    }
    assert_in_range(b->now - from, PFS_DONE + more,
                    PFS_DONE + PFS_LEVELS * PFS_DONE_LEVEL + more + PFS_ALIVE);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_lan_is_waited_for),
        cmocka_unit_test(no_file_is_as_large_as_it_takes),
        cmocka_unit_test(a_slow_child_is_served_to_the_end),
        cmocka_unit_test(a_child_that_only_says_so_is_let_go),
        cmocka_unit_test(those_below_a_slow_child_have_more_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
