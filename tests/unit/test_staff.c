/* If this breaks, an account cannot be made, cannot be ended, or has a password anyone would guess. */
#include "tests/unit/accounts.h"

#include <locale.h>

#include "access/authz.h"
#include "base/process.h"

static struct grant system_grant(void)
{
    struct grant grant;

    authz_system(ORIGIN_SYSTEM, "init", &grant);
    return grant;
}

static struct grant boss_grant(void)
{
    struct grant grant = directory_grant("user add", "");

    strcpy(grant.staff, "staff-boss");
    strcpy(grant.role, "administrator");
    return grant;
}

static void judges_passwords(void **state)
{
    static const struct { const char *name, *password; bool ok; } cases[] = {
        {"ruth", "correct horse battery staple", true}, {"ruth", "xqzvbnkwpdmtrfl", true},   /* 15, no rule of composition */
        {"ruth", "schöne grüße aus köln", true}, {"ruth", "山田太郎山田花子東京都千代田区丸", true},   /* counted in characters */
        {"ruth", "ruth likes blue bicycles", true},     /* the name may be part of it */
        {"ruth", "short but 14 c", false}, {"ruth", "äöüßéèàçñåøæþð", false}, {"ruth", "", false},
        {"ruth.alvarez", "RuthAlvarezRuthAlvarez1", false}, {"ruthalvarezadmin", "Ruth-Alvarez-Admin", false},
        {"ruth", "Password-2026-Password!", false}, {"ruth", "qwertyuiopasdfghjkl", false}, {"ruth", "P a s s w o r d 1 2 3 4", false},
        {"ruth", "iloveyou iloveyou", false}, {"ruth", "front desk front desk", false}, {"ruth", "passwordpasswor", false},
        {"ruth", "Summer 2026 2026 2026", false},
        {"ruth", "123456789012345", false}, {"ruth", "987654321098765", false}, {"ruth", "aaaaaaaaaaaaaaaaaaa", false},
        {"ruth", "121212121212121212", false}, {"ruth", "abcdefghijklmnopq", false},
        {"ruth", "4073 8812 9920 5561", true},          /* digits alone are not refused for being digits */
        {"ruth", "not utf-8 at all \xFF\xFE", false},
    };
    char *longest = malloc(600);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        enum rc rc = staff_password_check(cases[i].name, cases[i].password, &err);

        if (rc != (cases[i].ok ? RC_OK : RC_INVALID))
            fail_msg("\"%s\": %s", cases[i].password, err_text(&err));
        if (!cases[i].ok && cases[i].password[0])       /* never repeated, it may be nearly right */
            assert_null(strstr(err.text, cases[i].password));
    }
    assert_non_null(longest);
    for (int i = 0; i < 599; i++)
        longest[i] = (char)('a' + i * 7 % 26);
    longest[599] = '\0';
    ASSERT_RC(RC_INVALID, staff_password_check("ruth", longest, err));
    longest[512] = '\0';
    ASSERT_OK(staff_password_check("ruth", longest, err));
    free(longest);
}

/* The first line tells how many words there are; each is lower case letters, in order, once. */
static void the_block_list_is_what_it_says(void **state)
{
    char path[4096], line[128], last[128] = "";
    int said = 0, words = 0;
    FILE *file;

    (void)state;
    snprintf(path, sizeof path, "%s/codes/password-blocklist.txt", process_data_dir());
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(sscanf(strchr(line, ':'), ": %d words", &said), 1);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        assert_true(line[0] && !line[strspn(line, "abcdefghijklmnopqrstuvwxyz")]);
        assert_true(strcmp(last, line) < 0);
        strcpy(last, line);
        words++;
    }
    fclose(file);
    assert_int_equal(words, said);
}

static void makes_an_account_and_its_practitioner(void **state)
{
    struct directory *d = *state;
    struct grant grant = system_grant();
    struct staff staff, again;
    struct doc *doc;

    assert_false(staff_any(d->st));
    ASSERT_OK(staff_add(d->st, &grant, "Ruth.Álvarez", "Ruth Álvarez", ROLE_ADMINISTRATOR, PASSWORD, err));
    assert_true(staff_any(d->st));
    ASSERT_OK(staff_get(d->st, "RUTH.áLVAREZ", &staff, err));
    assert_string_equal(staff.name, "ruth.álvarez");
    assert_string_equal(staff.display, "Ruth Álvarez");
    assert_int_equal(staff.role, ROLE_ADMINISTRATOR);
    ASSERT_OK(staff_get(d->st, staff.id, &again, err));
    doc = directory_get(d, "Practitioner", staff.id);
    assert_string_equal(node_path_str(doc_root(doc), "name.text"), "Ruth Álvarez");
    assert_true(node_bool(doc_root(doc), "active"));
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE action = 'init' AND outcome = 0 AND writes = 1"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM staff WHERE hash LIKE '$argon2id$v=19$m=65536,t=3,%'"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE detail LIKE '%lvarez%'"), 0);    /* ids, no names */
    staff_done(&staff);
    staff_done(&again);
    ASSERT_RC(RC_DENIED, staff_add(d->st, &grant, "second", "Second", ROLE_ADMINISTRATOR, PASSWORD, err));  /* the first one only */
}

