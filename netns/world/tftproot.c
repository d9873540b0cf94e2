/* tftproot.c - what the TFTP server serves: the user's files, and the call manager's part.
 *
 * An overlay of symbolic links, made in an empty folder: nothing of the user's is changed, nor
 * copied but for what the fleet file wants damaged. Configuration files are created exclusively and
 * after the links, so a file of the user's (or a link to it) stands where it has the same name.
 */
#include "netns/world/tftproot.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/tftpkeys.h"
#include "netns/plan/own.h"
#include "netns/plan/sight.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSLOG_PORT 514

static int link_one(const char *firmware, const char *name, int dir)
{
    char *target;
    if (asprintf(&target, "%s/%s", firmware, name) < 0)
        return -ENOMEM;
    int rc = symlinkat(target, dir, name) < 0 ? -errno : 0;
    free(target);
    return rc < 0 ? say_errno(-rc, "cannot link %s into the TFTP root", name) : 0;
}

/* Where the payload of a signed file begins: such a file says so in its first ten bytes. 0 for
 * what begins otherwise. */
static off_t payload_of(const uint8_t head[10], off_t size)
{
    static const uint8_t signed_file[] = {1, 0, 2, 1, 1, 2, 0, 2};
    off_t envelope = head[8] << 8 | head[9];
    return memcmp(head, signed_file, sizeof signed_file) == 0 && envelope < size ? envelope : 0;
}

/* Flips the lowest bit of the payload's middle byte. */
static int spoil(int fd)
{
    uint8_t head[10] = {0}, byte;
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size == 0 || pread(fd, head, sizeof head, 0) < 0)
        return -EINVAL;
    off_t payload = payload_of(head, st.st_size), at = payload + (st.st_size - payload) / 2;
    if (pread(fd, &byte, 1, at) != 1)
        return -errno;
    byte ^= 1; /* in place: it needs no more room */
    return pwrite(fd, &byte, 1, at) == 1 ? 0 : -errno;
}

static int copy(int from, int to)
{
    char block[65536];
    ssize_t len;
    while ((len = read(from, block, sizeof block)) > 0) {
        ssize_t written = write(to, block, (size_t)len);
        if (written != len)
            return written < 0 ? -errno : -ENOSPC;
    }
    return len < 0 ? -errno : 0;
}

/* A copy of a file, damaged. */
static int damage_one(const char *firmware, const char *name, int dir)
{
    char *path;
    if (asprintf(&path, "%s/%s", firmware, name) < 0)
        return -ENOMEM;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int rc = from < 0 || to < 0 ? -errno : copy(from, to);
    if (rc == 0)
        rc = spoil(to);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    free(path);
    return rc < 0 ? say_errno(-rc, "cannot make a damaged copy of %s", name) : 0;
}

/* Whether a server may give it away that runs as a user of its own, which ours here does not need
 * to: what a real one would refuse is left out. */
static bool is_given(const struct fleet *fleet, const char *name)
{
    struct sight s;
    sight_of(fleet->firmware, name, &s);
    return s.kind == SIGHT_FILE || s.kind == SIGHT_FOLDER;
}

/* Of one entry of the firmware folder: a link, nothing, or a damaged copy. */
static int serve_one(const struct fleet *fleet, const char *name, int dir)
{
    if (!is_given(fleet, name) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        tftp_matches(&fleet->without, name))
        return 0;
    bool damaged = tftp_matches(&fleet->damage, name);
    return (damaged ? damage_one : link_one)(fleet->firmware, name, dir);
}

/* All entries of the firmware folder, subfolders as a whole. */
static int serve_all(const struct fleet *fleet, int dir)
{
    DIR *from = opendir(fleet->firmware);
    if (!from)
        return say_errno(errno, "cannot read the firmware folder %s", fleet->firmware);
    int rc = 0;
    struct dirent *e;
    while (rc == 0 && (e = readdir(from)))
        rc = serve_one(fleet, e->d_name, dir);
    closedir(from);
    return rc;
}

/* Text of an XML element: the three characters that may not stand there are replaced. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*text, out);
        }
}

/* A member of the group of call managers; without an address it names none. */
static void put_member(FILE *out, size_t priority, uint32_t ip, unsigned port)
{
    fprintf(out,
            "    <member priority=\"%zu\">\n"
            "     <callManager>\n"
            "      <processNodeName>%s</processNodeName>\n"
            "      <ports>\n"
            "       <ethernetPhonePort>%u</ethernetPhonePort>\n"
            "      </ports>\n"
            "     </callManager>\n"
            "    </member>\n",
            priority, ip ? inet_ntoa((struct in_addr){.s_addr = ip}) : "", port);
}

