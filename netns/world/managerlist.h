/* managerlist.h - the call manager's list, in memory that it shares with its keeper.
 *
 * The manager alone writes, each row under a sequence lock; whoever reads gets rows as they were at
 * one moment, each for itself. Rows stand in the order in which devices came, and stay.
 */
#ifndef MANAGERLIST_H
#define MANAGERLIST_H

#include "emu/sccp/registrar.h"

#include <stdatomic.h>

struct manager_row {
    _Atomic uint32_t seq;
    struct registrar_device device;
};

struct manager_list {
    _Atomic uint32_t count; /* rows that there are */
    _Atomic uint32_t closed; /* the run is over: nothing is written, or told, any more */
    uint32_t room;
    int lost;               /* errno for which the log, or an event, was not written; or 0 */
    struct manager_row row[];
};

/* Shared with the caller's children. NULL without memory; list may be NULL. */
struct manager_list *managerlist_new(uint32_t room);
void managerlist_free(struct manager_list *list);
/* As it is now, of a manager that may write on. NULL without memory. */
struct manager_list *managerlist_copy(const struct manager_list *list);

/* The manager's: writes a row, the next one at most; forgets all, as it begins. */
void managerlist_put(struct manager_list *list, uint32_t i, const struct registrar_device *device);
void managerlist_clear(struct manager_list *list);
/* The keeper's: what it says now is what it will say. list may be NULL. */
void managerlist_close(struct manager_list *list);
/* False: there is no such row, or device. */
bool managerlist_get(const struct manager_list *list, uint32_t i, struct registrar_device *device);
bool managerlist_find(const struct manager_list *list, const char *name,
                      struct registrar_device *device);

#endif
