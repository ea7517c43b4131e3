/* kiosk: the desk opens straight into a patient's form, for a device that is handed over. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/arg.h"
#include "action/bind.h"
#include "action/context.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "store/draft.h"

/* What the screen is opened with. RC_INVALID when a blank form names nobody. */
static enum rc kiosk_argument(struct cli *cli, const struct args *args, char **out, struct err *err)
{
    char type[BIND_TYPE], patient[BIND_PATIENT] = "";
    enum rc rc = bind_find(cli->ctx.st, action_param(ACTION_KIOSK, "form")->type, args_get(args, "form"), type, err);

    if (rc != RC_OK || (rc = action_patient(&cli->ctx, ACTION_KIOSK, args, patient, err)) != RC_OK)
        return rc;
    if (!patient[0])
        return err_set(err, RC_INVALID, _("kiosk needs --patient with a form"));
    *out = mem_printf("%s %s %s", patient, strcmp(type, "Draft") == 0 ? "draft" : "start", arg_id(args, "form"));
    return RC_OK;
}

int cli_kiosk(struct cli *cli, const struct args *args)
{
    struct err err = { RC_OK, "" };

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || cli->line->linear) {
        err_set(&err, RC_INVALID, _("the kiosk needs a terminal with a screen"));
        return cli_usage(&err);
    }
    if (!cli_open(cli, 0))
        return CLI_FAILED;
    if (!cli_sign_in(cli, &err) || kiosk_argument(cli, args, &cli->line->kiosk, &err) != RC_OK)
        return cli_fail(&err);
    return CLI_OPEN_DESK;
}
