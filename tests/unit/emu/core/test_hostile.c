/* test_hostile.c - a LAN with a peer on it that means harm: its claims, its answers, its bytes and its
 * connections. What a child or a parent withstands from one peer by itself is in test_bad_parent.c
 * and test_bad_child.c.
 */
#include "tests/unit/emu/core/core_scene.h"

#define MAXIMAL 0xffffffffu
#define FAKES   200 /* addresses of the hostile peer: 1 and on */
#define HONEST  0

/* Has asked peer 1, the strongest root that can be, and got no answer: wary from here on. */
static struct bench *deceived(void)
{
    struct bench *b = play_new();
    b->random_fixed = true;
    b->random = 5;
    play_to(b, PFS_LISTENING);
    play_claim(b, 1, INDEX, MAXIMAL, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    assert_true(play_until(b, PFS_LISTENING, b->now + PFS_JOIN_TRIES * PFS_JOIN_TIMEOUT));
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    forget_udp(b);
    return b;
}

static void claims(struct bench *b, int from, int to, const char *file)
{
    for (int n = from; n <= to; n++)
        play_claim(b, n, file, MAXIMAL, true);
}

static void answers(struct bench *b, int n, const char *file, enum wire_type type,
                    enum wire_reason reason)
{
    struct wire_msg m = play_msg(type, n, file);
    m.depth = 1;
    m.ip = type == WIRE_REDIRECT ? PEER(9) : 0;
    m.reason = (uint8_t)reason;
    play_udp(b, n, &m);
}

/* Datagrams of that type since they were looked at last. */
static size_t count_udp(struct bench *b, enum wire_type type)
{
    size_t count = 0;
    for (const struct bench_datagram *d; (d = next_udp(b));)
        count += d->msg.type == type;
    return count;
}

/* ---- claims of maximal strength, and nobody behind them ------------------------------- */

/* Each new address says once a tick that it is the root. The phone becomes root all the same, at
 * its usual time, and the whole crowd has cost it the one turn that the first address took. */
static void many_silent_claimers_cost_one_turn(void **state)
{
    (void)state;
    struct bench *b = deceived();
    usec from = b->now;
    while (pfs_of(b)->state != PFS_ROOT_WAIT && b->now < from + 60 * USEC_SEC) {
        claims(b, 2, FAKES, INDEX);
        play_for(b, PFS_TICK / 2);
    }
    assert_state(b, PFS_ROOT_WAIT);
    usec healthy = PFS_LISTEN + PFS_LISTEN_SPREAD + (PFS_ADS + 1) * PFS_TICK;
    assert_in_range(b->now - from, healthy - PFS_TICK, healthy + PFS_TICK);
    assert_int_equal(pfs_of(b)->want.attempts, 1);
    for (int n = 1; n <= FAKES; n++)
        assert_int_equal(blame_shuns(pfs_of(b), PEER(n)), n == 1);
    assert_int_equal(count_events(b, "\"event\":\"fallback\""), 0);
    play_free(b);
}

/* A flood of claims is not answered by a flood of questions. */
static void asks_a_bounded_number_of_claimers(void **state)
{
    (void)state;
    struct bench *b = deceived();
    for (int i = 0; i < 50; i++)
        claims(b, 2, FAKES, INDEX);
    assert_int_equal(count_udp(b, WIRE_JOIN), PFS_DOUBTS);
    play_free(b);
}

/* Once wary, it is so for the files to come: nothing that was said of them before is believed. */
static void the_next_files_cost_nothing(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_LISTENING);
    claims(b, 2, 2, FIRST);
    claims(b, 1, 1, INDEX);
    while (pfs_of(b)->current != 2) {
        claims(b, 1, 30, INDEX);
        claims(b, 1, 30, FIRST);
        play_for(b, PFS_TICK);
        assert_true(b->now < 120 * USEC_SEC);
    }
    assert_int_equal(pfs_of(b)->want.attempts, 0);
    assert_int_equal(count_requests(b, INDEX), 1);
    assert_int_equal(count_requests(b, FIRST), 1);
    play_free(b);
}

