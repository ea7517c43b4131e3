/* "Saved" was on the screen and after a crash it is not there, or only half of it is. */
#include "tests/unit/directory.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 200 };

/* Two documents an act; the number goes down the pipe only after the commit came back. */
static void put_two(struct store *st, long number)
{
    struct grant grant = directory_grant("contact log", "");
    char json[240];
    struct doc *doc;

    if (store_begin(st, NULL) != RC_OK)
        _exit(2);
    for (char half = 'a'; half <= 'b'; half++) {
        snprintf(json, sizeof json, "{\"resourceType\":\"Condition\",\"id\":\"n%ld%c\",\"subject\":{\"reference\":\"Patient/p1\"},\"code\":{\"text\":\"x\"}}", number, half);
        if (doc_parse(json, strlen(json), &doc, NULL) != RC_OK || store_put(st, &grant, doc, NULL) != RC_OK)
            _exit(3);
        doc_free(doc);
    }
    if (store_end(st, RC_OK, NULL) != RC_OK)
        _exit(4);
}

static void writer(const char *dir, long number, int acknowledge)
{
    struct store *st;

    if (store_open(dir, STORE_CREATE, &st, NULL) != RC_OK)
        _exit(1);
    for (;; number++) {
        put_two(st, number);
        if (number % 7 == 0)
            store_checkpoint(st, number % 2);
        if (write(acknowledge, &number, sizeof number) != sizeof number)
            _exit(5);
    }
}

/* Random, but the same in every run: a failure can be looked at. */
static unsigned next_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 8;
}

static long now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Start a writer, let it live a while (0: until its first word), kill it. Returns the last number it
 * acknowledged, or first - 1. */
static long one_life(const char *dir, long first, long life_us)
{
    long number, last = first - 1, until;
    int pipes[2], status;
    pid_t pid;

    assert_int_equal(pipe(pipes), 0);
    if ((pid = fork()) == 0) {
        close(pipes[0]);
        writer(dir, first, pipes[1]);
    }
    close(pipes[1]);
    if (life_us == 0 && read(pipes[0], &number, sizeof number) == sizeof number)
        last = number;
    for (until = now_us() + life_us; now_us() < until; )
        ;
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));       /* it did not fail by itself */
    while (read(pipes[0], &number, sizeof number) == sizeof number)
        last = number;
    close(pipes[0]);
    return last;
}

static int64_t ask(struct store *st, const char *sql)
{
    struct query *q = query_open(st, sql);
    int64_t n = query_next(q) ? query_int(q, 0) : -1;

    assert_int_equal(query_end(q, NULL), RC_OK);
    return n;
}

/* Everything acknowledged is there, and of everything there is the whole. */
static void check(const char *dir, long last, bool has_lived)
{
    struct store *st;
    char id[24];
    int64_t rows;

    ASSERT_OK(store_open(dir, STORE_CREATE, &st, err));
    assert_true(!has_lived || store_was_unclean(st));
    for (long n = last; n > 0 && n > last - 50; n--) {
        snprintf(id, sizeof id, "n%ldb", n);
        if (!store_has(st, "Condition", id))
            fail_msg("acknowledged and lost: %s", id);
    }
    rows = ask(st, "SELECT count(*) FROM resource");
    assert_true(rows >= 2 * last);
    assert_int_equal(rows % 2, 0);
    assert_int_equal(ask(st, "SELECT count(*) FROM outbox"), rows);
    assert_int_equal(ask(st, "SELECT count(*) FROM event"), rows);
    assert_int_equal(ask(st, "SELECT coalesce(sum(writes), 0) FROM audit"), rows);
    assert_int_equal(ask(st, "SELECT count(*) FROM resource WHERE act NOT IN (SELECT seq FROM audit)"), 0);
    store_close(st);
}

static void acknowledged_is_kept(void **state)
{
    char dir[] = "/tmp/frontdesk-kill-XXXXXX";
    unsigned random = 20261123;
    long last = 0, seen, committed = 0, longest_us, began;
    struct store *st;

    (void)state;
    assert_non_null(mkdtemp(dir));
    one_life(dir, 1, 0);
    began = now_us();
    one_life(dir, 10, 0);
    longest_us = 3 * (now_us() - began);    /* kills fall into opening and into writing on any machine */
    nftw(dir, directory_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    for (int i = 0; i < KILLS; i++) {
        /* One commit may have come back without its word reaching us: go on after what is there. */
        seen = one_life(dir, committed + 1, 1 + next_random(&random) % longest_us);
        if (seen > last)
            last = seen;
        check(dir, last, seen > committed);
        ASSERT_OK(store_open(dir, 0, &st, err));
        committed = (long)ask(st, "SELECT count(*) / 2 FROM resource");
        if (i == KILLS - 1)
            ASSERT_OK(store_check(st, true, err));
        store_close(st);
    }
    assert_true(last > KILLS / 4);          /* most of them lived long enough to matter */
    for (long n = 1; n <= last; n++) {
        char id[24];

        ASSERT_OK(store_open(dir, 0, &st, err));
        for (long end = n + 1000; n <= last && n < end; n++) {
            snprintf(id, sizeof id, "n%ldb", n);
            assert_true(store_has(st, "Condition", id));
        }
        store_close(st);
    }
    nftw(dir, directory_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(acknowledged_is_kept) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
