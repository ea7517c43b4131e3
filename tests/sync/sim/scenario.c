#include "tests/sync/sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/conflict.h"
#include "store/query.h"
#include "tests/sync/sim/check.h"
#include "tests/sync/sim/clinic.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

enum { HOUR_MS = 60 * 60 * 1000, MOVES = 16, AGAIN_MOST = 12, TEMPERS = 3 };

/* What a script is made of. text: a document, "Type/id path value", or what the word says. */
enum move_kind { MOVE_END, MOVE_PUT, MOVE_PUT_BOTH, MOVE_EDIT, MOVE_PASS, MOVE_KEEP, MOVE_TAKE, MOVE_DROP,
                 MOVE_CLINIC_PUT, MOVE_CLINIC_EDIT, MOVE_CLINIC_DELETE, MOVE_CLINIC_MANY, MOVE_LOSE_ANSWER, MOVE_BEGIN };
struct move { enum move_kind kind; const char *text, *also; };
struct scenario { const char *name; struct move move[MOVES]; };

#define PATIENT(id, more) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"use\":\"official\",\"family\":\"Test\"}]," \
    "\"birthDate\":\"1970-01-01\",\"unknownToAll\":{\"weight\":1.10}" more "}"
#define SAID(id, more) "{\"resourceType\":\"Communication\",\"id\":\"" id "\",\"status\":\"completed\"," \
    "\"subject\":{\"reference\":\"Patient/p1\"}" more "}"
#define TASK(id, more) "{\"resourceType\":\"Task\",\"id\":\"" id "\",\"status\":\"requested\",\"intent\":\"order\"," \
    "\"for\":{\"reference\":\"Patient/p1\"}" more "}"

#define DO(kind) { MOVE_##kind, NULL, NULL }
#define WITH(kind, text) { MOVE_##kind, text, NULL }

/* Up to MOVE_BEGIN all goes well. */
static const struct scenario scenarios[] = {
    { "create", { DO(PASS), DO(BEGIN), WITH(PUT, PATIENT("p1", "")), DO(PASS) } },
    { "update", { WITH(CLINIC_PUT, PATIENT("p1", "")), DO(PASS), DO(BEGIN),
                  WITH(EDIT, "Patient/p1 maritalStatus.text mine"), DO(PASS) } },
    { "lost-answer", { DO(PASS), DO(BEGIN), WITH(PUT, PATIENT("p1", "")), DO(LOSE_ANSWER), DO(PASS),
                       WITH(EDIT, "Patient/p1 maritalStatus.text later"), DO(PASS) } },
    { "conflict", { WITH(CLINIC_PUT, PATIENT("p1", "")), DO(PASS), WITH(EDIT, "Patient/p1 name[0].family Mine"),
                    WITH(CLINIC_EDIT, "Patient/p1 name[0].family Theirs"), DO(BEGIN), DO(PASS), DO(KEEP),
                    DO(PASS) } },
    { "conflict-theirs", { WITH(CLINIC_PUT, PATIENT("p1", "")), DO(PASS), WITH(EDIT, "Patient/p1 name[0].family Mine"),
                           WITH(CLINIC_EDIT, "Patient/p1 name[0].family Theirs"), DO(PASS), DO(BEGIN),
                           DO(TAKE), DO(PASS) } },
    { "delete-again", { WITH(CLINIC_PUT, PATIENT("p1", "")), WITH(CLINIC_PUT, SAID("m1", "")), DO(PASS),
                        WITH(EDIT, "Communication/m1 topic.text mine"), WITH(CLINIC_DELETE, "Communication/m1"),
                        DO(BEGIN), DO(PASS), DO(KEEP), DO(PASS) } },
    { "delete-drop", { WITH(CLINIC_PUT, PATIENT("p1", "")), WITH(CLINIC_PUT, SAID("m1", "")), DO(PASS),
                       WITH(EDIT, "Communication/m1 topic.text mine"), WITH(CLINIC_DELETE, "Communication/m1"),
                       DO(PASS), DO(BEGIN), DO(DROP), DO(PASS) } },
    { "ring", { WITH(CLINIC_PUT, PATIENT("p1", "")), DO(PASS), DO(BEGIN),
                { MOVE_PUT_BOTH, TASK("t1", ",\"focus\":{\"reference\":\"Communication/m1\"}"),
                  SAID("m1", ",\"about\":[{\"reference\":\"Task/t1\"}]") }, DO(PASS) } },
    { "chain", { DO(PASS), DO(BEGIN), WITH(PUT, PATIENT("p1", "")), WITH(PUT, SAID("m1", "")),
                 WITH(PUT, TASK("t1", ",\"focus\":{\"reference\":\"Communication/m1\"}")), DO(PASS) } },
    { "three-pages", { DO(PASS), DO(CLINIC_MANY), DO(BEGIN), DO(PASS) } },
    { "merge", { WITH(CLINIC_PUT, PATIENT("p1", "")), WITH(CLINIC_PUT, TASK("t1", "")), DO(PASS),
                 WITH(EDIT, "Task/t1 description mine"), WITH(CLINIC_EDIT, "Task/t1 statusReason.text theirs"),
                 DO(BEGIN), DO(PASS) } },
    { "first-pass", { WITH(CLINIC_PUT, PATIENT("p1", "")), WITH(CLINIC_PUT, TASK("t1", "")), DO(BEGIN), DO(PASS) } },
};

