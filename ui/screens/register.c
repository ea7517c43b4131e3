/* Register and edit: one field a line, people like this one looked for while typing. In a field all
 * keys are text; ^F saves, Tab goes to the people found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/match.h"
#include "fhir/datatype.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/field.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screens.h"
#include "ui/screens/people.h"

enum { FAMILY, GIVEN, USUAL, BIRTH, SEX, PHONE, LANGUAGE, INTERPRETER, ADDRESS, FIELDS };
enum { LABEL = 18, LIKE_LIMIT = 5, HEAD = FIELDS + 2 };

/* name: of the action's parameter. */
static const struct { const char *name, *label, *hint; } fields[FIELDS] = {
    { "family", N_("Family name"), N_("or both: Family, Given") },
    { "given", N_("Given names"), N_("leave empty when not known yet") },
    { "usual", N_("Name to use"), N_("only when it differs") },
    { "birth", N_("Born"), N_("1 jul 1954, 7/1/54, 1954, 72y, ~1954") },
    { "sex", N_("Sex"), N_("f female   m male   o other   u unknown") },
    { "phone", N_("Phone"), N_("kept as typed") },
    { "language", N_("Language"), N_("to speak in, as es or Spanish") },
    { "interpreter", N_("Interpreter"), N_("y yes   n no") },
    { "address", N_("Address"), "" },
};

struct register_screen {
    struct field field[FIELDS];
    char *before[FIELDS];       /* owned: what was there when editing began */
    char patient[72];           /* "" while registering */
    int at;
    bool in_list, dirty;
    char problem[160];
    struct list list;
    struct list_group group;
};

static void prefill(struct register_screen *r, int field, const char *text)
{
    field_set(&r->field[field], text ? text : "");
}

static void joined(struct buf *out, const struct node *array)
{
    for (const struct node *part = node_first(array); part; part = node_next(part))
        buf_printf(out, "%s%s", out->len ? " " : "", node_text(part) ? node_text(part) : "");
}

static enum rc load_person(struct app *app, struct register_screen *r, struct err *err)
{
    struct person person = { 0 };
    struct buf given = { 0 }, address = { 0 };
    struct doc *doc = NULL;
    char *birth;
    enum rc rc = store_get(app->ctx.st, "Patient", r->patient, &doc, err);

    if (rc == RC_OK)
        rc = person_get(app->ctx.st, r->patient, &person, err);
    if (rc == RC_OK) {
        const struct node *name = name_official(doc_root(doc)), *home = node_path(doc_root(doc), "address[0]");

        birth = mem_printf("%s%s", person.birth_estimated ? "~" : "", person.birth);
        joined(&given, node_get(name, "given"));
        if (node_str(home, "text")[0])
            buf_add(&address, node_str(home, "text"));
        else
            address_line(&address, home);
        prefill(r, FAMILY, node_str(name, "family"));
        prefill(r, GIVEN, buf_text(&given));
        prefill(r, USUAL, person.usual);
        prefill(r, BIRTH, birth);
        prefill(r, SEX, node_str(doc_root(doc), "gender"));
        prefill(r, PHONE, person.phone);
        prefill(r, LANGUAGE, person.language);
        prefill(r, INTERPRETER, person.needs_interpreter ? "yes" : "");
        prefill(r, ADDRESS, buf_text(&address));
        free(birth);
    }
    buf_done(&given);
    buf_done(&address);
    person_done(&person);
    doc_free(doc);
    return rc;
}

/* What was typed into Find becomes a name, or a birth date; other words with figures were a year or a number. */
static void take_name(const struct app *app, struct register_screen *r, const char *typed)
{
    struct buf name = { 0 };
    struct date date;
    bool estimated;

    if (strpbrk(typed, "0123456789") &&
        date_typed_birth(typed, clock_today(), (struct date_order){ app->day_first }, &date, &estimated, NULL) == RC_OK) {
        prefill(r, BIRTH, typed);
        return;
    }
    for (const char *p = typed + strspn(typed, " "); *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");

        if (strcspn(p, "0123456789") >= len)
            buf_printf(&name, "%s%.*s", name.len ? " " : "", (int)len, p);
        p += len;
    }
    prefill(r, FAMILY, buf_text(&name));
    buf_done(&name);
}

