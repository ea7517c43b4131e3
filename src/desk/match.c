#include "desk/match.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/alike.h"
#include "desk/find_row.h"
#include "desk/find_words.h"
#include "desk/match_weight.h"
#include "fhir/datatype.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_birth[] = "SELECT key FROM person WHERE birth = ?1 LIMIT 300";
static const char sql_phone[] = "SELECT key FROM person_key WHERE kind = 'p' AND value >= ?1 AND value < ?2 LIMIT 60";
static const char sql_number[] = "SELECT key FROM person_key WHERE kind = 'i' AND value = ?1 LIMIT 20";
static const char sql_words[] = "SELECT rowid FROM person_name WHERE person_name MATCH ?1 LIMIT 150";
/* Counting stops where a name is so common that more would not tell. */
static const char sql_people[] =
    "SELECT count(*) FROM (SELECT 1 FROM person_name WHERE person_name MATCH '\"' || ?1 || '\"' LIMIT 4000)";
static const char sql_count[] = "SELECT count(*) FROM (SELECT 1 FROM person LIMIT 400000)";
static const char sql_self[] = "SELECT sort, birth, sex, name, usual FROM person WHERE id = ?1";

enum { CANDIDATES = 700 };
struct candidates { int64_t key[CANDIDATES]; size_t n; };
struct scored { struct match match; double order; };

void matches_done(struct matches *m)
{
    for (size_t i = 0; i < m->n; i++)
        find_row_done(&m->match[i].person);
    free(m->match);
    *m = (struct matches){ 0 };
}

static enum rc take(struct query *q, struct candidates *c, struct err *err)
{
    while (query_next(q)) {
        int64_t key = query_int(q, 0);
        size_t i = 0;

        while (i < c->n && c->key[i] != key)
            i++;
        if (i == c->n && c->n < CANDIDATES)
            c->key[c->n++] = key;
    }
    return query_end(q, err);
}

static enum rc by_words(struct store *st, const char *expression, struct candidates *c, struct err *err)
{
    struct query *q = query_open(st, sql_words);

    query_bind(q, 1, expression);
    return take(q, c, err);
}

static enum rc by_birth(struct store *st, struct date birth, struct candidates *c, struct err *err)
{
    struct query *q = query_open(st, sql_birth);
    char text[DATE_TEXT];

    date_format(birth, text);
    query_bind(q, 1, text);
    return take(q, c, err);
}

/* One name with the year, and with the years one slip away: for the other name that changed. */
static enum rc by_name_and_year(struct store *st, const char *name, int year, struct candidates *c, struct err *err)
{
    struct buf words = { 0 };
    enum rc rc = RC_OK;
    size_t name_len;

    if (find_near_word(st, &words, name)) {
        name_len = words.len;
        buf_printf(&words, " AND \"%d\"", year);
        rc = by_words(st, words.data, c, err);
        words.len = name_len;
        buf_printf(&words, " AND (\"%d\" OR \"%d\" OR \"%d\" OR \"%d\")", year - 1, year + 1, year - 10, year + 10);
        if (rc == RC_OK)
            rc = by_words(st, words.data, c, err);
    }
    buf_done(&words);
    return rc;
}

/* Blocks, joined: birth date and its swap, phone, number, both names in any order, and each name with
 * the year. */
static enum rc block(struct store *st, const struct description *d, struct candidates *c, struct err *err)
{
    struct date swap = { d->birth.year, d->birth.day, d->birth.month };
    struct buf words = { 0 };
    enum rc rc = RC_OK;

