#include "tests/screen/fill.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/draft.h"
#include "store/grant.h"
#include "store/store.h"

enum { STEPS = 4000, FIXES = 40, SEEN = 12, DEADLINE_US = 10000000 };

static bool fails(struct fill *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool fails(struct fill *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(f->why, sizeof f->why, fmt, ap);
    va_end(ap);
    terminal_dump(f->t);
    return false;
}

static void press(struct fill *f, const char *keys)
{
    f->keys += (int)utf8_count(keys);
    terminal_send(f->t, keys);
}

/* What is kept ----------------------------------------------------------------------------------- */

static bool open_draft(struct fill *f, const char *id)
{
    struct grant grant = { .origin = ORIGIN_DESK };
    struct err err = { RC_OK, "" };
    char draft[72];

    snprintf(draft, sizeof draft, "%s", id);
    snprintf(grant.patient, sizeof grant.patient, "%s", f->patient);
    sitting_done(&f->now);
    if (sitting_resume(f->st, &grant, draft, &f->now, &err) != RC_OK)
        return fails(f, "the draft does not open: %s", err_text(&err));
    return true;
}

static bool first_look(struct fill *f)
{
    size_t n = 0, len = strlen(f->questionnaire), newest = SIZE_MAX;
    struct draft *draft = NULL;
    bool ok;

    draft_list(f->st, f->patient, NULL, &draft, &n, NULL);
    for (size_t i = 0; i < n; i++)
        if (strncmp(draft[i].questionnaire, f->questionnaire, len) == 0 && draft[i].questionnaire[len] == '@')
            newest = i;
    ok = newest < n ? open_draft(f, draft[newest].id) : fails(f, "no draft was made");
    for (size_t i = 0; i < n; i++)
        draft_done(&draft[i]);
    free(draft);
    return ok;
}

/* Wait until the program has committed something, and read it back. */
static bool look_again(struct fill *f, int64_t before, const char *keys)
{
    long long deadline = terminal_now_us() + DEADLINE_US;

    while (store_changes(f->st, "draft") == before)
        if (!terminal_take(f->t) && (terminal_ended(f->t) || terminal_now_us() > deadline))
            return fails(f, "at %s: \"%s\" was not kept", f->path, keys);
    free(f->path);
    f->path = NULL;
    if (!open_draft(f, f->now.draft.id))
        return false;
    f->path = mem_dup(f->now.draft.position);
    return true;
}

/* The person is told of thoughts of self-harm before anything else. */
static bool pass_stop(struct fill *f, bool was_stopped)
{
    if (was_stopped || !form_safety_stop(f->now.form))
        return true;
    if (!terminal_wait(f->t, "SELF-HARM"))
        return fails(f, "the form does not stop at thoughts of self-harm");
    press(f, "t\r");
    return terminal_wait_gone(f->t, "STOP");
}

/* Keys that commit an answer. */
static bool commit(struct fill *f, const char *keys)
{
    bool was_stopped = form_safety_stop(f->now.form);
    int64_t before = store_changes(f->st, "draft");

    press(f, keys);
    return look_again(f, before, keys) && pass_stop(f, was_stopped);
}

/* What is on the screen --------------------------------------------------------------------------- */

/* The question that is answered can be read, at least how it begins, and the cursor is shown. */
static bool sees_question(struct fill *f, const struct form_row *row)
{
    const char *text = *row->text ? row->text : row->link_id;
    char *start = mem_dup_n(text, utf8_clip(text, SEEN));
    char *space = strrchr(start, ' ');
    bool seen;

    if (space && space > start + 2)
        *space = '\0';
    seen = terminal_wait(f->t, start);
    free(start);
    return seen || fails(f, "the question %s is not on the screen", row->path);
}

/* What to type ------------------------------------------------------------------------------------ */

static const char *const words[] = { "Anna", "Anna Maria Lopez", "A", "1", "12345", "1234567890", "+15550100123", "anna@example.org",
    "2 Elm Street, Springfield", NULL };
static const char *const numbers[] = { "1", "2", "5", "10", "20", "40", "70", "100", "150", "200", "1000", "0", "-1", "0.5", NULL };
static const char *const days[] = { "2001-03-04", "today", "yesterday", "1960-05-06", "2026-12-24", "2030-01-02", "2012-01-02", NULL };
static const char *const moments[] = { "2026-11-20 9:30", "now", "2001-03-04 10:00", "2030-01-02 10:00", NULL };
static const char *const times[] = { "9:30", "14:00", "23:00", "6:00", NULL };
static const char *const measures[] = { "70 kg", "1 a", "170 cm", "37 Cel", "5 mg", "1 m", NULL };
static const char *const addresses[] = { "https://example.org/a", NULL };
static const char *const files[] = { "referral letter, in the folder", "https://example.org/a.pdf", NULL };

static const char *const domains[] = { "example.org", NULL };
static const char *const mails[] = { "anna@example.org", NULL };
static const char *const phones[] = { "555-123-4567", "(555) 123-4567", "+15550100123", "5550100123", NULL };

/* What a person would type who reads the question. */
static const char *const *by_the_words(const char *text)
{
    static const struct { const char *word; const char *const *list; } meant[] = {
        { "domain", domains }, { "mail", mails }, { "phone", phones }, { "mobile", phones },
    };

    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        if (strcasestr(text, meant[i].word))
            return meant[i].list;
    return words;
}

static const char *const *candidates(enum form_type type)
{
    switch (type) {
    case FORM_DECIMAL: case FORM_INTEGER: case FORM_QUANTITY: return numbers;
    case FORM_DATE: return days;
    case FORM_DATETIME: return moments;
    case FORM_TIME: return times;
    case FORM_URL: return addresses;
    case FORM_ATTACHMENT: return files;
    default: return words;
    }
}

static bool has_problem(const struct form *form, const char *path)
{
    for (size_t i = 0; i < form_problems(form); i++)
        if (strcmp(form_problem(form, i).path, path) == 0)
            return true;
    return false;
}

/* Would this be taken, and nothing be wrong with it? */
static bool is_good(struct fill *f, const char *path, const char *typed)
{
    return typed && *typed && form_type_answer(f->now.form, path, typed, NULL) == RC_OK && form_row_by_path(f->now.form, path) &&
           form_row_by_path(f->now.form, path)->n_answers > 0 && !has_problem(f->now.form, path);
}

static const struct node *extension(const struct node *item, const char *name)
{
    for (const struct node *e = node_first(node_get(item, "extension")); e; e = node_next(e)) {
        const char *slash = strrchr(node_str(e, "url"), '/');

        if (slash && strcmp(slash + 1, name) == 0)
            for (const struct node *v = node_first(e); v; v = node_next(v))
                if (strncmp(node_name(v), "value", 5) == 0)
                    return v;
    }
    return NULL;
}

/* A number with its unit where several are offered. */
static char *with_unit(const struct fill *f, const struct form_row *row, const char *number)
{
    if (row->type == FORM_QUANTITY && row->look->n_units > 1)
        return mem_printf("%s %s", number, form_unit(f->now.form, form_row_by_path(f->now.form, row->path), 0).label);
    return mem_dup(number);
}

/* As long as the form asks for, when nothing shorter will do. */
static char *long_words(const struct form_row *row)
{
    const struct node *min = extension(row->item, "minLength");
    struct buf out = { 0 };

    for (long n = min && node_text(min) ? strtol(node_text(min), NULL, 10) : 0; n > 0; n -= 5)
        buf_add(&out, "words");
    return buf_take(&out);
}

/* From the form's own rules: its limits, its pattern. */
static char *from_rules(const struct form_row *row, size_t i)
{
    const struct node *pattern = extension(row->item, "regex");

    switch (i) {
    case 0: return mem_dup(row->min);
    case 1: return mem_dup(row->max);
    case 2: return pattern && node_text(pattern) ? fill_sample(node_text(pattern)) : NULL;
    default: return long_words(row);
    }
}

/* The first text of a list that does; skip counts down over those that do and are passed over. */
static char *text_of(struct fill *f, const struct form_row *row, const char *const *list, int *skip)
{
    for (size_t i = 0; list[i]; i++) {
        char *typed = with_unit(f, row, list[i]);

        if (is_good(f, row->path, typed) && (*skip)-- <= 0)
            return typed;
        free(typed);
    }
    return NULL;
}

/* What the question's words suggest, what comes to mind, what the form's rules say. */
static char *text_for(struct fill *f, const char *path, int skip)
{
    struct form_row row = *form_row_by_path(f->now.form, path);
    const char *const *usual = candidates(row.type);
    char min[80], max[80];
    char *typed = NULL;

    snprintf(min, sizeof min, "%s", row.min);
    snprintf(max, sizeof max, "%s", row.max);
    row.path = path;
    row.min = min;
    row.max = max;
    if (usual == words)
        typed = text_of(f, &row, by_the_words(row.text), &skip);
    if (!typed)
        typed = text_of(f, &row, usual, &skip);
    if (!typed && row.type == FORM_QUANTITY && row.look->n_units == 0)
        typed = text_of(f, &row, measures, &skip);
    for (size_t i = 0; i < 4 && !typed; i++) {
        typed = from_rules(&row, i);
        if (!is_good(f, path, typed) || skip-- > 0) {
            free(typed);
            typed = NULL;
        }
    }
    return typed;
}

/* Where options carry a digit each as their score, that is the key; else the number of the option. */
static bool digits_are_scores(const struct fill *f, const struct form_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *score = form_option(f->now.form, row, i).score;

        if (score[0] < '0' || score[0] > '9' || score[1])
            return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(form_option(f->now.form, row, k).score, score) == 0)
                return false;
    }
    return true;
}

