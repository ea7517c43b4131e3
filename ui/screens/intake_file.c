#include "ui/screens/intake_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"

enum { FILE_LIMIT = 5 * 1024 * 1024, MAGIC = 16 };

/* What a file is, by its first bytes; by its name where it is text. */
static const struct { const char *magic; size_t n; const char *type; } magics[] = {
    { "%PDF", 4, "application/pdf" }, { "\x89PNG", 4, "image/png" }, { "\xff\xd8\xff", 3, "image/jpeg" }, { "GIF8", 4, "image/gif" },
    { "II*\0", 4, "image/tiff" }, { "MM\0*", 4, "image/tiff" }, { "ID3", 3, "audio/mpeg" }, { "{\\rtf", 5, "application/rtf" },
};
static const struct { const char *ending, *type; } endings[] = {
    { ".txt", "text/plain" }, { ".csv", "text/csv" }, { ".html", "text/html" }, { ".xml", "application/xml" }, { ".json", "application/json" },
    { ".mp4", "video/mp4" }, { ".mov", "video/quicktime" }, { ".wav", "audio/wav" }, { ".mp3", "audio/mpeg" },
    { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" }, { ".doc", "application/msword" },
};

bool intake_file_is_named(const char *typed)
{
    return *typed == '/' || strncmp(typed, "~/", 2) == 0 || strncmp(typed, "./", 2) == 0;
}

static const char *type_of(const char *path, const unsigned char *data, size_t n)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (n >= magics[i].n && memcmp(data, magics[i].magic, magics[i].n) == 0)
            return magics[i].type;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (len > strlen(endings[i].ending) && strcasecmp(path + len - strlen(endings[i].ending), endings[i].ending) == 0)
            return endings[i].type;
    return "application/octet-stream";
}

/* "image/png" is listed, or "image/" followed by a star is. */
static bool is_taken(const char *listed, const char *type)
{
    for (const char *p = listed; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");

        if ((strlen(type) == len && strncmp(p, type, len) == 0) || (len > 1 && p[len - 1] == '*' && strncmp(p, type, len - 1) == 0))
            return true;
    }
    return !*listed;
}

static char *base64(const unsigned char *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = mem_alloc(4 * ((n + 2) / 3) + 1), *p = out;

    for (size_t i = 0; i < n; i += 3) {
        unsigned three = (unsigned)data[i] << 16 | (i + 1 < n ? (unsigned)data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0);

        *p++ = digits[three >> 18];
        *p++ = digits[three >> 12 & 63];
        *p++ = i + 1 < n ? digits[three >> 6 & 63] : '=';
        *p++ = i + 2 < n ? digits[three & 63] : '=';
    }
    return out;
}

static enum rc read_whole(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char block[65536];
    ssize_t n = 0;

    if (fd < 0)
        return err_set(err, RC_NOT_FOUND, _("That file cannot be opened: %s."), strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_LIMIT) {
        close(fd);
        return err_set(err, RC_INVALID, _("A file of at most %d MB is taken, no folder or device."), FILE_LIMIT / 1024 / 1024);
    }
    while (out->len <= FILE_LIMIT && (n = read(fd, block, sizeof block)) > 0)
        buf_add_n(out, block, (size_t)n);
    close(fd);
    return n < 0 ? err_set(err, RC_IO, _("That file cannot be read: %s."), strerror(errno)) : RC_OK;
}

static enum rc put(struct intake *it, const struct form_row *row, const char *path, const struct buf *data, struct err *err)
{
    const unsigned char *bytes = (const unsigned char *)buf_text(data);
    const char *type = type_of(path, bytes, data->len), *name = strrchr(path, '/');
    struct doc *doc;
    struct node *array, *attachment;
    char *text, digits[32];
    enum rc rc;

    if (!is_taken(row->look->mime_types, type))
        return err_set(err, RC_INVALID, _("The form takes %.120s here; this is %.60s."), row->look->mime_types, type);
    if (*row->look->max_size && (double)data->len > strtod(row->look->max_size, NULL))
        return err_set(err, RC_INVALID, _("The file is larger than %.20s bytes."), row->look->max_size);
    doc = doc_new(NULL);
    array = node_set_array(doc, doc_root(doc), "answer");
    attachment = node_set_object(doc, node_add_object(doc, array), "valueAttachment");
    text = base64(bytes, data->len);
    snprintf(digits, sizeof digits, "%zu", data->len);
    node_set_str(doc, attachment, "contentType", type);
    node_set_str(doc, attachment, "data", text);
    node_set_number(doc, attachment, "size", digits);
    node_set_str(doc, attachment, "title", name ? name + 1 : path);
    rc = form_set_json(it->sitting.form, row->path, array, err);
    free(text);
    doc_free(doc);
    return rc;
}

enum rc intake_file_take(struct intake *it, const struct form_row *row, const char *typed, struct err *err)
{
    const char *home = getenv("HOME");
    char *path = *typed == '~' && home ? mem_printf("%s%s", home, typed + 1) : mem_dup(typed);
    struct buf data = { 0 };
    enum rc rc = read_whole(path, &data, err);

    if (rc == RC_OK)
        rc = put(it, row, path, &data, err);
    buf_done(&data);
    free(path);
    return rc;
}
