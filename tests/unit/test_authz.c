/* If this breaks, somebody sees or changes what their role does not allow. */
#include "tests/unit/accounts.h"

#include "access/authz.h"

/* The table as it was agreed: F front desk, M care manager, C clinician, A administrator. A change
 * here is a decision about people's data, not a repair of a test. */
static const struct { enum permission permission; const char *name, *who; } agreed[] = {
    {PERM_NONE, "none", ""},                    /* never anybody: an action without a permission is refused */
    {PERM_ANYONE, "anyone", "FMCA"},
    {PERM_SIGNED_IN, "signed-in", "FMCA"},
    {PERM_PERSON_FIND, "person-find", "FMCA"},
    {PERM_RECORD_READ, "record-read", "FMCA"},  /* each look is audited */
    {PERM_PERSON_WRITE, "person-write", "FMCA"},
    {PERM_INTAKE, "intake", "FMCA"},
    {PERM_CONTACT, "contact", "FMCA"},
    {PERM_TASK, "task", "FMCA"},
    {PERM_APPOINTMENT, "appointment", "FMCA"},
    {PERM_CORRECT, "correct", "FMCA"},          /* whoever may write may say it was wrong */
    {PERM_CONFLICT, "conflict", "FMCA"},        /* the desk that made the edit knows best */
    {PERM_SYNC, "sync", "FMCA"},
    {PERM_DROP_SAFETY, "drop-safety", "CA"},    /* an allergy, a consent, a safety task: not by the desk alone */
    {PERM_IMPORT, "import", "A"},               /* brings in many records at once */
    {PERM_RAW_WRITE, "raw-write", "A"},         /* goes past the forms */
    {PERM_QUESTIONNAIRE, "questionnaire", "MA"},
    {PERM_STAFF, "staff", "A"},
    {PERM_AUDIT_READ, "audit-read", "A"},       /* tells who looked at whom */
    {PERM_BACKUP, "backup", "A"},               /* a backup is everybody's record in one file */
    {PERM_CONFIG, "config", "A"},
};
static const char letters[] = "FMCA";
static const char *const ids[] = {"staff-f", "staff-m", "staff-c", "staff-a"};

static void everybody(struct directory *d)
{
    for (int r = 0; r < ROLE_COUNT; r++)
        accounts_add(d, ids[r], ids[r], (enum role)r, "no hash");
}

static int64_t refusals(struct directory *d)
{
    return directory_number(d, "SELECT count(*) FROM audit WHERE outcome = 4");
}

/* Each cell through the whole path: account read, grant or refusal, refusal on record. */
static void each_cell_is_as_agreed(void **state)
{
    struct directory *d = *state;

    everybody(d);
    assert_int_equal(sizeof agreed / sizeof *agreed, PERM_COUNT);
    for (size_t i = 0; i < sizeof agreed / sizeof *agreed; i++)
        for (int r = 0; r < ROLE_COUNT; r++) {
            struct session s = accounts_session(ids[r]);
            bool may = strchr(agreed[i].who, letters[r]) != NULL;
            int64_t before = refusals(d);
            struct grant grant = {0};
            struct err err = {0};
            enum rc rc = authz(d->st, &s, agreed[i].permission, "task complete", "task", "p1", &grant, &err);

            assert_string_equal(permission_name(agreed[i].permission), agreed[i].name);
            if ((rc == RC_OK) != may || authz_role_has((enum role)r, agreed[i].permission) != may)
                fail_msg("%s %s", agreed[i].name, role_name((enum role)r));
            assert_int_equal(refusals(d), before + !may);
            assert_int_equal(rc, may ? RC_OK : RC_DENIED);
            assert_string_equal(grant.staff, may ? ids[r] : "");
            assert_string_equal(grant.role, may ? role_name((enum role)r) : "");
            assert_string_equal(grant.patient, may ? "p1" : "");
        }
}

static void what_is_not_in_the_table_is_refused(void **state)
{
    struct directory *d = *state;
    struct session s = accounts_session("staff-a");
    struct grant grant;

    everybody(d);
    ASSERT_RC(RC_DENIED, authz(d->st, &s, PERM_COUNT, "x", "x", NULL, &grant, err));
    ASSERT_RC(RC_DENIED, authz(d->st, &s, (enum permission)-1, "x", "x", NULL, &grant, err));
    assert_false(authz_role_has(ROLE_COUNT, PERM_TASK));
    assert_false(authz_role_has((enum role)-1, PERM_TASK));
}

