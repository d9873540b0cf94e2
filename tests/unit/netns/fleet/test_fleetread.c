/* test_fleetread.c - what a fleet file may say, and the words for what it may not. */
#include "netns/fleet/expect.h"
#include "netns/fleet/managerkeys.h"
#include "netns/fleet/speed.h"
#include "tests/unit/netns/fleet_bench.h"

#include <arpa/inet.h>

static void a_full_file_is_read(void **state)
{
    (void)state;
    struct fleet *f = bench_read("name: remote-site\n"
                                 "mode: traditional\n"
                                 "speed: 10\n"
                                 "clock: free\n"
                                 "lag: 0.5ms\n"
                                 "seed: 18446744073709551615\n"
                                 "firmware: firmware-samples/small\n"
                                 "authentication: structure\n"
                                 "tftp: {engine: dnsmasq, without: a.sbn, damage: [b*, 'c?']}\n"
                                 "wan: {delay: 75ms, rate: 1536kbit, loss: 0.5%}\n"
                                 "lan: {subnet: 192.168.4.0/22}\n"
                                 "enterprise: {peerFirmwareSharing: true, loadServer: 10.1.2.3}\n"
                                 "profiles: {warehouse: {peerFirmwareSharing: false}, "
                                 "bare: {loadServer: 10.1.2.4}}\n"
                                 "phones:\n"
                                 "  - {model: CP-7961G, count: 40, running: A, load: B}\n"
                                 "  - {model: CP-7970G, profile: warehouse, "
                                 "mac: 00:1B:54:C1:22:33, loadServer: 10.1.2.5}\n"
                                 "  - {model: CP-7960G, peerFirmwareSharing: off}\n"
                                 "boot: rate\n"
                                 "boot_rate: 0.5\n"
                                 "timeout: 10m\n"
                                 "expect: {upgraded: 41, server_fetches_per_file: 1}\n");
    assert_string_equal(bench_said, "");
    assert_non_null(f);
    assert_string_equal(f->name, "remote-site");
    assert_int_equal(f->mode, MODE_TRADITIONAL);
    assert_int_equal(f->speed, 10);
    assert_true(f->clock_free);
    assert_int_equal(f->lag_us, 500);
    assert_true(f->seed == UINT64_MAX);
    assert_int_equal(f->authentication, FLEET_AUTH_STRUCTURE);
    assert_null(f->key);
    assert_true(f->has_wan);
    assert_int_equal(f->wan_delay_us, 75000);
    assert_int_equal(f->wan_rate_bps, 1536000);
    assert_true(f->wan_loss > 0.00499 && f->wan_loss < 0.00501);
    assert_int_equal(f->lan.net, 0xc0a80400);
    assert_int_equal(f->lan.prefix_len, 22);
    assert_int_equal(f->enterprise_pfs, TRI_ON);
    assert_int_equal(f->engine, ENGINE_DNSMASQ);
    assert_int_equal(f->without.count, 1);
    assert_string_equal(f->without.items[0], "a.sbn");
    assert_int_equal(f->damage.count, 2);
    assert_string_equal(f->damage.items[1], "c?");
    assert_int_equal(f->enterprise_load_server, inet_addr("10.1.2.3"));
    assert_int_equal(f->profiles[1].load_server, inet_addr("10.1.2.4"));
    assert_int_equal(f->groups[1].load_server, inet_addr("10.1.2.5"));
    assert_true(f->groups[1].mac == 0x001b54c12233 && f->groups[0].mac == 0);
    assert_int_equal(f->profile_count, 2);
    assert_string_equal(f->profiles[0].name, "warehouse");
    assert_int_equal(f->profiles[0].pfs, TRI_OFF);
    assert_int_equal(f->profiles[1].pfs, TRI_UNSET);
    assert_int_equal(f->group_count, 3);
    assert_string_equal(f->groups[0].model->name, "CP-7961G");
    assert_int_equal(f->groups[0].count, 40);
    assert_string_equal(f->groups[0].running, "A");
    assert_string_equal(f->groups[0].load, "B");
    assert_int_equal(f->groups[0].pfs, TRI_UNSET);
    assert_int_equal(f->groups[1].count, 1);
    assert_string_equal(f->groups[1].profile, "warehouse");
    assert_int_equal(f->groups[2].pfs, TRI_OFF);
    assert_int_equal(f->boot, BOOT_RATE);
    assert_true(f->boot_rate == 0.5);
    assert_int_equal(f->timeout_s, 600);
    assert_int_equal(f->expect_count, 2);
    assert_int_equal(f->expects[0].origin.kind, EXPECT_UPGRADED);
    assert_true(f->expects[0].count.op == COMPARE_EQ && f->expects[0].count.value == 41);
    assert_int_equal(f->expects[1].origin.kind, EXPECT_FETCHES);
    assert_true(f->expects[1].count.op == COMPARE_EQ && f->expects[1].count.value == 1);
    fleet_free(f);
}

