/* projection_rows.h - the writers behind projection.c's table, one pair for each projection.
 * Only src/store/projection*.c includes this. */
#ifndef FRONTDESK_PROJECTION_ROWS_H
#define FRONTDESK_PROJECTION_ROWS_H

#include "store/projection.h"

/* person, person_key, person_name, name_word, name_variant: from Patient. */
enum rc person_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc person_erase(struct store *st, int64_t key, struct err *err);

/* event: from every resource about a patient; types without a rule of their own show by their name. */
enum rc event_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc event_erase(struct store *st, int64_t key, struct err *err);
/* The one kind that rows of a type have; "" when they have several, NULL when the type has no rows. */
const char *event_kind(const char *type);
/* The same for Encounter and Appointment, which also move person.seen. */
enum rc visit_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc visit_erase(struct store *st, int64_t key, struct err *err);
/* SQL: the day of the last visit that took place, from the timeline, '' for none. */
#define SEEN_STATUS "('finished', 'in-progress', 'arrived', 'triaged', 'onleave', 'checked-in', 'fulfilled')"
#define SEEN(patient) "coalesce((SELECT substr(at, 1, 10) FROM ~event WHERE patient = " patient \
    " AND kind IN ('visit', 'appointment') AND status IN " SEEN_STATUS " ORDER BY at DESC LIMIT 1), '')"

/* task, appointment, contact: each with its event row. */
enum rc task_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc task_erase(struct store *st, int64_t key, struct err *err);
enum rc appointment_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc appointment_erase(struct store *st, int64_t key, struct err *err);
enum rc contact_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc contact_erase(struct store *st, int64_t key, struct err *err);

enum rc questionnaire_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc questionnaire_erase(struct store *st, int64_t key, struct err *err);

/* canonical: what is referred to by url and version. */
enum rc canonical_write(struct store *st, int64_t key, const struct node *root, struct err *err);
enum rc canonical_erase(struct store *st, int64_t key, struct err *err);

/* The parts that an event row and the table of its type both tell. Text is appended to out. */
struct buf;
const char *contact_direction(const struct node *communication);    /* "in" or "out" */
const char *contact_medium(const struct node *communication);       /* call letter message email visit */
const char *contact_outcome(const struct node *communication);      /* reached none voicemail ... "" */
void contact_reason(struct buf *out, const struct node *communication);
void contact_note(struct buf *out, const struct node *communication);
const struct node *appointment_clinician(const struct node *appointment);  /* its participant.actor, or NULL */
void appointment_reason(struct buf *out, const struct node *appointment);

#endif