static void refuses_what_is_no_account(void **state)
{
    static const struct { const char *name, *display, *password; enum role role; enum rc rc; } cases[] = {
        {"", "X", PASSWORD, ROLE_CLINICIAN, RC_INVALID}, {" x", "X", PASSWORD, ROLE_CLINICIAN, RC_INVALID},
        {"x\x1B[2J", "X", PASSWORD, ROLE_CLINICIAN, RC_INVALID}, {"x", "", PASSWORD, ROLE_CLINICIAN, RC_INVALID},
        {"x", "a\xE2\x80\xAE", PASSWORD, ROLE_CLINICIAN, RC_INVALID}, {"x", "X", "short", ROLE_CLINICIAN, RC_INVALID},
        {"x", "X", PASSWORD, ROLE_COUNT, RC_INVALID}, {"Taken", "X", PASSWORD, ROLE_CLINICIAN, RC_EXISTS},
    };
    struct directory *d = *state;
    struct grant grant = boss_grant();

    accounts_add(d, "staff-boss", "taken", ROLE_ADMINISTRATOR, "no hash");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_RC(cases[i].rc, staff_add(d->st, &grant, cases[i].name, cases[i].display, cases[i].role, cases[i].password, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM staff"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM resource"), 0);
}

static void the_last_administrator_stays(void **state)
{
    struct directory *d = *state;
    struct grant grant = boss_grant();

    accounts_add(d, "staff-boss", "boss", ROLE_ADMINISTRATOR, "no hash");
    accounts_add(d, "staff-two", "two", ROLE_ADMINISTRATOR, "no hash");
    ASSERT_OK(staff_disable(d->st, &grant, "two", err));
    ASSERT_RC(RC_DENIED, staff_disable(d->st, &grant, "boss", err));
    ASSERT_RC(RC_DENIED, staff_set_role(d->st, &grant, "boss", ROLE_CLINICIAN, err));
    ASSERT_OK(staff_set_role(d->st, &grant, "boss", ROLE_ADMINISTRATOR, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM staff WHERE role = 'administrator' AND disabled IS NULL"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM audit WHERE outcome = 4"), 2);   /* the tries are on record */
    ASSERT_RC(RC_NOT_FOUND, staff_disable(d->st, &grant, "stranger", err));
}

static void disabling_ends_sessions_and_keeps_the_record(void **state)
{
    struct directory *d = *state;
    struct grant grant = boss_grant();
    int64_t changes = store_changes(d->st, "staff");
    struct staff staff;
    struct doc *doc;

    accounts_add(d, "staff-boss", "boss", ROLE_ADMINISTRATOR, "no hash");
    ASSERT_OK(staff_add(d->st, &grant, "clerk", "Clerk", ROLE_FRONT_DESK, PASSWORD, err));
    assert_true(store_changes(d->st, "staff") > changes);
    ASSERT_OK(staff_get(d->st, "clerk", &staff, err));
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, "INSERT INTO session(sid, staff, opened, used, idle_s) VALUES ('s', ?1, '', 0, 900)", "t", staff.id));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_OK(staff_disable(d->st, &grant, "clerk", err));
    assert_int_equal(directory_number(d, "SELECT closed IS NOT NULL FROM session"), 1);
    doc = directory_get(d, "Practitioner", staff.id);
    assert_int_equal(node_kind(node_get(doc_root(doc), "active")), NODE_FALSE);
    doc_free(doc);
    staff_done(&staff);
    ASSERT_OK(staff_get(d->st, "clerk", &staff, err));
    assert_true(staff.disabled);
    staff_done(&staff);
}

static void a_new_password_counts_at_once(void **state)
{
    static const char fresh[] = "seven purple umbrellas dance";
    struct directory *d = *state;
    struct grant grant = boss_grant();
    struct session s = {0};

    accounts_add(d, "staff-boss", "boss", ROLE_ADMINISTRATOR, "no hash");
    accounts_add(d, "staff-c", "clerk", ROLE_FRONT_DESK, accounts_hash());
    ASSERT_OK(store_begin(d->st, err));     /* stopped after too many tries */
    ASSERT_OK(query_run(d->st, err, "UPDATE staff SET failures = 100 WHERE id = 'staff-c'", ""));
    ASSERT_OK(store_end(d->st, RC_OK, err));
    ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", PASSWORD, 900, &s, err));
    ASSERT_RC(RC_INVALID, staff_set_password(d->st, &grant, "clerk", "clerkclerkclerk", err));
    ASSERT_OK(staff_set_password(d->st, &grant, "clerk", fresh, err));
    ASSERT_RC(RC_DENIED, session_open(d->st, "clerk", PASSWORD, 900, &s, err));
    ASSERT_OK(session_open(d->st, "clerk", fresh, 900, &s, err));
    session_done(&s);
}

static void lists_by_name(void **state)
{
    struct directory *d = *state;
    struct staff *list;
    size_t n;

    accounts_add(d, "staff-2", "bea", ROLE_CLINICIAN, "no hash");
    accounts_add(d, "staff-1", "ann", ROLE_FRONT_DESK, "no hash");
    ASSERT_OK(staff_list(d->st, &list, &n, err));
    assert_int_equal(n, 2);
    assert_string_equal(list[0].name, "ann");
    assert_int_equal(list[1].role, ROLE_CLINICIAN);
    staff_done(&list[0]);
    staff_done(&list[1]);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_passwords), cmocka_unit_test(the_block_list_is_what_it_says),
        DIRECTORY_TEST(makes_an_account_and_its_practitioner), DIRECTORY_TEST(refuses_what_is_no_account),
        DIRECTORY_TEST(the_last_administrator_stays), DIRECTORY_TEST(disabling_ends_sessions_and_keeps_the_record),
        DIRECTORY_TEST(a_new_password_counts_at_once), DIRECTORY_TEST(lists_by_name),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
