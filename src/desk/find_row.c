#include "desk/find_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/person_words.h"
#include "store/query.h"

static const char sql_row[] =
    "SELECT p.id, p.name, p.usual, p.birth, p.mrn, p.phone, p.seen, p.deceased, p.merged_into, p.sex, p.test, p.sort, p.words"
    " FROM person p WHERE p.key = ?1";

void find_row_done(struct hit *h)
{
    char **owned[] = { &h->id, &h->name, &h->usual, &h->birth, &h->mrn, &h->phone_tail, &h->seen, &h->deceased, &h->merged_into };

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(*owned[i]);
    *h = (struct hit){ 0 };
}

static void fill(struct hit *hit, struct query *q)
{
    *hit = (struct hit){
        .id = mem_dup(query_text(q, 0)), .name = mem_dup(query_text(q, 1)), .usual = mem_dup(query_text(q, 2)),
        .birth = mem_dup(query_text(q, 3)), .mrn = mem_dup(query_text(q, 4)), .phone_tail = phone_tail(query_text(q, 5)),
        .seen = mem_dup(query_text(q, 6)), .deceased = mem_dup(query_text(q, 7)), .merged_into = mem_dup(query_text(q, 8)),
        .is_test = (int)query_int(q, 10),
    };
    snprintf(hit->sex, sizeof hit->sex, "%s", query_text(q, 9));
}

enum rc find_row_open(struct store *st, int64_t key, struct find_row *row, struct hit *hit, struct err *err)
{
    struct query *q = query_open(st, sql_row);
    enum rc rc;

    *row = (struct find_row){ .q = q };
    *hit = (struct hit){ 0 };
    query_bind_int(q, 1, key);
    if (query_next(q)) {
        fill(hit, q);
        row->birth = query_text(q, 3);
        row->usual = query_text(q, 2);
        row->sort = query_text(q, 11);
        row->names = query_text(q, 12);
        row->phone = query_text(q, 5);
        row->mrn = query_text(q, 4);
        return RC_OK;
    }
    rc = query_end(q, err);
    return rc != RC_OK ? rc : err_set(err, RC_NOT_FOUND, _("No person has row %" PRId64 "; run frontdesk reindex."), key);
}

void find_row_close(struct find_row *row)
{
    (void)query_end(row->q, NULL);
}
