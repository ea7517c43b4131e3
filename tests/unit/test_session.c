/* If this breaks, somebody else's terminal is signed in, or a guesser is not slowed down. */
#include "tests/unit/accounts.h"

#include <fcntl.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "access/authz.h"
#include "access/session_file.h"
#include "access/throttle.h"
#include "access/turn.h"

#define WRONG "this is not the password"

/* A directory with one clerk, and a runtime folder of its own. */
static int clerk_setup(void **state)
{
    static char runtime[64];

    strcpy(runtime, "/tmp/frontdesk-run-XXXXXX");
    if (!mkdtemp(runtime) || directory_setup(state) != 0)
        return -1;
    setenv("XDG_RUNTIME_DIR", runtime, 1);
    accounts_add(*state, "staff-c", "clerk", ROLE_FRONT_DESK, accounts_hash());
    return 0;
}

static int clerk_teardown(void **state)
{
    nftw(getenv("XDG_RUNTIME_DIR"), directory_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return directory_teardown(state);
}

static void sign_in(struct directory *d, struct session *s, int idle_s)
{
    *s = (struct session){.origin = ORIGIN_CLI};
    ASSERT_OK(session_open(d->st, "Clerk", PASSWORD, idle_s, s, err));
    assert_int_equal(directory_number(d, "SELECT origin FROM audit ORDER BY seq DESC LIMIT 1"), ORIGIN_CLI);
    ASSERT_OK(session_save(s, store_dir(d->st), err));
}

static int64_t events(struct directory *d, const char *action, int outcome)
{
    static const char sql[] = "SELECT count(*) FROM audit WHERE action = ?1 AND outcome = ?2 AND category = 'session'";
    struct query *q = query_open(d->st, sql);
    int64_t n;

    query_bind(q, 1, action);
    query_bind_int(q, 2, outcome);
    n = query_next(q) ? query_int(q, 0) : -1;
    query_end(q, NULL);
    return n;
}

static void opens_for_the_right_password_only(void **state)
{
    struct directory *d = *state;
    struct session s = {0};

    ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", WRONG, 900, &s, err));
    assert_string_equal(s.staff.id, "");
    ASSERT_RC(RC_DENIED, session_open(d->st, "stranger", PASSWORD, 900, &s, err));
    ASSERT_OK(session_open(d->st, "CLERK", PASSWORD, 900, &s, err));
    assert_string_equal(s.staff.id, "staff-c");
    assert_int_equal(strlen(s.sid), 64);
    assert_string_not_equal(s.sid, s.token);    /* the database has the hash only */
    assert_int_equal(directory_number(d, "SELECT failures FROM staff"), 0);
    assert_int_equal(events(d, "login", 0), 1);
    assert_int_equal(events(d, "login", 4), 2);
    session_done(&s);
}

/* Who listens at the door must not learn which names exist. */
static void says_the_same_for_no_name_wrong_password_and_disabled(void **state)
{
    struct directory *d = *state;
    struct session s = {0};
    struct err a = {0}, b = {0}, c = {0};

    session_open(d->st, "stranger", WRONG, 900, &s, &a);
    session_open(d->st, "clerk", WRONG, 900, &s, &b);
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "UPDATE staff SET disabled = '2026-01-01T00:00:00.000Z'", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    assert_int_equal(session_open(d->st, "clerk", PASSWORD, 900, &s, &c), RC_DENIED);
    assert_string_equal(a.text, b.text);
    assert_string_equal(a.text, c.text);
}

static void waits_grow(void **state)
{
    static const int waits[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};

    (void)state;
    for (int i = 0; i < (int)(sizeof waits / sizeof *waits); i++)
        assert_int_equal(throttle_wait_s(i), waits[i]);
    assert_int_equal(throttle_wait_s(1000000), 900);
    ASSERT_OK(throttle_check(&(struct throttle){4, 5000}, 5000, err));
    ASSERT_RC(RC_DENIED, throttle_check(&(struct throttle){4, 5000}, 4999, err));
    ASSERT_RC(RC_DENIED, throttle_check(&(struct throttle){100, 0}, 5000, err));
    ASSERT_OK(throttle_check(&(struct throttle){99, 0}, 5000, err));
    /* The clock was set back a day: the wait is 8 s, not a day. */
    struct err far = {0};
    throttle_check(&(struct throttle){7, 86400000}, 0, &far);
    assert_non_null(strstr(far.text, " 8 seconds"));
}

static void guesses_are_slowed(void **state)
{
    struct directory *d = *state;
    struct session s = {0};

    for (int i = 0; i < 4; i++)
        ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", WRONG, 900, &s, err));
    ASSERT_OK(store_begin(d->st, err));     /* far enough that a slow machine is still waiting */
    ASSERT_OK(query_run(d->st, err, "UPDATE staff SET failures = 9, wait_until = 0", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", WRONG, 900, &s, err));
    ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", PASSWORD, 900, &s, err));     /* not even the right one */
    assert_int_equal(directory_number(d, "SELECT failures FROM staff"), 10);        /* waiting is not counted again */
    clock_set_now("2026-11-23T08:17");
    ASSERT_OK(session_open(d->st, "clerk", PASSWORD, 900, &s, err));
    assert_int_equal(directory_number(d, "SELECT failures + wait_until FROM staff"), 0);
    session_done(&s);
}

static void a_later_command_finds_the_session(void **state)
{
    struct directory *d = *state;
    struct session s, again;
    struct grant grant;

    sign_in(d, &s, 900);
    ASSERT_OK(session_resume(d->st, &again, err));
    assert_string_equal(again.sid, s.sid);
    assert_string_equal(again.token, "");
    assert_string_equal(again.staff.name, "clerk");
    assert_int_equal(again.origin, ORIGIN_CLI);
    ASSERT_OK(authz(d->st, &again, PERM_TASK, "task add", "task", NULL, &grant, err));
    ASSERT_OK(session_close(d->st, &again, err));
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    ASSERT_RC(RC_DENIED, authz(d->st, &s, PERM_TASK, "task add", "task", NULL, &grant, err));  /* everywhere */
    ASSERT_RC(RC_DENIED, session_touch(d->st, &s, err));
    assert_int_equal(events(d, "logout", 0), 1);
    session_done(&s);
}

/* In a patient's hands: nothing of the desk is allowed but that person's form, whatever a screen may let through. */
static void a_patients_hands_may_one_form_only(void **state)
{
    struct directory *d = *state;
    struct session s;
    struct grant grant;

    sign_in(d, &s, 900);
    ASSERT_OK(session_hand_over(d->st, &s, "p1", err));
    for (int p = 0; p < PERM_COUNT; p++) {
        if (p == PERM_ANYONE || p == PERM_INTAKE)
            ASSERT_OK(authz(d->st, &s, (enum permission)p, "x", "x", "p1", &grant, err));
        else
            ASSERT_RC(RC_DENIED, authz(d->st, &s, (enum permission)p, "x", "x", "p1", &grant, err));
    }
    ASSERT_RC(RC_DENIED, authz(d->st, &s, PERM_INTAKE, "intake", "form", "p2", &grant, err));
    ASSERT_RC(RC_DENIED, authz(d->st, &s, PERM_INTAKE, "intake", "form", NULL, &grant, err));
    ASSERT_OK(session_take_back(d->st, &s, err));
    ASSERT_OK(authz(d->st, &s, PERM_TASK, "task add", "task", NULL, &grant, err));
    assert_int_equal(events(d, "kiosk", 0), 2);
    session_done(&s);
}

/* Killed while it is in a patient's hands: neither the kept token nor the session in the database opens the desk. */
static void a_handed_session_is_not_taken_up(void **state)
{
    struct directory *d = *state;
    struct session s, again;

    sign_in(d, &s, 900);
    ASSERT_OK(session_hand_over(d->st, &s, "p1", err));
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));       /* the token is gone */
    ASSERT_OK(session_save(&s, store_dir(d->st), err));
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));       /* and would not help */
    ASSERT_RC(RC_DENIED, session_touch(d->st, &s, err));            /* it has ended everywhere */
    session_done(&s);
}

