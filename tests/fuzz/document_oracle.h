/* document_oracle.h - what json-c makes of the same bytes, for the unit test and the fuzzer.
 * Whatever our reader accepts json-c accepts too, and both see the same values; the other way
 * round json-c is the looser one (duplicate names, NaN, raw tabs, lone surrogates). */
#ifndef FRONTDESK_TESTS_DOCUMENT_ORACLE_H
#define FRONTDESK_TESTS_DOCUMENT_ORACLE_H

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/document.h"

static bool oracle_number(const struct node *node, struct json_object *json)
{
    const char *text = node_text(node);

    if (json_object_is_type(json, json_type_int) && strlen(text) < 18)
        return json_object_get_int64(json) == strtoll(text, NULL, 10);
    return json_object_is_type(json, json_type_int) || json_object_get_double(json) == strtod(text, NULL);
}

static bool oracle_agrees(const struct node *node, struct json_object *json);

static bool oracle_array(const struct node *node, struct json_object *json)
{
    size_t i = 0;

    if (!json_object_is_type(json, json_type_array) || json_object_array_length(json) != node_count(node))
        return false;
    for (const struct node *n = node_first(node); n; n = node_next(n))
        if (!oracle_agrees(n, json_object_array_get_idx(json, i++)))
            return false;
    return true;
}

static bool oracle_object(const struct node *node, struct json_object *json)
{
    struct json_object *member;

    if (!json_object_is_type(json, json_type_object) || (size_t)json_object_object_length(json) != node_count(node))
        return false;
    for (const struct node *n = node_first(node); n; n = node_next(n))
        if (!json_object_object_get_ex(json, node_name(n), &member) || !oracle_agrees(n, member))
            return false;
    return true;
}

static bool oracle_agrees(const struct node *node, struct json_object *json)
{
    switch (node_kind(node)) {
    case NODE_NULL:
        return json == NULL;
    case NODE_TRUE:
    case NODE_FALSE:
        return json_object_is_type(json, json_type_boolean) && json_object_get_boolean(json) == node_is(node, NODE_TRUE);
    case NODE_NUMBER:
        return oracle_number(node, json);
    case NODE_STRING:
        return json_object_is_type(json, json_type_string) &&
               (size_t)json_object_get_string_len(json) == strlen(node_text(node)) &&
               strcmp(json_object_get_string(json), node_text(node)) == 0;
    case NODE_ARRAY:
        return oracle_array(node, json);
    case NODE_OBJECT:
        return oracle_object(node, json);
    }
    return false;
}

/* True when json-c reads text (no surrounding space) as doc does. */
static bool oracle_reads_alike(const char *text, size_t len, const struct doc *doc)
{
    struct json_tokener *tokener = json_tokener_new_ex(DOC_DEPTH + 2);
    struct json_object *json;
    bool alike;

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    json = json_tokener_parse_ex(tokener, text, (int)len);
    if (!json && json_tokener_get_error(tokener) == json_tokener_continue)
        json = json_tokener_parse_ex(tokener, "", 1);   /* a bare number ends with its text */
    alike = json_tokener_get_error(tokener) == json_tokener_success && oracle_agrees(doc_root(doc), json);
    json_object_put(json);
    json_tokener_free(tokener);
    return alike;
}
#endif
