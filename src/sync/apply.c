#include "sync/apply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/conflict.h"
#include "store/store.h"
#include "sync/central.h"
#include "sync/merge.h"

/* Who opened a conflict that no person opened. */
static const char opened_by[] = "system";

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 19;
}

/* The same number, stamped at another moment: by a server that gave it out anew. Not for less than a
 * second, since some servers round what they say in one place and not in another. */
static bool is_stamped_apart(const char *a, const char *b)
{
    int64_t at, bt;

    return clock_parse(a, &at) && clock_parse(b, &bt) && (at - bt >= 1000 || bt - at >= 1000);
}

bool apply_is_back(const char *our_version, const char *our_updated, const char *version, const char *updated)
{
    int64_t theirs, ours;

    if (strcmp(our_version, version) == 0)
        return is_stamped_apart(our_updated, updated);
    if (is_number(our_version) && is_number(version))
        return strtoll(version, NULL, 10) < strtoll(our_version, NULL, 10);
    return clock_parse(updated, &theirs) && clock_parse(our_updated, &ours) && theirs < ours;
}

enum apply_rule apply_rule(const struct standing *here, const char *version, const char *updated, bool is_current)
{
    bool is_back = *here->version && *version && apply_is_back(here->version, here->updated, version, updated);
    int64_t theirs, ours;

    if (here->key == 0)
        return APPLY_TAKE;
    if (!here->is_deleted && *version && strcmp(here->version, version) == 0 && !is_back)
        return APPLY_SAME;
    if (here->frozen_seq && (here->frozen_state == OUTBOX_IN_FLIGHT || here->frozen_state == OUTBOX_IN_DOUBT))
        return APPLY_LATER;
    if (!is_current && (here->is_deleted || is_back))
        return APPLY_CHECK;
    if (!is_current && clock_parse(updated, &theirs) && clock_parse(here->updated, &ours) && theirs < ours)
        return APPLY_CHECK;
    if (is_back && !here->is_deleted)
        return APPLY_BACK;
    return here->is_dirty ? APPLY_SETTLE : APPLY_TAKE;
}

static enum rc parse(const char *text, struct doc **out, struct err *err)
{
    *out = NULL;
    return text ? doc_parse(text, strlen(text), out, err) : RC_OK;
}

/* Fields that were in conflict before stay so until a person decided them. */
static enum rc add_open_fields(struct central *c, int64_t conflict, struct merge *m, struct err *err)
{
    struct conflict open = { 0 };
    struct doc *fields = NULL;
    enum rc rc = conflict_get(c->st, conflict, &open, err);

    if (rc == RC_OK)
        rc = parse(open.fields, &fields, err);
    for (const struct node *f = rc == RC_OK ? node_first(doc_root(fields)) : NULL; f; f = node_next(f))
        merge_add_field(m, node_text(f));
    doc_free(fields);
    conflict_done(&open);
    return rc;
}

static enum rc keep_conflict(struct central *c, const struct standing *here, const struct doc *remote,
                             const char *version, const char *updated, const struct merge *m, struct err *err)
{
    char *fields = merge_fields_json(m);
    enum rc rc = conflict_open(c->st, doc_type(remote), doc_id(remote), remote, version, updated, fields,
                               opened_by, err);

    free(fields);
    if (rc == RC_OK && !here->conflict) {
        c->counts.conflicts++;
        log_line("sync", "%s/%s: changed on both sides, %zu fields left to a person", doc_type(remote),
                 doc_id(remote), m->n_fields);
    }
    return rc;
}

/* The conflict keeps the old base, so it is opened before the base moves. */
static enum rc write_merged(struct central *c, const struct standing *here, struct merge *m, struct doc *remote,
                            const char *version, const char *updated, struct err *err)
{
    enum rc rc = RC_OK;

    if (here->conflict)
        rc = add_open_fields(c, here->conflict, m, err);
    if (rc == RC_OK && m->n_fields > 0)
        rc = keep_conflict(c, here, remote, version, updated, m, err);
    else if (rc == RC_OK && here->conflict)     /* it was about a deletion, and is there again */
        rc = conflict_lapse(c->st, here->conflict, opened_by, err);
    if (rc != RC_OK)
        return rc;
    if (m->n_fields == 0 && doc_equal_content(m->merged, remote))
        return standing_adopt(c->st, &c->pull, here->rev, remote, version, updated, err);
    doc_set_rev(m->merged, here->rev);
    return standing_rebase(c->st, &c->pull, m->merged, remote, version, updated, err);
}

static enum rc merge_with(struct central *c, const struct standing *here, struct doc *remote,
                          const char *version, const char *updated, struct err *err)
{
    struct doc *base = NULL, *local = NULL;
    struct merge m = { 0 };
    enum rc rc = parse(here->base_body, &base, err);

    if (rc == RC_OK && (rc = parse(here->body, &local, err)) == RC_OK) {
        merge_documents(base, local, remote, &m);
        c->counts.pulled += !doc_equal_content(m.merged, local);
        rc = write_merged(c, here, &m, remote, version, updated, err);
    }
    merge_done(&m);
    doc_free(local);
    doc_free(base);
    return rc;
}

/* The text that the server confirmed before is worth no less than the one it went back to: every field they
 * differ in goes to a person, as without a base. */
