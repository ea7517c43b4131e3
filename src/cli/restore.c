/* Putting a backup in place. Whoever may do so in the directory as it is, may; a directory that is
 * empty, or whose database cannot be read any more, has nobody who could sign in. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "action/arg.h"
#include "action/context.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/store.h"

enum { SID_TEXT = sizeof((struct session *)0)->sid };

static bool has_database(const char *dir)
{
    char *path = mem_printf("%s/frontdesk.db", dir);
    bool is_there = access(path, F_OK) == 0;

    free(path);
    return is_there;
}

/* RC_OK when the restore may go on; grant says by whose right, sid in which session ("" none). The
 * database is closed again. */
static enum rc permitted(struct cli *cli, const struct context_options *options, struct grant *grant,
                         char sid[SID_TEXT], struct err *err)
{
    struct err session = { RC_OK, "" };
    enum rc rc = context_open(&cli->ctx, options, err);
    bool signed_in;

    if (rc == RC_OK) {
        signed_in = cli_sign_in(cli, &session);
        rc = action_grant(&cli->ctx, ACTION_RESTORE, NULL, grant, err);
        if (rc == RC_DENIED && !signed_in)
            *err = session;
        snprintf(sid, SID_TEXT, "%s", cli->ctx.session.sid);
    } else if (rc == RC_DB) {
        rc = RC_OK;
    }
    context_close(&cli->ctx);
    return rc;
}

/* The restored database gets the row: it is the one that goes on. */
static enum rc write_down(struct cli *cli, const struct context_options *options, const struct grant *grant,
                          int64_t unsent, struct err *err)
{
    char detail[64];
    enum rc rc = context_open(&cli->ctx, options, err);

    if (rc != RC_OK)
        return rc;
    snprintf(detail, sizeof detail, "unsent-in-aside=%lld", (long long)unsent);
    return audit_event(cli->ctx.st, grant, 0, detail, err);
}

int cli_restore(struct cli *cli, const struct args *args)
{
    struct context_options options = { .data_dir = cli->line->data_dir, .config_path = cli->line->config_path };
    struct context settings = { 0 };
    struct err err = { RC_OK, "" };
    struct doc *result;
    struct aside aside = { NULL, 0 };
    struct grant grant;
    char *dir, sid[SID_TEXT] = "";
    enum rc rc = context_config(&settings, &options, &err);

    dir = mem_dup(rc == RC_OK ? config_text(settings.config, "data_dir") : "");
    context_close(&settings);
    authz_system(ORIGIN_CLI, "restore", &grant);    /* stays where nobody could sign in */
    if (rc == RC_OK && has_database(dir))
        rc = permitted(cli, &options, &grant, sid, &err);
    if (rc == RC_OK)
        rc = backup_restore(dir, args_get(args, "file"), sid, &aside, &err);
    if (rc == RC_OK)
        rc = write_down(cli, &options, &grant, aside.unsent, &err);
    if (rc == RC_OK) {
        result = doc_new(NULL);
        node_set_str(result, doc_root(result), "directory", dir);
        node_set_str(result, doc_root(result), "aside", aside.path);
        if (aside.path && aside.unsent >= 0)
            node_set_int(result, doc_root(result), "unsentInAside", aside.unsent);
        cli_print(cli, ACTION_RESTORE, result);
        doc_free(result);
    }
    free(aside.path);
    free(dir);
    return rc == RC_OK ? CLI_DONE : cli_fail(&err);
}
