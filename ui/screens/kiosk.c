/* Kiosk: a patient alone with one form. The screen shows nothing else and takes every key there is; only a
 * staff sign-in leads out of it. The session is handed over in the database (session_hand_over), so that a kill
 * leads to the sign-in too, and authz refuses everything but this person's intake while it lasts. */
#include "ui/screens/kiosk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/session.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/datatype.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/screens.h"
#include "ui/screens/lock.h"

enum { BIRTH_TRIES = 3, STAFF_IDLE_MS = 30000 };

/* Options ------------------------------------------------------------------------------------------ */

bool kiosk_is_keyed(const struct kiosk *k, const struct form_row *row)
{
    size_t n = form_options(k->steps.sitting.form, row);

    if (n == 0)
        return row->type == FORM_BOOLEAN;
    return n <= KIOSK_KEYED && !row->look->is_open;
}

bool kiosk_matches(const struct kiosk *k, const struct form_row *row, size_t i)
{
    char *typed = utf8_folded(field_text(&k->field)), *label = utf8_folded(form_option(k->steps.sitting.form, row, i).label);
    bool found = strstr(label, typed) != NULL;

    free(typed);
    free(label);
    return found;
}

/* Where one is ------------------------------------------------------------------------------------- */

static void show_phase(struct kiosk *k, enum kiosk_phase phase)
{
    i18n_speak(phase == KIOSK_STAFF ? NULL : k->language);
    k->phase = phase;
    k->scroll = 0;
    k->problem[0] = '\0';
    field_set(&k->field, "");
    k->field.is_secret = phase == KIOSK_STAFF;
    k->touched = k->warned = false;
}

/* Stand on the step with the answer it has in the field, where it is typed. */
static void show_step(struct kiosk *k)
{
    const struct form_row *row = steps_row(&k->steps);
    char *typed;

    show_phase(k, steps_kind(&k->steps) == STEP_END ? KIOSK_END : KIOSK_ASK);
    if (steps_kind(&k->steps) != STEP_ASK || kiosk_is_keyed(k, row) || form_options(k->steps.sitting.form, row))
        return;
    typed = form_answer_typed(k->steps.sitting.form, row);
    field_set(&k->field, typed);
    free(typed);
}

static void hide(struct kiosk *k, enum kiosk_phase phase)
{
    if (k->phase != KIOSK_HIDDEN && k->phase != KIOSK_STAFF)
        k->before = k->phase;
    show_phase(k, phase);
}

static void reveal(struct kiosk *k)
{
    if (k->is_hidden)
        show_phase(k, KIOSK_HIDDEN);
    else if (k->before == KIOSK_ASK || k->before == KIOSK_END)
        show_step(k);
    else
        show_phase(k, k->before);
}

/* After an answer: the stop comes before anything else. */
static void go_on(struct app *app, struct kiosk *k)
{
    if (steps_must_stop(app, &k->steps)) {
        if (k->steps.was_stopped)
            steps_next(app, &k->steps);
        show_phase(k, KIOSK_STOP);
        return;
    }
    steps_next(app, &k->steps);
    show_step(k);
}

/* Answers ------------------------------------------------------------------------------------------ */

/* An answer that breaks a limit is kept, and said; Enter again goes on with it. */
static void take(struct app *app, struct kiosk *k, const char *typed)
{
    bool kept = steps_type(app, &k->steps, typed);

    k->touched = false;
    if (kept && !k->steps.problem[0])
        go_on(app, k);
}

static bool option_key(struct app *app, struct kiosk *k, const struct form_row *row, const struct key *key)
{
    size_t n = form_options(k->steps.sitting.form, row);

    if (n == 0 && (key_is(key, '1') || key_is(key, 'y')))
        take(app, k, "y");
    else if (n == 0 && (key_is(key, '2') || key_is(key, 'n')))
        take(app, k, "n");
    for (size_t i = 0; i < n; i++) {
        struct form_option option = form_option(k->steps.sitting.form, row, i);

        if (!key_is(key, (char)('1' + i)) || option.disabled)
            continue;
        if (steps_choose(app, &k->steps, i, !row->repeats || !option.chosen) && !row->repeats)
            go_on(app, k);
        break;
    }
    return key_is_text(key);
}

