#include "sync/alias.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/element.h"
#include "store/alias.h"
#include "sync/central.h"

#define TAG_SYSTEM "https://frontdesk.invalid/fhir/local-id"

static bool is_any(struct central *c)
{
    if (c->aliases == ALIASES_UNKNOWN)
        c->aliases = alias_is_any(c->st) ? ALIASES_SOME : ALIASES_NONE;
    return c->aliases == ALIASES_SOME;
}

bool alias_has(struct central *c, const char *type, const char *id)
{
    char *server_id = is_any(c) ? alias_server_id(c->st, type, id) : NULL;
    bool has = server_id != NULL;

    free(server_id);
    return has;
}

char *alias_path(struct central *c, const char *type, const char *id)
{
    char *server_id = is_any(c) ? alias_server_id(c->st, type, id) : NULL;
    char *path = mem_printf("%s/%s", type, server_id ? server_id : id);

    free(server_id);
    return path;
}

char *alias_condition(const struct outbox_row *row)
{
    return mem_printf("_tag=" TAG_SYSTEM "%%7C%s", row->id);
}

/* ---- references ---- */

typedef char *translate_fn(struct store *st, const char *type, const char *id);

struct translation { struct central *c; struct doc *doc; translate_fn *other; bool is_changed; };

/* Relative ones alone: what names a server of its own is that server's affair. */
static void translate_reference(struct translation *t, struct node *holder)
{
    char type[64], id[80];
    const char *text = node_str(holder, "reference"), *version = strstr(text, "/_history/");

    if (strstr(text, "://") || !reference_text_split(text, type, sizeof type, id, sizeof id))
        return;
    char *other = t->other(t->c->st, type, id);
    if (other) {
        char *whole = mem_printf("%s/%s%s", type, other, version ? version : "");
        node_set_str(t->doc, holder, "reference", whole);
        free(whole);
        t->is_changed = true;
    }
    free(other);
}

static void translate(struct translation *t, struct node *node)
{
    if (node_is(node, NODE_OBJECT) && node_is(node_get(node, "reference"), NODE_STRING))
        translate_reference(t, node);
    for (struct node *n = node_first(node); n; n = node_next(n))
        if (node_is(n, NODE_OBJECT) || node_is(n, NODE_ARRAY))
            translate(t, n);
}

static void translate_id(struct translation *t)
{
    char *other = t->other(t->c->st, doc_type(t->doc), doc_id(t->doc));

    if (other)
        node_set_str(t->doc, doc_root(t->doc), "id", other);
    t->is_changed = t->is_changed || other;
    free(other);
}

/* ---- the tag ---- */

static struct node *find_tag(const struct doc *doc)
{
    for (struct node *t = node_first(node_path(doc_root(doc), "meta.tag")); t; t = node_next(t))
        if (strcmp(node_str(t, "system"), TAG_SYSTEM) == 0)
            return t;
    return NULL;
}

static void add_tag(struct doc *doc, const char *id)
{
    struct node *tags = node_set_array(doc, node_set_object(doc, doc_root(doc), "meta"), "tag");
    struct node *tag = node_add_object(doc, tags);

    node_set_str(doc, tag, "system", TAG_SYSTEM);
    node_set_str(doc, tag, "code", id);
}

static void remove_tag(struct doc *doc)
{
    struct node *tag = find_tag(doc), *tags = tag ? node_parent(tag) : NULL, *meta = tags ? node_parent(tags) : NULL;

    if (!tag)
        return;
    node_remove(doc, tag);
    if (node_count(tags) == 0)
        node_remove(doc, tags);
    if (node_count(meta) == 0)
        node_remove(doc, meta);
}

/* ---- there and back ---- */

static struct doc *parsed(const char *body)
{
    struct doc *doc = NULL;

    if (doc_parse(body, strlen(body), &doc, NULL) != RC_OK)
        mem_fatal("a frozen document that does not read");
    return doc;
}

static char *written(struct doc *doc)
{
    char *text = doc_text(doc, NULL);

    doc_free(doc);
    return text;
}

char *alias_out(struct central *c, const char *body)
{
    if (!is_any(c))
        return NULL;
    struct translation t = { .c = c, .doc = parsed(body), .other = alias_server_id };
    char *id = mem_dup(doc_id(t.doc));
    translate_id(&t);
    if (t.is_changed)
        add_tag(t.doc, id);
    free(id);
    translate(&t, doc_root(t.doc));
    if (t.is_changed)
        return written(t.doc);
    doc_free(t.doc);
    return NULL;
}

char *alias_out_new(struct central *c, const struct outbox_row *row)
{
    struct translation t = { .c = c, .doc = parsed(row->body), .other = alias_server_id };

    node_remove_name(t.doc, doc_root(t.doc), "id");
    add_tag(t.doc, row->id);
    if (is_any(c))
        translate(&t, doc_root(t.doc));
    return written(t.doc);
}

void alias_in(struct central *c, struct doc *said)
{
    if (!said || !is_any(c))
        return;
    struct translation t = { .c = c, .doc = said, .other = alias_local_id };
    translate_id(&t);
    if (t.is_changed)
        remove_tag(said);
    translate(&t, doc_root(said));
}

struct doc *alias_view(struct central *c, const struct node *resource)
{
    struct buf text = { 0 };
    struct doc *doc = NULL;

    if (!is_any(c))
        return doc_view(resource);
    node_write(&text, resource);
    if (doc_parse(buf_text(&text), text.len, &doc, NULL) != RC_OK)
        mem_fatal("a resource that was read does not read again");
    buf_done(&text);
    alias_in(c, doc);
    return doc;
}

void alias_id_in(struct central *c, const char *type, char *id, size_t size)
{
    char *local = is_any(c) ? alias_local_id(c->st, type, id) : NULL;

    if (local)
        snprintf(id, size, "%s", local);
    free(local);
}

enum rc alias_learn(struct central *c, const struct outbox_row *row, const char *location, const struct doc *said,
                    struct err *err)
{
    char type[64], id[80];

    if (said && strcmp(doc_type(said), row->type) == 0 && *doc_id(said))
        snprintf(id, sizeof id, "%s", doc_id(said));
    else if (!reference_text_split(location, type, sizeof type, id, sizeof id) || strcmp(type, row->type) != 0)
        return RC_OK;           /* not told: the next try finds it by its condition */
    c->aliases = ALIASES_SOME;
    return alias_set(c->st, row->type, row->id, id, err);
}
