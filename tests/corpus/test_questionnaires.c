/* If this fails, a form that others wrote no longer opens here, a response is judged otherwise than two
 * public validators do, a total of a real instrument is wrong, or a large form is slow. CORPUS names the folder. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "action/file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "intake/check/check.h"
#include "intake/form.h"

enum { QUESTIONNAIRES = 47, PAIRS = 29, OPEN_MS = 50, ANSWER_MS = 5 };

static struct doc *read_corpus(const char *folder, const char *name)
{
    char *path = mem_printf("%s/%s/%s", getenv("CORPUS"), folder, name);
    struct doc *doc = NULL;

    assert_int_equal(file_document(path, &doc, NULL), RC_OK);
    free(path);
    return doc;
}

static int each_json(const char *folder, int (*visit)(const char *name, const struct doc *doc))
{
    char *path = mem_printf("%s/%s", getenv("CORPUS"), folder);
    DIR *dir = opendir(path);
    int n = 0;

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot && !strcmp(dot, ".json")) {
            struct doc *doc = read_corpus(folder, entry->d_name);

            n += visit(entry->d_name, doc);
            doc_free(doc);
        }
    }
    closedir(dir);
    free(path);
    return n;
}

/* Opened, filled with something on every row, kept, and opened again from what was kept. */
static int fill_and_keep(const char *name, const struct doc *questionnaire)
{
    struct form *form = NULL, *again = NULL;
    struct doc *response = NULL;
    struct err err = {0};

    if (form_open(questionnaire, NULL, &form, &err) != RC_OK) {
        print_error("%s: %s\n", name, err_text(&err));
        return 0;
    }
    for (size_t i = 0; i < form_rows(form); i++) {
        char *path = mem_dup(form_row(form, i)->path);

        if (form_options(form, form_row(form, i)))
            form_choose(form, path, 0, true, NULL);
        else if (form_type_answer(form, path, "1", NULL) != RC_OK && form_type_answer(form, path, "y", NULL) != RC_OK)
            form_type_answer(form, path, "2020-01-01", NULL);
        free(path);
    }
    assert_int_equal(form_response(form, "r", "in-progress", "p", "s", NULL, &response, &err), RC_OK);
    assert_int_equal(form_open(questionnaire, NULL, &again, &err), RC_OK);
    assert_int_equal(form_load_response(again, response, &err), RC_OK);
    if (form_rows(again) != form_rows(form))
        print_error("%s: %zu rows, and %zu when opened again\n", name, form_rows(form), form_rows(again));
    assert_int_equal(form_rows(again), form_rows(form));
    doc_free(response);
    form_close(again);
    form_close(form);
    return 1;
}

static void every_form_opens_fills_and_comes_back(void **state)
{
    (void)state;
    assert_int_equal(each_json("questionnaires", fill_and_keep), QUESTIONNAIRES);
}

static struct doc *part(const struct doc *doc, const char *name)
{
    struct buf text = {0};
    struct doc *out = NULL;

    node_write(&text, node_get(doc_root(doc), name));
    assert_int_equal(doc_parse(text.data, text.len, &out, NULL), RC_OK);
    buf_done(&text);
    return out;
}

static int judge_pair(const char *name, const struct doc *pair)
{
    struct doc *questionnaire = part(pair, "questionnaire"), *response = part(pair, "response"), *outcome = NULL;
    const char *expect = node_str(doc_root(pair), "expect");
    int errors = 0;

    assert_int_equal(questionnaire_check(questionnaire, response, &outcome, &errors, NULL), RC_OK);
    if ((errors > 0) != !strcmp(expect, "reject"))
        print_error("%s: %d errors, expected to %s\n", name, errors, expect);
    doc_free(outcome);
    doc_free(response);
    doc_free(questionnaire);
    return (errors > 0) == !strcmp(expect, "reject");
}

static void every_pair_is_judged_as_the_validators_do(void **state)
{
    (void)state;
    assert_int_equal(each_json("validation", judge_pair), PAIRS);
}

/* Every scored question answered with its option number pick; gives the value of the total as words. */
static void total(const char *file, size_t pick, const char *path, const char *wanted)
{
    struct doc *questionnaire = read_corpus("questionnaires", file);
    struct form *form = NULL;
    char *words;

    assert_int_equal(form_open(questionnaire, NULL, &form, NULL), RC_OK);
    for (size_t i = 0; i < form_rows(form); i++)
        if (form_options(form, form_row(form, i)) > pick && *form_option(form, form_row(form, i), pick).score) {
            char *at = mem_dup(form_row(form, i)->path);

            form_choose(form, at, pick, true, NULL);
            free(at);
        }
    words = form_row_by_path(form, path) ? form_answer_words(form, form_row_by_path(form, path), 0) : mem_dup("not asked");
    if (strcmp(words, wanted))
        print_error("%s: %s is %s\n", file, path, words);
    assert_string_equal(words, wanted);
    free(words);
    form_close(form);
    doc_free(questionnaire);
}

static void scored_instruments_add_up(void **state)
{
    (void)state;
    total("phq-9-scored.json", 2, "phq9.totalScore", "18");
    total("gad-7-scored.json", 3, "gad7.totalScore", "21");
    total("audit-c-scored.json", 1, "auditc.totalScore", "2");
}

/* Processor time: the machine may be busy with others. */
static int64_t spent_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t fill_all(struct form *form)
{
    int64_t worst = 0;

    for (size_t i = 0; i < form_rows(form); i++) {
        char *path = mem_dup(form_row(form, i)->path);
        int64_t before = spent_ms();

        form_type_answer(form, path, "3", NULL);
        if (spent_ms() - before > worst)
            worst = spent_ms() - before;
        free(path);
    }
    return worst;
}

static void large_forms_are_quick(void **state)
{
    static const char *const files[] = { "800.json", "15k.json", "31k-coding.json" };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct doc *questionnaire = read_corpus("generated", files[i]);
        struct form *form = NULL;
        int64_t start = spent_ms(), opened, worst;

        assert_int_equal(form_open(questionnaire, NULL, &form, NULL), RC_OK);
        opened = spent_ms() - start;
        worst = fill_all(form);
        print_message("%s: open %d ms, slowest answer %d ms\n", files[i], (int)opened, (int)worst);
        assert_true(opened <= OPEN_MS);
        assert_true(worst <= ANSWER_MS);
        form_close(form);
        doc_free(questionnaire);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_opens_fills_and_comes_back), cmocka_unit_test(every_pair_is_judged_as_the_validators_do),
        cmocka_unit_test(scored_instruments_add_up), cmocka_unit_test(large_forms_are_quick),
    };

    clock_set_zone("America/New_York");
    clock_set_now("2026-11-23T08:14");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
