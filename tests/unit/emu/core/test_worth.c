/* test_worth.c - how long a root that fetches is waited for: as long as the server itself might
 * take, by what it gives at the time. However slow the line, who fetches over it is never left; who
 * only shows ever more bytes costs minutes. */
#include "tests/unit/emu/core/core_scene.h"

/* After ten minutes: until it is held against the server, and until all have done that. */
#define FOUND_OUT (PFS_ASK_SPREAD + 2 * PFS_ASK_SPREAD)
#define HOUR      (3600 * USEC_SEC)
#define BYTES(rate) ((rate) * PFS_ALIVE / USEC_SEC)     /* from one ALIVE to the next */

/* A child of peer 1, the root, for FIRST; the index is on its flash. A block takes the server so
 * long. */
static struct bench *child(usec round_trip)
{
    struct bench *b = play_new();
    bench_put_sample(b->flash, "small", INDEX);
    play_to_child(b, 1, FIRST);
    b->round_trip = round_trip;
    return b;
}

/* The parent shows so many bytes a second more, from some on, for that time or until it is left. */
static usec shows(struct bench *b, uint64_t *has, uint64_t rate, usec time)
{
    usec from = b->now;
    while (pfs_of(b)->state == PFS_CHILD && b->now < from + time) {
        *has += BYTES(rate);
        play_alive(b, CONN_PARENT, 1, FIRST, *has);
        play_until(b, PFS_LISTENING, b->now + PFS_ALIVE);
    }
    return b->now - from;
}

/* How long such a root is waited for, of so long. */
static usec waits(uint64_t rate, usec round_trip, usec time)
{
    uint64_t has = 0;
    struct bench *b = child(round_trip);
    usec waited = shows(b, &has, rate, time);
    assert_int_equal(waited < time, blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
    return waited;
}

/* ---- over a line --------------------------------------------------------------------- */

/* 600 ms each way at 64 kbit/s and a hundredth lost: 370 bytes a second of 400, hours for 4 MB. */
static void a_long_fetch_is_waited_for(void **state)
{
    (void)state;
    assert_int_equal(waits(370, 1280 * USEC_MS, 4 * HOUR), 4 * HOUR);
}

static void so_is_the_slowest_that_tftp_itself_bears(void **state)
{
    (void)state;
    assert_int_equal(waits(PFS_SLOWEST, 4 * USEC_SEC - 1, 8 * HOUR), 8 * HOUR);
}

/* Over a line on which TFTP gets on nobody but the root asks the server for anything. */
static void who_gets_on_is_not_asked_about(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = child(150 * USEC_MS);
    assert_int_equal(shows(b, &has, PFS_DRIP * 11 / 10, HOUR), HOUR);
    assert_int_equal(count_requests(b, FIRST), 0);
    shows(b, &has, PFS_DRIP / 2, 2 * PFS_PATIENCE);
    assert_int_equal(count_requests(b, FIRST), 1);
    play_free(b);
}

/* Other transfers have come onto the line: half of what one block tells. */
static void half_of_what_the_server_gives_is_enough(void **state)
{
    (void)state;
    assert_int_equal(waits(220, 1280 * USEC_MS, 2 * HOUR), 2 * HOUR);
    assert_in_range(waits(180, 1280 * USEC_MS, HOUR), PFS_PATIENCE, PFS_PATIENCE + FOUND_OUT);
}

/* What a block does not tell of: packets that are lost now and then. */
static void a_line_that_loses_packets_is_quick_now_and_then(void **state)
{
    (void)state;
    assert_int_equal(waits(PFS_DRIP * 11 / 10, 10 * USEC_MS, HOUR), HOUR);
    assert_in_range(waits(PFS_DRIP * 9 / 10, 10 * USEC_MS, HOUR), PFS_PATIENCE,
                    PFS_PATIENCE + FOUND_OUT);
}

/* An answer that does not come, or is a refusal, says nothing of the line. */
static void a_server_that_gives_nothing_is_no_measure(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = child(0);
    b->server_down = true;
    assert_int_equal(shows(b, &has, PFS_SLOWEST, 2 * HOUR), 2 * HOUR);
    b->server_down = false;
    b->answers[0] = (struct bench_answer){FIRST, 0, 2, "no", 0, 100};
    assert_int_equal(shows(b, &has, PFS_SLOWEST, 2 * HOUR), 2 * HOUR);
    play_free(b);
}

/* The outage was short of TFTP's own patience; the transfer begins anew and is slow. */
static void a_fetch_begun_anew_is_progress(void **state)
{
    (void)state;
    uint64_t has = 3000000;
    struct bench *b = child(1280 * USEC_MS);
    shows(b, &has, 400, HOUR / 2);
    has = 0;
    assert_int_equal(shows(b, &has, 400, 2 * HOUR), 2 * HOUR);
    play_free(b);
}

/* Each level holds the whole file before the next begins, and takes half a stall's time for it. */
static void so_are_the_downloads_of_the_levels_above(void **state)
{
    (void)state;
    struct bench *b = child(10 * USEC_MS);
    for (int level = 0; level < 8; level++) {
        uint64_t has = 0;
        assert_int_equal(shows(b, &has, 20000, PFS_STALL / 2), PFS_STALL / 2);
    }
    play_free(b);
}

/* ---- who only seems to fetch --------------------------------------------------------- */

static void a_root_that_drips_costs_minutes(void **state)
{
    (void)state;
    static const uint64_t rates[] = {1, PFS_SLOWEST + 1, PFS_DRIP * 9 / 10};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        usec waited = waits(rates[i], 150 * USEC_MS, 8 * HOUR);
        assert_in_range(waited, PFS_PATIENCE, PFS_PATIENCE + FOUND_OUT);
        assert_true(waited < 12 * 60 * USEC_SEC);
    }
}

