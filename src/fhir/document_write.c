#include "fhir/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/document_internal.h"

enum { INDENT = 2, PLAIN_ZEROS = 20, FEW_CHILDREN = 32 };

static const char zeros[] = "00000000000000000000";

/* The bytes as they came: every NUL was a closing quote. */
static void write_source(struct buf *out, const struct node *node)
{
    size_t start = out->len;

    buf_add_n(out, node->source, node->source_len);
    for (char *p = out->data + start, *end = out->data + out->len; (p = memchr(p, '\0', (size_t)(end - p))); p++)
        *p = '"';
}

static void write_escape(struct buf *out, unsigned char c)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (const char *p = letters; *p; p += 2)
        if ((unsigned char)*p == c) {
            buf_char(out, '\\');
            buf_char(out, p[1]);
            return;
        }
    buf_printf(out, "\\u%04x", c);
}

void json_write_string(struct buf *out, const char *text)
{
    const char *from = text, *p;

    buf_char(out, '"');
    for (p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == '"' || *p == '\\') {
            buf_add_n(out, from, (size_t)(p - from));
            write_escape(out, (unsigned char)*p);
            from = p + 1;
        }
    buf_add_n(out, from, (size_t)(p - from));
    buf_char(out, '"');
}

static void write_scalar(struct buf *out, const struct node *node)
{
    if (node->source)
        write_source(out, node);
    else if (node->kind == NODE_STRING)
        json_write_string(out, node->text);
    else
        buf_add(out, node->kind == NODE_NULL ? "null" : node->text);
}

static void new_line(struct buf *out, int depth)
{
    buf_char(out, '\n');
    for (int i = 0; i < depth * INDENT; i++)
        buf_char(out, ' ');
}

/* depth < 0 writes everything on one line. */
static void write_node(struct buf *out, const struct node *node, int depth)
{
    bool object = node->kind == NODE_OBJECT, pretty = depth >= 0;

    if (node->kind < NODE_ARRAY || (node->source && !pretty)) {
        node->kind < NODE_ARRAY ? write_scalar(out, node) : write_source(out, node);
        return;
    }
    buf_char(out, object ? '{' : '[');
    for (const struct node *n = node->first; n; n = n->next) {
        if (n != node->first)
            buf_char(out, ',');
        if (pretty)
            new_line(out, depth + 1);
        if (object) {
            json_write_string(out, n->name);
            buf_add(out, pretty ? ": " : ":");
        }
        write_node(out, n, pretty ? depth + 1 : depth);
    }
    if (pretty && node->first)
        new_line(out, depth);
    buf_char(out, object ? '}' : ']');
}

void node_write(struct buf *out, const struct node *node)
{
    if (node)
        write_node(out, node, -1);
}

void node_write_pretty(struct buf *out, const struct node *node)
{
    if (node)
        write_node(out, node, 0);
}

char *doc_text(const struct doc *doc, size_t *len)
{
    struct buf out = {0};

    node_write(&out, &doc->root);
    if (len)
        *len = out.len;
    return buf_take(&out);
}

/* A number taken apart: its digits with no leading zeros, times ten to the exponent. A whole
 * number loses its trailing zeros, a fraction keeps them, so that 1.10 is not 1.1 while 1e3 is 1000. */
struct number { bool negative, odd; char *digits; size_t n; long exponent; };

static struct number number_split(const char *text, char *digits)
{
    struct number x = {.digits = digits};
    bool fraction = false;

    x.negative = *text == '-';
    for (text += x.negative; *text && *text != 'e' && *text != 'E'; text++) {
        fraction = fraction || *text == '.';
        if (*text == '.')
            continue;
        x.exponent -= fraction;
        if (*text != '0' || x.n > 0)
            x.digits[x.n++] = *text;
    }
    if (*text) {
        x.odd = strlen(text) > 12;      /* beyond any use: compared as it is written */
        x.exponent += x.odd ? 0 : strtol(text + 1, NULL, 10);
    }
    for (; x.exponent >= 0 && x.n > 0 && x.digits[x.n - 1] == '0'; x.n--)
        x.exponent++;
    if (x.n == 0 && x.exponent > 0)
        x.exponent = 0;
    return x;
}

/* Plainly, unless that would take many zeros. Equal numbers give equal bytes. */
static void write_split(struct buf *out, const struct number *x)
{
    const char *digits = x->n ? x->digits : "0";
    long n = x->n ? (long)x->n : 1, point = n + x->exponent;

    if (x->negative)
        buf_char(out, '-');
    if (x->exponent > PLAIN_ZEROS || point < -PLAIN_ZEROS) {
        buf_printf(out, "%.*se%ld", (int)n, digits, x->exponent);
    } else if (x->exponent >= 0) {
        buf_printf(out, "%.*s%.*s", (int)n, digits, (int)x->exponent, zeros);
    } else if (point > 0) {
        buf_printf(out, "%.*s.%.*s", (int)point, digits, (int)-x->exponent, digits + point);
    } else {
        buf_printf(out, "0.%.*s%.*s", (int)-point, zeros, (int)n, digits);
    }
}

