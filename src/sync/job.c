#include "sync/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"
#include "sync/alias.h"
#include "sync/answer.h"
#include "sync/apply.h"

/* Versions looked through for a write whose answer was lost. */
enum { HISTORY_COUNT = 100 };

uint32_t job_random(void)
{
    uint32_t random;

    crypto_random(&random, sizeof random);
    return random;
}

/* When its last try left, for what may come late. */
static int64_t unanswered_ms(const struct outbox_row *row)
{
    int64_t since = clock_now_ms() - row->sent_at;

    if (!row->sent_at || row->state == OUTBOX_QUEUED || row->state == OUTBOX_BLOCKED)
        return PLAN_NEVER;
    return since > 0 ? since : 0;
}

enum rc job_set(struct central *c, int64_t seq, const struct plan *plan, int status, const char *words, struct err *err)
{
    bool is_soon = plan->pass == PASS_OVER && !plan->is_trouble;     /* as soon as the server is back */
    int64_t next_at = !is_soon && (plan->wait_ms > 0 || plan->effect == PLAN_WAIT)
                      ? clock_now_ms() + (plan->wait_ms > 1000 ? plan->wait_ms : 1000) : 0;

    return outbox_set(c->st, seq, plan->state, next_at, status, words, err);
}

/* ---- the state before anything leaves ---- */

static bool is_frozen(const struct outbox_row *row)
{
    return row->state == OUTBOX_IN_FLIGHT || row->state == OUTBOX_IN_DOUBT;
}

static void note_address(struct job *j)
{
    j->op.has_address = !j->op.is_create || j->c->caps.takes_ids || alias_has(j->c, j->row.type, j->row.id);
}

/* Durable before the first byte: whoever finds the row after a crash knows it may have arrived. What is
 * sent once more says when, for what may come late. */
static enum rc take(struct job *j, struct err *err)
{
    struct outbox_row row;
    enum rc rc;

    if (j->is_fresh)
        return RC_OK;
    if (is_frozen(&j->row))
        return outbox_set(j->c->st, j->row.seq, OUTBOX_IN_FLIGHT, 0, 0, NULL, err);
    if ((rc = outbox_take(j->c->st, j->row.seq, &row, err)) != RC_OK)
        return rc;
    outbox_row_done(&j->row);
    j->row = row;
    j->op.is_create = row.is_create;
    j->op.undoes_deletion = row.undoes_deletion;
    j->is_fresh = true;
    return RC_OK;
}

static const struct doc *ours(struct job *j)
{
    if (!j->ours && doc_parse(j->row.body, strlen(j->row.body), &j->ours, NULL) != RC_OK)
        mem_fatal("a frozen document that does not read");
    return j->ours;
}

/* ---- asking ---- */

static void forget_answer(struct job *j)
{
    http_answer_done(&j->answer);
    doc_free(j->said);
    j->said = NULL;
    j->echo = NULL;
}

static void ask(struct job *j, enum job_question question, const struct http_request *request)
{
    forget_answer(j);
    j->question = question;
    j->lane = central_begin(j->c, request);
    if (j->lane < 0)
        mem_fatal("a write without a lane");
}

/* Where the server gives ids, the condition finds what an earlier try made. */
static void ask_create(struct job *j)
{
    char *condition = alias_condition(&j->row);

    ask(j, JOB_WRITE, &(struct http_request){ .method = "POST", .path = j->row.type, .body = j->wire, .gzip_body = central_packs(j->c, j->wire),
                                              .request_id = j->row.op_id, .if_none_exist = condition });
    free(condition);
}

static void ask_put(struct job *j)
{
    char *path = alias_path(j->c, j->row.type, j->row.id), match[96];
    bool has_match = j->op.is_create ? j->op.guard == GUARD_IF_MATCH_ZERO : j->row.base_version[0] != '\0';
    bool has_none = j->op.is_create && j->op.guard == GUARD_IF_NONE_MATCH;
    const char *body = j->wire ? j->wire : j->row.body;

    snprintf(match, sizeof match, "W/\"%s\"", j->op.is_create ? "0" : j->row.base_version);
    ask(j, JOB_WRITE, &(struct http_request){
        .method = "PUT", .path = path, .body = body, .gzip_body = central_packs(j->c, body),
        .request_id = j->row.op_id, .if_match = has_match ? match : NULL, .if_none_match = has_none ? "*" : NULL });
    free(path);
}

