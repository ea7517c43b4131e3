#include "desk/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/alike.h"
#include "desk/find_row.h"
#include "desk/find_words.h"
#include "desk/question.h"
#include "store/query.h"
#include "store/store.h"

/* In order of rowid: the first ones are found without looking at the others. */
static const char sql_words[] = "SELECT rowid FROM person_name WHERE person_name MATCH ?1 LIMIT ?2";
static const char sql_key[] = "SELECT key FROM person_key WHERE kind = ?1 AND value = ?2 LIMIT ?3";
static const char sql_key_from[] = "SELECT DISTINCT key FROM person_key WHERE kind = ?1 AND value >= ?2 AND value < ?4 LIMIT ?3";
static const char sql_birth[] = "SELECT key FROM person WHERE birth >= ?1 AND birth < ?2 LIMIT ?3";
static const char sql_id[] = "SELECT key FROM person WHERE id = ?1";
/* People who are here today, and those whose records were open lately: they are who is asked for. */
static const char sql_near[] =
    "SELECT key FROM person WHERE id IN ("
    "  SELECT patient FROM (SELECT patient FROM appointment WHERE start >= ?1 AND start < ?2 LIMIT 100)"
    "  UNION SELECT patient FROM (SELECT patient, origin FROM audit ORDER BY seq DESC LIMIT 60) WHERE origin IN (0, 1))";
static const char sql_recent[] = "SELECT patient FROM audit WHERE staff = ?1 ORDER BY seq DESC LIMIT 2000";

/* Held half-read through a search: all its questions see the same moment, and take one lock between them. */
static const char sql_moment[] = "SELECT name FROM meta";

/* How a candidate came up; what it is worth is decided when its row is read. */
enum evidence { BY_NUMBER, BY_PHONE, BY_BIRTH, BY_NAME, BY_NUMBER_START, BY_NEAR_BIRTH, BY_RECENT };
struct candidate { int64_t key; enum evidence by; bool is_near; };
enum { TIER_CAP = 24, LOOSE_CAP = 12, FEW = 8, CANDIDATES = 480, NOT_A_HIT = 99 };

struct search {
    struct store *st;
    struct question q;
    struct date today;
    struct candidate candidate[CANDIDATES];
    size_t n;
    int cap;
    bool more;
    enum rc rc;
    struct err *err;
};
struct ranked { struct hit hit; int tier, misfit; bool is_near; char *sort; };

void hits_done(struct hits *h)
{
    for (size_t i = 0; i < h->n; i++)
        find_row_done(&h->hit[i]);
    free(h->hit);
    *h = (struct hits){ 0 };
}

static void add(struct search *s, int64_t key, enum evidence by)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->candidate[i].key == key) {
            s->candidate[i].by = by < s->candidate[i].by ? by : s->candidate[i].by;
            return;
        }
    if (s->n < CANDIDATES)
        s->candidate[s->n++] = (struct candidate){ key, by, by == BY_RECENT };
}

/* Run what was bound to q and take its keys. */
static void take(struct search *s, struct query *q, enum evidence by)
{
    int n = 0;

    for (; query_next(q); n++)
        add(s, query_int(q, 0), by);
    if (n >= s->cap)
        s->more = true;
    if (s->rc == RC_OK)
        s->rc = query_end(q, s->err);
    else
        (void)query_end(q, NULL);
}

static void by_key(struct search *s, const char *kind, const char *value, enum evidence by)
{
    struct query *q = query_open(s->st, sql_key);

    query_bind(q, 1, kind);
    query_bind(q, 2, value);
    query_bind_int(q, 3, s->cap);
    take(s, q, by);
}

static void by_key_start(struct search *s, const char *kind, const char *value, enum evidence by)
{
    struct query *q = query_open(s->st, sql_key_from);
    char after[2 * WORD_MAX + 8];

    snprintf(after, sizeof after, "%s" LAST_CHARACTER, value);
    query_bind(q, 1, kind);
    query_bind(q, 2, value);
    query_bind_int(q, 3, s->cap);
    query_bind(q, 4, after);
    take(s, q, by);
}

static void by_id(struct search *s, const char *typed)
{
    struct query *q = query_open(s->st, sql_id);

    query_bind(q, 1, typed);
    take(s, q, BY_NUMBER);
}

