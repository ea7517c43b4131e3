/* An attachment or an export would fill the memory, be cut short without a word, or arrive at the
 * server as something it cannot read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <zlib.h>
#include <cmocka.h>

#include "sync/gzip.h"
#include "sync/http.h"
#include "tests/unit/endpoint.h"

enum { PIECES = 300, PIECE = 1000 };

static char dir[] = "/tmp/frontdesk-body-XXXXXX", ca_path[64], file_path[64];
static struct cert ca, leaf;

/* Answers by path: /big chunks without a length, /missing an outcome, else how it took the body. */
static void serve(struct peer *p)
{
    char piece[PIECE + 1];

    memset(piece, 'x', PIECE);
    piece[PIECE] = '\0';
    while (peer_hear(p)) {
        if (strstr(p->request, "/fhir/big ")) {
            peer_say(p, "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < PIECES; i++) {
                char head[16];
                snprintf(head, sizeof head, "%x\r\n", PIECE);
                if (!peer_say(p, head) || !peer_say(p, piece) || !peer_say(p, "\r\n"))
                    return;
            }
            peer_say(p, "0\r\n\r\n");
        } else if (strstr(p->request, "/fhir/missing ")) {
            peer_answer(p, "404 Not Found", "", "{\"resourceType\":\"OperationOutcome\"}");
        } else if (!peer_answer(p, "200 OK", "Content-Location: https://127.0.0.1/fhir/job/1\r\n", "{}")) {
            return;
        }
    }
}

static const struct endpoint_plan plan = { .serve = serve, .cert = &leaf };

static struct http *open_to(const struct endpoint *e)
{
    struct http *http = NULL;
    char url[64];

    snprintf(url, sizeof url, "https://127.0.0.1:%d/fhir", e->port);
    const struct http_settings settings = { .base_url = url, .ca_file = ca_path, .connect_timeout_s = 5,
                                            .stall_s = 5, .most_body = 1000 };
    assert_int_equal(http_open(&settings, &http, NULL), RC_OK);
    return http;
}

static void a_large_answer_goes_to_the_file_and_never_past_its_limit(void **state)
{
    static const struct { const char *path; int64_t most; enum http_outcome outcome; int status; int64_t written; bool too_large; } cases[] = {
        { "big", PIECES * PIECE, HTTP_ANSWERED, 200, PIECES * PIECE, false },
        { "big", PIECES * PIECE - 1, HTTP_LOST, 0, -1, true },
        { "missing", 1000, HTTP_ANSWERED, 404, 0, false },
    };
    struct endpoint e = endpoint_start(&plan);
    struct http *http = open_to(&e);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_sink sink = { .fd = open(file_path, O_RDWR | O_CREAT | O_TRUNC, 0600), .most = cases[i].most };
        struct http_answer answer = { 0 };

        http_send(http, &(struct http_request){ .method = "GET", .path = cases[i].path, .sink = &sink }, &answer);
        assert_int_equal(answer.outcome, cases[i].outcome);
        assert_int_equal(answer.status, cases[i].status);
        assert_int_equal(answer.too_large, cases[i].too_large);
        assert_int_equal(lseek(sink.fd, 0, SEEK_END), sink.written);
        assert_true(sink.written <= sink.most && (cases[i].written < 0 || sink.written == cases[i].written));
        assert_int_equal(answer.body.len > 0, cases[i].status == 404);
        http_answer_done(&answer);
        close(sink.fd);
    }
    http_close(http);
    endpoint_stop(&e);
}

static void a_full_disk_is_told(void **state)
{
    struct endpoint e = endpoint_start(&plan);
    struct http *http = open_to(&e);
    struct http_sink sink = { .fd = open("/dev/full", O_WRONLY), .most = 1 << 20 };
    struct http_answer answer = { 0 };

    (void)state;
    http_send(http, &(struct http_request){ .method = "GET", .path = "big", .sink = &sink }, &answer);
    assert_int_equal(answer.outcome, HTTP_LOST);
    assert_int_equal(sink.error, ENOSPC);
    assert_non_null(strstr(answer.words, "could not be written here"));
    http_answer_done(&answer);
    close(sink.fd);
    http_close(http);
    endpoint_stop(&e);
}

static size_t unpacked(const char *data, size_t len, char *out, size_t size)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)data, .avail_in = (uInt)len, .next_out = (Bytef *)out, .avail_out = (uInt)size };

    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    return size - z.avail_out;
}

