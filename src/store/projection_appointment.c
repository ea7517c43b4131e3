#include "store/projection_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"

static const char sql_insert[] =
    "INSERT INTO ~appointment(key, id, patient, start, end, status, clinician, clinician_name, reason,"
    " cancel_reason, arrived, walk_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
static const char sql_erase[] = "DELETE FROM ~appointment WHERE key = ?1";

/* The first participant that is a person of the house: a Practitioner (or role), else a name alone. */
const struct node *appointment_clinician(const struct node *appointment)
{
    const struct node *participant, *named = NULL;

    for (participant = node_first(node_get(appointment, "participant")); participant != NULL; participant = node_next(participant)) {
        const struct node *actor = node_get(participant, "actor");
        const char *reference = node_str(actor, "reference");

        if (strstr(reference, "Practitioner") != NULL)
            return actor;
        if (actor != NULL && reference[0] == '\0' && named == NULL)
            named = actor;
    }
    return named;
}

void appointment_reason(struct buf *out, const struct node *appointment)
{
    const struct node *reason = node_first(node_get(appointment, "reasonCode"));

    if (reason != NULL)
        concept_words(out, reason);
    else
        buf_add(out, node_str(appointment, "description"));
}

enum rc appointment_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    const struct node *clinician = appointment_clinician(root);
    const char *arrived = node_text(extension_value(root, EXT_ARRIVED));
    char patient[72], type[40], id[72], start[CLOCK_TEXT] = "", end[CLOCK_TEXT] = "", came[CLOCK_TEXT] = "";
    struct buf reason = { 0 }, cancel = { 0 };
    enum rc rc;

    snprintf(patient, sizeof patient, "%s", resource_patient(root));
    if (!reference_split(clinician, type, sizeof type, id, sizeof id))
        id[0] = '\0';
    clock_sort_key(node_str(root, "start"), start);
    clock_sort_key(node_str(root, "end"), end);
    if (arrived != NULL)
        clock_sort_key(arrived, came);
    appointment_reason(&reason, root);
    concept_words(&cancel, node_get(root, "cancelationReason"));
    rc = query_run(st, err, sql_insert, "i" "tttttttttt" "i", key, node_str(root, "id"), patient, start, end,
                   node_str(root, "status"), id, node_str(clinician, "display"), buf_text(&reason),
                   buf_text(&cancel), came,
                   (int64_t)concept_has(node_get(root, "appointmentType"), SYSTEM_APPOINTMENT_TYPE, "WALKIN"));
    buf_done(&reason);
    buf_done(&cancel);
    return rc == RC_OK ? visit_write(st, key, root, err) : rc;
}

enum rc appointment_erase(struct store *st, int64_t key, struct err *err)
{
    enum rc rc = query_run(st, err, sql_erase, "i", key);

    return rc == RC_OK ? visit_erase(st, key, err) : rc;
}
