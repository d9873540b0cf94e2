/* refused.c - samples that a phone must refuse, each for one reason.
 *
 * All stand on one healthy load, SCCP41.good. SCCP41.<case>.loads lists the good components but
 * with apps41.<case>.sbn as its third, and either that component or the list itself is bad. So
 * each case is a whole load that a phone can be pointed at.
 */
#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "emu/core/sbn.h"
#include "firmware-samples/make.h"

#define GOOD      "SCCP41.good"
#define APPS      2 /* the component that the cases replace */
#define TIMESTAMP 1488326400
#define LONG_NAME "a-name-of-64-characters-that-is-one-more-than-any-phone-can-keep"

static void flip_last(struct image *image)
{
    image->data[image->len - 1] ^= 0x01;
}

static void flip_last_letter(struct image *image)
{
    image->data[image->len - 7] ^= 0x01; /* "....sbn" CR LF: a digit of the label */
}

static void cut_tail(struct image *image)
{
    image->len -= 10;
}

static void drop_envelope(struct image *image)
{
    image->len -= image->payload;
    memmove(image->data, image->data + image->payload, image->len);
}

static void cut_in_envelope(struct image *image)
{
    image->len = image->payload / 2;
}

/* The envelope then says 128 bytes where its signature has 256. */
static void other_modulus(struct image *image)
{
    struct envelope env;
    if (envelope_parse(image->data, image->len, &env))
        errx(1, "own envelope is malformed");
    image->data[env.signature_tlv - 1] -= 1; /* MODULUS is the value just before TLV 12 */
}

static void one_record_more(struct image *image)
{
    image->data[image->payload + SBN_COUNT_AT + 3] += 1;
}

typedef void damage(struct image *image);

static const struct refused {
    const char *name;
    bool list;            /* the list is bad; else the component */
    const char *listed;   /* instead of apps41.<case>.sbn, which is then not written */
    const char *envelope; /* name in the envelope instead of the file's own */
    bool unknown;         /* signed by the key that no phone knows */
    damage *before;       /* done before signing: the signature is good */
    damage *after;        /* done after it */
} cases[] = {
    {"corrupt-body", .after = flip_last},
    {"cut-body", .after = cut_tail},
    {"cut-envelope", .after = cut_in_envelope},
    {"no-envelope", .after = drop_envelope},
    {"wrong-name", .envelope = "apps41.good.sbn"},
    {"wrong-modulus", .after = other_modulus},
    {"unknown-key", .unknown = true},
    {"bad-archive", .before = one_record_more},
    {"missing-file", .listed = "apps41.missing-file.sbn"},
    {"corrupt-list", .list = true, .listed = "apps41.good.sbn", .after = flip_last_letter},
    {"truncated-list", .list = true, .listed = "apps41.good.sbn", .before = cut_tail},
    {"wrong-name-list", .list = true, .listed = "apps41.good.sbn", .envelope = GOOD ".loads"},
    {"unknown-key-list", .list = true, .listed = "apps41.good.sbn", .unknown = true},
    {"path-in-list", .list = true, .listed = "../apps41.good.sbn"},
    {"twice-in-list", .list = true, .listed = "jar41sccp.good.sbn"},
    {"long-name-list", .list = true, .listed = LONG_NAME},
    {"empty-list", .list = true},
};

static void make_case_file(const struct maker *m, const struct refused *c,
                           const struct signer *unknown, const char *name, struct image image)
{
    if (c->before)
        c->before(&image);
    signer_sign(c->unknown ? unknown : m->signer, image.data, image.len);
    if (c->after)
        c->after(&image);
    write_image(m, name, image);
}

static struct seal seal_of(const struct signer *signer)
{
    const struct family *family = family_of(GOOD);
    return (struct seal){signer, family->hash, family->signer, TIMESTAMP};
}

static void make_case_component(const struct maker *m, const struct refused *c,
                                const struct signer *unknown, const struct load *good,
                                const char *name)
{
    struct seal seal = seal_of(c->unknown ? unknown : m->signer);
    make_case_file(m, c, unknown, name,
                   component_image(&seal, c->envelope ? c->envelope : name, name, FORM_ARCHIVE,
                                   good->size[APPS] / m->scale));
}

static void make_case(const struct maker *m, const struct refused *c, const struct signer *unknown,
                      const struct load *good)
{
    char list[NAME_MAX_LEN], apps[NAME_MAX_LEN], names[COMPONENTS_MAX][NAME_MAX_LEN];
    const char *listed[COMPONENTS_MAX];
    const struct family *family = family_of(GOOD);
    for (size_t i = 0; i < family->component_count; i++) {
        component_name(family, i, good->label, names[i]);
        listed[i] = names[i];
    }
    component_name(family, APPS, c->name, apps);
    listed[APPS] = c->listed ? c->listed : apps;
    snprintf(list, sizeof list, "SCCP41.%s.loads", c->name);

    if (!c->list && !c->listed)
        make_case_component(m, c, unknown, good, apps);
    const struct refused *of_list = c->list ? c : &(struct refused){0};
    struct seal seal = seal_of(of_list->unknown ? unknown : m->signer);
    size_t count = c->list && !c->listed ? 0 : family->component_count;
    make_case_file(m, of_list, unknown, list,
                   list_image(&seal, of_list->envelope ? of_list->envelope : list, good->label,
                              family->list, listed, count));
}

void make_refused(const struct maker *m, const struct signer *unknown)
{
    struct load good;
    bool known = custom_load(GOOD, &good);
    assert(known);
    (void)known;
    make_load(m, &good, good.name);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        make_case(m, &cases[i], unknown, &good);
    printf("%zu loads to be refused, SCCP41.<case>.loads\n", sizeof cases / sizeof *cases);
}
