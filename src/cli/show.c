/* Results that read better than a table: the record, a form, counts. */
#include "cli/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

static void member_line(const struct node *object, const char *name, const char *label)
{
    const char *value = node_str(object, name);

    if (value[0])
        print_line("%s: %s", label, value);
}

static void show_record(const struct node *r)
{
    const struct node *timeline = node_get(r, "timeline");

    print_line("%s%s%s%s%s", node_str(r, "name"), node_str(r, "usual")[0] ? " \"" : "", node_str(r, "usual"),
               node_str(r, "usual")[0] ? "\"" : "", node_bool(r, "test") ? _(" (test)") : "");
    member_line(r, "deceased", _("deceased"));
    member_line(r, "mergedInto", _("merged into"));
    print_line(_("born %s (%s)  %s  record %s"), node_str(r, "birthDate"), node_str(r, "age"), node_str(r, "sex"),
               node_str(r, "record"));
    for (const struct node *alert = node_first(node_get(r, "alerts")); alert; alert = node_next(alert))
        print_line("! %s", node_text(alert));
    if (node_bool(r, "namesake"))
        print_line("! %s", _("somebody has the same or a similar name"));
    if (node_str(r, "language")[0] || node_bool(r, "interpreter"))
        print_line("%s%s", node_str(r, "language"), node_bool(r, "interpreter") ? _(", interpreter") : "");
    member_line(r, "phoneRule", _("phone"));
    member_line(r, "cover", _("cover"));
    member_line(r, "permissions", _("may be reached"));
    member_line(r, "confidential", _("confidential"));
    print_line(_("open: %s follow-ups, %s referrals, %s goals"), node_str(r, "openFollowUps"),
               node_str(r, "openReferrals"), node_str(r, "openGoals"));
    print_line("\n%s %s", _("timeline"), node_str(timeline, "total"));
    for (const struct node *e = node_first(node_get(timeline, "events")); e; e = node_next(e))
        print_line("%-16.16s  %-12s %s%s%s  %s", node_str(e, "at"), node_str(e, "kind"), node_str(e, "title"),
                   node_str(e, "detail")[0] ? ": " : "", node_str(e, "detail"), node_str(e, "status"));
}

static void show_form(const struct node *form)
{
    print_line("%s  %s%s  %s", node_str(form, "title"), node_str(form, "version")[0] ? "v" : "", node_str(form, "version"), node_str(form, "status"));
    if (node_str(form, "note")[0])
        print_line("! %s", node_str(form, "note"));
    for (const struct node *row = node_first(node_get(form, "rows")); row; row = node_next(row)) {
        int depth = (int)strtol(node_str(row, "depth"), NULL, 10);

        print_line("%*s%s%s%s%s", 2 * depth, "", node_str(row, "prefix"), node_str(row, "prefix")[0] ? " " : "",
                   node_str(row, "text"), node_bool(row, "required") ? " *" : "");
        for (const struct node *a = node_first(node_get(row, "answers")); a; a = node_next(a))
            print_line("%*s= %s", 2 * depth + 4, "", node_text(a));
        if (node_str(row, "absent")[0])
            print_line("%*s(%s)", 2 * depth + 4, "", node_str(row, "absent"));
        for (const struct node *o = node_first(node_get(row, "options")); o; o = node_next(o))
            print_line("%*s- %s", 2 * depth + 4, "", node_str(o, "label"));
    }
    for (const struct node *s = node_first(node_get(form, "scores")); s; s = node_next(s))
        print_line(_("%s: %s %s (%s of %s answered)"), node_str(s, "name"), node_str(s, "value")[0] ? node_str(s, "value") : _("not known"),
                   node_str(s, "band"), node_str(s, "answered"), node_str(s, "of"));
    for (const struct node *a = node_first(node_get(form, "aside")); a; a = node_next(a))
        print_line(_("kept aside: %s = %s (%s)"), node_str(a, "text"), node_str(a, "answer"), node_str(a, "why"));
}

/* Half-filled forms, one a line with the id that the other commands take, and why where there is a why. */
static void show_drafts(const struct node *list)
{
    for (const struct node *d = node_first(list); d; d = node_next(d)) {
        print_line("%s  %s  %s  %s  %s  %s", node_str(d, "id"), node_str(d, "name"), node_str(d, "title"), node_str(d, "progress"),
                   node_str(d, "age"), node_str(d, "ownerName")[0] ? node_str(d, "ownerName") : _("the desk"));
        if (node_str(d, "handedBy")[0])
            print_line(_("    from %s: %s"), node_str(d, "handedBy"), node_str(d, "handedWhy"));
        if (node_str(d, "amends")[0])
            print_line(_("    changes QuestionnaireResponse/%s: %s"), node_str(d, "amends"), node_str(d, "why"));
        if (node_str(d, "aside")[0])
            print_line(ngettext("    %s answer kept aside", "    %s answers kept aside", strtoul(node_str(d, "aside"), NULL, 10)), node_str(d, "aside"));
    }
}

/* The versions of a finished form, and what each changed. */
static void show_history(const struct node *list)
{
    for (const struct node *v = node_first(list); v; v = node_next(v)) {
        const char *by = node_str(v, "byName")[0] ? node_str(v, "byName") : node_str(v, "by");

        print_line("%s  %s  %s  %s%s%s", node_str(v, "rev"), node_str(v, "at"), by, node_str(v, "status"),
                   node_str(v, "why")[0] ? ": " : "", node_str(v, "why"));
        for (const struct node *c = node_first(node_get(v, "changes")); c; c = node_next(c))
            print_line("    %s: %s -> %s", node_str(c, "text"), node_str(c, "before")[0] ? node_str(c, "before") : _("no answer"),
                       node_str(c, "after")[0] ? node_str(c, "after") : _("no answer"));
    }
}

