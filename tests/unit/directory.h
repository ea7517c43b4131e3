/* directory.h - a real database in a directory of its own, for unit tests of what lives above store. */
#ifndef FRONTDESK_TEST_DIRECTORY_H
#define FRONTDESK_TEST_DIRECTORY_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/clock.h"
#include "store/query.h"
#include "store/store.h"

struct directory { char path[64]; struct store *st; };

static int directory_remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

/* For cmocka's setup: opens the store, the clock standing at Monday 23 November 2026, 08:14, New York. */
static inline int directory_setup(void **state)
{
    struct directory *d = calloc(1, sizeof *d);
    struct err err = {0};

    if (!d)
        return -1;
    strcpy(d->path, "/tmp/frontdesk-unit-XXXXXX");
    clock_set_zone("America/New_York");
    clock_set_now("2026-11-23T08:14");
    if (!mkdtemp(d->path) || store_open(d->path, STORE_CREATE, &d->st, &err) != RC_OK) {
        fprintf(stderr, "%s\n", err_text(&err));
        return -1;
    }
    *state = d;
    return 0;
}

static inline int directory_teardown(void **state)
{
    struct directory *d = *state;

    store_close(d->st);
    nftw(d->path, directory_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(d);
    return 0;
}

static inline struct grant directory_grant(const char *action, const char *patient)
{
    struct grant grant = {.origin = ORIGIN_DESK};

    strcpy(grant.staff, "staff-1");
    strcpy(grant.role, "front-desk");
    snprintf(grant.action, sizeof grant.action, "%s", action);
    strcpy(grant.category, "test");
    strcpy(grant.purpose, "TREAT");
    snprintf(grant.patient, sizeof grant.patient, "%s", patient);
    return grant;
}

/* Put a document from text; the test fails with the reason when it cannot be kept. */
static inline void directory_put(struct directory *d, const char *json)
{
    struct grant grant = directory_grant("import", "");
    struct doc *doc = NULL;
    struct err err = {0};

    grant.origin = ORIGIN_IMPORT;
    if (doc_parse(json, strlen(json), &doc, &err) != RC_OK || store_put(d->st, &grant, doc, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    doc_free(doc);
}

static inline struct doc *directory_get(struct directory *d, const char *type, const char *id)
{
    struct doc *doc = NULL;
    struct err err = {0};

    if (store_get(d->st, type, id, &doc, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    return doc;
}

/* The first column of the first row as a number. */
static inline int64_t directory_number(struct directory *d, const char *sql)
{
    struct query *q = query_open(d->st, sql);
    int64_t n = query_next(q) ? query_int(q, 0) : -1;

    assert_int_equal(query_end(q, NULL), RC_OK);
    return n;
}

#define DIRECTORY_TEST(f) cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)
#define ASSERT_OK(call) do { struct err e_ = {0}; struct err *err = &e_; if ((call) != RC_OK) fail_msg("%s", err_text(err)); } while (0)
#define ASSERT_RC(want, call) do { struct err e_ = {0}; struct err *err = &e_; assert_int_equal((call), (want)); assert_true(e_.text[0]); } while (0)
#define PERSON(id, family) "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"family\":\"" family "\",\"given\":[\"Test\"]}],\"birthDate\":\"1970-01-01\"}"
#endif
