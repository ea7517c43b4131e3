/* check.c - the server's history is the truth; the ledger says what should be in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/query.h"
#include "store/standing.h"
#include "sync/answer.h"
#include "storm.h"

enum { SAID_MOST = 12 };

/* The versions of one resource at the server, oldest first; NULL where it was deleted. */
struct chain {
    struct doc **version;
    size_t n, cap;
};

static void complain(int n, const struct thing *t, const char *what, const char *more)
{
    if (n > 0 && n <= SAID_MOST)
        printf("# %s/%s: %s %s\n", t->type, t->id, what, more);
}

/* ---- reading ---- */

/* A version, or the current one with version 0. The status; doc NULL unless it is 200. */
static int read_version(struct storm *s, const struct thing *t, int version, struct doc **doc)
{
    char path[96];
    struct http_answer answer = { 0 };

    *doc = NULL;
    snprintf(path, sizeof path, version ? "%s/%s/_history/%d" : "%s/%s", t->type, t->id, version);
    http_send(s->central, &(struct http_request){ .method = "GET", .path = path }, &answer);
    int status = answer.outcome == HTTP_ANSWERED ? answer.status : 0;
    if (status == 200 && doc_parse(buf_text(&answer.body), answer.body.len, doc, NULL) != RC_OK)
        storm_die("history", path);
    if (status != 200 && status != 404 && status != 410)
        storm_die("history", answer.words);
    http_answer_done(&answer);
    return status;
}

static void add_version(struct chain *chain, struct doc *doc)
{
    MEM_ROOM(chain->version, chain->n, chain->cap);
    chain->version[chain->n++] = doc;
}

/* Version by version: HAPI shows no more of an instance's history than a count that it keeps for a minute, and
 * leaves a number out when what was deleted is made again. */
static void read_chain(struct storm *s, const struct thing *t, struct chain *chain)
{
    struct doc *doc;

    for (int version = 1, missing = 0; missing < 2; version++) {
        int status = read_version(s, t, version, &doc);
        missing = status == 404 ? missing + 1 : 0;
        if (status != 404)
            add_version(chain, doc);
    }
}

struct chain *check_read_history(struct storm *s)
{
    struct chain *chains = mem_array(s->n_things + 1, sizeof *chains);

    for (size_t i = 0; i < s->n_things; i++)
        read_chain(s, &s->thing[i], &chains[i]);
    return chains;
}

struct chain *check_read_now(struct storm *s)
{
    struct chain *chains = mem_array(s->n_things + 1, sizeof *chains);
    struct doc *doc;

    for (size_t i = 0; i < s->n_things; i++) {
        read_version(s, &s->thing[i], 0, &doc);
        add_version(&chains[i], doc);
    }
    return chains;
}

void check_free(struct storm *s, struct chain *chains)
{
    for (size_t i = 0; i < s->n_things; i++) {
        for (size_t v = 0; v < chains[i].n; v++)
            doc_free(chains[i].version[v]);
        free(chains[i].version);
    }
    free(chains);
}

/* ---- I5: all equal, but for what waits for a person, which must have the server's text beside it ---- */

static bool is_equal(const struct desk *d, const struct thing *t, const struct chain *chain, char why[120])
{
    const struct doc *there = chain->n ? chain->version[chain->n - 1] : NULL;
    struct standing here = { 0 };
    struct doc *doc = NULL;
    bool is_alike = standing_get(d->st, t->type, t->id, &here, NULL) == RC_OK;

    snprintf(why, 120, "%s has %s%s%s%s, the server %s", d->name, here.is_deleted ? "deleted " : "",
             here.is_dirty ? "dirty " : "", here.conflict ? "conflict " : "", here.version,
             there ? node_path_str(doc_root(there), "meta.versionId") : "nothing");
    if (here.conflict)
        ;       /* both texts are kept; what is decided is compared later */
    else if (!there)
        is_alike = is_alike && (here.key == 0 || here.is_deleted);
    else
        is_alike = is_alike && here.key && !here.is_deleted && !here.is_dirty &&
                   strcmp(here.version, node_path_str(doc_root(there), "meta.versionId")) == 0 &&
                   doc_parse(here.body, strlen(here.body), &doc, NULL) == RC_OK && doc_equal_content(doc, there);
    doc_free(doc);
    standing_done(&here);
    return is_alike;
}

int check_equal(struct storm *s, const struct chain *chains, bool is_loud)
{
    char why[120];
    int n = 0;

    for (size_t i = 0; i < s->n_things; i++)
        for (int d = 0; d < s->n_desks; d++)
            if (!is_equal(&s->desk[d], &s->thing[i], &chains[i], why))
                complain(++n * is_loud, &s->thing[i], "is not equal:", why);
    return n;
}

