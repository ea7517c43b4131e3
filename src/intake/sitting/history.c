#include "intake/sitting/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_versions[] =
    "SELECT v.rev, v.updated, coalesce(a.staff, ''), coalesce(a.action, ''), v.now, v.body,"
    "  (SELECT body FROM resource p WHERE p.act = v.act AND p.type = 'Provenance' LIMIT 1)"
    " FROM (SELECT h.rev, h.updated, h.act, h.body, 0 AS now FROM history h JOIN resource r ON r.key = h.key"
    "        WHERE r.type = 'QuestionnaireResponse' AND r.id = ?1"
    "       UNION ALL SELECT rev, updated, act, body, 1 FROM resource WHERE type = 'QuestionnaireResponse' AND id = ?1) v"
    " LEFT JOIN audit a ON a.seq = v.act ORDER BY v.rev";

/* --- What changed --- */

struct said { char *path; const char *link_id, *text; char *words; bool met; };
struct said_list { struct said *said; size_t n, cap; };

static void add_said(struct said_list *out, char *path, const char *link_id, const char *text, char *words)
{
    MEM_ROOM(out->said, out->n, out->cap);
    out->said[out->n++] = (struct said){ path, link_id, text, words, false };
}

static char *answers_words(const struct node *item)
{
    const char *absent = node_text(extension_value(item, EXT_ABSENT)), *display;
    struct buf words = { 0 };

    for (const struct node *a = node_first(node_get(item, "answer")); a; a = node_next(a)) {
        const char *type = "";
        const struct node *value = choice_value(a, "value", &type);

        buf_add(&words, words.len ? "; " : "");
        value_words(&words, value, type);
    }
    if (!words.len && absent) {
        display = code_display("http://terminology.hl7.org/CodeSystem/data-absent-reason", absent);
        buf_printf(&words, _("none: %s"), display ? display : absent);
    }
    return words.len ? buf_take(&words) : mem_dup("");
}

static size_t turn_of(const struct node *item)
{
    size_t turn = 0;

    for (const struct node *i = node_first(node_parent(item)); i != item; i = node_next(i))
        turn += strcmp(node_str(i, "linkId"), node_str(item, "linkId")) == 0;
    return turn;
}

static void collect(struct said_list *out, const char *above, const struct node *items)
{
    for (const struct node *item = node_first(items); item; item = node_next(item)) {
        char *path = mem_printf("%s/%s#%zu", above, node_str(item, "linkId"), turn_of(item)), *words = answers_words(item);
        size_t i = 0;

        collect(out, path, node_get(item, "item"));
        for (const struct node *a = node_first(node_get(item, "answer")); a; a = node_next(a), i++) {
            char *below = mem_printf("%s[%zu]", path, i);

            collect(out, below, node_get(a, "item"));
            free(below);
        }
        if (*words) {
            add_said(out, path, node_str(item, "linkId"), node_str(item, "text"), words);
        } else {
            free(path);
            free(words);
        }
    }
}

static void collect_scores(struct said_list *out, const struct node *root)
{
    for (const struct node *e = node_first(node_get(root, "extension")); e; e = node_next(e)) {
        const char *name = node_text(extension_value(e, "name")), *value = node_text(extension_value(e, "value"));

        if (strcmp(node_str(e, "url"), EXT_SCORE) == 0 && name && value)
            add_said(out, mem_printf("score %s", name), "", name, mem_dup(value));
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(struct said *const *)a)->path, (*(struct said *const *)b)->path);
}

static int find_path(const void *key, const void *element)
{
    return strcmp(key, (*(struct said *const *)element)->path);
}

static void add_change(struct answer_changes *out, const struct said *said, const char *before, const char *after)
{
    MEM_ROOM(out->change, out->n, out->cap);
    out->change[out->n++] = (struct answer_change){ mem_dup(said->link_id), mem_dup(*said->text ? said->text : said->link_id),
                                                    mem_dup(before), mem_dup(after) };
}

static void said_done(struct said_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->said[i].path);
        free(list->said[i].words);
    }
    free(list->said);
}

void answer_changes_between(const struct doc *older, const struct doc *newer, struct answer_changes *out)
{
    struct said_list was = { 0 }, is = { 0 };
    struct said **sorted;

    *out = (struct answer_changes){ 0 };
    collect(&was, "", node_get(doc_root(older), "item"));
    collect_scores(&was, doc_root(older));
    collect(&is, "", node_get(doc_root(newer), "item"));
    collect_scores(&is, doc_root(newer));
    sorted = mem_array(was.n, sizeof *sorted);
    for (size_t i = 0; i < was.n; i++)
        sorted[i] = &was.said[i];
    if (was.n)
        qsort(sorted, was.n, sizeof *sorted, by_path);
    for (size_t i = 0; i < is.n; i++) {
        struct said **before = was.n ? bsearch(is.said[i].path, sorted, was.n, sizeof *sorted, find_path) : NULL;

        if (before)
            (*before)->met = true;
        if (!before || strcmp((*before)->words, is.said[i].words))
            add_change(out, &is.said[i], before ? (*before)->words : "", is.said[i].words);
    }
    for (size_t i = 0; i < was.n; i++)
        if (!was.said[i].met)
            add_change(out, &was.said[i], was.said[i].words, "");
    free(sorted);
    said_done(&was);
    said_done(&is);
}

