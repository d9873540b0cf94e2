/* test_judge.c - each kind of wish, met and not met. */
#include "netns/report/print.h"
#include "tests/unit/netns/judge/judge_bench.h"

/* ---- kinds -------------------------------------------------------------------------- */

#define AT_RUNNING "; see running under per_phone in summary.json"
#define AT_PFS     "; see pfs under per_phone in summary.json"

static void how_many_phones(void **state)
{
    static const struct row rows[] = {
        {"upgraded", "{phones: 1..3}", true, "2 of 2 phones upgraded; 1 killed, frozen or "
                                             "unplugged on purpose"},
        {"upgraded", "\">=7\"", false, "6 of 7 phones upgraded, expected >=7: " P(3)
                                       " runs OLD, not SCCP41.9-4-2SR3-1S; summary.json lists each "
                                       "phone under per_phone"},
        {"running", "{load: OLD, count: 1}", true,
         "1 of 7 phones run OLD, expected 1; 1 killed, frozen or unplugged on purpose" AT_RUNNING},
        {"running", "{load: OLD, phones: 4..5}", false,
         "1 of 2 phones run OLD, expected all 2: " P(3) AT_RUNNING},
        {"sharing", "{count: \">=6\", mode: pfs}", true,
         "6 of 7 phones have peer firmware sharing on, expected >=6; 1 killed, frozen or unplugged "
         "on purpose" AT_PFS},
        {"sharing", "all", false,
         "6 of 7 phones have peer firmware sharing on, expected all 7; not " P(4)
         "; 1 killed, frozen or unplugged on purpose" AT_PFS},
    };
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.status[2].state = PHONE_KILLED;
    strcpy(f.status[3].running, "OLD");
    f.status[4].pfs = 0;
    CHECK_ROWS(&f, rows);
    fleet8_free(&f);
}

/* By the events: 2 restarts; 2 fetches from 0 and 1, then from 6; 7 falls back to the server. */
static void how_often_each_phone(void **state)
{
    static const struct row rows[] = {
        {"reboots", "{count: 1, phone: 3}", true,
         "1 reboots for each of 1 phones, expected 1; see the boot lines of events.jsonl"},
        {"reboots", "0", false,
         P(2) ": 1 reboots, expected 0; see the boot lines of events.jsonl"},
        {"peers_used", "{phones: 1..2, count: <=1}", true,
         "1 peers used for each of 2 phones, expected <=1; see the fetched lines of "
         "events.jsonl"},
        {"peers_used", "{phone: 3, count: \">3\"}", false,
         P(2) ": 3 peers used, expected >3; see the fetched lines of events.jsonl"},
        {"sessions", "<=8", true,
         "1 to 8 connections opened on TCP 4051 for each of 8 phones, expected <=8; see per_phone "
         "in summary.json"},
        {"sessions", "\"2\"", false,
         P(0) ": 1, " P(2) ": 3, " P(3) ": 4 and 4 more connections opened on TCP 4051, expected "
         "2; see per_phone in summary.json"},
        {"fallbacks", "{phones: 1..7}", true,
         "peers were given up for the server 0 times, expected 0; see the fallback lines of "
         "events.jsonl"},
        {"fallbacks", "{}", false,
         "peers were given up for the server 1 times by " P(7) ", expected 0; see the fallback "
         "lines of events.jsonl"},
    };
    (void)state;
    struct fleet8 f;
    struct phone_traffic traffic[FLEET8_PHONES];
    fleet8_make(&f, FLEET8_PHONES);
    for (unsigned i = 0; i < FLEET8_PHONES; i++)
        traffic[i] = (struct phone_traffic){.opened = i + 1, .accepted = 100};
    f.facts.traffic = traffic;
    CHECK_ROWS(&f, rows);
    f.facts.traffic = NULL;
    struct results *r = judged(&f, "sessions: \">=0\"");
    check(r, "sessions", false, "not known: nothing was metered on the LAN");
    results_free(r);
    fleet8_free(&f);
}

