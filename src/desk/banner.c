/* banner.c - the two lines over everything that shows a person. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/match.h"
#include "desk/patient.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/person_words.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_alerts[] =
    "SELECT title FROM event WHERE patient = ?1 AND kind IN ('alert', 'allergy') AND status = 'active'"
    " ORDER BY kind, at DESC LIMIT 8";
static const char sql_visits[] =
    "SELECT count(*) FROM appointment WHERE patient = ?1 AND start >= ?2"
    " AND status IN ('proposed', 'pending', 'booked', 'waitlist')";
static const char sql_covers[] =
    "SELECT r.id, e.title FROM event e JOIN resource r ON r.key = e.key"
    " WHERE e.patient = ?1 AND e.kind = 'coverage' AND e.status = 'active' AND r.type = 'Coverage'"
    " ORDER BY e.at DESC LIMIT 6";
static const char sql_open[] =
    "SELECT (SELECT count(*) FROM task WHERE patient = ?1 AND status IN"
    "          ('draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')),"
    " (SELECT count(*) FROM event WHERE patient = ?1 AND kind = 'referral' AND status IN ('draft', 'active', 'on-hold')),"
    " (SELECT count(*) FROM event WHERE patient = ?1 AND kind = 'goal'"
    "          AND status IN ('proposed', 'planned', 'accepted', 'active', 'on-hold'))";

void banner_done(struct banner *b)
{
    char *owned[] = { b->age, b->cover, b->phone_rule, b->permissions, b->confidential };

    person_done(&b->person);
    for (size_t i = 0; i < b->n_alerts; i++)
        free(b->alert[i]);
    free(b->alert);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *b = (struct banner){ 0 };
}

/* Visits of somebody who died, which nobody cancelled: the family would be called. */
static enum rc late_visits(struct store *st, const char *id, char **words, struct err *err)
{
    struct query *q = query_open(st, sql_visits);
    char today[DATE_TEXT];
    int64_t n;

    date_format(clock_today(), today);
    query_bind(q, 1, id);
    query_bind(q, 2, today);
    n = query_next(q) ? query_int(q, 0) : 0;
    *words = n > 0 ? mem_printf(ngettext("deceased, %d visit still booked: cancel it", "deceased, %d visits still booked: cancel them",
                                         (unsigned long)n), (int)n) : NULL;
    return query_end(q, err);
}

static enum rc load_alerts(struct store *st, const char *id, struct banner *out, struct err *err)
{
    struct query *q;
    size_t cap = 0;
    char *words = NULL;
    enum rc rc = out->person.deceased[0] != '\0' ? late_visits(st, id, &words, err) : RC_OK;

    if (rc != RC_OK)
        return rc;
    if (words != NULL) {
        MEM_ROOM(out->alert, out->n_alerts, cap);
        out->alert[out->n_alerts++] = words;
    }
    q = query_open(st, sql_alerts);
    query_bind(q, 1, id);
    while (query_next(q)) {
        MEM_ROOM(out->alert, out->n_alerts, cap);
        out->alert[out->n_alerts++] = mem_dup(query_text(q, 0));
    }
    return query_end(q, err);
}

/* Is the cover in force today? Its end stands in the document only. */
static bool is_current(struct store *st, const char *id)
{
    struct doc *doc = NULL;
    char today[DATE_TEXT];
    const char *end;
    bool is;

    if (store_get(st, "Coverage", id, &doc, NULL) != RC_OK)
        return false;
    date_format(clock_today(), today);
    end = node_path_str(doc_root(doc), "period.end");
    is = end[0] == '\0' || strncmp(end, today, strlen(end) < 10 ? strlen(end) : 10) >= 0;
    doc_free(doc);
    return is;
}

static enum rc load_cover(struct store *st, const char *id, struct banner *out, struct err *err)
{
    struct query *q = query_open(st, sql_covers);

    query_bind(q, 1, id);
    while (out->cover == NULL && query_next(q))
        if (is_current(st, query_text(q, 0)))
            out->cover = mem_dup(query_text(q, 1));
    if (out->cover == NULL)
        out->cover = mem_dup("");
    return query_end(q, err);
}

static enum rc load_counts(struct store *st, const char *id, struct banner *out, struct err *err)
{
    struct query *q = query_open(st, sql_open);

