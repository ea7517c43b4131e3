/* A kind of question, or a way a form wants it shown, cannot be answered at the desk: each control of SDC in a
 * form of our own, by its keys, and the same form brought to its end by the driver of the corpus. */
#include "tests/screen/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/store.h"
#include "tests/screen/fill.h"

#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define CONTROL(code) "{\"url\":\"" CORE "questionnaire-itemControl\",\"valueCodeableConcept\":{\"coding\":[{\"code\":\"" code "\"}]}}"
#define EXT(url, value) "{\"url\":\"" url "\"," value "}"
#define WITH(...) "\"extension\":[" __VA_ARGS__ "]"
#define ITEM(link, type, text, rest) "{\"linkId\":\"" link "\",\"type\":\"" type "\",\"text\":\"" text "\"" rest "}"
#define OPTIONS(a, b, c) ",\"answerOption\":[{\"valueString\":\"" a "\"},{\"valueString\":\"" b "\"},{\"valueString\":\"" c "\"}]"

static struct { char patient[72]; struct terminal *t; int forms; } here;

/* Bring in a form around items and open it, past the question where answers come from. */
static void open_form(int rows, int cols, const char *title, const char *items)
{
    char *json = mem_printf("{\"resourceType\":\"Questionnaire\",\"id\":\"own-%d\",\"status\":\"active\",\"title\":\"%s\",\"item\":[%s]}", ++here.forms, title, items);

    desk_import(json);
    free(json);
    here.t = desk_open(rows, cols);
    desk_find(here.t, "quinn", "Quinn, Patrick");
    desk_walk(here.t, "i", "START A FORM", NULL);
    desk_on_row(here.t, title, "\r");
    desk_sees(here.t, "Answers are");
    desk_walk(here.t, "\r", "^N next problem", NULL);
}

static void finish_form(void)
{
    desk_walk(here.t, "\x06", "finished and saved", "\x1b", "ARRIVALS", NULL);
    desk_quit(here.t);
}

/* Questions with the same options are lines, the options columns; the digit marks and goes on. */
static void a_table_has_options_as_columns(void **state)
{
    (void)state;
    open_form(24, 80, "A table", ITEM("g", "group", "How often?", ",\"item\":["
        ITEM("a", "choice", "Tired", OPTIONS("never", "at times", "always")) "," ITEM("b", "choice", "Restless", OPTIONS("never", "at times", "always")) "],"
        WITH(CONTROL("table"))));
    desk_row_says(here.t, "never", "always");
    desk_stands_on(here.t, "Tired");
    desk_walk(here.t, "2", "1 of 2 answered", NULL);
    desk_row_says(here.t, "Tired", "[2]");
    desk_stands_on(here.t, "Restless");
    desk_walk(here.t, "3", "2 of 2 answered", NULL);
    desk_row_says(here.t, "Restless", "[3]");
    finish_form();
}

#define LINE(link, text) ITEM(link, "group", text, ",\"item\":[" ITEM(link "a", "integer", "Left", "") "," ITEM(link "b", "integer", "Right", "") "]")

/* Cells: Left and Right go along a line, Up and Down stay in the column; where they do not fit they are stacked. */
static void a_grid_is_walked_by_cells(void **state)
{
    (void)state;
    open_form(24, 80, "A grid", ITEM("g", "group", "Sight", ",\"item\":[" LINE("n", "Near") "," LINE("f", "Far") "]," WITH(CONTROL("grid"))));
    desk_row_says(here.t, "Left", "Right");
    desk_stands_on(here.t, "Near");
    desk_walk(here.t, "1\x1b[B", "1 of 4", NULL);
    desk_stands_on(here.t, "Far");
    desk_walk(here.t, "3\x1b[C" "4\r", "3 of 4", NULL);
    desk_row_says(here.t, "Far", "3");
    desk_row_says(here.t, "Far", "4");
    terminal_resize(here.t, 24, 30);
    desk_sees_no_more(here.t, "Left      Right");
    desk_sees(here.t, "Left");
    assert_int_not_equal(terminal_row_of(here.t, "Left"), terminal_row_of(here.t, "Right"));
    terminal_resize(here.t, 24, 80);
    desk_row_says(here.t, "Far", "4");
    finish_form();
}

