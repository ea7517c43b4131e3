/* A form that somebody brings cannot be filled by ear: every questionnaire of CORPUS is opened under --linear on a dumb
 * terminal, without a network, and answered from what is said alone until its end is read out. */
#include "tests/screen/listen.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/document.h"

enum { NAMES = 200 };

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t len = 0;
    ssize_t n = file ? getdelim(&text, &len, '\0', file) : -1;

    if (file)
        fclose(file);
    assert_true(n >= 0);
    return text;
}

/* The form under an id that no shipped one has; owned. */
static char *under_own_id(const char *text)
{
    struct doc *doc = NULL;
    char *out;

    assert_int_equal(doc_parse(text, strlen(text), &doc, NULL), RC_OK);
    node_set_str(doc, doc_root(doc), "id", "brought");
    out = doc_text(doc, NULL);
    doc_free(doc);
    return out;
}

/* Where it stands in the list, from 1; 0 when it is not there. */
static int place_of(const char *list)
{
    const char *end = strstr(list, "\"id\":\"brought\"");
    int place = 0;

    for (const char *at = strstr(list, "\"id\":"); at && end && at <= end; at = strstr(at + 1, "\"id\":"))
        place++;
    return place;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list(const char *folder, char *names[NAMES])
{
    DIR *dir = opendir(folder);
    size_t n = 0;

    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) && n < NAMES;) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot && strcmp(dot, ".json") == 0)
            names[n++] = strdup(entry->d_name);
    }
    closedir(dir);
    qsort(names, n, sizeof *names, by_name);
    return n;
}

static bool one_form(const char *path, const char *name, struct listened *out)
{
    char *text = slurp(path), *form = under_own_id(text), *forms;
    struct terminal *t;
    int place;

    *out = (struct listened){ 0 };
    free(desk_run(0, "import", desk_file("form.json", form), "--json", NULL));
    forms = desk_run(0, "form", "list", "--json", NULL);
    place = place_of(forms);
    if (place) {
        t = listen_start();
        listen_open(t, "quinn", "Quinn, Patrick", place);
        listen_fill(t, out);
        terminal_kill(t, 15);
    }
    printf("# %-60s %3d answered, %2d refused, %2d passed over, %s\n", name, out->questions, out->refused, out->skipped,
           out->finished ? "finished" : out->reached_end ? "left as a draft" : "THE END WAS NOT REACHED");
    if (!out->finished)
        printf("#   %.*s\n", (int)strcspn(out->last, "\r\n"), out->last);
    free(forms);
    free(form);
    free(text);
    return out->reached_end;
}

static void every_form_is_read_to_its_end(void **state)
{
    const char *corpus = getenv("CORPUS");
    char folder[400], path[700], *names[NAMES];
    size_t n, reached = 0, finished = 0;
    struct listened out;

    (void)state;
    assert_non_null(corpus);
    snprintf(folder, sizeof folder, "%s/questionnaires", corpus);
    n = list(folder, names);
    for (size_t i = 0; i < n; i++) {
        void *none = NULL;

        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(desk_setup(&none), 0);
        reached += one_form(path, names[i], &out);
        finished += out.finished;
        desk_teardown(&none);
        free(names[i]);
    }
    printf("# %zu forms, %zu read to their end, %zu finished\n", n, reached, finished);
    assert_true(n > 0);
    assert_int_equal(reached, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_form_is_read_to_its_end) };

    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
