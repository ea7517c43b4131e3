#include "access/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/grant_make.h"
#include "access/session_file.h"
#include "access/staff_name.h"
#include "access/throttle.h"
#include "access/turn.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_account[] =
    "SELECT id, hash, role, disabled IS NOT NULL, failures, wait_until FROM staff WHERE id = ?1 OR name = ?2"
    " ORDER BY id <> ?1 LIMIT 1";
static const char sql_count_try[] = "UPDATE staff SET failures = ?2, wait_until = ?3 WHERE id = ?1";
static const char sql_new[] = "INSERT INTO session(sid, staff, opened, used, idle_s) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char sql_prune[] = "DELETE FROM session WHERE used < ?1";
static const char sql_find[] = "SELECT staff, opened, used, idle_s, handed IS NOT NULL FROM session WHERE sid = ?1 AND closed IS NULL";
static const char sql_hand[] = "UPDATE session SET handed = nullif(?2, '') WHERE sid = ?1";
static const char sql_use[] = "UPDATE session SET used = ?2 WHERE sid = ?1";
static const char sql_close[] = "UPDATE session SET closed = ?2 WHERE sid = ?1 AND closed IS NULL";

static const int64_t longest_ms = 12LL * 3600 * 1000;            /* NIST SP 800-63B: sign in anew after 12 h */
static const int64_t keep_ms = 30LL * 24 * 3600 * 1000;         /* rows of old sessions; the audit keeps who signed in */
static const int64_t skew_ms = 5LL * 60 * 1000;                 /* a clock that was only put right */
static const int64_t touch_ms = 30LL * 1000;                     /* not worth a commit more often */

/* An account at the door. */
struct knock {
    char id[40], hash[CRYPTO_PASSWORD], role[24];
    bool is_known, is_disabled;
    struct throttle throttle;
};

void session_done(struct session *s)
{
    staff_done(&s->staff);
    mem_wipe(s->token, sizeof s->token);
    mem_wipe(s->sid, sizeof s->sid);
}

/* ---- the password -------------------------------------------------------------------------- */

static enum rc knock_read(struct store *st, const char *id, const char *name, struct knock *out, struct err *err)
{
    struct query *q = query_open(st, sql_account);

    *out = (struct knock){0};
    query_bind(q, 1, id);
    query_bind(q, 2, name);
    if ((out->is_known = query_next(q))) {
        snprintf(out->id, sizeof out->id, "%s", query_text(q, 0));
        snprintf(out->hash, sizeof out->hash, "%s", query_text(q, 1));
        snprintf(out->role, sizeof out->role, "%s", query_text(q, 2));
        out->is_disabled = query_int(q, 3) != 0;
        out->throttle.failures = (int)query_int(q, 4);
        out->throttle.wait_until = query_int(q, 5);
    }
    return query_end(q, err);
}

static void session_grant(struct grant *out, enum origin origin, const struct knock *k, const char *action)
{
    grant_make(out, origin, k->is_known ? k->id : "nobody", k->role, action, "session", "HOPERAT", "");
}

/* Count the try before the password is looked at: guesses side by side, or one cut short by a
 * kill, are counted like any other. A right password sets the count back. */
static enum rc count_try(struct store *st, const char *id, const char *name, struct knock *k, struct err *err)
{
    int64_t now = clock_now_ms();
    enum rc rc = store_begin(st, err);

    *k = (struct knock){0};
    if (rc != RC_OK)
        return rc;
    if ((rc = knock_read(st, id, name, k, err)) == RC_OK && k->is_known &&
        (rc = throttle_check(&k->throttle, now, err)) == RC_OK) {
        k->throttle.failures++;
        rc = query_run(st, err, sql_count_try, "tii", k->id, (int64_t)k->throttle.failures,
                       now + 1000LL * throttle_wait_s(k->throttle.failures));
    }
    return store_end(st, rc, err);
}

static enum rc refuse(struct store *st, enum origin origin, const struct knock *k, const char *action,
                      enum rc waits, struct err *err)
{
    struct grant grant;
    struct err unaudited = {0};
    char detail[64];

    session_grant(&grant, origin, k, action);
    snprintf(detail, sizeof detail, "%s failures=%d", waits != RC_OK ? "waiting" : k->is_disabled ? "disabled" : "password",
             k->throttle.failures);
    if (audit_event(st, &grant, 4, detail, &unaudited) != RC_OK)
        return err_set(err, unaudited.rc, "%s", err_text(&unaudited));
    if (waits != RC_OK)
        return waits;       /* err says how long */
    return err_set(err, RC_DENIED, "%s", _("name and password do not fit"));
}

