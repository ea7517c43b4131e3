#include "sync/http_lane.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "sync/fault.h"
#include "sync/gzip.h"

enum { HEADERS_MOST = 64 * 1024 };

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

void lane_listen(struct lane *lane)
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

/* ---- what goes out ---- */

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

bool lane_authorize(struct lane *lane, const struct http_request *r)
{
    const struct http_credentials *by = &lane->http->credentials;

    lane->headers = request_headers(r);
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

void lane_judge(struct lane *lane)
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

void lane_meter(struct lane *lane)
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

void lane_prepare(struct lane *lane, const struct http_request *r)
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

void lane_start(struct lane *lane)
{
    http_answer_done(&lane->answer);
    lane->is_done = lane->has_endless_headers = false;
    lane->error[0] = '\0';
    lane->header_bytes = 0;
    if (lane->sink)
        lane->sink->written = lane->sink->error = 0;
}

void lane_set_off(struct lane *lane)
{
    curl_easy_setopt(lane->curl, CURLOPT_HTTPHEADER, lane->headers);
    if (curl_multi_add_handle(lane->http->multi, lane->curl) != CURLM_OK)
        mem_fatal("curl_multi_add_handle");
}

void lane_drop(struct lane *lane)
{
    curl_easy_setopt(lane->curl, CURLOPT_HTTPHEADER, NULL);
    drop_authorization(lane);
    curl_slist_free_all(lane->headers);
    lane->headers = NULL;
    lane->sink = NULL;
    buf_done(&lane->packed);
}

void lane_end(struct lane *lane)
{
    curl_multi_remove_handle(lane->http->multi, lane->curl);
    lane_drop(lane);
}

bool lane_repeat(struct lane *lane)
{
    const struct http_credentials *by = &lane->http->credentials;

    if (lane->answer.status != 401 || lane->is_repeated || !lane->authorization || !by->value)
        return false;
    const char *value = by->value(by->ctx, lane->authorization, lane->answer.words);
    if (!value || !*value || strcmp(value, lane->authorization) == 0)
        return false;
    lane->is_repeated = true;
    curl_multi_remove_handle(lane->http->multi, lane->curl);
    lane_start(lane);
    drop_authorization(lane);
    add_authorization(lane, value);
    lane_set_off(lane);
    return true;
}