/* A phone behind the claim answers, and is followed. */
static void a_claimer_that_answers_is_believed(void **state)
{
    (void)state;
    static const enum wire_type yes[] = {WIRE_ACCEPT, WIRE_REDIRECT, WIRE_REFUSE};
    for (size_t i = 0; i < 3; i++) {
        struct bench *b = deceived();
        claims(b, 2, 20, INDEX);
        assert_state(b, PFS_LISTENING);
        forget_udp(b);
        play_claim(b, 21, INDEX, STRENGTH_CONFIRMED | 9, true);
        assert_string_equal(expect_udp(b, PEER(21), WIRE_JOIN)->file, INDEX);
        answers(b, 21, INDEX, yes[i], REASON_BUSY);
        assert_state(b, PFS_YIELD);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        expect_udp(b, PEER(21), WIRE_JOIN);
        play_free(b);
    }
}

static void answers_that_prove_nothing(void **state)
{
    (void)state;
    struct bench *b = deceived();
    answers(b, 7, INDEX, WIRE_ACCEPT, 0); /* never asked */
    play_claim(b, 2, INDEX, MAXIMAL, true);
    answers(b, 2, INDEX, WIRE_REFUSE, REASON_NOT_MEMBER);
    answers(b, 3, INDEX, WIRE_ACCEPT, 0); /* somebody else's */
    answers(b, 2, FIRST, WIRE_ACCEPT, 0); /* of another file */
    answers(b, 1, INDEX, WIRE_ACCEPT, 0); /* now it speaks: too late */
    assert_state(b, PFS_LISTENING);
    play_for(b, PFS_JOIN_TIMEOUT + 1);
    answers(b, 2, INDEX, WIRE_ACCEPT, 0); /* too late as well */
    assert_state(b, PFS_CLAIM);
    play_free(b);
}

/* ---- against a root that is there ----------------------------------------------------- */

/* A tree stands, nobody has been deceived yet, and stronger roots turn up that do not answer. */
static void a_root_does_not_step_down_for_a_word(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_WAIT);
    int conn = play_child(b, HONEST + 50, INDEX);
    usec from = b->now;
    forget_udp(b);
    claims(b, 1, 20, INDEX);
    assert_int_equal(count_udp(b, WIRE_JOIN), 20);
    assert_state(b, PFS_ROOT_WAIT);
    assert_int_equal(b->conn[conn].state, CONN_IS_OPEN);
    assert_true(play_until(b, PFS_ROOT_FETCH, from + PFS_ROOT_WAITING));
    claims(b, 1, 20, INDEX);
    assert_true(play_until(b, PFS_SERVE, b->now + 10 * USEC_SEC));
    assert_int_equal(count_requests(b, INDEX), 1);
    play_free(b);
}

static void a_root_steps_down_for_a_stronger_one_that_answers(void **state)
{
    (void)state;
    for (int fetching = 0; fetching < 2; fetching++) {
        struct bench *b = play_new();
        play_to(b, PFS_ROOT_WAIT);
        int conn = play_child(b, 50, INDEX);
        b->server_down = true;
        if (fetching)
            assert_true(play_until(b, PFS_ROOT_FETCH, b->now + PFS_ROOT_WAITING));
        claims(b, 1, 1, INDEX);
        answers(b, 1, INDEX, WIRE_ACCEPT, 0);
        assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
        assert_state(b, PFS_YIELD);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        assert_false(pfs_of(b)->files[0].rooted);
        play_free(b);
    }
}

/* To be asked for another file costs it nothing: the place below it stays ours, or asked for. */
static void a_holder_that_doubts_its_parent_stays_its_child(void **state)
{
    (void)state;
    for (int linked = 0; linked < 2; linked++) {
        struct bench *b = play_new();
        play_to(b, PFS_ROOT_WAIT);
        assert_true(play_until(b, PFS_LISTENING, b->now + 60 * USEC_SEC));
        assert_true(pfs_of(b)->files[0].held && pfs_of(b)->files[0].rooted);
        play_claim(b, 1, FIRST, MAXIMAL, true);
        assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
        if (linked) {
            play_link(b, 1, FIRST);
            play_alive(b, CONN_PARENT, 1, FIRST, 0);
        }
        forget_udp(b);
        play_claim(b, 1, INDEX, MAXIMAL, true);
        expect_udp(b, PEER(1), WIRE_JOIN);
        play_claim(b, 2, INDEX, MAXIMAL, true);
        expect_udp(b, PEER(2), WIRE_JOIN);
        answers(b, 1, INDEX, WIRE_ACCEPT, 0);
        assert_state(b, linked ? PFS_CHILD : PFS_JOIN);
        play_free(b);
    }
}

