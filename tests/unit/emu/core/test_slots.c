/* test_slots.c - who gets a child slot, for how long, and who gets none: children that waste our
 * patience, promises that nobody comes for, and the joiner that is sent to such children.
 */
#include "tests/unit/emu/core/core_scene.h"

#define SPOOFED 200 /* addresses that only send datagrams: 301 and on */
#define FAKE(i) (301 + (int)(i) % SPOOFED)

/* Asks for a place: what is answered, WIRE_TYPE 0: nothing. */
static struct wire_msg joins(struct bench *b, int n, const char *file)
{
    struct wire_msg m = play_msg(WIRE_JOIN, n, file), none = {0};
    forget_udp(b);
    play_udp(b, n, &m);
    const struct bench_datagram *d = next_udp(b);
    return d ? d->msg : none;
}

/* The connection of peer n's slot, or CONN_NONE. */
static int slot_of(const struct bench *b, int n)
{
    for (int i = CONN_CHILD0; i <= CONN_CHILD1; i++)
        if (b->conn[i].state == CONN_IS_OPEN && b->conn[i].ip == PEER(n))
            return i;
    return CONN_NONE;
}

/* Connects and says HELLO, promised or not. */
static int calls(struct bench *b, int n, const char *file)
{
    struct wire_msg hello = play_msg(WIRE_HELLO, n, file);
    int conn = play_connect(b, n);
    if (conn != CONN_NONE)
        play_tcp(b, conn, &hello);
    return slot_of(b, n);
}

/* ---- children that waste patience ---------------------------------------------------- */

/* What a peer does that takes a slot wherever it gets one: says ALIVE for ever, DONE never. */
static void holds_on(struct bench *b, int n, const char *file)
{
    int conn = slot_of(b, n);
    if (conn != CONN_NONE)
        play_alive(b, conn, n, file, 1 + b->now / USEC_SEC); /* and takes something, it says */
    else if (joins(b, n, file).type == WIRE_ACCEPT)
        calls(b, n, file);
}

/* How long the phone stays at FIRST once it has it, with so many such peers around it. */
static usec stays(int peers, bool takes_bytes)
{
    struct bench *b = play_new_root();
    for (int n = 1; n <= peers; n++)
        holds_on(b, n, FIRST);
    b->hold_sent = !takes_bytes;
    play_fetch(b);
    usec from = b->now;
    while (pfs_of(b)->current == 1 && b->now < from + 2 * PFS_SERVE_LIMIT) {
        for (int n = 1; n <= peers; n++)
            holds_on(b, n, FIRST);
        play_for(b, USEC_SEC);
    }
    usec stayed = b->now - from;
    play_free(b);
    return stayed;
}

static void a_child_that_is_never_done_wastes_half_a_minute(void **state)
{
    (void)state;
    assert_in_range(stays(1, true), 10 * USEC_SEC, 60 * USEC_SEC);
    assert_in_range(stays(2, true), 10 * USEC_SEC, 60 * USEC_SEC);
}

static void so_does_one_that_takes_nothing_whatever_it_says(void **state)
{
    (void)state;
    assert_in_range(stays(1, false), 10 * USEC_SEC, 60 * USEC_SEC);
    assert_in_range(stays(2, false), 10 * USEC_SEC, 60 * USEC_SEC);
}

/* Three times as many as there is memory for. */
static void a_crowd_wastes_minutes_at_most(void **state)
{
    (void)state;
    assert_in_range(stays(100, true), 10 * USEC_SEC, PFS_SERVE_LIMIT + PFS_ALIVE);
}

/* It is alive all the while: thrown out, it asks again a second later, and gets no place any more,
 * nor by a call, of whichever file. Others have a place. */
static void who_wasted_it_alive_gets_no_slot_any_more(void **state)
{
    (void)state;
    for (int zero_window = 0; zero_window < 2; zero_window++) {
        struct bench *b = play_new_root();
        play_child(b, 1, FIRST);
        play_child(b, 2, FIRST); /* an honest one, which waits for those below it */
        b->hold_sent = zero_window;
        play_fetch(b);
        while (slot_of(b, 1) != CONN_NONE && b->now < 700 * USEC_SEC) {
            play_alive(b, slot_of(b, 1), 1, FIRST, 0);
            play_for(b, USEC_SEC);
        }
        b->hold_sent = false;
        assert_int_not_equal(joins(b, 1, FIRST).type, WIRE_ACCEPT);
        assert_int_not_equal(joins(b, 1, INDEX).type, WIRE_ACCEPT);
        assert_int_equal(calls(b, 1, FIRST), CONN_NONE);
        assert_int_equal(joins(b, 3, FIRST).type, WIRE_ACCEPT);
        assert_int_not_equal(calls(b, 3, FIRST), CONN_NONE);
        play_free(b);
    }
}

