/* pdf.h - a sheet as a PDF: letters shaped by Pango, drawn by Cairo. Only frontdesk-paper links this. */
#ifndef FRONTDESK_PAPER_PDF_H
#define FRONTDESK_PAPER_PDF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "fhir/document.h"

struct pdf_result { size_t pages; bool lacks_letters; };    /* some letters have no font on this machine */
/* Write it to the open descriptor. RC_IO when it cannot be written whole. */
enum rc pdf_write(const struct doc *sheet, int fd, struct pdf_result *out, struct err *err);
#endif
