/* pull_people.c - whole records of some people: of who comes today, since a first pull may take long and the desk
 * opens at once; of who came into the scope, since what is about them is older than the watermark. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/belong.h"
#include "sync/central.h"
#include "sync/pull.h"
#include "sync/walk.h"

/* Patients whose resources are asked for at once, and how many may come on one day. */
enum { AT_ONCE = 20, COME_MOST = 1000 };

/* The row of the pull table that says it was done; no resource type has such a name. */
static const char done[] = "_today";

struct people { char **id; size_t n, cap; int status; /* of the answer that broke it off, as in walk.h */ };

static void people_done(struct people *people)
{
    for (size_t i = 0; i < people->n; i++)
        free(people->id[i]);
    free(people->id);
    *people = (struct people){ 0 };
}

static void add_person(struct people *people, const char *id)
{
    for (size_t i = 0; i < people->n; i++)
        if (strcmp(people->id[i], id) == 0)
            return;
    if (!*id || people->n == COME_MOST)
        return;
    MEM_ROOM(people->id, people->n, people->cap);
    people->id[people->n++] = mem_dup(id);
}

/* A server that does not know this search brings the same in its turn, or when everything is compared. */
static enum rc unless_unknown(struct people *people, const struct walk *walk, enum rc rc)
{
    people->status = rc == RC_OK ? 0 : walk->status;
    return rc != RC_OK && (walk->status == 400 || walk->status == 403 || walk->status == 404 || walk->status == 501) ? RC_OK : rc;
}

/* It has trouble now: the pass goes on without, and these are asked for again in the next one. */
static bool is_put_off(const struct people *people, enum rc rc)
{
    return (rc == RC_NET || rc == RC_INVALID) && people->status >= 200 && people->status != 429 && people->status != 503;
}

static void day_query(struct buf *path, const char *scope, int count)
{
    struct civil midnight = { .date = clock_today() };
    char from[CLOCK_TEXT], to[CLOCK_TEXT];

    clock_instant(clock_from_civil(midnight), from);
    midnight.date = date_add_days(midnight.date, 1);
    clock_instant(clock_from_civil(midnight), to);
    pull_query(path, sync_type_find("Appointment"), scope, 0, count);
    buf_printf(path, "&date=ge%s&date=lt%s", from, to);
}

static enum rc find_people(struct central *c, const char *scope, struct people *people, struct err *err)
{
    struct buf first = { 0 };
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    day_query(&first, scope, c->page_size);
    walk_init(&walk, buf_text(&first), "searchset");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        for (const struct node *e = node_first(node_get(doc_root(page), "entry")); e; e = node_next(e))
            add_person(people, resource_patient(node_get(e, "resource")));
        doc_free(page);
    }
    rc = unless_unknown(people, &walk, rc);
    walk_done(&walk);
    buf_done(&first);
    return rc;
}

/* What one type has about some people. */
static enum rc pull_about(struct central *c, const struct sync_type *type, struct people *people, size_t from,
                          struct belong *belong, struct err *err)
{
    struct pull_pass pass = { .belong = belong };
    struct buf first = { 0 };
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    buf_printf(&first, "%s?%s=", type->type, *type->patient ? type->patient : "_id");
    for (size_t i = from; i < people->n && i < from + AT_ONCE; i++)
        buf_printf(&first, "%s%s%s", i > from ? "," : "", *type->patient ? "Patient/" : "", people->id[i]);
    buf_printf(&first, "&_count=%d", c->page_size);
    walk_init(&walk, buf_text(&first), "searchset");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        rc = pull_page(c, type, NULL, "", page, &pass, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    rc = unless_unknown(people, &walk, rc);
    walk_done(&walk);
    buf_done(&first);
    return rc;
}

static enum rc pull_people(struct central *c, struct people *people, struct belong *belong, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t from = 0; from < people->n && rc == RC_OK; from += AT_ONCE)
        for (const struct sync_type *t = sync_types; t->type && rc == RC_OK; t++)
            if (t->patient && capability_has_type(&c->caps, t->type))
                rc = pull_about(c, t, people, from, belong, err);
    return rc;
}

/* ---- who came into the scope ---- */

/* What rows of the pull table that name one begin with; no resource type does. */
static const char newcomer[] = "_new ";

enum rc pull_note_newcomer(struct central *c, const char *patient, struct err *err)
{
    char *name = mem_printf("%s%s", newcomer, patient);
    enum rc rc = pull_set_watermark(c->st, http_base(c->http), name, "", "", err);

    free(name);
    return rc;
}

static enum rc forget_newcomers(struct central *c, const struct people *people, struct err *err)
{
    enum rc rc = store_begin(c->st, err);

    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < people->n && rc == RC_OK; i++) {
        char *name = mem_printf("%s%s", newcomer, people->id[i]);

        rc = pull_forget(c->st, http_base(c->http), name, err);
        free(name);
    }
    return store_end(c->st, rc, err);
}

enum rc pull_newcomers(struct central *c, struct belong *belong, struct err *err)
{
    struct people people = { 0 };
    char *name;
    enum rc rc = RC_OK;

    while (people.n < COME_MOST && (name = pull_next(c->st, http_base(c->http), newcomer, people.n))) {
        add_person(&people, name + strlen(newcomer));
        free(name);
    }
    if (people.n > 0)
        rc = pull_people(c, &people, belong, err);
    if (rc == RC_OK && people.n > 0) {
        log_line("sync", "%zu people came into the scope; their records are here", people.n);
        rc = forget_newcomers(c, &people, err);
    }
    if (is_put_off(&people, rc))
        rc = RC_OK;
    people_done(&people);
    return rc;
}

/* ---- who comes today ---- */

static bool is_first_pull(struct central *c, const char *scope_key)
{
    char *today = pull_watermark(c->st, scope_key, done);
    bool is_first = !(today && *today) && capability_has_type(&c->caps, "Appointment");

    free(today);
    return is_first;
}

enum rc pull_today(struct central *c, struct belong *belong, struct err *err)
{
    char *scope_key = pull_scope_key(c, c->scope), now[CLOCK_TEXT];
    struct people people = { 0 };
    enum rc rc = RC_OK;

    if (is_first_pull(c, scope_key)) {
        size_t n = belong->scope.n > 0 ? belong->scope.n : 1;

        for (size_t i = 0; i < n && rc == RC_OK; i++)
            rc = find_people(c, belong->scope.n > 0 ? belong->scope.query[i] : "", &people, err);
        if (rc == RC_OK)
            rc = pull_people(c, &people, belong, err);
        clock_instant(clock_now_ms(), now);
        if (rc == RC_OK)
            rc = pull_set_watermark(c->st, scope_key, done, now, "", err);
        if (rc == RC_OK)
            log_line("sync", "%zu people who come today are here; the rest follows", people.n);
        if (is_put_off(&people, rc))
            rc = RC_OK;
    }
    people_done(&people);
    free(scope_key);
    return rc;
}
