/* measure.h - what the programs of this folder measure with. */
#ifndef FRONTDESK_BENCH_MEASURE_H
#define FRONTDESK_BENCH_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fhir/document.h"

static inline double measure_now(void)      /* seconds */
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static inline int measure_by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The value that share of them do not exceed; sorts them. */
static inline double measure_at(double *values, size_t n, double share)
{
    qsort(values, n, sizeof *values, measure_by_value);
    return values[(size_t)((double)(n - 1) * share)];
}

/* The program ends when the file is not there or no JSON. */
static inline struct doc *measure_read(const char *path)
{
    FILE *in = fopen(path, "re");
    struct doc *doc = NULL;
    struct buf text = {0};
    struct err err = {0};
    char part[65536];
    size_t n;

    while (in && (n = fread(part, 1, sizeof part, in)) > 0)
        buf_add_n(&text, part, n);
    if (!in || doc_parse(buf_text(&text), text.len, &doc, &err) != RC_OK) {
        fprintf(stderr, "%s: %s\n", path, in ? err_text(&err) : "cannot be read");
        exit(1);
    }
    fclose(in);
    buf_done(&text);
    return doc;
}
#endif
