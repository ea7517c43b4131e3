/* communication.h - logged contacts: a call, letter, message or visit at the desk, as Communication,
 * and a Task when there is a next step. Media: v3-ParticipationMode (DOMAIN section 2). */
#ifndef FRONTDESK_COMMUNICATION_H
#define FRONTDESK_COMMUNICATION_H

#include <stddef.h>

#include "base/err.h"
#include "store/grant.h"

struct store;

struct contact {
    char *id, *patient, *patient_name, *at, *direction, *medium, *outcome, *reason, *note;  /* owned */
    int waits;
};
struct contact_list { struct contact *contact; size_t n; };
void contact_list_done(struct contact_list *list);

struct contact_new {
    const char *patient;
    const char *direction;      /* out, in */
    const char *medium;         /* call, letter, message, email, visit */
    const char *outcome;        /* reached, none, voicemail, busy, wrong-number, refused, sent, received */
    const char *reason;         /* short: "A1c result", or a code of data/codes/contact-reason */
    const char *note;
    const char *task;           /* follow-up this attempt belongs to, or NULL */
    const char *answers;        /* id of the inbound one this answers, or NULL */
    const char *next_title;     /* a next step makes or moves a follow-up; NULL none */
    const char *next_due, *next_time;
    const char *number;         /* which number was used, as index into Patient.telecom, NULL unknown */
};
enum rc contact_log(struct store *st, const struct grant *grant, const struct contact_new *c, char **id, struct err *err);
enum rc contact_list(struct store *st, const char *patient, int limit, struct contact_list *out, struct err *err);
/* Inbound ones nobody has answered, oldest first. */
enum rc contact_waiting(struct store *st, struct contact_list *out, struct err *err);
/* What must be seen before dialling: "mobile 555-0142, no voicemail, attempt 3". Owned. */
char *contact_dial_words(struct store *st, const char *patient, const char *task);
#endif