static enum rc begin_write(struct job *j, struct err *err)
{
    enum rc rc = take(j, err);

    if (rc != RC_OK)
        return rc;
    free(j->wire);
    j->wire = j->op.has_address ? alias_out(j->c, j->row.body) : alias_out_new(j->c, &j->row);
    if (j->op.has_address)
        ask_put(j);
    else
        ask_create(j);
    j->is_fresh = false;
    return RC_OK;
}

static enum rc begin_read(struct job *j, struct err *err)
{
    enum rc rc = is_frozen(&j->row) ? RC_OK : take(j, err);

    if (rc != RC_OK)
        return rc;
    char *path = alias_path(j->c, j->row.type, j->row.id);
    ask(j, JOB_READ, &(struct http_request){ .method = "GET", .path = path });
    free(path);
    return RC_OK;
}

/* From a time on: HAPI counts an instance's history once a minute otherwise, and shows no more of it than that. */
static void begin_search(struct job *j)
{
    char *path = alias_path(j->c, j->row.type, j->row.id);
    char *history = mem_printf("%s/_history?_since=1970-01-01T00:00:00Z&_count=%d", path, HISTORY_COUNT);

    ask(j, JOB_HISTORY, &(struct http_request){ .method = "GET", .path = history });
    free(history);
    free(path);
}

/* ---- what was answered ---- */

