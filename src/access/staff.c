#include "access/staff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "access/staff_name.h"
#include "access/turn.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/document.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/store.h"

#define COLUMNS "id, name, display, role, disabled IS NOT NULL"
static const char sql_any[] = "SELECT 1 FROM staff LIMIT 1";
static const char sql_list[] = "SELECT " COLUMNS " FROM staff ORDER BY name";
static const char sql_get[] = "SELECT " COLUMNS " FROM staff WHERE id = ?1 OR name = ?2 ORDER BY id <> ?1 LIMIT 1";
static const char sql_add[] =
    "INSERT INTO staff(id, name, display, role, hash, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char sql_set_hash[] = "UPDATE staff SET hash = ?2, failures = 0, wait_until = 0 WHERE id = ?1";
static const char sql_set_role[] = "UPDATE staff SET role = ?2 WHERE id = ?1";
static const char sql_disable[] = "UPDATE staff SET disabled = ?2 WHERE id = ?1 AND disabled IS NULL";
static const char sql_end_sessions[] = "UPDATE session SET closed = ?2 WHERE staff = ?1 AND closed IS NULL";
static const char sql_other_administrators[] =
    "SELECT count(*) FROM staff WHERE role = 'administrator' AND disabled IS NULL AND id <> ?1";

enum { NAME_MAX_BYTES = 64, DISPLAY_MAX_BYTES = 120 };

void staff_done(struct staff *s)
{
    free(s->name);
    free(s->display);
    *s = (struct staff){0};
}

/* What is typed at sign-in, in lower case. */
char *staff_name_folded(const char *name)
{
    struct buf out = {0};
    size_t step;

    for (; *name; name += step) {
        char bytes[4];
        uint32_t cp = utf8_next(name, &step);

        buf_add_n(&out, bytes, utf8_encode((uint32_t)towlower((wint_t)cp), bytes));
    }
    return out.data ? buf_take(&out) : mem_dup("");
}

bool staff_any(struct store *st)
{
    struct query *q = query_open(st, sql_any);
    bool any = query_next(q);

    query_end(q, NULL);
    return any;
}

static void staff_read(struct query *q, struct staff *out)
{
    *out = (struct staff){.name = mem_dup(query_text(q, 1)), .display = mem_dup(query_text(q, 2)),
                          .role = ROLE_COUNT, .disabled = query_int(q, 4) != 0};
    snprintf(out->id, sizeof out->id, "%s", query_text(q, 0));
    role_parse(query_text(q, 3), &out->role);   /* a role we do not know may do nothing */
}

enum rc staff_list(struct store *st, struct staff **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_list);
    size_t cap = 0;

    *out = NULL;
    *n = 0;
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        staff_read(q, &(*out)[(*n)++]);
    }
    return query_end(q, err);
}

enum rc staff_get(struct store *st, const char *id_or_name, struct staff *out, struct err *err)
{
    struct query *q = query_open(st, sql_get);
    char *name = staff_name_folded(id_or_name);
    bool found;
    enum rc rc;

    *out = (struct staff){0};
    query_bind(q, 1, id_or_name);
    query_bind(q, 2, name);
    if ((found = query_next(q)))
        staff_read(q, out);
    rc = query_end(q, err);
    free(name);
    return rc != RC_OK || found ? rc : err_set(err, RC_NOT_FOUND, "%s", _("there is no such account"));
}

/* ---- changing accounts --------------------------------------------------------------------- */

/* Shown in lists and typed at a prompt: whole characters, nothing the sanitiser would change. */
static bool text_is_plain(const char *text, size_t most)
{
    size_t len = strlen(text);
    bool plain = len > 0 && len <= most && utf8_valid(text, len) && text[0] != ' ' && text[len - 1] != ' ';
    char *clean = plain ? utf8_cleaned(text) : NULL;

    plain = plain && strcmp(clean, text) == 0;
    free(clean);
    return plain;
}

static void now_text(char out[CLOCK_TEXT])
{
    clock_instant(clock_now_ms(), out);
}