static void write_number(struct buf *out, const char *text)
{
    char *digits = mem_alloc(strlen(text) + 1);
    struct number x = number_split(text, digits);

    if (x.odd)
        buf_add(out, text);
    else
        write_split(out, &x);
    free(digits);
}

static int by_member_name(const void *a, const void *b)
{
    return strcmp((*(const struct node *const *)a)->name, (*(const struct node *const *)b)->name);
}

/* The children of a container, members sorted; in room when they are few, else to be freed. */
static const struct node **children(const struct node *node, const struct node **room)
{
    const struct node **all = node->count <= FEW_CHILDREN ? room : mem_array(node->count, sizeof *all);
    bool sorted = node->kind == NODE_OBJECT && node->count <= FEW_CHILDREN;
    size_t n = 0, i;

    for (const struct node *m = node->first; m; m = m->next, n++) {
        for (i = n; sorted && i > 0 && strcmp(m->name, all[i - 1]->name) < 0; i--)
            all[i] = all[i - 1];
        all[sorted ? i : n] = m;
    }
    if (node->kind == NODE_OBJECT && !sorted)
        qsort(all, n, sizeof *all, by_member_name);
    return all;
}

static bool left_out(const char *const *without, const struct node *node)
{
    for (; without && *without; without++)
        if (strcmp(*without, node->name) == 0)
            return true;
    return false;
}

static void write_canonical(struct buf *out, const struct node *node, const char *const *without)
{
    bool object = node->kind == NODE_OBJECT, some = false;
    const struct node *room[FEW_CHILDREN], **all;

    if (node->kind < NODE_ARRAY) {
        if (node->kind == NODE_STRING)
            json_write_string(out, node_text(node));
        else if (node->kind == NODE_NUMBER)
            write_number(out, node_text(node));
        else
            write_scalar(out, node);
        return;
    }
    all = children(node, room);     /* fills node->count of them, which the analyser cannot know */
    buf_char(out, object ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (object && left_out(without, all[i]))    /* NOLINT(clang-analyzer-core.CallAndMessage): see above */
            continue;
        if (some)
            buf_char(out, ',');
        some = true;
        if (object) {
            json_write_string(out, all[i]->name);
            buf_char(out, ':');
        }
        write_canonical(out, all[i], NULL);    /* NOLINT(clang-analyzer-core.CallAndMessage): see above */
    }
    buf_char(out, object ? '}' : ']');
    if (all != room)
        free(all);
}

void node_canonical(struct buf *out, const struct node *node)
{
    if (node)
        write_canonical(out, node, NULL);
}

static bool number_equal(const char *a, const char *b)
{
    struct buf x = {0}, y = {0};
    bool equal;

    if (strcmp(a, b) == 0)
        return true;
    write_number(&x, a);
    write_number(&y, b);
    equal = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_done(&x);
    buf_done(&y);
    return equal;
}

static bool array_equal(const struct node *a, const struct node *b)
{
    for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
        if (!node_equal(a, b))
            return false;
    return a == b;
}

/* Same members; those in the same order are found without a search, which keeps large
 * objects linear unless their order differs. */
static bool object_equal(const struct node *a, const struct node *b)
{
    const struct node *m, *n = b->first;

    for (m = a->first; m; m = m->next) {
        const struct node *other = n && n->name_len == m->name_len && strcmp(n->name, m->name) == 0
            ? n : node_get(b, m->name);

        if (!other || !node_equal(m, other))
            return false;
        n = other->next;
    }
    return true;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->kind != b->kind)
        return false;
    switch (node_kind(a)) {
    case NODE_OBJECT:
        return a->count == b->count && object_equal(a, b);
    case NODE_ARRAY:
        return a->count == b->count && array_equal(a, b);
    case NODE_NUMBER:
        return number_equal(node_text(a), node_text(b));
    case NODE_STRING:
        return strcmp(node_text(a), node_text(b)) == 0;
    default:
        return true;
    }
}

/* What is left of a resource when the parts a server writes itself are taken away. A narrative that is not
 * generated may say what no member says (R4, narrative-status). */
static void write_content(struct buf *out, const struct node *root)
{
    bool is_generated = strcmp(node_path_str(root, "text.status"), "generated") == 0;
    const char *const outside[] = {"meta", is_generated ? "text" : NULL, NULL};
    static const char *const inside[] = {"versionId", "lastUpdated", "source", NULL};
    const struct node *meta = node_get(root, "meta");
    size_t start;

    write_canonical(out, root, outside);
    if (!node_is(meta, NODE_OBJECT))
        return;
    start = out->len;
    write_canonical(out, meta, inside);
    if (out->len == start + 2) {        /* nothing but {} */
        out->len = start;
        out->data[start] = '\0';
    }
}

bool doc_equal_content(const struct doc *a, const struct doc *b)
{
    struct buf x = {0}, y = {0};
    bool equal;

    write_content(&x, &a->root);
    write_content(&y, &b->root);
    equal = x.len == y.len && strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_done(&x);
    buf_done(&y);
    return equal;
}