static char *choice_for(const struct fill *f, const struct form_row *row, int skip)
{
    size_t n = form_options(f->now.form, row), pick = (f->variant + (size_t)skip) % n;
    struct form_option option = form_option(f->now.form, row, pick);

    if (n > 9)
        return mem_printf("%s\r", option.label);
    return digits_are_scores(f, row, n) ? mem_dup(option.score) : mem_printf("%zu", pick + 1);
}

/* A file of a kind the form takes, made on the spot; its path, owned. */
static char *file_for(const struct fill *f, const struct form_row *row)
{
    static const struct { const char *type, *name, *start; } kinds[] = {
        { "image/png", "scan.png", "\x89PNG\r\n\x1a\n" }, { "image/jpeg", "photo.jpg", "\xff\xd8\xff\xe0" }, { "application/pdf", "letter.pdf", "%PDF-1.4\n" },
        { "image/gif", "drawing.gif", "GIF89a" }, { "text/plain", "note.txt", "a note\n" }, { "application/msword", "letter.doc", "doc" },
        { "audio/mpeg", "voice.mp3", "ID3" }, { "video/mp4", "walk.mp4", "mp4" },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *group = strchr(kinds[i].type, '/');
        char *path, any[24];
        FILE *file;

        snprintf(any, sizeof any, "%.*s/*", (int)(group - kinds[i].type), kinds[i].type);
        if (*row->look->mime_types && !strstr(row->look->mime_types, kinds[i].type) && !strstr(row->look->mime_types, any))
            continue;
        path = mem_printf("%s/%s", f->folder, kinds[i].name);
        if ((file = fopen(path, "w"))) {
            fputs(kinds[i].start, file);
            fclose(file);
        }
        return path;
    }
    return NULL;
}