static enum rc check_new(struct store *st, const struct grant *grant, const char *name, const char *display,
                         struct err *err)
{
    struct staff taken = {0};
    struct err none;
    enum rc rc;

    /* A process without a person makes the first administrator, or demo accounts; no other. */
    if (strcmp(grant->staff, "system") == 0 && staff_any(st) && !store_meta(st, "demo")[0])
        return err_set(err, RC_DENIED, "%s", _("accounts are added by an administrator who is signed in"));
    if (!text_is_plain(name, NAME_MAX_BYTES))
        return err_set(err, RC_INVALID, "%s", _("a sign-in name has 1 to 64 bytes and no control characters"));
    if (!text_is_plain(display, DISPLAY_MAX_BYTES))
        return err_set(err, RC_INVALID, "%s", _("the name to show has 1 to 120 bytes and no control characters"));
    rc = staff_get(st, name, &taken, &none);
    staff_done(&taken);
    if (rc == RC_OK)
        return err_set(err, RC_EXISTS, "%s", _("that sign-in name is taken"));
    return rc == RC_NOT_FOUND ? RC_OK : err_set(err, rc, "%s", err_text(&none));
}

/* FHIR R4 Practitioner: who appointments, follow-ups and contacts refer to. */
static struct doc *practitioner_new(const char *id, const char *display)
{
    struct doc *doc = doc_new("Practitioner");

    node_set_str(doc, doc_root(doc), "id", id);
    node_set_bool(doc, doc_root(doc), "active", true);
    doc_set(doc, "name[0].text", display);
    return doc;
}

static enum rc insert(struct store *st, const struct grant *grant, const char *name, const char *display,
                      enum role role, const char *hash, struct err *err)
{
    char id[CRYPTO_UUID], now[CLOCK_TEXT];
    struct doc *doc;
    enum rc rc;

    crypto_uuid(id);
    now_text(now);
    rc = query_run(st, err, sql_add, "tttttt", id, name, display, role_name(role), hash, now);
    if (rc != RC_OK)
        return rc;
    doc = practitioner_new(id, display);
    rc = store_put(st, grant, doc, err);
    doc_free(doc);
    if (rc == RC_OK)
        audit_detail(st, "account=%s role=%s", id, role_name(role));
    store_touch(st, "staff");
    return rc;
}

/* Before the gate: it takes long on purpose. */
static enum rc hash_password(struct store *st, const char *password, char hash[CRYPTO_PASSWORD], struct err *err)
{
    int turn = turn_take(st);
    bool is_hashed = crypto_password_hash(password, hash);

    turn_give(turn);
    return is_hashed ? RC_OK : err_set(err, RC_IO, "%s", _("not enough memory to hash the password"));
}

enum rc staff_add(struct store *st, const struct grant *grant, const char *name, const char *display,
                  enum role role, const char *password, struct err *err)
{
    char hash[CRYPTO_PASSWORD], *folded = staff_name_folded(name);
    enum rc rc = check_new(st, grant, folded, display, err);

    if (rc == RC_OK && !role_name(role)[0])
        rc = err_set(err, RC_INVALID, "%s", _("there is no such role"));
    if (rc == RC_OK)
        rc = staff_password_check(folded, password, err);
    if (rc == RC_OK)
        rc = hash_password(st, password, hash, err);
    if (rc == RC_OK && (rc = store_begin(st, err)) == RC_OK) {
        if ((rc = check_new(st, grant, folded, display, err)) == RC_OK)
            rc = insert(st, grant, folded, display, role, hash, err);
        rc = store_end(st, rc, err);
    }
    free(folded);
    return rc;
}

/* Find the account inside a transaction whose act is open, so that a refusal is on record too. */
static enum rc begin_on(struct store *st, const struct grant *grant, const char *name, struct staff *out,
                        struct err *err)
{
    enum rc rc = store_begin(st, err);

