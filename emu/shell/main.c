/* main.c - one phone's process: what its arguments are about, then loop.c takes over.
 */
#include "emu/inspected.h"
#include "emu/shell/arguments.h"
#include "emu/shell/inspect.h"
#include "emu/shell/loop.h"
#include "emu/shell/sock.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_MAX 65536

static void require_identity(const struct arguments *a)
{
    const struct phone_identity *id = &a->setup.id;
    const struct {
        const char *option;
        bool given;
    } needed[] = {
        {PHONE_OPT_NAME, *id->name},       {PHONE_OPT_MODEL, id->model},
        {PHONE_OPT_ADDRESS, id->ip || id->dhcp}, {PHONE_OPT_TFTP, id->tftp_ip || id->dhcp},
        {PHONE_OPT_DHCP_FD, !id->dhcp || a->setup.dhcp_fd >= 0},
        {PHONE_OPT_RUNNING, *id->running || id->factory_reset},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!needed[i].given)
            errx(PHONE_EXIT_USAGE, "--%s is needed (see --help)", needed[i].option);
}

static struct auth_key *read_key(int fd)
{
    char *pem = malloc(KEY_MAX);
    ssize_t len = pem ? pread(fd, pem, KEY_MAX, 0) : -1;
    struct auth_key *key = len > 0 ? auth_key_parse(pem, (size_t)len) : NULL;
    free(pem);
    if (!key)
        errx(PHONE_EXIT_USAGE, "--%s %d: takes the PEM of an RSA key (PKCS#1), public or private",
             PHONE_OPT_KEY_FD, fd);
    return key;
}

static struct auth_key *settle_authentication(struct arguments *a)
{
    struct auth_key *key = a->key_fd >= 0 ? read_key(a->key_fd) : NULL;
    if (a->authentication == AUTH_SIGNATURE && !key)
        errx(PHONE_EXIT_USAGE, "--%s signature needs --%s", PHONE_OPT_AUTH, PHONE_OPT_KEY_FD);
    if (a->authentication == KEY_AUTH_UNSET)
        a->authentication = key ? AUTH_SIGNATURE : AUTH_STRUCTURE;
    a->setup.id.authentication = (enum auth_level)a->authentication;
    a->setup.id.key = key;
    return key;
}

/* Alone, the flash is the working directory: locked, lest a second phone writes into it. */
static void open_flash(struct setup *s)
{
    if (s->flash_fd < 0) {
        s->flash_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (s->flash_fd < 0)
            err(PHONE_EXIT_HOST, "cannot open the working directory as flash");
        if (flock(s->flash_fd, LOCK_EX | LOCK_NB) < 0)
            errx(PHONE_EXIT_HOST, "the working directory is the flash of another running phone: "
                                  "give each phone its own");
    }
    s->store_way = "../.store/";
    if (s->store_fd >= 0)
        return;
    s->store_way = ".store/";
    mkdirat(s->flash_fd, ".store", 0755);
    s->store_fd = openat(s->flash_fd, ".store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->store_fd < 0)
        err(PHONE_EXIT_HOST, "cannot make .store in the flash");
}

int main(int argc, char **argv)
{
    struct arguments a = {.key_fd = -1,
                          .authentication = KEY_AUTH_UNSET,
                          .setup = {.speed = 1, .seed = 1, .log_fd = STDOUT_FILENO, .page_fd = -1,
                                    .control_fd = -1, .ready_fd = -1, .clock_fd = -1,
                                    .hands_fd = -1, .call_fd = -1, .status_fd = -1,
                                    .events_fd = -1, .flash_fd = -1, .store_fd = -1, .dhcp_fd = -1,
                                    .frame_fd = {-1, -1, -1}}};
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails, which is noticed */
    arguments_parse(&a, argc, argv);
    if (a.table) {
        a.table(stdout);
        return fflush(stdout) == 0 ? PHONE_EXIT_OK : PHONE_EXIT_HOST;
    }
    if (a.inspect) {
        struct auth_key *key = a.key_fd >= 0 ? read_key(a.key_fd) : NULL;
        int code = inspect_files(a.files, (size_t)a.file_count, key, a.setup.id.running);
        auth_key_free(key);
        return code;
    }
    for (unsigned kind = 0; kind < FRAME_KIND_COUNT; kind++)
        a.setup.id.frames |= a.setup.frame_fd[kind] >= 0 ? 1u << kind : 0;
    require_identity(&a);
    struct auth_key *key = settle_authentication(&a);
    if (!a.setup.id.dhcp && !sock_is_local(a.setup.id.ip))
        errx(PHONE_EXIT_HOST, "--%s: no interface here has that address", PHONE_OPT_ADDRESS);
    open_flash(&a.setup);
    int code = loop_run(&a.setup);
    auth_key_free(key);
    return code;
}