static void another_terminal_session_does_not(void **state)
{
    struct directory *d = *state;
    struct session s;
    int status;
    pid_t child;

    sign_in(d, &s, 900);
    child = fork();
    if (child == 0) {       /* only the file is looked at: a connection is never used over a fork */
        char token[72];
        struct err err;

        setsid();
        _exit(session_file_read(d->path, token, sizeof token, &err) == RC_NOT_FOUND ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    session_done(&s);
}

static void idle_sessions_end(void **state)
{
    struct directory *d = *state;
    struct session s, again;

    sign_in(d, &s, 600);
    session_done(&s);
    clock_set_now("2026-11-23T08:23");
    ASSERT_OK(session_resume(d->st, &again, err));      /* nine minutes: counts as an act */
    session_done(&again);
    clock_set_now("2026-11-23T08:32");
    ASSERT_OK(session_resume(d->st, &again, err));
    session_done(&again);
    clock_set_now("2026-11-23T08:43");
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    clock_set_now("2026-11-23T08:33");                  /* the clock set back does not open it again */
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'logout' AND detail = 'idle'"), 1);
}

static void nobody_works_more_than_twelve_hours(void **state)
{
    struct directory *d = *state;
    struct session s, again;

    sign_in(d, &s, 86400);
    session_done(&s);
    clock_set_now("2026-11-23T20:13");
    ASSERT_OK(session_resume(d->st, &again, err));
    session_done(&again);
    clock_set_now("2026-11-23T20:16");
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
}

/* A clock set back must not make a session last for ever. */
static void a_clock_set_back_ends_it(void **state)
{
    struct directory *d = *state;
    struct session s, again;

    sign_in(d, &s, 600);
    session_done(&s);
    clock_set_now("2026-11-23T08:11");
    ASSERT_OK(session_resume(d->st, &again, err));      /* put right by three minutes */
    session_done(&again);
    clock_set_now("2026-11-22T08:14");
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    clock_set_now("2026-11-23T08:14");
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
}

static void a_disabled_account_is_out(void **state)
{
    struct directory *d = *state;
    struct grant boss = directory_grant("user disable", "");
    struct session s, again;

    sign_in(d, &s, 900);
    ASSERT_OK(staff_disable(d->st, &boss, "clerk", err));
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    ASSERT_RC(RC_DENIED, session_unlock(d->st, &s, PASSWORD, err));
    session_done(&s);
}

static void unlocks_with_the_same_password(void **state)
{
    struct directory *d = *state;
    struct session s;

    sign_in(d, &s, 900);
    ASSERT_RC(RC_DENIED, session_unlock(d->st, &s, WRONG, err));
    assert_int_equal(directory_number(d, "SELECT failures FROM staff"), 1);
    ASSERT_OK(session_unlock(d->st, &s, PASSWORD, err));
    assert_int_equal(directory_number(d, "SELECT failures FROM staff"), 0);
    assert_int_equal(events(d, "unlock", 0), 1);
    assert_int_equal(events(d, "unlock", 4), 1);
    session_done(&s);
}

static char *kept_file(void)
{
    static char path[512];
    char command[256];
    FILE *found;

    snprintf(command, sizeof command, "find '%s' -type f", getenv("XDG_RUNTIME_DIR"));
    found = popen(command, "r");
    assert_non_null(found);
    path[0] = '\0';
    if (fgets(path, sizeof path, found))
        path[strcspn(path, "\n")] = '\0';
    pclose(found);
    return path;
}

static void the_token_is_private(void **state)
{
    struct directory *d = *state;
    struct session s, again;
    struct stat st;
    char *path;

    sign_in(d, &s, 900);
    path = kept_file();
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM session WHERE sid LIKE '%'"), 1);
    assert_int_equal(chmod(path, 0644), 0);         /* anybody could have read it */
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    ASSERT_RC(RC_DENIED, session_resume(d->st, &again, err));
    session_done(&s);
}

/* A runtime folder others can write to is not used, nor a folder of ours that is a link. */
static void a_strange_folder_is_not_trusted(void **state)
{
    struct directory *d = *state;
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    struct session s;
    char path[128];

    assert_int_equal(chmod(runtime, 0777), 0);
    sign_in(d, &s, 900);
    assert_string_equal(kept_file(), "");           /* it went to the folder under /tmp */
    ASSERT_OK(session_close(d->st, &s, err));
    assert_int_equal(chmod(runtime, 0700), 0);
    snprintf(path, sizeof path, "%s/frontdesk", runtime);
    assert_int_equal(symlink("/tmp", path), 0);
    sign_in(d, &s, 900);
    assert_string_equal(kept_file(), "");
    ASSERT_OK(session_close(d->st, &s, err));
}

static bool turn_is_free(struct directory *d, int i)
{
    char path[128];
    bool is_free;
    int fd;

    snprintf(path, sizeof path, "%s/password.%d", d->path, i);
    fd = open(path, O_RDWR);
    is_free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return is_free;
}

/* Two at once and no more; who signs in gives the turn back. */
static void passwords_take_turns(void **state)
{
    struct directory *d = *state;
    int one = turn_take(d->st), two = turn_take(d->st);
    struct session s = {0};

    assert_true(one >= 0 && two >= 0);
    assert_false(turn_is_free(d, 0));
    assert_false(turn_is_free(d, 1));
    turn_give(one);
    assert_true(turn_is_free(d, 0));
    turn_give(two);
    ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", WRONG, 900, &s, err));
    assert_true(turn_is_free(d, 0) && turn_is_free(d, 1));
}

#define CLERK_TEST(f) cmocka_unit_test_setup_teardown(f, clerk_setup, clerk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLERK_TEST(opens_for_the_right_password_only), CLERK_TEST(says_the_same_for_no_name_wrong_password_and_disabled),
        cmocka_unit_test(waits_grow), CLERK_TEST(guesses_are_slowed), CLERK_TEST(a_later_command_finds_the_session),
        CLERK_TEST(a_patients_hands_may_one_form_only), CLERK_TEST(a_handed_session_is_not_taken_up),
        CLERK_TEST(another_terminal_session_does_not), CLERK_TEST(idle_sessions_end), CLERK_TEST(nobody_works_more_than_twelve_hours),
        CLERK_TEST(a_clock_set_back_ends_it),
        CLERK_TEST(a_disabled_account_is_out), CLERK_TEST(unlocks_with_the_same_password), CLERK_TEST(the_token_is_private),
        CLERK_TEST(a_strange_folder_is_not_trusted), CLERK_TEST(passwords_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
