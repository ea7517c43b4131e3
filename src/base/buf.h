/* buf.h - a growing text buffer, always NUL-terminated once anything was added. */
#ifndef FRONTDESK_BUF_H
#define FRONTDESK_BUF_H

#include <stddef.h>

struct buf { char *data; size_t len, cap; };    /* zero it to start */

void buf_add(struct buf *buf, const char *text);
void buf_add_n(struct buf *buf, const void *bytes, size_t len);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *buf);                /* empty it, keep the memory */
const char *buf_text(const struct buf *buf);    /* "" when nothing was added */
char *buf_take(struct buf *buf);                /* owned text; buf is empty again */
void buf_done(struct buf *buf);
#endif
