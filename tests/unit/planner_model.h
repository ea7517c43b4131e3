/* planner_model.h - one resource, one desk, one server and a bad line, in memory: what becomes of writes
 * when nothing but plan_step() decides. A tape (shrink.h) says who edits, what is lost, doubled or late,
 * and where the desk dies. */
#ifndef FRONTDESK_TESTS_PLANNER_MODEL_H
#define FRONTDESK_TESTS_PLANNER_MODEL_H

#include "tests/unit/planner_server.h"

/* ---- the desk: what store/outbox.c and sync/apply.c do ---- */

static bool is_frozen(const struct model *m)
{
    return m->row.is_there && (m->row.state == OUTBOX_IN_FLIGHT || m->row.state == OUTBOX_IN_DOUBT);
}

static void queue(struct model *m)
{
    m->row = (struct row){ .is_there = true, .is_create = m->base_version == 0, .state = OUTBOX_QUEUED };
}

static void edit(struct model *m)
{
    if (m->edits == EDITS || (m->base_version && !m->row.is_there && m->local == 0))
        return;
    uint64_t bit = (uint64_t)1 << m->edits++;
    m->local |= bit;
    m->mine |= bit;
    tell(m, "an edit here: %llx", (unsigned long long)m->local);
    if (is_frozen(m))
        m->has_later = true;
    else if (!m->row.is_there || m->row.state == OUTBOX_BLOCKED || m->row.state == OUTBOX_REFUSED)
        queue(m);
}

/* The states of SYNC.md 4.2 and the ways between them. */
static void set_state(struct model *m, enum outbox_state to)
{
    enum { Q = 1 << OUTBOX_QUEUED, F = 1 << OUTBOX_IN_FLIGHT, D = 1 << OUTBOX_IN_DOUBT, C = 1 << OUTBOX_CONFLICT,
           B = 1 << OUTBOX_BLOCKED, R = 1 << OUTBOX_REFUSED };
    static const int ways[] = {
        [OUTBOX_QUEUED] = F, [OUTBOX_BLOCKED] = F, [OUTBOX_IN_FLIGHT] = Q | F | D | C | B | R,
        [OUTBOX_IN_DOUBT] = D | F | C | R, [OUTBOX_CONFLICT] = C, [OUTBOX_REFUSED] = R,
    };

    if (!(ways[m->row.state] & 1 << to))
        breaks(m, "a write goes only where the protocol has a way");
    tell(m, "op %d: %s -> %s", m->row.by, outbox_state_name(m->row.state), outbox_state_name(to));
    m->row.state = to;
    m->n_refused += to == OUTBOX_REFUSED;
    if (!is_frozen(m))
        m->has_later = false;   /* one row again, for the resource as it stands */
}

static void take_base(struct model *m, int version)
{
    m->base_version = version;
    m->base = m->version[version].content;
}

static uint64_t merged(const struct model *m, uint64_t remote)
{
    return (m->local & remote) | ((m->local ^ remote) & ~m->base);     /* of each bit who changed it */
}

static void settle_with(struct model *m, int version)
{
    uint64_t remote = m->version[version].content;

    if (m->base_version == 0 && m->local != remote) {   /* without a base a person decides */
        m->row.state = OUTBOX_CONFLICT;
        m->has_later = false;
        take_base(m, version);
        return;
    }
    m->local = merged(m, remote);
    take_base(m, version);
    m->has_later = false;
    m->row.is_there = false;
    if (m->local != remote)
        queue(m);
    tell(m, "merged with version %d: %llx", version, (unsigned long long)m->local);
}

static void done_at(struct model *m, int version)
{
    bool has_later = m->has_later;

    tell(m, "op %d is done at version %d", m->row.by, version);
    take_base(m, version);
    m->row.is_there = m->has_later = false;
    if (has_later)
        queue(m);
    else
        m->local = m->base;
}

static void pull(struct model *m)
{
    if (is_frozen(m) || m->n == 0 || m->n == m->base_version)
        return;
    if (newest(m)->is_deleted) {
        if (m->row.is_there)
            m->row.state = OUTBOX_CONFLICT;
    } else if (m->row.is_there && m->row.state != OUTBOX_CONFLICT) {
        settle_with(m, m->n);
    } else if (!m->row.is_there) {
        take_base(m, m->n);
        m->local = m->base;
    }
}

/* A person says that what stands here holds. */
static void decide_conflict(struct model *m)
{
    if (m->row.is_there && m->row.state == OUTBOX_CONFLICT && is_at_server(m)) {
        take_base(m, m->n);
        m->n_decided++;
        m->local |= m->base;
        m->row.is_there = false;
        if (m->local != m->base)
            queue(m);
        tell(m, "a person decided: %llx", (unsigned long long)m->local);
    }
}

