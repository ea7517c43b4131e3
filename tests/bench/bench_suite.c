/* bench_suite DIR: every case of DIR/cases.ndjson (input, expression) read strictly, compiled and evaluated
 * once on its input in DIR/inputs, in one process from start to end. Prints how many there are and how many
 * are errors; the median and the best milliseconds, and the most memory in kB, of many such processes. */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "fhir/fhirpath.h"
#include "tests/bench/measure.h"

enum { RUNS = 25, INPUTS_MAX = 64 };

static struct { const char *dir; struct { char *name; struct doc *doc; } input[INPUTS_MAX]; size_t n; } suite;

static const struct node *input_named(const char *name)
{
    char *path;

    if (!*name)
        return NULL;
    for (size_t i = 0; i < suite.n; i++)
        if (strcmp(suite.input[i].name, name) == 0)
            return doc_root(suite.input[i].doc);
    if (suite.n == INPUTS_MAX)
        exit(1);
    path = mem_printf("%s/inputs/%s", suite.dir, name);
    suite.input[suite.n].name = mem_dup(name);
    suite.input[suite.n].doc = measure_read(path);
    free(path);
    return doc_root(suite.input[suite.n++].doc);
}

static bool run_case(const struct node *test, struct buf *out)
{
    const struct node *resource = input_named(node_str(test, "input"));
    struct fp_reading reading = {.strict = true, .context = resource ? node_str(resource, "resourceType") : NULL};
    struct fp_env env = {.resource = resource, .context = resource};
    struct fhirpath *expression;
    struct fp_result result;
    bool good;

    if (fhirpath_compile_as(node_str(test, "expression"), &reading, &expression, NULL) != RC_OK)
        return false;
    good = fhirpath_eval(expression, &env, &result, NULL) == RC_OK;
    for (size_t i = 0; good && i < result.n; i++)
        fp_value_text(out, fp_result_at(&result, i));
    fp_result_done(&result);
    fhirpath_free(expression);
    return good;
}

static int run_all(void)
{
    char *path = mem_printf("%s/cases.ndjson", suite.dir), *line = NULL;
    FILE *in = fopen(path, "re");
    size_t cap = 0, cases = 0, errors = 0;
    struct buf out = {0};
    ssize_t len;

    while (in && (len = getline(&line, &cap, in)) > 0) {
        struct doc *test;

        if (doc_parse(line, (size_t)len, &test, NULL) != RC_OK)
            return 1;
        errors += !run_case(doc_root(test), &out);
        buf_clear(&out);
        doc_free(test);
        cases++;
    }
    printf("%zu %zu\n", cases, errors);
    return cases == 0;
}

/* Seconds from its start to its end; what it prints is shown once. */
static double run_process(const char *self, bool is_silent, long *kb)
{
    double began = measure_now(), took;
    struct rusage usage;
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (is_silent && !freopen("/dev/null", "w", stdout))
            _exit(1);
        execl(self, self, suite.dir, "once", (char *)NULL);
        _exit(1);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
        exit(1);
    took = measure_now() - began;
    *kb = usage.ru_maxrss > *kb ? usage.ru_maxrss : *kb;
    return took;
}

int main(int argc, char **argv)
{
    double ms[RUNS];
    long kb = 0;

    if (argc < 2)
        return 2;
    suite.dir = argv[1];
    if (argc > 2)
        return run_all();
    for (int i = 0; i < RUNS; i++)
        ms[i] = run_process(argv[0], i > 0, &kb) * 1000;
    printf("%.3f %.3f %ld\n", measure_at(ms, RUNS, 0.5), measure_at(ms, RUNS, 0), kb);
    return 0;
}
