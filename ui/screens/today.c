/* Today: who is here, what is due, what to answer and decide; every row says why it is here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/app.h"
#include "ui/screens.h"
#include "ui/screens/sections.h"

enum { FRAME_LINES = 4 };       /* title, rule, line 23, footer */
enum { LEAST = 3 };             /* what comes new to a short section is seen at once */

struct today {
    struct list list;
    struct list_group group[SECTION_COUNT];
    enum whose whose;
    int limit[SECTION_COUNT], lines;    /* rows a section may show, and for which height that was shared out */
    char day[40];
};

/* Share the body's lines: each section that has something gets two rows, the rest goes from the top. */
static void share_rows(const struct section_rows rows[SECTION_COUNT], int lines, int limit[SECTION_COUNT])
{
    int room = lines + 1;

    for (int s = 0; s < SECTION_COUNT; s++) {
        limit[s] = rows[s].n > 2 ? 2 : (int)rows[s].n;
        room -= rows[s].n ? limit[s] + 2 : 0;
    }
    for (bool gave = true; gave && room > 0;) {
        gave = false;
        for (int s = 0; s < SECTION_COUNT && room > 0; s++)
            if ((size_t)limit[s] < rows[s].n) {
                limit[s]++;
                room--;
                gave = true;
            }
    }
}

static enum rc today_fill(struct app *app, struct today *t, struct err *err)
{
    struct section_rows rows[SECTION_COUNT] = { 0 };
    enum rc rc = RC_OK;

    for (int s = 0; s < SECTION_COUNT && rc == RC_OK; s++)
        rc = section_load(app, (enum section)s, t->whose, false, &rows[s], err);
    if (rc == RC_OK) {
        if (t->list.n == 0 || t->lines != app->grid.rows)   /* else what stands keeps standing */
            share_rows(rows, app->grid.rows - FRAME_LINES, t->limit);
        t->lines = app->grid.rows;
        list_begin(&t->list);
        for (int s = 0; s < SECTION_COUNT; s++)
            if (rows[s].n)
                section_add(&t->list, (enum section)s, s, &rows[s], t->limit[s] > LEAST ? t->limit[s] : LEAST);
        list_end(&t->list, true);
    }
    for (int s = 0; s < SECTION_COUNT; s++)
        section_rows_done(&rows[s]);
    date_words(clock_today(), t->day);
    return rc;
}

static enum rc today_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct today *t = state;
    struct grant grant;
    enum rc rc = app_grant(app, PERM_SIGNED_IN, "today", NULL, &grant, err);

    (void)argument;
    sections_groups(t->group);
    t->list.group = t->group;
    t->list.n_groups = SECTION_COUNT;
    t->whose = WHOSE_MINE;
    return rc == RC_OK ? today_fill(app, t, err) : rc;
}

static enum rc today_refresh(struct app *app, void *state, struct err *err)
{
    return today_fill(app, state, err);
}

static void today_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct today *t = state;

    (void)app;
    list_draw(&t->list, canvas);
}

static bool today_act(struct app *app, void *state, enum action_id action)
{
    static const char *const sections[] = { "arrivals", "follow-ups", "messages", "decide" };
    struct today *t = state;
    struct list_row *row = list_at(&t->list);

    if (action == ACTION_VIEW_SECTION) {
        app_open(app, &screen_section, sections[row ? row->group : SECTION_ARRIVALS]);
        return true;
    }
    if (action == ACTION_WHOSE) {
        t->whose = (enum whose)((t->whose + 1) % WHOSE_COUNT);
        list_empty(&t->list);
        app_refresh(app);
        app_say(app, STYLE_PLAIN, _("Showing %s follow-ups and drafts"), whose_words(t->whose));
        return true;
    }
    return false;
}

static const char *today_about(struct app *app, const void *state)
{
    const struct today *t = state;

    (void)app;
    return t->day;
}

static struct list *today_list(void *state)
{
    struct today *t = state;

    return &t->list;
}

static void today_close(struct app *app, void *state)
{
    struct today *t = state;

    (void)app;
    list_done(&t->list);
}

static const enum action_id today_actions[] = {
    ACTION_FIND, ACTION_PATIENT_REGISTER, ACTION_APPOINTMENT_ARRIVE, ACTION_CONTACT_LOG, ACTION_TASK_ADD, ACTION_PALETTE,
    ACTION_HELP, ACTION_OPEN, ACTION_LAST_PLACE, ACTION_VIEW_SECTION, ACTION_WHOSE, ACTION_TASK_COMPLETE, ACTION_TASK_SNOOZE,
    ACTION_TASK_RESCHEDULE, ACTION_TASK_ASSIGN, ACTION_APPOINTMENT_NOSHOW, ACTION_APPOINTMENT_WALK_IN, ACTION_APPOINTMENT_BOOK,
    ACTION_INTAKE, ACTION_PATIENT_EDIT, ACTION_CORRECT, ACTION_CONFLICT_RESOLVE, ACTION_SYNC_RETRY, ACTION_SYNC_DROP, ACTION_FORM_HAND, ACTION_FORM_UPGRADE, ACTION_FORM_DISCARD, ACTION_UNDO,
    ACTION_ARRIVALS, ACTION_FOLLOW_UPS, ACTION_DRAFTS, ACTION_SYNC_SCREEN, ACTION_CLOSE_DAY, ACTION_LOCK, ACTION_SWITCH_USER, ACTION_QUIT,
};

const struct screen screen_today = {
    .name = "today", .title = N_("Today"),
    .actions = today_actions, .n_actions = sizeof today_actions / sizeof *today_actions,
    .empty = N_("Nobody is booked for today and nothing is due. / finds a person, n registers one, and b on a person's record books a visit."),
    .state_size = sizeof(struct today), .load = today_load, .refresh = today_refresh, .draw = today_draw,
    .act = today_act, .about = today_about, .list = today_list, .close = today_close,
};
