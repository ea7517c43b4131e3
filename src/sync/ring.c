#include "sync/ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"
#include "sync/answer.h"
#include "sync/central.h"

struct ring {
    struct central *c;
    struct outbox_row *row;
    size_t n;
    struct http_answer answer;
    struct doc *said;
};

static enum rc take_rows(struct ring *r, const struct order_group *group, struct err *err)
{
    enum rc rc = RC_OK;

    r->row = mem_array(group->n, sizeof *r->row);
    for (; r->n < group->n && rc == RC_OK; r->n++)
        rc = outbox_take(r->c->st, group->seq[r->n], &r->row[r->n], err);
    return rc;
}

/* Bodies are put in as text: what is sent is byte for byte what was frozen. */
static char *bundle_text(const struct ring *r)
{
    struct buf out = { 0 };

    buf_add(&out, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    for (size_t i = 0; i < r->n; i++) {
        const struct outbox_row *row = &r->row[i];
        buf_printf(&out, "%s{\"resource\":", i ? "," : "");
        buf_add(&out, row->body);
        buf_printf(&out, ",\"request\":{\"method\":\"PUT\",\"url\":\"%s/%s\"", row->type, row->id);
        if (r->c->caps.guard == GUARD_IF_MATCH_ZERO)
            buf_add(&out, ",\"ifMatch\":\"W/\\\"0\\\"\"");
        else if (r->c->caps.guard == GUARD_IF_NONE_MATCH)
            buf_add(&out, ",\"ifNoneMatch\":\"*\"");
        buf_add(&out, "}}");
    }
    buf_add(&out, "]}");
    return buf_take(&out);
}

static enum rc set_all(struct ring *r, const struct plan *plan, struct err *err)
{
    struct buf words = { 0 };
    enum rc rc = RC_OK;

    if (r->answer.outcome == HTTP_ANSWERED)
        answer_sentence(&words, r->answer.status, r->said);
    else
        buf_add(&words, r->answer.words);
    for (size_t i = 0; i < r->n && rc == RC_OK; i++)
        rc = job_set(r->c, r->row[i].seq, plan, r->answer.status, buf_text(&words), err);
    buf_done(&words);
    return rc;
}

/* One entry of the answer; entries stand in the order they were sent in. Without a whole resource and
 * its version the row stays in doubt and is read later. */
static enum rc take_entry(struct ring *r, size_t i, const struct node *entry, struct err *err)
{
    const struct node *resource = node_get(entry, "resource");
    char version[ANSWER_VERSION], updated[ANSWER_INSTANT];
    struct buf echo = { 0 };

    answer_meta(resource, version, updated);
    if (!version[0])
        answer_version(node_path_str(entry, "response.etag"), version);
    if (!resource || !version[0] || strcmp(node_str(resource, "id"), r->row[i].id) != 0 ||
        answer_status(node_path_str(entry, "response.status")) / 100 != 2)
        return RC_OK;
    node_write(&echo, resource);
    enum rc rc = outbox_done(r->c->st, &r->c->push, r->row[i].seq, version, updated, buf_text(&echo), err);
    buf_done(&echo);
    r->c->counts.pushed += rc == RC_OK;
    return rc;
}

static enum rc take_answer(struct ring *r, struct err *err)
{
    enum rc rc = store_begin(r->c->st, err);
    const struct node *entry = node_first(node_get(doc_root(r->said), "entry"));

    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < r->n && entry && rc == RC_OK; i++, entry = node_next(entry))
        rc = take_entry(r, i, entry, err);
    return store_end(r->c->st, rc, err);
}

/* In a transaction a failed guard may come as 400 (SYNC.md 3): what is not plainly a refusal is
 * looked into one by one. */
static struct plan judge(const struct ring *r)
{
    struct plan_op op = { .state = OUTBOX_IN_FLIGHT, .is_create = true, .guard = r->c->caps.guard,
                          .attempts = r->row[0].attempts };
    struct plan_event ev = { .kind = EVENT_LOST, .retry_after_ms = -1, .random = job_random() };

    if (r->answer.outcome == HTTP_UNREACHED)
        ev.kind = EVENT_UNREACHED;
    else if (r->answer.outcome == HTTP_UNTRUSTED)
        ev.kind = EVENT_UNTRUSTED;
    else if (r->answer.outcome == HTTP_ANSWERED) {
        ev.kind = EVENT_ANSWER;
        ev.status = r->answer.status;
        ev.retry_after_ms = answer_retry_after_ms(r->answer.retry_after[0] ? r->answer.retry_after : NULL,
                                                  clock_now_ms());
    }
    struct plan plan = plan_step(&op, &ev);
    if (plan.effect == PLAN_READ || (plan.effect == PLAN_REFUSE && ev.status == 400))
        plan = (struct plan){ .state = OUTBOX_IN_DOUBT, .effect = PLAN_WAIT };
    return plan;
}

static enum rc finish(struct ring *r, enum job_end *end, struct err *why, struct err *err)
{
    *end = JOB_SETTLED;
    if (r->answer.outcome == HTTP_ANSWERED && r->answer.status / 100 == 2 && r->said)
        return take_answer(r, err);
    struct plan plan = judge(r);
    if (plan.effect == PLAN_PAUSE_ALL || plan.effect == PLAN_STOP || r->answer.outcome == HTTP_UNREACHED) {
        *end = JOB_CLOSED;
        central_failure(&r->answer, "POST", why);
    } else if (plan.effect == PLAN_WAIT || plan.effect == PLAN_PAUSE_TYPE) {
        *end = JOB_WAITS;
    }
    log_line("sync", "a ring of %zu new resources: %s, status %d", r->n, outbox_state_name(plan.state), r->answer.status);
    return set_all(r, &plan, err);
}

enum rc ring_run(struct central *c, const struct order_group *group, enum job_end *end, struct err *why,
                 struct err *err)
{
    struct ring r = { .c = c };
    enum rc rc = take_rows(&r, group, err);

    if (rc == RC_OK) {
        char *body = bundle_text(&r);
        central_send(c, &(struct http_request){ .method = "POST", .path = "", .body = body,
                                                .request_id = r.row[0].op_id }, &r.answer);
        free(body);
        if (r.answer.outcome == HTTP_ANSWERED && r.answer.body.len > 0)
            doc_parse(buf_text(&r.answer.body), r.answer.body.len, &r.said, NULL);
        rc = finish(&r, end, why, err);
    }
    for (size_t i = 0; i < r.n; i++)
        outbox_row_done(&r.row[i]);
    free(r.row);
    doc_free(r.said);
    http_answer_done(&r.answer);
    return rc;
}
