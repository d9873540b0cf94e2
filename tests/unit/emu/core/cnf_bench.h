/* cnf_bench.h - a configuration file read as a phone reads it, whole or in pieces, and what becomes
 * of it: taken with a word or without, or refused.
 */
#ifndef CNF_BENCH_H
#define CNF_BENCH_H

#include "emu/core/cnf.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>

#define TYPE 30018 /* CP-7961G */
#define LOAD "SCCP41.9-4-2SR3-1S"
#define LOADINFO(value) "<device>\n<loadInformation>" value "</loadInformation></device>"

/* In the form in which call managers write it: xsi: is never declared. */
static const char sep_file[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<device  xsi:type=\"axl:XIPPhone\" ctiid=\"94\" uuid=\"{b1a6e9b2-9e1d-4d6c-9f7a-1}\">\n"
    "<fullConfig>true</fullConfig>\n"
    "<deviceProtocol>SCCP</deviceProtocol>\n"
    "<devicePool uuid=\"{1b1b9eb6-7803-11d3-bdf0-00108302ead1}\">\n"
    " <name>Default</name>\n"
    " <dateTimeSetting><ntps><ntp><name>ntp &amp; clock</name></ntp></ntps></dateTimeSetting>\n"
    " <callManagerGroup><members>\n"
    "  <member priority=\"0\"><callManager><ports><ethernetPhonePort>2000</ethernetPhonePort>\n"
    "   </ports><processNodeName>10.0.0.2</processNodeName></callManager></member>\n"
    " </members><loadInformation>SCCP00.not-this-one</loadInformation></callManagerGroup>\n"
    "</devicePool>\n"
    "<commonProfile><phonePassword></phonePassword></commonProfile>\n"
    "<loadInformation>" LOAD "</loadInformation>\n"
    "<vendorConfig>\n"
    " <disableSpeaker>false</disableSpeaker><webAccess>0</webAccess>\n"
    " <loadServer>10.1.2.3</loadServer>\n"
    " <peerFirmwareSharing>1</peerFirmwareSharing>\n"
    "</vendorConfig>\n"
    "<versionStamp>1284570837-bbc096cb</versionStamp>\n"
    "</device>\n";

static struct cnf_parser *parser;
static bool second; /* read as 7940 and 7960 do */

/* Parses text in pieces; what went wrong stays to be asked of `parser`. */
static inline int parse_pieces(const char *text, size_t len, size_t piece, uint32_t type,
                               struct cnf *out)
{
    const struct phone_model model = {.type = type, .pfs = !second};
    memset(out, 0xee, sizeof *out);
    cnf_close(parser);
    parser = cnf_open(&model);
    assert_non_null(parser);
    for (size_t at = 0; at < len; at += piece) {
        int error = cnf_feed(parser, text + at, len - at < piece ? len - at : piece);
        if (error) {
            assert_int_equal(cnf_finish(parser, out), error);
            return error;
        }
    }
    return cnf_finish(parser, out);
}

static inline struct cnf taken(const char *text)
{
    struct cnf cnf;
    if (parse_pieces(text, strlen(text), 512, TYPE, &cnf))
        fail_msg("refused: %s", cnf_error(parser));
    assert_string_equal(cnf_error(parser), "");
    return cnf;
}

/* Without a word. */
static inline struct cnf accepted(const char *text)
{
    struct cnf cnf = taken(text);
    if (cnf_warning(parser, 0))
        fail_msg("%s", cnf_warning(parser, 0)->text);
    return cnf;
}

static inline void refused(const char *text, const char *why)
{
    struct cnf cnf, before;
    memset(&before, 0xee, sizeof before);
    assert_int_equal(parse_pieces(text, strlen(text), 512, TYPE, &cnf), -EINVAL);
    assert_string_equal(cnf_error(parser), why);
    assert_memory_equal(&cnf, &before, sizeof cnf);
}

/* A phone of the third generation warns once, in these words, and goes on. */
static inline struct cnf warned(const char *text, enum config_warning kind, const char *why)
{
    struct cnf cnf = taken(text);
    assert_non_null(cnf_warning(parser, 0));
    assert_string_equal(cnf_warning(parser, 0)->text, why);
    assert_int_equal(cnf_warning(parser, 0)->kind, kind);
    assert_null(cnf_warning(parser, 1));
    return cnf;
}

/* The value is no use: the third generation takes the default, the second refuses the file. */
static inline struct cnf unusable(const char *text, const char *why, const char *instead)
{
    char both[200];
    snprintf(both, sizeof both, "%s: %s", why, instead);
    struct cnf cnf = warned(text, CONFIG_WARNS_VALUE, both);
    second = true;
    refused(text, why);
    second = false;
    return cnf;
}

static inline int close_last(void **state)
{
    (void)state;
    cnf_close(parser);
    return 0;
}

#endif
