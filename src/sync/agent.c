#include "sync/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "access/authz.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "fhir/document.h"
#include "store/outbox.h"
#include "store/pass.h"
#include "store/request.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/auth.h"
#include "sync/attachments.h"
#include "sync/capability.h"
#include "sync/central.h"
#include "sync/contact.h"
#include "sync/pull.h"
#include "sync/push.h"
#include "sync/requests.h"
#include "sync/sweep.h"

enum {
    LEASE_MS = 3 * 60 * 1000,
    ASK_WAIT_MS = 10 * 60 * 1000, ASK_LOOK_MS = 200,
};

/* ---- the lock ---- */

/* flock belongs to the open file: it goes with the process, whatever kills it. */
enum rc agent_lock(struct agent *agent, struct err *err)
{
    char *path = mem_printf("%s/agent.lock", store_dir(agent->st));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum rc rc = RC_OK;

    agent->lock_fd = -1;
    if (fd < 0)
        rc = err_set(err, RC_IO, _("%s cannot be opened: %s."), path, strerror(errno));
    else if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        agent->lock_fd = fd;
    else {
        if (errno != EWOULDBLOCK)
            rc = err_set(err, RC_IO, _("%s cannot be locked: %s."), path, strerror(errno));
        close(fd);
    }
    free(path);
    if (agent->lock_fd >= 0 && !agent->holder[0])
        crypto_uuid(agent->holder);
    return rc;
}

void agent_unlock(struct agent *agent)
{
    auth_close(agent->auth);
    agent->auth = NULL;
    if (agent->lock_fd < 0)
        return;
    lease_drop(agent->st, agent->holder);
    agent->lease_renewal = 0;
    close(agent->lock_fd);
    agent->lock_fd = -1;
}

/* Only shows that somebody is at work: the lock decides who. A lease that a killed agent left does
 * no harm until it runs out. Renewed in its second half. */
void agent_lease(struct agent *agent)
{
    int64_t now = clock_monotonic_ms();

    if (now < agent->lease_renewal)
        return;
    lease_take(agent->st, agent->holder, clock_now_ms() + LEASE_MS);
    agent->lease_renewal = now + LEASE_MS / 2;
}

/* What a pass is in the midst of when it is about to ask the server for something. */
struct tick { struct agent *agent; struct central *c; };

static void tick(void *ctx)
{
    const struct tick *t = ctx;

    agent_lease(t->agent);
    requests_answer(t->c);
}

/* ---- one pass ---- */

static enum rc open_central(struct agent *agent, struct central *c, struct tick *t, struct err *err)
{
    const struct config *config = agent->config;
    struct http_settings settings;
    enum rc rc;

    *t = (struct tick){ agent, c };
    *c = (struct central){
        .st = agent->st, .scope = config_text(config, "server.scope"), .bulk_export = config_text(config, "server.bulk_export"), .stop = agent->stop, .retry_after_ms = -1,
        .tick = tick, .tick_ctx = t, .page_size = config_int(config, "server.page_size"), .overlap_s = config_int(config, "server.overlap_s"),
    };
    authz_system(ORIGIN_SYNC, "sync push", &c->push);
    authz_system(ORIGIN_SYNC, "sync pull", &c->pull);
    if (!*config_text(config, "server.url"))
        return err_set(err, RC_INVALID, "%s", _("no server is configured: server.url is not set"));
    if (!agent->auth && (rc = auth_open(agent->st, config, agent->stop, &agent->auth, err)) != RC_OK)
        return rc;
    auth_http_settings(agent->auth, &settings);
    return http_open(&settings, &c->http, err);
}

static enum rc run_central(struct agent *agent, struct central *c, bool is_asked_for, bool *has_more, struct err *err)
{
    enum rc rc = contact_make(c, agent->auth, err);

    if (rc == RC_OK)
        rc = capability_load(c, err);
    if (rc == RC_OK)
        rc = push_all(c, is_asked_for, err);
    if (rc == RC_OK)
        rc = pull_all(c, err);
    if (rc == RC_OK)
        rc = sweep_if_due(c, !agent->is_staying, has_more, err);
    if (rc == RC_OK)            /* files last: no text waits for them but what names them */
        rc = attachments_push(c, err);
    if (rc == RC_OK)            /* what was merged with a pulled version, and what waited for its file */
        rc = push_all(c, false, err);
    return rc;
}

static void fill_report(struct agent *agent, const struct central *c, struct agent_report *report)
{
    struct outbox_counts counts = { 0 };

    outbox_count(agent->st, &counts, NULL);
    *report = (struct agent_report){
        .pushed = c->counts.pushed, .pulled = c->counts.pulled, .conflicts = counts.conflict,
        .refused = counts.refused, .unsent = counts.unsent, .retry_after_ms = c->retry_after_ms,
    };
}

static enum pass_outcome outcome_of(enum rc rc, const struct central *c)
{
    switch (rc) {
    case RC_OK: return *c->problem ? PASS_PARTLY : PASS_DONE;
    case RC_NET: return PASS_OFFLINE;
    case RC_DENIED: return PASS_SHUT_OUT;
    case RC_CANCELLED: return PASS_STOPPED;
    default: return PASS_FAILED;
    }
}

