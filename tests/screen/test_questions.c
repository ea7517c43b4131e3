/* Who cannot see the screen cannot fill a form, or is told less than who can. */
#include "tests/screen/listen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A form with every type of item there is. */
static const char every_type[] =
    "{\"resourceType\":\"Questionnaire\",\"id\":\"every-type\",\"url\":\"http://example.org/every-type\",\"status\":\"active\",\"title\":\"A form of every type\",\"item\":["
    "{\"linkId\":\"p\",\"text\":\"First page\",\"type\":\"group\",\"item\":["
    " {\"linkId\":\"d\",\"text\":\"Please take your time.\",\"type\":\"display\"},"
    " {\"linkId\":\"b\",\"prefix\":\"1.\",\"text\":\"Do you sleep well?\",\"type\":\"boolean\",\"required\":true},"
    " {\"linkId\":\"n\",\"text\":\"Why not?\",\"type\":\"text\",\"enableWhen\":[{\"question\":\"b\",\"operator\":\"=\",\"answerBoolean\":false}]},"
    " {\"linkId\":\"i\",\"text\":\"How many hours?\",\"type\":\"integer\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/maxValue\",\"valueInteger\":24}],"
    "  \"item\":[{\"linkId\":\"ih\",\"text\":\"In one night, on most nights.\",\"type\":\"display\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl\","
    "   \"valueCodeableConcept\":{\"coding\":[{\"code\":\"help\"}]}}]}]},"
    " {\"linkId\":\"e\",\"text\":\"Temperature\",\"type\":\"decimal\"},"
    " {\"linkId\":\"q\",\"text\":\"Weight\",\"type\":\"quantity\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-unit\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\",\"display\":\"kg\"}}]},"
    " {\"linkId\":\"dt\",\"text\":\"Since which day?\",\"type\":\"date\"},{\"linkId\":\"dm\",\"text\":\"Last meal\",\"type\":\"dateTime\"},{\"linkId\":\"t\",\"text\":\"Up at\",\"type\":\"time\"},"
    " {\"linkId\":\"s\",\"text\":\"Name of your bed\",\"type\":\"string\"},{\"linkId\":\"u\",\"text\":\"Address of its maker\",\"type\":\"url\"},"
    " {\"linkId\":\"r\",\"text\":\"Who sent you?\",\"type\":\"reference\"},{\"linkId\":\"a\",\"text\":\"A picture of it\",\"type\":\"attachment\"}]},"
    "{\"linkId\":\"p2\",\"text\":\"Second page\",\"type\":\"group\",\"item\":["
    " {\"linkId\":\"c\",\"text\":\"Which side?\",\"type\":\"choice\",\"answerOption\":[{\"valueCoding\":{\"code\":\"l\",\"display\":\"Left\"}},{\"valueCoding\":{\"code\":\"r\",\"display\":\"Right\"}}]},"
    " {\"linkId\":\"m\",\"text\":\"Which of these?\",\"type\":\"choice\",\"repeats\":true,\"answerOption\":[{\"valueString\":\"Snoring\"},{\"valueString\":\"Dreams\"},{\"valueString\":\"Walking\"}]},"
    " {\"linkId\":\"o\",\"text\":\"What helps?\",\"type\":\"open-choice\",\"answerOption\":[{\"valueString\":\"Tea\"},{\"valueString\":\"Books\"}]},"
    " {\"linkId\":\"g\",\"text\":\"Pillows\",\"type\":\"group\",\"repeats\":true,\"item\":[{\"linkId\":\"g1\",\"text\":\"What is in it?\",\"type\":\"string\"}]},"
    " {\"linkId\":\"k\",\"text\":\"Twice the hours\",\"type\":\"integer\",\"readOnly\":true,\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\","
    "  \"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"%resource.descendants().where(linkId='i').answer.value * 2\"}}]}]}]}";

/* The place of a form in the list, from 1. */
static int place_of(const char *id)
{
    char *list = desk_run(0, "form", "list", "--json", NULL), *at = list, quoted[80];
    int n = 0;

    snprintf(quoted, sizeof quoted, "\"id\":\"%s\"", id);
    for (char *end = strstr(list, quoted); end && at && at <= end; at = strstr(at + 1, "\"id\":"))
        n++;
    free(list);
    return n - 1;
}

static void hear(struct terminal *t, const char *line, const char *const want[])
{
    const char *heard = listen_say(t, line);

    for (; *want; want++)
        if (!strstr(heard, *want))
            fail_msg("after \"%s\" nothing says \"%s\":\n%s", line, *want, heard);
}
#define HEAR(t, line, ...) hear(t, line, (const char *const[]){ __VA_ARGS__, NULL })

