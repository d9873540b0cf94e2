/* test_lost.c - what cannot be written is noticed: in the phone's record, and in words. */
#include "emu/shell/report.h"
#include "netns/run/loss.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define ROOM 4096 /* bytes that a file may have, where it is said so */

static struct report report;
static int status_fd;

static int begin(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    status_fd = memfd_create("status", MFD_CLOEXEC);
    return ftruncate(status_fd, 2 * sizeof(struct phone_status));
}

static int end(void **state)
{
    (void)state;
    report_unmap(&report);
    return close(status_fd);
}

/* A life of the phone in slot 1. */
static void live(int log_fd, int events_fd)
{
    report_unmap(&report);
    report_init(&report, log_fd, events_fd);
    assert_int_equal(report_map(&report, status_fd, 1), 0);
    report_status(&report, &(struct phone_status){.state = PHONE_READY});
    report_flush(&report);
}

static struct phone_status record(void)
{
    struct phone_status now;
    status_read(report.record, &now);
    return now;
}

static void assert_lost(unsigned lost, int error)
{
    struct phone_status now = record();
    assert_int_equal(now.lost, lost);
    assert_int_equal(now.lost_errno, error);
    assert_int_equal(now.state, PHONE_READY);
}

/* A file that holds all but so many bytes of ROOM. The disk ends there. */
static int nearly_full(off_t left)
{
    char name[] = "/tmp/fleet-lost-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(ftruncate(fd, ROOM - left), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_APPEND), 0);
    return fd;
}

static void room_ends(rlim_t at)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = at;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void nothing_is_lost_where_there_is_room(void **state)
{
    (void)state;
    int fd = nearly_full(ROOM);
    live(fd, fd);
    report_log(&report, "a line");
    report_event(&report, "{}");
    report_page(&report, fd, "<page/>", 7);
    report_flush(&report);
    assert_lost(0, 0);
    live(-1, -1); /* nobody listens */
    report_log(&report, "a line");
    report_event(&report, "{}");
    report_page(&report, -1, "<page/>", 7);
    report_flush(&report);
    assert_lost(0, 0);
    close(fd);
}

static void each_file_for_itself(void **state)
{
    (void)state;
    int full = open("/dev/full", O_RDWR), sound = nearly_full(ROOM);
    live(full, sound);
    report_event(&report, "{}");
    report_flush(&report);
    assert_lost(0, 0);
    report_log(&report, "a line");
    report_flush(&report);
    assert_lost(LOST_LOG, ENOSPC);
    report_lost(&report, LOST_FLASH, -EIO); /* the first error stays */
    report_flush(&report);
    assert_lost(LOST_LOG | LOST_FLASH, ENOSPC);
    live(sound, sound); /* and in the next life too */
    assert_lost(LOST_LOG | LOST_FLASH, ENOSPC);
    close(full), close(sound);
}

static void an_event_line_longer_than_the_buffer(void **state)
{
    (void)state;
    static char line[3 * sizeof report.events.text];
    int full = open("/dev/full", O_WRONLY);
    memset(line, 'x', sizeof line - 1);
    live(-1, full);
    report_event(&report, line);
    report_flush(&report);
    assert_lost(LOST_EVENTS, ENOSPC);
    close(full);
}

/* A write that takes a part only: of events, even where the rest would follow. */
static void cut_short(void **state)
{
    (void)state;
    int events = nearly_full(3), log = nearly_full(3), page = nearly_full(ROOM);
    room_ends(ROOM);
    live(log, events);
    report_event(&report, "{\"t\":1}");
    report_flush(&report);
    struct phone_status now = record();
    report_log(&report, "a line");
    report_flush(&report);
    struct phone_status then = record();
    room_ends(5);
    fcntl(page, F_SETFL, 0);
    report_page(&report, page, "<page/>", 7);
    report_flush(&report);
    struct phone_status last = record();
    room_ends(RLIM_INFINITY);
    assert_int_equal(now.lost, LOST_EVENTS);
    assert_int_equal(now.lost_errno, EFBIG); /* of what was left */
    assert_int_equal(then.lost, LOST_EVENTS | LOST_LOG);
    assert_int_equal(last.lost, LOST_EVENTS | LOST_LOG | LOST_PAGE);
    close(events), close(log), close(page);
}

/* ---- what is said ------------------------------------------------------------------- */

#define PHONES 4
static struct plan_phone phones[PHONES];
static const struct plan plan = {.phones = phones, .count = PHONES};
static const struct run_options options = {.out_dir = "/mnt/full"};
static struct phone_status records[PHONES];
static struct job_report facts;
static const struct job job = {.plan = &plan, .options = &options, .status = records,
                               .report = &facts};

static int whole(void **state)
{
    (void)state;
    memset(records, 0, sizeof records);
    memset(facts.lost, 0, sizeof facts.lost);
    for (size_t i = 0; i < PHONES; i++)
        snprintf(phones[i].name, sizeof phones[i].name, "SEP%zu", i);
    return 0;
}

static void lost_by(size_t phone, unsigned what, int error)
{
    records[phone].lost = (uint8_t)what;
    records[phone].lost_errno = (uint8_t)error;
}

static const char *said(void)
{
    static char text[LOSS_TEXT];
    assert_int_equal(loss_describe(&job, text), loss_any(&job));
    char *rest = strstr(text, "; nothing can be said of this fleet: make room under /mnt/full, or ");
    if (rest)
        *rest = '\0';
    return text;
}

static void what_is_whole_is_not_spoken_of(void **state)
{
    (void)state;
    loss_note(&job, JOB_TFTP_LOG, 0);
    assert_string_equal(said(), "");
}

static void every_file_has_its_name(void **state)
{
    (void)state;
    lost_by(2, LOST_EVENTS, ENOSPC);
    assert_string_equal(said(), "not written whole: events.jsonl: No space left on device");
    loss_note(&job, JOB_EVENTS, -EDQUOT);
    loss_note(&job, JOB_EVENTS, -EIO); /* the first stays */
    assert_string_equal(said(), "not written whole: events.jsonl: Disk quota exceeded");
    whole(NULL);
    loss_note(&job, JOB_TFTP_LOG, -EIO);
    lost_by(1, LOST_LOG, ENOSPC);
    lost_by(2, LOST_LOG | LOST_PAGE, ENOSPC);
    lost_by(3, LOST_LOG | LOST_FLASH, ENOSPC);
    assert_string_equal(said(), "not written whole: tftp.log, logs/SEP1.log and 2 more, "
                                "pages/SEP2.xml, flash/SEP3: Input/output error");
    loss_note(&job, JOB_LAB_LOG, -ENOSPC);
    loss_note(&job, JOB_CAPTURE, -ENOSPC);
    assert_non_null(strstr(said(), "tftp.log, lab.log, the capture, logs/"));
    loss_note(&job, JOB_STORE, -ENOSPC);
    assert_non_null(strstr(said(), "the capture, what the flashes share, logs/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_lost_where_there_is_room, begin, end),
        cmocka_unit_test_setup_teardown(each_file_for_itself, begin, end),
        cmocka_unit_test_setup_teardown(an_event_line_longer_than_the_buffer, begin, end),
        cmocka_unit_test_setup_teardown(cut_short, begin, end),
        cmocka_unit_test_setup(what_is_whole_is_not_spoken_of, whole),
        cmocka_unit_test_setup(every_file_has_its_name, whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
