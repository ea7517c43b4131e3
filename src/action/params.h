/* params.h - what each action of rows.def takes, in the order it is asked for. For table.c alone. */
#ifndef FRONTDESK_ACTION_PARAMS_H
#define FRONTDESK_ACTION_PARAMS_H

#include "action/action.h"
#include "base/i18n.h"

#define REQ PARAM_REQUIRED
#define POS PARAM_POSITIONAL
#define QUIET PARAM_QUIET

#define P(name, kind, flags, prompt) { name, PARAM_##kind, flags, prompt, NULL, NULL, 0 }
#define P_ID(name, type, flags, prompt) { name, PARAM_ID, flags, prompt, type, NULL, 0 }
#define P_CHOICE(name, flags, prompt, list) { name, PARAM_CHOICE, flags, prompt, NULL, list, sizeof list / sizeof *list }
#define P_END { NULL, PARAM_TEXT, 0, NULL, NULL, NULL, 0 }
#define PATIENT P("patient", PATIENT, REQ, N_("person"))
#define PARAMS(name) static const struct param params_##name[]

static const struct choice sexes[] = {
    { 'f', "female", N_("female") }, { 'm', "male", N_("male") }, { 'o', "other", N_("other") },
    { 'u', "unknown", N_("unknown") },
};
static const struct choice yes_no[] = { { 'y', "yes", N_("yes") }, { 'n', "no", N_("no") } };
static const struct choice noshow_reasons[] = {
    { '1', "not known", N_("not known") }, { '2', "forgot", N_("forgot") }, { '3', "no way to come", N_("no way to come") },
    { '4', "ill", N_("ill") }, { '5', "work or family", N_("work or family") }, { '6', "cost", N_("cost") },
};
static const struct choice cancel_reasons[] = {
    { '1', "patient asked", N_("the patient asked") }, { '2', "clinic asked", N_("the clinic asked") },
    { '3', "moved", N_("moved to another day") }, { '4', "ill", N_("ill") },
    { '5', "booked by mistake", N_("booked by mistake") }, { '6', "other", N_("other") },
};
static const struct choice left_reasons[] = {
    { '1', "waited too long", N_("waited too long") }, { '2', "called away", N_("called away") },
    { '3', "cost", N_("cost") }, { '4', "not known", N_("not known") },
};
static const struct choice unchecked_reasons[] = {
    { '1', "cannot say it", N_("cannot say it") }, { '2', "no birth date on record", N_("no birth date on record") },
    { '3', "known to the desk", N_("known to the desk") }, { '4', "emergency", N_("emergency") },
};
static const struct choice drop_reasons[] = {
    { '1', "mistake", N_("entered by mistake") }, { '2', "twice", N_("there twice") },
    { '3', "outdated", N_("outdated") }, { '4', "elsewhere", N_("made at the server") },
};
static const struct choice media[] = {
    { 'c', "call", N_("call out") }, { 'i', "call-in", N_("call in") }, { 'l', "letter", N_("letter") },
    { 'm', "message", N_("message") }, { 'e', "email", N_("email") }, { 'v', "visit", N_("visit at the desk") },
};
static const struct choice directions[] = { { 'o', "out", N_("out") }, { 'i', "in", N_("in") } };
static const struct choice outcomes[] = {
    { 'n', "none", N_("no answer") }, { 'v', "voicemail", N_("voicemail") }, { 't', "reached", N_("talked") },
    { 'w', "wrong-number", N_("wrong number") }, { 'b', "busy", N_("busy") }, { 'r', "refused", N_("refused") },
    { 's', "sent", N_("sent") }, { 'g', "received", N_("received") },
};
static const struct choice next_steps[] = {
    { 't', "tomorrow", N_("try tomorrow") }, { 'w', "1w", N_("in a week") }, { 'x', "nothing", N_("nothing more") },
};
static const struct choice contact_reasons[] = {
    { 'a', "appointment", N_("appointment") }, { 'r', "result", N_("result") }, { 'f', "referral", N_("referral") },
    { 'm', "medication", N_("medication") }, { 'b', "billing", N_("bill or cover") },
    { 'c', "complaint", N_("complaint") }, { 'o', "records", N_("request for records") },
};
static const struct choice task_titles[] = {
    { '1', "call back", N_("call back") }, { '2', "result", N_("result to tell") }, { '3', "referral", N_("referral to chase") },
    { '4', "letter", N_("letter to send") }, { '5', "records", N_("records to send") },
    { '6', "check in on", N_("see how it goes") },
};
static const struct choice task_outcomes[] = {
    { '1', "done", N_("done") }, { '2', "reached", N_("reached") }, { '3', "not needed", N_("no longer needed") },
};
static const struct choice task_cancels[] = {
    { '1', "not needed", N_("no longer needed") }, { '2', "duplicate", N_("the same as another") },
    { '3', "declined", N_("the patient declined") }, { '4', "mistake", N_("made by mistake") },
};
static const struct choice priorities[] = {
    { 'r', "routine", N_("routine") }, { 'u', "urgent", N_("urgent") }, { 'a', "asap", N_("as soon as can be") },
    { 's', "stat", N_("at once") },
};
static const struct choice correct_ways[] = {
    { '1', "mistake", N_("by mistake") }, { '2', "move", N_("belongs to another person") },
};
static const struct choice secret_names[] = {
    { 't', "token", N_("bearer token") }, { 's', "client-secret", N_("client secret") },
    { 'k', "client-key", N_("private key of the client, PEM or JWK") }, { 'c', "tls-key", N_("private key of the client certificate, PEM") },
};
static const struct choice takes[] = {
    { '1', "here", N_("here") }, { '2', "server", N_("server") }, { '3', "before", N_("before") },
};
static const struct choice sources[] = {
    { '1', "here", N_("given now") }, { '2', "paper", N_("from paper") }, { '3', "phone", N_("by phone") },
    { '4', "other", N_("by someone else") },
};
static const struct choice print_targets[] = {
    { 'p', "printer", N_("the printer") }, { 'f', "file", N_("a PDF file") },
};
static const struct choice roles[] = {
    { 'f', "front-desk", N_("front desk") }, { 'm', "care-manager", N_("care manager") },
    { 'c', "clinician", N_("clinician") }, { 'a', "administrator", N_("administrator") },
};

