/* What is referred to by url and version: value sets, code systems, profiles, Questionnaires. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/canonical.h"
#include "store/query.h"
#include "store/search.h"
#include "store/store.h"

static const char sql_canonical[] =
    "SELECT id, version FROM canonical WHERE url = ?1 AND type = ?2 AND (?3 = '' OR version = ?3) ORDER BY key DESC";
static const char sql_questionnaire[] =
    "SELECT id, version FROM questionnaire WHERE url = ?1 AND (?3 = '' OR version = ?3) ORDER BY key DESC";

enum rc store_canonical(struct store *st, const char *type, const char *canonical, struct doc **out, struct err *err)
{
    const char *bar = strchr(canonical, '|');
    char *url = mem_dup_n(canonical, bar ? (size_t)(bar - canonical) : strlen(canonical)), *id = NULL, *version = NULL;
    bool is_questionnaire = strcmp(type, "Questionnaire") == 0;
    struct query *q = query_open(st, is_questionnaire ? sql_questionnaire : sql_canonical);
    enum rc rc;

    *out = NULL;
    query_bind(q, 1, url);
    if (!is_questionnaire)
        query_bind(q, 2, type);
    query_bind(q, 3, bar ? bar + 1 : "");
    while (*url && query_next(q))
        if (!id || canonical_version_order(query_text(q, 1), version) > 0) {
            free(id);
            free(version);
            id = mem_dup(query_text(q, 0));
            version = mem_dup(query_text(q, 1));
        }
    rc = query_end(q, err);
    if (rc == RC_OK)
        rc = id ? store_get(st, type, id, out, err) : err_set(err, RC_NOT_FOUND, _("There is no %s %s here."), type, canonical);
    free(version);
    free(id);
    free(url);
    return rc;
}
