/* endpoint.h - a server on loopback that behaves as badly as a test wants, in a child process, with
 * certificates made for it on the spot. It writes down every byte of plaintext it was told. */
#ifndef FRONTDESK_TESTS_ENDPOINT_H
#define FRONTDESK_TESTS_ENDPOINT_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { HEARD_MOST = 1 << 20, DAY_S = 24 * 60 * 60 };

/* ---- certificates ---- */

struct cert { X509 *x509; EVP_PKEY *key; };

struct cert_wish {
    const char *name;           /* common name */
    const char *names;          /* subjectAltName, NULL none */
    const char *basic;          /* basicConstraints, NULL none */
    const char *use;            /* extendedKeyUsage, NULL none */
    long from_s, to_s;          /* validity, from now; 0 0: yesterday till the day after tomorrow */
    int rsa_bits;               /* 0: P-256 */
    const EVP_MD *digest;       /* NULL: SHA-256 */
    const struct cert *issuer;  /* NULL: itself */
};

static inline void cert_extension(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *ext = value ? X509V3_EXT_conf_nid(NULL, NULL, nid, value) : NULL;

    if (ext)
        X509_add_ext(x509, ext, -1);
    X509_EXTENSION_free(ext);
}

static inline struct cert cert_make(struct cert_wish w)
{
    struct cert c = { X509_new(), w.rsa_bits ? EVP_RSA_gen((unsigned)w.rsa_bits) : EVP_EC_gen("P-256") };
    const struct cert *issuer = w.issuer ? w.issuer : &c;
    X509_NAME *name = X509_get_subject_name(c.x509);
    static long serial = 1000;

    X509_set_version(c.x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c.x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(c.x509), w.from_s || w.to_s ? w.from_s : -DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(c.x509), w.from_s || w.to_s ? w.to_s : 2 * DAY_S);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)w.name, -1, -1, 0);
    X509_set_issuer_name(c.x509, X509_get_subject_name(issuer->x509));
    X509_set_pubkey(c.x509, c.key);
    cert_extension(c.x509, NID_basic_constraints, w.basic);
    cert_extension(c.x509, NID_subject_alt_name, w.names);
    cert_extension(c.x509, NID_ext_key_usage, w.use);
    X509_sign(c.x509, issuer->key, w.digest ? w.digest : EVP_sha256());
    return c;
}

static inline void cert_done(struct cert *c)
{
    X509_free(c->x509);
    EVP_PKEY_free(c->key);
    *c = (struct cert){ 0 };
}

/* Certificate, then key, as PEM files; either path may be NULL. */
static inline void cert_save(const struct cert *c, const char *cert_path, const char *key_path)
{
    FILE *f = cert_path ? fopen(cert_path, "w") : NULL;

    if (f) {
        PEM_write_X509(f, c->x509);
        fclose(f);
    }
    if ((f = key_path ? fopen(key_path, "w") : NULL)) {
        PEM_write_PrivateKey(f, c->key, NULL, NULL, 0, NULL, NULL);
        fclose(f);
    }
}

/* ---- the server ---- */

struct heard { volatile size_t len, connections, requests; char bytes[HEARD_MOST]; };   /* shared with the child */

struct peer;
struct endpoint_plan {
    void (*serve)(struct peer *peer);       /* one connection, the handshake done unless is_plain */
    bool is_plain;                          /* no TLS unless serve does it */
    bool is_parallel;                       /* a process for each connection */
    const struct cert *cert, *chain;        /* chain: sent along, NULL none */
    void (*tune)(SSL_CTX *ctx);             /* NULL none */
    void *ctx;                              /* for serve */
};
struct endpoint { pid_t pid; int port; struct heard *heard; };

/* What serve works with. */
struct peer {
    const struct endpoint_plan *plan;
    struct heard *heard;
    int fd;
    SSL *ssl;                               /* NULL: plain */
    int port;
    char request[HEARD_MOST];               /* the last one read: headers and body */
    size_t request_len, head_len;
};

static inline int peer_read(struct peer *p, char *out, size_t size)
{
    int n = p->ssl ? SSL_read(p->ssl, out, (int)size) : (int)read(p->fd, out, size);

    if (n > 0 && p->heard->len + (size_t)n <= HEARD_MOST) {
        memcpy(p->heard->bytes + p->heard->len, out, (size_t)n);
        p->heard->len += (size_t)n;
    }
    return n;
}

