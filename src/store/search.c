#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/code.h"
#include "fhir/datatype.h"
#include "store/projection_rows.h"
#include "store/query.h"
#include "store/search_rules.h"
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

enum { ASKED_MAX = 24, CODES_MAX = 4, TYPE_ROOM = 48, DAY = 16 };

struct asked { const struct search_rule *rule; char *modifier, *values; };     /* owned */
struct found { struct doc *doc; int64_t at; };
struct search {
    struct store *st;
    const char *patient;
    char type[TYPE_ROOM];
    struct asked asked[ASKED_MAX]; size_t n_asked;
    char *include[ASKED_MAX]; size_t n_include;         /* owned "Type:parameter" */
    const struct search_rule *sort;                     /* NULL: newest first */
    bool is_ascending, is_count_only, is_cut;
    long count;                                         /* -1: not said */
    const char *left_out;                               /* a parameter that changes nothing here */
    struct found *found; size_t n_found, cap_found;
};

/* --- The query --- */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A plus stays: forms write offsets of times into queries as they are. */
static char *decoded(const char *text, size_t len)
{
    struct buf out = {0};

    for (size_t i = 0; i < len; i++)
        if (text[i] == '%' && i + 2 < len && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            buf_char(&out, (char)(hex(text[i + 1]) << 4 | hex(text[i + 2])));
            i += 2;
        } else {
            buf_char(&out, text[i]);
        }
    return out.len ? buf_take(&out) : mem_dup("");
}

static enum rc unknown(const struct search *s, const char *name, struct err *err)
{
    return err_set(err, RC_INVALID, _("%s cannot be looked for by '%.60s' here."), s->type, name);
}

/* Every value has to be the patient of this form, by id or reference. */
static enum rc same_patient(const struct search *s, const char *name, const char *values, struct err *err)
{
    char *value, type[TYPE_ROOM], id[72];
    enum rc rc = RC_OK;

    if (search_is_shared(s->type) || strcmp(s->type, "Patient") == 0)
        return unknown(s, name, err);
    while (rc == RC_OK && (value = search_value_next(&values)) != NULL) {
        char *text = strchr(value, '/') ? mem_dup(value) : mem_printf("Patient/%s", value);
        struct doc *doc = doc_new(NULL);

        node_set_str(doc, doc_root(doc), "reference", text);
        if (!reference_split(doc_root(doc), type, sizeof type, id, sizeof id) || strcmp(type, "Patient") != 0 ||
            strcmp(id, s->patient) != 0)
            rc = err_set(err, RC_DENIED, _("This asks for %s of another person than the form is for."), s->type);
        doc_free(doc);
        free(text);
        free(value);
    }
    return rc;
}

static enum rc dates_readable(const struct search *s, const char *name, const char *values, struct err *err)
{
    char *value, prefix[3];
    struct span span;
    enum rc rc = RC_OK;

    while (rc == RC_OK && (value = search_value_next(&values)) != NULL) {
        if (!search_span(search_date(value, prefix), &span))
            rc = err_set(err, RC_INVALID, _("%s: '%.60s' is not asked with a date."), s->type, name);
        free(value);
    }
    return rc;
}

static enum rc add_asked(struct search *s, const char *name, const char *modifier, const char *values, struct err *err)
{
    const struct search_rule *rule = search_rule_find(s->type, name);

    if (!rule)
        return unknown(s, name, err);
    if (!search_modifier_known(rule, modifier))
        return err_set(err, RC_INVALID, _("%s cannot be looked for by '%.60s:%.40s' here."), s->type, name, modifier);
    if (s->n_asked == ASKED_MAX)
        return err_set(err, RC_INVALID, _("%s is asked for with too many parameters."), s->type);
    if (rule->kind == SEARCH_DATE && *modifier == '\0') {
        enum rc rc = dates_readable(s, name, values, err);

        if (rc != RC_OK)
            return rc;
    }
    s->asked[s->n_asked++] = (struct asked){ rule, mem_dup(modifier), mem_dup(values) };
    return RC_OK;
}

