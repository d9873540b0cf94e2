/* test_bad_child.c - as a parent of children that lie or stand still, and the callers' lobby. */
#include "tests/unit/emu/core/core_scene.h"

/* ---- children that are not ----------------------------------------------------------- */

static void a_child_that_sends_data_is_let_go(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_child(b, 1, FIRST);
    play_data(b, conn, 1, FIRST, "abc", 3);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
    play_free(b);
}

static void a_child_that_talks_nonsense_is_let_go(void **state)
{
    (void)state;
    static const enum wire_type bad[] = {WIRE_HELLO, WIRE_FILE, WIRE_CLAIM, WIRE_DATA};
    for (size_t i = 0; i <= sizeof bad / sizeof *bad; i++) {
        struct bench *b = play_new_root();
        int conn = play_child(b, 1, FIRST);
        if (i < sizeof bad / sizeof *bad)
            play_say(b, conn, 1, bad[i], FIRST);
        else
            play_bytes(b, conn, "nonsense, and more of the same kind", 35);
        assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
        assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 1);
        play_free(b);
    }
    struct bench *b = play_new_root(); /* DONE before there was anything to be done with */
    int conn = play_child(b, 1, FIRST);
    play_say(b, conn, 1, WIRE_DONE, FIRST);
    assert_int_equal(count_events(b, "\"why\":\"done\""), 0);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    play_free(b);
}

static void goodbye_from_a_child_for_every_reason(void **state)
{
    (void)state;
    for (int reason = 0; reason < REASON_COUNT; reason++) {
        struct bench *b = play_new_root();
        int conn = play_child(b, 1, FIRST);
        struct wire_msg m = play_msg(WIRE_GOODBYE, 1, FIRST);
        m.reason = (uint8_t)reason;
        play_tcp(b, conn, &m);
        assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
        assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
        play_free(b);
    }
}

/* Frozen or unplugged: its link stays open, and it says nothing any more. */
static void a_waiting_child_that_is_silent_is_let_go(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_child(b, 1, FIRST);
    for (int i = 0; i < 2; i++) {
        play_for(b, PFS_ALIVE);
        play_alive(b, conn, 1, FIRST, 0);
    }
    b->server_down = true;
    play_for(b, PFS_SILENCE - 1);
    assert_int_equal(b->conn[conn].state, CONN_IS_OPEN);
    play_for(b, 1);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    assert_int_equal(count_events(b, "\"why\":\"made no progress\""), 1);
    play_free(b);
}

/* It says ALIVE, but takes nothing. */
static void a_child_that_takes_nothing_is_let_go(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_child(b, 1, FIRST);
    play_for(b, PFS_ALIVE);
    play_alive(b, conn, 1, FIRST, 0);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 10 * USEC_SEC));
    b->hold_sent = true;
    play_fetch(b);
    for (int i = 0; i < 2; i++) {
        play_for(b, PFS_ALIVE);
        play_alive(b, conn, 1, FIRST, 0);
    }
    play_for(b, PFS_SILENCE - 2 * PFS_ALIVE);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    play_for(b, PFS_LINGER);
    assert_int_equal(pfs_of(b)->current, 2);
    play_free(b);
}

static void a_served_child_that_is_silent_is_let_go(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    play_child(b, 1, FIRST);
    play_fetch(b);
    play_for(b, PFS_SILENCE + PFS_LINGER);
    assert_int_equal(pfs_of(b)->current, 2);
    play_free(b);
}

/* Alive for ever, done never. */
static void nobody_waits_for_a_child_for_ever(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_child(b, 1, FIRST);
    play_fetch(b);
    usec from = b->now;
    while (pfs_of(b)->current == 1 && b->now < from + 2 * PFS_SERVE_LIMIT) {
        play_alive(b, conn, 1, FIRST, 1);
        play_for(b, PFS_ALIVE);
    }
    assert_in_range(b->now - from, PFS_DONE, PFS_DONE + PFS_LEVELS * PFS_DONE_LEVEL + PFS_ALIVE);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    play_free(b);
}

/* Ever new ones: it goes on nevertheless, and serves them beside. */
static void nobody_waits_for_ever_new_children(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    play_child(b, 1, FIRST);
    play_fetch(b);
    usec from = b->now;
    for (int n = 2; pfs_of(b)->current == 1 && n < 200; n++) {
        play_for(b, PFS_SILENCE / 2);
        play_child(b, n, FIRST);
    }
    assert_in_range(b->now - from, PFS_SERVE_LIMIT, PFS_SERVE_LIMIT + PFS_SILENCE);
    play_free(b);
}

/* ---- the lobby ----------------------------------------------------------------------- */

