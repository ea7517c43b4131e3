/* Finding people, their record, registering and changing them. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/server.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/coverage.h"
#include "desk/find.h"
#include "desk/match.h"
#include "desk/patient.h"
#include "desk/timeline.h"
#include "store/store.h"

enum { FIND_LIMIT = 50, EVENT_LIMIT = 200, LIKE_LIMIT = 5 };

static void hit_row(struct doc *doc, struct node *row, const struct hit *hit)
{
    node_set_str(doc, row, "id", hit->id);
    node_set_str(doc, row, "name", hit->name);
    node_set_str(doc, row, "usual", hit->usual);
    node_set_str(doc, row, "birthDate", hit->birth);
    node_set_str(doc, row, "sex", hit->sex);
    node_set_str(doc, row, "record", hit->mrn);
    node_set_str(doc, row, "phone", hit->phone_tail);
    node_set_str(doc, row, "seen", hit->seen);
    node_set_str(doc, row, "deceased", hit->deceased);
    node_set_str(doc, row, "mergedInto", hit->merged_into);
    if (hit->is_test)
        node_set_bool(doc, row, "test", true);
}

/* Not answered here: the agent asks, and whoever asked waits for it. */
static enum rc find_at_server(struct context *ctx, const struct grant *grant, const char *query,
                              struct doc **result, struct err *err)
{
    char *criteria = server_criteria(ctx, query);
    enum rc rc = criteria ? server_ask(ctx, grant, "find", criteria, result, err)
                          : err_set(err, RC_INVALID, "%s", _("too little to ask the server for: two letters of a name, a whole birth date or a record number"));

    free(criteria);
    return rc;
}

enum rc act_patient_find(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    char *query = arg_words(args, "query");
    struct hits hits = { 0 };
    bool asks_server = args_flag(args, "server");
    enum rc rc = asks_server ? find_at_server(ctx, grant, query, result, err)
                             : find_people(ctx->st, query, arg_int(args, "limit", FIND_LIMIT), clock_today(),
                                           arg_order(ctx->config), &hits, err);

    free(query);
    if (asks_server)
        return rc;
    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < hits.n; i++) {
            struct node *row = result_row(*result);

            hit_row(*result, row, &hits.hit[i]);
            node_set_str(*result, row, "why", hits.hit[i].because);
            if (hits.hit[i].looks_like)
                node_set_str(*result, row, "looksLike", hits.hit[hits.hit[i].looks_like - 1].id);
        }
    }
    hits_done(&hits);
    return rc;
}

static void banner_members(struct doc *doc, const struct banner *b)
{
    struct node *root = doc_root(doc);
    const struct person *p = &b->person;
    const struct { const char *name, *value; } text[] = {
        { "id", p->id }, { "name", p->name }, { "usual", p->usual }, { "birthDate", p->birth }, { "age", b->age },
        { "sex", p->sex }, { "record", p->mrn }, { "phone", p->phone }, { "phoneRule", b->phone_rule },
        { "language", p->language }, { "cover", b->cover }, { "permissions", b->permissions },
        { "confidential", b->confidential }, { "deceased", p->deceased }, { "mergedInto", p->merged_into },
        { "seen", p->seen },
    };
    const struct { const char *name; bool value; } claims[] = {
        { "birthEstimated", p->birth_estimated }, { "interpreter", p->needs_interpreter }, { "test", p->is_test },
        { "namesake", b->has_namesake }, { "inactive", !p->is_active },
    };
    struct node *alerts;

    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        node_set_str(doc, root, text[i].name, text[i].value);
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (claims[i].value)
            node_set_bool(doc, root, claims[i].name, true);
    alerts = node_set_array(doc, root, "alerts");
    for (size_t i = 0; i < b->n_alerts; i++)
        node_add_str(doc, alerts, b->alert[i]);
    node_set_int(doc, root, "openFollowUps", b->open_tasks);
    node_set_int(doc, root, "openReferrals", b->open_referrals);
    node_set_int(doc, root, "openGoals", b->open_goals);
}

static void event_rows(struct doc *doc, const struct events *events)
{
    struct node *timeline = node_set_object(doc, doc_root(doc), "timeline"), *list;

    node_set_int(doc, timeline, "total", events->total);
    list = node_set_array(doc, timeline, "events");
    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->event[i];
        struct node *row = node_add_object(doc, list);
        char *resource = mem_printf("%s/%s", e->type, e->id);

        node_set_str(doc, row, "resource", resource);
        node_set_str(doc, row, "at", e->at);
        node_set_str(doc, row, "kind", e->kind);
        node_set_str(doc, row, "status", e->status);
        node_set_str(doc, row, "title", e->title);
        node_set_str(doc, row, "detail", e->detail);
        free(resource);
    }
}

