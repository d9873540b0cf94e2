/* outcome.c - see outcome.h. */
#include "netns/run/outcome.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum phone_outcome outcome_of(const struct phone_status *s)
{
    if (s->state == PHONE_FAILED)
        return OUTCOME_FAILED;
    if (s->state == PHONE_KILLED || s->state == PHONE_FROZEN || s->state == PHONE_UNPLUGGED)
        return OUTCOME_OUT;
    return s->state == PHONE_IDLE ? OUTCOME_IDLE : OUTCOME_UNFINISHED;
}

bool outcome_is_upgraded(const struct plan_phone *planned, const struct phone_status *s)
{
    return outcome_of(s) != OUTCOME_OUT && s->upgraded && strcmp(s->running, planned->load) == 0;
}

const char *outcome_said(const struct phone_status *s, char out[OUTCOME_TEXT])
{
    bool file = s->status_text[0] && s->status_file[0];
    bool server = s->status_text[0] && s->status_server[0];
    snprintf(out, OUTCOME_TEXT, "%.*s%s%s%s%s", NAME_MAX_LEN - 1, s->status_text, file ? ": " : "",
             file ? s->status_file : "", server ? ", server: " : "",
             server ? s->status_server : "");
    if (!out[0] && outcome_of(s) == OUTCOME_FAILED)
        snprintf(out, OUTCOME_TEXT, "no status text");
    return out;
}

/* Whom a phone that upgrades waits for. */
static void from_whom(const struct phone_status *s, char *out, size_t size)
{
    char address[INET_ADDRSTRLEN];
    if (s->parent_ip != 0 && inet_ntop(AF_INET, &s->parent_ip, address, sizeof address))
        snprintf(out, size, " from %s", address);
    else
        snprintf(out, size, "%s", s->pfs && !s->root ? ", no parent" : " from the server");
}

const char *outcome_doing(const struct phone_status *s, char out[OUTCOME_TEXT])
{
    static const char *const waits[PHONE_STATE_COUNT] = {
        [PHONE_OFF] = ": its process has not reported",
        [PHONE_READY] = ": waits for power",
        [PHONE_BOOT] = ": waits for the network",
        [PHONE_CONFIG] = ": waits for configuration from the server",
    };
    bool known = s->state < PHONE_STATE_COUNT;
    char said[OUTCOME_TEXT], whom[64] = "";
    if (s->state == PHONE_UPGRADE)
        from_whom(s, whom, sizeof whom);
    int len = snprintf(out, OUTCOME_TEXT, "%s%s", known ? phone_state_names[s->state] : "unknown",
                       known && waits[s->state] ? waits[s->state] : "");
    if (s->screen.component[0])
        len += snprintf(out + len, (size_t)(OUTCOME_TEXT - len), ", %s %u KB %u %%%s",
                        s->screen.component, s->screen.kb, s->screen.percent, whom);
    if (outcome_said(s, said)[0])
        snprintf(out + len, (size_t)(OUTCOME_TEXT - len), ", \"%s\"", said);
    return out;
}
