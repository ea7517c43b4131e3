/* appointment.h - booked visits and who is here now, from Appointment.
 * Desk state of a visit: booked, arrived, with clinician (checked-in), left unseen (arrived, then
 * noshow with an end marker), did not come (noshow), cancelled with reason, done (fulfilled). */
#ifndef FRONTDESK_APPOINTMENT_H
#define FRONTDESK_APPOINTMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/err.h"
#include "store/grant.h"

struct store;

struct appointment {
    char *id, *patient, *patient_name, *usual, *birth, *start, *end, *status, *clinician, *clinician_name, *reason, *arrived, *cancel_reason;
    char sex[2];
    char *why;                  /* owned: "form 4 of 11", "interpreter: Spanish", "arrived 08:09, waiting 5 min" */
    char *like;                 /* owned: id of another visit of the day whose person has a name like this one's, or "" */
    bool is_walk_in, left_unseen;
    int waiting_min;            /* since arrived, -1 not waiting */
};
struct appointment_list { struct appointment *appointment; size_t n; };
void appointment_list_done(struct appointment_list *list);

/* One clinic day, by start; patient NULL = everyone's. */
enum rc appointment_list(struct store *st, const char *day, const char *patient, struct appointment_list *out, struct err *err);
struct booking { const char *patient, *day, *time /* HH:MM */, *clinician /* Practitioner id or free name */, *reason; int minutes; bool is_walk_in; };
/* overlap (may be NULL) is set to an owned sentence when it overlaps another of this patient or clinician. */
enum rc appointment_book(struct store *st, const struct grant *grant, const struct booking *b, char **id, char **overlap, struct err *err);
/* identified: how the second identifier was checked ("birthday", or "not checked: <why>"), kept on the Appointment. */
enum rc appointment_arrive(struct store *st, const struct grant *grant, const char *id, const char *identified, struct err *err);
enum rc appointment_to_clinician(struct store *st, const struct grant *grant, const char *id, struct err *err);
enum rc appointment_done_visit(struct store *st, const struct grant *grant, const char *id, struct err *err);
enum rc appointment_left_unseen(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err);
enum rc appointment_noshow(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err);
enum rc appointment_cancel(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err);
void appointment_guards(void);
#endif
