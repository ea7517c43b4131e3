#include "intake/sitting/aside.h"

#include <string.h>

#include "fhir/extension_urls.h"

struct doc *aside_list(const char *json)
{
    struct doc *doc = NULL;

    if (!json || !*json || doc_parse(json, strlen(json), &doc, NULL) != RC_OK)
        return NULL;
    if (node_is(doc_root(doc), NODE_ARRAY) && node_count(doc_root(doc)))
        return doc;
    doc_free(doc);
    return NULL;
}

size_t aside_count(const char *json)
{
    struct doc *doc = aside_list(json);
    size_t n = doc ? node_count(doc_root(doc)) : 0;

    doc_free(doc);
    return n;
}

char *aside_add(const char *json, const struct aside *one)
{
    struct doc *doc = NULL, *value = NULL;
    struct node *row;
    char *text;

    if (!json || doc_parse(json, strlen(json), &doc, NULL) != RC_OK)
        doc_parse("[]", 2, &doc, NULL);
    row = node_add_object(doc, doc_root(doc));
    node_set_str(doc, row, "kind", one->kind);
    node_set_str(doc, row, "linkId", one->link_id);
    node_set_str(doc, row, "text", one->text);
    node_set_str(doc, row, "answer", one->answer);
    node_set_str(doc, row, "why", one->why);
    if (one->value && doc_parse(one->value, strlen(one->value), &value, NULL) == RC_OK)
        node_set_copy(doc, row, "value", doc_root(value));
    text = doc_text(doc, NULL);
    doc_free(value);
    doc_free(doc);
    return text;
}

static void add_part(struct doc *doc, struct node *extension, const char *name, const char *value)
{
    struct node *part;

    if (!*value)
        return;
    part = node_add_object(doc, node_set_array(doc, extension, "extension"));
    node_set_str(doc, part, "url", name);
    node_set_str(doc, part, "valueString", value);
}

void aside_to_response(const char *json, struct doc *response)
{
    static const char *const parts[] = { "linkId", "text", "answer", "why" };
    struct doc *list = aside_list(json);

    for (const struct node *one = list ? node_first(doc_root(list)) : NULL; one; one = node_next(one)) {
        struct node *extension;

        if (strcmp(node_str(one, "kind"), ASIDE_UNFIT))
            continue;
        extension = node_add_object(response, node_set_array(response, doc_root(response), "extension"));
        node_set_str(response, extension, "url", EXT_ASIDE);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            add_part(response, extension, parts[i], node_str(one, parts[i]));
    }
    doc_free(list);
}
