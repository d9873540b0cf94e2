/* hostile.c - a peer on port 4051 that means harm.
 *
 *   hostile ROLE FILES FIRST_ADDRESS COUNT BROADCAST DIRECTORY SPEED
 *
 * Plays one row of the table below from COUNT addresses of its network namespace, beginning with
 * FIRST_ADDRESS, against the first FILES files that it hears of (0: all). DIRECTORY holds the true
 * files; SPEED is the phones'. It speaks the phones' own format (emu/core/wire.h) where it lies, and
 * anything where it only makes noise. It says "ready" when it hears all; ended by SIGTERM, what it
 * has done: "claims N joins N connects N ...", and for how many milliseconds the machine gave it no
 * time at all, nor presumably the phones: "pauses N".
 *
 * Here it hears and serves; what it does unasked is in noise.c, and as a child in intruder.c.
 */
#include "tests/net/hostile.h"

#include "emu/core/auth.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS 100 /* no less is one */
#define CALLERS  256
#define ENDLESS  3 /* DATA that a caller gets each emulated second: 64 MiB in 341 of them */

static const struct role roles[] = {
    {"silent", true, J_SILENT, S_MUTE, N_NONE, 0},
    {"busy", true, J_BUSY, S_MUTE, N_NONE, 0},
    {"refuse", true, J_REFUSE, S_MUTE, N_NONE, 0},
    {"astray", true, J_ASTRAY, S_MUTE, N_NONE, 0},
    {"mute", true, J_ACCEPT, S_MUTE, N_NONE, 0},
    {"stall", true, J_ACCEPT, S_STALL, N_NONE, 0},
    {"drip", true, J_ACCEPT, S_DRIP, N_NONE, 0},
    {"half", true, J_ACCEPT, S_HALF, N_NONE, 0},
    {"wrong", true, J_ACCEPT, S_WRONG, N_NONE, 0},
    {"digest", true, J_ACCEPT, S_DIGEST, N_NONE, 0},
    {"short", true, J_ACCEPT, S_SHORT, N_NONE, 0},
    {"endless", true, J_ACCEPT, S_ENDLESS, N_NONE, 0},
    {"failed", true, J_ACCEPT, S_FAILED, N_NONE, 0},
    {"replay", false, J_ACCEPT, S_OLD, N_REPLAY, 0},
    {"datagrams", false, J_SILENT, S_MUTE, N_DATAGRAMS, 0},
    {"streams", false, J_SILENT, S_MUTE, N_STREAMS, 0},
    {"calls", false, J_SILENT, S_MUTE, N_CALLS, 0},
    {"half-calls", false, J_SILENT, S_MUTE, N_HALF_CALLS, 0},
    {"hello", false, J_SILENT, S_MUTE, N_HELLO, 0},
    {"hold", false, J_SILENT, S_MUTE, N_HOLD, 0},
    {"shut", false, J_SILENT, S_MUTE, N_SHUT, 0},
    {"again", false, J_SILENT, S_MUTE, N_AGAIN, 0},
    {"joins-2", false, J_SILENT, S_MUTE, N_JOINS, 2},
    {"joins-10", false, J_SILENT, S_MUTE, N_JOINS, 10},
    {"joins-50", false, J_SILENT, S_MUTE, N_JOINS, 50},
    {"syns", false, J_SILENT, S_MUTE, N_SYNS, 1000},
    {"nobody", false, J_SILENT, S_MUTE, N_NONE, 0},
};

const struct role *role;
struct in_addr first, broadcast;
int address_count;
struct file files[FILES];
size_t file_count;
struct victim phones[PHONES];
size_t phone_count;
struct did did;

static size_t file_limit;
static unsigned speed;
static const char *directory;
static int ears[ADDRESSES + 1]; /* one an address, and the broadcasts' */
static int listener;
static struct {
    int fd;
    size_t file;
    uint64_t since, sent; /* greeted, in emulated ms; DATA from then on */
} callers[CALLERS];
static volatile sig_atomic_t ended;
static atomic_uint pauses;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

