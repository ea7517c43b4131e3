/* What was chosen of a conflict so far: kept with every key, there again after a restart. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/screens/conflict.h"

void conflict_choices_keep(struct app *app, const struct conflict_screen *c)
{
    struct doc *doc = doc_new(NULL);
    struct node *chosen;
    char *text;

    node_set_int(doc, doc_root(doc), "rev", doc_rev(c->conflict.here));
    node_set_str(doc, doc_root(doc), "version", c->conflict.remote_version);
    chosen = node_set_object(doc, doc_root(doc), "chosen");
    for (size_t i = 0; i < conflict_questions(c); i++) {
        const struct choice_so_far *choice = &c->choice[i];
        struct doc *typed = NULL;

        if (choice->is_made && !choice->is_typed)
            node_set_str(doc, chosen, conflict_question_name(c, i), conflict_sides[choice->side]);
        else if (choice->is_made && doc_parse(choice->typed, strlen(choice->typed), &typed, NULL) == RC_OK)
            node_set_copy(doc, node_set_object(doc, chosen, conflict_question_name(c, i)), "typed", doc_root(typed));
        doc_free(typed);
    }
    text = doc_text(doc, NULL);
    conflict_keep(app->ctx.st, c->conflict.id, text, NULL);     /* lost, it is asked again */
    free(text);
    doc_free(doc);
}

static void take_kept(struct choice_so_far *choice, const struct node *kept)
{
    struct buf json = { 0 };

    if (node_is(kept, NODE_OBJECT)) {
        node_write(&json, node_get(kept, "typed"));
        *choice = (struct choice_so_far){ .is_made = true, .is_typed = true, .typed = buf_take(&json) };
        return;
    }
    for (int s = 0; s < SIDE_COUNT; s++)
        if (node_text(kept) && strcmp(node_text(kept), conflict_sides[s]) == 0)
            *choice = (struct choice_so_far){ .is_made = true, .side = (enum decision_side)s };
}

/* Only for the very texts they were made on. */
void conflict_choices_load(struct conflict_screen *c)
{
    struct doc *doc = NULL;
    const char *version = c->conflict.remote_version ? c->conflict.remote_version : "";

    if (c->conflict.chosen && doc_parse(c->conflict.chosen, strlen(c->conflict.chosen), &doc, NULL) == RC_OK &&
        strtoll(node_str(doc_root(doc), "rev"), NULL, 10) == doc_rev(c->conflict.here) &&
        strcmp(node_str(doc_root(doc), "version"), version) == 0)
        for (size_t i = 0; i < conflict_questions(c); i++)
            take_kept(&c->choice[i], node_get(node_get(doc_root(doc), "chosen"), conflict_question_name(c, i)));
    doc_free(doc);
}

void conflict_choices_drop(struct choice_so_far *choice, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(choice[i].typed);
    free(choice);
}