PARAMS(none) = { P_END };

PARAMS(patient_find) = {
    P("query", TEXT, REQ | POS | PARAM_LIST, N_("name, birth date, phone or record number")),
    P("limit", NUMBER, QUIET, N_("at most so many")),
    P("server", FLAG, QUIET, N_("ask the server, for people who are not here")), P_END
};
PARAMS(patient_far) = { P("patient", PATIENT, REQ | POS | PARAM_FAR, N_("person")), P_END };
PARAMS(patient_show) = {
    P("patient", PATIENT, REQ | POS, N_("person")),
    P("kinds", TEXT, QUIET, N_("only these kinds of event, separated by commas")),
    P("limit", NUMBER, QUIET, N_("at most so many events")), P_END
};
#define REGISTRATION(need) \
    P("family", TEXT, need, N_("family name")), P("given", TEXT, 0, N_("given names")), \
    P("usual", TEXT, 0, N_("name to use")), P("birth", BIRTH, 0, N_("born")), \
    P_CHOICE("sex", 0, N_("sex"), sexes), P("phone", TEXT, 0, N_("phone")), \
    P("record", TEXT, QUIET, N_("record number")), P("language", TEXT, 0, N_("language")), \
    P_CHOICE("interpreter", QUIET, N_("needs an interpreter"), yes_no), P("address", TEXT, 0, N_("address"))
PARAMS(patient_register) = { REGISTRATION(REQ), P_END };
PARAMS(patient_edit) = { P("patient", PATIENT, REQ | POS, N_("person")), REGISTRATION(0), P_END };

PARAMS(coverage_change) = {
    PATIENT, P("payer", TEXT, REQ, N_("who pays, or self-pay")), P("member", TEXT, 0, N_("member number")),
    P("since", DAY, QUIET, N_("first day; today when not given")), P_END
};

PARAMS(appointment_list) = {
    P("day", DAY, POS, N_("day")), P("patient", PATIENT, QUIET, N_("person")), P_END
};
#define APPOINTMENT P_ID("id", "Appointment", REQ | POS, N_("appointment"))
#define BOOKING \
    P("clinician", TEXT, 0, N_("clinician")), P("reason", TEXT, 0, N_("reason")), \
    P("minutes", NUMBER, QUIET, N_("length in minutes"))