struct sockaddr_in at(struct in_addr ip, uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = ip, .sin_port = htons(port)};
}

struct in_addr own(int i)
{
    return (struct in_addr){htonl(ntohl(first.s_addr) + (uint32_t)i)};
}

static unsigned now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

uint64_t emulated_ms(void)
{
    return (uint64_t)now_ms() * speed;
}

/* A thread that does nothing else, and so is never late by its own fault. */
static void *watch(void *unused)
{
    for (unsigned before = now_ms(), now;; before = now) {
        poll(NULL, 0, TURN_MS);
        now = now_ms();
        if (now - before >= PAUSE_MS)
            pauses += now - before;
    }
    return unused;
}

/* ---- what it hears ------------------------------------------------------------------- */

static void read_file(struct file *f)
{
    char path[4096];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", directory, f->claim.file);
    FILE *in = fopen(path, "rb");
    if (!in || fstat(fileno(in), &st) < 0)
        err(1, "%s", path);
    f->len = (size_t)st.st_size;
    f->data = malloc(f->len);
    if (fread(f->data, 1, f->len, in) != f->len)
        err(1, "%s", path);
    fclose(in);
}

/* The file's index, also of one not heard of before; FILES when it is not to be attacked. */
static size_t file_of(const struct wire_msg *m)
{
    for (size_t i = 0; i < file_count; i++)
        if (files[i].claim.h == m->h)
            return i;
    if (!m->file[0] || file_count == FILES || (file_limit && file_count == file_limit))
        return FILES;
    struct file *f = &files[file_count];
    f->claim = (struct wire_msg){.type = WIRE_CLAIM, .h = m->h, .strength = UINT32_MAX, .ad = 4,
                                 .confirmed = 1};
    memcpy(f->claim.model, m->model, sizeof m->model);
    memcpy(f->claim.file, m->file, sizeof m->file);
    read_file(f);
    return file_count++;
}

/* Its index, also of one not heard of before; PHONES when it is not to be harmed. */
static size_t know(struct in_addr ip)
{
    for (size_t i = 0; i < phone_count; i++)
        if (phones[i].ip.s_addr == ip.s_addr)
            return i;
    uint32_t own_at = ntohl(ip.s_addr) - ntohl(first.s_addr);
    if (own_at < (uint32_t)address_count || phone_count == PHONES)
        return PHONES;
    phones[phone_count] = (struct victim){.ip = ip, .file = FILES};
    return phone_count++;
}

void send_udp(int ear, struct in_addr to, const void *data, size_t len)
{
    struct sockaddr_in sa = at(to, CPPDP_PORT);
    sendto(ears[ear], data, len, MSG_DONTWAIT, (struct sockaddr *)&sa, sizeof sa);
}

void say(int ear, struct in_addr to, struct wire_msg m)
{
    uint8_t out[WIRE_MAX];
    m.xid = XID + (uint32_t)ear;
    send_udp(ear, to, out, wire_encode(&m, 0, out, sizeof out));
}

static void answer_join(int ear, struct in_addr to, uint32_t h)
{
    static uint32_t astray;
    struct wire_msg m = {.type = WIRE_ACCEPT, .h = h, .depth = 1};
    did.joins++;
    if (role->join == J_SILENT)
        return;
    if (role->join == J_BUSY || role->join == J_REFUSE) {
        m.type = WIRE_REFUSE;
        m.reason = role->join == J_BUSY ? REASON_BUSY : REASON_NOT_MEMBER;
    } else if (role->join == J_ASTRAY) {
        m.type = WIRE_REDIRECT;
        m.ip = htonl(ntohl(own(address_count).s_addr) + astray++ % 64);
    }
    say(ear, to, m);
}

/* A phone is at the file that it claims, or that others send us to it for. */
static void note(const struct wire_msg *m, size_t phone, size_t file)
{
    struct in_addr ip = {m->ip};
    if (m->type == WIRE_REDIRECT)
        phone = know(ip);
    if (phone != PHONES && (m->type == WIRE_CLAIM || m->type == WIRE_REDIRECT))
        phones[phone].file = file;
}