/* Each repetition is a line; + adds one, Delete takes it away. */
static void repetitions_are_lines_of_a_table(void **state)
{
    (void)state;
    open_form(24, 80, "A list", ITEM("m", "group", "Medicines", ",\"repeats\":true,\"item\":[" ITEM("n", "string", "Name", "") "," ITEM("d", "string", "Dose", "") "]," WITH(CONTROL("gtable"))));
    desk_stands_on(here.t, "Medicines");
    desk_walk(here.t, "+", "saved", "\r" "aspirin\r" "100 mg\r", "2 of 4", NULL);
    desk_row_says(here.t, "aspirin", "100 mg");
    desk_stands_on(here.t, ">  2");
    desk_walk(here.t, "\x1b[3~", "2 of 2", NULL);
    finish_form();
}

/* Arrows move a slider by its step, digits type; Tab changes the unit. */
static void sliders_and_units_have_keys(void **state)
{
    (void)state;
    open_form(24, 80, "A measures", ITEM("p", "integer", "Pain", "," WITH(CONTROL("slider") "," EXT(CORE "minValue", "\"valueInteger\":0") "," EXT(CORE "maxValue", "\"valueInteger\":10") ","
        EXT(CORE "questionnaire-sliderStepValue", "\"valueInteger\":2"))) ","
        ITEM("w", "quantity", "Weight", "," WITH(EXT(CORE "questionnaire-unitOption", "\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\",\"display\":\"kg\"}") ","
        EXT(CORE "questionnaire-unitOption", "\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"g\",\"display\":\"g\"}"))));
    desk_sees(here.t, "0 [------");
    desk_walk(here.t, "\x1b[C\x1b[C\x1b[C", "-|-", NULL);
    desk_row_says(here.t, "Pain", "4");
    desk_walk(here.t, "\x1b[D\r", "1 of 2", NULL);
    desk_row_says(here.t, "Pain", "2");
    desk_walk(here.t, "72", "Unit, Tab", "\t", "72 kg", "\t", "72 g", "\t\r", "2 of 2", NULL);
    desk_row_says(here.t, "Weight", "72 kg");
    finish_form();
}

/* Many options: typing narrows them by any word, Enter takes the one marked, Tab goes through them. */
static void a_long_list_narrows_as_one_types(void **state)
{
    struct buf items = { 0 };

    (void)state;
    buf_add(&items, "{\"linkId\":\"c\",\"type\":\"choice\",\"text\":\"Country\",\"answerOption\":[");
    for (int i = 0; i < 60; i++)
        buf_printf(&items, "{\"valueCoding\":{\"code\":\"c%d\",\"display\":\"%s %d\"}},", i, i == 40 ? "New Zealand" : i % 2 ? "Zeeland" : "Old land", i);
    buf_add(&items, "{\"valueCoding\":{\"code\":\"x\",\"display\":\"Elsewhere\"}}]},{\"linkId\":\"d\",\"type\":\"string\",\"text\":\"After it\"}");
    open_form(24, 80, "A countries", buf_text(&items));
    buf_done(&items);
    desk_walk(here.t, "", "list of 61", "zeal", "> New Zealand 40", "\r", "1 of 2", NULL);
    desk_row_says(here.t, "Country", "New Zealand 40");
    desk_stands_on(here.t, "After it");
    desk_walk(here.t, "\x1b[A" "zee", "30 of 61 fit", "\t", "> Zeeland 3", "\r", "saved", NULL);
    desk_row_says(here.t, "Country", "Zeeland 3");
    desk_walk(here.t, "\x1b[A" "nowhere", "None fits", "\r", "Choose one", "\x15", "list of 61", NULL);
    finish_form();
}