/* The option a number or words typed mean: its number, or the only one that holds the words; -1 none. */
static long option_listed(const struct kiosk *k, const struct form_row *row, size_t *found)
{
    const char *typed = field_text(&k->field);
    size_t n = form_options(k->steps.sitting.form, row);
    bool is_number = strspn(typed, "0123456789") == strlen(typed);
    long which = is_number ? strtol(typed, NULL, 10) - 1 : -1;

    *found = is_number && which >= 0 && (size_t)which < n;
    for (size_t i = 0; i < n && !is_number; i++)
        if (kiosk_matches(k, row, i)) {
            ++*found;
            which = (long)i;
        }
    return *found == 1 ? which : -1;
}

/* Of a long list: one that is meant is chosen, or taken away where several can be; else the words themselves. */
static void take_listed(struct app *app, struct kiosk *k, const struct form_row *row)
{
    size_t found;
    long which = option_listed(k, row, &found);
    bool repeats = row->repeats, kept;

    if (which < 0 && repeats && found > 1) {
        snprintf(k->steps.problem, sizeof k->steps.problem, "%s", _("More than one answer fits. Type more of it."));
    } else if (which < 0) {
        take(app, k, field_text(&k->field));
    } else {
        kept = steps_choose(app, &k->steps, (size_t)which, !repeats || !form_option(k->steps.sitting.form, row, (size_t)which).chosen);
        field_set(&k->field, "");
        k->touched = false;
        if (kept && !repeats)
            go_on(app, k);
    }
}

static void ask_enter(struct app *app, struct kiosk *k, const struct form_row *row)
{
    if (!k->touched && !row->n_answers && !k->warned) {     /* Enter out of habit after a number that went on by itself */
        k->warned = true;
        snprintf(k->steps.problem, sizeof k->steps.problem, "%s", _("You have not answered this. Enter again goes on without an answer."));
        return;
    }
    if (!k->touched) {
        go_on(app, k);
        return;
    }
    if (form_options(k->steps.sitting.form, row))
        take_listed(app, k, row);
    else
        take(app, k, field_text(&k->field));
}

static void ask_key(struct app *app, struct kiosk *k, const struct key *key)
{
    const struct form_row *row = steps_row(&k->steps);
    enum step_kind kind = steps_kind(&k->steps);

    if (key->cap == KEYCAP_UP || key->cap == KEYCAP_BACKTAB) {
        if (steps_back(app, &k->steps))
            show_step(k);
    } else if (kind == STEP_MORE && (key_is(key, '1') || key_is(key, 'y'))) {
        if (steps_more(app, &k->steps))
            show_step(k);
    } else if (kind != STEP_ASK) {
        if (key->cap == KEYCAP_ENTER || key->cap == KEYCAP_DOWN || key_is(key, '2') || key_is(key, 'n')) {
            steps_next(app, &k->steps);
            show_step(k);
        }
    } else if (key->cap == KEYCAP_ENTER || key->cap == KEYCAP_DOWN || key->cap == KEYCAP_TAB) {
        ask_enter(app, k, row);
    } else if (key->cap == KEYCAP_BACKSPACE && kiosk_is_keyed(k, row)) {
        steps_type(app, &k->steps, "");
    } else if (kiosk_is_keyed(k, row)) {
        option_key(app, k, row, key);
    } else if (row->type == FORM_ATTACHMENT) {
        return;                 /* no path of this machine is typed by who does not work here */
    } else if (field_key(&k->field, key)) {
        k->touched = true;
        k->steps.problem[0] = '\0';
    }
}

/* Done with problems is done too: nobody is made to answer, staff see what is open. */
static void end_key(struct app *app, struct kiosk *k, const struct key *key)
{
    size_t open = form_problems(k->steps.sitting.form);

    if (key->cap == KEYCAP_UP || key->cap == KEYCAP_BACKTAB) {
        steps_back(app, &k->steps);
        show_step(k);
    } else if (key->cap == KEYCAP_ENTER && open) {
        steps_go(&k->steps, form_problem(k->steps.sitting.form, 0).path);
        show_step(k);
    } else if (key->cap == KEYCAP_ENTER || (open && (key_is(key, 'd') || key_is(key, 'D')))) {
        steps_save(app, &k->steps, NULL);
        show_phase(k, KIOSK_THANKS);
    }
}

/* Hidden: the birth date, a few tries long ----------------------------------------------------------- */