int check_unsent(struct storm *s)
{
    static const char sql[] = "SELECT r.type, r.id, o.state, o.last_status, o.last_error"
                              " FROM outbox o JOIN resource r ON r.key = o.key";
    int n = 0;

    for (int d = 0; d < s->n_desks; d++) {
        struct query *q = query_open(s->desk[d].st, sql);
        while (query_next(q))
            if (++n <= SAID_MOST)
                printf("# %s: %s/%s is %s, status %d: %s\n", s->desk[d].name, query_text(q, 0), query_text(q, 1),
                       outbox_state_name((enum outbox_state)query_int(q, 2)), (int)query_int(q, 3), query_text(q, 4));
        query_end(q, NULL);
    }
    return n;
}

/* ---- I1, I2: what was acknowledged is in the chain, or its writer wrote on, or a person decided ---- */

static bool is_in(const struct chain *chain, size_t field, const char *value)
{
    for (size_t v = 0; v < chain->n; v++)
        if (chain->version[v] && strcmp(field_value(chain->version[v], field), value) == 0)
            return true;
    return false;
}

static bool was_written_on(const struct storm *s, size_t i)
{
    const struct token *t = &s->token[i];

    for (size_t j = i + 1; j < s->n_tokens; j++)
        if (s->token[j].desk == t->desk && s->token[j].thing == t->thing && s->token[j].field == t->field)
            return true;
    return false;
}

int check_lost(struct storm *s, const struct chain *chains)
{
    int n = 0;

    for (size_t i = 0; i < s->n_tokens; i++) {
        const struct token *t = &s->token[i];
        const char *by = t->desk < 0 ? "another clinic" : s->desk[t->desk].name;
        if (!t->is_given_up && !was_written_on(s, i) && !is_in(&chains[t->thing], t->field, t->value)) {
            complain(++n, &s->thing[t->thing], t->value, "is lost");
            if (n <= SAID_MOST)
                printf("#   %s, written by %s over %s\n", field_path(s->thing[t->thing].type, t->field), by, t->before);
        }
    }
    return n;
}

/* ---- I3: nobody's value was written over by one who had not seen it ---- */

static const struct token *author(const struct storm *s, size_t thing, size_t field, const char *value)
{
    for (size_t i = 0; i < s->n_tokens; i++) {
        const struct token *t = &s->token[i];
        if (t->thing == thing && t->field == field && strcmp(t->value, value) == 0)
            return t;
    }
    return NULL;
}

static bool was_decided(const struct token *t, const char *over)
{
    for (int i = 0; i < t->n_over; i++)
        if (strcmp(t->over[i], over) == 0)
            return true;
    return false;
}

/* What its author knew in its place: seen when it was written, itself or through own edits sent
 * together with it, or shown by a conflict that was decided. */
static bool knew(const struct storm *s, const struct token *t, const char *value)
{
    for (int own = 0; t && own < 1000; own++) {
        if (was_decided(t, value) || strcmp(t->before, value) == 0)
            return true;
        const struct token *earlier = author(s, t->thing, t->field, t->before);
        t = earlier && earlier->desk == t->desk ? earlier : NULL;
    }
    return false;
}

static int overwritten_in(struct storm *s, size_t thing, const struct chain *chain, size_t field, int so_far)
{
    int n = 0;

    for (size_t v = 1; v < chain->n; v++) {
        if (!chain->version[v] || !chain->version[v - 1])
            continue;
        const char *was = field_value(chain->version[v - 1], field), *is = field_value(chain->version[v], field);
        if (strcmp(was, is) == 0)
            continue;
        const struct token *t = author(s, thing, field, is);
        bool is_back = is_in(&(struct chain){ .version = chain->version, .n = v }, field, is);
        if (!t || (is_back && !was_decided(t, was)) || !knew(s, t, was)) {
            const char *by = !t ? "nobody" : t->desk < 0 ? "another clinic" : s->desk[t->desk].name;
            char *more = mem_printf("at version %zu of %s by %s%s", v + 1, field_path(s->thing[thing].type, field), by,
                                    is_back ? ", again" : "");
            complain(so_far + ++n, &s->thing[thing], is, more);
            free(more);
        }
    }
    return n;
}

int check_overwritten(struct storm *s, const struct chain *chains)
{
    int n = 0;

    for (size_t i = 0; i < s->n_things; i++)
        for (size_t f = 0; f < field_count(s->thing[i].type); f++)
            n += overwritten_in(s, i, &chains[i], f, n);
    return n;
}

/* ---- a status only climbs, and as far as somebody was told ---- */

int check_status(struct storm *s, const struct chain *chains)
{
    int n = 0;

    for (size_t i = 0; i < s->n_things; i++) {
        const struct thing *t = &s->thing[i];
        int highest = -1;
        bool is_fallen = false;
        if (strcmp(t->type, "Task") != 0 || t->status_decided || t->was_deleted)
            continue;
        for (size_t v = 0; v < chains[i].n; v++) {
            int rank = status_rank(node_str(doc_root(chains[i].version[v]), "status"));
            is_fallen = is_fallen || rank < highest;
            highest = rank > highest ? rank : highest;
        }
        if (is_fallen || highest < t->rank)
            complain(++n, t, "its status fell", is_fallen ? "at the server" : "before it got there");
    }
    return n;
}

