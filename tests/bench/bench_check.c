/* bench_check FILE...: how long it takes to open a form and validate one response to it, hot. A FILE holds
 * {"questionnaire": ..., "response": ...}. Prints how many there are and the mean over them of the median, and of the best, milliseconds. */
#include "intake/check/check.h"
#include "tests/bench/measure.h"

enum { TIMES = 200 };

static struct doc *part(const struct doc *doc, const char *name)
{
    struct buf text = {0};
    struct doc *out;

    node_write(&text, node_get(doc_root(doc), name));
    if (doc_parse(buf_text(&text), text.len, &out, NULL) != RC_OK)
        exit(1);
    buf_done(&text);
    return out;
}

static void measure(const char *path, double *median, double *best)
{
    struct doc *both = measure_read(path), *questionnaire = part(both, "questionnaire"), *response = part(both, "response"), *outcome;
    double ms[TIMES];

    for (int i = 0; i < TIMES; i++) {
        double began = measure_now();

        if (response_check(questionnaire, NULL, response, &outcome, NULL, NULL) != RC_OK)
            exit(1);
        ms[i] = (measure_now() - began) * 1000;
        doc_free(outcome);
    }
    *median += measure_at(ms, TIMES, 0.5);
    *best += measure_at(ms, TIMES, 0);
    doc_free(response);
    doc_free(questionnaire);
    doc_free(both);
}

int main(int argc, char **argv)
{
    double median = 0, best = 0;

    if (argc < 2)
        return 2;
    for (int i = 1; i < argc; i++)
        measure(argv[i], &median, &best);
    printf("%d %.4f %.4f\n", argc - 1, median / (argc - 1), best / (argc - 1));
    return 0;
}
