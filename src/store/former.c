#include "store/former.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

/* Each version once. Superseded texts have no projection, so each of that form is looked into. */
static const char sql_wanted[] =
    "WITH named AS (SELECT DISTINCT json_extract(body, '$.questionnaire') AS canonical FROM resource"
    "  WHERE type = 'QuestionnaireResponse' AND deleted = 0),"
    " part AS (SELECT canonical, substr(canonical, 1, instr(canonical, '|') - 1) AS url,"
    "  substr(canonical, instr(canonical, '|') + 1) AS version FROM named WHERE instr(canonical, '|') > 1)"
    " SELECT p.canonical, q.id FROM part p JOIN questionnaire q ON q.url = p.url WHERE p.version <> ''"
    " AND NOT EXISTS (SELECT 1 FROM questionnaire o WHERE o.url = p.url AND o.version = p.version)"
    " AND NOT EXISTS (SELECT 1 FROM resource r JOIN history h ON h.key = r.key WHERE r.type = 'Questionnaire'"
    "  AND json_extract(h.body, '$.url') = p.url AND json_extract(h.body, '$.version') = p.version)";
/* Numbered from -1 down: 0 is no revision, and the local ones count from 1. */
static const char sql_keep[] =
    "INSERT INTO history(key, rev, act, updated, deleted, body)"
    " SELECT r.key, min(0, coalesce((SELECT min(h.rev) FROM history h WHERE h.key = r.key), 0)) - 1, ?3, ?4, 0, ?5"
    " FROM resource r WHERE r.type = ?1 AND r.id = ?2";

void former_list_done(struct former_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->former[i].canonical);
        free(list->former[i].id);
    }
    free(list->former);
    *list = (struct former_list){ 0 };
}

enum rc former_wanted(struct store *st, struct former_list *out, struct err *err)
{
    struct query *q = query_open(st, sql_wanted);
    size_t cap = 0;
    enum rc rc;

    *out = (struct former_list){ 0 };
    while (query_next(q)) {
        MEM_ROOM(out->former, out->n, cap);
        out->former[out->n++] = (struct former){ mem_dup(query_text(q, 0)), mem_dup(query_text(q, 1)) };
    }
    if ((rc = query_end(q, err)) != RC_OK)
        former_list_done(out);
    return rc;
}

enum rc former_keep(struct store *st, const struct grant *grant, const struct doc *questionnaire, const char *updated,
                    struct err *err)
{
    enum rc rc = store_begin(st, err);
    struct act *act;
    char *text;

    if (rc != RC_OK)
        return rc;
    act = act_open(st, grant);
    text = doc_text(questionnaire, NULL);
    rc = query_run(st, err, sql_keep, "ttitt", doc_type(questionnaire), doc_id(questionnaire), act_number(st, act), updated, text);
    if (rc == RC_OK)
        act_wrote(act, doc_type(questionnaire), doc_id(questionnaire), "");
    free(text);
    return store_end(st, rc, err);
}
