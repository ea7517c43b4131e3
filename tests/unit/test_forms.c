/* If this fails, a form at the desk asks the wrong questions, adds up wrongly or is kept in the wrong
 * shape. Runs every case of tests/forms: see the README there for what a case may say. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"
#include "intake/check.h"
#include "intake/form.h"

struct run { struct form *form; struct doc *questionnaire, *patient; const char *name; int step, failures; };

static struct doc *read_document(const char *path)
{
    struct buf text = {0};
    struct doc *doc = NULL;
    struct err err = {0};
    char block[4096];
    FILE *f = fopen(path, "rb");

    if (!f)
        fail_msg("%s is not there", path);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add_n(&text, block, n);
    fclose(f);
    if (doc_parse(text.data, text.len, &doc, &err) != RC_OK)
        fail_msg("%s: %s", path, err_text(&err));
    buf_done(&text);
    return doc;
}

static struct doc *document_of(const struct node *node)
{
    struct buf text = {0};
    struct doc *doc = NULL;

    node_write(&text, node);
    if (text.len)
        doc_parse(text.data, text.len, &doc, NULL);
    buf_done(&text);
    return doc;
}

static void differ(struct run *r, const char *what, const char *got, const char *want)
{
    print_error("%s, step %d: %s\n    is     %s\n    wanted %s\n", r->name, r->step, what, got, want);
    r->failures++;
}

static void same(struct run *r, const char *what, const char *got, const char *want)
{
    if (strcmp(got, want))
        differ(r, what, got, want);
}

/* --- What a step does --- */

static void do_set(struct run *r, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        if (form_type_answer(r->form, node_name(m), node_text(m), &err) != RC_OK)
            differ(r, node_name(m), err_text(&err), "taken");
}

static void do_refused(struct run *r, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        if (form_type_answer(r->form, node_name(m), node_text(m), &err) == RC_OK)
            differ(r, node_name(m), "taken", "refused");
}

static void do_json(struct run *r, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        if (form_set_json(r->form, node_name(m), m, &err) != RC_OK)
            differ(r, node_name(m), err_text(&err), "taken");
}

static void do_absent(struct run *r, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        if (form_set_absent(r->form, node_name(m), node_text(m), &err) != RC_OK)
            differ(r, node_name(m), err_text(&err), "taken");
}

static void do_repeat(struct run *r, const struct node *value)
{
    struct err err = {0};

    if (form_repeat(r->form, node_text(value), &err) != RC_OK)
        differ(r, "repeat", err_text(&err), "done");
}

static void do_unrepeat(struct run *r, const struct node *value)
{
    struct err err = {0};

    if (form_unrepeat(r->form, node_text(value), &err) != RC_OK)
        differ(r, "unrepeat", err_text(&err), "done");
}

static void do_reset(struct run *r, const struct node *value)
{
    struct err err = {0};

    if (form_reset_calculated(r->form, node_text(value), &err) != RC_OK)
        differ(r, "reset", err_text(&err), "done");
}

static void do_answers(struct run *r, const struct node *value)
{
    struct doc *doc = document_of(value);
    struct err err = {0};

    if (form_load_answers(r->form, doc, &err) != RC_OK)
        differ(r, "answers", err_text(&err), "taken");
    doc_free(doc);
}

/* Keep it as a response and open it again from that. */
static void do_reload(struct run *r, const struct node *value)
{
    struct doc *response = NULL;
    struct err err = {0};

    (void)value;
    assert_int_equal(form_response(r->form, "r", "in-progress", NULL, NULL, NULL, &response, &err), RC_OK);
    form_close(r->form);
    assert_int_equal(form_open(r->questionnaire, &(struct form_context){ .patient = r->patient }, &r->form, &err), RC_OK);
    if (form_load_response(r->form, response, &err) != RC_OK)
        differ(r, "reload", err_text(&err), "taken");
    doc_free(response);
}

/* --- What a step expects --- */

static bool is_question(const struct form_row *row)
{
    return row->type != FORM_GROUP && row->type != FORM_DISPLAY;
}

static void list_add(struct buf *list, const char *text)
{
    buf_printf(list, "%s%s", list->len ? " " : "", text);
}

