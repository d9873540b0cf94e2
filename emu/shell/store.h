/* store.h - the content that phones share; how a flash uses it: flash.h.
 *
 * Theory of operation
 *
 *   <name>@<sha256>   authenticated content, 0444, never changed once there
 *   <name>            symbolic link to the one of them that was stored last
 *
 * Each phone of a fleet is a user of its own and none of them may write here: whoever owns a file
 * can make it writable again, so what all phones trust can belong to none of them. A phone that has
 * authenticated a file offers it to the launcher (struct store_offer), which copies the bytes,
 * finds the digest by itself, and lets the copy appear under a name that says what it holds. So a
 * phone can neither change nor remove what others hold, nor pass one content off as another. That
 * an offered file is authentic stays the word of the phone that offered it.
 *
 * A flash holds shared content by a symbolic link into the store. A hard link would need the right
 * to write to the file, or to own it, where fs.protected_hardlinks is 1; and a copy each is what
 * the store is there to spare. Only the phone writes into its flash's directory, so it alone
 * decides which content stands under a name, in the order of its own commits: the launcher never
 * races it. At the end of a run, when no phone lives, the launcher puts hard links in place of the
 * symbolic ones, and the store goes.
 *
 * A phone alone owns its store, and writes into it itself.
 */
#ifndef STORE_H
#define STORE_H

#include "emu/core/core.h"

#define STORE_NAME (NAME_MAX_LEN + 1 + 2 * DIGEST_LEN) /* "<name>@<digest>" with its NUL */
#define STORE_LINK ".link" /* in a flash: what is being made */

/* As one phone reaches it. */
struct store {
    int fd;          /* directory */
    const char *way; /* from the flash to it, as links say it: "../.store/" */
    int keeper;      /* socket to who may write into it; -1: nobody */
    struct offered *offers; /* what it was offered and does not hold yet; NULL: none */
};

/* Whether a file may have that name: no path, not hidden, no '@', short enough. */
bool store_name_valid(const char *name);
/* The digest of the content last stored under a name. 0 or a negative errno. */
int store_last(const struct store *s, const char *name, uint8_t digest[DIGEST_LEN]);
/* Whether it holds that content under that name. */
bool store_holds(const struct store *s, const char *name, const uint8_t *digest);
/* Maps it; see store_map_file(). */
int store_map(const struct store *s, const char *name, const uint8_t *digest,
              struct flash_view *view);

/* dir/file, which has that digest, becomes content of that name, if the phone may do that: 0, or a
 * negative errno. */
int store_put(const struct store *s, int dir, const char *file, const char *name,
              const uint8_t *digest);
/* Asks the keeper to do it with the flash's file of that name. An offer that is lost costs room
 * only. */
void store_offer(struct store *s, const char *name, const uint8_t *digest);
/* What is offered under a name is to stand there no more; of all names. */
void store_withdraw(struct store *s, const char *name);
void store_forget(struct store *s);
/* dir/name becomes a link, for all that was offered and is there now. */
void store_settle(struct store *s, int dir);
/* dir/name becomes a link to that content, in one step. */
int store_link(const struct store *s, int dir, const char *name, const uint8_t *digest);
/* Which content of that name dir/name is a link to: 0, or a negative errno when it is none. */
int store_linked(int dir, const char *name, uint8_t digest[DIGEST_LEN]);

/* Renames dir/.link to to_dir/to. 0 or a negative errno; it is gone in any case. */
int store_rename(int dir, int to_dir, const char *to);

/* A regular file's bytes into view->data and len; the rest of the view is left as it is. */
int store_map_fd(int fd, struct flash_view *view);
int store_map_file(int dir, const char *name, struct flash_view *view);
/* Nothing happens to an empty view; it is empty after. */
void store_unmap(struct flash_view *view);

/* Removes every file of a directory but these, and those whose names begin with a dot. */
void store_keep(int dir_fd, const char *const *names, size_t count);

#endif