/* Frozen, or unplugged: for that file none, for others it may ask. */
static void who_fell_silent_gets_no_slot_again_for_that_file(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    play_child(b, 1, FIRST);
    int other = play_child(b, 2, FIRST);
    play_fetch(b);
    for (usec until = b->now + PFS_SILENCE; b->now < until;) {
        play_for(b, PFS_ALIVE);
        play_alive(b, other, 2, FIRST, 0);
    }
    assert_int_equal(slot_of(b, 1), CONN_NONE);
    assert_int_not_equal(joins(b, 1, FIRST).type, WIRE_ACCEPT);
    assert_int_equal(joins(b, 1, INDEX).type, WIRE_ACCEPT);
    play_free(b);
}

/* How often who leaves before anybody's patience ends, one way or another, gets a slot for FIRST. */
static int comes_again(void (*leaves)(struct bench *b, int conn))
{
    struct bench *b = play_new_root();
    int other = play_child(b, 2, FIRST), times = 0;
    play_fetch(b);
    while (times < 10 && joins(b, 1, FIRST).type == WIRE_ACCEPT) {
        int conn = calls(b, 1, FIRST);
        assert_int_not_equal(conn, CONN_NONE);
        play_for(b, PFS_ALIVE);
        play_alive(b, conn, 1, FIRST, 0);
        play_alive(b, other, 2, FIRST, 0);
        leaves(b, conn);
        times++;
    }
    assert_int_not_equal(joins(b, 1, INDEX).type, WIRE_ACCEPT);
    play_free(b);
    return times;
}

static void hangs_up(struct bench *b, int conn)
{
    play_closed(b, conn);
}

static void says_goodbye(struct bench *b, int conn)
{
    struct wire_msg m = play_msg(WIRE_GOODBYE, 1, FIRST);
    play_tcp(b, conn, &m);
}

static void talks_nonsense(struct bench *b, int conn)
{
    play_bytes(b, conn, "nonsense, and more of the same kind", 35);
}

static void stays_where_it_is(struct bench *b, int conn) /* and calls anew */
{
    (void)b, (void)conn;
}

static void who_leaves_in_the_midst_comes_again_once(void **state)
{
    (void)state;
    assert_int_equal(comes_again(hangs_up), 2);
    assert_int_equal(comes_again(says_goodbye), 2);
    assert_int_equal(comes_again(talks_nonsense), 2);
    assert_in_range(comes_again(stays_where_it_is), 2, 3);
}

/* File after file of the load, by the same two peers. */
static void less_is_wasted_with_each_file(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_WAIT);
    usec first = 0, all = 0;
    for (int file = 0; file < (int)BENCH_LOAD_FILES; file++) {
        usec from = 0;
        while (phone_status(b->phone)->state == PHONE_UPGRADE && pfs_of(b)->current <= file &&
               b->now < 6000 * USEC_SEC) {
            if (pfs_of(b)->state == PFS_SERVE && from == 0)
                from = b->now;
            if (pfs_of(b)->current == file)
                for (int n = 1; n <= 2; n++)
                    holds_on(b, n, bench_load[file]);
            play_for(b, USEC_SEC / 4);
        }
        usec wasted = from ? b->now - from : 0;
        all += wasted;
        first = file ? first : wasted;
        assert_true(wasted <= first + USEC_SEC);
    }
    assert_true(first >= 10 * USEC_SEC);
    assert_true(all <= 3 * first);
    play_free(b);
}

/* By its silence, with two files: nothing more, of whichever file. */
static void who_wasted_it_twice_gets_no_slot_any_more(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_WAIT);
    for (int file = 0; file < 2; file++) {
        assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 30 * USEC_SEC));
        play_child(b, 1, bench_load[file]);
        while (pfs_of(b)->current == file && b->now < 1500 * USEC_SEC)
            play_for(b, USEC_SEC);
    }
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 30 * USEC_SEC));
    assert_int_equal(joins(b, 1, bench_load[2]).reason, REASON_BUSY);
    assert_int_equal(joins(b, 2, bench_load[2]).type, WIRE_ACCEPT);
    play_free(b);
}

