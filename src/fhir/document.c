#include "fhir/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "fhir/document_internal.h"

/* A block holds as many nodes as a text of this size is likely to need, within bounds. */
enum { TEXT_PER_NODE = 20, BLOCK_MIN = 12, BLOCK_MORE = 128, BLOCK_MAX = 2048 };

static void block_add(struct doc *doc, size_t n)
{
    struct node_block *block = mem_grow(NULL, 1, sizeof *block + n * sizeof *block->node);

    block->older = doc->block;
    doc->block = block;
    doc->spare = block->node;
    doc->spare_end = block->node + n;
}

struct doc *document_new(size_t text_size)
{
    struct doc *doc = mem_grow(NULL, 1, sizeof *doc + text_size);
    size_t n = text_size / TEXT_PER_NODE;

    memset(doc, 0, sizeof *doc);
    block_add(doc, n < BLOCK_MIN ? BLOCK_MIN : n > BLOCK_MAX ? BLOCK_MAX : n);
    return doc;
}

/* A new last child of parent (which may be NULL for a node that is placed later). */
struct node *document_node(struct doc *doc, struct node *parent, enum node_kind kind)
{
    struct node *node;

    if (doc->spare == doc->spare_end)
        block_add(doc, BLOCK_MORE);
    node = doc->spare++;
    *node = (struct node){.parent = parent, .kind = (uint8_t)kind};
    if (!parent)
        return node;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->count++;
    return node;
}

struct doc *document_of(const struct node *node)
{
    while (node->parent)
        node = node->parent;
    return (struct doc *)node_writable(node);
}

struct doc *doc_view(const struct node *object)
{
    struct doc *doc = mem_alloc(sizeof *doc);

    doc->root = *object;
    doc->root.next = doc->root.parent = NULL;
    doc->root.name = NULL;
    return doc;
}

void doc_free(struct doc *doc)
{
    if (!doc)
        return;
    while (doc->block) {
        struct node_block *older = doc->block->older;
        free(doc->block);
        doc->block = older;
    }
    arena_done(&doc->arena);
    free(doc);
}

struct node *doc_root(const struct doc *doc)
{
    return doc ? node_writable(&doc->root) : NULL;
}

const char *doc_type(const struct doc *doc)
{
    return node_str(doc_root(doc), "resourceType");
}

const char *doc_id(const struct doc *doc)
{
    return node_str(doc_root(doc), "id");
}

int64_t doc_rev(const struct doc *doc)
{
    return doc ? doc->rev : 0;
}

void doc_set_rev(struct doc *doc, int64_t rev)
{
    doc->rev = rev;
}

enum node_kind node_kind(const struct node *node)
{
    return node ? node->kind : NODE_NULL;
}

bool node_is(const struct node *node, enum node_kind kind)
{
    return node && node->kind == kind;
}

static bool is_container(const struct node *node)
{
    return node && node->kind >= NODE_ARRAY;
}

size_t node_count(const struct node *node)
{
    return is_container(node) ? node->count : 0;
}

struct node *document_get(const struct node *object, const char *name, size_t len)
{
    if (!node_is(object, NODE_OBJECT))
        return NULL;
    for (struct node *n = object->first; n; n = n->next)
        if (n->name_len == len && memcmp(n->name, name, len) == 0)
            return n;
    return NULL;
}

struct node *node_get(const struct node *object, const char *name)
{
    return document_get(object, name, strlen(name));
}

struct node *node_at(const struct node *array, size_t i)
{
    struct node *n;

    if (!node_is(array, NODE_ARRAY) || i >= array->count)
        return NULL;
    for (n = array->first; i > 0; i--)
        n = n->next;
    return n;
}

struct node *node_first(const struct node *container)
{
    return is_container(container) ? container->first : NULL;
}

struct node *node_next(const struct node *node)
{
    return node ? node->next : NULL;
}

struct node *node_parent(const struct node *node)
{
    return node ? node->parent : NULL;
}

const char *node_name(const struct node *node)
{
    return node && node->name ? node->name : "";
}

static unsigned hex_unit(const char *p)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++)
        value = value * 16 + (p[i] <= '9' ? (unsigned)p[i] - '0' : ((unsigned)p[i] | 0x20) - 'a' + 10);
    return value;
}

/* Decode the escape at p (a backslash) into out; *len is its size in the source. */
static size_t unescape_one(const char *p, size_t *len, char *out)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, p[1]);
    unsigned cp;

    *len = 2;
    if (p[1] != 'u') {
        *out = (char)(letter ? meant[letter - letters] : p[1]);
        return 1;
    }
    *len = 6;
    cp = hex_unit(p + 2);
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        *len = 12;
        cp = 0x10000 + ((cp - 0xD800) << 10) + (hex_unit(p + 8) - 0xDC00);
    }
    return utf8_encode(cp, out);
}

char *document_unescape(struct arena *arena, const char *text, size_t len, size_t *out_len)
{
    char *out = arena_alloc(arena, len + 1), *to = out;
    const char *p = text, *end = text + len;

    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t plain = slash ? (size_t)(slash - p) : (size_t)(end - p), taken;

        memcpy(to, p, plain);
        to += plain;
        p += plain;
        if (slash) {
            to += unescape_one(p, &taken, to);
            p += taken;
        }
    }
    *to = '\0';
    *out_len = (size_t)(to - out);
    return out;
}

const char *node_text(const struct node *node)
{
    struct arena *arena;
    size_t len;

    if (!node || node->kind >= NODE_ARRAY || node->kind == NODE_NULL)
        return NULL;
    if (!node->text) {
        arena = &document_of(node)->arena;
        node_writable(node)->text = node->kind == NODE_NUMBER
            ? arena_dup_n(arena, node->source, node->source_len)
            : document_unescape(arena, node->source + 1, node->source_len - 2, &len);
    }
    return node->text;
}

const char *node_str(const struct node *object, const char *name)
{
    const char *text = node_text(node_get(object, name));

    return text ? text : "";
}

bool node_bool(const struct node *object, const char *name)
{
    return node_is(node_get(object, name), NODE_TRUE);
}

/* One step of a path at *path, moved past: a name, then any [n]. */
static const struct node *path_step(const struct node *at, const char **path)
{
    size_t len = strcspn(*path, ".[");
    char *end;

    if (len > 0) {
        if (node_is(at, NODE_ARRAY))
            at = node_first(at);
        at = document_get(at, *path, len);
        *path += len;
    }
    while (**path == '[') {
        at = node_at(at, strtoul(*path + 1, &end, 10));
        *path = *end == ']' ? end + 1 : end;
    }
    if (**path == '.')
        ++*path;
    return at;
}

struct node *node_path(const struct node *from, const char *path)
{
    const struct node *at = from;

    while (at && *path)
        at = path_step(at, &path);
    return node_writable(at);
}

const char *node_path_str(const struct node *from, const char *path)
{
    const struct node *node = node_path(from, path);
    const char *text;

    if (node_is(node, NODE_ARRAY))
        node = node_first(node);
    text = node_text(node);
    return text ? text : "";
}