static void hear_one(int ear, struct in_addr from, const uint8_t *in, size_t len)
{
    struct wire_msg m;
    if (wire_decode(in, len, &m) || (m.xid & 0xfffff000u) == XID)
        return;
    size_t phone = know(from), i = file_of(&m);
    if (i == FILES)
        return;
    note(&m, phone, i);
    if (m.type == WIRE_JOIN && ear < address_count)
        answer_join(ear, from, m.h);
    if (m.type == WIRE_ACCEPT && ear < address_count && phone != PHONES)
        intruder_accepted(ear, phone, i);
    if (m.type == WIRE_CLAIM) {
        memcpy(files[i].old, in, len);
        files[i].old_len = len;
    }
}

static void hear(int ear)
{
    uint8_t in[2048];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t len;
    while ((len = recvfrom(ears[ear], in, sizeof in, MSG_DONTWAIT, (struct sockaddr *)&from,
                           &size)) >= 0)
        hear_one(ear, from.sin_addr, in, (size_t)len);
}

/* ---- what it serves ------------------------------------------------------------------ */

static void put(int i, struct wire_msg m, const void *body, size_t len)
{
    uint8_t head[WIRE_MAX];
    m.xid = XID;
    size_t head_len = wire_encode(&m, len, head, sizeof head);
    struct iovec iov[2] = {{head, head_len}, {(void *)body, len}};
    struct msghdr msg = {.msg_iov = iov, .msg_iovlen = len ? 2 : 1};
    if (callers[i].fd >= 0 && sendmsg(callers[i].fd, &msg, MSG_NOSIGNAL) < 0) {
        close(callers[i].fd);
        callers[i].fd = -1;
    }
}

static void put_data(int i, uint32_t h, const uint8_t *data, size_t len)
{
    for (size_t n; len; data += n, len -= n) {
        n = len < WIRE_DATA_MAX ? len : WIRE_DATA_MAX;
        put(i, (struct wire_msg){.type = WIRE_DATA, .h = h}, data, n);
    }
}

/* FILE, and the bytes that the role has for it. */
static void serve(int i)
{
    const struct file *f = &files[callers[i].file], *old = &files[0];
    struct wire_msg m = {.type = WIRE_FILE, .h = f->claim.h, .size = f->len};
    uint8_t *bytes = malloc(f->len);
    memcpy(bytes, f->data, f->len);
    if (role->serve == S_WRONG)
        bytes[f->len / 2] ^= 1;
    sha256(bytes, f->len, m.digest);
    if (role->serve == S_DIGEST)
        m.digest[0] ^= 1;
    else if (role->serve == S_SHORT)
        m.size--;
    else if (role->serve == S_ENDLESS)
        m.size = PFS_FILE_MAX;
    else if (role->serve == S_OLD)
        m.h = f == old ? ~m.h : old->claim.h;
    put(i, m, NULL, 0);
    put_data(i, m.h, bytes, role->serve == S_HALF ? f->len / 2 : f->len);
    free(bytes);
}

static void greet(int i, const struct wire_msg *hello)
{
    callers[i].file = file_of(hello);
    callers[i].since = emulated_ms();
    callers[i].sent = 0;
    did.connects++;
    if (callers[i].file == FILES || role->serve == S_MUTE)
        return;
    if (role->serve == S_FAILED)
        put(i, (struct wire_msg){.type = WIRE_GOODBYE, .h = hello->h,
                                 .reason = REASON_FETCH_FAILED}, NULL, 0);
    else if (role->serve != S_STALL && role->serve != S_DRIP)
        serve(i);
}

static void read_caller(int i)
{
    uint8_t in[4096];
    struct wire_msg m;
    ssize_t len = recv(callers[i].fd, in, sizeof in, MSG_DONTWAIT);
    if (len < 0 && errno == EAGAIN)
        return;
    if (len <= 0) {
        close(callers[i].fd);
        callers[i].fd = -1;
    } else if (!wire_decode(in, (size_t)len, &m) && m.type == WIRE_HELLO) {
        greet(i, &m);
    }
}