/* Born on a day, or in a month when that is all that is known. */
static void by_birth(struct search *s, struct date birth, enum evidence by)
{
    struct query *q = query_open(s->st, sql_birth);
    char from[DATE_TEXT], to[DATE_TEXT + 4];

    date_format(birth, from);
    snprintf(to, sizeof to, "%s" LAST_CHARACTER, from);
    query_bind(q, 1, from);
    query_bind(q, 2, to);
    query_bind_int(q, 3, s->q.n_words > 0 ? 4 * s->cap : s->cap);
    take(s, q, by);
}

static void ask_words(struct search *s, enum fit fit, size_t loose, bool *cut, const int *year, size_t n_years, enum evidence by)
{
    struct buf expression = { 0 };

    if (find_expression(s->st, &expression, &s->q, fit, loose, cut, year, n_years)) {
        struct query *q = query_open(s->st, sql_words);

        query_bind(q, 1, expression.data);
        query_bind_int(q, 2, fit <= FIT_PREFIX ? s->cap : LOOSE_CAP);
        take(s, q, by);
    }
    buf_done(&expression);
}

static void by_words(struct search *s, enum fit fit, size_t loose, const int *year, size_t n_years, enum evidence by)
{
    size_t before = s->n;
    bool cut = false;

    ask_words(s, fit, loose, fit == FIT_PREFIX ? &cut : NULL, year, n_years, by);
    if (cut && s->n < before + (size_t)s->cap)
        ask_words(s, fit, loose, NULL, year, n_years, by);
}

/* A single Latin letter is the start of a name; as a name of its own it would be looked for among all initials. */
static bool has_initial(const struct question *q)
{
    for (size_t i = 0; i < q->n_words; i++)
        if (q->word[i][0] >= 'a' && q->word[i][0] <= 'z' && q->word[i][1] == '\0')
            return true;
    return false;
}

/* Words as typed, then as they begin; when those are few, one of them as it sounds or mistyped, and
 * years one slip away. */
static void by_names(struct search *s)
{
    const struct question *q = &s->q;
    size_t before = s->n;
    int near[6];

    if (!has_initial(q))
        by_words(s, FIT_EXACT, 0, q->year, q->n_years, BY_NAME);
    if (s->n < before + (size_t)s->cap)
        by_words(s, FIT_PREFIX, 0, q->year, q->n_years, BY_NAME);
    for (enum fit fit = FIT_SOUND; fit <= FIT_SLIP; fit++)
        for (size_t i = 0; i < q->n_words && s->n < before + FEW; i++)
            by_words(s, fit, i, q->year, q->n_years, BY_NAME);
    for (size_t i = 0; i < q->n_years && s->n < before + FEW; i++)
        by_words(s, FIT_PREFIX, 0, near, question_near_years(q->year[i], s->today, near), BY_NEAR_BIRTH);
}

/* Birth dates one slip away: day and month exchanged, and the years near it. */
static void by_near_births(struct search *s, struct date birth)
{
    int year[6];
    size_t n = question_near_years(birth.year, s->today, year);

    if (birth.day > 0 && birth.day <= 12 && birth.day != birth.month)
        by_birth(s, (struct date){ birth.year, birth.day, birth.month }, BY_NEAR_BIRTH);
    for (size_t i = 0; i < n && s->q.n_words > 0; i++)
        by_birth(s, (struct date){ year[i], birth.month, birth.day }, BY_NEAR_BIRTH);
}

static void by_recent(struct search *s)
{
    struct query *q = query_open(s->st, sql_near);
    char today[DATE_TEXT], tomorrow[DATE_TEXT];

    date_format(s->today, today);
    date_format(date_add_days(s->today, 1), tomorrow);
    query_bind(q, 1, today);
    query_bind(q, 2, tomorrow);
    take(s, q, BY_RECENT);
}

/* Candidates by everything the text may mean, best evidence first, until there are enough. */
static void collect(struct search *s, const char *typed, size_t enough)
{
    const struct question *q = &s->q;

    if (q->identifier[0] != '\0') {
        by_id(s, typed);
        by_key(s, "i", q->identifier, BY_NUMBER);
        if (q->padded[0] != '\0')
            by_key(s, "i", q->padded, BY_NUMBER);
    }
    if (q->phone[0] != '\0')
        by_key_start(s, "p", q->phone, BY_PHONE);
    if (q->birth.year > 0) {
        by_birth(s, q->birth, BY_BIRTH);
        by_near_births(s, q->birth);
    } else if (q->n_words > 0 && q->phone[0] == '\0') {
        by_names(s);
    } else if (q->n_years > 0 && s->n < enough) {
        by_words(s, FIT_EXACT, 0, q->year, q->n_years, BY_BIRTH);
    }
    if (q->identifier[0] != '\0' && strlen(q->identifier) >= 2 && s->n < enough)
        by_key_start(s, "i", q->identifier, BY_NUMBER_START);
    if (s->n == 0 && q->birth_else.year > 0) {
        s->q.n_words = s->q.n_years = 0;
        s->q.birth = q->birth_else;
        by_birth(s, s->q.birth, BY_BIRTH);
    }
}