/* With nobody to register with, the group has a member all the same: what a phone fetches before
 * its upgrade is as long then. */
static void put_managers(FILE *out, const struct fleet_manager *managers)
{
    fputs(" <devicePool>\n"
          "  <callManagerGroup>\n"
          "   <members>\n",
          out);
    for (size_t i = 0; i < managers->count; i++)
        put_member(out, i, managers->address[i], managers->port);
    if (managers->count == 0)
        put_member(out, 0, 0, managers->port);
    fputs("   </members>\n"
          "  </callManagerGroup>\n"
          " </devicePool>\n",
          out);
}

/* The elements a phone reads, in the nesting a call manager writes them. */
void tftproot_config(FILE *out, const struct plan_phone *phone,
                     const struct fleet_manager *managers)
{
    const char *load = plan_asked(phone);
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<device>\n"
            " <deviceProtocol>%s</deviceProtocol>\n",
            load_protocol_names[load_protocol(*load ? load : phone->running)]);
    put_managers(out, managers);
    fputs(" <vendorConfig>\n"
          "  <webAccess>0</webAccess>\n",
          out);
    if (phone->pfs != TRI_UNSET)
        fprintf(out, "  <peerFirmwareSharing>%d</peerFirmwareSharing>\n", phone->pfs == TRI_ON);
    if (phone->load_server)
        fprintf(out, "  <loadServer>%s</loadServer>\n",
                inet_ntoa((struct in_addr){.s_addr = phone->load_server}));
    unsigned port = phone->log_server.port ? phone->log_server.port : SYSLOG_PORT;
    if (phone->log_server.ip)
        fprintf(out, "  <logServer>%s:%u</logServer>\n",
                inet_ntoa((struct in_addr){.s_addr = phone->log_server.ip}), port);
    fputs(" </vendorConfig>\n <loadInformation>", out);
    put_text(out, load);
    fputs("</loadInformation>\n</device>\n", out);
}

/* 0 or -EEXIST, or another negative errno after a message. */
static int config_write(const struct plan *plan, const struct plan_phone *phone, int dir,
                        const char *name)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno == EEXIST ? -EEXIST : say_errno(errno, "cannot write %s", name);
    FILE *out = fdopen(fd, "w");
    if (!out) {
        close(fd);
        return say_errno(ENOMEM, "cannot write %s", name);
    }
    tftproot_config(out, phone, &plan->fleet->manager);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed)
        return say_errno(errno ? errno : EIO, "cannot write %s", name);
    return 0;
}

static int config_replace(const struct plan *plan, const struct plan_phone *phone, int dir)
{
    char name[OWN_NAME], made[OWN_NAME + 1];
    struct stat st;
    own_name(phone, name);
    snprintf(made, sizeof made, ".%s", name);
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        return -EEXIST;
    unlinkat(dir, made, 0); /* of an attempt that was cut off */
    int rc = config_write(plan, phone, dir, made);
    if (rc == 0 && renameat(dir, made, dir, name) != 0)
        rc = say_errno(errno, "cannot replace %s", name);
    return rc;
}

static int root_open(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? say_errno(errno, "cannot open the TFTP root %s", dir) : fd;
}

int tftproot_rewrite(const struct plan *plan, const struct plan_phone *phone, const char *dir)
{
    int fd = root_open(dir);
    if (fd < 0)
        return fd;
    int rc = config_replace(plan, phone, fd);
    close(fd);
    return rc;
}

/* A file of the user's stands. */
static int config_make(const struct plan *plan, const struct plan_phone *phone, int dir)
{
    char name[OWN_NAME];
    int rc = phone->config == CONFIG_WRITTEN
                 ? config_write(plan, phone, dir, own_name(phone, name)) : 0;
    return rc == -EEXIST ? 0 : rc;
}

int tftproot_make(const struct plan *plan, const char *dir)
{
    if (mkdir(dir, 0755) < 0 && errno != EEXIST)
        return say_errno(errno, "cannot create the TFTP root %s", dir);
    int fd = root_open(dir);
    if (fd < 0)
        return fd;
    int rc = serve_all(plan->fleet, fd);
    for (size_t i = 0; rc == 0 && i < plan->count; i++)
        rc = config_make(plan, &plan->phones[i], fd);
    close(fd);
    return rc;
}
