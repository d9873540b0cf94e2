/* The lab: names, requests and answers over a socket pair, and what ps shows. */
#include "netns/run/lab.h"
#include "netns/run/labwire.h"
#include "netns/run/ps.h"
#include "tests/unit/netns/world_bench.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct plan_phone phones[2];
static struct phone_status records[2];
static const struct plan plan = {.phones = phones, .count = 2, .subnet_count = 2};
static uint8_t fate[2];
static const struct run_options options = {.out_dir = "/out"};
static struct job_report report;
static struct job job = {.plan = &plan, .options = &options, .status = records, .fate = fate,
                         .report = &report};
static int phone_ns[2];
static struct world world = {.phone_ns = phone_ns};
static const struct lab_view view = {.job = &job, .world = &world};
static int near, far; /* the client's and the lab's end */

static int set_up(void **state)
{
    (void)state;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    near = pair[0];
    far = pair[1];
    memset(records, 0, sizeof records);
    for (int i = 0; i < 2; i++) {
        phones[i].model = phone_model_find("CP-7961G");
        phones[i].ip = htonl(0x0a6a0010u + (uint32_t)i);
        strcpy(phones[i].name, i == 0 ? "SEP02760A6A0010" : "SEP02760A6A0011");
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(near);
    close(far);
    return 0;
}

/* Sends a request, lets the lab answer, and returns how that went. */
static enum lab_outcome ask(const char *request, char text[LAB_ANSWER], int *fd)
{
    assert_int_equal(send(near, request, strlen(request), 0), strlen(request));
    enum lab_outcome outcome = lab_answer(&view, far);
    assert_true(lab_receive(near, text, LAB_ANSWER, fd) > 0);
    return outcome;
}

/* Nobody hears of the end before it has come. */
static void order_down(const char *request)
{
    char text[LAB_ANSWER];
    assert_int_equal(send(near, request, strlen(request), 0), strlen(request));
    assert_int_equal(lab_answer(&view, far), LAB_DOWN);
    assert_int_equal(recv(near, text, sizeof text, MSG_DONTWAIT), -1);
}

static bool same_file(int a, int b)
{
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void names_fit_the_socket(void **state)
{
    (void)state;
    struct sockaddr_un a;
    char longest[128];
    size_t room = sizeof a.sun_path - 1 - strlen(LAB_PREFIX) - 1;
    memset(longest, 'n', sizeof longest);
    longest[room + 1] = '\0';
    assert_true(lab_address(longest, &a) < 0);
    longest[room] = '\0';
    assert_true(lab_address(longest, &a) > 0);
    assert_true(lab_address("", &a) < 0);
    assert_true(lab_address("two\nlines", &a) < 0);
    int len = lab_address("remote site", &a);
    assert_int_equal(len, offsetof(struct sockaddr_un, sun_path) + 1 + 21);
    assert_memory_equal(a.sun_path, "\0run-fleet/remote site", 22);
}

static void a_name_is_taken_once(void **state)
{
    (void)state;
    char name[32];
    snprintf(name, sizeof name, "unit-%d", getpid());
    int first = lab_bind(name);
    assert_true(first >= 0);
    assert_int_equal(lab_bind(name), -2);
    close(first);
    first = lab_bind(name);
    assert_true(first >= 0);
    close(first);
}

static void gives_the_namespace_asked_for(void **state)
{
    (void)state;
    char text[LAB_ANSWER];
    int fd;
    phone_ns[0] = open("/", O_PATH);
    phone_ns[1] = open("/proc", O_PATH);
    world.site_ns = open("/dev", O_PATH);
    world.hq_ns = open("/tmp", O_PATH);
    const struct {
        const char *request, *text;
        int is;
    } cases[] = {
        {"ns SEP02760A6A0011", "+eth0", phone_ns[1]}, {"ns 1", "+eth0", phone_ns[0]},
        {"ns 10.106.0.17", "+eth0", phone_ns[1]},     {"ns site", "+br0 br1", world.site_ns},
        {"ns server", "+wan0", world.hq_ns},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask(cases[i].request, text, &fd), LAB_SERVED);
        assert_string_equal(text, cases[i].text);
        assert_true(same_file(fd, cases[i].is));
        close(fd);
    }
    assert_int_equal(ask("ns 3", text, &fd), LAB_SERVED);
    assert_string_equal(text,
                        "-no such target (a phone's name, number or address, site, server): 3");
    assert_int_equal(fd, -1);
    for (int i = 0; i < 2; i++)
        close(phone_ns[i]);
    close(world.site_ns);
    close(world.hq_ns);
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const char *const requests[] = {" ", "p", "psx", "down!", "reboot 1", "\n", "%s%n"};
    char text[LAB_ANSWER], flood[4 * LAB_REQUEST];
    int fd;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        assert_int_equal(ask(requests[i], text, &fd), LAB_SERVED);
        assert_string_equal(text, "-no such request");
    }
    memset(flood, 'x', sizeof flood - 1);
    flood[sizeof flood - 1] = '\0';
    assert_int_equal(ask(flood, text, &fd), LAB_SERVED);
    assert_string_equal(text, "-no such request");
    memcpy(flood, "log ", 4);
    assert_int_equal(ask(flood, text, &fd), LAB_SERVED);
    assert_memory_equal(text, "-no such phone", 14);
}

