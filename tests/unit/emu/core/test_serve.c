/* test_serve.c - as a parent: whom it serves, what it sends, and when it goes on. */
#include "tests/unit/emu/core/core_scene.h"

static void skip_alive(struct bench *b, int conn)
{
    const struct bench_conn *c = &b->conn[conn];
    while (c->out_at < c->out_len && c->out[c->out_at + 3] == WIRE_ALIVE)
        expect_tcp(b, conn, WIRE_ALIVE, NULL, NULL);
}

/* FILE from that offset and all of the DATA behind it. */
static void assert_sends(struct bench *b, int conn, const char *file, size_t offset)
{
    const struct bench_file *f = bench_find(b->server, file);
    uint8_t digest[DIGEST_LEN];
    sha256(f->data, f->len, digest);
    struct wire_msg m = expect_tcp(b, conn, WIRE_FILE, NULL, NULL);
    assert_int_equal(m.size, f->len);
    assert_int_equal(m.offset, offset);
    assert_memory_equal(m.digest, digest, DIGEST_LEN);
    while (offset < f->len) {
        const uint8_t *data;
        size_t len;
        expect_tcp(b, conn, WIRE_DATA, &data, &len);
        assert_in_range(len, 1, WIRE_DATA_MAX);
        assert_memory_equal(data, f->data + offset, len);
        offset += len;
    }
    assert_int_equal(offset, f->len);
}

/* ---- serving ------------------------------------------------------------------------- */

static void serves_when_whole_and_not_before(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int one = play_child(b, 1, FIRST), two = play_child(b, 2, FIRST);
    assert_int_equal(phone_status(b->phone)->child_ip[0], PEER(1));
    assert_int_equal(phone_status(b->phone)->child_ip[1], PEER(2));
    assert_int_equal(count_events(b, "\"event\":\"child\""), 2);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 10 * USEC_SEC));
    while (b->download.len < first_file(b)->len / 2)
        play_reply(b);
    skip_alive(b, one);
    expect_no_tcp(b, one); /* half a file is nobody's business */
    play_fetch(b);
    skip_alive(b, one);
    skip_alive(b, two);
    assert_sends(b, one, FIRST, 0);
    assert_sends(b, two, FIRST, 0);
    play_free(b);
}

static void does_not_serve_what_it_refused(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int child = play_child(b, 1, FIRST);
    bench_find(b->server, FIRST)->data[2000] ^= 1;
    while (phone_status(b->phone)->state == PHONE_UPGRADE)
        play_for(b, USEC_SEC);
    assert_phone(b, PHONE_FAILED, "Auth Fail");
    skip_alive(b, child);
    assert_int_equal(expect_tcp(b, child, WIRE_GOODBYE, NULL, NULL).reason, REASON_FETCH_FAILED);
    expect_no_tcp(b, child);
    assert_null(bench_find(b->flash, FIRST));
    play_free(b);
}

/* What a child is told of a server that is silent is what it is told of one that refuses: of a third
 * root it believes it, and asks by itself. */
static void tells_its_children_of_a_silent_server(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int child = play_child(b, 1, FIRST);
    assert_true(play_until(b, PFS_ROOT_FETCH, b->now + 11 * USEC_SEC));
    b->server_down = true;
    while (phone_status(b->phone)->state == PHONE_UPGRADE) {
        play_for(b, USEC_SEC);
        if (b->conn[child].state != CONN_IS_FREE)
            play_alive(b, child, 1, FIRST, 0);
    }
    assert_phone(b, PHONE_FAILED, "TFTP timeout");
    skip_alive(b, child);
    assert_int_equal(expect_tcp(b, child, WIRE_GOODBYE, NULL, NULL).reason, REASON_FETCH_FAILED);
    play_free(b);
}

static void stays_until_all_below_are_done(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int one = play_child(b, 1, FIRST), two = play_child(b, 2, FIRST);
    play_fetch(b);
    play_say(b, one, 1, WIRE_DONE, FIRST);
    assert_state(b, PFS_SERVE);
    assert_int_equal(pfs_of(b)->current, 1);
    assert_int_equal(phone_status(b->phone)->screen.percent, 100);
    play_say(b, two, 2, WIRE_DONE, FIRST);
    assert_int_equal(pfs_of(b)->current, 2);
    assert_int_equal(count_events(b, "\"why\":\"done\""), 2);
    play_free(b);
}