static bool is_birth_date(struct app *app, const struct kiosk *k, const char *typed)
{
    const char *birth = node_str(doc_root(k->steps.sitting.patient), "birthDate");
    struct date said, known;
    struct err ignored;
    bool estimated = false;

    return date_parse(birth, &known) && date_is_whole(known) &&
           date_typed_birth(typed, clock_today(), (struct date_order){ .day_first = app->day_first }, &said, &estimated, &ignored) == RC_OK &&
           !estimated && date_compare(said, known) == 0;
}

static void hidden_key(struct app *app, struct kiosk *k, const struct key *key)
{
    if (key->cap != KEYCAP_ENTER) {
        if (k->tries > 0)
            field_key(&k->field, key);
        return;
    }
    if (!field_text(&k->field)[0] || k->tries <= 0)
        return;
    if (is_birth_date(app, k, field_text(&k->field))) {
        k->tries = BIRTH_TRIES;
        k->is_hidden = false;
        reveal(k);
        return;
    }
    k->tries--;
    field_set(&k->field, "");
    snprintf(k->problem, sizeof k->problem, "%s", k->tries > 0 ? _("That is not the date of birth we have.") : _("Please ask a member of staff."));
}

/* Staff ---------------------------------------------------------------------------------------------- */

/* The form goes on with staff: they look it through and finish it. */
static void taken_back(struct app *app, struct kiosk *k)
{
    char *argument = mem_printf("%s draft %s", k->steps.sitting.draft.patient, k->steps.sitting.draft.id);
    bool stop = form_safety_stop(k->steps.sitting.form), written = k->steps.was_stopped;
    struct err err = { RC_OK, "" };

    if (session_take_back(app->ctx.st, &app->ctx.session, &err) != RC_OK) {
        snprintf(k->problem, sizeof k->problem, "%s", err_text(&err));
        free(argument);
        return;
    }
    app->in_patient_hands = false;
    app->repaint = true;
    app_close_top(app);
    app_open(app, &screen_intake, argument);
    if (stop)                   /* also when the form itself does not open */
        app_say(app, STYLE_ALERT, "%s", written ? _("! THOUGHTS OF SELF-HARM were answered. Do not leave the person alone; the clinician's task is on record.")
                                                : _("! THOUGHTS OF SELF-HARM were answered, and the alert is NOT on record. Tell the clinician in person."));
    free(argument);
}

static void somebody_else(struct app *app, struct kiosk *k)
{
    struct err err = { RC_OK, "" };

    if (session_close(app->ctx.st, &app->ctx.session, &err) != RC_OK) {
        snprintf(k->problem, sizeof k->problem, "%s", err_text(&err));
        return;
    }
    session_done(&app->ctx.session);
    app->ctx.session = (struct session){ .origin = ORIGIN_DESK };
    app_restart_at(app, &screen_signin);
}

static void staff_key(struct app *app, struct kiosk *k, const struct key *key)
{
    char *typed;

    if (key->cap == KEYCAP_ESC || (key->cap == KEYCAP_ENTER && !field_text(&k->field)[0])) {
        reveal(k);
    } else if (key->cap == KEYCAP_TAB) {
        somebody_else(app, k);
    } else if (key->cap != KEYCAP_ENTER) {
        field_key(&k->field, key);
    } else {
        enum lock_answer answer;

        typed = mem_dup(field_text(&k->field));
        field_set(&k->field, "");
        answer = lock_try(app, typed, k->problem, sizeof k->problem);
        mem_wipe(typed, strlen(typed));
        free(typed);
        if (answer == LOCK_OPENS)
            taken_back(app, k);
    }
}

/* The screen ------------------------------------------------------------------------------------------ */

/* Keys by which one leaves a program: here they ask staff to sign in. */
static bool wants_out(const struct key *key)
{
    return key->cap == KEYCAP_ESC || key->cap == KEYCAP_F1 || (key->ctrl && (key->cp == 'c' || key->cp == 'z' || key->cp == '\\' || key->cp == 'd'));
}

