#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

const enum action_id keymap_everywhere[] = {
    ACTION_FIND, ACTION_LAST_PLACE, ACTION_PALETTE, ACTION_HELP, ACTION_BACK, ACTION_UNDO,
    ACTION_REPAINT, ACTION_LOCK, ACTION_TODAY, ACTION_SYNC_SCREEN, ACTION_ARRIVALS, ACTION_FOLLOW_UPS, ACTION_DRAFTS,
    ACTION_PATIENT_REGISTER, ACTION_QUIT, ACTION_NONE,
};

/* A row's help is a sentence; the footer has room for a word. */
static const char *const labels[ACTION_COUNT] = {
    [ACTION_OPEN] = N_("open"), [ACTION_BACK] = N_("back"), [ACTION_FIND] = N_("find"), [ACTION_TODAY] = N_("today"),
    [ACTION_LAST_PLACE] = N_("last"), [ACTION_PALETTE] = N_("all"), [ACTION_HELP] = N_("help"), [ACTION_LOCK] = N_("lock"),
    [ACTION_SWITCH_USER] = N_("switch user"), [ACTION_QUIT] = N_("quit"), [ACTION_REPAINT] = N_("repaint"),
    [ACTION_VIEW_SECTION] = N_("all of it"), [ACTION_WHOSE] = N_("whose"), [ACTION_ARRIVALS] = N_("arrivals"),
    [ACTION_FOLLOW_UPS] = N_("follow-ups"), [ACTION_CONFLICTS] = N_("conflicts"), [ACTION_SYNC_SCREEN] = N_("sync"),
    [ACTION_CLOSE_DAY] = N_("close day"), [ACTION_FILTER] = N_("filter"), [ACTION_PANELS] = N_("panels"),
    [ACTION_RAW_JSON] = N_("JSON"), [ACTION_NEXT_PROBLEM] = N_("next problem"), [ACTION_SECTIONS] = N_("sections"),
    [ACTION_NO_ANSWER] = N_("no answer"), [ACTION_CHOICES] = N_("choices"), [ACTION_CLEAR_FIELD] = N_("clear"),
    [ACTION_INTAKE] = N_("intake"), [ACTION_INTAKE_FINISH] = N_("finish"), [ACTION_PATIENT_REGISTER] = N_("new"),
    [ACTION_PATIENT_EDIT] = N_("edit"), [ACTION_APPOINTMENT_BOOK] = N_("book"), [ACTION_APPOINTMENT_WALK_IN] = N_("walk-in"),
    [ACTION_APPOINTMENT_ARRIVE] = N_("arrived"), [ACTION_APPOINTMENT_NOSHOW] = N_("did not come"),
    [ACTION_APPOINTMENT_START] = N_("with clinician"), [ACTION_APPOINTMENT_DONE] = N_("visit over"),
    [ACTION_APPOINTMENT_LEFT] = N_("left unseen"), [ACTION_APPOINTMENT_CANCEL] = N_("cancel"),
    [ACTION_CONTACT_LOG] = N_("log"), [ACTION_TASK_ADD] = N_("follow-up"), [ACTION_TASK_COMPLETE] = N_("complete"),
    [ACTION_TASK_SNOOZE] = N_("snooze"), [ACTION_TASK_RESCHEDULE] = N_("reschedule"), [ACTION_TASK_ASSIGN] = N_("hand over"),
    [ACTION_TASK_CANCEL] = N_("cancel"), [ACTION_FORM_DISCARD] = N_("discard"), [ACTION_FORM_PRINT] = N_("print"), [ACTION_FORM_PREFILL] = N_("from the record"), [ACTION_KIOSK] = N_("kiosk"), [ACTION_UNDO] = N_("undo"),
    [ACTION_DRAFTS] = N_("drafts"), [ACTION_FORM_HAND] = N_("hand over"), [ACTION_FORM_UPGRADE] = N_("versions"),
    [ACTION_FORM_AMEND] = N_("change"), [ACTION_FORM_HISTORY] = N_("history"), [ACTION_FORM_EXTRACT] = N_("write from it"),
    [ACTION_CORRECT] = N_("correct"), [ACTION_SYNC_NOW] = N_("sync now"), [ACTION_SYNC_RETRY] = N_("send again"), [ACTION_SYNC_DROP] = N_("drop"), [ACTION_CONFLICT_RESOLVE] = N_("decide"),
};

const char *keymap_label(enum action_id action)
{
    const struct action *row = action_row(action);

    if (row && labels[action])
        return _(labels[action]);
    return row ? row->name : "";
}

void keymap_key(const struct config *config, enum action_id action, char out[KEY_NAME])
{
    const char *keys = action_key(config, action);

    snprintf(out, KEY_NAME, "%.*s", (int)strcspn(keys, " "), keys);
}

enum action_id keymap_find(const struct config *config, const struct screen *screen, const struct key *key)
{
    char name[KEY_NAME];

    key_name(key, name);
    for (size_t i = 0; i < screen->n_actions; i++)
        if (action_has_key(config, screen->actions[i], name))
            return screen->actions[i];
    for (const enum action_id *action = keymap_everywhere; *action != ACTION_NONE; action++)
        if (action_has_key(config, *action, name))
            return *action;
    return ACTION_NONE;
}
