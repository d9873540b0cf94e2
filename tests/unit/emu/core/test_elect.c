/* test_elect.c - who becomes root: claims sent, heard, and not for us. */
#include "tests/unit/emu/core/core_scene.h"

/* ---- what is broadcast --------------------------------------------------------------- */

static void claims_and_ads_go_out_at_their_times(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(STRONG);
    play_to(b, PFS_ROOT_WAIT);
    usec first = b->udp[0].at;
    assert_int_equal(b->udp_count, 1 + PFS_ADS);
    for (unsigned ad = 0; ad <= PFS_ADS; ad++) {
        const struct wire_msg *m = expect_udp(b, 0, WIRE_CLAIM);
        assert_int_equal(b->udp[ad].at, first + ad * PFS_TICK);
        assert_int_equal(m->ad, ad);
        assert_int_equal(m->strength, STRONG);
        assert_false(m->confirmed);
        assert_int_equal(m->xid, OWN_XID);
        assert_int_equal(m->h, wire_hierarchy(MODEL, INDEX));
        assert_string_equal(m->model, MODEL);
        assert_string_equal(m->file, INDEX);
    }
    assert_int_equal(count_events(b, "\"event\":\"claim\""), 1 + PFS_ADS);
    assert_int_equal(count_events(b, "\"event\":\"root\",\"file\":\"" INDEX "\""), 1);
    assert_int_equal(pfs_of(b)->files[0].strength, STRONG | STRENGTH_CONFIRMED);
    play_free(b);
}

static usec first_claim(uint32_t strength)
{
    struct bench *b = play_new_strong(strength);
    play_to(b, PFS_LISTENING);
    usec from = b->now;
    assert_true(play_until(b, PFS_CLAIM, b->now + USEC_SEC));
    usec at = b->now - from;
    play_free(b);
    return at;
}

static void the_stronger_claims_earlier(void **state)
{
    (void)state;
    usec before = first_claim(STRONG);
    assert_int_equal(before, PFS_LISTEN + 29); /* cube root of 2^-31, of 38 ms */
    for (uint32_t strength = STRONG; strength > 0x10000000; strength -= 0x0fffffff) {
        usec at = first_claim(strength);
        assert_true(at >= before);
        before = at;
    }
    assert_int_equal(first_claim(0), PFS_LISTEN + PFS_LISTEN_SPREAD);
}

static void a_root_reminds_its_subnet(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_to(b, PFS_ROOT_FETCH);
    b->server_down = true;
    usec from = b->now;
    forget_udp(b);
    play_for(b, PFS_AD_INTERVAL);
    const struct wire_msg *m = expect_udp(b, 0, WIRE_CLAIM);
    assert_true(m->confirmed);
    assert_true(b->udp[b->udp_at - 1].at <= from + PFS_AD_INTERVAL);
    assert_null(next_udp(b));
    play_free(b);
}

/* ---- falling silent ------------------------------------------------------------------ */

static void silent_on_any_claim_before_its_own(void **state)
{
    (void)state;
    for (int confirmed = 0; confirmed < 2; confirmed++) {
        struct bench *b = play_new_strong(STRONG);
        play_to(b, PFS_LISTENING);
        play_claim(b, 1, INDEX, WEAK, confirmed);
        assert_state(b, PFS_YIELD);
        assert_true(play_until(b, PFS_JOIN, b->now + 10 * USEC_SEC));
        assert_int_equal(b->udp_count, 1);
        expect_udp(b, PEER(1), WIRE_JOIN);
        assert_int_equal(count_events(b, "\"event\":\"yield\""), 1);
        play_free(b);
    }
}

/* Joins are spread over the root's wait, and come only when it is confirmed. */
static void joins_when_the_claim_is_confirmed(void **state)
{
    (void)state;
    static const uint32_t randoms[] = {0, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < 3; i++) {
        struct bench *b = play_new_strong(randoms[i]);
        play_to(b, PFS_LISTENING);
        usec heard = b->now;
        play_claim(b, 1, INDEX, WEAK, false);
        assert_true(play_until(b, PFS_JOIN, b->now + 10 * USEC_SEC));
        usec confirmed = heard + (PFS_ADS + 1) * PFS_TICK;
        assert_in_range(b->now, confirmed + PFS_TICK, confirmed + PFS_TICK + PFS_JOIN_SPREAD);
        play_free(b);
    }
}

