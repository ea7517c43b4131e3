#include "fhir/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/element.h"

/* What an entry is called inside the Bundle and what it will be called outside. */
struct target { const char *full_url; const char *type; char id[ID_TEXT]; };
struct bundle_entry { const struct node *resource; size_t index; struct target target; };
struct bundle {
    struct bundle_entry *entry;
    size_t n;
    const struct target **by_url;       /* sorted by full_url */
    size_t urls;
};

static int by_full_url(const void *a, const void *b)
{
    return strcmp((*(const struct target *const *)a)->full_url, (*(const struct target *const *)b)->full_url);
}

static int url_is(const void *key, const void *item)
{
    return strcmp(key, (*(const struct target *const *)item)->full_url);
}

/* The id a resource has, else that of its PUT or full URL, else its uuid, else a new one. */
static void choose_id(struct bundle_entry *entry, const struct node *node)
{
    const char *id = node_str(entry->resource, "id"), *url = entry->target.full_url;
    const char *request = node_path_str(node, "request.url");
    char type[TYPE_TEXT];

    if (*id && strlen(id) < sizeof entry->target.id) {
        strcpy(entry->target.id, id);
        return;
    }
    if (strcmp(node_path_str(node, "request.method"), "PUT") == 0 &&
        reference_text_split(request, type, sizeof type, entry->target.id, sizeof entry->target.id))
        return;
    if (strncmp(url, "urn:uuid:", 9) == 0 && id_is_legal(url + 9, strlen(url + 9)))
        strcpy(entry->target.id, url + 9);
    else if (!reference_text_split(url, type, sizeof type, entry->target.id, sizeof entry->target.id))
        crypto_uuid(entry->target.id);
}

static bool is_stored(const struct node *node)
{
    return node_get(node, "resource") && strcmp(node_path_str(node, "request.method"), "DELETE") != 0 &&
           strcmp(node_path_str(node, "search.mode"), "outcome") != 0;
}

static void read_entries(struct bundle *b, const struct node *list)
{
    size_t index = 0;

    b->entry = mem_array(node_count(list), sizeof *b->entry);
    b->by_url = mem_array(node_count(list), sizeof *b->by_url);
    for (const struct node *n = node_first(list); n; n = node_next(n), index++) {
        struct bundle_entry *entry = &b->entry[b->n];

        if (!is_stored(n))
            continue;
        entry->resource = node_get(n, "resource");
        entry->index = index;
        entry->target.type = node_str(entry->resource, "resourceType");
        entry->target.full_url = node_str(n, "fullUrl");
        choose_id(entry, n);
        if (*entry->target.full_url)
            b->by_url[b->urls++] = &entry->target;
        b->n++;
    }
    if (b->urls > 0)
        qsort(b->by_url, b->urls, sizeof *b->by_url, by_full_url);
}

/* Strings that may hold the full URL of another entry: references, and addresses of attachments. */
static bool may_refer(const struct node *node)
{
    static const char *const names[] = {"reference", "url", "valueUri", "valueUrl", "valueReference", "uri"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(node_name(node), names[i]) == 0)
            return true;
    return false;
}

static void rewrite(struct doc *doc, struct node *node, const struct bundle *b)
{
    for (struct node *n = node_first(node); n; n = node_next(n)) {
        const struct target *const *found;
        char text[TYPE_TEXT + ID_TEXT];

        if (node_first(n))
            rewrite(doc, n, b);
        if (!node_is(n, NODE_STRING) || !may_refer(n) ||
            !(found = bsearch(node_text(n), b->by_url, b->urls, sizeof *b->by_url, url_is)) ||
            strlen((*found)->type) >= TYPE_TEXT)
            continue;
        strcpy(text, (*found)->type);
        strcat(text, "/");
        strcat(text, (*found)->id);
        node_set_str(doc, node, node_name(n), text);
    }
}

/* The resource as a document of its own, its bytes as they stand in the Bundle. */
static enum rc take_resource(const struct bundle *b, const struct bundle_entry *entry, struct doc **out, struct err *err)
{
    struct buf text = {0};
    enum rc rc;

    node_write(&text, entry->resource);
    rc = doc_parse(text.data, text.len, out, err);
    buf_done(&text);
    if (rc != RC_OK)
        return rc;
    if (node_is(doc_root(*out), NODE_OBJECT) && !node_get(doc_root(*out), "id"))
        node_set_str(*out, doc_root(*out), "id", entry->target.id);
    if (b->urls > 0)
        rewrite(*out, doc_root(*out), b);
    return RC_OK;
}

enum rc bundle_each(const struct doc *bundle,
                    enum rc (*entry)(void *ctx, struct doc *resource, size_t index, struct err *err),
                    void *ctx, struct err *err)
{
    struct bundle b = {0};
    enum rc rc = RC_OK;

    if (strcmp(doc_type(bundle), "Bundle") != 0)
        return err_set(err, RC_INVALID, "this is not a Bundle");
    read_entries(&b, node_get(doc_root(bundle), "entry"));
    for (size_t i = 0; i < b.n && rc == RC_OK; i++) {
        struct doc *resource;

        if ((rc = take_resource(&b, &b.entry[i], &resource, err)) == RC_OK)
            rc = entry(ctx, resource, b.entry[i].index, err);
    }
    free(b.entry);
    free(b.by_url);
    return rc;
}
