/* A half-filled form is lost between colleagues or versions, or a finished one changes without a trace. */
#include "tests/screen/desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HABITS(id, version, status, first, second) "{\"resourceType\":\"Questionnaire\",\"id\":\"" id "\",\"url\":\"http://example.org/habits\",\"version\":\"" version "\"," \
    "\"status\":\"" status "\",\"title\":\"Home habits\",\"item\":[{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"" first "\",\"required\":true}," \
    "{\"linkId\":\"" second "\",\"type\":\"string\",\"text\":\"" second " at home?\"},{\"linkId\":\"4\",\"type\":\"integer\",\"text\":\"Stairs at home?\"}]}"

/* From Today: a form of somebody, past the question where answers come from. */
static void start_form(struct terminal *t, const char *who, const char *name, const char *form)
{
    desk_find(t, who, name);
    desk_walk(t, "i", "START A FORM", NULL);
    desk_on_row(t, form, "\r");
    desk_sees(t, "Answers are");
    desk_walk(t, "\r", "^N next problem", NULL);
}

/* What a newer version would take away is named before anything happens; Esc changes nothing, Enter and a yes
 * do it, and it goes back. */
static void a_draft_goes_to_a_newer_version_and_back(void **state)
{
    struct terminal *t;

    (void)state;
    desk_import(HABITS("habits-1", "1", "active", "Who lives with you?", "Pets"));
    t = desk_open(24, 80);
    start_form(t, "quinn", "Quinn, Patrick", "Home habits");
    desk_walk(t, "a sister\r", "saved", NULL);
    desk_stands_on(t, "Pets at home?");
    desk_walk(t, "two cats\r", "2 of 3", "\x1b", "parked:", NULL);
    desk_import(HABITS("habits-2", "2", "active", "Who lives in your home?", "Plants"));
    desk_walk(t, "T", "ARRIVALS", "g", "MINE", NULL);
    desk_row_says(t, "Home habits", "2 of 3");
    desk_row_says(t, "Home habits", "newer version");
    desk_on_row(t, "Quinn, Patrick", "");
    desk_walk(t, "\r", "Pets at home?", "\x1b", "MINE", "U", "From version 1 to version 2", NULL);
    desk_sees(t, "Pets at home?");
    desk_sees(t, "answered: two cats");
    desk_sees(t, "Plants at home?");
    desk_row_says(t, "was:", "Who lives with you?");
    desk_walk(t, "\x1b", "2 of 3", "U", "From version 1 to version 2", "\r", "1 stay", "n", "From version 1", NULL);
    terminal_kill(t, SIGKILL);
    t = desk_open(24, 80);                          /* nothing was decided */
    desk_walk(t, "g", "newer version", "U", "From version 1 to version 2", NULL);
    desk_import(HABITS("habits-3", "3", "active", "Who lives in your home?", "Plants"));
    desk_walk(t, "\r", "go aside", "\r", "there is another newest version", NULL);     /* not the one that was shown */
    desk_walk(t, "\x1b", "MINE", "U", "From version 1 to version 3", "\r", "go aside", "\r", "In the newest version", NULL);
    desk_row_says(t, "Who lives in your home?", "a sister");
    assert_false(terminal_shows(t, "Pets at home?"));
    terminal_kill(t, SIGKILL);
    t = desk_open(24, 80);
    desk_walk(t, "g", "1 of 3", "U", "KEPT ASIDE", NULL);
    desk_sees(t, "two cats");
    desk_walk(t, "\r", "Back to the version", "\r", "Pets at home?", NULL);
    desk_row_says(t, "Pets at home?", "two cats");
    desk_walk(t, "\x1b", "MINE", "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

/* Among many forms a part of the title is enough; one without a title has words, not an id, and stands last;
 * what is done comes before what is not. */
static void a_form_is_found_by_a_part_of_its_title(void **state)
{
    struct terminal *t;

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"0a91c6a9f002eb7a\",\"status\":\"active\",\"item\":[{\"linkId\":\"g\",\"type\":\"group\",\"item\":["
                "{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"How far can you walk?\"}]}]}");
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"a-draft\",\"version\":\"2\",\"status\":\"draft\",\"title\":\"A form not yet in use, with a title that is quite long\",\"item\":["
                "{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"First\"}]}");
    t = desk_open(24, 80);
    desk_find(t, "quinn", "Quinn, Patrick");
    desk_walk(t, "i", "START A FORM", NULL);
    desk_sees(t, "AUDIT-C");
    assert_false(terminal_shows(t, "A form not yet") || terminal_shows(t, "0a91c6a9"));   /* alphabetically the first two */
    desk_walk(t, "/phq9", "/ phq9", NULL);
    desk_sees_no_more(t, "AUDIT-C");
    desk_walk(t, "\r", "Answers are", "\r", "Little interest", "\x1b", "parked:", "i", "START A FORM", "/walk far", "1 of ", NULL);
    desk_sees(t, "1  \"How far can you walk?\"");
    desk_walk(t, "\x15" "yet title", "A form not yet in use, with a title that", NULL);
    desk_row_says(t, "A form not yet in use, with a title that", "v2 draft");
    desk_walk(t, "zz", "No form has that", "\x1b", "AUDIT-C", "\x1b", "TIMELINE", NULL);
    desk_quit(t);
}