static enum rc register_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct register_screen *r = state;
    char what[16] = "";
    enum rc rc = RC_OK;
    struct grant grant;

    r->group = (struct list_group){ _("LIKE THIS ONE"), "", people_columns, n_people_columns };
    r->list.group = &r->group;
    r->list.n_groups = 1;
    r->list.gutter = 4;
    if (strncmp(argument, "name=", 5) == 0)
        take_name(app, r, argument + 5);
    else if (sscanf(argument, "%71s edit %15s", r->patient, what) >= 1)
        rc = load_person(app, r, err);
    if (rc == RC_OK)
        rc = app_grant(app, PERM_PERSON_WRITE, r->patient[0] ? "patient edit" : "patient register", r->patient, &grant, err);
    for (int i = 0; i < FIELDS; i++) {
        r->before[i] = mem_dup(field_text(&r->field[i]));
        if (strcmp(fields[i].name, what) == 0)
            r->at = i;
    }
    r->dirty = true;
    return rc;
}

enum { NAME_TEXT = 200 };

/* "Evans, gw" in the first field is both names, long before it is left. */
static void names_typed(const struct register_screen *r, char family[NAME_TEXT], char given[NAME_TEXT])
{
    const char *typed = field_text(&r->field[FAMILY]), *comma = strchr(typed, ',');

    snprintf(family, NAME_TEXT, "%.*s", comma ? (int)(comma - typed) : NAME_TEXT - 1, typed);
    snprintf(given, NAME_TEXT, "%s", r->field[GIVEN].len || !comma ? field_text(&r->field[GIVEN]) : comma + 1 + strspn(comma + 1, " "));
}

/* Typed text as a registration, for the search of look-alikes; birth has DATE_TEXT bytes. */
static struct registration as_registration(const struct app *app, const struct register_screen *r, const char *family, const char *given, char *birth)
{
    struct registration out = { .family = family, .given = given,
                                .phone = field_text(&r->field[PHONE]), .sex = field_text(&r->field[SEX]), .interpreter = -1 };
    struct date date;

    birth[0] = '\0';
    if (date_typed_birth(field_text(&r->field[BIRTH]), clock_today(), (struct date_order){ app->day_first }, &date, &out.birth_estimated, NULL) == RC_OK)
        date_format(date, birth);
    out.birth = birth;
    return out;
}

static void register_settle(struct app *app, void *state)
{
    struct register_screen *r = state;
    char birth[DATE_TEXT], family[NAME_TEXT], given[NAME_TEXT];
    struct registration typed;
    struct matches matches = { 0 };

    if (!r->dirty)
        return;
    r->dirty = false;
    names_typed(r, family, given);
    typed = as_registration(app, r, family, given, birth);
    if (typed.family[0] && match_registration(app->ctx.st, &typed, LIKE_LIMIT, &matches, NULL) != RC_OK)
        matches.n = 0;
    list_empty(&r->list);
    list_begin(&r->list);
    for (size_t i = 0; i < matches.n; i++)
        if (strcmp(matches.match[i].person.id, r->patient) != 0)
            people_add(&r->list, 0, &matches.match[i].person, matches.match[i].reasons);
    list_end(&r->list, false);
    matches_done(&matches);
}

/* What a birth date means, in full and relative to today. */
static bool birth_words(const struct app *app, const char *typed, char *out, size_t size)
{
    struct date date, today = clock_today();
    char words[DATE_TEXT], age[DATE_TEXT];
    bool estimated;

    if (date_typed_birth(typed, today, (struct date_order){ app->day_first }, &date, &estimated, NULL) != RC_OK)
        return false;
    date_words_long(date, words);
    date_age(date, today, age);
    snprintf(out, size, estimated ? _("about %s (%s)") : "%s (%s)", words, age);
    return true;
}

static const struct choice *choice_of(int field, const char *typed)
{
    const struct param *param = action_param(ACTION_PATIENT_REGISTER, fields[field].name);

    for (size_t i = 0; param && i < param->n_choices; i++)
        if (typed[0] == param->choices[i].key && (!typed[1] || strncmp(typed, param->choices[i].value, strlen(typed)) == 0))
            return &param->choices[i];
    return NULL;
}