void answer_changes_done(struct answer_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        free(changes->change[i].link_id);
        free(changes->change[i].text);
        free(changes->change[i].before);
        free(changes->change[i].after);
    }
    free(changes->change);
    *changes = (struct answer_changes){ 0 };
}

/* --- The versions --- */

static bool has_extension(const struct doc *doc, const struct node *wanted)
{
    for (const struct node *e = doc ? node_first(node_get(doc_root(doc), "extension")) : NULL; e; e = node_next(e))
        if (node_equal(e, wanted))
            return true;
    return false;
}

/* The reason of the last amendment that is not in the version before; else that of a correction. */
static char *why_of(const struct doc *before, const struct doc *now, const char *provenance)
{
    const struct node *last = NULL;
    struct doc *doc = NULL;
    char *why;

    for (const struct node *e = node_first(node_get(doc_root(now), "extension")); e; e = node_next(e))
        if (strcmp(node_str(e, "url"), EXT_AMENDMENT) == 0 && !has_extension(before, e))
            last = e;
    if (last)
        return mem_dup(node_text(extension_value(last, "why")) ? node_text(extension_value(last, "why")) : "");
    if (*provenance)
        doc_parse(provenance, strlen(provenance), &doc, NULL);
    why = mem_dup(doc ? node_path_str(doc_root(doc), "reason[0].text") : "");
    doc_free(doc);
    return why;
}

/* What came from the server was written when and by whom the response itself says. */
static void say_author(struct store *st, struct response_version *v, const struct doc *now)
{
    const char *author = node_path_str(doc_root(now), "author.reference");
    struct doc *person = NULL;
    struct buf name = { 0 };
    char at[CLOCK_TEXT];
    int64_t ms = 0;

    if (clock_parse(node_str(doc_root(now), "authored"), &ms)) {
        clock_instant(ms, at);
        free(v->at);
        v->at = mem_dup(at);
    }
    if (strncmp(author, "Practitioner/", sizeof "Practitioner/" - 1) != 0)
        return;
    free(v->by);
    v->by = mem_dup(author + sizeof "Practitioner/" - 1);
    if (store_get(st, "Practitioner", v->by, &person, NULL) == RC_OK)
        name_plain(&name, node_path(doc_root(person), "name[0]"));
    free(v->who);
    v->who = buf_take(&name);
    doc_free(person);
}

static void version_done(struct response_version *v)
{
    free(v->at);
    free(v->by);
    free(v->action);
    free(v->who);
    free(v->status);
    free(v->why);
    answer_changes_done(&v->changes);
}

/* A revision by which the exchange changed nothing that is told here is the version before, kept anew. */
static void fold(struct response_versions *out)
{
    struct response_version *v = &out->version[out->n - 1], *was = out->n > 1 ? v - 1 : NULL;

    if (!was || v->changes.n || *v->why || strcmp(v->status, was->status))
        return;
    was->rev = v->rev;
    was->is_current = v->is_current;
    version_done(v);
    out->n--;
}

static void add_version(struct store *st, struct response_versions *out, size_t *cap, struct query *q, const struct doc *before, const struct doc *now)
{
    bool is_pulled = strcmp(query_text(q, 3), "sync pull") == 0;
    struct response_version *v;

    MEM_ROOM(out->version, out->n, *cap);
    v = &out->version[out->n++];
    *v = (struct response_version){
        .rev = query_int(q, 0), .at = mem_dup(query_text(q, 1)), .by = mem_dup(query_text(q, 2)), .action = mem_dup(query_text(q, 3)),
        .who = mem_dup(""),
        .status = mem_dup(node_str(doc_root(now), "status")), .why = why_of(before, now, query_text(q, 6)), .is_current = query_int(q, 4) != 0,
    };
    if (before)
        answer_changes_between(before, now, &v->changes);
    if (is_pulled) {
        say_author(st, v, now);
        fold(out);
    }
}

static void newest_first(struct response_versions *v)
{
    for (size_t i = 0; i < v->n / 2; i++) {
        struct response_version swap = v->version[i];

        v->version[i] = v->version[v->n - 1 - i];
        v->version[v->n - 1 - i] = swap;
    }
}

enum rc response_history(struct store *st, const char *id, struct response_versions *out, struct err *err)
{
    struct query *q = query_open(st, sql_versions);
    struct doc *before = NULL, *now = NULL;
    size_t cap = 0;
    enum rc rc;

    *out = (struct response_versions){ 0 };
    query_bind(q, 1, id);
    while (query_next(q)) {
        if (doc_parse(query_text(q, 5), query_bytes(q, 5), &now, NULL) != RC_OK)
            continue;
        add_version(st, out, &cap, q, before, now);
        doc_free(before);
        before = now;
    }
    doc_free(before);
    rc = query_end(q, err);
    if (rc == RC_OK && out->n == 0)
        rc = err_set(err, RC_NOT_FOUND, _("There is no QuestionnaireResponse/%s."), id);
    if (rc != RC_OK)
        response_versions_done(out);
    newest_first(out);
    return rc;
}

void response_versions_done(struct response_versions *versions)
{
    for (size_t i = 0; i < versions->n; i++)
        version_done(&versions->version[i]);
    free(versions->version);
    *versions = (struct response_versions){ 0 };
}
