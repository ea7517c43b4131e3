#include "sync/capability.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/sync_state.h"
#include "sync/answer.h"
#include "sync/central.h"

#define SCRATCH_SYSTEM "https://frontdesk.invalid/fhir/tag"
#define SCRATCH_CODE "probe"

static const int64_t probe_again_ms = (int64_t)30 * 24 * 60 * 60 * 1000;

static const char *const guard_names[] = {
    [GUARD_NONE] = "none", [GUARD_IF_NONE_MATCH] = "if-none-match", [GUARD_IF_MATCH_ZERO] = "if-match-0",
};

void capability_done(struct capability *caps)
{
    for (size_t i = 0; i < caps->n_types; i++)
        free(caps->type[i]);
    free(caps->type);
    *caps = (struct capability){ 0 };
}

bool capability_has_type(const struct capability *caps, const char *type)
{
    for (size_t i = 0; i < caps->n_types; i++)
        if (strcmp(caps->type[i], type) == 0)
            return true;
    return false;
}

/* ---- the stored form ---- */

struct doc *capability_write(const struct capability *caps, int64_t probed_ms)
{
    struct doc *doc = doc_new(NULL);
    struct node *root = doc_root(doc), *types;

    node_set_int(doc, root, "probed", probed_ms);
    node_set_str(doc, root, "guard", guard_names[caps->guard]);
    node_set_bool(doc, root, "takesIds", caps->takes_ids);
    node_set_bool(doc, root, "honorsIfMatch", caps->honors_if_match);
    node_set_bool(doc, root, "history", caps->has_history);
    node_set_bool(doc, root, "systemHistory", caps->has_system_history);
    node_set_bool(doc, root, "transaction", caps->has_transaction);
    types = node_set_array(doc, root, "types");
    for (size_t i = 0; i < caps->n_types; i++)
        node_add_str(doc, types, caps->type[i]);
    return doc;
}

bool capability_read(const struct doc *stored, struct capability *out, int64_t *probed_ms)
{
    const struct node *root = doc_root(stored), *types = node_get(root, "types");

    *out = (struct capability){ 0 };
    if (!node_get(root, "guard") || !types)
        return false;
    *probed_ms = atoll(node_str(root, "probed"));
    for (size_t g = 0; g < sizeof guard_names / sizeof *guard_names; g++)
        if (strcmp(node_str(root, "guard"), guard_names[g]) == 0)
            out->guard = (enum create_guard)g;
    out->takes_ids = node_bool(root, "takesIds");
    out->honors_if_match = node_bool(root, "honorsIfMatch");
    out->has_history = node_bool(root, "history");
    out->has_system_history = node_bool(root, "systemHistory");
    out->has_transaction = node_bool(root, "transaction");
    out->type = mem_array(node_count(types) + 1, sizeof *out->type);
    for (const struct node *t = node_first(types); t; t = node_next(t))
        if (node_text(t))
            out->type[out->n_types++] = mem_dup(node_text(t));
    return true;
}

/* ---- what it claims ---- */

static bool lists_interaction(const struct node *holder, const char *code)
{
    for (const struct node *i = node_first(node_get(holder, "interaction")); i; i = node_next(i))
        if (strcmp(node_str(i, "code"), code) == 0)
            return true;
    return false;
}

static enum rc read_statement(struct central *c, struct capability *caps, struct err *err)
{
    struct doc *statement = NULL;
    enum rc rc = central_get(c, "metadata", &statement, NULL, err);

    if (rc != RC_OK)
        return rc;
    const struct node *root = doc_root(statement), *rest = node_at(node_get(root, "rest"), 0);
    if (strcmp(doc_type(statement), "CapabilityStatement") != 0 || !rest ||
        strncmp(node_str(root, "fhirVersion"), "4.0", 3) != 0)
        rc = err_set(err, RC_INVALID, _("the address of the server is not that of a FHIR R4 server"));
    caps->has_system_history = lists_interaction(rest, "history-system");
    caps->has_transaction = lists_interaction(rest, "transaction");
    const struct node *resources = node_get(rest, "resource");
    caps->type = mem_array(node_count(resources) + 1, sizeof *caps->type);
    for (const struct node *r = node_first(resources); r; r = node_next(r))
        if (lists_interaction(r, "search-type") && *node_str(r, "type"))
            caps->type[caps->n_types++] = mem_dup(node_str(r, "type"));
    doc_free(statement);
    return rc;
}

/* ---- what it keeps, tried on a scratch resource ---- */

bool capability_is_scratch(const struct node *resource)
{
    for (const struct node *t = node_first(node_path(resource, "meta.tag")); t; t = node_next(t))
        if (strcmp(node_str(t, "system"), SCRATCH_SYSTEM) == 0 && strcmp(node_str(t, "code"), SCRATCH_CODE) == 0)
            return true;
    return false;
}

struct scratch { struct central *c; char id[CRYPTO_UUID], version[ANSWER_VERSION]; int tries; };

