#include "sync/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"
#include "sync/answer.h"
#include "sync/job.h"

/* The precondition of one entry: what a PUT of its own would carry as a header. */
static void add_guard(struct buf *out, const struct unit *u, const struct outbox_row *row)
{
    if (!row->is_create)
        buf_printf(out, ",\"ifMatch\":\"W/\\\"%s\\\"\"", row->base_version);
    else if (u->c->caps.guard == GUARD_IF_MATCH_ZERO)
        buf_add(out, ",\"ifMatch\":\"W/\\\"0\\\"\"");
    else if (u->c->caps.guard == GUARD_IF_NONE_MATCH)
        buf_add(out, ",\"ifNoneMatch\":\"*\"");
}

/* Bodies are put in as text: what is sent is byte for byte what was frozen. */
static char *bundle_text(const struct unit *u)
{
    struct buf out = { 0 };

    buf_add(&out, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    for (size_t i = 0; i < u->n; i++) {
        const struct outbox_row *row = &u->row[i];
        buf_add(&out, i ? ",{\"resource\":" : "{\"resource\":");
        buf_add(&out, row->body);
        buf_printf(&out, ",\"request\":{\"method\":\"PUT\",\"url\":\"%s/%s\"", row->type, row->id);
        add_guard(&out, u, row);
        buf_add(&out, "}}");
    }
    buf_add(&out, "]}");
    return buf_take(&out);
}

void unit_start(struct unit *u, struct central *c, struct outbox_row *row, size_t n, enum plan_unit kind, int troubles)
{
    *u = (struct unit){ .c = c, .row = row, .n = n, .kind = kind, .troubles = troubles };
    u->body = bundle_text(u);
    u->lane = central_begin(c, &(struct http_request){ .method = "POST", .path = "", .body = u->body,
                                                       .gzip_body = central_packs(c, u->body), .request_id = row[0].op_id });
    if (u->lane < 0)
        mem_fatal("a unit without a lane");
}

/* ---- what was answered ---- */

/* One entry of the answer; entries stand in the order they were sent in. Without a whole resource and
 * its version the row stays in doubt and is read later. */
static enum rc take_entry(struct unit *u, const struct outbox_row *row, const struct node *entry, struct err *err)
{
    const struct node *resource = node_get(entry, "resource");
    char version[ANSWER_VERSION], updated[ANSWER_INSTANT];
    struct buf echo = { 0 };

    answer_meta(resource, version, updated);
    if (!version[0])
        answer_version(node_path_str(entry, "response.etag"), version);
    if (!resource || !version[0] || strcmp(node_str(resource, "id"), row->id) != 0 ||
        answer_status(node_path_str(entry, "response.status")) / 100 != 2)
        return outbox_set(u->c->st, row->seq, OUTBOX_IN_DOUBT, 0, 0, NULL, err);
    node_write(&echo, resource);
    enum rc rc = outbox_done(u->c->st, &u->c->push, row->seq, version, updated, buf_text(&echo), err);
    buf_done(&echo);
    u->c->counts.pushed += rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc take_answer(struct unit *u, struct err *err)
{
    enum rc rc = store_begin(u->c->st, err);
    const struct node *entry = node_first(node_get(doc_root(u->said), "entry"));

    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < u->n && rc == RC_OK; i++, entry = entry ? node_next(entry) : NULL)
        rc = take_entry(u, &u->row[i], entry, err);
    return store_end(u->c->st, rc, err);
}

static void judge(struct unit *u)
{
    char type[64], id[80];
    struct plan_event ev;
    struct plan_op op = { .state = OUTBOX_IN_FLIGHT, .is_create = true, .guard = u->c->caps.guard, .honors_if_match = true,
                          .has_history = u->c->caps.has_history, .has_address = true, .attempts = u->row[0].attempts,
                          .troubles = u->troubles, .unanswered_ms = PLAN_NEVER, .unit = u->kind };

    job_event(u->c, &u->answer, &ev);
    ev.has_version = u->said != NULL;
    for (size_t i = 0; i < u->n && !ev.names_reference && ev.kind == EVENT_ANSWER && ev.status / 100 != 2; i++) {
        struct doc *ours = NULL;
        ev.names_reference = doc_parse(u->row[i].body, strlen(u->row[i].body), &ours, NULL) == RC_OK &&
                             answer_missing_reference(u->said, ours, type, sizeof type, id, sizeof id);
        doc_free(ours);
    }
    u->plan = plan_step(&op, &ev);
    if (u->plan.effect == PLAN_READ)    /* each by itself, later in this pass */
        u->plan = (struct plan){ .state = OUTBOX_IN_DOUBT, .effect = PLAN_READ };
}

static void add_words(struct unit *u, struct buf *words)
{
    if (u->plan.pass == PASS_OVER && !u->plan.is_trouble)
        buf_add(words, u->why.text);
    else if (u->answer.outcome == HTTP_ANSWERED)
        answer_sentence(words, u->answer.status, u->said);
    else
        buf_add(words, u->answer.words);
}

static enum rc set_all(struct unit *u, struct err *err)
{
    struct buf words = { 0 };
    enum rc rc = store_begin(u->c->st, err);

    if (rc != RC_OK)
        return rc;
    add_words(u, &words);
    for (size_t i = 0; i < u->n && rc == RC_OK; i++) {
        rc = job_set(u->c, u->row[i].seq, &u->plan, u->answer.status, buf_text(&words), err);
        rc = rc == RC_NOT_FOUND ? RC_OK : rc;
    }
    u->c->counts.refused += u->plan.effect == PLAN_REFUSE ? (int64_t)u->n : 0;
    buf_done(&words);
    return store_end(u->c->st, rc, err);
}

enum rc unit_answered(struct unit *u, struct http_answer *answer, struct err *err)
{
    u->lane = -1;
    u->answer = *answer;
    *answer = (struct http_answer){ 0 };
    if (u->answer.outcome == HTTP_ANSWERED && u->answer.body.len > 0)
        doc_parse(buf_text(&u->answer.body), u->answer.body.len, &u->said, NULL);
    if (u->answer.outcome == HTTP_ANSWERED && u->answer.status / 100 == 2 && !u->said)
        u->answer.outcome = HTTP_LOST;      /* half an answer is none */
    judge(u);
    if (u->plan.effect == PLAN_DONE)
        return take_answer(u, err);
    log_line("sync", "a unit of %zu resources: %s, status %d", u->n, outbox_state_name(u->plan.state), u->answer.status);
    if (u->plan.pass == PASS_OVER && u->plan.is_trouble)
        err_set(&u->why, RC_NET, "%s", _("the server failed several times in a row"));
    else if (u->plan.pass == PASS_OVER)
        central_failure(&u->answer, "POST", &u->why);
    return set_all(u, err);
}

void unit_done(struct unit *u)
{
    for (size_t i = 0; i < u->n; i++)
        outbox_row_done(&u->row[i]);
    free(u->row);
    free(u->body);
    doc_free(u->said);
    http_answer_done(&u->answer);
    *u = (struct unit){ .lane = -1 };
}