/* Those whom it kept out ask again after 0.75 to 2.25 s, and find us still there. */
static void after_it_there_is_time_for_those_it_kept_out(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    play_child(b, 1, FIRST);
    play_fetch(b);
    while (slot_of(b, 1) != CONN_NONE && b->now < 1500 * USEC_SEC) {
        play_alive(b, slot_of(b, 1), 1, FIRST, 1);
        play_for(b, USEC_SEC / 4);
    }
    play_for(b, 3 * PFS_JOIN_TIMEOUT / 2);
    assert_int_equal(pfs_of(b)->current, 1);
    int conn = play_child(b, 2, FIRST);
    play_for(b, PFS_ALIVE);
    assert_int_equal(pfs_of(b)->current, 1);
    struct wire_msg done = play_msg(WIRE_DONE, 2, FIRST);
    play_tcp(b, conn, &done);
    assert_int_equal(pfs_of(b)->current, 2);
    play_free(b);
}

/* Who was no use for an earlier file comes after the others while a tree forms. */
static void who_wasted_it_is_not_the_first_next_time(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_WAIT);
    play_child(b, 1, INDEX);
    play_fetch(b);
    while (pfs_of(b)->current == 0 && b->now < 1500 * USEC_SEC)
        play_for(b, USEC_SEC);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 10 * USEC_SEC));
    assert_int_equal(joins(b, 1, FIRST).reason, REASON_BUSY);
    assert_int_equal(joins(b, 2, FIRST).type, WIRE_ACCEPT);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + PFS_ROOT_WAITING));
    assert_int_equal(joins(b, 1, FIRST).type, WIRE_ACCEPT);
    play_free(b);
}

/* ---- promises ------------------------------------------------------------------------ */

/* Datagrams alone, so many a second, for as long as the upgrade takes; an honest child beside
 * them. How long it took. */
static usec upgrade_among(unsigned a_second)
{
    struct bench *b = play_new();
    size_t sent = 0, children = 0;
    play_to(b, PFS_LISTENING);
    usec from = b->now;
    while (phone_status(b->phone)->state == PHONE_UPGRADE && b->now < from + 3000 * USEC_SEC) {
        for (; a_second && sent < (b->now - from) * a_second / USEC_SEC; sent++) {
            int file = pfs_of(b)->current;
            joins(b, FAKE(sent), bench_load[file < 0 ? 0 : file]);
        }
        int file = pfs_of(b)->current, conn = slot_of(b, 1);
        if (pfs_of(b)->state == PFS_ROOT_WAIT && conn == CONN_NONE) {
            assert_int_equal(joins(b, 1, bench_load[file]).type, WIRE_ACCEPT);
            assert_int_not_equal(calls(b, 1, bench_load[file]), CONN_NONE);
            children++;
        } else if (conn != CONN_NONE && pfs_of(b)->below.slots[conn - CONN_CHILD0].state == SLOT_SENT) {
            struct wire_msg done = play_msg(WIRE_DONE, 1, bench_load[file]);
            play_tcp(b, conn, &done);
        }
        play_for(b, 20 * USEC_MS);
    }
    usec took = b->now - from;
    assert_int_not_equal(phone_status(b->phone)->state, PHONE_UPGRADE);
    assert_int_equal(children, BENCH_LOAD_FILES);
    play_free(b);
    return took;
}

static void spoofed_joins_delay_nothing_and_starve_nobody(void **state)
{
    (void)state;
    static const unsigned rates[] = {1, 2, 10, 50, 200};
    usec peace = upgrade_among(0);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        assert_in_range(upgrade_among(rates[i]), peace, peace + peace / 10);
}

/* In the name of a child that is linked: for the same file, another boot's, another file. */
static void a_datagram_takes_no_place_away(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_child(b, 1, FIRST);
    for (int i = 0; i < 4; i++) {
        struct wire_msg m = play_msg(WIRE_JOIN, i % 2 ? 1 : 7, i / 2 ? INDEX : FIRST);
        play_udp(b, 1, &m);
        assert_int_equal(b->conn[conn].state, CONN_IS_OPEN);
    }
    assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 0);
    play_free(b);
}

/* Nobody is sent to who has only asked. */
static void sends_joiners_only_to_who_is_linked(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    for (int i = 0; i < SPOOFED; i++)
        assert_int_not_equal(joins(b, FAKE(i), FIRST).type, WIRE_REDIRECT);
    play_child(b, 1, FIRST);
    play_child(b, 2, FIRST);
    for (int i = 0; i < SPOOFED; i++) {
        struct wire_msg m = joins(b, FAKE(i), FIRST);
        assert_int_equal(m.type, WIRE_REDIRECT);
        assert_true(m.ip == PEER(1) || m.ip == PEER(2));
    }
    play_free(b);
}

