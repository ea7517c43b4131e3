/* A response as it was answered: the form it names, with its answers in place. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "fhir/datatype.h"
#include "intake/sitting.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_by_canonical[] =
    "SELECT id FROM questionnaire WHERE url = ?1 AND (?2 = '' OR version = ?2) ORDER BY version DESC LIMIT 1";

/* The id of the Questionnaire a canonical ("url|version") or a relative reference names; false when none is here. */
static bool questionnaire_id(struct store *st, const char *canonical, char *id, size_t size)
{
    const char *bar = strrchr(canonical, '|'), *slash = strrchr(canonical, '/');
    char url[512];
    struct query *q;
    bool found;

    snprintf(url, sizeof url, "%.*s", bar ? (int)(bar - canonical) : (int)strlen(canonical), canonical);
    q = query_open(st, sql_by_canonical);
    query_bind(q, 1, url);
    query_bind(q, 2, bar ? bar + 1 : "");
    if ((found = query_next(q)))
        snprintf(id, size, "%s", query_text(q, 0));
    if (query_end(q, NULL) != RC_OK)
        return false;
    if (!found && slash && store_has(st, "Questionnaire", slash + 1)) {
        snprintf(id, size, "%s", slash + 1);
        found = true;
    }
    return found;
}

enum rc sitting_view(struct store *st, const struct doc *response, struct sitting *out, struct err *err)
{
    const char *canonical = node_str(doc_root(response), "questionnaire");
    char id[72];
    enum rc rc;

    *out = (struct sitting){0};
    if (!questionnaire_id(st, canonical, id, sizeof id))
        return err_set(err, RC_NOT_FOUND, _("QuestionnaireResponse/%s: questionnaire: \"%s\" is not in this database"), doc_id(response), canonical);
    snprintf(out->draft.id, sizeof out->draft.id, "%s", doc_id(response));
    snprintf(out->draft.patient, sizeof out->draft.patient, "%s", resource_patient(doc_root(response)));
    if ((rc = store_get(st, "Questionnaire", id, &out->questionnaire, err)) == RC_OK &&
        (rc = form_open(out->questionnaire, NULL, &out->form, err)) == RC_OK)
        rc = form_load_response(out->form, response, err);
    if (rc != RC_OK)
        sitting_done(out);
    return rc;
}
