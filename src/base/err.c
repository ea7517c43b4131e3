#include "base/err.h"

#include <stdio.h>

static const char *const names[] = {
    [RC_OK] = "ok", [RC_NOT_FOUND] = "not-found", [RC_INVALID] = "invalid",
    [RC_DENIED] = "denied", [RC_STALE] = "stale", [RC_EXISTS] = "exists",
    [RC_BUSY] = "busy", [RC_CANCELLED] = "cancelled", [RC_NET] = "network",
    [RC_IO] = "io", [RC_DB] = "database",
};

enum rc (err_set)(struct err *err, enum rc rc, const char *fmt, ...)
{
    va_list ap;

    if (err) {
        err->rc = rc;
        va_start(ap, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return rc;
}

const char *err_text(const struct err *err)
{
    return err->text[0] ? err->text : rc_name(err->rc);
}

const char *rc_name(enum rc rc)
{
    return (unsigned)rc < sizeof names / sizeof *names ? names[rc] : "unknown";
}
