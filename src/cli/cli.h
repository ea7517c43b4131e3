/* cli.h - the subcommands: every action row as a command, with --json, through the same door.
 * Knows nothing of screens; what opens the desk itself is main.c's to do. */
#ifndef FRONTDESK_CLI_H
#define FRONTDESK_CLI_H

#include "action/action.h"
#include "cli/line.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_OPEN_DESK = -1 };

struct cli {
    struct line *line;
    struct context ctx;         /* opened by cli_open, closed by cli_run */
};

/* Run the line: exit status, or CLI_OPEN_DESK when the desk itself is to be opened now. */
int cli_run(struct line *line);

/* For the subcommands that cli does by itself; each in a file of its name. */
typedef int cli_fn(struct cli *cli, const struct args *args);
cli_fn cli_init, cli_demo, cli_login, cli_logout, cli_sync, cli_agent, cli_restore, cli_kiosk, cli_form_check, cli_form_test, cli_fhirpath, cli_config_show;
bool cli_knows(enum action_id id);      /* does a row without a handler have a subcommand here? */

/* Settings and database; says why not on standard error. */
bool cli_open(struct cli *cli, unsigned store_flags);
int cli_fail(const struct err *err);    /* "frontdesk: reason" on standard error; CLI_FAILED */
int cli_usage(const struct err *err);   /* the same with CLI_USAGE */
/* Print the result as JSON or as text. */
void cli_print(const struct cli *cli, enum action_id id, const struct doc *result);
/* A result that is only the number of a request of the agent becomes the agent's answer, or what the act
 * gives now that the agent has answered. */
enum rc cli_wait(struct cli *cli, enum action_id id, const struct args *args, struct doc **result, struct err *err);
/* The account that `login` left for this terminal session; false with RC_DENIED in err when none. */
bool cli_sign_in(struct cli *cli, struct err *err);
#endif
