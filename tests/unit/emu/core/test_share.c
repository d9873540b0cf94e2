/* test_share.c - as a child: receiving a file from a parent that is honest, and may leave. */
#include "tests/unit/emu/core/core_scene.h"

static void assert_holds_first(struct bench *b)
{
    const struct bench_file *f = bench_find(b->flash, FIRST);
    assert_non_null(f);
    assert_int_equal(f->len, first_file(b)->len);
    assert_memory_equal(f->data, first_file(b)->data, f->len);
}

/* ---- an honest parent ---------------------------------------------------------------- */

static void receives_checks_and_says_done(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 20000);
    assert_null(bench_find(b->flash, FIRST)); /* not before it is whole */
    play_receive(b, 1, 20000, first_file(b)->len);
    assert_holds_first(b);
    expect_tcp(b, CONN_PARENT, WIRE_DONE, NULL, NULL);
    assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_FREE);
    assert_int_equal(count_events(b, "\"event\":\"fetched\",\"file\":\"" FIRST
                                     "\",\"from\":\"10.106.0.21\""), 1);
    assert_int_equal(count_events(b, "\"event\":\"authenticated\",\"file\":\"" FIRST
                                     "\",\"how\":\"signature\""), 1);
    assert_int_equal(pfs_of(b)->current, 2); /* on to the next */
    assert_int_equal(count_requests(b, FIRST), 0);
    play_free(b);
}

static void the_screen_shows_the_download(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    const struct screen *s = &phone_status(b->phone)->screen;
    assert_int_equal(s->box[0], BOX_NETWK);
    assert_int_equal(s->icon, 1);
    play_child(b, 3, FIRST); /* so that we stay at this file when it is whole */
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 20480);
    assert_int_equal(s->box[0], BOX_DOWNL);
    assert_int_equal(s->kb, 20);
    assert_int_equal(s->percent, 20480 * 100 / first_file(b)->len);
    b->hold_sent = true;
    play_receive(b, 1, 20480, first_file(b)->len);
    assert_int_equal(s->box[0], BOX_WRITE);
    assert_int_equal(s->percent, 100);
    assert_string_equal(s->component, FIRST);
    assert_state(b, PFS_SERVE);
    play_free(b);
}

static void resumes_at_another_parent(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 12345);
    play_closed(b, CONN_PARENT);
    assert_state(b, PFS_LISTENING);
    play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    struct wire_msg hello = play_link(b, 2, FIRST);
    uint8_t digest[DIGEST_LEN];
    sha256(first_file(b)->data, first_file(b)->len, digest);
    assert_int_equal(hello.offset, 12345);
    assert_memory_equal(hello.digest, digest, DIGEST_LEN);
    play_file(b, 2, FIRST, 12345);
    play_receive(b, 2, 12345, first_file(b)->len);
    assert_holds_first(b);
    play_free(b);
}

static void resumes_at_the_very_end(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, first_file(b)->len - 1);
    play_closed(b, CONN_PARENT);
    play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    play_link(b, 2, FIRST);
    play_file(b, 2, FIRST, first_file(b)->len - 1);
    play_receive(b, 2, first_file(b)->len - 1, first_file(b)->len);
    assert_holds_first(b);
    play_free(b);
}

static void starts_anew_with_another_digest(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    struct wire_msg m = play_msg(WIRE_FILE, 1, FIRST);
    m.size = 5000; /* what the first parent had was something else */
    play_tcp(b, CONN_PARENT, &m);
    play_data(b, CONN_PARENT, 1, FIRST, first_file(b)->data, 1000);
    play_closed(b, CONN_PARENT);
    play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    assert_int_equal(play_link(b, 2, FIRST).offset, 1000);
    play_file(b, 2, FIRST, 0);
    play_receive(b, 2, 0, first_file(b)->len);
    assert_holds_first(b);
    play_free(b);
}

/* ---- a parent that leaves ------------------------------------------------------------ */