/* ---- the line ---- */

enum fault { NO_FAULT, REQUEST_LOST, ANSWER_LOST, DONE_TWICE, DONE_LATE, DONE_AND_LATE, UNREACHED, FAILS, FAILS_DONE, BUSY, TIMES_OUT,
             NO_VERSION, NO_RIGHT, NO_TOKEN, INVALID, DISPUTED, N_FAULTS };

static const char *const fault_names[] = { "goes well", "is lost", "goes well, the answer is lost", "is carried out twice",
    "is cut and comes late", "goes well unanswered and comes late again", "does not leave", "503", "500, and was done", "429",
    "408, and was done", "goes well, no version told", "403", "401", "422", "disputed for nothing" };

static enum fault draw_fault(struct model *m)
{
    return m->is_faulty && tape_chance(m->tape, 3) ? tape_draw(m->tape, N_FAULTS) : NO_FAULT;
}

static void come_late(struct model *m, struct put put)
{
    if (m->n_late == PENDING)
        return;
    put.at = m->now + 1 + tape_draw(m->tape, LATE_MOST_MS);
    m->late[m->n_late++] = put;
}

static struct plan_event answered(int status)
{
    return (struct plan_event){ .kind = EVENT_ANSWER, .status = status, .has_version = true, .retry_after_ms = -1 };
}

static struct plan_event unanswered(enum plan_event_kind kind)
{
    return (struct plan_event){ .kind = kind, .retry_after_ms = -1 };
}

static struct plan_event send_through(struct model *m, const struct put *put, enum fault fault)
{
    struct plan_event ev;

    switch (fault) {
    case REQUEST_LOST: return unanswered(EVENT_LOST);
    case ANSWER_LOST: server_put(m, put); return unanswered(EVENT_LOST);
    case DONE_TWICE: ev = answered(server_put(m, put)); server_put(m, put); return ev;
    case DONE_LATE: come_late(m, *put); return unanswered(EVENT_LOST);
    case DONE_AND_LATE: server_put(m, put); come_late(m, *put); return unanswered(EVENT_LOST);
    case UNREACHED: return unanswered(EVENT_UNREACHED);
    case FAILS: return answered(503);
    case FAILS_DONE: server_put(m, put); return answered(500);
    case BUSY: return answered(429);
    case TIMES_OUT: server_put(m, put); return answered(408);
    case NO_RIGHT: return answered(403);
    case NO_TOKEN: return answered(401);
    case INVALID: return answered(422);
    case DISPUTED: return answered(m->temper == HAPI ? 409 : 412);
    case NO_VERSION: ev = answered(server_put(m, put)); ev.has_version = false; return ev;
    default: return answered(server_put(m, put));
    }
}

static enum condition condition_of(const struct model *m)
{
    static const enum condition create[] = { [STRICT] = IF_NONE, [HAPI] = IF_MATCH, [HELIOS] = FREELY, [GIVES_IDS] = IF_NONE, [CARELESS] = FREELY };

    if (!m->op.has_address)
        return IF_NONE_EXIST;
    if (m->row.is_create && !m->forgets_match)
        return create[m->temper];
    return m->forgets_match || m->temper == CARELESS ? FREELY : IF_MATCH;
}

static void freeze(struct model *m)
{
    if (!is_frozen(m) && (!m->row.by || m->row.body != m->local)) {
        m->row.body = m->local;
        m->row.by = ++m->ops;
    }
    m->row.attempts++;
    set_state(m, OUTBOX_IN_FLIGHT);
    m->row.sent_at = m->now;
}

/* What job.c does to send: frozen and durable first. True unless the desk died. */
static bool send(struct model *m, struct plan_event *ev)
{
    struct put put = { .base = m->row.is_create ? 0 : m->base_version };

    freeze(m);
    put.content = m->row.body;
    put.by = m->row.by;
    put.condition = condition_of(m);
    if (m->is_faulty && tape_chance(m->tape, 20))
        return false;
    enum fault fault = draw_fault(m);
    tell(m, "op %d: PUT %llx on version %d %s", put.by, (unsigned long long)put.content, put.base, fault_names[fault]);
    *ev = send_through(m, &put, fault);
    if (ev->kind == EVENT_ANSWER) {
        m->found_version = m->n;
        m->has_address = m->has_address || ev->status / 100 == 2;
        m->op.has_address = m->op.has_address || m->has_address;
        if (ev->status / 100 == 2 || ev->status == 422)
            m->op.unanswered_ms = PLAN_NEVER;
        m->op.disputes += ev->status == 409 || ev->status == 412 || (ev->status / 100 == 2 && !ev->has_version);
    }
    return !(m->is_faulty && tape_chance(m->tape, 20));
}

