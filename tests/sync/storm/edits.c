/* edits.c - what people do in the storm: at the desks through the store's door, and at another clinic
 * straight at the server. Only what was acknowledged enters the ledger. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "store/conflict.h"
#include "storm.h"

/* ---- the ledger ---- */

size_t ledger_find(const struct storm *s, const char *type, const char *id)
{
    size_t i = 0;

    while (i < s->n_things && (strcmp(s->thing[i].id, id) != 0 || strcmp(s->thing[i].type, type) != 0))
        i++;
    return i;
}

static void note(struct storm *s, int desk, size_t thing, size_t field, const char *value, const char *before)
{
    MEM_ROOM(s->token, s->n_tokens, s->cap_tokens);
    struct token *t = &s->token[s->n_tokens++];
    *t = (struct token){ .desk = desk, .thing = thing, .field = field };
    snprintf(t->value, VALUE, "%s", value);
    snprintf(t->before, VALUE, "%s", before);
}

static struct token *token_of(struct storm *s, int desk, size_t thing, size_t field, const char *value)
{
    for (size_t i = s->n_tokens; i > 0; i--) {
        struct token *t = &s->token[i - 1];
        if (t->desk == desk && t->thing == thing && t->field == field && strcmp(t->value, value) == 0)
            return t;
    }
    return NULL;
}

static size_t note_thing(struct storm *s, const struct doc *doc, bool is_lonely)
{
    MEM_ROOM(s->thing, s->n_things, s->cap_things);
    struct thing *t = &s->thing[s->n_things];
    *t = (struct thing){ .type = strcmp(doc_type(doc), "Task") == 0 ? "Task" : "Patient", .is_lonely = is_lonely };
    snprintf(t->id, sizeof t->id, "%s", doc_id(doc));
    return s->n_things++;
}

/* ---- new things ---- */

static void create(struct storm *s, int desk, const char *json, bool is_lonely)
{
    struct doc *doc = NULL;
    struct err err = { 0 };
    char value[VALUE];
    enum rc rc = doc_parse(json, strlen(json), &doc, &err);

    field_token(s, doc_type(doc), 0, value);
    doc_set(doc, field_path(doc_type(doc), 0), value);
    if (rc == RC_OK && (rc = store_put(s->desk[desk].st, &s->grant, doc, &err)) == RC_OK) {
        note(s, desk, note_thing(s, doc, is_lonely), 0, value, "");
        s->edits++;
    } else if (rc != RC_BUSY) {
        storm_die("create", err_text(&err));
    }
    doc_free(doc);
}

static void create_patient(struct storm *s, int desk, bool is_lonely)
{
    char *json = mem_printf("{\"resourceType\":\"Patient\",\"meta\":{\"tag\":[{\"system\":\"urn:storm\",\"code\":\"s%llu\"}]},"
        "\"extension\":[{\"url\":\"https://example.org/storm\",\"valueString\":\"-\"}],"
        "\"name\":[{\"use\":\"official\",\"family\":\"Storm (synthetic)\"}],"
        "\"telecom\":[{\"system\":\"phone\",\"use\":\"home\",\"value\":\"-\"}],\"address\":[{\"city\":\"-\"}]}",
        (unsigned long long)s->seed);

    create(s, desk, json, is_lonely);
    free(json);
}

/* Someone the desk knows and nobody may delete; NULL when there is none. */
static const char *some_patient(struct storm *s, int desk)
{
    for (int tries = 0; tries < 20; tries++) {
        const struct thing *t = &s->thing[storm_random(s, (uint32_t)s->n_things)];
        if (strcmp(t->type, "Patient") == 0 && !t->is_lonely && store_has(s->desk[desk].st, t->type, t->id))
            return t->id;
    }
    return NULL;
}

static void create_task_for(struct storm *s, int desk, const char *patient_id)
{
    char *json = mem_printf("{\"resourceType\":\"Task\",\"meta\":{\"tag\":[{\"system\":\"urn:storm\",\"code\":\"s%llu\"}]},"
        "\"status\":\"requested\",\"intent\":\"order\",\"for\":{\"reference\":\"Patient/%s\"}}",
        (unsigned long long)s->seed, patient_id);

    create(s, desk, json, false);
    free(json);
}

static void create_task(struct storm *s, int desk)
{
    const char *patient_id = some_patient(s, desk);

    if (patient_id)
        create_task_for(s, desk, patient_id);
}

/* A new person and a task for them in one act: they travel together. */
static void create_both(struct storm *s, int desk)
{
    struct err err = { 0 };

    if (store_begin(s->desk[desk].st, NULL) != RC_OK)
        return;
    create_patient(s, desk, false);
    create_task_for(s, desk, s->thing[s->n_things - 1].id);
    if (store_end(s->desk[desk].st, RC_OK, &err) != RC_OK)
        storm_die("one act", err_text(&err));
}

void edit_found(struct storm *s, size_t n_shared)
{
    for (size_t i = 0; i < n_shared; i++)
        create_patient(s, (int)(i % (size_t)s->n_desks), false);
}

/* ---- edits at a desk ---- */

