/* bench_sync: the exchange with a central server beside the least that a client can do with the same bytes.
 *   load URL CA TOKEN FILE          puts an NDJSON file there, in transactions of 100
 *   put URL CA TOKEN FILE           each line by a PUT of its own, over four kept-alive connections
 *   get URL CA TOKEN OUT TYPE...    all pages of 500 of each type over one connection; resources go to OUT
 *   push|pull DATA CONFIG           the real thing: all that is queued, or everything that is new
 *   run COMMAND...                  what a process costs
 * Each prints one line: what it counted, then seconds. */
#include <curl/curl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access/authz.h"
#include "action/context.h"
#include "base/mem.h"
#include "sync/auth.h"
#include "sync/central.h"
#include "sync/contact.h"
#include "sync/pull.h"
#include "sync/push.h"
#include "tests/bench/measure.h"

enum { CONNECTIONS = 4, BUNDLE = 100, PAGE = 500, TOKEN_MOST = 8192 };

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "bench_sync: %s\n", what);
    exit(1);
}

/* ---- the bare client ---- */

struct bare {
    const char *url;
    CURLM *multi;
    struct slot { CURL *curl; struct buf answer; char *url; bool is_busy; } slot[CONNECTIONS];
    struct curl_slist *headers;
    int64_t bytes_in;
    long n;
};

static size_t on_answer(char *bytes, size_t size, size_t n, void *ctx)
{
    buf_add_n(ctx, bytes, size * n);
    return size * n;
}

static void bare_open(struct bare *b, const char *url, const char *ca, const char *token_file)
{
    char token[TOKEN_MOST] = "";
    FILE *in = fopen(token_file, "re");

    if (!in || !fgets(token, sizeof token, in))
        die("no token");
    fclose(in);
    token[strcspn(token, "\n")] = '\0';
    *b = (struct bare){ .url = url, .multi = curl_multi_init() };
    char *authorization = mem_printf("Authorization: Bearer %s", token);
    b->headers = curl_slist_append(NULL, authorization);
    b->headers = curl_slist_append(b->headers, "Content-Type: application/fhir+json");
    b->headers = curl_slist_append(b->headers, "Cache-Control: no-cache");
    b->headers = curl_slist_append(b->headers, "Expect:");
    free(authorization);
    for (struct slot *s = b->slot; s < b->slot + CONNECTIONS; s++) {
        s->curl = curl_easy_init();
        curl_easy_setopt(s->curl, CURLOPT_CAINFO, ca);
        curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, b->headers);
        curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, on_answer);
        curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, &s->answer);
        curl_easy_setopt(s->curl, CURLOPT_ACCEPT_ENCODING, "gzip");
        curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
    }
}

static void bare_close(struct bare *b)
{
    for (struct slot *s = b->slot; s < b->slot + CONNECTIONS; s++) {
        curl_easy_cleanup(s->curl);
        buf_done(&s->answer);
        free(s->url);
    }
    curl_multi_cleanup(b->multi);
    curl_slist_free_all(b->headers);
}

static void check(struct bare *b, struct slot *s, CURLcode code)
{
    curl_off_t down = 0;
    long status = 0;

    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(s->curl, CURLINFO_SIZE_DOWNLOAD_T, &down);
    b->bytes_in += down;
    if (code != CURLE_OK || status / 100 != 2) {
        fprintf(stderr, "%s: %s, status %ld: %.300s\n", s->url, curl_easy_strerror(code), status, buf_text(&s->answer));
        exit(1);
    }
    b->n++;
}

static void bare_ask(struct bare *b, struct slot *s, const char *method, char *url, const char *body)
{
    free(s->url);
    s->url = url;
    buf_clear(&s->answer);
    curl_easy_setopt(s->curl, CURLOPT_URL, url);
    curl_easy_setopt(s->curl, CURLOPT_HTTPGET, 1L);
    if (body)
        curl_easy_setopt(s->curl, CURLOPT_COPYPOSTFIELDS, body);
    curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, method);
    (void)b;
}

/* ---- put ---- */

static struct slot *wait_for_slot(struct bare *b)
{
    int running, left;
    struct CURLMsg *m;

