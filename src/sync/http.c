#include "sync/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "sync/fault.h"
#include "sync/gzip.h"

enum { HEADERS_MOST = 64 * 1024, STALL_BYTES_PER_S = 32 };

/* One request on its way, or room for one. */
struct lane {
    struct http *http;
    CURL *curl;
    bool is_busy, is_done;
    bool is_repeated;                   /* sent again, with other credentials */
    CURLcode code;                      /* how it ended, once is_done */
    struct curl_slist *headers;         /* Authorization stands last */
    char *authorization;                /* its value; NULL: none */
    struct buf packed;                  /* the body as it goes out, when it goes compressed */
    struct http_sink *sink;
    struct http_answer answer;
    size_t header_bytes;
    bool has_endless_headers;
    char error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;                       /* keeps the connections */
    struct lane lane[HTTP_LANES];
    char *base;                         /* without the slash at the end */
    struct http_credentials credentials;    /* value may be NULL */
    size_t most_body;
    const volatile sig_atomic_t *stop;
    struct http_traffic traffic;
};

/* ---- what libcurl calls ---- */

/* All of it, or 0 with the reason in the sink. */
static size_t pour(struct lane *lane, const char *bytes, size_t len)
{
    struct http_sink *sink = lane->sink;

    if ((int64_t)len > sink->most - sink->written) {
        lane->answer.too_large = true;
        return 0;
    }
    for (size_t done = 0; done < len;) {
        ssize_t n = write(sink->fd, bytes + done, len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            sink->error = n < 0 ? errno : EIO;
            return 0;
        }
        done += (size_t)n;
        sink->written += n;
    }
    return len;
}

static bool is_for_sink(const struct lane *lane)
{
    long status = 0;

    curl_easy_getinfo(lane->curl, CURLINFO_RESPONSE_CODE, &status);
    return lane->sink && status >= 200 && status <= 299;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
    struct lane *lane = ctx;

    if (is_for_sink(lane))
        return pour(lane, bytes, n * size);
    /* MAXFILESIZE does not see bodies of unknown length nor inflated ones (before 8.4 and 8.20). */
    if (n * size > lane->http->most_body - lane->answer.body.len) {
        lane->answer.too_large = true;
        return 0;
    }
    buf_add_n(&lane->answer.body, bytes, n * size);
    return n * size;
}

static void take_header(char *out, size_t out_size, const char *line, size_t len, const char *name)
{
    size_t name_len = strlen(name);

    if (len <= name_len || strncasecmp(line, name, name_len) != 0)
        return;
    const char *value = line + name_len, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && strchr(" \t\r\n", end[-1]))
        end--;
    if ((size_t)(end - value) < out_size) {
        memcpy(out, value, (size_t)(end - value));
        out[end - value] = '\0';
    }
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
    struct lane *lane = ctx;
    struct http_answer *answer = &lane->answer;
    size_t len = n * size;

    lane->header_bytes += len;
    if (lane->header_bytes > HEADERS_MOST) {
        answer->too_large = lane->has_endless_headers = true;
        return 0;
    }
    take_header(answer->etag, sizeof answer->etag, line, len, "ETag:");
    take_header(answer->retry_after, sizeof answer->retry_after, line, len, "Retry-After:");
    take_header(answer->location, sizeof answer->location, line, len, "Location:");
    take_header(answer->content_type, sizeof answer->content_type, line, len, "Content-Type:");
    take_header(answer->date, sizeof answer->date, line, len, "Date:");
    take_header(answer->www_authenticate, sizeof answer->www_authenticate, line, len, "WWW-Authenticate:");
    take_header(answer->content_location, sizeof answer->content_location, line, len, "Content-Location:");
    return len;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct lane *lane = ctx;

    (void)a, (void)b, (void)c, (void)d;
    return lane->http->stop && *lane->http->stop;
}

/* ---- opening ---- */

static void set_safety(CURL *c, const struct http_settings *s)
{
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* What Debian's OpenSSL asks of keys and signatures, whatever the machine's configuration says. */
    curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=2");
    if (*s->ca_file) {
        curl_easy_setopt(c, CURLOPT_CAINFO, s->ca_file);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_COOKIEFILE, NULL);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, s->connect_timeout_s);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_PER_S);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, s->stall_s);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(c, CURLOPT_USERAGENT, "frontdesk");
}

