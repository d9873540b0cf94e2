/* hands.h - what each who lives by the fleet's clock tells its pacer: how far he lets it run.
 *
 * Theory of operation. Phones, the WAN's relay, the call manager and the launcher have a hand
 * each, in memory that all of them share. In it stand two emulated moments:
 *
 *   pledge   its owner's: all up to then is done, and nothing of its own is due before
 *   mail     anybody's: something was sent to the owner at that moment, which it has not taken yet
 *
 * The clock may run to the least of them all, and a little further (pacer.h). So whoever is awake
 * stands at the moment at which he woke; who sleeps, at his next timer; and what is under way to
 * him holds the clock, however late this host lets him run. A message takes no emulated time
 * but what its receiver was late for the clock.
 *
 * Mail is laid down before the message is sent, so the receiver, who takes it out as he wakes and
 * before he looks, may find neither or both, or the mail alone; or of two that have written, the
 * message of one. It is in the air for microseconds only, and he looks once more before he rests
 * (HANDS_AIR_NS). What never arrives is given up by the pacer.
 *
 * Nobody sets a timer for an emulated moment: the pacer knows all of them, and calls who is due.
 *
 * What is to be done is in some hand at every moment, but may change hands while the pacer looks at
 * one after the other: from one that it has yet to see to one that it has seen. So each who sends
 * says so in `sent_us` before he rests, and the pacer looks again if that is before all it saw.
 *
 * An address may come later than its hand, or change: hands_move(). One process does that, the
 * keeper of the phones; all others may look for addresses meanwhile, and look again when it was
 * just moving one (`moves`, a sequence lock).
 *
 * The pacer sleeps until he of whom it waits has moved his hand: it names him in `holder`, a futex.
 */
#ifndef HANDS_H
#define HANDS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HANDS_NEVER   UINT64_MAX
#define HANDS_NOBODY  UINT32_MAX
#define HANDS_LOOK_NS 500000 /* real: until a message that is announced must have come, */
#define HANDS_AIR_NS  100000 /* and for which it is in the air, of a sender that runs */
#define HANDS_HORIZON_US 25000 /* so far the clock runs at most while nobody looks at the hands */

/* Whom one would hear: as a phone its peers, and servers; as a server phones. */
enum ears { EARS_PEERS = 1, EARS_SERVER = 2, EARS_PHONES = 4 };

struct hand {
    _Atomic uint64_t pledge_us, mail_us;
    _Atomic uint32_t awake; /* its owner works, or will look at the clock before he sleeps */
    _Atomic uint32_t ears; /* of enum ears: what it would hear */
    _Atomic uint32_t cut;  /* its cable is out: nothing comes through, either way */
    _Atomic uint32_t ip;   /* network order; 0: it has none on the phones' network */
    uint8_t mac[6];        /* a phone's */
};

struct hands {
    _Atomic uint32_t holder;  /* whom the pacer waits for, from 1; 0: nobody */
    _Atomic uint32_t begun;   /* the clock may start */
    _Atomic uint64_t sent_us; /* the earliest mail that was laid down since the pacer looked last */
    uint32_t count;
    uint64_t lag_us;          /* how far the clock may go beyond the least of them */
    bool server_is_near;      /* on the phones' own network: it answers at once */
    bool dhcp_is_near;        /* the same of who gives addresses */
    _Atomic uint32_t relayed; /* what phones ask for by DHCP, and is yet to come to the WAN */
    _Atomic uint32_t moves;   /* odd: an address is on its way from one place to another */
    struct hand hand[];       /* and behind them, `count` slots in the order of their addresses */
};

/* Behind the phones' hands, the launcher's, the WAN's and the call manager's. */
#define HANDS_OTHERS 3
uint32_t hands_launcher(const struct hands *h);
uint32_t hands_wan(const struct hands *h);
uint32_t hands_manager(const struct hands *h);

/* Size in bytes of the memory for that many. */
size_t hands_size(uint32_t count);
/* In memory of that size: all pledge never to hold the clock. */
void hands_init(struct hands *h, uint32_t count);
/* Once the first have their addresses; then, whose one is, or HANDS_NOBODY; and which phone's a MAC
 * address is. */
void hands_sort(struct hands *h);
uint32_t hands_find(const struct hands *h, uint32_t ip);
uint32_t hands_find_mac(const struct hands *h, const uint8_t mac[6]);
/* That hand has another address from now on, or none: 0. Of one process alone. */
void hands_move(struct hands *h, uint32_t slot, uint32_t ip);

/* ---- the owner's. All do nothing where h is NULL: then the clock waits for nobody. ---------- */

/* He is awake, for what was due at that moment, or at that of his mail if it is earlier, and never
 * before not_before; but at what the clock shows, if it has not waited for him, and is beyond lag
 * and horizon: he was frozen, say.
 * Takes out his mail. The moment at which he stands, and whether there was mail. */
uint64_t hand_wake(struct hands *h, uint32_t slot, uint64_t due_us, uint64_t not_before_us,
                   uint64_t clock_us, bool *mail);
/* He has nothing to do before that. Wakes the pacer, if it waits for this. */
void hand_rest(struct hands *h, uint32_t slot, uint64_t due_us);
/* Whether something is under way to him. */
bool hand_has_mail(const struct hands *h, uint32_t slot);
/* Whom he would hear, of enum ears. */
void hand_listen(struct hands *h, uint32_t slot, unsigned ears);
/* He is about to be there, for something to be done at that moment. */
void hand_hold(struct hands *h, uint32_t slot, uint64_t now_us);
/* Its cable is out, or in again. */
void hand_cut(struct hands *h, uint32_t slot, bool cut);
/* He is gone: nothing of his holds the clock. */
void hand_drop(struct hands *h, uint32_t slot);

/* ---- the pacer's ----------------------------------------------------------------------------- */

/* The fleet begins; until it does. */
void hands_begin(struct hands *h);
void hands_await_begin(struct hands *h);
/* Until that one has moved his hand from where it stood (the lesser of its two moments), or so long
 * at most; HANDS_NOBODY: just so long. */
void hands_await(struct hands *h, uint32_t slot, uint64_t stood_us, uint64_t ns);

/* ---- the sender's: before he sends, at now_us ------------------------------------------------ */

void hands_mail(struct hands *h, uint32_t slot, uint64_t now_us);
/* From that slot, of a peer, a server or a phone, to another (HANDS_NOBODY: nobody), to an address;
 * to all others of its subnet; on its way to the server of an address: false where that is near,
 * has no hand, and answers at once. Whom it does not reach gets no mail: who does not listen, or
 * whose cable is out, or everybody if that is the sender's. */
void hands_mail_slot(struct hands *h, uint32_t sender, uint32_t slot, enum ears from,
                     uint64_t now_us);
void hands_mail_ip(struct hands *h, uint32_t sender, uint32_t ip, enum ears from, uint64_t now_us);
void hands_mail_subnet(struct hands *h, uint32_t sender, uint32_t ip, unsigned prefix_len,
                       uint64_t now_us);
bool hands_mail_server(struct hands *h, uint32_t sender, uint32_t ip, uint64_t now_us);
/* On its way to who gives addresses, by way of the site's router (relayed) or straight to him: the
 * same. What is relayed comes to the WAN from the router, which takes its time: until then it is
 * counted. */
bool hands_mail_dhcp(struct hands *h, uint32_t sender, bool relayed, uint64_t now_us);

#endif
