/* How sync stands, what its passes did and what is in conflict, as lines for people. */
#include "cli/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "store/pass.h"
#include "desk/pass_words.h"

enum { MOMENT = 48 };

static const char *moment(const struct node *object, const char *name, char out[MOMENT])
{
    int64_t ms = 0;
    char day[DATE_TEXT];

    if (!clock_parse(node_str(object, name), &ms))
        return _("never");
    struct civil at = clock_local(ms);
    date_words(at.date, day);
    snprintf(out, MOMENT, "%s %02d:%02d", day, at.hour, at.minute);
    return out;
}

static void show_server(const struct node *server)
{
    char at[MOMENT];

    print_line(_("server: %s"), node_str(server, "url"));
    if (node_str(server, "weakness")[0])
        print_line("! %s", node_str(server, "weakness"));
    if (!node_get(server, "abilities")) {
        print_line("%s", _("what the server can do: not asked yet"));
        return;
    }
    print_line(_("what the server can do (asked %s):"), moment(server, "probed", at));
    for (const struct node *a = node_first(node_get(server, "abilities")); a; a = node_next(a)) {
        if (!node_str(a, "words")[0])
            print_line("  %s: %s", node_str(a, "name"), node_str(a, "value"));
        else
            print_line("  %s%s%s", node_str(a, "words"), node_str(a, "rule")[0] ? "; " : "", node_str(a, "rule"));
    }
}

static void show_refused(const struct node *row)
{
    print_line(_("refused %s: %s/%s: %s"), node_str(row, "seq"), node_str(row, "type"), node_str(row, "id"), node_str(row, "words"));
    print_line("    %s", node_str(row, "fix"));
    if (node_str(row, "reason")[0])
        print_line(_("    the server: %s"), node_str(row, "reason"));
}

static void show_waiting(const struct node *r)
{
    char at[MOMENT];

    print_line(_("unsent: %s (in doubt %s, blocked %s, refused %s, in conflict %s)"), node_str(r, "unsent"),
               node_str(r, "inDoubt"), node_str(r, "blocked"), node_str(r, "refused"), node_str(r, "conflicts"));
    if (node_str(r, "oldest")[0])
        print_line(_("oldest: %s"), moment(r, "oldest", at));
    print_line(_("in quarantine: %s"), node_str(r, "quarantined"));
    print_line(_("files: %s to be sent, %s refused, %s kept here"), node_path_str(r, "attachments.waiting"),
               node_path_str(r, "attachments.refused"), node_path_str(r, "attachments.here"));
    for (const struct node *row = node_first(node_get(r, "refusals")); row; row = node_next(row))
        show_refused(row);
    for (const struct node *row = node_first(node_get(r, "waits")); row; row = node_next(row))
        print_line(_("blocked %s: %s/%s: %s"), node_str(row, "seq"), node_str(row, "type"), node_str(row, "id"), node_str(row, "reason"));
}

static void show_sweep(const struct node *sweep)
{
    char at[MOMENT];

    if (node_str(sweep, "finished")[0])
        print_line(_("compared with the server %s: %s looked at, %s found that the passes had missed, %s lost there"),
                   moment(sweep, "finished", at), node_str(sweep, "seen"), node_str(sweep, "findings"), node_str(sweep, "lost"));
    else
        print_line(_("being compared with the server since %s: %s looked at so far"), moment(sweep, "started", at), node_str(sweep, "seen"));
}

void show_sync_status(const struct node *r)
{
    const struct node *agent = node_get(r, "agent");
    char at[MOMENT];

    if (!node_bool(r, "configured"))
        print_line("%s", _("this machine only: no server is configured"));
    print_line(_("last pass that went through: %s"), moment(r, "lastDone", at));
    print_line(_("last pass tried: %s"), moment(r, "lastTried", at));
    if (node_str(r, "problem")[0])
        print_line("! %s", node_str(r, "problem"));
    if (node_bool(agent, "alive"))
        print_line(_("agent: at work (%s, until %s)"), node_str(agent, "holder"), moment(agent, "leaseUntil", at));
    else
        print_line("%s", _("agent: none at work"));
    show_waiting(r);
    if (node_get(r, "server"))
        show_server(node_get(r, "server"));
    if (node_get(r, "sweep"))
        show_sweep(node_get(r, "sweep"));
    for (const struct node *w = node_first(node_get(r, "watermarks")); w; w = node_next(w))
        print_line(_("received up to: %s %s"), node_str(w, "type"), node_str(w, "watermark")[0] ? node_str(w, "watermark") : node_str(w, "page"));
}

void show_sync_log(const struct node *list)
{
    for (const struct node *p = node_first(list); p; p = node_next(p)) {
        struct pass wire = { .requests = strtoll(node_str(p, "requests"), NULL, 10),
                             .bytes_out = strtoll(node_str(p, "bytesOut"), NULL, 10), .bytes_in = strtoll(node_str(p, "bytesIn"), NULL, 10) };
        char at[MOMENT], words[80];

        pass_wire_words(&wire, words, sizeof words);
        print_line("%s  %-8s  %s  (%s)", moment(p, "ended", at), pass_outcome_words(pass_outcome_of(node_str(p, "outcome"))),
                   node_str(p, "words"), words);
    }
    if (!node_first(list))
        print_line("%s", _("no pass yet"));
}

/* A conflict as it is asked: each value as it reads, under the name that --field takes. */
void show_conflict(const struct node *r)
{
    char at[MOMENT];

    print_line(_("conflict %s: %s"), node_str(r, "id"), node_str(r, "resource"));
    print_line(_("changed here %s, at the server %s"), moment(r, "hereAt", at), node_str(r, "serverUpdated"));
    if (node_bool(r, "deletedAtServer"))
        print_line("%s", _("deleted at the server: --take here makes it there again, server drops it here too, before makes it as it was"));
    for (const struct node *v = node_first(node_get(r, "values")); v; v = node_next(v)) {
        print_line("%s (%s)", node_str(v, "field"), node_str(v, "label"));
        print_line(_("    before: %s"), node_bool(r, "beforeNotKnown") ? _("not known") : node_path_str(v, "words.before"));
        print_line(_("    here: %s"), node_path_str(v, "words.here"));
        print_line(_("    server: %s"), node_path_str(v, "words.server"));
    }
}
