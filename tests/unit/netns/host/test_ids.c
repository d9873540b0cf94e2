/* Which users phones run as: free ones, an id each where the host has them. */
#include "netns/host/ids.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#define WHOLE "         0          0 4294967295\n"

static char paths[4][32];
static struct ids_source source;

/* A host of which these are the files; NULL: it has none. */
static void host(const char *uid_map, const char *gid_map, const char *subuid, const char *subgid)
{
    const char *const texts[4] = {uid_map, gid_map, subuid, subgid};
    for (int i = 0; i < 4; i++) {
        snprintf(paths[i], sizeof paths[i], "/tmp/test_ids.XXXXXX");
        int fd = mkstemp(paths[i]);
        if (texts[i] != NULL)
            assert_int_equal(write(fd, texts[i], strlen(texts[i])), strlen(texts[i]));
        else
            unlink(paths[i]);
        close(fd);
    }
    source = (struct ids_source){paths[0], paths[1], paths[2], paths[3]};
}

static void host_ends(void)
{
    for (int i = 0; i < 4; i++)
        unlink(paths[i]);
}

static void assert_chosen(size_t phones, uid_t first, size_t count)
{
    struct ids ids;
    assert_int_equal(ids_choose(&ids, NULL, phones, &source), 0);
    assert_int_equal(ids.first, first);
    assert_int_equal(ids.count, count);
}

/* The first id from there on without an account; test hosts have few. */
static uid_t unused_from(uid_t id, size_t count)
{
    for (size_t n = 0; n < count; n++)
        if (getpwuid(id + (uid_t)n) || getgrgid(id + (uid_t)n))
            return unused_from(id + (uid_t)n + 1, count);
    return id;
}

static void an_id_each(void **state)
{
    (void)state;
    host(WHOLE, WHOLE, "", "");
    assert_chosen(1, 65536, 1);
    assert_chosen(1000, 65536, 1000);
    host_ends();
    host(WHOLE, WHOLE, NULL, NULL);
    assert_chosen(1000, 65536, 1000);
    host_ends();
}

static void what_is_handed_on_is_left_out(void **state)
{
    (void)state;
    host(WHOLE, WHOLE, "alice:65536:500\nbob:100000:65536\n", "carol:70000:10\n");
    assert_chosen(10, 66036, 10);
    assert_chosen(3000, 66036, 3000);
    assert_chosen(4000, 70010, 4000);
    host_ends();
    /* all of it, and of the next stretch as well; accounts by name and by number */
    host(WHOLE, WHOLE, "alice:60000:65536\n", "1000:60000:65536\n");
    assert_chosen(300, unused_from(1, 300), 300);
    host_ends();
}

static void only_what_the_namespace_has(void **state)
{
    (void)state;
    host("0 100000 65536\n", "0 100000 65536\n", "", "");
    assert_chosen(1000, 61184, 1000);
    host_ends();
    host("0 1000 1\n1 100000 65536\n", "0 100 1\n1 100000 65536\n", "", "");
    assert_chosen(1000, 61184, 1000);
    host_ends();
    host("0 0 1\n5000 5000 40\n", "0 0 1\n5000 5000 30\n", "", ""); /* shared evenly */
    assert_chosen(100, 5000, 30);
    host_ends();
    host("0 0 1\n65534 65534 1\n", "0 0 1\n65534 65534 1\n", "", "");
    assert_chosen(100, 65534, 1);
    host_ends();
    host("0 1000 1\n", "0 1000 1\n", "", ""); /* nobody else than the launcher */
    assert_chosen(100, geteuid(), 1);
    host_ends();
}

static int complaint(const char *wanted, size_t phones, char said[256])
{
    struct ids ids;
    int pipes[2], err = dup(2);
    fflush(stderr);
    assert_int_equal(pipe(pipes), 0);
    dup2(pipes[1], 2);
    close(pipes[1]);
    int code = ids_choose(&ids, wanted, phones, &source);
    fflush(stderr);
    dup2(err, 2);
    close(err);
    ssize_t len = read(pipes[0], said, 255);
    said[len > 0 ? len : 0] = '\0';
    close(pipes[0]);
    return code;
}

static void a_wanted_range_is_taken_or_refused_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *why;
    } bad[] = {
        {"", "takes a range of user ids"},      {"70000", "takes a range of user ids"},
        {"70001-70000", "takes a range"},       {"70000-70010x", "takes a range"},
        {"a-b", "takes a range"},               {"0-10", "0 is none that a phone could be"},
        {"65535-65540", "65535 is none"},       {"99990-100010", "100000 is handed on to somebody"},
        {"3000000-3000010", "3000000 is not one of this user namespace"},
        {"4294967294-4294967295", "4294967294 is not one of"},
    };
    char said[256];
    struct ids ids;
    host("0 0 2000000\n", "0 0 2000000\n", "alice:100000:65536\n", "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(complaint(bad[i].wanted, 100, said), 2);
        assert_non_null(strstr(said, bad[i].why));
    }
    const struct passwd *user = getpwnam("daemon");
    if (user != NULL) {
        char wanted[32], why[64];
        snprintf(wanted, sizeof wanted, "%u-%u", user->pw_uid, user->pw_uid);
        snprintf(why, sizeof why, "%u is the user daemon; name others", user->pw_uid);
        assert_int_equal(complaint(wanted, 1, said), 2);
        assert_non_null(strstr(said, why));
    }
    assert_int_equal(ids_choose(&ids, "80000-80009", 25, &source), 0);
    assert_int_equal(ids.first, 80000);
    assert_int_equal(ids.count, 10);
    assert_int_equal(ids_of(&ids, 0), 80000);
    assert_int_equal(ids_of(&ids, 24), 80004);
    assert_int_equal(ids_share(&ids, 25), 3);
    assert_int_equal(ids_choose(&ids, "65534-65534", 25, &source), 0); /* nobody, as said */
    assert_int_equal(ids_of(&ids, 24), 65534);
    /* only those that are needed have to be free */
    assert_int_equal(ids_choose(&ids, "99990-100010", 10, &source), 0);
    host_ends();
}

static void without_a_choice_nobody(void **state)
{
    (void)state;
    const struct ids none = {0};
    assert_int_equal(ids_of(&none, 7), ids_servant());
    assert_int_equal(ids_share(&none, 7), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_each),
        cmocka_unit_test(what_is_handed_on_is_left_out),
        cmocka_unit_test(only_what_the_namespace_has),
        cmocka_unit_test(a_wanted_range_is_taken_or_refused_in_words),
        cmocka_unit_test(without_a_choice_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
