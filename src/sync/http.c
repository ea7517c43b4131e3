#include "sync/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "sync/http_lane.h"

enum { STALL_BYTES_PER_S = 32 };

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
        lane_listen(lane);
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

/* ---- requests ---- */

bool http_has_room(const struct http *http)
{
    for (int n = 0; n < HTTP_LANES; n++)
        if (!http->lane[n].is_busy)
            return true;
    return false;
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
    lane_start(lane);
    if (!lane_authorize(lane, request)) {
        lane->is_done = true;
        lane->answer.outcome = HTTP_UNREACHED;
        lane_drop(lane);
        return n;
    }
    lane_prepare(lane, request);
    lane_set_off(lane);
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
        lane_judge(lane);
        lane_meter(lane);
        if (lane_repeat(lane))
            continue;
        lane->is_done = true;
        lane_end(lane);
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
        lane_end(l);
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
            lane_end(lane);
        http_answer_done(&lane->answer);
        curl_easy_cleanup(lane->curl);
    }
    curl_multi_cleanup(http->multi);
    free(http->base);
    free(http);
}