static enum rc set_sort(struct search *s, const char *values, struct err *err)
{
    char *first = search_value_next(&values);
    const char *name = first && *first == '-' ? first + 1 : first;
    const struct search_rule *rule = name ? search_rule_find(s->type, name) : NULL;
    enum rc rc = RC_OK;

    if (!rule || rule->kind != SEARCH_DATE)
        rc = err_set(err, RC_INVALID, _("%s cannot be put in order by '%.60s' here."), s->type, name ? name : "");
    else {
        s->is_ascending = *first != '-';
        s->sort = rule->is_main && !s->is_ascending ? NULL : rule;
    }
    free(first);
    return rc;
}

static enum rc set_count(struct search *s, const char *value, struct err *err)
{
    char *end;

    s->count = strtol(value, &end, 10);
    return *value && !*end && s->count >= 0 ? RC_OK : err_set(err, RC_INVALID, _("%s: _count is no number."), s->type);
}

static bool is_word(const char *name, const char *const *words)
{
    while (*words && strcmp(*words, name) != 0)
        words++;
    return *words != NULL;
}

static enum rc take_parameter(struct search *s, const char *name, const char *modifier, const char *value, struct err *err)
{
    static const char *const patients[] = { "patient", "subject", "beneficiary", NULL };
    static const char *const hints[] = { "_format", "_pretty", "_total", "_elements", "_summary", "_maxresults", NULL };

    if (!*value)
        return err_set(err, RC_INVALID, _("%s: '%.60s' is asked without a value."), s->type, name);
    if (is_word(name, patients))
        return *modifier && strcmp(modifier, "Patient") != 0 ? unknown(s, name, err) : same_patient(s, name, value, err);
    if (strcmp(name, "_count") == 0)
        return set_count(s, value, err);
    if (strcmp(name, "_sort") == 0)
        return set_sort(s, value, err);
    if (strcmp(name, "_include") == 0) {
        if (s->n_include < ASKED_MAX)
            s->include[s->n_include++] = mem_dup(value);
        return RC_OK;
    }
    if (strcmp(name, "_revinclude") == 0) {
        s->left_out = "_revinclude";
        return RC_OK;
    }
    if (is_word(name, hints)) {
        s->is_count_only |= strcmp(name, "_summary") == 0 && strcmp(value, "count") == 0;
        return RC_OK;
    }
    return add_asked(s, name, modifier, value, err);
}

static enum rc read_parameters(struct search *s, const char *text, struct err *err)
{
    enum rc rc = RC_OK;

    while (*text && rc == RC_OK) {
        size_t len = strcspn(text, "&"), equals = 0;
        char *name, *value, *colon;

        while (equals < len && text[equals] != '=')
            equals++;
        name = decoded(text, equals);
        value = decoded(text + equals + (equals < len), len - equals - (equals < len));
        colon = strchr(name, ':');
        if (colon)
            *colon++ = '\0';
        if (*name)
            rc = take_parameter(s, name, colon ? colon : "", value, err);
        free(name);
        free(value);
        text += len + (text[len] == '&');
    }
    return rc;
}

/* --- What may be told --- */

static bool is_told(const struct search *s, const struct node *resource)
{
    const char *about = resource_patient(resource);

    return *about ? strcmp(about, s->patient) == 0 && *s->patient : search_is_shared(node_str(resource, "resourceType"));
}

