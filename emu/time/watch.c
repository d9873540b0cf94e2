/* watch.c - see watch.h. */
#include "emu/time/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static int map(int fd, size_t least, int protection, void **to)
{
    *to = NULL;
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if ((uint64_t)st.st_size < least)
        return -ERANGE;
    void *memory = mmap(NULL, (size_t)st.st_size, protection, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    *to = memory;
    return 0;
}

struct watch watch_of(const struct clock *clock, struct hands *hands, uint32_t slot)
{
    return (struct watch){.clock = clock, .hands = hands, .slot = slot, .deadline = CLOCK_NEVER};
}

int watch_map(struct watch *w, int clock_fd, int hands_fd, uint32_t slot)
{
    void *memory;
    int error = 0;
    *w = (struct watch){.slot = slot, .deadline = CLOCK_NEVER};
    w->clock = &w->own;
    if (clock_fd >= 0 && (error = map(clock_fd, sizeof *w->clock, PROT_READ, &memory)) == 0)
        w->clock = memory;
    if (error == 0 && hands_fd >= 0 &&
        (error = map(hands_fd, hands_size(slot + 1), PROT_READ | PROT_WRITE, &memory)) == 0)
        w->hands = memory;
    return error;
}

void watch_unmap(struct watch *w)
{
    if (w->clock && w->clock != &w->own)
        munmap((void *)w->clock, sizeof *w->clock);
    if (w->hands)
        munmap(w->hands, hands_size(w->hands->count));
    w->hands = NULL;
}

void watch_start(struct watch *w, uint32_t speed)
{
    if (w->clock == &w->own && w->own.course.pace == 0)
        clock_run_free(&w->own, clock_mono_ns(), speed);
}

/* Real: so long an answer of theirs is waited for; and so late a waking shows that this host did
 * not run it, nor maybe them, so that the waiting begins anew. */
static const uint64_t patience_ns[WATCH_FROM_COUNT] = {
    [WATCH_KERNEL] = 5000000, [WATCH_SERVER] = 200000000, [WATCH_ROUTER] = 200000000};
#define OVERSLEPT_NS 5000000

static void wait_anew(struct watch *w, uint64_t mono)
{
    for (int i = 0; i < WATCH_FROM_COUNT; i++)
        if (w->answer_ns[i] != 0)
            w->answer_ns[i] = mono + patience_ns[i];
}

uint64_t watch_wake(struct watch *w)
{
    uint64_t mono = clock_mono_ns(), shown = clock_now(w->clock, mono);
    if (w->looks_ns != 0 && mono > w->looks_ns + OVERSLEPT_NS)
        wait_anew(w, mono);
    w->looks_ns = 0;
    if (shown > w->clock_us) /* where it is stopped it may go back a little */
        w->clock_us = shown;
    if (!w->hands)
        return w->now = w->clock_us;
    uint64_t due = watch_expects(w) || w->mailed ? w->now : w->deadline;
    return w->now = hand_wake(w->hands, w->slot, due, w->now, w->clock_us, &w->mailed);
}

void watch_answered(struct watch *w, enum watch_from from)
{
    w->answer_ns[from] = 0;
}

void watch_expect(struct watch *w, enum watch_from from)
{
    if (w->hands)
        w->answer_ns[from] = clock_mono_ns() + patience_ns[from];
}

/* Until when it waits for answers; 0: for none. */
static uint64_t last_answer(const struct watch *w)
{
    uint64_t last = 0;
    for (int i = 0; i < WATCH_FROM_COUNT; i++)
        last = w->answer_ns[i] > last ? w->answer_ns[i] : last;
    return last;
}

bool watch_expects(const struct watch *w)
{
    return last_answer(w) != 0;
}

/* A clock that waits for nobody calls nobody. */
static uint64_t rest_alone(const struct watch *w)
{
    struct clock_course course = clock_course(w->clock);
    uint64_t at = course_reaches(&course, w->deadline), mono = clock_mono_ns();
    return at == UINT64_MAX ? UINT64_MAX : at > mono ? at - mono : 0;
}

uint64_t watch_rest(struct watch *w, uint64_t deadline)
{
    w->deadline = deadline;
    if (!w->hands)
        return rest_alone(w);
    uint64_t mono = clock_mono_ns(), answer = last_answer(w);
    if (mono < answer) {
        w->looks_ns = answer;
        return answer - mono;
    }
    memset(w->answer_ns, 0, sizeof w->answer_ns);
    if (w->mailed)
        return HANDS_AIR_NS;
    hand_rest(w->hands, w->slot, deadline);
    /* The clock is read again: until just now the pacer saw somebody awake, and did not call. */
    if (deadline <= clock_now(w->clock, clock_mono_ns()))
        return 0;
    return hand_has_mail(w->hands, w->slot) ? HANDS_LOOK_NS : UINT64_MAX;
}
