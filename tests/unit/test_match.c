/* The same person would be registered twice, or a family be taken for one person. */
#include "tests/unit/directory.h"

#include "desk/match.h"
#include "desk/match_weight.h"

#define HAND_MADE(id, family, given, birth, more) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"family\":\"" family "\",\"given\":[\"" given "\"]}]," \
    "\"birthDate\":\"" birth "\"" more "}"
#define AT(phone, street) ",\"telecom\":[{\"system\":\"phone\",\"value\":\"" phone "\"}],\"address\":[{\"text\":\"" street "\"}]"

static void add_people(struct directory *d)
{
    static const char *const people[] = {
        HAND_MADE("ada", "Okafor", "Ada", "2019-11-22", AT("413-555-0119", "12 Elm St")),
        HAND_MADE("ify", "Okafor", "Ifeoma", "1990-02-03", AT("413-555-0119", "12 Elm St")),
        HAND_MADE("chi", "Okafor", "Chidi", "1988-04-05", AT("413-555-0119", "12 Elm St")),
        HAND_MADE("jose", "García López", "José", "1954-07-01", AT("413-555-1187", "3 Oak Ave")),
        HAND_MADE("twin1", "Bauer", "Ruth", "1980-05-06", AT("413-555-2000", "9 Pine Rd")),
        HAND_MADE("anna", "Schmidt", "Anna", "1960-12-03", ",\"gender\":\"female\""),
        "{\"resourceType\":\"Patient\",\"id\":\"wed\",\"name\":[{\"family\":\"Delacroix\",\"given\":[\"Carmen\"]},{\"use\":\"maiden\",\"family\":\"Ruiz\"}],\"birthDate\":\"1975-08-09\"}",
        "{\"resourceType\":\"Patient\",\"id\":\"gone\",\"name\":[{\"family\":\"Marsh\",\"given\":[\"Tobias\"]}],\"birthDate\":\"1970-01-01\",\"link\":[{\"type\":\"replaced-by\",\"other\":{\"reference\":\"Patient/x\"}}]}",
    };

    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        directory_put(d, people[i]);
}

/* What is typed at registration and who it must bring first; NULL: nobody may be shown. */
static void finds_the_same_person(void **state)
{
    static const struct { struct registration r; const char *first, *says; } cases[] = {
        {{.family = "Garcia Lopez", .given = "Jose", .birth = "1954-07-01"}, "jose", "same name, birth date"},
        {{.family = "Garcia", .given = "Jose", .birth = "1954-07-01"}, "jose", "similar name, birth date"},   /* one of two surnames */
        {{.family = "Jose", .given = "Garcia", .birth = "1954-07-01"}, "jose", "similar name, birth date"},   /* in each other's place */
        {{.family = "Garzia", .given = "Josef", .birth = "1954-07-01"}, "jose", "birth date"},                /* as it was heard */
        {{.family = "Garcai Lopez", .given = "Jose", .birth = "1954-01-07"}, "jose", "birth date nearly"},    /* mistyped, day and month exchanged */
        {{.family = "Garcia Lopez", .given = "Jose", .birth = "1964-07-01"}, "jose", "birth date nearly"},    /* a decade off */
        {{.family = "Garcia Lopez", .given = "Jose", .birth = "1954"}, "jose", "birth year"},
        {{.family = "Schmitt", .given = "Ana", .birth = "1960-12-03", .sex = "female"}, "anna", "birth date"},
        {{.family = "Ruiz", .given = "Carmen", .birth = "1975-08-09"}, "wed", "similar name"},                /* as she was called before */
        {{.family = "Smith", .given = "Nobody", .birth = "2001-01-01"}, NULL, NULL},
        {{.family = "Marsh", .given = "Tobias", .birth = "1970-01-01"}, NULL, NULL},                          /* merged away: its survivor stands for it */
        {{.family = "", .given = ""}, NULL, NULL},
    };
    struct directory *d = *state;

    add_people(d);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct matches m;

        ASSERT_OK(match_registration(d->st, &cases[i].r, 5, &m, err));
        if (cases[i].first == NULL ? m.n > 0 : m.n == 0 || strcmp(m.match[0].person.id, cases[i].first) != 0 || strstr(m.match[0].reasons, cases[i].says) == NULL)
            fail_msg("case %zu: %zu found, first %s: %s (%.1f)", i, m.n, m.n ? m.match[0].person.id : "nobody", m.n ? m.match[0].reasons : "",
                     m.n ? m.match[0].weight : 0);
        matches_done(&m);
    }
}

