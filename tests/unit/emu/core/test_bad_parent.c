/* test_bad_parent.c - as a child of a parent that lies, talks nonsense or stands still. */
#include "tests/unit/emu/core/core_scene.h"

/* Not used again for this file, and asked for nothing more. */
static void assert_refused(struct bench *b, const char *why)
{
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_FREE);
    assert_state(b, PFS_LISTENING);
    assert_null(bench_find(b->flash, FIRST));
    assert_false(b->downloading);
    if (why)
        assert_int_equal(count_events(b, why), 1);
}

/* ---- a parent that is not ------------------------------------------------------------ */

static void refuses_a_wrong_digest(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 5000);
    play_data(b, CONN_PARENT, 1, FIRST, "x", 1);
    play_receive(b, 1, 5001, first_file(b)->len);
    assert_refused(b, "\"why\":\"differs from its digest\"");
    play_free(b);
}

/* Bytes and digest agree, but the file is not what its name says. */
static void refuses_what_does_not_authenticate(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    const struct bench_file *f = bench_find(b->server, "cnu41.9-4-2ES26.sbn");
    struct wire_msg m = play_msg(WIRE_FILE, 1, FIRST);
    m.size = f->len;
    sha256(f->data, f->len, m.digest);
    play_tcp(b, CONN_PARENT, &m);
    play_data(b, CONN_PARENT, 1, FIRST, f->data, f->len);
    assert_refused(b, "\"why\":\"not authenticated\"");
    assert_int_equal(count_log(b, "Auth Fail"), 1);
    play_free(b);
}

static void refuses_more_than_announced(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    uint8_t *more = calloc(1, first_file(b)->len + 1);
    memcpy(more, first_file(b)->data, first_file(b)->len);
    play_file(b, 1, FIRST, 0);
    play_data(b, CONN_PARENT, 1, FIRST, more, first_file(b)->len + 1);
    assert_refused(b, "\"why\":\"more bytes than announced\"");
    play_free(b);
    b = play_new_child(); /* the surplus in a second part */
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 1000);
    play_data(b, CONN_PARENT, 1, FIRST, more, first_file(b)->len - 999);
    assert_refused(b, "\"why\":\"more bytes than announced\"");
    free(more);
    play_free(b);
}

static void refuses_data_before_it_is_announced(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_receive(b, 1, 0, 100);
    assert_refused(b, "\"why\":\"more bytes than announced\"");
    play_free(b);
}

/* A beginning from the parent before is no announcement by this one. */
static void refuses_data_on_a_new_link_before_it_is_announced(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 1000);
    play_closed(b, CONN_PARENT);
    play_claim(b, 2, FIRST, STRENGTH_CONFIRMED | 7, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    play_link(b, 2, FIRST);
    play_receive(b, 2, 1000, 2000);
    assert_true(blame_shuns(pfs_of(b), PEER(2)));
    play_free(b);
}

static void refuses_impossible_announcements(void **state)
{
    (void)state;
    static const struct {
        uint64_t size, offset;
    } bad[] = {{0, 0}, {UINT64_MAX, 0}, {PFS_FILE_MAX + 1, 0}, {1000, 1}, {1000, 1000},
               {1000, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bench *b = play_new_child();
        struct wire_msg m = play_msg(WIRE_FILE, 1, FIRST);
        m.size = bad[i].size;
        m.offset = bad[i].offset;
        play_tcp(b, CONN_PARENT, &m);
        assert_refused(b, "\"why\":\"begins in the middle, or the flash cannot take it\"");
        play_free(b);
    }
}

static void refuses_to_begin_again_and_again(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_file(b, 1, FIRST, 0);
    play_file(b, 1, FIRST, 0);
    assert_refused(b, "\"why\":\"announced twice\"");
    play_free(b);
}

static void refuses_messages_that_are_not_a_parents(void **state)
{
    (void)state;
    static const enum wire_type bad[] = {WIRE_HELLO, WIRE_DONE, WIRE_CLAIM, WIRE_JOIN};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bench *b = play_new_child();
        struct wire_msg m = play_msg(bad[i], 1, FIRST);
        play_tcp(b, CONN_PARENT, &m);
        assert_refused(b, "\"why\":\"a message that is not a parent's\"");
        play_free(b);
    }
    struct bench *b = play_new_child();
    play_alive(b, CONN_PARENT, 1, INDEX, 0);
    assert_refused(b, "\"why\":\"another hierarchy's message\"");
    play_free(b);
}