static void what_the_server_sent(void **state)
{
    static const struct row rows[] = {
        {"server_fetches_per_file", "{count: 1, file: \"*.loads\"}", true,
         "1 for each of 1 files and models, expected 1; see tftp.log"},
        {"server_fetches_per_file", "{count: <=2, model: CP-7961G}", true,
         "1 to 2 for each of 2 files and models, expected <=2; see tftp.log"},
        {"server_fetches_per_file", "{count: \">1\", file: \"jar*\", phones: 1..2}", false,
         "CP-7961G " FLEET8_JAR ": 1 by " P(1) "; expected >1 for each file and model; see "
         "tftp.log"},
        {"server_fetches_per_file", "{count: 0, phone: 3}", true,
         "0 for each of 2 files and models, expected 0; see tftp.log"},
        {"server_fetches_per_file", "{count: 0, file: cnu*}", true,
         "none of these phones took such a file; see tftp.log"},
        {"server_fetches_per_file", "{count: 1, file: cnu*}", false,
         "none of these phones took such a file; see tftp.log"},
    };
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    CHECK_ROWS(&f, rows);
    f.fleet.mode = MODE_TRADITIONAL; /* named phones are asked of all the same */
    check_rows(&f, rows + 2, 2);
    fleet8_free(&f);
}

#define AT_TREES "; see hierarchies in summary.json"

static void trees(void **state)
{
    static const struct row rows[] = {
        {"depth", "<=6", true, "the deepest hierarchy has 6 levels (CP-7961G " FLEET8_JAR
                               " below " P(1) "), expected <=6" AT_TREES},
        {"depth", "{count: <=3, file: \"*.loads\"}", false,
         "the deepest hierarchy has 4 levels (CP-7961G " FLEET8_LOADS " below " P(0)
         "), expected <=3" AT_TREES},
        {"depth", "{count: 0, file: cnu*}", false,
         "no such hierarchy was formed, expected 0" AT_TREES},
        {"roots_distinct", "true", true,
         "one confirmed root for each of 3 hierarchies, expected one root for each; see the root "
         "lines of events.jsonl"},
        {"roots_distinct", "false", false,
         "one confirmed root for each of 3 hierarchies, expected roots that are not; see the root "
         "lines of events.jsonl"},
        {"roots_distinct", "{file: cnu*}", false,
         "no such hierarchy was formed, expected one root for each; see the root lines of "
         "events.jsonl"},
    };
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    CHECK_ROWS(&f, rows);
    fleet8_free(&f);
}

/* A phone of another model below the roots: no root of its own model was confirmed, and the one
 * that it got the files from is the others' root as well. */
static void one_root_for_two_models(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.plan.phones[2].model = phone_model_find("CP-7941G");
    struct results *r = judged(&f, "roots_distinct: {wanted: true, file: \"*.loads\"}");
    const struct expectation *e = find(r, "roots_distinct");
    assert_false(e->passed);
    assert_non_null(strstr(e->detail, "CP-7941G " FLEET8_LOADS ": its root " P(0)
                                      " is also that of CP-7961G"));
    results_free(r);
    r = judged(&f, "roots_distinct: false");
    assert_true(find(r, "roots_distinct")->passed);
    results_free(r);
    fleet8_free(&f);
}

static void the_run_as_a_whole(void **state)
{
    static const struct row rows[] = {
        {"wan_bytes", "<=4400", true,
         "4400 bytes crossed the WAN both ways, expected <=4400; see wan in summary.json"},
        {"wan_bytes", "{count: <400, way: up}", false,
         "400 bytes crossed the WAN up, expected <400; see wan in summary.json"},
        {"wan_bytes", "{count: 4kB, way: down}", true,
         "4000 bytes crossed the WAN down, expected 4kB; see wan in summary.json"},
        {"wan_ratio", "\">=10\"", true,
         "10.00: 44000 bytes on the WAN in traditional mode over 4400 by PFS, expected >=10; see "
         "ratios in compare.json"},
        {"wan_ratio", "<10", false,
         "10.00: 44000 bytes on the WAN in traditional mode over 4400 by PFS, expected <10; see "
         "ratios in compare.json"},
        {"emulated_time", "<=67s", true,
         "the last phone came to its end after 1 min 07 s of emulated time, expected <=67s; see "
         "time in summary.json"},
        {"emulated_time", "<67s", false,
         "the last phone came to its end after 1 min 07 s of emulated time, expected <67s; see "
         "time in summary.json"},
    };
    (void)state;
    struct fleet8 f;
    const struct run_facts traditional = {.wan_bytes_down = 43000, .wan_bytes_up = 1000};
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.traditional = &traditional;
    CHECK_ROWS(&f, rows);
    f.facts.traditional = NULL;
    struct results *r = judged(&f, "wan_ratio: \">=0\"");
    check(r, "wan_ratio", false,
          "not known: there was no run in traditional mode; use compare");
    results_free(r);
    fleet8_free(&f);
}

#define AT_SCREEN "; see the screen lines of events.jsonl"

