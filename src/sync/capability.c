#include "sync/capability.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "fhir/element.h"
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

static const struct { const char *name; size_t offset; } flags[] = {
    { "takesIds", offsetof(struct capability, takes_ids) },
    { "honorsIfMatch", offsetof(struct capability, honors_if_match) },
    { "deleteHonorsIfMatch", offsetof(struct capability, delete_honors_if_match) },
    { "bundleHonorsIfMatch", offsetof(struct capability, bundle_honors_if_match) },
    { "keepsEqual", offsetof(struct capability, keeps_equal) },
    { "takesUnknown", offsetof(struct capability, takes_unknown) },
    { "keepsUnknown", offsetof(struct capability, keeps_unknown) },
    { "takesGzip", offsetof(struct capability, takes_gzip) },
    { "history", offsetof(struct capability, has_history) },
    { "systemHistory", offsetof(struct capability, has_system_history) },
    { "transaction", offsetof(struct capability, has_transaction) },
    { "everything", offsetof(struct capability, has_everything) },
    { "export", offsetof(struct capability, has_export) },
};
enum { N_FLAGS = sizeof flags / sizeof *flags };

static bool *flag(struct capability *caps, size_t i)
{
    return (bool *)((char *)caps + flags[i].offset);
}

struct doc *capability_write(const struct capability *caps, int64_t probed_ms)
{
    struct doc *doc = doc_new(NULL);
    struct node *root = doc_root(doc), *types;
    struct capability copy = *caps;

