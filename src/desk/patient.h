/* patient.h - Patient: registering, editing, the banner. */
#ifndef FRONTDESK_PATIENT_H
#define FRONTDESK_PATIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/date.h"
#include "fhir/document.h"
#include "store/grant.h"

struct store;

/* What the banner and lists show of a person, from the projection; all text owned. */
struct person {
    char *id, *name, *usual, *birth, *mrn, *phone, *deceased, *merged_into, *language, *seen;
    char sex[2];
    bool birth_estimated, is_active, is_test, needs_interpreter;
};
void person_done(struct person *p);
enum rc person_get(struct store *st, const char *id, struct person *out, struct err *err);
/* "García López, José "Pepe" †2024 (test)": name with name to use and every mark that must be seen. Owned. */
char *person_label(const struct person *p);

/* Banner: the person plus alerts (Flag, AllergyIntolerance), cover, contact rules. */
struct banner {
    struct person person;
    char *age;                  /* "72", "5 mo" */
    char **alert; size_t n_alerts;
    char *cover;                /* current Coverage in a word, "" none known */
    char *phone_rule;           /* "mobile -1187 (no voicemail)" */
    char *permissions;          /* "calls ok, no SMS", "" not asked */
    char *confidential;         /* safe way to reach, "" none */
    bool has_namesake;          /* somebody has the same or a similar name */
    int open_tasks, open_referrals, open_goals;
};
void banner_done(struct banner *b);
enum rc banner_load(struct store *st, const char *id, struct banner *out, struct err *err);

/* What Register and edit take; NULL leaves a field as it is, "" clears it. Phone as typed. */
struct registration {
    const char *family, *given, *usual;
    const char *birth;          /* FHIR date, may be partial */
    bool birth_estimated;
    const char *sex;            /* male female other unknown, "" not asked */
    const char *phone, *mrn, *language, *address;
    int interpreter;            /* -1 as it is, 0, 1 */
};
enum rc patient_register(struct store *st, const struct grant *grant, const struct registration *r,
                         char **id, struct err *err);   /* id owned */
enum rc patient_edit(struct store *st, const struct grant *grant, const char *id,
                     const struct registration *r, struct err *err);
/* Second identifier at check-in: does the day and month said match? Unknown birth dates never do. */
bool patient_birthday_is(const struct person *p, int day, int month);
void patient_guards(void);      /* register the guards of Patient with store */
#endif