static void screens(void **state)
{
    static const struct row rows[] = {
        {"screen", "{phone: 2, at: 15s, component: \"jar*\", percent: 0, kb: 1, icon: true}", true,
         "at 15 s \"Upgrading\" " FLEET8_JAR " 0 % 1 KB, PFS icon on, expected the upgrade screen, "
         "component jar*, percent 0, kb 1, icon on" AT_SCREEN},
        {"screen", "{phone: 2, at: 12s, percent: \">=1\"}", false,
         "at 12 s " P(1) ": \"Upgrading\" " FLEET8_JAR " 0 % 1 KB, PFS icon on, expected the "
         "upgrade screen, percent >=1" AT_SCREEN},
        {"screen", "{phone: 2, at: 9s}", false,
         "at 9 s " P(1) ": upgrade screen not shown, expected the upgrade screen" AT_SCREEN},
        {"screen", "{phone: 3, at: 22.5s, wanted: false}", true, /* it has restarted */
         "at 22.5 s upgrade screen not shown, expected anything but the upgrade screen" AT_SCREEN},
        {"screen", "{phones: 1..3, percent: 50%}", false,
         P(1) ": never, in the end upgrade screen not shown, expected the upgrade screen, percent "
         "50%" AT_SCREEN},
        {"screen", "{phones: 3..5, percent: 100}", true,
         "as expected on each of 3 phones, expected the upgrade screen, percent 100" AT_SCREEN},
        {"screen", "{phone: 1, title: Auth*, wanted: false}", true,
         "upgrade screen not shown, expected anything but the upgrade screen, title Auth*"
         AT_SCREEN},
        {"screen", "{phone: 1, icon: off}", false,
         P(0) ": never, in the end upgrade screen not shown, expected the upgrade screen, icon "
         "off" AT_SCREEN},
    };
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    CHECK_ROWS(&f, rows);
    fleet8_free(&f);
}

static void logs_and_pages(void **state)
{
    static const struct row rows[] = {
        {"log", "{matches: \"^UT:Confirmed root$\", phones: 1..2}", true,
         "1 to 2 lines match '^UT:Confirmed root$' for each of 2 phones, expected >=1; see logs/"},
        {"log", "{matches: \"Confirmed (root|child)\", phones: 1..2, count: 2}", false,
         "logs/" P(1) ".log: 1; lines matching 'Confirmed (root|child)', expected 2"},
        {"log", "Confirmed", false,
         "logs/" P(2) ".log: cannot be read, logs/" P(3) ".log: cannot be read, logs/" P(4)
         ".log: cannot be read and 3 more; lines matching 'Confirmed', expected >=1"},
        {"page", "{matches: \">Yes<\", phone: 1}", true,
         "1 lines match '>Yes<' for each of 1 phones, expected >=1; see pages/"},
        {"page", "{matches: \">Yes<\", phone: 1, count: 0}", false,
         "pages/" P(0) ".xml: 1; lines matching '>Yes<', expected 0"},
    };
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    CHECK_ROWS(&f, rows);
    fleet8_free(&f);
}

static void a_late_clock_may_be_let_off(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.status[3].lateness[lateness_bucket(30000)] = 100;
    f.status[3].lateness_max_us = 30000;
    struct results *r = judged(&f, "faithful: false");
    check(r, "faithful", true,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; more than "
          "25 ms; the fleet file allows it");
    assert_true(r->passed && !r->clock.faithful);
    results_free(r);
    r = judged(&f, "faithful: true");
    assert_false(find(r, "faithful")->passed);
    results_free(r);
    fleet8_free(&f);
}

/* ---- names and modes ---------------------------------------------------------------- */

static void several_of_a_kind_are_numbered(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = judged(&f, "{depth: [<=9, {count: 1, mode: traditional}, \">9\"],"
                                   " reboots: \">=0\"}");
    assert_true(find(r, "depth[0]")->passed);
    assert_null(find(r, "depth[1]"));
    assert_false(find(r, "depth[2]")->passed);
    assert_non_null(find(r, "reboots"));
    assert_int_equal(r->expectation_count, 7);
    results_free(r);
    fleet8_free(&f);
}

