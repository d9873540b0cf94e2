/* ring.c - see ring.h. */
#include "emu/shell/ring.h"

#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ENTRIES     64
#define BUFFERS     16 /* a power of two */
#define BUFFER_SIZE 2048
#define BUFFER_GROUP 1
#define NO_BUFFER   (-1)

static_assert(sizeof(struct ring_ref) == sizeof(uint64_t), "a reference is the ring's user_data");

/* The pool as the kernel wants it: the ring of free buffers on its own page, then the buffers. */
struct pool {
    _Alignas(4096) struct io_uring_buf free[BUFFERS];
    _Alignas(4096) uint8_t bytes[BUFFERS][BUFFER_SIZE];
};

struct ring {
    struct io_uring uring;
    struct pool *pool;
    struct msghdr datagram; /* what the kernel has to note of each: the sender */
    int held;               /* buffer of the completion taken last */
};

/* ---- set-up -------------------------------------------------------------------------- */

const char *ring_refusal(int error)
{
    switch (error) {
    case -ENOSYS:
    case -EPERM:
    case -EACCES:
        return "io_uring is refused here: Docker's default seccomp profile blocks it (run with "
               "--security-opt seccomp=unconfined or a profile that allows io_uring_setup, "
               "io_uring_enter and io_uring_register), or sysctl kernel.io_uring_disabled is not 0";
    case -EINVAL:
        return "this kernel's io_uring is too old: Linux 6.1 or later is needed";
    case -ENOMEM:
        return "no memory for an io_uring: raise RLIMIT_MEMLOCK (ulimit -l), to which rings are "
               "charged, or run fewer phones";
    default:
        return strerror(-error);
    }
}

static struct io_uring_buf_ring *free_buffers(struct ring *r)
{
    return (struct io_uring_buf_ring *)r->pool->free;
}

static void give_back(struct ring *r, int buffer)
{
    io_uring_buf_ring_add(free_buffers(r), r->pool->bytes[buffer], BUFFER_SIZE,
                          (unsigned short)buffer, io_uring_buf_ring_mask(BUFFERS), 0);
    io_uring_buf_ring_advance(free_buffers(r), 1);
}

/* liburing 2.3 has no call that maps and registers a ring of buffers in one. */
static int pool_open(struct ring *r)
{
    r->pool = mmap(NULL, sizeof *r->pool, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                   0);
    if (r->pool == MAP_FAILED)
        return -errno;
    struct io_uring_buf_reg reg = {.ring_addr = (uintptr_t)r->pool->free,
                                   .ring_entries = BUFFERS,
                                   .bgid = BUFFER_GROUP};
    int error = io_uring_register_buf_ring(&r->uring, &reg, 0);
    if (error) {
        munmap(r->pool, sizeof *r->pool);
        return error;
    }
    io_uring_buf_ring_init(free_buffers(r));
    for (int i = 0; i < BUFFERS; i++)
        give_back(r, i);
    return 0;
}

struct ring *ring_new(int *error)
{
    struct ring *r = calloc(1, sizeof *r);
    if (!r) {
        *error = -ENOMEM;
        return NULL;
    }
    r->held = NO_BUFFER;
    r->datagram.msg_namelen = sizeof(struct sockaddr_in);
    struct io_uring_params params = {.flags =
                                         IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
    *error = io_uring_queue_init_params(ENTRIES, &r->uring, &params);
    if (*error == 0) {
        *error = pool_open(r);
        if (*error == 0)
            return r;
        io_uring_queue_exit(&r->uring);
    }
    free(r);
    return NULL;
}

void ring_free(struct ring *r)
{
    if (!r)
        return;
    io_uring_queue_exit(&r->uring);
    munmap(r->pool, sizeof *r->pool);
    free(r);
}

/* ---- operations ---------------------------------------------------------------------- */

static struct io_uring_sqe *next_sqe(struct ring *r)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&r->uring);
    while (!sqe) { /* more than ENTRIES in one wake-up: these go first */
        io_uring_submit(&r->uring);
        sqe = io_uring_get_sqe(&r->uring);
    }
    return sqe;
}

static void tag(struct io_uring_sqe *sqe, struct ring_ref ref)
{
    memcpy(&sqe->user_data, &ref, sizeof ref);
}

