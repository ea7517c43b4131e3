/* fill.h - any form filled to completion by keys, as a person would: one question after the other, in
 * the real program on a pseudo-terminal. After every key the draft is read back from the database and
 * opened anew, so that what is typed next is decided by what was really kept. Knows no form by name. */
#ifndef FRONTDESK_TEST_FILL_H
#define FRONTDESK_TEST_FILL_H

#include "intake/sitting/sitting.h"
#include "tests/screen/terminal.h"

struct store;

struct fill {
    struct terminal *t;         /* the form is open in it, the question of the source answered */
    struct store *st;           /* the same database, for reading */
    const char *patient, *questionnaire;    /* ids */
    const char *folder;         /* where files to attach are made; NULL: papers stay where they are */
    unsigned variant;           /* 0 takes the first option of each question, 1 the second ... */
    struct sitting now;         /* the draft as it is kept */
    char *path;                 /* where the cursor stands */
    char response[72];          /* id of the response, once finished */
    int keys, answers, reasons, fixes;      /* reasons: questions left with a reason for no answer */
    char why[400];              /* when it failed */
};
/* False with why when the form could not be brought to "finished and saved". */
bool fill_form(struct fill *f);
void fill_done(struct fill *f);

/* Some text the pattern matches as a whole; owned. For limits that cannot be guessed. */
char *fill_sample(const char *pattern);
#endif