static bool is_error(const struct node *resource)
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
    size_t most = s->count >= 0 && s->count < SEARCH_MOST ? (size_t)s->count : SEARCH_MOST;

    if (!is_told(s, root) || is_error(root) || !is_asked(s, root)) {
        doc_free(doc);
        return true;
    }
    if (in_order && !s->is_count_only && s->n_found >= most) {
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

/* --- The answer --- */

static int by_moment(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static void put_in_order(struct search *s)
{
    size_t most = s->count >= 0 && s->count < SEARCH_MOST ? (size_t)s->count : SEARCH_MOST;

    if (s->sort && s->n_found)
        qsort(s->found, s->n_found, sizeof *s->found, by_moment);
    for (size_t i = 0; s->sort && !s->is_ascending && i < s->n_found / 2; i++) {
        struct found keep = s->found[i];

        s->found[i] = s->found[s->n_found - 1 - i];
        s->found[s->n_found - 1 - i] = keep;
    }
    while (!s->is_count_only && s->n_found > most) {
        s->is_cut = true;
        doc_free(s->found[--s->n_found].doc);
    }
}

static void add_entry(struct doc *bundle, const struct node *resource, const char *mode)
{
    struct node *entry = node_add_object(bundle, node_set_array(bundle, doc_root(bundle), "entry"));

    node_set_copy(bundle, entry, "resource", resource);
    node_set_str(bundle, node_set_object(bundle, entry, "search"), "mode", mode);
}

struct including { struct search *search; struct doc *bundle; };

static bool include_one(void *ctx, const struct node *reference)
{
    struct including *in = ctx;
    char type[TYPE_ROOM], id[72];
    struct doc *doc = NULL;

    if (!reference_split(reference, type, sizeof type, id, sizeof id))
        return false;
    for (const struct node *e = node_first(node_get(doc_root(in->bundle), "entry")); e; e = node_next(e))
        if (strcmp(node_path_str(e, "resource.id"), id) == 0 && strcmp(node_path_str(e, "resource.resourceType"), type) == 0)
            return false;
    if (store_get(in->search->st, type, id, &doc, NULL) == RC_OK && is_told(in->search, doc_root(doc)) && !is_error(doc_root(doc)))
        add_entry(in->bundle, doc_root(doc), "include");
    doc_free(doc);
    return false;
}

/* _include=MedicationRequest:medication, of what was found; a third part (the target's type) is not looked at. */
static void include(struct search *s, struct doc *bundle)
{
    struct including in = { s, bundle };

    for (size_t i = 0; i < s->n_include; i++) {
        const char *colon = strchr(s->include[i], ':');
        char *name = mem_dup_n(colon ? colon + 1 : "", colon ? strcspn(colon + 1, ":") : 0);
        const struct search_rule *rule = search_rule_find(s->type, name);

        if (rule && rule->kind == SEARCH_REFERENCE)
            for (size_t k = 0; k < s->n_found; k++)
                search_walk(doc_root(s->found[k].doc), rule->paths, include_one, &in);
        else
            s->left_out = "_include";
        free(name);
    }
}

/* What a server says beside its results (FHIR R4 search, 3.1.1.6); takes words. */
static void add_outcome(struct doc *bundle, const char *code, char *words)
{
    struct doc *outcome = doc_new("OperationOutcome");

    doc_set(outcome, "issue[0].severity", "information");
    doc_set(outcome, "issue[0].code", code);
    doc_set(outcome, "issue[0].diagnostics", words);
    add_entry(bundle, doc_root(outcome), "outcome");
    free(words);
    doc_free(outcome);
}

static struct doc *make_bundle(struct search *s)
{
    struct doc *bundle = doc_new("Bundle");

    put_in_order(s);
    node_set_str(bundle, doc_root(bundle), "type", "searchset");
    if (!s->is_cut)
        node_set_int(bundle, doc_root(bundle), "total", (int64_t)s->n_found);
    for (size_t i = 0; i < s->n_found && !s->is_count_only; i++)
        add_entry(bundle, doc_root(s->found[i].doc), "match");
    include(s, bundle);
    if (s->left_out)
        add_outcome(bundle, "not-supported", mem_printf(_("%s is left out here; what it would add is not in the answer."), s->left_out));
    if (s->is_cut && (s->count < 0 || s->count > SEARCH_MOST))
        add_outcome(bundle, "too-costly", mem_printf(_("There are more than these %zu."), s->n_found));
    return bundle;
}

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
    char *clean = decoded(id, strcspn(id, "/"));
    enum rc rc = store_get(s->st, s->type, clean, out, err);

    if (rc == RC_OK && !is_told(s, doc_root(*out))) {
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
    rc = read_parameters(&s, at + (*at == '?'), err);
    if (rc == RC_OK && (rc = look(&s, err)) == RC_OK)
        *out = make_bundle(&s);
    search_done(&s);
    return rc;
}
