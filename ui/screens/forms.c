/* Forms of one person: what is half-filled first, then every form that can be started, then those of
 * which only old answers open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/sitting.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"
#include "ui/screens/drafts.h"

enum { HALF_FILLED, START, RETIRED, GROUPS };

struct forms { struct list list; struct list_group group[GROUPS]; char patient[72]; };

static const enum action_id actions[] = { ACTION_OPEN, ACTION_KIOSK, ACTION_FORM_PRINT, ACTION_FORM_PREFILL, ACTION_FORM_HAND, ACTION_FORM_UPGRADE, ACTION_FORM_DISCARD, ACTION_BACK };

static const struct list_column draft_columns[] = { { "", 0, false, true }, { "", 16, false, false }, { "", 28, false, false } };
static const struct list_column form_columns[] = { { "", 0, false, true }, { "", 12, false, false }, { "", 13, true, false }, { "", 17, false, false } };
static const struct list_group groups[] = {
    { .title = N_("HALF-FILLED"), .column = draft_columns, .n_columns = 3 },
    { .title = N_("START A FORM"), .column = form_columns, .n_columns = 4 },
    { .title = N_("RETIRED: old answers open, none are begun"), .column = form_columns, .n_columns = 4 },
};

static enum rc add_drafts(struct app *app, struct forms *f, struct err *err)
{
    struct draft *draft = NULL;
    char words[80];
    size_t n = 0;
    enum rc rc = draft_list(app->ctx.st, f->patient, NULL, &draft, &n, err);

    for (size_t i = 0; i < n; i++) {
        struct list_row *row = list_add(&f->list, 0, "Draft", draft[i].id, f->patient, draft[i].title);
        bool newer = draft_has_newer(app, &draft[i]);
        char *why = draft_why_words(app, &draft[i]);

        list_set(row, 0, STYLE_PLAIN, draft[i].title);
        snprintf(words, sizeof words, _("%d of %d"), draft[i].answered, draft[i].total);
        list_set(row, 1, STYLE_PLAIN, words);
        snprintf(words, sizeof words, "%s%.60s", newer ? _("newer version; ") : "", why);
        list_set(row, 2, newer ? STYLE_LATE : STYLE_FAINT, words);
        free(why);
        draft_done(&draft[i]);
    }
    free(draft);
    return rc;
}

/* "20 Nov": when it was used last; "" never. */
static void used_words(const char *used, char *out, size_t size)
{
    char day[DATE_TEXT];
    int64_t ms;

    out[0] = '\0';
    if (!*used || !clock_parse(used, &ms))
        return;
    date_words(clock_local(ms).date, day);
    snprintf(out, size, _("last %s"), day);
}

/* "v2", "v1, older", "v3, draft". */
static void version_words_of(const struct form_choice *c, char *out, size_t size)
{
    const char *state = c->is_retired || strcmp(c->status, "active") == 0 ? "" : strcmp(c->status, "draft") == 0 ? _("draft") : c->status;

    if (c->is_older && !c->is_retired)
        state = _("older");
    snprintf(out, size, "%s%.16s%s%s", *c->version ? "v" : "", c->version, *c->version && *state ? ", " : "", state);
}

static enum rc add_choices(struct app *app, struct forms *f, struct err *err)
{
    struct form_choice *choice = NULL;
    char words[40];
    size_t n = 0;
    enum rc rc = sitting_choices(app->ctx.st, &choice, &n, err);

    for (size_t i = 0; i < n; i++) {
        struct list_row *row = list_add(&f->list, choice[i].is_retired ? RETIRED : START, "Questionnaire", choice[i].id, f->patient, choice[i].title);

        list_set(row, 0, choice[i].is_retired || choice[i].is_older ? STYLE_FAINT : STYLE_PLAIN, choice[i].title);
        version_words_of(&choice[i], words, sizeof words);
        list_set(row, 1, STYLE_FAINT, words);
        snprintf(words, sizeof words, ngettext("%d question", "%d questions", (unsigned long)choice[i].items), choice[i].items);
        list_set(row, 2, STYLE_FAINT, words);
        used_words(choice[i].used, words, sizeof words);
        list_set(row, 3, STYLE_FAINT, words);
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
    for (size_t i = 0; i < GROUPS; i++)
        f->group[i].title = _(groups[i].title);
    f->list.group = f->group;
    f->list.n_groups = GROUPS;
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