    for (;;) {
        for (struct slot *s = b->slot; s < b->slot + CONNECTIONS; s++)
            if (!s->is_busy)
                return s;
        curl_multi_poll(b->multi, NULL, 0, 1000, NULL);
        curl_multi_perform(b->multi, &running);
        while ((m = curl_multi_info_read(b->multi, &left))) {
            struct slot *s = NULL;
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s);
            check(b, s, m->data.result);
            curl_multi_remove_handle(b->multi, s->curl);
            s->is_busy = false;
        }
    }
}

static void wait_for_all(struct bare *b)
{
    int n = 0;

    while (n < CONNECTIONS) {
        struct slot *free_one = wait_for_slot(b);
        free_one->is_busy = true;       /* counted */
        n++;
    }
    for (struct slot *s = b->slot; s < b->slot + CONNECTIONS; s++)
        s->is_busy = false;
}

static void put_line(struct bare *b, const char *line)
{
    struct doc *doc = NULL;
    struct slot *s = wait_for_slot(b);
    int running;

    if (doc_parse(line, strlen(line), &doc, NULL) != RC_OK)
        die("a line that is no JSON");
    bare_ask(b, s, "PUT", mem_printf("%s/%s/%s", b->url, doc_type(doc), doc_id(doc)), line);
    doc_free(doc);
    s->is_busy = true;
    curl_multi_add_handle(b->multi, s->curl);
    curl_multi_perform(b->multi, &running);
}

/* People first: what is about them needs them there. */
static void put_file(struct bare *b, const char *path, bool is_people)
{
    FILE *in = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;

    if (!in)
        die(path);
    while (getline(&line, &cap, in) > 0)
        if ((strstr(line, "\"resourceType\":\"Patient\"") != NULL) == is_people)
            put_line(b, line);
    wait_for_all(b);
    free(line);
    fclose(in);
}

/* ---- load ---- */

static void send_bundle(struct bare *b, struct buf *bundle)
{
    struct slot *s = b->slot;

    buf_add(bundle, "]}");
    bare_ask(b, s, "POST", mem_dup(b->url), buf_text(bundle));
    check(b, s, curl_easy_perform(s->curl));
    buf_clear(bundle);
}

