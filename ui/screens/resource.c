/* One resource in readable form; its course as a plot when it is a measurement or a score; the
 * document as stored by J. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/sent.h"
#include "desk/timeline.h"
#include "fhir/datatype.h"
#include "store/audit.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/plot.h"
#include "ui/screens.h"
#include "ui/scroll.h"

enum { LABEL = 26, PLOT_ROWS = 7, POINTS = 200 };

struct resource_screen {
    struct target target;
    char about[120];
    char *readable;             /* "label TAB value" lines */
    char *raw;                  /* made when asked for */
    struct doc *doc;
    struct plot_point point[POINTS]; size_t n_points;
    struct events course;
    bool is_raw;
    struct scroll scroll;
};

static void load_course(struct app *app, struct resource_screen *r, long long key)
{
    if (key <= 0 || timeline_course(app->ctx.st, r->target.patient, key, &r->course, NULL) != RC_OK)
        return;
    for (size_t i = 0; i < r->course.n && r->n_points < POINTS; i++)
        if (plot_number(r->course.event[i].detail, &r->point[r->n_points].value))
            r->point[r->n_points++].label = r->course.event[i].at;
    if (r->n_points < 2)
        r->n_points = 0;
}

/* Where it stands between here and the server, as one more line of the entry. */
static void add_sent(struct app *app, const struct resource_screen *r, struct buf *out)
{
    enum sent sent = sent_of(app->ctx.st, sent_key(app->ctx.st, r->target.type, r->target.id));

    if (app->sync.configured)
        buf_printf(out, "%s\t%s\n", _("Server"), sent == SENT_DONE ? _("✓ has it as it is here") : sent_words(sent));
}

/* Who "Practitioner/ID" is, or the person of the record; owned, NULL when it is nobody we name here. */
static char *name_behind(struct app *app, const struct resource_screen *r, const char *value)
{
    char type[40], id[72];
    struct doc *doc = NULL;
    struct buf name = { 0 };

    if (sscanf(value, "%39[A-Za-z]/%71[A-Za-z0-9.-]", type, id) != 2 || strlen(type) + strlen(id) + 1 != strlen(value))
        return NULL;
    if (strcmp(type, "Patient") == 0)
        return strcmp(id, r->target.patient) == 0 ? mem_dup(app->banner.person.name) : NULL;
    if (strcmp(type, "Practitioner") != 0 || store_get(app->ctx.st, type, id, &doc, NULL) != RC_OK)
        return NULL;
    name_family_first(&name, name_official(doc_root(doc)));
    doc_free(doc);
    return name.len ? buf_take(&name) : NULL;
}

/* The readable lines with names where references were. Takes text. */
static char *with_names(struct app *app, const struct resource_screen *r, char *text)
{
    struct buf out = { 0 };

    for (char *line = text, *end; *line; line = end) {
        char *tab, *name = NULL;

        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        tab = strchr(line, '\t');
        if (tab)
            name = name_behind(app, r, tab + 1);
        buf_printf(&out, "%.*s%s\n", name ? (int)(tab + 1 - line) : (int)strlen(line), line, name ? name : "");
        free(name);
    }
    free(text);
    return out.data ? buf_take(&out) : mem_dup("");
}

static enum rc resource_load(struct app *app, void *state, const char *argument, struct err *err)
{
    struct resource_screen *r = state;
    struct buf text = { 0 };
    struct grant grant;
    long long key = 0;
    enum rc rc;

    if (sscanf(argument, "%71s %39[^/]/%71s %18lld", r->target.patient, r->target.type, r->target.id, &key) < 3)
        return err_set(err, RC_INVALID, _("There is nothing here to open."));
    rc = app_grant(app, PERM_RECORD_READ, "open", r->target.patient, &grant, err);
    if (rc == RC_OK)
        rc = audit_view(app->ctx.st, &grant, r->target.patient, r->target.type, r->target.id, err);
    if (rc == RC_OK)
        rc = store_get(app->ctx.st, r->target.type, r->target.id, &r->doc, err);
    if (rc != RC_OK)
        return rc;
    resource_readable(&text, doc_root(r->doc));
    add_sent(app, r, &text);
    r->readable = with_names(app, r, text.data ? buf_take(&text) : mem_dup(""));
    snprintf(r->about, sizeof r->about, "%s %s", r->target.type, r->target.id);
    load_course(app, r, key);
    return RC_OK;
}

/* "label TAB value": the label keeps its indent, the value is folded beside it. Returns lines used. */
static int draw_line(struct canvas *canvas, int row, const char *line, size_t len)
{
    char *text = mem_dup_n(line, len);
    char *tab = strchr(text, '\t');
    int lines = 1, skip = row < 0 ? -row : 0;

    if (tab) {
        *tab = '\0';
        draw_text_in(canvas, row, 3, LABEL - 1, STYLE_FAINT, text);
        lines = draw_folded(canvas, row, 3 + LABEL, canvas->cols - LABEL - 4, canvas->rows + skip, STYLE_PLAIN, tab + 1);
    } else {
        lines = draw_folded(canvas, row, 3, canvas->cols - 4, canvas->rows + skip, STYLE_HEADING, text);
    }
    free(text);
    return lines > 0 ? lines : 1;
}