/* ---- I4: no request made two versions ---- */

static const char *source_of(const struct doc *version)
{
    return version ? node_path_str(doc_root(version), "meta.source") : "";
}

int check_twice(struct storm *s, const struct chain *chains)
{
    int n = 0;

    for (size_t i = 0; i < s->n_things; i++)
        for (size_t v = 1; v < chains[i].n; v++) {
            const char *source = source_of(chains[i].version[v]);
            for (size_t w = 0; w < v && *source; w++)
                if (strcmp(source_of(chains[i].version[w]), source) == 0) {
                    complain(++n, &s->thing[i], "one request made two versions:", source);
                    break;
                }
        }
    return n;
}

/* Nothing is there but what was made once: as many as should be, found by the tag they all carry. */
static long count_there(struct storm *s, const char *type)
{
    char path[120];
    struct http_answer answer = { 0 };
    struct doc *bundle = NULL;

    snprintf(path, sizeof path, "%s?_tag=urn:storm%%7Cs%llu&_summary=count", type, (unsigned long long)s->seed);
    http_send(s->central, &(struct http_request){ .method = "GET", .path = path }, &answer);
    doc_parse(buf_text(&answer.body), answer.body.len, &bundle, NULL);
    long total = bundle ? strtol(node_path_str(doc_root(bundle), "total"), NULL, 10) : -1;
    doc_free(bundle);
    http_answer_done(&answer);
    return total;
}

int check_doubles(struct storm *s, const struct chain *chains)
{
    static const char *const types[] = { "Patient", "Task" };
    int n = 0;

    for (int k = 0; k < 2; k++) {
        long should = 0, is = count_there(s, types[k]);
        for (size_t i = 0; i < s->n_things; i++)
            should += strcmp(s->thing[i].type, types[k]) == 0 && chains[i].n && chains[i].version[chains[i].n - 1];
        if (should != is) {
            n++;
            printf("# %ld of type %s should be there, %ld are\n", should, types[k], is);
        }
    }
    return n;
}

/* ---- I3 again, as the proxy saw it ---- */

int check_bases(struct storm *s)
{
    char *path = mem_printf("%s/proxy.log", s->dir), line[2048], method[12], target[1024], match[100], etag[100];
    FILE *file = fopen(path, "r");
    int n = 0, updates = 0, status;

    while (file && fgets(line, sizeof line, file)) {
        char base[ANSWER_VERSION], made[ANSWER_VERSION];
        if (sscanf(line, "%*s %*s %11s %1023s %*s %99s %d %99s", method, target, match, &status, etag) != 5 ||
            strcmp(method, "PUT") != 0 || (status != 200 && status != 201))
            continue;
        if (!strstr(target, "/Patient/") && !strstr(target, "/Task/"))
            continue;       /* the probe's scratch resource shows what happens without a base */
        long from = answer_version(match, base) ? strtol(base, NULL, 10) : -1;
        if (strcmp(etag, "-") == 0 || !answer_version(etag, made))
            continue;       /* nothing was changed, so no version is named */
        long to = strtol(made, NULL, 10);
        updates++;
        if (status == 201 && from > 0)
            continue;       /* deleted there and decided to be made again: it goes on after the deletion */
        if (from < 0 || (to != from + 1 && to != from)) {
            if (++n <= SAID_MOST)
                printf("# PUT %s with If-Match %s made %s\n", target, match, etag);
        }
    }
    if (file)
        fclose(file);
    free(path);
    printf("updates %d\n", updates);
    return n;
}

/* ---- every conflict once ---- */

int check_conflicts_again(struct storm *s)
{
    static const char sql[] = "SELECT r.type, r.id, c.remote_version, count(*)"
                              " FROM conflict c JOIN resource r ON r.key = c.key"
                              " GROUP BY c.key, c.remote_version HAVING count(*) > 1";
    static const char sql_all[] = "SELECT count(*) FROM conflict";
    int n = 0, all = 0;

    for (int d = 0; d < s->n_desks; d++) {
        struct query *q = query_open(s->desk[d].st, sql);
        while (query_next(q))
            if (++n <= SAID_MOST)
                printf("# %s: %s/%s was in conflict with version %s %d times\n", s->desk[d].name, query_text(q, 0),
                       query_text(q, 1), query_text(q, 2), (int)query_int(q, 3));
        query_end(q, NULL);
        q = query_open(s->desk[d].st, sql_all);
        all += query_next(q) ? (int)query_int(q, 0) : 0;
        query_end(q, NULL);
    }
    printf("conflicts %d\n", all);
    return n;
}
