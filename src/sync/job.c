#include "sync/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "sync/answer.h"
#include "sync/apply.h"
#include "sync/central.h"

/* Versions looked through for a write whose answer was lost. */
enum { HISTORY_COUNT = 100 };

struct job {
    struct central *c;
    struct outbox_row row;
    struct plan_op op;
    bool is_taken;              /* durably in flight: the body cannot change any more */
    struct doc *ours;           /* what we send */
    struct http_answer answer;  /* to the write, or of the read that failed */
    struct doc *said;           /* the answer's body, NULL when it is no JSON */
    struct remote remote;       /* what was read */
    struct doc *older;          /* our write, found among older versions */
    char version[ANSWER_VERSION], updated[ANSWER_INSTANT];  /* of the text that confirms ours */
    const struct doc *echo;     /* that text: said, remote.doc or older */
    char waits_for[160];        /* what blocks it: Type/id */
};

uint32_t job_random(void)
{
    uint32_t random;

    crypto_random(&random, sizeof random);
    return random;
}

enum rc job_set(struct central *c, int64_t seq, const struct plan *plan, int status, const char *words, struct err *err)
{
    int64_t next_at = plan->wait_ms > 0 || plan->effect == PLAN_WAIT
                      ? clock_now_ms() + (plan->wait_ms > 1000 ? plan->wait_ms : 1000) : 0;

    return outbox_set(c->st, seq, plan->state, next_at, status, words, err);
}

/* ---- the state before anything leaves ---- */

/* Durable before the first byte: whoever finds the row after a crash knows it may have arrived. */
static enum rc take(struct job *j, struct err *err)
{
    struct outbox_row row;
    enum rc rc = RC_OK;

    if (!j->is_taken && j->row.state != OUTBOX_IN_FLIGHT && j->row.state != OUTBOX_IN_DOUBT) {
        if ((rc = outbox_take(j->c->st, j->row.seq, &row, err)) != RC_OK)
            return rc;
        outbox_row_done(&j->row);
        j->row = row;
        j->op.is_create = row.is_create;
    }
    j->is_taken = true;
    if (!j->ours)
        rc = doc_parse(j->row.body, strlen(j->row.body), &j->ours, err);
    return rc;
}

/* ---- sending ---- */

static void forget_answer(struct job *j)
{
    http_answer_done(&j->answer);
    doc_free(j->said);
    j->said = NULL;
    j->echo = NULL;
}

/* The answer shows the resource at a version. */
static bool take_echo(struct job *j)
{
    const struct node *root = doc_root(j->said);

    if (!j->said || strcmp(doc_type(j->said), j->row.type) != 0 || strcmp(doc_id(j->said), j->row.id) != 0)
        return false;
    answer_meta(root, j->version, j->updated);
    if (!j->version[0])
        answer_version(j->answer.etag, j->version);
    j->echo = j->said;
    return j->version[0] != '\0';
}

static void read_answer(struct job *j, struct plan_event *ev)
{
    const struct http_answer *a = &j->answer;
    char type[64], id[80];

    ev->kind = EVENT_ANSWER;
    ev->status = a->status;
    if (a->body.len > 0)
        doc_parse(buf_text(&a->body), a->body.len, &j->said, NULL);
    ev->retry_after_ms = answer_retry_after_ms(a->retry_after[0] ? a->retry_after : NULL, clock_now_ms());
    if (ev->retry_after_ms >= 0)
        j->c->retry_after_ms = ev->retry_after_ms;
    if (a->status >= 200 && a->status < 300) {
        ev->has_version = take_echo(j);
        if (!j->said && a->body.len > 0)
            ev->kind = EVENT_LOST;      /* half an answer is none */
    } else if (answer_missing_reference(j->said, j->ours, type, sizeof type, id, sizeof id)) {
        ev->names_reference = true;
        snprintf(j->waits_for, sizeof j->waits_for, "%s/%s", type, id);
    }
    if (a->status == 409 || a->status == 412)
        j->op.disputes++;
}

static enum rc send_put(struct job *j, struct plan_event *ev, struct err *err)
{
    char path[160], match[96];
    enum rc rc = take(j, err);

    if (rc != RC_OK)
        return rc;
    forget_answer(j);
    snprintf(path, sizeof path, "%s/%s", j->row.type, j->row.id);
    snprintf(match, sizeof match, "W/\"%s\"", j->op.is_create ? "0" : j->row.base_version);
    bool has_match = j->op.is_create ? j->op.guard == GUARD_IF_MATCH_ZERO : j->row.base_version[0] != '\0';
    bool has_none = j->op.is_create && j->op.guard == GUARD_IF_NONE_MATCH;
    central_send(j->c, &(struct http_request){
        .method = "PUT", .path = path, .body = j->row.body, .request_id = j->row.op_id,
        .if_match = has_match ? match : NULL, .if_none_match = has_none ? "*" : NULL }, &j->answer);
    *ev = (struct plan_event){ .retry_after_ms = -1 };
    switch (j->answer.outcome) {
    case HTTP_ANSWERED: read_answer(j, ev); break;
    case HTTP_UNREACHED: ev->kind = EVENT_UNREACHED; break;
    case HTTP_UNTRUSTED: ev->kind = EVENT_UNTRUSTED; break;
    case HTTP_LOST: ev->kind = EVENT_LOST; break;
    }
    return RC_OK;
}

