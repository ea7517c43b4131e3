/* Of two people's edits one would be lost, or a machine would decide what only a person may. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "fhir/document.h"
#include "fhir/model.h"
#include "sync/merge.h"
#include "sync/merge_rules.h"

static struct doc *read_doc(const char *json)
{
    struct doc *doc = NULL;
    struct err err = { 0 };

    if (doc_parse(json, strlen(json), &doc, &err) != RC_OK)
        fail_msg("%s in %s", err_text(&err), json);
    return doc;
}

static char *canonical(const struct doc *doc)
{
    struct buf out = { 0 };

    node_canonical(&out, doc_root(doc));
    return buf_take(&out);
}

/* ---- cases ---- */

#define P(members) "{\"resourceType\":\"Patient\",\"id\":\"p\"" members "}"
#define T(members) "{\"resourceType\":\"Task\",\"id\":\"t\"" members "}"
#define FORM(items) "{\"resourceType\":\"Questionnaire\",\"id\":\"q\",\"item\":[" items "]}"
#define ITEM(id) "{\"linkId\":\"" id "\"}"
#define HOME(value) "{\"system\":\"phone\",\"use\":\"home\",\"value\":\"" value "\"}"
#define WORK(value) "{\"system\":\"phone\",\"use\":\"work\",\"value\":\"" value "\"}"

struct merge_case { const char *why, *base, *local, *remote, *merged, *fields; };

