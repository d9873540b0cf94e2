/* test_hands.c - who holds the clock, and until when: mail to its addressees alone, none of it
 * lost, and a pacer that is woken. */
#include "emu/time/hands.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PHONES 6
#define LONG_NS 600000000000u /* for what must not be waited for */

static const char *const addresses[PHONES] = { /* of two subnets, in no order */
    "10.106.1.7", "10.106.0.200", "10.106.1.1", "10.106.0.16", "10.106.1.254", "10.106.0.17"};

static bool mail; /* whether there was any, by hand_wake() */

/* Six phones, all ears, the launcher and the WAN: in memory that a fork shares. */
static struct hands *six(void)
{
    size_t size = hands_size(PHONES + HANDS_OTHERS);
    struct hands *h = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(h, MAP_FAILED);
    hands_init(h, PHONES + HANDS_OTHERS);
    h->lag_us = HANDS_NEVER;
    for (uint32_t i = 0; i < PHONES; i++) {
        h->hand[i].ip = inet_addr(addresses[i]);
        hand_listen(h, i, EARS_PEERS | EARS_SERVER);
    }
    hands_sort(h);
    return h;
}

/* By a clock that is there, and has waited. */
static uint64_t wake(struct hands *h, uint32_t slot, uint64_t due_us, uint64_t not_before_us)
{
    return hand_wake(h, slot, due_us, not_before_us, HANDS_NEVER - 1, &mail);
}

static void done(struct hands *h)
{
    munmap(h, hands_size(h->count));
}

/* Of whom there is mail, a bit each; it is taken out. */
static unsigned mailed(struct hands *h)
{
    unsigned who = 0;
    for (uint32_t i = 0; i < h->count; i++) {
        who |= (unsigned)hand_has_mail(h, i) << i;
        atomic_store(&h->hand[i].mail_us, HANDS_NEVER);
    }
    return who;
}

static void nobody_holds_the_clock_at_first(void **state)
{
    (void)state;
    struct hands *h = six();
    assert_int_equal(hands_launcher(h), PHONES);
    assert_int_equal(hands_wan(h), PHONES + 1);
    for (uint32_t i = 0; i < h->count; i++)
        assert_true(atomic_load(&h->hand[i].pledge_us) == HANDS_NEVER);
    assert_int_equal(mailed(h), 0);
    done(h);
}

static void mail_goes_to_an_address(void **state)
{
    (void)state;
    struct hands *h = six();
    for (uint32_t i = 0; i < PHONES; i++) {
        hands_mail_ip(h, hands_wan(h), inet_addr(addresses[i]), EARS_PEERS, 5);
        assert_int_equal(mailed(h), 1u << i);
    }
    static const char *const nobodys[] = {"10.106.0.1", "10.106.0.18", "10.106.1.255", "0.0.0.0",
                                          "0.0.0.1", "255.255.255.255"};
    for (size_t i = 0; i < sizeof nobodys / sizeof *nobodys; i++)
        hands_mail_ip(h, hands_wan(h), inet_addr(nobodys[i]), EARS_PEERS, 5);
    assert_int_equal(mailed(h), 0);
    done(h);
}

static void whose_an_address_is(void **state)
{
    (void)state;
    struct hands *h = six();
    for (uint32_t i = 0; i < PHONES; i++)
        assert_int_equal(hands_find(h, inet_addr(addresses[i])), i);
    assert_int_equal(hands_find(h, inet_addr("10.106.0.18")), HANDS_NOBODY);
    assert_int_equal(hands_find(h, inet_addr("10.106.1.255")), HANDS_NOBODY);
    done(h);
}