static void sees_a_client_go_and_the_order_to_go_down(void **state)
{
    (void)state;
    char text[LAB_ANSWER];
    int fd;
    struct words words = words_begin();
    order_down("down");
    assert_non_null(strstr(words_end(words), " by a client that did not say who\n"));
    words = words_begin();
    order_down("down \"down\", process 7 of lea, in /a\nb");
    assert_non_null(strstr(words_end(words), " by \"down\", process 7 of lea, in /a\\x0ab\n"));
    lab_dismiss(far, "");
    assert_int_equal(lab_receive(near, text, LAB_ANSWER, &fd), 1);
    assert_string_equal(text, "+");
    lab_dismiss(far, "not written whole: all");
    assert_true(lab_receive(near, text, LAB_ANSWER, &fd) > 0);
    assert_string_equal(text, "+not written whole: all");
    shutdown(near, SHUT_RDWR);
    assert_int_equal(lab_answer(&view, far), LAB_CLIENT_GONE);
}

/* Its clients know its directories by themselves, not by their names; and never get the descriptor
 * that locks its output. */
static void tells_where_and_when_it_was_begun(void **state)
{
    (void)state;
    char text[LAB_ANSWER];
    int fd;
    job.lab_dir = open("/usr", O_PATH);
    job.lab_begun = 1234567890;
    job.out.dir = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_int_equal(ask("begun", text, &fd), LAB_SERVED);
    assert_string_equal(text, "+1234567890 2");
    assert_true(same_file(fd, job.lab_dir));
    close(fd);
    assert_int_equal(ask("output", text, &fd), LAB_SERVED);
    assert_string_equal(text, "+");
    assert_true(same_file(fd, job.out.dir));
    assert_true(fcntl(fd, F_GETFL) & O_PATH);
    close(fd);
    close(job.lab_dir);
    close(job.out.dir);
}

/* What ps shows of the records as they are. */
static char *shown(bool json)
{
    char text[LAB_ANSWER], *out = NULL;
    size_t size;
    int fd;
    assert_int_equal(ask("ps", text, &fd), LAB_SERVED);
    assert_string_equal(text, "+");
    FILE *rows = fdopen(fd, "r"), *to = open_memstream(&out, &size);
    assert_int_equal(ps_show(rows, to, json), 0);
    fclose(rows);
    fclose(to);
    return out;
}

