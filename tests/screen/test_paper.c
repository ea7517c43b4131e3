/* The paper asked for at the desk is not there, or says nothing of where it went. */
#include "tests/screen/desk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int printed(void)
{
    char path[200];
    DIR *dir;
    int n = 0;

    snprintf(path, sizeof path, "%s/printed", desk_dir());
    if (!(dir = opendir(path)))
        return 0;
    for (const struct dirent *entry; (entry = readdir(dir));)
        n += strstr(entry->d_name, ".pdf") != NULL;
    closedir(dir);
    return n;
}

/* P on a form, on a half-filled one and on a finished one: a question where to, and where it went. */
static void a_form_goes_to_a_file(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_find(t, "marsh", "Marsh, Tobias");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "P");
    desk_walk(t, "", "Print to", "\r", "Written to", NULL);
    assert_int_equal(printed(), 1);
    desk_on_row(t, "GAD-7", "\r");
    desk_walk(t, "", "Answers are", "\r", "^N next problem", "1111111\r", "finished and saved", NULL);
    desk_on_row(t, "GAD-7", "P");
    desk_walk(t, "", "Print to", "f\r", "Written to", NULL);
    assert_int_equal(printed(), 2);
    desk_walk(t, "1P", "cursor is not on one", NULL);   /* an appointment has no paper */
    desk_quit(t);
}

/* A half-filled form says on paper that it is one, has its answers and room for the rest. */
static void a_draft_is_no_finished_form(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *drafts, *id, *text;

    (void)state;
    desk_find(t, "rossi", "Rossi, Giulia");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "\r");
    desk_walk(t, "", "Answers are", "\r", "^N next problem", "3", "1 of 7", "\x1b", "parked", NULL);
    desk_quit(t);
    drafts = desk_run(0, "form", "drafts", "--json", NULL);
    id = strstr(drafts, "\"id\":\"") + 6;
    *strchr(id, '"') = '\0';
    text = desk_run(0, "form", "print", id, NULL);
    assert_non_null(strstr(text, "DRAFT: 1 of 7 answered"));
    assert_non_null(strstr(text, "Patient: Rossi, Giulia"));
    assert_non_null(strstr(text, "> Nearly every day"));
    assert_non_null(strstr(text, "[ ] Not at all"));
    assert_null(strstr(text, "COMPLETED"));
    free(text);
    free(drafts);
}

/* A print command is the choice at hand where one is set; one that fails is said, and nothing claims a page. */
static void a_form_goes_to_the_printer(void **state)
{
    struct terminal *t;
    char path[200];

    (void)state;
    snprintf(path, sizeof path, "%s/.config", getenv("HOME"));
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/.config/frontdesk", getenv("HOME"));
    assert_int_equal(mkdir(path, 0700), 0);
    desk_file(".config/frontdesk/config", "print = { command = \"/bin/true\"; };\n");
    t = desk_open(24, 80);
    desk_find(t, "walsh", "Walsh, Niamh");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "P");
    desk_walk(t, "", "the printer", "\r", "Sent to the printer.", NULL);
    desk_quit(t);
    desk_file(".config/frontdesk/config", "print = { command = \"/bin/false\"; };\n");
    t = desk_open(24, 80);
    desk_find(t, "walsh", "Walsh, Niamh");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, "GAD-7", "P");
    desk_walk(t, "", "the printer", "\r", "nothing may have been printed", NULL);
    desk_quit(t);
    snprintf(path, sizeof path, "%s/.config/frontdesk/config", getenv("HOME"));
    assert_int_equal(remove(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_form_goes_to_a_file), cmocka_unit_test(a_draft_is_no_finished_form), cmocka_unit_test(a_form_goes_to_the_printer) };

    return cmocka_run_group_tests_name("paper", tests, desk_setup, desk_teardown);
}