static void same_list(struct run *r, const char *what, struct buf *got, const struct node *value)
{
    struct buf want = {0};

    for (const struct node *n = node_first(value); n; n = node_next(n))
        list_add(&want, node_text(n));
    same(r, what, buf_text(got), buf_text(&want));
    buf_done(&want);
    buf_done(got);
}

static void see_asked(struct run *r, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_rows(r->form); i++)
        if (is_question(form_row(r->form, i)))
            list_add(&got, form_row(r->form, i)->path);
    same_list(r, "asked", &got, value);
}

static void see_rows(struct run *r, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_rows(r->form); i++)
        list_add(&got, form_row(r->form, i)->path);
    same_list(r, "rows", &got, value);
}

static void see_problems(struct run *r, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_problems(r->form); i++)
        list_add(&got, form_problem(r->form, i).path);
    same_list(r, "problems", &got, value);
}

static void see_words(struct run *r, const struct node *value)
{
    for (const struct node *m = node_first(value); m; m = node_next(m)) {
        const struct form_row *row = form_row_by_path(r->form, node_name(m));
        struct buf got = {0};

        for (size_t i = 0; row && i < row->n_answers; i++) {
            char *words = form_answer_words(r->form, row, i);

            buf_printf(&got, "%s%s", i ? "; " : "", words);
            free(words);
        }
        same(r, node_name(m), row ? buf_text(&got) : "not asked", node_text(m));
        buf_done(&got);
    }
}

static void see_problem(struct run *r, const struct node *value)
{
    for (const struct node *m = node_first(value); m; m = node_next(m)) {
        const struct form_row *row = form_row_by_path(r->form, node_name(m));

        same(r, node_name(m), row ? row->problem : "not asked", node_text(m));
    }
}

static void see_scores(struct run *r, const struct node *value)
{
    struct buf got = {0};

    for (size_t i = 0; i < form_scores(r->form); i++) {
        struct form_score s = form_score(r->form, i);
        char *words = mem_printf("%s=%s(%d/%d)%s%s", s.name, s.value, s.answered, s.of, *s.band ? ":" : "", s.band);

        list_add(&got, words);
        free(words);
    }
    same_list(r, "scores", &got, value);
}

static void see_stop(struct run *r, const struct node *value)
{
    same(r, "stop", form_safety_stop(r->form) ? "true" : "false", node_text(value));
}

static void see_changed(struct run *r, const struct node *value)
{
    same(r, "changed", form_change_words(r->form), node_text(value));
}

static void see_defects(struct run *r, const struct node *value)
{
    char count[24];

    snprintf(count, sizeof count, "%zu", form_defects(r->form));
    if (strcmp(count, node_text(value)))
        for (size_t i = 0; i < form_defects(r->form); i++)
            print_error("    %s\n", form_defect(r->form, i));
    same(r, "defects", count, node_text(value));
}

static void see_progress(struct run *r, const struct node *value)
{
    char text[48];
    int answered, total;

    form_progress(r->form, &answered, &total);
    snprintf(text, sizeof text, "%d of %d", answered, total);
    same(r, "progress", text, node_text(value));
}

/* Only the items: what surrounds them is tested in test_response.c. The words of items are left out. */
static void drop_text(struct doc *doc, struct node *node)
{
    node_remove_name(doc, node, "text");
    for (struct node *n = node_first(node_get(node, "item")); n; n = node_next(n))
        drop_text(doc, n);
    for (struct node *a = node_first(node_get(node, "answer")); a; a = node_next(a))
        for (struct node *n = node_first(node_get(a, "item")); n; n = node_next(n))
            drop_text(doc, n);
}

static void see_response(struct run *r, const struct node *value)
{
    struct doc *doc = NULL;
    struct err err = {0};
    struct buf got = {0}, want = {0};

    assert_int_equal(form_response(r->form, "r", "in-progress", NULL, NULL, NULL, &doc, &err), RC_OK);
    drop_text(doc, doc_root(doc));
    if (node_get(doc_root(doc), "item"))
        node_write(&got, node_get(doc_root(doc), "item"));
    else
        buf_add(&got, "[]");
    node_write(&want, value);
    if (!node_equal(node_get(doc_root(doc), "item"), value) && strcmp(buf_text(&got), buf_text(&want)))
        differ(r, "response", buf_text(&got), buf_text(&want));
    buf_done(&got);
    buf_done(&want);
    doc_free(doc);
}

