/* The truth about sync, whole: what waits, who works, what the server can do, what passes did. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "desk/ability.h"
#include "desk/pass_words.h"
#include "desk/refusal.h"
#include "store/attachment.h"
#include "store/outbox.h"
#include "store/pass.h"
#include "store/quarantine.h"
#include "store/sweep.h"
#include "store/sync_state.h"

enum { REFUSALS = 100, ABILITIES = 40, PASSES = 50 };

static void instant_member(struct doc *doc, struct node *object, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT] = "";

    if (ms)
        clock_instant(ms, text);
    node_set_str(doc, object, name, text);
}

static void stuck_row(struct doc *doc, struct node *row, const struct outbox_row *o)
{
    struct refusal refusal;
    char words[200];

    node_set_int(doc, row, "seq", o->seq);
    node_set_str(doc, row, "type", o->type);
    node_set_str(doc, row, "id", o->id);
    node_set_int(doc, row, "status", o->last_status);
    node_set_str(doc, row, "reason", o->last_error);
    if (o->state != OUTBOX_REFUSED)
        return;
    refusal_read(o->type, o->last_status, o->last_error, &refusal);
    refusal_words(&refusal, words, sizeof words);
    node_set_str(doc, row, "kind", refusal.kind);
    node_set_str(doc, row, "path", refusal.path);
    node_set_str(doc, row, "words", words);
    node_set_str(doc, row, "fix", refusal.fix);
}

/* What the server will not take, or what waits for another record, in the order it was written. */
static enum rc stuck_rows(struct store *st, struct doc *doc, const char *name, enum outbox_state state, struct err *err)
{
    struct node *list = node_set_array(doc, doc_root(doc), name);
    struct outbox_row *rows = NULL;
    int n = 0;
    enum rc rc = outbox_list(st, (int)state, INT64_MAX, REFUSALS, &rows, &n, err);

    for (int i = 0; i < n; i++) {
        stuck_row(doc, node_add_object(doc, list), &rows[i]);
        outbox_row_done(&rows[i]);
    }
    free(rows);
    return rc;
}

static enum rc quarantine_member(struct store *st, struct doc *doc, struct err *err)
{
    struct quarantined *list = NULL;
    size_t n = 0;
    enum rc rc = quarantine_list(st, &list, &n, err);

    for (size_t i = 0; i < n; i++)
        quarantined_done(&list[i]);
    free(list);
    node_set_int(doc, doc_root(doc), "quarantined", (int64_t)n);
    return rc;
}

static void agent_member(struct doc *doc, const struct sync_status *s)
{
    struct node *agent = node_set_object(doc, doc_root(doc), "agent");

    node_set_bool(doc, agent, "alive", s->running);
    node_set_str(doc, agent, "holder", s->holder);
    instant_member(doc, agent, "leaseUntil", s->lease_until_ms);
}

/* Every finding of the probe with its rule, and the sentence for the weaker mode. */
static void server_member(struct context *ctx, struct doc *doc)
{
    const char *url = config_text(ctx->config, "server.url");
    char *text = *url ? server_caps(ctx->st, url) : NULL;
    struct doc *caps = NULL;
    struct ability ability[ABILITIES];
    struct node *server, *list;
    size_t n;

    if (!*url)
        return;
    server = node_set_object(doc, doc_root(doc), "server");
    node_set_str(doc, server, "url", url);
    if (text && doc_parse(text, strlen(text), &caps, NULL) == RC_OK) {
        instant_member(doc, server, "probed", strtoll(node_str(doc_root(caps), "probed"), NULL, 10));
        node_set_str(doc, server, "weakness", ability_weakness(doc_root(caps)));
        list = node_set_array(doc, server, "abilities");
        n = ability_list(doc_root(caps), ability, ABILITIES);
        for (size_t i = 0; i < n; i++) {
            struct node *row = node_add_object(doc, list);

            node_set_str(doc, row, "name", ability[i].name);
            node_set_str(doc, row, "value", ability[i].value);
            node_set_str(doc, row, "words", ability[i].words);
            node_set_str(doc, row, "rule", ability[i].rule);
        }
    }
    doc_free(caps);
    free(text);
}

static enum rc watermark_rows(struct store *st, struct doc *doc, struct err *err)
{
    struct node *list = node_set_array(doc, doc_root(doc), "watermarks");
    struct pull_position *positions = NULL;
    size_t n = 0;
    enum rc rc = pull_positions(st, &positions, &n, err);

    for (size_t i = 0; i < n; i++) {
        struct node *row = node_add_object(doc, list);

        node_set_str(doc, row, "type", positions[i].type);
        node_set_str(doc, row, "scope", positions[i].scope);
        node_set_str(doc, row, "watermark", positions[i].watermark);
        node_set_str(doc, row, "page", positions[i].page);
    }
    free(positions);
    return rc;
}