static void the_lobby_holds_so_many_and_empties_itself(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    for (int n = 0; n < CONN_PEERS - CONN_LOBBY; n++)
        assert_int_not_equal(play_connect(b, 1 + n), CONN_NONE);
    assert_int_equal(play_connect(b, 100), CONN_NONE);
    play_for(b, PFS_LINK_TIMEOUT - 1);
    assert_int_equal(play_connect(b, 100), CONN_NONE);
    play_for(b, 1);
    for (int i = CONN_LOBBY; i < CONN_PEERS; i++)
        assert_int_equal(b->conn[i].state, CONN_IS_FREE);
    assert_int_not_equal(play_connect(b, 100), CONN_NONE);
    play_free(b);
}

static void one_address_has_one_place_in_the_lobby(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_connect(b, 1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(play_connect(b, 1), CONN_NONE);
    assert_int_not_equal(play_connect(b, 2), CONN_NONE);
    play_closed(b, conn);
    assert_int_not_equal(play_connect(b, 1), CONN_NONE);
    play_free(b);
}

static void callers_that_do_not_say_hello_are_sent_away(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct bench *b = play_new_root();
        int conn = play_connect(b, 1);
        if (i == 0)
            play_say(b, conn, 1, WIRE_ALIVE, FIRST);
        else if (i == 1)
            play_data(b, conn, 1, FIRST, "abc", 3);
        else if (i == 2)
            play_bytes(b, conn, "GET / HTTP/1.0\r\n\r\n......", 24);
        else
            play_say(b, conn, 1, WIRE_HELLO, FIRST); /* not promised anything */
        assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
        assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
        play_free(b);
    }
}

/* HELLO split anywhere, with the next message behind it in the same bytes. */
static void hello_split_anywhere(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct wire_msg m = play_msg(WIRE_HELLO, 1, FIRST);
    size_t len = wire_encode(&m, 0, bytes, sizeof bytes);
    m.type = WIRE_GOODBYE;
    size_t all = len + wire_encode(&m, 0, bytes + len, sizeof bytes - len);
    for (size_t split = 0; split <= all; split++) {
        struct bench *b = play_new_root();
        m.type = WIRE_JOIN;
        play_udp(b, 1, &m);
        int conn = play_connect(b, 1);
        play_bytes(b, conn, bytes, split);
        conn = split < len ? conn : CONN_CHILD0;
        if (b->conn[conn].state == CONN_IS_OPEN)
            play_bytes(b, conn, bytes + split, all - split);
        assert_int_equal(count_events(b, "\"event\":\"child\""), 1);
        assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 1);
        assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
        play_free(b);
    }
}

/* Closed after any byte of what a child says: no slot stays behind. */
static void a_child_cut_anywhere_leaves_nothing(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct wire_msg m = play_msg(WIRE_HELLO, 1, FIRST);
    size_t len = wire_encode(&m, 0, bytes, sizeof bytes), hello_len = len;
    m.type = WIRE_ALIVE;
    len += wire_encode(&m, 0, bytes + len, sizeof bytes - len);
    for (size_t cut = 0; cut <= len; cut++) {
        struct bench *b = play_new_root();
        m.type = WIRE_JOIN;
        play_udp(b, 1, &m);
        int conn = play_connect(b, 1);
        play_bytes(b, conn, bytes, cut);
        play_closed(b, cut < hello_len ? conn : CONN_CHILD0);
        play_for(b, PFS_LINK_TIMEOUT); /* a promise that was not used */
        for (int i = 0; i < 2; i++)
            assert_int_equal(pfs_of(b)->below.slots[i].state, SLOT_FREE);
        for (int i = 0; i < CONN_PEERS; i++)
            assert_int_equal(b->conn[i].state, CONN_IS_FREE);
        play_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_that_sends_data_is_let_go),
        cmocka_unit_test(a_child_that_talks_nonsense_is_let_go),
        cmocka_unit_test(goodbye_from_a_child_for_every_reason),
        cmocka_unit_test(a_waiting_child_that_is_silent_is_let_go),
        cmocka_unit_test(a_child_that_takes_nothing_is_let_go),
        cmocka_unit_test(a_served_child_that_is_silent_is_let_go),
        cmocka_unit_test(nobody_waits_for_a_child_for_ever),
        cmocka_unit_test(nobody_waits_for_ever_new_children),
        cmocka_unit_test(the_lobby_holds_so_many_and_empties_itself),
        cmocka_unit_test(one_address_has_one_place_in_the_lobby),
        cmocka_unit_test(callers_that_do_not_say_hello_are_sent_away),
        cmocka_unit_test(hello_split_anywhere),
        cmocka_unit_test(a_child_cut_anywhere_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