    if (d->mrn[0] != '\0') {
        struct query *q = query_open(st, sql_number);
        query_bind(q, 1, d->mrn);
        rc = take(q, c, err);
    }
    if (rc == RC_OK && strlen(d->phone) >= 7) {
        struct query *q = query_open(st, sql_phone);
        char from[8], to[16];
        snprintf(from, sizeof from, "%s", d->phone);
        snprintf(to, sizeof to, "%s:", from);
        query_bind(q, 1, from);
        query_bind(q, 2, to);
        rc = take(q, c, err);
    }
    if (rc == RC_OK && d->given[0] != '\0' && find_near_word(st, &words, d->family)) {
        find_near_word(st, &words, d->given);
        rc = by_words(st, words.data, c, err);
    }
    buf_done(&words);
    if (rc == RC_OK && d->birth.year > 0)
        rc = by_name_and_year(st, d->family, d->birth.year, c, err);
    if (rc == RC_OK && d->birth.year > 0)
        rc = by_name_and_year(st, d->given, d->birth.year, c, err);
    if (rc == RC_OK && date_is_whole(d->birth))
        rc = by_birth(st, d->birth, c, err);
    if (rc == RC_OK && date_is_whole(d->birth) && date_is_real(swap))
        rc = by_birth(st, swap, c, err);
    return rc;
}

/* log2(1/u) of a name word: how rare it is here, leaning on the mean while there are few people. */
static double rarity_of(struct store *st, const char *words, int64_t people)
{
    struct query *q = query_open(st, sql_people);
    char word[WORD_MAX + 1];
    double n = 0;

    if (next_word(&words, word)) {
        query_bind(q, 1, word);
        if (query_next(q))
            n = (double)query_int(q, 0);
    }
    (void)query_end(q, NULL);
    return -log2((n + 5.0) / ((double)people + 1000.0));
}

static int64_t people_here(struct store *st)
{
    struct query *q = query_open(st, sql_count);
    int64_t n = query_next(q) ? query_int(q, 0) : 0;

    (void)query_end(q, NULL);
    return n;
}

/* A stored person as a description; text owned here. */
struct stored { struct description d; char *family, *given, *address, *names; struct buf phone; };

static void stored_done(struct stored *s)
{
    free(s->family);
    free(s->given);
    free(s->address);
    free(s->names);
    buf_done(&s->phone);
}

static char *address_of(struct store *st, const char *id)
{
    struct buf line = { 0 };
    struct doc *doc = NULL;
    char *folded;

    if (store_get(st, "Patient", id, &doc, NULL) == RC_OK)
        address_line(&line, node_first(node_get(doc_root(doc), "address")));
    folded = utf8_folded(buf_text(&line));
    buf_done(&line);
    doc_free(doc);
    return folded;
}

static void describe(struct store *st, const struct find_row *row, const struct hit *hit, bool with_address, struct stored *out)
{
    size_t comma = strcspn(hit->name, ",");
    char *family = mem_dup_n(hit->name, comma);

    *out = (struct stored){ .family = utf8_folded(family), .given = utf8_folded(hit->name[comma] == ',' ? hit->name + comma + 1 : ""),
                            .names = mem_dup(row->names), .address = with_address ? address_of(st, hit->id) : mem_dup("") };
    digits_reversed(&out->phone, row->phone);
    out->d = (struct description){ .family = out->family, .given = out->given + strspn(out->given, " "), .address = out->address,
                                   .phone = buf_text(&out->phone), .mrn = row->mrn, .email = "", .names = out->names, .sex = hit->sex };
    date_parse(hit->birth, &out->d.birth);
    free(family);
}

static int by_order(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;

    return x->order < y->order ? 1 : x->order > y->order ? -1 : strcmp(x->match.person.id, y->match.person.id);
}

/* The best ones, in order; the others are let go. */
static void keep_best(struct scored *scored, size_t n, int limit, struct matches *out)
{
    qsort(scored, n, sizeof *scored, by_order);
    out->match = mem_array(n > 0 ? n : 1, sizeof *out->match);
    for (size_t i = 0; i < n; i++)
        if (i < (size_t)limit)
            out->match[out->n++] = scored[i].match;
        else
            find_row_done(&scored[i].match.person);
}