/* Latecomers go on to hear who has the file, whatever else is claimed for it. */
static void a_holder_goes_on_answering(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_WAIT);
    assert_true(play_until(b, PFS_LISTENING, b->now + 60 * USEC_SEC));
    assert_true(pfs_of(b)->files[0].held);
    claims(b, 1, 20, INDEX);
    forget_udp(b);
    play_for(b, PFS_TICK);
    play_claim(b, 50, INDEX, 7, false);
    const struct wire_msg *m = expect_udp(b, 0, WIRE_CLAIM);
    assert_string_equal(m->file, INDEX);
    assert_true(m->confirmed);
    play_free(b);
}

/* ---- answers that lead nowhere -------------------------------------------------------- */

static void ever_busy_is_bad(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    usec from = b->now;
    while (pfs_of(b)->state == PFS_JOIN && b->now < from + 1000 * USEC_SEC) {
        if (count_udp(b, WIRE_JOIN) || b->now == from)
            answers(b, 1, INDEX, WIRE_REFUSE, REASON_BUSY);
        play_for(b, 100 * USEC_MS);
    }
    assert_true(b->now - from <= PFS_JOIN_HOPS * 5 * PFS_JOIN_TIMEOUT / 2);
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
}

/* A root that sends everybody to where nobody is, another address each time. */
static void a_root_whose_ways_lead_nowhere_is_bad(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    usec from = b->now;
    for (int n = 100; !blame_shuns(pfs_of(b), PEER(1)) && n < 120; n++) {
        struct wire_msg m = play_msg(WIRE_REDIRECT, 1, INDEX);
        m.ip = PEER(n);
        play_udp(b, 1, &m);
        assert_state(b, PFS_JOIN);
        assert_true(play_until(b, PFS_YIELD, b->now + 10 * USEC_SEC) ||
                    blame_shuns(pfs_of(b), PEER(1)));
        if (pfs_of(b)->state == PFS_YIELD)
            assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    }
    assert_int_equal(pfs_of(b)->want.attempts, PFS_BLAME);
    assert_true(b->now - from <= PFS_BLAME * (PFS_JOIN_TRIES + 1) * PFS_JOIN_TIMEOUT);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 10 * USEC_SEC)); /* by itself, for others */
    play_free(b);
}

/* Claims to be root and refuses everybody, at once. */
static void a_root_that_refuses_is_bad_in_the_end(void **state)
{
    (void)state;
    struct bench *b = play_new_joiner();
    usec from = b->now;
    while (pfs_of(b)->state != PFS_ROOT_WAIT && b->now < from + 60 * USEC_SEC) {
        play_claim(b, 1, INDEX, MAXIMAL, true);
        answers(b, 1, INDEX, WIRE_REFUSE, REASON_NOT_MEMBER);
        play_for(b, 50 * USEC_MS);
    }
    assert_state(b, PFS_ROOT_WAIT);
    assert_int_equal(pfs_of(b)->want.attempts, PFS_BLAME);
    play_free(b);
}

/* ---- a parent that crawls ------------------------------------------------------------- */

/* A byte now and then: never silent, never without progress. */
static void leaves_a_parent_that_crawls(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    const struct bench_file *f = bench_find(b->server, FIRST);
    play_file(b, 1, FIRST, 0);
    usec from = b->now;
    for (size_t i = 0; pfs_of(b)->state == PFS_CHILD && i < f->len; i++) {
        play_data(b, CONN_PARENT, 1, FIRST, f->data + i, 1);
        play_for(b, PFS_ALIVE);
    }
    assert_in_range(b->now - from, PFS_SERVE_LIMIT, PFS_SERVE_LIMIT + PFS_ALIVE);
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
}

/* Says that it holds ever more, and has it whole never: minutes, not hours. */
static void leaves_a_parent_that_is_never_ready(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    usec from = b->now;
    for (uint64_t i = 1; pfs_of(b)->state == PFS_CHILD && b->now < from + 2 * PFS_PATIENCE; i++) {
        play_alive(b, CONN_PARENT, 1, FIRST, i);
        play_for(b, PFS_ALIVE);
    }
    assert_in_range(b->now - from, PFS_PATIENCE, PFS_PATIENCE + 3 * PFS_ASK_SPREAD);
    assert_true(b->now - from <= 15 * 60 * USEC_SEC);
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
}

/* ---- connections and places ----------------------------------------------------------- */

