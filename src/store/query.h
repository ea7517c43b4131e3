/* query.h - one SQL statement, prepared once and kept by the store, values always bound.
 * A query remembers its first failure, so that the loop reads straight and query_end reports it.
 * Text handed out is borrowed until the next query_next or query_end. */
#ifndef FRONTDESK_QUERY_H
#define FRONTDESK_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;
struct query;

struct query *query_open(struct store *st, const char *sql);    /* sql: a literal or const table entry */
void query_bind(struct query *q, int i, const char *text);      /* NULL binds NULL; text must live until query_end */
void query_bind_n(struct query *q, int i, const char *text, size_t len);
void query_bind_int(struct query *q, int i, int64_t value);
void query_bind_blob(struct query *q, int i, const void *bytes, size_t len);
bool query_next(struct query *q);
const char *query_text(struct query *q, int column);            /* "" for NULL */
size_t query_bytes(struct query *q, int column);
int64_t query_int(struct query *q, int column);
bool query_is_null(struct query *q, int column);
enum rc query_end(struct query *q, struct err *err);            /* always call it */
/* Run a statement that gives no rows; the format letters bind in order: t text, i int64_t, n nothing (NULL). */
enum rc query_run(struct store *st, struct err *err, const char *sql, const char *format, ...);
#endif
