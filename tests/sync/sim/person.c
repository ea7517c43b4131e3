/* person.c - what people do at a desk: type into a field, add something, decide. Through the same store as
 * the program's screens, on a connection of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/query.h"
#include "tests/sync/sim/desk.h"
#include "tests/sync/sim/disk.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

static const char sql_any[] =
    "SELECT type, id FROM resource WHERE deleted = 0 AND type IN ('Patient', 'Task', 'Appointment', 'Communication')"
    " AND (?1 = '' OR type = ?1) ORDER BY type, id LIMIT 1 OFFSET ?2";
static const char sql_how_many[] =
    "SELECT count(*) FROM resource WHERE deleted = 0 AND type IN ('Patient', 'Task', 'Appointment', 'Communication')"
    " AND (?1 = '' OR type = ?1)";

static struct grant person_grant(const struct desk *desk)
{
    struct grant g = { .origin = ORIGIN_CLI };

    snprintf(g.staff, sizeof g.staff, "staff-%d", desk->number);
    snprintf(g.role, sizeof g.role, "front-desk");
    snprintf(g.action, sizeof g.action, "edit");
    snprintf(g.category, sizeof g.category, "test");
    snprintf(g.purpose, sizeof g.purpose, "TREAT");
    return g;
}

static int how_many(struct desk *desk, const char *type)
{
    struct query *q = query_open(desk->screen, sql_how_many);

    query_bind(q, 1, type);
    int n = query_next(q) ? (int)query_int(q, 0) : 0;
    query_end(q, NULL);
    return n;
}

/* Any resource here, or one of a type. */
static struct doc *pick(struct desk *desk, struct world *w, const char *type)
{
    int n = how_many(desk, type);
    struct doc *doc = NULL;
    char found[40] = "", id[72] = "";

    if (n == 0)
        return NULL;
    struct query *q = query_open(desk->screen, sql_any);
    query_bind(q, 1, type);
    query_bind_int(q, 2, dice_below(&w->people, n));
    if (query_next(q)) {
        snprintf(found, sizeof found, "%s", query_text(q, 0));
        snprintf(id, sizeof id, "%s", query_text(q, 1));
    }
    query_end(q, NULL);
    store_get(desk->screen, found, id, &doc, NULL);
    return doc;
}

bool desk_put(struct desk *desk, struct world *w, struct doc *doc)
{
    struct grant grant = person_grant(desk);
    struct err err = { 0 };

    world_act(w, desk);
    enum rc rc = store_put(desk->screen, &grant, doc, &err);
    trace("desk %d saves %s/%s: %s %s", desk->number, doc_type(doc), doc_id(doc), rc_name(rc), err.text);
    return rc == RC_OK;
}

/* A save that was refused must have left nothing. */
static void check_refused(struct desk *desk, const char *type, const char *id, int token)
{
    struct doc *doc = NULL;

    if (disk_is_dead() || store_get(desk->screen, type, id, &doc, NULL) != RC_OK)
        return;
    char *text = doc_text(doc, NULL);
    if (ledger_in(text, token))
        violation("I1", "desk %d: a save of %s/%s failed and was kept all the same", desk->number, type, id);
    free(text);
    doc_free(doc);
}

static bool type_into(struct desk *desk, struct world *w, struct doc *doc, int field)
{
    int token = ledger_type(&w->ledger, doc, field, desk->number);
    bool is_saved = desk_put(desk, w, doc);

    /* An error of the disk in the commit itself may leave it there for whoever opens the file next. */
    ledger_saved(&w->ledger, token, is_saved, !is_saved);
    if (!is_saved)
        check_refused(desk, doc_type(doc), doc_id(doc), token);
    return is_saved;
}

bool desk_edit_field(struct desk *desk, struct world *w, const char *type, const char *id, int field)
{
    struct doc *doc = NULL;
    bool is_saved = store_get(desk->screen, type, id, &doc, NULL) == RC_OK && type_into(desk, w, doc, field);

    doc_free(doc);
    return is_saved;
}

bool desk_edit(struct desk *desk, struct world *w)
{
    struct doc *doc = pick(desk, w, dice_chance(&w->people, 500) ? "Patient" : "");
    bool is_saved = doc && type_into(desk, w, doc, dice_below(&w->people, FIELDS));

    doc_free(doc);
    return is_saved;
}

/* ---- new ones ---- */

static void refer(struct doc *doc, const char *path, const char *type, const char *id)
{
    char text[120];

    snprintf(text, sizeof text, "%s/%s", type, id);
    doc_set(doc, path, text);
}

