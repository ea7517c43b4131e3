/* suite_expect.c - what a step of a suite may expect: one function for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "intake/check/check.h"
#include "intake/check/suite_internal.h"

static const char *text_of(const struct node *node)
{
    return node_text(node) ? node_text(node) : "";
}

static bool is_question(const struct form_row *row)
{
    return row->type != FORM_GROUP && row->type != FORM_DISPLAY;
}

static void list_add(struct buf *list, const char *text)
{
    buf_printf(list, "%s%s", list->len ? " " : "", text);
}

/* got is released. */
static void same_list(struct suite_case *c, const char *what, struct buf *got, const struct node *value)
{
    struct buf want = {0};

    for (const struct node *n = node_first(value); n; n = node_next(n))
        list_add(&want, text_of(n));
    suite_same(c, what, buf_text(got), buf_text(&want));
    buf_done(&want);
    buf_done(got);
}

/* --- Which rows --- */

static void list_rows(struct suite_case *c, const struct node *value, bool (*is_meant)(const struct form_row *row))
{
    struct buf got = {0};

    for (size_t i = 0; i < form_rows(c->form); i++)
        if (is_meant(form_row(c->form, i)))
            list_add(&got, form_row(c->form, i)->path);
    same_list(c, node_name(value), &got, value);
}

static bool is_any(const struct form_row *row) { return row != NULL; }
static bool is_required(const struct form_row *row) { return row->required; }
static bool is_read_only(const struct form_row *row) { return row->read_only; }
static bool is_overridden(const struct form_row *row) { return row->is_overridden; }
static bool has_note(const struct form_row *row) { return *row->note != '\0'; }

static void see_asked(struct suite_case *c, const struct node *value) { list_rows(c, value, is_question); }
static void see_rows(struct suite_case *c, const struct node *value) { list_rows(c, value, is_any); }
static void see_required(struct suite_case *c, const struct node *value) { list_rows(c, value, is_required); }
static void see_read_only(struct suite_case *c, const struct node *value) { list_rows(c, value, is_read_only); }
static void see_overridden(struct suite_case *c, const struct node *value) { list_rows(c, value, is_overridden); }
static void see_noted(struct suite_case *c, const struct node *value) { list_rows(c, value, has_note); }

static void see_problems(struct suite_case *c, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_problems(c->form); i++)
        list_add(&got, form_problem(c->form, i).path);
    same_list(c, "problems", &got, value);
}

static void see_warnings(struct suite_case *c, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_warnings(c->form); i++)
        list_add(&got, form_warning(c->form, i).path);
    same_list(c, "warnings", &got, value);
}

/* --- What stands on a row --- */

static char *row_answers(const struct suite_case *c, const struct form_row *row)
{
    struct buf got = {0};

    for (size_t i = 0; i < row->n_answers; i++) {
        char *words = form_answer_words(c->form, row, i);

        buf_printf(&got, "%s%s", i ? "; " : "", words);
        free(words);
    }
    return buf_take(&got);
}

static char *row_limits(const struct suite_case *c, const struct form_row *row)
{
    (void)c;
    return mem_printf("%s..%s", row->min, row->max);
}

static char *row_text(const struct suite_case *c, const struct form_row *row) { (void)c; return mem_dup(row->text); }
static char *row_problem(const struct suite_case *c, const struct form_row *row) { (void)c; return mem_dup(row->problem); }

/* What can be chosen now. */
static char *row_offered(const struct suite_case *c, const struct form_row *row)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_options(c->form, row); i++) {
        struct form_option option = form_option(c->form, row, i);

        if (!option.disabled)
            buf_printf(&got, "%s%s", got.len ? ", " : "", option.label);
    }
    return buf_take(&got);
}

static void each_row(struct suite_case *c, const struct node *value, char *(*say)(const struct suite_case *c, const struct form_row *row))
{
    for (const struct node *m = node_first(value); m; m = node_next(m)) {
        const struct form_row *row = form_row_by_path(c->form, node_name(m));
        char *got = row ? say(c, row) : mem_dup("not asked");

        suite_same(c, node_name(m), got, text_of(m));
        free(got);
    }
}

static void see_words(struct suite_case *c, const struct node *value) { each_row(c, value, row_answers); }
static void see_limits(struct suite_case *c, const struct node *value) { each_row(c, value, row_limits); }
static void see_text(struct suite_case *c, const struct node *value) { each_row(c, value, row_text); }
static void see_problem(struct suite_case *c, const struct node *value) { each_row(c, value, row_problem); }
static void see_offered(struct suite_case *c, const struct node *value) { each_row(c, value, row_offered); }

/* --- The form as a whole --- */

static void see_scores(struct suite_case *c, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_scores(c->form); i++) {
        struct form_score s = form_score(c->form, i);
        char *words = mem_printf("%s=%s(%d/%d)%s%s", s.name, s.value, s.answered, s.of, *s.band ? ":" : "", s.band);

        list_add(&got, words);
        free(words);
    }
    same_list(c, "scores", &got, value);
}