/* Words of one's own beside the options, under the label the form gives them. */
static void an_open_choice_takes_own_words(void **state)
{
    (void)state;
    open_form(24, 80, "A open", ITEM("o", "open-choice", "Pet", OPTIONS("cat", "dog", "fish") "," WITH(EXT(SDC "openLabel", "\"valueString\":\"Another animal\""))) "," ITEM("n", "string", "Its name", ""));
    desk_walk(here.t, "", "Another animal", "hedgehog\r", "1 of 2", NULL);
    desk_row_says(here.t, "Pet", "hedgehog");
    finish_form();
}

/* The file is put in whole; what is no file, or of a kind the form does not take, is said at the field. */
static void a_file_is_attached_by_its_path(void **state)
{
    (void)state;
    open_form(24, 80, "A papers", ITEM("f", "attachment", "Referral", "," WITH(EXT(CORE "mimeType", "\"valueCode\":\"application/pdf\""))) "," ITEM("n", "string", "Remark", ""));
    desk_walk(here.t, "/no/such/file\r", "cannot be opened", "\x15", "/path of a file", NULL);
    terminal_send(here.t, desk_file("note.txt", "words"));
    desk_walk(here.t, "\r", "takes application/pdf", "\x15", "/path of a file", NULL);
    terminal_send(here.t, desk_file("scan.pdf", "%PDF-1.4 a scan\n"));
    desk_walk(here.t, "\r", "1 of 2", NULL);
    desk_row_says(here.t, "Referral", "scan.pdf");
    finish_form();
}

/* A reference is chosen among the records there are; the patient's own is the first. */
static void a_reference_is_chosen_among_records(void **state)
{
    (void)state;
    open_form(24, 80, "A people", ITEM("r", "reference", "Who", "," WITH(EXT(CORE "questionnaire-referenceResource", "\"valueCode\":\"Patient\""))) "," ITEM("n", "string", "Why", ""));
    desk_walk(here.t, "qui", "> Quinn, Patrick   Patient/", "\r", "1 of 2", NULL);
    desk_row_says(here.t, "Who", "Quinn, Patrick");
    finish_form();
}

/* Lines of a long text are kept, also over kill -9. */
static void a_long_text_has_lines(void **state)
{
    (void)state;
    open_form(24, 80, "A letter", ITEM("t", "text", "Story", "") "," ITEM("n", "string", "Signed", ""));
    desk_walk(here.t, "first line\nsecond line", "second line", NULL);
    assert_int_equal(terminal_row_of(here.t, "second line"), terminal_row_of(here.t, "first line") + 1);
    desk_walk(here.t, "\r", "1 of 2", "\x1b[A", "^J begins", NULL);
    assert_int_equal(terminal_row_of(here.t, "second line"), terminal_row_of(here.t, "first line") + 1);
    finish_form();
}

#define PAGE(link, text, item) ITEM(link, "group", text, ",\"item\":[" item "]," WITH(CONTROL("page")))

/* One page at a time; ^G lists them with what is answered and what is to fix. */
static void pages_stand_alone(void **state)
{
    (void)state;
    open_form(24, 80, "A pages", PAGE("p1", "Home", ITEM("a", "string", "Street", "")) "," PAGE("p2", "Work", ITEM("b", "string", "Employer", ",\"required\":true")));
    desk_sees(here.t, "1 of 2  Home");
    assert_false(terminal_shows(here.t, "Employer"));
    desk_walk(here.t, "Elm\r", "2 of 2  Work", "", "Employer", NULL);
    assert_false(terminal_shows(here.t, "Street"));
    desk_walk(here.t, "\x07", "SECTIONS", NULL);
    desk_row_says(here.t, "1 Home", "1 of 1");
    desk_row_says(here.t, "2 Work", "0 of 1, 1 to fix");
    desk_walk(here.t, "1\r", "Street", "\x0e", "Employer", "Acme\r", "2 of 2 answered", NULL);
    finish_form();
}

