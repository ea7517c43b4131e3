#include "access/authz.h"

#include <stdio.h>
#include <string.h>

#include "access/grant_make.h"
#include "access/session.h"
#include "base/i18n.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/store.h"

/* The account as it is now, and whether the session still stands. */
static const char sql_account[] =
    "SELECT role, disabled IS NOT NULL,"
    " ?2 = '' OR EXISTS (SELECT 1 FROM session WHERE sid = ?2 AND staff = ?1 AND closed IS NULL)"
    " FROM staff WHERE id = ?1";

enum { F = 1 << ROLE_FRONT_DESK, M = 1 << ROLE_CARE_MANAGER, C = 1 << ROLE_CLINICIAN, A = 1 << ROLE_ADMINISTRATOR };

/* Who may do what. What is not here is refused. tests/unit/test_authz.c holds the table as it was
 * agreed; change both or neither. */
static const unsigned char allowed[PERM_COUNT] = {
    [PERM_ANYONE] = F | M | C | A,
    [PERM_SIGNED_IN] = F | M | C | A,
    [PERM_PERSON_FIND] = F | M | C | A,
    [PERM_RECORD_READ] = F | M | C | A,
    [PERM_PERSON_WRITE] = F | M | C | A,
    [PERM_INTAKE] = F | M | C | A,
    [PERM_CONTACT] = F | M | C | A,
    [PERM_TASK] = F | M | C | A,
    [PERM_APPOINTMENT] = F | M | C | A,
    [PERM_CORRECT] = F | M | C | A,
    [PERM_CONFLICT] = F | M | C | A,
    [PERM_SYNC] = F | M | C | A,
    [PERM_DROP_SAFETY] = C | A,
    [PERM_QUESTIONNAIRE] = M | A,
    [PERM_IMPORT] = A,
    [PERM_RAW_WRITE] = A,
    [PERM_STAFF] = A,
    [PERM_AUDIT_READ] = A,
    [PERM_BACKUP] = A,
    [PERM_CONFIG] = A,
};

static const struct { const char *name; enum permission permission; } permissions[] = {
    {"none", PERM_NONE}, {"anyone", PERM_ANYONE}, {"signed-in", PERM_SIGNED_IN}, {"person-find", PERM_PERSON_FIND},
    {"record-read", PERM_RECORD_READ}, {"person-write", PERM_PERSON_WRITE}, {"intake", PERM_INTAKE},
    {"contact", PERM_CONTACT}, {"task", PERM_TASK}, {"appointment", PERM_APPOINTMENT}, {"correct", PERM_CORRECT},
    {"conflict", PERM_CONFLICT}, {"sync", PERM_SYNC}, {"drop-safety", PERM_DROP_SAFETY},
    {"import", PERM_IMPORT}, {"raw-write", PERM_RAW_WRITE},
    {"questionnaire", PERM_QUESTIONNAIRE}, {"staff", PERM_STAFF}, {"audit-read", PERM_AUDIT_READ},
    {"backup", PERM_BACKUP}, {"config", PERM_CONFIG},
};
_Static_assert(sizeof permissions / sizeof *permissions == PERM_COUNT, "every permission has a name");

static const char *const roles[ROLE_COUNT] = {
    [ROLE_FRONT_DESK] = "front-desk", [ROLE_CARE_MANAGER] = "care-manager",
    [ROLE_CLINICIAN] = "clinician", [ROLE_ADMINISTRATOR] = "administrator",
};

const char *role_name(enum role role)
{
    return (unsigned)role < ROLE_COUNT ? roles[role] : "";
}

bool role_parse(const char *name, enum role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i], name) == 0) {
            *out = (enum role)i;
            return true;
        }
    return false;
}

const char *permission_name(enum permission permission)
{
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++)
        if (permissions[i].permission == permission)
            return permissions[i].name;
    return "unknown";
}

bool authz_role_has(enum role role, enum permission permission)
{
    if ((unsigned)role >= ROLE_COUNT || (unsigned)permission >= PERM_COUNT)
        return false;
    return (allowed[permission] & 1u << role) != 0;
}

