/* test_join.c - the walk to a place in the tree, by the phone that looks for one. The phone asked
 * is in test_place.c.
 */
#include "tests/unit/emu/core/core_scene.h"

/* ---- the joiner ---------------------------------------------------------------------- */

static void accepted_it_connects_and_says_what_it_wants(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    struct wire_msg hello = play_link(b, 1, INDEX);
    assert_int_equal(b->conn[CONN_PARENT].ip, PEER(1));
    assert_string_equal(hello.model, MODEL);
    assert_string_equal(hello.file, INDEX);
    assert_int_equal(hello.offset, 0);
    play_alive(b, CONN_PARENT, 1, INDEX, 0);
    assert_state(b, PFS_CHILD);
    assert_int_equal(pfs_current(pfs_of(b))->depth, 2);
    assert_int_equal(phone_status(b->phone)->parent_ip, PEER(1));
    assert_int_equal(count_events(b, "\"event\":\"parent\",\"file\":\"" INDEX
                                     "\",\"parent\":\"10.106.0.21\""), 1);
    play_free(b);
}

static void follows_a_redirect(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    play_answer(b, 1, WIRE_REDIRECT, PEER(5), REASON_NONE);
    expect_udp(b, PEER(5), WIRE_JOIN);
    play_answer(b, 1, WIRE_ACCEPT, 0, REASON_NONE); /* not the one asked now */
    assert_state(b, PFS_JOIN);
    play_link(b, 5, INDEX);
    play_free(b);
}

static void a_redirect_to_nowhere_counts_as_a_turn(void **state)
{
    (void)state;
    static const uint32_t nowhere[] = {0, OWN_IP};
    for (size_t i = 0; i < 2; i++) {
        struct bench *b = play_new_joiner();
        play_answer(b, 1, WIRE_REDIRECT, nowhere[i], REASON_NONE);
        assert_state(b, PFS_YIELD); /* the root is still the root */
        assert_int_equal(pfs_of(b)->want.attempts, 1);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        expect_udp(b, PEER(1), WIRE_JOIN);
        play_free(b);
    }
}

static void refused_it_goes_to_the_root_named(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    play_answer(b, 1, WIRE_REFUSE, PEER(6), REASON_NOT_MEMBER);
    expect_udp(b, PEER(6), WIRE_JOIN);
    play_free(b);
}

static void refused_without_a_root_it_elects(void **state)
{
    (void)state;
    static const uint32_t none[] = {0, OWN_IP, PEER(1)};
    for (size_t i = 0; i < 3; i++) {
        struct bench *b = play_new_joiner();
        play_answer(b, 1, WIRE_REFUSE, none[i], REASON_NOT_MEMBER);
        assert_state(b, PFS_LISTENING);
        assert_null(root_known(pfs_of(b), wire_hierarchy(MODEL, INDEX)));
        play_free(b);
    }
}

static void busy_it_asks_again_and_does_not_give_up(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    for (int i = 0; i < PFS_JOIN_HOPS; i++) {
        usec from = b->now;
        play_answer(b, 1, WIRE_REFUSE, 0, REASON_BUSY);
        assert_state(b, PFS_JOIN);
        play_for(b, PFS_JOIN_TIMEOUT / 2 - 1);
        assert_null(next_udp(b));
        while (b->udp_at == b->udp_count)
            play_for(b, 10 * USEC_MS);
        assert_true(b->now - from <= PFS_JOIN_TIMEOUT / 2 + PFS_JOIN_TIMEOUT + 10 * USEC_MS);
        expect_udp(b, PEER(1), WIRE_JOIN);
    }
    play_answer(b, 1, WIRE_REFUSE, 0, REASON_BUSY); /* but not for ever */
    assert_state(b, PFS_LISTENING);
    play_free(b);
}

static void the_walk_is_bounded(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    for (int i = 0; i < PFS_JOIN_HOPS; i++) {
        play_answer(b, 1 + i % 2, WIRE_REDIRECT, PEER(1 + (i + 1) % 2), REASON_NONE);
        expect_udp(b, PEER(1 + (i + 1) % 2), WIRE_JOIN);
    }
    play_answer(b, 1, WIRE_REDIRECT, PEER(2), REASON_NONE);
    assert_state(b, PFS_LISTENING);
    play_free(b);
}