static enum rc keep_against(struct central *c, const struct standing *here, struct doc *remote, const char *version,
                            const char *updated, struct err *err)
{
    struct doc *local = NULL;
    struct merge m = { 0 };
    enum rc rc = parse(here->body, &local, err);

    if (rc == RC_OK) {
        central_suspect(c, "a resource went back to an older version");
        merge_documents(NULL, local, remote, &m);
        doc_free(m.merged);
        m.merged = local;
        rc = write_merged(c, here, &m, remote, version, updated, err);
    }
    merge_done(&m);
    return rc;
}

/* Only its number or its time went back: the text is what it was. */
static bool says_the_same(const struct standing *here, const struct doc *remote)
{
    struct doc *base = NULL;
    bool is_same = parse(here->base_body, &base, NULL) == RC_OK && base && doc_equal_content(base, remote);

    doc_free(base);
    return is_same;
}

enum rc apply_settle(struct central *c, struct doc *doc, const char *version, const char *updated, struct err *err)
{
    struct standing here = { 0 };
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = standing_get(c->st, doc_type(doc), doc_id(doc), &here, err)) != RC_OK)
        return store_end(c->st, rc, err);
    if (*here.version && *version && apply_is_back(here.version, here.updated, version, updated) &&
        !says_the_same(&here, doc))
        rc = keep_against(c, &here, doc, version, updated, err);
    else
        rc = merge_with(c, &here, doc, version, updated, err);
    standing_done(&here);
    return store_end(c->st, rc, err);
}

static enum rc take(struct central *c, const struct standing *here, struct doc *doc, const char *version,
                    const char *updated, struct err *err)
{
    struct doc *local = NULL;
    bool is_same = here->key && !here->is_deleted && parse(here->body, &local, NULL) == RC_OK &&
                   doc_equal_content(local, doc);
    enum rc rc = store_put_remote(c->st, &c->pull, doc, version, updated, err);

    doc_free(local);
    c->counts.pulled += rc == RC_OK && !is_same;
    return rc;
}

enum rc apply_found(struct central *c, const struct standing *here, enum apply_rule rule, struct doc *doc,
                    const char *version, const char *updated, struct err *err)
{
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    if (rule == APPLY_BACK && !says_the_same(here, doc))
        rc = keep_against(c, here, doc, version, updated, err);
    else if (rule == APPLY_BACK)
        rule = here->is_dirty ? APPLY_SETTLE : APPLY_TAKE;
    if (rule == APPLY_TAKE)
        rc = take(c, here, doc, version, updated, err);
    else if (rule == APPLY_SETTLE)
        rc = merge_with(c, here, doc, version, updated, err);
    return store_end(c->st, rc, err);
}

enum rc apply_remote(struct central *c, struct doc *doc, const char *version, const char *updated,
                     bool is_current, enum apply_rule *rule, struct err *err)
{
    struct standing here = { 0 };
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = standing_get(c->st, doc_type(doc), doc_id(doc), &here, err)) == RC_OK) {
        *rule = apply_rule(&here, version, updated, is_current);
        rc = apply_found(c, &here, *rule, doc, version, updated, err);
    }
    standing_done(&here);
    return store_end(c->st, rc, err);
}

static enum rc leave_to_person(struct central *c, const struct standing *here, const char *type, const char *id,
                               const char *version, const char *how, struct err *err)
{
    enum rc rc = RC_OK;

    if (here->frozen_seq)       /* what was on its way is no longer: free it, that the conflict may hold it */
        rc = outbox_set(c->st, here->frozen_seq, OUTBOX_CONFLICT, 0, 410, NULL, err);
    if (rc == RC_OK)
        rc = conflict_open(c->st, type, id, NULL, *version ? version : NULL, NULL, "[]", opened_by, err);
    if (rc == RC_OK && !here->conflict) {
        c->counts.conflicts++;
        log_line("sync", "%s/%s: %s: left to a person", type, id, how);
    }
    return rc;
}

enum rc apply_deletion(struct central *c, const char *type, const char *id, const char *version, struct err *err)
{
    struct standing here = { 0 };
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    rc = standing_get(c->st, type, id, &here, err);
    bool is_known = rc == RC_OK && *version && strcmp(here.version, version) == 0;     /* and a person wants it back */
    if (rc == RC_OK && here.key && !here.is_deleted && !is_known) {
        if (here.is_dirty)
            rc = leave_to_person(c, &here, type, id, version, "deleted at the server, edited here", err);
        else if ((rc = store_delete_remote(c->st, &c->pull, type, id, err)) == RC_OK)
            c->counts.pulled++;
    }
    standing_done(&here);
    return store_end(c->st, rc, err);
}

/* From now on it is something the server never had: held back until the person decided, and counted. */
static enum rc unbase(struct central *c, const struct standing *here, struct err *err)
{
    struct doc *local = NULL;
    enum rc rc = parse(here->body, &local, err);

    if (rc == RC_OK) {
        doc_set_rev(local, here->rev);
        rc = standing_rebase(c->st, &c->pull, local, NULL, NULL, NULL, err);
    }
    doc_free(local);
    return rc;
}

enum rc apply_loss(struct central *c, const char *type, const char *id, struct err *err)
{
    struct standing here = { 0 };
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    central_suspect(c, "it does not know a resource that it once confirmed");
    rc = standing_get(c->st, type, id, &here, err);
    if (rc == RC_OK && here.key && !here.is_deleted && !here.conflict &&
        (rc = leave_to_person(c, &here, type, id, "", "lost at the server, kept here", err)) == RC_OK && !here.is_dirty)
        rc = unbase(c, &here, err);
    standing_done(&here);
    return store_end(c->st, rc, err);
}