/* A newborn shares surname, address and phone with three people and is none of them. */
static void a_household_is_one_piece_of_evidence(void **state)
{
    static const struct registration r = {.family = "Okafor", .given = "Uche", .birth = "2026-11-22", .phone = "413-555-0119", .address = "12 Elm St"};
    static const struct registration same = {.family = "Okafor", .given = "Ada", .birth = "2019-11-22", .phone = "413-555-0119", .address = "12 Elm St"};
    struct directory *d = *state;
    struct matches family, person;

    add_people(d);
    ASSERT_OK(match_registration(d->st, &r, 5, &family, err));
    ASSERT_OK(match_registration(d->st, &same, 5, &person, err));
    assert_true(person.n > 0);
    assert_string_equal(person.match[0].person.id, "ada");
    for (size_t i = 0; i < family.n; i++)
        assert_true(family.match[i].weight < person.match[0].weight - 15);
    matches_done(&family);
    matches_done(&person);
}

static void a_twin_is_said_to_be_one(void **state)
{
    static const struct registration r = {.family = "Bauer", .given = "Heinz", .birth = "1980-05-06", .phone = "413-555-2000"};
    struct directory *d = *state;
    struct matches m;

    add_people(d);
    ASSERT_OK(match_registration(d->st, &r, 5, &m, err));
    assert_true(m.n > 0);
    assert_string_equal(m.match[0].person.id, "twin1");
    assert_non_null(strstr(m.match[0].reasons, "twin"));
    matches_done(&m);
}

static void namesakes(void **state)
{
    static const struct { const char *id; size_t n; } cases[] = {{"a1", 2}, {"a2", 2}, {"a3", 2}, {"a4", 0}, {"a5", 1}, {"a6", 1}};
    struct directory *d = *state;

    directory_put(d, HAND_MADE("a1", "García López", "José", "1954-07-01", ",\"gender\":\"male\""));
    directory_put(d, HAND_MADE("a2", "Gara", "Josef", "1954-07-10", ",\"gender\":\"male\""));
    directory_put(d, HAND_MADE("a3", "Garcia Lopez", "Jose", "1954-03-10", ",\"gender\":\"male\""));
    directory_put(d, HAND_MADE("a4", "Garza", "María Elena", "1954-07-01", ",\"gender\":\"female\""));
    directory_put(d, HAND_MADE("a5", "Bauer", "Ruth", "1930-01-01", ""));
    directory_put(d, HAND_MADE("a6", "Bauer", "Ruth", "1999-01-01", ""));        /* the same name is one at any age */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct matches m;

        ASSERT_OK(match_namesakes(d->st, cases[i].id, 10, &m, err));
        if (m.n != cases[i].n)
            fail_msg("%s has %zu namesakes", cases[i].id, m.n);
        for (size_t k = 0; k < m.n; k++)
            assert_string_not_equal(m.match[k].person.id, cases[i].id);
        matches_done(&m);
    }
}

/* The order of evidence, whatever the exact weights. */
static void weights_keep_their_order(void **state)
{
#define WHO .names = "", .mrn = "", .email = "", .sex = ""
    static const struct description base = {.family = "garcia", .given = "jose", .address = "3 oak ave", .phone = "7811555314", .birth = {1954, 7, 1}, WHO};
    struct description same = base, other_phone = base, moved = base, other_given = base, other_birth = base, only_phone = base, empty = {.family = "", .given = "", .address = "", .phone = "", WHO};

    (void)state;
    other_phone.phone = "0000555314";
    only_phone.family = only_phone.address = "";
    moved.address = "99 far away rd";
    other_given.given = "ruth";
    other_birth.birth = (struct date){1991, 2, 3};
    assert_true(match_weight(&base, &same, NULL) > match_weight(&base, &other_phone, NULL));
    assert_true(match_weight(&base, &moved, NULL) > match_weight(&base, &other_given, NULL));
    assert_true(match_weight(&base, &moved, NULL) > match_weight(&base, &other_birth, NULL));
    assert_true(match_weight(&base, &other_birth, NULL) < match_weight(&base, &other_given, NULL));
    /* Surname and phone and address: hardly more than the phone alone. */
    assert_true(match_weight(&base, &same, NULL) - match_weight(&base, &only_phone, NULL) < 3);
    assert_true(match_weight(&base, &empty, NULL) == 0);        /* what is missing says nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(finds_the_same_person), DIRECTORY_TEST(a_household_is_one_piece_of_evidence), DIRECTORY_TEST(a_twin_is_said_to_be_one),
        DIRECTORY_TEST(namesakes), cmocka_unit_test(weights_keep_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
