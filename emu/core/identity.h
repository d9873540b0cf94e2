/* identity.h - what a phone is born with. It is the carrier's until phone_new() has copied it. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "emu/core/auth.h"

/* What names the TFTP server in an answer of DHCP, the best first; NONE: no more, and in the first
 * place: as these phones have it (dhcplease.h). */
#define TFTP_ORDER 3
struct tftp_order {
    enum tftp_source by[TFTP_ORDER];
};

struct phone_identity {
    char name[16];                    /* "SEP" + 12 hex digits of the MAC */
    const struct phone_model *model;
    bool dhcp;                        /* these four by DHCP, and 0 until then */
    uint32_t ip;                      /* network order */
    uint8_t prefix_len;               /* of its subnet */
    uint32_t router;                  /* network order; 0: none */
    uint32_t tftp_ip;                 /* network order */
    struct tftp_order tftp_order;     /* by DHCP */
    unsigned frames;                  /* 1u << enum frame_kind: what its carrier has means for */
    uint32_t xid;                     /* last four bytes of the MAC */
    char running[NAME_MAX_LEN];       /* load at power-on */
    bool http;                        /* asks for files by HTTP first */
    bool factory_reset;               /* none since a factory reset, whatever `running` says */
    unsigned quirks;                  /* enum quirk */
    enum auth_level authentication;
    const struct auth_key *key;       /* for AUTH_SIGNATURE; outlives the phone */
};

/* The address of its interface: the 12 digits of its name. */
void identity_mac(const char *name, uint8_t mac[6]);

#endif
