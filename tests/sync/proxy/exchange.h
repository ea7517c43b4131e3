/* exchange.h - one connection of a client: its requests, the faults they meet, and their log lines. */
#ifndef FRONTDESK_TESTS_PROXY_EXCHANGE_H
#define FRONTDESK_TESTS_PROXY_EXCHANGE_H

#include <openssl/ssl.h>

#include "faults.h"

struct proxy {
    struct faults *faults;      /* shared memory */
    SSL_CTX *as_server, *as_client;
    int server_port;            /* on 127.0.0.1 */
    int log_fd;
    int life_fd;                /* readable once the proxy itself has ended */
    const char *bundles;        /* folder for bundles sent and answered, NULL none */
};

/* Serve one connection until it ends; takes fd. */
void exchange_serve(const struct proxy *proxy, int fd);
#endif