static void change(struct storm *s, int desk, size_t thing, size_t field)
{
    struct store *st = s->desk[desk].st;
    struct doc *doc = NULL;
    char value[VALUE], before[VALUE];

    if (store_begin(st, NULL) != RC_OK)
        return;
    enum rc rc = store_get(st, s->thing[thing].type, s->thing[thing].id, &doc, NULL);
    if (rc == RC_OK) {
        snprintf(before, sizeof before, "%s", field_value(doc, field));
        field_token(s, s->thing[thing].type, field, value);
        doc_set(doc, field_path(s->thing[thing].type, field), value);
        rc = store_put(st, &s->grant, doc, NULL);
    }
    if (store_end(st, rc, NULL) == RC_OK) {
        note(s, desk, thing, field, value, before);
        s->edits++;
    }
    doc_free(doc);
}

/* Up one step, or seldom taken back as a mistake. */
static void climb(struct storm *s, int desk, size_t thing)
{
    static const char *const up[] = { "accepted", "in-progress", "completed", "completed" };
    struct store *st = s->desk[desk].st;
    struct doc *doc = NULL;
    int rank = -1;

    if (store_begin(st, NULL) != RC_OK)
        return;
    enum rc rc = store_get(st, "Task", s->thing[thing].id, &doc, NULL);
    if (rc == RC_OK && (rank = status_rank(node_str(doc_root(doc), "status"))) >= 0) {
        const char *next = storm_random(s, 12) == 0 ? "entered-in-error" : up[rank];
        node_set_str(doc, doc_root(doc), "status", next);
        rank = status_rank(next);
        rc = store_put(st, &s->grant, doc, NULL);
    }
    if (store_end(st, rc, NULL) == RC_OK && rc == RC_OK) {
        s->edits++;
        if (rank > s->thing[thing].rank)
            s->thing[thing].rank = rank;
        s->thing[thing].status_decided |= rank < 0;
    }
    doc_free(doc);
}

/* ---- decisions ---- */

/* Tokens that stand in text where a person took the server's side, or went away with it. */
static void give_up(struct storm *s, int desk, size_t thing, size_t field, const struct doc *here)
{
    struct token *t = token_of(s, desk, thing, field, field_value(here, field));

    if (t)
        t->is_given_up = true;
}

/* A person may decide for a value that somebody else wrote, or that stood there from the beginning. */
static void write_over(struct storm *s, int desk, size_t thing, size_t field, const struct conflict *c)
{
    const char *value = field_value(c->here, field), *over = field_value(c->server, field);
    size_t i = s->n_tokens;

    while (i > 0 && (s->token[i - 1].thing != thing || s->token[i - 1].field != field ||
                     strcmp(s->token[i - 1].value, value) != 0))
        i--;
    if (i == 0) {
        note(s, desk, thing, field, value, over);
        i = s->n_tokens;
    }
    struct token *t = &s->token[i - 1];
    if (t->n_over < OVERS)
        snprintf(t->over[t->n_over++], VALUE, "%s", over);
}

static void take_servers(const struct conflict *c, const char *field, struct doc *decided)
{
    struct doc *none = NULL;
    const struct node *value = node_path(doc_root(c->server), field);

    doc_parse("null", 4, &none, NULL);
    if (doc_set_node(decided, field, value ? value : doc_root(none), NULL) != RC_OK)
        storm_die("decide", field);
    doc_free(none);
}

/* Each field for one side or the other. What that means for the ledger is noted once it is committed. */
static enum rc decide_fields(struct storm *s, int desk, const struct conflict *c, size_t thing)
{
    struct doc *fields = NULL, *decided = doc_copy(c->here);
    bool takes_server[64] = { false };
    size_t n = 0;
    enum rc rc = doc_parse(c->fields, strlen(c->fields), &fields, NULL);

    doc_set_rev(decided, doc_rev(c->here));
    for (const struct node *f = node_first(doc_root(fields)); f; f = node_next(f), n++)
        if ((takes_server[n % 64] = storm_random(s, 2)))
            take_servers(c, node_text(f), decided);
    if (rc == RC_OK)
        rc = conflict_decide(s->desk[desk].st, &s->grant, c->id, decided, NULL);
    n = 0;
    for (const struct node *f = rc == RC_OK ? node_first(doc_root(fields)) : NULL; f; f = node_next(f), n++) {
        s->thing[thing].status_decided |= strcmp(node_text(f), "status") == 0;
        for (size_t i = 0; i < field_count(c->type); i++)
            if (field_is_within(node_text(f), c->type, i))
                (takes_server[n % 64] ? give_up(s, desk, thing, i, c->here) : write_over(s, desk, thing, i, c));
    }
    doc_free(decided);
    doc_free(fields);
    return rc;
}

static enum rc decide_deleted(struct storm *s, int desk, const struct conflict *c, size_t thing)
{
    struct doc *kept = storm_random(s, 2) ? doc_copy(c->here) : NULL;

