/* callmanager-private.h - between callmanager.c, the keeper's side, and manager.c, the process. */
#ifndef CALLMANAGER_PRIVATE_H
#define CALLMANAGER_PRIVATE_H

#include "netns/world/callmanager.h"

/* Descriptors of the process. */
enum manager_fd { MANAGER_LISTENER, MANAGER_ORDERS, MANAGER_LOG, MANAGER_EVENTS, MANAGER_CALL,
                  MANAGER_FDS };

/* A packet of the socket of orders. */
struct manager_order {
    char device[17];
    uint8_t order; /* enum sccp_reset */
};

/* What the process is given, as memory that it has from its keeper. */
struct manager_task {
    struct registrar_setup setup;
    struct manager_list *list;
    struct watch watch;
    uint64_t seed;
    bool called; /* there is a MANAGER_CALL: its clock waits for it */
};

/* Carries a struct manager_task until it is killed. */
void manager_work(void *of);

#endif
