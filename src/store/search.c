#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "fhir/datatype.h"
#include "store/projection_rows.h"
#include "store/query.h"
#include "store/search_internal.h"
#include "store/store.h"

/* One person's resources of a type by their timeline rows. ?3 the kind of row; ?6-?9 the codes asked for,
 * when ?4 is 1; ?5, ?10 days around the dates asked for. A row that has other codes beside its own, whose date
 * is partial, or that may be a period, is left to be read. */
#define FROM_EVENT \
    "SELECT r.body FROM event e JOIN resource r ON r.key = e.key" \
    " WHERE e.patient = ?1 AND (?3 = '' OR e.kind = ?3) AND (?10 = '' OR e.at < ?10)" \
    "   AND (?4 = 0 OR e.code IN (?6, ?7, ?8, ?9) OR (e.codes <> '' AND (instr(e.codes, ' ' || ?6 || ' ') > 0" \
    "        OR instr(e.codes, ' ' || ?7 || ' ') > 0 OR instr(e.codes, ' ' || ?8 || ' ') > 0 OR instr(e.codes, ' ' || ?9 || ' ') > 0)))" \
    "   AND r.type = ?2 AND r.deleted = 0" \
    "   AND (?5 = '' OR e.at >= ?5 OR length(e.at) < 10 OR instr(r.body, 'eriod\"') > 0)" \
    " ORDER BY e.at "
static const char sql_newest[] = FROM_EVENT "DESC, e.key DESC";
static const char sql_oldest[] = FROM_EVENT "ASC, e.key ASC";
static const char sql_shared[] = "SELECT body FROM resource WHERE type = ?1 AND deleted = 0 ORDER BY id";

enum { CODES_MAX = 4 };

/* --- What may be told --- */

bool search_is_told(const struct search *s, const struct node *resource)
{
    const char *about = resource_patient(resource);

    return *about ? strcmp(about, s->patient) == 0 && *s->patient : search_is_shared(node_str(resource, "resourceType"));
}

bool search_is_error(const struct node *resource)
{
    return strcmp(node_str(resource, "status"), "entered-in-error") == 0 ||
           strcmp(concept_code(node_get(resource, "verificationStatus"), NULL), "entered-in-error") == 0;
}

static bool is_asked(const struct search *s, const struct node *resource)
{
    for (size_t i = 0; i < s->n_asked; i++)
        if (!search_matches(resource, s->asked[i].rule, s->asked[i].modifier, s->asked[i].values))
            return false;
    return true;
}

size_t search_most(const struct search *s)
{
    return s->count >= 0 && s->count < SEARCH_MOST ? (size_t)s->count : SEARCH_MOST;
}

static bool take_moment(void *ctx, const struct node *element)
{
    struct span span;
    const char *text = node_text(element) ? node_text(element) : node_str(element, "start");

    if (!search_span(text, &span))
        return false;
    *(int64_t *)ctx = span.from;
    return true;
}

/* Keep it when it fits (takes doc). False when enough were found. */
static bool offer(struct search *s, struct doc *doc)
{
    const struct node *root = doc_root(doc);
    bool in_order = !s->sort || (s->sort->is_main && !search_is_shared(s->type));
    int64_t at = INT64_MIN;

    if (!search_is_told(s, root) || search_is_error(root) || !is_asked(s, root)) {
        doc_free(doc);
        return true;
    }
    if (in_order && !s->is_count_only && s->n_found >= search_most(s)) {
        s->is_cut = true;
        doc_free(doc);
        return false;
    }
    if (s->sort)
        search_walk(root, s->sort->paths, take_moment, &at);
    MEM_ROOM(s->found, s->n_found, s->cap_found);
    s->found[s->n_found++] = (struct found){ doc, at };
    return true;
}

/* --- Where to look --- */

static const struct asked *asked_of(const struct search *s, enum search_kind kind, bool is_main)
{
    for (size_t i = 0; i < s->n_asked; i++)
        if (s->asked[i].rule->kind == kind && s->asked[i].rule->is_main == is_main && !*s->asked[i].modifier)
            return &s->asked[i];
    return NULL;
}

struct narrowed { char *code[CODES_MAX]; size_t codes; char from[DATE_TEXT], until[DATE_TEXT]; };

static void narrowed_done(struct narrowed *n)
{
    for (size_t i = 0; i < CODES_MAX; i++) {
        free(n->code[i]);
        n->code[i] = NULL;
    }
    n->codes = 0;
}

/* The codes of the main code parameter; nothing to narrow by when a value is a whole system, or they are many. */
static void narrow_codes(const struct search *s, struct narrowed *n)
{
    const struct asked *asked = asked_of(s, SEARCH_TOKEN, true);
    const char *rest = asked ? asked->values : NULL;
    bool can = true;
    char *value;

    while ((value = search_value_next(&rest)) != NULL) {
        const char *code = strrchr(value, '|') ? strrchr(value, '|') + 1 : value;

        can &= *code && !strchr(value, '\\') && n->codes < CODES_MAX;
        if (can)
            n->code[n->codes++] = mem_dup(code);
        free(value);
    }
    if (!can)
        narrowed_done(n);
}

