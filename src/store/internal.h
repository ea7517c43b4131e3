/* internal.h - what the files of this folder share: one open database and the transaction in it. */
#ifndef FRONTDESK_STORE_INTERNAL_H
#define FRONTDESK_STORE_INTERNAL_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/person_words.h"
#include "store/projection.h"
#include "store/store.h"

enum {
    STORE_APPLICATION_ID = 0x46446b31,  /* "FDk1" in the file header */
    GATE_WAIT_MS = 5000,
    CHECKPOINT_FRAMES = 1000,
    CHECKPOINT_COMMITS = 6,
    STORE_NESTING = 16,
};

/* The writer gate and the presence lock of a data directory: three lock files. */
struct gate { int queue_fd, gate_fd, presence_fd; bool is_held; };

enum rc gate_open(struct gate *gate, const char *dir, struct err *err);
void gate_close(struct gate *gate);
/* Wait at most wait_ms, in the order of asking. RC_BUSY afterwards. */
enum rc gate_enter(struct gate *gate, int wait_ms, struct err *err);
void gate_leave(struct gate *gate);
bool gate_is_wanted(struct gate *gate);    /* somebody is next in line */
/* Both inside the gate. arrive: *unclean is set when we are the first and a former one never left.
 * alone (instead of arrive): false when anybody has the database open. */
enum rc presence_arrive(struct gate *gate, bool *unclean, struct err *err);
bool presence_alone(struct gate *gate);
/* Returns true when we were the last. */
bool presence_leave(struct gate *gate);

/* One act of the transaction: becomes one audit row when the transaction ends. */
struct act {
    struct grant grant;
    int64_t seq;            /* 0 until something needs the number */
    int outcome;
    int64_t writes;
    char patient[72];       /* of the documents written; "*" when there were several */
    char entity[120];       /* Type/id of the first document */
    struct buf detail;
    bool is_event;          /* has its row whatever was written */
};

struct transaction {
    int depth;
    int64_t writes[STORE_NESTING];  /* rows changed so far, at each begin */
    enum rc doomed;                 /* a part failed after writing: nothing may commit */
    unsigned changed;               /* bits of enum change */
    int64_t now_ms;                 /* the moment every row of this transaction carries */
    char now[CLOCK_TEXT];
    struct act *act;
    size_t n_acts, acts_cap;
    int64_t next_seq;               /* of audit; 0 = not asked yet */
    int64_t audit_rows;             /* written so far */
    int64_t outbox_seq;             /* last one given out; 0 = none in this transaction */
};

struct query_cache { struct query **slot; size_t n, cap; };

/* Name words that the open transaction saw in name_word, each in the one slot it may have. */
enum { KNOWN_WORDS = 512 };
struct known_word { char word[WORD_MAX + 1]; bool is_shadow; };

struct store {
    sqlite3 *db;
    char *dir;
    struct gate gate;
    bool was_unclean;
    bool is_shadow;                 /* statements with a tilde mean the shadow tables */
    struct transaction tx;
    struct known_word known[KNOWN_WORDS];
    bool has_known;
    struct query_cache cache;
    int64_t audit_rows;             /* committed by this process */
    int64_t change[CHANGE_COUNT];
    int64_t data_version;           /* at the last look at the change table */
    bool changes_known;
    int wal_frames;                 /* after the last commit of ours */
    int wal_frames_before;          /* and after the one before */
    struct buf body;                /* the document being written */
    char about[72];                 /* the patient of the document admitted last */
    struct buf meta;                /* what store_meta lends */
};

char *store_path(const char *dir, const char *name);            /* owned */
enum rc store_make_dir(const char *dir, struct err *err);
enum rc store_check_place(const char *dir, struct err *err);    /* refuses what is no disk of this machine */
/* What went wrong in SQLite, as RC_BUSY, RC_IO or RC_DB. Never holds values. */
enum rc store_sqlite_error(sqlite3 *db, int code, const char *what, struct err *err);
/* Settings of RELIABILITY section 2, set and read back. */
enum rc store_settings(sqlite3 *db, struct err *err);
enum rc store_migrate(struct store *st, unsigned flags, struct err *err);
enum rc store_user_version(sqlite3 *db, int *version, struct err *err);
/* The copy made before a migration; kept whatever comes. */
enum rc backup_before(struct store *st, int version, struct err *err);
void query_cache_done(struct store *st);

void checkpoint_after_commit(struct store *st);
void store_changed(struct store *st, enum change change);
int64_t store_rowid(struct store *st);              /* of the last insert */
int store_rows_changed(struct store *st);           /* by the last statement */

/* The act of this grant in the open transaction; made when it is the first of its kind. */
struct act *act_open(struct store *st, const struct grant *grant);
int64_t act_number(struct store *st, struct act *act);
void act_wrote(struct act *act, const char *type, const char *id, const char *patient);
enum rc acts_write(struct store *st, struct err *err);          /* before COMMIT */
void acts_write_failed(struct store *st, enum rc rc);           /* after ROLLBACK */
void acts_done(struct store *st);

/* A resource row. body and base are borrowed from the caller's documents or owned by the row. */
struct resource_row {
    int64_t key, rev;
    bool is_deleted, is_dirty;
    char *base_version;     /* owned, NULL: the server never had it */
    struct doc *doc;        /* what it says now */
};
void resource_row_done(struct resource_row *row);
enum rc resource_row_get(struct store *st, const char *type, const char *id,
                         struct resource_row *out, struct err *err);
/* Checks, patient binding and guards: everything that may refuse a document, before any write. */
enum rc resource_admit(struct store *st, const struct grant *grant, const struct doc *before,
                       const struct doc *after, struct err *err);
/* The next revision of a known row: history, document, projections. base as in struct base. */
struct base { const char *version, *updated; const char *body; size_t body_len; };
enum rc resource_revise(struct store *st, struct act *act, const struct resource_row *row,
                        struct doc *doc, const struct base *base, struct err *err);
/* A document nobody here knows, just admitted. RC_EXISTS when the id is taken. */
enum rc resource_add(struct store *st, struct act *act, struct doc *doc, const struct base *base,
                     int64_t *key, struct err *err);
enum rc resource_remove(struct store *st, struct act *act, const struct resource_row *row,
                        const char *type, const char *id, struct err *err);
/* The document as it shall be from now on, on the server's text (NULL: gone there) as its base; queued
 * when it still differs, clean otherwise. Settles whatever the outbox held. */
enum rc resource_rebase(struct store *st, const struct grant *grant, const struct resource_row *row, struct doc *doc,
                        const struct doc *server, const char *version, const char *updated, struct err *err);
bool conflict_is_open(struct store *st, int64_t key);

enum rc outbox_add(struct store *st, int64_t key, bool is_new, struct err *err);
enum rc outbox_write_seq(struct store *st, struct err *err);     /* before COMMIT */
enum rc outbox_drop(struct store *st, int64_t key, struct err *err);
enum rc outbox_hold(struct store *st, int64_t key, struct err *err);    /* state CONFLICT */
#endif
