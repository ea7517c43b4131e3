/* other_desk.h - a second desk, a process of its own, that answers in the same draft at the worst moment: after this
 * one has read the draft, before it may write. It holds the gate until this one waits there. */
#ifndef FRONTDESK_TEST_OTHER_DESK_H
#define FRONTDESK_TEST_OTHER_DESK_H

#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/directory.h"

#include "intake/sitting/sitting.h"

struct other_desk { pid_t pid; int asks, tells; };
struct other_answer { char draft[72], path[40], typed[40]; };

static inline void other_desk_live(struct directory *d, int asked, int telling)
{
    struct grant grant = directory_grant("form fill", "p1");
    struct other_answer a;
    struct sitting s;
    enum rc rc;

    if (read(asked, &a, sizeof a) != (ssize_t)sizeof a || store_open(d->path, 0, &d->st, NULL) != RC_OK ||
        store_begin(d->st, NULL) != RC_OK || sitting_resume(d->st, &grant, a.draft, &s, NULL) != RC_OK ||
        form_type_answer(s.form, a.path, a.typed, NULL) != RC_OK)
        _exit(1);
    rc = sitting_save(d->st, &grant, &s, a.path, NULL, NULL);
    if (write(telling, "x", 1) != 1)
        _exit(1);
    while (!store_is_wanted(d->st))
        ;
    _exit(store_end(d->st, rc, NULL) == RC_OK ? 0 : 1);
}

/* Before a sitting is begun: the store is opened again. */
static inline void other_desk_start(struct directory *d, struct other_desk *o)
{
    int ask[2], tell[2];

    store_close(d->st);
    d->st = NULL;
    assert_int_equal(pipe(ask), 0);
    assert_int_equal(pipe(tell), 0);
    if ((o->pid = fork()) == 0)
        other_desk_live(d, ask[0], tell[1]);
    close(ask[0]);
    close(tell[1]);
    o->asks = ask[1];
    o->tells = tell[0];
    ASSERT_OK(store_open(d->path, 0, &d->st, err));
}

/* What it answers is committed as soon as this process waits to write, and not before. */
static inline void other_desk_answers(struct other_desk *o, const char *draft, const char *path, const char *typed)
{
    struct other_answer a = { .draft = "" };
    char done;

    snprintf(a.draft, sizeof a.draft, "%s", draft);
    snprintf(a.path, sizeof a.path, "%s", path);
    snprintf(a.typed, sizeof a.typed, "%s", typed);
    assert_int_equal(write(o->asks, &a, sizeof a), (ssize_t)sizeof a);
    assert_int_equal(read(o->tells, &done, 1), 1);
}

static inline void other_desk_end(struct other_desk *o)
{
    int status;

    close(o->asks);
    close(o->tells);
    assert_int_equal(waitpid(o->pid, &status, 0), o->pid);
    assert_int_equal(status, 0);
}
#endif
