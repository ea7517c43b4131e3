#include "fhir/document.h"

#include <ctype.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "fhir/document_internal.h"

/* Objects with more members than this are checked for duplicate names by sorting, the others
 * by comparing: a 64-bit mask of lengths and letters rules nearly all of them out. */
enum { FEW_MEMBERS = 32, TEXT_PAD = 16, TEXT_MAX = 1 << 30 };

struct reader {
    struct doc *doc;
    const char *begin, *end;
    const char *at;                 /* where reading stopped, for the error */
    const char *why;
    size_t depth;
    uint64_t seen[DOC_DEPTH + 1];   /* per open object: which names may have occurred */
};

static const char *fail(struct reader *r, const char *at, const char *why)
{
    r->at = at;
    r->why = why;
    return NULL;
}

static inline const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
        p++;
    return p;
}

size_t document_utf8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if ((p[0] & 0xF0) == 0xE0) {
        unsigned low = p[0] == 0xE0 ? 0xA0 : 0x80, high = p[0] == 0xED ? 0x9F : 0xBF;
        return p[1] >= low && p[1] <= high && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        unsigned low = p[0] == 0xF0 ? 0x90 : 0x80, high = p[0] == 0xF4 ? 0x8F : 0xBF;
        return p[1] >= low && p[1] <= high && (p[2] & 0xC0) == 0x80 && (p[3] & 0xC0) == 0x80 ? 4 : 0;
    }
    return 0;
}

/* Bytes from p on that are plain: not a quote, a backslash, a control or part of UTF-8.
 * Eight at a time; the lowest flagged byte is always a true hit. */
static inline const char *skip_plain(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;

    for (;; p += 8) {
        uint64_t w, quote, slash, stop;

        memcpy(&w, p, 8);
        w = le64toh(w);
        quote = w ^ ones * '"';
        slash = w ^ ones * '\\';
        stop = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | (w - ones * 0x20) | w;
        if (stop & high)
            return p + __builtin_ctzll(stop & high) / 8;
    }
}

