/* handler.h - the functions that rows.def names, one file per domain. For src/action alone. */
#ifndef FRONTDESK_ACTION_HANDLER_H
#define FRONTDESK_ACTION_HANDLER_H

#include "action/action.h"

typedef enum rc handler(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err);

handler act_patient_find, act_patient_show, act_patient_register, act_patient_edit, act_coverage_change;
handler act_appointment_list, act_appointment_book, act_appointment_walk_in, act_appointment_arrive,
        act_appointment_start, act_appointment_done, act_appointment_left, act_appointment_noshow,
        act_appointment_cancel;
handler act_contact_log, act_contact_list;
handler act_task_list, act_task_add, act_task_complete, act_task_snooze, act_task_reschedule,
        act_task_assign, act_task_cancel;
handler act_form_list, act_form_show, act_form_fill, act_form_drafts, act_form_discard, act_form_prefill, act_form_print,
        act_form_hand, act_form_upgrade, act_form_amend, act_form_history, act_form_extract;
handler act_undo, act_correct;
handler act_resource_get, act_resource_put, act_resource_history;
handler act_import, act_quarantine_list, act_quarantine_show, act_quarantine_retry;
handler act_sync, act_sync_status, act_sync_log, act_sync_retry, act_sync_drop, act_record_fetch;
handler act_attachment_get, act_attachment_retry;
handler act_conflict_list, act_conflict_show, act_conflict_resolve;
handler act_user_add, act_user_list, act_user_disable, act_user_role, act_user_passwd;
handler act_audit_list, act_backup, act_reindex, act_doctor;
handler act_secret_set, act_secret_list, act_secret_remove;

/* RC_DENIED when the document protects a patient (an allergy, a consent, a safety task) and who acts may not
 * let such a one go; the refusal is on record then. */
enum rc act_may_let_go(struct context *ctx, const struct grant *grant, const struct doc *doc, struct err *err);
#endif
