/* Asking the server for people and for whole records. */
#include "action/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/handler.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/question.h"
#include "store/audit.h"
#include "store/request.h"
#include "store/store.h"
#include "store/sync_state.h"

enum { YEARS_MOST = 4, LETTERS_LEAST = 2 };

/* ---- asking ---- */

bool server_is_set(const struct context *ctx)
{
    struct sync_status status = { 0 };

    return config_text(ctx->config, "server.url")[0] || (sync_status_get(ctx->st, &status, NULL) == RC_OK && status.configured);
}

/* The request and its audit row: both or neither. */
static enum rc request(struct context *ctx, const struct grant *grant, const char *kind, const char *criteria,
                       int64_t *number, struct err *err)
{
    enum rc rc = store_begin(ctx->st, err);

    if (rc != RC_OK)
        return rc;
    audit_act(ctx->st, grant);
    rc = request_ask(ctx->st, kind, grant->patient[0] ? grant->patient : NULL, criteria, grant->staff, number, err);
    if (rc == RC_OK)
        audit_detail(ctx->st, "request=%lld", (long long)*number);
    return store_end(ctx->st, rc, err);
}

enum rc server_ask(struct context *ctx, const struct grant *grant, const char *kind, const char *criteria,
                   struct doc **result, struct err *err)
{
    int64_t number = 0;
    enum rc rc = RC_OK;

    if (!server_is_set(ctx))
        rc = err_set(err, RC_INVALID, _("no server is configured: this machine only"));
    if (rc == RC_OK)
        rc = request(ctx, grant, kind, criteria, &number, err);
    if (rc == RC_OK) {
        *result = doc_new(NULL);
        node_set_int(*result, doc_root(*result), "request", number);
    }
    return rc;
}

enum rc act_record_fetch(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    (void)args;
    return server_ask(ctx, grant, "record", NULL, result, err);
}

/* ---- what was typed, as a server is asked ---- */

static bool is_name(const struct question *q, const char *word)
{
    char *folded = utf8_folded(word);
    const char *at = folded;
    char first[WORD_MAX + 1];
    bool is = next_word(&at, first);

    for (size_t i = 0; is && i < q->n_words; i++)
        if (strcmp(q->word[i], first) == 0) {
            free(folded);
            return true;
        }
    free(folded);
    return false;
}

/* Names as they were typed, accents and all: how they are compared is the server's affair. False when
 * they are too short to be asked for. */
static bool add_names(struct doc *doc, struct node *search, const struct question *q, const char *typed)
{
    char *copy = mem_dup(typed), *rest = copy, *word;
    size_t longest = 0;

    while ((word = strsep(&rest, " \t,;")))
        if (*word && !strpbrk(word, "0123456789") && is_name(q, word)) {
            size_t len = utf8_count(word);

            longest = len > longest ? len : longest;
            node_add_str(doc, node_set_array(doc, search, "name"), word);
        }
    free(copy);
    return longest >= LETTERS_LEAST;
}

static bool add_birth(struct doc *doc, struct node *search, const struct question *q)
{
    char text[DATE_TEXT];

    if (q->birth.year) {
        date_format(q->birth, text);
        node_add_str(doc, node_set_array(doc, search, "birthdate"), text);
    }
    for (size_t i = 0; i < q->n_years && q->n_years <= YEARS_MOST; i++) {
        snprintf(text, sizeof text, "%04d", q->year[i]);
        node_add_str(doc, node_set_array(doc, search, "birthdate"), text);
    }
    return q->birth.day > 0;
}

static void trim(char *text)
{
    size_t len = strlen(text), start = strspn(text, " \t");

    while (len > start && strchr(" \t", text[len - 1]))
        len--;
    memmove(text, text + start, len - start);
    text[len - start] = '\0';
}

/* One word with digits in it may be a record number, whatever else it may be. */
static void add_number(struct doc *doc, struct node *searches, const struct question *q, const char *typed)
{
    struct node *numbers;
    char *number;

    number = mem_dup(typed);
    trim(number);
    if (!q->identifier[0] || strpbrk(number, " \t/")) {
        free(number);
        return;
    }
    numbers = node_set_array(doc, node_add_object(doc, searches), "identifier");
    node_add_str(doc, numbers, number);
    if (q->padded[0])
        node_add_str(doc, numbers, q->padded);
    free(number);
}

char *server_criteria(struct context *ctx, const char *typed)
{
    struct doc *doc = doc_new(NULL);
    struct node *searches = node_set_array(doc, doc_root(doc), "searches"), *people;
    struct question q;
    char *text = NULL;

    question_read(typed, clock_today(), arg_order(ctx->config), &q);
    people = node_add_object(doc, searches);
    bool has_names = add_names(doc, people, &q, typed), has_birth = add_birth(doc, people, &q);
    if (!has_names && !has_birth)
        node_remove(doc, people);
    add_number(doc, searches, &q, typed);
    if (node_count(searches) > 0)
        text = doc_text(doc, NULL);
    doc_free(doc);
    return text;
}

/* ---- the answer ---- */

enum rc server_answer(struct context *ctx, int64_t number, struct doc **result, struct err *err)
{
    char *text = request_result(ctx->st, number);
    enum rc rc;

    *result = NULL;
    if (!text)
        return err_set(err, RC_NOT_FOUND, "%s", _("the answer is no longer kept: ask again"));
    if (!*text)
        rc = RC_BUSY;
    else if ((rc = doc_parse(text, strlen(text), result, err)) == RC_OK && *node_str(doc_root(*result), "error")) {
        rc = err_set(err, RC_NET, "%s", node_str(doc_root(*result), "error"));
        doc_free(*result);
        *result = NULL;
    }
    free(text);
    if (rc != RC_BUSY)
        request_drop(ctx->st, number);
    return rc;
}

void server_hits(const struct node *result, struct hits *out)
{
    const struct node *people = node_get(result, "people");

    *out = (struct hits){ .hit = mem_array(node_count(people) + 1, sizeof *out->hit), .more = node_bool(result, "more") };
    for (const struct node *p = node_first(people); p; p = node_next(p)) {
        struct hit *hit = &out->hit[out->n++];

        *hit = (struct hit){
            .id = mem_dup(node_str(p, "id")), .name = mem_dup(node_str(p, "name")), .usual = mem_dup(node_str(p, "usual")),
            .birth = mem_dup(node_str(p, "birthDate")), .mrn = mem_dup(node_str(p, "record")),
            .phone_tail = mem_dup(node_str(p, "phone")), .seen = mem_dup(""), .deceased = mem_dup(node_str(p, "deceased")),
            .merged_into = mem_dup(node_str(p, "mergedInto")), .is_test = node_bool(p, "test"),
        };
        snprintf(hit->sex, sizeof hit->sex, "%s", node_str(p, "sex"));
        snprintf(hit->because, sizeof hit->because, "%s", _("server"));
    }
}
