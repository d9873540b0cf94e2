/* gate.c - see gate.h.
 *
 * A token bucket (HTB) with a class for each kind that is paced, and one that drops; what no class
 * is named for passes by. A filter of classic BPF names the class. Buckets count bytes: here a
 * frame has so many more of them than its own (FRAME_BYTES) that each costs the same, and none is
 * ever in store, so that the frames of a class are evenly apart.
 */
#include "netns/host/gate.h"
#include "netns/host/links-private.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define GATE        0x10000u     /* handle of the whole: 1: */
#define CLASS(n)    (GATE + (n)) /* 1:n */
#define LEAF(n)     (0x100000u * (n))
#define FRAME_BYTES 60000u
#define SLOWER      95 /* per cent of the pace: a timer that was late is early next */

enum { PASS = 0, ARP = 1, DHCP = 2, SHUT = 3 };
#define DHCP_SERVER 67
#define CDP_GROUP_HIGH 0x01000ccc /* 01:00:0c:cc:cc:cc */
#define CDP_GROUP_LOW  0xcccc
#define LENGTH_MOST    1500       /* in place of a type: an 802.3 frame */

/* ---- requests ----------------------------------------------------------------------- */

static struct nl_msg *request(int type, int index, uint32_t parent, uint32_t handle,
                              const char *kind)
{
    struct tcmsg header = {.tcm_family = AF_UNSPEC, .tcm_ifindex = index, .tcm_parent = parent,
                           .tcm_handle = handle};
    struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_CREATE | NLM_F_EXCL);
    if (type == RTM_NEWTFILTER)
        header.tcm_info = TC_H_MAKE(1u << 16, htons(ETH_P_ALL));
    nlmsg_append(msg, &header, sizeof header, NLMSG_ALIGNTO);
    nla_put_string(msg, TCA_KIND, kind);
    return msg;
}

static int bucket_set(struct nl_sock *sock, int index)
{
    const struct tc_htb_glob whole = {.version = 3, .rate2quantum = 1};
    struct nl_msg *msg = request(RTM_NEWQDISC, index, TC_H_ROOT, GATE, "htb");
    struct nlattr *options = nla_nest_start(msg, TCA_OPTIONS);
    nla_put(msg, TCA_HTB_INIT, sizeof whole, &whole);
    nla_nest_end(msg, options);
    return nl_send_sync(sock, msg); /* frees msg, here and below */
}

/* Frames a second, of which so many may wait. */
static int class_set(struct nl_sock *sock, int index, unsigned n, unsigned pace, unsigned room)
{
    const struct tc_ratespec rate = {.rate = pace * FRAME_BYTES / 100 * SLOWER,
                                     .overhead = FRAME_BYTES,
                                     .linklayer = TC_LINKLAYER_ETHERNET};
    const struct tc_htb_opt one = {.rate = rate, .ceil = rate, .buffer = 1, .cbuffer = 1,
                                   .quantum = FRAME_BYTES};
    const struct tc_fifo_qopt leaf = {.limit = room};
    struct nl_msg *msg = request(RTM_NEWTCLASS, index, GATE, CLASS(n), "htb");
    struct nlattr *options = nla_nest_start(msg, TCA_OPTIONS);
    nla_put(msg, TCA_HTB_PARMS, sizeof one, &one);
    nla_nest_end(msg, options);
    int rc = nl_send_sync(sock, msg);
    if (rc < 0)
        return rc;
    msg = request(RTM_NEWQDISC, index, CLASS(n), LEAF(n), "pfifo");
    nla_put(msg, TCA_OPTIONS, sizeof leaf, &leaf);
    return nl_send_sync(sock, msg);
}

/* ---- which class -------------------------------------------------------------------- */

/* Lines of the program below that are jumped to; and a jump, given the line that it stands on. */
enum { IPV4 = 9, TO_PASS = 20, TO_SHUT, TO_ARP, TO_DHCP, TO_SERVED };
#define JUMP(at, if_, what, yes, no)                                                               \
    BPF_JUMP(BPF_JMP | BPF_##if_ | BPF_K, what, (yes) - (at) - 1, (no) - (at) - 1)

static int filter_set(struct nl_sock *sock, int index, const struct gate *gate)
{
    const uint32_t arp = gate->pace ? CLASS(ARP) : PASS, dhcp = gate->pace ? CLASS(DHCP) : PASS;
    const uint32_t served = gate->serves_dhcp ? dhcp : CLASS(SHUT);
    const struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), /* EtherType, or the length of an 802.3 frame */
        JUMP(1, JEQ, ETH_P_ARP, TO_ARP, 2),
        JUMP(2, JEQ, ETH_P_IP, IPV4, 3),
        JUMP(3, JEQ, ETH_P_LLDP, TO_PASS, 4),
        JUMP(4, JGT, LENGTH_MOST, TO_SHUT, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* to CDP's group, and not to the spanning tree's */
        JUMP(6, JEQ, CDP_GROUP_HIGH, 7, TO_SHUT),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
        JUMP(8, JEQ, CDP_GROUP_LOW, TO_PASS, TO_SHUT),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9), /* IPV4: its protocol */
        JUMP(10, JEQ, IPPROTO_TCP, TO_PASS, 11),
        JUMP(11, JEQ, IPPROTO_ICMP, TO_PASS, 12),
        JUMP(12, JEQ, IPPROTO_UDP, 13, TO_SHUT),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, ETH_HLEN + 6),
        JUMP(14, JSET, 0x1fff, TO_PASS, 15), /* a later fragment has no ports */
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN), /* from which port */
        JUMP(17, JEQ, DHCP_SERVER, TO_SERVED, 18),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN + 2), /* to which */
        JUMP(19, JEQ, DHCP_SERVER, TO_DHCP, TO_PASS),
        [TO_PASS] = BPF_STMT(BPF_RET | BPF_K, PASS),
        [TO_SHUT] = BPF_STMT(BPF_RET | BPF_K, CLASS(SHUT)),
        [TO_ARP] = BPF_STMT(BPF_RET | BPF_K, arp),
        [TO_DHCP] = BPF_STMT(BPF_RET | BPF_K, dhcp),
        [TO_SERVED] = BPF_STMT(BPF_RET | BPF_K, served),
    };
    struct nl_msg *msg = request(RTM_NEWTFILTER, index, GATE, 0, "bpf");
    struct nlattr *options = nla_nest_start(msg, TCA_OPTIONS);
    nla_put_u16(msg, TCA_BPF_OPS_LEN, sizeof code / sizeof *code);
    nla_put(msg, TCA_BPF_OPS, sizeof code, code);
    nla_nest_end(msg, options);
    return nl_send_sync(sock, msg);
}

int gate_set(struct nl_sock *sock, int index, const struct gate *gate)
{
    unsigned room = gate->pace * GATE_WAIT_S;
    int rc = bucket_set(sock, index);
    if (rc == 0)
        rc = class_set(sock, index, SHUT, 1, 0);
    for (unsigned n = ARP; n <= DHCP && rc == 0 && gate->pace; n++)
        rc = class_set(sock, index, n, gate->pace, room);
    return rc < 0 ? rc : filter_set(sock, index, gate);
}
