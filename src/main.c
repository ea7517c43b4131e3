/* frontdesk: without a subcommand the desk on this terminal, with one a line of the command line. */
#include <stdio.h>

#include "base/process.h"
#include "cli/cli.h"
#include "ui/ui.h"

static int open_desk(const struct line *line)
{
    const struct ui_options options = {
        .data_dir = line->data_dir, .config_path = line->config_path, .now = line->now, .linear = line->linear, .kiosk = line->kiosk,
    };

    return ui_run(&options);
}

int main(int argc, char **argv)
{
    struct err err = { RC_OK, "" };
    struct line line;
    int status;

    process_harden(line_password_fd(argc, argv));
    status = line_read(argc, argv, &line, &err) == RC_OK ? CLI_DONE : cli_usage(&err);
    process_hide_arguments(argc, argv);
    if (status == CLI_DONE && line_sort(&line, &err) != RC_OK)
        status = cli_usage(&err);
    if (status == CLI_DONE) {
        bool is_desk = line.action == ACTION_NONE && !line.help && !line.version;

        status = is_desk ? CLI_OPEN_DESK : cli_run(&line);
    }
    if (status == CLI_OPEN_DESK)
        status = open_desk(&line);
    line_done(&line);
    return status;
}