/* Mutual TLS. The key stays where the caller has it. */
static void set_client_certificate(CURL *c, const struct http_settings *s)
{
    struct curl_blob key = { .data = (void *)(uintptr_t)s->tls_key, .len = s->tls_key_len, .flags = CURL_BLOB_NOCOPY };

    if (!s->tls_cert_file || !*s->tls_cert_file)
        return;
    curl_easy_setopt(c, CURLOPT_SSLCERT, s->tls_cert_file);
    curl_easy_setopt(c, CURLOPT_SSLKEY_BLOB, &key);
}

static void set_callbacks(struct lane *lane)
{
    CURL *c = lane->curl;

    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, lane->error);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, lane);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, lane);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, lane);
    curl_easy_setopt(c, CURLOPT_PRIVATE, lane);
}

static void open_lanes(struct http *http, const struct http_settings *settings)
{
    if (!(http->multi = curl_multi_init()))
        mem_fatal("curl_multi_init");
    curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)HTTP_LANES);
    for (struct lane *lane = http->lane; lane < http->lane + HTTP_LANES; lane++) {
        lane->http = http;
        if (!(lane->curl = curl_easy_init()))
            mem_fatal("curl_easy_init");
        set_safety(lane->curl, settings);
        set_client_certificate(lane->curl, settings);
        set_callbacks(lane);
    }
}

static char *base_without_slash(const char *url)
{
    size_t len = strlen(url);

    while (len > 0 && url[len - 1] == '/')
        len--;
    return mem_dup_n(url, len);
}

static bool is_https_base(const char *url)
{
    return strncasecmp(url, "https://", 8) == 0 && url[8] && url[8] != '/' && !strpbrk(url, "?#@ \t\r\n");
}

void http_start(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        mem_fatal("curl_global_init");
}

void http_end(void)
{
    curl_global_cleanup();
}

enum rc http_open(const struct http_settings *settings, struct http **out, struct err *err)
{
    *out = NULL;
    if (!is_https_base(settings->base_url))
        return err_set(err, RC_INVALID, _("server.url must be an https:// address without user, ? and #."));
    if (*settings->ca_file && access(settings->ca_file, R_OK) != 0)
        return err_set(err, RC_IO, _("server.ca_file %s cannot be read: %s."), settings->ca_file, strerror(errno));
    if (settings->tls_cert_file && *settings->tls_cert_file && access(settings->tls_cert_file, R_OK) != 0)
        return err_set(err, RC_IO, _("server.tls_cert_file %s cannot be read: %s."), settings->tls_cert_file, strerror(errno));
    struct http *http = mem_alloc(sizeof *http);
    http->base = base_without_slash(settings->base_url);
    http->most_body = settings->most_body;
    http->stop = settings->stop;
    if (settings->credentials)
        http->credentials = *settings->credentials;
    open_lanes(http, settings);
    *out = http;
    return RC_OK;
}

const char *http_base(const struct http *http)
{
    return http->base;
}

/* ---- one request ---- */

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    if (!value)
        return list;
    char *line = mem_printf("%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(list, line);
    free(line);
    if (!longer)
        mem_fatal("curl_slist_append");
    return longer;
}

static struct curl_slist *request_headers(const struct http_request *r)
{
    const char *prefer = r->prefer || !r->body ? r->prefer : "return=representation";
    struct curl_slist *list = add_header(NULL, "Accept", r->accept ? r->accept : "application/fhir+json");

    list = add_header(list, "Cache-Control", "no-cache");
    list = add_header(list, "X-Request-Id", r->request_id);
    list = add_header(list, "If-Match", r->if_match);
    list = add_header(list, "If-None-Match", r->if_none_match);
    list = add_header(list, "If-None-Exist", r->if_none_exist);
    list = add_header(list, "Prefer", prefer && *prefer ? prefer : NULL);
    if (r->body) {
        list = add_header(list, "Content-Type", r->content_type ? r->content_type : "application/fhir+json; charset=utf-8");
        list = add_header(list, "Content-Encoding", r->gzip_body ? "gzip" : NULL);
        list = add_header(list, "Expect", "");
    }
    return list;
}

static void wipe_text(char *text)
{
    if (text)
        mem_wipe(text, strlen(text));
    free(text);
}

