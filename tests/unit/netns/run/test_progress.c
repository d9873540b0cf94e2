/* test_progress.c - what goes to standard error while a run goes on. */
#include "netns/run/progress.h"
#include "tests/unit/netns/fleet8.h"

#include <fcntl.h>

struct show {
    enum progress_style style;
    struct fleet8 f;
};

static void run(void *ctx)
{
    struct show *s = ctx;
    struct progress *p = progress_new(s->style, &s->f.plan);
    progress_phase(p, "creating %d phones", 8);
    s->f.status[0].state = PHONE_UPGRADE;
    s->f.status[0].upgraded = 0;
    s->f.status[0].screen = (struct screen){.title = "Upgrading", .component = FLEET8_JAR,
                                            .kb = 432, .percent = 61, .icon = 1, .boxes = 2,
                                            .box = {BOX_DOWNL, BOX_WAIT}};
    progress_update(p, s->f.status, 1500000);
    progress_update(p, s->f.status, 1600000);
    s->f.status[0].state = PHONE_IDLE;
    progress_update(p, s->f.status, 1700000);
    progress_end(p);
}

static char *shown(struct show *s, enum progress_style style)
{
    *s = (struct show){.style = style};
    fleet8_make(&s->f, FLEET8_PHONES);
    char *text = fleet8_capture(STDERR_FILENO, run, s);
    fleet8_free(&s->f);
    return text;
}

static void quiet_says_nothing(void **state)
{
    (void)state;
    struct show s;
    char *text = shown(&s, PROGRESS_QUIET);
    assert_string_equal(text, "");
    free(text);
}

/* The third snapshot differs, but comes before two seconds are over. */
static void lines_are_few_and_plain(void **state)
{
    (void)state;
    struct show s;
    char *text = shown(&s, PROGRESS_LINES);
    assert_string_equal(text, "creating 8 phones\n[1.5 s] upgraded 7 of 8: 1 upgrade, 7 idle\n");
    free(text);
}

/* "Upgraded" is what the verdict will call so: not a phone that has booted another load. */
static void another_load_is_no_upgrade(void **state)
{
    (void)state;
    struct show s = {.style = PROGRESS_LINES};
    fleet8_make(&s.f, FLEET8_PHONES);
    strcpy(s.f.status[3].running, "SCCP41.8-5-4S");
    s.f.status[5].state = PHONE_KILLED;
    char *text = fleet8_capture(STDERR_FILENO, run, &s);
    fleet8_free(&s.f);
    assert_non_null(strstr(text, "upgraded 5 of 8: 1 upgrade, 6 idle, 1 killed\n"));
    free(text);
}

static void live_block_shows_screens(void **state)
{
    (void)state;
    struct show s;
    char *text = shown(&s, PROGRESS_LIVE);
    assert_non_null(strstr(text, "fleet <8> & \"co\": creating 8 phones\033[K\n"));
    assert_non_null(strstr(text, "emulated time 1.5 s, 10 times as fast\033[K\n"));
    assert_non_null(strstr(text, "upgraded [##########################....] 7 of 8\033[K\n"));
    assert_non_null(strstr(text, "1 upgrade, 7 idle\033[K\n"));
    assert_non_null(strstr(text, "+SEP02760A6A0010  + +SEP02760A6A0012  + "));
    assert_non_null(strstr(text, "|Upgrading   [PFS]| |idle        [   ]| "));
    assert_non_null(strstr(text, "|jar41sccp.9-4-2ES| |"));
    assert_non_null(strstr(text, "|######.....  61 %| |"));
    assert_non_null(strstr(text, "|        432 KB   | |"));
    assert_non_null(strstr(text, "||v|.             | |"));
    free(text);
}

/* Follows the cursor: it never goes above the block, no line is as wide as the terminal, and
 * nothing is left at the end. */
static void live_block_stays_in_place(void **state)
{
    (void)state;
    struct show s;
    char *text = shown(&s, PROGRESS_LIVE), *p = text;
    int row = 0, column = 0, up, used;
    while (*p) {
        if (sscanf(p, "\033[%dA%n", &up, &used) == 1) {
            row -= up;
            p += used;
            assert_int_equal(row, 0);
        } else if (strncmp(p, "\033[K", 3) == 0 || strncmp(p, "\033[J", 3) == 0) {
            p += 3;
        } else {
            assert_int_not_equal(*p, '\033');
            column = *p == '\n' || *p == '\r' ? 0 : column + 1;
            row += *p++ == '\n';
            assert_true(column < 80);
        }
    }
    assert_int_equal(row, 0);
    assert_string_equal(p - 4, "\r\033[J");
    free(text);
}

static void hostile_record_does_no_harm(void **state)
{
    (void)state;
    struct show s = {.style = PROGRESS_LIVE};
    fleet8_make(&s.f, 2);
    s.f.fleet.name = "\033[2Jname";
    struct phone_status *v = &s.f.status[1];
    v->state = 200;
    v->screen = (struct screen){.boxes = 255, .percent = 255, .kb = UINT32_MAX};
    memset(v->screen.title, 0xff, sizeof v->screen.title - 1);
    memset(v->screen.component, 0x1b, sizeof v->screen.component - 1);
    memset(v->screen.box, 0xff, sizeof v->screen.box);
    char *text = fleet8_capture(STDERR_FILENO, run, &s);
    assert_null(strstr(text, "\033[2J"));
    assert_null(strstr(text, "\033\033"));
    assert_non_null(strstr(text, "|?????????????????|"));
    free(text);
    fleet8_free(&s.f);
}

/* The style while standard error is fd. */
static enum progress_style style_at(int fd, bool quiet)
{
    int kept = dup(STDERR_FILENO);
    dup2(fd, STDERR_FILENO);
    enum progress_style style = progress_style(quiet);
    dup2(kept, STDERR_FILENO);
    close(kept);
    return style;
}

/* NO_COLOR asks for no colour, and there is none. */
static void style_follows_the_terminal(void **state)
{
    (void)state;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), file = open("/dev/null", O_RDWR);
    assert_true(terminal >= 0 && file >= 0);
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(style_at(terminal, false), PROGRESS_LIVE);
    assert_int_equal(style_at(terminal, true), PROGRESS_QUIET);
    assert_int_equal(style_at(file, false), PROGRESS_LINES);
    setenv("TERM", "dumb", 1);
    assert_int_equal(style_at(terminal, false), PROGRESS_LINES);
    close(terminal);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_says_nothing),
        cmocka_unit_test(lines_are_few_and_plain),
        cmocka_unit_test(another_load_is_no_upgrade),
        cmocka_unit_test(live_block_shows_screens),
        cmocka_unit_test(live_block_stays_in_place),
        cmocka_unit_test(hostile_record_does_no_harm),
        cmocka_unit_test(style_follows_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
