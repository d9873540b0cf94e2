/* arguments.c - see arguments.h. */
#include "emu/core/wire.h"
#include "emu/inspected.h"
#include "emu/sccp/message.h"
#include "emu/shell/arguments.h"

#include <argp.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAC_DIGITS 12

/* ---- values -------------------------------------------------------------------------- */

/* A whole number of decimal digits only. */
static bool number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return !*end && !errno && *out >= min && *out <= max;
}

static bool take_name(struct arguments *a, const char *text)
{
    struct phone_identity *id = &a->setup.id;
    static const char capitals[] = "0123456789ABCDEF";
    if (strlen(text) != 3 + MAC_DIGITS || strncmp(text, "SEP", 3) != 0 ||
        strspn(text + 3, capitals) != MAC_DIGITS)
        return false;
    memcpy(id->name, text, 3 + MAC_DIGITS + 1);
    id->xid = (uint32_t)strtoul(text + 3 + MAC_DIGITS - 8, NULL, 16);
    return true;
}

static bool take_model(struct arguments *a, const char *text)
{
    a->setup.id.model = phone_model_find(text);
    return a->setup.id.model != NULL;
}

static bool take_address(struct arguments *a, const char *text)
{
    char ip[INET_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    uint64_t prefix;
    a->setup.id.dhcp = strcmp(text, "dhcp") == 0;
    if (a->setup.id.dhcp)
        return true;
    if (!slash || (size_t)(slash - text) >= sizeof ip || !number(slash + 1, 8, 30, &prefix))
        return false;
    memcpy(ip, text, (size_t)(slash - text));
    ip[slash - text] = '\0';
    a->setup.id.prefix_len = (uint8_t)prefix;
    return inet_pton(AF_INET, ip, &a->setup.id.ip) == 1;
}

static bool take_tftp(struct arguments *a, const char *text)
{
    return inet_pton(AF_INET, text, &a->setup.id.tftp_ip) == 1;
}

/* "66,150": each at most once. */
static bool take_tftp_order(struct arguments *a, const char *text)
{
    struct tftp_order *order = &a->setup.id.tftp_order;
    unsigned seen = 0;
    *order = (struct tftp_order){0};
    for (size_t len, n = 0; *text; text += len + (text[len] == ','), n++) {
        enum tftp_source by = TFTP_BY_OPTION_150;
        len = strcspn(text, ",");
        while (by < TFTP_SOURCE_COUNT && (strlen(tftp_source_words[by]) != len ||
                                          strncmp(tftp_source_words[by], text, len) != 0))
            by++;
        if (by == TFTP_SOURCE_COUNT || seen & 1u << by)
            return false;
        seen |= 1u << by;
        order->by[n] = by;
    }
    return seen != 0;
}

static bool take_running(struct arguments *a, const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len >= sizeof a->setup.id.running || strpbrk(text, "/ \t\n"))
        return false;
    memcpy(a->setup.id.running, text, len + 1);
    return true;
}

static bool take_speed(struct arguments *a, const char *text)
{
    uint64_t n;
    bool good = number(text, 1, 1000, &n);
    a->setup.speed = good ? (uint32_t)n : 0;
    return good;
}

static bool take_seed(struct arguments *a, const char *text)
{
    return number(text, 0, UINT64_MAX, &a->setup.seed);
}

static bool take_slot(struct arguments *a, const char *text)
{
    uint64_t n;
    bool good = number(text, 0, UINT32_MAX, &n);
    a->setup.slot = good ? (uint32_t)n : 0;
    return good;
}

static bool take_authentication(struct arguments *a, const char *text)
{
    a->authentication = strcmp(text, "signature") == 0 ? AUTH_SIGNATURE : AUTH_STRUCTURE;
    return a->authentication == AUTH_SIGNATURE || strcmp(text, "structure") == 0;
}

/* "a,b": the phone's own ones. */
static bool take_quirks(struct arguments *a, const char *text)
{
    for (size_t len; *text; text += len + (text[len] == ',')) {
        unsigned bit = 0;
        len = strcspn(text, ",");
        while (bit < QUIRK_COUNT && (!quirk_rules[bit].phone ||
                                     strlen(quirk_rules[bit].word) != len ||
                                     strncmp(quirk_rules[bit].word, text, len) != 0))
            bit++;
        if (bit == QUIRK_COUNT)
            return false;
        a->setup.id.quirks |= 1u << bit;
    }
    return true;
}

static bool take_http(struct arguments *a, const char *text)
{
    a->setup.id.http = strcmp(text, "on") == 0;
    return a->setup.id.http || strcmp(text, "off") == 0;
}

static bool take_factory(struct arguments *a, const char *text)
{
    a->setup.id.factory_reset = strcmp(text, "yes") == 0;
    return a->setup.id.factory_reset || strcmp(text, "no") == 0;
}