/* Three are told that there is a place, and two are there. */
static void the_first_to_connect_have_the_places(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    for (int n = 1; n <= 3; n++)
        assert_int_equal(joins(b, n, FIRST).type, WIRE_ACCEPT);
    assert_int_not_equal(calls(b, 3, FIRST), CONN_NONE);
    assert_int_not_equal(calls(b, 1, FIRST), CONN_NONE);
    int conn = play_connect(b, 2);
    struct wire_msg hello = play_msg(WIRE_HELLO, 2, FIRST);
    play_tcp(b, conn, &hello);
    assert_int_equal(expect_tcp(b, conn, WIRE_GOODBYE, NULL, NULL).reason, REASON_BUSY);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    assert_int_not_equal(slot_of(b, 1), CONN_NONE);
    assert_int_not_equal(slot_of(b, 3), CONN_NONE);
    play_free(b);
}

/* Those who asked and then say nothing do not keep out the next who asks. */
static void mute_callers_with_a_promise_give_way(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    for (int i = 0; i < 30; i++) {
        joins(b, FAKE(i), FIRST);
        assert_int_not_equal(play_connect(b, FAKE(i)), CONN_NONE);
    }
    assert_int_equal(joins(b, 1, FIRST).type, WIRE_ACCEPT);
    assert_int_not_equal(calls(b, 1, FIRST), CONN_NONE);
    play_free(b);
}

/* ---- the joiner ---------------------------------------------------------------------- */

static void too_late_at_the_place_it_asks_again(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to_join(b, 1, INDEX);
    for (int i = 0; i < 20; i++) {
        play_link(b, 1, INDEX);
        struct wire_msg bye = play_msg(WIRE_GOODBYE, 1, INDEX);
        bye.reason = REASON_BUSY;
        forget_udp(b);
        play_tcp(b, CONN_PARENT, &bye);
        assert_state(b, PFS_JOIN);
        assert_null(next_udp(b)); /* not at once */
        while (b->udp_at == b->udp_count)
            play_for(b, 10 * USEC_MS);
        expect_udp(b, PEER(1), WIRE_JOIN);
    }
    assert_int_equal(pfs_of(b)->want.attempts, 0);
    assert_false(blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
}

static void redirected(struct bench *b, int from, int to)
{
    struct wire_msg m = play_msg(WIRE_REDIRECT, from, INDEX);
    m.ip = PEER(to);
    play_udp(b, from, &m);
}

/* An honest root has two children that never answer: it will let them go, and is not to blame. */
static void sent_to_who_was_no_use_it_asks_again(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to_join(b, 1, INDEX);
    for (int dead = 8; dead <= 9; dead++) {
        redirected(b, 1, dead);
        assert_true(play_until(b, PFS_YIELD, b->now + 10 * USEC_SEC));
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    }
    forget_udp(b);
    for (int i = 0; i < 20; i++) {
        redirected(b, 1, 8 + i % 2);
        assert_state(b, PFS_JOIN);
        while (b->udp_at == b->udp_count)
            play_for(b, 10 * USEC_MS);
        expect_udp(b, PEER(1), WIRE_JOIN);
    }
    assert_int_equal(pfs_of(b)->want.attempts, 2);
    assert_false(blame_shuns(pfs_of(b), PEER(1)));
    play_link(b, 1, INDEX);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_that_is_never_done_wastes_half_a_minute),
        cmocka_unit_test(so_does_one_that_takes_nothing_whatever_it_says),
        cmocka_unit_test(a_crowd_wastes_minutes_at_most),
        cmocka_unit_test(who_wasted_it_alive_gets_no_slot_any_more),
        cmocka_unit_test(who_fell_silent_gets_no_slot_again_for_that_file),
        cmocka_unit_test(who_leaves_in_the_midst_comes_again_once),
        cmocka_unit_test(less_is_wasted_with_each_file),
        cmocka_unit_test(who_wasted_it_twice_gets_no_slot_any_more),
        cmocka_unit_test(after_it_there_is_time_for_those_it_kept_out),
        cmocka_unit_test(who_wasted_it_is_not_the_first_next_time),
        cmocka_unit_test(spoofed_joins_delay_nothing_and_starve_nobody),
        cmocka_unit_test(a_datagram_takes_no_place_away),
        cmocka_unit_test(sends_joiners_only_to_who_is_linked),
        cmocka_unit_test(the_first_to_connect_have_the_places),
        cmocka_unit_test(mute_callers_with_a_promise_give_way),
        cmocka_unit_test(too_late_at_the_place_it_asks_again),
        cmocka_unit_test(sent_to_who_was_no_use_it_asks_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
