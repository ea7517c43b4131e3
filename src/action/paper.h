/* paper.h - where a sheet goes: text in the result, a PDF file, or the print command. For src/action. */
#ifndef FRONTDESK_ACTION_PAPER_H
#define FRONTDESK_ACTION_PAPER_H

#include "action/action.h"
#include "fhir/document.h"

struct paper_out {
    const char *to;     /* "printer", "file" (in print.dir), or NULL: text in the result, unless there is a file */
    const char *file;   /* PDF to this new file; NULL none */
    const char *name;   /* an id, for the name of a file in print.dir */
};
/* Adds to result what came of it: "pages" (the text of each), or "file", "printer", and "lacksLetters" when
 * letters have no font here. A file is new, for its owner alone, and never overwrites one. */
enum rc paper_put(struct context *ctx, const struct doc *sheet, const struct paper_out *out, struct doc *result, struct err *err);
#endif