static void silent_on_a_stronger_claim(void **state)
{
    (void)state;
    for (unsigned ads = 0; ads <= PFS_ADS; ads++) {
        struct bench *b = play_new_strong(0x1000);
        play_to(b, PFS_CLAIM);
        play_for(b, ads * PFS_TICK);
        assert_int_equal(b->udp_count, 1 + ads);
        play_claim(b, 1, INDEX, 0x1001, false);
        assert_state(b, PFS_YIELD);
        forget_udp(b);
        assert_true(play_until(b, PFS_JOIN, b->now + 10 * USEC_SEC));
        expect_udp(b, PEER(1), WIRE_JOIN);
        play_free(b);
    }
}

static void a_weaker_claim_does_not_stop_ours(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(0x1000);
    play_to(b, PFS_CLAIM);
    play_claim(b, 1, INDEX, 0x0fff, false);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 2 * USEC_SEC));
    assert_int_equal(b->udp_count, 1 + PFS_ADS);
    play_free(b);
}

static void equal_strengths_are_decided_by_xid(void **state)
{
    (void)state;
    for (int higher = 0; higher < 2; higher++) {
        struct bench *b = play_new_strong(0x1000);
        play_to(b, PFS_CLAIM);
        struct wire_msg m = play_msg(WIRE_CLAIM, 1, INDEX);
        m.strength = 0x1000;
        m.xid = higher ? OWN_XID + 1 : OWN_XID - 1;
        play_udp(b, 1, &m);
        assert_state(b, higher ? PFS_YIELD : PFS_CLAIM);
        play_free(b);
    }
}

static void a_confirmed_claim_beats_a_stronger_tentative_one(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(STRONG);
    play_to(b, PFS_CLAIM);
    play_claim(b, 1, INDEX, STRENGTH_CONFIRMED, true);
    assert_state(b, PFS_YIELD);
    assert_true(play_until(b, PFS_JOIN, b->now + 3 * PFS_TICK));
    play_free(b);
}

static void follows_the_strongest_while_it_waits(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(5);
    play_to(b, PFS_LISTENING);
    play_claim(b, 1, INDEX, 100, false);
    play_claim(b, 2, INDEX, 99, false);
    play_claim(b, 3, INDEX, 101, false);
    play_claim(b, 1, INDEX, 100, false);
    assert_true(play_until(b, PFS_JOIN, b->now + 10 * USEC_SEC));
    expect_udp(b, PEER(3), WIRE_JOIN);
    play_free(b);
}

/* ---- what is not for us -------------------------------------------------------------- */

static void assert_ignored(const struct wire_msg *m, struct addr from)
{
    struct bench *b = play_new_strong(5);
    uint8_t out[WIRE_MAX];
    size_t len = wire_encode(m, 0, out, sizeof out);
    play_to(b, PFS_LISTENING);
    phone_udp(b->phone, from, out, len, b->now);
    assert_state(b, PFS_LISTENING);
    assert_true(play_until(b, PFS_CLAIM, b->now + USEC_SEC));
    phone_udp(b->phone, from, out, len, b->now);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 2 * USEC_SEC));
    play_free(b);
}

static void ignores_what_is_not_for_it(void **state)
{
    (void)state;
    const struct addr peer = {PEER(1), CPPDP_PORT};
    struct wire_msg good = play_msg(WIRE_CLAIM, 1, INDEX), m = good;
    good.strength = m.strength = STRONG;
    snprintf(m.model, sizeof m.model, "CP-7970G");
    assert_ignored(&m, peer); /* another model, under our h */
    m.h = wire_hierarchy("CP-7970G", INDEX);
    assert_ignored(&m, peer);
    m = play_msg(WIRE_CLAIM, 1, FIRST); /* another file */
    m.strength = STRONG;
    assert_ignored(&m, peer);
    m.h = good.h; /* and one whose h is not its own */
    assert_ignored(&m, peer);
    m = good;
    m.h ^= 1;
    assert_ignored(&m, peer);
    m = good;
    m.xid = OWN_XID; /* ours, come back */
    assert_ignored(&m, peer);
    assert_ignored(&good, (struct addr){OWN_IP, CPPDP_PORT});
    assert_ignored(&good, (struct addr){0, CPPDP_PORT});
    assert_ignored(&good, (struct addr){PEER(1), CPPDP_PORT + 1});
    m = play_msg(WIRE_DONE, 1, INDEX); /* by UDP it means nothing */
    assert_ignored(&m, peer);
}

