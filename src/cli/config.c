/* The settings in force. */
#include "cli/cli.h"

#include <stdio.h>

#include "action/context.h"
#include "base/i18n.h"
#include "cli/print.h"

static void add_setting(void *ctx, const char *name, const char *value, const char *help)
{
    struct doc *result = ctx;
    struct node *row = node_add_object(result, node_set_array(result, doc_root(result), "settings"));

    node_set_str(result, row, "name", name);
    node_set_str(result, row, "value", value);
    node_set_str(result, row, "help", help);
}

int cli_config_show(struct cli *cli, const struct args *args)
{
    struct context_options options = { .data_dir = cli->line->data_dir, .config_path = cli->line->config_path };
    struct err err = { RC_OK, "" };
    struct doc *result;

    if (args_flag(args, "example")) {
        config_print_example(stdout);
        return CLI_DONE;
    }
    if (context_config(&cli->ctx, &options, &err) != RC_OK)
        return cli_fail(&err);
    result = doc_new(NULL);
    node_set_str(result, doc_root(result), "file", config_path(cli->ctx.config));
    config_each(cli->ctx.config, add_setting, result);
    cli_print(cli, ACTION_CONFIG_SHOW, result);
    doc_free(result);
    return CLI_DONE;
}