static bool year_is_meant(const struct question *q, const char *birth)
{
    for (size_t i = 0; i < q->n_years; i++)
        if ((int)strtol(birth, NULL, 10) == q->year[i])
            return true;
    return q->n_years == 0;
}

/* Recent people are looked at whatever was typed; keep those whom a search would have found. */
static bool recent_fits(const struct search *s, const struct find_row *row, enum evidence *by)
{
    const struct question *q = &s->q;
    char birth[DATE_TEXT];

    *by = BY_NAME;
    if (q->n_words == 0 || q->phone[0] != '\0' || !year_is_meant(q, row->birth))
        return false;
    if (q->birth.year == 0)
        return true;
    *by = BY_BIRTH;
    date_format(q->birth, birth);
    return strncmp(row->birth, birth, strlen(birth)) == 0;
}

static void near_because(const struct search *s, const struct find_row *row, char *because, size_t size)
{
    int born = (int)strtol(row->birth, NULL, 10), meant = s->q.birth.year;

    for (size_t i = 0; i < s->q.n_years; i++)
        if (meant == 0 || abs(s->q.year[i] - born) < abs(meant - born))
            meant = s->q.year[i];
    if (born == meant)
        snprintf(because, size, "%s", _("day and month swapped"));
    else if (born / 100 == meant / 100)
        snprintf(because, size, _("%02d for %02d"), born % 100, meant % 100);
    else
        snprintf(because, size, _("%d for %d"), born, meant);
}

/* What the row is worth (0 best, NOT_A_HIT none) and why, in words. */
static int judge(const struct search *s, const struct find_row *row, enum evidence by, int *misfit, char *because, size_t size)
{
    static const char *const words[][3] = {     /* by fit; alone, with a year, with a birth date or phone */
        { N_("name"), N_("name, year"), N_("name, born") }, { N_("name"), N_("name, year"), N_("name, born") },
        { N_("sounds like"), N_("sounds like, year"), N_("sounds like, born") },
        { N_("mistyped"), N_("mistyped, year"), N_("mistyped, born") },
        { N_("former name"), N_("former name, year"), N_("former name, born") },
    };
    bool is_former = false, has_words = s->q.n_words > 0;
    enum fit fit = find_fit(&s->q, row->names, row->sort, row->usual, &is_former, misfit), said;

    if (by == BY_RECENT && !recent_fits(s, row, &by))
        return NOT_A_HIT;
    if (has_words && fit == FIT_NONE && by != BY_NUMBER)
        return NOT_A_HIT;
    said = is_former && fit <= FIT_PREFIX ? FIT_NONE : fit;
    switch (by) {
    case BY_NUMBER:
        snprintf(because, size, "%s", _("number"));
        return 0;
    case BY_NUMBER_START:
        snprintf(because, size, "%s", _("number starts so"));
        return FIT_SLIP;
    case BY_PHONE:
        snprintf(because, size, "%s", has_words ? _("name, phone") : _("phone"));
        break;
    case BY_NEAR_BIRTH:
        near_because(s, row, because, size);
        return FIT_NONE + (has_words ? (int)fit : 0);
    case BY_BIRTH:
        snprintf(because, size, "%s", has_words ? _(words[said][2]) : s->q.birth.year > 0 ? _("born") : _("birth year"));
        return has_words ? (int)fit : 1;
    default:
        snprintf(because, size, "%s", _(words[said][s->q.n_years > 0]));
        break;
    }
    return has_words ? (int)fit : 0;
}

/* Read a candidate's row; false when it is no hit after all. */
static bool rank(struct search *s, const struct candidate *c, struct ranked *out)
{
    struct find_row row;
    enum rc rc = find_row_open(s->st, c->key, &row, &out->hit, s->err);

    if (rc != RC_OK) {
        s->rc = rc;
        return false;
    }
    out->tier = judge(s, &row, c->by, &out->misfit, out->hit.because, sizeof out->hit.because);
    if (out->tier == NOT_A_HIT) {
        find_row_done(&out->hit);
    } else {
        out->sort = mem_dup(row.sort);
        out->is_near = c->is_near;
    }
    find_row_close(&row);
    return out->tier != NOT_A_HIT;
}

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = x->tier - y->tier;

    if (order == 0)
        order = y->is_near - x->is_near;
    if (order == 0)
        order = x->misfit - y->misfit;
    if (order == 0)
        order = strcmp(x->sort, y->sort);
    if (order == 0)
        order = strcmp(x->hit.birth, y->hit.birth);
    return order != 0 ? order : strcmp(x->hit.id, y->hit.id);
}