/* ---- looking ---- */

static bool is_ours(const struct job *j, const struct doc *doc)
{
    return answer_is_by(doc_root(doc), j->row.op_id) || doc_equal_content(j->ours, doc);
}

static enum plan_found compare(struct job *j)
{
    switch (j->remote.state) {
    case REMOTE_ABSENT: return FOUND_ABSENT;
    case REMOTE_GONE: return FOUND_GONE;
    default: break;
    }
    if (is_ours(j, j->remote.doc)) {
        j->echo = j->remote.doc;
        memcpy(j->version, j->remote.version, sizeof j->version);
        memcpy(j->updated, j->remote.updated, sizeof j->updated);
        return FOUND_OURS;
    }
    return !j->op.is_create && strcmp(j->remote.version, j->row.base_version) == 0 ? FOUND_BASE : FOUND_OTHER;
}

static enum rc read_there(struct job *j, struct plan_event *ev, struct err *err)
{
    enum rc rc = take(j, err);

    if (rc != RC_OK)
        return rc;
    remote_done(&j->remote);
    central_read(j->c, j->row.type, j->row.id, &j->remote);
    *ev = (struct plan_event){ .kind = EVENT_READ, .retry_after_ms = -1 };
    if (j->remote.state != REMOTE_FAILED) {
        ev->found = compare(j);
        return RC_OK;
    }
    forget_answer(j);
    j->answer = j->remote.failure;
    j->remote.failure = (struct http_answer){ 0 };
    ev->kind = j->answer.outcome == HTTP_UNTRUSTED ? EVENT_UNTRUSTED : EVENT_READ_FAILED;
    ev->status = j->answer.outcome == HTTP_ANSWERED ? j->answer.status : 0;
    ev->retry_after_ms = answer_retry_after_ms(j->answer.retry_after[0] ? j->answer.retry_after : NULL, clock_now_ms());
    return RC_OK;
}

/* Our text among the versions since the base: it arrived, and somebody wrote on top of it. */
static bool find_older(struct job *j, const struct doc *history)
{
    for (const struct node *e = node_first(node_get(doc_root(history), "entry")); e; e = node_next(e)) {
        const struct node *resource = node_get(e, "resource");
        struct buf text = { 0 };

        if (!resource)
            continue;
        answer_meta(resource, j->version, j->updated);
        if (!j->op.is_create && strcmp(j->version, j->row.base_version) == 0)
            return false;
        node_write(&text, resource);
        bool is_found = doc_parse(buf_text(&text), text.len, &j->older, NULL) == RC_OK && is_ours(j, j->older);
        buf_done(&text);
        if (is_found)
            return true;
        doc_free(j->older);
        j->older = NULL;
    }
    return false;
}

static enum rc search_history(struct job *j, struct plan_event *ev)
{
    char path[192];
    struct doc *history = NULL;

    snprintf(path, sizeof path, "%s/%s/_history?_count=%d", j->row.type, j->row.id, HISTORY_COUNT);
    *ev = (struct plan_event){ .kind = EVENT_HISTORY, .found = FOUND_OTHER, .retry_after_ms = -1 };
    forget_answer(j);
    if (central_get(j->c, path, &history, &j->answer, NULL) != RC_OK) {
        ev->kind = j->answer.outcome == HTTP_UNTRUSTED ? EVENT_UNTRUSTED : EVENT_READ_FAILED;
        ev->status = j->answer.outcome == HTTP_ANSWERED ? j->answer.status : 0;
    } else if (find_older(j, history)) {
        ev->found = FOUND_OURS;
        j->echo = j->older;
    }
    doc_free(history);
    return RC_OK;
}

/* ---- ends ---- */

static enum rc done(struct job *j, struct err *err)
{
    char *echo = doc_text(j->echo, NULL);
    enum rc rc = outbox_done(j->c->st, &j->c->push, j->row.seq, j->version, j->updated, echo, err);

    free(echo);
    if (rc != RC_OK)
        return rc;
    j->c->counts.pushed++;
    if (!doc_equal_content(j->ours, j->echo))
        log_line("sync", "%s/%s: the server keeps it otherwise than it was sent", j->row.type, j->row.id);
    return RC_OK;
}

static enum rc done_older(struct job *j, struct err *err)
{
    enum apply_rule rule;
    enum rc rc = done(j, err);

    return rc != RC_OK ? rc
                       : apply_remote(j->c, j->remote.doc, j->remote.version, j->remote.updated, true, &rule, err);
}

