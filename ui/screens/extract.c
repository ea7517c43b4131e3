/* Extract: what a finished form would write into the record, row by row, beside what stands there.
 * Nothing is written before w; what is not marked stays with the form and is offered again from it. */
#include "ui/screens/extract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/extract/proposal.h"
#include "ui/act.h"
#include "ui/list.h"
#include "ui/screens.h"

struct extract_screen {
    struct list list;
    struct list_group group;
    struct proposals proposals;
    bool *marked;               /* owned: to be written, by number of the proposal */
    char about[160];
};

static const enum action_id actions[] = { ACTION_BACK, ACTION_OPEN };
static const struct list_column columns[] = {
    { "", 4, false, false }, { "", 9, false, false }, { "", 19, false, false }, { "", 0, false, true },
};

static const char *state_words(enum proposal_state state)
{
    static const char *const words[] = {
        [PROPOSAL_NEW] = N_("new"), [PROPOSAL_CHANGE] = N_("change"), [PROPOSAL_WRITTEN] = N_("there"), [PROPOSAL_REFUSED] = N_("refused"),
    };

    return _(words[state]);
}

static size_t count_marked(const struct extract_screen *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->proposals.n; i++)
        n += x->marked[i];
    return n;
}

/* "555-0100 -> 555-0142", "555-0142 added"; of a new resource its value alone. */
static char *difference_words(const struct proposal *p, const struct difference *d)
{
    if (p->state != PROPOSAL_CHANGE)
        return mem_dup(d->after);
    if (!*d->before)
        return mem_printf(_("%s added"), d->after);
    return *d->after ? mem_printf("%s -> %s", d->before, d->after) : mem_printf(_("%s removed"), d->before);
}

/* A change is told by what changes (the names of it when there is more than one), anything else by what it is. */
static void set_words(struct list_row *row, const struct proposal *p)
{
    struct buf words = { 0 };

    if (p->state == PROPOSAL_CHANGE && p->n_differences == 1) {
        char *change = difference_words(p, &p->difference[0]);

        buf_printf(&words, "%s: %s", p->difference[0].label, change);
        free(change);
    } else if (p->state == PROPOSAL_CHANGE) {
        for (size_t i = 0; i < p->n_differences; i++)
            buf_printf(&words, "%s%s", i ? ", " : "", p->difference[i].label);
    } else {
        buf_add(&words, p->summary);
    }
    if (*p->why)
        buf_printf(&words, "%s%s", words.len ? "  " : "", p->why);
    list_set(row, 3, p->state == PROPOSAL_REFUSED ? STYLE_LATE : p->state == PROPOSAL_WRITTEN ? STYLE_FAINT : STYLE_PLAIN, buf_text(&words));
    buf_done(&words);
}

static void show(struct extract_screen *x)
{
    size_t at = x->list.at;

    list_begin(&x->list);
    for (size_t i = 0; i < x->proposals.n; i++) {
        const struct proposal *p = &x->proposals.proposal[i];
        struct list_row *row;
        char number[24];

        snprintf(number, sizeof number, "%zu", i + 1);
        row = list_add(&x->list, 0, "Proposal", number, x->proposals.patient, p->summary);
        list_set(row, 0, STYLE_KEY, !proposal_is_open(p) ? "" : x->marked[i] ? "[x]" : "[ ]");
        list_set(row, 1, p->state == PROPOSAL_REFUSED ? STYLE_LATE : STYLE_PLAIN, state_words(p->state));
        list_set(row, 2, STYLE_PLAIN, doc_type(p->doc));
        set_words(row, p);
    }
    list_end(&x->list, false);
    if (at < x->list.n)
        x->list.at = at;
    snprintf(x->group.note, sizeof x->group.note, _("%zu of %zu marked"), count_marked(x), proposals_waiting(&x->proposals));
}

static enum rc read_proposals(struct app *app, const char *patient, const char *response, struct proposals *out, struct err *err)
{
    struct grant grant;
    enum rc rc = action_grant(&app->ctx, ACTION_FORM_EXTRACT, patient, &grant, err);