/* As quick as the server might be: until the largest file would have come. */
static void no_file_takes_longer_than_the_largest(void **state)
{
    (void)state;
    usec largest = PFS_PATIENCE + PFS_LARGEST / (4 * PFS_DRIP) * USEC_SEC;
    static const uint64_t rates[] = {PFS_DRIP * 11 / 10, 5000, 10000};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        assert_in_range(waits(rates[i], 150 * USEC_MS, 8 * HOUR), largest,
                        largest + PFS_PATIENCE + FOUND_OUT);
}

/* More than a file may have is no progress, however much. */
static void no_file_has_more_than_the_most(void **state)
{
    (void)state;
    const uint64_t rate = 1000000;
    usec all = PFS_FILE_MAX / rate * USEC_SEC;
    assert_in_range(waits(rate, 150 * USEC_MS, HOUR), all + PFS_STALL,
                    all + PFS_STALL + FOUND_OUT + 2 * PFS_ALIVE);
}

/* What was shown at once counts for the ten minutes that it was shown in. */
static void progress_cannot_be_saved_up(void **state)
{
    (void)state;
    uint64_t has = PFS_FILE_MAX / 2;
    struct bench *b = child(150 * USEC_MS);
    assert_in_range(shows(b, &has, 1, HOUR), 2 * PFS_PATIENCE, 2 * PFS_PATIENCE + FOUND_OUT);
    play_free(b);
}

