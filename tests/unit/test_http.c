/* What is sent would travel without TLS or by way of somebody else, or be thought lost when it never left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "sync/http.h"

static enum rc open_with(const char *url, struct http **http)
{
    const struct http_settings settings = { .base_url = url, .ca_file = "", .connect_timeout_s = 5,
                                            .stall_s = 5, .most_body = 1000 };

    return http_open(&settings, http, NULL);
}

static void only_https_addresses(void **state)
{
    static const struct { const char *url; enum rc rc; const char *base; } cases[] = {
        { "https://a.example/fhir", RC_OK, "https://a.example/fhir" },
        { "https://a.example:8443/fhir/", RC_OK, "https://a.example:8443/fhir" },
        { "http://a.example/fhir", RC_INVALID, NULL }, { "https:///fhir", RC_INVALID, NULL },
        { "https://name:secret@a.example/fhir", RC_INVALID, NULL }, { "https://a.example/fhir?x=1", RC_INVALID, NULL },
        { "file:///etc/passwd", RC_INVALID, NULL }, { "https://a.example/\r\nX: y", RC_INVALID, NULL }, { "", RC_INVALID, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http *http;

        assert_int_equal(open_with(cases[i].url, &http), cases[i].rc);
        if (http)
            assert_string_equal(http_base(http), cases[i].base);
        http_close(http);
    }
}

/* A loopback port that refuses, and one that takes connections and never speaks. */
static int listening(bool is_open, char *url, size_t size)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    if (is_open)
        assert_int_equal(listen(fd, 1), 0);
    snprintf(url, size, "https://127.0.0.1:%d/fhir", ntohs(at.sin_port));
    return fd;
}

static void what_never_left_is_known_not_to_have_arrived(void **state)
{
    struct http_answer answer = { 0 };
    struct http *http;
    char url[64];
    int fd = listening(false, url, sizeof url);

    (void)state;
    setenv("https_proxy", "http://127.0.0.1:9", 1);     /* must not be looked at */
    assert_int_equal(open_with(url, &http), RC_OK);
    http_send(http, &(struct http_request){ .method = "PUT", .path = "Patient/1", .body = "{}" }, &answer);
    assert_int_equal(answer.outcome, HTTP_UNREACHED);
    assert_null(strstr(answer.words, "proxy"));
    http_answer_done(&answer);
    http_close(http);
    close(fd);
}

static void told_to_stop_it_stops(void **state)
{
    static volatile sig_atomic_t stop = 1;
    struct http_answer answer = { 0 };
    struct http *http;
    char url[64];
    int fd = listening(true, url, sizeof url);
    const struct http_settings settings = { .base_url = url, .ca_file = "", .connect_timeout_s = 60,
                                            .stall_s = 60, .most_body = 1000, .stop = &stop };

    (void)state;
    assert_int_equal(http_open(&settings, &http, NULL), RC_OK);
    http_send(http, &(struct http_request){ .method = "GET", .path = "metadata" }, &answer);
    assert_int_equal(answer.outcome, HTTP_UNREACHED);   /* the handshake never ended */
    http_answer_done(&answer);
    http_close(http);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_https_addresses),
        cmocka_unit_test(what_never_left_is_known_not_to_have_arrived), cmocka_unit_test(told_to_stop_it_stops),
    };

    http_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    return failed;
}