/* Tell of every hit which earlier one it could be taken for. */
static void mark_lookalikes(struct hits *hits, struct ranked *ranked)
{
    for (size_t i = 0; i < hits->n; i++)
        for (size_t j = 0; j < i && hits->hit[i].looks_like == 0; j++)
            if (alike_people(ranked[i].sort, hits->hit[i].birth, ranked[j].sort, hits->hit[j].birth)) {
                hits->hit[i].looks_like = (int)j + 1;
                if (hits->hit[j].looks_like == 0)
                    hits->hit[j].looks_like = (int)i + 1;
            }
}

static void rank_all(struct search *s, int limit, struct hits *out)
{
    struct ranked *ranked = mem_array(s->n > 0 ? s->n : 1, sizeof *ranked);
    size_t n = 0;

    for (size_t i = 0; i < s->n && s->rc == RC_OK; i++)
        n += rank(s, &s->candidate[i], &ranked[n]);
    qsort(ranked, n, sizeof *ranked, by_rank);
    out->more = s->more || n > (size_t)limit;
    out->hit = mem_array(n > 0 ? n : 1, sizeof *out->hit);
    for (size_t i = 0; i < n; i++) {
        if (i < (size_t)limit)
            out->hit[out->n++] = ranked[i].hit;
        else
            find_row_done(&ranked[i].hit);
    }
    mark_lookalikes(out, ranked);
    for (size_t i = 0; i < n; i++)
        free(ranked[i].sort);
    free(ranked);
}

enum rc find_people(struct store *st, const char *query, int limit, struct date today,
                    struct date_order order, struct hits *out, struct err *err)
{
    struct search *s = mem_alloc(sizeof *s);
    struct query *moment = query_open(st, sql_moment);
    enum rc rc;

    *out = (struct hits){ 0 };
    query_next(moment);
    *s = (struct search){ .st = st, .today = today, .cap = limit > TIER_CAP ? limit : TIER_CAP, .err = err };
    question_read(query, today, order, &s->q);
    if (s->q.n_words > 0)
        by_recent(s);
    s->more = false;
    collect(s, query, s->n + (size_t)limit);
    rank_all(s, limit, out);
    rc = query_end(moment, s->rc == RC_OK ? err : NULL);
    rc = s->rc == RC_OK ? rc : s->rc;
    free(s);
    if (rc != RC_OK)
        hits_done(out);
    return rc;
}

static bool is_listed(const struct hits *hits, const char *id)
{
    for (size_t i = 0; i < hits->n; i++)
        if (strcmp(hits->hit[i].id, id) == 0)
            return true;
    return false;
}

static enum rc add_recent(struct store *st, const char *patient, struct hits *out, struct err *err)
{
    struct query *q = query_open(st, sql_id);
    struct find_row row;
    int64_t key = 0;
    enum rc rc;

    query_bind(q, 1, patient);
    if (query_next(q))
        key = query_int(q, 0);
    if ((rc = query_end(q, err)) != RC_OK || key == 0)
        return rc;
    if ((rc = find_row_open(st, key, &row, &out->hit[out->n], err)) != RC_OK)
        return rc;
    snprintf(out->hit[out->n].because, sizeof out->hit->because, "%s", _("recent"));
    out->n++;
    find_row_close(&row);
    return RC_OK;
}

enum rc find_recent(struct store *st, const char *staff, int limit, struct hits *out, struct err *err)
{
    struct query *q = query_open(st, sql_recent);
    enum rc rc = RC_OK, ended;

    *out = (struct hits){ 0 };
    out->hit = mem_array(limit > 0 ? (size_t)limit : 1, sizeof *out->hit);
    query_bind(q, 1, staff);
    while (rc == RC_OK && (int)out->n < limit && query_next(q))
        if (!query_is_null(q, 0) && !is_listed(out, query_text(q, 0)))
            rc = add_recent(st, query_text(q, 0), out, err);
    ended = query_end(q, rc == RC_OK ? err : NULL);
    rc = rc != RC_OK ? rc : ended;
    if (rc != RC_OK)
        hits_done(out);
    return rc;
}
