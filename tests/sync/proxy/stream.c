#include "stream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

enum { PIECE = 1024, READ_SIZE = 16 * 1024 };

/* ---- contexts ---- */

static SSL_CTX *complain(SSL_CTX *context, const char *what)
{
    fprintf(stderr, "proxy: %s\n", what);
    ERR_print_errors_fp(stderr);
    SSL_CTX_free(context);
    return NULL;
}

SSL_CTX *stream_server_context(const char *certificate, const char *key)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return complain(context, "no certificate");
    SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY);
    return context;
}

SSL_CTX *stream_client_context(const char *ca_file)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (!context || SSL_CTX_load_verify_locations(context, ca_file, NULL) != 1)
        return complain(context, "no CA");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY);
    return context;
}

/* ---- opening ---- */

static bool take(struct stream *s, int fd, SSL_CTX *context, struct line *line)
{
    int one = 1;

    *s = (struct stream){ .fd = fd, .ssl = SSL_new(context), .line = line };
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s->ssl && SSL_set_fd(s->ssl, fd) == 1;
}

/* What the handshake cost counts on a slow line as well. */
static void charge_handshake(const struct stream *s)
{
    BIO *bio = SSL_get_rbio(s->ssl);

    line_pass(s->line, (size_t)(BIO_number_read(bio) + BIO_number_written(bio)));
}

bool stream_accept(struct stream *s, int fd, SSL_CTX *context, struct line *line)
{
    if (!take(s, fd, context, line) || SSL_accept(s->ssl) != 1) {
        stream_cut(s);
        return false;
    }
    charge_handshake(s);
    return true;
}

static int connect_loopback(int port, int timeout_s)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct timeval timeout = { .tv_sec = timeout_s };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

bool stream_connect(struct stream *s, int port, SSL_CTX *context, int timeout_s)
{
    int fd = connect_loopback(port, timeout_s);

    if (fd < 0) {
        *s = (struct stream){ .fd = -1 };
        return false;
    }
    if (take(s, fd, context, NULL) && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), "127.0.0.1") == 1 &&
        SSL_connect(s->ssl) == 1)
        return true;
    stream_cut(s);
    return false;
}

/* ---- reading and writing ---- */

static void forget_used(struct stream *s)
{
    if (s->used == 0)
        return;
    s->in.len -= s->used;
    memmove(s->in.data, s->in.data + s->used, s->in.len);
    s->used = 0;
}

bool stream_fill(struct stream *s)
{
    char bytes[READ_SIZE];
    int n = s->is_eof ? 0 : SSL_read(s->ssl, bytes, s->line && line_is_slow(s->line) ? PIECE : READ_SIZE);

    forget_used(s);
    if (n <= 0) {
        s->is_eof = true;
        return false;
    }
    line_pass(s->line, (size_t)n);
    buf_add_n(&s->in, bytes, (size_t)n);
    return true;
}

bool stream_write(struct stream *s, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        size_t piece = s->line && line_is_slow(s->line) && n > PIECE ? PIECE : n;
        line_pass(s->line, piece);
        if (SSL_write(s->ssl, at, (int)piece) <= 0)
            return false;
        at += piece;
        n -= piece;
    }
    return true;
}

bool stream_drip(struct stream *s, const void *bytes, size_t n, int bytes_per_s)
{
    const char *at = bytes;

    for (size_t i = 0; i < n; i++) {
        if (!stream_write(s, at + i, 1))
            return false;
        pause_ms(1000 / bytes_per_s);
    }
    return true;
}

bool stream_is_stale(const struct stream *s)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN | POLLRDHUP };

    return s->fd < 0 || poll(&p, 1, 0) > 0;
}

void stream_wait_closed(const struct stream *s, int most_ms)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN | POLLRDHUP };

    poll(&p, 1, most_ms);
}

/* ---- closing ---- */

static void done(struct stream *s)
{
    SSL_free(s->ssl);
    if (s->fd >= 0)
        close(s->fd);
    buf_done(&s->in);
    *s = (struct stream){ .fd = -1 };
}

void stream_close(struct stream *s)
{
    if (s->ssl && s->fd >= 0)
        SSL_shutdown(s->ssl);
    done(s);
}

void stream_cut(struct stream *s)
{
    done(s);
}

void stream_reset(struct stream *s)
{
    struct linger at_once = { .l_onoff = 1 };

    if (s->fd >= 0)
        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    done(s);
}
