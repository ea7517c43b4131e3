/* How one conflict is shown: each question with its three values, what was settled without anybody, why it is
 * asked at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/field_value.h"
#include "desk/field_words.h"
#include "ui/act.h"
#include "ui/screens/conflict.h"

enum { WHOLE_LINES = 8 };       /* the question under the cursor and its values, whole, two lines each; what was typed */

static const struct list_column columns[CONFLICT_COLUMNS] = {
    { "", 11, false, true }, { N_("before"), 16, false, true }, { "", 17, false, true }, { "", 16, false, true }, { "", 0, false, false },
};

/* "16:40" today, else "Mon 16 Nov". */
static void when_words(const char *instant, char *out, size_t size)
{
    struct civil at;
    char day[DATE_TEXT];
    int64_t ms = 0;

    out[0] = '\0';
    if (!instant || !clock_parse(instant, &ms))
        return;
    at = clock_local(ms);
    date_words(at.date, day);
    if (date_compare(at.date, clock_today()) == 0)
        snprintf(out, size, "%02d:%02d", at.hour, at.minute);
    else
        snprintf(out, size, "%s", day);
}

/* Who changed it here: "you", a name, or "" when nobody did. Owned. */
static char *who_words(struct app *app, const char *id)
{
    struct staff staff = { 0 };
    char *words;

    if (strcmp(id, app->ctx.session.staff.id) == 0)
        return mem_dup(_("you"));
    if (!*id || staff_get(app->ctx.st, id, &staff, NULL) != RC_OK)
        return mem_dup("");
    words = mem_dup(staff.display ? staff.display : staff.name);
    staff_done(&staff);
    return words;
}

void conflict_heads(struct app *app, struct conflict_screen *c)
{
    char *who = who_words(app, c->conflict.here_by), when[DATE_TEXT];

    when_words(c->conflict.here_at, when, sizeof when);
    snprintf(c->head[0], sizeof c->head[0], *who ? _("here (%s, %s)") : "%s", *who ? who : _("here"), when);
    when_words(c->conflict.remote_updated, when, sizeof when);
    snprintf(c->head[1], sizeof c->head[1], *when ? _("server (%s)") : "%s", *when ? when : _("server"));
    memcpy(c->column, columns, sizeof columns);
    c->column[2].title = c->head[0];
    c->column[3].title = c->head[1];
    free(who);
}

/* ---- rows ---- */

static const char *choice_words(const struct choice_so_far *choice, bool is_deleted)
{
    static const char *const sides[SIDE_COUNT] = { [SIDE_BEFORE] = N_("before"), [SIDE_HERE] = N_("here"), [SIDE_SERVER] = N_("server") };
    static const char *const fates[SIDE_COUNT] = { [SIDE_BEFORE] = N_("as before"), [SIDE_HERE] = N_("keep"), [SIDE_SERVER] = N_("drop") };

    if (!choice->is_made)
        return _("undecided");
    return choice->is_typed ? _("typed") : _(is_deleted ? fates[choice->side] : sides[choice->side]);
}

static char *value_of(struct app *app, const struct node *value)
{
    struct buf words = { 0 };

    field_value(&words, app->ctx.st, value);
    return buf_take(&words);
}

/* Two values that read alike and are not: then the parts that people seldom see are shown as well. */
static void tell_apart(const struct question *q, char *words[SIDE_COUNT])
{
    for (int a = 0; a < SIDE_COUNT; a++)
        for (int b = a + 1; b < SIDE_COUNT; b++) {
            struct buf x = { 0 }, y = { 0 };

            if (!q->side[a] || !q->side[b] || strcmp(words[a], words[b]) != 0 || node_equal(q->side[a], q->side[b]))
                continue;
            node_write(&x, q->side[a]);
            node_write(&y, q->side[b]);
            free(words[a]);
            free(words[b]);
            words[a] = buf_take(&x);
            words[b] = buf_take(&y);
        }
}

static void question_words(struct app *app, const struct conflict_screen *c, const struct question *q, char *words[SIDE_COUNT])
{
    for (int s = 0; s < SIDE_COUNT; s++)
        words[s] = s == SIDE_BEFORE && !c->conflict.base ? mem_dup(_("not known")) : value_of(app, q->side[s]);
    if (c->conflict.base || !q->side[SIDE_BEFORE])
        tell_apart(q, words);
}

static const char *question_label(const struct conflict_screen *c, const struct question *q)
{
    return q->words ? q->words : field_label(c->conflict.type, q->path);
}