    node_set_int(doc, root, "probed", probed_ms);
    node_set_str(doc, root, "guard", guard_names[caps->guard]);
    for (size_t i = 0; i < N_FLAGS; i++)
        node_set_bool(doc, root, flags[i].name, *flag(&copy, i));
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
    for (size_t i = 0; i < N_FLAGS; i++)
        if (!node_get(root, flags[i].name))
            return false;       /* of a time when less was asked: probe again */
    *probed_ms = atoll(node_str(root, "probed"));
    for (size_t g = 0; g < sizeof guard_names / sizeof *guard_names; g++)
        if (strcmp(node_str(root, "guard"), guard_names[g]) == 0)
            out->guard = (enum create_guard)g;
    for (size_t i = 0; i < N_FLAGS; i++)
        *flag(out, i) = node_bool(root, flags[i].name);
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

static bool lists_operation(const struct node *holder, const char *name)
{
    for (const struct node *o = node_first(node_get(holder, "operation")); o; o = node_next(o))
        if (strcmp(node_str(o, "name"), name) == 0)
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
    caps->has_export = lists_operation(rest, "export");
    const struct node *resources = node_get(rest, "resource");
    caps->type = mem_array(node_count(resources) + 1, sizeof *caps->type);
    for (const struct node *r = node_first(resources); r; r = node_next(r)) {
        if (lists_interaction(r, "search-type") && *node_str(r, "type"))
            caps->type[caps->n_types++] = mem_dup(node_str(r, "type"));
        if (strcmp(node_str(r, "type"), "Patient") == 0)
            caps->has_everything = lists_operation(r, "everything");
        caps->has_export = caps->has_export || lists_operation(r, "export");
    }
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

struct scratch {
    struct central *c;
    char id[CRYPTO_UUID], version[ANSWER_VERSION];
    int tries;
    struct http_answer answer;
    struct err why;             /* RC_OK, or why what was asked tells nothing about the server */
};

/* A scratch resource with content of its own for each number; more: a member, with its comma. Owned. */
static char *scratch_body(const struct scratch *s, int number, const char *more)
{
    return mem_printf("{\"resourceType\":\"Basic\",\"id\":\"%s\",\"meta\":{\"tag\":[{\"system\":\"" SCRATCH_SYSTEM
                      "\",\"code\":\"" SCRATCH_CODE "\"}]},\"code\":{\"text\":\"probe %d\"}%s}", s->id, number, more);
}

/* The line's or the moment's doing, which would be taken for the server's for weeks. A plain write that fails (500)
 * is that too; for what not every server knows, it is an answer. */
static bool tells_nothing(int status, bool is_plain)
{
    static const int passing[] = { 0, 401, 408, 429, 502, 503, 504 };

    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (status == passing[i])
            return true;
    return is_plain && status == 500;
}

/* Ask; its status, 0 when no whole answer came. A version that was made is kept in s->version. */
static int scratch_ask(struct scratch *s, const struct http_request *request)
{
    http_answer_done(&s->answer);
    central_send(s->c, request, &s->answer);
    int status = s->answer.outcome == HTTP_ANSWERED ? s->answer.status : 0;
    if (tells_nothing(status, strcmp(request->method, "PUT") == 0 && !request->gzip_body)) {
        central_failure(&s->answer, "Basic", &s->why);
        return 0;
    }
    if (s->answer.status < 300)
        answer_version(s->answer.etag, s->version);
    return s->answer.status;
}

static int scratch_send(struct scratch *s, const char *method, const char *body, const char *if_match,
                        const char *if_none_match, bool gzip)
{
    char path[CRYPTO_UUID + 8];

    snprintf(path, sizeof path, "Basic/%s", s->id);
    return scratch_ask(s, &(struct http_request){ .method = method, .path = path, .body = body, .gzip_body = gzip,
                                                  .if_match = if_match, .if_none_match = if_none_match });
}

static int scratch_put(struct scratch *s, const char *if_match, const char *if_none_match)
{
    char *body = scratch_body(s, ++s->tries, "");
    int status = scratch_send(s, "PUT", body, if_match, if_none_match, false);

    free(body);
    return status;
}

static bool refused_stale(int status)
{
    return status == 409 || status == 412;
}

static bool is_done(int status)
{
    return status / 100 == 2;
}

/* The first write: does the server let us choose ids at all? */
static enum rc probe_first(struct scratch *s, struct capability *caps, struct err *err)
{
    int status = scratch_put(s, NULL, "*");

    /* Nobody has this id: when it is there, the line has delivered the request twice. */
    if (refused_stale(status) && scratch_send(s, "GET", NULL, NULL, NULL, false) == 200)
        status = 201;
    caps->takes_ids = status == 200 || status == 201;
    if (caps->takes_ids || status == 400 || status == 404 || status == 405 || status == 409 || status == 412 || status == 422)
        return RC_OK;
    return central_failure(&s->answer, "PUT Basic", err);
}

/* Under an id of the server's, where it takes none of ours. */
static bool scratch_post(struct scratch *s)
{
    char *body = scratch_body(s, ++s->tries, ""), *id_member = mem_printf("\"id\":\"%s\",", s->id), type[16];
    char *at = strstr(body, id_member);
    size_t len = strlen(id_member);

    memmove(at, at + len, strlen(at + len) + 1);
    bool is_made = is_done(scratch_ask(s, &(struct http_request){ .method = "POST", .path = "Basic", .body = body })) &&
                   reference_text_split(s->answer.location, type, sizeof type, s->id, sizeof s->id);
    free(id_member);
    free(body);
    return is_made;
}

/* What keeps a late or repeated create from overwriting. Leaves s written twice. */
static enum create_guard probe_guard(struct scratch *s, struct scratch *zero, const char *stale)
{
    if (refused_stale(scratch_put(s, NULL, "*"))) {
        scratch_put(s, stale, NULL);
        return GUARD_IF_NONE_MATCH;
    }
    if (scratch_put(zero, "W/\"0\"", NULL) == 201 && refused_stale(scratch_put(zero, "W/\"0\"", NULL)))
        return GUARD_IF_MATCH_ZERO;
    return GUARD_NONE;
}

/* The same precondition as an entry of a transaction; some answer 400. */
static bool probe_bundle(struct scratch *s, const char *version)
{
    char *resource = scratch_body(s, ++s->tries, "");
    char *body = mem_printf("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":%s,\"request\":"
                            "{\"method\":\"PUT\",\"url\":\"Basic/%s\",\"ifMatch\":\"W/\\\"%s\\\"\"}}]}", resource, s->id, version);
    int status = scratch_ask(s, &(struct http_request){ .method = "POST", .path = "", .body = body });

    free(body);
    free(resource);
    return status / 100 == 4;
}

static bool probe_equal(struct scratch *s)
{
    char before[ANSWER_VERSION];

    scratch_put(s, NULL, NULL);
    memcpy(before, s->version, sizeof before);
    s->tries--;                 /* the same content once more */
    return is_done(scratch_put(s, NULL, NULL)) && strcmp(s->version, before) == 0;
}

static void probe_unknown(struct scratch *s, struct capability *caps)
{
    char *body = scratch_body(s, ++s->tries, ",\"frontdeskProbe\":{\"kept\":\"1.10\"}");
    struct doc *doc = NULL;

    caps->takes_unknown = is_done(scratch_send(s, "PUT", body, NULL, NULL, false)) &&
                          is_done(scratch_send(s, "GET", NULL, NULL, NULL, false));
    if (caps->takes_unknown && doc_parse(buf_text(&s->answer.body), s->answer.body.len, &doc, NULL) == RC_OK)
        caps->keeps_unknown = strcmp(node_path_str(doc_root(doc), "frontdeskProbe.kept"), "1.10") == 0;
    doc_free(doc);
    free(body);
}

static bool probe_gzip(struct scratch *s)
{
    char *body = scratch_body(s, ++s->tries, "");
    bool is_taken = is_done(scratch_send(s, "PUT", body, NULL, NULL, true));

    free(body);
    return is_taken;
}

/* s is there at its first version. */
static void probe_updates(struct scratch *s, struct capability *caps)
{
    char first[ANSWER_VERSION], stale[ANSWER_VERSION + 4];
    struct scratch zero = { .c = s->c };

    crypto_uuid(zero.id);
    memcpy(first, s->version, sizeof first);
    snprintf(stale, sizeof stale, "W/\"%s\"", first);
    if (caps->takes_ids) {
        caps->guard = probe_guard(s, &zero, stale);
        scratch_send(&zero, "DELETE", NULL, NULL, NULL, false);
    }
    scratch_put(s, NULL, NULL);     /* the first version is stale by now, whatever the guard did */
    caps->honors_if_match = refused_stale(scratch_put(s, stale, NULL));
    caps->bundle_honors_if_match = caps->has_transaction && probe_bundle(s, first);
    caps->keeps_equal = probe_equal(s);
    probe_unknown(s, caps);
    caps->takes_gzip = probe_gzip(s);
    caps->delete_honors_if_match = refused_stale(scratch_send(s, "DELETE", NULL, stale, NULL, false));
    scratch_send(s, "DELETE", NULL, NULL, NULL, false);
    if (zero.why.rc != RC_OK)
        s->why = zero.why;
    http_answer_done(&zero.answer);
}

static enum rc probe_writes(struct central *c, struct capability *caps, struct err *err)
{
    struct scratch s = { .c = c };

    crypto_uuid(s.id);
    enum rc rc = probe_first(&s, caps, err);
    if (rc == RC_OK && (caps->takes_ids || scratch_post(&s)))
        probe_updates(&s, caps);
    http_answer_done(&s.answer);
    return rc != RC_OK || s.why.rc == RC_OK ? rc : err_set(err, s.why.rc, "%s", s.why.text);
}

/* why is filled when the answer tells nothing about the server. */
static bool answers_bundle(struct central *c, const char *path, struct err *why)
{
    struct doc *bundle = NULL;
    struct http_answer answer = { 0 };
    struct err own = { 0 };
    enum rc rc = central_get(c, path, &bundle, &answer, &own);
    bool is_bundle = rc == RC_OK && strcmp(doc_type(bundle), "Bundle") == 0;

    if (rc != RC_OK && tells_nothing(answer.outcome == HTTP_ANSWERED ? answer.status : 0, true))
        *why = own;
    http_answer_done(&answer);
    doc_free(bundle);
    return is_bundle;
}

static void log_found(struct capability *caps)
{
    struct buf found = { 0 };

    for (size_t i = 0; i < N_FLAGS; i++)
        buf_printf(&found, ", %s %s", flags[i].name, *flag(caps, i) ? "yes" : "no");
    log_line("sync", "probed the server: create guard %s, %zu types%s", guard_names[caps->guard], caps->n_types, buf_text(&found));
    buf_done(&found);
}

static enum rc probe(struct central *c, struct capability *caps, struct err *err)
{
    struct err why = { 0 };
    enum rc rc = read_statement(c, caps, err);

    if (rc == RC_OK)
        rc = probe_writes(c, caps, err);
    if (rc != RC_OK)
        return rc;
    /* Any type will do: the scratch resources have just made history. */
    caps->has_history = capability_has_type(caps, "Basic") && answers_bundle(c, "Basic/_history?_count=1", &why);
    caps->has_system_history = caps->has_system_history && answers_bundle(c, "_history?_count=1", &why);
    if (why.rc != RC_OK)
        return err_set(err, why.rc, "%s", why.text);
    log_found(caps);
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