/* From which weight on a candidate is worth a look: among more people more agree by chance. */
static double worth_showing(int64_t people)
{
    double bits = log2((double)people + 1) - MATCH_SPARE;

    return bits < MATCH_LEAST ? MATCH_LEAST : bits > MATCH_MOST ? MATCH_MOST : bits;
}

static enum rc score(struct store *st, const struct description *typed, const struct candidates *c, double least,
                     int limit, struct matches *out, struct err *err)
{
    struct scored *scored = mem_array(c->n > 0 ? c->n : 1, sizeof *scored);
    enum rc rc = RC_OK;
    size_t n = 0;

    for (size_t i = 0; i < c->n && rc == RC_OK; i++) {
        struct find_row row;
        struct match *m = &scored[n].match;
        struct stored stored;
        struct buf reasons = { 0 };

        if ((rc = find_row_open(st, c->key[i], &row, &m->person, err)) != RC_OK)
            break;
        describe(st, &row, &m->person, typed->address[0] != '\0', &stored);
        m->weight = scored[n].order = match_weight(typed, &stored.d, &reasons);
        snprintf(m->reasons, sizeof m->reasons, "%s", buf_text(&reasons));
        snprintf(m->person.because, sizeof m->person.because, "%.47s", m->reasons);
        if (m->weight >= least && m->person.merged_into[0] == '\0')
            n++;
        else
            find_row_done(&m->person);
        find_row_close(&row);
        stored_done(&stored);
        buf_done(&reasons);
    }
    keep_best(scored, n, limit, out);
    free(scored);
    return rc;
}

enum rc match_registration(struct store *st, const struct registration *r, int limit, struct matches *out, struct err *err)
{
    char *family = utf8_folded(r->family != NULL ? r->family : ""), *given = utf8_folded(r->given != NULL ? r->given : "");
    char *address = utf8_folded(r->address != NULL ? r->address : ""), *mrn = utf8_folded(r->mrn != NULL ? r->mrn : "");
    char *names = mem_printf("%s %s", family, given);
    struct candidates *c = mem_alloc(sizeof *c);
    struct buf phone = { 0 };
    char sex[2] = { (char)(r->sex != NULL && r->sex[0] != '\0' ? r->sex[0] - 'a' + 'A' : '\0') };
    struct description d = { .family = family, .given = given, .address = address, .mrn = mrn, .email = "", .names = names, .sex = sex };
    int64_t people = people_here(st);
    enum rc rc;

    *out = (struct matches){ 0 };
    digits_reversed(&phone, r->phone != NULL ? r->phone : "");
    d.phone = buf_text(&phone);
    if (r->birth != NULL)
        date_parse(r->birth, &d.birth);
    d.family_rarity = rarity_of(st, family, people);
    d.given_rarity = rarity_of(st, given, people);
    rc = block(st, &d, c, err);
    if (rc == RC_OK)
        rc = score(st, &d, c, worth_showing(people), limit, out, err);
    free(c);
    free(names);
    free(mrn);
    free(address);
    free(given);
    free(family);
    buf_done(&phone);
    if (rc != RC_OK)
        matches_done(out);
    return rc;
}

/* ---- the same or a similar name --------------------------------------------------------------- */

/* Close enough to be taken for each other at a desk: the same name, or a similar one with a birth
 * date that does not tell them apart at a glance. */
static bool is_namesake(const char *sort, const char *birth, const char *sex, const struct find_row *row,
                        const struct hit *hit, struct match *m)
{
    bool is_same = strcmp(sort, row->sort) == 0, same_birth = birth[0] != '\0' && strcmp(birth, hit->birth) == 0;

    if (!is_same && (!alike_people(sort, birth, row->sort, hit->birth) ||
                     (sex[0] != '\0' && hit->sex[0] != '\0' && sex[0] != hit->sex[0])))
        return false;
    m->weight = (is_same ? 100 : 50) - abs((int)strtol(birth, NULL, 10) - (int)strtol(hit->birth, NULL, 10)) + (same_birth ? 30 : 0);
    snprintf(m->reasons, sizeof m->reasons, "%s%s", is_same ? _("same name") : _("similar name"),
             same_birth ? _(", same birth date") : "");
    return true;
}