static void what_is_left_out_has_a_default(void **state)
{
    char path[128];
    (void)state;
    struct fleet *f = bench_read("phones: [{model: CP-7961G}]\n");
    assert_non_null(f);
    assert_string_equal(f->name, "t");
    assert_int_equal(f->mode, MODE_PFS);
    assert_int_equal(f->speed, 1);
    assert_false(f->clock_free);
    assert_int_equal(fleet_lag_us(f), 5000);
    f->speed = SPEED_AUTO;
    assert_int_equal(fleet_lag_us(f), 0);
    assert_false(f->has_wan);
    assert_int_equal(f->lan.net, 0x0a6a0000);
    assert_int_equal(f->enterprise_pfs, TRI_UNSET);
    assert_int_equal(f->expect_count, 0);
    snprintf(path, sizeof path, "%s/firmware-samples/small", bench_dir);
    assert_string_equal(f->firmware, path);
    snprintf(path, sizeof path, "%s/firmware-samples/test-key.pub.pem", bench_dir);
    assert_string_equal(f->key, path);
    fleet_free(f);
}

#define PHONES "phones: [{model: CP-7961G}]\n"

/* What the clock may be asked for; whether it then waits, and how fast it goes at most. */
static void speed_is_a_ceiling(void **state)
{
    static const struct {
        const char *file, *said;
        bool is_free;
        unsigned ceiling;
    } clocks[] = {
        {PHONES, "1", false, 1},
        {PHONES "speed: 1000\n", "1000", false, 1000},
        {PHONES "speed: auto\n", "auto", false, 100},
        {PHONES "speed: auto\nclock: held\n", "auto", false, 100},
        {PHONES "speed: auto\nclock: free\n", "auto", true, 1}, /* nobody would hold it back */
        {PHONES "speed: 20\nclock: free\n", "20", true, 20},
        {PHONES "speed: auto\ntftp: {engine: external, address: 10.1.2.3}\n", "auto", true, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        char said[FLEET_SPEED];
        struct fleet *f = bench_read(clocks[i].file);
        assert_string_equal(bench_said, "");
        assert_int_equal(fleet_runs_free(f), clocks[i].is_free);
        assert_int_equal(fleet_ceiling(f), clocks[i].ceiling);
        assert_string_equal(fleet_speed_said(f, said), clocks[i].said);
        fleet_free(f);
    }
}

#define KEYS                                                                                       \
    "name, description, mode, speed, clock, lag, seed, firmware, authentication, key, tftp, "      \
    "callmanager, http, logserver, addresses, dhcp, wan, discovery, lan, "                         \
    "enterprise, profiles, models, phones, boot, boot_rate, timeout, until, expect, variants, faults, set"
#define NO_HOST \
    "t.fleet.yml:2:15: lan.subnet: no host has an address of 0.0.0.0/8, 127.0.0.0/8 or 224.0.0.0/3\n"
#define DELAY "a one-way delay from 0 to 1h, such as 75ms, 2s or 1m"
#define FORTY "a123456789b123456789c123456789d123456789"
#define MODELS                                                                                     \
    "one of CP-7906G, CP-7911G, CP-7931G, CP-7941G, CP-7941G-GE, CP-7961G, CP-7961G-GE, "          \
    "CP-7970G, CP-7971G-GE, CP-7942G, CP-7945G, CP-7962G, CP-7965G, CP-7975G, CP-7940G, CP-7960G"

/* Every message as a user sees it; where two lines stand, the file has two mistakes. */
#define NOT_BESIDE                                                                                 \
    "callmanager.engine: our own stands beside a TFTP server of ours, and that is external; "      \
    "write external, or have tftp: {engine: dnsmasq}\n"

static const struct {
    const char *file, *message;
} refused[] = {
    {"", "t.fleet.yml:1:1: phones is missing; it takes a list such as "
         "[{model: CP-7961G, count: 40}]\n"},
    {"# nothing\n", "t.fleet.yml:1:1: phones is missing; it takes a list such as "
                    "[{model: CP-7961G, count: 40}]\n"},
    {"- a\n", "t.fleet.yml:1:1: a fleet file is a mapping of " KEYS ", not a list\n"},
    {"hello\n", "t.fleet.yml:1:1: a fleet file is a mapping of " KEYS ", not a single value\n"},
    {PHONES "sped: 10\n", "t.fleet.yml:2:1: unknown key 'sped', did you mean 'speed'?; valid "
                          "here: " KEYS "\n"},
    {PHONES "wan: {delay: 1ms, colour: red}\n",
     "t.fleet.yml:2:19: unknown key 'colour'; valid in wan: delay, rate, loss\n"},
    {"phones: 5\n", "t.fleet.yml:1:9: phones takes a list such as [{model: CP-7961G, count: 40}], "
                    "not '5'\n"},
    {"phones: []\n", "t.fleet.yml:1:9: phones: the list is empty\n"},
    {"phones: [CP-7961G]\n", "t.fleet.yml:1:10: phones[0] takes a mapping of model, count, running, "
                             "load, profile, subnet, mac, peerFirmwareSharing, loadServer, quirks, "
                             "factory_reset, addresses, not a single value\n"},
    {PHONES "speed: [1]\n",
     "t.fleet.yml:2:8: speed takes auto, or a whole number from 1 to 1000, not a list\n"},
    {PHONES "speed: 0\n", "t.fleet.yml:2:8: speed takes auto, or a whole number from 1 to 1000, not '0'\n"},
    {PHONES "clock: fre\n",
     "t.fleet.yml:2:8: clock takes held or free, not 'fre'; did you mean 'free'?\n"},
    {PHONES "lag: 101ms\n", "t.fleet.yml:2:6: lag takes an emulated time from 0 to 100ms, such as 5ms, "
                            "not '101ms'\n"},
    {PHONES "speed: 1001\n",
     "t.fleet.yml:2:8: speed takes auto, or a whole number from 1 to 1000, not '1001'\n"},
    {PHONES "speed: fast\n",
     "t.fleet.yml:2:8: speed takes auto, or a whole number from 1 to 1000, not 'fast'\n"},
    {PHONES "speed:\n",
     "t.fleet.yml:2:7: speed has no value; it takes auto, or a whole number from 1 to 1000\n"},
    {PHONES "speed: 99999999999999999999999\n",
     "t.fleet.yml:2:8: speed takes auto, or a whole number from 1 to 1000, not "
     "'99999999999999999999999'\n"},
    {"phones:\n  - {model: CP-7961, count: 3}\n",
     "t.fleet.yml:2:13: phones[0].model takes " MODELS ", not 'CP-7961'; did you mean "
     "'CP-7961G'?\n"},
    {"phones: [{count: 3}]\n",
     "t.fleet.yml:1:10: phones[0].model is missing; it takes " MODELS "\n"},
    {"phones:\n  - model: CP-7961G\n    count: 0\n",
     "t.fleet.yml:3:12: phones[0].count takes a whole number from 1 to 100000, not '0'\n"},
    {PHONES "wan: {delay: -5ms}\n", "t.fleet.yml:2:14: wan.delay takes " DELAY ", not '-5ms'\n"},
    {PHONES "wan: {delay: 75}\n", "t.fleet.yml:2:14: wan.delay takes " DELAY ", not '75'\n"},
    {PHONES "wan: slow\n",
     "t.fleet.yml:2:6: wan takes none, or a mapping of delay, rate and loss, not 'slow'\n"},
    {PHONES "mode: trad\n", "t.fleet.yml:2:7: mode takes pfs, traditional or both, not 'trad'\n"},
    {PHONES "mode: Traditional\n", "t.fleet.yml:2:7: mode takes pfs, traditional or both, not "
                                   "'Traditional'; did you mean 'traditional'?\n"},
    {PHONES "name: ../../etc\n", "t.fleet.yml:2:7: name takes up to 40 letters, digits and any of "
                                 "- . _ +, not '../../etc'\n"},
    {PHONES "name: " FORTY "1\n", "t.fleet.yml:2:7: name takes up to 40 letters, digits and any "
                                  "of - . _ +, not '" FORTY "1'\n"},
    {PHONES "profiles: {" FORTY "1: {peerFirmwareSharing: true}}\n",
     "t.fleet.yml:2:11: profiles: a name has up to 40 characters, not '" FORTY "1'\n"},
    {"phones: [{model: CP-7961G, profile: " FORTY "1}]\n",
     "t.fleet.yml:1:37: phones[0].profile takes the name of a profile, up to 40 characters, not "
     "'" FORTY "1'\n"},
    {"phones: [{model: CP-7961G, load: SCCP41." FORTY "12345678901}]\n",
     "t.fleet.yml:1:34: phones[0].load takes a load's name without .loads, up to 57 characters, "
     "not 'SCCP41." FORTY "12345678901'\n"},
    {PHONES "set: [{phones: all, load: SCCP41." FORTY "12345678901}]\n",
     "t.fleet.yml:2:27: set[0].load takes a load's name without .loads, up to 57 characters, not "
     "'SCCP41." FORTY "12345678901'\n"},
    {PHONES "callmanager: {engine: own, address: 10.1.2.3}\n",
     "t.fleet.yml:2:37: callmanager.address: only an external call manager has one; add engine: "
     "external\n"},
    {PHONES "callmanager: {engine: external, address: 10.106.9.9}\n"
            "tftp: {engine: external, address: 10.1.2.3}\n",
     "t.fleet.yml:2:42: callmanager.address: lies in lan.subnet, among the phones; a call manager "
     "is beyond the router\n"},
    {PHONES "callmanager: {engine: external, address: 10.1.2.3}\n",
     "t.fleet.yml:2:23: callmanager.engine: no phone reaches it: the line ends at a server of ours; "
     "with tftp: {engine: external} it ends in this host's network\n"},
    {PHONES "lan: {uplink: eth1}\ncallmanager: {engine: own}\n", "t.fleet.yml:3:23: " NOT_BESIDE},
    {PHONES "callmanager: {engine: own}\ntftp: {engine: external, address: 10.1.2.3}\n",
     "t.fleet.yml:2:23: " NOT_BESIDE},
    {PHONES "lan: {uplink: eth1}\nfaults: [{at: 5s, phone: all, do: cm-reset}]\n",
     "t.fleet.yml:3:35: faults[0].do: needs a call manager of our own: callmanager: {engine: own} "
     "and tftp: {engine: dnsmasq}\n"},
    {PHONES "callmanager: {keepalive: 0s}\n",
     "t.fleet.yml:2:26: callmanager.keepalive takes whole seconds from 1s on\n"},
    {PHONES "callmanager: {engine: none}\nfaults: [{at: 5s, phone: all, do: cm-reset}]\n",
     "t.fleet.yml:3:35: faults[0].do: needs a call manager of our own: callmanager: {engine: own}\n"},
    {PHONES "callmanager: {address: [10.1.1.1, 10.1.1.2, 10.1.1.3, 10.1.1.4, 10.1.1.5, 10.1.1.6]}\n",
     "t.fleet.yml:2:75: callmanager.address takes the IPv4 address of an external call manager, or "
     "a list of up to 5 in the order in which phones try them, not '10.1.1.6'\n"},
    {PHONES "tftp: {engine: atftpd}\n",
     "t.fleet.yml:2:16: tftp.engine takes dnsmasq or external, not 'atftpd'\n"},
    {PHONES "tftp: {engine: external}\n",
     "t.fleet.yml:2:16: tftp.address is missing: the IPv4 address of the external server\n"},
    {PHONES "tftp: {address: 10.1.2.3}\n",
     "t.fleet.yml:2:17: tftp.address: only an external server has one; add engine: external\n"},
    {PHONES "tftp: {engine: external, address: 10.106.9.9}\n",
     "t.fleet.yml:2:35: tftp.address: lies in lan.subnet, among the phones; the server is beyond "
     "the WAN\n"},
    {PHONES "tftp: {engine: external, address: 10.1.2.3, without: x, damage: [y, z]}\n",
     "t.fleet.yml:2:54: tftp.without: an external server's files are not ours to leave out\n"
     "t.fleet.yml:2:65: tftp.damage: an external server's files are not ours to damage\n"},
    {PHONES "enterprise: {loadServer: hq}\n",
     "t.fleet.yml:2:26: enterprise.loadServer takes the IPv4 address of a server to take firmware "
     "from, not 'hq'\n"},
    {"phones: [{model: CP-7961G, mac: 01:00:5E:00:00:01}]\n",
     "t.fleet.yml:1:33: phones[0].mac takes the MAC address of its first phone, such as "
     "00:1B:54:C1:22:33, not '01:00:5E:00:00:01': that is the address of a group (multicast), and of "
     "no device\n"},
    {PHONES "firmware: nowhere\n", "t.fleet.yml:2:11: firmware: cannot find nowhere\n"},
    {PHONES "key: no.pem\n", "t.fleet.yml:2:6: key: cannot find no.pem\n"},
    {"phones: [{model: CP-7961G, profile: warehous}]\nprofiles: {warehouse: {}}\n",
     "t.fleet.yml:1:37: phones[0].profile: no profile 'warehous' in profiles; did you mean "
     "'warehouse'?\n"},
    {PHONES "profiles:\n  a: {}\n  b: {}\n  a: {}\n",
     "t.fleet.yml:5:3: 'a' is given twice; first in line 3\n"},
    {"phones: [{model: CP-7961G, quirks: [ignores-peer]}]\n",
     "t.fleet.yml:1:37: phones[0].quirks takes one or a list of ignores-peers, "
     "skips-authentication, pfs-disabled, page-lacks-pfs-row, config-lacks-pfs and bulk-misses, not "
     "'ignores-peer'; did you mean 'ignores-peers'?\n"},
    {PHONES "models: {CP-7961: {quirks: pfs-disabled}}\n",
     "t.fleet.yml:2:19: models.CP-7961: no such model; phones[].model lists them\n"},
    {"phones: [{model: CP-7961G, running: A, factory_reset: true}]\n",
     "t.fleet.yml:1:55: phones[0].factory_reset: then it runs nothing at power-on; take running "
     "out\n"},
    {PHONES "until: 60s\nfaults: [{at: 60s, phone: 1, do: kill}]\n",
     "t.fleet.yml:3:15: faults[0].at: is not before until, when the run ends\n"},
    {PHONES "until: 60s\nset: [{at: 2m, phones: 1, peerFirmwareSharing: true}]\n",
     "t.fleet.yml:3:12: set[0].at: is not before until, when the run ends\n"},
    {PHONES "until: 60s\nexpect: {screen: {at: 61s, wanted: false}}\n",
     "t.fleet.yml:3:23: expect.screen: is after until, when the run ends\n"},
    {PHONES "profiles: {a: true}\n", "t.fleet.yml:2:15: profiles.a takes a mapping of "
                                     "peerFirmwareSharing, loadServer, quirks, not a single value\n"},
    {PHONES "speed: 1\nspeed: 2\n", "t.fleet.yml:3:1: 'speed' is given twice; first in line 2\n"},
    {PHONES "expect: {upgraded: 2}\n",
     "t.fleet.yml:2:20: expect.upgraded: the fleet has only 1 phones\n"},
    {PHONES "expect: {upgraded: -1}\n",
     "t.fleet.yml:2:20: expect.upgraded takes all, or a whole number, alone or after =, <, <=, "
     "> or >=, not '-1'\n"},
    {PHONES "lan: {subnet: 172.16.0.0/12}\n",
     "t.fleet.yml:2:15: lan.subnet: 172.31.255.0/24 is taken by the link to the server\n"},
    {PHONES "lan: {subnet: 172.31.255.0/28}\n",
     "t.fleet.yml:2:15: lan.subnet: 172.31.255.0/24 is taken by the link to the server\n"},
    {PHONES "lan: {subnet: 224.0.0.0/8}\n", NO_HOST},
    {PHONES "lan: {subnet: 255.255.255.0/24}\n", NO_HOST},
    {PHONES "lan: {subnet: 127.1.0.0/16}\n", NO_HOST},
    {PHONES "lan: {subnet: 0.0.0.0/8}\n", NO_HOST},
    {PHONES "lan: {subnet: 10.0.0.0/8, subnets: {a: 10.0.0.0/24}}\n",
     "t.fleet.yml:2:36: lan.subnets: there is subnet as well; take one of them out\n"},
    {PHONES "lan: {subnets: {}}\n", "t.fleet.yml:2:16: lan.subnets: the mapping is empty\n"},
    {PHONES "lan: {subnets: {a: 10.0.0.0/24, b: 10.0.0.0/16}}\n",
     "t.fleet.yml:2:36: lan.subnets.b: its addresses are also those of a\n"},
    {PHONES "lan: {subnets: {a: 172.16.0.0/12}}\n",
     "t.fleet.yml:2:20: lan.subnets.a: 172.31.255.0/24 is taken by the link to the server\n"},
    {PHONES "lan: {subnets: {a: 10.0.0.1/24}}\n",
     "t.fleet.yml:2:20: lan.subnets.a takes a network from /8 to /28 without host bits, such as "
     "10.106.0.0/16, or a mapping of subnet and addresses, not '10.0.0.1/24'\n"},
    {PHONES "lan: {subnets: {a: {net: 10.0.0.0/24}}}\n",
     "t.fleet.yml:2:21: unknown key 'net'; valid in lan.subnets.a: subnet, addresses\n"
     "t.fleet.yml:2:20: lan.subnets.a.subnet is missing; it takes a network from /8 to /28 without "
     "host bits, such as 10.106.0.0/16\n"},
    {PHONES "lan: {subnets: {\"<a>\": 10.0.0.0/24}}\n",
     "t.fleet.yml:2:24: lan.subnets: a name is up to 40 letters, digits and any of - . _ +, not "
     "'<a>'\n"},
    {"phones: [{model: CP-7961G, subnet: flor1}]\nlan: {subnets: {floor1: 10.0.0.0/24}}\n",
     "t.fleet.yml:1:36: phones[0].subnet: no subnet 'flor1' in lan.subnets; did you mean "
     "'floor1'?\n"},
    {"phones: [{model: CP-7961G, subnet: a}]\n",
     "t.fleet.yml:1:36: phones[0].subnet: no subnet 'a' in lan.subnets\n"},
    {PHONES "speed: 0\nmode: x\n",
     "t.fleet.yml:2:8: speed takes auto, or a whole number from 1 to 1000, not '0'\n"
     "t.fleet.yml:3:7: mode takes pfs, traditional or both, not 'x'\n"},
    {"phones:\n\t- {model: CP-7961G}\n",
     "t.fleet.yml:2:1: a tab indents this line; YAML wants spaces\n"},
    {PHONES "wan: {delay: 1ms\n", "t.fleet.yml:3:1: not valid YAML: did not find expected ',' or "
                                  "'}' while parsing a flow mapping\n"},
    {"phones: &p [{model: CP-7961G}]\nprofiles: *p\n",
     "t.fleet.yml:2:11: aliases (*name) are not supported; write it out\n"},
    {PHONES "---\n" PHONES, "t.fleet.yml:2:1: a second document begins; only one is taken\n"},
    {"a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}\n", "t.fleet.yml:1:32: nested too deeply\n"},
    {"? [a]\n: b\n", "t.fleet.yml:1:3: a key must be a single word\n"},
    {PHONES "name: \"a\\0b\"\n", "t.fleet.yml:2:7: a value holds a zero byte\n"},
};

/* Whom phones register with, where the file says so, is asked for it, or is a lab's. */
static void a_call_manager_is_there_for_who_asks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum manager_engine run, lab;
    } cases[] = {
        {PHONES, MANAGER_NONE, MANAGER_OWN},
        {PHONES "callmanager: {engine: none}\n", MANAGER_NONE, MANAGER_NONE},
        {PHONES "callmanager: {keepalive: 5s}\n", MANAGER_OWN, MANAGER_OWN},
        {PHONES "expect: {registered: all}\n", MANAGER_OWN, MANAGER_OWN},
        {PHONES "faults: [{at: 5s, phone: all, do: cm-restart}]\n", MANAGER_OWN, MANAGER_OWN},
        {PHONES "tftp: {engine: external, address: 10.1.2.3}\n", MANAGER_NONE, MANAGER_NONE},
        {PHONES "tftp: {engine: external, address: 10.1.2.3}\n"
                "callmanager: {engine: external, address: [10.1.2.4, 10.1.2.3]}\n",
         MANAGER_EXTERNAL, MANAGER_EXTERNAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fleet *f = bench_read(cases[i].text);
        assert_non_null(f);
        const struct fleet_manager *m = &f->manager;
        assert_int_equal(m->engine, cases[i].run);
        assert_int_equal(m->count, m->engine == MANAGER_NONE ? 0
                                   : m->engine == MANAGER_OWN ? 1 : 2);
        assert_int_equal(m->port, 2000);
        if (m->engine == MANAGER_EXTERNAL)
            assert_int_equal(ntohl(m->address[0]), 0x0a010204);
        manager_of_lab(f);
        assert_int_equal(m->engine, cases[i].lab);
        assert_int_equal(m->count > 0, m->engine != MANAGER_NONE);
        fleet_free(f);
    }
}

