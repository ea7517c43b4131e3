/* search_rules.h - which search parameters each type has here, and whether a resource fits one.
 * For src/store/search*.c alone. */
#ifndef FRONTDESK_SEARCH_RULES_H
#define FRONTDESK_SEARCH_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "fhir/document.h"

enum search_kind { SEARCH_TOKEN, SEARCH_DATE, SEARCH_REFERENCE, SEARCH_STRING, SEARCH_URI };

struct search_rule {
    const char *name;           /* FHIR R4 name of the parameter */
    enum search_kind kind;
    const char *types;          /* "Observation Condition", "*" every type */
    const char *paths;          /* separated by spaces; each fans out over lists */
    bool is_main;               /* what the timeline keeps of the type: its code, its moment */
};

/* NULL when the type has none of that name here. */
const struct search_rule *search_rule_find(const char *type, const char *name);
/* A type that tells of no person: an organization, a medicine, a value set. */
bool search_is_shared(const char *type);

/* Does the resource fit one of the values (commas between them, each with its prefix, "system|code" ...)?
 * modifier: "" or one that search_modifier_known() of the rule. */
bool search_matches(const struct node *resource, const struct search_rule *rule, const char *modifier, const char *values);
bool search_modifier_known(const struct search_rule *rule, const char *modifier);

/* Call with each element the rule's paths lead to, until it says true. */
bool search_walk(const struct node *resource, const char *paths, bool (*each)(void *ctx, const struct node *element), void *ctx);
/* The next of several values at *rest, unescaped into owned text; NULL after the last. */
char *search_value_next(const char **rest);

struct span { int64_t from, until; };   /* ms since 1970, until not included */
/* What a FHIR date, dateTime or instant covers, as precise as it is written. */
bool search_span(const char *text, struct span *out);
/* Split "ge2026-01" into its prefix ("eq" when there is none) and the date behind it. */
const char *search_date(const char *value, char prefix[3]);
#endif
