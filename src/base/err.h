/* err.h - how a function says what went wrong.
 * A result code decides what the caller does next; the sentence in struct err is
 * fit for a log: it names resource type, id and field, never a name, birth date,
 * phone or answer. */
#ifndef FRONTDESK_ERR_H
#define FRONTDESK_ERR_H

#include <stdarg.h>

enum rc {
    RC_OK,
    RC_NOT_FOUND,   /* no such resource, row or file */
    RC_INVALID,     /* the input breaks a rule; err says which, and where */
    RC_DENIED,      /* the person has no permission, or is not signed in */
    RC_STALE,       /* somebody else wrote this document since it was read */
    RC_EXISTS,      /* an id is taken by other content */
    RC_BUSY,        /* the gate or a lock could not be had in time */
    RC_CANCELLED,   /* the person stopped it */
    RC_NET,         /* the server could not be reached or refused us */
    RC_IO,          /* the operating system refused a file operation */
    RC_DB,          /* SQLite refused; the database is untouched */
};

struct err {
    enum rc rc;
    char text[480];
};

/* Fill err (NULL is allowed) with a formatted sentence and return rc, so that
 * `return err_set(err, RC_INVALID, ...)` reads as one act. */
enum rc err_set(struct err *err, enum rc rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__   /* which does not see into err.c, and would follow a failure on as a success */
#define err_set(err, rc, ...) ((void)(err_set)(err, rc, __VA_ARGS__), (rc))
#endif

/* The sentence, or the general words for its code when there is none. */
const char *err_text(const struct err *err);

/* A short code word for --json and the log: "not-found", "invalid", ... */
const char *rc_name(enum rc rc);
#endif