static void draw_field(struct app *app, struct register_screen *r, struct canvas *canvas, int i)
{
    bool here = i == r->at && !r->in_list;
    const char *typed = field_text(&r->field[i]);
    int wide = i == ADDRESS ? 48 : 28, col = LABEL + wide + 2;
    char words[80];

    draw_text(canvas, i, 0, STYLE_PLAIN, here ? ">" : " ");
    draw_text(canvas, i, 3, STYLE_PLAIN, _(fields[i].label));
    field_draw(&r->field[i], canvas, i, LABEL, wide, here);
    if (here && r->problem[0])          /* right behind what was typed: it needs the width */
        draw_text(canvas, i, LABEL + (int)utf8_count(typed) + 2, STYLE_ALERT, r->problem);
    else if (i == BIRTH && typed[0])
        draw_text(canvas, i, col, STYLE_PLAIN, birth_words(app, typed, words, sizeof words) ? words : here ? "" : _("not a date yet"));
    else if ((i == SEX || i == INTERPRETER) && choice_of(i, typed))
        draw_text(canvas, i, col, STYLE_PLAIN, _(choice_of(i, typed)->label));
    else if (i == GIVEN && !typed[0] && !here && r->field[FAMILY].len)
        draw_text(canvas, i, col, STYLE_FAINT, _("given name not known yet"));
    else if (here)
        draw_text(canvas, i, col, STYLE_FAINT, _(fields[i].hint));
}

static void register_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct register_screen *r = state;
    struct canvas rows = canvas_part(canvas, HEAD, 0, canvas->rows - HEAD, canvas->cols);

    r->list.is_unfocused = !r->in_list;
    if (r->list.n)
        list_draw(&r->list, &rows);
    for (int i = 0; i < FIELDS; i++)
        draw_field(app, r, canvas, i);
    draw_text(canvas, FIELDS, 3, STYLE_FAINT, _("Enter next   Up back   ^F save   Tab to the people found   Esc leave, kept"));
}

static const char *value_of(const struct register_screen *r, int i)
{
    const char *typed = field_text(&r->field[i]);

    if ((i == SEX || i == INTERPRETER) && choice_of(i, typed))
        return choice_of(i, typed)->value;
    return typed;
}

static void save_yes(struct app *app, void *ctx, const struct args *answers)
{
    struct register_screen *r = ctx;
    enum action_id action = r->patient[0] ? ACTION_PATIENT_EDIT : ACTION_PATIENT_REGISTER;
    struct arg arg[FIELDS + 1];
    struct args args = { arg, 0 };
    struct doc *result = NULL;
    char *id;

    (void)answers;
    if (r->patient[0])
        arg[args.n++] = (struct arg){ "patient", r->patient };
    for (int i = 0; i < FIELDS; i++)
        if (r->patient[0] ? strcmp(r->before[i], field_text(&r->field[i])) != 0 : r->field[i].len > 0)
            arg[args.n++] = (struct arg){ fields[i].name, value_of(r, i) };
    if (!app_run(app, action, &args, NULL, &result))
        return;
    id = mem_dup(r->patient[0] ? r->patient : node_str(doc_root(result), "id"));
    doc_free(result);
    if (r->patient[0])
        app_close_top(app);
    else
        app_replace(app, &screen_record, id);
    app_say(app, STYLE_GOOD, _("Saved."));
    free(id);
}