/* Owned keys that answer the row; NULL when nothing was found. */
static char *keys_for(struct fill *f, const struct form_row *row, int skip)
{
    char *typed, *keys, *path;

    if (form_options(f->now.form, row) > 0)
        return choice_for(f, row, skip);
    if (row->type == FORM_BOOLEAN)
        return mem_dup((f->variant + (unsigned)skip) % 2 ? "n" : "y");
    path = mem_dup(row->path);
    typed = row->type == FORM_ATTACHMENT && f->folder ? file_for(f, row) : NULL;
    typed = typed ? typed : text_for(f, path, skip);
    free(path);
    keys = typed ? mem_printf("%s\r", typed) : NULL;
    free(typed);
    return keys;
}

/* One row after the other ------------------------------------------------------------------------- */

static bool takes_focus(const struct form_row *row)
{
    if (row->type == FORM_DISPLAY)
        return false;
    return row->type == FORM_GROUP ? row->repeats : !row->read_only;
}

static char *next_path(const struct fill *f, const struct form_row *row)
{
    for (size_t i = row->index + 1; i < form_rows(f->now.form); i++)
        if (takes_focus(form_row(f->now.form, i)))
            return mem_dup(form_row(f->now.form, i)->path);
    return mem_dup("");
}

static bool go_on(struct fill *f, const struct form_row *row)
{
    char *next = next_path(f, row);

    press(f, "\r");
    free(f->path);
    f->path = next;
    return true;
}