/* Where the TFTP server is external, so is whoever the phones register with. */
static void beside_an_external_server_there_is_no_call_manager_of_ours(void **state)
{
    (void)state;
    static const char *const texts[] = {
        PHONES "lan: {uplink: eth1}\nexpect: {registered: all}\n",
        PHONES "lan: {bridge: br-lab}\nexpect: {registered: all}\n",
        PHONES "lan: {uplink: eth1}\ncallmanager: {engine: external}\n",
        PHONES "tftp: {engine: external, address: 10.1.2.3}\nexpect: {registered: all}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fleet *f = bench_read(texts[i]);
        assert_non_null(f);
        assert_int_equal(f->manager.engine, MANAGER_EXTERNAL);
        assert_int_equal(f->manager.count, 0); /* their configurations name it */
        manager_of_lab(f);
        assert_int_equal(f->manager.engine, MANAGER_EXTERNAL);
        fleet_free(f);
    }
}

static void mistakes_are_named_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_null(bench_read(refused[i].file));
        assert_string_equal(bench_said, refused[i].message);
    }
}

static void the_known_models_are_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < phone_model_count; i++)
        assert_non_null(strstr(MODELS, phone_models[i].name));
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    static const char binary[] = "\x7f"
                                 "ELF\0\1\2\xff\xfe";
    char *big = malloc((1 << 20) + 1);
    (void)state;
    assert_null(bench_read_bytes(binary, sizeof binary, NULL));
    assert_non_null(strstr(bench_said, "t.fleet.yml:1:1: byte 0x7F is no text in UTF-8"));
    memset(big, '\n', (1 << 20) + 1);
    assert_null(bench_read_bytes(big, (1 << 20) + 1, NULL));
    assert_string_equal(bench_said, "t.fleet.yml: cannot read this fleet file: above 1 MiB\n");
    free(big);
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    int kept = bench_divert();
    assert_null(fleet_read("none.fleet.yml", bench_dir, NULL));
    assert_null(fleet_read("empty", bench_dir, NULL));
    bench_restore(kept);
    assert_string_equal(bench_said, "none.fleet.yml: cannot read this fleet file: No such file or "
                                    "directory\nempty: cannot read this fleet file: Is a "
                                    "directory\n");
}