static void no_answer_marks_it_bad_and_elects(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    usec from = b->now;
    play_for(b, (PFS_JOIN_TRIES - 1) * PFS_JOIN_TIMEOUT);
    for (int i = 1; i < PFS_JOIN_TRIES; i++) {
        expect_udp(b, PEER(1), WIRE_JOIN);
        assert_int_equal(b->udp[b->udp_at - 1].at, from + (usec)i * PFS_JOIN_TIMEOUT);
    }
    assert_null(next_udp(b));
    play_for(b, PFS_JOIN_TIMEOUT);
    assert_state(b, PFS_LISTENING);
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    play_answer(b, 1, WIRE_ACCEPT, 0, REASON_NONE); /* too late */
    assert_state(b, PFS_LISTENING);
    play_free(b);
}

/* A subnet full of roots that answer once and no more: the phone helps itself in the end. */
static void after_so_many_turns_it_goes_to_the_server(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    for (int n = 2; n <= 1 + PFS_ATTEMPTS; n++) {
        assert_true(play_until(b, PFS_LISTENING, b->now + 10 * USEC_SEC));
        play_claim_and_answer(b, n, INDEX, STRENGTH_CONFIRMED | 9);
        assert_true(play_until(b, PFS_JOIN, b->now + 10 * USEC_SEC));
        assert_int_equal(count_requests(b, INDEX), 0);
    }
    assert_true(play_until(b, PFS_FALLBACK, b->now + 10 * USEC_SEC));
    assert_int_equal(count_events(b, "\"event\":\"fallback\",\"file\":\"" INDEX "\""), 1);
    while (pfs_of(b)->current != 1)
        play_for(b, 100 * USEC_MS);
    assert_int_equal(count_requests(b, INDEX), 1);
    assert_int_equal(pfs_of(b)->want.attempts, 0); /* the next file is a new chance */
    for (int n = 1; n <= 1 + PFS_ATTEMPTS; n++)
        assert_false(blame_shuns(pfs_of(b), PEER(n)));
    play_free(b);
}

static void answers_not_asked_for_change_nothing(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    struct wire_msg m = play_msg(WIRE_ACCEPT, 1, FIRST); /* for another file */
    play_udp(b, 1, &m);
    play_answer(b, 2, WIRE_ACCEPT, 0, REASON_NONE); /* from another phone */
    play_answer(b, 2, WIRE_REDIRECT, PEER(3), REASON_NONE);
    play_answer(b, 2, WIRE_REFUSE, 0, REASON_NOT_MEMBER);
    assert_state(b, PFS_JOIN);
    play_link(b, 1, INDEX);
    play_answer(b, 1, WIRE_ACCEPT, 0, REASON_NONE); /* twice */
    play_answer(b, 1, WIRE_REFUSE, 0, REASON_NOT_MEMBER);
    assert_state(b, PFS_LINK);
    play_free(b);
}

static void depth_does_not_wrap(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    struct wire_msg m = play_msg(WIRE_ACCEPT, 1, INDEX);
    m.depth = 255;
    play_udp(b, 1, &m);
    assert_int_equal(pfs_current(pfs_of(b))->depth, 255);
    play_free(b);
}

static void without_a_first_word_it_turns_elsewhere(void **state)
{
    (void)state;
    for (int connected = 0; connected < 2; connected++) {
        struct bench *b = play_new_joiner();
        play_answer(b, 1, WIRE_ACCEPT, 0, REASON_NONE);
        if (connected)
            play_connected(b);
        play_for(b, PFS_LINK_TIMEOUT);
        assert_state(b, PFS_LISTENING);
        assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_FREE);
        assert_true(blame_shuns(pfs_of(b), PEER(1)));
        play_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_it_connects_and_says_what_it_wants),
        cmocka_unit_test(follows_a_redirect),
        cmocka_unit_test(a_redirect_to_nowhere_counts_as_a_turn),
        cmocka_unit_test(refused_it_goes_to_the_root_named),
        cmocka_unit_test(refused_without_a_root_it_elects),
        cmocka_unit_test(busy_it_asks_again_and_does_not_give_up),
        cmocka_unit_test(the_walk_is_bounded),
        cmocka_unit_test(no_answer_marks_it_bad_and_elects),
        cmocka_unit_test(after_so_many_turns_it_goes_to_the_server),
        cmocka_unit_test(answers_not_asked_for_change_nothing),
        cmocka_unit_test(depth_does_not_wrap),
        cmocka_unit_test(without_a_first_word_it_turns_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