/* Days around the main date, a day wider for the sake of time zones. */
static void narrow_days(const struct search *s, struct narrowed *n)
{
    for (size_t i = 0; i < s->n_asked; i++) {
        const struct asked *a = &s->asked[i];
        char prefix[3];
        struct span span;

        if (a->rule->kind != SEARCH_DATE || !a->rule->is_main || *a->modifier || strchr(a->values, ',') ||
            !search_span(search_date(a->values, prefix), &span))
            continue;
        if (!*n->from && (strcmp(prefix, "ge") == 0 || strcmp(prefix, "gt") == 0 || strcmp(prefix, "eq") == 0 || strcmp(prefix, "sa") == 0))
            date_format(date_add_days(clock_local(span.from).date, -1), n->from);
        if (!*n->until && (strcmp(prefix, "le") == 0 || strcmp(prefix, "lt") == 0 || strcmp(prefix, "eq") == 0 || strcmp(prefix, "eb") == 0))
            date_format(date_add_days(clock_local(span.until).date, 2), n->until);
    }
}

static enum rc offer_rows(struct search *s, struct query *q, struct err *err)
{
    bool more = true;
    enum rc rc = RC_OK, ended;

    while (more && rc == RC_OK && query_next(q)) {
        struct doc *doc = NULL;

        if (doc_parse(query_text(q, 0), query_bytes(q, 0), &doc, NULL) != RC_OK)
            rc = err_set(err, RC_DB, _("A %s is damaged in the database."), s->type);
        else
            more = offer(s, doc);
    }
    ended = query_end(q, err);
    return rc == RC_OK ? ended : rc;
}

static enum rc look_in_record(struct search *s, struct err *err)
{
    const char *kind = event_kind(s->type);
    struct narrowed n = {0};
    struct query *q;
    enum rc rc;

    if (!kind)
        return err_set(err, RC_INVALID, _("%s cannot be looked for here."), s->type);
    if (!*s->patient)
        return err_set(err, RC_DENIED, _("This asks for %s, but the form is for nobody yet."), s->type);
    narrow_codes(s, &n);
    narrow_days(s, &n);
    q = query_open(s->st, s->sort && s->sort->is_main && s->is_ascending ? sql_oldest : sql_newest);
    query_bind(q, 1, s->patient);
    query_bind(q, 2, s->type);
    query_bind(q, 3, kind);
    query_bind_int(q, 4, n.codes > 0);
    query_bind(q, 5, n.from);
    for (int i = 0; i < CODES_MAX; i++)
        query_bind(q, 6 + i, n.code[i] ? n.code[i] : "\n");     /* a code that nothing has */
    query_bind(q, 10, n.until);
    rc = offer_rows(s, q, err);
    narrowed_done(&n);
    return rc;
}

static enum rc look_by_id(struct search *s, const char *ids, struct err *err)
{
    char *id;
    enum rc rc = RC_OK;

    while (rc == RC_OK && (id = search_value_next(&ids)) != NULL) {
        struct doc *doc = NULL;

        if (strcmp(s->type, "Patient") == 0 && strcmp(id, s->patient) != 0)
            rc = err_set(err, RC_DENIED, _("This asks for %s of another person than the form is for."), s->type);
        else if (store_get(s->st, s->type, id, &doc, NULL) == RC_OK)
            offer(s, doc);
        free(id);
    }
    return rc;
}

static enum rc look(struct search *s, struct err *err)
{
    struct query *q;

    for (size_t i = 0; i < s->n_asked; i++)
        if (strcmp(s->asked[i].rule->name, "_id") == 0 && !*s->asked[i].modifier)
            return look_by_id(s, s->asked[i].values, err);
    if (strcmp(s->type, "Patient") == 0)
        return *s->patient ? look_by_id(s, s->patient, err) : RC_OK;
    if (!search_is_shared(s->type))
        return look_in_record(s, err);
    q = query_open(s->st, sql_shared);
    query_bind(q, 1, s->type);
    return offer_rows(s, q, err);
}

/* --- From the text to the answer --- */

static void search_done(struct search *s)
{
    for (size_t i = 0; i < s->n_asked; i++) {
        free(s->asked[i].modifier);
        free(s->asked[i].values);
    }
    for (size_t i = 0; i < s->n_include; i++)
        free(s->include[i]);
    for (size_t i = 0; i < s->n_found; i++)
        doc_free(s->found[i].doc);
    free(s->found);
}

static enum rc read_one(const struct search *s, const char *id, struct doc **out, struct err *err)
{
    char *clean = search_decoded(id, strcspn(id, "/"));
    enum rc rc = store_get(s->st, s->type, clean, out, err);

    if (rc == RC_OK && !search_is_told(s, doc_root(*out))) {
        doc_free(*out);
        *out = NULL;
        rc = err_set(err, RC_DENIED, _("This asks for %s of another person than the form is for."), s->type);
    }
    free(clean);
    return rc;
}

enum rc store_search(struct store *st, const char *patient, const char *query, struct doc **out, struct err *err)
{
    struct search s = { .st = st, .patient = patient ? patient : "", .count = -1 };
    const char *at = query + (*query == '/');
    size_t len = strcspn(at, "?/");
    enum rc rc;

    *out = NULL;
    if (strstr(query, "://") && strstr(query, "://") < query + strcspn(query, "?"))
        return err_set(err, RC_INVALID, _("The query goes to another server."));
    snprintf(s.type, sizeof s.type, "%.*s", len < sizeof s.type ? (int)len : 0, at);
    if (!code_resource_type_known(s.type) || at[strcspn(at, "$?")] == '$')
        return err_set(err, RC_INVALID, _("The query '%.*s' is no search for resources."), (int)(strcspn(at, "?") < 40 ? strcspn(at, "?") : 40), at);
    at += len;
    if (*at == '/')
        return read_one(&s, at + 1, out, err);
    rc = search_query_read(&s, at + (*at == '?'), err);
    if (rc == RC_OK && (rc = look(&s, err)) == RC_OK)
        *out = search_bundle(&s);
    search_done(&s);
    return rc;
}