/* Handed over with a word: gone from mine, on the colleague's Today with who and why. */
static void a_colleague_finds_it_on_today(void **state)
{
    struct terminal *t;
    char verb[16];

    (void)state;
    desk_add_staff("rlee", "R. Lee", "front-desk");
    t = desk_open(24, 80);
    start_form(t, "kim", "Kim, Min-jun", "AUDIT-C");
    desk_walk(t, "1", "1 of ", "\x1b", "parked:", "T", "ARRIVALS", "g", "U versions", NULL);
    desk_sees(t, "1 of 3");
    snprintf(verb, sizeof verb, "HO %s\r", desk_number(t, "Kim, Min-jun"));
    desk_walk(t, verb, "to whom", "rlee\r", "reason", "at lunch\r", "saved", NULL);
    desk_sees(t, "R. Lee, from you: at l");
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
    t = desk_open_with(24, 80, "rlee", NULL);
    desk_row_says(t, "Kim, Min-jun", "from demo: at lunch");
    desk_on_row(t, "Kim, Min-jun", "\r");
    desk_sees(t, "^N next problem");
    desk_stands_on(t, "2.");
    desk_walk(t, "\x1b", "ARRIVALS", NULL);
    desk_quit(t);
}

/* m and a reason: the answers as a draft, resumed after the power went; finished, the record says amended, and the
 * history what was answered before. */
static void a_finished_form_is_changed_with_its_history(void **state)
{
    struct terminal *t = desk_open(24, 80);

    (void)state;
    start_form(t, "tanaka", "Tanaka, Yuki", "GAD-7");
    desk_walk(t, "1111111\r", "7, mild (7 of 7)", NULL);
    desk_sees(t, "(7 of 7)");
    desk_row_says(t, "GAD-7", "(7 of 7)");
    desk_on_row(t, "GAD-7", "m");
    desk_walk(t, "", "why it is changed", "misheard\r", "Changing a finished form: misheard", "3", "saved", NULL);
    terminal_kill(t, SIGKILL);
    t = desk_open(24, 80);
    desk_row_says(t, "Tanaka, Yuki", "changes a finished form");
    desk_on_row(t, "Tanaka, Yuki", "\r");
    desk_walk(t, "", "Changing a finished form", "\x06", "finished and saved", NULL);
    desk_find(t, "tanaka", "Tanaka, Yuki");
    desk_row_says(t, "GAD-7", "amended");
    desk_row_says(t, "GAD-7", "9, mild (7 of 7)");
    desk_on_row(t, "GAD-7", "h");
    desk_walk(t, "", "VERSIONS", NULL);
    desk_row_says(t, "amended", "misheard");
    desk_row_says(t, "▸", "Nearly every day");
    desk_walk(t, "j", "The first version here", "\r", "as answered", NULL);
    desk_sees(t, "7 of 21, mild (7 of 7 answered)");    /* as it was then */
    desk_walk(t, "\x1b", "VERSIONS", "\x1b", "TIMELINE", NULL);
    desk_quit(t);
}

/* Retired: shown, not begun. Of a version that is not here the answers stand with their own words, and it is said. */
static void retired_and_missing_versions_say_so(void **state)
{
    struct terminal *t;
    char id[72], json[600], *found;

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"old\",\"url\":\"http://example.org/old\",\"version\":\"7\",\"status\":\"retired\",\"title\":\"Old form\","
                "\"item\":[{\"linkId\":\"1\",\"type\":\"string\",\"text\":\"As it reads now?\"}]}");
    t = desk_open(24, 80);
    desk_find(t, "rossi", "Rossi, Giulia");
    desk_walk(t, "i", "START A FORM", "\x1b[F", "RETIRED", NULL);
    desk_row_says(t, "Old form", "v7");
    desk_on_row(t, "Old form", "\r");
    desk_sees(t, "is retired");
    desk_quit(t);
    found = desk_run(0, "patient", "find", "rossi", "--json", NULL);
    assert_int_equal(sscanf(strstr(found, "\"id\":\"") + 6, "%71[^\"]", id), 1);
    free(found);
    snprintf(json, sizeof json, "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"old-answers\",\"questionnaire\":\"http://example.org/old|3\",\"status\":\"completed\","
             "\"subject\":{\"reference\":\"Patient/%s\"},\"authored\":\"2026-11-23T08:00:00-05:00\",\"item\":[{\"linkId\":\"1\",\"text\":\"As it read then?\","
             "\"answer\":[{\"valueString\":\"indeed\"}]}]}", id);
    desk_import(json);
    t = desk_open(24, 80);
    desk_find(t, "rossi", "Rossi, Giulia");
    desk_on_row(t, "Old form", "\r");
    desk_walk(t, "", "Entry", "\r", "not here in the version", NULL);
    desk_row_says(t, "As it read then?", "indeed");
    desk_walk(t, "m", "why it is changed", "because\r", "only: 7", NULL);      /* nor is it changed in another version */
    desk_quit(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_goes_to_a_newer_version_and_back), cmocka_unit_test(a_form_is_found_by_a_part_of_its_title), cmocka_unit_test(a_colleague_finds_it_on_today),
        cmocka_unit_test(a_finished_form_is_changed_with_its_history), cmocka_unit_test(retired_and_missing_versions_say_so),
    };

    return cmocka_run_group_tests_name("drafts", tests, desk_setup, desk_teardown);
}
