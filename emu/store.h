/* store.h - names and mappings of the content that phones share; theory of operation: flash.h. */
#ifndef STORE_H
#define STORE_H

#include "emu/core.h"

#define STORE_NAME (NAME_MAX_LEN + 1 + 2 * DIGEST_LEN) /* "<name>@<digest>" with its NUL */

/* Whether a file may have that name: no path, not hidden, no '@', short enough. */
bool store_name_valid(const char *name);
/* The store's name for a content. */
void store_name(char out[STORE_NAME], const char *name, const uint8_t *digest);
/* The digest of the content last stored under a name. 0 or a negative errno. */
int store_last(int store, const char *name, uint8_t digest[DIGEST_LEN]);

/* A regular file's bytes into view->data and len; the rest of the view is left as it is. */
int store_map_fd(int fd, struct flash_view *view);
int store_map(int dir, const char *name, struct flash_view *view);
/* Nothing happens to an empty view; it is empty after. */
void store_unmap(struct flash_view *view);

/* Removes every file of a directory but these, and those whose names begin with a dot. */
void store_keep(int dir_fd, const char *const *names, size_t count);

/* Whether two names are links to one file; symbolic links are not followed. */
bool store_same_file(int dir_a, const char *a, int dir_b, const char *b);

#endif