static inline bool peer_say_n(struct peer *p, const void *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        size_t piece = len - done < 16384 ? len - done : 16384;
        int n = p->ssl ? SSL_write(p->ssl, (const char *)data + done, (int)piece)
                       : (int)write(p->fd, (const char *)data + done, piece);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}
static inline bool peer_say(struct peer *p, const char *text) { return peer_say_n(p, text, strlen(text)); }

/* One request with its body; false when the other side left. */
static inline bool peer_hear(struct peer *p)
{
    p->request_len = p->head_len = 0;
    for (;;) {
        int n = peer_read(p, p->request + p->request_len, sizeof p->request - 1 - p->request_len);

        if (n <= 0)
            return false;
        p->request_len += (size_t)n;
        p->request[p->request_len] = '\0';
        const char *end = strstr(p->request, "\r\n\r\n"), *length;
        if (!end)
            continue;
        p->head_len = (size_t)(end - p->request) + 4;
        length = strcasestr(p->request, "\r\nContent-Length:");
        if (p->request_len - p->head_len >= (length && length < end ? strtoul(length + 17, NULL, 10) : 0)) {
            p->heard->requests++;
            return true;
        }
    }
}

/* An answer with a body of known length; headers may be "". */
static inline bool peer_answer(struct peer *p, const char *status, const char *headers, const char *body)
{
    char head[1024];

    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status, strlen(body), headers);
    return peer_say(p, head) && peer_say(p, body);
}

static inline SSL_CTX *endpoint_tls(const struct endpoint_plan *plan)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (plan->tune)
        plan->tune(ctx);
    SSL_CTX_use_certificate(ctx, plan->cert->x509);
    SSL_CTX_use_PrivateKey(ctx, plan->cert->key);
    if (plan->chain)
        SSL_CTX_add1_chain_cert(ctx, plan->chain->x509);
    return ctx;
}

/* Closing on what was not read yet sends a reset, which can overtake the alert that says why. */
static inline void endpoint_linger(int fd)
{
    char rest[512];

    shutdown(fd, SHUT_WR);
    while (read(fd, rest, sizeof rest) > 0)
        ;
}

static inline _Noreturn void endpoint_child(const struct endpoint_plan *plan, int listener, struct heard *heard, int port)
{
    SSL_CTX *ctx = plan->is_plain ? NULL : endpoint_tls(plan);
    struct peer *p = calloc(1, sizeof *p);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        *p = (struct peer){ .plan = plan, .heard = heard, .port = port, .fd = accept(listener, NULL, NULL) };
        if (p->fd < 0)
            _exit(1);
        heard->connections++;
        if (plan->is_parallel && fork() != 0) {
            close(p->fd);
            continue;
        }
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        if (ctx) {
            p->ssl = SSL_new(ctx);
            SSL_set_fd(p->ssl, p->fd);
        }
        if (!ctx || SSL_accept(p->ssl) == 1)
            plan->serve(p);
        else
            endpoint_linger(p->fd);
        if (p->ssl)
            SSL_shutdown(p->ssl);
        SSL_free(p->ssl);
        close(p->fd);
        if (plan->is_parallel)
            _exit(0);
    }
}

static inline int endpoint_listen(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        abort();
    *port = ntohs(at.sin_port);
    return fd;
}

/* plan must live until endpoint_stop. */
static inline struct endpoint endpoint_start(const struct endpoint_plan *plan)
{
    struct endpoint e = { 0 };
    int listener = endpoint_listen(&e.port);

    e.heard = mmap(NULL, sizeof *e.heard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (e.heard == MAP_FAILED || (e.pid = fork()) < 0)
        abort();
    if (e.pid == 0)
        endpoint_child(plan, listener, e.heard, e.port);
    close(listener);
    return e;
}

static inline void endpoint_stop(struct endpoint *e)
{
    if (e->pid > 0) {
        kill(e->pid, SIGKILL);
        waitpid(e->pid, NULL, 0);
    }
    if (e->heard)
        munmap(e->heard, sizeof *e->heard);
    *e = (struct endpoint){ 0 };
}

/* Did it hear these bytes at any time? */
static inline bool endpoint_heard(const struct endpoint *e, const char *bytes)
{
    return memmem(e->heard->bytes, e->heard->len, bytes, strlen(bytes)) != NULL;
}
#endif
