#include "tests/sync/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/query.h"
#include "store/sync_state.h"
#include "tests/sync/sim/check.h"
#include "tests/sync/sim/clinic.h"
#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/place.h"
#include "tests/sync/sim/trace.h"

struct world *the_world;

/* ---- time ---- */

static const int64_t beginning_ms = 1795430000000;     /* 2026-11-23 */

static void hold_clock(const struct world *w)
{
    clock_hold(w->now_ms + (w->active ? w->active->skew_ms : 0), w->monotonic_ms);
}

void world_pass_time(struct world *w, int64_t ms)
{
    w->now_ms += ms;
    w->monotonic_ms += ms;
    hold_clock(w);
    net_deliver(w);
}

void world_act(struct world *w, struct desk *desk)
{
    w->active = desk;
    hold_clock(w);
}

/* ---- beginning and end ---- */

void world_init(struct world *w, uint64_t seed, enum temper temper, enum mutation mutation)
{
    *w = (struct world){ .seed = seed, .temper = temper, .mutation = mutation, .now_ms = beginning_ms, .monotonic_ms = 1000000 };
    the_world = w;
    disk_install();
    place();                    /* made with other dice */
    dice_seed(&w->people, seed, "people");
    dice_seed(&w->fate, seed, "fate");
    dice_rule_ids(seed);
    hold_clock(w);
    disk_plan(DISK_FINE, 0);
    w->server = model_new(temper, CENTRAL_URL);
    model_bends(w->server)->shifts_pages = true;
}

void world_done(struct world *w)
{
    if (disk_is_dead())
        disk_revive(0);
    disk_plan(DISK_FINE, 0);
    for (int i = 0; i < w->n_desks; i++)
        desk_done(&w->desk[i]);
    model_free(w->server);
    net_done(&w->net);
    ledger_done(&w->ledger);
}

/* ---- while a request is on its way ---- */

void world_meanwhile(struct world *w)
{
    struct desk *desk = w->active;
    static bool is_inside;

    if (w->is_calm || is_inside || !dice_chance(&w->people, 40))
        return;
    is_inside = true;
    if (desk && !disk_is_dead() && dice_chance(&w->people, 600))
        desk_edit(desk, w);
    else
        clinic_edit(w);
    world_act(w, desk);
    is_inside = false;
}

/* ---- until nothing moves ---- */

void world_calm(struct world *w)
{
    w->is_calm = true;
    disk_plan(DISK_FINE, 0);
    memset(&w->net.bad, 0, sizeof w->net.bad);
    model_bends(w->server)->visible_after_ms = 0;
    world_pass_time(w, 10 * 60 * 1000);
}

bool world_settle(struct world *w)
{
    enum { ROUNDS = 14, HOUR_MS = 60 * 60 * 1000 };
    bool is_moving = true;

    for (int round = 0; round < ROUNDS && is_moving; round++) {
        size_t commits = model_commits(w->server);
        is_moving = false;
        for (int i = 0; i < w->n_desks; i++) {
            unsigned long long before = check_sum(&w->desk[i]);
            int decided = desk_decide(&w->desk[i], w);
            desk_try_again(&w->desk[i]);
            if (desk_pass(&w->desk[i], w, true) != RC_OK)
                violation("liveness", "desk %d cannot pass although nothing fails", i + 1);
            world_pass_time(w, 1000);
            is_moving = is_moving || decided || check_sum(&w->desk[i]) != before || desk_has_conflicts(&w->desk[i]) ||
                        desk_has_unsent(&w->desk[i]);
            check_log(w);
        }
        is_moving = is_moving || model_commits(w->server) != commits;
        world_pass_time(w, HOUR_MS + HOUR_MS / 2);
        if (violations())
            return true;        /* said already */
    }
    return !is_moving;
}
