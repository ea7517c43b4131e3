/* The right person would not be found, or not among the first. */
#include "tests/unit/directory.h"

#include "desk/alike.h"
#include "desk/find.h"
#include "store/audit.h"
#include "store/person_words.h"

static const struct date today = {2026, 11, 23};

#define PHONE(n) "\"telecom\":[{\"system\":\"phone\",\"value\":\"" n "\",\"use\":\"mobile\"}]"
static const char *const people[] = {
    "{\"resourceType\":\"Patient\",\"id\":\"jose\",\"identifier\":[{\"system\":\"https://frontdesk.example/fhir/record-number\",\"value\":\"004512\"}],"
    "\"name\":[{\"use\":\"official\",\"family\":\"García López\",\"given\":[\"José\"]},{\"use\":\"nickname\",\"given\":[\"Pepe\"]}],"
    "\"gender\":\"male\",\"birthDate\":\"1954-07-01\"," PHONE("(413) 555-1187") "}",
    "{\"resourceType\":\"Patient\",\"id\":\"garza\",\"name\":[{\"family\":\"Garza\",\"given\":[\"María\",\"Elena\"]},"
    "{\"use\":\"maiden\",\"family\":\"Quiñones\"}],\"gender\":\"female\",\"birthDate\":\"1954-02-17\"," PHONE("413-555-0033") "}",
    "{\"resourceType\":\"Patient\",\"id\":\"gara\",\"name\":[{\"family\":\"Gara\",\"given\":[\"Josef\"]}],\"gender\":\"male\","
    "\"birthDate\":\"1954-07-10\"," PHONE("+1 413 555 1188") "}",
    "{\"resourceType\":\"Patient\",\"id\":\"garner\",\"name\":[{\"family\":\"Garner\",\"given\":[\"Paul\"]}],\"gender\":\"male\","
    "\"birthDate\":\"1945-11-02\",\"deceasedDateTime\":\"2024-02-03\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"smyth\",\"name\":[{\"family\":\"Smyth\",\"given\":[\"Jon\"]}],\"birthDate\":\"1988-12-03\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"partial\",\"name\":[{\"family\":\"Partial\",\"given\":[\"Pat\"]}],\"birthDate\":\"1954\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"single\",\"name\":[{\"text\":\"Madonna\"}]}",
    "{\"resourceType\":\"Patient\",\"id\":\"polish\",\"name\":[{\"family\":\"Łukasiewicz-Østergård\",\"given\":[\"Zoë\"]}],\"birthDate\":\"2020-02-29\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"wang\",\"name\":[{\"family\":\"王\",\"given\":[\"小明\"]}],\"birthDate\":\"1990-01-01\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"hostile\",\"name\":[{\"family\":\"\\u001b[2J\\\" OR name:*\",\"given\":[\"'); --\"]}],\"birthDate\":\"1970-01-01\"}",
};

static void add_people(struct directory *d)
{
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        directory_put(d, people[i]);
}