static const struct { const char *name; void (*step)(struct run *r, const struct node *value); } steps[] = {
    { "set", do_set }, { "refused", do_refused }, { "json", do_json }, { "absent", do_absent }, { "repeat", do_repeat },
    { "unrepeat", do_unrepeat }, { "reset", do_reset }, { "answers", do_answers }, { "reload", do_reload },
    { "asked", see_asked }, { "rows", see_rows }, { "problems", see_problems }, { "words", see_words },
    { "problem", see_problem }, { "scores", see_scores }, { "stop", see_stop }, { "changed", see_changed },
    { "defects", see_defects }, { "progress", see_progress }, { "response", see_response },
};

static void run_step(struct run *r, const struct node *step)
{
    for (const struct node *m = node_first(step); m; m = node_next(m)) {
        size_t i = 0;

        while (i < sizeof steps / sizeof *steps && strcmp(steps[i].name, node_name(m)))
            i++;
        if (i == sizeof steps / sizeof *steps)
            fail_msg("%s: a step cannot %s", r->name, node_name(m));
        steps[i].step(r, m);
    }
}

static int run_case(const struct node *test)
{
    struct run r = { .name = node_str(test, "name") };
    const char *file = node_str(test, "file");
    struct err err = {0};

    if (*file) {
        char *path = mem_printf("%s/questionnaires/%s.json", process_data_dir(), file);

        r.questionnaire = read_document(path);
        free(path);
    } else
        r.questionnaire = document_of(node_get(test, "questionnaire"));
    if (node_get(test, "patient"))
        r.patient = document_of(node_get(test, "patient"));
    if (form_open(r.questionnaire, &(struct form_context){ .patient = r.patient }, &r.form, &err) != RC_OK)
        fail_msg("%s: %s", r.name, err_text(&err));
    for (const struct node *s = node_first(node_get(test, "steps")); s; s = node_next(s)) {
        r.step++;
        run_step(&r, s);
    }
    form_close(r.form);
    doc_free(r.questionnaire);
    doc_free(r.patient);
    return r.failures;
}

static void forms_behave_as_their_suites_say(void **state)
{
    char *folder = mem_printf("%s/../tests/forms", process_data_dir());
    DIR *dir = opendir(folder);
    int failures = 0, cases = 0;

    (void)state;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *dot = strrchr(entry->d_name, '.');
        char *path = mem_printf("%s/%s", folder, entry->d_name);

        if (dot && !strcmp(dot, ".json")) {
            struct doc *suite = read_document(path);

            for (const struct node *c = node_first(node_get(doc_root(suite), "cases")); c; c = node_next(c), cases++)
                failures += run_case(c);
            doc_free(suite);
        }
        free(path);
    }
    closedir(dir);
    free(folder);
    print_message("%d cases\n", cases);
    assert_true(cases > 0);
    assert_int_equal(failures, 0);
}

static void bundled_forms_have_no_faults(void **state)
{
    char *folder = mem_printf("%s/questionnaires", process_data_dir());
    DIR *dir = opendir(folder);
    int forms = 0, errors;

    (void)state;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char *path = mem_printf("%s/%s", folder, entry->d_name);

        if (strstr(entry->d_name, ".json")) {
            struct doc *questionnaire = read_document(path), *outcome = NULL;

            assert_int_equal(questionnaire_check(questionnaire, NULL, &outcome, &errors, NULL), RC_OK);
            if (strcmp(node_path_str(doc_root(outcome), "issue[0].severity"), "information"))
                fail_msg("%s: %s", entry->d_name, node_path_str(doc_root(outcome), "issue[0].diagnostics"));
            assert_true(*node_path_str(doc_root(questionnaire), "copyright"));
            doc_free(outcome);
            doc_free(questionnaire);
            forms++;
        }
        free(path);
    }
    closedir(dir);
    free(folder);
    assert_true(forms >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_behave_as_their_suites_say), cmocka_unit_test(bundled_forms_have_no_faults),
    };

    clock_set_zone("America/New_York");
    clock_set_now("2026-11-23T08:14");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
