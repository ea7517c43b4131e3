#include "sync/everything.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/authz.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/asked_for.h"
#include "store/request.h"
#include "sync/alias.h"
#include "sync/apply.h"
#include "sync/central.h"
#include "sync/pull.h"
#include "sync/walk.h"

enum { TRIES = 3, SMALLEST_PAGE = 20 };

static const int64_t kept_ms = (int64_t)ASKED_FOR_DAYS * 24 * 60 * 60 * 1000;

/* The patient alone: small, and enough to open the record with. */
static enum rc fetch_patient(struct central *c, const char *patient, struct everything *out, struct err *err)
{
    struct remote remote;
    enum apply_rule rule;
    enum rc rc;

    central_read(c, "Patient", patient, &remote);
    if (remote.state == REMOTE_FAILED)
        rc = central_failure(&remote.failure, "GET Patient", err);
    else if (remote.state != REMOTE_THERE)
        rc = err_set(err, RC_NOT_FOUND, _("the server has no Patient %s"), patient);
    else if ((rc = asked_for_add(c->st, patient, clock_now_ms() + kept_ms, err)) == RC_OK) {
        rc = apply_remote(c, remote.doc, remote.version, remote.updated, true, &rule, err);
        out->documents++;
    }
    remote_done(&remote);
    return rc;
}

/* One walk to its end. *status: what the server said when it would not answer, 0 otherwise. */
static enum rc walk_all(struct central *c, const char *patient, const char *first, struct everything *out,
                        int *status, bool *wants_smaller, struct err *err)
{
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    walk_init(&walk, first, "searchset");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        rc = pull_record_page(c, patient, page, &out->documents, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    *status = walk.status >= 400 ? walk.status : 0;
    *wants_smaller = walk.wants_smaller;
    walk_done(&walk);
    return rc;
}

/* base is a search or operation without its count. Pages that are too slow are asked for smaller. */
static enum rc walk_patiently(struct central *c, const char *patient, const char *base, struct everything *out,
                              int *status, struct err *err)
{
    enum rc rc = RC_OK;

    for (int attempt = 0; attempt < TRIES; attempt++) {
        char *first = mem_printf("%s_count=%d", base, c->page_size);
        bool wants_smaller;

        rc = walk_all(c, patient, first, out, status, &wants_smaller, err);
        free(first);
        if (rc != RC_NET || central_stopped(c) || (*status >= 400 && *status < 500))
            break;
        if (wants_smaller && c->page_size > SMALLEST_PAGE)
            c->page_size = c->page_size / 2 > SMALLEST_PAGE ? c->page_size / 2 : SMALLEST_PAGE;
    }
    return rc;
}

/* A type that the server will not be asked for in this way is left out, and said to be. */
static enum rc fetch_types(struct central *c, const char *patient, struct everything *out, struct err *err)
{
    struct err why = { 0 };
    enum rc rc = RC_OK;

    for (const struct sync_type *t = sync_types; t->type && rc == RC_OK; t++) {
        int status = 0;

        if (!t->patient || !*t->patient || !capability_has_type(&c->caps, t->type))
            continue;
        char *there = alias_path(c, "Patient", patient), *base = mem_printf("%s?%s=%s&", t->type, t->patient, there);
        rc = walk_patiently(c, patient, base, out, &status, &why);
        free(there);
        free(base);
        if (rc == RC_DENIED || rc == RC_INVALID || (rc == RC_NET && status >= 400 && status < 500)) {
            log_line("sync", "record of %s: %s", patient, err_text(&why));
            if (out->is_whole)
                err_set(err, rc, "%s: %s", t->type, err_text(&why));
            out->is_whole = false;
            rc = RC_OK;
        }
    }
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", err_text(&why));
}

enum rc everything_fetch(struct central *c, const char *patient, struct everything *out, struct err *err)
{
    int status = 0;
    enum rc rc = RC_NET;

    *out = (struct everything){ .is_whole = true };
    if ((rc = fetch_patient(c, patient, out, err)) != RC_OK)
        return rc;
    if (c->caps.has_everything) {
        char *there = alias_path(c, "Patient", patient), *base = mem_printf("%s/$everything?", there);
        rc = walk_patiently(c, patient, base, out, &status, err);
        free(there);
        free(base);
    }
    /* Claimed, but not kept or not allowed: each type by itself does as well. */
    if (!c->caps.has_everything || (rc != RC_OK && (status == 501 || (status >= 400 && status < 500))))
        rc = fetch_types(c, patient, out, err);
    return rc;
}

enum rc record_answer(struct central *c, const struct request *request, struct doc *result, struct err *err)
{
    struct grant before = c->pull;
    struct everything all;
    struct err missing = { 0 };
    int page_size = c->page_size;
    enum rc rc;

    /* What is written in answer names this patient: nothing of another can come with it. */
    authz_system(ORIGIN_SYNC, "sync record", &c->pull);
    snprintf(c->pull.patient, sizeof c->pull.patient, "%s", request->patient);
    rc = everything_fetch(c, request->patient, &all, &missing);
    c->pull = before;
    c->page_size = page_size;
    log_line("sync", "record of %s, asked for by %s: %lld documents%s", request->patient, request->by,
             (long long)all.documents, rc != RC_OK ? ", broken off" : all.is_whole ? "" : ", some types left out");
    node_set_int(result, doc_root(result), "documents", all.documents);
    if (rc != RC_OK)
        return err_set(err, rc, "%s", err_text(&missing));
    node_set_bool(result, doc_root(result), "whole", all.is_whole);
    if (!all.is_whole)
        node_set_str(result, doc_root(result), "missing", err_text(&missing));
    return RC_OK;
}
