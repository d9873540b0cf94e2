/* fuzz_phone.c - a whole phone in the middle of an upgrade: peers that say anything in any order
 * and form, a server in good health or down, connections that come, stall and go, a flash that is
 * full, power cuts. The carrier is that of the unit tests, which holds the phone to the contract of
 * core.h. The input is a script of actions, each with the bytes it takes (enum action).
 *
 * What must hold after each action stands in phone_check.h. And when the script is over, every peer
 * is gone and the server answers, the phone comes to an end within a bounded time.
 */
#include "emu/cursor.h"
#include "tests/fuzz/phone_check.h"

#define PEERS    4
#define END_MAX  (3600 * USEC_SEC)
#define WORK_MAX 64 /* datagrams, lines and events by one event; far above what any takes */

enum action {
    DO_STEPS,     /* u8: that many answers of the server or timers */
    DO_TIME,      /* u16: milliseconds go by */
    DO_UDP_RAW,   /* u8 peer, u8 length, bytes */
    DO_UDP,       /* u8 peer, u8 type, u8 file, u32 number, u8 value */
    DO_CONNECT,   /* u8 peer */
    DO_CONNECTED, /* ours to a parent succeeds */
    DO_CLOSED,    /* u8 slot */
    DO_TCP_RAW,   /* u8 slot, u8 length, bytes */
    DO_TCP,       /* u8 slot, u8 type, u8 file, u32 number, u8 value */
    DO_DATA,      /* u8 slot, u8 file (said << 4 | true), u16 offset, u16 length */
    DO_TFTP_RAW,  /* u8 whether from the server, u8 length, bytes */
    DO_SERVER,    /* u8: is up or down; a bit of one of its files turns over */
    DO_STALL,     /* u8: what the phone sends by TCP stays or leaves */
    DO_FLASH,     /* u8: errors of the flash, by bits */
    DO_POWER,     /* off and on again */
    DO_UNTIL,     /* u8 state of sharing: steps until it is reached, 200 at most */
    DO_COUNT
};

static struct auth_key *key;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    size_t len;
    (void)argc, (void)argv;
    char *pem = (char *)bench_read(SAMPLES "test-key.pub.pem", &len);
    key = auth_key_parse(pem, len);
    free(pem);
    for (size_t i = 0; i + 1 < FILES; i++)
        bench_put_sample(truth, "bad", files[i]);
    bench_put_text(truth, OWN_FILE,
                   "<device><loadInformation>" LOAD "</loadInformation><vendorConfig>"
                   "<peerFirmwareSharing>1</peerFirmwareSharing></vendorConfig></device>");
    return 0;
}

static struct bench *power_on(void)
{
    struct bench *b = calloc(1, sizeof *b);
    must(b);
    b->id = (struct phone_identity){
        .name = "SEP0800270027F8", .model = phone_model_find(MODEL), .ip = OWN_IP,
        .tftp_ip = SERVER_IP, .xid = OWN_XID, .running = OLD_LOAD,
        .authentication = AUTH_SIGNATURE, .key = key};
    b->tid = 40000;
    for (size_t i = 0; i < BENCH_FILES; i++)
        if (truth[i].data)
            bench_put(b->server, truth[i].name, fuzz_copy(truth[i].data, truth[i].len),
                      truth[i].len);
    b->phone = phone_new(&b->id, &bench_ops, b);
    must(b->phone);
    play_start(b);
    return b;
}

/* ---- what must hold ------------------------------------------------------------------- */

/* Forgets what the carrier has written down, so that each action is counted by itself. */
static void check(struct bench *b, size_t events)
{
    check_links(b);
    check_served(b);
    must(b->udp_count + b->log_count + b->event_count <= (events + 1) * WORK_MAX);
    b->udp_count = b->log_count = b->event_count = b->statuses = b->requested[0] = 0;
    for (int i = 0; i < CONN_PEERS; i++)
        b->conn[i].out_len = b->conn[i].out_at = 0;
}

/* ---- actions -------------------------------------------------------------------------- */

