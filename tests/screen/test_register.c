/* Somebody is registered twice, or what they said is not what is kept. */
#include "tests/screen/desk.h"

#include <stdlib.h>
#include <string.h>

/* Who may be the same person stands below while the name is still being typed. */
static void duplicates_show_while_typing(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "n", "Family name", NULL);
    desk_stands_on(t, "> ");
    desk_walk(t, "evans, gwen", "LIKE THIS ONE", NULL);       /* both names in one field, not left yet */
    desk_row_says(t, "Evans, Gwen", "1951-07-19");
    desk_walk(t, "\r", "Evans, Gwen", "\t", "> 1", "\r", "TIMELINE", NULL);      /* it is she: open her instead */
    desk_sees(t, "Evans, Gwen");
    desk_quit(t);
}

/* The phone stays as typed, the birth date estimated, what each field means is echoed beside it. */
static void kept_as_it_was_said(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *found;

    (void)state;
    desk_walk(t, "n", "Family name", "Quillfeather\r", "leave empty when not known", "Ines\r", "Name to use", "\r", "Born",
              "~1954", "about 1954", "\r", "Sex", "f", "female", "\r", "Phone", "(413) 555-0199 ext 4\r", "Language", NULL);
    desk_walk(t, "Spanish\r", "Interpreter", "y", "yes", "\r", "Address", "9 Mill Ln\r", "Register Quillfeather", "\r", "Saved.", NULL);
    desk_row_says(t, "Quillfeather, Ines", "F");
    desk_sees(t, "Spanish, interpreter");
    found = desk_run(0, "patient", "find", "quillfeather", "--json", NULL);
    assert_non_null(strstr(found, "1954"));
    free(found);
    found = desk_run(0, "patient", "find", "quillfeather", "0199", "--json", NULL);
    assert_non_null(strstr(found, "Quillfeather"));
    free(found);
    desk_quit(t);
}

/* An error stands beside its field in plain words; the cursor stays until it is put right. */
static void what_is_wrong_stands_beside_the_field(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "n", "Family name", "\x06", "a name is needed", "Moss\r", "Given", "\r", "Name to use", "\r", "Born", "31 feb 1980", "31 feb 1980", NULL);
    desk_walk(t, "\r", "not a birth date: 1 jul 1954, 1954, ~1954, 72y", NULL);
    desk_stands_on(t, "Born");
    terminal_send(t, "\x15" "29 feb 1980\r");
    desk_stands_on(t, "Sex");
    desk_walk(t, "z\r", "f female", NULL);
    desk_stands_on(t, "Sex");
    desk_walk(t, "\x1b", "parked: Register", NULL);
    desk_quit(t);
}

/* Leaving keeps what was typed: Space returns to it. */
static void an_interruption_keeps_what_was_typed(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "n", "Family name", "Interrupted\r", "Given", "\x1b", "parked: Register", " ", "Interrupted", NULL);
    desk_stands_on(t, "Given");
    desk_walk(t, "\x1b", "parked: Register", NULL);
    desk_quit(t);
}

/* An edit changes what was changed and nothing else. */
static void an_edit_from_the_record(void **state)
{
    struct terminal *t = desk_open(24, 80);
    char *doc;

    (void)state;
    desk_find(t, "haddad", "Haddad, Samira");
    desk_walk(t, "e", "Family name", "\x1b[B", "> ", "\x1b[B", "> ", "Sami", "Sami", "\x06", "Save Haddad", "\r", "Saved.", NULL);
    desk_row_says(t, "Haddad, Samira", "\"Sami\"");
    doc = desk_run(0, "patient", "find", "haddad", "--json", NULL);
    assert_non_null(strstr(doc, "Sami"));
    free(doc);
    desk_quit(t);
}

/* What was looked for and not found is not typed twice: a name goes to the name, a birth date to the birth date. */
static void takes_over_what_was_looked_for(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    desk_walk(t, "/", "Enter open", "zebulonne 54", "nobody found", "\r", "Given names", NULL);
    desk_row_says(t, "Family name", "zebulonne");
    desk_sees_no_more(t, "54");
    desk_walk(t, "\x06", "Register zebulonne, birth date not known?", "n", "Given names", "\x1b", "ARRIVALS", NULL);
    desk_walk(t, "/", "Enter open", "3/9/1931", "nobody found", "\r", "9 Mar 1931 (95)", "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_over_what_was_looked_for),
        cmocka_unit_test(duplicates_show_while_typing), cmocka_unit_test(kept_as_it_was_said), cmocka_unit_test(what_is_wrong_stands_beside_the_field),
        cmocka_unit_test(an_interruption_keeps_what_was_typed), cmocka_unit_test(an_edit_from_the_record),
    };

    return cmocka_run_group_tests_name("register", tests, desk_setup, desk_teardown);
}