    *out = (struct staff){0};
    if (rc != RC_OK)
        return rc;
    audit_act(st, grant);
    if ((rc = staff_get(st, name, out, err)) == RC_OK)
        return RC_OK;
    return store_end(st, rc, err);
}

static enum rc end_on(struct store *st, struct staff *staff, enum rc rc, struct err *err)
{
    store_touch(st, "staff");
    staff_done(staff);
    return store_end(st, rc, err);
}

static enum rc end_sessions(struct store *st, const char *id, struct err *err)
{
    char now[CLOCK_TEXT];

    now_text(now);
    return query_run(st, err, sql_end_sessions, "tt", id, now);
}

/* The clinic must not lock itself out. */
static enum rc check_not_last(struct store *st, const struct staff *staff, struct err *err)
{
    struct query *q;
    int64_t others;
    enum rc rc;

    if (staff->role != ROLE_ADMINISTRATOR || staff->disabled)
        return RC_OK;
    q = query_open(st, sql_other_administrators);
    query_bind(q, 1, staff->id);
    others = query_next(q) ? query_int(q, 0) : 0;
    rc = query_end(q, err);
    if (rc == RC_OK && others == 0)
        rc = err_set(err, RC_DENIED, "%s", _("this is the last administrator: make another one first"));
    return rc;
}

enum rc staff_set_password(struct store *st, const struct grant *grant, const char *name, const char *password,
                           struct err *err)
{
    char hash[CRYPTO_PASSWORD];
    struct staff staff;
    enum rc rc = staff_get(st, name, &staff, err);

    if (rc == RC_OK)
        rc = staff_password_check(staff.name, password, err);
    staff_done(&staff);
    if (rc == RC_OK)
        rc = hash_password(st, password, hash, err);
    if (rc != RC_OK || (rc = begin_on(st, grant, name, &staff, err)) != RC_OK)
        return rc;
    audit_detail(st, "account=%s password", staff.id);
    rc = query_run(st, err, sql_set_hash, "tt", staff.id, hash);
    /* Set by somebody else, it may be because the old one was stolen. */
    if (rc == RC_OK && strcmp(staff.id, grant->staff) != 0)
        rc = end_sessions(st, staff.id, err);
    return end_on(st, &staff, rc, err);
}

enum rc staff_set_role(struct store *st, const struct grant *grant, const char *name, enum role role,
                       struct err *err)
{
    struct staff staff;
    enum rc rc;

    if (!role_name(role)[0])
        return err_set(err, RC_INVALID, "%s", _("there is no such role"));
    if ((rc = begin_on(st, grant, name, &staff, err)) != RC_OK)
        return rc;
    audit_detail(st, "account=%s role=%s was=%s", staff.id, role_name(role), role_name(staff.role));
    if (role != ROLE_ADMINISTRATOR)
        rc = check_not_last(st, &staff, err);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_set_role, "tt", staff.id, role_name(role));
    return end_on(st, &staff, rc, err);
}

/* The Practitioner stays, inactive: old records refer to it. */
static enum rc practitioner_retire(struct store *st, const struct grant *grant, const char *id, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = store_get(st, "Practitioner", id, &doc, err);

    if (rc == RC_OK) {
        node_set_bool(doc, doc_root(doc), "active", false);
        rc = store_put(st, grant, doc, err);
    }
    doc_free(doc);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc staff_disable(struct store *st, const struct grant *grant, const char *name, struct err *err)
{
    char now[CLOCK_TEXT];
    struct staff staff;
    enum rc rc = begin_on(st, grant, name, &staff, err);

    if (rc != RC_OK)
        return rc;
    now_text(now);
    audit_detail(st, "account=%s disabled", staff.id);
    if ((rc = check_not_last(st, &staff, err)) == RC_OK &&
        (rc = query_run(st, err, sql_disable, "tt", staff.id, now)) == RC_OK &&
        (rc = end_sessions(st, staff.id, err)) == RC_OK)
        rc = practitioner_retire(st, grant, staff.id, err);
    return end_on(st, &staff, rc, err);
}
