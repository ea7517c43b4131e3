/* frontdesk-paper: a sheet (paper/sheet.h) on standard input becomes a PDF on standard output. A program of
 * its own, so that the desk does not load what shapes letters. It takes no arguments, opens no database, and
 * names nobody. Exit status: 0 done, 1 not done, 3 done but some letters have no font on this machine. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/process.h"
#include "base/utf8.h"
#include "paper/pdf.h"

enum { SHEET_MAX = 64 << 20 };

static enum rc read_sheet(struct doc **out, struct err *err)
{
    struct buf text = { 0 };
    char part[16384];
    ssize_t n;
    enum rc rc;

    while ((n = read(STDIN_FILENO, part, sizeof part)) > 0 && text.len < SHEET_MAX)
        buf_add_n(&text, part, (size_t)n);
    rc = n == 0 ? doc_parse(buf_text(&text), text.len, out, err) : err_set(err, RC_IO, _("the sheet could not be read"));
    buf_done(&text);
    return rc;
}

int main(int argc, char **argv)
{
    struct err err = { RC_OK, "" };
    struct pdf_result result = { 0 };
    struct doc *sheet = NULL;

    (void)argv;
    process_harden(-1);
    if (argc > 1) {
        fputs(_("usage: frontdesk-paper <SHEET >PDF\n"), stderr);
        return 2;
    }
    if (read_sheet(&sheet, &err) == RC_OK)
        pdf_write(sheet, STDOUT_FILENO, &result, &err);
    doc_free(sheet);
    if (err.rc != RC_OK) {
        char *clean = utf8_cleaned(err_text(&err));

        fprintf(stderr, "frontdesk-paper: %s\n", clean);
        free(clean);
        return 1;
    }
    return result.lacks_letters ? PROCESS_PAPER_LACKS_LETTERS : 0;
}
