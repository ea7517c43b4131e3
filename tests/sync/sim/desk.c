#include "tests/sync/sim/desk.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/place.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

/* ---- its directory ---- */

void desk_init(struct desk *desk, struct world *w, int number)
{
    *desk = (struct desk){ .number = number, .agent = { .lock_fd = -1 } };
    snprintf(desk->dir, sizeof desk->dir, "%s/desk-%d", place(), number);
    place_copy_template(desk->dir);
    desk->agent.config = place_config(w);
    snprintf(desk->agent.holder, sizeof desk->agent.holder, "agent-%d", number);
}

bool desk_open(struct desk *desk)
{
    struct err err = { 0 };

    if (store_open(desk->dir, 0, &desk->st, &err) == RC_OK && store_open(desk->dir, 0, &desk->screen, &err) == RC_OK) {
        desk->agent.st = desk->st;
        desk->agent.lease_renewal = 0;
        return true;
    }
    trace("desk %d does not open: %s", desk->number, err_text(&err));
    desk_close(desk);
    return false;
}

void desk_close(struct desk *desk)
{
    agent_unlock(&desk->agent);     /* which lets go of what it knew of the server */
    store_close(desk->screen);
    store_close(desk->st);
    desk->st = desk->screen = NULL;
}

void desk_done(struct desk *desk)
{
    desk_close(desk);
    for (size_t i = 0; i < sizeof desk->watermark / sizeof *desk->watermark; i++)
        free(desk->watermark[i]);
    place_remove(desk->dir);
}

void desk_restart(struct desk *desk, struct world *w)
{
    int keep = dice_below(&w->fate, 1001);
    struct err err = { 0 };

    desk_close(desk);
    trace("desk %d starts again, %d per mille of what was not synced is left", desk->number, keep);
    disk_revive(keep);
    if (!desk_open(desk))
        violation("I1", "desk %d cannot be opened after the power was lost", desk->number);
    else if (store_check(desk->st, true, &err) != RC_OK)
        violation("I1", "desk %d is damaged: %s", desk->number, err_text(&err));
}

/* ---- a pass ---- */

enum rc desk_pass(struct desk *desk, struct world *w, bool is_asked_for)
{
    enum { REQUESTS_MOST = 3000 };
    struct agent_report report;
    struct err err = { 0 };

    world_act(w, desk);
    w->net.requests = 0;
    trace("desk %d passes%s", desk->number, is_asked_for ? ", asked for" : "");
    enum rc rc = agent_pass(&desk->agent, is_asked_for, &report, &err);
    trace("desk %d passed: %s; %lld pushed, %lld pulled, %lld conflicts, %lld refused, %lld unsent%s%s", desk->number,
          rc_name(rc), (long long)report.pushed, (long long)report.pulled, (long long)report.conflicts,
          (long long)report.refused, (long long)report.unsent, err.text[0] ? ": " : "", err.text);
    if (w->net.requests > REQUESTS_MOST)
        violation("I13", "desk %d made %lld requests in one pass", desk->number, (long long)w->net.requests);
    return rc;
}