static void show_upgrade_list(const struct node *r, const char *name, const char *heading)
{
    const struct node *list = node_get(r, name);

    if (node_count(list))
        print_line("%s", heading);
    for (const struct node *l = node_first(list); l; l = node_next(l)) {
        print_line("  %s  %s%s", node_str(l, "linkId"), node_str(l, "text"), node_bool(l, "required") ? " *" : "");
        if (node_str(l, "answer")[0])
            print_line("    = %s (%s)", node_str(l, "answer"), node_str(l, "why"));
        else if (node_str(l, "why")[0])
            print_line("    %s", node_str(l, "why"));
        if (node_str(l, "before")[0])
            print_line(_("    was: %s"), node_str(l, "before"));
    }
}

static void show_upgrade(const struct node *r)
{
    if (!node_get(r, "lost"))
        return;
    print_line(_("From %s to %s: %s answers stay."), node_str(r, "from"), node_str(r, "to"), node_str(r, "kept"));
    show_upgrade_list(r, "lost", _("Answers that have no place (kept aside):"));
    show_upgrade_list(r, "new", _("New questions:"));
    show_upgrade_list(r, "changed", _("Asked otherwise:"));
    show_upgrade_list(r, "gone", _("No longer asked:"));
    print_line("%s", node_bool(r, "done") ? _("Done. --back goes back.") : _("Nothing was changed; --yes does it."));
}

static void show_import(const struct node *r)
{
    print_line(_("imported %s, unchanged %s, quarantined %s"), node_str(r, "imported"), node_str(r, "unchanged"),
               node_str(r, "quarantined"));
    if (strcmp(node_str(r, "quarantined"), "0") != 0)
        print_line("%s", _("see: frontdesk quarantine list"));
}

static void show_registered(const struct node *r)
{
    print_line(_("registered Patient %s"), node_str(r, "id"));
    for (const struct node *like = node_first(node_get(r, "like")); like; like = node_next(like))
        print_line(_("! like %s %s %s: %s"), node_str(like, "id"), node_str(like, "name"), node_str(like, "birthDate"),
                   node_str(like, "why"));
}

/* A filled form: what was wrong, or what was kept. */
static void show_filled(const struct node *r)
{
    for (const struct node *i = node_first(node_path(r, "outcome.issue")); i; i = node_next(i))
        print_line("%s: %s%s%s", node_str(i, "severity"), node_str(i, "diagnostics"),
                   node_path_str(i, "expression[0]")[0] ? "  " : "", node_path_str(i, "expression[0]"));
    if (node_bool(r, "safetyStop"))
        print_line("! %s", _("PHQ-9 item 9 is above 0: do not leave the patient alone until a clinician has seen them"));
    print_line("QuestionnaireResponse/%s  %s", node_path_str(r, "response.id"), node_path_str(r, "response.status"));
}

/* What a form would write: a line each, and below it what that is. */
static void show_extracted(const struct node *r)
{
    for (const struct node *p = node_first(node_get(r, "proposals")); p; p = node_next(p)) {
        const char *why = node_str(p, "why");

        print_line("%2s  %-8s %s: %s%s%s", node_str(p, "number"), node_bool(p, "taken") ? _("taken") : node_str(p, "state"),
                   node_str(p, "type"), node_str(p, "summary"), *why ? "  " : "", why);
        for (const struct node *d = node_first(node_get(p, "differences")); d; d = node_next(d))
            print_line("      %s: %s%s%s", node_str(d, "label"), node_str(d, "before"),
                       !strcmp(node_str(p, "state"), "change") ? " -> " : "", node_str(d, "after"));
    }
    for (const struct node *n = node_first(node_get(r, "notes")); n; n = node_next(n))
        print_line("! %s", node_text(n));
    if (!node_count(node_get(r, "proposals")) && !node_count(node_get(r, "notes")))
        print_line("%s", _("This form writes nothing but its answers."));
}

/* Pages one after the other, a form feed between them; or where they went. */
static void show_printed(const struct node *r)
{
    const struct node *pages = node_get(r, "pages");

    for (const struct node *page = node_first(pages); page; page = node_next(page)) {
        if (page != node_first(pages))
            putchar('\f');
        print_text(node_text(page));
    }
    if (node_bool(r, "printer"))
        print_line("%s", _("sent to the print command"));
    if (node_str(r, "file")[0])
        print_line(_("written to %s"), node_str(r, "file"));
    if (node_bool(r, "lacksLetters"))
        print_line("! %s", _("some letters have no font on this machine and are boxes on the paper; install one (fonts-noto-core)"));
}

static const struct { enum action_id id; void (*show)(const struct node *result); } special[] = {
    { ACTION_PATIENT_SHOW, show_record }, { ACTION_FORM_SHOW, show_form }, { ACTION_FORM_DRAFTS, show_drafts }, { ACTION_FORM_HISTORY, show_history }, { ACTION_FORM_UPGRADE, show_upgrade }, { ACTION_IMPORT, show_import },
    { ACTION_PATIENT_REGISTER, show_registered }, { ACTION_FORM_FILL, show_filled },
    { ACTION_RESOURCE_GET, print_json }, { ACTION_FORM_PRINT, show_printed }, { ACTION_FORM_EXTRACT, show_extracted },
    { ACTION_SYNC_STATUS, show_sync_status }, { ACTION_SYNC_LOG, show_sync_log }, { ACTION_CONFLICT_SHOW, show_conflict },
};

bool print_special(enum action_id id, const struct node *result)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (special[i].id == id) {
            special[i].show(result);
            return true;
        }
    return false;
}
