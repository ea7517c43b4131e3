/* If this fails, a form that others wrote cannot be filled at the desk: each of CORPUS/questionnaires is
 * opened in the real program, filled by keys until it is finished, and its response kept and found right. */
#include "tests/screen/desk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "intake/check/check.h"
#include "store/draft.h"
#include "store/store.h"
#include "tests/screen/fill.h"

enum { FORMS = 47 };

static struct {
    struct terminal *t;
    struct store *st;
    char patient[72];
    char *file[FORMS * 2];
    size_t n;
    bool is_on_record;          /* the form before ended where the next begins */
} corpus;

static struct doc *read_file(const char *path)
{
    struct doc *doc = NULL;

    assert_int_equal(file_document(path, &doc, NULL), RC_OK);
    return doc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_forms(void)
{
    char *path = mem_printf("%s/questionnaires", getenv("CORPUS"));
    DIR *dir = opendir(path);

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) && corpus.n < FORMS * 2;) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot && !strcmp(dot, ".json"))
            corpus.file[corpus.n++] = mem_printf("%s/%s", path, entry->d_name);
    }
    closedir(dir);
    free(path);
    qsort(corpus.file, corpus.n, sizeof *corpus.file, by_name);
}

/* Numbers of the list of forms: what is half-filled, then every form in the order it is offered. */
static int number_of(const char *id)
{
    struct form_choice *choice = NULL;
    struct draft *draft = NULL;
    size_t n = 0, drafts = 0;
    int number = 0;

    assert_int_equal(draft_list(corpus.st, corpus.patient, NULL, &draft, &drafts, NULL), RC_OK);
    for (size_t i = 0; i < drafts; i++)
        draft_done(&draft[i]);
    free(draft);
    assert_int_equal(sitting_choices(corpus.st, &choice, &n, NULL), RC_OK);
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(choice[i].id, id))
            number = (int)(drafts + i + 1);
        form_choice_done(&choice[i]);
    }
    free(choice);
    return number;
}

static bool is_offered(const struct form_choice *choice, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(choice[i].id, id))
            return true;
    return false;
}

/* Import the form, also over one of the same id that ships. Its id here, owned: its own, or the one it got. */
static char *bring_in(const char *file)
{
    struct form_choice *before = NULL, *after = NULL;
    size_t n_before = 0, n_after = 0;
    struct doc *form = read_file(file);
    char *id = mem_dup(doc_id(form));

    assert_int_equal(sitting_choices(corpus.st, &before, &n_before, NULL), RC_OK);
    free(desk_run(0, "import", file, "--update", NULL));
    assert_int_equal(sitting_choices(corpus.st, &after, &n_after, NULL), RC_OK);
    for (size_t i = 0; i < n_after && !*id; i++)
        if (!is_offered(before, n_before, after[i].id)) {
            free(id);
            id = mem_dup(after[i].id);
        }
    for (size_t i = 0; i < n_before; i++)
        form_choice_done(&before[i]);
    for (size_t i = 0; i < n_after; i++)
        form_choice_done(&after[i]);
    free(before);
    free(after);
    doc_free(form);
    return id;
}

/* From the record: start the form, fill it, back on the record. */
static bool fill_one(const char *id, unsigned variant, struct fill *f)
{
    char keys[16];

    desk_walk(corpus.t, "i", "nter open", NULL);
    snprintf(keys, sizeof keys, "%d\r", number_of(id));
    terminal_send(corpus.t, keys);
    desk_sees(corpus.t, "Answers are");
    desk_walk(corpus.t, "\r", "^N", NULL);
    *f = (struct fill){ .t = corpus.t, .st = corpus.st, .patient = corpus.patient, .questionnaire = id, .folder = desk_dir(), .variant = variant };
    if (!fill_form(f))
        return false;
    if (!terminal_shows(corpus.t, "TIMELINE"))      /* what the form would write is offered first */
        desk_walk(corpus.t, "\x1b", "TIMELINE", NULL);
    return true;
}

/* By our own rules, as `form check --response` applies them: nothing is wrong with the response. What is
 * wrong with the form itself is its maker's. */