static void nobody_signed_in_may_only_what_anyone_may(void **state)
{
    struct directory *d = *state;
    struct session blank = {.origin = ORIGIN_CLI}, stranger = accounts_session("staff-x");
    struct grant grant;

    ASSERT_OK(authz(d->st, NULL, PERM_ANYONE, "help", "desk", NULL, &grant, err));
    assert_string_equal(grant.staff, "nobody");
    ASSERT_OK(authz(d->st, &blank, PERM_ANYONE, "help", "desk", NULL, &grant, err));
    assert_int_equal(grant.origin, ORIGIN_CLI);
    for (int p = 0; p < PERM_COUNT; p++) {
        if (p == PERM_ANYONE)
            continue;
        ASSERT_RC(RC_DENIED, authz(d->st, NULL, (enum permission)p, "x", "x", NULL, &grant, err));
        ASSERT_RC(RC_DENIED, authz(d->st, &blank, (enum permission)p, "x", "x", NULL, &grant, err));
        ASSERT_RC(RC_DENIED, authz(d->st, &stranger, (enum permission)p, "x", "x", NULL, &grant, err));
    }
}

/* Disabled, demoted or signed out between two acts: the second is refused, whatever the session remembers. */
static void the_next_act_sees_the_change(void **state)
{
    struct directory *d = *state;
    struct session s = accounts_session("staff-a"), clerk = accounts_session("staff-f");
    struct grant boss = {0}, grant;

    everybody(d);
    accounts_add(d, "staff-b", "second", ROLE_ADMINISTRATOR, "no hash");
    ASSERT_OK(authz(d->st, &s, PERM_STAFF, "user disable", "staff", NULL, &boss, err));
    ASSERT_OK(authz(d->st, &clerk, PERM_TASK, "task add", "task", NULL, &grant, err));
    ASSERT_OK(staff_disable(d->st, &boss, "staff-f", err));
    ASSERT_RC(RC_DENIED, authz(d->st, &clerk, PERM_TASK, "task add", "task", NULL, &grant, err));
    ASSERT_OK(staff_set_role(d->st, &boss, "staff-a", ROLE_FRONT_DESK, err));
    s.staff.role = ROLE_ADMINISTRATOR;      /* what it was at sign-in counts for nothing */
    ASSERT_RC(RC_DENIED, authz(d->st, &s, PERM_STAFF, "user add", "staff", NULL, &grant, err));
    ASSERT_OK(authz(d->st, &s, PERM_TASK, "task add", "task", NULL, &grant, err));
    strcpy(s.sid, "a session that is not in the database");
    ASSERT_RC(RC_DENIED, authz(d->st, &s, PERM_TASK, "task add", "task", NULL, &grant, err));
}

static void the_agent_and_the_importer_sign_as_themselves(void **state)
{
    struct grant grant;

    (void)state;
    authz_system(ORIGIN_SYNC, "sync", &grant);
    assert_string_equal(grant.staff, "system");
    assert_string_equal(grant.role, "agent");
    assert_int_equal(grant.origin, ORIGIN_SYNC);
    assert_string_equal(grant.patient, "");
    authz_system(ORIGIN_IMPORT, "import", &grant);
    assert_string_equal(grant.category, "import");
}

static void roles_have_names(void **state)
{
    enum role role;

    (void)state;
    for (int r = 0; r < ROLE_COUNT; r++) {
        assert_true(role_parse(role_name((enum role)r), &role));
        assert_int_equal(role, r);
    }
    assert_false(role_parse("manager", &role));
    assert_false(role_parse("", &role));
    assert_string_equal(role_name(ROLE_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIRECTORY_TEST(each_cell_is_as_agreed), DIRECTORY_TEST(what_is_not_in_the_table_is_refused),
        DIRECTORY_TEST(nobody_signed_in_may_only_what_anyone_may), DIRECTORY_TEST(the_next_act_sees_the_change),
        cmocka_unit_test(the_agent_and_the_importer_sign_as_themselves), cmocka_unit_test(roles_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