static const struct merge_case cases[] = {
    { "two members", P(), P(",\"language\":\"fr\""), P(",\"active\":true"), P(",\"language\":\"fr\",\"active\":true"), "[]" },
    { "the same member the same way", P(",\"language\":\"de\""), P(",\"language\":\"fr\""), P(",\"language\":\"fr\""),
      P(",\"language\":\"fr\""), "[]" },
    { "the same member differently: the local value stands, a person decides",
      P(",\"language\":\"de\""), P(",\"language\":\"fr\""), P(",\"language\":\"it\""), P(",\"language\":\"fr\""), "[\"language\"]" },
    { "removed there, untouched here", P(",\"language\":\"de\""), P(",\"language\":\"de\""), P(), P(), "[]" },
    { "removed here, changed there", P(",\"language\":\"de\""), P(), P(",\"language\":\"it\""), P(), "[\"language\"]" },
    { "parts of one object", P(",\"maritalStatus\":{\"text\":\"a\"}"), P(",\"maritalStatus\":{\"text\":\"b\"}"),
      P(",\"maritalStatus\":{\"text\":\"a\",\"coding\":[{\"code\":\"M\"}]}"),
      P(",\"maritalStatus\":{\"text\":\"b\",\"coding\":[{\"code\":\"M\"}]}"), "[]" },
    { "a path into an object", T(",\"restriction\":{\"period\":{\"end\":\"2026-01-01\"}}"),
      T(",\"restriction\":{\"period\":{\"end\":\"2026-01-02\"}}"), T(",\"restriction\":{\"period\":{\"end\":\"2026-01-03\"}}"),
      T(",\"restriction\":{\"period\":{\"end\":\"2026-01-02\"}}"), "[\"restriction.period.end\"]" },
    /* lists by what their elements are */
    { "elements added on both sides", P(",\"telecom\":[" HOME("1") "]"),
      P(",\"telecom\":[" HOME("1") ",{\"system\":\"email\",\"value\":\"a@b\"}]"), P(",\"telecom\":[" HOME("1") "," WORK("2") "]"),
      P(",\"telecom\":[" HOME("1") "," WORK("2") ",{\"system\":\"email\",\"value\":\"a@b\"}]"), "[]" },
    { "position says nothing: one moved, the other changed", P(",\"telecom\":[" HOME("1") "," WORK("2") "]"),
      P(",\"telecom\":[" HOME("1") "," WORK("3") "]"), P(",\"telecom\":[" WORK("2") "," HOME("4") "]"),
      P(",\"telecom\":[" WORK("3") "," HOME("4") "]"), "[]" },
    { "one number replaced on both sides is one question", P(",\"telecom\":[" HOME("1") "]"),
      P(",\"telecom\":[" HOME("2") "]"), P(",\"telecom\":[" HOME("3") "]"), P(",\"telecom\":[" HOME("2") "]"), "[\"telecom\"]" },
    { "never two survivors, also where only the value tells them apart",
      P(",\"telecom\":[" HOME("1") "," HOME("9") "]"), P(",\"telecom\":[" HOME("2") "," HOME("9") "]"),
      P(",\"telecom\":[" HOME("3") "," HOME("9") "]"), P(",\"telecom\":[" HOME("2") "," HOME("9") "]"), "[\"telecom\"]" },
    { "removed here, untouched there", P(",\"telecom\":[" HOME("1") "," WORK("2") "]"), P(",\"telecom\":[" HOME("1") "]"),
      P(",\"telecom\":[" HOME("1") "," WORK("2") "],\"active\":true"), P(",\"telecom\":[" HOME("1") "],\"active\":true"), "[]" },
    { "changed here, replaced there: one question from either side", P(",\"telecom\":[" HOME("1") "]"),
      P(",\"telecom\":[" HOME("2") "]"), P(",\"telecom\":[" WORK("1") "]"), P(",\"telecom\":[" HOME("2") "]"), "[\"telecom\"]" },
    { "all removed here, one added there", P(",\"telecom\":[" HOME("1") "]"), P(), P(",\"telecom\":[" HOME("1") "," WORK("2") "]"),
      P(",\"telecom\":[" WORK("2") "]"), "[]" },
    { "each removed what the other kept: nobody meant none", P(",\"telecom\":[" HOME("1") "," WORK("2") "]"),
      P(",\"telecom\":[" HOME("1") "]"), P(",\"telecom\":[" WORK("2") "]"), P(",\"telecom\":[" HOME("1") "]"), "[\"telecom\"]" },
    { "an order that was changed here stays", P(",\"telecom\":[" HOME("1") "," WORK("2") "]"),
      P(",\"telecom\":[" WORK("2") "," HOME("1") "]"), P(",\"telecom\":[" HOME("1") "," WORK("3") "]"),
      P(",\"telecom\":[" WORK("3") "," HOME("1") "]"), "[]" },
    { "two orders are a person's to choose from", FORM(ITEM("1") "," ITEM("2") "," ITEM("3")),
      FORM(ITEM("2") "," ITEM("1") "," ITEM("3")), FORM(ITEM("1") "," ITEM("3") "," ITEM("2")),
      FORM(ITEM("2") "," ITEM("1") "," ITEM("3")), "[\"item\"]" },
    { "what is put between stands between", FORM(ITEM("1") "," ITEM("2")), FORM(ITEM("1") "," ITEM("1a") "," ITEM("2")),
      FORM(ITEM("1") "," ITEM("2") "," ITEM("3")), FORM(ITEM("1") "," ITEM("1a") "," ITEM("2") "," ITEM("3")), "[]" },
    { "of those that share a link id one went: nobody knows which", FORM(ITEM("1") "," ITEM("1")), FORM(ITEM("1")),
      FORM(ITEM("1") "," ITEM("1") "," ITEM("2")), FORM(ITEM("1")), "[\"item\"]" },
    { "a second phone of the same use may make them one or two", P(",\"telecom\":[" HOME("1") "]"),
      P(",\"telecom\":[" HOME("1") "," HOME("2") "]"), P(",\"telecom\":[" WORK("1") "]"),
      P(",\"telecom\":[" HOME("1") "," HOME("2") "]"), "[\"telecom\"]" },
    { "extensions by url", P(",\"extension\":[{\"url\":\"u\",\"valueCode\":\"a\"}]"),
      P(",\"extension\":[{\"url\":\"u\",\"valueCode\":\"b\"}]"),
      P(",\"extension\":[{\"url\":\"u\",\"valueCode\":\"a\"},{\"url\":\"v\",\"valueCode\":\"c\"}]"),
      P(",\"extension\":[{\"url\":\"u\",\"valueCode\":\"b\"},{\"url\":\"v\",\"valueCode\":\"c\"}]"), "[]" },
    { "elements nobody can tell apart: the whole list", P(",\"contact\":[{\"gender\":\"male\"}]"),
      P(",\"contact\":[{\"gender\":\"female\"}]"), P(",\"contact\":[{\"gender\":\"male\"},{\"gender\":\"other\"}]"),
      P(",\"contact\":[{\"gender\":\"female\"}]"), "[\"contact\"]" },
    /* members that belong together */
    { "a choice of types is one thing", P(), P(",\"multipleBirthBoolean\":true"), P(",\"multipleBirthInteger\":2"),
      P(",\"multipleBirthBoolean\":true"), "[\"multipleBirthBoolean\",\"multipleBirthInteger\"]" },
    { "a value and its extension are one thing", T(",\"authoredOn\":\"2026\""), T(",\"authoredOn\":\"2025\""),
      T(",\"authoredOn\":\"2026\",\"_authoredOn\":{\"id\":\"x\"}"), T(",\"authoredOn\":\"2025\""), "[\"authoredOn\",\"_authoredOn\"]" },
    { "a reference is one value", T(",\"owner\":{\"reference\":\"Practitioner/1\"}"),
      T(",\"owner\":{\"reference\":\"Practitioner/2\"}"), T(",\"owner\":{\"reference\":\"Practitioner/1\",\"display\":\"One\"}"),
      T(",\"owner\":{\"reference\":\"Practitioner/2\"}"), "[\"owner\"]" },
    { "so is a quantity: 6 mg and 5 g are not 6 g", T(",\"x\":{\"value\":5,\"unit\":\"mg\"}"), T(",\"x\":{\"value\":6,\"unit\":\"mg\"}"),
      T(",\"x\":{\"value\":5,\"unit\":\"g\"}"), T(",\"x\":{\"value\":6,\"unit\":\"mg\"}"), "[\"x\"]" },
    { "text that a person wrote is kept", P(), P(",\"text\":{\"status\":\"additional\",\"div\":\"d\"}"), P(),
      P(",\"text\":{\"status\":\"additional\",\"div\":\"d\"}"), "[]" },
    { "text that a machine wrote is the server's", P(",\"text\":{\"status\":\"generated\",\"div\":\"d\"}"),
      P(",\"text\":{\"status\":\"generated\",\"div\":\"e\"}"), P(",\"text\":{\"status\":\"generated\",\"div\":\"f\"}"),
      P(",\"text\":{\"status\":\"generated\",\"div\":\"f\"}"), "[]" },
    /* always a person */
    { "identifiers, whichever way", P(",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"}]"),
      P(",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"},{\"system\":\"s\",\"value\":\"2\"}]"),
      P(",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"},{\"system\":\"s\",\"value\":\"3\"}]"),
      P(",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"},{\"system\":\"s\",\"value\":\"2\"}]"), "[\"identifier\"]" },
    { "but a name changed on one side only is taken", P(",\"name\":[{\"family\":\"A\"}]"), P(",\"name\":[{\"family\":\"B\"}]"),
      P(",\"name\":[{\"family\":\"A\"}],\"active\":true"), P(",\"name\":[{\"family\":\"B\"}],\"active\":true"), "[]" },
    { "an allergy, though the edits do not meet", "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a\"}",
      "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a\",\"criticality\":\"high\"}",
      "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a\",\"type\":\"allergy\"}",
      "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a\",\"criticality\":\"high\"}", "[\"type\",\"criticality\"]" },
    { "answers of a form", "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q\",\"item\":[{\"linkId\":\"1\"}]}",
      "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q\",\"item\":[{\"linkId\":\"1\"},{\"linkId\":\"2\"}]}",
      "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q\",\"item\":[{\"linkId\":\"1\"},{\"linkId\":\"3\"}]}",
      "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"q\",\"item\":[{\"linkId\":\"1\"},{\"linkId\":\"2\"}]}", "[\"item\"]" },
    { "a modifier extension can turn what stands beside it",
      T(",\"restriction\":{\"repetitions\":1}"), T(",\"restriction\":{\"repetitions\":2}"),
      T(",\"restriction\":{\"repetitions\":1,\"modifierExtension\":[{\"url\":\"not\"}]}"),
      T(",\"restriction\":{\"repetitions\":2}"), "[\"restriction.repetitions\",\"restriction.modifierExtension\"]" },
    /* ladders */
    { "two steps up: the higher holds", T(",\"status\":\"requested\""), T(",\"status\":\"accepted\""),
      T(",\"status\":\"completed\""), T(",\"status\":\"completed\""), "[]" },
    { "the higher one, also when it is here", T(",\"status\":\"requested\""), T(",\"status\":\"completed\""),
      T(",\"status\":\"accepted\""), T(",\"status\":\"completed\""), "[]" },
    { "a step back is no step up", T(",\"status\":\"accepted\""), T(",\"status\":\"requested\""),
      T(",\"status\":\"completed\""), T(",\"status\":\"requested\""), "[\"status\"]" },
    { "on hold is no higher than in progress", T(",\"status\":\"accepted\""), T(",\"status\":\"in-progress\""),
      T(",\"status\":\"on-hold\""), T(",\"status\":\"in-progress\""), "[\"status\"]" },
    { "a status with an extension is no bare step", T(",\"status\":\"requested\""),
      T(",\"status\":\"accepted\",\"_status\":{\"id\":\"s\"}"), T(",\"status\":\"completed\""),
      T(",\"status\":\"accepted\",\"_status\":{\"id\":\"s\"}"), "[\"status\",\"_status\"]" },
    { "cancelled is on no ladder", T(",\"status\":\"requested\""), T(",\"status\":\"cancelled\""),
      T(",\"status\":\"completed\""), T(",\"status\":\"cancelled\""), "[\"status\"]" },
    /* the server's own */
    { "versions are the server's", P(",\"meta\":{\"versionId\":\"1\"}"), P(",\"meta\":{\"versionId\":\"1\"},\"language\":\"fr\""),
      P(",\"meta\":{\"versionId\":\"2\",\"source\":\"#x\"},\"active\":true"),
      P(",\"meta\":{\"versionId\":\"2\",\"source\":\"#x\"},\"active\":true,\"language\":\"fr\""), "[]" },
    { "tags are everybody's", P(",\"meta\":{\"versionId\":\"1\",\"tag\":[{\"code\":\"a\"}]}"),
      P(",\"meta\":{\"versionId\":\"1\",\"tag\":[{\"code\":\"a\"},{\"code\":\"b\"}]}"),
      P(",\"meta\":{\"versionId\":\"2\",\"tag\":[{\"code\":\"a\"},{\"code\":\"c\"}]}"),
      P(",\"meta\":{\"versionId\":\"2\",\"tag\":[{\"code\":\"a\"},{\"code\":\"c\"},{\"code\":\"b\"}]}"), "[]" },
    { "no base: all that differs", NULL, P(",\"language\":\"fr\",\"active\":true"), P(",\"language\":\"it\",\"active\":true"),
      P(",\"language\":\"fr\",\"active\":true"), "[\"language\"]" },
    { "no base: what only one has, too", NULL, P(",\"language\":\"fr\""), P(",\"active\":true"), P(",\"language\":\"fr\""),
      "[\"active\",\"language\"]" },
    { "digits and unknown members are kept", P(",\"x\":{\"n\":1.10}"), P(",\"x\":{\"n\":1.10},\"language\":\"fr\""),
      P(",\"x\":{\"n\":1.10,\"y\":[1e3]}"), P(",\"x\":{\"n\":1.10,\"y\":[1e3]},\"language\":\"fr\""), "[]" },
};

