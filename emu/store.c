/* store.c - see store.h. */
#include "emu/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names --------------------------------------------------------------------------- */

bool store_name_valid(const char *name)
{
    size_t len = strnlen(name, NAME_MAX_LEN);
    return len > 0 && len < NAME_MAX_LEN && name[0] != '.' && !strpbrk(name, "/@");
}

void store_name(char out[STORE_NAME], const char *name, const uint8_t *digest)
{
    int at = snprintf(out, STORE_NAME, "%s@", name);
    for (int i = 0; i < DIGEST_LEN; i++)
        at += snprintf(out + at, (size_t)(STORE_NAME - at), "%02x", digest[i]);
}

int store_last(int store, const char *name, uint8_t digest[DIGEST_LEN])
{
    char target[STORE_NAME];
    size_t skip = strlen(name) + 1;
    ssize_t len = readlinkat(store, name, target, sizeof target);
    if (len < 0)
        return -errno;
    if ((size_t)len != skip + 2 * DIGEST_LEN)
        return -EINVAL;
    target[len] = '\0';
    for (int i = 0; i < DIGEST_LEN; i++)
        if (sscanf(target + skip + 2 * i, "%2hhx", &digest[i]) != 1)
            return -EINVAL;
    return 0;
}

bool store_same_file(int dir_a, const char *a, int dir_b, const char *b)
{
    struct stat x, y;
    return fstatat(dir_a, a, &x, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstatat(dir_b, b, &y, AT_SYMLINK_NOFOLLOW) == 0 && x.st_ino == y.st_ino &&
           x.st_dev == y.st_dev;
}

/* ---- mappings ------------------------------------------------------------------------ */

int store_map_fd(int fd, struct flash_view *view)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EINVAL;
    size_t len = (size_t)st.st_size;
    const void *data = ""; /* nothing to map in an empty file */
    if (len)
        data = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED)
        return -errno;
    view->data = data;
    view->len = len;
    return 0;
}

int store_map(int dir, const char *name, struct flash_view *view)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    int error = store_map_fd(fd, view);
    close(fd);
    return error;
}

void store_unmap(struct flash_view *view)
{
    if (view->data && view->len)
        munmap((void *)view->data, view->len);
    *view = (struct flash_view){0};
}

static bool among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

void store_keep(int dir_fd, const char *const *names, size_t count)
{
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (store_name_valid(e->d_name) && !among(e->d_name, names, count))
            unlinkat(dir_fd, e->d_name, 0);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
}