    if (kept)
        doc_set_rev(kept, doc_rev(c->here));
    enum rc rc = conflict_decide(s->desk[desk].st, &s->grant, c->id, kept, NULL);
    for (size_t i = 0; rc == RC_OK && !kept && i < field_count(c->type); i++)
        give_up(s, desk, thing, i, c->here);
    s->thing[thing].status_decided |= rc == RC_OK;
    doc_free(kept);
    return rc;
}

static void decide(struct storm *s, int desk, int64_t id)
{
    struct store *st = s->desk[desk].st;
    struct conflict c = { 0 };

    if (store_begin(st, NULL) != RC_OK)
        return;
    enum rc rc = conflict_get(st, id, &c, NULL);
    if (rc == RC_OK) {
        size_t thing = ledger_find(s, c.type, c.resource_id);
        if (thing == s->n_things)
            storm_die("a conflict about what is not ours", c.type);
        rc = c.server ? decide_fields(s, desk, &c, thing) : decide_deleted(s, desk, &c, thing);
        conflict_done(&c);
    }
    if (store_end(st, rc, NULL) == RC_OK)
        s->decisions++;
}

int edit_decide_all(struct storm *s, struct desk *d)
{
    struct conflict *list = NULL;
    size_t n = 0;

    if (conflict_list(d->st, &list, &n, NULL) != RC_OK)
        return 0;
    for (size_t i = 0; i < n; i++) {
        decide(s, (int)(d - s->desk), list[i].id);
        conflict_done(&list[i]);
    }
    free(list);
    return (int)n;
}

/* ---- another clinic ---- */

static struct doc *central_read(struct storm *s, const struct thing *t, char match[96])
{
    char path[80];
    struct http_answer answer = { 0 };
    struct doc *doc = NULL;

    snprintf(path, sizeof path, "%s/%s", t->type, t->id);
    http_send(s->central, &(struct http_request){ .method = "GET", .path = path }, &answer);
    if (answer.outcome == HTTP_ANSWERED && answer.status == 200)
        doc_parse(buf_text(&answer.body), answer.body.len, &doc, NULL);
    snprintf(match, 96, "W/\"%s\"", doc ? node_path_str(doc_root(doc), "meta.versionId") : "");
    http_answer_done(&answer);
    return doc;
}

static void change_there(struct storm *s, size_t thing, size_t field)
{
    const struct thing *t = &s->thing[thing];
    char match[96], path[80], value[VALUE], before[VALUE];
    struct http_answer answer = { 0 };
    struct doc *doc = central_read(s, t, match);

    if (!doc)
        return;
    snprintf(path, sizeof path, "%s/%s", t->type, t->id);
    snprintf(before, sizeof before, "%s", field_value(doc, field));
    field_token(s, t->type, field, value);
    doc_set(doc, field_path(t->type, field), value);
    char *body = doc_text(doc, NULL);
    http_send(s->central, &(struct http_request){ .method = "PUT", .path = path, .body = body, .if_match = match }, &answer);
    if (answer.status == 200) {
        note(s, ANOTHER_CLINIC, thing, field, value, before);
        s->edits++;
    }
    http_answer_done(&answer);
    free(body);
    doc_free(doc);
}

static void delete_there(struct storm *s, size_t thing)
{
    char path[80];
    struct http_answer answer = { 0 };
    struct thing *t = &s->thing[thing];

    if (strcmp(t->type, "Task") != 0 && !t->is_lonely)
        return;
    snprintf(path, sizeof path, "%s/%s", t->type, t->id);
    http_send(s->central, &(struct http_request){ .method = "DELETE", .path = path }, &answer);
    if (answer.status == 200 || answer.status == 204) {
        t->was_deleted = true;
        s->deletes++;
        s->edits++;
    }
    http_answer_done(&answer);
}

/* ---- one act of somebody ---- */

static size_t some_thing(struct storm *s, const char *type)
{
    size_t at;

    do      /* half of the time one of the first dozen, which are everybody's */
        at = storm_random(s, storm_random(s, 2) && s->n_things > 12 ? 12 : (uint32_t)s->n_things);
    while (type && strcmp(s->thing[at].type, type) != 0 && storm_random(s, 50) != 0);
    return at;
}

void edit_some(struct storm *s)
{
    int desk = (int)storm_random(s, (uint32_t)s->n_desks);
    uint32_t act = storm_random(s, 100);

    if (act < 12)
        create_patient(s, desk, storm_random(s, 4) == 0);
    else if (act < 17)
        create_both(s, desk);
    else if (act < 30)
        create_task(s, desk);
    else if (act < 48)
        climb(s, desk, some_thing(s, "Task"));
    else if (act < 92) {
        size_t thing = some_thing(s, NULL);
        change(s, desk, thing, storm_random(s, (uint32_t)field_count(s->thing[thing].type)));
    } else if (act < 97) {
        size_t thing = some_thing(s, NULL);
        change_there(s, thing, storm_random(s, (uint32_t)field_count(s->thing[thing].type)));
    } else {
        delete_there(s, some_thing(s, storm_random(s, 2) ? "Task" : NULL));
    }
    if (storm_random(s, 25) == 0)
        edit_decide_all(s, &s->desk[desk]);
}
