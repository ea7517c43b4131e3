/* Keys that answer the question of the cursor at once: options, yes and no, why there is no answer,
 * repetitions, sliders, units. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "ui/app.h"
#include "ui/screens/intake.h"

enum { KEYED_OPTIONS = 10 };

/* The letters that say why there is no answer, as data-absent-reason codes, and the desk's words. */
static const struct { char key; const char *code, *words; } reasons[] = {
    { 'd', "asked-declined", N_("declined") }, { 'k', "asked-unknown", N_("does not know") },
    { 'u', "error", N_("unreadable") }, { 'l', "temp-unknown", N_("ask later") },
};

const char *intake_absent_words(const char *code)
{
    const char *display = code_display("http://terminology.hl7.org/CodeSystem/data-absent-reason", code);

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].code, code) == 0)
            return _(reasons[i].words);
    return display ? display : code;
}

/* Is every option's score a single digit of its own? Then the digit is the score. */
static bool digits_are_scores(const struct intake *it, const struct form_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *score = form_option(it->sitting.form, row, i).score;

        if (!score || score[0] < '0' || score[0] > '9' || score[1])
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(form_option(it->sitting.form, row, j).score, score) == 0)
                return false;
    }
    return n > 0;
}

bool intake_has_keys(const struct intake *it, const struct form_row *row)
{
    size_t n = form_options(it->sitting.form, row);

    if (row->look->is_open)
        return n > 0 && n < KEYED_OPTIONS && !(it->field.len && strcmp(row->path, it->path) == 0);
    return row->type == FORM_BOOLEAN || (n > 0 && n < KEYED_OPTIONS && row->look->control != CONTROL_AUTOCOMPLETE);
}

void intake_option_key(const struct intake *it, const struct form_row *row, size_t i, char *out, size_t size)
{
    size_t n = form_options(it->sitting.form, row);

    if (digits_are_scores(it, row, n))
        snprintf(out, size, "%s", form_option(it->sitting.form, row, i).score);
    else
        snprintf(out, size, "%zu", i + 1);
}

static bool boolean_key(struct app *app, struct intake *it, const struct key *key)
{
    const char *typed = key_is(key, 'y') || key_is(key, '1') ? "y" : key_is(key, 'n') || key_is(key, '2') ? "n" : NULL;
    struct err err = { RC_OK, "" };

    if (typed)
        intake_chosen(app, it, form_type_answer(it->sitting.form, it->path, typed, &err), &err, true);
    return typed != NULL;
}

static bool option_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key)
{
    size_t n = form_options(it->sitting.form, row);
    struct err err = { RC_OK, "" };
    char name[16];

    if (row->type == FORM_BOOLEAN && n == 0)
        return boolean_key(app, it, key);
    for (size_t i = 0; i < n; i++) {
        struct form_option option = form_option(it->sitting.form, row, i);

        intake_option_key(it, row, i, name, sizeof name);
        if (!key_is(key, name[0]))
            continue;
        if (option.disabled && !option.chosen)
            snprintf(it->problem, sizeof it->problem, "%s", _("This answer does not go with what was answered before."));
        else
            intake_chosen(app, it, form_choose(it->sitting.form, it->path, i, !row->repeats || !option.chosen, &err), &err, !row->repeats);
        return true;
    }
    return false;
}

void intake_why_none(struct app *app, struct intake *it, const struct key *key)
{
    struct err err = { RC_OK, "" };

    it->why_none = false;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (key_is(key, reasons[i].key)) {
            intake_chosen(app, it, form_set_absent(it->sitting.form, it->path, reasons[i].code, &err), &err, true);
            return;
        }
    if (key_is_text(key) && !intake_has_keys(it, intake_row(it))) {     /* "-5" is a number */
        field_insert(&it->field, "-");
        field_key(&it->field, key);
        it->touched = true;
    }
}

static bool repeat_key(struct app *app, struct intake *it, const struct key *key)
{
    struct err err = { RC_OK, "" };

    if (key_is(key, '+'))
        intake_chosen(app, it, form_repeat(it->sitting.form, it->path, &err), &err, false);
    else if (key->cap == KEYCAP_DELETE)
        intake_chosen(app, it, form_unrepeat(it->sitting.form, it->path, &err), &err, false);
    return key_is_text(key) || key->cap == KEYCAP_DELETE;
}

