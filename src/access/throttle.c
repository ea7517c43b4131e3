#include "access/throttle.h"

#include "base/i18n.h"

/* NIST SP 800-63B: at most 100 failures in a row, growing waits in between. */
enum { FREE_TRIES = 3, STOP = 100, WAIT_MAX_S = 900, SECOND_MS = 1000 };

int throttle_wait_s(int failures)
{
    int wait = 1;

    if (failures <= FREE_TRIES)
        return 0;
    for (int i = FREE_TRIES + 1; i < failures && wait < WAIT_MAX_S; i++)
        wait *= 2;
    return wait < WAIT_MAX_S ? wait : WAIT_MAX_S;
}

enum rc throttle_check(const struct throttle *t, int64_t now_ms, struct err *err)
{
    int64_t left_ms = t->wait_until - now_ms, most_ms = (int64_t)throttle_wait_s(t->failures) * SECOND_MS;
    int left_s;

    if (t->failures >= STOP)
        return err_set(err, RC_DENIED, _("this account is stopped after %d wrong passwords: an administrator sets a new one"), STOP);
    if (left_ms <= 0)
        return RC_OK;
    if (left_ms > most_ms)      /* the clock was set back: never longer than the wait itself */
        left_ms = most_ms;
    left_s = (int)((left_ms + SECOND_MS - 1) / SECOND_MS);
    return err_set(err, RC_DENIED, ngettext("too many wrong passwords: wait %d second", "too many wrong passwords: wait %d seconds",
                                            (unsigned long)left_s), left_s);
}