/* A field is left: is what it holds sound? A comma in the family name parts it. */
static bool leave_field(struct app *app, struct register_screen *r)
{
    const char *typed = field_text(&r->field[r->at]), *comma = strchr(typed, ',');
    struct err err = { RC_OK, "" };
    struct date date;
    bool estimated;

    r->problem[0] = '\0';
    if (r->at == FAMILY && comma) {
        char *family = mem_dup_n(typed, (size_t)(comma - typed)), *given = mem_dup(comma + 1 + strspn(comma + 1, " "));
        if (r->field[GIVEN].len == 0)
            prefill(r, GIVEN, given);
        prefill(r, FAMILY, family);
        free(family);
        free(given);
    } else if (r->at == BIRTH && typed[0] &&
               date_typed_birth(typed, clock_today(), (struct date_order){ app->day_first }, &date, &estimated, &err) != RC_OK) {
        snprintf(r->problem, sizeof r->problem, "%s", err_text(&err));
    } else if ((r->at == SEX || r->at == INTERPRETER) && typed[0] && !choice_of(r->at, typed)) {
        snprintf(r->problem, sizeof r->problem, "%s", _(fields[r->at].hint));
    }
    return !r->problem[0];
}

static void save_ask(struct app *app, struct register_screen *r)
{
    char words[80] = "", family[NAME_TEXT], given[NAME_TEXT], *text;

    if (!leave_field(app, r))
        return;
    if (r->field[FAMILY].len == 0 && r->field[GIVEN].len == 0) {
        r->at = FAMILY;
        snprintf(r->problem, sizeof r->problem, "%s", _("a name is needed"));
        return;
    }
    birth_words(app, field_text(&r->field[BIRTH]), words, sizeof words);
    names_typed(r, family, given);
    text = mem_printf(r->patient[0] ? _("Save %s%s%s, %s?") : r->list.n ? _("Register %s%s%s, %s, none of those below?") : _("Register %s%s%s, %s?"),
                      family, family[0] && given[0] ? ", " : "", given, words[0] ? words : _("birth date not known"));
    prompt_confirm(app, text, false, save_yes, r, NULL);
    free(text);
}

static void step(struct app *app, struct register_screen *r, int by)
{
    if (!leave_field(app, r))
        return;
    if (r->at + by >= FIELDS)
        save_ask(app, r);
    else if (r->at + by >= 0)
        r->at += by;
}

static bool list_state_key(struct register_screen *r, const struct key *key)
{
    if (key->cap != KEYCAP_ESC && key->cap != KEYCAP_TAB && key->cap != KEYCAP_BACKTAB)
        return false;
    r->in_list = false;
    return true;
}

static bool register_key(struct app *app, void *state, const struct key *key)
{
    struct register_screen *r = state;

    if (r->in_list)
        return list_state_key(r, key);
    if (key->cap == KEYCAP_ENTER || key->cap == KEYCAP_DOWN)
        step(app, r, key->cap == KEYCAP_DOWN && r->at == ADDRESS ? 0 : 1);
    else if (key->cap == KEYCAP_UP || key->cap == KEYCAP_BACKTAB)
        step(app, r, -1);
    else if (key_is_ctrl(key, 'f'))
        save_ask(app, r);
    else if (key->cap == KEYCAP_TAB)
        r->in_list = r->list.n > 0;
    else if (field_key(&r->field[r->at], key)) {
        r->problem[0] = '\0';
        r->dirty = true;
    } else
        return false;
    return true;
}

static bool register_in_field(const void *state)
{
    const struct register_screen *r = state;

    return !r->in_list;
}

static struct list *register_list(void *state)
{
    struct register_screen *r = state;

    return &r->list;
}

static void register_close(struct app *app, void *state)
{
    struct register_screen *r = state;

    (void)app;
    for (int i = 0; i < FIELDS; i++) {
        field_done(&r->field[i]);
        free(r->before[i]);
    }
    list_done(&r->list);
}

static const enum action_id register_actions[] = { ACTION_OPEN, ACTION_BACK, ACTION_CLEAR_FIELD };

#define REGISTER_FUNCTIONS \
    .actions = register_actions, .n_actions = 3, .state_size = sizeof(struct register_screen), .holds_work = true, \
    .load = register_load, .settle = register_settle, .draw = register_draw, .key = register_key, \
    .in_field = register_in_field, .list = register_list, .close = register_close

const struct screen screen_register = { .name = "register", .title = N_("Register"), REGISTER_FUNCTIONS };
/* The same fields, filled, under the banner of the person they are about. */
const struct screen screen_edit = { .name = "edit", .title = N_("Edit"), .shows_person = true, REGISTER_FUNCTIONS };
