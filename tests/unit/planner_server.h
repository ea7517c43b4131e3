/* planner_server.h - the server of planner_model.h, others who write there, and requests that come late.
 *
 * A document is a set of edits, one bit each, so that a merge of three is a merge of each bit and every
 * edit can be looked for in the server's history. The server has one of five tempers: strict R4, HAPI
 * and Helios (SYNC.md 3), one that gives ids of its own, and one to which If-Match means nothing. */
#ifndef FRONTDESK_TESTS_PLANNER_SERVER_H
#define FRONTDESK_TESTS_PLANNER_SERVER_H

#include "sync/planner.h"
#include "tests/unit/shrink.h"

enum temper { STRICT, HAPI, HELIOS, GIVES_IDS, CARELESS, N_TEMPERS };
static const char *const temper_names[] = { "strict", "HAPI", "Helios", "one that gives ids", "one that ignores If-Match" };
enum { VERSIONS = 200, PENDING = 16, EDITS = 60, LATE_MOST_MS = 119 * 1000, SETTLE_TURNS = 60, RUN_STEPS = 40 };

/* by: the op, 0 somebody else. is_double: carried out twice in a row by a server that has no guard
 * against it, which no client can help and which changes nothing. */
struct version { uint64_t content; int by; bool is_deleted, is_double; };
enum condition { FREELY, IF_NONE, IF_MATCH, IF_NONE_EXIST };
struct put { uint64_t content; int by, base; enum condition condition; int64_t at; };

/* by: its op, one for each text that was sent. */
struct row { bool is_there, is_create; enum outbox_state state; int by, attempts; uint64_t body; int64_t next_at, sent_at; };

struct model {
    struct tape *tape;
    struct buf *story;
    const char *broken;
    struct plan (*decide)(const struct plan_op *, const struct plan_event *);
    bool forgets_match, is_faulty;
    int64_t now;
    /* the server */
    enum temper temper;
    bool has_history;
    struct version version[VERSIONS + 1];   /* from 1 */
    int n, n_others, n_refused, n_decided;
    struct put late[PENDING];
    int n_late;
    /* the desk */
    uint64_t local, base, mine;             /* mine: every edit that was saved here */
    int base_version;                       /* 0: never at the server */
    struct row row;
    bool has_later;                         /* a second row, behind the frozen one */
    bool has_address;                       /* the id that the server gave */
    int ops, edits;
    /* this run */
    struct plan_op op;
    int read_version;                       /* what the last look showed */
    int found_version;                      /* where our text stands */
    bool is_running;
};

static void tell(struct model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct model *m, const char *format, ...)
{
    va_list args;
    char line[160];

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buf_printf(m->story, "  %6lld ms  %s\n", (long long)m->now, line);
}

static void breaks(struct model *m, const char *claim)
{
    if (!m->broken)
        m->broken = claim;
}

/* ---- the server ---- */

static const struct version *newest(const struct model *m)
{
    return &m->version[m->n];
}

static bool is_at_server(const struct model *m)
{
    return m->n > 0 && !newest(m)->is_deleted;
}

static void commit(struct model *m, struct version version)
{
    if (m->n == VERSIONS)
        return;
    m->version[++m->n] = version;
    m->n_others += version.by == 0;
    tell(m, "server has version %d: %llx by %s%d%s", m->n, (unsigned long long)version.content, version.by ? "op " : "others ",
         version.by, version.is_deleted ? " (deleted)" : "");
}

/* Of an update of ours its predecessor is the one it names; a create has none. */
static void check_predecessor(struct model *m, const struct put *put)
{
    if (is_at_server(m) && m->n != put->base)
        breaks(m, "I3: an update of ours follows the version it was made from");
}

static int server_put(struct model *m, const struct put *put)
{
    bool is_there = is_at_server(m), was_there = m->n > 0;
    bool is_stale = put->condition == IF_MATCH && !(is_there && put->base == m->n);

    if (m->temper == HAPI && put->condition == IF_MATCH && !was_there)
        is_stale = false;       /* creates whatever version was named */
    if (put->condition == IF_NONE_EXIST && is_there)
        return 200;             /* the one that is there */
    if (put->condition == IF_NONE && was_there)
        return 412;             /* a deleted id stays deleted */
    if (is_stale)
        return m->temper == HAPI ? 409 : 412;
    if (is_there && m->temper == HAPI && newest(m)->content == put->content)
        return 200;             /* the same text is no new version */
    bool is_double = put->condition == FREELY && is_there && newest(m)->by == put->by;
    if (!is_double)
        check_predecessor(m, put);
    commit(m, (struct version){ .content = put->content, .by = put->by, .is_double = is_double });
    return is_there ? 200 : 201;
}

/* Requests that were cut on their way and are carried out all the same. */
static void run_late(struct model *m, int64_t until)
{
    for (int i = 0; i < m->n_late;) {
        if (m->late[i].at > until) {
            i++;
            continue;
        }
        struct put put = m->late[i];
        m->late[i] = m->late[--m->n_late];
        tell(m, "a late request of op %d is carried out: %d", put.by, server_put(m, &put));
    }
}

static void pass_time(struct model *m, int64_t ms)
{
    run_late(m, m->now + ms);
    m->now += ms;
}

/* A write without a guard falls on whatever is there, others' work included; no client can help that, so
 * others keep away here. That nothing of ours follows before it is the desk's to see to. */
static bool is_unguarded(const struct model *m)
{
    if (m->temper == CARELESS && m->is_running)
        return true;
    for (int i = 0; i < m->n_late; i++)
        if (m->late[i].condition == FREELY)
            return true;
    return false;
}

static void others_write(struct model *m)
{
    uint64_t content = newest(m)->content;

    if (!is_at_server(m) || m->edits == EDITS || is_unguarded(m))
        return;
    switch (tape_draw(m->tape, 12)) {
    case 11: commit(m, (struct version){ .content = content, .is_deleted = true }); return;
    case 10: case 9: content &= ~m->mine; break;                /* somebody undoes what was done here */
    default: content |= (uint64_t)1 << m->edits++; break;
    }
    commit(m, (struct version){ .content = content });
}
#endif