static enum rc weigh_namesakes(struct store *st, const char *patient, const char *sort, const char *birth, const char *sex,
                               const struct candidates *c, int limit, struct matches *out, struct err *err)
{
    struct scored *scored = mem_array(c->n > 0 ? c->n : 1, sizeof *scored);
    enum rc rc = RC_OK;
    size_t n = 0;

    for (size_t i = 0; i < c->n && rc == RC_OK; i++) {
        struct match *m = &scored[n].match;
        struct find_row row;

        if ((rc = find_row_open(st, c->key[i], &row, &m->person, err)) != RC_OK)
            break;
        if (strcmp(m->person.id, patient) != 0 && m->person.merged_into[0] == '\0' &&
            is_namesake(sort, birth, sex, &row, &m->person, m))
            scored[n++].order = m->weight;
        else
            find_row_done(&m->person);
        find_row_close(&row);
    }
    keep_best(scored, n, limit, out);
    free(scored);
    return rc;
}

/* "(begins so OR sounds so)" of the first word; false when there is none. */
static bool near_word(struct buf *out, const char *words)
{
    char word[WORD_MAX + 1], sound[SOUND_MAX];
    size_t len = 0, step;

    if (!next_word(&words, word))
        return false;
    sound_of(word, sound);
    for (int letters = 0; letters < 3 && word[len] != '\0'; letters++, len += step) {
        step = strlen(word + len);
        utf8_next(word + len, &step);
    }
    buf_printf(out, "%s(\"%.*s\"*", out->len > 0 ? " AND " : "", (int)len, word);
    if (sound[0] != '\0')
        buf_printf(out, " OR \"0%s\"", sound);
    buf_char(out, ')');
    return true;
}

/* Everybody of the very same words; and of similar ones, those born in the years around. */
static enum rc block_namesakes(struct store *st, const char *sort, const char *given, int year, struct candidates *c, struct err *err)
{
    struct buf expression = { 0 };
    const char *rest = sort;
    char word[WORD_MAX + 1];
    enum rc rc = RC_OK;

    while (next_word(&rest, word))
        buf_printf(&expression, "%s\"%s\"", expression.len > 0 ? " AND " : "", word);
    if (expression.len > 0)
        rc = by_words(st, expression.data, c, err);
    buf_clear(&expression);
    if (rc == RC_OK && near_word(&expression, sort)) {
        near_word(&expression, given);
        if (year > 0)
            buf_printf(&expression, " AND (\"%d\" OR \"%d\" OR \"%d\")", year - 1, year, year + 1);
        rc = by_words(st, expression.data, c, err);
    }
    buf_done(&expression);
    return rc;
}

enum rc match_namesakes(struct store *st, const char *patient, int limit, struct matches *out, struct err *err)
{
    struct query *q = query_open(st, sql_self);
    struct candidates *c = mem_alloc(sizeof *c);
    char *sort = NULL, *birth = NULL, sex[2] = "", *given = NULL;
    enum rc rc;

    *out = (struct matches){ 0 };
    query_bind(q, 1, patient);
    if (query_next(q)) {
        const char *name = query_text(q, 3);

        sort = mem_dup(query_text(q, 0));
        birth = mem_dup(query_text(q, 1));
        snprintf(sex, sizeof sex, "%s", query_text(q, 2));
        given = utf8_folded(strchr(name, ',') != NULL ? strchr(name, ',') + 1 : "");
    }
    rc = query_end(q, err);
    if (rc == RC_OK && sort != NULL)
        rc = block_namesakes(st, sort, given, (int)strtol(birth, NULL, 10), c, err);
    if (rc == RC_OK && sort != NULL)
        rc = weigh_namesakes(st, patient, sort, birth, sex, c, limit, out, err);
    free(given);
    free(birth);
    free(sort);
    free(c);
    return rc;
}