void ring_calls(struct ring *r, int fd, struct ring_ref ref)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_poll_multishot(sqe, fd, POLLIN);
    tag(sqe, ref);
}

void ring_datagrams(struct ring *r, int fd, struct ring_ref ref)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_recvmsg_multishot(sqe, fd, &r->datagram, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = BUFFER_GROUP;
    tag(sqe, ref);
}

void ring_accept(struct ring *r, int fd, struct ring_ref ref)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_multishot_accept(sqe, fd, NULL, NULL, SOCK_CLOEXEC);
    tag(sqe, ref);
}

void ring_connect(struct ring *r, int fd, struct ring_ref ref, const struct sockaddr_in *to)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_connect(sqe, fd, (const struct sockaddr *)to, sizeof *to);
    tag(sqe, ref);
}

void ring_recv(struct ring *r, int fd, struct ring_ref ref, void *buffer, size_t size)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_recv(sqe, fd, buffer, size, 0);
    tag(sqe, ref);
}

void ring_send(struct ring *r, int fd, struct ring_ref ref, const struct msghdr *msg)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_sendmsg(sqe, fd, msg, MSG_NOSIGNAL | MSG_WAITALL);
    tag(sqe, ref);
}

void ring_close(struct ring *r, int fd)
{
    struct io_uring_sqe *sqe = next_sqe(r);
    io_uring_prep_cancel_fd(sqe, fd, IORING_ASYNC_CANCEL_ALL);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    tag(sqe, (struct ring_ref){.op = RING_NONE});
    /* What was asked for in this wake-up knows the descriptor by its number: it has to be in the
     * kernel before the number is free for another. And what is cancelled must be over, or it
     * would hold the port beyond close(). */
    io_uring_submit_and_get_events(&r->uring);
    close(fd);
}

/* ---- completions --------------------------------------------------------------------- */

void ring_submit(struct ring *r)
{
    if (io_uring_sq_ready(&r->uring) > 0)
        io_uring_submit(&r->uring);
}

int ring_wait(struct ring *r, uint64_t timeout_ns)
{
    struct __kernel_timespec ts = {.tv_sec = (int64_t)(timeout_ns / 1000000000u),
                                   .tv_nsec = (int64_t)(timeout_ns % 1000000000u)};
    struct io_uring_cqe *cqe;
    int rc = io_uring_submit_and_wait_timeout(&r->uring, &cqe, 1,
                                              timeout_ns == UINT64_MAX ? NULL : &ts, NULL);
    return rc >= 0 || rc == -ETIME || rc == -EINTR || rc == -EAGAIN || rc == -EBUSY ? 0 : rc;
}

bool ring_more(struct ring *r)
{
    io_uring_submit_and_get_events(&r->uring);
    return io_uring_cq_ready(&r->uring) > 0;
}

static void datagram_of(struct ring *r, const struct io_uring_cqe *cqe, struct ring_done *done)
{
    r->held = (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    uint8_t *buffer = r->pool->bytes[r->held];
    struct io_uring_recvmsg_out *out = io_uring_recvmsg_validate(buffer, cqe->res, &r->datagram);
    if (!out || out->flags & MSG_TRUNC)
        return; /* longer than anything that we would understand */
    struct sockaddr_in from;
    memcpy(&from, io_uring_recvmsg_name(out), sizeof from);
    if (from.sin_family == AF_INET)
        done->from = (struct addr){from.sin_addr.s_addr, ntohs(from.sin_port)};
    done->data = io_uring_recvmsg_payload(out, &r->datagram);
    done->res = (int)io_uring_recvmsg_payload_length(out, cqe->res, &r->datagram);
}

bool ring_next(struct ring *r, struct ring_done *done)
{
    if (r->held != NO_BUFFER)
        give_back(r, r->held);
    r->held = NO_BUFFER;
    struct io_uring_cqe *cqe;
    if (io_uring_peek_cqe(&r->uring, &cqe) != 0)
        return false;
    *done = (struct ring_done){.res = cqe->res, .more = cqe->flags & IORING_CQE_F_MORE};
    memcpy(&done->ref, &cqe->user_data, sizeof done->ref);
    if (cqe->flags & IORING_CQE_F_BUFFER)
        datagram_of(r, cqe, done);
    io_uring_cqe_seen(&r->uring, cqe);
    return true;
}