/* ---- options of the command line ----------------------------------------------------- */

#define SITE                                                                                       \
    "wan: {delay: 75ms, rate: 1536kbit}\n"                                                         \
    "phones:\n"                                                                                    \
    "  - {model: CP-7961G, count: 40, load: L}\n"                                                  \
    "  - {model: CP-7970G, count: 8}\n"

static struct fleet *with(const char *path, const char *value, const char *said)
{
    struct override item = {.path = path, .value = value, .said = said};
    const struct fleet_overrides o = {&item, 1};
    return bench_read_bytes(SITE, strlen(SITE), &o);
}

static void options_replace_what_the_file_says(void **state)
{
    (void)state;
    struct fleet *f = with("speed", "20", "--speed 20");
    assert_int_equal(f->speed, 20);
    fleet_free(f);
    f = with("phones[1].count", "9", "--set phones[1].count=9");
    assert_int_equal(f->groups[1].count, 9);
    assert_int_equal(f->groups[0].count, 40);
    fleet_free(f);
    f = with("phones", "12", "--phones 12"); /* in the file's proportions */
    assert_int_equal(f->group_count, 2);
    assert_int_equal(f->groups[0].count, 10);
    assert_string_equal(f->groups[0].load, "L");
    assert_int_equal(f->groups[1].count, 2);
    fleet_free(f);
    f = with("phones", "1", "--phones 1");
    assert_int_equal(f->group_count, 1);
    assert_int_equal(f->groups[0].count, 1);
    fleet_free(f);
    f = with("profiles.new.peerFirmwareSharing", "true", "--set ...");
    assert_string_equal(f->profiles[0].name, "new");
    assert_int_equal(f->profiles[0].pfs, TRI_ON);
    fleet_free(f);
    f = with("expect", "{upgraded: all}", "--set expect={upgraded: all}");
    assert_int_equal(f->expect_count, 1);
    assert_int_equal(f->expects[0].count.op, COMPARE_ALL);
    fleet_free(f);
    f = with("wan", "delay=10ms,loss=1%", "--wan ...");
    assert_int_equal(f->wan_delay_us, 10000);
    assert_int_equal(f->wan_rate_bps, 1536000);
    assert_true(f->wan_loss == 0.01);
    fleet_free(f);
    f = with("wan", "none", "--wan none");
    assert_false(f->has_wan);
    fleet_free(f);
}

