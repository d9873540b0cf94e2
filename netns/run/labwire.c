/* labwire.c - see labwire.h. */
#include "netns/run/labwire.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int lab_address(const char *name, struct sockaddr_un *address)
{
    size_t len = strlen(name);
    if (len == 0 || len > LAB_NAME_MAX)
        return -EINVAL;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] < 0x20) /* it stands in a line of /proc/net/unix */
            return -EINVAL;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int path = snprintf(address->sun_path + 1, sizeof address->sun_path - 1, LAB_PREFIX "%s", name);
    return (int)offsetof(struct sockaddr_un, sun_path) + 1 + path;
}

void lab_send(int socket, const char *text, int fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
                          .cmsg_type = SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
    struct iovec part = {.iov_base = (char *)text, .iov_len = strlen(text)};
    struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        msg.msg_control = &control;
        msg.msg_controllen = sizeof control.room;
    }
    sendmsg(socket, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t lab_receive(int socket, char *text, size_t size, int *fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = text, .iov_len = size - 1};
    struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                         .msg_controllen = sizeof control};
    *fd = -1;
    ssize_t len = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
    text[len > 0 ? len : 0] = '\0';
    struct cmsghdr *c = len > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(c), sizeof *fd);
    return len;
}
