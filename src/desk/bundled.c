#include "desk/bundled.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/process.h"
#include "store/store.h"

enum { SLOT_MS = 5 * 60000, MINUTE_MS = 60000 };

static enum rc file_read(const char *path, struct buf *out, struct err *err)
{
    FILE *file = fopen(path, "re");
    char chunk[16384];
    size_t n;
    bool bad;

    if (!file)
        return err_set(err, RC_IO, _("%s: cannot be read"), path);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add_n(out, chunk, n);
    bad = ferror(file) != 0;
    fclose(file);
    return bad ? err_set(err, RC_IO, _("%s: cannot be read"), path) : RC_OK;
}

static int is_resource_file(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && (strcmp(dot, ".json") == 0 || strcmp(dot, ".ndjson") == 0);
}

/* Give every document of a folder, files in name order, one a line or one a file. */
typedef enum rc (*document_fn)(void *ctx, struct doc *doc, struct err *err);

static enum rc text_each(const char *path, struct buf *text, document_fn each, void *ctx, struct err *err)
{
    bool by_line = strlen(path) > 7 && strcmp(path + strlen(path) - 7, ".ndjson") == 0;
    char *at = text->data, *end = text->data + text->len;
    enum rc rc = RC_OK;

    while (rc == RC_OK && at < end) {
        char *stop = by_line ? memchr(at, '\n', (size_t)(end - at)) : end;
        struct doc *doc = NULL;

        stop = stop ? stop : end;
        if (stop > at && (rc = doc_parse(at, (size_t)(stop - at), &doc, err)) == RC_OK)
            rc = each(ctx, doc, err);
        doc_free(doc);
        at = stop + 1;
    }
    return rc;
}

static enum rc folder_each(const char *folder, document_fn each, void *ctx, struct err *err)
{
    char *dir = mem_printf("%s/%s", process_data_dir(), folder);
    struct dirent **entry = NULL;
    int n = scandir(dir, &entry, is_resource_file, alphasort);
    enum rc rc = n < 0 ? err_set(err, RC_IO, _("%s: the data folder is not there"), dir) : RC_OK;

    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", dir, entry[i]->d_name);
        struct buf text = {0};

        if (rc == RC_OK && (rc = file_read(path, &text, err)) == RC_OK)
            rc = text_each(path, &text, each, ctx, err);
        buf_done(&text);
        free(path);
        free(entry[i]);
    }
    free(entry);
    free(dir);
    return rc;
}

struct install { struct store *st; const struct grant *grant; int installed; int64_t now; };

static enum rc questionnaire_put(void *ctx, struct doc *doc, struct err *err)
{
    struct install *install = ctx;
    struct doc *there = NULL;
    bool same;
    enum rc rc;

    if (strcmp(doc_type(doc), "Questionnaire") != 0)
        return RC_OK;
    rc = store_get(install->st, "Questionnaire", doc_id(doc), &there, NULL);
    same = rc == RC_OK && doc_equal_content(there, doc);
    if (rc == RC_OK)
        doc_set_rev(doc, doc_rev(there));
    doc_free(there);
    if (same)
        return RC_OK;
    if ((rc = store_put(install->st, install->grant, doc, err)) == RC_OK)
        install->installed++;
    return rc;
}

enum rc bundled_questionnaires(struct store *st, const struct grant *grant, int *installed, struct err *err)
{
    struct install install = {.st = st, .grant = grant};
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = store_end(st, folder_each("questionnaires", questionnaire_put, &install, err), err);
    *installed = install.installed;
    return rc;
}

/* What a token says, written as FHIR text; false when it is none of ours. */
static bool token_text(const struct install *install, const char *token, char out[CLOCK_TEXT])
{
    int n = 0, hour, minute;
    struct civil civil = {0};

    if (sscanf(token, "{{day%5d}}", &n) == 1)
        date_format(date_add_days(clock_local(install->now).date, n), out);
    else if (sscanf(token, "{{now%8dm}}", &n) == 1)
        clock_datetime(install->now + (int64_t)n * MINUTE_MS, out);
    else if (sscanf(token, "{{slot%8dm}}", &n) == 1)
        clock_instant(install->now / SLOT_MS * SLOT_MS + (int64_t)n * MINUTE_MS, out);
    else if (sscanf(token, "{{at%5d %2d:%2d}}", &n, &hour, &minute) == 3) {
        civil.date = date_add_days(clock_local(install->now).date, n);
        civil.hour = hour;
        civil.minute = minute;
        clock_instant(clock_from_civil(civil), out);
    } else
        return false;
    return true;
}

static void fill_tokens(const struct install *install, struct doc *doc, struct node *node)
{
    for (struct node *child = node_first(node), *next; child; child = next) {
        const char *text = node_is(child, NODE_STRING) ? node_text(child) : NULL;
        char filled[CLOCK_TEXT];

        next = node_next(child);
        if (node_is(child, NODE_OBJECT) || node_is(child, NODE_ARRAY)) {
            fill_tokens(install, doc, child);
        } else if (text && strncmp(text, "{{", 2) == 0 && token_text(install, text, filled)) {
            node_set_str(doc, node, node_name(child), filled);
        } else if (text && strcmp(text, "Practitioner/{{staff}}") == 0) {
            char *reference = mem_printf("Practitioner/%s", install->grant->staff);

            node_set_str(doc, node, node_name(child), reference);
            free(reference);
        }
    }
}

static enum rc demo_put(void *ctx, struct doc *doc, struct err *err)
{
    struct install *install = ctx;
    enum rc rc;

    fill_tokens(install, doc, doc_root(doc));
    rc = store_put_local(install->st, install->grant, doc, err);
    if (rc == RC_OK)
        install->installed++;
    return rc == RC_EXISTS ? RC_OK : rc;
}

enum rc bundled_demo(struct store *st, const struct grant *grant, int *installed, struct err *err)
{
    struct install install = {.st = st, .grant = grant, .now = clock_now_ms()};
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = folder_each("demo", demo_put, &install, err)) == RC_OK)
        rc = store_set_meta(st, "demo", "1", err);
    *installed = install.installed;
    return store_end(st, rc, err);
}