    return rc == RC_OK ? proposals_open(app->ctx.st, &grant, response, out, err) : rc;
}

/* Another name, birth date or sex than the record has: it may be the wrong person whose form this is. */
static bool is_someone_else(const struct proposal *p)
{
    static const char *const members[] = { "name", "birthDate", "gender" };

    if (p->state != PROPOSAL_CHANGE || strcmp(doc_type(p->doc), "Patient"))
        return false;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct node *was = node_get(doc_root(p->before), members[i]);

        if (was && !node_equal(was, node_get(doc_root(p->doc), members[i])))
            return true;
    }
    return false;
}

/* What a form says is meant to be kept; but who the person is changes only by a mark of staff. */
static bool is_marked_at_first(const struct proposal *p)
{
    return proposal_is_open(p) && !is_someone_else(p);
}

static enum rc extract_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct extract_screen *x = state;
    char patient[72], response[72];
    enum rc rc;

    if (sscanf(argument, "%71s %71s", patient, response) != 2)
        return err_set(err, RC_INVALID, _("no form was named"));
    if ((rc = read_proposals(app, patient, response, &x->proposals, err)) != RC_OK)
        return rc;
    x->marked = mem_array(x->proposals.n + 1, sizeof *x->marked);
    for (size_t i = 0; i < x->proposals.n; i++)
        x->marked[i] = is_marked_at_first(&x->proposals.proposal[i]);
    snprintf(x->about, sizeof x->about, "%s", x->proposals.title);
    x->group = (struct list_group){ .title = _("TO BE WRITTEN INTO THE RECORD"), .column = columns, .n_columns = 4 };
    x->list.group = &x->group;
    x->list.n_groups = 1;
    show(x);
    app_hold_keys(app);         /* what was typed ahead was meant for the form */
    return RC_OK;
}

/* Does the mark that was set on a mean b too: the same resource, and no change by now of who the person is? */
static bool is_still_meant(const struct proposal *a, const struct proposal *b)
{
    return proposal_is_open(a) == proposal_is_open(b) && strcmp(doc_type(a->doc), doc_type(b->doc)) == 0 &&
           strcmp(doc_id(a->doc), doc_id(b->doc)) == 0 && is_someone_else(a) >= is_someone_else(b);
}

/* Somebody else wrote: what would be written is worked out anew, marks stay with their rows. */
static enum rc extract_refresh(struct app *app, void *state, struct err *err)
{
    struct extract_screen *x = state;
    struct proposals now;
    enum rc rc = read_proposals(app, x->proposals.patient, x->proposals.response, &now, err);
    bool *marked;

    if (rc != RC_OK)
        return rc;
    marked = mem_array(now.n + 1, sizeof *marked);
    for (size_t i = 0; i < now.n; i++)
        marked[i] = i < x->proposals.n && is_still_meant(&x->proposals.proposal[i], &now.proposal[i]) ? x->marked[i]
                                                                                                        : is_marked_at_first(&now.proposal[i]);
    free(x->marked);
    proposals_done(&x->proposals);
    x->marked = marked;
    x->proposals = now;
    show(x);
    return RC_OK;
}

/* --- Marking and writing --- */

static void toggle(struct app *app, struct extract_screen *x)
{
    const struct proposal *p = x->list.at < x->proposals.n ? &x->proposals.proposal[x->list.at] : NULL;

    if (!p)
        return;
    if (!proposal_is_open(p)) {
        app_say(app, STYLE_PLAIN, "%s", *p->why ? p->why : state_words(p->state));
        return;
    }
    x->marked[x->list.at] = !x->marked[x->list.at];
    show(x);
}

static void mark_all(struct extract_screen *x)
{
    bool on = count_marked(x) < proposals_waiting(&x->proposals);

    for (size_t i = 0; i < x->proposals.n; i++)
        x->marked[i] = on && proposal_is_open(&x->proposals.proposal[i]);
    show(x);
}

