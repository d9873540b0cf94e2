/* What dumpcap has written when it is stopped, against what was sent: counted in its file. */
#include "netns/host/capture.h"
#include "tests/unit/netns/world_bench.h"

#define FRAMES 500
#define PORT   4099 /* nobody else's */
#define PACKET 6u   /* pcapng: the type of a block that holds a frame */

/* Frames of the file that hold the word. pcapng is blocks of {type, length, ..., length}. */
static size_t count_frames(int file, const char *word)
{
    struct stat st;
    assert_int_equal(fstat(file, &st), 0);
    uint8_t *all = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    assert_ptr_not_equal(all, MAP_FAILED);
    size_t count = 0;
    uint32_t head[2];
    for (off_t at = 0; at < st.st_size; at += head[1]) {
        assert_true(at + 12 <= st.st_size); /* whole to the end */
        memcpy(head, all + at, sizeof head);
        assert_true(head[1] >= 12 && at + (off_t)head[1] <= st.st_size);
        count += head[0] == PACKET && memmem(all + at, head[1], word, strlen(word));
    }
    munmap(all, (size_t)st.st_size);
    return count;
}

static void a_stopped_capture_has_the_last_frame(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 2);
    bench_up(&b);
    int file = memfd_create("capture", MFD_CLOEXEC);
    struct capture *c = capture_start(b.w->site_ns, "br0", file);
    assert_non_null(c);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", PORT);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", PORT);
    for (int i = 0; i < FRAMES; i++)
        send_to(one, "10.106.0.17", PORT, "a frame of ours", 15);
    assert_int_equal(capture_stop(c), 0);
    assert_int_equal(count_frames(file, "a frame of ours"), FRAMES);
    close(one), close(two), close(file);
    bench_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stopped_capture_has_the_last_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