static void ps_shows_a_table(void **state)
{
    (void)state;
    records[0].state = PHONE_UPGRADE;
    strcpy(records[0].running, "SCCP41.9-4-2SR1-1S");
    strcpy(records[0].screen.component, "cnu41.9-4-2ES26.sbn");
    records[0].screen.percent = 100;
    records[0].screen.kb = 540;
    records[0].screen.icon = 1;
    records[0].child_ip[0] = phones[1].ip;
    records[0].registered = 1;
    records[0].manager_ip = inet_addr("10.9.9.9");
    records[1].manager_ip = inet_addr("10.9.9.9"); /* it tries, and is not registered */
    records[1].state = PHONE_STATE_COUNT; /* nonsense from a broken phone */
    char *out = shown(false);
    assert_string_equal(
        out,
        "#  NAME             MODEL     ADDRESS      STATE    CM        RUNNING             FILE"
        "                   %   KB  PFS  PARENT  CHILDREN     MESSAGE  SERVER\n"
        "1  SEP02760A6A0010  CP-7961G  10.106.0.16  upgrade  10.9.9.9  SCCP41.9-4-2SR1-1S  "
        "cnu41.9-4-2ES26.sbn  100  540  PFS  -       10.106.0.17  -        -\n"
        "2  SEP02760A6A0011  CP-7961G  10.106.0.17  ?        -         -                   "
        "-                      0    0  -    -       -            -        -\n");
    free(out);
}

static void ps_shows_a_vlan_where_somebody_has_one(void **state)
{
    (void)state;
    char *out = shown(false);
    assert_null(strstr(out, "VLAN"));
    free(out);
    records[1].voice_vlan = 77;
    out = shown(false);
    assert_non_null(strstr(out, "SERVER  VLAN\n"));
    assert_non_null(strstr(out, "-       -\n2  SEP02760A6A0011"));
    assert_non_null(strstr(out, "-       77\n"));
    free(out);
}
#define NO_DHCP "\"dhcp\":null,\"lease_end_s\":null,\"tftp\":null,\"tftp_by\":null"

static void ps_shows_json_of_hostile_records(void **state)
{
    (void)state;
    records[0].state = PHONE_FAILED;
    strcpy(records[0].status_text, "a\"b\\c\td\n\xff");
    strcpy(records[0].status_server, "error 2 \"no\t\xff\"");
    memset(records[0].running, 'r', sizeof records[0].running); /* no NUL at its end */
    records[0].parent_ip = htonl(0x0a000001);
    records[0].child_ip[0] = htonl(0x0a000002);
    records[0].child_ip[1] = htonl(0x0a000003);
    records[0].voice_vlan = 4094;
    records[1].state = PHONE_IDLE;
    records[1].seq = 1; /* left in mid-write */
    char *out = shown(true), expected[1024];
    snprintf(expected, sizeof expected,
             "[\n {\"number\":1,\"name\":\"SEP02760A6A0010\",\"model\":\"CP-7961G\","
             "\"address\":\"10.106.0.16\",\"state\":\"failed\",\"registered\":null,\"running\":\"%.64s\","
             "\"file\":null,\"percent\":0,\"kb\":0,\"icon\":false,\"parent\":\"10.0.0.1\","
             "\"children\":[\"10.0.0.2\",\"10.0.0.3\"],\"text\":\"a\\\"b\\\\c?d??\","
             "\"server\":\"error 2 \\\"no??\\\"\",\"voice_vlan\":4094," NO_DHCP "},\n"
             " {\"number\":2,\"name\":\"SEP02760A6A0011\",\"model\":\"CP-7961G\","
             "\"address\":\"10.106.0.17\",\"state\":\"idle\",\"registered\":null,\"running\":null,"
             "\"file\":null,\"percent\":0,\"kb\":0,\"icon\":false,\"parent\":null,"
             "\"children\":[],\"text\":null,\"server\":null,\"voice_vlan\":null," NO_DHCP "}\n]\n",
             records[0].running);
    assert_string_equal(out, expected);
    free(out);
}

static void ps_refuses_a_cut_row(void **state)
{
    (void)state;
    char rows[] = "1\tSEP\tCP\n", *out = NULL;
    size_t size;
    FILE *from = fmemopen(rows, sizeof rows - 1, "r"), *to = open_memstream(&out, &size);
    assert_true(ps_show(from, to, true) < 0);
    fclose(from);
    fclose(to);
    assert_string_equal(out, "");
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_fit_the_socket),
        cmocka_unit_test(a_name_is_taken_once),
        cmocka_unit_test_setup_teardown(gives_the_namespace_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_it_does_not_know, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sees_a_client_go_and_the_order_to_go_down, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tells_where_and_when_it_was_begun, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ps_shows_a_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ps_shows_a_vlan_where_somebody_has_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ps_shows_json_of_hostile_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ps_refuses_a_cut_row, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
