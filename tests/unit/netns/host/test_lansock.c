/* test_lansock.c - which frames wake a phone: those of a switch, not those of other phones. */
#include "netns/host/lansock.h"
#include "tests/unit/emu/core/frame_bench.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK "lo" /* what goes out comes in */

static int wire; /* all frames, unfiltered */

/* A network of its own, with nothing in it but the loopback. */
static int set_up(void **state)
{
    struct ifreq up = {.ifr_name = LOOPBACK, .ifr_flags = IFF_UP | IFF_RUNNING};
    (void)state;
    if (unshare(CLONE_NEWNET) != 0)
        return 0;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &up), 0);
    close(fd);
    wire = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    const struct sockaddr_ll at = {.sll_family = AF_PACKET,
                                   .sll_ifindex = (int)if_nametoindex(LOOPBACK)};
    assert_int_equal(bind(wire, (const struct sockaddr *)&at, sizeof at), 0);
    return 0;
}

static int opened(int (*open)(const char *))
{
    if (wire <= 0)
        skip();
    int fd = open(LOOPBACK);
    assert_true(fd >= 0);
    return fd;
}

static void say(const struct frame *f)
{
    assert_int_equal(send(wire, f->bytes, f->len, 0), f->len);
}

/* Whether that frame is what comes next; none: nothing does. */
static void expect(int fd, const struct frame *f)
{
    uint8_t got[1600];
    ssize_t len = recv(fd, got, sizeof got, MSG_DONTWAIT);
    if (!f) {
        assert_int_equal(len, -1);
        assert_int_equal(errno, EAGAIN);
        return;
    }
    assert_int_equal(len, f->len);
    assert_memory_equal(got, f->bytes, f->len);
}

static void cdp_of_a_switch_is_heard_and_that_of_phones_is_not(void **state)
{
    struct frame f;
    (void)state;
    int fd = opened(lansock_cdp);
    struct advert phone = advert_of("CP-7961G", LOAD);
    f.len = cdp_build(&phone, f.bytes, sizeof f.bytes);
    say(&f);
    expect(fd, NULL);
    cdp_reply(&f, 1, 77, 180);
    say(&f);
    expect(fd, &f);
    cdp_begin(&f, 1, 180); /* no phone's name, though as long */
    ADD(&f, 0, 1, 0, 0x13, 'S', 'E', 'A', 'T', 'T', 'L', 'E', '-', 's', 'w', '1', '-', '1', '0', '1');
    ADD(&f, 0, 0x0e, 0, 7, 1, 0, 77);
    cdp_end(&f);
    say(&f);
    expect(fd, &f);
    f.bytes[21] ^= 4; /* another protocol of the same group: VTP, UDLD */
    say(&f);
    expect(fd, NULL);
    close(fd);
}

static void lldp_of_a_switch_is_heard_and_that_of_phones_is_not(void **state)
{
    struct frame f;
    (void)state;
    int fd = opened(lansock_lldp);
    struct advert phone = advert_of("CP-7961G", LOAD);
    for (int leaving = 0; leaving < 2; leaving++) {
        phone.leaving = leaving;
        f.len = lldp_build(&phone, f.bytes, sizeof f.bytes);
        say(&f);
        expect(fd, NULL);
    }
    lldp_reply(&f, 1, 77, 120);
    say(&f);
    expect(fd, &f);
    f.bytes[5] = 3; /* to all bridges but one: no phone's */
    say(&f);
    expect(fd, NULL);
    close(fd);
}

static void nothing_else_is_heard(void **state)
{
    struct frame f = {.len = 60};
    (void)state;
    int cdp = opened(lansock_cdp), lldp = opened(lansock_lldp);
    memset(f.bytes, 0xff, 12);
    f.bytes[12] = 0x08; /* IPv4 to all */
    say(&f);
    lldp_reply(&f, 1, 77, 120);
    say(&f);
    expect(cdp, NULL);
    expect(lldp, &f);
    cdp_reply(&f, 1, 77, 180);
    say(&f);
    expect(cdp, &f);
    expect(lldp, NULL);
    close(cdp);
    close(lldp);
}

static void an_interface_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    if (wire <= 0)
        skip();
    assert_true(lansock_cdp("eth99") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdp_of_a_switch_is_heard_and_that_of_phones_is_not),
        cmocka_unit_test(lldp_of_a_switch_is_heard_and_that_of_phones_is_not),
        cmocka_unit_test(nothing_else_is_heard),
        cmocka_unit_test(an_interface_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
