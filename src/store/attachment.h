/* attachment.h - files that are too large to stand in the text of the resource that names them. Each is
 * kept once, by its SHA-256, in the database: backups, restore and purging have them without
 * knowing of them.
 *
 * On the way in through store_put an Attachment.data of more than ATTACHMENT_INLINE bytes moves here, and
 * url, size and hash stand in its place: the text stays small and goes its way by itself. The Binary's id
 * comes from the content, so that sending it again makes no second one. */
#ifndef FRONTDESK_STORE_ATTACHMENT_H
#define FRONTDESK_STORE_ATTACHMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/err.h"
#include "fhir/document.h"

struct store;

enum {
    ATTACHMENT_INLINE = 64 * 1024,          /* bytes that still stand in the text */
    ATTACHMENT_MOST = 16 * 1024 * 1024,     /* bytes of one that is taken at all, in either direction */
    ATTACHMENT_PATIENCE = 3,                /* tries its text waits for */
};

/* ATTACHMENT_HERE: the server has it, or never needs it. WAITING: to be sent. REFUSED: the server will not
 * have it; its text went without. */
enum attachment_state { ATTACHMENT_HERE, ATTACHMENT_WAITING, ATTACHMENT_REFUSED };
struct attachment {
    char hash[CRYPTO_HEX];      /* SHA-256 */
    char binary[72];            /* id of the Binary at the server */
    char content_type[96];
    int64_t size;
    int attempts;
    char last_error[240];
};

/* What was moved out of a document; zeroed at first, released with attachment_files_done. */
struct attachment_file;
struct attachment_files { struct attachment_file *file; size_t n, cap; };
/* Move what is large out of doc. RC_INVALID names what is too large. Pure. */
enum rc attachment_take_out(struct doc *doc, struct attachment_files *files, struct err *err);
/* As it was before: the document was not kept. Pure. */
void attachment_put_back(struct doc *doc, struct attachment_files *files);
void attachment_files_done(struct attachment_files *files);
/* In the transaction that kept the document, after it. */
enum rc attachment_store(struct store *st, const struct doc *doc, const struct attachment_files *files, struct err *err);
/* Equal, but for where their files stand. */
bool attachment_equal(const struct doc *kept, const struct doc *given);
/* What came from the server for that url of Type/id. One transaction. */
enum rc attachment_keep(struct store *st, const char *type, const char *id, const char *url, const char *content_type,
                        const void *data, size_t len, struct err *err);
/* Resources went away: what nobody names any more, and the server has, goes too. */
enum rc attachment_tidy(struct store *st, struct err *err);

/* What that url of Type/id is here; RC_NOT_FOUND: not here. */
enum rc attachment_find(struct store *st, const char *type, const char *id, const char *url, struct attachment *out, struct err *err);
/* Its bytes, added to out. RC_INVALID when they are not what they were. */
enum rc attachment_read(struct store *st, const char *hash, struct buf *out, struct err *err);

/* The queue, apart from that of texts. The next that is due after a hash ("" at first); false: none. */
bool attachment_next(struct store *st, const char *after, int64_t now_ms, struct attachment *out);
/* Does the resource (resource.key) still wait for a file that it names? */
bool attachment_holds(struct store *st, int64_t key);
enum rc attachment_set(struct store *st, const char *hash, enum attachment_state state, int64_t next_at, int status,
                       const char *error, struct err *err);
enum rc attachment_retry(struct store *st, struct err *err);     /* refused ones wait again, all of them without delay */
struct attachment_counts { int64_t waiting, waiting_bytes, refused, here, here_bytes; };
enum rc attachment_count(struct store *st, struct attachment_counts *out, struct err *err);
#endif