/* Two are on the list, one of them no more registered; the phones say what they like. */
static void registered_is_who_is_on_the_managers_list(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, 3);
    struct manager_list *list = managerlist_new(3);
    assert_non_null(list);
    struct registrar_device d = {.state = DEVICE_REGISTERED, .load = "SCCP41.9-4-2SR3-1S"};
    strcpy(d.name, f.plan.phones[0].name);
    managerlist_put(list, 0, &d);
    strcpy(d.name, f.plan.phones[1].name);
    d.state = DEVICE_UNREGISTERED;
    managerlist_put(list, 1, &d);
    for (size_t i = 0; i < 3; i++)
        f.status[i].registered = 1;
    f.facts.manager = list;
    struct results *r = judged(&f, "{registered: [{count: all}, {load: SCCP41.9-4-2SR3-1S, "
                                   "phones: 1}, {load: SCCP41.9-4-2SR1-1S, count: 0}]}");
    check(r, "registered[0]", false, "1 of 3 phones registered, expected all 3: " P(0)
          "; see callmanager.json");
    check(r, "registered[1]", true, "1 of 1 phones registered with SCCP41.9-4-2SR3-1S, expected "
          "all 1; see callmanager.json");
    check(r, "registered[2]", true, "0 of 3 phones registered with SCCP41.9-4-2SR1-1S, expected 0; "
          "see callmanager.json");
    results_free(r);
    f.facts.manager = NULL; /* one that is not ours */
    r = judged(&f, "{registered: all}");
    check(r, "registered", true, "3 of 3 phones registered, expected all 3; see what phones say: "
          "the call manager is not ours");
    results_free(r);
    managerlist_free(list);
    fleet8_free(&f);
}

static void a_second_dhcp_server_is_told_of(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, 3);
    f.fleet.dhcp.engine = DHCP_EXTERNAL;
    for (size_t i = 0; i < 2; i++) {
        f.plan.phones[i].dhcp = true;
        f.status[i].ip = f.plan.phones[i].ip;
        f.status[i].dhcp_other = inet_addr("10.106.0.9");
    }
    struct results *r = judged(&f, "{}");
    check(r, "addresses", true, "2 of 2 phones that ask have an address; TFTP server unknown: 2; "
          "a second DHCP server, 10.106.0.9, made offers to 2 of them");
    results_free(r);
    fleet8_free(&f);
}

static void sharing_is_not_judged_in_traditional_mode(void **state)
{
    static const char *const names[] = {"depth", "roots_distinct", "fallbacks", "peers_used",
                                        "sessions", "sharing"};
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.fleet.mode = MODE_TRADITIONAL;
    struct results *r = judged(&f, "{depth: 99, roots_distinct: false, fallbacks: 99,"
                                   " peers_used: 99, sessions: 99, sharing: 0,"
                                   " wan_ratio: \">99\"}");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check(r, names[i], true, "not judged: in traditional mode nobody shares");
    assert_null(find(r, "wan_ratio"));
    results_free(r);
    fleet8_free(&f);
}

/* Every one of them, though the detail names only three. */
static void all_unfinished_are_named(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.timed_out = true;
    for (size_t i = 0; i < FLEET8_PHONES; i++)
        f.status[i].state = PHONE_UPGRADE;
    strcpy(f.status[5].screen.component, "cnu.sbn");
    f.status[5].parent_ip = htonl(0x0a6a0011);
    strcpy(f.status[6].screen.component, "cnu.sbn");
    f.status[6].root = 1;
    struct results *r = judged(&f, "{}");
    char *text = NULL, line[64];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print_unfinished(out, r, "pfs");
    fclose(out);
    for (size_t i = 0; i < FLEET8_PHONES; i++) {
        snprintf(line, sizeof line, "  unfinished pfs SEP02760A6A001%zu", i);
        assert_non_null(strstr(text, line));
    }
    assert_non_null(strstr(text, P(5) " (CP-7961G): upgrade, cnu.sbn 0 KB 0 % from 10.106.0.17; "
                                      "see logs/" P(5) ".log\n"));
    assert_non_null(strstr(text, P(6) " (CP-7961G): upgrade, cnu.sbn 0 KB 0 % from the server; "));
    free(text);
    results_free(r);
    fleet8_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_many_phones),
        cmocka_unit_test(how_often_each_phone),
        cmocka_unit_test(what_the_server_sent),
        cmocka_unit_test(trees),
        cmocka_unit_test(one_root_for_two_models),
        cmocka_unit_test(the_run_as_a_whole),
        cmocka_unit_test(screens),
        cmocka_unit_test(logs_and_pages),
        cmocka_unit_test(a_late_clock_may_be_let_off),
        cmocka_unit_test(several_of_a_kind_are_numbered),
        cmocka_unit_test(registered_is_who_is_on_the_managers_list),
        cmocka_unit_test(a_second_dhcp_server_is_told_of),
        cmocka_unit_test(sharing_is_not_judged_in_traditional_mode),
        cmocka_unit_test(all_unfinished_are_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