static bool is_valid(const char *file, const char *id)
{
    struct doc *form = read_file(file), *response = NULL, *outcome = NULL;
    bool ok = true;

    assert_int_equal(store_get(corpus.st, "QuestionnaireResponse", id, &response, NULL), RC_OK);
    assert_int_equal(questionnaire_check(form, response, &outcome, NULL, NULL), RC_OK);
    for (const struct node *i = node_first(node_get(doc_root(outcome), "issue")); i; i = node_next(i))
        if (strcmp(node_str(i, "severity"), "error") == 0 && strncmp(node_path_str(i, "expression[0]"), "QuestionnaireResponse", 21) == 0) {
            print_error("%s: %s\n", node_path_str(i, "expression[0]"), node_str(i, "diagnostics"));
            ok = false;
        }
    ok = ok && strcmp(node_str(doc_root(response), "status"), "completed") == 0;
    doc_free(outcome);
    doc_free(response);
    doc_free(form);
    return ok;
}

static void start(void)
{
    corpus.t = desk_open(24, 80);
    desk_find(corpus.t, "quinn", "Quinn, Patrick");
}

static void fill_with(const char *file, const char *id, unsigned variant)
{
    struct fill f = { 0 };
    bool ok;

    if (!corpus.t)
        start();
    corpus.is_on_record = false;
    ok = fill_one(id, variant, &f);
    print_message("# %s: %d keys, %d answers, %d reasons, %d fixes\n", strrchr(file, '/') + 1, f.keys, f.answers, f.reasons, f.fixes);
    if (!ok)
        print_error("%s: %s\n", strrchr(file, '/') + 1, f.why);
    fill_done(&f);
    corpus.is_on_record = ok;
    assert_true(ok);
    assert_int_equal(f.reasons, 0);
    assert_true(is_valid(file, f.response));
}

/* With the first option of everything, then with the second: what depends on them differs. */
static void fill_file(void **state)
{
    const char *file = *state;
    char *id = bring_in(file);

    assert_true(*id);
    fill_with(file, id, 0);
    fill_with(file, id, 1);
    free(id);
}

/* After a form that went wrong the next one begins at a fresh desk. */
static int start_over(void **state)
{
    (void)state;
    if (!corpus.is_on_record && corpus.t) {
        terminal_kill(corpus.t, 9);
        corpus.t = NULL;
    }
    return 0;
}

static void find_patient(void)
{
    char *found = desk_run(0, "patient", "find", "Quinn Patrick", "--json", NULL);
    const char *id = strstr(found, "\"id\":\"");

    assert_true(*id);
    snprintf(corpus.patient, sizeof corpus.patient, "%.*s", (int)strcspn(id + 6, "\""), id + 6);
    free(found);
}

/* The central server has the last word on all of them. Where it was not asked for (CENTRAL=no), it has none. */
static void the_central_server_takes_them(void **state)
{
    char *command = mem_printf("tests/corpus/central %s %s '%s'", desk_dir(), DESK_NOW, DESK_PASSWORD);
    const char *asked = getenv("CENTRAL");

    (void)state;
    assert_int_equal(asked && !strcmp(asked, "no") ? 0 : system(command), 0);
    free(command);
}

static int setup(void **state)
{
    struct err err = { RC_OK, "" };

    if (desk_setup(state) || store_open(desk_dir(), 0, &corpus.st, &err) != RC_OK)
        return -1;
    clock_set_zone("America/New_York");
    clock_set_now(DESK_NOW);
    find_patient();
    return 0;
}

static int teardown(void **state)
{
    store_close(corpus.st);
    for (size_t i = 0; i < corpus.n; i++)
        free(corpus.file[i]);
    if (!getenv("KEEP"))
        return desk_teardown(state);
    print_message("# kept: %s\n", desk_dir());
    return 0;
}

int main(void)
{
    struct CMUnitTest *tests;
    int failed;

    list_forms();
    tests = mem_array(corpus.n + 1, sizeof *tests);
    for (size_t i = 0; i < corpus.n; i++)
        tests[i] = (struct CMUnitTest){ .name = strrchr(corpus.file[i], '/') + 1, .test_func = fill_file, .teardown_func = start_over, .initial_state = corpus.file[i] };
    tests[corpus.n] = (struct CMUnitTest)cmocka_unit_test(the_central_server_takes_them);
    failed = _cmocka_run_group_tests("forms filled by keys", tests, corpus.n + 1, setup, teardown);
    free(tests);
    return failed;
}
