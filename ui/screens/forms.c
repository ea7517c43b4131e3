/* Forms of one person: what is half-filled first, then every form that can be started, then those of
 * which only old answers open. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "intake/sitting/sitting.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/list.h"
#include "ui/screens.h"
#include "ui/screens/drafts.h"

enum { HALF_FILLED, START, RETIRED, GROUPS };

struct forms {
    struct list list;
    struct list_group group[GROUPS];
    struct list_column column[GROUPS][4];   /* as wide as what stands in them */
    struct field filter;            /* a part of the title, typed after / */
    bool in_filter;                 /* the cursor is there */
    size_t n_forms;                 /* without the filter */
    char patient[72];
};

static const enum action_id actions[] = { ACTION_OPEN, ACTION_KIOSK, ACTION_FORM_PRINT, ACTION_FORM_PREFILL, ACTION_FORM_HAND, ACTION_FORM_UPGRADE, ACTION_FORM_DISCARD, ACTION_BACK };

static const struct list_column draft_columns[] = { { "", 0, false, true }, { "", 16, false, false }, { "", 28, false, false } };
/* Words of a form's row. The two in the middle are drawn as wide as they are; the title has all the rest. */
enum { TITLE, USED, VERSION, QUESTIONS, COLUMNS };
static const struct list_column form_columns[COLUMNS] = { { "", 0, false, true }, { "", 1, false, false }, { "", 1, false, false }, { "", 5, true, false } };
static const struct list_group groups[] = {
    { .title = N_("HALF-FILLED"), .column = draft_columns, .n_columns = 3 },
    { .title = N_("START A FORM"), .column = form_columns, .n_columns = COLUMNS },
    { .title = N_("RETIRED: old answers open, none are begun"), .column = form_columns, .n_columns = COLUMNS },
};
static const struct key_words own_keys[] = { { "/", N_("a part of the title: only those forms; Esc shows all again") } };

static bool is_narrowed(const struct forms *f)
{
    return *field_text(&f->filter) != '\0';
}

/* Letters and digits alone, without accents: "phq9" finds PHQ-9. Owned. */
static char *bare(const char *text)
{
    char *folded = utf8_folded(text), *to = folded;

    for (const char *from = folded; *from; from++)
        if (isalnum((unsigned char)*from) || (unsigned char)*from >= 0x80)
            *to++ = *from;
    *to = '\0';
    return folded;
}

/* Every word typed stands in the title. */
static bool is_wanted(const struct forms *f, const char *title)
{
    char *typed = mem_dup(field_text(&f->filter)), *all = bare(title), *rest = NULL;
    bool fits = true;

    for (const char *word = strtok_r(typed, " ", &rest); word && fits; word = strtok_r(NULL, " ", &rest)) {
        char *part = bare(word);

        fits = strstr(all, part) != NULL;
        free(part);
    }
    free(typed);
    free(all);
    return fits;
}

static enum rc add_drafts(struct app *app, struct forms *f, struct err *err)
{
    struct draft *draft = NULL;
    char words[80];
    size_t n = 0;
    enum rc rc = draft_list(app->ctx.st, f->patient, NULL, &draft, &n, err);

    for (size_t i = 0; i < n; i++) {
        struct list_row *row;
        bool newer;
        char *why;

        if (!is_wanted(f, draft[i].title)) {
            draft_done(&draft[i]);
            continue;
        }
        row = list_add(&f->list, HALF_FILLED, "Draft", draft[i].id, f->patient, draft[i].title);
        newer = draft_has_newer(app, &draft[i]);
        why = draft_why_words(app, &draft[i]);
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
    snprintf(out, size, "%s", day);
}

/* "v2", "v1 older", "v3 draft". */
static void version_words_of(const struct form_choice *c, char *out, size_t size)
{
    const char *state = c->is_retired || strcmp(c->status, "active") == 0 ? "" : strcmp(c->status, "draft") == 0 ? _("draft") : c->status;

    if (c->is_older && !c->is_retired)
        state = _("older");
    snprintf(out, size, "%s%.16s%s%s", *c->version ? "v" : "", c->version, *c->version && *state ? " " : "", state);
}

/* Words into a column that is as wide as the widest of them. */
static void set_wide(struct forms *f, struct list_row *row, int column, const char *words)
{
    struct list_column *at = &f->column[row->group][column];

    list_set(row, column, STYLE_FAINT, words);
    if (utf8_width(words) > at->width)
        at->width = utf8_width(words);
}

/* spoken: a number alone says nothing where no heading is seen. */
static void add_choice(struct forms *f, const struct form_choice *c, bool spoken)
{
    bool is_plain = !c->is_retired && !c->is_older;
    struct list_row *row = list_add(&f->list, c->is_retired ? RETIRED : START, "Questionnaire", c->id, f->patient, c->title);
    char words[40];

    list_set(row, TITLE, is_plain ? STYLE_PLAIN : STYLE_FAINT, c->title);
    used_words(c->used, words, sizeof words);
    if (spoken && *words) {
        char day[40];

        memcpy(day, words, sizeof day);
        snprintf(words, sizeof words, _("last used %.25s"), day);
    }
    set_wide(f, row, USED, words);
    version_words_of(c, words, sizeof words);
    set_wide(f, row, VERSION, words);
    snprintf(words, sizeof words, spoken ? ngettext("%d question", "%d questions", (unsigned long)c->items) : "%d", c->items);
    list_set(row, QUESTIONS, STYLE_FAINT, words);
}

static enum rc add_choices(struct app *app, struct forms *f, struct err *err)
{
    struct form_choice *choice = NULL;
    enum rc rc = sitting_choices(app->ctx.st, &choice, &f->n_forms, err);

