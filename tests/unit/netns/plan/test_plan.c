/* test_plan.c - loads, addresses and precedence of a fleet spelled out. */
#include "netns/plan/planner.h"
#include "tests/unit/netns/fleet_bench.h"

#include <arpa/inet.h>

static struct fleet *fleet; /* of the last plan_of() */

static struct plan *plan_of(const char *text)
{
    fleet = bench_read(text);
    assert_string_equal(bench_said, "");
    assert_non_null(fleet);
    int kept = bench_divert();
    struct plan *plan = plan_make(fleet);
    bench_restore(kept);
    return plan;
}

static void release(struct plan *plan)
{
    plan_free(plan);
    fleet_free(fleet);
}

static void addresses_and_names_follow_each_other(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "phones: [{model: CP-7961G, count: 300}, {model: CP-7970G}]\n");
    assert_string_equal(bench_said, "");
    assert_int_equal(p->count, 301);
    assert_int_equal(p->subnets[0].gateway, htonl(0x0a6a0001));
    assert_int_equal(p->subnets[0].broadcast, htonl(0x0a6affff));
    assert_int_equal(p->phones[0].ip, htonl(0x0a6a0010));
    assert_string_equal(p->phones[0].name, "SEP02760A6A0010");
    assert_memory_equal(p->phones[0].mac, "\x02\x76\x0a\x6a\x00\x10", 6);
    assert_int_equal(p->phones[300].ip, htonl(0x0a6a013c));
    assert_string_equal(p->phones[300].model->name, "CP-7970G");
    assert_int_equal(p->phones[300].boot_us, 0);
    assert_ptr_equal(plan_find(p, "1"), &p->phones[0]);
    assert_ptr_equal(plan_find(p, "sep02760a6a0010"), &p->phones[0]);
    assert_ptr_equal(plan_find(p, "10.106.1.60"), &p->phones[300]);
    assert_null(plan_find(p, "0"));
    assert_null(plan_find(p, "302"));
    assert_null(plan_find(p, "10.106.1.61"));
    assert_null(plan_find(p, "site"));
    release(p);
}

static void a_rate_spreads_the_start(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "phones: [{model: CP-7961G, count: 3}]\nboot: rate\nboot_rate: 4\n");
    assert_int_equal(p->phones[0].boot_us, 0);
    assert_int_equal(p->phones[2].boot_us, 500000);
    release(p);
}

/* 9-10-1 is newer than 9-4-2: numbers, not characters. */
static void loads_default_to_newest_and_oldest(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "phones:\n"
                             "  - {model: CP-7961G}\n"
                             "  - {model: CP-7961G, load: SCCP41.9-4-2SR1-1S}\n"
                             "  - {model: CP-7961G, load: SCCP41.9-4-2SR3-1S, running: OLD.1}\n"
                             "  - {model: CP-7970G}\n"
                             "  - {model: CP-7960G}\n");
    assert_string_equal(p->phones[0].load, "SCCP41.9-10-1-1S");
    assert_string_equal(p->phones[0].running, "SCCP41.9-4-2SR1-1S");
    assert_string_equal(p->phones[1].load, "SCCP41.9-4-2SR1-1S");
    assert_string_equal(p->phones[1].running, "SCCP41.9-4-2SR3-1S");
    assert_string_equal(p->phones[2].load, "SCCP41.9-4-2SR3-1S");
    assert_string_equal(p->phones[2].running, "OLD.1");
    assert_string_equal(p->phones[3].load, "SCCP70.9-4-2SR3-1S");
    assert_string_equal(p->phones[3].running, "SCCP70.earlier");
    assert_string_equal(p->phones[4].load, "P00308010200");
    assert_string_equal(p->phones[4].running, "P00308000500");
    release(p);
}