static void a_cable_that_is_out_carries_no_mail(void **state)
{
    (void)state;
    struct hands *h = six();
    hand_cut(h, 1, true);
    hands_mail_ip(h, 1, inet_addr(addresses[0]), EARS_PEERS, 5);
    hands_mail_ip(h, 0, inet_addr(addresses[1]), EARS_PEERS, 5);
    hands_mail_subnet(h, 1, inet_addr(addresses[1]), 8, 5);
    assert_true(hands_mail_server(h, 1, 0, 5));
    assert_int_equal(mailed(h), 0);
    hands_mail_subnet(h, 0, inet_addr(addresses[0]), 8, 5);
    assert_int_equal(mailed(h) & 2, 0);
    hand_cut(h, 1, false);
    hands_mail_ip(h, 0, inet_addr(addresses[1]), EARS_PEERS, 5);
    assert_int_equal(mailed(h), 2);
    done(h);
}

static void mail_goes_to_a_subnet_but_its_sender(void **state)
{
    (void)state;
    static const struct {
        const char *ip;
        unsigned prefix_len;
        uint32_t but;
        unsigned who;
    } table[] = {
        {"10.106.0.16", 24, 3, 1u << 1 | 1u << 5},
        {"10.106.1.254", 24, 4, 1u << 0 | 1u << 2},
        {"10.106.1.9", 24, PHONES, 1u << 0 | 1u << 2 | 1u << 4},
        {"10.106.0.16", 28, 3, 1u << 5}, /* .16 to .31 */
        {"10.106.0.16", 16, 3, 0x37},
        {"10.107.0.16", 16, PHONES, 0},
    };
    struct hands *h = six();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        hands_mail_subnet(h, table[i].but, inet_addr(table[i].ip), table[i].prefix_len, 5);
        assert_int_equal(mailed(h), table[i].who);
    }
    done(h);
}

static void who_has_no_ear_for_it_gets_none(void **state)
{
    (void)state;
    struct hands *h = six();
    hand_listen(h, 0, EARS_SERVER);
    hand_listen(h, 2, 0);
    hand_listen(h, 4, EARS_PEERS);
    hands_mail_subnet(h, hands_wan(h), inet_addr("10.106.1.0"), 24, 5);
    assert_int_equal(mailed(h), 1u << 4);
    for (uint32_t i = 0; i <= 4; i += 2)
        hands_mail_ip(h, hands_wan(h), inet_addr(addresses[i]), EARS_PEERS, 5);
    assert_int_equal(mailed(h), 1u << 4);
    for (uint32_t i = 0; i <= 4; i += 2)
        hands_mail_ip(h, hands_wan(h), inet_addr(addresses[i]), EARS_SERVER, 5);
    assert_int_equal(mailed(h), 1u << 0);
    hands_mail(h, 2, 5); /* the launcher asks for no ears */
    assert_int_equal(mailed(h), 1u << 2);
    done(h);
}

static void a_server_that_is_near_answers_at_once(void **state)
{
    (void)state;
    struct hands *h = six();
    assert_true(hands_mail_server(h, 0, 0, 5));
    assert_int_equal(mailed(h), 1u << hands_wan(h));
    h->server_is_near = true;
    assert_false(hands_mail_server(h, 0, 0, 5));
    assert_int_equal(mailed(h), 0);
    uint32_t manager = hands_manager(h);
    h->hand[manager].ip = inet_addr("10.200.0.1");
    hands_sort(h);
    assert_true(hands_mail_server(h, 0, inet_addr("10.200.0.1"), 5)); /* it has a hand */
    assert_int_equal(mailed(h), 0);                                   /* but is not there */
    hand_listen(h, manager, EARS_PHONES);
    hands_mail_ip(h, 1, inet_addr("10.200.0.1"), EARS_PEERS, 5);
    assert_int_equal(mailed(h), 0);
    assert_true(hands_mail_server(h, 0, inet_addr("10.200.0.1"), 5));
    assert_int_equal(mailed(h), 1u << manager);
    done(h);
}

