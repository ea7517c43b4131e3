/* bench_fhirpath FILE EXPRESSION: how long one evaluation takes, compiled once and hot.
 * Prints the result as text and microseconds: the median and the best of many batches. */
#include "fhir/fhirpath.h"
#include "tests/bench/measure.h"

enum { BATCHES = 60 };
static const double batch_s = 0.02, warm_s = 0.3;

static void evaluate(const struct fhirpath *expression, const struct fp_env *env, struct buf *out)
{
    struct fp_result result;

    if (fhirpath_eval(expression, env, &result, NULL) != RC_OK)
        exit(1);
    for (size_t i = 0; out && i < result.n; i++) {
        buf_add(out, i ? "," : "");
        fp_value_text(out, fp_result_at(&result, i));
    }
    fp_result_done(&result);
}

/* Evaluations in so many seconds, and the time they took in all. */
static double batch(const struct fhirpath *expression, const struct fp_env *env, double seconds)
{
    double began = measure_now(), took;
    long n = 0;

    do {
        for (int i = 0; i < 100; i++)
            evaluate(expression, env, NULL);
        n += 100;
        took = measure_now() - began;
    } while (took < seconds);
    return took / (double)n * 1e6;
}

int main(int argc, char **argv)
{
    double us[BATCHES];
    struct fhirpath *expression;
    struct err err = {0};
    struct buf text = {0};
    struct doc *doc;

    if (argc != 3)
        return 2;
    doc = measure_read(argv[1]);
    if (fhirpath_compile(argv[2], &expression, &err) != RC_OK) {
        fprintf(stderr, "%s\n", err_text(&err));
        return 1;
    }
    struct fp_env env = {.resource = doc_root(doc), .context = doc_root(doc)};
    evaluate(expression, &env, &text);
    batch(expression, &env, warm_s);
    for (int i = 0; i < BATCHES; i++)
        us[i] = batch(expression, &env, batch_s);
    printf("%s %.4f %.4f\n", buf_text(&text), measure_at(us, BATCHES, 0.5), measure_at(us, BATCHES, 0));
    buf_done(&text);
    fhirpath_free(expression);
    doc_free(doc);
    return 0;
}
