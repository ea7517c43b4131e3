#include "desk/safety.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "desk/edit.h"
#include "fhir/datatype.h"
#include "store/store.h"

/* What of a safety Task decides whether, when and for whom it is seen. */
static const char *const settled[] = { "for", "code", "priority", "focus", "restriction" };

static bool is_task(const struct doc *doc)
{
    return strcmp(doc_type(doc), "Task") == 0 && concept_has(node_get(doc_root(doc), "code"), NULL, "safety");
}

static bool is_flag(const struct doc *doc)
{
    if (strcmp(doc_type(doc), "Flag") != 0)
        return false;
    for (const struct node *c = node_first(node_get(doc_root(doc), "category")); c; c = node_next(c))
        if (concept_has(c, NULL, "safety"))
            return true;
    return false;
}

bool safety_is(const struct doc *doc)
{
    return is_task(doc) || is_flag(doc);
}

bool safety_protects(const struct doc *doc)
{
    return safety_is(doc) || strcmp(doc_type(doc), "AllergyIntolerance") == 0 || strcmp(doc_type(doc), "Consent") == 0;
}

static bool is_open(const struct doc *doc)
{
    static const char *const open[] = { "draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold", "active" };
    const char *status = node_str(doc_root(doc), "status");

    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (strcmp(open[i], status) == 0)
            return true;
    return false;
}

static bool same_member(const struct doc *a, const struct doc *b, const char *name)
{
    const struct node *x = node_get(doc_root(a), name), *y = node_get(doc_root(b), name);

    return x && y ? node_equal(x, y) : !x && !y;
}

/* Notes, attempts and owner may change by anybody's hand; the promise itself may not. */
static bool is_kept(const struct doc *before, const struct doc *after)
{
    if (!safety_is(after) || (is_open(before) && !is_open(after)))
        return false;
    for (size_t i = 0; is_task(before) && i < sizeof settled / sizeof *settled; i++)
        if (!same_member(before, after, settled[i]))
            return false;
    return true;
}

static bool has_outcome(const struct doc *before, const struct doc *after)
{
    return node_count(node_get(doc_root(after), "note")) > node_count(node_get(doc_root(before), "note")) ||
           node_get(doc_root(after), "statusReason");
}

/* What a file or the server brings is kept as it came: there somebody else has decided. */
static enum rc guard(struct store *st, const struct grant *grant, const struct doc *before,
                     const struct doc *after, struct err *err)
{
    (void)st;
    if (grant->origin == ORIGIN_IMPORT || grant->origin == ORIGIN_SYNC || !before || !safety_is(before))
        return RC_OK;
    if (strcmp(grant->role, "clinician") != 0 && !is_kept(before, after))
        return err_set(err, RC_DENIED, _("%s/%s is about the patient's safety: only a clinician closes or moves it."),
                       doc_type(after), doc_id(after));
    if (is_task(before) && is_open(before) && strcmp(node_str(doc_root(after), "status"), "completed") == 0 &&
        !has_outcome(before, after))
        return err_set(err, RC_INVALID, _("Task/%s is about the patient's safety: say how it ended."), doc_id(after));
    return RC_OK;
}

static enum rc end_flag(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    char now[CLOCK_TEXT];

    (void)grant;
    (void)ctx;
    (void)err;
    if (!is_flag(doc) || !is_open(doc))
        return RC_OK;
    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, doc_root(doc), "status", "inactive");
    doc_set(doc, "period.end", now);
    return RC_OK;
}

enum rc safety_end_flag(struct store *st, const struct grant *grant, const char *task_id, struct err *err)
{
    char type[40], flag[72];
    struct doc *task = NULL;
    enum rc rc = store_get(st, "Task", task_id, &task, err);
    bool is_about_flag = rc == RC_OK && is_task(task) &&
                         reference_split(node_get(doc_root(task), "focus"), type, sizeof type, flag, sizeof flag) &&
                         strcmp(type, "Flag") == 0 && store_has(st, "Flag", flag);

    doc_free(task);
    return is_about_flag ? edit_resource(st, grant, "Flag", flag, end_flag, NULL, err) : rc;
}

void safety_guards(void)
{
    store_guard("Task", guard);
    store_guard("Flag", guard);
}