/* libcurl copies a header and does not wipe its copy. */
static void add_authorization(struct lane *lane, const char *value)
{
    char *line = mem_printf("Authorization: %s", value);
    struct curl_slist *longer = curl_slist_append(lane->headers, line);

    if (!longer)
        mem_fatal("curl_slist_append");
    wipe_text(line);
    lane->headers = longer;
    lane->authorization = mem_dup(value);
}

static void drop_authorization(struct lane *lane)
{
    struct curl_slist **last = &lane->headers;

    if (!lane->authorization)
        return;
    while ((*last)->next)
        last = &(*last)->next;
    mem_wipe((*last)->data, strlen((*last)->data));
    curl_slist_free_all(*last);
    *last = NULL;
    wipe_text(lane->authorization);
    lane->authorization = NULL;
}

/* False when the request may not go out: the answer says why. */
static bool authorize(struct lane *lane, const struct http_request *r)
{
    const struct http_credentials *by = &lane->http->credentials;
    const char *value = r->authorization ? r->authorization : by->value ? by->value(by->ctx, NULL, lane->answer.words) : "";

    if (value && *value)
        add_authorization(lane, value);
    return value != NULL;
}

static void explain(struct lane *lane)
{
    struct http_answer *answer = &lane->answer;
    long verified = 0;

    curl_easy_getinfo(lane->curl, CURLINFO_SSL_VERIFYRESULT, &verified);
    if (lane->sink && lane->sink->error)
        snprintf(answer->words, sizeof answer->words, _("it could not be written here: %s"), strerror(lane->sink->error));
    else if (lane->has_endless_headers)
        snprintf(answer->words, sizeof answer->words, "%s", _("the answer has headers without end"));
    else if (answer->too_large)
        snprintf(answer->words, sizeof answer->words, "%s", _("the answer is too large"));
    else
        fault_words(lane->code, verified, lane->error, answer->words, sizeof answer->words);
}

