/* setup.h - what a phone's process is started with: from its arguments and its environment. */
#ifndef SETUP_H
#define SETUP_H

#include "emu/core/identity.h"

struct setup {
    struct phone_identity id;
    int dhcp_fd;        /* these -1: none */
    int frame_fd[FRAME_KIND_COUNT];
    uint32_t speed;     /* of a clock of its own */
    uint64_t seed;      /* of the random numbers, mixed with the name */
    int control_fd;     /* these -1: none */
    int ready_fd;
    int clock_fd;
    int hands_fd;
    int call_fd;
    int status_fd;
    uint32_t slot;      /* of the record in status_fd, and of the hand in hands_fd */
    int events_fd;
    int log_fd;
    int page_fd;
    int flash_fd;       /* two directories of one filesystem */
    int store_fd;
    const char *store_way; /* from the one to the other, see store.h */
};

#endif
