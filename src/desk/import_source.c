#include "desk/import_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/document.h"

enum { PIECE = 1 << 20, OVERLONG_KEPT = 4096 };

void import_files_done(struct import_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->file[i].path);
    free(files->file);
    *files = (struct import_files){ 0 };
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);

    return n > m && strcmp(name + n - m, suffix) == 0;
}

static int is_resource_file(const struct dirent *entry)
{
    return has_suffix(entry->d_name, ".json") || has_suffix(entry->d_name, ".ndjson") || has_suffix(entry->d_name, ".jsonl");
}

static void add_file(struct import_files *files, const char *path, const struct stat *info)
{
    struct import_file *file;

    files->file = mem_grow(files->file, files->n + 1, sizeof *files->file);
    file = &files->file[files->n++];
    *file = (struct import_file){ .path = mem_dup(path), .size = info->st_size };
    snprintf(file->mark, sizeof file->mark, "%lld %lld.%09ld", (long long)info->st_size,
             (long long)info->st_mtim.tv_sec, info->st_mtim.tv_nsec);
    files->bytes += info->st_size;
}

static enum rc add_folder(struct import_files *files, const char *path, struct err *err)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_resource_file, alphasort);

    if (n < 0)
        return err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *file = mem_printf("%s/%s", path, entries[i]->d_name);
        struct stat info;

        if (stat(file, &info) == 0 && S_ISREG(info.st_mode))
            add_file(files, file, &info);
        free(file);
        free(entries[i]);
    }
    free(entries);
    return RC_OK;
}

enum rc import_files_list(const char *const *paths, int n, struct import_files *out, struct err *err)
{
    enum rc rc = RC_OK;

    *out = (struct import_files){ 0 };
    for (int i = 0; i < n && rc == RC_OK; i++) {
        char *path = realpath(paths[i], NULL);
        struct stat info;

        if (path == NULL || stat(path, &info) != 0)
            rc = err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: %s", paths[i], strerror(errno));
        else if (S_ISDIR(info.st_mode))
            rc = add_folder(out, path, err);
        else
            add_file(out, path, &info);
        free(path);
    }
    if (rc != RC_OK)
        import_files_done(out);
    return rc;
}

enum rc line_reader_open(struct line_reader *r, const char *path, struct err *err)
{
    *r = (struct line_reader){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
    if (r->fd < 0)
        return err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    (void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return RC_OK;
}

void line_reader_close(struct line_reader *r)
{
    if (r->fd >= 0)
        close(r->fd);
    free(r->buffer);
    *r = (struct line_reader){ .fd = -1 };
}

/* Read one more piece behind what is unread. A byte order mark at the start of the file is dropped. */
static enum rc fill(struct line_reader *r, struct err *err)
{
    bool is_first = r->cap == 0;
    ssize_t got;

    if (r->start > 0) {
        memmove(r->buffer, r->buffer + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
    }
    if (r->cap - r->end < PIECE + 1) {
        r->cap = 2 * r->cap + 2UL * PIECE;
        r->buffer = mem_grow(r->buffer, r->cap, 1);
    }
    do
        got = read(r->fd, r->buffer + r->end, PIECE);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, RC_IO, _("reading: %s"), strerror(errno));
    r->at_end = got == 0;
    r->end += (size_t)got;
    if (is_first && r->end >= 3 && memcmp(r->buffer, "\xef\xbb\xbf", 3) == 0) {
        r->start = 3;
        r->consumed = 3;
    }
    return RC_OK;
}

/* A line too long to be a resource: skip to its end, keeping only its beginning. */
static enum rc skip_overlong(struct line_reader *r, const char **line, size_t *len, struct err *err)
{
    char *kept = mem_dup_n(r->buffer + r->start, OVERLONG_KEPT), *end = NULL;
    enum rc rc = RC_OK;

    while (rc == RC_OK && !r->at_end && (end = memchr(r->buffer + r->start, '\n', r->end - r->start)) == NULL) {
        r->consumed += (int64_t)(r->end - r->start);
        r->start = r->end;
        rc = fill(r, err);
    }
    if (end != NULL) {
        r->consumed += end + 1 - (r->buffer + r->start);
        r->start = (size_t)(end + 1 - r->buffer);
    }
    /* The kept bytes go in front of the unread ones, where the next fill may overwrite them. */
    if (r->start < OVERLONG_KEPT) {
        r->buffer = mem_grow(r->buffer, r->cap + OVERLONG_KEPT, 1);
        r->cap += OVERLONG_KEPT;
        memmove(r->buffer + r->start + OVERLONG_KEPT, r->buffer + r->start, r->end - r->start);
        r->start += OVERLONG_KEPT;
        r->end += OVERLONG_KEPT;
    }
    memcpy(r->buffer + r->start - OVERLONG_KEPT, kept, OVERLONG_KEPT);
    *line = r->buffer + r->start - OVERLONG_KEPT;
    *len = OVERLONG_KEPT;
    free(kept);
    return rc != RC_OK ? rc : err_set(err, RC_INVALID, _("line is longer than %d bytes"), LINE_MAX_BYTES);
}

enum rc line_reader_next(struct line_reader *r, const char **line, size_t *len, struct err *err)
{
    size_t looked = 0;
    char *end = NULL;
    enum rc rc;

    for (;;) {
        if (r->end > r->start + looked)
            end = memchr(r->buffer + r->start + looked, '\n', r->end - r->start - looked);
        if (end != NULL || r->at_end)
            break;
        looked = r->end - r->start;
        if (looked > LINE_MAX_BYTES)
            return skip_overlong(r, line, len, err);
        if ((rc = fill(r, err)) != RC_OK)
            return rc;
    }
    if (end == NULL && r->start == r->end)
        return RC_NOT_FOUND;
    *line = r->buffer + r->start;
    *len = end != NULL ? (size_t)(end - *line) : r->end - r->start;
    r->start += *len + (end != NULL);
    r->consumed += (int64_t)*len + (end != NULL);
    if (*len > 0 && (*line)[*len - 1] == '\r')
        (*len)--;
    return RC_OK;
}

enum rc line_reader_rest(struct line_reader *r, const char **text, size_t *len, struct err *err)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && !r->at_end && r->end - r->start <= LINE_MAX_BYTES)
        rc = fill(r, err);
    *text = r->buffer + r->start;
    *len = r->end - r->start;
    r->consumed += (int64_t)*len;
    r->start = r->end;
    if (rc == RC_OK && *len > LINE_MAX_BYTES) {
        *len = OVERLONG_KEPT;
        rc = err_set(err, RC_INVALID, _("file is longer than %d bytes: bring it in as NDJSON"), LINE_MAX_BYTES);
    }
    return rc;
}

static bool is_blank(const char *text, size_t len)
{
    while (len > 0 && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n')) {
        text++;
        len--;
    }
    return len == 0;
}

bool line_reader_is_ndjson(struct line_reader *r, const char *path)
{
    struct doc *first = NULL;
    const char *text, *end;
    bool is_whole;

    if (has_suffix(path, ".ndjson") || has_suffix(path, ".jsonl"))
        return true;
    if (r->cap == 0 && fill(r, NULL) != RC_OK)
        return false;
    text = r->buffer + r->start;
    end = memchr(text, '\n', r->end - r->start);
    if (end == NULL || is_blank(end, (size_t)(r->buffer + r->end - end)))
        return false;
    is_whole = doc_parse(text, (size_t)(end - text), &first, NULL) == RC_OK;
    doc_free(first);
    return is_whole;
}
