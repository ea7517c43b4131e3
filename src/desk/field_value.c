#include "desk/field_value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/element.h"
#include "store/store.h"

enum { DEEPEST = 6 };           /* below that nobody reads a line */

static void write_value(struct buf *out, struct store *st, const struct node *value, int depth);

char *reference_name(struct store *st, const char *type, const char *id)
{
    struct doc *doc = NULL;
    struct buf name = { 0 };
    const struct node *root;

    if (!st || store_get(st, type, id, &doc, NULL) != RC_OK)
        return NULL;
    root = doc_root(doc);
    if (strcmp(type, "Patient") == 0 || strcmp(type, "Practitioner") == 0 || strcmp(type, "RelatedPerson") == 0)
        name_family_first(&name, name_official(root));
    else
        buf_add(&name, *node_str(root, "title") ? node_str(root, "title") : node_str(root, "name"));
    doc_free(doc);
    return name.len ? buf_take(&name) : NULL;
}

static void reference_words(struct buf *out, struct store *st, const struct node *reference)
{
    char type[64], id[80], *name = NULL;

    if (*node_str(reference, "display")) {
        buf_add(out, node_str(reference, "display"));
        return;
    }
    if (reference_split(reference, type, sizeof type, id, sizeof id))
        name = reference_name(st, type, id);
    buf_add(out, name ? name : node_str(reference, "reference"));
    free(name);
}

/* "birthDate" reads "birth date". */
static void member_words(struct buf *out, const char *name)
{
    for (const char *c = name + (*name == '_'); *c; c++) {
        if (isupper((unsigned char)*c) && c > name)
            buf_char(out, ' ');
        buf_char(out, (char)tolower((unsigned char)*c));
    }
}

/* An extension reads by the end of its address, an item by its question. */
static void own_label(struct buf *out, const struct node *object, const struct node **skip)
{
    const char *url = node_str(object, "url"), *slash = strrchr(url, '/');

    *skip = NULL;
    if (*url && strcmp(node_name(node_parent(object)), "coding") != 0) {
        *skip = node_get(object, "url");
        member_words(out, slash && slash[1] ? slash + 1 : url);
        buf_char(out, ' ');
    } else if (*node_str(object, "linkId")) {
        *skip = node_get(object, *node_str(object, "text") ? "text" : "linkId");
        buf_printf(out, "%s: ", node_text(*skip));
    }
}

static bool is_bare(const struct node *member)
{
    static const char *const bare[] = { "answer", "item", "extension" };

    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        if (strcmp(node_name(member), bare[i]) == 0)
            return true;
    return strncmp(node_name(member), "value", 5) == 0;
}

static void write_members(struct buf *out, struct store *st, const struct node *object, int depth)
{
    const struct node *skip;
    bool is_first = true, is_item = *node_str(object, "linkId") != '\0';

    own_label(out, object, &skip);
    for (const struct node *m = node_first(object); m; m = node_next(m)) {
        if (m == skip || (is_item && (strcmp(node_name(m), "linkId") == 0 || strcmp(node_name(m), "definition") == 0)))
            continue;
        if (!is_first)
            buf_add(out, ", ");
        is_first = false;
        if (!is_bare(m)) {
            member_words(out, node_name(m));
            buf_char(out, ' ');
        }
        write_value(out, st, m, depth + 1);
    }
}

static bool is_moment(const struct node *value)
{
    const char *text = node_text(value), *why;

    return node_is(value, NODE_STRING) && strlen(text) >= 7 && datetime_is_real(text, &why);
}

static void write_value(struct buf *out, struct store *st, const struct node *value, int depth)
{
    const char *type = is_moment(value) ? "DateTime" : element_type(value);

    if (depth > DEEPEST) {
        buf_add(out, "…");
    } else if (node_is(value, NODE_ARRAY)) {
        for (const struct node *one = node_first(value); one; one = node_next(one)) {
            if (one != node_first(value))
                buf_add(out, "; ");
            write_value(out, st, one, depth + 1);
        }
    } else if (strcmp(type, "Reference") == 0) {
        reference_words(out, st, value);
    } else if (!*type && node_is(node_get(value, "text"), NODE_STRING) && !*node_str(value, "linkId")) {
        buf_printf(out, *node_str(value, "use") ? "%s (%s)" : "%s", node_str(value, "text"), node_str(value, "use"));
    } else if (node_is(value, NODE_OBJECT) && (!*type || *node_str(value, "linkId"))) {
        write_members(out, st, value, depth);
    } else {
        value_words(out, value, type);
    }
}

void field_value(struct buf *out, struct store *st, const struct node *value)
{
    size_t before = out->len;

    if (value)
        write_value(out, st, value, 0);
    if (out->len == before)
        buf_add(out, _("(none)"));
}