static void leaves_a_parent_that_talks_nonsense(void **state)
{
    (void)state;
    static const char *const nonsense[] = {"GET / HTTP/1.0\r\n\r\n and so on and on",
                                           "PF\2\21.......................",
                                           "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"};
    for (size_t i = 0; i < 3; i++) {
        struct bench *b = play_new_child();
        play_bytes(b, CONN_PARENT, nonsense[i], 24);
        assert_refused(b, NULL);
        assert_int_equal(count_log(b, "not a message of this protocol on the link to "
                                      "10.106.0.21"), 1);
        play_free(b);
    }
}

static void leaves_when_its_flash_fails(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    b->flash_append_error = -ENOSPC;
    play_file(b, 1, FIRST, 0);
    play_receive(b, 1, 0, 100);
    assert_refused(b, "\"why\":\"flash failed\"");
    play_free(b);
}

/* ---- a parent that stands still ------------------------------------------------------ */

static void leaves_a_silent_parent(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    play_for(b, PFS_SILENCE - 1);
    assert_state(b, PFS_CHILD);
    play_for(b, 1);
    assert_refused(b, NULL);
    assert_int_equal(count_events(b, "\"event\":\"parent-lost\""), 1);
    play_free(b);
}

/* Says ever the same, by ALIVE, up and down again, or by empty DATA: `say` every five seconds. */
static void assert_leaves_a_stalled_parent(enum wire_type say)
{
    struct bench *b = play_new_child();
    struct wire_msg m = play_msg(say, 1, FIRST);
    usec from = b->now;
    while (pfs_of(b)->state == PFS_CHILD && b->now < from + 2 * PFS_STALL) {
        play_alive(b, CONN_PARENT, 1, FIRST, 77); /* progress, the first time */
        play_tcp(b, CONN_PARENT, &m);
        play_for(b, PFS_ALIVE);
    }
    assert_in_range(b->now - from, PFS_STALL, PFS_STALL + (PFS_FALLS + 1) * PFS_ALIVE + 2 * PFS_ASK_SPREAD);
    assert_refused(b, NULL);
    play_free(b);
}

static void leaves_a_stalled_parent(void **state)
{
    (void)state;
    assert_leaves_a_stalled_parent(WIRE_ALIVE);
    assert_leaves_a_stalled_parent(WIRE_DATA);
}

static void waits_for_a_parent_that_makes_progress(void **state)
{
    (void)state;
    struct bench *b = play_new_child();
    for (uint64_t i = 1; i <= 3 * PFS_STALL / PFS_ALIVE; i++) {
        play_alive(b, CONN_PARENT, 1, FIRST, 6 * PFS_DRIP * i);
        play_for(b, PFS_ALIVE);
    }
    assert_state(b, PFS_CHILD);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_wrong_digest),
        cmocka_unit_test(refuses_what_does_not_authenticate),
        cmocka_unit_test(refuses_more_than_announced),
        cmocka_unit_test(refuses_data_before_it_is_announced),
        cmocka_unit_test(refuses_data_on_a_new_link_before_it_is_announced),
        cmocka_unit_test(refuses_impossible_announcements),
        cmocka_unit_test(refuses_to_begin_again_and_again),
        cmocka_unit_test(refuses_messages_that_are_not_a_parents),
        cmocka_unit_test(leaves_a_parent_that_talks_nonsense),
        cmocka_unit_test(leaves_when_its_flash_fails),
        cmocka_unit_test(leaves_a_silent_parent),
        cmocka_unit_test(leaves_a_stalled_parent),
        cmocka_unit_test(waits_for_a_parent_that_makes_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