static enum rc deleted(struct job *j, struct err *err)
{
    if (j->remote.state != REMOTE_GONE) {       /* the answer to the write said so: ask which version did it */
        remote_done(&j->remote);
        central_read(j->c, j->row.type, j->row.id, &j->remote);
    }
    if (j->remote.state == REMOTE_THERE)        /* and is there again by now */
        return apply_settle(j->c, j->remote.doc, j->remote.version, j->remote.updated, err);
    return apply_deletion(j->c, j->row.type, j->row.id, j->remote.version, err);
}

static enum rc set_with_words(struct job *j, const struct plan *plan, struct err *err)
{
    struct buf words = { 0 };

    if (plan->effect == PLAN_BLOCK)
        buf_printf(&words, _("waits for %s, which the server does not know"), j->waits_for);
    else if (j->answer.outcome == HTTP_ANSWERED)
        answer_sentence(&words, j->answer.status, j->said);
    else
        buf_add(&words, j->answer.words);
    enum rc rc = job_set(j->c, j->row.seq, plan, j->answer.status, buf_text(&words), err);
    buf_done(&words);
    j->c->counts.refused += plan->effect == PLAN_REFUSE;
    if (plan->effect == PLAN_REFUSE || plan->effect == PLAN_BLOCK)
        log_line("sync", "%s/%s: %s, status %d", j->row.type, j->row.id, outbox_state_name(plan->state),
                 j->answer.status);
    return rc;
}

/* Nothing can be sent at all, as far as one write can tell. */
static bool closes_all(const struct job *j, const struct plan *plan)
{
    return plan->effect == PLAN_PAUSE_ALL || plan->effect == PLAN_STOP ||
           (plan->effect == PLAN_WAIT && j->answer.outcome == HTTP_UNREACHED) || central_stopped(j->c);
}

static enum rc finish(struct job *j, const struct plan *plan, enum job_end *end, struct err *why, struct err *err)
{
    *end = JOB_SETTLED;
    switch (plan->effect) {
    case PLAN_DONE_LOST:
        log_line("sync", "%s/%s: the server had lost what was updated; it has it again", j->row.type, j->row.id);
        return done(j, err);
    case PLAN_DONE:
        return done(j, err);
    case PLAN_DONE_OLDER:
        return done_older(j, err);
    case PLAN_MERGE:
        return apply_settle(j->c, j->remote.doc, j->remote.version, j->remote.updated, err);
    case PLAN_DELETED:
        return deleted(j, err);
    case PLAN_WAIT: case PLAN_PAUSE_ALL: case PLAN_STOP:
        *end = JOB_WAITS;
        if (closes_all(j, plan)) {      /* not this write's fault: it is due as soon as the server is back */
            *end = JOB_CLOSED;
            central_failure(&j->answer, "PUT", why);
            return outbox_set(j->c->st, j->row.seq, plan->state, 0, j->answer.status, err_text(why), err);
        }
        return set_with_words(j, plan, err);
    case PLAN_PAUSE_TYPE:
        *end = JOB_TYPE_CLOSED;
        return set_with_words(j, plan, err);
    case PLAN_BLOCK: case PLAN_REFUSE: default:
        return set_with_words(j, plan, err);
    }
}

static enum rc steps(struct job *j, enum job_end *end, struct err *why, struct err *err)
{
    struct plan_event ev = { .kind = EVENT_TURN, .retry_after_ms = -1 };

    for (;;) {
        enum rc rc;
        ev.random = job_random();
        struct plan plan = plan_step(&j->op, &ev);
        j->op.state = plan.state;
        switch (plan.effect) {
        case PLAN_SEND: rc = send_put(j, &ev, err); break;
        case PLAN_READ: rc = read_there(j, &ev, err); break;
        case PLAN_SEARCH: rc = search_history(j, &ev); break;
        default: return finish(j, &plan, end, why, err);
        }
        if (rc != RC_OK)
            return rc;
    }
}

/* This server gives ids of its own, which this desk does not take. */
static enum rc refuse_id(struct job *j, enum job_end *end, struct err *err)
{
    struct plan plan = { .state = OUTBOX_REFUSED, .effect = PLAN_REFUSE };

    *end = JOB_SETTLED;
    return job_set(j->c, j->row.seq, &plan, 0, _("the server does not take new resources with an id of ours"), err);
}

enum rc job_run(struct central *c, struct outbox_row *row, enum job_end *end, struct err *why, struct err *err)
{
    struct job j = { .c = c, .row = *row };
    enum rc rc;

    *row = (struct outbox_row){ 0 };
    j.op = (struct plan_op){
        .state = j.row.state, .is_create = j.row.is_create, .guard = c->caps.guard,
        .honors_if_match = c->caps.honors_if_match, .has_history = c->caps.has_history,
        .attempts = j.row.attempts,
    };
    rc = j.row.is_create && !c->caps.takes_ids ? refuse_id(&j, end, err) : steps(&j, end, why, err);
    outbox_row_done(&j.row);
    forget_answer(&j);
    remote_done(&j.remote);
    doc_free(j.ours);
    doc_free(j.older);
    return rc;
}