static struct doc *new_doc(const char *type, const char *patient)
{
    struct doc *doc = doc_new(type);
    char id[CRYPTO_UUID];

    crypto_uuid(id);
    doc_set(doc, "id", id);
    if (strcmp(type, "Patient") == 0)
        doc_set(doc, "birthDate", "1970-01-01");
    else if (strcmp(type, "Task") == 0) {
        doc_set(doc, "status", "draft");
        doc_set(doc, "intent", "order");
        refer(doc, "for.reference", "Patient", patient);
    } else if (strcmp(type, "Appointment") == 0) {
        doc_set(doc, "status", "proposed");
        doc_set(doc, "start", "2026-11-24T15:00:00Z");
        doc_set(doc, "end", "2026-11-24T15:30:00Z");
        refer(doc, "participant[0].actor.reference", "Patient", patient);
        doc_set(doc, "participant[0].status", "accepted");
    } else {
        doc_set(doc, "status", "completed");
        refer(doc, "subject.reference", "Patient", patient);
    }
    return doc;
}

static bool add_patient(struct desk *desk, struct world *w, char *id, size_t size)
{
    struct doc *doc = new_doc("Patient", "");
    bool is_saved = type_into(desk, w, doc, 0);

    snprintf(id, size, "%s", doc_id(doc));
    doc_free(doc);
    return is_saved;
}

/* Somebody who is here, or new with it. */
static bool find_patient(struct desk *desk, struct world *w, char *id, size_t size)
{
    struct doc *doc = dice_chance(&w->people, 300) ? NULL : pick(desk, w, "Patient");

    if (!doc)
        return add_patient(desk, w, id, size);
    snprintf(id, size, "%s", doc_id(doc));
    doc_free(doc);
    return true;
}

bool desk_create(struct desk *desk, struct world *w)
{
    static const char *const types[] = { "Task", "Appointment", "Communication" };
    const char *type = types[dice_below(&w->people, 3)];
    char patient[72];

    if (!find_patient(desk, w, patient, sizeof patient))
        return false;
    struct doc *doc = new_doc(type, patient), *about = NULL;
    if (strcmp(type, "Task") == 0 && (about = pick(desk, w, "Appointment")))
        refer(doc, "focus.reference", "Appointment", doc_id(about));
    if (strcmp(type, "Communication") == 0 && (about = pick(desk, w, "Task")))
        refer(doc, "about[0].reference", "Task", doc_id(about));
    bool is_saved = type_into(desk, w, doc, dice_below(&w->people, FIELDS));
    doc_free(about);
    doc_free(doc);
    return is_saved;
}

bool desk_ring(struct desk *desk, struct world *w)
{
    char patient[72];

    if (!find_patient(desk, w, patient, sizeof patient))
        return false;
    struct doc *task = new_doc("Task", patient), *said = new_doc("Communication", patient);
    refer(task, "focus.reference", "Communication", doc_id(said));
    refer(said, "about[0].reference", "Task", doc_id(task));
    world_act(w, desk);
    bool is_open = store_begin(desk->screen, NULL) == RC_OK;
    int first = ledger_type(&w->ledger, task, 0, desk->number), second = ledger_type(&w->ledger, said, 0, desk->number);
    bool is_saved = is_open && desk_put(desk, w, task) && desk_put(desk, w, said);
    if (is_open)
        is_saved = store_end(desk->screen, is_saved ? RC_OK : RC_IO, NULL) == RC_OK;
    ledger_saved(&w->ledger, first, is_saved, !is_saved);
    ledger_saved(&w->ledger, second, is_saved, !is_saved);
    doc_free(task);
    doc_free(said);
    return is_saved;
}

/* ---- steps up, and what no server takes ---- */

bool desk_climb(struct desk *desk, struct world *w)
{
    static const char *const task[] = { "draft", "requested", "received", "accepted", "ready", "in-progress", "completed", NULL };
    static const char *const appointment[] = { "proposed", "pending", "booked", "arrived", "checked-in", "fulfilled", NULL };
    const char *type = dice_chance(&w->people, 500) ? "Task" : "Appointment";
    const char *const *ladder = strcmp(type, "Task") == 0 ? task : appointment;
    struct doc *doc = pick(desk, w, type);
    bool is_saved = false;

    for (int i = 0; doc && ladder[i] && ladder[i + 1]; i++)
        if (strcmp(node_str(doc_root(doc), "status"), ladder[i]) == 0) {
            doc_set(doc, "status", ladder[i + 1]);
            is_saved = desk_put(desk, w, doc);
            break;
        }
    doc_free(doc);
    return is_saved;
}

