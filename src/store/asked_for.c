#include "store/asked_for.h"

#include "base/clock.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_add[] =
    "INSERT INTO asked_for(patient, until) VALUES (?1, ?2)"
    " ON CONFLICT(patient) DO UPDATE SET until = max(until, excluded.until)";
static const char sql_until[] = "SELECT until FROM asked_for WHERE patient = ?1";
static const char sql_has[] = "SELECT 1 FROM asked_for WHERE patient = ?1 AND until > ?2";

enum rc asked_for_add(struct store *st, const char *patient, int64_t until_ms, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return store_end(st, query_run(st, err, sql_add, "ti", patient, until_ms), err);
}

bool asked_for_has(struct store *st, const char *patient)
{
    struct query *q = query_open(st, sql_has);
    bool found;

    query_bind(q, 1, patient);
    query_bind_int(q, 2, clock_now_ms());
    found = query_next(q);
    return query_end(q, NULL) == RC_OK && found;
}

int64_t asked_for_until(struct store *st, const char *patient)
{
    struct query *q = query_open(st, sql_until);
    int64_t until_ms = 0;

    query_bind(q, 1, patient);
    if (query_next(q))
        until_ms = query_int(q, 0);
    query_end(q, NULL);
    return until_ms;
}
