/* test_place.c - the phone asked for a place: keeps, redirects, refuses. */
#include "tests/unit/emu/core/core_scene.h"

static struct bench *rooting(void)
{
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_WAIT);
    forget_udp(b);
    return b;
}

static const struct wire_msg *ask(struct bench *b, int n, const char *file, enum wire_type answered)
{
    struct wire_msg m = play_msg(WIRE_JOIN, n, file);
    forget_udp(b);
    play_udp(b, n, &m);
    return expect_udp(b, PEER(n), answered);
}

static void has_two_places_and_redirects_the_third(void **state)
{
    (void)state;
    struct bench *b = rooting();
    assert_int_equal(ask(b, 1, INDEX, WIRE_ACCEPT)->depth, 1);
    assert_int_equal(ask(b, 2, INDEX, WIRE_ACCEPT)->depth, 1);
    play_child(b, 1, INDEX);
    play_child(b, 2, INDEX);
    for (int i = 0; i < 10; i++) { /* to the child through which fewer have passed */
        const struct wire_msg *m = ask(b, 3 + i, INDEX, WIRE_REDIRECT);
        assert_int_equal(m->ip, PEER(1 + i % 2));
        assert_int_equal(m->depth, 1);
    }
    assert_int_equal(pfs_of(b)->below.slots[0].passed, 5);
    assert_int_equal(pfs_of(b)->below.slots[1].passed, 5);
    play_free(b);
}

static void a_new_child_takes_its_share_of_joiners(void **state)
{
    (void)state;
    struct bench *b = rooting();
    play_child(b, 1, INDEX);
    int second = play_child(b, 2, INDEX);
    ask(b, 3, INDEX, WIRE_REDIRECT);
    ask(b, 4, INDEX, WIRE_REDIRECT);
    play_closed(b, second);
    play_child(b, 5, INDEX);
    assert_int_equal(ask(b, 6, INDEX, WIRE_REDIRECT)->ip, PEER(5));
    play_free(b);
}

static void asking_again_gets_the_same_place(void **state)
{
    (void)state;
    struct bench *b = rooting();
    ask(b, 1, INDEX, WIRE_ACCEPT);
    for (int i = 0; i < 3; i++) {
        play_for(b, USEC_SEC);
        ask(b, 1, INDEX, WIRE_ACCEPT);
    }
    int child = play_child(b, 1, INDEX);
    for (int i = 0; i < 3; i++)
        ask(b, 1, INDEX, WIRE_ACCEPT);
    assert_int_equal(play_child(b, 1, INDEX), child);
    play_free(b);
}

static void a_promise_runs_out(void **state)
{
    (void)state;
    struct bench *b = rooting();
    ask(b, 1, INDEX, WIRE_ACCEPT);
    play_for(b, PFS_LINK_TIMEOUT - 1);
    play_for(b, 1);
    assert_int_equal(count_events(b, "child"), 0); /* it never was one */
    int conn = play_connect(b, 1);
    struct wire_msg m = play_msg(WIRE_HELLO, 1, INDEX);
    play_tcp(b, conn, &m);
    assert_int_equal(expect_tcp(b, conn, WIRE_GOODBYE, NULL, NULL).reason, REASON_BUSY);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    play_free(b);
}

/* It has lost us before we lost it: its new link takes the place of the old one. */
static void a_linked_child_that_links_anew_keeps_its_place(void **state)
{
    (void)state;
    struct bench *b = rooting();
    int child = play_child(b, 1, INDEX);
    play_child(b, 2, INDEX);
    ask(b, 1, INDEX, WIRE_ACCEPT);
    assert_int_equal(play_child(b, 1, INDEX), child);
    assert_int_equal(b->conn[child].state, CONN_IS_OPEN);
    assert_int_equal(pfs_of(b)->below.slots[child - CONN_CHILD0].state, SLOT_WAITING);
    assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 1);
    assert_int_equal(count_events(b, "\"event\":\"child\""), 3);
    play_free(b);
}

/* JOIN is a datagram: one sent again may come when the link stands already. */
static void a_late_join_does_not_end_a_link(void **state)
{
    (void)state;
    struct bench *b = rooting();
    int child = play_child(b, 1, INDEX);
    ask(b, 1, INDEX, WIRE_ACCEPT);
    assert_int_equal(b->conn[child].state, CONN_IS_OPEN);
    assert_int_equal(pfs_of(b)->below.slots[child - CONN_CHILD0].state, SLOT_WAITING);
    assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 0);
    play_free(b);
}

/* Another phone cannot have a child let go by using its number. */
static void a_place_belongs_to_an_address(void **state)
{
    (void)state;
    struct bench *b = rooting();
    int child = play_child(b, 1, INDEX);
    struct wire_msg m = play_msg(WIRE_JOIN, 1, INDEX);
    forget_udp(b);
    play_udp(b, 9, &m);
    expect_udp(b, PEER(9), WIRE_ACCEPT); /* the other slot */
    assert_int_equal(b->conn[child].state, CONN_IS_OPEN);
    play_free(b);
}

