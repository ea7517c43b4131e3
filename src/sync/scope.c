#include "sync/scope.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/datatype.h"

void scope_read(const char *text, struct scope *out)
{
    size_t cap = 0;

    *out = (struct scope){ 0 };
    while (*text) {
        size_t lead = strspn(text, " ;?&"), len = strcspn(text + lead, ";"), kept = len;

        while (kept > 0 && strchr(" &", text[lead + kept - 1]))
            kept--;
        if (kept > 0) {
            MEM_ROOM(out->query, out->n, cap);
            out->query[out->n++] = mem_dup_n(text + lead, kept);
        }
        text += lead + len;
    }
}

void scope_done(struct scope *scope)
{
    for (size_t i = 0; i < scope->n; i++)
        free(scope->query[i]);
    free(scope->query);
    *scope = (struct scope){ 0 };
}

/* ---- one value against a Patient ---- */

/* "elm", "Organization/elm" or the same below some base. */
static bool names(const char *value, size_t len, const char *type, const char *id)
{
    size_t id_len = strlen(id), type_len = strlen(type);

    if (len < id_len || memcmp(value + len - id_len, id, id_len) != 0)
        return false;
    value += len - id_len;
    len -= id_len;
    if (len == 0)
        return true;
    return len > type_len && value[-1] == '/' && memcmp(value - 1 - type_len, type, type_len) == 0 &&
           (len == type_len + 1 || value[-2 - (ptrdiff_t)type_len] == '/');
}

static bool has_reference(const struct node *member, const char *value, size_t len)
{
    char type[64], id[80];

    if (node_is(member, NODE_ARRAY)) {
        for (const struct node *n = node_first(member); n; n = node_next(n))
            if (has_reference(n, value, len))
                return true;
        return false;
    }
    return reference_split(member, type, sizeof type, id, sizeof id) && names(value, len, type, id);
}

static bool is_text(const char *text, const char *value, size_t len)
{
    return strlen(text) == len && memcmp(text, value, len) == 0;
}

/* "system|code", "|code" for no system, "code" for any, "system|" for any code of it. */
static bool has_tag(const struct node *member, const char *value, size_t len)
{
    const char *bar = memchr(value, '|', len), *code = bar ? bar + 1 : value;
    size_t system_len = bar ? (size_t)(bar - value) : 0, code_len = len - (size_t)(code - value);

    for (const struct node *tag = node_first(member); tag; tag = node_next(tag))
        if ((!bar || is_text(node_str(tag, "system"), value, system_len)) &&
            (code_len == 0 || is_text(node_str(tag, "code"), code, code_len)))
            return true;
    return false;
}

static bool has_id(const struct node *member, const char *value, size_t len)
{
    return node_text(member) && is_text(node_text(member), value, len);
}

static const struct { const char *name, *field; bool (*has)(const struct node *member, const char *value, size_t len); } known[] = {
    { "organization", "managingOrganization", has_reference },
    { "general-practitioner", "generalPractitioner", has_reference },
    { "_tag", "meta.tag", has_tag },
    { "_id", "id", has_id },
};

static const struct node *member_of(const struct node *patient, size_t row)
{
    if (known[row].has == has_tag)
        return node_get(node_get(patient, "meta"), "tag");
    return node_get(patient, known[row].field);
}

/* "name=a,b": any of the values. */
static enum scope_verdict part_of(const char *part, size_t len, const struct node *patient, const char **field)
{
    const char *equals = memchr(part, '=', len), *value = equals ? equals + 1 : part, *end = part + len;
    size_t name_len = equals ? (size_t)(equals - part) : 0, row = 0, rows = sizeof known / sizeof *known;

    while (row < rows && !is_text(known[row].name, part, name_len))
        row++;
    if (row == rows || memchr(value, '%', (size_t)(end - value)) || memchr(value, '\\', (size_t)(end - value)))
        return SCOPE_ASK;
    while (value <= end) {
        const char *comma = memchr(value, ',', (size_t)(end - value)), *stop = comma ? comma : end;

        if (known[row].has(member_of(patient, row), value, (size_t)(stop - value)))
            return SCOPE_IN;
        value = stop + 1;
    }
    *field = known[row].field;
    return SCOPE_OUT;
}

/* All parts: one that is not met settles it, whatever the others are. */
static enum scope_verdict query_of(const char *query, const struct node *patient, const char **field)
{
    enum scope_verdict verdict = SCOPE_IN;

    while (*query) {
        size_t len = strcspn(query, "&");
        enum scope_verdict part = len > 0 ? part_of(query, len, patient, field) : SCOPE_IN;

        if (part == SCOPE_OUT)
            return SCOPE_OUT;
        if (part == SCOPE_ASK)
            verdict = SCOPE_ASK;
        query += len + (query[len] == '&');
    }
    return verdict;
}

enum scope_verdict scope_of(const struct scope *scope, const struct node *patient, const char **field)
{
    enum scope_verdict verdict = scope->n > 0 ? SCOPE_OUT : SCOPE_IN;
    const char *unused, **why = field ? field : &unused;

    *why = "id";
    for (size_t i = 0; i < scope->n; i++) {
        enum scope_verdict query = query_of(scope->query[i], patient, why);

        if (query == SCOPE_IN)
            return SCOPE_IN;
        if (query == SCOPE_ASK)
            verdict = SCOPE_ASK;
    }
    return verdict;
}