enum rc act_patient_show(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct banner banner = { 0 };
    struct events events = { 0 };
    struct doc *patient = NULL;
    enum rc rc = store_get(ctx->st, "Patient", grant->patient, &patient, err);

    if (rc != RC_OK || (rc = banner_load(ctx->st, grant->patient, &banner, err)) != RC_OK)
        goto out;
    rc = timeline_load(ctx->st, grant->patient, arg_text(args, "kinds"), 0, arg_int(args, "limit", EVENT_LIMIT), &events, err);
    if (rc != RC_OK)
        goto out;
    *result = doc_new(NULL);
    banner_members(*result, &banner);
    event_rows(*result, &events);
    node_set_copy(*result, doc_root(*result), "resource", doc_root(patient));
out:
    events_done(&events);
    banner_done(&banner);
    doc_free(patient);
    return rc;
}

/* What was typed, with the birth date read; birth must outlive r. */
static enum rc registration_read(struct context *ctx, const struct args *args, struct registration *r,
                                 char birth[DATE_TEXT], struct err *err)
{
    const char *typed = args_get(args, "birth"), *interpreter = arg_text(args, "interpreter");
    struct date date;
    enum rc rc = RC_OK;

    *r = (struct registration){
        .family = args_get(args, "family"), .given = args_get(args, "given"), .usual = args_get(args, "usual"),
        .sex = args_get(args, "sex"), .phone = args_get(args, "phone"), .mrn = args_get(args, "record"),
        .language = args_get(args, "language"), .address = args_get(args, "address"),
        .interpreter = interpreter ? strcmp(interpreter, "yes") == 0 : -1,
    };
    if (!typed)
        return RC_OK;
    birth[0] = '\0';
    if (typed[0])
        rc = date_typed_birth(typed, clock_today(), arg_order(ctx->config), &date, &r->birth_estimated, err);
    if (rc == RC_OK && typed[0])
        date_format(date, birth);
    r->birth = birth;
    return rc;
}

/* People this registration might be, looked for before it is written. */
static enum rc like_rows(struct context *ctx, const struct registration *r, struct doc *result, struct err *err)
{
    struct matches matches = { 0 };
    enum rc rc = match_registration(ctx->st, r, LIKE_LIMIT, &matches, err);
    struct node *list = rc == RC_OK ? node_set_array(result, doc_root(result), "like") : NULL;

    for (size_t i = 0; i < matches.n && list; i++) {
        struct node *row = node_add_object(result, list);

        hit_row(result, row, &matches.match[i].person);
        node_set_str(result, row, "why", matches.match[i].reasons);
    }
    matches_done(&matches);
    return rc;
}

enum rc act_patient_register(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    char birth[DATE_TEXT], *id = NULL;
    struct registration r;
    struct doc *made = doc_new(NULL);
    enum rc rc = registration_read(ctx, args, &r, birth, err);

    if (rc == RC_OK && (rc = like_rows(ctx, &r, made, err)) == RC_OK &&
        (rc = patient_register(ctx->st, grant, &r, &id, err)) == RC_OK) {
        struct doc *like = made;

        made = result_made("Patient", id);
        node_set_copy(made, doc_root(made), "like", node_get(doc_root(like), "like"));
        doc_free(like);
        *result = made;
        made = NULL;
    }
    doc_free(made);
    free(id);
    return rc;
}

enum rc act_patient_edit(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    char birth[DATE_TEXT];
    struct registration r;
    enum rc rc = registration_read(ctx, args, &r, birth, err);

    if (rc == RC_OK && (rc = patient_edit(ctx->st, grant, grant->patient, &r, err)) == RC_OK)
        *result = result_made("Patient", grant->patient);
    return rc;
}

enum rc act_coverage_change(struct context *ctx, const struct grant *grant, const struct args *args,
                            struct doc **result, struct err *err)
{
    char since[DATE_TEXT], *id = NULL;
    enum rc rc = RC_OK;

    date_format(clock_today(), since);
    if (arg_text(args, "since"))
        rc = arg_day(ctx, args, "since", since, err);
    if (rc == RC_OK && (rc = coverage_change(ctx->st, grant, grant->patient, args_get(args, "payer"),
                                             arg_text(args, "member"), since, &id, err)) == RC_OK)
        *result = result_made("Coverage", id);
    free(id);
    return rc;
}