static void refuses_what_it_has_no_part_in(void **state)
{
    (void)state;
    struct bench *b = rooting();
    play_claim(b, 7, FIRST, STRENGTH_CONFIRMED, true); /* the root of another file */
    const struct wire_msg *m = ask(b, 1, FIRST, WIRE_REFUSE);
    assert_int_equal(m->reason, REASON_NOT_MEMBER);
    assert_int_equal(m->ip, PEER(7));
    assert_int_equal(ask(b, 7, FIRST, WIRE_REFUSE)->ip, 0); /* itself is no news to it */
    assert_int_equal(ask(b, 1, "unheard.sbn", WIRE_REFUSE)->ip, 0);
    struct wire_msg other = play_msg(WIRE_JOIN, 1, INDEX); /* our h, another name and model */
    snprintf(other.file, sizeof other.file, "other.sbn");
    play_udp(b, 1, &other);
    assert_int_equal(expect_udp(b, PEER(1), WIRE_REFUSE)->reason, REASON_NOT_MEMBER);
    other = play_msg(WIRE_JOIN, 1, INDEX);
    snprintf(other.model, sizeof other.model, "CP-7970G");
    play_udp(b, 1, &other);
    assert_int_equal(expect_udp(b, PEER(1), WIRE_REFUSE)->reason, REASON_NOT_MEMBER);
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
    play_free(b);
}

static void a_claimer_is_busy(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_CLAIM);
    assert_int_equal(ask(b, 1, INDEX, WIRE_REFUSE)->reason, REASON_BUSY);
    play_free(b);
}

/* Who has no place itself, or is at the server by itself, takes nobody in. */
static void refuses_while_it_has_no_place(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    assert_int_equal(ask(b, 2, INDEX, WIRE_REFUSE)->reason, REASON_NOT_MEMBER);
    assert_int_equal(ask(b, 1, INDEX, WIRE_REFUSE)->ip, 0); /* each other's target */
    pfs_of(b)->want.attempts = PFS_ATTEMPTS;
    play_answer(b, 1, WIRE_REFUSE, 0, REASON_NOT_MEMBER);
    assert_state(b, PFS_FALLBACK);
    assert_int_equal(ask(b, 2, INDEX, WIRE_REFUSE)->reason, REASON_NOT_MEMBER);
    play_free(b);
}

static void two_phones_that_are_each_others_target_part(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    ask(b, 1, INDEX, WIRE_REFUSE);
    play_answer(b, 1, WIRE_REFUSE, OWN_IP, REASON_NOT_MEMBER);
    assert_state(b, PFS_LISTENING);
    play_free(b);
}

static void takes_children_while_it_is_a_child(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    play_link(b, 1, INDEX);
    assert_int_equal(ask(b, 2, INDEX, WIRE_ACCEPT)->depth, 2);
    assert_int_equal(ask(b, 1, INDEX, WIRE_REFUSE)->reason, REASON_NOT_MEMBER); /* its parent */
    play_free(b);
}

/* A latecomer for an earlier file goes down past children that are further on: they hold it. */
static void a_latecomer_is_sent_to_children_that_are_further(void **state)
{
    (void)state;
    struct bench *b = rooting();
    while (pfs_of(b)->current != 1 || pfs_of(b)->state != PFS_ROOT_WAIT)
        play_for(b, 100 * USEC_MS);
    play_child(b, 1, FIRST);
    play_child(b, 2, FIRST);
    assert_int_equal(ask(b, 3, INDEX, WIRE_REDIRECT)->ip, PEER(1));
    assert_int_equal(ask(b, 4, INDEX, WIRE_REDIRECT)->ip, PEER(2));
    play_free(b);
}

/* The other way round they do not hold it yet. */
static void children_that_are_behind_make_it_busy(void **state)
{
    (void)state;
    struct bench *b = rooting();
    while (pfs_of(b)->current != 1 || pfs_of(b)->state != PFS_ROOT_WAIT)
        play_for(b, 100 * USEC_MS);
    b->hold_sent = true;
    play_child(b, 1, INDEX);
    play_child(b, 2, INDEX);
    assert_int_equal(ask(b, 3, FIRST, WIRE_REFUSE)->reason, REASON_BUSY);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_two_places_and_redirects_the_third),
        cmocka_unit_test(a_new_child_takes_its_share_of_joiners),
        cmocka_unit_test(asking_again_gets_the_same_place),
        cmocka_unit_test(a_promise_runs_out),
        cmocka_unit_test(a_linked_child_that_links_anew_keeps_its_place),
        cmocka_unit_test(a_late_join_does_not_end_a_link),
        cmocka_unit_test(a_place_belongs_to_an_address),
        cmocka_unit_test(refuses_what_it_has_no_part_in),
        cmocka_unit_test(a_claimer_is_busy),
        cmocka_unit_test(refuses_while_it_has_no_place),
        cmocka_unit_test(two_phones_that_are_each_others_target_part),
        cmocka_unit_test(takes_children_while_it_is_a_child),
        cmocka_unit_test(a_latecomer_is_sent_to_children_that_are_further),
        cmocka_unit_test(children_that_are_behind_make_it_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