static bool take_fd(const char *text, int *fd)
{
    uint64_t n;
    if (!number(text, 0, INT32_MAX, &n) || fcntl((int)n, F_GETFD) < 0)
        return false;
    *fd = (int)n;
    return true;
}

/* The key by its path. */
static bool take_key(struct arguments *a, const char *text)
{
    a->key_fd = open(text, O_RDONLY | O_CLOEXEC);
    return a->key_fd >= 0;
}

static bool take_directory(const char *text, int *fd)
{
    struct stat st;
    return take_fd(text, fd) && fstat(*fd, &st) == 0 && S_ISDIR(st.st_mode);
}

#define TAKE_FD(name, field, kind)                                                                 \
    static bool take_##name(struct arguments *a, const char *text)                                 \
    {                                                                                              \
        return kind(text, &a->field);                                                              \
    }
TAKE_FD(key_fd, key_fd, take_fd)
TAKE_FD(control_fd, setup.control_fd, take_fd)
TAKE_FD(clock_fd, setup.clock_fd, take_fd)
TAKE_FD(hands_fd, setup.hands_fd, take_fd)
TAKE_FD(call_fd, setup.call_fd, take_fd)
TAKE_FD(dhcp_fd, setup.dhcp_fd, take_fd)
TAKE_FD(arp_fd, setup.frame_fd[FRAME_ARP], take_fd)
TAKE_FD(cdp_fd, setup.frame_fd[FRAME_CDP], take_fd)
TAKE_FD(lldp_fd, setup.frame_fd[FRAME_LLDP], take_fd)
TAKE_FD(status_fd, setup.status_fd, take_fd)
TAKE_FD(ready_fd, setup.ready_fd, take_fd)
TAKE_FD(events_fd, setup.events_fd, take_fd)
TAKE_FD(log_fd, setup.log_fd, take_fd)
TAKE_FD(page_fd, setup.page_fd, take_fd)
TAKE_FD(flash_fd, setup.flash_fd, take_directory)
TAKE_FD(store_fd, setup.store_fd, take_directory)

/* ---- the table ----------------------------------------------------------------------- */

