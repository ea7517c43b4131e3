/* Who did and saw what. */
#include "action/handler.h"

#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "store/query.h"
#include "store/store.h"

enum { AUDIT_LIMIT = 1000 };

static const char sql_list[] =
    "SELECT a.seq, a.at, a.staff, coalesce(s.name, a.staff), a.role, a.origin, a.action, a.category, a.outcome,"
    " coalesce(a.patient, ''), coalesce(a.entity, ''), a.writes, coalesce(a.detail, '')"
    " FROM audit a LEFT JOIN staff s ON s.id = a.staff"
    " WHERE (?1 = '' OR a.patient = ?1) AND (?2 IS NULL OR a.staff = ?2)"
    "   AND (?3 = '' OR a.at >= ?3) AND (?4 = '' OR a.at < ?4) ORDER BY a.seq DESC LIMIT ?5";
static const char *const origins[] = { "desk", "command-line", "import", "sync", "system" };

/* The moment a clinic-local day begins, days later; "" when no day is given. */
static enum rc day_start(struct context *ctx, const struct args *args, const char *name, int days,
                         char out[CLOCK_TEXT], struct err *err)
{
    struct civil start = { { 0, 0, 0 }, 0, 0, 0 };
    char day[DATE_TEXT];
    enum rc rc = arg_day(ctx, args, name, day, err);

    out[0] = '\0';
    if (rc == RC_OK && day[0] && date_parse(day, &start.date)) {
        start.date = date_add_days(start.date, days);
        clock_instant(clock_from_civil(start), out);
    }
    return rc;
}

static void audit_row(struct doc *doc, struct query *q)
{
    static const struct { const char *name; int column; } text[] = {
        { "at", 1 }, { "staff", 2 }, { "name", 3 }, { "role", 4 }, { "action", 6 }, { "category", 7 },
        { "patient", 9 }, { "resource", 10 }, { "detail", 12 },
    };
    struct node *row = result_row(doc);
    int64_t origin = query_int(q, 5);

    node_set_int(doc, row, "act", query_int(q, 0));
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        node_set_str(doc, row, text[i].name, query_text(q, text[i].column));
    if (origin >= 0 && origin < (int64_t)(sizeof origins / sizeof *origins))
        node_set_str(doc, row, "from", origins[origin]);
    node_set_int(doc, row, "outcome", query_int(q, 8));
    node_set_int(doc, row, "writes", query_int(q, 11));
}

enum rc act_audit_list(struct context *ctx, const struct grant *grant, const struct args *args,
                       struct doc **result, struct err *err)
{
    char staff[40] = "", from[CLOCK_TEXT], to[CLOCK_TEXT];
    struct doc *list;
    struct query *q;
    enum rc rc;

    if ((rc = arg_staff(ctx, args, "staff", staff, err)) != RC_OK ||
        (rc = day_start(ctx, args, "from", 0, from, err)) != RC_OK ||
        (rc = day_start(ctx, args, "to", 1, to, err)) != RC_OK)
        return rc;
    list = result_list();
    q = query_open(ctx->st, sql_list);
    query_bind(q, 1, grant->patient);
    query_bind(q, 2, staff[0] ? staff : NULL);
    query_bind(q, 3, from);
    query_bind(q, 4, to);
    query_bind_int(q, 5, arg_int(args, "limit", AUDIT_LIMIT));
    while (query_next(q))
        audit_row(list, q);
    if ((rc = query_end(q, err)) == RC_OK)
        *result = list;
    else
        doc_free(list);
    return rc;
}