static void see_stop(struct suite_case *c, const struct node *value)
{
    suite_same(c, "stop", form_safety_stop(c->form) ? "true" : "false", text_of(value));
}

static void see_changed(struct suite_case *c, const struct node *value)
{
    suite_same(c, "changed", form_change_words(c->form), text_of(value));
}

/* How many, or parts of their sentences in order. */
static void see_defects(struct suite_case *c, const struct node *value)
{
    size_t n = form_defects(c->form), i = 0;
    struct buf got = {0};

    for (size_t k = 0; k < n; k++)
        buf_printf(&got, "%s%s", k ? " | " : "", form_defect(c->form, k));
    if (!node_is(value, NODE_ARRAY)) {
        if (strtoul(text_of(value), NULL, 10) != n)
            suite_differ(c, "defects", n ? buf_text(&got) : "none", text_of(value));
    } else {
        for (const struct node *w = node_first(value); w; w = node_next(w), i++)
            if (i >= n || !strstr(form_defect(c->form, i), text_of(w)))
                suite_differ(c, "defects", i < n ? form_defect(c->form, i) : "no more", text_of(w));
        if (i < n)
            suite_differ(c, "defects", form_defect(c->form, i), "no more");
    }
    buf_done(&got);
}

static void see_progress(struct suite_case *c, const struct node *value)
{
    char text[48];
    int answered, total;

    form_progress(c->form, &answered, &total);
    snprintf(text, sizeof text, "%d of %d", answered, total);
    suite_same(c, "progress", text, text_of(value));
}

/* --- What is kept --- */

/* Only the items: what surrounds them differs from program to program. The words of items are left out. */
static void drop_text(struct doc *doc, struct node *node)
{
    node_remove_name(doc, node, "text");
    for (struct node *n = node_first(node_get(node, "item")); n; n = node_next(n))
        drop_text(doc, n);
    for (struct node *a = node_first(node_get(node, "answer")); a; a = node_next(a))
        for (struct node *n = node_first(node_get(a, "item")); n; n = node_next(n))
            drop_text(doc, n);
}

static void same_items(struct suite_case *c, const char *status, const struct node *value)
{
    struct doc *doc = NULL;
    struct err err = {0};
    struct buf got = {0}, want = {0};
    const struct node *items;

    if (form_response(c->form, "r", status, NULL, NULL, NULL, &doc, &err) != RC_OK) {
        suite_differ(c, status, err_text(&err), "kept");
        return;
    }
    drop_text(doc, doc_root(doc));
    if ((items = node_get(doc_root(doc), "item")))
        node_write(&got, items);
    else
        buf_add(&got, "[]");
    node_write(&want, value);
    if (!node_equal(items, value) && strcmp(buf_text(&got), buf_text(&want)) != 0)
        suite_differ(c, node_name(value), buf_text(&got), buf_text(&want));
    buf_done(&got);
    buf_done(&want);
    doc_free(doc);
}

static void see_response(struct suite_case *c, const struct node *value) { same_items(c, "in-progress", value); }
static void see_completed(struct suite_case *c, const struct node *value) { same_items(c, "completed", value); }

/* "severity linkId" of every finding about the form, in order. */
static void see_findings(struct suite_case *c, const struct node *value)
{
    struct doc *outcome = NULL;
    struct err err = {0};
    struct buf got = {0};

    if (questionnaire_check(c->questionnaire, NULL, &outcome, NULL, &err) != RC_OK) {
        suite_differ(c, "findings", err_text(&err), "checked");
        return;
    }
    for (const struct node *i = node_first(node_get(doc_root(outcome), "issue")); i; i = node_next(i)) {
        const char *link = check_issue_link(i);

        buf_printf(&got, "%s%s%s%s", got.len ? " " : "", node_str(i, "severity"), *link ? " " : "", link);
    }
    doc_free(outcome);
    same_list(c, "findings", &got, value);
}

static const struct { const char *name; void (*see)(struct suite_case *c, const struct node *value); } expectations[] = {
    { "asked", see_asked }, { "rows", see_rows }, { "required", see_required }, { "readOnly", see_read_only },
    { "overridden", see_overridden }, { "noted", see_noted }, { "problems", see_problems }, { "warnings", see_warnings },
    { "words", see_words }, { "limits", see_limits }, { "text", see_text }, { "problem", see_problem }, { "offered", see_offered },
    { "scores", see_scores }, { "stop", see_stop }, { "changed", see_changed }, { "defects", see_defects },
    { "progress", see_progress }, { "response", see_response }, { "completed", see_completed }, { "findings", see_findings },
};

bool suite_expect(struct suite_case *c, const char *name, const struct node *value)
{
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++)
        if (!strcmp(expectations[i].name, name)) {
            expectations[i].see(c, value);
            return true;
        }
    return false;
}
