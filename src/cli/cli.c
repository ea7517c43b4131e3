#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action/context.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/help.h"
#include "cli/password.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "store/store.h"

static const struct { enum action_id id; cli_fn *run; } own[] = {
    { ACTION_INIT, cli_init }, { ACTION_DEMO, cli_demo }, { ACTION_LOGIN, cli_login }, { ACTION_LOGOUT, cli_logout },
    { ACTION_SYNC_NOW, cli_sync }, { ACTION_AGENT, cli_agent }, { ACTION_RESTORE, cli_restore }, { ACTION_KIOSK, cli_kiosk },
    { ACTION_FORM_CHECK, cli_form_check }, { ACTION_FORM_TEST, cli_form_test }, { ACTION_FHIRPATH, cli_fhirpath }, { ACTION_CONFIG_SHOW, cli_config_show },
};

static cli_fn *own_of(enum action_id id)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].id == id)
            return own[i].run;
    return NULL;
}

bool cli_knows(enum action_id id)
{
    return own_of(id) != NULL;
}

static int say(const struct err *err, int status)
{
    char *clean = utf8_cleaned(err_text(err));

    fflush(stdout);
    fprintf(stderr, "frontdesk: %s\n", clean);
    free(clean);
    return status;
}

int cli_fail(const struct err *err)
{
    return say(err, CLI_FAILED);
}

int cli_usage(const struct err *err)
{
    return say(err, CLI_USAGE);
}

bool cli_open(struct cli *cli, unsigned store_flags)
{
    const struct line *line = cli->line;
    struct context_options options = {
        .data_dir = line->data_dir, .config_path = line->config_path, .now = line->now,
        .store_flags = store_flags, .is_new = store_flags & STORE_CREATE,
    };
    struct err err = { RC_OK, "" };

    if (context_open(&cli->ctx, &options, &err) == RC_OK)
        return true;
    cli_fail(&err);
    return false;
}

bool cli_sign_in(struct cli *cli, struct err *err)
{
    return session_resume(cli->ctx.st, &cli->ctx.session, err) == RC_OK;
}

void cli_print(const struct cli *cli, enum action_id id, const struct doc *result)
{
    if (cli->line->json && result)
        print_json(doc_root(result));
    else if (cli->line->json)
        puts("{}");
    else if (!result)
        puts(_("done"));
    else if (!print_special(id, doc_root(result)))
        print_readable(doc_root(result));
}

/* "-" in place of a name or a query is a line of standard input, so that it never was an argument. */
static enum rc read_dashes(struct line *line, struct err *err)
{
    size_t n = line->n_args;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct param *p = action_param(line->action, line->arg[i].name);
        char *typed = NULL;

        if (!p || (p->kind != PARAM_TEXT && p->kind != PARAM_BIRTH) || strcmp(line->arg[i].value, "-") != 0)
            continue;
        if ((rc = line_from(STDIN_FILENO, &typed, err)) != RC_OK)
            break;
        line_add(line, p->name, typed);
        line->arg[i].value = typed;
        line->n_args--;         /* it stays in its place; the line keeps the text */
    }
    return rc;
}

/* What is never an argument. */
static const struct param *password_param(enum action_id id)
{
    const struct param *p = action_param(id, "password"), *secret = action_param(id, "secret");

    return p && p->kind == PARAM_PASSWORD ? p : secret && secret->kind == PARAM_SECRET ? secret : NULL;
}

/* Everything but the password is checked before anybody is asked for one. */
static enum rc check_line(struct line *line, struct err *err)
{
    const struct param *p = password_param(line->action);
    struct args args;
    enum rc rc;

    if (p)
        line_add(line, p->name, mem_dup("?"));
    args = (struct args){ line->arg, line->n_args };
    rc = action_check(line->action, &args, err);
    if (p)
        line->n_args--;
    return rc;
}

static enum rc ask_password(struct line *line, struct err *err)
{
    const struct param *p = password_param(line->action);
    char *password = NULL;
    enum rc rc;

    if (!p)
        return RC_OK;
    if (p->kind == PARAM_SECRET)
        rc = secret_read(line->password_fd, &password, err);
    else
        rc = password_read(line->password_fd, line->action != ACTION_LOGIN, &password, err);
    if (rc == RC_OK)
        line_add(line, p->name, password);
    return rc;
}

/* What cannot be opened cannot be counted, but scripts still get an answer in the shape they know. */
static void doctor_unopened(const struct cli *cli)
{
    struct doc *result = doc_new(NULL);

    node_set_object(result, doc_root(result), "resources");
    node_set_str(result, doc_root(result), "integrity", "not opened");
    cli_print(cli, ACTION_DOCTOR, result);
    doc_free(result);
}

static int run_row(struct cli *cli, const struct args *args)
{
    enum action_id id = cli->line->action;
    struct err err = { RC_OK, "" }, session = { RC_OK, "" };
    struct doc *result = NULL;
    bool signed_in;
    enum rc rc;

    if (!cli_open(cli, 0)) {
        if (id == ACTION_DOCTOR && cli->line->json)
            doctor_unopened(cli);
        return CLI_FAILED;
    }
    signed_in = cli_sign_in(cli, &session);
    cli->ctx.progress = progress_show;
    if (id == ACTION_IMPORT || id == ACTION_REINDEX)
        progress_start();       /* the others are short, or cannot be stopped half-way: there ^C ends the program */
    rc = action_run(&cli->ctx, id, args, &result, &err);
    progress_end();
    if (rc == RC_OK && (id == ACTION_PATIENT_FIND || id == ACTION_RECORD_FETCH || id == ACTION_ATTACHMENT_GET))
        rc = cli_wait(cli, id, args, &result, &err);
    if (result || rc == RC_OK)
        cli_print(cli, id, result);
    doc_free(result);
    if (rc == RC_OK)
        return CLI_DONE;
    return cli_fail(rc == RC_DENIED && !signed_in ? &session : &err);
}

static int run_action(struct cli *cli)
{
    struct line *line = cli->line;
    cli_fn *run = own_of(line->action);
    struct err err = { RC_OK, "" };
    struct args args;

    if (read_dashes(line, &err) != RC_OK || check_line(line, &err) != RC_OK)
        return cli_usage(&err);
    if (ask_password(line, &err) != RC_OK)
        return cli_fail(&err);
    args = (struct args){ line->arg, line->n_args };
    return run ? run(cli, &args) : run_row(cli, &args);
}

int cli_run(struct line *line)
{
    struct cli cli = { .line = line, .ctx = { .origin = ORIGIN_CLI } };
    int status = CLI_DONE;

    signal(SIGPIPE, SIG_IGN);   /* a reader that went away must not leave the database unclosed */
    if (line->version)
        help_version();
    else if (line->help && line->action == ACTION_NONE && line->n_words > 0)
        help_group(line->word[0]);
    else if (line->help && line->action == ACTION_NONE)
        help_all();
    else if (line->help)
        help_action(line->action);
    else
        status = run_action(&cli);
    context_close(&cli.ctx);
    if (fflush(stdout) != 0 && status == CLI_DONE)
        status = CLI_FAILED;    /* a full disk or a closed pipe: nothing was said, so do not claim it */
    return status;
}