/* A root "roots" with indexes of these loads, with blanks between them. */
static void root_of(const char *loads)
{
    char copy[512], path[128];
    assert_int_equal(system("rm -rf roots && mkdir roots"), 0);
    snprintf(copy, sizeof copy, "%s", loads);
    for (char *load = strtok(copy, " "); load; load = strtok(NULL, " ")) {
        snprintf(path, sizeof path, "roots/%s.loads", load);
        fclose(fopen(path, "w"));
    }
}

/* Newest and oldest go by what the names say, and stay within a protocol. */
static void loads_are_chosen_by_hardware_age_and_protocol(void **state)
{
    (void)state;
    static const struct {
        const char *root, *group, *load, *running;
        bool told;
    } cases[] = {
        {"SIP41.8-5-4S SIP41.9-4-2SR3-1S", "CP-7961G", "SIP41.9-4-2SR3-1S", "SIP41.8-5-4S", false},
        {"SIP42.9-4-2S SIP41.8-5-4S SCCP42.9-4-2S", "CP-7961G", "SIP41.8-5-4S",
         "SIP41.earlier", false},
        {"TERM41.7-0-2-0S SCCP41.8-3-3S", "CP-7941G", "SCCP41.8-3-3S", "TERM41.7-0-2-0S", false},
        {"TERM41.7-0-3-0S term41.default term61.default TERM41.7-0-2-0S", "CP-7961G",
         "TERM41.7-0-3-0S", "TERM41.7-0-2-0S", false},
        {"SCCP41.8-5-2SR1S SCCP41.8-5-2-30S SCCP41.8-5-2S SCCP41.8-5-2ES4S", "CP-7961G",
         "SCCP41.8-5-2SR1S", "SCCP41.8-5-2S", false},
        {"SCCP41.9-4-2-1S SCCP41.9-4-2SR1-1S SCCP41.9-4-2S", "CP-7961G", "SCCP41.9-4-2SR1-1S",
         "SCCP41.9-4-2S", false},
        {"SCCP41.zebra SCCP41.8-3-1S SCCP41.apple", "CP-7961G", "SCCP41.8-3-1S", "SCCP41.apple",
         false},
        {"SCCP41.9-4-2S SIP41.9-4-2SR3-1S SIP41.8-5-4S", "CP-7961G", "SCCP41.9-4-2S",
         "SIP41.8-5-4S", true},
        {"SCCP41.9-4-2S SIP41.9-4-2SR3-1S SCCP41.8-5-4S", "CP-7961G, running: SIP41.8-5-4S",
         "SIP41.9-4-2SR3-1S", "SIP41.8-5-4S", false},
        {"SCCP41.9-4-2S SIP41.9-4-2SR3-1S SIP41.8-5-4S", "CP-7961G, load: SIP41.9-4-2SR3-1S",
         "SIP41.9-4-2SR3-1S", "SIP41.8-5-4S", false},
        {"P0S3-8-12-00 P0S3-08-9-00", "CP-7960G", "P0S3-8-12-00", "P0S3-08-9-00", false},
        {"P00308010200 P0030801SR02 P00308000500 P00405000700", "CP-7940G", "P00308010200",
         "P00308000500", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        root_of(cases[i].root);
        snprintf(text, sizeof text, "firmware: roots\nmode: traditional\nphones: [{model: %s}]\n",
                 cases[i].group);
        struct plan *p = plan_of(text);
        assert_non_null(p);
        assert_string_equal(p->phones[0].load, cases[i].load);
        assert_string_equal(p->phones[0].running, cases[i].running);
        assert_int_equal(strstr(bench_said, "has SCCP and SIP loads for a CP-7961G") != NULL,
                         cases[i].told);
        release(p);
    }
}

/* The digits decide, whatever the word before them. */
static void loads_of_other_hardware_are_refused(void **state)
{
    (void)state;
    static const char *const foreign[] = {"SIP42.9-9-9S", "SCCP42.9-9-9S", "TERM70.7-0-2-0S",
                                          "term65.default", "sip45.8-0-3S", "P0S3-8-12-00",
                                          "sip78xx.12-5-1SR1-4"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        char text[256];
        root_of(foreign[i]);
        snprintf(text, sizeof text,
                 "firmware: roots\nphones: [{model: CP-7961G, load: %s, "
                 "peerFirmwareSharing: true}]\n", foreign[i]);
        assert_null(plan_of(text));
        assert_non_null(strstr(bench_said, "phones[0].load: load "));
        assert_non_null(strstr(bench_said, "loads of a CP-7961G are named SCCP41.*, SIP41.*"));
        release(NULL);
    }
}

/* phone page > common profile > enterprise; models without it never have it */
static void the_nearest_level_decides(void **state)
{
    static const struct {
        const char *enterprise, *profile, *phone;
        enum tri pfs;
    } cases[] = {
        {"", "", "", TRI_UNSET},
        {"true", "", "", TRI_ON},
        {"false", "", "", TRI_OFF},
        {"true", "false", "", TRI_OFF},
        {"false", "true", "", TRI_ON},
        {"", "true", "", TRI_ON},
        {"true", "true", "false", TRI_OFF},
        {"false", "false", "true", TRI_ON},
        {"", "", "true", TRI_ON},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
#define LEVEL(v) *(v) ? "peerFirmwareSharing: " : "", v
        snprintf(text, sizeof text,
                 "enterprise: {%s%s}\nprofiles: {p: {%s%s}}\n"
                 "phones: [{model: CP-7961G, profile: p, %s%s}, {model: CP-7960G, profile: p}]\n",
                 LEVEL(cases[i].enterprise), LEVEL(cases[i].profile), LEVEL(cases[i].phone));
        struct plan *p = plan_of(text);
        assert_int_equal(p->phones[0].pfs, cases[i].pfs);
        assert_int_equal(p->phones[1].pfs, TRI_UNSET);
        assert_string_equal(bench_said, cases[i].pfs == TRI_ON
                                            ? ""
                                            : "t.fleet.yml:1:1: warning: mode is pfs, but "
                                              "peerFirmwareSharing is on for no phone\n");
        release(p);
    }
}

static void load_servers_follow_the_same_levels(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true, loadServer: 10.1.1.1}\n"
                             "profiles: {p: {loadServer: 10.1.1.2}, q: {}}\n"
                             "phones:\n"
                             "  - {model: CP-7961G}\n"
                             "  - {model: CP-7961G, profile: p}\n"
                             "  - {model: CP-7961G, profile: q}\n"
                             "  - {model: CP-7960G, profile: p, loadServer: 10.1.1.3}\n");
    assert_int_equal(p->phones[0].load_server, inet_addr("10.1.1.1"));
    assert_int_equal(p->phones[1].load_server, inet_addr("10.1.1.2"));
    assert_int_equal(p->phones[2].load_server, inet_addr("10.1.1.1"));
    assert_int_equal(p->phones[3].load_server, inet_addr("10.1.1.3"));
    assert_int_equal(p->server, inet_addr("172.31.255.2"));
    release(p);
}

