#include "sync/export.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/export.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/answer.h"
#include "sync/belong.h"
#include "sync/central.h"
#include "sync/export_file.h"
#include "sync/link.h"
#include "sync/pull.h"

enum {
    WAIT_MS = 10 * 60 * 1000,       /* of one pass, for the server to get it ready */
    POLL_MS = 5000, POLL_LEAST_MS = 200, POLL_MOST_MS = 60 * 1000, NAP_MS = 200,
    FILES_MOST = 10000,
};

struct work {
    struct central *c;
    struct belong *belong;
    char *what;                     /* owned: server and setting */
    struct export_state state;
};

/* ---- when ---- */

static bool is_of_patients(const char *setting)
{
    return strcmp(setting, "system") != 0;
}

static bool covers(const struct central *c, const struct sync_type *t)
{
    return capability_has_type(&c->caps, t->type) && (t->patient || !is_of_patients(c->bulk_export));
}

/* Each query that a type is pulled by; false when each returned false. */
static bool each_query(struct work *w, const struct sync_type *t, bool (*each)(struct work *w, const char *scope_key, const char *type, void *ctx),
                       void *ctx)
{
    size_t n = t->patient && w->belong->scope.n > 0 ? w->belong->scope.n : 1;
    bool goes_on = true;

    for (size_t i = 0; i < n && goes_on; i++) {
        char *key = pull_scope_key(w->c, t->patient && w->belong->scope.n > 0 ? w->belong->scope.query[i] : "");

        goes_on = each(w, key, t->type, ctx);
        free(key);
    }
    return goes_on;
}

static bool is_untouched(struct work *w, const char *scope_key, const char *type, void *ctx)
{
    char *watermark = pull_watermark(w->c->st, scope_key, type), *page = pull_page_position(w->c->st, scope_key, type);
    bool is = !*watermark && !*page;

    (void)ctx;
    free(watermark);
    free(page);
    return is;
}

/* Pages have brought nothing yet. */
static bool is_first_pull(struct work *w)
{
    for (const struct sync_type *t = sync_types; t->type; t++)
        if (covers(w->c, t) && !each_query(w, t, is_untouched, NULL))
            return false;
    return true;
}

/* Whatever the reason: pages do it, and it is not tried again. */
static enum rc give_up(struct work *w, const char *why, struct err *err)
{
    log_line("sync", "bulk export: %s; pages are pulled instead", why);
    central_problem(w->c, _("bulk export: %s; pages are pulled instead"), why);
    return export_over(w->c->st, w->what, err);
}

/* The server said no, or something odd: only its silence may be waited out. */
static enum rc give_up_or_fail(struct work *w, const struct http_answer *answer, const char *what, struct err *err)
{
    struct err why = { 0 };
    enum rc rc = central_failure(answer, what, &why);

    if (answer->outcome != HTTP_ANSWERED || answer->status == 401 || answer->status == 429 || answer->status == 503)
        return err_set(err, rc, "%s", err_text(&why));
    return give_up(w, err_text(&why), err);
}

/* ---- asking ---- */

static void add_types(const struct central *c, struct buf *path)
{
    const char *before = "?_type=";

    for (const struct sync_type *t = sync_types; t->type; t++)
        if (covers(c, t)) {
            buf_printf(path, "%s%s", before, t->type);
            before = ",";
        }
}

static enum rc kick_off(struct work *w, struct err *err)
{
    struct http_answer answer = { 0 };
    struct buf path = { 0 };
    enum rc rc;

    if (is_of_patients(w->c->bulk_export))
        buf_printf(&path, "%s/", w->c->bulk_export);
    buf_add(&path, "$export");
    add_types(w->c, &path);
    central_send(w->c, &(struct http_request){ .method = "GET", .path = buf_text(&path), .prefer = "respond-async" }, &answer);
    const char *status = link_path(answer.content_location, http_base(w->c->http));
    if (answer.outcome == HTTP_ANSWERED && answer.status == 202 && status && *status) {
        log_line("sync", "bulk export: asked for");
        rc = export_begin(w->c->st, w->what, status, err);
    } else if (answer.outcome == HTTP_ANSWERED && answer.status >= 200 && answer.status <= 299)
        rc = give_up(w, _("the server does not tell where it will be"), err);
    else
        rc = give_up_or_fail(w, &answer, "$export", err);
    http_answer_done(&answer);
    buf_done(&path);
    return rc == RC_OK ? export_get(w->c->st, w->what, &w->state, err) : rc;
}

/* Requests of the desk are answered meanwhile. False when told to stop. */
static bool nap(struct central *c, int64_t ms)
{
    for (int64_t until = clock_monotonic_ms() + ms; clock_monotonic_ms() < until && !central_stopped(c);) {
        nanosleep(&(struct timespec){ 0, NAP_MS * 1000000L }, NULL);
        if (c->tick)
            c->tick(c->tick_ctx);
    }
    return !central_stopped(c);
}

static int64_t poll_after(const struct http_answer *answer)
{
    int64_t ms = answer_retry_after_ms(answer->retry_after[0] ? answer->retry_after : NULL, clock_now_ms());

    if (ms < 0)
        return POLL_MS;
    return ms < POLL_LEAST_MS ? POLL_LEAST_MS : ms > POLL_MOST_MS ? POLL_MOST_MS : ms;
}

/* ---- the list of files ---- */

static enum rc take_list(struct work *w, const struct http_answer *answer, struct err *err)
{
    struct doc *list = NULL;
    struct export_file *file = NULL;
    size_t n = 0, cap = 0;
    enum rc rc = doc_parse(buf_text(&answer->body), answer->body.len, &list, NULL);
    const struct node *root = rc == RC_OK ? doc_root(list) : NULL;
    int64_t at_ms;
    const char *why = NULL;