    query_bind(q, 1, id);
    if (query_next(q)) {
        out->open_tasks = (int)query_int(q, 0);
        out->open_referrals = (int)query_int(q, 1);
        out->open_goals = (int)query_int(q, 2);
    }
    return query_end(q, err);
}

/* "mobile -1187" */
static void telecom_words(struct buf *out, const struct node *telecom)
{
    const char *use = node_str(telecom, "use"), *system = node_str(telecom, "system"), *value = node_str(telecom, "value");
    struct buf digits = { 0 };

    digits_reversed(&digits, value);
    buf_printf(out, "%s ", use[0] != '\0' ? _(use) : _(system[0] != '\0' ? system : "phone"));
    if (strcmp(system, "email") != 0 && digits.len >= 4)
        buf_printf(out, "-%c%c%c%c", digits.data[3], digits.data[2], digits.data[1], digits.data[0]);
    else
        buf_add(out, value);
    buf_done(&digits);
}

static void add_permission(struct buf *out, const struct node *telecom)
{
    static const struct { const char *system, *yes, *no; } words[] = {
        { "phone", N_("calls ok"), N_("no calls") }, { "sms", N_("SMS ok"), N_("no SMS") },
        { "email", N_("email ok"), N_("no email") },
    };
    const char *permission = node_text(extension_value(telecom, EXT_PERMISSION));

    for (size_t i = 0; permission != NULL && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].system, node_str(telecom, "system")) == 0)
            buf_printf(out, "%s%s", out->len > 0 ? ", " : "", _(strcmp(permission, "ok") == 0 ? words[i].yes : words[i].no));
}

/* What must be known before anybody dials or writes. */
static void contact_rules(const struct doc *doc, struct banner *out)
{
    struct buf phone = { 0 }, permissions = { 0 }, safe = { 0 };

    for (const struct node *t = node_first(node_get(doc_root(doc), "telecom")); t != NULL; t = node_next(t)) {
        if (strcmp(node_str(t, "use"), "old") == 0)
            continue;
        if (strcmp(node_str(t, "value"), out->person.phone) == 0 && phone.len == 0 && out->person.phone[0] != '\0') {
            telecom_words(&phone, t);
            if (node_is(extension_value(t, EXT_NO_VOICEMAIL), NODE_TRUE))
                buf_printf(&phone, " (%s)", _("no voicemail"));
        }
        if (node_is(extension_value(t, EXT_SAFE_CONTACT), NODE_TRUE)) {
            buf_printf(&safe, "%s ", safe.len > 0 ? "," : _("only"));
            telecom_words(&safe, t);
        }
        add_permission(&permissions, t);
    }
    out->phone_rule = mem_dup(buf_text(&phone));
    out->permissions = mem_dup(buf_text(&permissions));
    out->confidential = mem_dup(buf_text(&safe));
    buf_done(&phone);
    buf_done(&permissions);
    buf_done(&safe);
}

/* Age today, or at death. */
static char *age_of(const struct person *p)
{
    struct date birth, on = clock_today();
    char day[11], age[DATE_TEXT];

    snprintf(day, sizeof day, "%s", p->deceased);
    if (p->deceased[0] != '\0' && !date_parse(day, &on))
        return mem_dup("");
    if (!date_parse(p->birth, &birth))
        return mem_dup("");
    date_age(birth, on, age);
    return mem_dup(age);
}

enum rc banner_load(struct store *st, const char *id, struct banner *out, struct err *err)
{
    struct matches namesakes = { 0 };
    struct doc *doc = NULL;
    enum rc rc;

    *out = (struct banner){ 0 };
    if ((rc = person_get(st, id, &out->person, err)) != RC_OK)
        return rc;
    out->age = age_of(&out->person);
    if ((rc = load_alerts(st, id, out, err)) != RC_OK || (rc = load_cover(st, id, out, err)) != RC_OK ||
        (rc = load_counts(st, id, out, err)) != RC_OK || (rc = store_get(st, "Patient", id, &doc, err)) != RC_OK ||
        (rc = match_namesakes(st, id, 1, &namesakes, err)) != RC_OK) {
        banner_done(out);
    } else {
        contact_rules(doc, out);
        out->has_namesake = namesakes.n > 0;
    }
    matches_done(&namesakes);
    doc_free(doc);
    return rc;
}
