/* core_scene.h - brings a phone of core_play.h to where a test begins: in an election, in its walk
 * to a place, a child, or a parent.
 */
#ifndef CORE_SCENE_H
#define CORE_SCENE_H

#include "tests/unit/emu/core/core_play.h"

#define WEAK   0x00000001u
#define STRONG 0x7fffffffu

/* A phone whose draws, and so its strength as well, are that number. */
static inline struct bench *play_new_strong(uint32_t strength)
{
    struct bench *b = play_new();
    b->random_fixed = true;
    b->random = strength;
    return b;
}

/* From power-on until sharing has come to that state. */
static inline void play_to(struct bench *b, enum pfs_state state)
{
    play_start(b);
    assert_true(play_until(b, state, b->now + 60 * USEC_SEC));
}

/* Hears that peer n is the confirmed root of the file, and has asked it for a place. */
static inline void play_to_join(struct bench *b, int n, const char *file)
{
    play_to(b, PFS_LISTENING);
    play_claim(b, n, file, STRENGTH_CONFIRMED | 9, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    expect_udp(b, PEER(n), WIRE_JOIN);
}

/* The joiner: has asked peer 1, which it takes for the root, for a place. */
static inline struct bench *play_new_joiner(void)
{
    struct bench *b = play_new();
    play_to_join(b, 1, INDEX);
    return b;
}

/* Peer n's answer to the joiner. */
static inline void play_answer(struct bench *b, int n, enum wire_type type, uint32_t ip,
                               enum wire_reason reason)
{
    struct wire_msg m = play_msg(type, n, INDEX);
    m.depth = 1;
    m.ip = ip;
    m.reason = (uint8_t)reason;
    play_udp(b, n, &m);
}

/* Peer n says that it is the confirmed root; asked for a place, it has one. */
static inline void play_claim_and_answer(struct bench *b, int n, const char *file,
                                         uint32_t strength)
{
    struct wire_msg m = play_msg(WIRE_ACCEPT, n, file);
    forget_udp(b);
    play_claim(b, n, file, strength, true);
    expect_udp(b, PEER(n), WIRE_JOIN);
    m.depth = 1;
    play_udp(b, n, &m);
}

/* Is accepted by peer n and connected to it; its HELLO is looked at. */
static inline struct wire_msg play_link(struct bench *b, int n, const char *file)
{
    struct wire_msg m = play_msg(WIRE_ACCEPT, n, file);
    m.depth = 1;
    play_udp(b, n, &m);
    assert_state(b, PFS_LINK);
    play_connected(b);
    return expect_tcp(b, CONN_PARENT, WIRE_HELLO, NULL, NULL);
}

static inline void play_alive(struct bench *b, int conn, int n, const char *file, uint64_t offset)
{
    struct wire_msg m = play_msg(WIRE_ALIVE, n, file);
    m.offset = offset;
    play_tcp(b, conn, &m);
}

/* A waiting child of peer n. */
static inline void play_to_child(struct bench *b, int n, const char *file)
{
    play_to_join(b, n, file);
    play_link(b, n, file);
    play_alive(b, CONN_PARENT, n, file, 0);
    assert_state(b, PFS_CHILD);
}

/* A child of peer 1, the root, for FIRST; the index is on its flash. */
static inline struct bench *play_new_child(void)
{
    struct bench *b = play_new();
    bench_put_sample(b->flash, "small", INDEX);
    play_to_child(b, 1, FIRST);
    return b;
}

static inline const struct bench_file *first_file(struct bench *b)
{
    return bench_find(b->server, FIRST);
}

/* The parent sends so much of FIRST. */
static inline void play_receive(struct bench *b, int n, size_t from, size_t to)
{
    play_data(b, CONN_PARENT, n, FIRST, first_file(b)->data + from, to - from);
}

/* The parent announces the server's file, from an offset. */
static inline void play_file(struct bench *b, int n, const char *file, uint64_t offset)
{
    struct wire_msg m = play_msg(WIRE_FILE, n, file);
    const struct bench_file *f = bench_find(b->server, file);
    m.size = f->len;
    m.offset = offset;
    sha256(f->data, f->len, m.digest);
    play_tcp(b, CONN_PARENT, &m);
}

/* A root that waits for its tree to form, for FIRST; the index is on its flash. */
static inline struct bench *play_new_root(void)
{
    struct bench *b = play_new();
    bench_put_sample(b->flash, "small", INDEX);
    play_to(b, PFS_ROOT_WAIT);
    return b;
}

/* Lets it take the file from the server, while the links stay as they are. */
static inline void play_fetch(struct bench *b)
{
    assert_true(play_until(b, PFS_SERVE, b->now + 30 * USEC_SEC));
}

static inline void play_say(struct bench *b, int conn, int n, enum wire_type type,
                            const char *file)
{
    struct wire_msg m = play_msg(type, n, file);
    play_tcp(b, conn, &m);
}

/* Peer n asks for a place, gets it, connects and says HELLO. Its slot's connection. */
static inline int play_child(struct bench *b, int n, const char *file)
{
    struct wire_msg m = play_msg(WIRE_JOIN, n, file);
    forget_udp(b);
    play_udp(b, n, &m);
    expect_udp(b, PEER(n), WIRE_ACCEPT);
    int conn = play_connect(b, n);
    assert_int_not_equal(conn, CONN_NONE);
    m.type = WIRE_HELLO;
    play_tcp(b, conn, &m);
    for (int i = CONN_CHILD0; i <= CONN_CHILD1; i++)
        if (b->conn[i].state == CONN_IS_OPEN && b->conn[i].ip == PEER(n))
            return i;
    fail_msg("peer %d is not a child", n);
    return CONN_NONE;
}

#endif
