/* managerlist.c - see managerlist.h. */
#include "netns/world/managerlist.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A row may be odd for as long as its writer waits for a processor, and for ever where it was
 * killed as it wrote: then it is taken as it is. */
#define TRIES    300
#define AT_ONCE  100  /* of them; before each other one the writer may run */
#define PAUSE_US 1000

static size_t size_of(uint32_t room)
{
    return sizeof(struct manager_list) + room * sizeof(struct manager_row);
}

struct manager_list *managerlist_new(uint32_t room)
{
    struct manager_list *list = mmap(NULL, size_of(room), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (list == MAP_FAILED)
        return NULL;
    list->room = room;
    return list;
}

void managerlist_free(struct manager_list *list)
{
    if (list)
        munmap(list, size_of(list->room));
}

struct manager_list *managerlist_copy(const struct manager_list *list)
{
    struct manager_list *copy = managerlist_new(list->room);
    struct registrar_device device;
    for (uint32_t i = 0; copy && managerlist_get(list, i, &device); i++)
        managerlist_put(copy, i, &device);
    return copy;
}

void managerlist_put(struct manager_list *list, uint32_t i, const struct registrar_device *device)
{
    if (i >= list->room || i > list->count || atomic_load(&list->closed))
        return;
    struct manager_row *row = &list->row[i];
    uint32_t odd = atomic_load_explicit(&row->seq, memory_order_relaxed) | 1;
    atomic_store_explicit(&row->seq, odd, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    row->device = *device;
    atomic_store_explicit(&row->seq, odd + 1, memory_order_release);
    if (i == list->count)
        atomic_store(&list->count, i + 1);
}

void managerlist_clear(struct manager_list *list)
{
    atomic_store(&list->count, 0);
}

void managerlist_close(struct manager_list *list)
{
    if (list)
        atomic_store(&list->closed, true);
}

bool managerlist_get(const struct manager_list *list, uint32_t i, struct registrar_device *device)
{
    if (!list || i >= atomic_load(&list->count))
        return false;
    const struct manager_row *row = &list->row[i];
    for (int tries = 0; tries < TRIES; tries++) {
        if (tries >= AT_ONCE)
            usleep(PAUSE_US);
        uint32_t before = atomic_load_explicit(&row->seq, memory_order_acquire);
        memcpy(device, &row->device, sizeof *device);
        atomic_thread_fence(memory_order_acquire);
        if (before % 2 == 0 && before == atomic_load_explicit(&row->seq, memory_order_relaxed))
            break;
    }
    return true;
}

bool managerlist_find(const struct manager_list *list, const char *name,
                      struct registrar_device *device)
{
    for (uint32_t i = 0; managerlist_get(list, i, device); i++)
        if (strcmp(device->name, name) == 0)
            return true;
    return false;
}
