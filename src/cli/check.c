/* form check: files in, an OperationOutcome out; no data directory, nobody signed in. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "action/arg.h"
#include "action/file.h"
#include "base/i18n.h"
#include "cli/print.h"
#include "intake/check/check.h"

/* A file that is no document is an outcome too: scripts read one shape. */
static struct doc *unreadable(const struct err *err)
{
    struct doc *outcome = doc_new("OperationOutcome");

    doc_set(outcome, "issue[0].severity", "fatal");
    doc_set(outcome, "issue[0].code", err->rc == RC_INVALID ? "structure" : "not-found");
    doc_set(outcome, "issue[0].diagnostics", err_text(err));
    return outcome;
}

/* The part of a file that is meant: the resource itself, an entry of a Bundle, what a response contains, or a member
 * of that name where a test case keeps both in one file. Owned; NULL when there is none. */
static struct doc *part_of(const struct doc *file, const char *type, const char *member)
{
    const struct node *root = doc_root(file), *found = strcmp(doc_type(file), type) ? node_get(root, member) : root;
    struct buf text = { 0 };
    struct doc *doc = NULL;

    for (const struct node *e = node_first(node_get(root, "entry")); e && !found; e = node_next(e))
        if (!strcmp(node_path_str(e, "resource.resourceType"), type))
            found = node_get(e, "resource");
    for (const struct node *c = node_first(node_get(root, "contained")); c && !found; c = node_next(c))
        if (!strcmp(node_str(c, "resourceType"), type))
            found = c;
    if (!node_is(found, NODE_OBJECT))
        return NULL;
    node_write(&text, found);
    doc_parse(text.data, text.len, &doc, NULL);
    buf_done(&text);
    return doc;
}

/* Where the file is not what it should be, the whole file is checked as if it were, and that is said. */
static enum rc read_part(const char *path, const char *type, const char *member, struct doc **out, struct err *err)
{
    struct doc *file = NULL;
    enum rc rc = file_document(path, &file, err);

    if (rc != RC_OK)
        return rc;
    *out = part_of(file, type, member);
    if (*out)
        doc_free(file);
    else
        *out = file;
    return RC_OK;
}

/* A file that holds both needs naming only once. */
static enum rc read_both(const struct args *args, struct doc **questionnaire, struct doc **response, struct err *err)
{
    const char *path = args_get(args, "file"), *response_path = arg_text(args, "response");
    enum rc rc = file_document(path, questionnaire, err);
    struct doc *form;

    if (rc != RC_OK)
        return rc;
    if ((form = part_of(*questionnaire, "Questionnaire", "questionnaire"))) {
        if (!response_path)
            *response = part_of(*questionnaire, "QuestionnaireResponse", "response");
        doc_free(*questionnaire);
        *questionnaire = form;
    }
    return response_path ? read_part(response_path, "QuestionnaireResponse", "response", response, err) : RC_OK;
}

static void print_issues(const struct node *outcome)
{
    for (const struct node *i = node_first(node_get(outcome, "issue")); i; i = node_next(i)) {
        const char *link = check_issue_link(i), *at = node_path_str(i, "expression[0]");

        print_line("%s%s%s: %s%s%s", node_str(i, "severity"), *link ? " " : "", link,
                   *node_str(i, "diagnostics") ? node_str(i, "diagnostics") : node_path_str(i, "details.text"), *at ? "  " : "", at);
    }
}

/* The last line, for whoever reads them by eye. */
static void print_sum(const struct node *outcome)
{
    unsigned long errors = 0, warnings = 0;
    char first[40], second[40];

    for (const struct node *i = node_first(node_get(outcome, "issue")); i; i = node_next(i)) {
        const char *severity = node_str(i, "severity");

        errors += strcmp(severity, "error") == 0 || strcmp(severity, "fatal") == 0;
        warnings += strcmp(severity, "warning") == 0;
    }
    snprintf(first, sizeof first, ngettext("%lu error", "%lu errors", errors), errors);
    snprintf(second, sizeof second, ngettext("%lu warning", "%lu warnings", warnings), warnings);
    print_line("%s, %s", first, second);
}

int cli_form_check(struct cli *cli, const struct args *args)
{
    struct doc *questionnaire = NULL, *response = NULL, *outcome = NULL;
    struct err err = { RC_OK, "" };
    int errors = 0;
    enum rc rc = read_both(args, &questionnaire, &response, &err);

    if (rc == RC_OK)
        rc = questionnaire_check(questionnaire, response, &outcome, &errors, &err);
    if (rc != RC_OK) {
        doc_free(outcome);
        outcome = unreadable(&err);
        cli_fail(&err);
    }
    if (cli->line->json)
        print_json(doc_root(outcome));
    else {
        print_issues(doc_root(outcome));
        print_sum(doc_root(outcome));
    }
    doc_free(outcome);
    doc_free(response);
    doc_free(questionnaire);
    return rc == RC_OK && errors == 0 ? CLI_DONE : CLI_FAILED;
}
