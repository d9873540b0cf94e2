/* flash.h - a phone's flash: one directory of its own, and one store shared by all phones.
 *
 * Theory of operation (of the store: store.h)
 *
 *   <name>            a file of the phone's, whole: a symbolic link to authenticated content in the
 *                     store; or a regular file, which is nobody else's
 *   .active           the name of the load to boot from
 *   .download, .link  what is being made; removed at the next start
 *
 * A download is compared, as it arrives, with the copy that its name and digest (or its name
 * alone) point to in the store. While the two agree nothing is written and nothing hashed: equal
 * to authenticated content is authenticated content. Where they part, the equal beginning is
 * copied to .download, and from there on every byte is written and hashed.
 *
 * A file comes under its name by rename() only, when the core says so: whatever dies at whatever
 * moment, what stands under a name is whole. Where the phone may not write into the store, what it
 * has authenticated first stands there as its own file, is offered to the store's keeper, and
 * becomes a link when the store has it (flash_settle), unless something else has come under that
 * name meanwhile. If that never happens, the phone has a copy of its own: that costs room only.
 * What the core commits without having authenticated it is never offered; a view of it is not
 * known, in any life.
 *
 * Files are mapped; a mapping stays until flash_release(), also when its name has moved on to newer
 * content. Names with '/', '@', or a leading '.' are refused.
 */
#ifndef FLASH_H
#define FLASH_H

#include "emu/shell/store.h"

struct flash;

/* On descriptors that stay the caller's, directories of one filesystem. NULL without memory. */
struct flash *flash_new(int dir_fd, const struct store *store);
void flash_free(struct flash *f);

/* The operations of core.h, without their ctx. Nothing may be appended after a view; a
 * download that met an error is dropped. */
int flash_begin(struct flash *f, const char *name, const uint8_t *digest);
int flash_append(struct flash *f, const void *data, size_t len);
int flash_view(struct flash *f, struct flash_view *view);
int flash_commit(struct flash *f, bool authentic);
void flash_discard(struct flash *f);
int flash_open(struct flash *f, const char *name, struct flash_view *view);
void flash_release(struct flash *f);
int flash_activate(struct flash *f, const char *load);
void flash_keep(struct flash *f, const char *const *names, size_t count);

/* The store holds more than before: what was offered to it becomes a link. */
void flash_settle(struct flash *f);

/* From now on flash_served() spoils what it is asked about: a flash that rots. */
void flash_corrupt(struct flash *f);
/* What goes out when len bytes of a committed file, part of a view, are served: these, or those of
 * a private copy of the whole file with its middle byte flipped. Valid as long as the view. */
const void *flash_served(struct flash *f, const void *part, size_t len);

/* What flash_activate() last said, in any life of this flash. -ENOENT when nothing. */
int flash_active(struct flash *f, char load[NAME_MAX_LEN]);

#endif