int scenario_count(void)
{
    return sizeof scenarios / sizeof *scenarios;
}

const char *scenario_name(int i)
{
    return scenarios[i].name;
}

int scenario_find(const char *name)
{
    for (int i = 0; i < scenario_count(); i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return i;
    return -1;
}

/* ---- moves of the desk: each is made again until it is done, as people and the agent do ---- */

/* A text as it shall stand here, on top of what stands here now. */
static bool put(struct world *w, const char *json)
{
    struct doc *doc = NULL, *here = NULL;

    doc_parse(json, strlen(json), &doc, NULL);
    if (store_get(w->desk[0].screen, doc_type(doc), doc_id(doc), &here, NULL) == RC_OK)
        doc_set_rev(doc, doc_rev(here));
    bool is_saved = desk_put(&w->desk[0], w, doc);
    doc_free(here);
    doc_free(doc);
    return is_saved;
}

static bool put_both(struct world *w, const struct move *m)
{
    struct store *st = w->desk[0].screen;

    if (store_begin(st, NULL) != RC_OK)
        return false;
    bool is_fine = put(w, m->text) && put(w, m->also);
    return store_end(st, is_fine ? RC_OK : RC_IO, NULL) == RC_OK && is_fine;
}

static void split(const char *text, char type[40], char id[72], char path[80], char value[40])
{
    if (sscanf(text, "%39[^/]/%71s %79s %39s", type, id, path, value) < 2)
        mem_fatal("a script that does not read");
}

static bool edit(struct world *w, const char *text)
{
    char type[40], id[72], path[80], value[40];
    struct doc *doc = NULL;

    split(text, type, id, path, value);
    bool is_saved = store_get(w->desk[0].screen, type, id, &doc, NULL) == RC_OK && doc_set(doc, path, value) &&
                    desk_put(&w->desk[0], w, doc);
    doc_free(doc);
    return is_saved;
}

static bool decide(struct world *w, enum move_kind kind)
{
    struct store *st = w->desk[0].screen;
    struct grant grant = { .origin = ORIGIN_CLI, .staff = "staff-1", .role = "front-desk", .action = "decide",
                           .category = "test", .purpose = "TREAT" };
    struct conflict *list, c;
    size_t n = 0;
    bool is_done = true;

    if (conflict_list(st, &list, &n, NULL) != RC_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (conflict_get(st, list[i].id, &c, NULL) == RC_OK) {
            bool is_revived = !c.server && kind == MOVE_KEEP;
            is_done = conflict_decide(st, &grant, c.id, kind == MOVE_DROP ? NULL : kind == MOVE_TAKE ? c.server : c.here, NULL) == RC_OK;
            ledger_decide(&w->ledger, 1, c.type, c.resource_id, is_revived);
            conflict_done(&c);
        }
        conflict_done(&list[i]);
    }
    free(list);
    return is_done;
}

static bool try_desk(struct world *w, const struct move *m)
{
    switch (m->kind) {
    case MOVE_PUT: return put(w, m->text);
    case MOVE_PUT_BOTH: return put_both(w, m);
    case MOVE_EDIT: return edit(w, m->text);
    case MOVE_PASS: return desk_pass(&w->desk[0], w, true) == RC_OK;
    default: return decide(w, m->kind);
    }
}

static void move_desk(struct world *w, const struct move *m)
{
    bool is_done = false;

    for (int again = 0; again < AGAIN_MOST && !is_done; again++) {
        world_act(w, &w->desk[0]);
        is_done = try_desk(w, m);
        if (disk_is_dead()) {
            desk_restart(&w->desk[0], w);
            is_done = false;
        }
        world_pass_time(w, m->kind == MOVE_PASS ? 10 * 60 * 1000 : 1000);
    }
    if (!is_done)
        violation("liveness", "a move of the script is never done");
}

/* ---- moves of the other clinic ---- */

static void move_clinic(struct world *w, const struct move *m)
{
    char type[40], id[72], path[80], value[40];
    struct doc *doc = NULL;

    if (m->kind == MOVE_CLINIC_PUT) {
        clinic_put(w, m->text);
        return;
    }
    split(m->text, type, id, path, value);
    if (m->kind == MOVE_CLINIC_DELETE) {
        clinic_remove(w, type, id);
        return;
    }
    const char *body = model_body(w->server, type, id);
    doc_parse(body, strlen(body), &doc, NULL);
    doc_set(doc, path, value);
    char *text = doc_text(doc, NULL);
    clinic_put(w, text);
    free(text);
    doc_free(doc);
}

static void move_many(struct world *w)
{
    for (int i = 0; i < 11; i++) {
        char *text = mem_printf("{\"resourceType\":\"Patient\",\"id\":\"many-%d\",\"birthDate\":\"1970-01-01\"}", i);
        clinic_put(w, text);
        free(text);
        world_pass_time(w, HOUR_MS);
    }
}

/* ---- how it ends ---- */

static const char sql_conflicts[] = "SELECT count(*), coalesce(sum(decided IS NULL), 0) FROM conflict";

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All versions at the server, in no order, and how often a person was asked. */
static char *end_text(struct world *w)
{
    struct buf out = { 0 };
    size_t n = model_commits(w->server);
    char **line = mem_array(n + 1, sizeof *line);

    for (size_t i = 0; i < n; i++) {
        struct model_commit c = model_commit(w->server, i);
        struct buf text = { 0 };
        struct doc *doc = NULL;
        if (strcmp(c.type, "Basic") != 0)
            buf_printf(&text, "%s/%s %s ", c.type, c.id, c.version);
        if (text.len && doc_parse(c.body, strlen(c.body), &doc, NULL) == RC_OK) {
            node_remove_name(doc, doc_root(doc), "meta");
            node_canonical(&text, doc_root(doc));
        }
        doc_free(doc);
        line[i] = text.len ? buf_take(&text) : mem_dup("");
    }
    qsort(line, n, sizeof *line, by_text);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s%s", line[i], *line[i] ? "\n" : "");
        free(line[i]);
    }
    free(line);
    struct query *q = query_open(w->desk[0].st, sql_conflicts);
    if (query_next(q))
        buf_printf(&out, "asked %lld times, %lld open\n", (long long)query_int(q, 0), (long long)query_int(q, 1));
    query_end(q, NULL);
    return buf_take(&out);
}

