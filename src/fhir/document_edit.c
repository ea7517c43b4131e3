#include "fhir/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/document_internal.h"

enum { PATH_STEPS = 64 };

/* Forget the source of a node and all it is part of: they are written anew from now on. */
static void touch(struct node *node)
{
    for (; node && node->source; node = node->parent)
        node->source = NULL;
}

struct doc *doc_new(const char *resource_type)
{
    struct doc *doc = document_new(0);

    doc->root.kind = NODE_OBJECT;
    node_set_str(doc, &doc->root, "resourceType", resource_type);
    return doc;
}

/* A document that was built or read can always be read. */
struct doc *doc_copy(const struct doc *doc)
{
    struct doc *copy;
    struct err err;
    size_t len;
    char *text = doc_text(doc, &len);

    if (doc_parse(text, len, &copy, &err) != RC_OK)
        mem_fatal(err.text);
    free(text);
    copy->rev = doc->rev;
    return copy;
}

/* Text that goes into a document, owned by it; what is not UTF-8 becomes U+FFFD, since a
 * document that cannot be read again would be lost. */
static const char *keep_text(struct doc *doc, const char *text)
{
    char *out = arena_alloc(&doc->arena, 3 * strlen(text) + 1), *to = out;

    while (*text) {
        size_t n = document_utf8(text);

        memcpy(to, n ? text : "\xEF\xBF\xBD", n ? n : 3);
        to += n ? n : 3;
        text += n ? n : 1;
    }
    *to = '\0';
    return out;
}

static void node_clear(struct node *node, enum node_kind kind)
{
    touch(node);
    node->source = NULL;
    node->first = node->last = NULL;
    node->count = 0;
    node->kind = (uint8_t)kind;
    node->mark = 0;
}

/* The member to be set: the one there, or a new last one; NULL when object is none. */
static struct node *member(struct doc *doc, struct node *object, const char *name)
{
    struct node *node = node_get(object, name);

    if (node || !node_is(object, NODE_OBJECT))
        return node;
    touch(object);
    node = document_node(doc, object, NODE_NULL);
    node->name = keep_text(doc, name);
    node->name_len = (uint32_t)strlen(node->name);
    return node;
}

static struct node *element(struct doc *doc, struct node *array, enum node_kind kind)
{
    if (!node_is(array, NODE_ARRAY))
        return NULL;
    touch(array);
    return document_node(doc, array, kind);
}

static void set_scalar(struct node *node, enum node_kind kind, const char *kept)
{
    if (!node)
        return;
    node_clear(node, kind);
    node->text = kept;
}

static struct node *set_container(struct doc *doc, struct node *object, const char *name, enum node_kind kind)
{
    struct node *node = member(doc, object, name);

    if (node && node->kind != kind)
        node_clear(node, kind);
    return node;
}

struct node *node_set_object(struct doc *doc, struct node *object, const char *name)
{
    return set_container(doc, object, name, NODE_OBJECT);
}

struct node *node_set_array(struct doc *doc, struct node *object, const char *name)
{
    return set_container(doc, object, name, NODE_ARRAY);
}

void node_set_str(struct doc *doc, struct node *object, const char *name, const char *value)
{
    struct node *old = node_get(object, name);

    if (!value || !*value)
        node_remove(doc, old);
    else if (!node_is(old, NODE_STRING) || strcmp(node_text(old), value) != 0)
        set_scalar(member(doc, object, name), NODE_STRING, keep_text(doc, value));
}

void node_set_bool(struct doc *doc, struct node *object, const char *name, bool value)
{
    enum node_kind kind = value ? NODE_TRUE : NODE_FALSE;

    if (!node_is(node_get(object, name), kind))
        set_scalar(member(doc, object, name), kind, value ? "true" : "false");
}

bool node_set_number(struct doc *doc, struct node *object, const char *name, const char *digits)
{
    struct node *old = node_get(object, name);
    const char *end = document_number_end(digits);

    if (!end || *end)
        return false;
    if (!node_is(old, NODE_NUMBER) || strcmp(node_text(old), digits) != 0)
        set_scalar(member(doc, object, name), NODE_NUMBER, keep_text(doc, digits));
    return true;
}

void node_set_int(struct doc *doc, struct node *object, const char *name, int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, value);
    node_set_number(doc, object, name, digits);
}

static void copy_children(struct doc *doc, struct node *to, const struct node *from);

/* Make node hold what value holds; value may lie in any document, but not above node. */
static void copy_into(struct doc *doc, struct node *node, const struct node *value)
{
    node->kind = value->kind;
    if (value->kind >= NODE_ARRAY) {
        copy_children(doc, node, value);
        return;
    }
    node->text = node_text(value);
    if (node->text && value->kind >= NODE_NUMBER)
        node->text = arena_dup_n(&doc->arena, node->text, strlen(node->text));
}

static void copy_children(struct doc *doc, struct node *to, const struct node *from)
{
    for (const struct node *n = from->first; n; n = n->next) {
        struct node *child = document_node(doc, to, NODE_NULL);

        if (n->name) {
            child->name = arena_dup_n(&doc->arena, n->name, n->name_len);
            child->name_len = n->name_len;
        }
        copy_into(doc, child, n);
    }
}

/* A copy that is in no container yet, so that a value may be copied onto its own parent. */
static struct node *copy_apart(struct doc *doc, const struct node *value)
{
    struct node *node = document_node(doc, NULL, NODE_NULL);

    copy_into(doc, node, value);
    return node;
}

/* Put what apart holds into place. */
static void adopt(struct node *place, const struct node *apart)
{
    node_clear(place, node_kind(apart));
    place->first = apart->first;
    place->last = apart->last;
    place->count = apart->count;
    if (apart->kind < NODE_ARRAY)
        return;
    for (struct node *n = place->first; n; n = n->next)
        n->parent = place;
}

