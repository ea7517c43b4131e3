/* One section of Today, whole: everybody booked today, all follow-ups, all messages, all to decide;
 * and the close of the day, which is all four with what is still open. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/screens.h"
#include "ui/screens/sections.h"

struct section_screen {
    struct list list;
    struct list_group group[SECTION_COUNT];
    bool shown[SECTION_COUNT];
    bool whole;
    enum whose whose;
    char about[48];
};

static enum rc fill(struct app *app, struct section_screen *s, struct err *err)
{
    enum rc rc = RC_OK;

    list_begin(&s->list);
    for (int i = 0; i < SECTION_COUNT && rc == RC_OK; i++) {
        struct section_rows rows = { 0 };

        if (!s->shown[i])
            continue;
        rc = section_load(app, (enum section)i, s->whose, s->whole, &rows, err);
        if (rc == RC_OK && rows.n)
            section_add(&s->list, (enum section)i, i, &rows, 0);
        section_rows_done(&rows);
    }
    list_end(&s->list, true);
    return rc;
}

static enum rc section_open(struct app *app, void *state, const char *argument, struct err *err)
{
    static const struct { const char *name; enum permission permission; const char *title; } kinds[] = {
        { "arrivals", PERM_APPOINTMENT, N_("arrivals") }, { "follow-ups", PERM_TASK, N_("follow-ups") },
        { "messages", PERM_CONTACT, N_("messages") }, { "decide", PERM_SIGNED_IN, N_("to decide") },
        { "close-day", PERM_SIGNED_IN, N_("before the desk closes") },
    };
    struct section_screen *s = state;
    struct grant grant;

    sections_groups(s->group);
    s->list.group = s->group;
    s->list.n_groups = SECTION_COUNT;
    s->whose = WHOSE_ALL;
    for (int i = 0; i < 5; i++) {
        if (strcmp(argument, kinds[i].name) != 0)
            continue;
        for (int k = 0; k < SECTION_COUNT; k++)
            s->shown[k] = i == k || i == SECTION_COUNT;
        s->whole = i < SECTION_COUNT;
        snprintf(s->about, sizeof s->about, "%s", _(kinds[i].title));
        if (app_grant(app, kinds[i].permission, argument, NULL, &grant, err) != RC_OK)
            return err->rc;
    }
    return fill(app, s, err);
}

static enum rc section_refresh(struct app *app, void *state, struct err *err)
{
    return fill(app, state, err);
}

static void section_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct section_screen *s = state;

    (void)app;
    list_draw(&s->list, canvas);
}

static bool section_act(struct app *app, void *state, enum action_id action)
{
    struct section_screen *s = state;

    if (action == ACTION_VIEW_SECTION) {
        app_back(app);
    } else if (action == ACTION_WHOSE) {
        s->whose = (enum whose)((s->whose + 1) % WHOSE_COUNT);
        list_empty(&s->list);
        app_refresh(app);
        app_say(app, STYLE_PLAIN, _("Showing %s"), whose_words(s->whose));
    } else {
        return false;
    }
    return true;
}

static const char *section_about(struct app *app, const void *state)
{
    const struct section_screen *s = state;

    (void)app;
    return s->about;
}

static struct list *section_list(void *state)
{
    struct section_screen *s = state;

    return &s->list;
}

static void section_close(struct app *app, void *state)
{
    struct section_screen *s = state;

    (void)app;
    list_done(&s->list);
}

static const enum action_id section_actions[] = {
    ACTION_OPEN, ACTION_APPOINTMENT_ARRIVE, ACTION_CONTACT_LOG, ACTION_TASK_COMPLETE, ACTION_WHOSE, ACTION_FIND, ACTION_PALETTE,
    ACTION_TASK_ADD, ACTION_TASK_SNOOZE, ACTION_TASK_RESCHEDULE, ACTION_TASK_ASSIGN, ACTION_TASK_CANCEL,
    ACTION_APPOINTMENT_NOSHOW, ACTION_APPOINTMENT_START, ACTION_APPOINTMENT_DONE, ACTION_APPOINTMENT_LEFT,
    ACTION_APPOINTMENT_CANCEL, ACTION_APPOINTMENT_WALK_IN, ACTION_APPOINTMENT_BOOK, ACTION_INTAKE, ACTION_PATIENT_EDIT,
    ACTION_CORRECT, ACTION_CONFLICT_RESOLVE, ACTION_FORM_HAND, ACTION_FORM_UPGRADE, ACTION_FORM_DISCARD, ACTION_SYNC_RETRY, ACTION_SYNC_DROP, ACTION_VIEW_SECTION, ACTION_UNDO, ACTION_BACK,
};

const struct screen screen_section = {
    .name = "section", .title = N_("Today"),
    .actions = section_actions, .n_actions = sizeof section_actions / sizeof *section_actions,
    .empty = N_("Nothing is here now. o shows everybody's; Esc goes back to Today; / finds a person."),
    .state_size = sizeof(struct section_screen), .is_passing = true, .load = section_open, .refresh = section_refresh, .draw = section_draw,
    .act = section_act, .about = section_about, .list = section_list, .close = section_close,
};
