/* accounts.h - accounts in a test directory without the cost of hashing a password for each. */
#ifndef FRONTDESK_TEST_ACCOUNTS_H
#define FRONTDESK_TEST_ACCOUNTS_H

#include "tests/unit/directory.h"

#include "access/session.h"
#include "base/crypto.h"

#define PASSWORD "correct horse battery staple"

/* The hash of PASSWORD, made once. */
static inline const char *accounts_hash(void)
{
    static char hash[CRYPTO_PASSWORD];

    if (!hash[0])
        assert_true(crypto_password_hash(PASSWORD, hash));
    return hash;
}

static inline void accounts_add(struct directory *d, const char *id, const char *name, enum role role, const char *hash)
{
    static const char sql[] =
        "INSERT INTO staff(id, name, display, role, hash, created) VALUES (?1, ?2, ?2, ?3, ?4, '2026-01-01T00:00:00.000Z')";

    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, err, sql, "tttt", id, name, role_name(role), hash));
    ASSERT_OK(store_end(d->st, RC_OK, err));
}

static inline struct session accounts_session(const char *id)
{
    struct session s = {.origin = ORIGIN_DESK};

    snprintf(s.staff.id, sizeof s.staff.id, "%s", id);
    return s;
}
#endif