/* What the form says beside its questions: short at first, whole after ?, signs instead of color. */
static void explanations_are_there_to_read(void **state)
{
    (void)state;
    open_form(24, 80, "A words", ITEM("s", "display", "Call 911 when in danger", "," WITH(EXT(CORE "questionnaire-displayCategory", "\"valueCodeableConcept\":{\"coding\":[{\"code\":\"security\"}]}"))) ","
        ITEM("d", "string", "Post code", "," WITH(EXT(CORE "entryFormat", "\"valueString\":\"nnnnn\"")) ",\"item\":["
        "{\"linkId\":\"h\",\"type\":\"display\",\"text\":\"Five digits. They stand on every letter you get, at the end of the line with the town, and on the bill of the power company; ask a neighbor when in doubt, or look it up. The last word is zebra.\"," WITH(CONTROL("help")) "},"
        "{\"linkId\":\"l\",\"type\":\"display\",\"text\":\"Kept for billing only.\"," WITH(CONTROL("legal")) "}]"));
    desk_sees(here.t, "! Call 911");
    desk_row_says(here.t, "Post code", "nnnnn");
    desk_sees(here.t, "? all of it");
    desk_sees(here.t, "Kept for billing only");
    assert_false(terminal_shows(here.t, "zebra"));
    desk_walk(here.t, "?", "zebra", "12345\r", "1 of 1", NULL);
    finish_form();
}

/* A wide terminal shows sections, scores and what is to fix beside the form; narrow again, nothing is lost. */
static void a_wide_terminal_uses_its_room(void **state)
{
    (void)state;
    open_form(40, 120, "A wide", ITEM("g1", "group", "One", ",\"item\":[" ITEM("a", "string", "Alpha", ",\"required\":true") "]") "," ITEM("g2", "group", "Two", ",\"item\":[" ITEM("b", "string", "Beta", "") "]"));
    desk_sees(here.t, "SECTIONS   ^G");
    desk_sees(here.t, "TO FIX   ^N");
    desk_walk(here.t, "half", "half", NULL);
    terminal_resize(here.t, 24, 80);
    desk_sees_no_more(here.t, "TO FIX   ^N");
    desk_row_says(here.t, "Alpha", "half");
    desk_walk(here.t, " way\r", "1 of 2", NULL);
    desk_row_says(here.t, "Alpha", "half way");
    finish_form();
}

/* The nine answers of the PHQ-9, from the open form: the score stands there after at most 12 keys. */
static void the_phq_9_is_scored_in_twelve_keys(void **state)
{
    const char *keys = "1210101001";

    (void)state;
    here.t = desk_open(24, 80);
    desk_find(here.t, "quinn", "Quinn, Patrick");
    desk_walk(here.t, "i", "START A FORM", NULL);
    desk_on_row(here.t, "  PHQ-9  ", "\r");
    desk_sees(here.t, "Answers are");
    desk_walk(here.t, "\r", "^N next problem", NULL);
    assert_true(strlen(keys) <= 12);
    desk_walk(here.t, keys, "6 of 27", NULL);
    finish_form();
}

