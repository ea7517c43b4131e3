#include "fhir/attachment.h"

#include <string.h>

#include "fhir/datatype.h"

/* The list, and the member of its elements that is the Attachment (NULL: they are). */
static const struct { const char *type, *list, *member; } places[] = {
    { "DocumentReference", "content", "attachment" },
    { "DiagnosticReport", "presentedForm", NULL },
    { "Communication", "payload", "contentAttachment" },
    { "Consent", "sourceAttachment", "" },
    { "Media", "content", "" },
};

static bool each_of(const struct node *holder, const char *member, bool (*each)(void *ctx, struct node *attachment), void *ctx)
{
    for (struct node *e = node_first(holder); e; e = node_next(e)) {
        struct node *attachment = member ? node_get(e, member) : e;

        if (attachment && !each(ctx, attachment))
            return false;
    }
    return true;
}

bool attachment_each(const struct node *root, bool (*each)(void *ctx, struct node *attachment), void *ctx)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct node *holder = node_get(root, places[i].list);

        if (!holder || strcmp(node_str(root, "resourceType"), places[i].type) != 0)
            continue;
        bool is_one = places[i].member && !*places[i].member;
        if (!(is_one ? each(ctx, holder) : each_of(holder, places[i].member, each, ctx)))
            return false;
    }
    return true;
}

struct search { size_t left; struct node *found; };

static bool count_down(void *ctx, struct node *attachment)
{
    struct search *s = ctx;

    s->found = s->left == 0 ? attachment : NULL;
    return s->left-- > 0;
}

struct node *attachment_at(const struct node *root, size_t index)
{
    struct search s = { .left = index };

    return attachment_each(root, count_down, &s) ? NULL : s.found;
}

bool attachment_binary(const struct node *attachment, char *id, size_t size)
{
    struct doc *doc = doc_new(NULL);
    char type[64];
    bool is_binary;

    node_set_str(doc, doc_root(doc), "reference", node_str(attachment, "url"));
    is_binary = reference_split(doc_root(doc), type, sizeof type, id, size) && strcmp(type, "Binary") == 0;
    doc_free(doc);
    return is_binary;
}