static void whom_it_waits_for_gets_in_past_a_crowd(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    struct wire_msg join = play_msg(WIRE_JOIN, 50, FIRST);
    play_udp(b, 50, &join);
    for (int n = 1; n <= FAKES / 2; n++)
        if (n != 50)
            play_connect(b, n);
    assert_int_equal(play_connect(b, 120), CONN_NONE);
    int conn = play_connect(b, 50);
    assert_int_not_equal(conn, CONN_NONE);
    for (int n = 51; n < 60; n++)
        assert_int_equal(play_connect(b, n), CONN_NONE); /* and is not pushed out */
    join.type = WIRE_HELLO;
    play_tcp(b, conn, &join);
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_WAITING);
    play_free(b);
}

static void one_address_has_one_slot(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    for (int xid = 1; xid <= FAKES; xid++) {
        struct wire_msg m = play_msg(WIRE_JOIN, xid, xid % 2 ? FIRST : INDEX);
        play_udp(b, 1, &m);
    }
    int conn = play_connect(b, 1);
    struct wire_msg m = play_msg(WIRE_HELLO, 1, FIRST);
    play_tcp(b, conn, &m);
    m = play_msg(WIRE_JOIN, 1, INDEX);
    play_udp(b, 1, &m);
    conn = play_connect(b, 1);
    m = play_msg(WIRE_HELLO, 2, INDEX);
    play_tcp(b, conn, &m);
    assert_int_equal(pfs_of(b)->below.slots[1].state, SLOT_FREE);
    assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 1);
    play_free(b);
}

/* ---- old messages --------------------------------------------------------------------- */

/* Everything that was said for the first file, said again during the second: by the one that said
 * it, and by another. */
static void old_claims_and_answers_change_nothing(void **state)
{
    (void)state;
    for (int other = 0; other < 2; other++) {
        struct bench *b = play_new_child();
        for (int i = 0; i < 100; i++) {
            play_claim(b, 1 + other, INDEX, MAXIMAL, i % 2);
            answers(b, 1 + other, INDEX, WIRE_ACCEPT, 0);
            answers(b, 1 + other, INDEX, WIRE_REDIRECT, 0);
            answers(b, 1 + other, INDEX, WIRE_REFUSE, REASON_NOT_MEMBER);
            play_alive(b, CONN_PARENT, 1, FIRST, 1);
        }
        assert_state(b, PFS_CHILD);
        assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_OPEN);
        play_file(b, 1, INDEX, 0); /* the file before, by the link of this one */
        assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_FREE);
        assert_true(blame_shuns(pfs_of(b), PEER(1)));
        assert_null(bench_find(b->flash, FIRST));
        play_free(b);
    }
}

/* The bytes of another file, as authentic as they are, under this name. */
static void an_authentic_file_of_another_name_is_refused(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    const struct bench_file *old = bench_find(b->server, INDEX);
    struct wire_msg m = play_msg(WIRE_FILE, 1, FIRST);
    m.size = old->len;
    sha256(old->data, old->len, m.digest);
    play_tcp(b, CONN_PARENT, &m);
    play_data(b, CONN_PARENT, 1, FIRST, old->data, old->len);
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    assert_null(bench_find(b->flash, FIRST));
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 5 * USEC_SEC));
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_silent_claimers_cost_one_turn),
        cmocka_unit_test(asks_a_bounded_number_of_claimers),
        cmocka_unit_test(the_next_files_cost_nothing),
        cmocka_unit_test(a_claimer_that_answers_is_believed),
        cmocka_unit_test(answers_that_prove_nothing),
        cmocka_unit_test(a_root_does_not_step_down_for_a_word),
        cmocka_unit_test(a_root_steps_down_for_a_stronger_one_that_answers),
        cmocka_unit_test(a_holder_that_doubts_its_parent_stays_its_child),
        cmocka_unit_test(a_holder_goes_on_answering),
        cmocka_unit_test(ever_busy_is_bad),
        cmocka_unit_test(a_root_whose_ways_lead_nowhere_is_bad),
        cmocka_unit_test(a_root_that_refuses_is_bad_in_the_end),
        cmocka_unit_test(leaves_a_parent_that_crawls),
        cmocka_unit_test(leaves_a_parent_that_is_never_ready),
        cmocka_unit_test(whom_it_waits_for_gets_in_past_a_crowd),
        cmocka_unit_test(one_address_has_one_slot),
        cmocka_unit_test(old_claims_and_answers_change_nothing),
        cmocka_unit_test(an_authentic_file_of_another_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
