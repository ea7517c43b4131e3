/* Somebody would be told "busy", or wait for seconds, while another session imports. */
#include "tests/unit/directory.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/internal.h"

struct shared { _Atomic long turns, inside, broken; _Atomic int stop; };

static struct shared *share(void)
{
    void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_ptr_not_equal(p, MAP_FAILED);
    return p;
}

static void wait_child(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void one_at_a_time_and_for_a_while(void **state)
{
    struct directory *d = *state;
    struct gate mine, theirs;
    struct err e = {0};
    int64_t began;

    ASSERT_OK(gate_open(&mine, d->path, err));
    ASSERT_OK(gate_open(&theirs, d->path, err));
    ASSERT_OK(gate_enter(&mine, 0, err));
    began = clock_monotonic_ms();
    assert_int_equal(gate_enter(&theirs, 150, &e), RC_BUSY);
    assert_in_range(clock_monotonic_ms() - began, 140, 3000);
    assert_true(e.text[0]);
    gate_leave(&mine);
    ASSERT_OK(gate_enter(&theirs, 0, err));
    gate_close(&theirs);            /* closing is leaving: a killed holder frees it too */
    ASSERT_OK(gate_enter(&mine, 0, err));
    gate_close(&mine);
}

static void free_once_the_holder_is_killed(void **state)
{
    struct directory *d = *state;
    struct gate gate;
    int pipes[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe(pipes), 0);
    if ((pid = fork()) == 0) {
        if (gate_open(&gate, d->path, NULL) == RC_OK && gate_enter(&gate, 0, NULL) == RC_OK)
            (void)!write(pipes[1], "x", 1);
        pause();
        _exit(1);
    }
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    ASSERT_OK(gate_open(&gate, d->path, err));
    assert_int_equal(gate_enter(&gate, 0, NULL), RC_BUSY);
    kill(pid, SIGKILL);
    ASSERT_OK(gate_enter(&gate, 3000, err));
    waitpid(pid, NULL, 0);
    gate_close(&gate);
}

/* One that takes the gate again as soon as it left it, as an import does. */
static void importer(const char *dir, struct shared *s)
{
    struct gate gate;
    int64_t until;

    if (gate_open(&gate, dir, NULL) != RC_OK)
        _exit(1);
    while (!s->stop) {
        if (gate_enter(&gate, 5000, NULL) != RC_OK)
            _exit(2);
        s->turns++;
        for (until = clock_monotonic_ms() + 2; clock_monotonic_ms() < until; )
            ;
        gate_leave(&gate);
    }
    _exit(0);
}

static void no_one_is_passed_over(void **state)
{
    struct directory *d = *state;
    struct shared *s = share();
    struct gate gate;
    long before, worst = 0;
    pid_t pid;

    if ((pid = fork()) == 0)
        importer(d->path, s);
    ASSERT_OK(gate_open(&gate, d->path, err));
    while (s->turns < 5)
        ;
    for (int i = 0; i < 50; i++) {
        before = s->turns;
        ASSERT_OK(gate_enter(&gate, 5000, err));
        if (s->turns - before > worst)
            worst = s->turns - before;
        gate_leave(&gate);
    }
    s->stop = 1;
    wait_child(pid);
    /* The turn it is in, one it got before we had joined the queue, and one for the scheduler. */
    assert_in_range(worst, 0, 3);
    gate_close(&gate);
}

static void writer(struct directory *d, int number)
{
    struct grant grant = directory_grant("import", "");
    struct store *st;
    char json[128];

    if (store_open(d->path, 0, &st, NULL) != RC_OK)
        _exit(1);
    for (int i = 0; i < 40; i++) {
        struct doc *doc;

        snprintf(json, sizeof json, "{\"resourceType\":\"Basic\",\"id\":\"w%d-%d\",\"code\":{\"text\":\"x\"}}", number, i);
        if (doc_parse(json, strlen(json), &doc, NULL) != RC_OK || store_put(st, &grant, doc, NULL) != RC_OK)
            _exit(2);
        doc_free(doc);
    }
    store_close(st);
    _exit(0);
}

static void many_writers_no_busy(void **state)
{
    struct directory *d = *state;
    pid_t pid[6];

    store_close(d->st);         /* no connection may cross a fork */
    for (int i = 0; i < 6; i++)
        if ((pid[i] = fork()) == 0)
            writer(d, i);
    for (int i = 0; i < 6; i++)
        wait_child(pid[i]);
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource WHERE type = 'Basic'"), 240);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox"), 240);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE writes = 1"), 240);
    ASSERT_OK(store_check(d->st, true, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(one_at_a_time_and_for_a_while), DIRECTORY_TEST(free_once_the_holder_is_killed),
        DIRECTORY_TEST(no_one_is_passed_over), DIRECTORY_TEST(many_writers_no_busy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