static void write_marked(struct app *app, struct extract_screen *x)
{
    size_t n = count_marked(x), left = proposals_waiting(&x->proposals) - n;
    struct buf take = { 0 };

    if (n == 0) {
        app_say(app, STYLE_LATE, _("Nothing is marked: Enter marks a row, a all of them, Esc leaves them for later"));
        return;
    }
    for (size_t i = 0; i < x->proposals.n; i++)
        if (x->marked[i])
            buf_printf(&take, "%s%zu", take.len ? "," : "", i + 1);
    if (app_run(app, ACTION_FORM_EXTRACT, &(struct args){ (const struct arg[]){ { "response", x->proposals.response },
                { "take", buf_text(&take) }, { "seen", x->proposals.mark } }, 3 }, NULL, NULL)) {
        app_close_top(app);
        app_person_changed(app);
        if (left)
            app_say(app, STYLE_GOOD, _("%zu written; %zu left with the form, E on it in the record shows them again"), n, left);
        else
            app_say(app, STYLE_GOOD, ngettext("%zu written into the record", "%zu written into the record", n), n);
    } else {
        extract_refresh(app, x, &(struct err){ RC_OK, "" });    /* somebody else wrote meanwhile: shown as it would be now */
    }
    buf_done(&take);
}

static bool extract_key(struct app *app, void *state, const struct key *key)
{
    struct extract_screen *x = state;

    if (key_is(key, 'w'))
        write_marked(app, x);
    else if (key_is(key, 'a'))
        mark_all(x);
    else if (key->cap == KEYCAP_ESC && !app->typed[0] && proposals_waiting(&x->proposals)) {
        app_back(app);
        app_say(app, STYLE_PLAIN, _("Left for later: E on the form in the record shows what it would write."));
    } else
        return false;
    return true;
}

static bool extract_act(struct app *app, void *state, enum action_id action)
{
    if (action != ACTION_OPEN)
        return false;
    toggle(app, state);
    return true;
}

/* --- Drawing --- */

enum { LABEL_COL = 3, WORDS_COL = 22, ITEM_LINES = 2 };

/* What is under the cursor, whole: each member, old and new where it changes. Returns the lines it took. */
static int draw_differences(const struct proposal *p, struct canvas *canvas)
{
    int line = 0;

    for (size_t i = 0; i < p->n_differences && line < canvas->rows; i++) {
        const struct difference *d = &p->difference[i];
        char *words = difference_words(p, d);
        int room = canvas->rows - line < ITEM_LINES ? canvas->rows - line : ITEM_LINES, taken;

        draw_text_in(canvas, line, LABEL_COL, WORDS_COL - LABEL_COL - 1, STYLE_KEY, d->label);
        taken = draw_folded(canvas, line, WORDS_COL, canvas->cols - WORDS_COL - 1, room, STYLE_PLAIN, words);
        line += taken > 0 ? taken : 1;
        free(words);
    }
    return line;
}

static void draw_row(const struct extract_screen *x, struct canvas *canvas)
{
    const struct proposal *p = x->list.at < x->proposals.n ? &x->proposals.proposal[x->list.at] : NULL;
    int line = p ? draw_differences(p, canvas) : 0;

    if (p && is_someone_else(p) && line < canvas->rows)
        line += draw_folded(canvas, line, LABEL_COL, canvas->cols - LABEL_COL - 1, canvas->rows - line, STYLE_ALERT,
                            _("! This changes who the person is on record. Mark it only when you are sure that the form is of this person."));
    if (p && *p->why && line < canvas->rows)
        line += draw_folded(canvas, line, LABEL_COL, canvas->cols - LABEL_COL - 1, canvas->rows - line, STYLE_LATE, p->why);
    for (size_t i = 0; i < x->proposals.n_notes && line < canvas->rows; i++)
        line += draw_folded(canvas, line, LABEL_COL, canvas->cols - LABEL_COL - 1, canvas->rows - line, STYLE_ALERT, x->proposals.note[i]);
}