/* What is typed, who must come first (NULL nobody at all), and why. */
static void finds_by_shape(void **state)
{
    static const struct { const char *typed, *first, *because; } cases[] = {
        {"García López", "jose", "name"}, {"garcia", "jose", "name"}, {"GARCIA LOPEZ JOSE", "jose", "name"},
        {"jose gar", "jose", "name"},           /* parts in any order */
        {"pepe", "jose", "name"},               /* the name to use */
        {"garcia, jose", "jose", "name"},
        {"gar 1954-07-01", "jose", "name, born"}, {"garcia 7/1/54", "jose", "name, born"},
        {"garcia 1 jul 1954", "jose", "name, born"}, {"1 jul 1954 garcia", "jose", "name, born"},
        {"garcia 54", "jose", "name, year"}, {"garcia 1954", "jose", "name, year"}, {"garcia 72y", "jose", "name, year"},
        {"gar 5", "gara", "name, year"},        /* on the way to 54 */
        {"quinones", "garza", "former name"},   /* as she was called before */
        {"070154", "jose", "born"}, {"1954-07-01", "jose", "born"}, {"7/1/1954", "jose", "born"},
        {"1187", "jose", "phone"}, {"5551187", "jose", "phone"}, {"413-555-1187", "jose", "phone"},
        {"(413) 555-1187", "jose", "phone"}, {"14135551187", "jose", "phone"},  /* a country code nobody stored */
        {"4135551188", "gara", "phone"},        /* a country code nobody typed */
        {"garza 0033", "garza", "name, phone"},
        {"004512", "jose", "number"}, {"4512", "jose", "number"},
        {"smith jon", "smyth", "sounds like"}, {"smith", "smyth", "sounds like"},
        {"garcai", "jose", "mistyped"},         /* neighbours exchanged */
        {"gercia lopez", "jose", "mistyped"}, {"grcia", "jose", "sounds like"},
        {"lukaziewicz", "polish", "sounds like"}, {"lukasiewic", "polish", "name"}, {"ostergard", "polish", "name"},
        {"garner 54", "garner", "45 for 54"},
        {"smyth 3/12/88", "smyth", "day and month swapped"},
        {"madonna", "single", "name"}, {"zoe", "polish", "name"}, {"王", "wang", "name"},
        {"x", NULL, NULL}, {"", NULL, NULL}, {"   ", NULL, NULL}, {"-", NULL, NULL}, {"\"", NULL, NULL}, {"*", NULL, NULL},
        {"NEAR(", NULL, NULL}, {"9999999999999999999999", NULL, NULL}, {"qqqq wwww", NULL, NULL},
    };
    struct directory *d = *state;

    add_people(d);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hits hits;

        ASSERT_OK(find_people(d->st, cases[i].typed, 20, today, (struct date_order){false}, &hits, err));
        if (cases[i].first == NULL ? hits.n > 0 : hits.n == 0 || strcmp(hits.hit[0].id, cases[i].first) != 0 ||
                                                      strcmp(hits.hit[0].because, cases[i].because) != 0)
            fail_msg("\"%s\": %zu found, first %s because %s", cases[i].typed, hits.n,
                     hits.n ? hits.hit[0].id : "nobody", hits.n ? hits.hit[0].because : "");
        hits_done(&hits);
    }
}

/* Every beginning of a name finds its person: results while typing never lose her. */
static void finds_at_every_letter(void **state)
{
    static const char typed[] = "garcia lopez jose";
    struct directory *d = *state;
    char part[sizeof typed];

    add_people(d);
    for (size_t n = 1; n < sizeof typed; n++) {
        struct hits hits;
        bool found = false;

        snprintf(part, n + 1, "%s", typed);
        ASSERT_OK(find_people(d->st, part, 20, today, (struct date_order){false}, &hits, err));
        for (size_t i = 0; i < hits.n; i++)
            found = found || strcmp(hits.hit[i].id, "jose") == 0;
        if (!found)
            fail_msg("lost at \"%s\"", part);
        hits_done(&hits);
    }
}

static void says_who_looks_alike(void **state)
{
    struct directory *d = *state;
    struct hits hits;

    add_people(d);
    ASSERT_OK(find_people(d->st, "gar 54", 20, today, (struct date_order){false}, &hits, err));
    assert_true(hits.n >= 3);
    for (size_t i = 0; i < hits.n; i++) {
        if (strcmp(hits.hit[i].id, "jose") == 0 || strcmp(hits.hit[i].id, "gara") == 0)
            assert_true(hits.hit[i].looks_like > 0);
        if (strcmp(hits.hit[i].id, "garza") == 0)
            assert_int_equal(hits.hit[i].looks_like, 0);
        if (strcmp(hits.hit[i].id, "garner") == 0)
            assert_string_equal(hits.hit[i].deceased, "2024-02-03");
    }
    hits_done(&hits);
}

/* Who is here today stands before others of the same name. */
static void today_comes_first(void **state)
{
    struct directory *d = *state;
    struct hits hits;

    directory_put(d, PERSON("aaa", "Kowalski"));
    directory_put(d, PERSON("zzz", "Kowalskit"));
    directory_put(d, "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"booked\",\"start\":\"2026-11-23T13:30:00Z\","
                     "\"end\":\"2026-11-23T14:00:00Z\",\"participant\":[{\"actor\":{\"reference\":\"Patient/zzz\"},\"status\":\"accepted\"}]}");
    ASSERT_OK(find_people(d->st, "kowal", 20, today, (struct date_order){false}, &hits, err));
    assert_int_equal(hits.n, 2);
    assert_string_equal(hits.hit[0].id, "zzz");
    hits_done(&hits);
}

