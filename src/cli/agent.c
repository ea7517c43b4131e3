/* sync and agent: the agent alone speaks to the network; these start it. */
#include "cli/cli.h"

#include <limits.h>
#include <stdio.h>

#include "action/context.h"
#include "base/i18n.h"
#include "base/process.h"
#include "store/audit.h"
#include "store/store.h"
#include "store/sweep.h"

/* Who asks for a pass must be allowed to, and is written down, before the network hears of it. */
int cli_sync(struct cli *cli, const struct args *args)
{
    struct err err = { RC_OK, "" }, session = { RC_OK, "" };
    char dir[PATH_MAX];
    struct grant grant;
    bool signed_in;
    int status;

    if (!cli_open(cli, 0))
        return CLI_FAILED;
    signed_in = cli_sign_in(cli, &session);
    if (action_grant(&cli->ctx, ACTION_SYNC_NOW, NULL, &grant, &err) != RC_OK)
        return cli_fail(signed_in ? &err : &session);
    if (audit_event(cli->ctx.st, &grant, 0, args_flag(args, "sweep") ? "once sweep" : "once", &err) != RC_OK ||
        (args_flag(args, "sweep") && sweep_ask(cli->ctx.st, "asked", &err) != RC_OK))
        return cli_fail(&err);
    snprintf(dir, sizeof dir, "%s", store_dir(cli->ctx.st));
    context_close(&cli->ctx);
    fflush(stdout);
    status = process_run_agent(dir, cli->line->config_path, cli->line->json);
    if (status >= 0)
        return status;
    err_set(&err, RC_NOT_FOUND, _("frontdesk-agent could not be started"));
    return cli_fail(&err);
}

int cli_agent(struct cli *cli, const struct args *args)
{
    struct context_options options = { .data_dir = cli->line->data_dir, .config_path = cli->line->config_path };
    struct err err = { RC_OK, "" };
    char dir[PATH_MAX];

    (void)args;
    if (context_config(&cli->ctx, &options, &err) != RC_OK)
        return cli_fail(&err);
    snprintf(dir, sizeof dir, "%s", config_text(cli->ctx.config, "data_dir"));
    context_close(&cli->ctx);
    process_become_agent(dir, cli->line->config_path);
    err_set(&err, RC_NOT_FOUND, _("frontdesk-agent could not be started"));
    return cli_fail(&err);
}