static void goodbye_for_every_reason(void **state)
{
    (void)state;
    for (int reason = 0; reason < REASON_COUNT; reason++) {
        struct bench *b = play_new_child();
        struct wire_msg m = play_msg(WIRE_GOODBYE, 1, FIRST);
        m.reason = (uint8_t)reason;
        play_tcp(b, CONN_PARENT, &m);
        assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_FREE);
        assert_int_equal(blame_shuns(pfs_of(b), PEER(1)), reason == REASON_FETCH_FAILED);
        char why[80];
        snprintf(why, sizeof why, "\"why\":\"%s\"", wire_reason_text[reason]);
        assert_int_equal(count_events(b, why), 1);
        /* Busy: the root is still there. */
        assert_state(b, reason == REASON_BUSY ? PFS_YIELD : PFS_LISTENING);
        play_free(b);
    }
}

/* On a bad network the phone's own parents are honest, and lose theirs again and again. */
static void a_loss_further_up_is_no_failed_turn(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    struct wire_msg m = play_msg(WIRE_GOODBYE, 1, FIRST);
    m.reason = REASON_ROOT_LOST;
    play_tcp(b, CONN_PARENT, &m);
    for (unsigned i = 1; i < 2 * PFS_ATTEMPTS; i++) {
        play_claim(b, 1, FIRST, STRENGTH_CONFIRMED | 7, true);
        assert_true(play_until(b, PFS_JOIN, b->now + 2 * USEC_SEC));
        play_link(b, 1, FIRST);
        play_tcp(b, CONN_PARENT, &m);
    }
    assert_int_equal(pfs_of(b)->want.attempts, 0);
    assert_int_equal(count_events(b, "\"event\":\"fallback\""), 0);
    for (unsigned i = 0; pfs_of(b)->state != PFS_FALLBACK && i < 2 * PFS_LOSSES; i++) {
        play_claim(b, 1, FIRST, STRENGTH_CONFIRMED | 7, true);
        if (!play_until(b, PFS_JOIN, b->now + 2 * USEC_SEC))
            break; /* it is held bad by now: the phone looks elsewhere */
        play_link(b, 1, FIRST);
        play_tcp(b, CONN_PARENT, &m);
    }
    assert_in_range(pfs_of(b)->want.losses, PFS_LOSSES, PFS_LOSSES + PFS_ATTEMPTS);
    play_free(b);
}

/* A liar is heard twice where an honest parent passes its word on; what a third says must be so. */
static void told_three_times_that_the_server_has_it_not_it_asks_itself(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    for (unsigned i = 1; i <= 3; i++) {
        struct wire_msg m = play_msg(WIRE_GOODBYE, i, FIRST);
        m.reason = REASON_FETCH_FAILED;
        play_tcp(b, CONN_PARENT, &m);
        assert_int_equal(count_events(b, "\"event\":\"fallback\""), i == 3);
        if (i == 3)
            break;
        assert_state(b, PFS_LISTENING);
        play_claim_and_answer(b, i + 1, FIRST, STRENGTH_CONFIRMED | 7);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        play_link(b, i + 1, FIRST);
    }
    assert_state(b, PFS_FALLBACK);
    assert_int_equal(count_requests(b, FIRST), 0);
    while (pfs_of(b)->current == 1)
        play_for(b, 100 * USEC_MS);
    assert_int_equal(count_requests(b, FIRST), 1);
    play_free(b);
}

/* Peer 5 was reached through the root, peer 1, which is still there. */
static void losing_a_parent_that_is_not_the_root_leads_back_to_it(void **state)
{
    (void)state;
    static const enum wire_reason reasons[] = {REASON_LEAVING, REASON_PARENT_LOST, REASON_STALLED};
    for (size_t i = 0; i < 3; i++) {
        struct bench *b = play_new();
        bench_put_sample(b->flash, "small", INDEX);
        play_to_join(b, 1, FIRST);
        struct wire_msg m = play_msg(WIRE_REDIRECT, 1, FIRST);
        m.ip = PEER(5);
        play_udp(b, 1, &m);
        expect_udp(b, PEER(5), WIRE_JOIN);
        play_link(b, 5, FIRST);
        m = play_msg(WIRE_GOODBYE, 5, FIRST);
        m.reason = (uint8_t)reasons[i];
        play_tcp(b, CONN_PARENT, &m);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        expect_udp(b, PEER(1), WIRE_JOIN);
        play_free(b);
    }
}

