/* The text of a search: its parameters, undone from their encoding and judged. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/search_internal.h"

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A plus stays: forms write offsets of times into queries as they are. */
char *search_decoded(const char *text, size_t len)
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

enum rc search_query_read(struct search *s, const char *text, struct err *err)
{
    enum rc rc = RC_OK;

    while (*text && rc == RC_OK) {
        size_t len = strcspn(text, "&"), equals = 0;
        char *name, *value, *colon;

        while (equals < len && text[equals] != '=')
            equals++;
        name = search_decoded(text, equals);
        value = search_decoded(text + equals + (equals < len), len - equals - (equals < len));
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