static void macs_count_up_from_the_first(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "phones:\n"
                             "  - {model: CP-7961G, count: 3, mac: 00:1b:54:c1:ff:fe}\n"
                             "  - {model: CP-7970G}\n");
    assert_string_equal(p->phones[0].name, "SEP001B54C1FFFE");
    assert_string_equal(p->phones[2].name, "SEP001B54C20000");
    assert_memory_equal(p->phones[2].mac, "\x00\x1b\x54\xc2\x00\x00", 6);
    assert_string_equal(p->phones[3].name, "SEP02760A6A0013");
    assert_int_equal(p->phones[3].group, 1);
    release(p);
}

/* Where the server is not ours, nothing can be written for phones, and files may be there alone. */
static void an_external_server_has_its_own_files(void **state)
{
    (void)state;
    struct plan *p = plan_of("tftp: {engine: external, address: 10.1.1.1}\n"
                             "phones: [{model: CP-7961G, load: SCCP41.elsewhere}]\n");
    assert_int_equal(p->server, inet_addr("10.1.1.1"));
    assert_int_equal(p->phones[0].config, CONFIG_ABROAD);
    assert_string_equal(p->phones[0].load, "SCCP41.elsewhere");
    assert_string_equal(p->phones[0].named, "");
    assert_string_equal(bench_said, ""); /* whether they share, only the server knows */
    release(p);
}

