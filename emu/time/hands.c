/* hands.c - see hands.h. */
#include "emu/time/hands.h"

#include <arpa/inet.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* ---- the memory ---------------------------------------------------------------------- */

size_t hands_size(uint32_t count)
{
    return sizeof(struct hands) + count * (sizeof(struct hand) + sizeof(_Atomic uint32_t));
}

uint32_t hands_launcher(const struct hands *h)
{
    return h->count - 3;
}

uint32_t hands_wan(const struct hands *h)
{
    return h->count - 2;
}

uint32_t hands_manager(const struct hands *h)
{
    return h->count - 1;
}

static _Atomic uint32_t *in_order(const struct hands *h)
{
    return (_Atomic uint32_t *)&h->hand[h->count];
}

/* The address, in host order, of the hand at a place in that order. */
static uint32_t ip_at(const struct hands *h, uint32_t place)
{
    uint32_t slot = atomic_load(&in_order(h)[place]);
    return ntohl(atomic_load(&h->hand[slot].ip));
}

void hands_init(struct hands *h, uint32_t count)
{
    h->count = count;
    for (uint32_t i = 0; i < count; i++) {
        atomic_store(&in_order(h)[i], i);
        hand_drop(h, i);
    }
}

/* Moves what stands at a place up or down until it is in order with the first so many. */
static void settle(struct hands *h, uint32_t place, uint32_t count)
{
    _Atomic uint32_t *order = in_order(h);
    uint32_t slot = atomic_load(&order[place]), ip = ip_at(h, place);
    for (; place > 0 && ip_at(h, place - 1) > ip; place--)
        atomic_store(&order[place], atomic_load(&order[place - 1]));
    for (; place + 1 < count && ip_at(h, place + 1) < ip; place++)
        atomic_store(&order[place], atomic_load(&order[place + 1]));
    atomic_store(&order[place], slot);
}

void hands_sort(struct hands *h)
{
    for (uint32_t i = 1; i < h->count; i++)
        settle(h, i, i + 1);
}

void hands_move(struct hands *h, uint32_t slot, uint32_t ip)
{
    uint32_t place = 0;
    if (!h || atomic_load(&h->hand[slot].ip) == ip)
        return;
    while (atomic_load(&in_order(h)[place]) != slot)
        place++;
    atomic_fetch_add(&h->moves, 1);
    atomic_store(&h->hand[slot].ip, ip);
    settle(h, place, h->count);
    atomic_fetch_add(&h->moves, 1);
}

/* The first in that order whose address is not below ip (host order). */
static uint32_t first_from(const struct hands *h, uint32_t ip)
{
    uint32_t low = 0, high = h->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ip_at(h, middle) < ip)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t hands_find(const struct hands *h, uint32_t ip)
{
    uint32_t before, slot;
    do {
        before = atomic_load(&h->moves);
        uint32_t i = first_from(h, ntohl(ip));
        bool known = ip != 0 && i < h->count && ip_at(h, i) == ntohl(ip);
        slot = known ? atomic_load(&in_order(h)[i]) : HANDS_NOBODY;
    } while (before % 2 != 0 || atomic_load(&h->moves) != before);
    return slot;
}

uint32_t hands_find_mac(const struct hands *h, const uint8_t mac[6])
{
    uint32_t slot = 0, phones = h->count - HANDS_OTHERS;
    while (slot < phones && memcmp(h->hand[slot].mac, mac, sizeof h->hand[slot].mac) != 0)
        slot++;
    return slot < phones ? slot : HANDS_NOBODY;
}

/* ---- the pacer's --------------------------------------------------------------------- */

static void futex_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void hands_begin(struct hands *h)
{
    atomic_store(&h->begun, 1);
    futex_wake(&h->begun);
}

