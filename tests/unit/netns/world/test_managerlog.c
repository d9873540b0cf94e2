/* What a call manager tells, against lines of the vendor's small one as its documents print them. */
#include "netns/world/managerlist.h"
#include "netns/world/managerlog.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct registrar_device device = {.name = "SEP000E325C9A43", .load = "SCCP41.9-4-2SR3-1S",
                                         .previous = "a\"b\\c", .last_reset = "Reset-Reset",
                                         .state = DEVICE_REGISTERED, .registrations = 2};

static const char *line(enum registrar_note note, const char *text, uint32_t value)
{
    static char out[MANAGERLOG_LINE];
    const struct registrar_told told = {.note = note, .at = 3723004567, .session = 1,
                                        .device = &device, .text = text, .value = value};
    device.ip = inet_addr("10.4.170.6");
    size_t len = managerlog_line(&told, 3, out);
    assert_true(len < sizeof out && out[len - 1] == '\n');
    out[len] = '\0';
    return out;
}

static const char *event(enum registrar_note note, const char *text)
{
    static char out[MANAGERLOG_LINE];
    size_t len = managerlog_event(&(struct registrar_told){.note = note, .at = 5000007,
                                                           .session = NO_SESSION,
                                                           .device = &device, .text = text}, out);
    out[len] = '\0';
    return out;
}

static void lines_are_those_of_the_vendors(void **state)
{
    (void)state;
    assert_string_equal(line(TOLD_ALARM, "22: Name=SEP000E325C9A43 Load=7.2(2.0) Last=Reset-Reset", 2),
                        "01:02:03.004: %IPPHONE-6-REG_ALARM: 22: Name=SEP000E325C9A43 "
                        "Load=7.2(2.0) Last=Reset-Reset\n");
    assert_string_equal(line(TOLD_REGISTERED, "SCCP41.9-4-2SR3-1S", 22),
                        "01:02:03.004: %IPPHONE-6-REGISTER: ephone-3:SEP000E325C9A43 "
                        "IP:10.4.170.6 Socket:2 DeviceType:Phone has registered.\n");
    device.registrations = 1;
    assert_non_null(strstr(line(TOLD_REGISTERED, "", 22), "%IPPHONE-6-REGISTER_NEW: ephone-3:"));
    assert_string_equal(line(TOLD_UNREGISTERED, "call manager reset", CCM_RESET),
                        "01:02:03.004: %IPPHONE-6-UNREGISTER_NORMAL: ephone-3:SEP000E325C9A43 "
                        "IP:10.4.170.6 Socket:2 DeviceType:Phone has unregistered normally.\n"
                        "01:02:03.004: ephone-3:SEP000E325C9A43 IP:10.4.170.6 Socket:2 "
                        "DeviceType:Phone: reason 9, call manager reset\n");
    assert_non_null(strstr(line(TOLD_UNREGISTERED, "keep-alive timeout", CCM_KEEP_ALIVE),
                           "%IPPHONE-6-UNREGISTER_ABNORMAL: "));
}

static void every_line_ends_within_its_room(void **state)
{
    (void)state;
    char much[1000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    for (enum registrar_note note = 0; note < TOLD_COUNT; note++)
        assert_true(strlen(line(note, much, CCM_THROTTLED)) < MANAGERLOG_LINE);
}

static void events_are_json_of_what_concerns_the_fleet(void **state)
{
    (void)state;
    assert_string_equal(event(TOLD_REGISTERED, "SCCP41.9-4-2SR3-1S"),
                        "{\"t\":5.000007,\"phone\":\"SEP000E325C9A43\",\"event\":\"cm-registered\","
                        "\"load\":\"SCCP41.9-4-2SR3-1S\",\"previous\":\"a\\\"b\\\\c\","
                        "\"last_reset\":\"Reset-Reset\"}\n");
    assert_string_equal(event(TOLD_ORDERED, "reset"),
                        "{\"t\":5.000007,\"phone\":\"SEP000E325C9A43\",\"event\":\"cm-ordered\","
                        "\"order\":\"reset\"}\n");
    assert_string_equal(event(TOLD_ALARM, "22: "), "");
    assert_string_equal(event(TOLD_UNKNOWN, "unknown"), "");
}

/* Written by one process as fast as it can, read by another: each row is of one moment. */
static void rows_are_whole_while_they_are_written(void **state)
{
    (void)state;
    struct manager_list *list = managerlist_new(2);
    struct registrar_device d = {.name = "SEP1"}, seen;
    assert_non_null(list);
    assert_false(managerlist_get(list, 0, &seen));
    managerlist_put(list, 1, &d); /* none is skipped */
    assert_false(managerlist_get(list, 1, &seen));
    managerlist_put(list, 0, &d);
    pid_t writer = fork();
    if (writer == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it would write for ever */
    for (uint32_t n = 1; writer == 0; n++) {
        d.registrations = d.orders = n;
        d.heard_at = n;
        managerlist_put(list, 0, &d);
    }
    for (int i = 0; i < 200000; i++) {
        assert_true(managerlist_find(list, "SEP1", &seen));
        assert_true(seen.registrations == seen.orders && seen.heard_at == seen.orders);
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    assert_false(managerlist_find(list, "SEP2", &seen));
    struct manager_list *copy = managerlist_copy(list);
    d.orders = 0;
    managerlist_close(list);
    managerlist_put(list, 0, &d);
    assert_true(managerlist_find(list, "SEP1", &seen) && seen.orders > 0);
    managerlist_clear(list);
    assert_true(managerlist_find(copy, "SEP1", &seen));
    assert_false(managerlist_find(list, "SEP1", &seen));
    managerlist_free(copy);
    managerlist_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_those_of_the_vendors),
        cmocka_unit_test(every_line_ends_within_its_room),
        cmocka_unit_test(events_are_json_of_what_concerns_the_fleet),
        cmocka_unit_test(rows_are_whole_while_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
