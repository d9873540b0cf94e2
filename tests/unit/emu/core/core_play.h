/* core_play.h - plays a phone's world on core_bench.h: lets time go by, answers as the TFTP server,
 * speaks as other phones, and looks at what the phone said.
 */
#ifndef CORE_PLAY_H
#define CORE_PLAY_H

#include "emu/core/blame.h"
#include "emu/core/root.h"
#include "tests/unit/emu/core/core_bench.h"

/* ---- making -------------------------------------------------------------------------- */

static inline void bench_put_text(struct bench_file *files, const char *name, const char *text)
{
    bench_put(files, name, (uint8_t *)strdup(text), strlen(text));
}

static inline void bench_put_sample(struct bench_file *files, const char *dir, const char *name)
{
    char path[256];
    size_t len;
    snprintf(path, sizeof path, SAMPLES "%s/%s", dir, name);
    uint8_t *data = bench_read(path, &len);
    bench_put(files, name, data, len);
}

static const char *const bench_load[] = {
    INDEX, FIRST, "cnu41.9-4-2ES26.sbn", "apps41.9-4-2ES26.sbn", "dsp41.9-4-2ES26.sbn",
    "cvm41sccp.9-4-2ES26.sbn",
};
#define BENCH_LOAD_FILES (sizeof bench_load / sizeof *bench_load)

#define OWN_FILE "SEP0800270027F8.cnf.xml"

/* The phone's own configuration sends it to that load. */
static inline void play_name_load(struct bench *b, const char *load, bool pfs)
{
    char text[256];
    snprintf(text, sizeof text,
             "<device><loadInformation>%s</loadInformation><vendorConfig>"
             "<peerFirmwareSharing>%d</peerFirmwareSharing></vendorConfig></device>", load, pfs);
    bench_put_text(b->server, OWN_FILE, text);
}

static inline void play_configure(struct bench *b, bool pfs)
{
    play_name_load(b, NEW_LOAD, pfs);
}

/* A phone of that model, off, and a server that holds its configuration and the new load. */
static inline struct bench *play_new_model(const char *model, bool pfs)
{
    static struct auth_key *key;
    struct bench *b = calloc(1, sizeof *b);
    if (!key) {
        size_t len;
        char *pem = (char *)bench_read(SAMPLES "test-key.pub.pem", &len);
        key = auth_key_parse(pem, len);
        free(pem);
    }
    b->id = (struct phone_identity){
        .name = "SEP0800270027F8", .model = phone_model_find(model), .ip = OWN_IP,
        .tftp_ip = SERVER_IP, .xid = OWN_XID, .running = OLD_LOAD,
        .authentication = AUTH_SIGNATURE, .key = key};
    b->tid = 40000;
    play_configure(b, pfs);
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++)
        bench_put_sample(b->server, "small", bench_load[i]);
    b->phone = phone_new(&b->id, &bench_ops, b);
    return b;
}

