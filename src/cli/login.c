/* A session of this terminal that later commands take up. */
#include "cli/cli.h"

#include "action/arg.h"
#include "base/i18n.h"
#include "store/store.h"

int cli_login(struct cli *cli, const struct args *args)
{
    struct context *ctx = &cli->ctx;
    struct err err = { RC_OK, "" };
    struct doc *result;

    if (!cli_open(cli, 0))
        return CLI_FAILED;
    ctx->session.origin = ctx->origin;
    if (session_open(ctx->st, args_get(args, "name"), args_get(args, "password"),
                     config_int(ctx->config, "idle_lock_s"), &ctx->session, &err) != RC_OK ||
        session_save(&ctx->session, store_dir(ctx->st), &err) != RC_OK)
        return cli_fail(&err);
    result = result_made("Practitioner", ctx->session.staff.id);
    node_set_str(result, doc_root(result), "name", ctx->session.staff.name);
    node_set_str(result, doc_root(result), "role", role_name(ctx->session.staff.role));
    cli_print(cli, ACTION_LOGIN, result);
    doc_free(result);
    return CLI_DONE;
}

int cli_logout(struct cli *cli, const struct args *args)
{
    struct err err = { RC_OK, "" };

    (void)args;
    if (!cli_open(cli, 0))
        return CLI_FAILED;
    if (!cli_sign_in(cli, &err) || session_close(cli->ctx.st, &cli->ctx.session, &err) != RC_OK)
        return cli_fail(&err);
    cli_print(cli, ACTION_LOGOUT, NULL);
    return CLI_DONE;
}
