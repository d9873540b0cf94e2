/* leases.c - see leases.h. */
#include "netns/judge/leases.h"
#include "netns/plan/roster.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Past "dnsmasq-dhcp[5]: WORD(br0) ", or NULL when the line says something else. */
static const char *after(const char *line, const char *word)
{
    const char *p = strstr(line, "dnsmasq-dhcp[");
    p = p ? strstr(p, "]: ") : NULL;
    if (!p || strncmp(p + 3, word, strlen(word)) != 0 || p[3 + strlen(word)] != '(')
        return NULL;
    p = strstr(p, ") ");
    return p ? p + 2 : NULL;
}

/* The phone of a MAC address as dnsmasq writes it; -1: none. */
static long phone_of(const struct roster *roster, const char *mac)
{
    char name[16] = "SEP";
    size_t len = 3;
    for (; *mac && len < sizeof name - 1; mac++)
        if (*mac != ':')
            name[len++] = (char)toupper((unsigned char)*mac);
    name[len] = '\0';
    return roster_by_name(roster, name);
}

void leases_line(struct leases *l, const struct roster *roster, const char *line)
{
    const char *ack = after(line, "DHCPACK"), *discover = after(line, "DHCPDISCOVER");
    char ip[16], mac[18];
    struct in_addr address;
    l->naks += after(line, "DHCPNAK") != NULL;
    l->refusals += discover && strstr(discover, "no address available");
    if (!ack || sscanf(ack, "%15s %17s", ip, mac) != 2 || inet_pton(AF_INET, ip, &address) != 1)
        return;
    l->acks++;
    long phone = phone_of(roster, mac);
    if (phone >= 0)
        l->given[phone] = address.s_addr;
}

static void count(struct leases *l, const struct plan *plan, const struct phone_status *status)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct phone_status *s = &status[i];
        bool held = plan->phones[i].dhcp && s->ip != 0;
        l->asking += plan->phones[i].dhcp;
        l->held += held;
        if (held && s->tftp_by < TFTP_SOURCE_COUNT)
            l->by[s->tftp_by]++;
    }
}

static int read_log(struct leases *l, const struct plan *plan, const char *path)
{
    struct roster *roster = roster_new(plan);
    FILE *in = roster ? fopen(path, "re") : NULL;
    int err = in ? 0 : roster ? -EIO : -ENOMEM;
    char *line = NULL;
    size_t size = 0;
    if (err == -EIO)
        say_at(path, "cannot read the DHCP server's log: %s", strerror(errno));
    while (in && getline(&line, &size, in) >= 0)
        leases_line(l, roster, line);
    free(line);
    if (in)
        fclose(in);
    roster_free(roster);
    return err;
}

int leases_read(struct leases *l, const struct plan *plan, const struct phone_status *status,
                const char *path)
{
    *l = (struct leases){.witnessed = path, .given = calloc(plan->count + 1, sizeof *l->given)};
    if (!l->given)
        return -ENOMEM;
    count(l, plan, status);
    return path ? read_log(l, plan, path) : 0;
}

void leases_free(struct leases *l)
{
    free(l->given);
}

bool leases_agree(const struct leases *l, const struct phone_status *status, size_t phone)
{
    return !l->witnessed || status[phone].ip == 0 || status[phone].ip == l->given[phone];
}