static bool is_ours(const struct model *m, int version)
{
    const struct version *v = &m->version[version];

    return !v->is_deleted && (v->content == m->row.body || (m->temper == HAPI && v->by == m->row.by));
}

static enum plan_found look(struct model *m)
{
    m->read_version = m->n;
    if (m->n == 0)
        return FOUND_ABSENT;
    if (newest(m)->is_deleted)
        return FOUND_GONE;
    if (is_ours(m, m->n)) {
        m->found_version = m->n;
        return FOUND_OURS;
    }
    return !m->row.is_create && m->n == m->base_version ? FOUND_BASE : FOUND_OTHER;
}

static enum plan_found search(struct model *m)
{
    for (int v = m->n; v > (m->row.is_create ? 0 : m->base_version); v--)
        if (is_ours(m, v)) {
            m->found_version = v;
            return FOUND_OURS;
        }
    return FOUND_OTHER;
}

static const char *const found_names[] = { "absent", "deleted", "ours", "the base", "another version" };

/* A look may fail; what happens before it happened to somebody. */
static struct plan_event ask(struct model *m, enum plan_event_kind kind)
{
    struct plan_event ev = { .kind = kind, .retry_after_ms = -1 };
    enum fault fault = draw_fault(m);

    if (!is_frozen(m))
        freeze(m);              /* compared before it is sent */
    if (fault == UNREACHED)
        ev.kind = EVENT_UNREACHED;
    else if (fault != NO_FAULT) {
        ev.kind = EVENT_READ_FAILED;
        ev.status = fault == NO_RIGHT ? 403 : fault == NO_TOKEN ? 401 : fault == FAILS ? 503 : 0;
    } else
        ev.found = kind == EVENT_READ ? look(m) : search(m);
    tell(m, "op %d: %s: %s", m->row.by, kind == EVENT_READ ? "read" : "history", ev.kind == kind ? found_names[ev.found] : "failed");
    return ev;
}

/* ---- one run of one write ---- */

static void finish(struct model *m, const struct plan *plan)
{
    switch (plan->effect) {
    case PLAN_DONE: case PLAN_DONE_LOST:
        done_at(m, m->found_version);
        return;
    case PLAN_DONE_OLDER:
        done_at(m, m->found_version);
        pull(m);
        return;
    case PLAN_MERGE:
        settle_with(m, m->read_version);
        return;
    case PLAN_DELETED:
        if (is_at_server(m))
            settle_with(m, m->n);
        else
            set_state(m, OUTBOX_CONFLICT);
        return;
    default:
        break;
    }
    set_state(m, plan->state);
    if (plan->wait_ms > 60 * 60 * 1000)
        breaks(m, "I13: no wait is longer than an hour");
    m->row.next_at = plan->wait_ms > 0 || plan->effect == PLAN_WAIT ? m->now + (plan->wait_ms > 1000 ? plan->wait_ms : 1000) : 0;
}

/* Meanwhile somebody edits, here or elsewhere, and time passes. */
static void meanwhile(struct model *m)
{
    pass_time(m, 50);
    if (!m->is_faulty)
        return;
    if (tape_chance(m->tape, 8))
        others_write(m);
    if (tape_chance(m->tape, 8))
        edit(m);
}

static void start(struct model *m)
{
    static const enum create_guard guards[] = { [STRICT] = GUARD_IF_NONE_MATCH, [HAPI] = GUARD_IF_MATCH_ZERO, [HELIOS] = GUARD_NONE,
                                                [GIVES_IDS] = GUARD_IF_NONE_MATCH, [CARELESS] = GUARD_NONE };
    int64_t since = m->now - m->row.sent_at;

    m->op = (struct plan_op){
        .state = m->row.state, .is_create = m->row.is_create, .honors_if_match = m->temper != CARELESS, .has_history = m->has_history,
        .guard = guards[m->temper], .has_address = m->temper != GIVES_IDS || !m->row.is_create || m->has_address, .attempts = m->row.attempts, .unanswered_ms = is_frozen(m) && m->row.sent_at ? since : PLAN_NEVER,
    };
}

static void run(struct model *m)
{
    struct plan_event ev = { .kind = EVENT_TURN, .retry_after_ms = -1 };

    start(m);
    for (int step = 0; !m->broken; step++) {
        if (step == RUN_STEPS)
            breaks(m, "I10: a run of one write ends");
        ev.random = tape_draw(m->tape, 4) * 0x3FFFFFFFu;
        struct plan plan = m->decide(&m->op, &ev);
        m->op.state = plan.state;
        meanwhile(m);
        if (plan.effect == PLAN_SEND) {
            if (!send(m, &ev))
                break;
        } else if (plan.effect == PLAN_READ || plan.effect == PLAN_SEARCH) {
            ev = ask(m, plan.effect == PLAN_READ ? EVENT_READ : EVENT_HISTORY);
        } else {
            finish(m, &plan);
            return;
        }
        if (m->is_faulty && tape_chance(m->tape, 30))
            break;
    }
    tell(m, "the desk dies");
}