static void traditional_mode_turns_it_off(void **state)
{
    (void)state;
    struct plan *p = plan_of("mode: traditional\nenterprise: {peerFirmwareSharing: true}\n"
                             "phones: [{model: CP-7961G, peerFirmwareSharing: true}, "
                             "{model: CP-7940G}]\n");
    assert_string_equal(bench_said, "");
    assert_int_equal(p->phones[0].pfs, TRI_OFF);
    assert_int_equal(p->phones[1].pfs, TRI_UNSET);
    release(p);
}

static void what_cannot_be_planned_is_refused(void **state)
{
    static const struct {
        const char *file, *message;
    } cases[] = {
        {"lan: {subnets: {a: 10.0.0.0/24, b: 10.0.1.0/28}}\n"
         "phones: [{model: CP-7961G, count: 9}, {model: CP-7961G, count: 6, subnet: b}]\n",
         "t.fleet.yml:2:9: phones: b holds 5 phones, not 6; fewer phones, or a larger "
         "lan.subnets.b\n"},
        {"lan: {subnet: 10.0.0.0/28}\nphones: [{model: CP-7961G, count: 6}]\n",
         "t.fleet.yml:2:9: phones: 10.0.0.0/28 holds 5 phones, not 6; fewer phones, or a larger "
         "lan.subnet\n"},
        {"phones: [{model: CP-7961G, count: 1000}, {model: CP-7970G}]\n",
         "t.fleet.yml:1:9: phones: a run takes 1,000 phones, not 1001\n"},
        {"phones: [{model: CP-7961G, load: SCCP70.9-4-2SR3-1S}]\n",
         "t.fleet.yml:1:34: phones[0].load: load SCCP70.9-4-2SR3-1S is for CP-7970G, CP-7971G-GE; "
         "loads of a CP-7961G are named SCCP41.*, SIP41.* or TERM41.*\n"},
        {"phones: [{model: CP-7960G, load: SCCP41.9-4-2SR3-1S}]\n",
         "t.fleet.yml:1:34: phones[0].load: load SCCP41.9-4-2SR3-1S is for CP-7941G, CP-7941G-GE, "
         "CP-7961G, CP-7961G-GE; loads of a CP-7960G are named P003* or P0S3*\n"},
        {"phones: [{model: CP-7961G, load: SIP41.9}]\n",
         "t.fleet.yml:1:34: phones[0].load: no SIP41.9.loads in %s/firmware-samples/small; there "
         "for this model: SCCP41.9-4-2SR1-1S, SCCP41.9-4-2SR3-1S, SCCP41.9-10-1-1S\n"},
        {"phones: [{model: CP-7970G, load: SCCP70.1}]\n",
         "t.fleet.yml:1:34: phones[0].load: no SCCP70.1.loads in %s/firmware-samples/small; there "
         "for this model: SCCP70.9-4-2SR3-1S\n"},
        {"phones:\n- {model: CP-7970G}\n- {model: CP-7975G}\n",
         "t.fleet.yml:3:3: phones[1]: no load for a CP-7975G (SCCP75.*, SIP75.* or TERM75.*) "
         "in %s/firmware-samples/small\n"},
        {"firmware: empty\nphones: [{model: CP-7961G}]\n",
         "t.fleet.yml:2:10: phones[0]: no load for a CP-7961G (SCCP41.*, SIP41.* or TERM41.*) in "
         "%s/empty\n"},
        {"phones: [{model: CP-7960G, peerFirmwareSharing: true}]\n",
         "t.fleet.yml:1:49: phones[0].peerFirmwareSharing: a CP-7960G has no peer firmware "
         "sharing; take this out\n"},
        {"phones:\n- {model: CP-7961G, count: 3, mac: 00:1B:54:00:00:01}\n"
         "- {model: CP-7970G, mac: 00:1b:54:00:00:03}\n",
         "t.fleet.yml:3:26: phones[1].mac: phone 3 and phone 4 would both have the MAC address of "
         "SEP001B54000003\n"},
        {"phones:\n- {model: CP-7961G, mac: 00:1B:54:C1:22:33}\n"
         "- {model: CP-7970G, mac: 00:1C:54:C1:22:33}\n",
         "t.fleet.yml:3:26: phones[1].mac: the last four bytes of SEP001B54C12233 are also those "
         "of phone 2, and phones know each other by them\n"},
        {"phones: [{model: CP-7961G, mac: 02:76:0A:6A:00:01}]\n",
         "t.fleet.yml:1:33: phones[0].mac: phone 1 and the gateway would both have the MAC "
         "address of SEP02760A6A0001\n"},
        {"phones: [{model: CP-7961G, count: 2, mac: 00:FF:FF:FF:FF:FF}]\n",
         "t.fleet.yml:1:43: phones[0].mac: 2 phones counted up from there leave the range of its "
         "maker\n"},
        {"tftp: {without: ['*.loads', nothing], damage: P003*.sbn}\nphones: [{model: CP-7961G}]\n",
         "t.fleet.yml:1:17: tftp.without: nothing: no such file in %s/firmware-samples/small\n"
         "t.fleet.yml:1:47: tftp.damage: P003*.sbn: no such file in %s/firmware-samples/small\n"},
        {"phones: [{model: CP-7961G}]\nfirmware: t.fleet.yml\n",
         "t.fleet.yml:2:11: firmware: cannot read %s/t.fleet.yml: Not a directory\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[512] = "";
        const char *rest = cases[i].message;
        for (const char *gap; (gap = strstr(rest, "%s")); rest = gap + 2) {
            strncat(message, rest, (size_t)(gap - rest));
            strcat(message, bench_dir);
        }
        strcat(message, rest);
        assert_null(plan_of(cases[i].file));
        assert_string_equal(bench_said, message);
        release(NULL);
    }
}

static void a_bridge_may_be_full(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "phones: [{model: CP-7961G, count: 999}, {model: CP-7970G}]\n");
    assert_non_null(p);
    assert_int_equal(p->count, 1000);
    release(p);
}

