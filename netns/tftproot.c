/* tftproot.c - what the TFTP server serves: the user's files, and the call manager's part.
 *
 * An overlay of symbolic links, made in an empty folder: nothing of the user's is copied or
 * changed. Configuration files are created exclusively and after the links, so a file of the user's
 * (or a link to it) stands where it has the same name.
 */
#include "netns/say.h"
#include "netns/world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int link_one(const char *firmware, const char *name, int dir)
{
    char *target;
    if (asprintf(&target, "%s/%s", firmware, name) < 0)
        return -ENOMEM;
    int rc = symlinkat(target, dir, name) < 0 ? -errno : 0;
    free(target);
    return rc < 0 ? say_errno(-rc, "cannot link %s into the TFTP root", name) : 0;
}

/* Links to all entries of the firmware folder, subfolders as a whole. */
static int link_all(const char *firmware, int dir)
{
    DIR *from = opendir(firmware);
    if (!from)
        return say_errno(errno, "cannot read the firmware folder %s", firmware);
    int rc = 0;
    struct dirent *e;
    while (rc == 0 && (e = readdir(from)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            rc = link_one(firmware, e->d_name, dir);
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

/* The elements a phone reads, in the nesting a call manager writes them. */
void tftproot_config(FILE *out, const struct plan_phone *phone)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<device>\n"
          " <deviceProtocol>SCCP</deviceProtocol>\n"
          " <devicePool>\n"
          "  <callManagerGroup>\n"
          "   <members>\n"
          "    <member priority=\"0\">\n"
          "     <callManager>\n"
          "      <processNodeName>" WORLD_SERVER_IP "</processNodeName>\n"
          "      <ports>\n"
          "       <ethernetPhonePort>2000</ethernetPhonePort>\n"
          "      </ports>\n"
          "     </callManager>\n"
          "    </member>\n"
          "   </members>\n"
          "  </callManagerGroup>\n"
          " </devicePool>\n"
          " <vendorConfig>\n"
          "  <webAccess>0</webAccess>\n",
          out);
    if (phone->pfs != TRI_UNSET)
        fprintf(out, "  <peerFirmwareSharing>%d</peerFirmwareSharing>\n", phone->pfs == TRI_ON);
    fputs(" </vendorConfig>\n <loadInformation>", out);
    put_text(out, phone->load);
    fputs("</loadInformation>\n</device>\n", out);
}

#define CONFIG_NAME 32

/* 0 or -EEXIST, or another negative errno after a message. */
static int config_write(const struct plan_phone *phone, int dir, const char *name)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno == EEXIST ? -EEXIST : say_errno(errno, "cannot write %s", name);
    FILE *out = fdopen(fd, "w");
    if (!out) {
        close(fd);
        return say_errno(ENOMEM, "cannot write %s", name);
    }
    tftproot_config(out, phone);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed)
        return say_errno(errno ? errno : EIO, "cannot write %s", name);
    return 0;
}

static int config_replace(const struct plan_phone *phone, int dir)
{
    char name[CONFIG_NAME], made[CONFIG_NAME + 1];
    struct stat st;
    snprintf(name, sizeof name, "%s.cnf.xml", phone->name);
    snprintf(made, sizeof made, ".%s", name);
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        return -EEXIST;
    unlinkat(dir, made, 0); /* of an attempt that was cut off */
    int rc = config_write(phone, dir, made);
    if (rc == 0 && renameat(dir, made, dir, name) != 0)
        rc = say_errno(errno, "cannot replace %s", name);
    return rc;
}

static int root_open(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? say_errno(errno, "cannot open the TFTP root %s", dir) : fd;
}

int tftproot_rewrite(const struct plan_phone *phone, const char *dir)
{
    int fd = root_open(dir);
    if (fd < 0)
        return fd;
    int rc = config_replace(phone, fd);
    close(fd);
    return rc;
}

/* A file of the user's stands. */
static int config_make(const struct plan_phone *phone, int dir)
{
    char name[CONFIG_NAME];
    snprintf(name, sizeof name, "%s.cnf.xml", phone->name);
    int rc = config_write(phone, dir, name);
    return rc == -EEXIST ? 0 : rc;
}

int tftproot_make(const struct plan *plan, const char *dir)
{
    if (mkdir(dir, 0755) < 0 && errno != EEXIST)
        return say_errno(errno, "cannot create the TFTP root %s", dir);
    int fd = root_open(dir);
    if (fd < 0)
        return fd;
    int rc = link_all(plan->fleet->firmware, fd);
    for (size_t i = 0; rc == 0 && i < plan->count; i++)
        rc = config_make(&plan->phones[i], fd);
    close(fd);
    return rc;
}