#define EVERY \
    ITEM("1", "group", "First", ",\"item\":[" ITEM("1.1", "boolean", "Yes or no", ",\"required\":true") "," ITEM("1.2", "decimal", "Decimal", ",\"required\":true") "," \
        ITEM("1.3", "integer", "Integer", ",\"required\":true") "," ITEM("1.4", "date", "Date", ",\"required\":true") "," ITEM("1.5", "dateTime", "Moment", ",\"required\":true") "," \
        ITEM("1.6", "time", "Time", ",\"required\":true") "," ITEM("1.7", "string", "Words", ",\"required\":true,\"maxLength\":5") "," ITEM("1.8", "text", "Long words", ",\"required\":true") "," \
        ITEM("1.9", "url", "Address", ",\"required\":true") "]") "," \
    ITEM("2", "group", "Second", ",\"item\":[" ITEM("2.1", "choice", "Choice", ",\"required\":true" OPTIONS("a", "b", "c")) "," ITEM("2.2", "open-choice", "Open choice", ",\"repeats\":true,\"required\":true" OPTIONS("d", "e", "f")) "," \
        ITEM("2.3", "choice", "Of a list nobody has", ",\"required\":true,\"answerValueSet\":\"http://nowhere.example/ValueSet/v\"") "," ITEM("2.4", "attachment", "Paper", ",\"required\":true") "," \
        ITEM("2.5", "reference", "Person", ",\"required\":true") "," ITEM("2.6", "quantity", "Amount", ",\"required\":true," WITH(EXT(CORE "questionnaire-unit", "\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}"))) "," \
        ITEM("2.7", "string", "Pattern", ",\"required\":true," WITH(EXT(CORE "regex", "\"valueString\":\"[A-Z]{2}-\\\\d{4}\""))) "]") "," \
    ITEM("3", "group", "Again", ",\"repeats\":true,\"required\":true,\"item\":[" ITEM("3.1", "string", "What", ",\"required\":true") "]," WITH(CONTROL("gtable")))

/* Every type of item, one after the other to the end, by the driver that fills the corpus. */
static void every_type_is_filled_to_the_end(void **state)
{
    struct fill f = { .patient = here.patient, .questionnaire = "own-every", .folder = desk_dir() };
    bool ok;

    (void)state;
    desk_import("{\"resourceType\":\"Questionnaire\",\"id\":\"own-every\",\"status\":\"active\",\"title\":\"A form of every type\",\"item\":[" EVERY "]}");
    f.t = here.t = desk_open(24, 80);
    assert_int_equal(store_open(desk_dir(), 0, &f.st, NULL), RC_OK);
    desk_find(here.t, "quinn", "Quinn, Patrick");
    desk_walk(here.t, "i", "START A FORM", NULL);
    desk_on_row(here.t, "A form of every type", "\r");
    desk_sees(here.t, "Answers are");
    desk_walk(here.t, "\r", "^N next problem", NULL);
    ok = fill_form(&f);
    if (!ok)
        print_error("%s\n", f.why);
    assert_true(ok);
    assert_int_equal(f.answers, 17);
    assert_int_equal(f.reasons, 0);
    fill_done(&f);
    store_close(f.st);
    desk_walk(here.t, "\x1b", "ARRIVALS", NULL);
    desk_quit(here.t);
}

static int setup(void **state)
{
    char *found;
    const char *id;

    if (desk_setup(state))
        return -1;
    clock_set_zone("America/New_York");
    clock_set_now(DESK_NOW);
    found = desk_run(0, "patient", "find", "Quinn Patrick", "--json", NULL);
    id = strstr(found, "\"id\":\"");
    if (id)
        snprintf(here.patient, sizeof here.patient, "%.*s", (int)strcspn(id + 6, "\""), id + 6);
    free(found);
    return id ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_phq_9_is_scored_in_twelve_keys), cmocka_unit_test(every_type_is_filled_to_the_end), cmocka_unit_test(a_table_has_options_as_columns), cmocka_unit_test(a_grid_is_walked_by_cells), cmocka_unit_test(repetitions_are_lines_of_a_table),
        cmocka_unit_test(sliders_and_units_have_keys), cmocka_unit_test(a_long_list_narrows_as_one_types), cmocka_unit_test(an_open_choice_takes_own_words),
        cmocka_unit_test(a_file_is_attached_by_its_path), cmocka_unit_test(a_reference_is_chosen_among_records), cmocka_unit_test(a_long_text_has_lines),
        cmocka_unit_test(pages_stand_alone), cmocka_unit_test(explanations_are_there_to_read), cmocka_unit_test(a_wide_terminal_uses_its_room),
    };

    return cmocka_run_group_tests_name("controls", tests, setup, desk_teardown);
}