/* By its name it is of no model of the table, or it merely runs at power-on. */
static void a_strange_load_is_taken(void **state)
{
    (void)state;
    fclose(fopen("empty/SIP41.9.loads", "w"));
    struct plan *p = plan_of("firmware: empty\nenterprise: {peerFirmwareSharing: true}\n"
                             "phones: [{model: CP-7961G, load: SIP41.9, running: SCCP70.1}]\n");
    unlink("empty/SIP41.9.loads");
    assert_non_null(p);
    assert_string_equal(p->phones[0].load, "SIP41.9");
    assert_string_equal(p->phones[0].running, "SCCP70.1");
    release(p);
}

static void a_subnet_may_be_full(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "lan: {subnet: 10.0.0.16/28}\n"
                             "phones: [{model: CP-7961G, count: 5}]\n");
    assert_non_null(p);
    assert_int_equal(p->phones[4].ip, htonl(0x0a00001e));
    assert_int_equal(p->subnets[0].broadcast, htonl(0x0a00001f));
    release(p);
}

/* Groups take turns; each subnet numbers its own. */
static void phones_live_in_their_subnets(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "lan: {subnets: {one: 10.0.1.0/24, two: 10.0.0.32/28}}\n"
                             "phones:\n"
                             "  - {model: CP-7961G, count: 2}\n"
                             "  - {model: CP-7961G, count: 2, subnet: two}\n"
                             "  - {model: CP-7970G, subnet: one}\n"
                             "  - {model: CP-7970G, subnet: two}\n");
    static const uint32_t ips[] = {0x0a000110, 0x0a000111, 0x0a00002a,
                                   0x0a00002b, 0x0a000112, 0x0a00002c};
    assert_non_null(p);
    assert_int_equal(p->subnet_count, 2);
    assert_string_equal(p->subnets[1].name, "two");
    assert_int_equal(p->subnets[1].gateway, htonl(0x0a000021));
    assert_int_equal(p->subnets[1].broadcast, htonl(0x0a00002f));
    assert_int_equal(p->subnets[1].prefix_len, 28);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(ntohl(p->phones[i].ip), ips[i]);
        assert_int_equal(p->phones[i].subnet, i == 2 || i == 3 || i == 5);
    }
    assert_string_equal(p->phones[5].name, "SEP02760A00002C");
    release(p);
}

