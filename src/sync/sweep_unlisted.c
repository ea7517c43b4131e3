#include "sync/sweep_unlisted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "fhir/datatype.h"
#include "store/asked_for.h"
#include "store/purge.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sweep.h"
#include "sync/apply.h"
#include "sync/central.h"

/* Rows asked about between two notes of how far it came; and how many losses one person is asked about: a
 * server that lost more lost nearly all, which is said once and decided otherwise. */
enum { SOME = 50, LOSSES_MOST = 200 };

/* Deletes that the history of the system tells should have come by it. */
static enum rc take_deletion(struct sweep_work *w, const char *type, const char *id, const struct remote *remote,
                             struct sweep_counts *n, struct err *err)
{
    n->deleted++;
    n->findings += w->c->caps.has_system_history;
    return apply_deletion(w->c, type, id, remote->version, err);
}

static enum rc take_loss(struct sweep_work *w, const char *type, const char *id, struct sweep_counts *n, struct err *err)
{
    n->lost++;
    n->findings++;
    return w->asked++ < LOSSES_MOST ? apply_loss(w->c, type, id, err) : RC_OK;
}

/* It is there and ours; only the list left it out. */
static enum rc take_there(struct sweep_work *w, const struct standing *here, struct remote *remote,
                          struct sweep_counts *n, struct err *err)
{
    enum apply_rule rule;
    enum rc rc;

    if (strcmp(here->version, remote->version) == 0 &&
        !apply_is_back(here->version, here->updated, remote->version, remote->updated))
        return RC_OK;
    n->stale++;
    rc = apply_remote(w->c, remote->doc, remote->version, remote->updated, true, &rule, err);
    return rc == RC_INVALID || rc == RC_DENIED ? RC_OK : rc;    /* the pass sets it aside when it comes by */
}

/* A Patient stays while a search of the scope finds them, or when they were registered here; what is about a
 * patient stays with its Patient. */
static enum rc is_ours(struct sweep_work *w, const struct sync_type *type, const struct doc *doc, bool *is_ours, struct err *err)
{
    char patient[80];

    snprintf(patient, sizeof patient, "%s", resource_patient(doc_root(doc)));
    *is_ours = true;
    if (w->belong.scope.n == 0 || !type->patient || !*patient)
        return RC_OK;
    if (*type->patient) {
        *is_ours = store_has(w->c->st, "Patient", patient);
        return RC_OK;
    }
    return store_is_own(w->c->st, "Patient", patient) ? RC_OK : belong_find(&w->belong, w->c, patient, is_ours, err);
}

static enum rc purge(struct sweep_work *w, const struct sync_type *type, const char *id, struct sweep_counts *n, struct err *err)
{
    struct err why = { 0 };
    int64_t rows = 1;
    enum rc rc = *type->patient ? store_purge(w->c->st, &w->c->pull, type->type, id, &why)
                                : store_purge_patient(w->c->st, &w->c->pull, id, &rows, &why);

    if (rc == RC_STALE) {       /* its time comes when it is sent */
        log_line("sync", "%s/%s left the scope and stays until what was written here is sent: %s", type->type, id, err_text(&why));
        return RC_OK;
    }
    if (rc == RC_OK) {
        n->left += rows;
        log_line("sync", "%s/%s left the scope: %lld resources went", type->type, id, (long long)rows);
        return RC_OK;
    }
    return err_set(err, rc, "%s", err_text(&why));
}

static enum rc take_remote(struct sweep_work *w, const struct sync_type *type, const struct standing *here, const char *id,
                           struct remote *remote, struct sweep_counts *n, struct err *err)
{
    bool stays;
    enum rc rc;

    switch (remote->state) {
    case REMOTE_GONE:
        return take_deletion(w, type->type, id, remote, n, err);
    case REMOTE_ABSENT:
        return central_was_deleted(w->c, type->type, id) ? take_deletion(w, type->type, id, remote, n, err)
                                                         : take_loss(w, type->type, id, n, err);
    case REMOTE_FAILED:
        w->status = remote->failure.outcome == HTTP_ANSWERED ? remote->failure.status : 0;
        return central_failure(&remote->failure, "GET", err);
    case REMOTE_THERE:
        break;
    }
    if ((rc = is_ours(w, type, remote->doc, &stays, err)) != RC_OK)
        return rc;
    return stays ? take_there(w, here, remote, n, err) : purge(w, type, id, n, err);
}

/* Somebody waits for it, or a write of it is on its way: push and people come first. */
static bool is_left_alone(const struct standing *here)
{
    return !here->key || here->is_deleted || here->conflict ||
           (here->frozen_seq && (here->frozen_state == OUTBOX_IN_FLIGHT || here->frozen_state == OUTBOX_IN_DOUBT));
}

static enum rc ask_one(struct sweep_work *w, const struct sync_type *type, const char *id, struct err *err)
{
    struct sweep_counts counts = { 0 };
    struct standing here = { 0 };
    struct remote remote;
    enum rc rc = standing_get(w->c->st, type->type, id, &here, err);

    if (rc == RC_OK && !is_left_alone(&here)) {
        central_read(w->c, type->type, id, &remote);
        rc = take_remote(w, type, &here, id, &remote, &counts, err);
        remote_done(&remote);
        if (rc == RC_OK && (counts.deleted || counts.lost || counts.left || counts.stale))
            rc = sweep_set(w->c->st, type->type, NULL, false, &counts, err);
    }
    standing_done(&here);
    return rc;
}

/* Kept with a patient somebody asked for: no search of the scope lists it, and it need not. */
static bool is_asked_for(struct sweep_work *w, const struct sync_type *type, const char *id)
{
    struct doc *doc = NULL;
    bool is_so = w->belong.scope.n > 0 && type->patient && store_get(w->c->st, type->type, id, &doc, NULL) == RC_OK &&
                 asked_for_has(w->c->st, resource_patient(doc_root(doc)));

    doc_free(doc);
    return is_so;
}

static enum rc ask_some(struct sweep_work *w, const struct sync_type *type, const struct unlisted *row, size_t n,
                        int64_t *after, struct err *err)
{
    char position[40];
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (central_stopped(w->c))
            return err_set(err, RC_CANCELLED, "%s", _("stopped"));
        if (!is_asked_for(w, type, row[i].id))
            rc = ask_one(w, type, row[i].id, err);
        *after = row[i].key;
    }
    if (rc != RC_OK)
        return rc;
    snprintf(position, sizeof position, "unlisted %lld", (long long)*after);
    return sweep_set(w->c->st, type->type, position, false, &(struct sweep_counts){ 0 }, err);
}

enum rc sweep_unlisted_rows(struct sweep_work *w, const struct sync_type *type, int64_t after, struct err *err)
{
    enum rc rc = RC_OK;
    size_t n = 0;

    do {
        struct unlisted *row = NULL;

        if ((rc = sweep_unlisted(w->c->st, type->type, after, SOME, &row, &n, err)) == RC_OK && n > 0)
            rc = ask_some(w, type, row, n, &after, err);
        free(row);
        w->is_paused = n == SOME && w->until_ms > 0 && clock_monotonic_ms() >= w->until_ms;
    } while (rc == RC_OK && n == SOME && !w->is_paused);
    return rc;
}