static void the_earliest_mail_counts(void **state)
{
    (void)state;
    static const uint64_t sent[] = {700, 900, 300, 500, 300};
    struct hands *h = six();
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        hands_mail(h, 1, sent[i]);
    assert_int_equal(atomic_load(&h->hand[1].mail_us), 300);
    done(h);
}

/* At which moment one stands who wakes; the mail is out. */
static void who_wakes_stands_at_the_least_but_never_goes_back(void **state)
{
    (void)state;
    static const struct {
        uint64_t mail, now, not_before, at;
    } table[] = {
        {HANDS_NEVER, 100, 0, 100}, {80, 100, 0, 80},    {120, 100, 0, 100},
        {80, 100, 90, 90},          {80, 70, 90, 90},    {HANDS_NEVER, 70, 90, 90},
        {90, 100, 90, 90},          {0, 100, 0, 0},      {HANDS_NEVER, 0, 0, 0},
    };
    struct hands *h = six();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        hand_rest(h, 2, 1000);
        hands_mail(h, 2, table[i].mail);
        assert_int_equal(wake(h, 2, table[i].now, table[i].not_before), table[i].at);
        assert_int_equal(mail, table[i].mail != HANDS_NEVER);
        assert_int_equal(atomic_load(&h->hand[2].pledge_us), table[i].at);
        assert_false(hand_has_mail(h, 2));
    }
    done(h);
}

/* By more than the lag: it was frozen, or is ahead of a clock that has not begun. */
#define FAR HANDS_HORIZON_US
static void who_was_not_waited_for_stands_where_the_clock_does(void **state)
{
    (void)state;
    static const struct {
        uint64_t due, mail, clock, at;
    } table[] = {
        {100, HANDS_NEVER, FAR + 150, 100},       {100, HANDS_NEVER, FAR + 151, FAR + 151},
        {120, 100, FAR + 151, FAR + 151},         {120, 110, FAR + 151, 110},
        {HANDS_NEVER, HANDS_NEVER, 151, 151},
    };
    struct hands *h = six();
    h->lag_us = 50;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        hands_mail(h, 2, table[i].mail);
        assert_int_equal(hand_wake(h, 2, table[i].due, 0, table[i].clock, &mail), table[i].at);
        assert_int_equal(atomic_load(&h->hand[2].pledge_us), table[i].at);
    }
    done(h);
}

static void who_is_gone_holds_nothing(void **state)
{
    (void)state;
    struct hands *h = six();
    wake(h, 3, 100, 0);
    hands_mail(h, 3, 50);
    hand_drop(h, 3);
    assert_true(atomic_load(&h->hand[3].pledge_us) == HANDS_NEVER);
    hands_mail_ip(h, hands_wan(h), inet_addr(addresses[3]), EARS_PEERS, 60);
    assert_int_equal(mailed(h), 0);
    done(h);
}

static void without_hands_nothing_is_done(void **state)
{
    (void)state;
    hand_rest(NULL, 1, 5);
    hand_listen(NULL, 1, EARS_PEERS);
    hand_drop(NULL, 1);
    hands_mail(NULL, 1, 5);
    hands_mail_ip(NULL, 0, 1, EARS_PEERS, 5);
    hands_mail_subnet(NULL, 0, 1, 24, 5);
    assert_false(hand_has_mail(NULL, 1));
    assert_true(hands_mail_server(NULL, 0, 0, 5)); /* and nobody is waited for */
}

/* ---- across processes ------------------------------------------------------------------ */

/* The process ends well, and nobody waited for ten minutes. */
static void came_back(pid_t pid, int within_s)
{
    int status = -1;
    for (int ms = 0; ms < within_s * 1000; ms++, usleep(1000))
        if (waitpid(pid, &status, WNOHANG) == pid) {
            assert_int_equal(status, 0);
            return;
        }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    fail_msg("it still waits");
}