/* The server's answer, or the next timer. */
static void step(struct bench *b)
{
    usec next = phone_deadline(b->phone);
    if (b->reply_len && !b->server_down) {
        b->now += 10;
        play_reply(b);
    } else if (next != NEVER) {
        b->now = next > b->now ? next : b->now;
        play_timers(b);
    }
}

static void let_pass(struct bench *b, usec time)
{
    usec until = b->now + time;
    for (size_t n = 0; phone_deadline(b->phone) <= until || (b->reply_len && !b->server_down);
         n++) {
        must(n < 10000);
        step(b);
        check(b, 1);
    }
    b->now = until > b->now ? until : b->now;
}

static struct wire_msg made(struct cursor *c, int peer)
{
    uint8_t type = wire_formats[cursor_u8(c) % wire_format_count].type;
    struct wire_msg m = play_msg((enum wire_type)type, peer, files[cursor_u8(c) % FILES]);
    uint32_t number = cursor_u32(c);
    uint8_t value = cursor_u8(c);
    m.strength = number;
    m.offset = m.size = number;
    m.ad = value % 5;
    m.confirmed = value >> 7;
    m.depth = value;
    m.reason = value % REASON_COUNT;
    m.ip = value % 3 ? PEER(value % PEERS) : value % 2 ? 0 : OWN_IP;
    const char *other = files[number % FILES];
    const struct bench_file *t = bench_find(truth, value & 8 ? other : m.file);
    if (t && value & 1) { /* the truth about the file, or not quite */
        sha256(t->data, t->len, m.digest);
        m.size = value & 4 ? number : t->len;
        m.offset = value & 2 ? number : number % (t->len + 1);
    }
    return m;
}

static void say_udp(struct bench *b, struct cursor *c)
{
    int peer = cursor_u8(c) % PEERS;
    struct wire_msg m = made(c, peer);
    if (m.type != WIRE_DATA)
        play_udp(b, peer, &m);
}

static int open_slot(struct bench *b, struct cursor *c)
{
    int conn = cursor_u8(c) % CONN_PEERS;
    return b->conn[conn].state == CONN_IS_OPEN ? conn : CONN_NONE;
}

static int peer_at(const struct bench *b, int conn)
{
    for (int n = 0; n < PEERS; n++)
        if (b->conn[conn].ip == PEER(n))
            return n;
    return 0;
}

static void say_tcp(struct bench *b, struct cursor *c)
{
    int conn = open_slot(b, c);
    struct wire_msg m = made(c, conn == CONN_NONE ? 0 : peer_at(b, conn));
    if (conn != CONN_NONE)
        play_tcp(b, conn, &m);
}

static void say_data(struct bench *b, struct cursor *c)
{
    int conn = open_slot(b, c);
    uint8_t file = cursor_u8(c);
    size_t offset = cursor_u16(c), len = cursor_u16(c);
    const struct bench_file *t = bench_find(truth, files[file % 16 % FILES]);
    if (conn == CONN_NONE || !t)
        return;
    offset = offset < t->len ? offset : t->len;
    len = len < t->len - offset ? len : t->len - offset;
    play_data(b, conn, peer_at(b, conn), files[file / 16 % FILES], t->data + offset, len);
}

/* Bytes in their own memory, which is gone when the phone has had them. */
static void say_raw(struct bench *b, struct cursor *c, enum action how)
{
    uint8_t who = cursor_u8(c);
    size_t len = cursor_u8(c);
    len = len < cursor_left(c) ? len : cursor_left(c);
    uint8_t *bytes = fuzz_copy(cursor_bytes(c, len), len);
    int conn = who % CONN_PEERS;
    struct addr server = {who % 4 ? b->asked_ip : PEER(0), who % 8 ? b->tid : 69};
    if (how == DO_UDP_RAW)
        phone_udp(b->phone, (struct addr){PEER(who % PEERS), CPPDP_PORT}, bytes, len, b->now);
    else if (how == DO_TFTP_RAW)
        phone_tftp(b->phone, server, bytes, len, b->now);
    else if (b->conn[conn].state == CONN_IS_OPEN)
        phone_tcp_data(b->phone, conn, bytes, len, b->now);
    free(bytes);
    play_settle(b);
}