static void load_file(struct bare *b, const char *path)
{
    FILE *in = fopen(path, "re");
    struct buf bundle = { 0 };
    char *line = NULL;
    size_t cap = 0, n = 0;

    if (!in)
        die(path);
    while (getline(&line, &cap, in) > 0) {
        struct doc *doc = NULL;
        if (doc_parse(line, strlen(line), &doc, NULL) != RC_OK)
            die("a line that is no JSON");
        buf_add(&bundle, n % BUNDLE ? "," : "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
        buf_printf(&bundle, "{\"request\":{\"method\":\"PUT\",\"url\":\"%s/%s\"},\"resource\":", doc_type(doc), doc_id(doc));
        buf_add(&bundle, line);
        buf_char(&bundle, '}');
        doc_free(doc);
        if (++n % BUNDLE == 0)
            send_bundle(b, &bundle);
    }
    if (n % BUNDLE)
        send_bundle(b, &bundle);
    b->n = (long)n;
    buf_done(&bundle);
    free(line);
    fclose(in);
}

/* ---- get ---- */

/* Only what it takes to go on: the pages are kept as they came. */
static char *next_link(const char *page)
{
    const char *at = strstr(page, "\"relation\":\"next\"");

    if (!at)
        at = strstr(page, "\"relation\": \"next\"");
    at = at ? strstr(at, "\"url\"") : NULL;
    at = at ? strchr(at + 5, '"') : NULL;
    return at ? mem_dup_n(at + 1, strcspn(at + 1, "\"")) : NULL;
}

static void get_type(struct bare *b, const char *type, FILE *pages)
{
    struct slot *s = b->slot;
    char *url = mem_printf("%s/%s?_sort=_lastUpdated,_id&_count=%d", b->url, type, PAGE);

    while (url) {
        bare_ask(b, s, "GET", url, NULL);
        check(b, s, curl_easy_perform(s->curl));
        fwrite(buf_text(&s->answer), 1, s->answer.len, pages);
        fputc('\0', pages);
        url = next_link(buf_text(&s->answer));
    }
}

/* The resources of the pages, a line each, for the bare insert. */
static long unpack(FILE *pages, const char *path)
{
    FILE *out = fopen(path, "we");
    char *page = NULL;
    size_t cap = 0;
    ssize_t len;
    long n = 0;

    if (!out)
        die(path);
    rewind(pages);
    while ((len = getdelim(&page, &cap, '\0', pages)) > 1) {
        struct doc *doc = NULL;
        struct buf line = { 0 };
        if (doc_parse(page, (size_t)len - 1, &doc, NULL) != RC_OK)
            die("a page that is no JSON");
        for (const struct node *e = node_first(node_get(doc_root(doc), "entry")); e; e = node_next(e), n++) {
            buf_clear(&line);
            node_write(&line, node_get(e, "resource"));
            fprintf(out, "%s\n", buf_text(&line));
        }
        buf_done(&line);
        doc_free(doc);
    }
    free(page);
    fclose(out);
    return n;
}

static int bare(const char *what, int argc, char **argv)
{
    struct bare b;
    double began, took;

    if (argc < 4)
        die("usage: load|put|get URL CA TOKEN FILE [TYPE...]");
    bare_open(&b, argv[0], argv[1], argv[2]);
    FILE *pages = tmpfile();
    began = measure_now();
    if (strcmp(what, "load") == 0)
        load_file(&b, argv[3]);
    else if (strcmp(what, "put") == 0) {
        put_file(&b, argv[3], true);
        put_file(&b, argv[3], false);
    } else
        for (int i = 4; i < argc; i++)
            get_type(&b, argv[i], pages);
    took = measure_now() - began;
    if (strcmp(what, "get") == 0)
        b.n = unpack(pages, argv[3]);
    fclose(pages);
    printf("%ld %.4f %lld\n", b.n, took, (long long)b.bytes_in);
    bare_close(&b);
    return 0;
}

/* ---- the real thing ---- */

static int real(const char *what, const char *data, const char *config_path)
{
    bool is_push = strcmp(what, "push") == 0;
    struct context ctx = { .origin = ORIGIN_SYNC };
    struct central c = { .retry_after_ms = -1, .page_size = PAGE };
    struct auth *auth = NULL;
    struct http_settings settings;
    struct err err = { 0 };
    double took = 0;
    enum rc rc = context_open(&ctx, &(struct context_options){ .data_dir = data, .config_path = config_path }, &err);

    if (rc == RC_OK)
        rc = auth_open(ctx.st, ctx.config, NULL, &auth, &err);
    if (rc == RC_OK) {
        c.st = ctx.st;
        c.scope = config_text(ctx.config, "server.scope");
        c.bulk_export = config_text(ctx.config, "server.bulk_export");
        c.overlap_s = config_int(ctx.config, "server.overlap_s");
        authz_system(ORIGIN_SYNC, "sync push", &c.push);
        authz_system(ORIGIN_SYNC, "sync pull", &c.pull);
        auth_http_settings(auth, &settings);
        rc = http_open(&settings, &c.http, &err);
    }
    if (rc == RC_OK && (rc = contact_make(&c, auth, &err)) == RC_OK && (rc = capability_load(&c, &err)) == RC_OK) {
        double began = measure_now();
        rc = is_push ? push_all(&c, false, &err) : pull_all(&c, &err);
        took = measure_now() - began;
    }
    if (rc != RC_OK || c.problem[0])
        die(rc != RC_OK ? err_text(&err) : c.problem);
    struct http_traffic t = http_traffic(c.http);
    printf("%lld %.4f %lld\n", (long long)(is_push ? c.counts.pushed : c.counts.pulled), took,
           (long long)(t.bytes_in + t.bytes_out));
    capability_done(&c.caps);
    http_close(c.http);
    auth_close(auth);
    context_close(&ctx);
    return 0;
}

/* ---- a process ---- */

/* Wall seconds, processor seconds and peak memory in MB; what it prints goes to stderr. */
static int run(char **argv)
{
    double began = measure_now();
    struct rusage used;
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status))
        die("the command did not end well");
    printf("%.4f %.4f %.1f\n", measure_now() - began,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           (double)used.ru_maxrss / 1024);
    return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("usage: load|put|get|push|pull|run ...");
    if (strcmp(argv[1], "run") == 0)
        return run(argv + 2);
    http_start();
    int status = strcmp(argv[1], "push") == 0 || strcmp(argv[1], "pull") == 0 ? real(argv[1], argv[2], argv[3])
                                                                              : bare(argv[1], argc - 2, argv + 2);
    http_end();
    return status;
}