/* An edit moves a person in the index: the old words are gone, the new ones there. */
static void follows_an_edit(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("import", "");
    struct doc *doc;
    struct hits hits;

    directory_put(d, PERSON("p1", "Before"));
    doc = directory_get(d, "Patient", "p1");
    node_set_str(doc, node_path(doc_root(doc), "name[0]"), "family", "After");
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
    ASSERT_OK(find_people(d->st, "before", 20, today, (struct date_order){false}, &hits, err));
    assert_int_equal(hits.n, 0);
    hits_done(&hits);
    ASSERT_OK(find_people(d->st, "aftr", 20, today, (struct date_order){false}, &hits, err));
    assert_int_equal(hits.n, 1);
    hits_done(&hits);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM name_word WHERE word = 'before'"), 0);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM name_variant WHERE word = 'before'"), 0);
}

static void recent_people_by_views(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("record open", "p1");
    struct hits hits;

    directory_put(d, PERSON("p1", "One"));
    directory_put(d, PERSON("p2", "Two"));
    ASSERT_OK(audit_view(d->st, &grant, "p1", NULL, NULL, err));
    strcpy(grant.patient, "p2");
    ASSERT_OK(audit_view(d->st, &grant, "p2", NULL, NULL, err));
    ASSERT_OK(find_recent(d->st, "staff-1", 10, &hits, err));
    assert_int_equal(hits.n, 2);
    assert_string_equal(hits.hit[0].id, "p2");
    hits_done(&hits);
    ASSERT_OK(find_recent(d->st, "somebody-else", 10, &hits, err));
    assert_int_equal(hits.n, 0);
    hits_done(&hits);
}

static void sounds(void **state)
{
    static const struct { const char *a, *b; bool same; } cases[] = {
        {"garcia", "garzia", true}, {"garcia", "garsia", true}, {"smith", "smyth", true}, {"smith", "schmidt", true},
        {"jon", "john", true}, {"josef", "joseph", true}, {"kathryn", "catherine", true}, {"philip", "filip", true},
        {"sanchez", "sanches", true}, {"gimenez", "jimenez", true}, {"wright", "right", true}, 
        {"christine", "kristine", true}, {"garcia", "lopez", false}, {"anna", "anita", false}, {"meyer", "maier", true},
        {"dixon", "dickson", false}, {"ada", "ana", false}, {"thompson", "tomson", false},
    };
    char a[SOUND_MAX], b[SOUND_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sound_of(cases[i].a, a);
        sound_of(cases[i].b, b);
        if ((strcmp(a, b) == 0) != cases[i].same)
            fail_msg("%s is %s, %s is %s", cases[i].a, a, cases[i].b, b);
    }
    sound_of("王小明", a);
    assert_string_equal(a, "");
}

static void distances(void **state)
{
    (void)state;
    assert_int_equal(alike_distance("garcia", "garcia", 2), 0);
    assert_int_equal(alike_distance("garcia", "garcai", 2), 1);
    assert_int_equal(alike_distance("garcia", "gaarcia", 2), 1);
    assert_int_equal(alike_distance("garcia", "lopez", 2), 3);
    assert_true(alike_jaro_winkler("martha", "marhta") > 0.96);      /* Winkler's own example: 0.961 */
    assert_true(alike_jaro_winkler("dwayne", "duane") > 0.83 && alike_jaro_winkler("dwayne", "duane") < 0.85);
    assert_true(alike_people("garcia lopez jose", "1954-07-01", "gara josef", "1954-07-10"));
    assert_false(alike_people("garcia lopez jose", "1954-07-01", "gara josef", "1974-03-10"));
    assert_false(alike_people("garcia jose", "1954-07-01", "garcia ruth", "1954-07-01"));
    assert_true(alike_people("garcia lopez jose", "1954-07-01", "lopez garcia jose maria", "1954-01-07"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(finds_by_shape), DIRECTORY_TEST(finds_at_every_letter), DIRECTORY_TEST(says_who_looks_alike),
        DIRECTORY_TEST(today_comes_first), DIRECTORY_TEST(follows_an_edit), DIRECTORY_TEST(recent_people_by_views),
        cmocka_unit_test(sounds), cmocka_unit_test(distances),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