/* What a person can read of it later, and what the status line says now. */
static void tell(struct agent *agent, const struct central *c, int64_t started_ms, enum rc rc, const struct err *why)
{
    const struct http_traffic wire = c->http ? http_traffic(c->http) : (struct http_traffic){ 0 };
    struct pass pass = {
        .started_ms = started_ms, .ended_ms = clock_now_ms(), .outcome = outcome_of(rc, c),
        .pushed = c->counts.pushed, .pulled = c->counts.pulled, .conflicts = c->counts.conflicts, .refused = c->counts.refused,
        .requests = wire.requests, .bytes_out = wire.bytes_out, .bytes_in = wire.bytes_in,
    };

    if (rc != RC_CANCELLED)
        snprintf(pass.problem, sizeof pass.problem, "%s", rc == RC_OK ? c->problem : err_text(why));
    pass_end(agent->st, &pass, NULL);
}

enum rc agent_pass(struct agent *agent, bool is_asked_for, struct agent_report *report, struct err *err)
{
    struct central c;
    struct tick t;
    struct err own = { 0 };
    int64_t started_ms = clock_now_ms();
    bool has_more = false;
    enum rc rc;

    agent_lease(agent);
    rc = open_central(agent, &c, &t, &own);
    if (rc == RC_OK)
        rc = run_central(agent, &c, is_asked_for, &has_more, &own);
    if (rc != RC_OK && agent->stop && *agent->stop)
        rc = err_set(&own, RC_CANCELLED, "%s", _("stopped"));
    if (rc != RC_OK)
        log_line("sync", "pass ended: %s: %s", rc_name(rc), err_text(&own));
    tell(agent, &c, started_ms, rc, &own);
    fill_report(agent, &c, report);
    report->has_more = has_more;
    if (report->pushed || report->pulled)
        log_line("sync", "pushed %lld, pulled %lld, unsent %lld, refused %lld, conflicts %lld",
                 (long long)report->pushed, (long long)report->pulled, (long long)report->unsent,
                 (long long)report->refused, (long long)report->conflicts);
    capability_done(&c.caps);
    http_close(c.http);
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", err_text(&own));
}

/* ---- what the desk asks between two passes ---- */

enum rc agent_answer(struct agent *agent, struct err *err)
{
    struct central c;
    struct tick t;
    struct err own = { 0 };
    enum rc rc;

    if (!request_waits(agent->st, false))
        return RC_OK;
    agent_lease(agent);
    if ((rc = open_central(agent, &c, &t, &own)) == RC_OK && (rc = contact_make(&c, agent->auth, &own)) == RC_OK &&
        (rc = capability_load(&c, &own)) == RC_OK)
        requests_answer(&c);
    else
        requests_refuse(agent->st, &own);
    capability_done(&c.caps);
    http_close(c.http);
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", err_text(&own));
}

enum rc agent_answer_once(struct agent *agent, struct err *err)
{
    enum rc rc = agent_lock(agent, err);

    if (rc != RC_OK || agent->lock_fd < 0)      /* the agent that runs here answers */
        return rc;
    request_reopen(agent->st);
    rc = agent_answer(agent, err);
    agent_unlock(agent);
    return rc;
}

char *agent_report_json(const struct agent_report *report)
{
    return mem_printf("{\"pushed\":%lld,\"pulled\":%lld,\"conflicts\":%lld,\"refused\":%lld,\"unsent\":%lld}",
                      (long long)report->pushed, (long long)report->pulled, (long long)report->conflicts,
                      (long long)report->refused, (long long)report->unsent);
}

/* ---- once ---- */

/* What the other agent answered: its report, or why it failed. */
static enum rc read_result(const char *text, struct agent_report *report, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = doc_parse(text, strlen(text), &doc, NULL);
    const struct node *root = rc == RC_OK ? doc_root(doc) : NULL;

    *report = (struct agent_report){
        .pushed = atoll(node_str(root, "pushed")), .pulled = atoll(node_str(root, "pulled")),
        .conflicts = atoll(node_str(root, "conflicts")), .refused = atoll(node_str(root, "refused")),
        .unsent = atoll(node_str(root, "unsent")), .retry_after_ms = -1,
    };
    if (!root || *node_str(root, "error"))
        rc = err_set(err, RC_NET, "%s", root ? node_str(root, "error") : text);
    doc_free(doc);
    return rc;
}

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 }, NULL);
}

/* An agent is at work: ask it, and wait until it answered, or left so that we can do it ourselves. */
static enum rc ask_running(struct agent *agent, struct agent_report *report, struct err *err)
{
    int64_t number, until = clock_monotonic_ms() + ASK_WAIT_MS;
    enum rc rc = request_add(agent->st, "sync", NULL, "system", &number, err);

    while (rc == RC_OK && clock_monotonic_ms() < until && !(agent->stop && *agent->stop)) {
        char *result = request_result(agent->st, number);
        bool is_answered = result && *result;

        if (is_answered)
            rc = read_result(result, report, err);
        free(result);
        if (is_answered)
            return rc;
        if ((rc = agent_lock(agent, err)) == RC_OK && agent->lock_fd >= 0)
            return RC_OK;
        sleep_ms(ASK_LOOK_MS);
    }
    return rc != RC_OK ? rc : err_set(err, RC_BUSY, "%s", _("the agent that runs here has not answered"));
}

enum rc agent_once(struct agent *agent, struct agent_report *report, struct err *err)
{
    enum rc rc = agent_lock(agent, err);

    *report = (struct agent_report){ .retry_after_ms = -1 };
    if (rc == RC_OK && agent->lock_fd < 0) {
        rc = ask_running(agent, report, err);
        if (rc != RC_OK || agent->lock_fd < 0)
            return rc;
    }
    if (rc == RC_OK)
        rc = agent_pass(agent, true, report, err);
    agent_unlock(agent);
    return rc;
}
