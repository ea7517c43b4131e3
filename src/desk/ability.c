#include "desk/ability.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

/* One row for each answer the probe can store. */
static const struct { const char *name, *value, *words, *rule; bool is_weak; } rows[] = {
    { "guard", "if-none-match", N_("a new record is refused where its id is taken (If-None-Match: *)"),
      N_("a create may be sent again after a lost answer"), false },
    { "guard", "if-match-0", N_("a new record is refused where its id is taken (If-Match: W/\"0\")"),
      N_("a create may be sent again after a lost answer"), false },
    { "guard", "none", N_("a new record overwrites one of the same id"),
      N_("after a lost answer it is read first; edits of a new record wait 2 minutes"), true },
    { "takesIds", "true", N_("takes the ids this desk gives"), N_("one record, one id, here and there"), false },
    { "takesIds", "false", N_("gives ids of its own"), N_("records go by conditional create, and wait 2 minutes after a lost answer"), true },
    { "honorsIfMatch", "true", N_("refuses an edit of an old version"), N_("edits say which version they were made on"), false },
    { "honorsIfMatch", "false", N_("takes an edit of any version"), N_("the server is read before each edit is sent"), true },
    { "deleteHonorsIfMatch", "true", N_("refuses to delete an old version"), NULL, false },
    { "deleteHonorsIfMatch", "false", N_("deletes whatever version is named"), N_("records are marked as errors, never deleted there"), true },
    { "bundleHonorsIfMatch", "true", N_("refuses old versions within a transaction too"), N_("what belongs together is sent together"), false },
    { "bundleHonorsIfMatch", "false", N_("takes any version within a transaction"), N_("edits are sent one by one"), true },
    { "keepsEqual", "true", N_("makes no new version of an equal text"), N_("sending again is harmless while nobody else wrote"), false },
    { "keepsEqual", "false", N_("makes a new version of an equal text"), N_("after a lost answer the server is read before sending again"), true },
    { "takesUnknown", "true", N_("takes entries it does not know"), NULL, false },
    { "takesUnknown", "false", N_("refuses entries it does not know"), N_("such records are refused, and stand on Today"), true },
    { "keepsUnknown", "true", N_("gives back entries it does not know"), NULL, false },
    { "keepsUnknown", "false", N_("drops entries it does not know"), N_("each answer is compared with what was sent"), true },
    { "takesGzip", "true", N_("takes compressed bodies"), N_("what is sent is compressed"), false },
    { "takesGzip", "false", N_("takes no compressed bodies"), N_("what is sent is not compressed"), false },
    { "everything", "true", N_("gives a whole record in one answer ($everything)"), N_("people who are not here are fetched that way"), false },
    { "everything", "false", N_("gives no whole record in one answer"), N_("people who are not here are searched type by type"), false },
    { "export", "true", N_("gives everything in one export ($export)"), N_("the first pull of a large clinic can be one export"), false },
    { "export", "false", N_("gives no export of everything"), N_("the first pull goes type by type, page by page"), false },
    { "history", "true", N_("shows older versions of a record"), N_("a lost answer is looked up in the history"), false },
    { "history", "false", N_("shows no older versions"), N_("a lost answer is settled by the newest version alone"), true },
    { "systemHistory", "true", N_("tells what was deleted"), N_("deletes are learned from the history of all types"), false },
    { "systemHistory", "false", N_("does not tell what was deleted"), N_("deletes are found when a record is next written or compared"), true },
    { "transaction", "true", N_("takes several records as one"), N_("records that refer to each other go together"), false },
    { "transaction", "false", N_("takes records one by one only"), N_("records that refer to each other in a ring keep waiting"), true },
};

static bool is_finding(const struct node *member)
{
    return node_text(member) && strcmp(node_name(member), "probed") != 0;
}

static void take(const struct node *member, struct ability *out)
{
    *out = (struct ability){ .name = node_name(member) };
    snprintf(out->value, sizeof out->value, "%s", node_text(member));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, out->name) == 0 && strcmp(rows[i].value, out->value) == 0) {
            out->words = _(rows[i].words);
            out->rule = rows[i].rule ? _(rows[i].rule) : NULL;
            out->is_weak = rows[i].is_weak;
        }
}

size_t ability_list(const struct node *caps, struct ability *out, size_t most)
{
    size_t n = 0;

    for (const struct node *m = node_first(caps); m && n < most; m = node_next(m))
        if (is_finding(m))
            take(m, &out[n++]);
    return n;
}

const char *ability_weakness(const struct node *caps)
{
    if (strcmp(node_str(caps, "takesIds"), "false") != 0)
        return NULL;
    return _("This server gives ids of its own: if two create requests meet there, a new record can be there twice.");
}
