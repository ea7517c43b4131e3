/* screens.h - every screen there is; each lives in its own file of ui/screens. */
#ifndef FRONTDESK_SCREENS_H
#define FRONTDESK_SCREENS_H

#include "ui/screen.h"

extern const struct screen screen_first_start;  /* a new data directory: clinic, administrator */
extern const struct screen screen_signin;
extern const struct screen screen_lock;         /* hides everything until the PIN or password */
extern const struct screen screen_today;
extern const struct screen screen_section;      /* one section of Today whole: "arrivals", "follow-ups" ... */
extern const struct screen screen_find;
extern const struct screen screen_register;     /* "" new, or "name=..." with a name */
extern const struct screen screen_edit;         /* "PATIENT edit [FIELD]" */
extern const struct screen screen_record;       /* "PATIENT" */
extern const struct screen screen_resource;     /* "PATIENT Type/id" */
extern const struct screen screen_forms;        /* "PATIENT": drafts to go on with, forms to start */
extern const struct screen screen_intake;       /* "PATIENT start QUESTIONNAIRE", "PATIENT draft ID", "PATIENT response ID" (or ID@REVISION) to read */
extern const struct screen screen_questions;    /* the same, a question at a time: what --linear opens in its place */
extern const struct screen screen_kiosk;        /* as intake, "start" or "draft": a patient alone with one form */
extern const struct screen screen_prefill;      /* "PATIENT DRAFT [intake]": what the record says else; intake: Esc goes on with the form */
extern const struct screen screen_drafts;       /* every half-filled form */
extern const struct screen screen_upgrade;      /* "PATIENT DRAFT": its newest version, and what is kept aside */
extern const struct screen screen_history;      /* "PATIENT RESPONSE": versions of a finished form */
extern const struct screen screen_extract;      /* "PATIENT RESPONSE": what a finished form would write */
extern const struct screen screen_conflict;     /* "NUMBER", or "" for the list */
extern const struct screen screen_sync;
extern const struct screen screen_refused;      /* "NUMBER" of the outbox: how it stands, why the server refused it, and where it is mended */
extern const struct screen screen_help;
extern const struct screen screen_palette;
#endif