static void accept_callers(void)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        int i = 0;
        while (i < CALLERS && callers[i].fd >= 0)
            i++;
        /* A phone that reads no more must not stop us, one that is late may. */
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_usec = 500000},
                   sizeof(struct timeval));
        did.accepts++;
        if (i == CALLERS)
            close(fd);
        else
            callers[i].fd = fd, callers[i].file = FILES;
    }
}

/* 129 bytes an emulated second, from the first word on. */
static uint64_t dripped(void)
{
    static uint64_t began;
    began = began ? began : emulated_ms();
    return (emulated_ms() - began) * 129 / 1000;
}

/* Alive, always; with the same bytes, or ever more of them. */
static void keep_callers(void)
{
    static uint8_t zeros[WIRE_DATA_MAX];
    for (int i = 0; i < CALLERS; i++) {
        if (callers[i].fd >= 0)
            read_caller(i);
        if (callers[i].fd < 0 || callers[i].file == FILES)
            continue;
        uint32_t h = files[callers[i].file].claim.h;
        if (role->serve == S_STALL || role->serve == S_HALF)
            put(i, (struct wire_msg){.type = WIRE_ALIVE, .h = h, .offset = 1}, NULL, 0);
        else if (role->serve == S_DRIP)
            put(i, (struct wire_msg){.type = WIRE_ALIVE, .h = h, .offset = dripped()}, NULL, 0);
        uint64_t due = (emulated_ms() - callers[i].since) * ENDLESS / 1000;
        for (; role->serve == S_ENDLESS && callers[i].fd >= 0 && callers[i].sent < due;
             callers[i].sent++)
            put_data(i, h, zeros, sizeof zeros);
    }
}

/* ---- set-up -------------------------------------------------------------------------- */

static int bound(int type, struct in_addr ip)
{
    struct sockaddr_in sa = at(ip, CPPDP_PORT);
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0)
        err(1, "bind %s", inet_ntoa(ip));
    return fd;
}

static void set_up(char **argv)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i].name, argv[1]) == 0)
            role = &roles[i];
    file_limit = strtoul(argv[2], NULL, 10);
    address_count = atoi(argv[4]);
    directory = argv[6];
    speed = (unsigned)atoi(argv[7]);
    if (!role || speed == 0 || address_count < 1 || address_count > ADDRESSES ||
        inet_aton(argv[3], &first) == 0 || inet_aton(argv[5], &broadcast) == 0)
        errx(2, "no such role, not an address, or not a speed");
    for (int i = 0; i < address_count; i++)
        ears[i] = bound(SOCK_DGRAM, own(i));
    ears[address_count] = bound(SOCK_DGRAM, broadcast);
    listener = bound(SOCK_STREAM, (struct in_addr){INADDR_ANY});
    listen(listener, 128);
    for (int i = 0; i < CALLERS; i++)
        callers[i].fd = -1;
    noise_set_up();
    intruder_set_up();
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, watch, NULL))
        errx(1, "no thread");
}

int main(int argc, char **argv)
{
    if (argc != 8)
        errx(2, "usage: hostile ROLE FILES FIRST_ADDRESS COUNT BROADCAST DIRECTORY SPEED");
    set_up(argv);
    puts("ready");
    fflush(stdout);
    while (!ended) {
        struct pollfd any[2] = {{.fd = ears[address_count], .events = POLLIN},
                                {.fd = listener, .events = POLLIN}};
        poll(any, 2, TURN_MS);
        for (int i = 0; i <= address_count; i++)
            hear(i);
        accept_callers();
        keep_callers();
        noise_turn();
        intruder_turn();
    }
    printf("files %zu claims %u joins %u accepts %u connects %u datagrams %u pauses %u\n",
           file_count, did.claims, did.joins, did.accepts, did.connects, did.datagrams, pauses);
    return 0;
}
