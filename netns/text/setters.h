/* setters.h - single values of a file into their fields, for the tables of schema.h. */
#ifndef SETTERS_H
#define SETTERS_H

#include "netns/text/schema.h"
#include "netns/text/units.h"

/* The field's type is in brackets. */
bool set_count(const char *text, const struct schema_key *key, void *field);    /* unsigned */
bool set_big(const char *text, const struct schema_key *key, void *field);      /* uint64_t */
bool set_long(const char *text, const struct schema_key *key, void *field);     /* long */
bool set_name(const char *text, const struct schema_key *key, void *field);     /* const char *:
                            letters, digits and -._+ without a leading dot; max characters */
bool set_text(const char *text, const struct schema_key *key, void *field);     /* const char * */
bool set_word(const char *text, const struct schema_key *key, void *field);     /* int or enum */
bool set_count_or_word(const char *text, const struct schema_key *key, void *field); /* unsigned */
bool set_duration(const char *text, const struct schema_key *key, void *field); /* uint64_t us */
bool set_seconds(const char *text, const struct schema_key *key, void *field);  /* unsigned */
bool set_rate(const char *text, const struct schema_key *key, void *field);     /* uint64_t bps */
bool set_percent(const char *text, const struct schema_key *key, void *field);  /* double */
bool set_decimal(const char *text, const struct schema_key *key, void *field);  /* double > 0 */
bool set_address(const char *text, const struct schema_key *key, void *field);  /* uint32_t:
                            IPv4 that a host may have, network order */
bool set_endpoint(const char *text, const struct schema_key *key, void *field); /* struct
                            units_endpoint: such an address, with a port or without */
bool set_mac(const char *text, const struct schema_key *key, void *field);      /* uint64_t: of one
                            device, "00:1B:54:C1:22:33" */
bool set_model(const char *text, const struct schema_key *key, void *field);    /* const struct
                            phone_model * */
/* For listed ones: */
bool set_flags(const char *text, const struct schema_key *key, void *field);    /* unsigned: ORs
                            the word's value in */
bool set_append(const char *text, const struct schema_key *key, void *field);   /* struct
                            text_list, whose items are to be freed; max characters each */

/* true or false, and their like: 1 and 0. */
extern const struct schema_word switch_words[];
#define SWITCH_TAKES "true or false"
/* For a key's `word`: the models. */
const char *model_word(size_t index);

/* What keys of several tables have in common, behind their offset. */
#define SETS_SWITCH .takes = SWITCH_TAKES, .set = set_word, .words = switch_words
#define SETS_MODEL  .set = set_model, .word = model_word
#define LOAD_TAKES  "a load's name without .loads, up to 57 characters"
#define SETS_LOAD   .takes = LOAD_TAKES, .set = set_name, .max = LIMIT_LOAD
#define SETS_LOAD_SERVER                                                                           \
    .takes = "the IPv4 address of a server to take firmware from", .set = set_address
#define SETS_WAN_DELAY                                                                             \
    .takes = "a one-way delay from 0 to 1h, such as 75ms, 2s or 1m", .set = set_duration,          \
    .max = UNITS_HOUR_US
#define SETS_WAN_LOSS                                                                              \
    .takes = "a share of packets from 0% to 100%, such as 0.5%", .set = set_percent

#endif