PARAMS(appointment_book) = {
    PATIENT, P("when", DATE, 0, N_("day and time")), P("day", DAY, QUIET, N_("day")),
    P("time", TIME, QUIET, N_("time of day")), BOOKING, P_END
};
PARAMS(appointment_walk_in) = { PATIENT, BOOKING, P_END };
PARAMS(appointment_one) = { APPOINTMENT, P_END };
PARAMS(appointment_arrive) = {
    APPOINTMENT, P("birthday", TEXT, 0, N_("birthday as said, day and month")),
    P_CHOICE("unchecked", QUIET | PARAM_OPEN, N_("why it was not asked"), unchecked_reasons), P_END
};
PARAMS(appointment_left) = { APPOINTMENT, P_CHOICE("reason", PARAM_OPEN, N_("reason"), left_reasons), P_END };
PARAMS(appointment_noshow) = { APPOINTMENT, P_CHOICE("reason", PARAM_OPEN, N_("reason"), noshow_reasons), P_END };
PARAMS(appointment_cancel) = { APPOINTMENT, P_CHOICE("reason", REQ | PARAM_OPEN, N_("reason"), cancel_reasons), P_END };

PARAMS(contact_log) = {
    PATIENT, P_CHOICE("medium", REQ, N_("how"), media), P_CHOICE("outcome", REQ, N_("outcome"), outcomes),
    P_CHOICE("next", PARAM_OPEN, N_("next step"), next_steps), P("note", TEXT, 0, N_("note")),
    P_CHOICE("direction", QUIET, N_("out or in"), directions),
    P_CHOICE("reason", QUIET | PARAM_OPEN, N_("reason"), contact_reasons),
    P_ID("task", "Task", QUIET, N_("follow-up this belongs to")),
    P_ID("answers", "Communication", QUIET, N_("message this answers")),
    P("number", NUMBER, QUIET, N_("which of the person's numbers, from 0")),
    P("title", TEXT, QUIET, N_("what the next step is about")), P_END
};
PARAMS(contact_list) = {
    P("patient", PATIENT, QUIET, N_("person")), P("waiting", FLAG, QUIET, N_("only what nobody has answered")),
    P("limit", NUMBER, QUIET, N_("at most so many")), P_END
};

#define TASK P_ID("id", "Task", REQ | POS, N_("follow-up"))
PARAMS(task_list) = {
    P("owner", STAFF, QUIET, N_("whose: a name, me or desk")), P("patient", PATIENT, QUIET, N_("person")),
    P("day", DAY, QUIET, N_("due up to that day; snoozed ones left out")), P_END
};
PARAMS(task_add) = {
    PATIENT, P_CHOICE("title", PARAM_OPEN, N_("about"), task_titles), P("due", DATE, REQ, N_("due")),
    P("owner", STAFF, 0, N_("whose")), P("time", TIME, QUIET, N_("time of day")),
    P("reason", TEXT, QUIET, N_("why")), P_CHOICE("priority", QUIET, N_("priority"), priorities),
    P("code", TEXT, QUIET, N_("code")), P("focus", RESOURCE, QUIET, N_("resource it is about")), P_END
};
PARAMS(task_complete) = { TASK, P_CHOICE("outcome", PARAM_OPEN, N_("outcome"), task_outcomes), P_END };
PARAMS(task_snooze) = { TASK, P("until", DATE, REQ, N_("hide until")), P_END };
PARAMS(task_reschedule) = {
    TASK, P("due", DATE, REQ, N_("new day")), P("time", TIME, QUIET, N_("time of day")),
    P("reason", TEXT, 0, N_("reason")), P_END
};
PARAMS(task_assign) = { TASK, P("owner", STAFF, REQ, N_("to whom")), P_END };
PARAMS(task_cancel) = { TASK, P_CHOICE("reason", REQ | PARAM_OPEN, N_("reason"), task_cancels), P_END };

