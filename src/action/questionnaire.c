#include "action/questionnaire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/bind.h"
#include "action/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/canonical.h"
#include "fhir/datatype.h"
#include "intake/sitting/version.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_by_url[] =
    "SELECT id, version FROM questionnaire WHERE url = ?1 AND CASE ?2 WHEN '' THEN status <> 'retired' ELSE version = ?2 END ORDER BY key";

/* That version alone; without one the newest that can be started. */
static enum rc by_url(struct store *st, const char *canonical, struct doc **out, struct err *err)
{
    const char *bar = strchr(canonical, '|');
    char *url = mem_dup_n(canonical, bar ? (size_t)(bar - canonical) : strlen(canonical)), *id = NULL, *version = NULL;
    struct query *q = query_open(st, sql_by_url);
    enum rc rc;

    query_bind(q, 1, url);
    query_bind(q, 2, bar ? bar + 1 : "");
    while (url[0] && query_next(q)) {
        if (version && canonical_version_order(query_text(q, 1), version) < 0)
            continue;
        free(id);
        free(version);
        id = mem_dup(query_text(q, 0));
        version = mem_dup(query_text(q, 1));
    }
    rc = query_end(q, err);
    if (rc == RC_OK)
        rc = id ? store_get(st, "Questionnaire", id, out, err)
                : err_set(err, RC_NOT_FOUND, _("there is no Questionnaire %s here"), canonical);
    free(version);
    free(id);
    free(url);
    return rc;
}

enum rc questionnaire_named(struct store *st, const char *name, struct doc **out, struct err *err)
{
    enum rc rc;

    if (access(name, R_OK) == 0 || strcmp(name, "-") == 0) {
        rc = file_document(name, out, err);
        if (rc == RC_OK && strcmp(doc_type(*out), "Questionnaire") != 0) {
            doc_free(*out);
            *out = NULL;
            rc = err_set(err, RC_INVALID, _("%s is no Questionnaire"), name);
        }
        return rc;
    }
    if (store_has(st, "Questionnaire", bind_id(name)))
        return store_get(st, "Questionnaire", bind_id(name), out, err);
    return by_url(st, name, out, err);
}

enum rc answers_file(const char *path, const struct grant *grant, struct doc **out, struct err *err)
{
    enum rc rc = file_document(path, out, err);
    const char *subject = rc == RC_OK ? resource_patient(doc_root(*out)) : "";

    if (rc != RC_OK || !subject[0] || strcmp(subject, grant->patient) == 0)
        return rc;
    rc = err_set(err, RC_DENIED, _("The response is about Patient/%s, not Patient/%s. Nothing was written."), subject, grant->patient);
    doc_free(*out);
    *out = NULL;
    return rc;
}