/* Each type of question says what it wants, takes it, says what is wrong with what it cannot take; nothing is painted. */
static void every_type_is_asked_and_taken(void **state)
{
    struct terminal *t;
    const char *bytes;
    size_t len;

    (void)state;
    desk_import(every_type);
    t = listen_start();
    listen_open(t, "quinn", "Quinn, Patrick", place_of("every-type"));
    HEAR(t, ":repeat", "Page 1 of 2: First page", "Please take your time.", "Question 1 of", "1. Do you sleep well? (needed)", "Type y for yes or n for no.");
    HEAR(t, "perhaps", "Not right:", "Do you sleep well?");
    HEAR(t, "n", "Saved. 1 question appeared", "Why not?", "Type the answer.");
    HEAR(t, "the cat", "How many hours?", "In one night, on most nights.", "Type a whole number.");
    HEAR(t, "<", "Why not?", "Answered: the cat");
    HEAR(t, "", "How many hours?");
    HEAR(t, "?", "At most 24.", "< goes back");
    HEAR(t, "seven", "Not right: A whole number");
    HEAR(t, "30", "Saved.", "Not right:", "Answered: 30");
    HEAR(t, "7", "Temperature", "Type a number, as");
    HEAR(t, "37.5", "Weight", "kg");
    HEAR(t, "70", "Since which day?", "Type a date");
    HEAR(t, "1 jul 2020", "Last meal");
    HEAR(t, "22 Nov 2026 19:00", "Up at");
    HEAR(t, "6:30", "Name of your bed");
    HEAR(t, "= ?", "Address of its maker");
    HEAR(t, "<", "Answered: ?");
    HEAR(t, "", "Address of its maker");
    HEAR(t, "https://example.org", "Who sent you?");
    HEAR(t, "-k", "A picture of it");
    HEAR(t, "<", "Who sent you?", "No answer:");
    HEAR(t, "", "A picture of it");
    HEAR(t, "", "Page 2 of 2: Second page", "Which side?", "1. Left", "2. Right");
    HEAR(t, "2", "Which of these?", "Type the numbers of all that apply");
    HEAR(t, "1,3", "What helps?", "or words of your own");
    HEAR(t, "<", "1. Snoring (chosen)", "2. Dreams\r\n", "3. Walking (chosen)");
    HEAR(t, "2", "What helps?");
    HEAR(t, "<", "1. Snoring\r\n", "2. Dreams (chosen)");
    HEAR(t, "", "What helps?");
    HEAR(t, "a long walk", "Number 1 of: Pillows", "What is in it?");
    HEAR(t, "feathers", "That was number 1 of: Pillows", "+ one more");
    HEAR(t, "+", "What is in it?");
    HEAR(t, "hay", "That was number 2 of: Pillows");
    HEAR(t, ":remove", "Pillows");
    HEAR(t, ":problems", "Twice the hours: 14, worked out by the form", "End of the form.", "Nothing to fix");
    HEAR(t, "", "finished and saved: A form of every type");
    bytes = terminal_bytes(t, &len);
    assert_null(memchr(bytes, '\033', len));
    terminal_kill(t, 15);
}

/* What is open is read out at the end with its number, which goes there. */
static void problems_are_read_and_gone_to(void **state)
{
    struct terminal *t = listen_start();

    (void)state;
    listen_open(t, "walsh", "Walsh, Niamh", place_of("every-type"));
    HEAR(t, ":problems", "End of the form.", "1 to fix", "1. 1. Do you sleep well?");
    HEAR(t, ":finish", "1 to fix");
    HEAR(t, "1", "Do you sleep well?");
    HEAR(t, "y", "Saved.", "How many hours?");
    HEAR(t, ":go 2", "Which side?");
    HEAR(t, ":clear", "Which side?");
    HEAR(t, ":leave", "parked");
    terminal_kill(t, 15);
}

/* Every form that ships can be filled by listening alone, its score is said; item 9 stops it here too. */
static void every_shipped_form_is_filled_by_ear(void **state)
{
    static const char *const forms[] = { "audit-c", "family-history", "gad-7", "health-habits", "ahc-hrsn-core", "visit-experience", "registration", "phq-2", "phq-2-9", "phq-9" };
    struct listened filled;

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct terminal *t = listen_start();

        listen_open(t, "kim", "Kim, Min-jun", place_of(forms[i]));
        listen_fill(t, &filled);
        if (!filled.finished)
            fail_msg("%s was not finished (%d answers, %d refused, %d skipped): %s", forms[i], filled.questions, filled.refused, filled.skipped, filled.last);
        terminal_kill(t, 15);
    }
}

static void the_score_and_the_stop_are_said(void **state)
{
    struct terminal *t = listen_start();
    char *tasks;

    (void)state;
    listen_open(t, "jones", "Jones, Latoya", place_of("phq-9"));
    for (int i = 0; i < 8; i++)
        listen_say(t, "1");
    HEAR(t, "2", "THOUGHTS OF SELF-HARM", "988", "STOP");
    HEAR(t, "", "STOP");
    tasks = desk_run(0, "task", "list", "--json", NULL);
    assert_non_null(strstr(tasks, "safety"));
    free(tasks);
    HEAR(t, "t", "on the record", "How difficult");
    HEAR(t, ":scores", "PHQ-9: 10 of 27", "9 of 9 answered");
    terminal_kill(t, 15);
}

/* A part of the title narrows the list that is read out; a number then opens that row, and is not searched for. */
static void a_form_is_found_by_ear(void **state)
{
    struct terminal *t = listen_start();

    (void)state;
    HEAR(t, "/evans", "Evans, Gwen");
    HEAR(t, "1", "Evans, Gwen");
    HEAR(t, "i", "START A FORM");
    HEAR(t, "/gad", "1. GAD-7.", "8 questions", "Row 1 of 1");
    HEAR(t, "1", "Form: GAD-7. For Evans, Gwen.");
    terminal_kill(t, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_asked_and_taken), cmocka_unit_test(problems_are_read_and_gone_to),
        cmocka_unit_test(every_shipped_form_is_filled_by_ear), cmocka_unit_test(the_score_and_the_stop_are_said),
        cmocka_unit_test(a_form_is_found_by_ear),
    };

    return cmocka_run_group_tests_name("questions", tests, desk_setup, desk_teardown);
}