static void add_question(struct app *app, struct conflict_screen *c, size_t i)
{
    static const int column_of[SIDE_COUNT] = { [SIDE_BEFORE] = 1, [SIDE_HERE] = 2, [SIDE_SERVER] = 3 };
    const struct question *q = conflict_question(c, i);
    const struct choice_so_far *choice = &c->choice[i];
    struct list_row *row = list_add(&c->list, 0, "Field", q->name, c->conflict.patient, q->name);
    char *words[SIDE_COUNT];

    question_words(app, c, q, words);
    list_set(row, 0, STYLE_PLAIN, question_label(c, q));
    for (int s = 0; s < SIDE_COUNT; s++) {
        list_set(row, column_of[s], choice->is_made && !choice->is_typed && choice->side == (enum decision_side)s ? STYLE_GOOD : STYLE_PLAIN, words[s]);
        free(words[s]);
    }
    list_set(row, 4, choice->is_made ? STYLE_GOOD : STYLE_LATE, choice_words(choice, false));
}

/* What it was, what it is here; there it is gone. */
static void add_deleted(struct app *app, struct conflict_screen *c)
{
    struct list_row *row = list_add(&c->list, 0, "Field", "entry", c->conflict.patient, c->conflict.type);

    list_set(row, 0, STYLE_PLAIN, act_type_words(c->conflict.type));
    list_set(row, 1, STYLE_PLAIN, c->conflict.base ? _("as it was") : _("not known"));
    list_set(row, 2, STYLE_PLAIN, _("as it is here"));
    list_set(row, 3, STYLE_LATE, _("deleted"));
    list_set(row, 4, c->choice[0].is_made ? STYLE_GOOD : STYLE_LATE, choice_words(&c->choice[0], true));
    for (const struct node *m = node_first(doc_root(c->conflict.here)); m; m = node_next(m)) {
        const struct node *before = c->conflict.base ? node_get(doc_root(c->conflict.base), node_name(m)) : NULL;
        char *was, *is;

        if (strcmp(node_name(m), "meta") == 0 || strcmp(node_name(m), "text") == 0 || strcmp(node_name(m), "id") == 0 ||
            strcmp(node_name(m), "resourceType") == 0 || (before && node_equal(before, m)))
            continue;
        was = value_of(app, before);
        is = value_of(app, m);
        row = list_add(&c->list, 0, "", node_name(m), "", "");
        row->has_no_number = true;
        list_set(row, 0, STYLE_FAINT, field_label(c->conflict.type, node_name(m)));
        list_set(row, 1, STYLE_FAINT, c->conflict.base ? was : _("not known"));
        list_set(row, 2, STYLE_FAINT, is);
        free(was);
        free(is);
    }
}

static void add_settled(struct app *app, struct conflict_screen *c)
{
    struct settled *list;
    size_t n = decision_settled(&c->conflict, &list);

    for (size_t i = 0; i < n; i++) {
        const struct { const struct doc *doc; } sides[] = { { c->conflict.base }, { c->conflict.here }, { c->conflict.server } };
        struct list_row *row = list_add(&c->list, 0, "", list[i].path, "", "");

        row->has_no_number = true;
        list_set(row, 0, STYLE_FAINT, field_label(c->conflict.type, list[i].path));
        for (int s = 0; s < 3; s++) {
            char *words = value_of(app, node_get(doc_root(sides[s].doc), list[i].path));

            list_set(row, s + 1, STYLE_FAINT, words);
            free(words);
        }
        list_set(row, 4, STYLE_FAINT, _("merged"));
    }
    settled_done(list, n);
}

void conflict_rows_fill(struct app *app, struct conflict_screen *c)
{
    size_t at = c->list.at;

    list_begin(&c->list);
    for (size_t i = 0; i < c->questions.n; i++)
        add_question(app, c, i);
    if (conflict_is_deleted(c))
        add_deleted(app, c);
    else
        add_settled(app, c);
    list_end(&c->list, false);
    for (size_t i = 0; i < c->list.n; i++)
        c->list.row[i].mark = i < conflict_questions(c) && c->choice[i].is_news ? LIST_CHANGED : LIST_PLAIN;
    if (at < c->list.n)
        c->list.at = at;
}

/* ---- why ---- */

