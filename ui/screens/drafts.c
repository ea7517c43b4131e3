/* Drafts: every half-filled form of the clinic, mine first: of whom, how far, how old, whose and why. */
#include "ui/screens/drafts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/patient.h"
#include "intake/sitting/version.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/screens.h"

enum { MINE, DESK, OTHERS, GROUPS };

struct drafts { struct list list; struct list_group group[GROUPS]; };

static const struct list_column columns[] = {
    { N_("name"), 17, false, true }, { N_("form"), 15, false, true }, { N_("answered"), 8, true, false }, { N_("age"), 6, true, false },
    { N_("why here"), 0, false, false },
};
static const struct list_group groups[GROUPS] = {
    { .title = N_("MINE"), .column = columns, .n_columns = 5 }, { .title = N_("NOBODY'S"), .column = columns, .n_columns = 5 },
    { .title = N_("OF COLLEAGUES"), .column = columns, .n_columns = 5 },
};

/* --- In a line --- */

static char *staff_words(struct app *app, const char *id)
{
    struct staff staff = { 0 };
    char *words;

    if (!*id)
        return mem_dup(_("the desk"));
    if (strcmp(id, app->ctx.session.staff.id) == 0)
        return mem_dup(_("you"));
    words = mem_dup(staff_get(app->ctx.st, id, &staff, NULL) == RC_OK ? staff.display : id);
    staff_done(&staff);
    return words;
}

char *draft_owner_words(struct app *app, const struct draft *draft)
{
    return staff_words(app, draft->owner);
}

char *draft_why_words(struct app *app, const struct draft *draft)
{
    char *who = staff_words(app, *draft->handed_by ? draft->handed_by : draft->owner), *words;
    struct civil at = { 0 };
    int64_t ms = 0;

    if (clock_parse(draft->updated, &ms))
        at = clock_local(ms);
    if (*draft->handed_by)
        words = mem_printf(*draft->handed_why ? _("from %s: %s") : _("handed over by %s"), who, draft->handed_why);
    else if (*draft->amends)
        words = mem_printf(_("changes a finished form: %s"), draft->why);
    else
        words = mem_printf(_("left at %02d:%02d by %s"), at.hour, at.minute, who);
    free(who);
    return words;
}

bool draft_has_newer(struct app *app, const struct draft *draft)
{
    struct doc *form = NULL, *newest = NULL;
    bool has = !*draft->amends && version_load(app->ctx.st, draft->questionnaire, &form, NULL) == RC_OK &&
               version_newest(app->ctx.st, form, &newest, NULL) == RC_OK;

    doc_free(form);
    doc_free(newest);
    return has;
}

/* --- The screen --- */

/* The forms looked at in this load, so that each is compared with its newest version once. */
struct seen { const char *questionnaire; bool has_newer; };

static bool has_newer(struct app *app, const struct draft *draft, struct seen *seen, size_t *n)
{
    if (*draft->amends)
        return false;
    for (size_t i = 0; i < *n; i++)
        if (strcmp(seen[i].questionnaire, draft->questionnaire) == 0)
            return seen[i].has_newer;
    seen[*n] = (struct seen){ draft->questionnaire, draft_has_newer(app, draft) };
    return seen[(*n)++].has_newer;
}

static void add_draft(struct app *app, struct drafts *d, const struct draft *draft, bool newer)
{
    int group = strcmp(draft->owner, app->ctx.session.staff.id) == 0 ? MINE : *draft->owner ? OTHERS : DESK;
    char *why = draft_why_words(app, draft), *age = draft_age_words(draft), *owner = draft_owner_words(app, draft), words[240];
    struct person person = { 0 };
    struct list_row *row;

    if (person_get(app->ctx.st, draft->patient, &person, NULL) != RC_OK)
        person.name = mem_dup("");
    row = list_add(&d->list, group, "Draft", draft->id, draft->patient, person.name);
    list_set(row, 0, STYLE_PLAIN, person.name);
    list_set(row, 1, STYLE_PLAIN, draft->title);
    snprintf(words, sizeof words, _("%d of %d"), draft->answered, draft->total);
    list_set(row, 2, STYLE_PLAIN, words);
    list_set(row, 3, STYLE_FAINT, age);
    snprintf(words, sizeof words, "%s%s%s%s", newer ? _("newer version; ") : "", group == OTHERS && *draft->handed_by ? owner : "",
             group == OTHERS && *draft->handed_by ? ", " : "", why);
    list_set(row, 4, newer || *draft->handed_by ? STYLE_LATE : STYLE_FAINT, words);
    person_done(&person);
    free(owner);
    free(age);
    free(why);
}

static enum rc drafts_refresh(struct app *app, void *state, struct err *err)
{
    struct drafts *d = state;
    struct draft *draft = NULL;
    struct seen *seen;
    size_t n = 0, n_seen = 0;
    enum rc rc = draft_list(app->ctx.st, NULL, NULL, &draft, &n, err);

    seen = mem_array(n, sizeof *seen);
    list_begin(&d->list);
    for (int group = MINE; group < GROUPS; group++)
        for (size_t i = 0; i < n; i++) {
            bool is_mine = strcmp(draft[i].owner, app->ctx.session.staff.id) == 0;

            if ((is_mine ? MINE : *draft[i].owner ? OTHERS : DESK) == group)
                add_draft(app, d, &draft[i], has_newer(app, &draft[i], seen, &n_seen));
        }
    list_end(&d->list, true);
    for (size_t i = 0; i < n; i++)
        draft_done(&draft[i]);
    free(seen);
    free(draft);
    return rc;
}

static enum rc drafts_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct drafts *d = state;
    struct grant grant;
    enum rc rc = app_grant(app, PERM_INTAKE, "drafts", NULL, &grant, err);

    (void)argument;
    memcpy(d->group, groups, sizeof d->group);
    for (size_t i = 0; i < GROUPS; i++)
        d->group[i].title = _(groups[i].title);
    d->list.group = d->group;
    d->list.n_groups = GROUPS;
    return rc == RC_OK ? drafts_refresh(app, d, err) : rc;
}

static struct list *drafts_list(void *state)
{
    return &((struct drafts *)state)->list;
}

static void drafts_draw(struct app *app, void *state, struct canvas *canvas)
{
    (void)app;
    list_draw(&((struct drafts *)state)->list, canvas);
}

static void drafts_close(struct app *app, void *state)
{
    (void)app;
    list_done(&((struct drafts *)state)->list);
}

static const enum action_id actions[] = {
    ACTION_OPEN, ACTION_FORM_HAND, ACTION_FORM_UPGRADE, ACTION_FORM_DISCARD, ACTION_FORM_PRINT, ACTION_BACK,
};

const struct screen screen_drafts = {
    .name = "drafts", .title = N_("Drafts"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct drafts), .is_passing = true,
    .load = drafts_load, .refresh = drafts_refresh, .draw = drafts_draw, .list = drafts_list,
    .empty = N_("No form is half-filled. i on a person's record begins one."), .close = drafts_close,
};