static int draw_lines(struct canvas *canvas, const char *text, int top)
{
    int row = -top;

    while (*text) {
        size_t len = strcspn(text, "\n");
        row += draw_line(canvas, row, text, len);
        text += len + (text[len] == '\n');
    }
    return row + top;
}

static void draw_course(const struct resource_screen *r, struct canvas *canvas)
{
    struct canvas plot = canvas_part(canvas, 0, 3, PLOT_ROWS - 1, canvas->cols - 4);

    plot_draw(&plot, r->point, r->n_points);
}

/* The numbers of the course stand under the resource, latest first. */
static void draw_numbers(const struct resource_screen *r, struct canvas *canvas, int row)
{
    if (r->n_points == 0)
        return;
    draw_text(canvas, row++, 3, STYLE_HEADING, _("COURSE"));
    for (size_t i = r->course.n; i > 0; i--, row++) {
        draw_format(canvas, row, 3, STYLE_FAINT, "%.16s", r->course.event[i - 1].at);
        draw_text(canvas, row, 3 + LABEL, STYLE_PLAIN, r->course.event[i - 1].detail);
    }
}

static void draw_raw(struct resource_screen *r, struct canvas *canvas)
{
    const char *p = r->raw;
    int row = -r->scroll.top;

    for (; *p; row++) {
        size_t len = strcspn(p, "\n");
        if (row >= 0 && row < canvas->rows) {
            char *line = mem_dup_n(p, len);
            draw_text(canvas, row, 1, STYLE_PLAIN, line);
            free(line);
        }
        p += len + (p[len] == '\n');
    }
    r->scroll.lines = row + r->scroll.top;
}

static void resource_draw(struct app *app, void *state, struct canvas *canvas)
{
    struct resource_screen *r = state;
    int plot = r->n_points && !r->is_raw && canvas->rows > PLOT_ROWS + 4 ? PLOT_ROWS : 0;
    struct canvas rest = canvas_part(canvas, plot, 0, canvas->rows - plot, canvas->cols);

    (void)app;
    r->scroll.height = rest.rows;
    if (plot)
        draw_course(r, canvas);
    if (r->is_raw) {
        draw_raw(r, &rest);
        return;
    }
    r->scroll.lines = draw_lines(&rest, r->readable, r->scroll.top);
    draw_numbers(r, &rest, r->scroll.lines - r->scroll.top + 1);
    r->scroll.lines += r->n_points ? (int)r->course.n + 2 : 0;
}

static bool resource_key(struct app *app, void *state, const struct key *key)
{
    struct resource_screen *r = state;

    (void)app;
    return scroll_key(&r->scroll, key);
}

static bool resource_act(struct app *app, void *state, enum action_id action)
{
    struct resource_screen *r = state;
    struct buf text = { 0 };

    (void)app;
    if (action != ACTION_RAW_JSON)
        return false;
    if (!r->raw) {
        node_write_pretty(&text, doc_root(r->doc));
        r->raw = buf_take(&text);
    }
    r->is_raw = !r->is_raw;
    r->scroll.top = 0;
    return true;
}

static struct target resource_target(struct app *app, const void *state)
{
    const struct resource_screen *r = state;

    (void)app;
    return r->target;
}

static const char *resource_about(struct app *app, const void *state)
{
    const struct resource_screen *r = state;

    (void)app;
    return r->about;
}

static void resource_close(struct app *app, void *state)
{
    struct resource_screen *r = state;

    (void)app;
    doc_free(r->doc);
    free(r->readable);
    free(r->raw);
    events_done(&r->course);
}

/* What belongs to another type is of no use on this entry. */
static bool resource_offers(const void *state, enum action_id action)
{
    const struct resource_screen *r = state;
    const char *on = action == ACTION_OPEN ? "QuestionnaireResponse" : action_row(action)->on;

    return !*on || strcmp(on, "Patient") == 0 || strcmp(on, r->target.type) == 0;
}

static const enum action_id resource_actions[] = {
    ACTION_BACK, ACTION_OPEN, ACTION_RAW_JSON, ACTION_FORM_AMEND, ACTION_FORM_HISTORY, ACTION_FORM_EXTRACT, ACTION_CORRECT, ACTION_CONTACT_LOG, ACTION_TASK_ADD, ACTION_TASK_COMPLETE,
    ACTION_TASK_SNOOZE, ACTION_TASK_RESCHEDULE, ACTION_APPOINTMENT_ARRIVE, ACTION_APPOINTMENT_CANCEL, ACTION_UNDO,
};

const struct screen screen_resource = {
    .name = "resource", .title = N_("Entry"), .actions = resource_actions, .n_actions = sizeof resource_actions / sizeof *resource_actions,
    .state_size = sizeof(struct resource_screen), .shows_person = true, .is_passing = true,
    .load = resource_load, .draw = resource_draw, .key = resource_key, .act = resource_act,
    .target = resource_target, .offers = resource_offers, .about = resource_about, .close = resource_close,
};
