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

#include "action/file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"
#include "intake/check/check.h"
#include "intake/check/suite.h"

static struct doc *read_document(const char *path)
{
    struct doc *doc = NULL;
    struct err err = {0};

    if (file_document(path, &doc, &err) != RC_OK)
        fail_msg("%s: %s", path, err_text(&err));
    return doc;
}

static enum rc shipped(void *ctx, const char *file, struct doc **out, struct err *err)
{
    char *path = mem_printf("%s/questionnaires/%s.json", process_data_dir(), file);
    enum rc rc = file_document(path, out, err);

    (void)ctx;
    free(path);
    return rc;
}

static void say(void *ctx, const struct suite_difference *d)
{
    print_error("%s: %s, step %d: %s\n    is     %s\n    wanted %s\n", (const char *)ctx, d->name, d->step, d->what, d->is, d->wanted);
}

static void forms_behave_as_their_suites_say(void **state)
{
    char *folder = mem_printf("%s/../tests/forms", process_data_dir());
    struct suite_counts counts = {0};
    DIR *dir = opendir(folder);

    (void)state;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *dot = strrchr(entry->d_name, '.');
        char *path = mem_printf("%s/%s", folder, entry->d_name);
        struct suite_host host = { shipped, say, entry->d_name };
        struct err err = {0};

        if (dot && !strcmp(dot, ".json")) {
            struct doc *suite = read_document(path);

            if (suite_run(suite, &host, &counts, &err) != RC_OK)
                fail_msg("%s: %s", entry->d_name, err_text(&err));
            doc_free(suite);
        }
        free(path);
    }
    closedir(dir);
    free(folder);
    print_message("%d cases, %d expectations\n", counts.cases, counts.expectations);
    assert_true(counts.cases > 0);
    assert_int_equal(counts.failed, 0);
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
