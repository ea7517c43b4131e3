#include "action/questionnaire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/bind.h"
#include "action/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_by_url[] =
    "SELECT id FROM questionnaire WHERE url = ?1 ORDER BY version = ?2 DESC, version DESC, key DESC LIMIT 1";

enum rc questionnaire_by_url(struct store *st, const char *canonical, struct doc **out, struct err *err)
{
    const char *bar = strchr(canonical, '|');
    char *url = mem_dup_n(canonical, bar ? (size_t)(bar - canonical) : strlen(canonical)), *id = NULL;
    struct query *q = query_open(st, sql_by_url);
    enum rc rc;

    query_bind(q, 1, url);
    query_bind(q, 2, bar ? bar + 1 : "");
    if (url[0] && query_next(q))
        id = mem_dup(query_text(q, 0));
    rc = query_end(q, err);
    if (rc == RC_OK)
        rc = id ? store_get(st, "Questionnaire", id, out, err)
                : err_set(err, RC_NOT_FOUND, _("there is no Questionnaire %s here"), canonical);
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
    return questionnaire_by_url(st, name, out, err);
}
