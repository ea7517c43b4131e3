/* A new data directory and its first account; and the same with made-up people, to look around in. */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/staff.h"
#include "action/arg.h"
#include "action/context.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "cli/print.h"
#include "desk/bundled.h"
#include "store/store.h"

/* The account of a demo directory. It guards nothing: the people are made up, the directory goes. */
#define DEMO_NAME "demo"
#define DEMO_DISPLAY "R. Alvarez"
#define DEMO_PASSWORD "made-up people only"

static enum rc not_empty(const char *dir, struct err *err)
{
    return err_set(err, RC_EXISTS, _("%s is not empty: init makes a new data directory only"), dir);
}

/* Only in an empty directory, or one that does not exist, or one where init was cut short: never over
 * somebody's data. */
static enum rc check_empty(const char *dir, struct err *err)
{
    DIR *open = opendir(dir);
    const struct dirent *entry;
    bool is_empty = true, has_database = false;

    if (!open)
        return errno == ENOENT ? RC_OK : err_set(err, RC_IO, "%s: %s", dir, strerror(errno));
    while ((entry = readdir(open))) {
        is_empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        has_database |= strcmp(entry->d_name, "frontdesk.db") == 0;
    }
    closedir(open);
    if (!is_empty && !has_database)
        return not_empty(dir, err);
    if (chmod(dir, 0700) != 0)
        return err_set(err, RC_IO, "%s: %s", dir, strerror(errno));
    return RC_OK;
}

struct first { const char *name, *display, *password; bool is_demo; };

/* The account, the clinic's zone and the questionnaires stand together or not at all. */
static enum rc first_account(struct context *ctx, const struct first *first, struct err *err)
{
    struct grant grant;
    int installed;
    enum rc rc = store_begin(ctx->st, err);

    if (rc != RC_OK)
        return rc;
    authz_system(ORIGIN_CLI, "init", &grant);
    rc = staff_any(ctx->st) ? not_empty(store_dir(ctx->st), err)
                            : staff_add(ctx->st, &grant, first->name, first->display, ROLE_ADMINISTRATOR, first->password, err);
    if (rc == RC_OK)
        rc = store_set_meta(ctx->st, "zone", clock_zone(), err);
    if (rc == RC_OK)
        rc = bundled_questionnaires(ctx->st, &grant, &installed, err);
    return store_end(ctx->st, rc, err);
}

/* Whoever made the directory has just given the password, so the terminal session is signed in. */
static enum rc first_session(struct context *ctx, const struct first *first, struct err *err)
{
    enum rc rc;

    ctx->session.origin = ctx->origin;
    rc = session_open(ctx->st, first->name, first->password, config_int(ctx->config, "idle_lock_s"), &ctx->session, err);
    return rc == RC_OK ? session_save(&ctx->session, store_dir(ctx->st), err) : rc;
}

/* The made-up people are put in by the account that will look after them. */
static enum rc fill_demo(struct context *ctx, struct err *err)
{
    struct grant grant;
    int installed;
    enum rc rc = action_grant(ctx, ACTION_DEMO, NULL, &grant, err);

    return rc == RC_OK ? bundled_demo(ctx->st, &grant, &installed, err) : rc;
}

static enum rc make(struct cli *cli, const struct first *first, struct err *err)
{
    const struct line *line = cli->line;
    struct context_options options = {
        .data_dir = line->data_dir, .config_path = line->config_path, .now = line->now,
        .store_flags = STORE_CREATE, .is_new = first->is_demo,
    };
    struct context settings = { 0 };
    enum rc rc = context_config(&settings, &options, err);

    if (rc == RC_OK && (rc = staff_password_check(first->name, first->password, err)) == RC_OK)
        rc = check_empty(config_text(settings.config, "data_dir"), err);
    context_close(&settings);
    if (rc != RC_OK || (rc = context_open(&cli->ctx, &options, err)) != RC_OK ||
        (rc = first_account(&cli->ctx, first, err)) != RC_OK || (rc = first_session(&cli->ctx, first, err)) != RC_OK)
        return rc;
    return first->is_demo ? fill_demo(&cli->ctx, err) : RC_OK;
}

int cli_init(struct cli *cli, const struct args *args)
{
    struct first first = {
        .name = args_get(args, "admin"), .display = arg_text(args, "display"),
        .password = args_get(args, "password"), .is_demo = args_flag(args, "demo"),
    };
    struct err err = { RC_OK, "" };
    struct doc *result;

    if (!first.display)
        first.display = first.name;
    if (make(cli, &first, &err) != RC_OK)
        return cli_fail(&err);
    result = result_made("Practitioner", cli->ctx.session.staff.id);
    node_set_str(result, doc_root(result), "name", cli->ctx.session.staff.name);
    node_set_str(result, doc_root(result), "directory", store_dir(cli->ctx.st));
    cli_print(cli, ACTION_INIT, result);
    doc_free(result);
    return CLI_DONE;
}

int cli_demo(struct cli *cli, const struct args *args)
{
    const struct first first = { DEMO_NAME, DEMO_DISPLAY, DEMO_PASSWORD, true };
    struct err err = { RC_OK, "" };

    (void)args;
    if (make(cli, &first, &err) != RC_OK ||
        store_set_meta(cli->ctx.st, "demo_sign_in", DEMO_NAME ", " DEMO_PASSWORD, &err) != RC_OK)
        return cli_fail(&err);
    print_line(_("Everybody in here is made up. Signed in as %s, password \"%s\"."), DEMO_NAME, DEMO_PASSWORD);
    return CLI_OPEN_DESK;
}
