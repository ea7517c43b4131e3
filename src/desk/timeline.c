#include "desk/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/query.h"
#include "store/store.h"

/* The window is cut in the index alone; only its rows are read. */
#define WANTED " FROM event WHERE patient = ?1 AND (?2 IS NULL OR instr(',' || ?2 || ',', ',' || kind || ',') > 0)"
static const char sql_window[] =
    "SELECT e.key, r.type, r.id, e.at, e.kind, e.status, e.title, e.detail, e.code"
    " FROM (SELECT key" WANTED " ORDER BY at DESC, key DESC LIMIT ?3 OFFSET ?4) w"
    " JOIN event e ON e.key = w.key JOIN resource r ON r.key = w.key ORDER BY e.at DESC, e.key DESC";
static const char sql_total[] = "SELECT count(*)" WANTED;
static const char sql_course[] =
    "SELECT e.key, r.type, r.id, e.at, e.kind, e.status, e.title, e.detail, e.code"
    " FROM event one JOIN event e ON e.patient = one.patient AND e.kind = one.kind AND e.code = one.code"
    " JOIN resource r ON r.key = e.key"
    " WHERE one.key = ?1 AND one.patient = ?2 AND one.code <> ''"
    "   AND e.status NOT IN ('entered-in-error', 'cancelled')"
    " ORDER BY e.at, e.key";
static const char sql_form_title[] =
    "SELECT title FROM questionnaire WHERE url = ?1 OR (?2 <> '' AND id = ?2) ORDER BY version DESC LIMIT 1";

const struct panel panels[] = {
    { N_("conditions"), "condition,family history,risk", 'd' },
    { N_("allergies"), "allergy,alert", 'a' },
    { N_("medications"), "medication", 'm' },
    { N_("immunizations"), "immunization,recall", 'i' },
    { N_("goals and care plans"), "goal,care plan,care team,episode", 'g' },
    { N_("coverage"), "coverage,claim", 'o' },
    { N_("contacts and preferences"),
      "call in,call out,letter in,letter out,message in,message out,email in,email out,desk visit,to send,consent,related person", 'c' },
    { N_("visits"), "visit,appointment", 'v' },
    { N_("forms"), "form", 'f' },
    { N_("measurements and reports"), "measurement,report,imaging", 'r' },
    { N_("referrals and orders"), "referral,order,procedure", 'e' },
    { N_("follow-ups"), "follow-up", 'u' },
    { N_("documents"), "document,list,other,impression", 's' },
};
const size_t n_panels = sizeof panels / sizeof *panels;

/* How a logged contact ended, as the projection keeps it, in words of the desk. */
static const struct { const char *code, *words; } outcomes[] = {
    { "none", N_("no answer") }, { "voicemail", N_("voicemail left") }, { "busy", N_("busy") },
    { "wrong-number", N_("wrong number") }, { "reached", N_("reached") }, { "refused", N_("declined") },
    { "sent", N_("sent") }, { "received", N_("received") }, { "entered-in-error", N_("entered in error") },
};

void events_done(struct events *e)
{
    for (size_t i = 0; i < e->n; i++) {
        struct event *event = &e->event[i];
        char *owned[] = { event->type, event->id, event->at, event->kind, event->status, event->title, event->detail };

        for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
            free(owned[k]);
    }
    free(e->event);
    *e = (struct events){ 0 };
}

/* The questionnaire's own title, wherever it came from and whenever. */
static char *form_title(struct store *st, const char *canonical)
{
    struct query *q = query_open(st, sql_form_title);
    char *url = mem_dup_n(canonical, strcspn(canonical, "|"));
    const char *slash = strrchr(url, '/');
    char *title = NULL;

    query_bind(q, 1, url);
    query_bind(q, 2, slash != NULL ? slash + 1 : url);
    if (query_next(q))
        title = mem_dup(query_text(q, 0));
    (void)query_end(q, NULL);
    free(url);
    return title != NULL ? title : mem_dup(_("form"));
}

static char *title_of(struct store *st, const char *kind, const char *title, const char *code)
{
    if (strcmp(kind, "form") == 0 && title[0] == '\0')
        return form_title(st, code);
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i].code, title) == 0 && strcmp(title, code) == 0)
            return mem_dup(_(outcomes[i].words));
    return mem_dup(title);
}

/* How many questions of a score were answered stands in the projection as "[5/9]", without words. */
static char *detail_of(const char *kind, const char *detail)
{
    struct buf out = { 0 };
    const char *at = detail, *open;
    int answered, of, used;

    if (strcmp(kind, "form") != 0)
        return mem_dup(detail);
    while ((open = strchr(at, '[')) != NULL) {
        buf_add_n(&out, at, (size_t)(open - at));
        used = 0;
        if (sscanf(open, "[%6d/%6d]%n", &answered, &of, &used) == 2 && used > 0) {
            buf_printf(&out, _("(%d of %d)"), answered, of);
            at = open + used;
        } else {
            buf_char(&out, '[');
            at = open + 1;
        }
    }
    buf_add(&out, at);
    return buf_take(&out);
}

static enum rc take(struct store *st, struct query *q, struct events *out, struct err *err)
{
    size_t cap = 0;
    enum rc rc;

    while (query_next(q)) {
        MEM_ROOM(out->event, out->n, cap);
        out->event[out->n++] = (struct event){
            .key = query_int(q, 0), .type = mem_dup(query_text(q, 1)), .id = mem_dup(query_text(q, 2)),
            .at = mem_dup(query_text(q, 3)), .kind = mem_dup(query_text(q, 4)), .status = mem_dup(query_text(q, 5)),
            .title = title_of(st, query_text(q, 4), query_text(q, 6), query_text(q, 8)),
            .detail = detail_of(query_text(q, 4), query_text(q, 7)),
        };
    }
    rc = query_end(q, err);
    if (rc != RC_OK)
        events_done(out);
    return rc;
}

enum rc timeline_load(struct store *st, const char *patient, const char *kinds, int64_t offset, int limit,
                      struct events *out, struct err *err)
{
    struct query *q = query_open(st, sql_window);
    enum rc rc;

    *out = (struct events){ 0 };
    query_bind(q, 1, patient);
    query_bind(q, 2, kinds);
    query_bind_int(q, 3, limit);
    query_bind_int(q, 4, offset);
    if ((rc = take(st, q, out, err)) != RC_OK)
        return rc;
    q = query_open(st, sql_total);
    query_bind(q, 1, patient);
    query_bind(q, 2, kinds);
    if (query_next(q))
        out->total = query_int(q, 0);
    rc = query_end(q, err);
    if (rc != RC_OK)
        events_done(out);
    return rc;
}

enum rc timeline_course(struct store *st, const char *patient, int64_t key, struct events *out, struct err *err)
{
    struct query *q = query_open(st, sql_course);
    enum rc rc;

    *out = (struct events){ 0 };
    query_bind_int(q, 1, key);
    query_bind(q, 2, patient);
    rc = take(st, q, out, err);
    out->total = (int64_t)out->n;
    return rc;
}
