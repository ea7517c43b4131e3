/* internal.h - what the files of the model share: chains of versions, and the log that owns their texts. */
#ifndef FRONTDESK_TESTS_SYNC_MODEL_INTERNAL_H
#define FRONTDESK_TESTS_SYNC_MODEL_INTERNAL_H

#include "fhir/document.h"
#include "tests/sync/model/model.h"

enum { VERSION_TEXT = 24, TYPE_TEXT = 40, ID_TEXT = 72 };

/* Version numbers are places in the chain: the first is "1". */
struct version {
    int64_t stamp_ms;           /* meta.lastUpdated */
    int64_t visible_ms;         /* real server time from which searches and feeds show it */
    bool is_delete;
    const char *body;           /* the log's */
    size_t commit;
};
struct chain { char type[TYPE_TEXT], id[ID_TEXT]; struct version *v; size_t n, cap; };

struct commit {
    int64_t at_ms;
    char *type, *id, *request_id, *if_match, *body;
    char version[VERSION_TEXT], previous[VERSION_TEXT];
    bool is_delete, is_undone;
};

/* A result set that pages are cut from, as it was when it was asked for. */
struct entry { const struct chain *chain; size_t version; };
struct result { struct entry *entry; size_t n, cap; int64_t made_ms; };

struct model {
    enum temper temper;
    char *base, *own_base;      /* what clients ask, and what the server thinks it is called */
    struct model_bends bends;
    struct chain **chain;       /* each allocated: results point at them */
    size_t n_chains, chains_cap;
    struct commit *commit;
    size_t n_commits, commits_cap;
    struct result *result;      /* kept result sets; the number is the name */
    size_t n_results, results_cap;
    int64_t ids_given;
};

/* One thing to do to one resource, alone or in a transaction. */
struct change {
    const char *method, *type, *id;
    const struct doc *doc;      /* NULL for DELETE */
    const char *if_match, *if_none_match, *request_id;  /* NULL: none */
};
/* What came of it. */
struct outcome {
    int status;
    bool is_precondition;       /* refused because of If-Match or If-None-Match */
    const struct chain *chain;  /* what it is now; NULL when refused */
    char words[320];            /* why it was refused */
};

/* chain.c */
struct chain *chain_find(const struct model *m, const char *type, const char *id);
const struct version *chain_now(const struct chain *chain);     /* NULL when it never was */
bool chain_exists(const struct chain *chain);                   /* there, and not deleted */
/* The newest version that searches show at now_ms; -1 none yet. */
long chain_shown(const struct chain *chain, int64_t now_ms);
void version_text(size_t place, char out[VERSION_TEXT]);
/* The next version, and its line of the log. doc NULL: a delete. */
struct chain *chain_commit(struct model *m, int64_t now_ms, const struct change *change);

/* change.c */
/* Everything that may refuse it, without doing it. also: names that come with it in the same
 * transaction, NULL-ended pairs of type and id; may be NULL. */
bool change_check(const struct model *m, const struct change *change, const struct doc *const *also, size_t n_also,
                  struct outcome *out);
void change_make(struct model *m, int64_t now_ms, const struct change *change, struct outcome *out);
/* Does any resource that is there refer to it? */
bool is_referred_to(const struct model *m, const char *type, const char *id);
bool names_reference(const struct node *node, const char *type, const char *id);

/* bundle.c */
void answer_transaction(struct model *m, int64_t now_ms, const struct http_request *r, struct http_answer *a);

/* search.c, history.c, page.c */
struct query { char *name[16], *value[16]; size_t n; };
void query_split(struct query *q, const char *text);            /* "a=1&b=2", decoded */
void query_done(struct query *q);
const char *query_value(const struct query *q, const char *name);    /* NULL when absent */
void answer_search(struct model *m, int64_t now_ms, const char *type, const char *query, struct http_answer *a);
void answer_history(struct model *m, int64_t now_ms, const char *type, const char *id, const char *query,
                    struct http_answer *a);
bool search_matches(const struct doc *doc, const struct query *q);

struct paging {
    const char *bundle_type;    /* "searchset" or "history" */
    const char *path;           /* "Patient", "_history" ... */
    const char *query;          /* as asked */
    long count, offset;
    bool is_elements;           /* only id and meta */
};
void answer_page(struct model *m, int64_t now_ms, const struct paging *p, struct result *rows, struct http_answer *a);
void answer_kept_page(struct model *m, int64_t now_ms, const char *query, struct http_answer *a);

/* answer.c */
void answer_outcome(struct http_answer *a, int status, const char *words);
void answer_resource(const struct model *m, struct http_answer *a, int status, const struct chain *chain, size_t version);
void answer_capability(const struct model *m, struct http_answer *a);
#endif
