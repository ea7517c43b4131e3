#include "action/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/process.h"
#include "paper/plain.h"
#include "store/store.h"

static enum rc write_all(int fd, const char *text, size_t len, struct err *err)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno != EINTR)
            return err_set(err, RC_IO, _("the pages could not be handed on: %s"), strerror(errno));
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return RC_OK;
}

/* Text in memory behind a descriptor: what a person answered never touches a disk on its way. */
static enum rc memory_of(const char *text, size_t len, int *fd, struct err *err)
{
    enum rc rc;

    *fd = memfd_create("sheet", MFD_CLOEXEC);
    if (*fd < 0)
        return err_set(err, RC_IO, _("the pages could not be handed on: %s"), strerror(errno));
    if ((rc = write_all(*fd, text, len, err)) == RC_OK && lseek(*fd, 0, SEEK_SET) < 0)
        rc = err_set(err, RC_IO, _("the pages could not be handed on: %s"), strerror(errno));
    if (rc != RC_OK)
        close(*fd);
    return rc;
}

static enum rc make_pdf(const struct doc *sheet, int out, struct doc *result, struct err *err)
{
    char *text = doc_text(sheet, NULL);
    int in, status;
    enum rc rc = memory_of(text, strlen(text), &in, err);

    free(text);
    if (rc != RC_OK)
        return rc;
    status = process_run_paper(in, out);
    close(in);
    if (status == PROCESS_PAPER_LACKS_LETTERS)
        node_set_bool(result, doc_root(result), "lacksLetters", true);
    else if (status < 0)
        return err_set(err, RC_NOT_FOUND, _("frontdesk-paper could not be started"));
    else if (status != 0)
        return err_set(err, RC_IO, _("the PDF could not be made"));
    return RC_OK;
}

static enum rc pdf_to_file(const struct doc *sheet, const char *path, struct doc *result, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum rc rc;

    if (fd < 0)
        return err_set(err, errno == EEXIST ? RC_EXISTS : RC_IO, "%s: %s", path, strerror(errno));
    rc = make_pdf(sheet, fd, result, err);
    if (rc == RC_OK && fsync(fd) != 0)
        rc = err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    close(fd);
    if (rc != RC_OK)
        unlink(path);
    else
        node_set_str(result, doc_root(result), "file", path);
    return rc;
}

/* In print.dir, else the folder printed of the data directory; named by id and time. */
static enum rc pdf_to_folder(struct context *ctx, const struct doc *sheet, const char *name, struct doc *result, struct err *err)
{
    const char *own = config_text(ctx->config, "print.dir");
    char *folder = own[0] ? mem_dup(own) : mem_printf("%s/printed", store_dir(ctx->st));
    struct civil now = clock_local(clock_now_ms());
    char *path = mem_printf("%s/form-%s-%04d%02d%02d-%02d%02d%02d.pdf", folder, name, now.date.year, now.date.month, now.date.day,
                            now.hour, now.minute, now.second);
    enum rc rc = RC_OK;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        rc = err_set(err, RC_IO, "%s: %s", folder, strerror(errno));
    else
        rc = pdf_to_file(sheet, path, result, err);
    free(folder);
    free(path);
    return rc;
}

static void all_pages(struct buf *out, const struct node *pages)
{
    for (const struct node *page = node_first(pages); page; page = node_next(page))
        buf_printf(out, "%s%s", out->len ? "\f" : "", node_text(page));
}

/* What the print command gets: text or a PDF, in memory. */
static enum rc printer_input(struct context *ctx, const struct doc *sheet, struct doc *result, int *fd, struct err *err)
{
    struct doc *plain;
    struct buf text = { 0 };
    enum rc rc;

    if (strcmp(config_text(ctx->config, "print.format"), "text") != 0) {
        *fd = memfd_create("pages", MFD_CLOEXEC);
        if (*fd < 0)
            return err_set(err, RC_IO, _("the pages could not be handed on: %s"), strerror(errno));
        if ((rc = make_pdf(sheet, *fd, result, err)) == RC_OK && lseek(*fd, 0, SEEK_SET) < 0)
            rc = err_set(err, RC_IO, _("the pages could not be handed on: %s"), strerror(errno));
        if (rc != RC_OK)
            close(*fd);
        return rc;
    }
    plain = doc_new(NULL);
    plain_pages(sheet, plain, node_set_array(plain, doc_root(plain), "pages"));
    all_pages(&text, node_get(doc_root(plain), "pages"));
    rc = memory_of(buf_text(&text), text.len, fd, err);
    buf_done(&text);
    doc_free(plain);
    return rc;
}

static enum rc to_printer(struct context *ctx, const struct doc *sheet, struct doc *result, struct err *err)
{
    const char *command = config_text(ctx->config, "print.command");
    int fd, status;
    enum rc rc;

    if (!command[0])
        return err_set(err, RC_INVALID, _("no print command is set (print.command in the configuration)"));
    if ((rc = printer_input(ctx, sheet, result, &fd, err)) != RC_OK)
        return rc;
    status = process_run_printer(command, fd);
    close(fd);
    if (status < 0)
        return err_set(err, RC_NOT_FOUND, _("the print command could not be started; it has to begin with an absolute path"));
    if (status != 0)
        return err_set(err, RC_IO, _("the print command ended with status %d: nothing may have been printed"), status);
    node_set_bool(result, doc_root(result), "printer", true);
    return RC_OK;
}

enum rc paper_put(struct context *ctx, const struct doc *sheet, const struct paper_out *out, struct doc *result, struct err *err)
{
    if (out->file)
        return pdf_to_file(sheet, out->file, result, err);
    if (out->to && strcmp(out->to, "printer") == 0)
        return to_printer(ctx, sheet, result, err);
    if (out->to && strcmp(out->to, "file") == 0)
        return pdf_to_folder(ctx, sheet, out->name, result, err);
    plain_pages(sheet, result, node_set_array(result, doc_root(result), "pages"));
    return RC_OK;
}
