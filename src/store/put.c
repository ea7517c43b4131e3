/* The door itself: every write of a resource, by a person, the importer or the agent, is one of
 * these. What may refuse a document runs before the first write; after it only the database can
 * fail, and then the whole transaction goes back. */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "store/attachment.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_rebase_same[] =
    "UPDATE resource SET base_version = ?2, base_updated = ?3, base_body = NULL WHERE key = ?1";

static void give_id(struct doc *doc)
{
    char id[CRYPTO_UUID];

    if (doc_id(doc)[0])
        return;
    crypto_uuid(id);
    node_set_str(doc, doc_root(doc), "id", id);
}

static enum rc put_new(struct store *st, const struct grant *grant, struct doc *doc, bool queue, struct err *err)
{
    int64_t key;
    enum rc rc = resource_admit(st, grant, NULL, doc, err);

    if (rc == RC_OK)
        rc = resource_add(st, act_open(st, grant), doc, NULL, &key, err);
    if (rc == RC_OK && queue)
        rc = outbox_add(st, key, true, err);
    return rc;
}

static enum rc put_edit(struct store *st, const struct grant *grant, struct doc *doc, bool queue, struct err *err)
{
    struct resource_row row;
    enum rc rc = resource_row_get(st, doc_type(doc), doc_id(doc), &row, err);

    if (rc != RC_OK)
        return rc;
    if (row.is_deleted)
        rc = err_set(err, RC_NOT_FOUND, _("%s/%s was deleted at the server."), doc_type(doc), doc_id(doc));
    else if (row.rev != doc_rev(doc))
        rc = err_set(err, RC_STALE, _("%s/%s was changed by somebody else since it was read."), doc_type(doc), doc_id(doc));
    else if ((rc = resource_admit(st, grant, row.doc, doc, err)) == RC_OK && !node_equal(doc_root(row.doc), doc_root(doc))) {
        rc = resource_revise(st, act_open(st, grant), &row, doc, NULL, err);
        if (rc == RC_OK && queue)
            rc = outbox_add(st, row.key, false, err);
    }
    resource_row_done(&row);
    return rc;
}

static enum rc put(struct store *st, const struct grant *grant, struct doc *doc, bool queue, struct err *err)
{
    struct attachment_files files = { 0 };
    enum rc rc;

    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act_open(st, grant);        /* a refusal is on record too */
    give_id(doc);
    rc = queue ? attachment_take_out(doc, &files, err) : RC_OK;
    if (rc == RC_OK)
        rc = doc_rev(doc) == 0 ? put_new(st, grant, doc, queue, err) : put_edit(st, grant, doc, queue, err);
    if (rc == RC_OK && queue)
        rc = attachment_store(st, doc, &files, err);
    if (rc != RC_OK)
        attachment_put_back(doc, &files);
    attachment_files_done(&files);
    return store_end(st, rc, err);
}

enum rc store_put(struct store *st, const struct grant *grant, struct doc *doc, struct err *err)
{
    return put(st, grant, doc, true, err);
}

enum rc store_put_local(struct store *st, const struct grant *grant, struct doc *doc, struct err *err)
{
    return put(st, grant, doc, false, err);
}

static enum rc remote_known(struct store *st, const struct grant *grant, const struct resource_row *row,
                            struct doc *doc, const struct base *base, struct err *err)
{
    bool is_same = !row->is_deleted && node_equal(doc_root(row->doc), doc_root(doc));
    enum rc rc;

    if (row->is_dirty && !is_same)
        return err_set(err, RC_STALE, _("%s/%s has edits that were not sent yet."), doc_type(doc), doc_id(doc));
    if ((rc = resource_admit(st, grant, row->is_deleted ? NULL : row->doc, doc, err)) != RC_OK)
        return rc;
    if (!is_same)
        return resource_revise(st, act_open(st, grant), row, doc, base, err);
    doc_set_rev(doc, row->rev);
    rc = query_run(st, err, sql_rebase_same, "itt", row->key, base->version, base->updated);
    return rc == RC_OK ? outbox_drop(st, row->key, err) : rc;
}

enum rc store_put_remote(struct store *st, const struct grant *grant, struct doc *doc,
                         const char *version, const char *updated, struct err *err)
{
    struct base base = { .version = version, .updated = updated };
    struct resource_row row;
    int64_t key;
    enum rc rc;

    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act_open(st, grant);
    rc = resource_row_get(st, doc_type(doc), doc_id(doc), &row, err);
    if (rc == RC_OK)
        rc = remote_known(st, grant, &row, doc, &base, err);
    else if (rc == RC_NOT_FOUND && (rc = resource_admit(st, grant, NULL, doc, err)) == RC_OK)
        rc = resource_add(st, act_open(st, grant), doc, &base, &key, err);
    resource_row_done(&row);
    return store_end(st, rc, err);
}

enum rc store_delete_remote(struct store *st, const struct grant *grant, const char *type,
                            const char *id, struct err *err)
{
    struct resource_row row;
    enum rc rc;

    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act_open(st, grant);
    rc = resource_row_get(st, type, id, &row, err);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && row.is_deleted))
        rc = RC_OK;             /* told twice, or never had it */
    else if (rc == RC_OK && row.is_dirty)
        rc = err_set(err, RC_STALE, _("%s/%s has edits that were not sent yet."), type, id);
    else if (rc == RC_OK)
        rc = resource_remove(st, act_open(st, grant), &row, type, id, err);
    resource_row_done(&row);
    return store_end(st, rc, err);
}