static void judge(struct lane *lane)
{
    struct http_answer *answer = &lane->answer;
    CURLcode code = lane->code;
    long status = 0, sent = 0;

    curl_easy_getinfo(lane->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(lane->curl, CURLINFO_REQUEST_SIZE, &sent);
    answer->status = (int)status;
    answer->timed_out = code == CURLE_OPERATION_TIMEDOUT;
    if (code == CURLE_OK && status > 0)
        answer->outcome = HTTP_ANSWERED;
    else if (fault_is_trust(code))
        answer->outcome = HTTP_UNTRUSTED;
    else
        answer->outcome = sent == 0 ? HTTP_UNREACHED : HTTP_LOST;
    if (answer->outcome == HTTP_ANSWERED)
        return;
    answer->status = 0;
    explain(lane);
}

static void meter(struct lane *lane)
{
    struct http_traffic *t = &lane->http->traffic;
    long sent = 0, headers = 0;
    curl_off_t up = 0, down = 0;

    curl_easy_getinfo(lane->curl, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(lane->curl, CURLINFO_HEADER_SIZE, &headers);
    curl_easy_getinfo(lane->curl, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(lane->curl, CURLINFO_SIZE_DOWNLOAD_T, &down);
    t->requests++;
    t->bytes_out += sent + up;
    t->bytes_in += headers + down;
}

static void set_body(struct lane *lane, const struct http_request *r)
{
    const char *body = r->body;
    size_t len = r->body_len ? r->body_len : strlen(r->body);

    if (r->gzip_body) {
        gzip_pack(body, len, &lane->packed);
        body = lane->packed.data;
        len = lane->packed.len;
    }
    curl_easy_setopt(lane->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
    curl_easy_setopt(lane->curl, CURLOPT_POSTFIELDS, body);
}

static void set_request(struct lane *lane, const struct http_request *r)
{
    const struct http *http = lane->http;
    const char *slash = *r->path && *r->path != '?' ? "/" : "";
    char *url = mem_printf("%s%s%s", http->base, slash, r->path);
    CURL *c = lane->curl;

    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    if (r->body)
        set_body(lane, r);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    free(url);
}

/* Nothing of an answer yet. */
static void start_anew(struct lane *lane)
{
    http_answer_done(&lane->answer);
    lane->is_done = lane->has_endless_headers = false;
    lane->error[0] = '\0';
    lane->header_bytes = 0;
    if (lane->sink)
        lane->sink->written = lane->sink->error = 0;
}

static void set_off(struct lane *lane)
{
    curl_easy_setopt(lane->curl, CURLOPT_HTTPHEADER, lane->headers);
    if (curl_multi_add_handle(lane->http->multi, lane->curl) != CURLM_OK)
        mem_fatal("curl_multi_add_handle");
}

static void drop_request(struct lane *lane)
{
    curl_easy_setopt(lane->curl, CURLOPT_HTTPHEADER, NULL);
    drop_authorization(lane);
    curl_slist_free_all(lane->headers);
    lane->headers = NULL;
    lane->sink = NULL;
    buf_done(&lane->packed);
}

static void end_transfer(struct lane *lane)
{
    curl_multi_remove_handle(lane->http->multi, lane->curl);
    drop_request(lane);
}

/* A 401 says that nothing was done: with a newer token the same request may go once more. */
static bool repeat(struct lane *lane)
{
    const struct http_credentials *by = &lane->http->credentials;

    if (lane->answer.status != 401 || lane->is_repeated || !lane->authorization || !by->value)
        return false;
    const char *value = by->value(by->ctx, lane->authorization, lane->answer.words);
    if (!value || !*value || strcmp(value, lane->authorization) == 0)
        return false;
    lane->is_repeated = true;
    curl_multi_remove_handle(lane->http->multi, lane->curl);
    start_anew(lane);
    drop_authorization(lane);
    add_authorization(lane, value);
    set_off(lane);
    return true;
}

int http_begin(struct http *http, const struct http_request *request)
{
    int n = 0;

    while (n < HTTP_LANES && http->lane[n].is_busy)
        n++;
    if (n == HTTP_LANES)
        return -1;
    struct lane *lane = &http->lane[n];
    lane->is_busy = true;
    lane->is_repeated = false;
    lane->sink = request->sink;
    start_anew(lane);
    lane->headers = request_headers(request);
    if (!authorize(lane, request)) {
        lane->is_done = true;
        lane->answer.outcome = HTTP_UNREACHED;
        drop_request(lane);
        return n;
    }
    set_request(lane, request);
    set_off(lane);
    http_pump(http);
    return n;
}

void http_pump(struct http *http)
{
    int running, left;
    struct CURLMsg *message;

    curl_multi_perform(http->multi, &running);
    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct lane *lane = NULL;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &lane);
        lane->code = message->data.result;
        judge(lane);
        meter(lane);
        if (repeat(lane))
            continue;
        lane->is_done = true;
        end_transfer(lane);
    }
}

/* A lane that is wanted and done; -1 when none is, *is_any tells whether one is on its way. */
static int find_done(const struct http *http, int wanted, bool *is_any)
{
    *is_any = false;
    for (int n = 0; n < HTTP_LANES; n++) {
        if (!http->lane[n].is_busy || (wanted != HTTP_ANY && n != wanted))
            continue;
        *is_any = true;
        if (http->lane[n].is_done)
            return n;
    }
    return -1;
}

int http_wait(struct http *http, int lane, struct http_answer *answer)
{
    enum { LOOK_MS = 1000 };
    bool is_any;
    int n;

    while ((n = find_done(http, lane, &is_any)) < 0 && is_any) {
        curl_multi_poll(http->multi, NULL, 0, LOOK_MS, NULL);
        http_pump(http);
    }
    if (n < 0)
        return -1;
    *answer = http->lane[n].answer;
    http->lane[n].answer = (struct http_answer){ 0 };
    http->lane[n].is_busy = false;
    return n;
}

void http_drop(struct http *http, int lane)
{
    struct lane *l = &http->lane[lane];

    if (l->is_busy && !l->is_done)
        end_transfer(l);
    http_answer_done(&l->answer);
    l->is_busy = false;
}

void http_send(struct http *http, const struct http_request *request, struct http_answer *answer)
{
    int lane = http_begin(http, request);

    if (lane < 0)
        mem_fatal("http_send: every lane is taken");
    http_wait(http, lane, answer);
}

void http_answer_done(struct http_answer *answer)
{
    buf_done(&answer->body);
    *answer = (struct http_answer){ 0 };
}

struct http_traffic http_traffic(const struct http *http)
{
    return http->traffic;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    for (struct lane *lane = http->lane; lane < http->lane + HTTP_LANES; lane++) {
        if (lane->is_busy && !lane->is_done)
            end_transfer(lane);
        http_answer_done(&lane->answer);
        curl_easy_cleanup(lane->curl);
    }
    curl_multi_cleanup(http->multi);
    free(http->base);
    free(http);
}