void grant_make(struct grant *out, enum origin origin, const char *staff, const char *role,
                const char *action, const char *category, const char *purpose, const char *patient)
{
    *out = (struct grant){.origin = origin};
    snprintf(out->staff, sizeof out->staff, "%s", staff);
    snprintf(out->role, sizeof out->role, "%s", role);
    snprintf(out->action, sizeof out->action, "%s", action);
    snprintf(out->category, sizeof out->category, "%s", category);
    snprintf(out->purpose, sizeof out->purpose, "%s", purpose);
    snprintf(out->patient, sizeof out->patient, "%s", patient ? patient : "");
}

void authz_system(enum origin origin, const char *action, struct grant *out)
{
    const char *category = origin == ORIGIN_SYNC ? "sync" : origin == ORIGIN_IMPORT ? "import" : "system";

    grant_make(out, origin, "system", origin == ORIGIN_SYNC ? "agent" : "system", action, category, "HOPERAT", "");
}

/* v3-ActReason: looking after the house is healthcare operations, the rest is care. */
static const char *purpose_of(enum permission permission)
{
    switch (permission) {
    case PERM_SYNC: case PERM_IMPORT: case PERM_RAW_WRITE: case PERM_QUESTIONNAIRE: case PERM_STAFF:
    case PERM_AUDIT_READ: case PERM_BACKUP: case PERM_CONFIG:
        return "HOPERAT";
    default:
        return "TREAT";
    }
}

struct account { enum role role; bool is_known, is_disabled, has_session; };

static enum rc account_read(struct store *st, const struct session *session, struct account *out, struct err *err)
{
    struct query *q = query_open(st, sql_account);

    *out = (struct account){0};
    query_bind(q, 1, session->staff.id);
    query_bind(q, 2, session->sid);
    if (query_next(q)) {
        out->is_known = role_parse(query_text(q, 0), &out->role);
        out->is_disabled = query_int(q, 1) != 0;
        out->has_session = query_int(q, 2) != 0;
    }
    return query_end(q, err);
}

/* Why not, in words; NULL when it may. */
static const char *refusal(const struct account *account, enum permission permission)
{
    if (!account->is_known)
        return N_("this account is not known here");
    if (account->is_disabled)
        return N_("this account is disabled");
    if (!account->has_session)
        return N_("this session has ended: sign in again");
    if (!authz_role_has(account->role, permission))
        return N_("your role does not allow this");
    return NULL;
}

/* The refusal itself is on record: an attempt is what an auditor asks about. */
static enum rc refuse(struct store *st, const struct grant *grant, enum permission permission,
                      const char *why, struct err *err)
{
    struct err unaudited = {0};
    char detail[64];

    snprintf(detail, sizeof detail, "permission=%s", permission_name(permission));
    if (audit_event(st, grant, 4, detail, &unaudited) != RC_OK)
        return err_set(err, unaudited.rc, "%s", err_text(&unaudited));
    return err_set(err, RC_DENIED, "%s: %s", grant->action, gettext(why));
}

enum rc authz(struct store *st, const struct session *session, enum permission permission,
              const char *action, const char *category, const char *patient,
              struct grant *out, struct err *err)
{
    bool is_signed_in = session && session->staff.id[0];
    enum origin origin = session ? session->origin : ORIGIN_DESK;
    struct account account = {0};
    struct grant grant;
    const char *why;
    enum rc rc;

    if (is_signed_in && (rc = account_read(st, session, &account, err)) != RC_OK)
        return rc;
    grant_make(&grant, origin, is_signed_in ? session->staff.id : "nobody",
               account.is_known ? role_name(account.role) : "", action, category, purpose_of(permission), patient);
    if (permission == PERM_ANYONE) {
        *out = grant;
        return RC_OK;
    }
    why = is_signed_in ? refusal(&account, permission) : N_("nobody is signed in");
    if (!why && session->handed[0] && (permission != PERM_INTAKE || !patient || strcmp(session->handed, patient) != 0))
        why = N_("this screen is in a patient's hands: staff sign in first");
    if (why)
        return refuse(st, &grant, permission, why, err);
    *out = grant;
    return RC_OK;
}
