/* A conflict by ear: its questions as sentences, and the words that answer them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/screens/conflict.h"

/* What is asked, a line each; where one stands is said, since a side without a number is taken for that row. */
static void say_questions(struct conflict_screen *c, struct buf *out)
{
    for (size_t i = 0; i < c->list.n; i++) {
        const struct list_row *row = &c->list.row[i];

        if (!row->has_no_number)
            buf_printf(out, "%d. ", row->number);
        else if (conflict_is_deleted(c))
            buf_add(out, "- ");
        else
            continue;           /* settled already: nothing to hear about */
        buf_printf(out, _("%s. Before: %s. %s: %s. %s: %s. "), row->text[0], row->text[1] ? row->text[1] : "", c->head[0],
                   row->text[2] ? row->text[2] : "", c->head[1], row->text[3] ? row->text[3] : _("deleted"));
        if (row->text[4])
            buf_printf(out, "%s. ", row->text[4]);
        if (i == c->list.at && !row->has_no_number)
            buf_printf(out, _("Row %zu of %zu."), i + 1, conflict_questions(c));
        buf_char(out, '\n');
    }
    if (!conflict_questions(c))
        buf_printf(out, "%s\n", _("Both sides agree again: nothing is left to choose; decide closes this."));
    else if (conflict_is_deleted(c))
        buf_add(out, _("here makes it there again, server drops it here too, before makes it as it was; decide, why, or help\n"));
    else
        buf_add(out, _("here, server, before or type and a value, with the row's number before it; decide, why, or help\n"));
}

static void say_list(const struct conflict_screen *c, struct buf *out)
{
    for (size_t i = 0; i < c->list.n; i++) {
        const struct list_row *row = &c->list.row[i];

        buf_printf(out, "%d. %s. %s. %s.%s\n", row->number, row->text[0], row->text[1], row->text[2], row->mark == LIST_DONE ? _(" Done.") : "");
    }
    if (!c->list.n)
        buf_printf(out, "%s\n", _("Nothing to decide: no edit of yours met another one at the server."));
}

void conflict_say(struct app *app, void *state, struct buf *out)
{
    struct conflict_screen *c = state;

    (void)app;
    buf_printf(out, "%s %s\n", _("Conflict"), c->about);
    if (!c->is_one)
        say_list(c, out);
    else if (c->is_over)
        buf_printf(out, "%s\n", c->over);
    else
        say_questions(c, out);
}

/* "2 server": that row and that side; "server": the row one stands on; "type 555-0199", "decide", "why". */
bool conflict_hear(struct app *app, void *state, const char *line)
{
    struct conflict_screen *c = state;
    const char *word = line;
    char *rest = NULL;
    long row = isdigit((unsigned char)line[0]) ? strtol(line, &rest, 10) : 0;
    struct buf why = { 0 };

    if (!c->is_one || c->is_over || c->is_typing || app->prompt)
        return false;
    word = rest ? rest : word;
    word += strspn(word, " ");
    if (!*word || (row && !list_go(&c->list, (int)row)))
        return false;
    for (int s = 0; s < SIDE_COUNT; s++)
        if (strcmp(word, conflict_sides[s]) == 0 || strcmp(word, _(conflict_sides[s])) == 0) {
            conflict_choose(app, c, (enum decision_side)s, NULL);
            return true;
        }
    if (strncmp(word, "type ", 5) == 0) {
        if (!conflict_typed(app, c, word + 5))
            app_say(app, STYLE_ALERT, "%s", c->problem);
    } else if (strcmp(word, "decide") == 0) {
        conflict_decide_now(app, c);
    } else if (strcmp(word, "why") == 0) {
        conflict_why(app, c, &why);
        app_say(app, STYLE_PLAIN, "%s", buf_text(&why));
        buf_done(&why);
    } else {
        return false;
    }
    return true;
}
