#include "store/export.h"

#include <stdio.h>

#include "store/query.h"
#include "store/store.h"

static const char sql_get[] = "SELECT status, at, is_over FROM export WHERE what = ?1";
static const char sql_begin[] =
    "INSERT INTO export(what, status) VALUES (?1, ?2) ON CONFLICT(what) DO UPDATE SET status = excluded.status, at = '', is_over = 0";
static const char sql_listed[] = "UPDATE export SET at = ?2 WHERE what = ?1";
static const char sql_file[] = "INSERT OR REPLACE INTO export_file(what, n, type, path) VALUES (?1, ?2, ?3, ?4)";
static const char sql_next[] = "SELECT n, line, type, path FROM export_file WHERE what = ?1 ORDER BY n LIMIT 1";
static const char sql_position[] = "UPDATE export_file SET line = ?3 WHERE what = ?1 AND n = ?2";
static const char sql_file_done[] = "DELETE FROM export_file WHERE what = ?1 AND n = ?2";
static const char sql_drop_files[] = "DELETE FROM export_file WHERE what = ?1";
static const char sql_over[] =
    "INSERT INTO export(what, status, is_over) VALUES (?1, '', 1) ON CONFLICT(what) DO UPDATE SET is_over = 1";

enum rc export_get(struct store *st, const char *what, struct export_state *out, struct err *err)
{
    struct query *q = query_open(st, sql_get);

    *out = (struct export_state){ 0 };
    query_bind(q, 1, what);
    if (query_next(q)) {
        snprintf(out->status, sizeof out->status, "%s", query_text(q, 0));
        snprintf(out->at, sizeof out->at, "%s", query_text(q, 1));
        out->is_over = query_int(q, 2) != 0;
    }
    return query_end(q, err);
}

enum rc export_begin(struct store *st, const char *what, const char *status, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = query_run(st, err, sql_drop_files, "t", what)) == RC_OK)
        rc = query_run(st, err, sql_begin, "tt", what, status);
    return store_end(st, rc, err);
}

enum rc export_listed(struct store *st, const char *what, const char *at, const struct export_file *file, size_t n,
                      struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_listed, "tt", what, at);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = query_run(st, err, sql_file, "titt", what, (int64_t)i, file[i].type, file[i].path);
    return store_end(st, rc, err);
}

bool export_next(struct store *st, const char *what, struct export_file *out)
{
    struct query *q = query_open(st, sql_next);
    bool found;

    query_bind(q, 1, what);
    if ((found = query_next(q))) {
        *out = (struct export_file){ .n = query_int(q, 0), .line = query_int(q, 1) };
        snprintf(out->type, sizeof out->type, "%s", query_text(q, 2));
        snprintf(out->path, sizeof out->path, "%s", query_text(q, 3));
    }
    query_end(q, NULL);
    return found;
}

enum rc export_position(struct store *st, const char *what, const struct export_file *file, bool is_done, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = is_done ? query_run(st, err, sql_file_done, "ti", what, file->n)
                 : query_run(st, err, sql_position, "tii", what, file->n, file->line);
    return store_end(st, rc, err);
}

enum rc export_over(struct store *st, const char *what, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = query_run(st, err, sql_drop_files, "t", what)) == RC_OK)
        rc = query_run(st, err, sql_over, "t", what);
    return store_end(st, rc, err);
}