/* Its own children go first, so that no circle can form. */
static void lets_its_children_go_before_it_asks_again(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    int below = play_child(b, 3, FIRST);
    forget_udp(b);
    struct wire_msg join = play_msg(WIRE_JOIN, 4, FIRST);
    play_udp(b, 4, &join); /* a promise, too */
    play_closed(b, CONN_PARENT);
    assert_int_equal(b->conn[below].state, CONN_IS_FREE);
    expect_tcp(b, below, WIRE_ALIVE, NULL, NULL);
    assert_int_equal(expect_tcp(b, below, WIRE_GOODBYE, NULL, NULL).reason, REASON_ROOT_LOST);
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
    assert_int_equal(pfs_of(b)->below.slots[1].state, SLOT_FREE);
    play_free(b);
}

/* ---- split and cut streams ----------------------------------------------------------- */

#define CUT_SIZE 300 /* bytes of the cnu file that the script below brings */

/* ALIVE, FILE, DATA, DATA, GOODBYE: all that a parent may say. */
static size_t script(struct bench *b, uint8_t out[1024])
{
    struct wire_msg m = play_msg(WIRE_ALIVE, 1, FIRST);
    size_t at = wire_encode(&m, 0, out, 1024);
    m = play_msg(WIRE_FILE, 1, FIRST);
    m.size = first_file(b)->len;
    sha256(first_file(b)->data, first_file(b)->len, m.digest);
    at += wire_encode(&m, 0, out + at, 1024 - at);
    for (size_t i = 0; i < 2; i++) {
        m = play_msg(WIRE_DATA, 1, FIRST);
        at += wire_encode(&m, CUT_SIZE / 2, out + at, 1024 - at);
        memcpy(out + at, first_file(b)->data + i * CUT_SIZE / 2, CUT_SIZE / 2);
        at += CUT_SIZE / 2;
    }
    m = play_msg(WIRE_GOODBYE, 1, FIRST);
    return at + wire_encode(&m, 0, out + at, 1024 - at);
}

static void a_stream_split_anywhere_is_the_same(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    uint8_t bytes[1024];
    size_t len = script(b, bytes);
    play_free(b);
    for (size_t split = 0; split <= len; split++) {
        b = play_new_child();
        play_bytes(b, CONN_PARENT, bytes, split);
        if (b->conn[CONN_PARENT].state == CONN_IS_OPEN)
            play_bytes(b, CONN_PARENT, bytes + split, len - split);
        assert_int_equal(b->download.len, CUT_SIZE);
        assert_memory_equal(b->download.data, first_file(b)->data, CUT_SIZE);
        assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_FREE);
        play_free(b);
    }
}

/* Cut after any byte, it goes on at another parent and ends with the same file. */
static void a_stream_cut_anywhere_is_resumed(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    uint8_t bytes[1024];
    size_t len = script(b, bytes) - WIRE_HEADER - 1; /* not the GOODBYE */
    play_free(b);
    for (size_t cut = 0; cut <= len; cut++) {
        b = play_new_child();
        play_bytes(b, CONN_PARENT, bytes, cut);
        play_closed(b, CONN_PARENT);
        assert_state(b, PFS_LISTENING);
        play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        size_t held = (size_t)play_link(b, 2, FIRST).offset;
        assert_int_equal(held, b->download.len);
        play_file(b, 2, FIRST, held);
        play_receive(b, 2, held, first_file(b)->len);
        assert_holds_first(b);
        play_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receives_checks_and_says_done),
        cmocka_unit_test(the_screen_shows_the_download),
        cmocka_unit_test(resumes_at_another_parent),
        cmocka_unit_test(resumes_at_the_very_end),
        cmocka_unit_test(starts_anew_with_another_digest),
        cmocka_unit_test(goodbye_for_every_reason),
        cmocka_unit_test(a_loss_further_up_is_no_failed_turn),
        cmocka_unit_test(told_three_times_that_the_server_has_it_not_it_asks_itself),
        cmocka_unit_test(losing_a_parent_that_is_not_the_root_leads_back_to_it),
        cmocka_unit_test(lets_its_children_go_before_it_asks_again),
        cmocka_unit_test(a_stream_split_anywhere_is_the_same),
        cmocka_unit_test(a_stream_cut_anywhere_is_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