static void each_case_merges_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct merge_case *c = &cases[i];
        struct doc *base = c->base ? read_doc(c->base) : NULL, *local = read_doc(c->local);
        struct doc *remote = read_doc(c->remote), *want = read_doc(c->merged);
        struct merge m;

        merge_documents(base, local, remote, &m);
        char *is = canonical(m.merged), *should = canonical(want), *fields = merge_fields_json(&m);
        if (strcmp(is, should) != 0 || strcmp(fields, c->fields) != 0)
            fail_msg("%s:\n  is     %s %s\n  should %s %s", c->why, is, fields, should, c->fields);
        free(is);
        free(should);
        free(fields);
        merge_done(&m);
        doc_free(base);
        doc_free(local);
        doc_free(remote);
        doc_free(want);
    }
}

/* ---- choices of types ---- */

/* "deceasedBoolean" and "deceasedDateTime" are one thing; so is every choice that R4 has. */
static void every_choice_of_r4_is_one_thing(void **state)
{
    struct model_member m;
    unsigned n = 0;

    (void)state;
    for (unsigned type = 0; model_find(model_name(type)) == type; type++)
        for (unsigned i = 0; model_member_name(type, i); i++) {
            const char *name = model_member_name(type, i);
            char member[64], unit[UNIT_NAME], want[80];
            if (!model_member(type, name, &m) || m.type != MODEL_NO_TYPE)
                continue;
            snprintf(want, sizeof want, "%s[x]", name);
            for (const unsigned short *c = m.choice; *c != MODEL_NO_TYPE; c++, n++) {
                const char *suffix = model_name(*c);
                snprintf(member, sizeof member, "_%s%c%s", name, toupper((unsigned char)*suffix), suffix + 1);
                merge_unit_name(member, unit);
                assert_string_equal(unit, want);
            }
        }
    assert_true(n > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_merges_as_written), cmocka_unit_test(every_choice_of_r4_is_one_thing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