static void turn(struct model *m)
{
    bool is_persons = m->row.state == OUTBOX_CONFLICT || m->row.state == OUTBOX_REFUSED;

    if (!m->row.is_there || is_persons || m->row.next_at > m->now)
        return;
    m->is_running = true;
    run(m);
    m->is_running = false;
}

/* ---- what must hold in the end ---- */

static void check_commits(struct model *m)
{
    int since_deleted[VERSIONS + 1] = { 0 }, deletes = 1;

    for (int v = 1; v <= m->n; v++) {
        deletes += m->version[v].is_deleted;
        int by = m->version[v].by;
        if (by > 0 && by <= VERSIONS && since_deleted[by] == deletes && !m->version[v].is_double)
            breaks(m, "I4: a write is one version");
        if (by > 0 && by <= VERSIONS)
            since_deleted[by] = deletes;
    }
}

/* Every edit saved here is in the server's history, once brought in by us; once more only where another
 * undid it in between and no history could tell. */
static void check_edits(struct model *m)
{
    for (uint64_t bit = 1; bit; bit <<= 1) {
        int brought = 0, undone = 0, times = 0;
        if (!(m->mine & bit))
            continue;
        for (int v = 1; v <= m->n; v++) {
            bool before = m->version[v - 1].content & bit, now = m->version[v].content & bit;
            bool was_deleted = m->version[v - 1].is_deleted;    /* what is made again is another */
            times += now && m->version[v].by && (!before || was_deleted);
            brought = was_deleted ? 0 : brought;
            brought += now && !before && !was_deleted && m->version[v].by;
            undone += before && !now;
        }
        if (times == 0)
            breaks(m, "I2: a saved edit reaches the server");
        if (m->n_decided)
            continue;           /* who decides may bring back what was undone */
        if (brought > 1 + undone)
            breaks(m, "I1: a saved edit reaches the server once");
        if (brought > 1 && m->has_history)
            breaks(m, "in doubt the history tells, and nothing is done again");
    }
}

static void settle(struct model *m)
{
    m->is_faulty = false;
    for (int turns = 0; m->row.is_there && m->row.state != OUTBOX_CONFLICT && m->row.state != OUTBOX_REFUSED; turns++) {
        if (turns == SETTLE_TURNS)
            breaks(m, "I10: when the faults stop a write ends");
        if (m->broken)
            return;
        pass_time(m, m->row.next_at > m->now ? m->row.next_at - m->now : 0);
        turn(m);
    }
    pass_time(m, 2 * LATE_MOST_MS);
    pull(m);
}

static void begin(struct model *m, struct tape *tape, struct buf *story)
{
    m->tape = tape;
    m->story = story;
    m->now = 1000000;
    m->is_faulty = true;
    m->temper = tape_draw(tape, N_TEMPERS);
    m->has_history = !tape_chance(tape, 4);
    tell(m, "%s, %s history", temper_names[m->temper], m->has_history ? "with" : "without");
}

/* A history from a tape: shrink.h's claims. ctx is a struct model whose decide and forgets_match count. */
static const char *history_holds(struct tape *tape, void *ctx, struct buf *why)
{
    const struct model *of = ctx;
    struct model m = { .decide = of->decide, .forgets_match = of->forgets_match };

    begin(&m, tape, why);
    edit(&m);
    for (unsigned n = 2 + tape_draw(tape, 24); n > 0 && !m.broken; n--)
        switch (tape_draw(tape, 7)) {
        case 0: case 1: turn(&m); break;
        case 2: edit(&m); break;
        case 3: others_write(&m); break;
        case 4: pass_time(&m, 1000 << tape_draw(tape, 8)); break;
        case 5: pull(&m); break;
        default: decide_conflict(&m); break;
        }
    settle(&m);
    bool is_persons = m.row.is_there;
    check_commits(&m);
    if (is_persons && m.row.state == OUTBOX_CONFLICT && m.n_others + m.n_refused == 0)
        breaks(&m, "nobody is asked about what only this desk wrote");
    if (!is_persons && is_at_server(&m)) {
        check_edits(&m);
        if (m.local != newest(&m)->content)
            breaks(&m, "I5: desk and server agree in the end");
    }
    return m.broken;
}
#endif
