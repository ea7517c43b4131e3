#include "sync/export_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/quarantine.h"
#include "store/store.h"
#include "sync/central.h"
#include "sync/pull.h"

static const int64_t file_most = (int64_t)8 << 30;
enum { LINE_MOST = 16 << 20, PAGE_MOST = 8 << 20 };     /* bytes of a line, of lines taken together */

enum rc export_fetch(struct central *c, const struct export_file *file, int fd, struct http_answer *answer, struct err *err)
{
    struct http_sink sink = { .fd = fd, .most = file_most };

    central_send(c, &(struct http_request){ .method = "GET", .path = file->path, .accept = "application/fhir+ndjson", .sink = &sink }, answer);
    if (answer->outcome == HTTP_ANSWERED && answer->status >= 200 && answer->status <= 299)
        return RC_OK;
    if (sink.error)
        return err_set(err, RC_IO, _("the export cannot be written here: %s"), strerror(sink.error));
    return central_failure(answer, "GET export file", err);
}

struct reading {
    struct central *c;
    struct belong *belong;
    const char *what;
    const struct sync_type *type;
    struct export_file *file;
    struct buf page;            /* entries of a Bundle, as far as they are collected */
    int n;                      /* how many */
};

static enum rc set_aside(struct reading *r, const char *line, size_t len, const struct err *why, struct err *err)
{
    int added = 0;

    return quarantine_add(r->c->st, http_base(r->c->http), (int)r->file->line, r->file->type, "", err_text(why), line, len, &added, err);
}

/* Lines that are read already become a page like any other. */
static enum rc flush(struct reading *r, bool is_done, struct err *err)
{
    struct pull_pass pass = { .belong = r->belong, .is_last_page = true };
    struct doc *bundle = NULL;
    enum rc rc = RC_OK;

    if (r->n > 0) {
        buf_add(&r->page, "]}");
        rc = doc_parse(buf_text(&r->page), r->page.len, &bundle, err);
        if (rc == RC_OK)
            rc = pull_page(r->c, r->type, NULL, "", bundle, &pass, err);
        doc_free(bundle);
    }
    buf_clear(&r->page);
    r->n = 0;
    return rc == RC_OK ? export_position(r->c->st, r->what, r->file, is_done, err) : rc;
}

static enum rc take_line(struct reading *r, const char *line, size_t len, struct err *err)
{
    struct doc *doc = NULL;
    struct err why = { 0 };
    enum rc rc = len > LINE_MOST ? err_set(&why, RC_INVALID, "%s", _("the line is too long")) : doc_parse(line, len, &doc, &why);

    r->file->line++;
    doc_free(doc);
    if (rc != RC_OK)
        return set_aside(r, line, len, &why, err);
    buf_add(&r->page, r->n++ ? ",{\"resource\":" : "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":");
    buf_add_n(&r->page, line, len);
    buf_char(&r->page, '}');
    return r->n >= r->c->page_size || r->page.len > PAGE_MOST ? flush(r, false, err) : RC_OK;
}

static size_t trimmed(const char *line, ssize_t len)
{
    while (len > 0 && strchr("\r\n \t", line[len - 1]))
        len--;
    return (size_t)len;
}

static enum rc take_all(struct reading *r, FILE *in, struct err *err)
{
    char *line = NULL;
    size_t size = 0;
    int64_t n = 0, reached = r->file->line;
    ssize_t len;
    enum rc rc = RC_OK;

    while (rc == RC_OK && (len = getline(&line, &size, in)) > 0) {
        if (central_stopped(r->c))
            rc = err_set(err, RC_CANCELLED, "%s", _("stopped"));
        else if (trimmed(line, len) > 0 && ++n > reached)
            rc = take_line(r, line, trimmed(line, len), err);
    }
    if (rc == RC_OK && ferror(in))
        rc = err_set(err, RC_IO, _("the export cannot be read back: %s"), strerror(errno));
    free(line);
    return rc == RC_OK ? flush(r, true, err) : rc;
}

enum rc export_take(struct central *c, struct belong *belong, const char *what, struct export_file *file, int fd, struct err *err)
{
    struct reading r = { .c = c, .belong = belong, .what = what, .type = sync_type_find(file->type), .file = file };
    int own = dup(fd);
    FILE *in = own >= 0 && lseek(fd, 0, SEEK_SET) == 0 ? fdopen(own, "r") : NULL;
    enum rc rc;

    if (!in) {
        close(own);
        return err_set(err, RC_IO, _("the export cannot be read back: %s"), strerror(errno));
    }
    /* A type we do not keep was not asked for; its file is passed over. */
    rc = r.type ? take_all(&r, in, err) : export_position(c->st, what, file, true, err);
    fclose(in);
    buf_done(&r.page);
    return rc;
}
