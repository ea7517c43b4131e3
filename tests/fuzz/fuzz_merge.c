/* Three documents, one a line, or where they are none the edits that the bytes stand for: the laws of
 * the merge hold. */
#include <stdint.h>

#include "tests/unit/merge_laws.h"
#include "tests/unit/merge_random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist_on_laws(const struct doc *base, const struct doc *local, const struct doc *remote)
{
    struct buf why = { 0 };

    if (merge_laws_broken(base, local, remote, &why)) {
        fprintf(stderr, "%s", buf_text(&why));
        abort();
    }
    buf_done(&why);
}

/* True when the bytes are documents. */
static bool merge_lines(const char *text, const char *end)
{
    struct doc *doc[3] = { 0 };
    bool are_objects = true;

    for (size_t i = 0; i < 3; i++) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        const char *stop = line ? line : end;
        are_objects = are_objects && doc_parse(text, (size_t)(stop - text), &doc[i], NULL) == RC_OK &&
                      node_is(doc_root(doc[i]), NODE_OBJECT);
        text = line ? line + 1 : end;
    }
    if (are_objects)
        insist_on_laws(doc[0], doc[1], doc[2]);
    for (size_t i = 0; i < 3; i++)
        doc_free(doc[i]);
    return are_objects;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tape tape = { .number = mem_array(size + 1, sizeof *tape.number), .n = size, .cap = size + 1 };
    struct doc *base, *local, *remote;

    for (size_t i = 0; i < size; i++)
        tape.number[i] = data[i];
    if (!merge_lines((const char *)data, (const char *)data + size)) {
        merge_random(&tape, &base, &local, &remote);
        insist_on_laws(base, local, remote);
        doc_free(base);
        doc_free(local);
        doc_free(remote);
    }
    free(tape.number);
    return 0;
}