void conflict_why(struct app *app, const struct conflict_screen *c, struct buf *out)
{
    const struct conflict *k = &c->conflict;
    char here[DATE_TEXT], there[DATE_TEXT], *who = who_words(app, k->here_by);

    when_words(k->here_at, here, sizeof here);
    when_words(k->remote_updated, there, sizeof there);
    if (conflict_is_deleted(c))
        buf_printf(out, _("The server no longer has this entry, and this desk holds something it does not: an edit by %s (%s), or an entry it had confirmed before. "
                          "Nothing is thrown away by itself: keep it, and it is made there again; drop it, and it goes here too. What is dropped stays in the history."),
                   *who ? who : _("somebody"), *here ? here : "?");
    else if (!k->base)
        buf_printf(out, _("It was made here and at the server, or nothing is known of what both came from, so nobody can tell who changed what. "
                          "Each value that differs is asked; nothing of either side is thrown away."));
    else
        buf_printf(out, _("Since both last agreed, %s changed this here (%s) and somebody changed it at the server (%s), differently. "
                          "Taking the later one would throw the other away, so a person decides. Names, numbers, birth dates, sex, death, allergies, "
                          "consents and answers are asked whenever both sides touched them; the rest was put together already."),
                   *who ? who : _("somebody"), *here ? here : "?", *there ? there : "?");
    free(who);
}

/* ---- the screen ---- */

static void draw_values(struct app *app, const struct conflict_screen *c, struct canvas *canvas, int line)
{
    static const struct { enum decision_side side; const char *label; } shown[] = {
        { SIDE_BEFORE, N_("before") }, { SIDE_HERE, N_("here") }, { SIDE_SERVER, N_("server") },
    };
    const struct question *q = conflict_question(c, c->list.at);
    const struct choice_so_far *choice = q ? &c->choice[c->list.at] : NULL;
    char *words[SIDE_COUNT];

    if (!q)
        return;
    question_words(app, c, q, words);
    draw_text(canvas, line++, 3, STYLE_HEADING, question_label(c, q));
    for (int i = 0; i < SIDE_COUNT; i++) {
        draw_text(canvas, line + 2 * i, 3, STYLE_KEY, _(shown[i].label));
        draw_folded(canvas, line + 2 * i, 14, canvas->cols - 15, 2, STYLE_PLAIN, words[shown[i].side]);
    }
    for (int s = 0; s < SIDE_COUNT; s++)
        free(words[s]);
    if (choice->is_made && choice->is_typed) {
        struct doc *doc = NULL;
        char *typed = doc_parse(choice->typed, strlen(choice->typed), &doc, NULL) == RC_OK ? value_of(app, doc_root(doc)) : mem_dup(choice->typed);

        draw_text(canvas, line + 6, 3, STYLE_KEY, _("typed"));
        draw_text(canvas, line + 6, 14, STYLE_GOOD, typed);
        free(typed);
        doc_free(doc);
    }
}

static void draw_under(struct app *app, const struct conflict_screen *c, struct canvas *canvas, int line, int lines)
{
    struct buf why = { 0 };

    if (c->shows_why) {
        conflict_why(app, c, &why);
        draw_folded(canvas, line, 3, canvas->cols - 6, lines, STYLE_PLAIN, buf_text(&why));
        buf_done(&why);
    } else {
        draw_values(app, c, canvas, line);
    }
}

void conflict_draw_one(struct app *app, struct conflict_screen *c, struct canvas *canvas)
{
    int foot = canvas->rows - 2, whole = canvas->rows > 2 * WHOLE_LINES ? WHOLE_LINES : 0;
    struct canvas body = canvas_part(canvas, 1, 0, canvas->rows - 4 - whole, canvas->cols);
    size_t open = conflict_open_questions(c);
    char note[60];

    if (c->is_over) {
        draw_folded(canvas, 1, 3, canvas->cols - 6, 3, STYLE_GOOD, c->over);
        return;
    }
    list_draw(&c->list, &body);
    if (!conflict_questions(c))
        draw_folded(canvas, (int)c->list.n + 2, 3, canvas->cols - 6, 2, STYLE_GOOD, _("Both sides agree again: nothing is left to choose, Enter closes this."));
    if (whole)
        draw_under(app, c, canvas, foot - 1 - whole, whole);
    if (conflict_is_deleted(c))
        draw_text(canvas, foot, 1, STYLE_PLAIN, _("1 keep, there again  2 drop here too  3 as before  ? why  Enter decide"));
    else
        draw_text(canvas, foot, 1, STYLE_PLAIN, _("1 here  2 server  3 before  e type another  ? why  Enter decide"));
    snprintf(note, sizeof note, _("%zu open"), open);
    draw_right(canvas, foot, canvas->cols - 1, open ? STYLE_LATE : STYLE_GOOD, note);
    if (c->is_typing) {
        int col = draw_format(canvas, foot + 1, 1, STYLE_PLAIN, "%s: ", question_label(c, conflict_question(c, c->list.at)));

        field_draw(&c->field, canvas, foot + 1, col, canvas->cols - col - 1, true);
        if (c->problem[0])
            draw_text(canvas, foot - 1, 1, STYLE_ALERT, c->problem);
    }
}
