/* fhirpath: an expression and a file in, its result out; no data directory, nobody signed in. */
#include "cli/cli.h"

#include <stdio.h>

#include "action/arg.h"
#include "action/file.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "cli/print.h"
#include "fhir/fhirpath.h"

/* What is not legal but was understood, on standard error. */
static void print_forgiven(const struct fhirpath *expression)
{
    const char *what;

    for (size_t i = 0; (what = fhirpath_forgiven(expression, i)); i++) {
        struct buf clean = { 0 };

        utf8_clean(&clean, what, true);
        fprintf(stderr, _("frontdesk: forgiven: %s\n"), buf_text(&clean));
        buf_done(&clean);
    }
}

static void print_result(const struct fp_result *result, bool json)
{
    struct buf text = { 0 };
    struct doc *array = NULL;

    for (size_t i = 0; !json && i < result->n; i++) {
        fp_value_text(&text, fp_result_at(result, i));
        print_line("%s", buf_text(&text));
        buf_clear(&text);
    }
    if (json) {
        fp_result_json(&text, result);
        if (doc_parse(buf_text(&text), text.len, &array, NULL) == RC_OK)
            print_json(doc_root(array));
    }
    doc_free(array);
    buf_done(&text);
}

static enum rc evaluate(const char *text, const struct fp_reading *reading, const struct fp_env *env, bool json, struct err *err)
{
    struct fhirpath *expression = NULL;
    struct fp_result result = { 0 };
    enum rc rc = fhirpath_compile_as(text, reading, &expression, err);

    if (rc == RC_OK) {
        print_forgiven(expression);
        rc = fhirpath_eval(expression, env, &result, err);
    }
    if (rc == RC_OK)
        print_result(&result, json);
    fp_result_done(&result);
    fhirpath_free(expression);
    return rc;
}

int cli_fhirpath(struct cli *cli, const struct args *args)
{
    const char *path = arg_text(args, "file"), *form = arg_text(args, "questionnaire");
    struct doc *doc = NULL, *questionnaire = NULL;
    struct err err = { RC_OK, "" };
    enum rc rc = path ? file_document(path, &doc, &err) : RC_OK;

    if (rc == RC_OK && form)
        rc = file_document(form, &questionnaire, &err);
    if (rc == RC_OK) {
        struct fp_reading reading = { .strict = !args_flag(args, "lenient"), .context = doc ? doc_type(doc) : NULL };
        struct fp_env env = { .resource = doc ? doc_root(doc) : NULL, .questionnaire = questionnaire ? doc_root(questionnaire) : NULL };

        env.context = env.resource;
        rc = evaluate(args_get(args, "expression"), &reading, &env, cli->line->json, &err);
    }
    doc_free(questionnaire);
    doc_free(doc);
    return rc == RC_OK ? CLI_DONE : cli_fail(&err);
}
