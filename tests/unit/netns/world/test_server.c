/* What the TFTP server serves, by a client of our own in a phone's namespace. */
#include "netns/world/server.h"
#include "netns/world/tftproot.h"
#include "netns/world/wan.h"
#include "tests/unit/netns/world_bench.h"

static char folder[64];

static void put(const char *name, const char *text, mode_t mode)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static const char *get(const char *name)
{
    static char text[8192];
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    text[len > 0 ? len : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

/* A firmware folder below one that only its owner can enter, as a user's home; and in it what no
 * server could give away. */
static int folder_make(void **state)
{
    char path[96];
    (void)state;
    strcpy(folder, "/tmp/test-server-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/fw", folder);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/fw/sub", folder);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/fw/pipe.sbn", folder);
    mkfifo(path, 0644);
    snprintf(path, sizeof path, "%s/fw/away.sbn", folder);
    if (symlink("nowhere", path) != 0)
        return -1;
    put("fw/mine.sbn", "mine", 0600);
    put("fw/SCCP41.9-4-2SR3-1S.loads", "the list", 0644);
    put("fw/sub/inner.sbn", "below", 0644);
    put("fw/XMLDefault.cnf.xml", "<Default/>", 0644);
    put("fw/SEP02760A6A0011.cnf.xml", "<device>mine</device>", 0644);
    return 0;
}

static int folder_remove(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void plan_for_folder(struct bench *b, size_t phones, char firmware[96], char root[96])
{
    bench_plan(b, phones);
    snprintf(firmware, 96, "%s/fw", folder);
    snprintf(root, 96, "%s/root", folder);
    b->fleet.firmware = firmware;
    for (size_t i = 0; i < phones; i++)
        strcpy(b->plan.phones[i].named, "SCCP41.9-4-2SR3-1S");
}

static void some_files_are_left_out_or_damaged(void **state)
{
    (void)state;
    static const char list[] = "\1\0\2\1\1\2\0\2\0\14..abcdefg"; /* an envelope of 12 bytes */
    char firmware[96], root[96], path[128];
    struct bench b;
    plan_for_folder(&b, 3, firmware, root);
    snprintf(root, sizeof root, "%s/harmed", folder);
    snprintf(path, sizeof path, "%s/signed.sbn", firmware);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(write(fd, list, sizeof list - 1), sizeof list - 1);
    close(fd);
    put("fw/plain.txt", "0123456789", 0644);
    b.fleet.without = (struct text_list){(const char *[]){"*.loads", "sub"}, 2};
    b.fleet.damage = (struct text_list){(const char *[]){"signed.*", "plain.txt"}, 2};
    b.plan.phones[0].load_server = inet_addr("10.1.2.3");
    b.plan.phones[2].config = CONFIG_DEFAULT;
    assert_int_equal(tftproot_make(&b.plan, root), 0);
    assert_string_equal(get("harmed/SCCP41.9-4-2SR3-1S.loads"), "");
    assert_string_equal(get("harmed/sub/inner.sbn"), "");
    assert_memory_equal(get("harmed/signed.sbn"), list, 12);
    assert_string_equal(get("harmed/signed.sbn") + 12, "abceefg");
    assert_string_equal(get("harmed/plain.txt"), "0123446789");
    assert_string_equal(get("fw/plain.txt"), "0123456789");
    assert_memory_equal(get("fw/signed.sbn"), list, sizeof list - 1);
    assert_non_null(strstr(get("harmed/SEP02760A6A0010.cnf.xml"),
                           "  <loadServer>10.1.2.3</loadServer>\n </vendorConfig>"));
    assert_string_equal(get("harmed/SEP02760A6A0012.cnf.xml"), "");
    assert_string_equal(get("harmed/XMLDefault.cnf.xml"), "<Default/>");
    test_free(b.plan.phones);
}

static void root_is_an_overlay(void **state)
{
    (void)state;
    char firmware[96], root[96];
    struct bench b;
    plan_for_folder(&b, 4, firmware, root);
    b.plan.phones[0].pfs = TRI_ON;
    b.plan.phones[2].pfs = TRI_OFF;
    strcpy(b.plan.phones[3].named, "a<b>&c");
    assert_int_equal(tftproot_make(&b.plan, root), 0);
    assert_string_equal(get("root/SCCP41.9-4-2SR3-1S.loads"), "the list");
    assert_string_equal(get("root/sub/inner.sbn"), "below");
    static const char *const none[] = {"root/pipe.sbn", "root/away.sbn", "root/mine.sbn"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char path[128];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", folder, none[i]);
        assert_int_equal(lstat(path, &st), -1);
    }
    assert_string_equal(get("root/XMLDefault.cnf.xml"), "<Default/>");
    assert_string_equal(get("root/SEP02760A6A0011.cnf.xml"), "<device>mine</device>");
    const char *xml = get("root/SEP02760A6A0010.cnf.xml");
    assert_non_null(strstr(xml, "<loadInformation>SCCP41.9-4-2SR3-1S</loadInformation>"));
    assert_non_null(strstr(xml, "<peerFirmwareSharing>1</peerFirmwareSharing>"));
    assert_non_null(strstr(xml, "<processNodeName></processNodeName>"));
    assert_non_null(strstr(get("root/SEP02760A6A0012.cnf.xml"),
                           "<peerFirmwareSharing>0</peerFirmwareSharing>"));
    xml = get("root/SEP02760A6A0013.cnf.xml");
    assert_null(strstr(xml, "peerFirmwareSharing"));
    assert_non_null(strstr(xml, "<loadInformation>a&lt;b&gt;&amp;c</loadInformation>"));
    assert_string_equal(get("fw/SEP02760A6A0011.cnf.xml"), "<device>mine</device>");
    assert_string_equal(get("fw/SEP02760A6A0010.cnf.xml"), ""); /* nothing written there */

    struct words words = words_begin();
    b.fleet.firmware = "/nonexistent";
    int rc = tftproot_make(&b.plan, root);
    const char *said = words_end(words);
    assert_int_equal(rc, -ENOENT);
    assert_string_equal(said, "fleet: cannot read the firmware folder /nonexistent: "
                              "No such file or directory\n");
    test_free(b.plan.phones);
}

/* What is written is what the plan says that it names, which may be nothing. */
static void a_file_names_what_is_planned(void **state)
{
    (void)state;
    static const struct {
        const char *named, *running, *load, *protocol;
    } cases[] = {
        {"SCCP41.8-5-4S", "SIP41.8-5-2S", "<loadInformation>SCCP41.8-5-4S<", ">SCCP<"},
        {"SIP41.8-5-4S", "SCCP41.8-5-2S", "<loadInformation>SIP41.8-5-4S<", ">SIP<"},
        {"", "SIP41.8-5-2S", "<loadInformation></loadInformation>", ">SIP<"},
        {"", "", "<loadInformation></loadInformation>", ">SCCP<"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan_phone phone = {.config = CONFIG_WRITTEN, .load = "SCCP41.9-4-2SR3-1S"};
        char text[4096] = "";
        FILE *out = fmemopen(text, sizeof text, "w");
        strcpy(phone.named, cases[i].named);
        strcpy(phone.running, cases[i].running);
        tftproot_config(out, &phone, &(struct fleet_manager){0});
        fclose(out);
        assert_non_null(strstr(text, cases[i].load));
        assert_non_null(strstr(text, cases[i].protocol));
    }
}

/* The managers of the fleet, in the order in which a phone is to try them. */
static void a_file_names_the_managers(void **state)
{
    (void)state;
    const struct fleet_manager two = {.engine = MANAGER_EXTERNAL, .count = 2, .port = 2001,
                                      .address = {inet_addr("10.9.9.2"), inet_addr("10.9.9.1")}};
    struct plan_phone phone = {.config = CONFIG_WRITTEN, .load = "SCCP41.9-4-2SR3-1S"};
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    tftproot_config(out, &phone, &two);
    fclose(out);
    const char *first = strstr(text, "priority=\"0\""), *second = strstr(text, "priority=\"1\"");
    const char *high = strstr(text, "<processNodeName>10.9.9.2<");
    const char *low = strstr(text, "<processNodeName>10.9.9.1<");
    assert_true(first && second && high && low && first < high && high < second && second < low);
    assert_non_null(strstr(second, "<ethernetPhonePort>2001</ethernetPhonePort>"));
    assert_null(strstr(second + 1, "priority="));
}

/* Asks for a file; the first block's text, or "error N". */
static const char *fetch(int fd, const char *name)
{
    static char text[600];
    char request[128] = {0, 1};
    struct sockaddr_in from;
    size_t len = 2 + (size_t)snprintf(request + 2, sizeof request - 2, "%s", name) + 1;
    memcpy(request + len, "octet", 6);
    send_to(fd, LINE_SERVER_IP, 69, request, len + 6);
    uint8_t reply[600];
    ssize_t got = hear(fd, reply, sizeof reply, &from, 3000);
    assert_true(got >= 4);
    if (reply[1] == 5)
        snprintf(text, sizeof text, "error %d", reply[3]);
    else
        snprintf(text, sizeof text, "%.*s", (int)(got - 4), (char *)reply + 4);
    sendto(fd, "\0\4\0\1", 4, 0, (struct sockaddr *)&from, sizeof from);
    return text;
}

/* The log is written as the transfer ends: waits for a text in it. */
static bool logged(int log, const char *wanted)
{
    static char text[65536];
    for (long long end = clock_ms() + 3000; clock_ms() < end; poll(NULL, 0, 2)) {
        ssize_t len = pread(log, text, sizeof text - 1, 0);
        text[len > 0 ? len : 0] = '\0';
        if (strstr(text, wanted))
            return true;
    }
    return false;
}

/* An output directory of that name; the path of the root in it. */
static void out_make(const char *name, char root[96])
{
    snprintf(root, 96, "%s/%s", folder, name);
    assert_int_equal(mkdir(root, 0755), 0);
    strcat(root, "/tftproot");
}

static void serves_through_the_wan(void **state)
{
    (void)state;
    NEED_ROOT();
    char firmware[96], root[96];
    struct bench b;
    plan_for_folder(&b, 2, firmware, root);
    out_make("second, of \"many\"\n\xff", root);
    assert_int_equal(tftproot_make(&b.plan, root), 0);
    *strrchr(root, '/') = '\0';
    b.fleet.has_wan = true;
    b.fleet.wan_delay_us = 2000;
    b.w = world_make(&b.plan, -1);
    struct wan *wan = wan_start(b.w, bench_time(&b));
    assert_non_null(wan);
    int log = memfd_create("log", MFD_CLOEXEC);
    struct server *s = server_start(b.w, root, log);
    assert_non_null(s);
    assert_int_equal(world_add_phone(b.w, 0), 0);
    assert_int_equal(world_wait_forwarding(b.w, 5000), 0);
    int phone = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 0);
    assert_string_equal(fetch(phone, "SCCP41.9-4-2SR3-1S.loads"), "the list");
    assert_string_equal(fetch(phone, "sub/inner.sbn"), "below");
    assert_string_equal(fetch(phone, "SEP02760A6A0011.cnf.xml"), "<device>mine</device>");
    assert_string_equal(fetch(phone, "CTLSEP02760A6A0010.tlv"), "error 1");
    assert_string_equal(fetch(phone, "../../../etc/passwd"), "error 2");
    static const char line[] = "sent /proc/fs/tftproot/sub/inner.sbn to 10.106.0.16\n";
    server_hear(s);
    assert_true(logged(log, line));

    pid_t pid = child_named("dnsmasq");
    assert_true(pid > 0);
    assert_string_equal(status_field(pid, "Uid"), "65534\t65534\t65534\t65534");
    assert_string_equal(status_field(pid, "CapEff"), "0000000000000404");
    assert_string_equal(status_field(pid, "CapBnd"), "0000000000000404");
    assert_string_equal(status_field(pid, "NoNewPrivs"), "1");

    assert_true(server_kill(s)); /* on purpose: nothing is said, and its end is nobody's */
    assert_int_equal(child_named("dnsmasq"), 0);
    server_kill(s);
    assert_true(server_alive(s, pid));
    assert_int_equal(server_revive(s), 0);
    assert_int_not_equal(child_named("dnsmasq"), pid);
    pid = child_named("dnsmasq");
    assert_string_equal(fetch(phone, "SCCP41.9-4-2SR3-1S.loads"), "the list");
    assert_true(logged(log, line)); /* of the first life */

    struct wan_terms terms = wan_terms_of(&b.fleet);
    terms.cut = true;
    char text[8];
    assert_int_equal(wan_change(wan, &b.fleet, &terms), 0);
    poll(NULL, 0, 50);
    send_to(phone, LINE_SERVER_IP, 69, "\0\1x\0octet", 9);
    assert_int_equal(hear(phone, text, sizeof text, NULL, 300), -1);
    terms.cut = false;
    assert_int_equal(wan_change(wan, &b.fleet, &terms), 0);
    poll(NULL, 0, 50);
    assert_string_equal(fetch(phone, "sub/inner.sbn"), "below");

    assert_true(server_alive(s, 1));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    struct words words = words_begin();
    assert_false(server_alive(s, pid));
    assert_non_null(strstr(words_end(words), "dnsmasq) has ended"));
    close(phone);
    assert_int_equal(server_stop(s), 0);
    assert_true(logged(log, "sent /proc/fs/tftproot/sub/inner.sbn to 10.106.0.16\n"));
    close(log);
    wan_stop(wan);
    bench_down(&b);
}

/* Its folder is missing, or dnsmasq itself says why it cannot start. */
static void failure_is_told(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 1);
    bench_up(&b);
    int log = memfd_create("log", MFD_CLOEXEC);
    struct words words = words_begin();
    struct server *s = server_start(b.w, "/nonexistent", log);
    const char *said = words_end(words);
    assert_null(s);
    assert_string_equal(said, "fleet: cannot start dnsmasq: failed to see its folder: No such file "
                              "or directory\n");
    words = words_begin();
    s = server_start(b.w, folder, log);
    said = words_end(words);
    assert_null(s);
    assert_non_null(strstr(said, "fleet: the TFTP server did not start: dnsmasq"));
    assert_non_null(strstr(said, ": TFTP directory /proc/fs/tftproot inaccessible: No such file"));
    close(log);
    bench_down(&b);
}

/* dnsmasq itself drops what a full disk does not take, and says nothing. It goes on serving. */
static void a_log_that_cannot_be_written_is_a_loss(void **state)
{
    (void)state;
    NEED_ROOT();
    char firmware[96], root[96];
    struct bench b;
    plan_for_folder(&b, 1, firmware, root);
    out_make("full", root);
    assert_int_equal(tftproot_make(&b.plan, root), 0);
    *strrchr(root, '/') = '\0';
    b.w = world_make(&b.plan, -1);
    int log = open("/dev/full", O_RDWR | O_CLOEXEC);
    struct server *s = server_start(b.w, root, log);
    assert_non_null(s);
    assert_int_equal(server_hear(s), -ENOSPC);
    int phone = socket_in(b.w->site_ns, SOCK_DGRAM, LINE_SITE_IP, 0);
    assert_string_equal(fetch(phone, "SCCP41.9-4-2SR3-1S.loads"), "the list");
    assert_true(server_kill(s));
    assert_int_equal(server_revive(s), 0); /* what it said is known all the same */
    assert_int_equal(server_stop(s), -ENOSPC);
    close(phone), close(log);
    bench_down(&b);
}

/* A thousand phones ask in the same moment: every one is answered without asking again. */
static void burst_is_answered(void **state)
{
    (void)state;
    NEED_ROOT();
    enum { ASKERS = 1000 };
    char firmware[96], root[96];
    struct bench b;
    plan_for_folder(&b, ASKERS, firmware, root);
    out_make("third", root);
    assert_int_equal(tftproot_make(&b.plan, root), 0);
    *strrchr(root, '/') = '\0';
    b.w = world_make(&b.plan, -1);
    int log = memfd_create("log", MFD_CLOEXEC);
    struct server *s = server_start(b.w, root, log);
    assert_non_null(s);
    static int fd[ASKERS];
    static const char request[] = "\0\1XMLDefault.cnf.xml\0octet";
    for (int i = 0; i < ASKERS; i++)
        fd[i] = socket_in(b.w->site_ns, SOCK_DGRAM, LINE_SITE_IP, 0);
    for (int i = 0; i < ASKERS; i++)
        send_to(fd[i], LINE_SERVER_IP, 69, request, sizeof request);
    char data[600];
    for (int i = 0; i < ASKERS; i++) {
        assert_int_equal(hear(fd[i], data, sizeof data, NULL, 5000), 14);
        assert_memory_equal(data, "\0\3\0\1<Default/>", 14);
        close(fd[i]);
    }
    server_stop(s);
    close(log);
    bench_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_is_an_overlay),
        cmocka_unit_test(a_file_names_what_is_planned),
        cmocka_unit_test(a_file_names_the_managers),
        cmocka_unit_test(some_files_are_left_out_or_damaged),
        cmocka_unit_test(serves_through_the_wan),
        cmocka_unit_test(failure_is_told),
        cmocka_unit_test(a_log_that_cannot_be_written_is_a_loss),
        cmocka_unit_test(burst_is_answered),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