/* Patience belongs to the root, not to a link: lost and found again, it goes on. */
static void a_new_link_is_no_new_beginning(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = child(150 * USEC_MS);
    shows(b, &has, PFS_SLOWEST, PFS_PATIENCE / 2);
    struct wire_msg bye = play_msg(WIRE_GOODBYE, 1, FIRST);
    bye.reason = REASON_PARENT_LOST;
    play_tcp(b, CONN_PARENT, &bye);
    assert_true(play_until(b, PFS_LISTENING, b->now + USEC_SEC));
    play_claim(b, 1, FIRST, STRENGTH_CONFIRMED | 9, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    play_link(b, 1, FIRST);
    play_alive(b, CONN_PARENT, 1, FIRST, has);
    assert_in_range(shows(b, &has, PFS_SLOWEST, HOUR), PFS_PATIENCE / 2 - 10 * USEC_SEC,
                    PFS_PATIENCE / 2 + FOUND_OUT);
    play_free(b);
}

/* ---- whom it blames ------------------------------------------------------------------ */

/* Peer 1 passes on what peer 2, the root, says. */
static struct bench *grandchild(void)
{
    struct bench *b = play_new();
    bench_put_sample(b->flash, "small", INDEX);
    play_to_join(b, 2, FIRST);
    struct wire_msg m = play_msg(WIRE_REDIRECT, 2, FIRST);
    m.depth = 1;
    m.ip = PEER(1);
    play_udp(b, 2, &m);
    play_link(b, 1, FIRST);
    play_alive(b, CONN_PARENT, 1, FIRST, 0);
    b->round_trip = 150 * USEC_MS;
    return b;
}

static void the_root_is_to_blame(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = grandchild();
    shows(b, &has, PFS_SLOWEST, HOUR);
    assert_true(blame_shuns(pfs_of(b), PEER(2)));
    assert_false(blame_shuns(pfs_of(b), PEER(1)));
    pfs_of(b)->current = 3; /* for all files */
    assert_true(blame_shuns(pfs_of(b), PEER(2)));
    play_free(b);
}

static void so_it_is_when_nothing_comes(void **state)
{
    (void)state;
    uint64_t has = 77;
    struct bench *b = grandchild();
    assert_in_range(shows(b, &has, 0, HOUR), PFS_STALL, PFS_STALL + 3 * PFS_ASK_SPREAD);
    assert_true(blame_shuns(pfs_of(b), PEER(2)));
    assert_false(blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
}

/* Another root, and the same parent below it. */
static void the_parent_is_when_it_says_so_of_two_roots(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = grandchild();
    shows(b, &has, PFS_SLOWEST, HOUR);
    assert_state(b, PFS_LISTENING);
    play_claim_and_answer(b, 3, FIRST, STRENGTH_CONFIRMED | 9);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    struct wire_msg m = play_msg(WIRE_REDIRECT, 3, FIRST);
    m.depth = 1;
    m.ip = PEER(1);
    play_udp(b, 3, &m);
    play_link(b, 1, FIRST);
    play_alive(b, CONN_PARENT, 1, FIRST, has = 0);
    blame_for_all(pfs_of(b), PEER(3)); /* found out by what it was for another file */
    shows(b, &has, PFS_SLOWEST, HOUR);
    assert_true(blame_shuns(pfs_of(b), PEER(1)));
    play_free(b);
}

/* An honest one whose line was crowded: the next has twice the time, and half of the rate to show.
 * */
static void the_next_root_has_more_time(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = child(150 * USEC_MS);
    shows(b, &has, PFS_DRIP * 9 / 10, HOUR);
    assert_state(b, PFS_LISTENING);
    play_claim_and_answer(b, 2, FIRST, STRENGTH_CONFIRMED | 9);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    play_link(b, 2, FIRST);
    usec from = b->now;
    for (has = 0; b->now < from + HOUR; has += BYTES(PFS_DRIP * 6 / 10)) {
        play_alive(b, CONN_PARENT, 2, FIRST, has);
        play_for(b, PFS_ALIVE);
        assert_state(b, PFS_CHILD);
    }
    play_free(b);
}

/* ---- what it asks the server --------------------------------------------------------- */

/* One block, each ten minutes, of the file, where it would fetch it; and never while that is not in
 * question. */
static void asks_for_one_block(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = child(1280 * USEC_MS);
    b->phone->cnf.load_server = SERVER_IP + (5u << 24);
    shows(b, &has, 400, PFS_PATIENCE - PFS_ALIVE);
    assert_int_equal(count_requests(b, FIRST), 0);
    shows(b, &has, 400, PFS_ASK_SPREAD + 2 * PFS_ALIVE);
    assert_int_equal(count_requests(b, FIRST), 1);
    assert_int_equal(b->block, 1); /* or dnsmasq would count a small file as sent */
    assert_int_equal(b->reply_len, 0);
    assert_int_equal(b->asked_ip, SERVER_IP + (5u << 24));
    shows(b, &has, 400, HOUR);
    assert_int_equal(count_requests(b, FIRST), 7);
    play_free(b);
}

/* The file has come while the server was asked; its answer is about the past. */
static void an_answer_too_late_changes_nothing(void **state)
{
    (void)state;
    uint64_t has = 0;
    struct bench *b = child(3 * USEC_SEC);
    for (; count_requests(b, FIRST) == 0; has++) {
        play_alive(b, CONN_PARENT, 1, FIRST, has);
        play_for(b, USEC_SEC);
    }
    play_file(b, 1, FIRST, 0);
    play_for(b, 10 * USEC_SEC);
    assert_false(blame_shuns(pfs_of(b), PEER(1)));
    const struct bench_file *f = bench_find(b->server, FIRST);
    play_data(b, CONN_PARENT, 1, FIRST, f->data, f->len);
    assert_non_null(bench_find(b->flash, FIRST));
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_fetch_is_waited_for),
        cmocka_unit_test(so_is_the_slowest_that_tftp_itself_bears),
        cmocka_unit_test(who_gets_on_is_not_asked_about),
        cmocka_unit_test(half_of_what_the_server_gives_is_enough),
        cmocka_unit_test(a_line_that_loses_packets_is_quick_now_and_then),
        cmocka_unit_test(a_server_that_gives_nothing_is_no_measure),
        cmocka_unit_test(a_fetch_begun_anew_is_progress),
        cmocka_unit_test(so_are_the_downloads_of_the_levels_above),
        cmocka_unit_test(a_root_that_drips_costs_minutes),
        cmocka_unit_test(no_file_takes_longer_than_the_largest),
        cmocka_unit_test(no_file_has_more_than_the_most),
        cmocka_unit_test(progress_cannot_be_saved_up),
        cmocka_unit_test(a_new_link_is_no_new_beginning),
        cmocka_unit_test(the_root_is_to_blame),
        cmocka_unit_test(so_it_is_when_nothing_comes),
        cmocka_unit_test(the_parent_is_when_it_says_so_of_two_roots),
        cmocka_unit_test(the_next_root_has_more_time),
        cmocka_unit_test(asks_for_one_block),
        cmocka_unit_test(an_answer_too_late_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
