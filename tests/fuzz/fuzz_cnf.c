/* fuzz_cnf.c - configuration files: the same verdict and result however the file is cut into
 * blocks; what is accepted can be written down again and read back the same. The words of a refusal
 * may differ: of several things wrong with a token, expat names the one that it can see so far.
 */
#include "emu/core/cnf.h"
#include "emu/core/mistake.h"
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>

struct outcome {
    int error;
    struct cnf cnf;
    size_t warnings;
};

static const struct phone_model *model; /* that reads it */

/* What is behind a reason is looked up within the file, and told as strings. */
static void explain(const char *why, const uint8_t *data, size_t size)
{
    struct mistake m;
    memset(&m, 0xa5, sizeof m);
    uint8_t *whole = fuzz_copy(data, size);
    mistake_in_config("SEP0.cnf.xml", why, whole, size, &m);
    free(whole);
    must((unsigned)m.kind < MISTAKE_COUNT);
    must(memchr(m.wrong, 0, sizeof m.wrong) && memchr(m.right, 0, sizeof m.right));
}

static struct outcome read_cut(const uint8_t *data, size_t size, enum fuzz_cut cut)
{
    struct outcome o, untouched;
    memset(&o, 0xa5, sizeof o);
    memset(&untouched, 0xa5, sizeof untouched);
    uint32_t random = fuzz_hash(1, data, size);
    struct cnf_parser *p = cnf_open(model);
    must(p);
    o.error = 0;
    for (size_t at = 0, len; at < size && !o.error; at += len) {
        len = fuzz_piece(cut, &random, size - at);
        uint8_t *piece = fuzz_copy(data + at, len);
        o.error = cnf_feed(p, piece, len);
        free(piece);
    }
    if (o.error)
        must(cnf_feed(p, "", 0) == o.error); /* stays failed */
    int end = cnf_finish(p, &o.cnf);
    must(o.error == 0 || end == o.error);
    o.error = end;
    must((end != 0) == (*cnf_error(p) != '\0'));
    must(end == 0 || memcmp(&o.cnf, &untouched.cnf, sizeof o.cnf) == 0);
    for (o.warnings = 0; cnf_warning(p, o.warnings); o.warnings++)
        must(strncmp(cnf_warning(p, o.warnings)->text, "line ", 5) == 0);
    must(o.warnings <= CNF_WARNINGS);
    for (size_t i = 0; i < o.warnings && cut == CUT_WHOLE; i++)
        explain(cnf_warning(p, i)->text, data, size);
    if (end && cut == CUT_WHOLE)
        explain(cnf_error(p), data, size);
    cnf_close(p);
    return o;
}

static void check_again(const struct cnf *cnf)
{
    char text[1024] = "<device><loadInformation>", ip[INET_ADDRSTRLEN];
    size_t len = strlen(text);
    for (const char *c = cnf->load; *c; c++)
        len += (size_t)sprintf(text + len, "&#%d;", *c);
    inet_ntop(AF_INET, &cnf->load_server, ip, sizeof ip);
    snprintf(text + len, sizeof text - len,
             "</loadInformation><vendorConfig><peerFirmwareSharing>%d</peerFirmwareSharing>"
             "<loadServer>%s</loadServer></vendorConfig></device>",
             cnf->pfs, ip);
    struct outcome o = read_cut((const uint8_t *)text, strlen(text), CUT_SMALL);
    must(o.warnings == 0 && o.error == 0 && strcmp(o.cnf.load, cnf->load) == 0);
    must(o.cnf.pfs == cnf->pfs && o.cnf.load_server == cnf->load_server);
}

/* As one model reads it: cut anyhow, the same. */
static struct outcome read_as(const char *name, const uint8_t *data, size_t size)
{
    model = name ? phone_model_find(name) : NULL;
    struct outcome whole = read_cut(data, size, CUT_WHOLE);
    for (enum fuzz_cut cut = CUT_BYTES; cut < CUT_COUNT; cut++) {
        struct outcome o = read_cut(data, size, cut);
        must(o.error == whole.error);
        must(memcmp(&o.cnf, &whole.cnf, sizeof o.cnf) == 0);
        must(o.error || o.warnings == whole.warnings);
    }
    if (whole.error)
        return whole;
    must(!*whole.cnf.load || fuzz_plain_name(whole.cnf.load, sizeof whole.cnf.load));
    must(strlen(whole.cnf.load) + sizeof ".loads" <= NAME_MAX_LEN);
    check_again(&whole.cnf);
    return whole;
}

/* What the second generation takes, the third does; with another load only by device type. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome third = read_as("CP-7961G", data, size), old = read_as("CP-7960G", data, size);
    struct outcome any = read_as(NULL, data, size);
    must(third.error == any.error && (third.error == 0 || old.error != 0));
    must(old.error || (old.cnf.pfs == any.cnf.pfs && old.cnf.load_server == any.cnf.load_server));
    return 0;
}