static void a_body_goes_out_as_asked(void **state)
{
    static const char text[] = "{\"resourceType\":\"Basic\",\"x\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}";
    static const char binary[] = { 'a', 0, 'b' };
    struct endpoint e = endpoint_start(&plan);
    struct http *http = open_to(&e);
    struct http_answer answer = { 0 };
    char plain[1000];

    (void)state;
    http_send(http, &(struct http_request){ .method = "POST", .path = "Basic", .body = text, .gzip_body = true,
                                            .accept = "application/json", .prefer = "respond-async" }, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_location, "https://127.0.0.1/fhir/job/1");
    const char *body = memmem(e.heard->bytes, e.heard->len, "\r\n\r\n", 4);
    assert_non_null(body);
    size_t len = e.heard->len - (size_t)(body + 4 - e.heard->bytes);
    assert_true(len < sizeof text - 1);
    assert_int_equal(unpacked(body + 4, len, plain, sizeof plain), sizeof text - 1);
    assert_memory_equal(plain, text, sizeof text - 1);
    assert_true(endpoint_heard(&e, "Content-Encoding: gzip\r\n") && endpoint_heard(&e, "Accept: application/json\r\n"));
    assert_true(endpoint_heard(&e, "Prefer: respond-async\r\n") && !endpoint_heard(&e, "return=representation"));
    e.heard->len = 0;
    http_answer_done(&answer);
    http_send(http, &(struct http_request){ .method = "POST", .path = "Binary", .body = binary, .body_len = sizeof binary,
                                            .content_type = "application/pdf" }, &answer);
    assert_true(endpoint_heard(&e, "Content-Type: application/pdf\r\n") && endpoint_heard(&e, "Content-Length: 3\r\n"));
    assert_memory_equal(e.heard->bytes + e.heard->len - sizeof binary, binary, sizeof binary);
    assert_false(endpoint_heard(&e, "Content-Encoding"));
    http_answer_done(&answer);
    http_close(http);
    endpoint_stop(&e);
}

static void a_long_body_packs_whole(void **state)
{
    enum { LONG = 1 << 20 };
    char *data = malloc(LONG), *back = malloc(LONG);
    struct buf packed = { 0 };
    unsigned x = 1;

    (void)state;
    for (int i = 0; i < LONG; i++)          /* does not pack at all: larger than one piece of output */
        data[i] = (char)((x = x * 1664525u + 1013904223u) >> 24);
    gzip_pack(data, LONG, &packed);
    assert_int_equal(unpacked(packed.data, packed.len, back, LONG), LONG);
    assert_memory_equal(data, back, LONG);
    buf_done(&packed);
    static const size_t lengths[] = { 0, 1, 511, 512, 513, 5000, 32768, 32769 };       /* windows of every size */
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        gzip_pack(data, lengths[i], &packed);
        assert_int_equal(unpacked(packed.data, packed.len, back, LONG), lengths[i]);
        assert_memory_equal(data, back, lengths[i]);
        buf_done(&packed);
    }
    free(data);
    free(back);
}

/* To pack what one packet carries anyway costs time and saves none. */
static void only_what_is_longer_than_a_packet_is_packed(void **state)
{
    char text[GZIP_LEAST + 1];

    (void)state;
    memset(text, 'x', GZIP_LEAST);
    text[GZIP_LEAST] = '\0';
    assert_true(gzip_pays(text));
    text[GZIP_LEAST - 1] = '\0';
    assert_false(gzip_pays(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_answer_goes_to_the_file_and_never_past_its_limit), cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_body_goes_out_as_asked), cmocka_unit_test(a_long_body_packs_whole), cmocka_unit_test(only_what_is_longer_than_a_packet_is_packed),
    };

    if (!mkdtemp(dir))
        return 1;
    snprintf(ca_path, sizeof ca_path, "%s/ca.pem", dir);
    snprintf(file_path, sizeof file_path, "%s/file", dir);
    ca = cert_make((struct cert_wish){ .name = "test CA", .basic = "critical,CA:TRUE" });
    leaf = cert_make((struct cert_wish){ .name = "127.0.0.1", .names = "IP:127.0.0.1", .issuer = &ca });
    cert_save(&ca, ca_path, NULL);
    http_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    cert_done(&leaf);
    cert_done(&ca);
    unlink(ca_path);
    unlink(file_path);
    rmdir(dir);
    return failed;
}
