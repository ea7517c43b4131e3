/* kiosk.h - what the parts of the kiosk share: kiosk.c (keys and phases), kiosk_draw.c (what a patient sees). */
#ifndef FRONTDESK_SCREEN_KIOSK_H
#define FRONTDESK_SCREEN_KIOSK_H

#include "ui/draw.h"
#include "ui/field.h"
#include "ui/steps.h"

struct app;

enum kiosk_phase {
    KIOSK_WELCOME, KIOSK_ASK, KIOSK_END,
    KIOSK_STOP,         /* item 9: tell somebody now */
    KIOSK_THANKS,       /* hand it back */
    KIOSK_HIDDEN,       /* nobody touched it for a while: the birth date goes on */
    KIOSK_STAFF         /* staff sign in */
};
struct kiosk {
    struct steps steps;
    enum kiosk_phase phase, before;     /* before: where HIDDEN and STAFF return to */
    struct field field;         /* the answer, the birth date or the staff's secret being typed */
    bool is_hidden;             /* until the birth date or staff: leaving the staff's page does not show the answers */
    bool touched;               /* something was typed that is not an answer yet */
    bool warned;                /* Enter was pressed without an answer: the next one goes on */
    int tries;                  /* left, of the birth date */
    int scroll, more;           /* lines above the window; lines below it when last drawn */
    char language[24];          /* the patient's, as a tag; "" not known. The staff's own sign-in is in theirs */
    char hello[120];            /* what to call the patient, "" not known */
    char problem[300];          /* of the birth date or the sign-in */
};

/* So many options are chosen by a key each; more of them by typing. */
enum { KIOSK_KEYED = 9 };
bool kiosk_is_keyed(const struct kiosk *k, const struct form_row *row);
/* Does option i hold what is typed? Its letters, whatever their case and marks. */
bool kiosk_matches(const struct kiosk *k, const struct form_row *row, size_t i);
void kiosk_draw(struct app *app, void *state, struct canvas *canvas);
#endif
