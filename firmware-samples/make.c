/* make.c - makes loads and writes their files. */
#include "firmware-samples/make.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool already_there(const struct maker *m, const char *name, const struct image *image)
{
    struct stat st;
    int fd = openat(m->dir, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool same = false;
    if (fstat(fd, &st) == 0 && (size_t)st.st_size == image->len) {
        void *old = mmap(NULL, image->len, PROT_READ, MAP_PRIVATE, fd, 0);
        same = old != MAP_FAILED && memcmp(old, image->data, image->len) == 0;
        if (old != MAP_FAILED)
            munmap(old, image->len);
    }
    close(fd);
    return same;
}

static void write_all(const struct maker *m, int fd, const char *name, const struct image *image)
{
    for (size_t done = 0; done < image->len;) {
        ssize_t n = write(fd, image->data + done, image->len - done);
        if (n < 0)
            err(1, "cannot write %s/%s", m->out, name);
        done += (size_t)n;
    }
}

size_t write_image(const struct maker *m, const char *name, struct image image)
{
    if (!already_there(m, name, &image)) {
        char part[NAME_MAX_LEN + 32]; /* hidden until whole */
        snprintf(part, sizeof part, ".%s.%d", name, (int)getpid());
        int fd = openat(m->dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0)
            err(1, "cannot write %s/%s", m->out, part);
        write_all(m, fd, name, &image);
        if (close(fd) != 0 || renameat(m->dir, part, m->dir, name) != 0)
            err(1, "cannot write %s/%s", m->out, name);
    }
    free(image.data);
    return image.len;
}

static size_t make_file(const struct maker *m, const char *name, struct image image)
{
    signer_sign(m->signer, image.data, image.len);
    return write_image(m, name, image);
}

void make_load(const struct maker *m, const struct load *load, const char *list_name)
{
    const struct family *family = family_of(load->name);
    struct seal seal = {m->signer, family->hash, family->signer, load->timestamp};
    char names[COMPONENTS_MAX][NAME_MAX_LEN], list[NAME_MAX_LEN + 8];
    const char *listed[COMPONENTS_MAX];
    size_t bytes = 0;
    for (size_t i = 0; i < family->component_count; i++) {
        if (!component_name(family, i, load->label, names[i]))
            errx(2, "%s: the names of its components would be too long", load->name);
        listed[i] = names[i];
        bytes += make_file(m, names[i],
                           component_image(&seal, names[i], names[i], family->components[i].form,
                                           load->size[i] / m->scale));
    }
    /* The list comes last: who sees it finds what it names. */
    snprintf(list, sizeof list, "%s.loads", list_name);
    size_t list_bytes = make_file(m, list,
                                  list_image(&seal, list, load->label, family->list, listed,
                                             family->component_count));
    printf("%-28s %4zu bytes, %zu components, %zu bytes\n", list, list_bytes,
           family->component_count, bytes);
}
