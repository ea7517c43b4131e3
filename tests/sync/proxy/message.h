/* message.h - HTTP/1.1 messages, whole: a head and the body as it came over the wire. */
#ifndef FRONTDESK_TESTS_PROXY_MESSAGE_H
#define FRONTDESK_TESTS_PROXY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "stream.h"

struct message {
    struct buf head;            /* first line and headers, with the empty line */
    struct buf body;            /* chunks and all */
    bool is_chunked;
    int status;                 /* of an answer, 0 of a request */
    char method[12], target[2048];  /* of a request, "" of an answer */
};

/* Read one. method is that of the request answered, NULL to read a request. False when it ended
 * before it was whole: what came so far stays in out. */
bool message_read(struct stream *s, const char *method, struct message *out);
bool message_write(struct stream *s, const struct message *m);
void message_done(struct message *m);

/* The value of a header, "" when it is not there or does not fit. */
const char *message_header(const struct message *m, const char *name, char *out, size_t size);
void message_drop_header(struct message *m, const char *name);
/* The body without chunks; the head then says how long it is. */
void message_unchunk(struct message *m);
/* Other bytes instead; the body must be unchunked. Takes over body. */
void message_set_body(struct message *m, struct buf *body);
#endif