static bool kiosk_key(struct app *app, void *state, const struct key *key)
{
    struct kiosk *k = state;
    enum kiosk_phase phase = k->phase;

    if (key->cap == KEYCAP_PAGE_DOWN || key->cap == KEYCAP_PAGE_UP) {
        k->scroll += key->cap == KEYCAP_PAGE_UP ? -10 : k->more > 0 ? 10 : 0;
        k->scroll = k->scroll < 0 ? 0 : k->scroll;
        return true;
    }
    if (phase == KIOSK_STAFF) {
        staff_key(app, k, key);
    } else if (wants_out(key) || (phase == KIOSK_THANKS && key->cap == KEYCAP_ENTER)) {
        hide(k, KIOSK_STAFF);
    } else if (phase == KIOSK_HIDDEN) {
        hidden_key(app, k, key);
    } else if (phase == KIOSK_WELCOME || phase == KIOSK_STOP) {
        if (key->cap == KEYCAP_ENTER)
            show_step(k);
    } else if (phase == KIOSK_END) {
        end_key(app, k, key);
    } else if (phase == KIOSK_ASK) {
        ask_key(app, k, key);
    }
    return true;
}

static void kiosk_tick(struct app *app, void *state, int64_t idle_ms)
{
    struct kiosk *k = state;
    int64_t most_ms = config_int(app->ctx.config, "kiosk.idle_s") * 1000LL;

    if (k->phase == KIOSK_STAFF && k->before != KIOSK_WELCOME && k->before != KIOSK_THANKS)
        most_ms = STAFF_IDLE_MS;
    else if (k->phase != KIOSK_ASK && k->phase != KIOSK_END && k->phase != KIOSK_STOP)
        return;
    if (idle_ms > most_ms) {
        k->is_hidden = true;
        hide(k, KIOSK_HIDDEN);
    }
}

static void greet(struct kiosk *k)
{
    const struct node *root = doc_root(k->steps.sitting.patient);
    const struct node *usual = name_usual(root), *name = usual ? usual : name_official(root);

    snprintf(k->hello, sizeof k->hello, "%s", node_text(node_first(node_get(name, "given"))) ? node_text(node_first(node_get(name, "given"))) : node_str(name, "text"));
}

/* In the patient's language, before the form is opened: what the form says of itself is put together then. */
static enum rc speak_to_patient(struct app *app, struct kiosk *k, const char *argument, struct err *err)
{
    char id[72];
    struct doc *patient = NULL;
    enum rc rc;

    snprintf(id, sizeof id, "%.*s", (int)strcspn(argument, " "), argument);
    rc = store_get(app->ctx.st, "Patient", id, &patient, err);
    if (rc == RC_OK)
        snprintf(k->language, sizeof k->language, "%s", language_spoken(doc_root(patient)));
    doc_free(patient);
    i18n_speak(k->language);
    return rc;
}

static enum rc kiosk_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct kiosk *k = state;
    struct grant grant;
    enum rc rc;

    k->tries = BIRTH_TRIES;
    k->field.limit = 4000;
    k->steps.has_texts = true;
    if ((rc = speak_to_patient(app, k, argument, err)) != RC_OK || (rc = steps_open(app, &k->steps, argument, err)) != RC_OK ||
        (rc = action_grant(&app->ctx, ACTION_INTAKE, k->steps.sitting.draft.patient, &grant, err)) != RC_OK ||
        (rc = sitting_set_source(app->ctx.st, &grant, &k->steps.sitting, &(struct form_source){ .kind = "kiosk" }, err)) != RC_OK ||
        (rc = session_hand_over(app->ctx.st, &app->ctx.session, k->steps.sitting.draft.patient, err)) != RC_OK)
        return rc;
    greet(k);
    app_drop_parked(app);       /* nothing of this draft stands open elsewhere in the desk */
    app->in_patient_hands = true;
    app->session_resumed = false;
    app->repaint = true;
    return RC_OK;
}

static bool kiosk_in_field(const void *state)
{
    (void)state;
    return true;
}

static void kiosk_close(struct app *app, void *state)
{
    struct kiosk *k = state;

    (void)app;
    i18n_speak(NULL);
    steps_done(&k->steps);
    field_done(&k->field);
}

const struct screen screen_kiosk = {
    .name = "kiosk", .title = N_("Kiosk"), .state_size = sizeof(struct kiosk), .shows_person = true, .is_passing = true, .is_sealed = true,
    .load = kiosk_load, .draw = kiosk_draw, .key = kiosk_key, .tick = kiosk_tick, .in_field = kiosk_in_field, .close = kiosk_close,
};