void hands_await_begin(struct hands *h)
{
    while (atomic_load(&h->begun) == 0)
        syscall(SYS_futex, &h->begun, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static uint64_t stands_at(const struct hand *hand)
{
    uint64_t pledge = atomic_load(&hand->pledge_us), mail = atomic_load(&hand->mail_us);
    return pledge < mail ? pledge : mail;
}

void hands_await(struct hands *h, uint32_t slot, uint64_t stood_us, uint64_t ns)
{
    struct timespec most = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    uint32_t awaited = slot == HANDS_NOBODY ? 0 : slot + 1;
    atomic_store(&h->holder, awaited);
    if (awaited == 0 || stands_at(&h->hand[slot]) == stood_us)
        syscall(SYS_futex, &h->holder, FUTEX_WAIT, awaited, &most, NULL, 0);
    atomic_store(&h->holder, 0);
}

/* ---- the owner's --------------------------------------------------------------------- */

uint64_t hand_wake(struct hands *h, uint32_t slot, uint64_t due_us, uint64_t not_before_us,
                   uint64_t clock_us, bool *mail)
{
    struct hand *hand = &h->hand[slot];
    uint64_t sent = atomic_load(&hand->mail_us), at;
    atomic_store(&hand->awake, true);
    do { /* the pledge first: one of the two holds the clock at any time */
        at = sent < due_us ? sent : due_us;
        if (at < not_before_us)
            at = not_before_us;
        if (at > clock_us || (clock_us - at > HANDS_HORIZON_US &&
                              clock_us - at - HANDS_HORIZON_US > h->lag_us))
            at = clock_us;
        atomic_store(&hand->pledge_us, at);
    } while (!atomic_compare_exchange_weak(&hand->mail_us, &sent, HANDS_NEVER));
    *mail = sent != HANDS_NEVER;
    return at;
}

void hand_rest(struct hands *h, uint32_t slot, uint64_t due_us)
{
    if (!h)
        return;
    uint32_t awaited = slot + 1;
    atomic_store(&h->hand[slot].pledge_us, due_us);
    atomic_store(&h->hand[slot].awake, false);
    if (atomic_load(&h->holder) == awaited &&
        atomic_compare_exchange_strong(&h->holder, &awaited, 0))
        futex_wake(&h->holder);
}

bool hand_has_mail(const struct hands *h, uint32_t slot)
{
    return h && atomic_load(&h->hand[slot].mail_us) != HANDS_NEVER;
}

void hand_listen(struct hands *h, uint32_t slot, unsigned ears)
{
    if (h)
        atomic_store(&h->hand[slot].ears, ears);
}

void hand_hold(struct hands *h, uint32_t slot, uint64_t now_us)
{
    if (!h)
        return;
    atomic_store(&h->hand[slot].awake, true);
    atomic_store(&h->hand[slot].pledge_us, now_us);
}

void hand_cut(struct hands *h, uint32_t slot, bool cut)
{
    if (h)
        atomic_store(&h->hand[slot].cut, cut);
}

void hand_drop(struct hands *h, uint32_t slot)
{
    if (!h)
        return;
    hand_listen(h, slot, 0);
    atomic_store(&h->hand[slot].mail_us, HANDS_NEVER);
    hand_rest(h, slot, HANDS_NEVER);
}

/* ---- the sender's -------------------------------------------------------------------- */

static void make_no_later(_Atomic uint64_t *moment, uint64_t us)
{
    uint64_t before = atomic_load(moment);
    while (us < before && !atomic_compare_exchange_weak(moment, &before, us))
        ;
}

void hands_mail(struct hands *h, uint32_t slot, uint64_t now_us)
{
    if (!h)
        return;
    make_no_later(&h->hand[slot].mail_us, now_us);
    make_no_later(&h->sent_us, now_us);
}

void hands_mail_slot(struct hands *h, uint32_t sender, uint32_t slot, enum ears from,
                     uint64_t now_us)
{
    if (!h || slot == HANDS_NOBODY || slot == sender || atomic_load(&h->hand[sender].cut))
        return;
    const struct hand *hand = &h->hand[slot];
    if ((atomic_load(&hand->ears) & from) && !atomic_load(&hand->cut))
        hands_mail(h, slot, now_us);
}

void hands_mail_ip(struct hands *h, uint32_t sender, uint32_t ip, enum ears from, uint64_t now_us)
{
    hands_mail_slot(h, sender, h ? hands_find(h, ip) : HANDS_NOBODY, from, now_us);
}

void hands_mail_subnet(struct hands *h, uint32_t sender, uint32_t ip, unsigned prefix_len,
                       uint64_t now_us)
{
    uint32_t net = htonl(~(UINT32_MAX >> prefix_len));
    for (uint32_t slot = 0; h && slot < h->count; slot++)
        if (((atomic_load(&h->hand[slot].ip) ^ ip) & net) == 0)
            hands_mail_slot(h, sender, slot, EARS_PEERS, now_us);
}

bool hands_mail_server(struct hands *h, uint32_t sender, uint32_t ip, uint64_t now_us)
{
    if (!h)
        return true;
    if (h->server_is_near)
        hands_mail_ip(h, sender, ip, EARS_PHONES, now_us);
    else if (!atomic_load(&h->hand[sender].cut))
        hands_mail(h, hands_wan(h), now_us);
    return !h->server_is_near || hands_find(h, ip) != HANDS_NOBODY;
}

bool hands_mail_dhcp(struct hands *h, uint32_t sender, bool relayed, uint64_t now_us)
{
    if (!h || h->dhcp_is_near || atomic_load(&h->hand[sender].cut))
        return !h || !h->dhcp_is_near;
    if (relayed)
        atomic_fetch_add(&h->relayed, 1);
    hands_mail(h, hands_wan(h), now_us);
    return true;
}