void node_set_copy(struct doc *doc, struct node *object, const char *name, const struct node *value)
{
    struct node *apart, *old = node_get(object, name);

    if (!node_is(object, NODE_OBJECT) || (old && value == old))
        return;
    if (!value) {
        node_remove(doc, old);
        return;
    }
    apart = copy_apart(doc, value);
    adopt(member(doc, object, name), apart);
}

struct node *node_add_object(struct doc *doc, struct node *array)
{
    return element(doc, array, NODE_OBJECT);
}

void node_add_str(struct doc *doc, struct node *array, const char *value)
{
    struct node *node = element(doc, array, NODE_STRING);

    if (node)
        node->text = keep_text(doc, value);
}

struct node *node_add_copy(struct doc *doc, struct node *array, const struct node *value)
{
    struct node *apart, *node;

    if (!node_is(array, NODE_ARRAY) || !value)
        return NULL;
    apart = copy_apart(doc, value);
    node = element(doc, array, NODE_NULL);
    adopt(node, apart);
    return node;
}

void node_remove(struct doc *doc, struct node *node)
{
    struct node *parent = node ? node->parent : NULL, *before = NULL;

    (void)doc;
    if (!parent)
        return;
    for (struct node *n = parent->first; n && n != node; n = n->next)
        before = n;
    if (before ? before->next != node : parent->first != node)
        return;                                         /* removed before */
    touch(parent);
    *(before ? &before->next : &parent->first) = node->next;
    if (parent->last == node)
        parent->last = before;
    parent->count--;
    node->next = NULL;
}

void node_remove_name(struct doc *doc, struct node *object, const char *name)
{
    node_remove(doc, node_get(object, name));
}

/* One step of a path: a member name (len > 0) or an index. */
struct step { const char *name; size_t len, index; };

/* Take a path apart; 0 when it is not one or too long. */
static size_t path_split(const char *path, struct step *step)
{
    size_t n = 0;

    while (*path && n < PATH_STEPS) {
        char *end;

        if (*path == '[') {
            step[n++] = (struct step){.index = strtoul(path + 1, &end, 10)};
            if (end == path + 1 || *end != ']')
                return 0;
            path = end + 1;
        } else {
            step[n] = (struct step){.name = path, .len = strcspn(path, ".[")};
            path += step[n].len;
            if (step[n++].len == 0)
                return 0;
        }
        if (*path == '.' && !*++path)
            return 0;
    }
    return *path ? 0 : n;
}

/* Whether every index of the path names an element that is there or the next to come. */
static bool path_fits(const struct node *at, const struct step *step, size_t n)
{
    for (size_t i = 0; i < n; i++, step++) {
        if (step->len == 0) {
            if (step->index > (node_is(at, NODE_ARRAY) ? at->count : 0))
                return false;
            at = node_at(at, step->index);
        } else {
            at = document_get(node_is(at, NODE_ARRAY) ? at->first : at, step->name, step->len);
        }
    }
    return true;
}

/* Step down one step of a path that fits, making what is not there. */
static struct node *path_make(struct doc *doc, struct node *at, const struct step *step)
{
    struct node *child;
    char *name;

    if (step->len == 0) {
        if (at->kind != NODE_ARRAY)
            node_clear(at, NODE_ARRAY);
        child = node_at(at, step->index);
        return child ? child : element(doc, at, NODE_NULL);
    }
    if (at->kind == NODE_ARRAY)
        at = at->first ? at->first : element(doc, at, NODE_OBJECT);
    if (at->kind != NODE_OBJECT)
        node_clear(at, NODE_OBJECT);
    name = mem_dup_n(step->name, step->len);
    child = member(doc, at, name);
    free(name);
    return child;
}

/* Remove a node, and every container that this empties: FHIR has no empty ones. */
static void prune(struct doc *doc, struct node *node)
{
    while (node && node->parent) {
        struct node *parent = node->parent;

        node_remove(doc, node);
        node = parent->count == 0 ? parent : NULL;
    }
}

static size_t depth_of(const struct node *node)
{
    size_t deepest = 0;

    for (const struct node *n = node_first(node); n; n = n->next) {
        size_t depth = depth_of(n);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + (node->kind >= NODE_ARRAY);
}

enum rc doc_set_node(struct doc *doc, const char *path, const struct node *value, struct err *err)
{
    struct step step[PATH_STEPS];
    size_t n = path_split(path, step);
    struct node *at = &doc->root, *apart;

    if (n == 0)
        return err_set(err, RC_INVALID, "this is not a path to an element");
    if (!value || value->kind == NODE_NULL) {
        prune(doc, node_path(at, path));
        return RC_OK;
    }
    if (!path_fits(at, step, n))
        return err_set(err, RC_INVALID, "an index of the path skips elements that do not exist");
    if (2 * n + depth_of(value) > DOC_DEPTH)
        return err_set(err, RC_INVALID, "the value would be nested too deeply");
    apart = copy_apart(doc, value);
    for (size_t i = 0; i < n; i++)
        at = path_make(doc, at, &step[i]);
    adopt(at, apart);
    return RC_OK;
}

bool doc_set(struct doc *doc, const char *path, const char *value)
{
    struct node *old = node_path(&doc->root, path);
    struct node text = {.kind = NODE_STRING};

    if (!value || !*value) {
        prune(doc, old);
        return true;
    }
    if (node_is(old, NODE_STRING) && strcmp(node_text(old), value) == 0)
        return true;
    text.text = keep_text(doc, value);
    return doc_set_node(doc, path, &text, NULL) == RC_OK;
}
