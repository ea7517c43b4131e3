#include "desk/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/store.h"

/* The extension with this url, bare of any value, made when there is none. */
static struct node *extension_bare(struct doc *doc, struct node *element, const char *url)
{
    struct node *extension = extension_find(element, url), *member, *next;

    if (!extension) {
        extension = node_add_object(doc, node_set_array(doc, element, "extension"));
        node_set_str(doc, extension, "url", url);
        return extension;
    }
    for (member = node_first(extension); member; member = next) {
        next = node_next(member);
        if (strncmp(node_name(member), "value", 5) == 0)
            node_remove(doc, member);
    }
    return extension;
}

static void extension_drop(struct doc *doc, struct node *element, const char *url)
{
    struct node *extension = extension_find(element, url);

    if (!extension)
        return;
    node_remove(doc, extension);
    if (node_count(node_get(element, "extension")) == 0)
        node_remove_name(doc, element, "extension");
}

void edit_extension(struct doc *doc, struct node *element, const char *url, const char *type, const char *value)
{
    if (value && *value)
        node_set_str(doc, extension_bare(doc, element, url), type, value);
    else
        extension_drop(doc, element, url);
}

void edit_extension_int(struct doc *doc, struct node *element, const char *url, int64_t value)
{
    node_set_int(doc, extension_bare(doc, element, url), "valueInteger", value);
}

void edit_extension_bool(struct doc *doc, struct node *element, const char *url, bool value)
{
    node_set_bool(doc, extension_bare(doc, element, url), "valueBoolean", value);
}

int64_t edit_extension_get_int(const struct node *element, const char *url)
{
    const char *digits = node_text(extension_value(element, url));

    return digits ? strtoll(digits, NULL, 10) : 0;
}

void edit_text_concept(struct doc *doc, struct node *object, const char *name, const char *words)
{
    if (words && *words)
        node_set_str(doc, node_set_object(doc, object, name), "text", words);
    else
        node_remove_name(doc, object, name);
}

void edit_note(struct doc *doc, const struct grant *grant, const char *text)
{
    struct node *note;
    char now[CLOCK_TEXT];

    if (!text || !*text)
        return;
    note = node_add_object(doc, node_set_array(doc, doc_root(doc), "note"));
    reference_set(doc, note, "authorReference", "Practitioner", grant->staff);
    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, note, "time", now);
    node_set_str(doc, note, "text", text);
}

enum rc edit_resource(struct store *st, const struct grant *grant, const char *type, const char *id,
                      enum rc (*change)(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err),
                      const void *ctx, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = store_get(st, type, id, &doc, err)) != RC_OK ||
        (rc = change(doc, grant, ctx, err)) != RC_OK)
        goto out;
    rc = store_put(st, grant, doc, err);
out:
    doc_free(doc);
    return store_end(st, rc, err);
}

enum rc edit_put_new(struct store *st, const struct grant *grant, struct doc *doc, char **id, struct err *err)
{
    enum rc rc = store_put(st, grant, doc, err);

    if (rc == RC_OK && id)
        *id = mem_dup(doc_id(doc));
    doc_free(doc);
    return rc;
}