PARAMS(form_check) = {
    P("file", FILE, REQ | POS, N_("Questionnaire, or a Bundle or pair that holds one")), P("response", FILE, QUIET, N_("QuestionnaireResponse to check against it")), P_END
};
PARAMS(form_test) = { P("file", FILE, REQ | POS | PARAM_LIST, N_("suite of forms")), P_END };
PARAMS(fhirpath) = {
    P("expression", TEXT, REQ | POS, N_("expression")), P("file", FILE, POS, N_("resource it is evaluated on")),
    P("questionnaire", FILE, QUIET, N_("form of a response, for %questionnaire")),
    P("lenient", FLAG, QUIET, N_("forgive what forms in the field contain, and say so")), P_END
};
PARAMS(form_show) = {
    P_ID("form", "Questionnaire QuestionnaireResponse", REQ | POS, N_("form or response")),
    P("rev", NUMBER, QUIET, N_("an older revision")), P_END
};
PARAMS(form_print) = {
    P_ID("form", "Questionnaire QuestionnaireResponse Draft", REQ | POS, N_("form, response or draft")),
    P("patient", PATIENT, QUIET, N_("whose name stands on a blank form")),
    P_CHOICE("to", 0, N_("to"), print_targets), P("blank", FLAG, QUIET, N_("the questions only")),
    P("pdf", FILE, QUIET, N_("write a PDF to this new file")), P_END
};
PARAMS(kiosk) = {
    P_ID("form", "Questionnaire Draft", REQ | POS, N_("form, or a draft to go on with")),
    P("patient", PATIENT, QUIET, N_("who fills it; a draft knows")), P_END
};
PARAMS(form_fill) = {
    P("questionnaire", FILE, REQ, N_("file or id of the Questionnaire")), PATIENT,
    P("answers", FILE, REQ, N_("QuestionnaireResponse, or {\"linkId\": value}")),
    P_CHOICE("source", QUIET, N_("where the answers come from"), sources),
    P("paper-date", TEXT, QUIET, N_("date on the paper")), P("who", TEXT, QUIET, N_("who gave the answers")),
    P("preview", FLAG, QUIET, N_("show what would be kept, keep nothing")), P_END
};
PARAMS(form_drafts) = {
    P("patient", PATIENT, QUIET, N_("person")), P("owner", STAFF, QUIET, N_("whose")), P_END
};
#define RESPONSE P_ID("response", "QuestionnaireResponse", REQ | POS, N_("finished form"))
PARAMS(form_amend) = {
    RESPONSE, P("reason", TEXT, REQ, N_("why it is changed")),
    P("answers", FILE, QUIET, N_("QuestionnaireResponse, or {\"linkId\": value}: change these and finish at once")), P_END
};
PARAMS(form_history) = { RESPONSE, P_END };
PARAMS(form_hand) = {
    P("id", DRAFT, REQ | POS, N_("draft")), P("to", STAFF, REQ, N_("to whom")), P("reason", TEXT, 0, N_("reason")), P_END
};
PARAMS(form_upgrade) = {
    P("id", DRAFT, REQ | POS, N_("draft")), P("yes", FLAG, QUIET, N_("do it; without this it is only shown")),
    P("seen", TEXT, QUIET, N_("questionnaire that was shown: nothing is done when there is a newer one")),
    P("back", FLAG, QUIET, N_("back to the version it was upgraded from")), P_END
};
PARAMS(form_extract) = {
    RESPONSE,
    P("take", TEXT, QUIET, N_("write these: all, or numbers as 1,3-5; without it they are shown")),
    P("seen", TEXT, QUIET, N_("mark of what was shown: nothing is written when it has changed")), P_END
};
PARAMS(form_prefill) = {
    P("id", DRAFT, REQ | POS, N_("draft")),
    P("take", TEXT, QUIET | PARAM_LIST, N_("take the record's answer at this path, or \"all\"; without this they are only shown")), P_END
};
PARAMS(form_discard) = { P("id", DRAFT, REQ | POS, N_("draft")), P("reason", TEXT, REQ, N_("reason")), P_END };

PARAMS(undo) = { P("act", ACT, POS | QUIET, N_("number of the act; your last one by default")), P_END };
PARAMS(correct) = {
    P("resource", RESOURCE, REQ | POS, N_("entry")), P_CHOICE("as", REQ, N_("what is wrong"), correct_ways),
    P("to", PATIENT, QUIET, N_("whose it is")), P("reason", TEXT, REQ, N_("reason")), P_END
};