/* The nightly comparison: findings is what the passes before should have brought, 0 when all is well. */
static void sweep_member(struct store *st, struct doc *doc)
{
    struct sweep last = { 0 };
    struct node *sweep;

    if (sweep_last(st, &last, NULL) != RC_OK || !last.started[0])
        return;
    sweep = node_set_object(doc, doc_root(doc), "sweep");
    node_set_str(doc, sweep, "started", last.started);
    node_set_str(doc, sweep, "finished", last.finished);
    node_set_int(doc, sweep, "seen", last.counts.seen);
    node_set_int(doc, sweep, "missing", last.counts.missing);
    node_set_int(doc, sweep, "stale", last.counts.stale);
    node_set_int(doc, sweep, "deleted", last.counts.deleted);
    node_set_int(doc, sweep, "left", last.counts.left);
    node_set_int(doc, sweep, "lost", last.counts.lost);
    node_set_int(doc, sweep, "findings", last.counts.findings);
}

/* Files beside the texts: their queue is another one. */
static enum rc attachment_member(struct store *st, struct doc *doc, struct err *err)
{
    struct attachment_counts n;
    enum rc rc = attachment_count(st, &n, err);
    struct node *member = rc == RC_OK ? node_set_object(doc, doc_root(doc), "attachments") : NULL;

    if (rc != RC_OK)
        return rc;
    node_set_int(doc, member, "waiting", n.waiting);
    node_set_int(doc, member, "waitingBytes", n.waiting_bytes);
    node_set_int(doc, member, "refused", n.refused);
    node_set_int(doc, member, "here", n.here);
    node_set_int(doc, member, "hereBytes", n.here_bytes);
    return RC_OK;
}

static void counts(struct doc *doc, const struct sync_status *s)
{
    struct node *root = doc_root(doc);

    instant_member(doc, root, "lastDone", s->last_ok_ms);
    instant_member(doc, root, "lastTried", s->last_try_ms);
    node_set_str(doc, root, "outcome", s->last_try_ms ? pass_outcome_name(s->outcome) : "");
    node_set_str(doc, root, "problem", s->problem);
    node_set_int(doc, root, "unsent", s->unsent);
    instant_member(doc, root, "oldest", s->oldest_ms);
    node_set_int(doc, root, "inDoubt", s->in_doubt);
    node_set_int(doc, root, "blocked", s->blocked);
    node_set_int(doc, root, "refused", s->refused);
    node_set_int(doc, root, "conflicts", s->conflicts);
}

enum rc act_sync_status(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    struct sync_status s;
    struct doc *doc;
    enum rc rc = sync_status_get(ctx->st, &s, err);

    (void)grant;
    (void)args;
    if (rc != RC_OK)
        return rc;
    doc = doc_new(NULL);
    node_set_bool(doc, doc_root(doc), "configured", s.configured || config_text(ctx->config, "server.url")[0]);
    node_set_bool(doc, doc_root(doc), "running", s.running);
    counts(doc, &s);
    agent_member(doc, &s);
    server_member(ctx, doc);
    sweep_member(ctx->st, doc);
    if ((rc = quarantine_member(ctx->st, doc, err)) == RC_OK && (rc = attachment_member(ctx->st, doc, err)) == RC_OK &&
        (rc = watermark_rows(ctx->st, doc, err)) == RC_OK &&
        (rc = stuck_rows(ctx->st, doc, "refusals", OUTBOX_REFUSED, err)) == RC_OK &&
        (rc = stuck_rows(ctx->st, doc, "waits", OUTBOX_BLOCKED, err)) == RC_OK)
        *result = doc;
    else
        doc_free(doc);
    return rc;
}

static void pass_row(struct doc *doc, const struct pass *p)
{
    struct node *row = result_row(doc);
    char words[320];

    instant_member(doc, row, "started", p->started_ms);
    instant_member(doc, row, "ended", p->ended_ms);
    node_set_str(doc, row, "outcome", pass_outcome_name(p->outcome));
    node_set_int(doc, row, "passes", p->passes);
    node_set_int(doc, row, "pushed", p->pushed);
    node_set_int(doc, row, "pulled", p->pulled);
    node_set_int(doc, row, "conflicts", p->conflicts);
    node_set_int(doc, row, "refused", p->refused);
    node_set_int(doc, row, "requests", p->requests);
    node_set_int(doc, row, "bytesOut", p->bytes_out);
    node_set_int(doc, row, "bytesIn", p->bytes_in);
    node_set_str(doc, row, "problem", p->problem);
    pass_words(p, words, sizeof words);
    node_set_str(doc, row, "words", words);
}

enum rc act_sync_log(struct context *ctx, const struct grant *grant, const struct args *args,
                     struct doc **result, struct err *err)
{
    struct pass *list = NULL;
    size_t n = 0;
    enum rc rc = pass_list(ctx->st, arg_int(args, "limit", PASSES), &list, &n, err);

    (void)grant;
    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < n; i++)
            pass_row(*result, &list[i]);
    }
    free(list);
    return rc;
}