/* Does the password fit the account (by id, or by folded name)? RC_OK fills k. The answer for a
 * name that is none, or is disabled, takes the same time and the same words. */
static enum rc check_password(struct store *st, const char *id, const char *name, const char *password,
                              enum origin origin, const char *action, struct knock *k, struct err *err)
{
    enum rc rc = count_try(st, id, name, k, err);
    bool fits;
    int turn;

    if (rc == RC_DENIED)
        return refuse(st, origin, k, action, rc, err);
    if (rc != RC_OK)
        return rc;
    turn = turn_take(st);
    if (k->is_known)
        fits = crypto_password_verify(k->hash, password) && !k->is_disabled;
    else {
        crypto_password_decoy(password);
        fits = false;
    }
    turn_give(turn);
    mem_wipe(k->hash, sizeof k->hash);
    return fits ? RC_OK : refuse(st, origin, k, action, RC_OK, err);
}

/* ---- opening and closing ------------------------------------------------------------------- */

static void sid_of(const char *token, char *sid)
{
    crypto_sha256_hex(token, strlen(token), sid);
}

static enum rc insert(struct store *st, const struct session *s, int idle_s, struct err *err)
{
    int64_t now = clock_now_ms();
    char opened[CLOCK_TEXT];
    enum rc rc;

    clock_instant(now, opened);
    if ((rc = query_run(st, err, sql_prune, "i", now - keep_ms)) != RC_OK)
        return rc;
    return query_run(st, err, sql_new, "tttii", s->sid, s->staff.id, opened, now, (int64_t)idle_s);
}

/* The right password: the count goes back, the session begins, and both are on record. */
static enum rc enter(struct store *st, const struct knock *k, const struct session *s, int idle_s, const char *action,
                     struct err *err)
{
    struct grant grant;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    session_grant(&grant, s->origin, k, action);
    if ((rc = query_run(st, err, sql_count_try, "tii", k->id, (int64_t)0, (int64_t)0)) == RC_OK &&
        (rc = audit_event(st, &grant, 0, NULL, err)) == RC_OK)
        rc = idle_s ? insert(st, s, idle_s, err) : query_run(st, err, sql_use, "ti", s->sid, clock_now_ms());
    return store_end(st, rc, err);
}

enum rc session_open(struct store *st, const char *name, const char *password, int idle_s,
                     struct session *out, struct err *err)
{
    struct session s = {.origin = out->origin};
    char *folded = staff_name_folded(name);
    struct knock k;
    enum rc rc = check_password(st, "", folded, password, s.origin, "login", &k, err);

    free(folded);
    if (rc != RC_OK || (rc = staff_get(st, k.id, &s.staff, err)) != RC_OK)
        return rc;
    crypto_token(s.token);
    sid_of(s.token, s.sid);
    if ((rc = enter(st, &k, &s, idle_s > 0 ? idle_s : 1, "login", err)) == RC_OK)
        *out = s;
    else
        session_done(&s);
    return rc;
}

enum rc session_unlock(struct store *st, struct session *s, const char *password, struct err *err)
{
    struct knock k;
    enum rc rc = check_password(st, s->staff.id, "", password, s->origin, "unlock", &k, err);

    return rc == RC_OK ? enter(st, &k, s, 0, "unlock", err) : rc;
}

static enum rc close_row(struct store *st, const struct session *s, const char *why, struct err *err)
{
    struct knock k = {.is_known = true};
    struct grant grant;
    char now[CLOCK_TEXT];
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    clock_instant(clock_now_ms(), now);
    snprintf(k.id, sizeof k.id, "%s", s->staff.id);
    snprintf(k.role, sizeof k.role, "%s", role_name(s->staff.role));
    session_grant(&grant, s->origin, &k, "logout");
    if ((rc = query_run(st, err, sql_close, "tt", s->sid, now)) == RC_OK)
        rc = audit_event(st, &grant, 0, why, err);
    return store_end(st, rc, err);
}

/* Remove the kept token when it is this session's, not that of a later sign-in. */
static void forget(struct store *st, const struct session *s)
{
    char token[72], sid[CRYPTO_HEX];
    struct err err;

    if (session_file_read(store_dir(st), token, sizeof token, &err) != RC_OK)
        return;
    sid_of(token, sid);
    mem_wipe(token, sizeof token);
    if (strcmp(sid, s->sid) == 0)
        session_file_remove(store_dir(st));
}

enum rc session_close(struct store *st, struct session *s, struct err *err)
{
    enum rc rc = close_row(st, s, NULL, err);

    if (rc != RC_OK)
        return rc;
    forget(st, s);
    session_done(s);
    return RC_OK;
}

/* ---- a patient alone ----------------------------------------------------------------------- */