PARAMS(resource_get) = {
    P("resource", RESOURCE, REQ | POS, N_("Type/ID")), P("rev", NUMBER, QUIET, N_("an older revision")), P_END
};
PARAMS(resource_put) = {
    P("file", FILE, REQ | POS, N_("file with the document, - standard input")),
    P("rev", NUMBER, QUIET, N_("the revision it was based on")), P_END
};
PARAMS(attachment_get) = {
    P("resource", RESOURCE, REQ | POS, N_("Type/ID")), P("index", NUMBER, QUIET, N_("which of its attachments, from 0")),
    P("file", FILE, QUIET, N_("write it to this new file")), P_END
};
PARAMS(resource_one) = { P("resource", RESOURCE, REQ | POS, N_("Type/ID")), P_END };
PARAMS(import) = {
    P("path", FILE, REQ | POS | PARAM_LIST, N_("file or folder")),
    P("update", FLAG, QUIET, N_("an id that exists with other content is updated")),
    P("no-push", FLAG, QUIET, N_("do not queue for the server")), P_END
};
PARAMS(quarantine_one) = { P("id", QUARANTINE, REQ | POS, N_("number")), P_END };
PARAMS(quarantine_retry) = {
    P("id", QUARANTINE, POS | PARAM_LIST, N_("number; all when none is given")),
    P("update", FLAG, QUIET, N_("an id that exists with other content is updated")),
    P("no-push", FLAG, QUIET, N_("do not queue for the server")), P_END
};

PARAMS(sync) = { P("once", FLAG, QUIET, N_("one pass, then say what it did")),
    P("sweep", FLAG, QUIET, N_("compare everything with the server, too")), P_END };
PARAMS(sync_log) = { P("limit", NUMBER, QUIET, N_("at most so many")), P_END };
PARAMS(sync_retry) = { P("seq", OUTBOX, REQ | POS, N_("number of the write")), P_END };
PARAMS(sync_drop) = { P("seq", OUTBOX, REQ | POS, N_("number of the write")), P_CHOICE("reason", REQ, N_("why"), drop_reasons), P_END };
PARAMS(conflict_one) = { P("id", CONFLICT, REQ | POS, N_("conflict")), P_END };
PARAMS(conflict_resolve) = {
    P("id", CONFLICT, REQ | POS, N_("conflict")), P_CHOICE("take", QUIET, N_("for every field"), takes),
    P("field", TEXT, QUIET | PARAM_LIST, N_("PATH=here, server, before or JSON")),
    P("rev", NUMBER, QUIET, N_("the revision here that was shown")),
    P("server-version", TEXT, QUIET, N_("the server's version that was shown")), P_END
};

PARAMS(init) = {
    P("admin", TEXT, REQ, N_("sign-in name of the administrator")), P("display", TEXT, QUIET, N_("name as shown")),
    P("password", PASSWORD, REQ, N_("password")), P("demo", FLAG, QUIET, N_("mark as a demo directory")), P_END
};
PARAMS(login) = { P("name", TEXT, REQ | POS, N_("sign-in name")), P("password", PASSWORD, REQ, N_("password")), P_END };
PARAMS(user_add) = {
    P("name", TEXT, REQ | POS, N_("sign-in name")), P("display", TEXT, 0, N_("name as shown")),
    P_CHOICE("role", REQ, N_("role"), roles), P("password", PASSWORD, REQ, N_("password")), P_END
};
PARAMS(user_one) = { P("name", STAFF, REQ | POS, N_("account")), P_END };
PARAMS(user_role) = { P("name", STAFF, REQ | POS, N_("account")), P_CHOICE("role", REQ | POS, N_("role"), roles), P_END };
PARAMS(user_passwd) = { P("name", STAFF, POS, N_("account")), P("password", PASSWORD, REQ, N_("new password")), P_END };

PARAMS(audit_list) = {
    P("patient", PATIENT, QUIET, N_("about that person")), P("staff", STAFF, QUIET, N_("by that person")),
    P("from", DAY, QUIET, N_("first day")), P("to", DAY, QUIET, N_("last day")),
    P("limit", NUMBER, QUIET, N_("at most so many")), P_END
};
PARAMS(backup) = { P("file", FILE, POS | QUIET, N_("new file; in the data directory when not given")), P_END };
#define SECRET_NAME P_CHOICE("name", REQ | POS, N_("which"), secret_names)
PARAMS(secret_set) = { SECRET_NAME, P("secret", SECRET, REQ, N_("secret")), P_END };
PARAMS(secret_remove) = { SECRET_NAME, P_END };
PARAMS(restore) = { P("file", FILE, REQ | POS, N_("backup")), P_END };
PARAMS(doctor) = { P("full", FLAG, QUIET, N_("read every page, which takes longer")), P_END };
PARAMS(config_show) = { P("example", FLAG, QUIET, N_("print an example file instead")), P_END };
#endif
