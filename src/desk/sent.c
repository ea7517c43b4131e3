#include "desk/sent.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "store/outbox.h"
#include "store/query.h"

enum { FEW = 2000 };

/* A record has at most two rows: one that was sent (in flight, in doubt) and one that may still change.
 * Each is a look into an index of its own. */
#define STATE_OF(key) \
    "coalesce((SELECT state FROM outbox WHERE key = " key " AND state NOT IN (1, 2) AND state <> 0)," \
    " (SELECT state FROM outbox WHERE key = " key " AND state IN (1, 2))," \
    " (SELECT state FROM outbox WHERE key = " key " AND state NOT IN (1, 2)))"
static const char sql_one[] =
    "SELECT coalesce(" STATE_OF("?1") ", CASE WHEN (SELECT base_version FROM resource WHERE key = ?1) IS NULL THEN -1 END)";
static const char sql_person_key[] = "SELECT key FROM person WHERE id = ?1";
static const char sql_key[] = "SELECT key FROM resource WHERE type = ?1 AND id = ?2";
static const char sql_is_few[] = "SELECT count(*) <= ?1 FROM (SELECT 1 FROM outbox LIMIT ?1 + 1)";
/* From whichever side is short: what waits, or what the person has. */
static const char sql_waiting[] =
    "SELECT o.state FROM outbox o WHERE EXISTS (SELECT 1 FROM event e WHERE e.key = o.key AND e.patient = ?1)"
    " OR EXISTS (SELECT 1 FROM person p WHERE p.key = o.key AND p.id = ?1)";
static const char sql_person[] =
    "SELECT " STATE_OF("e.key") " FROM event e WHERE e.patient = ?1"
    " UNION ALL SELECT " STATE_OF("p.key") " FROM person p WHERE p.id = ?1";

static enum sent sent_from(int64_t state)
{
    switch (state) {
    case -1: return SENT_NEVER;
    case OUTBOX_IN_FLIGHT: case OUTBOX_IN_DOUBT: return SENT_ON_ITS_WAY;
    case OUTBOX_CONFLICT: return SENT_CONFLICT;
    case OUTBOX_REFUSED: return SENT_REFUSED;
    default: return SENT_WAITS;
    }
}

enum sent sent_of(struct store *st, int64_t key)
{
    struct query *q = query_open(st, sql_one);
    enum sent sent = SENT_DONE;

    query_bind_int(q, 1, key);
    if (query_next(q) && !query_is_null(q, 0))
        sent = sent_from(query_int(q, 0));
    query_end(q, NULL);
    return sent;
}

int64_t sent_key(struct store *st, const char *type, const char *id)
{
    struct query *q = query_open(st, sql_key);
    int64_t key;

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    key = query_next(q) ? query_int(q, 0) : 0;
    query_end(q, NULL);
    return key;
}

enum rc sent_count(struct store *st, const char *patient, struct sent_counts *out, struct err *err)
{
    struct query *q = query_open(st, sql_is_few);
    bool is_few;

    *out = (struct sent_counts){ { 0 } };
    query_bind_int(q, 1, FEW);
    is_few = query_next(q) && query_int(q, 0) != 0;
    query_end(q, NULL);
    q = query_open(st, is_few ? sql_waiting : sql_person);
    query_bind(q, 1, patient);
    while (query_next(q))
        if (!query_is_null(q, 0))
            out->n[sent_from(query_int(q, 0))]++;
    if (query_end(q, err) != RC_OK)
        return RC_DB;
    q = query_open(st, sql_person_key);
    query_bind(q, 1, patient);
    if (query_next(q))
        out->n[SENT_NEVER] = sent_of(st, query_int(q, 0)) == SENT_NEVER;
    return query_end(q, err);
}

const char *sent_words(enum sent sent)
{
    static const char *const words[SENT_COUNT] = {
        [SENT_NEVER] = N_("only here"), [SENT_WAITS] = N_("not sent"), [SENT_ON_ITS_WAY] = N_("sending"), [SENT_REFUSED] = N_("refused"), [SENT_CONFLICT] = N_("conflict"),
    };

    return (unsigned)sent < SENT_COUNT && words[sent] ? _(words[sent]) : "";
}

void sent_counts_words(const struct sent_counts *counts, char *out, size_t size)
{
    out[0] = '\0';
    for (int i = SENT_COUNT - 1; i > SENT_DONE; i--) {
        size_t used = strlen(out);

        if (i == SENT_NEVER && counts->n[i])
            snprintf(out + used, size - used, "%s%s", used ? ", " : "", sent_words(SENT_NEVER));
        else if (counts->n[i])
            snprintf(out + used, size - used, "%s%lld %s", used ? ", " : "", (long long)counts->n[i], sent_words((enum sent)i));
    }
}
