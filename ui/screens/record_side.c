#include "ui/screens/record.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "fhir/document.h"

enum { SIDE_ROWS = 20 };

static void side_load(struct app *app, struct record_side *side, const char *patient)
{
    for (size_t i = 0; i < SIDE_PANELS && i < n_panels; i++)
        if (timeline_load(app->ctx.st, patient, panels[i].kinds, 0, SIDE_ROWS, &side->events[i], NULL) != RC_OK)
            side->events[i] = (struct events){ 0 };
    side->is_loaded = true;
}

void record_side_draw(struct app *app, struct record_side *side, const char *patient, struct canvas *canvas)
{
    int row = 0, each = canvas->rows / SIDE_PANELS - 2;

    if (!side->is_loaded)
        side_load(app, side, patient);
    for (size_t i = 0; i < SIDE_PANELS && i < n_panels; i++) {
        const struct events *e = &side->events[i];

        if (e->n == 0)
            continue;
        draw_format(canvas, row++, 0, STYLE_HEADING, "%s  %lld", _(panels[i].name), (long long)e->total);
        for (size_t k = 0; k < e->n && (int)k < each; k++) {
            draw_format(canvas, row, 0, STYLE_FAINT, "%.4s", e->event[k].at);
            draw_text(canvas, row++, 5, STYLE_PLAIN, e->event[k].title);
        }
        row++;
    }
}

void record_side_drop(struct record_side *side)
{
    for (size_t i = 0; i < SIDE_PANELS; i++)
        events_done(&side->events[i]);
    *side = (struct record_side){ 0 };
}

static void add_look(struct list *list, const struct node *row)
{
    struct list_row *line = list_add(list, 0, "", node_str(row, "act"), "", node_str(row, "action"));
    char when[24] = "";
    int64_t ms;

    line->has_no_number = true;
    if (clock_parse(node_str(row, "at"), &ms)) {
        struct civil at = clock_local(ms);
        snprintf(when, sizeof when, "%04d-%02d-%02d %02d:%02d", at.date.year, at.date.month, at.date.day, at.hour, at.minute);
    }
    list_set(line, 0, STYLE_PLAIN, when);
    list_set(line, 1, STYLE_PLAIN, node_str(row, "category"));
    list_set(line, 2, STYLE_PLAIN, node_str(row, "action"));
    list_set(line, 3, STYLE_PLAIN, node_str(row, "name"));
}

enum rc record_looked(struct app *app, struct list *list, const char *patient, int64_t *total, struct err *err)
{
    struct arg arg[] = { { "patient", patient }, { "limit", "200" } };
    struct doc *result = NULL;
    enum rc rc = action_run(&app->ctx, ACTION_AUDIT_LIST, &(struct args){ arg, 2 }, &result, err);

    *total = 0;
    for (const struct node *row = node_first(doc_root(result)); rc == RC_OK && row; row = node_next(row)) {
        add_look(list, row);
        (*total)++;
    }
    doc_free(result);
    return rc;
}
