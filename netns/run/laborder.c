/* laborder.c - orders to a lab, in the words of their commands.
 *
 *   phone PHONES DEED [KEY=VALUE...]        any deed that is done to phones, but for those that a
 *   cm DEED [PHONES] [rate=N] [...]         call manager does; N phones a second is every=1/N s
 *   wan DEED [...], server DEED [...]       without the verb before it: "cut" is wan-cut; one that
 *                                           is all about a setting is that: "loss=5%" is wan-loss
 *
 * What no lab would take is refused here, by the table of deeds, so that its user reads of the
 * verb's own deeds only.
 */
#include "netns/run/laborder.h"
#include "netns/fleet/fault.h"
#include "netns/run/labfind.h"
#include "netns/text/say.h"
#include "netns/text/text.h"
#include "netns/text/units.h"

#include <stdio.h>
#include <string.h>

#define WORDS     256
#define RATE_MOST 100000 /* phones a second */

/* Whether it is given as its one setting: "loss=5%". */
static bool is_setting(enum fault_do what, const char *word)
{
    for (size_t i = 0; i < FAULT_SETTINGS; i++)
        if (fault_rules[what].needs & fault_settings[i].bit)
            return strcmp(fault_settings[i].key, word) == 0;
    return false;
}

/* "cut, loss=, delay=, rate=, restore" */
static const char *words_of(const char *verb, char out[WORDS])
{
    size_t len = 0;
    for (enum fault_do i = 0; i < FAULT_COUNT; i++) {
        const char *word = fault_word_in(i, verb);
        if (word && len < WORDS)
            len += (size_t)snprintf(out + len, WORDS - len, "%s%s%s", len ? ", " : "", word,
                                    is_setting(i, word) ? "=" : "");
    }
    return out;
}

/* The deed that a word of the command means; FAULT_COUNT after a message. */
static enum fault_do deed_of(const char *verb, const char *first)
{
    char words[WORDS];
    size_t len = strcspn(first, "=");
    for (enum fault_do i = 0; i < FAULT_COUNT; i++) {
        const char *word = fault_word_in(i, verb);
        if (word && strlen(word) == len && strncmp(word, first, len) == 0 &&
            (first[len] != '=' || is_setting(i, word)))
            return i;
    }
    say("%s %s: %s takes one of these: %s", verb, first, verb, words_of(verb, words));
    return FAULT_COUNT;
}

/* One "key: value" of an order, quoted, so that nothing in it has a meaning; false when it would
 * not fit or cannot be quoted. */
static bool put(char order[LAB_REQUEST], const char *key, size_t key_len, const char *value)
{
    size_t used = strlen(order), room = LAB_REQUEST - used;
    if (strpbrk(key, "\"\\\n"))
        return false;
    int len = snprintf(order + used, room, "%s\"%.*s\": \"%s\"", used > 0 ? ", " : "{",
                       (int)key_len, key, value);
    return len > 0 && (size_t)len < room;
}

/* {"phone": "3", "do": "slow", "rate": "64kbit"} from what a user typed. */
static bool make_order(char order[LAB_REQUEST], const char *phone, const char *what,
                       char **settings)
{
    bool good = (!phone || (!strpbrk(phone, "\"\\\n") && put(order, "phone", 5, phone))) &&
                !strpbrk(what, "\"\\\n") && put(order, "do", 2, what);
    for (; good && *settings; settings++) {
        const char *equals = strchr(*settings, '=');
        good = equals && put(order, *settings, (size_t)(equals - *settings), equals + 1);
    }
    size_t used = strlen(order);
    good = good && used + 2 < LAB_REQUEST;
    if (good)
        strcpy(order + used, "}");
    return good;
}

int lab_fault(const char *name, const char *verb, const char *phone, char **words)
{
    char order[LAB_REQUEST] = "", text[LAB_ANSWER], said[LAB_REQUEST];
    struct fault fault;
    struct lab lab;
    int fd;
    enum fault_do what = deed_of(verb, words[0]);
    if (what == FAULT_COUNT)
        return 2;
    snprintf(said, sizeof said, "%s%s%s %s", verb, phone ? " " : "", phone ? phone : "", words[0]);
    if (!make_order(order, phone, fault_rules[what].word, words + !strchr(words[0], '='))) {
        say("%s: settings are given as KEY=VALUE, such as for=5s", said);
        return 2;
    }
    if (!fault_read(order, said, true, &fault))
        return 2;
    int code = lab_reach_and_ask(name, "fault", order, &lab, text, &fd);
    if (code != 0)
        return code;
    text_line(stdout, "%s", text);
    lab_leave(&lab);
    return 0;
}

/* "rate=4", phones a second, as the time between two; false where it is none. */
static bool every_of(const char *rate, char out[32])
{
    double value;
    if (!units_decimal(rate, RATE_MOST, &value) || value * RATE_MOST < 1)
        return false;
    snprintf(out, 32, "every=%.0fus", 1e6 / value);
    return true;
}

int lab_cm_order(const char *name, char **words)
{
    char every[32], *settings[WORDS / 4] = {words[0]};
    size_t count = 1;
    bool phones = words[1] && !strchr(words[1], '=');
    for (char **w = words + 1 + phones; *w && count < WORDS / 4 - 1; w++) {
        bool rate = strncmp(*w, "rate=", 5) == 0;
        if (rate && !every_of(*w + 5, every)) {
            say("cm %s: rate takes phones per emulated second, above 0 and up to %d", words[0],
                RATE_MOST);
            return 2;
        }
        settings[count++] = rate ? every : *w;
    }
    return lab_fault(name, "cm", phones ? words[1] : NULL, settings);
}
