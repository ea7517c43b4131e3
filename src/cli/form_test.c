/* form test: suites in, what differs out; no data directory, nobody signed in. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/process.h"
#include "cli/print.h"
#include "intake/check/suite.h"

struct testing {
    const char *path;               /* of the suite */
    struct doc *result;
    struct node *differences;
    bool json;
};

/* A Questionnaire beside the suite, or one of those that ship. */
static enum rc questionnaire(void *ctx, const char *file, struct doc **out, struct err *err)
{
    const struct testing *t = ctx;
    const char *slash = strrchr(t->path, '/');
    char *beside = mem_printf("%.*s%s", slash ? (int)(slash + 1 - t->path) : 0, t->path, file);
    char *shipped = mem_printf("%s/questionnaires/%s.json", process_data_dir(), file);
    bool is_name = !strchr(file, '/') && !strchr(file, '.');
    enum rc rc = file_document(is_name ? shipped : beside, out, err);

    free(beside);
    free(shipped);
    return rc;
}

static void differs(void *ctx, const struct suite_difference *d)
{
    struct testing *t = ctx;
    struct node *row = node_add_object(t->result, t->differences);

    node_set_str(t->result, row, "suite", t->path);
    node_set_str(t->result, row, "case", d->name);
    node_set_int(t->result, row, "step", d->step);
    node_set_str(t->result, row, "what", d->what);
    node_set_str(t->result, row, "is", d->is);
    node_set_str(t->result, row, "wanted", d->wanted);
    if (t->json)
        return;
    print_line(_("%s: %s, step %d: %s"), t->path, d->name, d->step, d->what);
    print_line(_("    is      %s"), d->is);
    print_line(_("    wanted  %s"), d->wanted);
}

static enum rc run_file(struct testing *t, struct suite_counts *counts, struct err *err)
{
    struct suite_host host = { questionnaire, differs, t };
    struct doc *suite = NULL;
    enum rc rc = file_document(t->path, &suite, err);

    if (rc == RC_OK)
        rc = suite_run(suite, &host, counts, err);
    doc_free(suite);
    return rc;
}

int cli_form_test(struct cli *cli, const struct args *args)
{
    struct testing t = { .result = doc_new(NULL), .json = cli->line->json };
    struct suite_counts counts = {0};
    struct err err = { RC_OK, "" };
    bool is_read = true;

    t.differences = node_set_array(t.result, doc_root(t.result), "differences");
    for (size_t i = 0; (t.path = args_nth(args, "file", i)); i++)
        if (run_file(&t, &counts, &err) != RC_OK) {
            is_read = false;
            cli_fail(&err);
        }
    node_set_int(t.result, doc_root(t.result), "cases", counts.cases);
    node_set_int(t.result, doc_root(t.result), "failed", counts.failed);
    node_set_int(t.result, doc_root(t.result), "expectations", counts.expectations);
    if (t.json)
        print_json(doc_root(t.result));
    else
        print_line(_("%d cases, %d expectations, %d cases failed"), counts.cases, counts.expectations, counts.failed);
    doc_free(t.result);
    return is_read && !counts.failed ? CLI_DONE : CLI_FAILED;
}