bool desk_spoil(struct desk *desk, struct world *w)
{
    struct doc *doc = pick(desk, w, "");
    bool is_saved = false;

    if (doc) {
        bool is_spoilt = *node_str(doc_root(doc), "implicitRules") != '\0';
        doc_set(doc, "implicitRules", is_spoilt ? NULL : "http://example.org/rules");
        is_saved = desk_put(desk, w, doc);
    }
    doc_free(doc);
    return is_saved;
}

/* ---- decisions ---- */

bool desk_has_conflicts(struct desk *desk)
{
    struct conflict *list;
    size_t n = 0;

    if (conflict_list(desk->screen, &list, &n, NULL) != RC_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        conflict_done(&list[i]);
    free(list);
    return n > 0;
}

/* What was refused without a word that came through, or for the sake of another of its unit, is tried again, as
 * a person would who sees nothing wrong with it. */
void desk_try_again(struct desk *desk)
{
    int64_t seq[32];
    size_t n = 0;
    struct query *q = query_open(desk->screen, "SELECT o.seq FROM outbox o JOIN resource r ON r.key = o.key"
                                 " WHERE o.state = 5 AND r.body NOT LIKE '%implicitRules%' ORDER BY o.seq");

    while (n < sizeof seq / sizeof *seq && query_next(q))
        seq[n++] = query_int(q, 0);
    query_end(q, NULL);
    for (size_t i = 0; i < n; i++)
        outbox_retry(desk->screen, seq[i], NULL);
}

bool desk_has_unsent(struct desk *desk)
{
    struct query *q = query_open(desk->st, "SELECT 1 FROM outbox WHERE state IN (0, 1, 2)");
    bool has_unsent = query_next(q);

    query_end(q, NULL);
    return has_unsent;
}

/* Field by field: ours, the server's, or what it was before. */
static void choose_fields(struct world *w, const struct conflict *c, struct doc *decided)
{
    struct doc *fields = NULL;

    doc_parse(c->fields, strlen(c->fields), &fields, NULL);
    for (const struct node *f = node_first(doc_root(fields)); f; f = node_next(f)) {
        static const char null_text[] = "null";
        int side = dice_below(&w->people, c->base ? 5 : 4);
        const struct doc *from = side < 2 ? NULL : side < 4 ? c->server : c->base;
        struct doc *nothing = NULL;
        const struct node *value = from ? node_path(doc_root(from), node_text(f)) : NULL;
        if (from && !value && doc_parse(null_text, 4, &nothing, NULL) == RC_OK)
            value = doc_root(nothing);
        if (from)
            doc_set_node(decided, node_text(f), value, NULL);
        doc_free(nothing);
    }
    doc_free(fields);
}

static bool decide(struct desk *desk, struct world *w, int64_t id)
{
    struct grant grant = person_grant(desk);
    struct conflict c;
    struct err err = { 0 };
    struct doc *decided = NULL;

    if (conflict_get(desk->screen, id, &c, &err) != RC_OK)
        return false;
    if (c.server || dice_chance(&w->people, 600))
        decided = doc_copy(c.here);
    if (c.server)
        choose_fields(w, &c, decided);
    if (decided)
        doc_set_rev(decided, doc_rev(c.here));
    char *here = doc_text(c.here, NULL), *text = decided ? doc_text(decided, NULL) : mem_dup("");
    enum rc rc = conflict_decide(desk->screen, &grant, id, decided, &err);
    trace("desk %d decides %s/%s: %s: %s %s", desk->number, c.type, c.resource_id,
          decided ? c.server ? "by field" : "again" : "dropped", rc_name(rc), err.text);
    if (rc == RC_OK || disk_is_dead()) {
        ledger_choose(&w->ledger, desk->number, here, text);
        ledger_decide(&w->ledger, desk->number, c.type, c.resource_id, !c.server && decided);
    }
    free(here);
    free(text);
    doc_free(decided);
    conflict_done(&c);
    return rc == RC_OK;
}

int desk_decide(struct desk *desk, struct world *w)
{
    struct conflict *list;
    size_t n = 0;
    int done = 0;

    world_act(w, desk);
    if (conflict_list(desk->screen, &list, &n, NULL) != RC_OK)
        return 0;
    for (size_t i = 0; i < n; i++) {
        done += decide(desk, w, list[i].id);
        conflict_done(&list[i]);
    }
    free(list);
    return done;
}