/* The server holds a load for 7940 and 7960, and the configuration names it. */
#define OLD_MODEL_LOAD "P00308010200"
static inline void play_old_model(struct bench *b, bool pfs)
{
    static const char *const files[] = {OLD_MODEL_LOAD ".loads", OLD_MODEL_LOAD ".sbn",
                                        OLD_MODEL_LOAD ".sb2"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        bench_put_sample(b->server, "small", files[i]);
    play_name_load(b, OLD_MODEL_LOAD, pfs);
}

/* Another process with the same flash: born anew by its identity, which may have changed. */
static inline void play_reborn(struct bench *b)
{
    phone_free(b->phone);
    bench_flash_discard(b);
    bench_peer_close(b);
    b->phone = phone_new(&b->id, &bench_ops, b);
}

static inline void play_quirks(struct bench *b, unsigned quirks)
{
    b->id.quirks = quirks;
    play_reborn(b);
}

static inline struct bench *play_new(void)
{
    return play_new_model(MODEL, true);
}

static inline void play_free(struct bench *b)
{
    phone_free(b->phone);
    bench_flash_discard(b);
    for (size_t i = 0; i < BENCH_FILES; i++) {
        free(b->server[i].data);
        free(b->flash[i].data);
    }
    for (int i = 0; i < CONN_PEERS; i++)
        free(b->conn[i].out);
    free(b->udp);
    free(b->dhcp);
    free(b->log);
    free(b->event);
    free(b);
}

/* ---- time ---------------------------------------------------------------------------- */

static inline struct pfs *pfs_of(struct bench *b)
{
    return &b->phone->pfs;
}

/* All that was given to tcp_send leaves. */
static inline void play_settle(struct bench *b)
{
    for (int i = 0; i < CONN_PEERS; i++)
        while (b->conn[i].busy && !b->hold_sent) {
            b->conn[i].busy = false;
            phone_tcp_sent(b->phone, i, b->now);
        }
}

static inline void play_timers(struct bench *b)
{
    phone_run_timers(b->phone, b->now);
    assert_true(phone_deadline(b->phone) > b->now); /* or the carrier would spin */
    play_settle(b);
}

static inline void play_reply(struct bench *b)
{
    uint8_t packet[sizeof b->reply];
    size_t len = b->reply_len;
    memcpy(packet, b->reply, len);
    b->reply_len = 0;
    phone_tftp(b->phone, (struct addr){b->asked_ip, b->tid}, packet, len, b->now);
    play_settle(b);
}

/* Lets time go by until the deadline, or until the phone's part in sharing is in that state
 * (PFS_STATE_COUNT: none). False when the time ran out. */
static inline bool play_until(struct bench *b, enum pfs_state state, usec until)
{
    play_settle(b);
    while (pfs_of(b)->state != state) {
        usec reply_at = b->reply_len && !b->server_down ? b->reply_at : NEVER;
        usec deadline = phone_deadline(b->phone), next = reply_at < deadline ? reply_at : deadline;
        if (next > until) {
            b->now = until;
            return false;
        }
        b->now = next > b->now ? next : b->now;
        if (phone_deadline(b->phone) <= b->now)
            play_timers(b);
        else
            play_reply(b);
    }
    return true;
}

static inline void play_for(struct bench *b, usec time)
{
    play_until(b, PFS_STATE_COUNT, b->now + time);
}

/* Until the phone idles or has failed. */
static inline void play_to_end(struct bench *b)
{
    usec until = b->now + 3600 * USEC_SEC;
    while (phone_status(b->phone)->state != PHONE_IDLE &&
           phone_status(b->phone)->state != PHONE_FAILED && b->now < until)
        play_for(b, 100 * USEC_MS);
}

/* Until nothing of it is left but what waits. */
static inline void play_addressed(struct bench *b)
{
    for (; b->addressing; b->addressing--)
        phone_addressed(b->phone, b->now);
    play_settle(b);
}

/* ---- other phones -------------------------------------------------------------------- */

static inline struct wire_msg play_msg(enum wire_type type, int n, const char *file)
{
    struct wire_msg m = {.type = (uint8_t)type, .xid = XID(n), .h = wire_hierarchy(MODEL, file),
                         .map = 7, .model = MODEL};
    snprintf(m.file, sizeof m.file, "%s", file);
    return m;
}

static inline void play_udp(struct bench *b, int n, const struct wire_msg *m)
{
    uint8_t out[WIRE_MAX];
    size_t len = wire_encode(m, 0, out, sizeof out);
    assert_int_not_equal(len, 0);
    phone_udp(b->phone, (struct addr){PEER(n), CPPDP_PORT}, out, len, b->now);
    play_settle(b);
}

static inline void play_claim(struct bench *b, int n, const char *file, uint32_t strength,
                              bool confirmed)
{
    struct wire_msg m = play_msg(WIRE_CLAIM, n, file);
    m.strength = strength;
    m.confirmed = confirmed;
    m.ad = confirmed ? 4 : 0;
    play_udp(b, n, &m);
}

static inline void play_bytes(struct bench *b, int conn, const void *data, size_t len)
{
    phone_tcp_data(b->phone, conn, data, len, b->now);
    play_settle(b);
}

static inline void play_tcp(struct bench *b, int conn, const struct wire_msg *m)
{
    uint8_t out[WIRE_MAX];
    size_t len = wire_encode(m, 0, out, sizeof out);
    assert_int_not_equal(len, 0);
    play_bytes(b, conn, out, len);
}

/* DATA with this payload, header first. */
static inline void play_data(struct bench *b, int conn, int n, const char *file, const void *data,
                             size_t len)
{
    struct wire_msg m = play_msg(WIRE_DATA, n, file);
    uint8_t *out = malloc(WIRE_HEADER + len);
    assert_int_equal(wire_encode(&m, len, out, WIRE_HEADER), WIRE_HEADER);
    memcpy(out + WIRE_HEADER, data, len);
    play_bytes(b, conn, out, WIRE_HEADER + len);
    free(out);
}

static inline void play_closed(struct bench *b, int conn)
{
    b->conn[conn].state = CONN_IS_FREE;
    b->conn[conn].busy = false;
    phone_tcp_closed(b->phone, conn, -ECONNRESET, b->now);
    play_settle(b);
}

/* Peer n connects. The slot, or CONN_NONE. */
static inline int play_connect(struct bench *b, int n)
{
    int conn = phone_tcp_accepted(b->phone, PEER(n), b->now);
    if (conn == CONN_NONE)
        return conn;
    assert_in_range(conn, CONN_LOBBY, CONN_PEERS - 1);
    assert_int_equal(b->conn[conn].state, CONN_IS_FREE);
    free(b->conn[conn].out);
    b->conn[conn] = (struct bench_conn){.state = CONN_IS_OPEN, .ip = PEER(n),
                                        .serial = ++b->accepted};
    play_settle(b);
    return conn;
}

static inline void play_connected(struct bench *b)
{
    assert_int_equal(b->conn[CONN_PARENT].state, CONN_IS_CONNECTING);
    b->conn[CONN_PARENT].state = CONN_IS_OPEN;
    phone_tcp_connected(b->phone, CONN_PARENT, b->now);
    play_settle(b);
}

static inline void play_start(struct bench *b)
{
    phone_start(b->phone, b->now);
    play_settle(b);
}

/* ---- looking ------------------------------------------------------------------------- */

/* The next datagram not looked at yet; NULL when there is none. */
static inline const struct bench_datagram *next_udp(struct bench *b)
{
    return b->udp_at < b->udp_count ? &b->udp[b->udp_at++] : NULL;
}

static inline const struct wire_msg *expect_udp(struct bench *b, uint32_t to, enum wire_type type)
{
    const struct bench_datagram *d = next_udp(b);
    assert_non_null(d);
    assert_int_equal(d->msg.type, type);
    assert_int_equal(d->to, to);
    return &d->msg;
}

static inline void forget_udp(struct bench *b)
{
    b->udp_at = b->udp_count;
}

/* The next message that the phone has sent on a connection; the payload of DATA in place. */
static inline struct wire_msg expect_tcp(struct bench *b, int conn, enum wire_type type,
                                         const uint8_t **payload, size_t *len)
{
    struct bench_conn *c = &b->conn[conn];
    struct wire_msg m;
    int64_t length = wire_peek(c->out + c->out_at, c->out_len - c->out_at);
    assert_in_range(length, WIRE_HEADER, c->out_len - c->out_at);
    size_t head = c->out[c->out_at + 3] == WIRE_DATA ? WIRE_HEADER : (size_t)length;
    assert_null(wire_decode(c->out + c->out_at, head, &m));
    assert_int_equal(m.type, type);
    if (payload)
        *payload = c->out + c->out_at + head;
    if (len)
        *len = (size_t)length - head;
    c->out_at += (size_t)length;
    return m;
}

static inline void expect_no_tcp(const struct bench *b, int conn)
{
    assert_int_equal(b->conn[conn].out_at, b->conn[conn].out_len);
}

/* How many of the lines hold all of the text. */
static inline size_t count_events(const struct bench *b, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < b->event_count; i++)
        n += strstr(b->event[i], text) != NULL;
    return n;
}

static inline size_t count_log(const struct bench *b, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < b->log_count; i++)
        n += strstr(b->log[i], text) != NULL;
    return n;
}

static inline void assert_state(struct bench *b, enum pfs_state state)
{
    assert_string_equal(pfs_state_names[pfs_of(b)->state], pfs_state_names[state]);
}

static inline void assert_phone(const struct bench *b, enum phone_state state, const char *text)
{
    const struct phone_status *s = phone_status(b->phone);
    assert_string_equal(phone_state_names[s->state], phone_state_names[state]);
    assert_string_equal(s->status_text, text);
}

/* How often a file was asked for at the server. */
static inline size_t count_requests(const struct bench *b, const char *name)
{
    size_t n = 0;
    for (const char *at = b->requested; (at = strstr(at, name)); at++)
        n++;
    return n;
}

#endif
