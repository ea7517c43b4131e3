#include "tests/sync/sim/clinic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

enum { HOUR_MS = 60 * 60 * 1000 };

static int send(struct world *w, const char *method, const char *path, const char *body, const char *if_match)
{
    static char request_id[32];
    struct http_answer answer = { 0 };

    snprintf(request_id, sizeof request_id, "clinic-%zu", model_commits(w->server));
    model_request(w->server, w->now_ms, &(struct http_request){ .method = method, .path = path, .body = body,
                                                                .if_match = if_match, .request_id = request_id }, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    trace("clinic %s %s: %d", method, path, status);
    return status;
}

void clinic_put(struct world *w, const char *json)
{
    struct doc *doc = NULL;
    char path[120];

    if (doc_parse(json, strlen(json), &doc, NULL) != RC_OK)
        mem_fatal("a document of the other clinic does not read");
    snprintf(path, sizeof path, "%s/%s", doc_type(doc), doc_id(doc));
    send(w, "PUT", path, json, NULL);
    doc_free(doc);
}

/* Any resource that is there, of the types people work with. */
static struct doc *pick(struct world *w)
{
    struct doc *doc = NULL;

    for (int tries = 0; tries < 20 && !doc && model_commits(w->server); tries++) {
        struct model_commit c = model_commit(w->server, (size_t)dice_below(&w->people, (int)model_commits(w->server)));
        const char *body = model_body(w->server, c.type, c.id);
        if (body && *body && (strcmp(c.type, "Patient") == 0 || strcmp(c.type, "Task") == 0 ||
                              strcmp(c.type, "Appointment") == 0 || strcmp(c.type, "Communication") == 0))
            doc_parse(body, strlen(body), &doc, NULL);
    }
    return doc;
}

static void write_back(struct world *w, struct doc *doc, int field)
{
    char path[120], match[40];
    int token = ledger_type(&w->ledger, doc, field, 0);

    snprintf(path, sizeof path, "%s/%s", doc_type(doc), doc_id(doc));
    snprintf(match, sizeof match, "W/\"%s\"", node_path_str(doc_root(doc), "meta.versionId"));
    char *body = doc_text(doc, NULL);
    int status = send(w, "PUT", path, body, match);
    ledger_saved(&w->ledger, token, status / 100 == 2, false);
    free(body);
}

void clinic_edit(struct world *w)
{
    struct doc *doc = pick(w);

    if (doc)
        write_back(w, doc, dice_below(&w->people, FIELDS));
    doc_free(doc);
}

void clinic_edit_field(struct world *w, const char *type, const char *id, int field)
{
    const char *body = model_body(w->server, type, id);
    struct doc *doc = NULL;

    if (body && doc_parse(body, strlen(body), &doc, NULL) == RC_OK)
        write_back(w, doc, field);
    doc_free(doc);
}

static char *patient_text(struct world *w, int number)
{
    return mem_printf("{\"resourceType\":\"Patient\",\"id\":\"p%d-%zu\",\"name\":[{\"use\":\"official\",\"family\":\"Test\"}],"
                      "\"telecom\":[{\"system\":\"phone\",\"use\":\"home\",\"value\":\"1\"},{\"system\":\"email\",\"use\":\"work\",\"value\":\"2\"}],"
                      "\"birthDate\":\"1970-01-01\",\"unknownToAll\":{\"weight\":1.10}}", number, model_commits(w->server));
}

void clinic_create(struct world *w)
{
    char *text = patient_text(w, 0);

    clinic_put(w, text);
    free(text);
}

void clinic_begin(struct world *w)
{
    int n = 2 + dice_below(&w->people, 12);

    for (int i = 1; i <= n; i++) {
        char *text = patient_text(w, i);
        clinic_put(w, text);
        free(text);
        world_pass_time(w, dice_between(&w->people, 1, HOUR_MS));
    }
    for (int i = dice_below(&w->people, 4); i > 0; i--) {
        struct doc *patient = pick(w);
        char *text = mem_printf("{\"resourceType\":\"Task\",\"id\":\"t%d\",\"status\":\"draft\",\"intent\":\"order\","
                                "\"for\":{\"reference\":\"Patient/%s\"}}", i, patient ? doc_id(patient) : "none");
        if (patient && strcmp(doc_type(patient), "Patient") == 0)
            clinic_put(w, text);
        free(text);
        doc_free(patient);
    }
    world_pass_time(w, HOUR_MS);
}

void clinic_remove(struct world *w, const char *type, const char *id)
{
    char path[120];

    snprintf(path, sizeof path, "%s/%s", type, id);
    send(w, "DELETE", path, NULL, NULL);
}

void clinic_delete(struct world *w)
{
    struct doc *doc = pick(w);

    if (doc)
        clinic_remove(w, doc_type(doc), doc_id(doc));
    doc_free(doc);
}

void clinic_burst(struct world *w)
{
    struct buf text = { 0 };
    int n = 6 + dice_below(&w->people, 10);

    buf_add(&text, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    for (int i = 0; i < n; i++)
        buf_printf(&text, "%s{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"b%zu-%d\",\"birthDate\":\"1970-01-01\"},"
                   "\"request\":{\"method\":\"PUT\",\"url\":\"Patient/b%zu-%d\"}}", i ? "," : "", model_commits(w->server), i,
                   model_commits(w->server), i);
    buf_add(&text, "]}");
    send(w, "POST", "", buf_text(&text), NULL);
    buf_done(&text);
}