/* A child with a child below, 3, that has been sent FIRST. */
static struct bench *middle(int *below)
{
    struct bench *b = play_new_child();
    *below = play_child(b, 3, FIRST);
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, first_file(b)->len);
    return b;
}

/* A child in the middle tells its parent only when its own children are done. */
static void done_goes_up_when_the_subtree_is_done(void **state)
{
    (void)state;
    int below;
    struct bench *b = middle(&below);
    assert_state(b, PFS_SERVE);
    skip_alive(b, below);
    assert_sends(b, below, FIRST, 0);
    skip_alive(b, CONN_PARENT);
    expect_no_tcp(b, CONN_PARENT);
    play_for(b, PFS_ALIVE); /* meanwhile it says that it is there */
    assert_int_equal(expect_tcp(b, CONN_PARENT, WIRE_ALIVE, NULL, NULL).offset, first_file(b)->len);
    play_say(b, below, 3, WIRE_DONE, FIRST);
    expect_tcp(b, CONN_PARENT, WIRE_DONE, NULL, NULL);
    play_free(b);
}

/* One after the other takes a slot and is never done: we stay, but the parent is no longer patient
 * than with one of them, and hears before that ends. */
static void done_goes_up_before_the_parent_loses_patience(void **state)
{
    (void)state;
    int below;
    struct bench *b = middle(&below);
    usec from = b->now, patience = PFS_DONE + (PFS_LEVELS - 1) * PFS_DONE_LEVEL; /* of the root */
    while (b->conn[CONN_PARENT].state == CONN_IS_OPEN && b->now < from + 100 * USEC_SEC) {
        if (b->now == from + 20 * USEC_SEC)
            play_child(b, 4, FIRST);
        play_for(b, USEC_SEC);
        for (int i = CONN_CHILD0; i <= CONN_CHILD1; i++)
            if (b->conn[i].state == CONN_IS_OPEN)
                play_alive(b, i, i == below ? 3 : 4, FIRST, 1);
    }
    assert_in_range(b->now - from, PFS_DONE, patience - 1);
    assert_state(b, PFS_SERVE);
    assert_int_equal(pfs_of(b)->current, 1);
    assert_int_equal(count_events(b, "\"event\":\"child-gone\""), 1);
    play_free(b);
}

static void serves_on_when_its_own_parent_has_gone(void **state)
{
    (void)state;
    int below;
    struct bench *b = middle(&below);
    play_closed(b, CONN_PARENT);
    assert_state(b, PFS_SERVE);
    assert_int_equal(b->conn[below].state, CONN_IS_OPEN);
    play_say(b, below, 3, WIRE_DONE, FIRST);
    assert_int_equal(pfs_of(b)->current, 2);
    play_free(b);
}

static int hello(struct bench *b, int n, const char *file, uint64_t offset, bool right_digest)
{
    struct wire_msg m = play_msg(WIRE_JOIN, n, file);
    play_udp(b, n, &m);
    int conn = play_connect(b, n);
    m.type = WIRE_HELLO;
    m.offset = offset;
    sha256(first_file(b)->data, first_file(b)->len, m.digest);
    m.digest[0] ^= !right_digest;
    play_tcp(b, conn, &m);
    return b->conn[CONN_CHILD0].ip == PEER(n) ? CONN_CHILD0 : CONN_CHILD1;
}

static void resumes_where_the_child_was(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    size_t len = first_file(b)->len;
    int waiting = hello(b, 1, FIRST, 777, true); /* said while we had nothing */
    int other = hello(b, 2, FIRST, 777, false);
    play_fetch(b);
    skip_alive(b, waiting);
    skip_alive(b, other);
    assert_sends(b, waiting, FIRST, 777);
    assert_sends(b, other, FIRST, 0);
    play_say(b, other, 2, WIRE_DONE, FIRST);
    const struct {
        uint64_t says, gets;
    } late[] = {{len, len}, {len - 1, len - 1}, {len + 1, 0}, {UINT64_MAX, 0}, {0, 0}};
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        int conn = hello(b, 3, FIRST, late[i].says, true);
        assert_sends(b, conn, FIRST, (size_t)late[i].gets);
        play_say(b, conn, 3, WIRE_DONE, FIRST);
    }
    play_free(b);
}