static void phones_in_short_keep_their_models_settings(void **state)
{
    (void)state;
    struct fleet *f = with("phones", "CP-7970G=3,CP-7961G=5,CP-7906G=1", "--phones ...");
    assert_int_equal(f->group_count, 3);
    assert_string_equal(f->groups[0].model->name, "CP-7970G");
    assert_int_equal(f->groups[0].count, 3);
    assert_int_equal(f->groups[1].count, 5);
    assert_string_equal(f->groups[1].load, "L");
    assert_string_equal(f->groups[2].model->name, "CP-7906G");
    assert_null(f->groups[2].load);
    fleet_free(f);
}

static void mistakes_in_options_are_named_as_typed(void **state)
{
    static const struct {
        const char *path, *value, *said, *message;
    } bad[] = {
        {"speed", "0", "--speed 0",
         "--speed 0: speed takes auto, or a whole number from 1 to 1000, not '0'\n"},
        {"wan", "delay=-1ms", "--wan delay=-1ms",
         "--wan delay=-1ms: wan.delay takes " DELAY ", not '-1ms'\n"},
        {"wan", "fast", "--wan fast",
         "--wan fast: takes none, or delay=75ms,rate=1536kbit,loss=0%\n"},
        {"wan", "dely=1ms", "--wan dely=1ms",
         "--wan dely=1ms: unknown key 'dely', did you mean 'delay'?; valid in wan: delay, rate, "
         "loss\n"},
        {"phones", "CP-7961G", "--phones CP-7961G",
         "--phones CP-7961G: takes a number, or MODEL=NUMBER[,MODEL=NUMBER...] as in "
         "CP-7961G=24,CP-7970G=8\n"},
        {"phones", "", "--phones ",
         "--phones : takes a number, or MODEL=NUMBER[,MODEL=NUMBER...] as in CP-7961G=24,CP-7970G=8\n"},
        {"phones", "CP-7961G=0", "--phones CP-7961G=0",
         "--phones CP-7961G=0: phones[0].count takes a whole number from 1 to 100000, not '0'\n"},
        {"phones", "CP-79=4", "--phones CP-79=4",
         "--phones CP-79=4: phones[0].model takes " MODELS ", not 'CP-79'\n"},
        {"phones[2].count", "1", "--set phones[2].count=1",
         "--set phones[2].count=1: there is no such element; the first one is [0]\n"},
        {"phones[x].count", "1", "--set phones[x].count=1",
         "--set phones[x].count=1: an index is written as in phones[0].count\n"},
        {"phones.count", "1", "--set phones.count=1",
         "--set phones.count=1: names a list; one of it is phones[0], say\n"},
        {"", "1", "--set =1",
         "--set =1: takes PATH=VALUE, with a path as in wan.delay or phones[0].count\n"},
        {"wan..delay", "1", "--set wan..delay=1",
         "--set wan..delay=1: takes PATH=VALUE, with a path as in wan.delay or "
         "phones[0].count\n"},
        {"phnes[0].count", "1", "--set phnes[0].count=1",
         "--set phnes[0].count=1: there is no such element; the first one is [0]\n"
         "--set phnes[0].count=1: unknown key 'phnes', did you mean 'phones'?; valid here: " KEYS
         "\n"},
        {"speed.fast", "1", "--set speed.fast=1",
         "--set speed.fast=1: speed takes auto, or a whole number from 1 to 1000, not a mapping\n"},
        {"expect", "{upgraded", "--set expect={upgraded",
         "--set expect={upgraded: not valid YAML: did not find expected ',' or '}' while parsing "
         "a flow mapping\n"},
        {"firmware", "nowhere", "--set firmware=nowhere",
         "--set firmware=nowhere: firmware: cannot find nowhere\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(with(bad[i].path, bad[i].value, bad[i].said));
        assert_string_equal(bench_said, bad[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_file_is_read),
        cmocka_unit_test(what_is_left_out_has_a_default),
        cmocka_unit_test(speed_is_a_ceiling),
        cmocka_unit_test(a_call_manager_is_there_for_who_asks),
        cmocka_unit_test(beside_an_external_server_there_is_no_call_manager_of_ours),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(the_known_models_are_listed),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(options_replace_what_the_file_says),
        cmocka_unit_test(phones_in_short_keep_their_models_settings),
        cmocka_unit_test(mistakes_in_options_are_named_as_typed),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