static void ignores_damaged_datagrams(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(5);
    struct wire_msg m = play_msg(WIRE_CLAIM, 1, INDEX);
    uint8_t out[WIRE_MAX + 1];
    m.strength = STRONG;
    size_t len = wire_encode(&m, 0, out, sizeof out);
    play_to(b, PFS_LISTENING);
    for (size_t cut = 0; cut < len; cut++)
        phone_udp(b->phone, (struct addr){PEER(1), CPPDP_PORT}, out, cut, b->now);
    out[len] = 0;
    phone_udp(b->phone, (struct addr){PEER(1), CPPDP_PORT}, out, len + 1, b->now);
    assert_state(b, PFS_LISTENING);
    play_free(b);
}

/* A root that did not answer is not believed again, as long as the file is the same. */
static void ignores_a_bad_peers_claims_for_that_file(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(5);
    play_to_join(b, 1, INDEX);
    assert_true(play_until(b, PFS_LISTENING, b->now + 7 * USEC_SEC));
    assert_int_equal(count_log(b, "no answer from 10.106.0.21"), 1);
    play_claim(b, 1, INDEX, STRENGTH_CONFIRMED | STRONG, true);
    assert_state(b, PFS_LISTENING);
    assert_true(play_until(b, PFS_CLAIM, b->now + USEC_SEC));
    play_claim(b, 1, INDEX, STRENGTH_CONFIRMED | STRONG, true);
    assert_true(play_until(b, PFS_ROOT_WAIT, b->now + 2 * USEC_SEC));
    play_claim(b, 1, INDEX, STRENGTH_CONFIRMED | STRONG, true);
    assert_state(b, PFS_ROOT_WAIT);
    while (pfs_of(b)->current != 1 || pfs_of(b)->state != PFS_LISTENING)
        play_for(b, 10 * USEC_MS);
    play_claim_and_answer(b, 1, FIRST, STRENGTH_CONFIRMED | STRONG); /* another file, and it speaks */
    assert_state(b, PFS_YIELD);
    play_free(b);
}

/* Claims for files that we may come to later are kept, in bounded room, the oldest lost first. */
static void remembers_a_bounded_number_of_roots(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(5);
    play_to(b, PFS_ROOT_WAIT);
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "file%d.sbn", i);
        play_claim(b, 1 + i % 200, name, STRONG, true);
    }
    assert_null(root_known(pfs_of(b), wire_hierarchy(MODEL, "file991.sbn")));
    for (int i = 992; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "file%d.sbn", i);
        assert_non_null(root_known(pfs_of(b), wire_hierarchy(MODEL, name)));
    }
    play_free(b);
}

static void goes_straight_to_a_root_heard_of_earlier(void **state)
{
    (void)state;
    struct bench *b = play_new_strong(5);
    play_to(b, PFS_ROOT_WAIT);
    play_claim(b, 4, FIRST, STRENGTH_CONFIRMED | 1, true);
    forget_udp(b);
    assert_true(play_until(b, PFS_YIELD, b->now + 60 * USEC_SEC));
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    assert_string_equal(expect_udp(b, PEER(4), WIRE_JOIN)->file, FIRST);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_and_ads_go_out_at_their_times),
        cmocka_unit_test(the_stronger_claims_earlier),
        cmocka_unit_test(a_root_reminds_its_subnet),
        cmocka_unit_test(silent_on_any_claim_before_its_own),
        cmocka_unit_test(joins_when_the_claim_is_confirmed),
        cmocka_unit_test(silent_on_a_stronger_claim),
        cmocka_unit_test(a_weaker_claim_does_not_stop_ours),
        cmocka_unit_test(equal_strengths_are_decided_by_xid),
        cmocka_unit_test(a_confirmed_claim_beats_a_stronger_tentative_one),
        cmocka_unit_test(follows_the_strongest_while_it_waits),
        cmocka_unit_test(ignores_what_is_not_for_it),
        cmocka_unit_test(ignores_damaged_datagrams),
        cmocka_unit_test(ignores_a_bad_peers_claims_for_that_file),
        cmocka_unit_test(remembers_a_bounded_number_of_roots),
        cmocka_unit_test(goes_straight_to_a_root_heard_of_earlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
