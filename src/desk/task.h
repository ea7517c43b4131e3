/* task.h - follow-ups: one FHIR Task for each promise made to a patient.
 * The promised day is Task.restriction.period.end, snooze is period.start (hidden until). */
#ifndef FRONTDESK_TASK_H
#define FRONTDESK_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/err.h"
#include "store/grant.h"

struct store;

struct task {
    char *id, *patient, *patient_name, *owner, *status, *due, *due_time, *hidden_until, *priority,
         *code, *title, *reason;    /* owned */
    char *why;                      /* owned: "2 calls, no answer; next: letter" */
    int attempts;
};
struct task_list { struct task *task; size_t n; };
void task_list_done(struct task_list *list);

/* Open follow-ups due up to day, soonest first, snoozed ones left out. owner: staff id, NULL everyone's,
 * "" those of nobody. patient NULL = all. day NULL = all days, snoozed ones too. */
enum rc task_list(struct store *st, const char *owner, const char *patient, const char *day,
                  struct task_list *out, struct err *err);

struct task_new { const char *patient, *title, *reason, *code, *due /* YYYY-MM-DD */, *due_time, *owner, *priority, *focus; };
enum rc task_create(struct store *st, const struct grant *grant, const struct task_new *t, char **id, struct err *err);
enum rc task_complete(struct store *st, const struct grant *grant, const char *id, const char *outcome, struct err *err);
enum rc task_snooze(struct store *st, const struct grant *grant, const char *id, const char *until, struct err *err);
enum rc task_reschedule(struct store *st, const struct grant *grant, const char *id, const char *due, const char *due_time, const char *reason, struct err *err);
enum rc task_assign(struct store *st, const struct grant *grant, const char *id, const char *owner, struct err *err);
enum rc task_cancel(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err);
/* A contact attempt that reached nobody (or did): counts, and moves the promise when next is given. */
enum rc task_attempt(struct store *st, const struct grant *grant, const char *id, const char *outcome, const char *next_due, const char *next_time, struct err *err);
void task_guards(void);     /* status only moves along the FHIR ladder; needs Task.for */
#endif