static int hex4(const char *p)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        int c = (unsigned char)p[i];
        if (!isxdigit(c))
            return -1;
        value = value * 16 + (isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* p is at a backslash; returns what follows the escape, both halves of a surrogate pair. */
static const char *read_escape(struct reader *r, const char *p)
{
    int unit, low;

    if (p[1] && strchr("\"\\/bfnrt", p[1]))
        return p + 2;
    if (p[1] != 'u' || (unit = hex4(p + 2)) < 0)
        return fail(r, p, "this escape does not exist");
    if (unit == 0)
        return fail(r, p, "text may not hold the NUL character");
    if (unit < 0xD800 || unit > 0xDFFF)
        return p + 6;
    low = p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : -1;
    if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
        return fail(r, p, "this half of a surrogate pair stands alone");
    return p + 12;
}

/* p is after the opening quote. Returns the closing quote; *escaped says whether to decode. */
static const char *read_string(struct reader *r, const char *p, bool *escaped)
{
    size_t n;

    *escaped = false;
    for (;;) {
        p = skip_plain(p);
        if (*p == '"')
            return p;
        if (*p == '\\') {
            *escaped = true;
            if (!(p = read_escape(r, p)))
                return NULL;
        } else if ((unsigned char)*p < 0x20) {
            return fail(r, p, p == r->end ? "the text ends inside a string" : "a control character stands inside a string");
        } else if ((n = document_utf8(p)) > 0) {
            p += n;
        } else {
            return fail(r, p, "this is not UTF-8");
        }
    }
}

static inline const char *skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

const char *document_number_end(const char *p)
{
    const char *digits;

    p += *p == '-';
    digits = p;
    p = skip_digits(p);
    if (p == digits || (*digits == '0' && p > digits + 1))
        return NULL;
    if (*p == '.') {
        digits = p + 1;
        if ((p = skip_digits(digits)) == digits)
            return NULL;
    }
    if (*p == 'e' || *p == 'E') {
        digits = p + 1 + (p[1] == '+' || p[1] == '-');
        if ((p = skip_digits(digits)) == digits)
            return NULL;
    }
    return p;
}

static const char *read_text(struct reader *r, struct node *node, const char *p)
{
    bool escaped;
    const char *close = read_string(r, p + 1, &escaped);

    if (!close)
        return NULL;
    node->kind = NODE_STRING;
    node->text = escaped ? NULL : p + 1;
    r->doc->text[close - r->begin] = '\0';
    return close + 1;
}

static const char *read_word(struct reader *r, struct node *node, const char *p)
{
    static const struct { const char *word; size_t len; enum node_kind kind; } words[] = {
        {"true", 4, NODE_TRUE}, {"false", 5, NODE_FALSE}, {"null", 4, NODE_NULL},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(p, words[i].word, words[i].len) == 0) {
            node->kind = (uint8_t)words[i].kind;
            node->text = words[i].kind == NODE_NULL ? NULL : words[i].word;
            return p + words[i].len;
        }
    return fail(r, p, p == r->end ? "the text ends where a value should stand" : "no value starts like this");
}

static const char *read_scalar(struct reader *r, struct node *node, const char *p)
{
    const char *end;

    if (*p == '"') {
        end = read_text(r, node, p);
    } else if (*p == '-' || (*p >= '0' && *p <= '9')) {
        node->kind = NODE_NUMBER;
        if (!(end = document_number_end(p)))
            return fail(r, p, "this number is not written as JSON wants it");
    } else {
        end = read_word(r, node, p);
    }
    node->source = p;
    node->source_len = end ? (uint32_t)(end - p) : 0;
    return end;
}

static bool same_name(const struct node *a, const struct node *b)
{
    return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

/* Whether the newest member of an object repeats a name, as long as there are few. */
static bool repeats_name(struct reader *r, const struct node *object, const struct node *member)
{
    const char *name = member->name;
    size_t len = member->name_len;
    uint64_t bit = 1ull << ((len * 7 + (unsigned char)name[0] * 5u + (len ? (unsigned char)name[len - 1] * 3u : 0) + (unsigned char)name[len / 2]) & 63);

    if (object->count > FEW_MEMBERS)
        return false;
    if (r->seen[r->depth] & bit)
        for (const struct node *n = object->first; n != member; n = n->next)
            if (same_name(n, member))
                return true;
    r->seen[r->depth] |= bit;
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;

    if (x->name_len != y->name_len)
        return x->name_len < y->name_len ? -1 : 1;
    return memcmp(x->name, y->name, x->name_len);
}

/* Sorting, not hashing: a hostile file cannot make it slow. */
static const struct node *find_repeated(const struct node *object)
{
    const struct node **all, *repeated = NULL;
    size_t n = 0;

    if (object->count <= FEW_MEMBERS)
        return NULL;
    all = mem_array(object->count, sizeof *all);
    for (const struct node *m = object->first; m; m = m->next)
        all[n++] = m;
    qsort(all, n, sizeof *all, by_name);
    for (size_t i = 1; i < n && !repeated; i++)
        if (same_name(all[i - 1], all[i]))
            repeated = all[i];
    free(all);
    return repeated;
}

/* Read `"name":` for a member just made. */
static const char *read_name(struct reader *r, struct node *member, const char *p)
{
    const char *start = p + 1, *close;
    bool escaped;
    size_t len;

    if (*p != '"')
        return fail(r, p, p == r->end ? "the text ends inside an object" : "a member name in quotes should stand here");
    if (!(close = read_string(r, start, &escaped)))
        return NULL;
    len = (size_t)(close - start);
    member->name = escaped ? document_unescape(&r->doc->arena, start, len, &len) : start;
    member->name_len = (uint32_t)len;
    r->doc->text[close - r->begin] = '\0';
    if (repeats_name(r, member->parent, member))
        return fail(r, p, "this member name occurs twice in one object");
    p = skip_space(close + 1);
    if (*p != ':')
        return fail(r, p, "a colon should stand here");
    return skip_space(p + 1);
}

/* Make the next child of container and read up to its value. */
static const char *read_child(struct reader *r, struct node *container, struct node **child, const char *p)
{
    *child = document_node(r->doc, container, NODE_NULL);
    return container->kind == NODE_OBJECT ? read_name(r, *child, p) : p;
}

static const char *close_container(struct reader *r, struct node *container, const char *p)
{
    const struct node *repeated = container->kind == NODE_OBJECT ? find_repeated(container) : NULL;

    if (repeated)
        return fail(r, repeated->source, "this member name occurs twice in one object");
    container->source_len = (uint32_t)(p + 1 - container->source);
    r->depth--;
    return p + 1;
}

static const char *open_container(struct reader *r, struct node *node, const char *p)
{
    if (r->depth == DOC_DEPTH)
        return fail(r, p, "arrays and objects are nested too deeply");
    node->kind = *p == '{' ? NODE_OBJECT : NODE_ARRAY;
    node->source = p;
    r->seen[++r->depth] = 0;
    return skip_space(p + 1);
}

static inline char closer(const struct node *container)
{
    return container->kind == NODE_OBJECT ? '}' : ']';
}

/* After a value: close what closes, and stand before the next value of *node, or NULL *node
 * when the root is complete. */
static const char *read_after(struct reader *r, struct node **node, const char *p)
{
    for (;;) {
        struct node *container = (*node)->parent;

        if (!container) {
            *node = NULL;
            return p;
        }
        p = skip_space(p);
        if (*p == ',')
            return read_child(r, container, node, skip_space(p + 1));
        if (*p != closer(container))
            return fail(r, p, p == r->end ? "the text ends inside an array or object" : "a comma or the end of this array or object should stand here");
        if (!(p = close_container(r, container, p)))
            return NULL;
        *node = container;
    }
}

static const char *read_document(struct reader *r)
{
    struct node *node = &r->doc->root;
    const char *p = skip_space(r->begin);

    while (p && node) {
        if (*p != '{' && *p != '[') {
            p = read_scalar(r, node, p);
        } else if ((p = open_container(r, node, p)) && *p != closer(node)) {
            p = read_child(r, node, &node, p);
            continue;
        } else if (p) {
            p = close_container(r, node, p);
        }
        if (p)
            p = read_after(r, &node, p);
    }
    if (p && (p = skip_space(p)) != r->end)
        return fail(r, p, "something follows the end of the document");
    return p;
}

static enum rc report(const struct reader *r, struct err *err)
{
    size_t line = 1, column = 1;

    for (const char *p = r->begin; p < r->at; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if ((*p & 0xC0) != 0x80) {
            column++;
        }
    }
    return err_set(err, RC_INVALID, "line %zu, column %zu: %s", line, column, r->why);
}

enum rc doc_parse(const char *text, size_t len, struct doc **out, struct err *err)
{
    struct reader r;
    enum rc rc = RC_OK;

    *out = NULL;
    if (len > TEXT_MAX)
        return err_set(err, RC_INVALID, "the document is larger than a gigabyte");
    r.doc = document_new(len + TEXT_PAD);
    r.begin = r.doc->text;
    r.end = r.begin + len;
    r.depth = 0;
    memcpy(r.doc->text, text, len);
    memset(r.doc->text + len, 0, TEXT_PAD);
    if (read_document(&r)) {
        *out = r.doc;
    } else {
        rc = report(&r, err);
        doc_free(r.doc);
    }
    return rc;
}