static void clear_answer(struct app *app, struct intake *it, const struct form_row *row)
{
    struct err err = { RC_OK, "" };

    if (*row->absent)
        form_set_absent(it->sitting.form, it->path, "", NULL);
    intake_chosen(app, it, form_type_answer(it->sitting.form, it->path, "", &err), &err, false);
}

/* Sliders and units -------------------------------------------------------------------------------- */

static int decimals_of(const char *digits)
{
    const char *dot = strchr(digits, '.');

    return dot ? (int)strspn(dot + 1, "0123456789") : 0;
}

/* One step up or down from what stands there, inside the limits; the unit behind it stays. */
static void slide(struct intake *it, const struct form_row *row, int way)
{
    const char *step = *row->look->step ? row->look->step : "1", *typed = field_text(&it->field), *rest;
    double value = *row->min ? strtod(row->min, NULL) : 0, one = strtod(step, NULL);
    char text[80];

    if (*typed)
        value = strtod(typed, NULL) + way * one;
    rest = typed + strspn(typed, "+-0123456789.");
    if (*row->min && value < strtod(row->min, NULL))
        value = strtod(row->min, NULL);
    if (*row->max && value > strtod(row->max, NULL))
        value = strtod(row->max, NULL);
    snprintf(text, sizeof text, "%.*f%.40s", decimals_of(step), value, rest);
    field_set(&it->field, text);
    it->touched = true;
    it->problem[0] = '\0';
}

/* The unit after the one that stands behind the number. */
static void next_unit(struct intake *it, const struct form_row *row)
{
    const char *typed = field_text(&it->field);
    size_t number = strspn(typed, "+-0123456789.,"), at = number + strspn(typed + number, " "), next = 0;
    char *text;

    for (size_t i = 0; i < row->look->n_units; i++)
        if (strcmp(form_unit(it->sitting.form, row, i).label, typed + at) == 0)
            next = (i + 1) % row->look->n_units;
    text = mem_printf("%.*s %s", (int)number, typed, form_unit(it->sitting.form, row, next).label);
    field_set(&it->field, text);
    free(text);
    it->touched = true;
}

static bool measure_key(struct intake *it, const struct form_row *row, const struct key *key)
{
    if (row->look->control == CONTROL_SLIDER && (key->cap == KEYCAP_LEFT || key->cap == KEYCAP_RIGHT)) {
        slide(it, row, key->cap == KEYCAP_LEFT ? -1 : 1);
        return true;
    }
    if (row->type == FORM_QUANTITY && row->look->n_units > 1 && key->cap == KEYCAP_TAB && isdigit((unsigned char)*field_text(&it->field))) {
        next_unit(it, row);
        return true;
    }
    return false;
}

/* All keys of a question --------------------------------------------------------------------------- */

static bool has_more_to_read(const struct form_row *row)
{
    return *row->help || *row->look->flyover || *row->look->legal || *row->look->support_link;
}

/* Keys that mean something only while the field is empty. */
static bool empty_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key)
{
    if (key_is(key, '-'))
        it->why_none = true;
    else if (key_is(key, '?') && has_more_to_read(row))
        it->help_is_open = !it->help_is_open;
    else if (key_is_ctrl(key, 'u'))
        clear_answer(app, it, row);
    else
        return false;
    return true;
}

/* A new line in a long text: ^J, or Enter with Alt. */
static bool is_new_line(const struct intake *it, const struct key *key)
{
    return it->field.is_multiline && (key_is_ctrl(key, 'j') || (key->alt && key->cp == '\r'));
}

bool intake_answer_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key)
{
    if (row->type == FORM_GROUP)
        return repeat_key(app, it, key);
    if (!it->field.len && empty_key(app, it, row, key))
        return true;
    if (measure_key(it, row, key))
        return true;
    if (intake_has_keys(it, row)) {
        if (option_key(app, it, row, key))
            return true;
        if (!row->look->is_open)
            return key_is_text(key);
    }
    if (intake_picks(it, row) && intake_pick_key(app, it, row, key))
        return true;
    if (is_new_line(it, key))
        field_insert(&it->field, "\n");
    else if (!field_key(&it->field, key))
        return false;
    it->touched = true;
    it->picks.is_due = true;
    it->problem[0] = '\0';
    return true;
}