static enum rc hand(struct store *st, const struct session *s, const char *patient, const char *detail, struct err *err)
{
    struct grant grant;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    grant_make(&grant, s->origin, s->staff.id, role_name(s->staff.role), "kiosk", "session", "TREAT", *patient ? patient : s->handed);
    if ((rc = query_run(st, err, sql_hand, "tt", s->sid, patient)) == RC_OK)
        rc = audit_event(st, &grant, 0, detail, err);
    return store_end(st, rc, err);
}

enum rc session_hand_over(struct store *st, struct session *s, const char *patient, struct err *err)
{
    enum rc rc = hand(st, s, patient, "handed to the patient", err);

    if (rc != RC_OK)
        return rc;
    forget(st, s);
    snprintf(s->handed, sizeof s->handed, "%s", patient);
    return RC_OK;
}

enum rc session_take_back(struct store *st, struct session *s, struct err *err)
{
    enum rc rc = hand(st, s, "", "taken back by staff", err);

    if (rc == RC_OK)
        s->handed[0] = '\0';
    return rc;
}

/* ---- later commands ------------------------------------------------------------------------ */

enum rc session_save(const struct session *s, const char *dir, struct err *err)
{
    return session_file_write(dir, s->token, err);
}

struct standing { char staff[40]; int64_t opened, used, idle_ms; bool is_open, is_handed; };

static enum rc standing_read(struct store *st, const char *sid, struct standing *out, struct err *err)
{
    struct query *q = query_open(st, sql_find);

    *out = (struct standing){0};
    query_bind(q, 1, sid);
    if (query_next(q)) {
        snprintf(out->staff, sizeof out->staff, "%s", query_text(q, 0));
        out->is_open = clock_parse(query_text(q, 1), &out->opened);
        out->used = query_int(q, 2);
        out->idle_ms = query_int(q, 3) * 1000;
        out->is_handed = query_int(q, 4) != 0;
    }
    return query_end(q, err);
}

static enum rc nobody(struct err *err)
{
    return err_set(err, RC_DENIED, "%s", _("nobody is signed in here: run frontdesk login"));
}

static enum rc expire(struct store *st, struct session *s, const char *why, const char *words, struct err *err)
{
    enum rc rc = close_row(st, s, why, err);

    forget(st, s);
    session_done(s);
    return rc == RC_OK ? err_set(err, RC_DENIED, "%s", words) : rc;
}

enum rc session_resume(struct store *st, struct session *out, struct err *err)
{
    struct session s = {.origin = ORIGIN_CLI};
    int64_t now = clock_now_ms();
    struct standing standing;
    char token[72];
    enum rc rc = session_file_read(store_dir(st), token, sizeof token, err);

    if (rc == RC_NOT_FOUND)
        return nobody(err);
    if (rc != RC_OK)
        return rc;
    sid_of(token, s.sid);
    mem_wipe(token, sizeof token);
    if ((rc = standing_read(st, s.sid, &standing, err)) != RC_OK)
        return rc;
    if (!standing.is_open)
        return nobody(err);
    if ((rc = staff_get(st, standing.staff, &s.staff, err)) != RC_OK)
        return rc == RC_NOT_FOUND ? nobody(err) : rc;
    if (now - standing.used > standing.idle_ms)
        return expire(st, &s, "idle", _("the session ended because nothing was done for too long: run frontdesk login"), err);
    if (standing.opened - now > skew_ms)    /* set back, the clock cannot tell how long it has been */
        return expire(st, &s, "clock", _("the clock of this machine was set back: run frontdesk login"), err);
    if (now - standing.opened > longest_ms)
        return expire(st, &s, "12 h", _("the session ended after 12 hours: run frontdesk login"), err);
    if (standing.is_handed)
        return expire(st, &s, "kiosk", _("this desk was left in a patient's hands: run frontdesk login"), err);
    if (s.staff.disabled)
        return expire(st, &s, "disabled", _("this account is disabled"), err);
    if ((rc = session_touch(st, &s, err)) == RC_OK)
        *out = s;
    else
        session_done(&s);
    return rc;
}

enum rc session_touch(struct store *st, struct session *s, struct err *err)
{
    int64_t now = clock_now_ms(), since;
    struct standing standing;
    enum rc rc = standing_read(st, s->sid, &standing, err);

    if (rc != RC_OK)
        return rc;
    if (!standing.is_open)
        return err_set(err, RC_DENIED, "%s", _("this session has ended: sign in again"));
    since = now - standing.used;    /* negative once the clock was set back: written anew */
    if (since >= 0 && since < touch_ms && since < standing.idle_ms / 10)
        return RC_OK;
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_use, "ti", s->sid, now), err);
}
