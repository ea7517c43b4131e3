#include "sync/answer.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "fhir/datatype.h"
#include "fhir/element.h"

bool answer_version(const char *etag, char out[ANSWER_VERSION])
{
    out[0] = '\0';
    if (!etag)
        return false;
    etag += strspn(etag, " \t");
    if (strncmp(etag, "W/", 2) == 0)
        etag += 2;
    etag += *etag == '"';
    size_t len = strcspn(etag, "\" \t\r\n");
    if (len == 0 || len >= ANSWER_VERSION)
        return false;
    memcpy(out, etag, len);
    out[len] = '\0';
    return true;
}

int answer_status(const char *text)
{
    if (!text || !isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]) ||
        !isdigit((unsigned char)text[2]) || isdigit((unsigned char)text[3]))
        return 0;
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

int64_t answer_retry_after_ms(const char *header, int64_t now_ms)
{
    if (!header)
        return -1;
    header += strspn(header, " \t");
    size_t digits = strspn(header, "0123456789");
    if (digits > 0 && header[digits + strspn(header + digits, " \t\r\n")] == '\0')
        return digits < 10 ? atoll(header) * 1000 : INT64_MAX;
    time_t at = curl_getdate(header, NULL);
    if (at == -1)
        return -1;
    int64_t wait_ms = (int64_t)at * 1000 - now_ms;
    return wait_ms > 0 ? wait_ms : 0;
}

static void copy_fitting(char *out, size_t size, const char *text)
{
    if ((size_t)snprintf(out, size, "%s", text) >= size)
        out[0] = '\0';
}

void answer_meta(const struct node *resource, char version[ANSWER_VERSION], char updated[ANSWER_INSTANT])
{
    const struct node *meta = node_get(resource, "meta");

    copy_fitting(version, ANSWER_VERSION, node_str(meta, "versionId"));
    copy_fitting(updated, ANSWER_INSTANT, node_str(meta, "lastUpdated"));
}