static void serves_latecomers_what_it_holds(void **state)
{
    (void)state;
    struct bench *b = play_new_root();
    int conn = play_child(b, 1, INDEX); /* held from before */
    assert_sends(b, conn, INDEX, 0);
    assert_state(b, PFS_ROOT_WAIT);
    play_say(b, conn, 1, WIRE_DONE, INDEX);
    assert_int_equal(pfs_of(b)->current, 1); /* no more than a slot is freed by that */
    assert_int_equal(pfs_of(b)->below.slots[0].state, SLOT_FREE);
    play_free(b);
}

static void files_longer_than_a_message_go_in_parts(void **state)
{
    (void)state;
    struct bench *b = play_new();
    for (size_t i = 0; i < 3; i++)
        bench_put_sample(b->flash, "small", bench_load[i]);
    play_to(b, PFS_ROOT_WAIT);
    int conn = play_child(b, 1, bench_load[3]);
    play_fetch(b);
    assert_true(bench_find(b->server, bench_load[3])->len > WIRE_DATA_MAX);
    skip_alive(b, conn);
    assert_sends(b, conn, bench_load[3], 0);
    play_free(b);
}

/* ---- closing ------------------------------------------------------------------------- */

/* A restart out of every state: nothing is left open, and it all works again. */
static void closes_from_every_state(void **state)
{
    (void)state;
    static const enum pfs_state states[] = {
        PFS_OPENING, PFS_LISTENING, PFS_CLAIM, PFS_ROOT_WAIT, PFS_ROOT_FETCH, PFS_SERVE,
        PFS_YIELD, PFS_JOIN, PFS_LINK, PFS_CHILD, PFS_FALLBACK,
    };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct bench *b = play_new();
        if (states[i] <= PFS_CLAIM || states[i] == PFS_ROOT_WAIT || states[i] == PFS_ROOT_FETCH)
            play_to(b, states[i]);
        else if (states[i] == PFS_SERVE)
            play_to(b, PFS_ROOT_WAIT);
        else
            play_to_join(b, 1, INDEX);
        struct wire_msg m = play_msg(states[i] == PFS_FALLBACK ? WIRE_REFUSE : WIRE_ACCEPT, 1,
                                     INDEX);
        if (states[i] == PFS_SERVE) {
            play_child(b, 2, INDEX);
            play_fetch(b);
        } else if (states[i] == PFS_YIELD) {
            m.type = WIRE_REDIRECT;
            play_udp(b, 1, &m);
        } else if (states[i] == PFS_LINK || states[i] == PFS_FALLBACK) {
            pfs_of(b)->want.attempts = PFS_ATTEMPTS;
            play_udp(b, 1, &m);
        } else if (states[i] == PFS_CHILD) {
            play_link(b, 1, INDEX);
            play_alive(b, CONN_PARENT, 1, INDEX, 0);
            play_child(b, 2, INDEX);
        }
        assert_state(b, states[i]);
        play_start(b);
        assert_state(b, PFS_OFF);
        assert_false(b->listening);
        assert_int_equal(phone_deadline(b->phone), b->phone->at);
        m = play_msg(WIRE_JOIN, 2, INDEX);
        forget_udp(b);
        play_udp(b, 2, &m);
        assert_null(next_udp(b));
        assert_int_equal(phone_tcp_accepted(b->phone, PEER(2), b->now), CONN_NONE);
        while (phone_status(b->phone)->state != PHONE_IDLE)
            play_for(b, USEC_SEC);
        assert_string_equal(b->active, NEW_LOAD);
        play_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_when_whole_and_not_before),
        cmocka_unit_test(does_not_serve_what_it_refused),
        cmocka_unit_test(tells_its_children_of_a_silent_server),
        cmocka_unit_test(stays_until_all_below_are_done),
        cmocka_unit_test(done_goes_up_when_the_subtree_is_done),
        cmocka_unit_test(done_goes_up_before_the_parent_loses_patience),
        cmocka_unit_test(serves_on_when_its_own_parent_has_gone),
        cmocka_unit_test(resumes_where_the_child_was),
        cmocka_unit_test(serves_latecomers_what_it_holds),
        cmocka_unit_test(files_longer_than_a_message_go_in_parts),
        cmocka_unit_test(closes_from_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