/* Nothing that could be typed is right: the reason why there is no answer is one. */
static bool answer_row(struct fill *f, const struct form_row *row, int skip)
{
    char *at = mem_dup(row->path), *keys;
    bool ok;

    if (!sees_question(f, row)) {
        free(at);
        return false;
    }
    keys = keys_for(f, row, skip);
    ok = commit(f, keys ? keys : "-k");
    f->answers += keys != NULL;
    f->reasons += keys == NULL;
    if (!keys && getenv("EXPLAIN"))
        fprintf(stderr, "nothing fits at %s\n", at);
    row = ok ? form_row_by_path(f->now.form, at) : NULL;
    if (ok && row && !row->n_answers && !*row->absent)
        ok = fails(f, "%s was typed at %s and is not its answer", keys ? keys : "-k", at);
    free(keys);
    free(at);
    return ok;
}

static bool walk(struct fill *f)
{
    const struct form_row *row;

    for (int step = 0; *f->path; step++) {
        if (step == STEPS)
            return fails(f, "the form does not end");
        if (!(row = form_row_by_path(f->now.form, f->path)))
            return fails(f, "the cursor is at %s, which is not asked", f->path);
        if (row->type == FORM_GROUP || row->n_answers || *row->absent ? !go_on(f, row) : !answer_row(f, row, 0))
            return false;
    }
    return true;
}

/* ^F goes to the first thing to fix: the question at which the cursor stands then. */
static bool fix(struct fill *f, int skip)
{
    const struct form_row *row = form_row_by_path(f->now.form, form_problem(f->now.form, 0).path);
    char *keys;

    while (row && (!takes_focus(row) || row->type == FORM_GROUP))
        row = form_row(f->now.form, row->index + 1);
    if (!row)
        return fails(f, "nothing can be done about: %s", form_problem(f->now.form, 0).text);
    free(f->path);
    f->path = mem_dup(row->path);
    if (row->n_answers && !form_options(f->now.form, row) && row->type != FORM_BOOLEAN)
        press(f, "\x15");       /* ^U: the field is empty */
    f->fixes++;
    keys = keys_for(f, row, skip);
    if (!keys)
        return fails(f, "nothing fits at %s: %s", f->path, form_problem(f->now.form, 0).text);
    skip = commit(f, keys);
    free(keys);
    return skip;
}

/* A new draft stands on its first row, the cursor on the first of them that takes it. */
static bool stand(struct fill *f)
{
    const struct form_row *row = form_row_by_path(f->now.form, f->path);

    if (!row)
        return fails(f, "the draft stands at %s, which is not asked", f->path);
    if (!takes_focus(row)) {
        char *next = next_path(f, row);

        free(f->path);
        f->path = next;
    }
    return true;
}

bool fill_form(struct fill *f)
{
    if (!first_look(f))
        return false;
    f->path = mem_dup(f->now.draft.position);
    if (*f->path && !stand(f))
        return false;
    snprintf(f->response, sizeof f->response, "%s", f->now.draft.id);
    if (!walk(f))
        return false;
    for (int i = 0; i < FIXES && form_problems(f->now.form) > 0; i++) {
        press(f, "\x06");
        if (!terminal_wait(f->t, "to fix") || !fix(f, i))
            return fails(f, "%s", f->why);
    }
    if (form_problems(f->now.form) > 0)
        return fails(f, "%s: %s", form_problem(f->now.form, 0).path, form_problem(f->now.form, 0).text);
    press(f, "\x06");
    return terminal_wait(f->t, "finished and saved") || fails(f, "it cannot be finished");
}

void fill_done(struct fill *f)
{
    sitting_done(&f->now);
    free(f->path);
    f->path = NULL;
}
