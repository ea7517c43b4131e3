#include "store/projection_rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"

static const char sql_insert[] =
    "INSERT INTO ~task(key, id, patient, owner, status, due, due_time, hidden_until, priority, code, title, reason,"
    " attempts, last_outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
static const char sql_erase[] = "DELETE FROM ~task WHERE key = ?1";

static const char *extension_text(const struct node *root, const char *url)
{
    const char *text = node_text(extension_value(root, url));

    return text != NULL ? text : "";
}

enum rc task_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    char patient[72], type[40], owner[72] = "", due[11] = "", until[11] = "", time[6] = "";
    struct buf title = { 0 }, reason = { 0 };
    enum rc rc;

    snprintf(patient, sizeof patient, "%s", resource_patient(root));
    if (!reference_split(node_get(root, "owner"), type, sizeof type, owner, sizeof owner))
        owner[0] = '\0';
    /* Dates as written: the first ten letters of a dateTime are its calendar day where it was promised. */
    snprintf(due, sizeof due, "%s", node_path_str(root, "restriction.period.end"));
    snprintf(until, sizeof until, "%s", node_path_str(root, "restriction.period.start"));
    snprintf(time, sizeof time, "%s", extension_text(root, EXT_DUE_TIME));
    buf_add(&title, node_str(root, "description"));
    if (title.len == 0)
        concept_words(&title, node_get(root, "code"));
    concept_words(&reason, node_get(root, "reasonCode"));
    rc = query_run(st, err, sql_insert, "i" "ttttttttttt" "it", key, node_str(root, "id"), patient, owner,
                   node_str(root, "status"), due, time, until, node_str(root, "priority"),
                   concept_code(node_get(root, "code"), NULL), buf_text(&title), buf_text(&reason),
                   (int64_t)atoll(extension_text(root, EXT_ATTEMPTS)), extension_text(root, EXT_LAST_OUTCOME));
    buf_done(&title);
    buf_done(&reason);
    return rc == RC_OK ? event_write(st, key, root, err) : rc;
}

enum rc task_erase(struct store *st, int64_t key, struct err *err)
{
    enum rc rc = query_run(st, err, sql_erase, "i", key);

    return rc == RC_OK ? event_erase(st, key, err) : rc;
}
