/* stream.h - one end of the proxy's work: TLS on a socket, read in pieces and written at a pace. */
#ifndef FRONTDESK_TESTS_PROXY_STREAM_H
#define FRONTDESK_TESTS_PROXY_STREAM_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct line;

struct stream {
    int fd;                 /* -1 when closed */
    SSL *ssl;
    struct line *line;      /* the slow line it runs over, NULL none */
    struct buf in;          /* read, not yet used */
    size_t used;            /* bytes of in that were used */
    bool is_eof;
};

SSL_CTX *stream_server_context(const char *certificate, const char *key);   /* NULL: said on stderr */
SSL_CTX *stream_client_context(const char *ca_file);

/* Takes fd. False when the handshake fails: then it is closed. */
bool stream_accept(struct stream *s, int fd, SSL_CTX *context, struct line *line);
/* To 127.0.0.1:port, with reads that give up after timeout_s. */
bool stream_connect(struct stream *s, int port, SSL_CTX *context, int timeout_s);

bool stream_fill(struct stream *s);         /* read something more into in; false at the end */
bool stream_write(struct stream *s, const void *bytes, size_t n);
bool stream_drip(struct stream *s, const void *bytes, size_t n, int bytes_per_s);
bool stream_is_stale(const struct stream *s);   /* idle, and the other side closed it meanwhile */
void stream_wait_closed(const struct stream *s, int most_ms);  /* until the other side gives up */

void stream_close(struct stream *s);        /* with TLS's goodbye */
void stream_cut(struct stream *s);          /* without: the connection ends in mid-air */
void stream_reset(struct stream *s);        /* with a TCP reset */
#endif