bool answer_is_by(const struct node *resource, const char *request_id)
{
    const char *mark = strrchr(node_path_str(resource, "meta.source"), '#');
    size_t len = mark ? strlen(mark + 1) : 0;

    /* The server may keep only the head of the id. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    return len >= 16 && strncmp(mark + 1, request_id, len) == 0;
}

static const char *status_words(int status)
{
    switch (status) {
    case 0: return _("no answer");
    case 401: return _("the server does not accept our token");
    case 403: return _("the server does not allow this");
    case 404: return _("the server does not know this address");
    case 405: return _("the server does not take such writes");
    case 407: return _("a proxy on the way asks who we are");
    case 409: case 412: return _("the server has another version");
    case 413: return _("too large for the server");
    case 415: return _("the server does not take this format");
    case 429: return _("the server asks for fewer requests");
    default:
        if (status >= 300 && status < 400)
            return _("the server sends us on to another address: see server.url");
        return status >= 500 ? _("the server failed") : _("the server refused it");
    }
}

static bool is_error(const struct node *issue)
{
    const char *severity = node_str(issue, "severity");

    return strcmp(severity, "error") == 0 || strcmp(severity, "fatal") == 0;
}

static void issue_words(struct buf *out, const struct node *issue)
{
    const struct node *where = node_at(node_get(issue, "expression"), 0);

    if (!where)
        where = node_at(node_get(issue, "location"), 0);
    if (*node_str(issue, "diagnostics"))
        buf_add(out, node_str(issue, "diagnostics"));
    else if (node_get(issue, "details"))
        concept_words(out, node_get(issue, "details"));
    else
        buf_add(out, node_str(issue, "code"));
    if (where && node_text(where))
        buf_printf(out, " (%s)", node_text(where));
}

void answer_sentence(struct buf *out, int status, const struct doc *body)
{
    size_t n = 0;

    if (status)
        buf_printf(out, "%d: ", status);
    if (body && strcmp(doc_type(body), "OperationOutcome") == 0)
        for (const struct node *i = node_first(node_get(doc_root(body), "issue")); i && n < 3; i = node_next(i))
            if (is_error(i)) {
                buf_add(out, n++ ? "; " : "");
                issue_words(out, i);
            }
    if (n == 0)
        buf_add(out, status_words(status));
}

struct reference_walk {
    bool (*each)(void *ctx, const char *type, const char *id);
    void *ctx;
    bool is_stopped;
};

/* QuestionnaireResponse.questionnaire is a canonical; where it ends in Questionnaire/id servers look for that one. */
static void walk_form(struct reference_walk *w, const struct node *node)
{
    const char *form = node_str(node, "questionnaire");
    char url[400], type[64], id[80];

    snprintf(url, sizeof url, "%.*s", (int)strcspn(form, "|#"), form);
    if (*url && reference_text_split(url, type, sizeof type, id, sizeof id))
        w->is_stopped = !w->each(w->ctx, type, id);
}

static void walk_references(struct reference_walk *w, const struct node *node)
{
    char type[64], id[80];

    if (node_is(node, NODE_OBJECT) && node_is(node_get(node, "questionnaire"), NODE_STRING))
        walk_form(w, node);
    if (!w->is_stopped && node_is(node, NODE_OBJECT) && node_is(node_get(node, "reference"), NODE_STRING) &&
        reference_split(node, type, sizeof type, id, sizeof id))
        w->is_stopped = !w->each(w->ctx, type, id);
    for (const struct node *n = node_first(node); n && !w->is_stopped; n = node_next(n))
        if (node_is(n, NODE_OBJECT) || node_is(n, NODE_ARRAY))
            walk_references(w, n);
}

void answer_each_reference(const struct node *node,
                           bool (*each)(void *ctx, const char *type, const char *id), void *ctx)
{
    struct reference_walk w = { each, ctx, false };

    walk_references(&w, node);
}

struct missing { const char *text; char *type; size_t type_size; char *id; size_t id_size; bool is_found; };

/* The name stands in the text as a whole: Patient/12 is not in "Patient/123". */
static bool is_named(const char *text, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
        if ((at == text || !isalnum((unsigned char)at[-1])) &&
            !(isalnum((unsigned char)at[len]) || at[len] == '-' ||
              (at[len] == '.' && isalnum((unsigned char)at[len + 1]))))
            return true;
    return false;
}

static bool name_missing(void *ctx, const char *type, const char *id)
{
    struct missing *m = ctx;
    char name[160];

    snprintf(name, sizeof name, "%s/%s", type, id);
    if (!is_named(m->text, name))
        return true;
    snprintf(m->type, m->type_size, "%s", type);
    snprintf(m->id, m->id_size, "%s", id);
    m->is_found = true;
    return false;
}

/* Servers say it in their own words; HAPI's are "HAPI-1094: Resource Patient/x not found" and "HAPI-1096:
 * Resource Patient/x is deleted". */
static bool says_missing(const struct node *issue, const char *text)
{
    static const char *const phrases[] = { "not found", "not exist", "unknown reference", "unresolv",
                                           "not be resolved", "does not resolve", "HAPI-1094", "HAPI-1096" };

    if (strcmp(node_str(issue, "code"), "not-found") == 0)
        return true;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strcasestr(text, phrases[i]))
            return true;
    return false;
}

bool answer_missing_reference(const struct doc *body, const struct doc *ours,
                              char *type, size_t type_size, char *id, size_t id_size)
{
    struct missing m = { .type = type, .type_size = type_size, .id = id, .id_size = id_size };

    if (!body || strcmp(doc_type(body), "OperationOutcome") != 0)
        return false;
    for (const struct node *i = node_first(node_get(doc_root(body), "issue")); i && !m.is_found; i = node_next(i)) {
        struct buf text = { 0 };
        issue_words(&text, i);
        m.text = buf_text(&text);
        if (is_error(i) && says_missing(i, m.text))
            answer_each_reference(doc_root(ours), name_missing, &m);
        buf_done(&text);
    }
    return m.is_found;
}
