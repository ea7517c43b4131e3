/* agent_stay.c - the agent that stays: when the next pass is due. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "fhir/document.h"
#include "store/request.h"
#include "store/store.h"
#include "sync/agent.h"
#include "sync/job.h"
#include "sync/planner.h"

enum { LOOK_MS = 1000, CARE_MS = 10 * 60 * 1000, REQUESTS_MOST = 64 };

struct stay {
    struct agent *agent;
    bool has_server;
    int failures;               /* passes in a row that failed */
    int64_t next_pass, next_care;   /* monotonic ms */
    int64_t outbox_seen;        /* its change counter after our last pass */
    int64_t request[REQUESTS_MOST];
    size_t n_requests;
};

/* Told to stop, or the directory was taken away from under us. */
static bool stopped(const struct stay *s)
{
    struct stat lock;

    return (s->agent->stop && *s->agent->stop) || fstat(s->agent->lock_fd, &lock) != 0 || lock.st_nlink == 0;
}

/* Those that a pass answers; all others have been answered by now. */
static void take_requests(struct stay *s)
{
    struct request r;

    while (s->n_requests < REQUESTS_MOST && request_take(s->agent->st, true, &r)) {
        s->request[s->n_requests++] = r.number;
        request_done(&r);
    }
}

static char *result_text(const struct agent_report *report, enum rc rc, const struct err *err)
{
    char *json = agent_report_json(report);
    struct doc *doc = NULL;

    if (rc != RC_OK && doc_parse(json, strlen(json), &doc, NULL) == RC_OK) {
        node_set_str(doc, doc_root(doc), "error", err_text(err));
        free(json);
        json = doc_text(doc, NULL);
    }
    doc_free(doc);
    return json;
}

static void answer_requests(struct stay *s, const struct agent_report *report, enum rc rc, const struct err *err)
{
    char *result = result_text(report, rc, err);

    for (size_t i = 0; i < s->n_requests; i++)
        request_finish(s->agent->st, s->request[i], result, NULL);
    s->n_requests = 0;
    free(result);
}

static int64_t wait_after(struct stay *s, const struct agent_report *report, enum rc rc)
{
    int64_t interval = (int64_t)config_int(s->agent->config, "server.sync_interval_s") * 1000, wait;

    s->failures = rc == RC_OK ? 0 : s->failures + 1;
    if (rc == RC_OK)
        return report->has_more ? 0 : interval;
    wait = plan_backoff_ms(s->failures, report->retry_after_ms, job_random());
    return wait > LOOK_MS ? wait : LOOK_MS;
}

static void pass(struct stay *s)
{
    struct agent_report report;
    struct err err = { 0 };
    enum rc rc = agent_pass(s->agent, s->n_requests > 0, &report, &err);

    answer_requests(s, &report, rc, &err);
    s->next_pass = clock_monotonic_ms() + wait_after(s, &report, rc);
    s->outbox_seen = store_changes(s->agent->st, "outbox");
}

/* Somebody wrote something: it need not wait for the interval, unless the server is in trouble. */
static bool has_news(const struct stay *s)
{
    return s->failures == 0 && store_changes(s->agent->st, "outbox") != s->outbox_seen;
}

static void look(struct stay *s)
{
    agent_lease(s->agent);
    agent_answer(s->agent, NULL);
    take_requests(s);
    if (s->has_server && (s->n_requests > 0 || clock_monotonic_ms() >= s->next_pass || has_news(s)))
        pass(s);
    else if (s->n_requests > 0)
        answer_requests(s, &(struct agent_report){ 0 }, RC_INVALID,
                        &(struct err){ RC_INVALID, "no server is configured" });
    if (clock_monotonic_ms() >= s->next_care) {
        agent_care(s->agent);
        s->next_care = clock_monotonic_ms() + CARE_MS;
    }
    request_prune(s->agent->st);
    store_checkpoint(s->agent->st, false);
}

enum rc agent_stay(struct agent *agent, struct err *err)
{
    struct stay s = { .agent = agent, .has_server = *config_text(agent->config, "server.url") != '\0' };
    const struct timespec pause = { .tv_sec = LOOK_MS / 1000 };
    enum rc rc = agent_lock(agent, err);

    if (rc == RC_OK && agent->lock_fd < 0)
        rc = err_set(err, RC_BUSY, "%s", _("another agent works on this directory"));
    if (rc != RC_OK)
        return rc;
    agent->is_staying = true;
    log_line("sync", "the agent stays");
    request_reopen(agent->st);
    while (!stopped(&s)) {
        look(&s);
        if (!stopped(&s))
            nanosleep(&pause, NULL);    /* a signal ends it */
    }
    log_line("sync", "the agent leaves");
    agent_unlock(agent);
    return RC_OK;
}
