/* history.c - one history from one seed: what people do and what goes wrong, in turn. */
#include <stdlib.h>
#include <string.h>

#include "store/query.h"
#include "store/sync_state.h"
#include "tests/sync/sim/check.h"
#include "tests/sync/sim/clinic.h"
#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

typedef void (*act_fn)(struct world *w, struct desk *desk);

static void act_edit(struct world *w, struct desk *desk) { desk_edit(desk, w); }
static void act_create(struct world *w, struct desk *desk) { desk_create(desk, w); }
static void act_ring(struct world *w, struct desk *desk) { desk_ring(desk, w); }
static void act_climb(struct world *w, struct desk *desk) { desk_climb(desk, w); }
static void act_spoil(struct world *w, struct desk *desk) { desk_spoil(desk, w); }
static void act_decide(struct world *w, struct desk *desk) { desk_decide(desk, w); }
static void act_clinic_edit(struct world *w, struct desk *desk) { (void)desk; clinic_edit(w); }
static void act_clinic_create(struct world *w, struct desk *desk) { (void)desk; clinic_create(w); }
static void act_clinic_delete(struct world *w, struct desk *desk) { (void)desk; clinic_delete(w); }
static void act_clinic_burst(struct world *w, struct desk *desk) { (void)desk; clinic_burst(w); }
static void act_weather(struct world *w, struct desk *desk) { (void)desk; net_change(w); }

static void act_wait(struct world *w, struct desk *desk)
{
    (void)desk;
    world_pass_time(w, dice_chance(&w->people, 500) ? dice_between(&w->people, 1, 5 * MINUTE_MS)
                                                    : dice_between(&w->people, MINUTE_MS, 3 * HOUR_MS));
}

/* When a pass was last whole, by what the desk itself knows; 0 never. */
static int64_t desk_last_ok(struct desk *desk)
{
    struct sync_status status;

    return desk->st && sync_status_get(desk->st, &status, NULL) == RC_OK ? status.last_ok_ms : 0;
}

static void act_pass(struct world *w, struct desk *desk)
{
    int64_t began_ms = w->now_ms, last_ok_ms = desk_last_ok(desk);

    /* A disk that fails may keep that it was whole, or was not, from being noted: then nothing is claimed. */
    if (desk_pass(desk, w, dice_chance(&w->people, 300)) == RC_OK && !disk_is_dead() && desk_last_ok(desk) != last_ok_ms)
        check_brought(w, desk, began_ms);
}

/* The disk is about to fail, once or for good. */
static void act_disk(struct world *w, struct desk *desk)
{
    enum disk_fault fault = dice_chance(&w->fate, 600) ? DISK_POWER : (enum disk_fault)(1 + dice_below(&w->fate, 3));
    int64_t nth = 1 + dice_below(&w->fate, dice_chance(&w->fate, 500) ? 12 : 120);

    disk_plan(fault, nth);
    trace("the disk will fail (%d) at step %lld", (int)fault, (long long)nth);
    if (dice_chance(&w->fate, 700))
        act_pass(w, desk);
    else
        desk_edit(desk, w);
}

static void act_restart(struct world *w, struct desk *desk)
{
    trace("desk %d is left and started", desk->number);
    world_act(w, desk);
    desk_close(desk);
    /* A disk that fails just then may keep it from opening: once, or until the power is back. */
    if (!desk_open(desk) && !disk_is_dead() && !desk_open(desk))
        violation("I1", "desk %d cannot be opened", desk->number);
}

/* Its clock is set: right, a little wrong, or by a day. */
static void act_clock(struct world *w, struct desk *desk)
{
    static const int64_t shifts[] = { 0, 0, 90 * 1000, -90 * 1000, (int64_t)24 * HOUR_MS, -(int64_t)24 * HOUR_MS };

    desk->skew_ms = shifts[dice_below(&w->fate, 6)];
    trace("desk %d: its clock is wrong by %lld ms", desk->number, (long long)desk->skew_ms);
}

static const struct { int weight; act_fn act; } acts[] = {
    { 26, act_edit }, { 8, act_create }, { 3, act_ring }, { 6, act_climb }, { 2, act_spoil }, { 6, act_decide },
    { 12, act_clinic_edit }, { 3, act_clinic_create }, { 2, act_clinic_delete }, { 1, act_clinic_burst },
    { 8, act_weather }, { 10, act_wait }, { 26, act_pass }, { 6, act_disk }, { 1, act_restart }, { 2, act_clock },
};

static act_fn choose_act(struct world *w)
{
    int sum = 0, at;

    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        sum += acts[i].weight;
    at = dice_below(&w->people, sum);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if ((at -= acts[i].weight) < 0)
            return acts[i].act;
    return act_wait;
}

static void step(struct world *w)
{
    struct desk *desk = &w->desk[dice_below(&w->people, w->n_desks)];
    act_fn act = choose_act(w);

    w->steps++;
    world_act(w, desk);
    act(w, desk);
    if (disk_is_dead())
        desk_restart(desk, w);
    world_pass_time(w, dice_between(&w->people, 1, 20 * 1000));
    check_log(w);
    check_cursors(w, desk);
}

static void open_desks(struct world *w)
{
    w->n_desks = 1 + dice_below(&w->people, 3);
    for (int i = 0; i < w->n_desks; i++) {
        struct desk *desk = &w->desk[i];
        desk_init(desk, w, i + 1);
        world_act(w, desk);
        if (!desk_open(desk))
            violation("I1", "a new desk cannot be opened");
        if (dice_chance(&w->people, 800)) {    /* most desks are set up while the line is good */
            w->is_calm = true;
            desk_pass(desk, w, true);
            w->is_calm = false;
        }
    }
}

/* The same answers once more, doubled: nothing may change any more. */
static void check_still(struct world *w)
{
    size_t commits = model_commits(w->server);

    w->is_calm = false;
    w->net.badness = 400;
    w->net.is_down = false;
    w->net.bad[FATE_TWICE] = 1;
    for (int i = 0; i < w->n_desks; i++) {
        unsigned long long before = check_sum(&w->desk[i]);
        w->people = (struct dice){ 0 };
        w->is_calm = true;
        desk_pass(&w->desk[i], w, false);
        if (check_sum(&w->desk[i]) != before || model_commits(w->server) != commits)
            violation("I6", "desk %d: a pass over what it has changed something", i + 1);
    }
}

void history_run(uint64_t seed, enum temper temper, enum mutation mutation, int steps, int64_t *steps_done)
{
    struct world w;

    world_init(&w, seed, temper, mutation);
    clinic_begin(&w);
    open_desks(&w);
    for (int i = 0; i < steps && !violations(); i++)
        step(&w);
    if (!violations()) {
        world_calm(&w);
        if (!world_settle(&w))
            violation("I5", "desks and server do not come to rest");
        else if (!violations()) {
            check_end(&w);
            check_still(&w);
        }
    }
    *steps_done += w.steps;
    world_done(&w);
}
