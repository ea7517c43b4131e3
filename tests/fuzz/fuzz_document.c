/* Any bytes: the reader never misbehaves; what it accepts it writes back byte for byte, reads
 * again to an equal document from every form it writes, and json-c agrees on every value. */
#include <stdint.h>

#include "tests/fuzz/document_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static void read_again(const struct doc *doc, void (*write)(struct buf *, const struct node *))
{
    struct buf text = {0};
    struct doc *again;

    write(&text, doc_root(doc));
    insist(doc_parse(text.data, text.len, &again, NULL) == RC_OK);
    insist(node_equal(doc_root(doc), doc_root(again)) && doc_equal_content(doc, again));
    doc_free(again);
    buf_done(&text);
}

/* Edits near the root must leave something that can be read. */
static void edit(struct doc *doc)
{
    struct node *root = doc_root(doc);

    if (!node_is(root, NODE_OBJECT))
        return;
    node_set_str(doc, root, "id", "x\"\\\x01\xFFy");
    node_remove(doc, node_next(node_first(root)));
    doc_set(doc, "name[0].given[0]", "Ada");
    read_again(doc, node_write);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = text + size;
    struct doc *doc;
    char *same;
    size_t len;

    if (doc_parse(text, size, &doc, NULL) != RC_OK)
        return 0;
    while (text < end && strchr(" \n\r\t", *text))
        text++;
    while (end > text && strchr(" \n\r\t", end[-1]))
        end--;
    same = doc_text(doc, &len);
    insist(len == (size_t)(end - text) && memcmp(same, text, len) == 0);
    insist(oracle_reads_alike(text, len, doc));
    free(same);
    read_again(doc, node_write);
    read_again(doc, node_write_pretty);
    read_again(doc, node_canonical);
    edit(doc);
    doc_free(doc);
    return 0;
}
