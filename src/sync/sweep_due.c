/* sweep_due.c - when everything is compared with the server: every night, when somebody asks, when another
 * scope was set, when the server seems to have been restored. */
#include <string.h>

#include "base/clock.h"
#include "store/store.h"
#include "store/sweep.h"
#include "sync/agent.h"
#include "sync/central.h"
#include "sync/sweep.h"

/* An agent that stays does it piece by piece between its passes. A server that seems to have been restored
 * still seems so right after everything was compared: not again at once. */
enum { PIECE_MS = 30 * 1000, AGAIN_MS = 60 * 60 * 1000 };

/* In store_meta: when last, and of which scope. */
static const char swept[] = "swept", swept_scope[] = "swept_scope";

static bool is_long_ago(const struct sweep *whole)
{
    int64_t at;

    return !clock_parse(whole->finished, &at) || clock_now_ms() - at >= AGAIN_MS || clock_now_ms() < at;
}

static bool is_due(struct central *c, const struct sweep *whole)
{
    const char *asked = sweep_asked(c->st);

    if (*whole->started && !*whole->finished)
        return true;
    if (*asked)
        return strcmp(asked, "restored") != 0 || is_long_ago(whole);
    return strcmp(store_meta(c->st, swept_scope), c->scope) != 0 || care_is_due(c->st, swept);
}

static enum rc note(struct central *c, struct err *err)
{
    care_note(c->st, swept);
    return store_set_meta(c->st, swept_scope, c->scope, err);
}

enum rc sweep_if_due(struct central *c, bool may_take_long, bool *has_more, struct err *err)
{
    struct sweep whole;
    bool is_over;
    enum rc rc = sweep_last(c->st, &whole, err);

    *has_more = false;
    if (rc != RC_OK)
        return rc;
    if (!*store_meta(c->st, swept) && !*whole.started && !*sweep_asked(c->st))
        return note(c, err);    /* the first pull is just over: it has brought everything */
    if (!is_due(c, &whole))
        return RC_OK;
    rc = sweep_run(c, may_take_long ? 0 : PIECE_MS, &is_over, err);
    *has_more = rc == RC_OK && !is_over;
    return rc == RC_OK && is_over ? note(c, err) : rc;
}