static void set_server(struct bench *b, uint8_t bits)
{
    b->server_down = bits & 1;
    size_t n = (bits >> 2) % FILES;
    struct bench_file *f = bench_find(b->server, n + 1 < FILES ? files[n] : OWN_FILE);
    if (bits & 2)
        f->data[f->len / 2] ^= 1;
}

static void set_flash(struct bench *b, uint8_t bits)
{
    b->flash_begin_error = bits & 1 ? -EIO : 0;
    b->flash_append_error = bits & 2 ? -ENOSPC : 0;
    b->flash_commit_error = bits & 4 ? -EIO : 0;
    b->flash_activate_error = bits & 8 ? -EIO : 0;
    b->port_errors = bits >> 4;
    b->port_error = -EADDRINUSE;
}

static void power_cycle(struct bench *b)
{
    b->now += USEC_SEC;
    play_start(b);
}

static void steps(struct bench *b, unsigned n)
{
    while (n-- > 0) {
        step(b);
        check(b, 1);
    }
}

static void steps_until(struct bench *b, enum pfs_state state)
{
    for (int n = 0; n < 200 && pfs_of(b)->state != state; n++)
        steps(b, 1);
}

static void act(struct bench *b, enum action action, struct cursor *c)
{
    int conn;
    switch (action) {
    case DO_STEPS:
        return steps(b, cursor_u8(c));
    case DO_TIME:
        return let_pass(b, cursor_u16(c) * USEC_MS);
    case DO_UDP_RAW:
    case DO_TCP_RAW:
    case DO_TFTP_RAW:
        return say_raw(b, c, action);
    case DO_UDP:
        return say_udp(b, c);
    case DO_CONNECT:
        conn = cursor_u8(c) % PEERS;
        if (b->listening)
            play_connect(b, conn);
        break;
    case DO_CONNECTED:
        if (b->conn[CONN_PARENT].state == CONN_IS_CONNECTING)
            play_connected(b);
        break;
    case DO_CLOSED:
        conn = cursor_u8(c) % CONN_PEERS;
        if (b->conn[conn].state != CONN_IS_FREE)
            play_closed(b, conn);
        break;
    case DO_TCP:
        return say_tcp(b, c);
    case DO_DATA:
        return say_data(b, c);
    case DO_SERVER:
        return set_server(b, cursor_u8(c));
    case DO_STALL:
        b->hold_sent = cursor_u8(c) % 2;
        play_settle(b);
        break;
    case DO_FLASH:
        return set_flash(b, cursor_u8(c));
    case DO_POWER:
        return power_cycle(b);
    case DO_UNTIL:
        return steps_until(b, cursor_u8(c) % PFS_STATE_COUNT);
    case DO_COUNT:
        break;
    }
}

/* Left alone with a server that answers. */
static void check_end(struct bench *b)
{
    usec until = b->now + END_MAX;
    set_flash(b, 0);
    b->server_down = b->hold_sent = false;
    for (int i = 0; i < CONN_PEERS; i++)
        if (b->conn[i].state != CONN_IS_FREE)
            play_closed(b, i);
    while (phone_status(b->phone)->state != PHONE_IDLE &&
           phone_status(b->phone)->state != PHONE_FAILED) {
        must(phone_deadline(b->phone) != NEVER || b->reply_len);
        step(b);
        check(b, 1);
        must(b->now <= until);
    }
    check_flash(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bench *b = power_on();
    struct cursor c = cursor(data, size);
    play_until(b, PFS_LISTENING, 60 * USEC_SEC);
    check(b, 100);
    while (cursor_left(&c)) {
        act(b, cursor_u8(&c) % DO_COUNT, &c);
        check(b, 1);
        check_flash(b);
    }
    check_end(b);
    play_free(b);
    return 0;
}
