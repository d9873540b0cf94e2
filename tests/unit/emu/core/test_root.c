/* test_root.c - a confirmed root among late claimers, rivals and old acquaintances. */
#include "tests/unit/emu/core/core_scene.h"

static void answers_a_late_claimer_and_stays_root(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(WEAK);
    play_to(b, PFS_CLAIM);
    assert_int_equal(phone_status(b->phone)->root, 0);
    play_to(b, PFS_ROOT_WAIT);
    assert_int_equal(phone_status(b->phone)->root, 1);
    forget_udp(b);
    play_claim(b, 1, INDEX, STRONG, false);
    const struct wire_msg *m = expect_udp(b, 0, WIRE_CLAIM); /* the first of a tick: to all */
    assert_true(m->confirmed);
    assert_int_equal(m->strength, WEAK | STRENGTH_CONFIRMED);
    play_claim(b, 2, INDEX, STRONG, false);
    assert_true(expect_udp(b, PEER(2), WIRE_CLAIM)->confirmed);
    play_for(b, PFS_TICK);
    play_claim(b, 3, INDEX, STRONG, false);
    expect_udp(b, 0, WIRE_CLAIM);
    assert_state(b, PFS_ROOT_WAIT);
    play_free(b);
}

static void a_stronger_root_makes_it_demote(void **state)
{
    (void)state;
    static const enum pfs_state when[] = {PFS_ROOT_WAIT, PFS_ROOT_FETCH};
    for (size_t i = 0; i < 2; i++) {
        struct bench *b = play_new_strong(WEAK);
        play_to(b, PFS_ROOT_WAIT);
        int child = play_child(b, 2, INDEX);
        play_alive(b, child, 2, INDEX, 0);
        assert_true(play_until(b, when[i], b->now + 12 * USEC_SEC));
        assert_int_equal(b->downloading, when[i] == PFS_ROOT_FETCH);
        play_claim_and_answer(b, 1, INDEX, STRENGTH_CONFIRMED | STRONG);
        assert_state(b, PFS_YIELD);
        assert_false(b->downloading); /* the fetch was stopped */
        assert_int_equal(b->reply_len, 0);
        expect_tcp(b, child, WIRE_ALIVE, NULL, NULL);
        while (b->conn[child].out[b->conn[child].out_at + 3] == WIRE_ALIVE)
            expect_tcp(b, child, WIRE_ALIVE, NULL, NULL);
        assert_int_equal(expect_tcp(b, child, WIRE_GOODBYE, NULL, NULL).reason, REASON_ROOT_LOST);
        assert_int_equal(b->conn[child].state, CONN_IS_FREE);
        forget_udp(b);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        expect_udp(b, PEER(1), WIRE_JOIN);
        play_free(b);
    }
}

static void a_weaker_root_is_told_of_us(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(STRONG);
    play_to(b, PFS_ROOT_WAIT);
    forget_udp(b);
    play_claim(b, 1, INDEX, STRENGTH_CONFIRMED | WEAK, true);
    assert_state(b, PFS_ROOT_WAIT);
    assert_true(expect_udp(b, 0, WIRE_CLAIM)->confirmed);
    play_free(b);
}

/* The fetch of a demoted root may have overwritten what a peer had sent it before: it must not
 * offer that part as a beginning. */
static void a_demoted_root_holds_no_beginning(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(WEAK);
    bench_put_sample(b->flash, "small", INDEX);
    play_to_child(b, 1, FIRST);
    play_file(b, 1, FIRST, 0);
    const struct bench_file *f = bench_find(b->server, FIRST);
    play_data(b, CONN_PARENT, 1, FIRST, f->data, 1000);
    play_closed(b, CONN_PARENT); /* the root is lost: an election, which we win */
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 20 * USEC_SEC));
    play_claim_and_answer(b, 2, FIRST, STRENGTH_CONFIRMED | STRONG);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    struct wire_msg hello = play_link(b, 2, FIRST);
    assert_int_equal(hello.offset, 0);
    play_file(b, 2, FIRST, 0);
    play_data(b, CONN_PARENT, 2, FIRST, f->data, f->len);
    assert_int_equal(bench_find(b->flash, FIRST)->len, f->len);
    play_free(b);
}

static void a_holder_answers_for_earlier_files(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(STRONG);
    play_to(b, PFS_ROOT_FETCH);
    while (pfs_of(b)->current != 1)
        play_for(b, 100 * USEC_MS);
    play_for(b, 5 * USEC_SEC); /* no claim of ours is due to it */
    forget_udp(b);
    play_claim(b, 1, INDEX, STRONG, false);
    const struct wire_msg *m = expect_udp(b, 0, WIRE_CLAIM);
    assert_string_equal(m->file, INDEX);
    assert_true(m->confirmed);
    play_free(b);
}

/* Of two trees that both hold the file only the stronger root goes on saying so. */
static void a_root_that_holds_the_file_gives_up_no_more_than_its_title(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(WEAK);
    play_to(b, PFS_ROOT_WAIT);
    int child = play_child(b, 1, INDEX);
    assert_true(play_until(b, PFS_SERVE, b->now + 20 * USEC_SEC));
    play_claim_and_answer(b, 2, INDEX, STRENGTH_CONFIRMED | STRONG);
    assert_state(b, PFS_SERVE);
    assert_int_equal(b->conn[child].state, CONN_IS_OPEN);
    assert_false(pfs_of(b)->files[0].rooted);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_a_late_claimer_and_stays_root),
        cmocka_unit_test(a_stronger_root_makes_it_demote),
        cmocka_unit_test(a_weaker_root_is_told_of_us),
        cmocka_unit_test(a_demoted_root_holds_no_beginning),
        cmocka_unit_test(a_holder_answers_for_earlier_files),
        cmocka_unit_test(a_root_that_holds_the_file_gives_up_no_more_than_its_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
