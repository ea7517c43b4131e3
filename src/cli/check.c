/* form check: files in, an OperationOutcome out; no data directory, nobody signed in. */
#include "cli/cli.h"

#include "action/arg.h"
#include "action/file.h"
#include "base/i18n.h"
#include "cli/print.h"
#include "intake/check.h"

/* A file that is no document is an outcome too: scripts read one shape. */
static struct doc *unreadable(const struct err *err)
{
    struct doc *outcome = doc_new("OperationOutcome");

    doc_set(outcome, "issue[0].severity", "fatal");
    doc_set(outcome, "issue[0].code", err->rc == RC_INVALID ? "structure" : "not-found");
    doc_set(outcome, "issue[0].diagnostics", err_text(err));
    return outcome;
}

static void print_issues(const struct node *outcome)
{
    for (const struct node *i = node_first(node_get(outcome, "issue")); i; i = node_next(i))
        print_line("%s: %s%s%s", node_str(i, "severity"),
                   node_str(i, "diagnostics")[0] ? node_str(i, "diagnostics") : node_path_str(i, "details.text"),
                   node_path_str(i, "expression[0]")[0] ? "  " : "", node_path_str(i, "expression[0]"));
}

int cli_form_check(struct cli *cli, const struct args *args)
{
    const char *response_path = arg_text(args, "response");
    struct doc *questionnaire = NULL, *response = NULL, *outcome = NULL;
    struct err err = { RC_OK, "" };
    int errors = 0;
    enum rc rc = file_document(args_get(args, "file"), &questionnaire, &err);

    if (rc == RC_OK && response_path)
        rc = file_document(response_path, &response, &err);
    if (rc == RC_OK)
        rc = questionnaire_check(questionnaire, response, &outcome, &errors, &err);
    if (rc != RC_OK) {
        doc_free(outcome);
        outcome = unreadable(&err);
        cli_fail(&err);
    }
    if (cli->line->json)
        print_json(doc_root(outcome));
    else
        print_issues(doc_root(outcome));
    doc_free(outcome);
    doc_free(response);
    doc_free(questionnaire);
    return rc == RC_OK && errors == 0 ? CLI_DONE : CLI_FAILED;
}
