#include "store/projection_rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"

/* Whether one waits depends on another document (its answer), which may come first or later:
 * both sides are computed from the rows, so that the order of writing does not matter. */
static const char sql_insert[] =
    "INSERT INTO ~contact(key, id, patient, at, direction, medium, outcome, reason, note, answers, waits)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, CASE WHEN ?11 = 0 THEN 0 WHEN EXISTS"
    "   (SELECT 1 FROM ~contact WHERE answers = ?2 AND answers <> '' AND patient = ?3) THEN 2 ELSE 1 END)";
static const char sql_answered[] = "UPDATE ~contact SET waits = 2 WHERE patient = ?1 AND id = ?2 AND waits = 1";
static const char sql_of[] = "SELECT patient, answers FROM ~contact WHERE key = ?1";
static const char sql_erase[] = "DELETE FROM ~contact WHERE key = ?1";
static const char sql_reopen[] =
    "UPDATE ~contact SET waits = 1 WHERE patient = ?1 AND id = ?2 AND waits = 2 AND NOT EXISTS"
    " (SELECT 1 FROM ~contact WHERE answers = ?2 AND answers <> '' AND patient = ?1)";

static const struct { const char *code, *word; } media[] = {
    { "PHONE", "call" }, { "VIDEOCONF", "call" }, { "MAILWRIT", "letter" }, { "WRITTEN", "letter" },
    { "TYPEWRIT", "letter" }, { "FAXWRIT", "letter" }, { "SMSWRIT", "message" }, { "EMAILWRIT", "email" },
    { "PHYSICAL", "visit" }, { "FACE", "visit" },
};

const char *contact_direction(const struct node *communication)
{
    const char *sender = node_path_str(communication, "sender.reference");

    return strstr(sender, "Patient/") != NULL || strstr(sender, "RelatedPerson/") != NULL ? "in" : "out";
}

const char *contact_medium(const struct node *communication)
{
    const struct node *medium = node_first(node_get(communication, "medium"));

    for (size_t i = 0; i < sizeof media / sizeof *media; i++)
        if (concept_has(medium, NULL, media[i].code))
            return media[i].word;
    return "message";
}

const char *contact_outcome(const struct node *communication)
{
    const char *outcome = node_text(extension_value(communication, EXT_OUTCOME));

    if (strcmp(node_str(communication, "status"), "entered-in-error") == 0)
        return "entered-in-error";
    return outcome != NULL ? outcome : "";
}

void contact_reason(struct buf *out, const struct node *communication)
{
    concept_words(out, node_first(node_get(communication, "reasonCode")));
    if (out->len == 0)
        concept_words(out, node_get(communication, "topic"));
    if (out->len == 0)
        concept_words(out, node_first(node_get(communication, "category")));
}

void contact_note(struct buf *out, const struct node *communication)
{
    const char *said = node_path_str(communication, "payload.contentString");

    buf_add(out, said[0] != '\0' ? said : node_path_str(communication, "note.text"));
}

/* Id of the Communication this one answers, "" for none. */
static void answers_id(const struct node *root, char *id, size_t size)
{
    char type[40];

    if (!reference_split(node_first(node_get(root, "inResponseTo")), type, sizeof type, id, size) ||
        strcmp(type, "Communication") != 0 || strcmp(node_str(root, "status"), "entered-in-error") == 0)
        id[0] = '\0';
}

/* An inbound one waits for an answer, unless what was reported is that it needs none. */
static bool may_wait(const struct node *root)
{
    const char *status = node_str(root, "status");

    return strcmp(contact_direction(root), "in") == 0 &&
           (strcmp(status, "completed") == 0 || strcmp(status, "in-progress") == 0) &&
           strcmp(contact_outcome(root), "reached") != 0;
}

enum rc contact_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    bool in = strcmp(contact_direction(root), "in") == 0;
    const char *sent = node_str(root, "sent"), *received = node_str(root, "received");
    char patient[72], answers[72], at[CLOCK_TEXT] = "";
    struct buf reason = { 0 }, note = { 0 };
    enum rc rc;

    snprintf(patient, sizeof patient, "%s", resource_patient(root));
    answers_id(root, answers, sizeof answers);
    clock_sort_key((in && received[0] != '\0') || sent[0] == '\0' ? received : sent, at);
    contact_reason(&reason, root);
    contact_note(&note, root);
    rc = query_run(st, err, sql_insert, "i" "ttttttttt" "i", key, node_str(root, "id"), patient, at,
                   contact_direction(root), contact_medium(root), contact_outcome(root), buf_text(&reason),
                   buf_text(&note), answers, (int64_t)may_wait(root));
    buf_done(&reason);
    buf_done(&note);
    if (rc == RC_OK && answers[0] != '\0')
        rc = query_run(st, err, sql_answered, "tt", patient, answers);
    return rc == RC_OK ? event_write(st, key, root, err) : rc;
}

enum rc contact_erase(struct store *st, int64_t key, struct err *err)
{
    struct query *q = query_open(st, sql_of);
    char patient[72] = "", answers[72] = "";
    enum rc rc;

    query_bind_int(q, 1, key);
    if (query_next(q)) {
        snprintf(patient, sizeof patient, "%s", query_text(q, 0));
        snprintf(answers, sizeof answers, "%s", query_text(q, 1));
    }
    if ((rc = query_end(q, err)) == RC_OK && (rc = query_run(st, err, sql_erase, "i", key)) == RC_OK && answers[0] != '\0')
        rc = query_run(st, err, sql_reopen, "tt", patient, answers);
    return rc == RC_OK ? event_erase(st, key, err) : rc;
}
