/* walk.c - from an element to its members, the step that evaluation spends its time on. */
#include <string.h>

#include "fhir/document_internal.h"
#include "fhir/fhirpath/internal.h"

static inline bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Whether the name of a member begins with that of expr. Eight bytes can be read where a name begins, and
 * eight more where the first are all of it: names lie in the padded text of their document or in its arena. */
static inline bool begins(const char *member, const struct expr *expr)
{
    uint64_t word;

    memcpy(&word, member, sizeof word);
    if ((word ^ expr->head[0]) & expr->mask[0])
        return false;
    if (expr->len <= sizeof word)
        return true;
    memcpy(&word, member + sizeof word, sizeof word);
    return ((word ^ expr->head[1]) & expr->mask[1]) == 0 &&
           (expr->len <= sizeof expr->head || strncmp(member + sizeof expr->head, expr->text + sizeof expr->head, expr->len - sizeof expr->head) == 0);
}

/* The member called name, or the only one that may be a choice of it ("value" and "valueCoding");
 * *is_plain is false when only fp_children() can tell. */
static inline const struct node *find_member(const struct node *object, const struct expr *name, bool *is_plain)
{
    const struct node *choice = NULL;

    *is_plain = true;
    for (const struct node *n = object->first; n; n = n->next) {
        if (!begins(n->name, name)) {
            *is_plain = *is_plain && *n->name != '_';
        } else if (n->name_len == name->len) {
            return n;
        } else if (is_upper(n->name[name->len])) {
            *is_plain = *is_plain && !choice;
            choice = n;
        }
    }
    if (choice && !(choice->name_len == name->choice_len && memcmp(choice->name, name->choice, name->choice_len) == 0))
        *is_plain = false;
    return choice;
}

/* Remember which member a choice stood for, so that its type is read from the name once only. */
static void learn_choice(struct arena *kept, struct expr *expr, const struct fp_result *found, size_t from)
{
    const struct node *n = found->n == from + 1 ? found->value[from].node : NULL;

    if (n && node_is(n->parent, NODE_ARRAY))
        n = n->parent;
    if (!n || !n->name || n->name_len <= expr->len || *n->name == '_')
        return;
    expr->choice = arena_dup_n(kept, n->name, n->name_len);
    expr->choice_len = n->name_len;
}

void fp_walk(struct eval *ev, struct fp_result *out, const struct fp_value *of, struct expr *expr)
{
    const struct node *member;
    size_t before = out->n;
    bool is_plain = false;

    member = of->node && of->node->kind == NODE_OBJECT ? find_member(of->node, expr, &is_plain) : NULL;
    if (!is_plain && !(member && member->name_len == expr->len)) {
        fp_children(out, of, expr->text);
        if (member && !expr->choice)
            learn_choice(ev->kept, expr, out, before);
    } else if (member && member->kind != NODE_ARRAY) {
        fp_add_element(out, member, member->name);
    } else if (member) {
        for (const struct node *n = member->first; n; n = n->next)
            if (n->kind != NODE_NULL || fp_companion(n))
                fp_add_element(out, n, member->name);
    }
}

/* A number is a decimal or an integer by its type, not by how it happens to be written; a text that
 * starts with a digit may be a date or time. */
static enum fp_kind kind_of(const struct node *node, const char *name, const char *text)
{
    const struct fp_value value = {.node = node, .name = name};
    static const struct { const char *type; enum fp_kind kind; } kinds[] = {
        {"date", FP_DATE}, {"dateTime", FP_DATETIME}, {"instant", FP_DATETIME}, {"time", FP_TIME},
    };
    const char *type;

    if (node->kind == NODE_NUMBER)
        return strpbrk(text, ".eE") || strcmp(fp_node_type(&value), "decimal") == 0 ? FP_DECIMAL : FP_INTEGER;
    if (*text < '0' || *text > '9')
        return FP_STRING;
    type = fp_node_type(&value);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return kinds[i].kind;
    return FP_STRING;
}

enum fp_kind fp_primitive_kind(const struct node *node, const char *name)
{
    if (node->kind == NODE_TRUE || node->kind == NODE_FALSE)
        return FP_BOOLEAN;
    if (node->kind != NODE_NUMBER && node->kind != NODE_STRING)
        return FP_NODE;
    if (!node->mark)
        node_writable(node)->mark = (uint8_t)(kind_of(node, name, node_text(node)) + 1);
    return (enum fp_kind)(node->mark - 1);
}

const char *fp_plain_member(const struct fp_value *of, const struct expr *name)
{
    const struct node *member;
    bool is_plain;

    if (!of->node || of->node->kind != NODE_OBJECT || of->kind != FP_NODE || name->is_type)
        return NULL;
    member = find_member(of->node, name, &is_plain);
    if (!member || member->name_len != name->len || member->kind != NODE_STRING || fp_primitive_kind(member, member->name) != FP_STRING)
        return NULL;
    return member->text ? member->text : node_text(member);
}
