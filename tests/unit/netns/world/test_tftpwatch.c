/* test_tftpwatch.c - transfers as seen on the line, frame by frame, and the lines about them. */
#include "netns/judge/serverlog.h"
#include "netns/world/tftpwatch.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static struct tftpwatch *watch;
static int log_fd;

static int begin(void **state)
{
    (void)state;
    log_fd = memfd_create("log", MFD_CLOEXEC);
    watch = tftpwatch_new(log_fd);
    return watch ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    close(log_fd);
    return 0;
}

/* What the log holds after the end of the watch. */
static const char *told(void)
{
    static char text[4096];
    tftpwatch_close(watch);
    ssize_t len = pread(log_fd, text, sizeof text - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

/* A datagram; of payloads above 200 bytes only so much is captured. */
static void see(const char *from, uint16_t port, const char *to, uint16_t to_port,
                const void *payload, size_t size)
{
    uint8_t frame[42 + 200] = {[12] = 8, [14] = 0x45, [23] = 17};
    uint16_t ports[3] = {htons(port), htons(to_port), htons((uint16_t)(size + 8))};
    size_t there = size < 200 ? size : 200;
    inet_pton(AF_INET, from, frame + 26);
    inet_pton(AF_INET, to, frame + 30);
    memcpy(frame + 34, ports, sizeof ports);
    memcpy(frame + 42, payload, there);
    tftpwatch_frame(watch, frame, 42 + there);
}

#define PHONE  "10.106.0.16"
#define SERVER "10.9.9.9"

static void ask(uint16_t port, const char *file)
{
    char request[160] = {0, 1};
    size_t len = 2 + (size_t)snprintf(request + 2, 100, "%s", file) + 1;
    memcpy(request + len, "octet", 6);
    see(PHONE, port, SERVER, 69, request, len + 6);
}

static void data(uint16_t port, unsigned block, size_t size)
{
    uint8_t m[4 + 512] = {0, 3, (uint8_t)(block >> 8), (uint8_t)block};
    see(SERVER, 4000, PHONE, port, m, 4 + size);
}

static void ack(uint16_t port, unsigned block)
{
    const uint8_t m[] = {0, 4, (uint8_t)(block >> 8), (uint8_t)block};
    see(PHONE, port, SERVER, 4000, m, sizeof m);
}

static void error(uint16_t port, uint8_t code)
{
    const uint8_t m[] = {0, 5, 0, code, 'n', 'o', 0};
    see(SERVER, 4000, PHONE, port, m, sizeof m);
}

static void a_whole_file_is_sent(void **state)
{
    (void)state;
    struct transfer t;
    ask(1000, "a.sbn");
    data(1000, 1, 512);
    ack(1000, 1);
    data(1000, 2, 512);
    data(1000, 2, 512); /* again */
    ack(1000, 2);
    data(1000, 3, 100);
    const char *text = told();
    assert_string_equal(text, "tftpwatch[0]: sent a.sbn to 10.106.0.16 (1124 bytes)\n");
    assert_true(serverlog_line(text, &t));
    assert_int_equal(t.end, TRANSFER_SENT);
    assert_int_equal(t.bytes, 1124);
    assert_string_equal(t.file, "a.sbn");
    assert_int_equal(t.client, inet_addr(PHONE));
}

/* 65,540 blocks: their numbers come round. */
static void long_files_have_all_their_bytes(void **state)
{
    (void)state;
    ask(1000, "a.sbn");
    for (unsigned block = 1; block <= 65540; block++)
        data(1000, block, block == 65540 ? 0 : 512);
    ack(1000, 65540 & 0xffff);
    assert_string_equal(told(), "tftpwatch[0]: sent a.sbn to 10.106.0.16 (33555968 bytes)\n");
}

/* At servers that go on with block 1 as well, and past the second time. */
static void numbers_may_come_round_to_1(void **state)
{
    (void)state;
    for (uint16_t from = 0; from < 2; from++) {
        unsigned block = 0;
        ask(1000 + from, "a.sbn");
        for (unsigned n = 1; n <= 131080; n++) {
            block = block == 65535 ? from : block + 1;
            data(1000 + from, block, n == 131080 ? 7 : 512);
            if (n % 3 == 0)
                data(1000 + from, block, 512); /* again */
        }
        ack(1000 + from, block);
    }
    assert_string_equal(told(), "tftpwatch[0]: sent a.sbn to 10.106.0.16 (67112455 bytes)\n"
                                "tftpwatch[0]: sent a.sbn to 10.106.0.16 (67112455 bytes)\n");
}

static void transfers_of_one_phone_are_told_apart(void **state)
{
    (void)state;
    struct transfer t;
    ask(1000, "a.sbn");
    ask(1001, "b.sbn");
    data(1000, 1, 512);
    data(1001, 1, 10);
    ack(1001, 1);
    ask(1002, "c.sbn"); /* which nobody answers */
    ask(1003, "d.tlv");
    error(1003, 1);
    ask(1004, "e.sbn");
    error(1004, 2);
    const char *text = told();
    assert_string_equal(text, "tftpwatch[0]: sent b.sbn to 10.106.0.16 (10 bytes)\n"
                              "tftpwatch[0]: file d.tlv not found for 10.106.0.16\n"
                              "tftpwatch[0]: failed sending e.sbn to 10.106.0.16\n"
                              "tftpwatch[0]: failed sending a.sbn to 10.106.0.16\n");
    assert_true(serverlog_line("tftpwatch[0]: failed sending a.sbn to 10.106.0.16\n", &t));
    assert_int_equal(t.end, TRANSFER_FAILED);
    assert_int_equal(t.bytes, 0);
}

/* dnsmasq's own form does not allow what stands behind an address. */
static void only_a_count_may_follow_the_address(void **state)
{
    (void)state;
    struct transfer t;
    assert_false(serverlog_line("tftpwatch[0]: sent a to 10.106.0.16 (12 bytes", &t));
    assert_false(serverlog_line("tftpwatch[0]: sent a to 10.106.0.16 (12 bytes) more", &t));
    told();
}

/* Whatever is on the line beside it. */
static void other_frames_do_no_harm(void **state)
{
    (void)state;
    uint8_t frame[242];
    ask(1000, "x\ny");
    for (size_t len = 0; len < sizeof frame; len++) {
        memset(frame, (int)len, sizeof frame);
        frame[12] = 8;
        frame[13] = 0;
        frame[14] = (uint8_t)(0x40 | (len & 15));
        frame[23] = 17;
        tftpwatch_frame(watch, frame, len);
    }
    data(1000, 1, 0);
    ack(1000, 1);
    assert_string_equal(told(), "tftpwatch[0]: sent x?y to 10.106.0.16 (0 bytes)\n");
}

static void a_line_that_cannot_be_written_is_a_loss(void **state)
{
    (void)state;
    for (int full = 0; full < 2; full++) {
        assert_int_equal(tftpwatch_close(watch), 0);
        int fd = full ? open("/dev/full", O_WRONLY | O_CLOEXEC) : dup(log_fd);
        watch = tftpwatch_new(fd);
        ask(1000, "a.sbn");
        data(1000, 1, 100);
        assert_int_equal(tftpwatch_close(watch), full ? -ENOSPC : 0); /* it ends with the watch */
        watch = tftpwatch_new(fd);
        ask(1000, "a.sbn");
        data(1000, 1, 100);
        ack(1000, 1);
        assert_int_equal(tftpwatch_close(watch), full ? -ENOSPC : 0);
        close(fd);
        watch = NULL;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_whole_file_is_sent, begin, end),
        cmocka_unit_test_setup_teardown(long_files_have_all_their_bytes, begin, end),
        cmocka_unit_test_setup_teardown(numbers_may_come_round_to_1, begin, end),
        cmocka_unit_test_setup_teardown(transfers_of_one_phone_are_told_apart, begin, end),
        cmocka_unit_test_setup_teardown(only_a_count_may_follow_the_address, begin, end),
        cmocka_unit_test_setup_teardown(other_frames_do_no_harm, begin, end),
        cmocka_unit_test_setup_teardown(a_line_that_cannot_be_written_is_a_loss, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
