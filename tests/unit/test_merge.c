/* Of two people's edits one would be lost, or a machine would decide what only a person may. */
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
#include "sync/merge.h"

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

/* ---- laws, over documents grown from edits ---- */

static uint64_t seed;

static unsigned roll(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* One random edit; every value is unique, so that an invented one would show. */
static void edit(struct doc *doc)
{
    static const char *const paths[] = {
        "language", "gender", "birthDate", "maritalStatus.text", "maritalStatus.coding[0].code", "name[0].family",
        "telecom[0].value", "telecom[1].value", "telecom[1].use", "extension[0].url", "extension[0].valueString",
        "deceasedDateTime", "managingOrganization.reference", "contact[0].gender", "meta.tag[0].code", "x.y.z",
        "identifier[0].value", "communication[0].language.text", "photo[0].title", "modifierExtension[0].url",
    };
    char value[24];
    unsigned at = roll(sizeof paths / sizeof *paths);

    if (roll(4) == 0) {
        struct node *node = node_path(doc_root(doc), paths[at]);
        if (node && node_is(node_parent(node), NODE_OBJECT))
            node_remove(doc, node);
        return;
    }
    snprintf(value, sizeof value, "v%u", roll(1000000));
    doc_set(doc, paths[at], value);
}

static struct doc *grown(const struct doc *from, unsigned edits)
{
    struct doc *doc = from ? doc_copy(from) : doc_new("Patient");

    for (unsigned i = 0; i < edits; i++)
        edit(doc);
    return doc;
}

static void assert_same(const struct doc *a, const struct doc *b, const char *law, unsigned round)
{
    char *x = canonical(a), *y = canonical(b);

    if (strcmp(x, y) != 0)
        fail_msg("%s, seed %u:\n  %s\n  %s", law, round, x, y);
    free(x);
    free(y);
}

static void assert_law(const struct doc *base, const struct doc *local, const struct doc *remote,
                       const struct doc *want, const char *law, unsigned round)
{
    struct merge m;

    merge_documents(base, local, remote, &m);
    if (m.n_fields != 0)
        fail_msg("%s, seed %u: a conflict at %s", law, round, m.field[0]);
    assert_same(m.merged, want, law, round);
    merge_done(&m);
}

/* Every leaf of the result stands in one of the two. */
static void assert_nothing_invented(const struct node *node, const char *texts, unsigned round)
{
    if (node_is(node, NODE_STRING) && !strstr(texts, node_text(node)))
        fail_msg("invented %s, seed %u", node_text(node), round);
    for (const struct node *n = node_first(node); n; n = node_next(n))
        assert_nothing_invented(n, texts, round);
}

static size_t leaves(const struct node *node)
{
    size_t n = !node_is(node, NODE_OBJECT) && !node_is(node, NODE_ARRAY);

    for (const struct node *m = node_first(node); m; m = node_next(m))
        n += leaves(m);
    return n;
}

static void assert_merge_laws(const struct doc *base, const struct doc *local, const struct doc *remote, unsigned round)
{
    struct merge m, mirror, again;
    char *l = canonical(local), *r = canonical(remote), *both;
    struct buf texts = { 0 };

    merge_documents(base, local, remote, &m);
    merge_documents(base, remote, local, &mirror);
    if (m.n_fields != mirror.n_fields || (m.n_fields == 0 && leaves(doc_root(m.merged)) != leaves(doc_root(mirror.merged))))
        fail_msg("not symmetric, seed %u", round);
    buf_printf(&texts, "%s%s", l, r);
    assert_nothing_invented(doc_root(m.merged), buf_text(&texts), round);
    if (m.n_fields == 0) {
        merge_documents(base, m.merged, remote, &again);
        assert_same(again.merged, m.merged, "idempotent", round);
        merge_done(&again);
        assert_law(remote, m.merged, remote, m.merged, "queued on its new base", round);
    }
    both = merge_fields_json(&m);
    free(both);
    buf_done(&texts);
    free(l);
    free(r);
    merge_done(&m);
    merge_done(&mirror);
}

static void laws_hold_for_any_edits(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 3000; round++) {
        seed = round;
        struct doc *base = grown(NULL, 12), *local = grown(base, 1 + roll(4)), *remote = grown(base, 1 + roll(4));

        assert_law(base, base, remote, remote, "merge(b,b,r) = r", round);
        assert_law(base, local, base, local, "merge(b,l,b) = l", round);
        assert_law(base, local, local, local, "merge(b,x,x) = x", round);
        assert_law(NULL, local, local, local, "merge(-,x,x) = x", round);
        assert_merge_laws(base, local, remote, round);
        doc_free(base);
        doc_free(local);
        doc_free(remote);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_merges_as_written), cmocka_unit_test(laws_hold_for_any_edits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
