/* import_source.h - where imported resources come from: which files, and their lines one by one.
 * Knows files and JSON, not the store. */
#ifndef FRONTDESK_IMPORT_SOURCE_H
#define FRONTDESK_IMPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A file to import: absolute path, size, and a mark that tells whether it is still the same file. */
struct import_file { char *path; int64_t size; char mark[64]; };
struct import_files { struct import_file *file; size_t n; int64_t bytes; };
void import_files_done(struct import_files *files);
/* The files named, and for each folder its .json, .ndjson and .jsonl in order of name (not those of
 * its folders). RC_NOT_FOUND or RC_IO names the path. */
enum rc import_files_list(const char *const *paths, int n, struct import_files *out, struct err *err);

/* A file read in large pieces and handed out as lines, or whole. */
struct line_reader { int fd; char *buffer; size_t cap, start, end; int64_t consumed; bool at_end; };
enum { LINE_MAX_BYTES = 64 << 20 };
enum rc line_reader_open(struct line_reader *r, const char *path, struct err *err);
void line_reader_close(struct line_reader *r);
/* Next line without its end; *line is valid until the next call. RC_NOT_FOUND at the end of the file,
 * RC_INVALID for a line past LINE_MAX_BYTES (its first bytes given, the rest skipped), RC_IO. */
enum rc line_reader_next(struct line_reader *r, const char **line, size_t *len, struct err *err);
/* Everything that is left, as one piece; RC_INVALID past LINE_MAX_BYTES (its first bytes given), RC_IO. */
enum rc line_reader_rest(struct line_reader *r, const char **text, size_t *len, struct err *err);
/* Does the file hold one resource a line (named so, or its first line is a whole JSON value and
 * something follows)? Looks ahead without consuming. */
bool line_reader_is_ndjson(struct line_reader *r, const char *path);

#endif
