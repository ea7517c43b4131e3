/* plain.h - a sheet as pages of plain text, 80 columns wide, six lines an inch. */
#ifndef FRONTDESK_PAPER_PLAIN_H
#define FRONTDESK_PAPER_PLAIN_H

#include "fhir/document.h"

/* Append each page, a string with its line ends, to the array pages of out. */
void plain_pages(const struct doc *sheet, struct doc *out, struct node *pages);
#endif
