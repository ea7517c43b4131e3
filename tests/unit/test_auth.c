/* The clinic would be locked out of its server in the middle of the day, or its token read by others: how
 * we prove who we are, against a token endpoint and a FHIR server that check every claim. */
#include "tests/unit/directory.h"
#include "tests/unit/endpoint.h"

#include <fcntl.h>
#include <time.h>

#include "base/config.h"
#include "base/crypto.h"
#include "store/audit.h"
#include "store/secret.h"
#include "store/sync_state.h"
#include "sync/agent.h"
#include "sync/auth.h"
#include "sync/http.h"

static struct cert ca;

/* The store at the true time: assertions and certificates are checked against it. */
static int setup(void **state)
{
    struct directory *d = calloc(1, sizeof *d);

    strcpy(d->path, "/tmp/frontdesk-auth-XXXXXX");
    *state = d;
    return mkdtemp(d->path) && store_open(d->path, STORE_CREATE, &d->st, NULL) == RC_OK ? 0 : -1;
}
#define AUTH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, directory_teardown)

static const char *write_in(struct directory *d, const char *name, const char *text, mode_t mode)
{
    static char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", d->path, name);
    unlink(path);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static struct config *config_of(struct directory *d, int port, const char *more)
{
    char text[2048], trusted[128];
    struct config *config = NULL;

    snprintf(trusted, sizeof trusted, "%s/ca.pem", d->path);
    cert_save(&ca, trusted, NULL);
    snprintf(text, sizeof text, "server = { url = \"https://127.0.0.1:%d/fhir\"; ca_file = \"%s\"; stall_s = 2; connect_timeout_s = 3; %s };\n",
             port, trusted, more);
    ASSERT_OK(config_load(write_in(d, "config", text, 0600), &config, NULL, err));
    return config;
}

static void a_token_only_we_can_read(void **state)
{
    static const struct { const char *text; mode_t mode; enum rc rc; } rows[] = {
        { "abc.DEF-123_~+/=\n", 0600, RC_OK }, { "abc", 0400, RC_OK }, { "abc", 0640, RC_DENIED }, { "abc", 0604, RC_DENIED },
        { "", 0600, RC_IO }, { "\n", 0600, RC_IO }, { "abc\r\nX-Other: 1", 0600, RC_INVALID }, { "two words", 0600, RC_INVALID },
    };
    struct directory *d = *state;
    char more[200], path[128], link[128];

    snprintf(path, sizeof path, "%s/token", d->path);
    snprintf(link, sizeof link, "%s/link", d->path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows + 3; i++) {
        bool is_row = i < sizeof rows / sizeof *rows;
        enum rc want = is_row ? rows[i].rc : i == sizeof rows / sizeof *rows + 1 ? RC_DENIED : RC_IO;
        struct auth *auth;

        if (is_row)
            write_in(d, "token", rows[i].text, rows[i].mode);
        else if (i == sizeof rows / sizeof *rows)           /* a link: whoever may write there decides what we read */
            assert_int_equal(symlink(path, link), 0);
        snprintf(more, sizeof more, "token_file = \"%s\";", is_row ? path : i == sizeof rows / sizeof *rows ? link : i == sizeof rows / sizeof *rows + 1 ? d->path : "/nonexistent");
        struct config *config = config_of(d, 1, more);
        ASSERT_OK(auth_open(d->st, config, NULL, &auth, err));
        if (auth_ready(auth, NULL) != want)
            fail_msg("case %zu", i);
        auth_close(auth);
        config_free(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUTH_TEST(a_token_only_we_can_read),
    };

    ca = cert_make((struct cert_wish){ .name = "test CA", .basic = "critical,CA:TRUE" });
    http_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_end();
    cert_done(&ca);
    return failed;
}