void job_event(struct central *c, const struct http_answer *answer, struct plan_event *event)
{
    *event = (struct plan_event){ .kind = EVENT_LOST, .random = job_random(), .retry_after_ms = central_note_wait(c, answer) };
    switch (answer->outcome) {
    case HTTP_ANSWERED:
        event->kind = EVENT_ANSWER;
        event->status = answer->status;
        break;
    case HTTP_UNREACHED: event->kind = EVENT_UNREACHED; break;
    case HTTP_UNTRUSTED: event->kind = EVENT_UNTRUSTED; break;
    case HTTP_LOST: event->kind = central_stopped(c) ? EVENT_STOPPED : EVENT_LOST; break;
    }
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

/* Turned away at the door or in dispute, the write says nothing of an earlier try of the same. */
static bool tells_of_earlier(int status)
{
    static const int silent[] = { 401, 403, 408, 409, 412, 429 };

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (status == silent[i])
            return false;
    return status / 100 == 2 || status / 100 == 4;
}

static enum rc on_written(struct job *j, struct plan_event *ev, struct err *err)
{
    const struct http_answer *a = &j->answer;
    char type[64], id[80];
    enum rc rc = RC_OK;

    if (ev->kind != EVENT_ANSWER)
        return RC_OK;
    if (tells_of_earlier(a->status))
        j->op.unanswered_ms = PLAN_NEVER;
    if (a->body.len > 0)
        doc_parse(buf_text(&a->body), a->body.len, &j->said, NULL);
    if (a->status / 100 == 2) {
        if (!j->op.has_address) {
            rc = alias_learn(j->c, &j->row, a->location, j->said, err);
            note_address(j);
        }
        alias_in(j->c, j->said);
        ev->has_version = take_echo(j);
        if (!j->said && a->body.len > 0)
            ev->kind = EVENT_LOST;      /* half an answer is none */
    } else if (answer_missing_reference(j->said, ours(j), type, sizeof type, id, sizeof id)) {
        ev->names_reference = true;
        snprintf(j->waits_for, sizeof j->waits_for, "%s/%s", type, id);
    }
    j->op.disputes += a->status == 409 || a->status == 412 || (a->status / 100 == 2 && !ev->has_version);
    return rc;
}

static bool is_ours(struct job *j, const struct doc *doc)
{
    return answer_is_by(doc_root(doc), j->row.op_id) || doc_equal_content(ours(j), doc);
}

/* The deletion found is the one that a person decided to undo: ours is based on it. */
static bool is_undone(struct job *j)
{
    if (*j->row.base_version && !j->remote.was_deleted)
        central_deleting_version(j->c, j->row.type, j->row.id, &j->remote);
    return *j->row.base_version && strcmp(j->remote.version, j->row.base_version) == 0;
}

static enum plan_found compare(struct job *j)
{
    switch (j->remote.state) {
    case REMOTE_ABSENT: return FOUND_ABSENT;
    case REMOTE_GONE:
        return is_undone(j) ? FOUND_BASE : FOUND_GONE;
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

/* The question could not be answered. */
static void on_failed(struct plan_event *ev)
{
    if (ev->kind == EVENT_LOST || ev->kind == EVENT_STOPPED || ev->kind == EVENT_ANSWER)
        ev->kind = EVENT_READ_FAILED;
}

static void on_looked(struct job *j, struct plan_event *ev)
{
    remote_done(&j->remote);
    remote_from(j->c, &j->answer, &j->remote);
    if (j->remote.state == REMOTE_FAILED) {
        j->answer = j->remote.failure;
        j->remote.failure = (struct http_answer){ 0 };
        on_failed(ev);
        return;
    }
    ev->kind = EVENT_READ;
    ev->found = compare(j);
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
        bool is_read = doc_parse(buf_text(&text), text.len, &j->older, NULL) == RC_OK;
        buf_done(&text);
        alias_in(j->c, j->older);
        if (is_read && is_ours(j, j->older))
            return true;
        doc_free(j->older);
        j->older = NULL;
    }
    return false;
}

static void on_searched(struct job *j, struct plan_event *ev)
{
    struct doc *history = NULL;

    if (ev->kind != EVENT_ANSWER || ev->status / 100 != 2 ||
        doc_parse(buf_text(&j->answer.body), j->answer.body.len, &history, NULL) != RC_OK) {
        on_failed(ev);
        return;
    }
    ev->kind = EVENT_HISTORY;
    ev->found = find_older(j, history) ? FOUND_OURS : FOUND_OTHER;
    if (ev->found == FOUND_OURS)
        j->echo = j->older;
    doc_free(history);
}

/* ---- ends ---- */

enum rc job_keep(struct job *j, struct err *err)
{
    char *echo = doc_text(j->echo, NULL);
    enum rc rc = outbox_done(j->c->st, &j->c->push, j->row.seq, j->version, j->updated, echo, err);

    free(echo);
    if (rc != RC_OK)
        return rc;
    j->is_kept = false;
    j->c->counts.pushed++;
    if (!doc_equal_content(ours(j), j->echo))
        log_line("sync", "%s/%s: the server keeps it otherwise than it was sent", j->row.type, j->row.id);
    return RC_OK;
}

/* Both or neither: the pull may have been past the newer version, and left it to this write. */
static enum rc keep_older(struct job *j, struct err *err)
{
    enum apply_rule rule;
    enum rc rc = store_begin(j->c->st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = job_keep(j, err)) == RC_OK)
        rc = apply_remote(j->c, j->remote.doc, j->remote.version, j->remote.updated, true, &rule, err);
    return store_end(j->c->st, rc, err);
}

static enum rc deleted(struct job *j, struct err *err)
{
    const struct plan later = { .state = OUTBOX_IN_DOUBT, .effect = PLAN_WAIT };

    if (j->remote.state != REMOTE_GONE) {       /* the answer to the write said so */
        remote_done(&j->remote);
        central_read(j->c, j->row.type, j->row.id, &j->remote);
    }
    if (j->remote.state == REMOTE_GONE && is_undone(j))
        return job_set(j->c, j->row.seq, &later, 410, NULL, err);
    if (j->remote.state == REMOTE_GONE && !j->remote.was_deleted)
        central_deleting_version(j->c, j->row.type, j->row.id, &j->remote);
    if (j->remote.state == REMOTE_THERE)        /* and is there again by now */
        return apply_settle(j->c, j->remote.doc, j->remote.version, j->remote.updated, err);
    return apply_deletion(j->c, j->row.type, j->row.id, j->remote.version, err);
}

static enum rc set_with_words(struct job *j, struct err *err)
{
    struct buf words = { 0 };

    if (j->plan.pass == PASS_OVER && !j->plan.is_trouble)
        buf_add(&words, j->why.text);
    else if (j->plan.effect == PLAN_BLOCK)
        buf_printf(&words, _("waits for %s, which the server does not know"), j->waits_for);
    else if (j->answer.outcome == HTTP_ANSWERED)
        answer_sentence(&words, j->answer.status, j->said);
    else
        buf_add(&words, j->answer.words);
    if (j->answer.status == 413)
        buf_printf(&words, _(" (it has %zu kB)"), strlen(j->row.body) / 1024 + 1);
    enum rc rc = job_set(j->c, j->row.seq, &j->plan, j->answer.status, buf_text(&words), err);
    buf_done(&words);
    j->c->counts.refused += j->plan.effect == PLAN_REFUSE;
    if (j->plan.effect == PLAN_REFUSE || j->plan.effect == PLAN_BLOCK)
        log_line("sync", "%s/%s: %s, status %d", j->row.type, j->row.id, outbox_state_name(j->plan.state),
                 j->answer.status);
    return rc;
}

static void note_over(struct job *j)
{
    if (j->plan.pass == PASS_OVER && j->plan.is_trouble)
        err_set(&j->why, RC_NET, "%s", _("the server failed several times in a row"));
    else if (j->plan.pass == PASS_OVER)
        central_failure(&j->answer, "PUT", &j->why);
}

static enum rc finish(struct job *j, struct err *err)
{
    switch (j->plan.effect) {
    case PLAN_DONE_LOST:
        log_line("sync", "%s/%s: the server had lost what was updated; it has it again", j->row.type, j->row.id);
        central_problem(j->c, _("%s/%s: the server no longer had it and has it again from here; was it restored from a backup?"),
                        j->row.type, j->row.id);
        central_suspect(j->c, "an update made its resource anew");
        j->is_kept = true;
        return RC_OK;
    case PLAN_DONE:
        j->is_kept = true;
        return RC_OK;
    case PLAN_DONE_OLDER:
        return keep_older(j, err);
    case PLAN_MERGE:
        return apply_settle(j->c, j->remote.doc, j->remote.version, j->remote.updated, err);
    case PLAN_DELETED:
        return deleted(j, err);
    default:
        note_over(j);
        return set_with_words(j, err);
    }
}

/* What the planner says of what happened: the next question, or the end. */
static enum rc advance(struct job *j, struct plan_event *ev, struct err *err)
{
    j->plan = plan_step(&j->op, ev);
    j->op.state = j->plan.state;
    switch (j->plan.effect) {
    case PLAN_SEND: return begin_write(j, err);
    case PLAN_READ: return begin_read(j, err);
    case PLAN_SEARCH: begin_search(j); return RC_OK;
    default: return finish(j, err);
    }
}

enum rc job_start(struct job *j, struct central *c, struct outbox_row *row, bool is_fresh, int troubles, struct err *err)
{
    *j = (struct job){ .c = c, .row = *row, .lane = -1, .is_fresh = is_fresh };
    *row = (struct outbox_row){ 0 };
    j->op = (struct plan_op){
        .state = is_fresh ? OUTBOX_QUEUED : j->row.state, .is_create = j->row.is_create,
        .undoes_deletion = j->row.undoes_deletion, .guard = c->caps.guard,
        .honors_if_match = c->caps.honors_if_match, .has_history = c->caps.has_history,
        .attempts = j->row.attempts, .troubles = troubles, .unanswered_ms = is_fresh ? PLAN_NEVER : unanswered_ms(&j->row),
    };
    note_address(j);
    return advance(j, &(struct plan_event){ .kind = EVENT_TURN, .retry_after_ms = -1, .random = job_random() }, err);
}

enum rc job_answered(struct job *j, struct http_answer *answer, struct err *err)
{
    struct plan_event ev;
    enum rc rc = RC_OK;

    j->lane = -1;
    j->answer = *answer;
    *answer = (struct http_answer){ 0 };
    job_event(j->c, &j->answer, &ev);
    switch (j->question) {
    case JOB_WRITE: rc = on_written(j, &ev, err); break;
    case JOB_READ: on_looked(j, &ev); break;
    case JOB_HISTORY: on_searched(j, &ev); break;
    }
    return rc == RC_OK ? advance(j, &ev, err) : rc;
}

void job_done(struct job *j)
{
    outbox_row_done(&j->row);
    forget_answer(j);
    free(j->wire);
    remote_done(&j->remote);
    doc_free(j->ours);
    doc_free(j->older);
    *j = (struct job){ .lane = -1 };
}