    if (!root || !clock_parse(node_str(root, "transactionTime"), &at_ms))
        why = _("its list of files cannot be read");
    else if (node_count(node_get(root, "error")) > 0)
        why = _("the server could not export everything");
    for (const struct node *o = why ? NULL : node_first(node_get(root, "output")); o && !why; o = node_next(o)) {
        const char *path = link_path(node_str(o, "url"), http_base(w->c->http));
        struct export_file one = { .n = (int64_t)n };

        if (!path || strlen(path) >= sizeof one.path || n == FILES_MOST)
            why = _("its files lie elsewhere, where the server's address cannot vouch for them");
        snprintf(one.path, sizeof one.path, "%s", path ? path : "");
        snprintf(one.type, sizeof one.type, "%s", node_str(o, "type"));
        MEM_ROOM(file, n, cap);
        file[n++] = one;
    }
    rc = why ? give_up(w, why, err) : export_listed(w->c->st, w->what, node_str(root, "transactionTime"), file, n, err);
    if (!why && rc == RC_OK)
        log_line("sync", "bulk export: %zu files", n);
    free(file);
    doc_free(list);
    return rc == RC_OK ? export_get(w->c->st, w->what, &w->state, err) : rc;
}

static enum rc poll(struct work *w, bool *is_waiting, struct err *err)
{
    int64_t until = clock_monotonic_ms() + WAIT_MS;
    enum rc rc = RC_OK;

    *is_waiting = true;
    while (rc == RC_OK && *is_waiting) {
        struct http_answer answer = { 0 };

        central_send(w->c, &(struct http_request){ .method = "GET", .path = w->state.status, .accept = "application/json" }, &answer);
        if (answer.outcome == HTTP_ANSWERED && answer.status == 202) {
            if (clock_monotonic_ms() >= until || !nap(w->c, poll_after(&answer)))
                until = 0;
        } else {
            *is_waiting = false;
            rc = answer.outcome == HTTP_ANSWERED && answer.status == 200 ? take_list(w, &answer, err)
                                                                        : give_up_or_fail(w, &answer, "$export status", err);
        }
        http_answer_done(&answer);
        if (until == 0)
            break;
    }
    return rc;
}

/* ---- the files ---- */

static enum rc take_files(struct work *w, struct err *err)
{
    struct export_file file;
    enum rc rc = RC_OK;

    while (rc == RC_OK && !w->state.is_over && export_next(w->c->st, w->what, &file)) {
        struct http_answer answer = { 0 };
        int fd = open(store_dir(w->c->st), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

        rc = fd < 0 ? err_set(err, RC_IO, _("%s: no file can be made"), store_dir(w->c->st)) : export_fetch(w->c, &file, fd, &answer, err);
        if (rc == RC_OK)
            rc = export_take(w->c, w->belong, w->what, &file, fd, err);
        else if (rc == RC_NET && answer.outcome == HTTP_ANSWERED)
            rc = give_up_or_fail(w, &answer, "export file", err);
        if (fd >= 0)
            close(fd);
        http_answer_done(&answer);
        if (rc == RC_OK)
            rc = export_get(w->c->st, w->what, &w->state, err);
    }
    return rc;
}

struct marking { const char *at; struct err *err; enum rc rc; };

/* Pulls look back from there, for what became visible late. */
static bool mark(struct work *w, const char *scope_key, const char *type, void *ctx)
{
    struct marking *m = ctx;

    m->rc = pull_set_watermark(w->c->st, scope_key, type, m->at, "", m->err);
    return m->rc == RC_OK;
}

static enum rc finish(struct work *w, struct err *err)
{
    struct marking m = { w->state.at, err, store_begin(w->c->st, err) };
    struct http_answer answer = { 0 };

    if (m.rc != RC_OK)
        return m.rc;
    for (const struct sync_type *t = sync_types; t->type && m.rc == RC_OK; t++)
        if (covers(w->c, t))
            each_query(w, t, mark, &m);
    if (m.rc == RC_OK)
        m.rc = export_over(w->c->st, w->what, err);
    if ((m.rc = store_end(w->c->st, m.rc, err)) != RC_OK)
        return m.rc;
    log_line("sync", "bulk export: all of it is here");
    /* The server need not keep the files; whether it hears that does not matter. */
    central_send(w->c, &(struct http_request){ .method = "DELETE", .path = w->state.status }, &answer);
    http_answer_done(&answer);
    return RC_OK;
}

enum rc export_pull(struct central *c, struct belong *belong, bool *is_waiting, struct err *err)
{
    struct work w = { .c = c, .belong = belong };
    enum rc rc = RC_OK;

    *is_waiting = false;
    if (!c->bulk_export || !*c->bulk_export || !c->caps.has_export)
        return RC_OK;
    w.what = mem_printf("%s/%s", http_base(c->http), c->bulk_export);
    rc = export_get(c->st, w.what, &w.state, err);
    bool is_begun = *w.state.status != '\0';
    if (rc == RC_OK && !w.state.is_over && (is_begun || is_first_pull(&w))) {
        if (!is_begun)
            rc = kick_off(&w, err);
        if (rc == RC_OK && !w.state.is_over && !*w.state.at)
            rc = poll(&w, is_waiting, err);
        if (rc == RC_OK && !w.state.is_over && *w.state.at && (rc = take_files(&w, err)) == RC_OK && !w.state.is_over)
            rc = finish(&w, err);
        if (rc == RC_OK && *is_waiting)
            central_problem(c, "%s", _("the server is getting the first export ready; the rest follows"));
    }
    free(w.what);
    return rc;
}