static const struct rule {
    const char *option, *arg, *doc;
    const char *accepts;
    bool (*take)(struct arguments *a, const char *text);
} rules[] = {
    {PHONE_OPT_NAME, "NAME", "device name; its digits are the MAC address",
     "SEP and 12 hexadecimal digits in capitals", take_name},
    {PHONE_OPT_MODEL, "MODEL", "phone model", "a model of the list in --help", take_model},
    {PHONE_OPT_ADDRESS, "IP/LEN", "own IPv4 address, or dhcp",
     "an IPv4 address with a prefix length from 8 to 30, as in 10.106.0.10/16, or dhcp",
     take_address},
    {PHONE_OPT_DHCP_FD, "FD", "UDP socket on port 68, for DHCP", "an open descriptor",
     take_dhcp_fd},
    {PHONE_OPT_ARP_FD, "FD", "packet socket for ARP (none: no conflict is seen)",
     "an open descriptor", take_arp_fd},
    {PHONE_OPT_CDP_FD, "FD", "packet socket for CDP (none: it speaks none)",
     "an open descriptor", take_cdp_fd},
    {PHONE_OPT_LLDP_FD, "FD", "packet socket for LLDP (none: it speaks none)",
     "an open descriptor", take_lldp_fd},
    {PHONE_OPT_TFTP, "IP", "TFTP server", "an IPv4 address", take_tftp},
    {PHONE_OPT_TFTP_ORDER, "LIST", "what names it in an answer of DHCP, the best first",
     "words of 150, 66 and siaddr, with commas", take_tftp_order},
    {PHONE_OPT_HTTP, "on|off", "whether it asks that server by HTTP first (off)", "on or off",
     take_http},
    {PHONE_OPT_RUNNING, "LOAD", "load it runs at power-on, until its flash holds an upgrade",
     "a load name of at most 63 characters", take_running},
    {PHONE_OPT_QUIRKS, "LIST", "faults of its firmware",
     "quirks of the list in --help, with commas", take_quirks},
    {PHONE_OPT_FACTORY, "yes|no", "whether it starts with no load, until its flash holds one (no)",
     "yes or no", take_factory},
    {PHONE_OPT_SPEED, "K", "speed of a clock of its own (1)",
     "a whole number from 1 to 1000", take_speed},
    {PHONE_OPT_SEED, "N", "seed of its random numbers, mixed with its name (1)",
     "a whole number below 2^64", take_seed},
    {PHONE_OPT_AUTH, "HOW", "what firmware must pass (signature where a key is given)",
     "signature or structure", take_authentication},
    {PHONE_OPT_KEY_FD, "FD", "PEM of the key that signs firmware", "an open descriptor",
     take_key_fd},
    {PHONE_OPT_KEY, "FILE", "the same, by its path", "a file that can be read", take_key},
    {PHONE_OPT_CONTROL_FD, "FD", "control messages (none: starts at once)",
     "an open descriptor", take_control_fd},
    {PHONE_OPT_CLOCK_FD, "FD", "shared memory of the fleet's clock (none: its own)",
     "an open descriptor", take_clock_fd},
    {PHONE_OPT_HANDS_FD, "FD", "shared memory of who holds that clock (none: nobody does)",
     "an open descriptor", take_hands_fd},
    {PHONE_OPT_CALL_FD, "FD", "eventfd by which that clock calls", "an open descriptor",
     take_call_fd},
    {PHONE_OPT_STATUS_FD, "FD", "shared memory of status records", "an open descriptor",
     take_status_fd},
    {PHONE_OPT_SLOT, "N", "which of the records and hands is ours (0)",
     "a whole number below 2^32", take_slot},
    {PHONE_OPT_READY_FD, "FD", "eventfd to count up when ready", "an open descriptor",
     take_ready_fd},
    {PHONE_OPT_EVENTS_FD, "FD", "file for event lines", "an open descriptor", take_events_fd},
    {PHONE_OPT_LOG_FD, "FD", "file for the console log (standard output)", "an open descriptor",
     take_log_fd},
    {PHONE_OPT_PAGE_FD, "FD", "file for its web page", "an open descriptor", take_page_fd},
    {PHONE_OPT_FLASH_FD, "FD", "directory that is its flash (.)", "an open directory",
     take_flash_fd},
    {PHONE_OPT_STORE_FD, "FD", "directory of shared content (.store in the flash)",
     "an open directory", take_store_fd},
};
#define RULES (sizeof rules / sizeof *rules)
#define KEY_FIRST 256 /* of argp's keys; below they would be letters */
#define KEY_WIRE  (KEY_FIRST + (int)RULES)
#define KEY_SCCP    (KEY_WIRE + 1)
#define KEY_INSPECT (KEY_SCCP + 1)

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;
    if (key == KEY_WIRE || key == KEY_SCCP) {
        a->table = key == KEY_WIRE ? wire_print_table : sccp_print_table;
        return 0;
    }
    if (key == KEY_INSPECT) {
        a->inspect = true;
        return 0;
    }
    if (key == ARGP_KEY_ARGS && a->inspect) {
        a->files = state->argv + state->next;
        a->file_count = state->argc - state->next;
        return 0;
    }
    if (key == ARGP_KEY_ARG && a->inspect)
        return ARGP_ERR_UNKNOWN; /* all of them, then */
    if (key == ARGP_KEY_ARG)
        argp_failure(state, PHONE_EXIT_USAGE, 0, "%s: only options are accepted", text);
    if (key < KEY_FIRST || key > KEY_WIRE)
        return ARGP_ERR_UNKNOWN;
    const struct rule *r = &rules[key - KEY_FIRST];
    if (!r->take(a, text))
        argp_failure(state, PHONE_EXIT_USAGE, 0, "--%s %s: takes %s", r->option, text, r->accepts);
    return 0;
}

/* The models and the quirks stand at the end of the help, from the contract's tables. */
static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    char *out = NULL;
    size_t len;
    FILE *f = open_memstream(&out, &len);
    fprintf(f, "Models:");
    for (size_t i = 0; i < phone_model_count; i++)
        fprintf(f, " %s", phone_models[i].name);
    fprintf(f, "\n\nQuirks:");
    for (size_t i = 0; i < QUIRK_COUNT; i++)
        if (quirk_rules[i].phone)
            fprintf(f, "\n  %-22s %s", quirk_rules[i].word, quirk_rules[i].help);
    fclose(f);
    return out;
}

void arguments_parse(struct arguments *a, int argc, char **argv)
{
    struct argp_option options[RULES + 4] = {0};
    for (size_t i = 0; i < RULES; i++)
        options[i] = (struct argp_option){rules[i].option, KEY_FIRST + (int)i, rules[i].arg, 0,
                                          rules[i].doc, 0};
    options[RULES] = (struct argp_option){"wire-table", KEY_WIRE, NULL, 0,
                                          "print the table of messages on port 4051, and exit", 0};
    options[RULES + 1] = (struct argp_option){"sccp-table", KEY_SCCP, NULL, 0,
                                              "print the table of messages of SCCP, and exit", 0};
    options[RULES + 2] =
        (struct argp_option){PHONE_OPT_INSPECT, KEY_INSPECT, NULL, 0,
                             "tell what a phone would make of each FILE, and exit", 0};
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "\n--inspect FILE...",
                              .doc = "One emulated Cisco IP phone.\v",
                              .help_filter = help_filter};
    argp_err_exit_status = PHONE_EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, a);
}