static void extract_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct extract_screen *x = state;
    int foot = canvas->rows - 2, lines = list_lines(&x->list) + 1, most = (foot - 1) / 2;
    struct canvas body = canvas_part(canvas, 1, 0, lines < most ? lines : most, canvas->cols);
    struct canvas below = canvas_part(canvas, 2 + body.rows, 0, foot - 3 - body.rows, canvas->cols);

    (void)app;
    list_draw(&x->list, &body);
    draw_row(x, &below);
    if (proposals_waiting(&x->proposals))
        draw_format(canvas, foot, 1, STYLE_PLAIN, _("Enter mark or not  a all  w write the %zu marked  Esc leave for later"), count_marked(x));
    else
        draw_text(canvas, foot, 1, STYLE_PLAIN, _("Nothing is left to write."));
}

/* Read out: every row whole, since there is no other place for what the cursor stands on. */
static void extract_say(struct app *app, void *state, struct buf *out)
{
    const struct extract_screen *x = state;

    (void)app;
    buf_printf(out, _("To be written into the record, from the form %s. %zu of %zu marked.\n"), x->about, count_marked(x), proposals_waiting(&x->proposals));
    for (size_t i = 0; i < x->proposals.n; i++) {
        const struct proposal *p = &x->proposals.proposal[i];

        buf_printf(out, "%zu. %s, %s%s %s.\n", i + 1, state_words(p->state),
                   !proposal_is_open(p) ? "" : x->marked[i] ? _("marked, ") : _("not marked, "), doc_type(p->doc), p->summary);
        for (size_t k = 0; k < p->n_differences; k++) {
            char *words = difference_words(p, &p->difference[k]);

            buf_printf(out, "   %s: %s\n", p->difference[k].label, words);
            free(words);
        }
        if (*p->why)
            buf_printf(out, "   %s\n", p->why);
        if (is_someone_else(p))
            buf_printf(out, "   %s\n", _("! This changes who the person is on record. Mark it only when you are sure that the form is of this person."));
    }
    for (size_t i = 0; i < x->proposals.n_notes; i++)
        buf_printf(out, "%s\n", x->proposals.note[i]);
    buf_add(out, _("A number marks a row or not. a all, w writes what is marked, :back leaves it for later.\n"));
}

static struct list *extract_list(void *state)
{
    return &((struct extract_screen *)state)->list;
}

static const char *extract_about(struct app *app, const void *state)
{
    (void)app;
    return ((const struct extract_screen *)state)->about;
}

static void extract_close(struct app *app, void *state)
{
    struct extract_screen *x = state;

    (void)app;
    free(x->marked);
    list_done(&x->list);
    proposals_done(&x->proposals);
}

const struct screen screen_extract = {
    .name = "extract", .title = N_("From the form"), .actions = actions, .n_actions = sizeof actions / sizeof *actions,
    .state_size = sizeof(struct extract_screen), .shows_person = true, .is_passing = true,
    .load = extract_load, .refresh = extract_refresh, .draw = extract_draw, .key = extract_key, .act = extract_act,
    .say = extract_say, .list = extract_list, .about = extract_about,
    .empty = N_("This form writes nothing but its answers."), .close = extract_close,
};

/* --- Opening it --- */

static bool open_on(struct app *app, const char *patient, const char *response)
{
    char *argument = mem_printf("%s %s", patient, response);
    bool opened = app_open(app, &screen_extract, argument);

    free(argument);
    return opened;
}

void extract_offer(struct app *app, const char *patient, const char *response)
{
    struct proposals proposals;
    char said[sizeof app->message];
    enum style style = app->message_style;
    struct err err = { RC_OK, "" };
    bool asks, is_told;

    if (read_proposals(app, patient, response, &proposals, &err) != RC_OK) {
        app_say(app, STYLE_LATE, _("finished and saved; what it would write cannot be told: %s"), err_text(&err));
        return;
    }
    asks = proposals_waiting(&proposals) > 0;
    is_told = !asks && proposals.n_notes > 0;
    proposals_done(&proposals);
    memcpy(said, app->message, sizeof said);
    if (asks && open_on(app, patient, response))
        app_say(app, style, "%s", said);
    else if (is_told)
        app_say(app, style, _("%s; no more is written (E on it says why)"), said);
}

void extract_start(struct app *app, const struct target *target)
{
    open_on(app, target->patient, target->id);
}
