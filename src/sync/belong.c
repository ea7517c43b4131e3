#include "sync/belong.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/asked_for.h"
#include "store/purge.h"
#include "store/quarantine.h"
#include "store/store.h"
#include "sync/alias.h"
#include "sync/apply.h"
#include "sync/central.h"
#include "sync/types.h"

void belong_init(struct belong *b, struct central *c)
{
    *b = (struct belong){ 0 };
    scope_read(c->scope, &b->scope);
    b->has_set_aside = quarantine_has(c->st, http_base(c->http), NULL, NULL);
}

void belong_done(struct belong *b)
{
    for (size_t i = 0; i < b->n_out; i++)
        free(b->out[i]);
    free(b->out);
    scope_done(&b->scope);
    *b = (struct belong){ 0 };
}

static bool is_known_out(const struct belong *b, const char *patient)
{
    for (size_t i = 0; i < b->n_out; i++)
        if (strcmp(b->out[i], patient) == 0)
            return true;
    return false;
}

static void note_out(struct belong *b, const char *patient)
{
    if (is_known_out(b, patient))
        return;
    MEM_ROOM(b->out, b->n_out, b->out_cap);
    b->out[b->n_out++] = mem_dup(patient);
}

/* Ours whatever the scope says: somebody asked for them, or registered them here. */
static bool is_kept(struct central *c, const char *patient)
{
    return asked_for_has(c->st, patient) || store_is_own(c->st, "Patient", patient);
}

enum belonging belong_look(struct belong *b, struct central *c, const struct sync_type *type, const struct doc *doc)
{
    char patient[80];

    if (b->scope.n == 0 || !type->patient)
        return BELONGS;
    snprintf(patient, sizeof patient, "%s", resource_patient(doc_root(doc)));
    if (!*patient)
        return BELONGS;
    if (!*type->patient)
        return scope_of(&b->scope, doc_root(doc), NULL) != SCOPE_OUT || is_kept(c, patient) ? BELONGS : BELONGS_NOT;
    if (store_has(c->st, "Patient", patient) || asked_for_has(c->st, patient))
        return BELONGS;
    return is_known_out(b, patient) ? BELONGS_NOT : BELONGS_MAYBE;
}

enum rc belong_find(struct belong *b, struct central *c, const char *patient, bool *is_found, struct err *err)
{
    char *there = alias_path(c, "Patient", patient);
    const char *id = strchr(there, '/') + 1;
    enum rc rc = RC_OK;

    *is_found = false;
    for (size_t i = 0; i < b->scope.n && rc == RC_OK && !*is_found; i++) {
        char *path = mem_printf("Patient?_id=%s&%s&_count=1", id, b->scope.query[i]);
        struct doc *bundle = NULL;

        rc = central_get(c, path, &bundle, NULL, err);
        for (const struct node *e = node_first(node_get(doc_root(bundle), "entry")); e; e = node_next(e))
            *is_found |= strcmp(node_path_str(e, "resource.resourceType"), "Patient") == 0 &&
                         strcmp(node_path_str(e, "resource.id"), id) == 0;
        doc_free(bundle);
        free(path);
    }
    free(there);
    return rc;
}

/* Somebody new in scope, met by what is about them first. A text that breaks a rule is set aside when its
 * own turn comes. */
static enum rc take_patient(struct central *c, struct remote *remote, struct err *err)
{
    enum apply_rule rule;
    enum rc rc = apply_remote(c, remote->doc, remote->version, remote->updated, true, &rule, err);

    return rc == RC_INVALID || rc == RC_DENIED || rc == RC_EXISTS ? RC_OK : rc;
}

enum rc belong_ask(struct belong *b, struct central *c, const struct doc *doc, bool *belongs, struct err *err)
{
    struct remote remote;
    char patient[80];
    enum rc rc = RC_OK;

    *belongs = false;
    snprintf(patient, sizeof patient, "%s", resource_patient(doc_root(doc)));
    if (is_known_out(b, patient))
        return RC_OK;
    central_read(c, "Patient", patient, &remote);
    if (remote.state == REMOTE_FAILED)
        rc = central_failure(&remote.failure, "GET", err);
    if (remote.state == REMOTE_THERE) {
        enum scope_verdict verdict = scope_of(&b->scope, doc_root(remote.doc), NULL);

        *belongs = verdict == SCOPE_IN;
        if (verdict == SCOPE_ASK)
            rc = belong_find(b, c, patient, belongs, err);
        if (rc == RC_OK && *belongs)
            rc = take_patient(c, &remote, err);
    }
    remote_done(&remote);
    if (rc == RC_OK && !*belongs)
        note_out(b, patient);
    return rc;
}

/* The member that leads to the patient, for the reason. */
static const char *field_of(const struct belong *b, const struct doc *doc, const char *patient)
{
    const char *field = "id";

    if (strcmp(doc_type(doc), "Patient") == 0) {
        scope_of(&b->scope, doc_root(doc), &field);
        return field;
    }
    for (const struct node *m = node_first(doc_root(doc)); m; m = node_next(m)) {
        const struct node *r = node_is(m, NODE_ARRAY) ? node_first(m) : m;
        char type[64], id[80];

        if (reference_split(r, type, sizeof type, id, sizeof id) && strcmp(type, "Patient") == 0 && strcmp(id, patient) == 0)
            return node_name(m);
    }
    return field;
}

/* Only what it was, not what it said: it is not ours to keep. */
static char *stub(const struct doc *doc, const char *version)
{
    struct doc *out = doc_new(doc_type(doc));

    node_set_str(out, doc_root(out), "id", doc_id(doc));
    doc_set(out, "meta.versionId", version);
    char *text = doc_text(out, NULL);
    doc_free(out);
    return text;
}

enum rc belong_refuse(struct belong *b, struct central *c, const struct doc *doc, const char *version, struct err *err)
{
    char patient[80];
    struct err why = { 0 };
    int added = 0;

    snprintf(patient, sizeof patient, "%s", resource_patient(doc_root(doc)));
    enum rc rc = strcmp(doc_type(doc), "Patient") == 0
                 ? store_purge_patient(c->st, &c->pull, patient, NULL, err)
                 : store_purge(c->st, &c->pull, doc_type(doc), doc_id(doc), err);
    if (strcmp(doc_type(doc), "Patient") == 0)
        note_out(b, patient);
    if (rc == RC_STALE)         /* edited here: push and a person come first */
        return RC_OK;
    if (rc != RC_OK)
        return rc;
    err_set(&why, RC_DENIED, _("%s/%s is outside server.scope: %s leads to Patient/%s, who is not this clinic's. Its contents were not kept."),
            doc_type(doc), doc_id(doc), field_of(b, doc, patient), patient);
    char *text = stub(doc, version);
    rc = quarantine_add(c->st, http_base(c->http), 0, doc_type(doc), doc_id(doc), err_text(&why), text, strlen(text),
                        &added, err);
    free(text);
    b->set_aside += added != 0;
    b->has_set_aside = true;
    return rc;
}