static struct { char *end[TEMPERS]; int64_t steps[TEMPERS]; } measured[sizeof scenarios / sizeof *scenarios];

/* The end of the story, and how many steps it had from MOVE_BEGIN on. Owned. */
static char *play(int i, enum temper temper, enum mutation mutation, enum disk_fault fault, int64_t step, int64_t *steps)
{
    struct world w;

    world_init(&w, (uint64_t)(i * TEMPERS + (int)temper), temper, mutation);
    w.is_calm = true;
    w.n_desks = 1;
    desk_init(&w.desk[0], &w, 1);
    world_act(&w, &w.desk[0]);
    if (!desk_open(&w.desk[0]))
        mem_fatal("a new desk cannot be opened");
    for (const struct move *m = scenarios[i].move; m->kind != MOVE_END && !violations(); m++) {
        if (m->kind == MOVE_BEGIN)
            disk_plan(fault, step);
        else if (m->kind == MOVE_LOSE_ANSWER)
            w.net.loses_answer = true;
        else if (m->kind == MOVE_CLINIC_MANY)
            move_many(&w);
        else if (m->kind >= MOVE_CLINIC_PUT)
            move_clinic(&w, m);
        else
            move_desk(&w, m);
    }
    *steps = disk_steps();
    world_calm(&w);
    if (!violations() && !world_settle(&w))
        violation("I5", "desk and server do not come to rest");
    check_end(&w);
    char *end = end_text(&w);
    world_done(&w);
    return end;
}

int64_t scenario_measure(int i, enum temper temper)
{
    free(measured[i].end[temper]);
    measured[i].end[temper] = play(i, temper, MUTATION_NONE, DISK_FINE, 0, &measured[i].steps[temper]);
    return measured[i].steps[temper];
}

void scenario_run(int i, enum temper temper, enum mutation mutation, enum disk_fault fault, int64_t step)
{
    int64_t steps;
    char *end = play(i, temper, mutation, fault, step, &steps);

    if (!violations() && strcmp(end, measured[i].end[temper]) != 0) {
        trace("ends with:\n%s\ninstead of:\n%s", end, measured[i].end[temper]);
        violation("I1", "%s ends otherwise when the disk fails (%d) at step %lld", scenarios[i].name, (int)fault, (long long)step);
    }
    free(end);
}
