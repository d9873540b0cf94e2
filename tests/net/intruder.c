/* intruder.c - the hostile peer as a child: it asks everybody for a place, takes each that it is
 * given, from each of its addresses, and is never done with the file. See hostile.c.
 */
#include "tests/net/hostile.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASK_MS   1000 /* emulated, as below */
#define ALIVE_MS 5000
#define AGAIN_MS 10000
#define ROOM     2048 /* bytes to receive into, of who reads nothing: soon full */

static struct place {
    int fd;
    size_t file;
    bool greeted;
    uint64_t since, alive_at;
} places[ADDRESSES][PHONES];

static void leave(struct place *p)
{
    close(p->fd);
    *p = (struct place){.fd = -1};
}

static void tell(struct place *p, enum wire_type type)
{
    static uint64_t bytes;
    uint8_t out[WIRE_MAX];
    struct wire_msg m = files[p->file].claim;
    m.type = (uint8_t)type;
    m.xid = XID;
    if (type == WIRE_ALIVE)
        m.offset = ++bytes;
    size_t len = wire_encode(&m, 0, out, sizeof out);
    if (send(p->fd, out, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len)
        p->greeted = true;
    else if (errno != EAGAIN) /* or not connected yet */
        leave(p);
}

void intruder_accepted(int ear, size_t phone, size_t file)
{
    struct place *p = &places[ear][phone];
    struct sockaddr_in from = at(own(ear), 0), to = at(phones[phone].ip, CPPDP_PORT);
    if (p->fd >= 0)
        return;
    p->file = file;
    p->since = emulated_ms();
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (role->noise == N_SHUT)
        setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &(int){ROOM}, sizeof(int));
    if (bind(p->fd, (struct sockaddr *)&from, sizeof from) < 0 ||
        (connect(p->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS))
        leave(p);
    else
        did.connects++;
}

static void hold(struct place *p)
{
    uint8_t in[65536];
    ssize_t len = 1;
    while (p->greeted && role->noise != N_SHUT && len > 0)
        len = recv(p->fd, in, sizeof in, MSG_DONTWAIT);
    bool over = role->noise == N_AGAIN && emulated_ms() - p->since >= AGAIN_MS;
    if (over || len == 0 || (len < 0 && errno != EAGAIN)) {
        leave(p);
    } else if (!p->greeted) {
        tell(p, WIRE_HELLO);
    } else if (p->alive_at <= emulated_ms()) {
        p->alive_at = emulated_ms() + ALIVE_MS;
        tell(p, WIRE_ALIVE);
    }
}

static void ask(int ear, const struct victim *v)
{
    struct wire_msg m = files[v->file].claim;
    m.type = WIRE_JOIN;
    say(ear, v->ip, m);
}

void intruder_set_up(void)
{
    for (int ear = 0; ear < ADDRESSES; ear++)
        for (size_t i = 0; i < PHONES; i++)
            places[ear][i].fd = -1;
}

void intruder_turn(void)
{
    static uint64_t ask_at;
    bool asks = ask_at <= emulated_ms();
    if (role->noise < N_HOLD || role->noise > N_AGAIN)
        return;
    ask_at = asks ? emulated_ms() + ASK_MS : ask_at;
    for (int ear = 0; ear < address_count; ear++)
        for (size_t i = 0; i < phone_count; i++) {
            if (places[ear][i].fd >= 0)
                hold(&places[ear][i]);
            else if (asks && phones[i].file != FILES)
                ask(ear, &phones[i]);
        }
}