/* A child that waits for that hand, as a pacer. */
static pid_t awaits(struct hands *h, uint32_t slot, uint64_t stood_us)
{
    pid_t pid = fork();
    if (pid == 0) {
        hands_await(h, slot, stood_us, LONG_NS);
        _exit(0);
    }
    return pid;
}

static void a_pacer_is_woken_by_the_hand_it_waits_for(void **state)
{
    (void)state;
    struct hands *h = six();
    wake(h, 2, 100, 0);
    pid_t pid = awaits(h, 2, 100);
    while (atomic_load(&h->holder) != 3)
        usleep(100);
    hand_rest(h, 1, 500); /* another's is none of its business */
    assert_int_equal(atomic_load(&h->holder), 3);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    hand_rest(h, 2, 500);
    came_back(pid, 30);
    assert_int_equal(atomic_load(&h->holder), 0);
    done(h);
}

static void a_pacer_is_woken_by_one_that_is_gone(void **state)
{
    (void)state;
    struct hands *h = six();
    wake(h, 0, 100, 0);
    pid_t pid = awaits(h, 0, 100);
    while (atomic_load(&h->holder) != 1)
        usleep(100);
    hand_drop(h, 0);
    came_back(pid, 30);
    done(h);
}

static void a_hand_that_has_moved_is_not_waited_for(void **state)
{
    (void)state;
    struct hands *h = six();
    hand_rest(h, 2, 500);
    came_back(awaits(h, 2, 100), 30);
    hands_mail(h, 2, 50); /* to the lesser of the two */
    came_back(awaits(h, 2, 500), 30);
    hands_await(h, 2, 50, 1000000); /* it stands there: as long as is said */
    hands_await(h, HANDS_NOBODY, 0, 1000000);
    assert_int_equal(atomic_load(&h->holder), 0);
    done(h);
}

/* Wakes again and again, and passes on the moments of what it was sent. */
static void take_mail(struct hands *h, _Atomic uint64_t *taken, _Atomic uint64_t *wakes)
{
    for (;; sched_yield()) {
        uint64_t at = wake(h, 1, HANDS_NEVER - 1, 0);
        if (at != HANDS_NEVER - 1)
            atomic_store(taken, at);
        atomic_fetch_add(wakes, 1);
    }
}

