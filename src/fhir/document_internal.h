/* document_internal.h - the shape of a document, for document_*.c alone, and for fhirpath/walk.c, where
 * every call on the way down would be felt.
 *
 * The text of a document is kept once. While it is read, the closing quote of every string is
 * overwritten with NUL, so that names and plain strings are C strings where they lie; as NUL
 * itself is refused in input, writing a span back turns each NUL into a quote again. Only
 * numbers and strings with escapes are copied out, the first time somebody asks for them. */
#ifndef FRONTDESK_DOCUMENT_INTERNAL_H
#define FRONTDESK_DOCUMENT_INTERNAL_H

#include "base/mem.h"
#include "fhir/document.h"

struct node {
    struct node *next;      /* in the same container, in order */
    struct node *parent;    /* NULL for the root; kept when the node is removed */
    union {
        struct node *first; /* arrays and objects */
        const char *text;   /* the rest; NULL until asked for where it needs decoding */
    };
    struct node *last;
    const char *name;       /* decoded; NULL in arrays */
    const char *source;     /* its bytes in the text, NULL once it or a part of it was changed */
    uint32_t source_len;
    uint32_t count;         /* members or elements */
    uint32_t name_len;
    uint8_t kind;
    uint8_t mark;           /* what FHIRPath noted about this primitive; 0 nothing yet */
};

struct node_block {
    struct node_block *older;
    struct node node[];
};

struct doc {
    struct node root;       /* first, so that the root of any node leads back to its document */
    struct node_block *block;
    struct node *spare, *spare_end;     /* unused nodes of the newest block */
    struct arena arena;
    int64_t rev;
    char text[];
};

struct doc *document_new(size_t text_size);
struct node *document_node(struct doc *doc, struct node *parent, enum node_kind kind);
struct doc *document_of(const struct node *node);
struct node *document_get(const struct node *object, const char *name, size_t len);

/* A node the caller was lent as const, for the functions that hand out writable ones. */
static inline struct node *node_writable(const struct node *node)
{
    return (struct node *)(uintptr_t)node;
}

/* Length of the valid UTF-8 sequence at text (at least one more byte than it may need is
 * readable), or 0 when it is none. */
size_t document_utf8(const char *text);
/* The end of a JSON number at text, or NULL when there is none. */
const char *document_number_end(const char *text);
/* Decode the inside of a JSON string that was found to be well formed. */
char *document_unescape(struct arena *arena, const char *text, size_t len, size_t *out_len);

#endif
