/* intake_file.h - an attachment that is a file of this machine: read, and put into the answer whole. */
#ifndef FRONTDESK_SCREEN_INTAKE_FILE_H
#define FRONTDESK_SCREEN_INTAKE_FILE_H

#include "ui/screens/intake.h"

/* Does the text name a place in the file system ("/scan.pdf", "~/scan.pdf", "./scan.pdf")? */
bool intake_file_is_named(const char *typed);
/* RC_NOT_FOUND, RC_IO or RC_INVALID (too large, a kind the form does not take) with the sentence. */
enum rc intake_file_take(struct intake *it, const struct form_row *row, const char *typed, struct err *err);
#endif