    for (size_t i = 0; i < f->n_forms; i++) {
        if (is_wanted(f, choice[i].title))
            add_choice(f, &choice[i], app->linear);
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
    for (size_t i = 0; i < GROUPS; i++) {
        f->group[i].title = _(groups[i].title);
        if (i == HALF_FILLED)
            continue;
        memcpy(f->column[i], form_columns, sizeof form_columns);
        f->group[i].column = f->column[i];
        snprintf(f->group[i].note, sizeof f->group[i].note, "%s", _("last used, version, questions"));
    }
    f->list.group = f->group;
    f->list.n_groups = GROUPS;
    return forms_refresh(app, f, err);
}

static struct list *forms_list(void *state)
{
    return &((struct forms *)state)->list;
}

/* The filter, while it is typed or holds something; else that there is one, where the list is long. */
static void draw_filter(const struct forms *f, struct canvas *canvas)
{
    char words[60];

    if (f->in_filter || is_narrowed(f)) {
        snprintf(words, sizeof words, _("%zu of %zu"), f->list.n, f->n_forms);
        draw_right(canvas, 0, canvas->cols - 1, STYLE_FAINT, words);
        draw_text(canvas, 0, 1, STYLE_KEY, "/");
        field_draw(&f->filter, canvas, 0, 3, canvas->cols - 20, f->in_filter);
    } else if (list_lines(&f->list) >= canvas->rows) {
        snprintf(words, sizeof words, _("/ and a part of the title finds one of %zu"), f->n_forms);
        draw_right(canvas, 0, canvas->cols - 1, STYLE_FAINT, words);
    }
}

static void forms_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct forms *f = state;
    struct canvas body = canvas_part(canvas, 1, 0, canvas->rows - 1, canvas->cols);

    (void)app;
    f->list.is_unfocused = f->in_filter && !f->list.n;
    list_draw(&f->list, &body);
    draw_filter(f, canvas);
}

/* 2: its title is what was typed; 1: it begins so. */
static int nearness(const char *title, const char *typed)
{
    char *all = bare(title), *part = bare(typed);
    int near = strcmp(all, part) == 0 ? 2 : strncmp(all, part, strlen(part)) == 0;

    free(all);
    free(part);
    return near;
}

/* Other rows are another list: numbered from 1, the cursor on the one that is meant most likely. */
static void narrow(struct app *app, struct forms *f)
{
    int best = 0, near;

    list_empty(&f->list);
    app_refresh(app);
    for (size_t i = 0; is_narrowed(f) && i < f->list.n; i++)
        if ((near = nearness(f->list.row[i].name, field_text(&f->filter))) > best) {
            best = near;
            f->list.at = i;
        }
}

/* Enter in the filter opens the row of the cursor; arrows move it meanwhile. */
static bool filter_key(struct app *app, struct forms *f, const struct key *key)
{
    if (key->cap == KEYCAP_TAB || (key->cap == KEYCAP_ESC && !is_narrowed(f))) {
        f->in_filter = false;
    } else if (key->cap == KEYCAP_ESC) {
        f->in_filter = false;
        field_set(&f->filter, "");
        narrow(app, f);
    } else if (key->cap == KEYCAP_ENTER) {
        app_act(app, ACTION_OPEN, NULL);
    } else if (key->cap == KEYCAP_UP || key->cap == KEYCAP_DOWN || key->cap == KEYCAP_PAGE_UP || key->cap == KEYCAP_PAGE_DOWN) {
        list_key(&f->list, key);
    } else if (field_key(&f->filter, key)) {
        narrow(app, f);
    } else {
        return false;
    }
    return true;
}

static bool forms_key(struct app *app, void *state, const struct key *key)
{
    struct forms *f = state;

    if (f->in_filter)
        return filter_key(app, f, key);
    if (key->cap == KEYCAP_ESC && is_narrowed(f)) {
        field_set(&f->filter, "");
        narrow(app, f);
    } else if (key_is(key, '/')) {
        f->in_filter = true;
    } else {
        return false;
    }
    return true;
}

static bool forms_in_field(const void *state)
{
    return ((const struct forms *)state)->in_filter;
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
    struct forms *f = state;

    (void)app;
    list_done(&f->list);
    field_done(&f->filter);
}

const struct screen screen_forms = {
    .name = "forms", .title = N_("Forms"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct forms), .shows_person = true, .is_passing = true,
    .load = forms_load, .refresh = forms_refresh, .draw = forms_draw, .key = forms_key, .in_field = forms_in_field, .keys = own_keys, .n_keys = 1, .act = forms_act, .list = forms_list,
    .empty = N_("No form has that in its title: Esc shows all. Where none is here yet, frontdesk import FILE brings one in."), .close = forms_close,
};
