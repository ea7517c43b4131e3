/* Forms of one person: what is half-filled first, then every form that can be started. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"

struct forms { struct list list; struct list_group group[2]; char patient[72]; };

static const enum action_id actions[] = { ACTION_OPEN, ACTION_KIOSK, ACTION_FORM_PRINT, ACTION_FORM_PREFILL, ACTION_FORM_DISCARD, ACTION_BACK };

static const struct list_column draft_columns[] = { { "", 0, false, true }, { "", 16, false, false }, { "", 28, false, false } };
static const struct list_column form_columns[] = { { "", 0, false, true }, { "", 14, true, false } };
static const struct list_group groups[] = {
    { .title = N_("HALF-FILLED"), .column = draft_columns, .n_columns = 3 },
    { .title = N_("START A FORM"), .column = form_columns, .n_columns = 2 },
};

static enum rc add_drafts(struct app *app, struct forms *f, struct err *err)
{
    struct draft *draft = NULL;
    char words[80];
    size_t n = 0;
    enum rc rc = draft_list(app->ctx.st, f->patient, NULL, &draft, &n, err);

    for (size_t i = 0; i < n; i++) {
        struct list_row *row = list_add(&f->list, 0, "Draft", draft[i].id, f->patient, draft[i].title);
        struct staff owner = { 0 };
        int64_t ms = 0;
        struct civil at = { 0 };

        if (clock_parse(draft[i].updated, &ms))
            at = clock_local(ms);
        list_set(row, 0, STYLE_PLAIN, draft[i].title);
        snprintf(words, sizeof words, _("%d of %d"), draft[i].answered, draft[i].total);
        list_set(row, 1, STYLE_PLAIN, words);
        snprintf(words, sizeof words, _("left at %02d:%02d by %.40s"), at.hour, at.minute,
                 strcmp(draft[i].owner, app->ctx.session.staff.id) == 0 ? _("you")
                 : staff_get(app->ctx.st, draft[i].owner, &owner, NULL) == RC_OK ? owner.display : draft[i].owner);
        list_set(row, 2, STYLE_FAINT, words);
        staff_done(&owner);
        draft_done(&draft[i]);
    }
    free(draft);
    return rc;
}

static enum rc add_choices(struct app *app, struct forms *f, struct err *err)
{
    struct form_choice *choice = NULL;
    char words[40];
    size_t n = 0;
    enum rc rc = sitting_choices(app->ctx.st, &choice, &n, err);

    for (size_t i = 0; i < n; i++) {
        struct list_row *row = list_add(&f->list, 1, "Questionnaire", choice[i].id, f->patient, choice[i].title);

        list_set(row, 0, STYLE_PLAIN, choice[i].title);
        snprintf(words, sizeof words, ngettext("%d question", "%d questions", (unsigned long)choice[i].items), choice[i].items);
        list_set(row, 1, STYLE_FAINT, words);
        form_choice_done(&choice[i]);
    }
    free(choice);
    return rc;
}

static enum rc forms_refresh(struct app *app, void *state, struct err *err)
{
    struct forms *f = state;
    enum rc rc;

    list_begin(&f->list);
    if ((rc = add_drafts(app, f, err)) == RC_OK)
        rc = add_choices(app, f, err);
    list_end(&f->list, true);
    return rc;
}

static enum rc forms_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct forms *f = state;

    snprintf(f->patient, sizeof f->patient, "%s", argument);
    memcpy(f->group, groups, sizeof f->group);
    for (size_t i = 0; i < 2; i++)
        f->group[i].title = _(groups[i].title);
    f->list.group = f->group;
    f->list.n_groups = 2;
    return forms_refresh(app, f, err);
}

static struct list *forms_list(void *state)
{
    return &((struct forms *)state)->list;
}

static void forms_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct canvas body = canvas_part(canvas, 1, 0, canvas->rows - 1, canvas->cols);

    (void)app;
    list_draw(&((struct forms *)state)->list, &body);
}

/* A form is opened in place of this choice, so that finishing it returns to the person. */
static bool forms_act(struct app *app, void *state, enum action_id action)
{
    struct forms *f = state;
    struct list_row *row = list_at(&f->list);
    char *argument;

    if (action != ACTION_OPEN || !row)
        return false;
    argument = mem_printf("%s %s %s", f->patient, strcmp(row->target.type, "Draft") == 0 ? "draft" : "start", row->target.id);
    app_close_top(app);
    app_open(app, &screen_intake, argument);
    free(argument);
    return true;
}

static void forms_close(struct app *app, void *state)
{
    (void)app;
    list_done(&((struct forms *)state)->list);
}

const struct screen screen_forms = {
    .name = "forms", .title = N_("Forms"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct forms), .shows_person = true, .is_passing = true,
    .load = forms_load, .refresh = forms_refresh, .draw = forms_draw, .act = forms_act, .list = forms_list,
    .empty = N_("No questionnaire is here yet. frontdesk import FILE brings one in."), .close = forms_close,
};