/* While its owner wakes, too: who has woken twice since has had it. */
static void no_mail_is_lost(void **state)
{
    (void)state;
    struct hands *h = six();
    _Atomic uint64_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    if (pid == 0)
        take_mail(h, &shared[0], &shared[1]);
    unsigned lost = 0;
    for (uint64_t n = 1; n <= 200000; n++) {
        hands_mail(h, 1, n);
        uint64_t wakes = atomic_load(&shared[1]);
        while (atomic_load(&shared[0]) != n && atomic_load(&shared[1]) < wakes + 3)
            sched_yield();
        lost += atomic_load(&shared[0]) != n;
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(lost, 0);
    munmap((void *)shared, 4096);
    done(h);
}

static void an_address_may_come_later_change_and_go(void **state)
{
    (void)state;
    struct hands *h = six();
    uint32_t here = inet_addr("10.106.0.99"), there = inet_addr("10.106.1.99");
    static const uint8_t mac[6] = {2, 0x76, 10, 106, 0, 99};
    memcpy(h->hand[2].mac, mac, sizeof mac);
    hands_move(h, 2, 0);
    assert_int_equal(hands_find(h, inet_addr(addresses[2])), HANDS_NOBODY);
    hands_mail_subnet(h, 0, inet_addr(addresses[0]), 24, 5);
    assert_int_equal(mailed(h), 1u << 4);
    hands_move(h, 2, here);
    assert_int_equal(hands_find(h, here), 2);
    hands_move(h, 2, there);
    assert_int_equal(hands_find(h, here), HANDS_NOBODY);
    assert_int_equal(hands_find(h, there), 2);
    for (uint32_t i = 0; i < PHONES; i++)
        if (i != 2)
            assert_int_equal(hands_find(h, inet_addr(addresses[i])), i);
    assert_int_equal(hands_find_mac(h, mac), 2);
    assert_int_equal(hands_find_mac(h, (const uint8_t *)"\1\1\1\1\1\1"), HANDS_NOBODY);
    done(h);
}

/* One process moves an address to and fro past the others, which are looked for meanwhile. */
static void who_looks_while_an_address_moves_finds_the_others(void **state)
{
    (void)state;
    struct hands *h = six();
    pid_t mover = fork();
    if (mover == 0)
        for (;;) {
            hands_move(h, 0, inet_addr("10.106.0.1"));
            hands_move(h, 0, inet_addr("10.106.9.9"));
        }
    while (atomic_load(&h->moves) == 0)
        sched_yield();
    uint32_t first = atomic_load(&h->moves);
    for (int n = 0; n < 200000; n++)
        for (uint32_t i = 1; i < PHONES; i++)
            if (hands_find(h, inet_addr(addresses[i])) != i)
                fail_msg("%s is not found", addresses[i]);
    assert_int_not_equal(atomic_load(&h->moves), first);
    kill(mover, SIGKILL);
    waitpid(mover, NULL, 0);
    done(h);
}

static void a_server_of_addresses_may_be_near_or_behind_a_relay(void **state)
{
    (void)state;
    struct hands *h = six();
    assert_true(hands_mail_dhcp(NULL, 0, true, 5));
    assert_true(hands_mail_dhcp(h, 0, true, 5));
    assert_true(hands_mail_dhcp(h, 1, false, 5));
    assert_int_equal(mailed(h), 1u << hands_wan(h));
    assert_int_equal(atomic_load(&h->relayed), 1);
    hand_cut(h, 0, true);
    hands_mail_dhcp(h, 0, true, 5);
    assert_int_equal(mailed(h), 0);
    assert_int_equal(atomic_load(&h->relayed), 1);
    h->dhcp_is_near = true;
    assert_false(hands_mail_dhcp(h, 1, true, 5));
    assert_int_equal(mailed(h), 0);
    done(h);
}

static void nobody_begins_before_the_fleet(void **state)
{
    (void)state;
    struct hands *h = six();
    pid_t pid = fork();
    if (pid == 0) {
        hands_await_begin(h);
        _exit(0);
    }
    usleep(20000);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    hands_begin(h);
    came_back(pid, 30);
    hands_await_begin(h); /* and whoever comes later */
    done(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_holds_the_clock_at_first),
        cmocka_unit_test(mail_goes_to_an_address),
        cmocka_unit_test(whose_an_address_is),
        cmocka_unit_test(a_cable_that_is_out_carries_no_mail),
        cmocka_unit_test(mail_goes_to_a_subnet_but_its_sender),
        cmocka_unit_test(who_has_no_ear_for_it_gets_none),
        cmocka_unit_test(a_server_that_is_near_answers_at_once),
        cmocka_unit_test(the_earliest_mail_counts),
        cmocka_unit_test(who_wakes_stands_at_the_least_but_never_goes_back),
        cmocka_unit_test(who_was_not_waited_for_stands_where_the_clock_does),
        cmocka_unit_test(who_is_gone_holds_nothing),
        cmocka_unit_test(without_hands_nothing_is_done),
        cmocka_unit_test(a_pacer_is_woken_by_the_hand_it_waits_for),
        cmocka_unit_test(a_pacer_is_woken_by_one_that_is_gone),
        cmocka_unit_test(a_hand_that_has_moved_is_not_waited_for),
        cmocka_unit_test(no_mail_is_lost),
        cmocka_unit_test(an_address_may_come_later_change_and_go),
        cmocka_unit_test(who_looks_while_an_address_moves_finds_the_others),
        cmocka_unit_test(a_server_of_addresses_may_be_near_or_behind_a_relay),
        cmocka_unit_test(nobody_begins_before_the_fleet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