static void quirks_of_phone_profile_and_model_add_up(void **state)
{
    (void)state;
    struct plan *p = plan_of("enterprise: {peerFirmwareSharing: true}\n"
                             "models: {CP-7961G: {quirks: pfs-disabled}}\n"
                             "profiles: {shop: {quirks: [ignores-peers, page-lacks-pfs-row]}}\n"
                             "phones:\n"
                             "  - {model: CP-7961G, profile: shop, quirks: [bulk-misses]}\n"
                             "  - {model: CP-7961G, quirks: config-lacks-pfs}\n"
                             "  - {model: CP-7970G, factory_reset: true}\n");
    assert_int_equal(p->phones[0].quirks, QUIRK_PFS_DISABLED | QUIRK_IGNORES_PEERS |
                                              QUIRK_PAGE_LACKS_PFS_ROW | QUIRK_BULK_MISSES);
    assert_int_equal(p->phones[0].pfs, TRI_ON);
    assert_int_equal(p->phones[1].quirks, QUIRK_PFS_DISABLED | QUIRK_CONFIG_LACKS_PFS);
    assert_int_equal(p->phones[1].pfs, TRI_UNSET);
    assert_int_equal(p->phones[2].quirks, 0);
    assert_string_equal(p->phones[2].running, "");
    assert_true(p->phones[2].factory_reset);
    release(p);
}

/* Who has the quirk keeps what it had; that the others are changed is test_bulk.c's. */
static void a_bulk_change_misses_whom_it_is_to(void **state)
{
    (void)state;
    struct plan *p = plan_of("set: [{phones: all, peerFirmwareSharing: true}]\n"
                             "phones:\n"
                             "  - {model: CP-7961G, quirks: bulk-misses}\n"
                             "  - {model: CP-7961G}\n"
                             "  - {model: CP-7961G, quirks: config-lacks-pfs}\n");
    assert_int_equal(p->phones[0].pfs, TRI_UNSET);
    assert_int_equal(p->phones[1].pfs, TRI_ON);
    assert_int_equal(p->phones[2].pfs, TRI_UNSET);
    release(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_names_follow_each_other),
        cmocka_unit_test(a_rate_spreads_the_start),
        cmocka_unit_test(loads_default_to_newest_and_oldest),
        cmocka_unit_test(loads_are_chosen_by_hardware_age_and_protocol),
        cmocka_unit_test(loads_of_other_hardware_are_refused),
        cmocka_unit_test(the_nearest_level_decides),
        cmocka_unit_test(load_servers_follow_the_same_levels),
        cmocka_unit_test(macs_count_up_from_the_first),
        cmocka_unit_test(an_external_server_has_its_own_files),
        cmocka_unit_test(traditional_mode_turns_it_off),
        cmocka_unit_test(what_cannot_be_planned_is_refused),
        cmocka_unit_test(a_bridge_may_be_full),
        cmocka_unit_test(a_strange_load_is_taken),
        cmocka_unit_test(a_subnet_may_be_full),
        cmocka_unit_test(phones_live_in_their_subnets),
        cmocka_unit_test(quirks_of_phone_profile_and_model_add_up),
        cmocka_unit_test(a_bulk_change_misses_whom_it_is_to),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