/* PUT the scratch resource with new content; its status, 0 when no whole answer came. */
static int scratch_put(struct scratch *s, const char *if_match, const char *if_none_match, struct http_answer *answer)
{
    char path[CRYPTO_UUID + 8], *body;

    http_answer_done(answer);
    snprintf(path, sizeof path, "Basic/%s", s->id);
    body = mem_printf("{\"resourceType\":\"Basic\",\"id\":\"%s\",\"meta\":{\"tag\":[{\"system\":\"" SCRATCH_SYSTEM
                      "\",\"code\":\"" SCRATCH_CODE "\"}]},\"code\":{\"text\":\"probe %d\"}}", s->id, ++s->tries);
    central_send(s->c, &(struct http_request){ .method = "PUT", .path = path, .body = body, .if_match = if_match,
                                                  .if_none_match = if_none_match }, answer);
    free(body);
    if (answer->outcome != HTTP_ANSWERED)
        return 0;
    if (answer->status < 300)
        answer_version(answer->etag, s->version);
    return answer->status;
}

static void scratch_delete(struct scratch *s)
{
    char path[CRYPTO_UUID + 8];
    struct http_answer answer = { 0 };

    snprintf(path, sizeof path, "Basic/%s", s->id);
    central_send(s->c, &(struct http_request){ .method = "DELETE", .path = path }, &answer);
    http_answer_done(&answer);
}

static bool refused_stale(int status)
{
    return status == 409 || status == 412;
}

/* The first write: does the server let us choose ids at all? */
static enum rc probe_first(struct scratch *s, struct capability *caps, struct http_answer *answer, struct err *err)
{
    int status = scratch_put(s, NULL, "*", answer);

    caps->takes_ids = status == 200 || status == 201;
    if (caps->takes_ids || status == 400 || status == 404 || status == 405 || status == 409 || status == 412 || status == 422)
        return RC_OK;
    return central_failure(answer, "PUT Basic", err);
}

static enum rc probe_writes(struct central *c, struct capability *caps, struct err *err)
{
    struct scratch s = { .c = c }, zero = { .c = c };
    struct http_answer answer = { 0 };
    char stale[ANSWER_VERSION + 4];

    crypto_uuid(s.id);
    crypto_uuid(zero.id);
    enum rc rc = probe_first(&s, caps, &answer, err);
    if (rc == RC_OK && caps->takes_ids) {
        snprintf(stale, sizeof stale, "W/\"%s\"", s.version);
        if (refused_stale(scratch_put(&s, NULL, "*", &answer))) {
            caps->guard = GUARD_IF_NONE_MATCH;
            scratch_put(&s, stale, NULL, &answer);
        } else if (scratch_put(&zero, "W/\"0\"", NULL, &answer) == 201 &&
                   refused_stale(scratch_put(&zero, "W/\"0\"", NULL, &answer))) {
            caps->guard = GUARD_IF_MATCH_ZERO;
        }
        /* Twice written by now: the first version is stale. */
        caps->honors_if_match = refused_stale(scratch_put(&s, stale, NULL, &answer));
        scratch_delete(&s);
        scratch_delete(&zero);
    }
    http_answer_done(&answer);
    return rc;
}

static bool answers_bundle(struct central *c, const char *path)
{
    struct doc *bundle = NULL;
    bool is_bundle = central_get(c, path, &bundle, NULL, NULL) == RC_OK && strcmp(doc_type(bundle), "Bundle") == 0;

    doc_free(bundle);
    return is_bundle;
}

static enum rc probe(struct central *c, struct capability *caps, struct err *err)
{
    enum rc rc = read_statement(c, caps, err);

    if (rc == RC_OK)
        rc = probe_writes(c, caps, err);
    if (rc != RC_OK)
        return rc;
    /* Any type will do: the scratch resources have just made history. */
    caps->has_history = capability_has_type(caps, "Basic") && answers_bundle(c, "Basic/_history?_count=1");
    caps->has_system_history = caps->has_system_history && answers_bundle(c, "_history?_count=1");
    log_line("sync", "probed the server: create guard %s, If-Match %s, ids %s, history %s, system history %s, types %zu",
             guard_names[caps->guard], caps->honors_if_match ? "kept" : "ignored", caps->takes_ids ? "ours" : "its own",
             caps->has_history ? "yes" : "no", caps->has_system_history ? "yes" : "no", caps->n_types);
    return RC_OK;
}

static bool load_stored(struct central *c)
{
    char *text = server_caps(c->st, http_base(c->http));
    struct doc *doc = NULL;
    int64_t probed_ms = 0;
    bool is_fresh = text && doc_parse(text, strlen(text), &doc, NULL) == RC_OK &&
                    capability_read(doc, &c->caps, &probed_ms) && clock_now_ms() - probed_ms < probe_again_ms;

    if (!is_fresh)
        capability_done(&c->caps);
    doc_free(doc);
    free(text);
    return is_fresh;
}

enum rc capability_load(struct central *c, struct err *err)
{
    if (load_stored(c))
        return RC_OK;
    enum rc rc = probe(c, &c->caps, err);
    if (rc == RC_OK) {
        struct doc *doc = capability_write(&c->caps, clock_now_ms());
        char *text = doc_text(doc, NULL);
        rc = server_set_caps(c->st, http_base(c->http), text, err);
        free(text);
        doc_free(doc);
    }
    if (rc != RC_OK)
        capability_done(&c->caps);
    return rc;
}
